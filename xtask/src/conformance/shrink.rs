//! A difference with as few operations as show it.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value};

use super::compare::{Difference, fields, first_difference};
use super::scenario::Scenario;
use super::talk::Talk;

/// Most replays; a difference not shrunk to the end is one still.
const MOST_TRIES: u32 = 600;

/// The difference in words, shrunk.
pub fn told(
    scenario: &Scenario,
    found: &Difference,
    judge: &mut Talk,
    ours: &mut Talk,
) -> Result<String> {
    let whole: Vec<_> = scenario.ops.iter().take(found.at + 1).cloned().collect();
    let (ops, found) = shrunk(scenario, whole, found.clone(), judge, ours)?;
    let mut text = format!(
        "{}: {} operations of {} show a difference\nconfig {}\n",
        scenario.name,
        ops.len(),
        scenario.ops.len(),
        scenario.config
    );
    for op in &ops {
        writeln!(text, "{}", Value::Object(inputs(op))).ok();
    }
    text.push_str("differ:\n");
    text.push_str(&fields(&found));
    Ok(text)
}

/// An operation without what came of it: enough to run it again.
fn inputs(op: &Map<String, Value>) -> Map<String, Value> {
    const RESULTS: &[&str] = &[
        "s",
        "error",
        "now",
        "batchSize",
        "first",
        "last",
        "maxTs",
        "logAppendTime",
        "deletedSegments",
        "newBase",
        "changed",
        "truncated",
        "result",
        "sizeInBytes",
        "batches",
        "aborted",
        "cleaned",
        "records!",
        "files",
        "leaderEpochs",
        "producers",
    ];
    let kind = op.get("op").and_then(Value::as_str).unwrap_or_default();
    let is_result = |key: &str| {
        RESULTS.contains(&key)
            || (key == "records" && kind != "append")
            || (key == "hw" && kind == "hw")
            || (key == "producers" && kind == "restart")
    };
    op.iter().filter(|(key, _)| !is_result(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

type Found = (Vec<Map<String, Value>>, Difference);

fn shrunk(
    scenario: &Scenario,
    mut ops: Vec<Map<String, Value>>,
    mut found: Difference,
    judge: &mut Talk,
    ours: &mut Talk,
) -> Result<Found> {
    let mut tries = 0;
    let mut step = ops.len() / 2;
    while step > 0 {
        let mut at = 0;
        while at < ops.len() && tries < MOST_TRIES {
            tries += 1;
            let end = (at + step).min(ops.len());
            let mut fewer = ops.clone();
            fewer.drain(at..end);
            match differs(scenario, fewer, judge, ours)? {
                Some((fewer, difference)) => (ops, found) = (fewer, difference),
                None => at = end,
            }
        }
        step /= 2;
    }
    Ok((ops, found))
}

/// Runs the operations on both; what is left of them where they part.
fn differs(
    scenario: &Scenario,
    ops: Vec<Map<String, Value>>,
    judge: &mut Talk,
    ours: &mut Talk,
) -> Result<Option<Found>> {
    judge.must(&scenario.beginning())?;
    let mut answered = Vec::with_capacity(ops.len());
    for op in &ops {
        let answer = judge.ask(&Value::Object(inputs(op)))?;
        match answer.as_object() {
            // Without the operations before it, it makes no sense.
            Some(map) if !map.contains_key("invalid") => answered.push(map.clone()),
            _ => return Ok(None),
        }
    }
    let found = first_difference(scenario, &answered, ours)?;
    Ok(found.map(|difference| {
        answered.truncate(difference.at + 1);
        (answered, difference)
    }))
}
