//! What a seed makes.

use super::{chores, faults, is_calm};
use crate::document::{Document, JournalEntry, VERSION};
use log_engine::command::{
    Arrivals, GroupSpec, KeyDistribution, MemberSpec, ProducerSpec, QuorumSpec, StreamSpec,
};
use log_engine::{ClusterSpec, Command, Configs};

/// Until then clients work and faults come, in ms.
pub(super) const WEATHER_MS: u64 = 90_000;

/// SplitMix64: integers only, the same everywhere.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x6f74_746c_6173_746f)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..=high`.
    pub(super) fn from(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high.saturating_sub(low) + 1)
    }

    /// True `percent` times of 100.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of several.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let most = u64::try_from(of.len()).unwrap_or(0).checked_sub(1)?;
        of.get(usize::try_from(self.from(0, most)).ok()?)
    }
}

pub(super) fn configs(pairs: &[(&str, &str)]) -> Configs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The document of a seed: a cluster, clients, and a journal of faults.
pub fn document(seed: u64) -> Document {
    let dice = &mut Dice::new(seed);
    let calm = is_calm(seed);
    let brokers = u32::try_from(dice.from(if calm { 3 } else { 1 }, 6)).unwrap_or(3);
    let quorum = match dice.from(0, 3) {
        0 => Some(QuorumSpec::Separate(1)),
        1 => Some(QuorumSpec::Separate(3)),
        _ => None,
    };
    let lag = dice.pick(&["6000", "10000", "30000"]).copied().unwrap_or("30000");
    let cluster = ClusterSpec {
        brokers,
        quorum,
        racks: if dice.chance(30) { vec!["a".into(), "b".into(), "c".into()] } else { Vec::new() },
        configs: configs(&[("replica.lag.time.max.ms", lag)]),
        latency_ms: u32::try_from(dice.from(1, 5)).unwrap_or(1),
        disk_bytes: None,
    };
    let mut setup = Vec::new();
    let topics = dice.from(1, 2);
    for number in 0..topics {
        setup.push(topic(dice, calm, brokers, number));
    }
    for number in 0..dice.from(1, 3) {
        let to = format!("t{}", dice.from(0, topics - 1));
        setup.push(producer(dice, calm, number, to));
    }
    for number in 0..dice.from(0, 2) {
        setup.push(group(dice, number, topics));
    }
    let mut journal = Vec::new();
    let mut at = 0;
    for _ in 0..dice.from(3, 16) {
        at += dice.from(1, 2 * WEATHER_MS / 16);
        journal.push(JournalEntry::new(at, faults::fault(dice, calm, &cluster)));
    }
    journal.retain(|entry| entry.at < WEATHER_MS);
    journal.extend(chores::chores(seed, calm, &cluster, &setup));
    journal.extend(faults::heal(&cluster, &setup));
    journal.sort_by_key(|entry| entry.at);
    let title = format!("storm {seed}");
    Document { ottla: VERSION, title, seed, cluster, setup, journal, ..Document::default() }
}

fn topic(dice: &mut Dice, calm: bool, brokers: u32, number: u64) -> Command {
    let most = u64::from(brokers.min(3));
    let factor = if calm { 3 } else { dice.from(1, most) };
    let min_isr = if calm { 2 } else { dice.from(1, factor) };
    let mut set = configs(&[("min.insync.replicas", &min_isr.to_string())]);
    if !calm && dice.chance(30) {
        set.insert("unclean.leader.election.enable".into(), "true".into());
    }
    if dice.chance(30) {
        set.insert("internal.segment.bytes".into(), dice.from(1_000, 20_000).to_string());
        if !calm {
            set.insert("retention.bytes".into(), dice.from(5_000, 50_000).to_string());
        }
    }
    Command::CreateTopic {
        topic: format!("t{number}"),
        partitions: i32::try_from(dice.from(1, 4)).unwrap_or(1),
        replication_factor: i16::try_from(factor).unwrap_or(1),
        configs: set,
        assignments: Vec::new(),
    }
}

fn producer(dice: &mut Dice, calm: bool, number: u64, topic: String) -> Command {
    let mut set = configs(&[("linger.ms", &dice.from(0, 20).to_string())]);
    if !calm {
        match dice.from(0, 3) {
            0 => drop(set.insert("acks".into(), "1".into())),
            1 => drop(set.insert("acks".into(), "0".into())),
            2 => drop(set.insert("enable.idempotence".into(), "false".into())),
            _ => {}
        }
    }
    if dice.chance(30) {
        set.insert("request.timeout.ms".into(), "5000".into());
        set.insert("delivery.timeout.ms".into(), "40000".into());
    }
    let stream = StreamSpec {
        topic,
        records: u32::try_from(dice.from(1, 10)).unwrap_or(1),
        per_ms: u32::try_from(dice.from(200, 2_000)).unwrap_or(1_000),
        arrivals: if dice.chance(50) { Arrivals::Even } else { Arrivals::Random },
        keys: match dice.from(0, 2) {
            0 => KeyDistribution::Null,
            _ => KeyDistribution::Sequence { prefix: "k".into(), count: 20 },
        },
        null_key_percent: 0,
        value_bytes_min: 10,
        value_bytes_max: 100,
    };
    let spec = ProducerSpec { configs: set, stream: Some(stream) };
    Command::AddProducer { producer: format!("p{number}"), spec }
}

fn group(dice: &mut Dice, number: u64, topics: u64) -> Command {
    let reset = dice.pick(&["earliest", "latest"]).copied().unwrap_or("earliest");
    let spec = GroupSpec {
        topics: (0..topics).map(|topic| format!("t{topic}")).collect(),
        configs: configs(&[("auto.offset.reset", reset)]),
        processing_us: dice.from(0, 20_000),
        members: (0..dice.from(1, 3)).map(|_| MemberSpec::default()).collect(),
    };
    Command::AddGroup { group: format!("g{number}"), spec }
}
