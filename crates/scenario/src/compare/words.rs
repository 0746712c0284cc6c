//! The sentence: the worst total that differs, and where the logs part.

use super::{Comparison, PartitionDifference, Total};
use log_engine::view::{RecordDifference, RecordSide};

/// Totals in the order in which they matter most.
const WORST: &[&str] = &[
    "acked but lost",
    "stored twice",
    "out of order",
    "failed but stored",
    "failed",
    "expired unread",
    "skipped",
    "read twice",
    "lost",
    "acked",
    "sent",
    "consumed",
];

/// How two runs differ, which go by these letters.
pub(super) fn sentence(comparison: &Comparison, [a, b]: [char; 2]) -> String {
    let records: Vec<&PartitionDifference> =
        comparison.partitions.iter().filter(|part| !part.records.is_empty()).collect();
    let of_total = |total: &Total| of_total(total, a, b);
    let parts = [worst(comparison).map(of_total), of_records(&records, a, b)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        return finish(&parts.join("; "));
    }
    if let Some(topic) = comparison.topics.first() {
        let which = if topic.in_a { a } else { b };
        return format!("Only {which} has the topic {}.", topic.topic);
    }
    if let Some((part, value)) =
        comparison.partitions.iter().find_map(|part| Some((part, part.values.first()?)))
    {
        let place = format!("P{}", part.partition);
        return format!(
            "The records are the same; {} of {place} is {} in {a} and {} in {b}.",
            value.name, value.a, value.b
        );
    }
    match comparison.totals.iter().find(|total| total.a != total.b) {
        Some(total) => finish(&of_total(total)),
        None => format!("{a} and {b} are alike."),
    }
}

/// What is particular of each: its records in the first place where they differ, and the worst of its totals.
pub(super) fn notes(comparison: &Comparison) -> [String; 2] {
    let mut places = comparison.partitions.iter().filter_map(Stretch::of);
    let stretch = places.next();
    let value = comparison.partitions.iter().find_map(|part| Some((part, part.values.first()?)));
    let note = |other: bool| {
        let mut said = Vec::new();
        if let Some(stretch) = &stretch {
            said.push(stretch.note(if other { &stretch.b } else { &stretch.a }));
        } else if let Some((part, value)) = value {
            let is = if other { &value.b } else { &value.a };
            said.push(format!("P{} {}: {is}.", part.partition, value.name));
        }
        if let Some(total) = worst(comparison) {
            let n = if other { total.b } else { total.a };
            said.push(finish(&counted(total, n)));
        }
        said.join(" ")
    };
    [note(false), note(true)]
}

/// The total that matters most of those that differ.
fn worst(comparison: &Comparison) -> Option<&Total> {
    WORST.iter().find_map(|name| {
        let mut named = comparison.totals.iter().filter(|total| total.name == *name);
        named.find(|total| total.a != total.b)
    })
}

/// "in A 2 are acked but lost, in B none"
fn of_total(total: &Total, a: char, b: char) -> String {
    format!("in {a} {}, in {b} {}", counted(total, total.a), count(total.b))
}

/// "2 are acked but lost"
fn counted(total: &Total, n: u64) -> String {
    let by = total.group.as_ref().map(|group| format!(" by {group}")).unwrap_or_default();
    format!("{} {} {}{by}", count(n), are(n), total.name)
}

fn count(n: u64) -> String {
    if n == 0 { "none".to_owned() } else { n.to_string() }
}

fn are(n: u64) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

/// Offsets in a row at which the records of a partition differ, and the keys that both have there.
struct Stretch {
    partition: i32,
    from: i64,
    /// "P2 29–30"
    place: String,
    length: usize,
    a: String,
    b: String,
}

impl Stretch {
    /// The first of a partition.
    fn of(part: &PartitionDifference) -> Option<Self> {
        let run = part.records.windows(2).take_while(|pair| match pair {
            [one, next] => next.offset == one.offset + 1,
            _ => false,
        });
        let length = 1 + run.count();
        let from = part.records.first()?.offset;
        let last = part.records.get(length - 1)?.offset;
        let place = if length == 1 { from.to_string() } else { format!("{from}–{last}") };
        let keys = |side: fn(&RecordDifference) -> Option<&RecordSide>| {
            let all: Vec<String> =
                part.records.iter().take(length).map(|record| key_of(side(record))).collect();
            if all.iter().all(|key| key == "nothing") {
                "nothing".to_owned()
            } else {
                all.join(", ")
            }
        };
        Some(Self {
            partition: part.partition,
            from,
            place: format!("P{} {place}", part.partition),
            length,
            a: keys(|record| record.a.as_ref()),
            b: keys(|record| record.b.as_ref()),
        })
    }

    /// Few enough to be named one by one.
    fn is_short(&self) -> bool {
        self.length <= 4
    }

    /// "are dave, carol"
    fn are(&self, records: &str) -> String {
        format!("{} {records}", if self.length == 1 { "is" } else { "are" })
    }

    /// "P2 29–30 are dave, carol."
    fn note(&self, records: &str) -> String {
        match (self.is_short(), records) {
            (true, _) => format!("{} {}.", self.place, self.are(records)),
            (false, "nothing") => format!("P{} ends before offset {}.", self.partition, self.from),
            (false, _) => {
                format!("P{} has records of its own from offset {} on.", self.partition, self.from)
            }
        }
    }
}

fn key_of(side: Option<&RecordSide>) -> String {
    match side {
        None => "nothing".to_owned(),
        Some(side) if side.marker => "a marker".to_owned(),
        Some(side) => side.key.clone().unwrap_or_else(|| "no key".to_owned()),
    }
}

/// "P2 29–30 are dave, carol in A and bob, bob in B"
fn of_records(parts: &[&PartitionDifference], a: char, b: char) -> Option<String> {
    let (first, others) = parts.split_first()?;
    let stretch = Stretch::of(first)?;
    let said = if !stretch.is_short() {
        format!("P{} differs from offset {} on", stretch.partition, stretch.from)
    } else if stretch.a == stretch.b {
        format!("{} {} with another value", stretch.place, stretch.are(&stretch.a))
    } else {
        let (ours, theirs) = (stretch.are(&stretch.a), &stretch.b);
        format!("{} {ours} in {a} and {theirs} in {b}", stretch.place)
    };
    let more = match others.len() {
        0 => String::new(),
        1 => ", and one more partition differs".to_owned(),
        n => format!(", and {n} more partitions differ"),
    };
    Some(said + &more)
}

fn finish(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
