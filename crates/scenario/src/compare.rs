//! Two runs at one moment: which records, offsets, owners and totals differ, and a sentence that says how. Computed from
//! what both engines say of themselves.

mod words;

use log_engine::Engine;
use log_engine::view::{CursorView, LaneView, LaneWindow, LedgerView, RecordDifference};
use serde::Serialize;

/// Most records of a partition that are told to differ ...
const MOST_RECORDS: usize = 200;
/// ... of all partitions together, and of one at least.
const MOST_IN_ALL: usize = 2_000;
const FEWEST_RECORDS: usize = 4;

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Totals over all records, all there are.
    pub totals: Vec<Total>,
    /// Partitions that differ, in order of topic and number.
    pub partitions: Vec<PartitionDifference>,
    /// Topics that only one of them has.
    pub topics: Vec<TopicDifference>,
    /// One sentence that says how they differ.
    pub sentence: String,
    /// What is particular of the first run, and of the other; nothing where they are alike.
    pub notes: [String; 2],
}

/// A total of both ledgers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What is counted, as a word: `acked but lost`.
    pub name: &'static str,
    /// The group that it is of, if it is one's.
    pub group: Option<String>,
    /// More than none is a problem.
    pub bad: bool,
    /// In the first run.
    pub a: u64,
    /// In the other.
    pub b: u64,
}

/// A partition that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionDifference {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offsets, states and owners that differ.
    pub values: Vec<ValueDifference>,
    /// Records that differ, the oldest first, at most 200.
    pub records: Vec<RecordDifference>,
}

/// Something of a partition that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueDifference {
    /// What: `high watermark`, `leader`, `billing reads with`.
    pub name: String,
    /// In the first run; a dash for none.
    pub a: String,
    /// In the other.
    pub b: String,
}

/// A topic that only one run has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicDifference {
    /// Its name.
    pub topic: String,
    /// The first run has it, and not the other.
    pub in_a: bool,
}

impl Comparison {
    /// Compares two runs as they stand.
    pub fn of(a: &Engine, b: &Engine) -> Self {
        Self::within(a, b, ['A', 'B'], None)
    }

    /// Compares two runs that go by these letters, in all topics or in one. It costs what the compared topics have of
    /// partitions; of their records only so many are looked at.
    pub fn within(a: &Engine, b: &Engine, letters: [char; 2], topic: Option<&str>) -> Self {
        let totals = totals(&a.ledger(None), &b.ledger(None));
        let (ours, theirs) = (a.cluster().topics, b.cluster().topics);
        let mut partitions = Vec::new();
        let mut topics = Vec::new();
        let compared = |name: &str| topic.is_none_or(|topic| topic == name);
        let counts = ours.iter().filter(|topic| compared(&topic.name)).map(|it| it.partitions);
        let count = usize::try_from(counts.sum::<i32>()).unwrap_or(1).max(1);
        let most = (MOST_IN_ALL / count).clamp(FEWEST_RECORDS, MOST_RECORDS);
        for topic in &ours {
            let Some(other) = theirs.iter().find(|other| other.name == topic.name) else {
                topics.push(TopicDifference { topic: topic.name.clone(), in_a: true });
                continue;
            };
            if compared(&topic.name) {
                let all = 0..topic.partitions.max(other.partitions);
                partitions.extend(
                    all.filter_map(|partition| {
                        compare_partition(a, b, &topic.name, partition, most)
                    }),
                );
            }
        }
        let only_there = theirs.iter().filter(|topic| ours.iter().all(|it| it.name != topic.name));
        topics.extend(
            only_there.map(|topic| TopicDifference { topic: topic.name.clone(), in_a: false }),
        );
        let (sentence, notes) = (String::new(), [String::new(), String::new()]);
        let mut comparison = Self { totals, partitions, topics, sentence, notes };
        comparison.sentence = words::sentence(&comparison, letters);
        comparison.notes = words::notes(&comparison);
        comparison
    }

    /// Nothing differs.
    pub fn is_alike(&self) -> bool {
        self.partitions.is_empty()
            && self.topics.is_empty()
            && self.totals.iter().all(|total| total.a == total.b)
    }
}

