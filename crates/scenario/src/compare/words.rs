//! The sentence: the worst total that differs, and where the logs part.

use super::{Comparison, PartitionDifference, Total};

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

/// How two runs differ.
pub(super) fn sentence(comparison: &Comparison) -> String {
    let worst = WORST.iter().find_map(|name| {
        let mut named = comparison.totals.iter().filter(|total| total.name == *name);
        named.find(|total| total.a != total.b)
    });
    let records: Vec<&PartitionDifference> =
        comparison.partitions.iter().filter(|part| !part.records.is_empty()).collect();
    let parts = [worst.map(of_total), of_records(&records)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        return finish(&parts.join("; "));
    }
    if let Some(topic) = comparison.topics.first() {
        let which = if topic.in_a { "A" } else { "B" };
        return format!("Only {which} has the topic {}.", topic.topic);
    }
    if let Some((part, value)) =
        comparison.partitions.iter().find_map(|part| Some((part, part.values.first()?)))
    {
        let place = format!("P{}", part.partition);
        return format!(
            "The records are the same; {} of {place} is {} in A and {} in B.",
            value.name, value.a, value.b
        );
    }
    match comparison.totals.iter().find(|total| total.a != total.b) {
        Some(total) => finish(&of_total(total)),
        None => "A and B are alike.".to_owned(),
    }
}

/// "A lost 2 acked records, B none".
fn of_total(total: &Total) -> String {
    let count = |n: u64| if n == 0 { "none".to_owned() } else { n.to_string() };
    let (a, b) = (count(total.a), count(total.b));
    let by = total.group.as_ref().map(|group| format!(" by {group}")).unwrap_or_default();
    format!("in A {a} {} {}{by}, in B {b}", are(total.a), total.name)
}

fn are(n: u64) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

/// "P2 29–30 are dave, carol in A and bob, bob in B".
fn of_records(parts: &[&PartitionDifference]) -> Option<String> {
    let (first, others) = parts.split_first()?;
    let run = first.records.windows(2).take_while(|pair| match pair {
        [one, next] => next.offset == one.offset + 1,
        _ => false,
    });
    let length = 1 + run.count();
    let from = first.records.first()?.offset;
    let last = first.records.get(length - 1)?.offset;
    let place = if length == 1 { from.to_string() } else { format!("{from}–{last}") };
    let (verb, few) = (if length == 1 { "is" } else { "are" }, length <= 4);
    let keys =
        |side: fn(&log_engine::view::RecordDifference) -> Option<&log_engine::view::RecordSide>| {
            let key = |record| match side(record) {
                None => "nothing".to_owned(),
                Some(side) if side.marker => "a marker".to_owned(),
                Some(side) => side.key.clone().unwrap_or_else(|| "no key".to_owned()),
            };
            let all: Vec<String> = first.records.iter().take(length).map(key).collect();
            if all.iter().all(|key| key == "nothing") {
                "nothing".to_owned()
            } else {
                all.join(", ")
            }
        };
    let (a, b) = (keys(|record| record.a.as_ref()), keys(|record| record.b.as_ref()));
    let said = if !few {
        format!("P{} differs from offset {from} on", first.partition)
    } else if a == b {
        format!("P{} {place} {verb} {a} with another value", first.partition)
    } else {
        format!("P{} {place} {verb} {a} in A and {b} in B", first.partition)
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
