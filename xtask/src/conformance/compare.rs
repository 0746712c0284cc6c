//! One answer beside the other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value};

use super::scenario::Scenario;
use super::talk::Talk;

/// Where two logs part.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Which operation.
    pub at: usize,
    /// Kafka's answer.
    pub kafka: Value,
    /// Ours.
    pub ours: Value,
}

/// Runs the operations on our log; the first answer that is not Kafka's.
pub fn first_difference(
    scenario: &Scenario,
    ops: &[Map<String, Value>],
    ours: &mut Talk,
) -> Result<Option<Difference>> {
    ours.must(&scenario.beginning())?;
    for (at, op) in ops.iter().enumerate() {
        let line = Value::Object(op.clone());
        let answer = ours.ask(&line)?;
        let (kafka, mine) = match scenario.mask {
            true => (masked(line), masked(answer)),
            false => (line, answer),
        };
        if kafka != mine {
            return Ok(Some(Difference { at, kafka, ours: mine }));
        }
    }
    Ok(None)
}

/// The answer without what depends on how well a compressor packs.
fn masked(mut answer: Value) -> Value {
    let blank = |rows: Option<&mut Value>, column: usize| {
        for row in rows.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(size) = row.get_mut(column) {
                *size = Value::Null;
            }
        }
    };
    blank(answer.get_mut("s").and_then(|state| state.get_mut("segs")), 1);
    if answer["op"] == "clean" || answer["op"] == "dump" {
        blank(answer.get_mut("batches"), 2);
    }
    if let Some(read) = answer.as_object_mut() {
        read.remove("sizeInBytes");
        if let Some(cleaned) = read.get_mut("cleaned").and_then(Value::as_object_mut) {
            cleaned.remove("cleanableRatio");
        }
    }
    answer
}

/// The fields that differ, a line each.
pub fn fields(difference: &Difference) -> String {
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
    };
    let all: BTreeSet<String> =
        keys(&difference.kafka).into_iter().chain(keys(&difference.ours)).collect();
    let mut text = String::new();
    for key in all {
        let (kafka, ours) = (&difference.kafka[&key], &difference.ours[&key]);
        if kafka != ours {
            writeln!(text, "  {key}\n    Kafka {kafka}\n    ours  {ours}").ok();
        }
    }
    text
}