fn compare_partition(
    a: &Engine,
    b: &Engine,
    topic: &str,
    partition: i32,
    most: usize,
) -> Option<PartitionDifference> {
    let lane = |engine: &Engine| engine.lane(topic, partition, LaneWindow::Tail(0));
    let (ours, theirs) = (lane(a), lane(b));
    let mut values = Vec::new();
    for (name, of) in VALUES {
        let value = |lane: &Option<LaneView>| lane.as_ref().map_or_else(none, of);
        push(&mut values, (*name).to_owned(), value(&ours), value(&theirs));
    }
    let cursors =
        |lane: &Option<LaneView>| lane.as_ref().map_or_else(Vec::new, |it| it.cursors.clone());
    compare_cursors(&mut values, &cursors(&ours), &cursors(&theirs));
    let records = a.record_differences(b, topic, partition, 0, most);
    let differs = !values.is_empty() || !records.is_empty();
    differs.then(|| PartitionDifference { topic: topic.to_owned(), partition, values, records })
}

type Value = fn(&LaneView) -> String;

const VALUES: &[(&str, Value)] = &[
    ("log start", |lane| lane.log_start.to_string()),
    ("high watermark", |lane| lane.high_watermark.to_string()),
    ("log end", |lane| lane.log_end.to_string()),
    ("leader", |lane| lane.leader.map_or_else(none, |leader| leader.0.to_string())),
    ("leader epoch", |lane| lane.leader_epoch.to_string()),
    ("ISR", |lane| {
        let brokers: Vec<String> = lane.isr.iter().map(|broker| broker.0.to_string()).collect();
        brokers.join(" ")
    }),
];

fn compare_cursors(values: &mut Vec<ValueDifference>, ours: &[CursorView], theirs: &[CursorView]) {
    let mut groups: Vec<&str> = ours.iter().map(|cursor| cursor.group.as_str()).collect();
    groups.extend(theirs.iter().map(|cursor| cursor.group.as_str()));
    let mut seen: Vec<&str> = Vec::new();
    for group in groups {
        if seen.contains(&group) {
            continue;
        }
        seen.push(group);
        let of = |cursors: &[CursorView]| cursors.iter().find(|it| it.group == group).cloned();
        let (a, b) = (of(ours), of(theirs));
        let owner = |cursor: &Option<CursorView>| {
            cursor.as_ref().and_then(|cursor| cursor.member.clone()).unwrap_or_else(none)
        };
        let offset = |cursor: &Option<CursorView>| {
            let committed = cursor.as_ref().and_then(|cursor| cursor.committed);
            committed.map_or_else(none, |offset| offset.to_string())
        };
        push(values, format!("{group} reads with"), owner(&a), owner(&b));
        push(values, format!("{group} has committed"), offset(&a), offset(&b));
    }
}

fn push(values: &mut Vec<ValueDifference>, name: String, a: String, b: String) {
    if a != b {
        values.push(ValueDifference { name, a, b });
    }
}

fn none() -> String {
    "–".to_owned()
}

type Count = fn(&LedgerView) -> u64;

/// What is counted, whether any is a problem, and where it stands.
const TOTALS: &[(&str, bool, Count)] = &[
    ("sent", false, |ledger| ledger.sent),
    ("acked", false, |ledger| ledger.acked),
    ("acked but lost", true, |ledger| ledger.lost_after_ack),
    ("lost", true, |ledger| ledger.lost),
    ("stored twice", true, |ledger| ledger.duplicated),
    ("out of order", true, |ledger| ledger.reordered),
    ("failed", true, |ledger| ledger.failed),
    ("failed but stored", true, |ledger| ledger.failed_but_stored),
    ("stored", false, |ledger| ledger.stored),
    ("readable", false, |ledger| ledger.readable),
    ("deleted", false, |ledger| ledger.deleted),
    ("unanswered", false, |ledger| ledger.unanswered),
];

fn totals(a: &LedgerView, b: &LedgerView) -> Vec<Total> {
    let total = |(name, bad, count): &(&'static str, bool, Count)| Total {
        name,
        group: None,
        bad: *bad,
        a: count(a),
        b: count(b),
    };
    let mut totals: Vec<Total> = TOTALS.iter().map(total).collect();
    let names = a.groups.iter().chain(&b.groups).map(|group| group.group.clone());
    let mut groups: Vec<String> = Vec::new();
    names.for_each(|name| {
        if !groups.contains(&name) {
            groups.push(name);
        }
    });
    for group in groups {
        let of = |ledger: &LedgerView| {
            ledger.groups.iter().find(|it| it.group == group).cloned().unwrap_or_default()
        };
        let (one, other) = (of(a), of(b));
        for (name, bad, a, b) in [
            ("consumed", false, one.consumed, other.consumed),
            ("read twice", true, one.read_twice, other.read_twice),
            ("skipped", true, one.skipped, other.skipped),
            ("expired unread", true, one.expired_unread, other.expired_unread),
        ] {
            totals.push(Total { name, group: Some(group.clone()), bad, a, b });
        }
    }
    totals
}
