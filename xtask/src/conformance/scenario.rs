//! Scenarios as the judge tells them.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::talk::Talk;

/// What scenarios are about; each case takes the next.
pub const KINDS: &[&str] = &[
    "delete",
    "compact",
    "restart",
    "follow",
    "codec",
    "txn",
    "deletePids",
    "compactPids",
    "restartCompact",
    "compactCodec",
];

/// Operations on one log, with what Kafka made of them.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Kind and seed.
    pub name: String,
    /// Compressed sizes are not compared: other compressors write other bytes.
    pub mask: bool,
    /// Topic configs.
    pub config: Value,
    /// The clock at its start.
    pub start_time: Value,
    /// The operations.
    pub ops: Vec<Map<String, Value>>,
}

impl Scenario {
    /// Has the judge think of one.
    pub fn generate(judge: &mut Talk, kind: &str, seed: u64) -> Result<Self> {
        let told = judge.must(&json!({ "op": "generate", "kind": kind, "seed": seed }))?;
        let ops = told["ops"].as_array().context("a scenario without operations")?;
        Ok(Self {
            name: told["name"].as_str().unwrap_or_default().to_owned(),
            mask: told["mask"] == true,
            config: told["config"].clone(),
            start_time: told["startTime"].clone(),
            ops: ops.iter().filter_map(|op| op.as_object().cloned()).collect(),
        })
    }

    /// The line a log starts with.
    pub fn beginning(&self) -> Value {
        json!({ "op": "new", "config": self.config, "startTime": self.start_time })
    }
}

/// What scenarios did.
#[derive(Debug, Default)]
pub struct Coverage {
    operations: u64,
    refused: u64,
    cleanings: u64,
    markers_removed: u64,
    tombstones_removed: u64,
    restarts: u64,
    followed: u64,
    compressed: u64,
    truncations: u64,
}

impl Coverage {
    /// How much there is of what is rare.
    pub fn worth(&self) -> u64 {
        1 + 4 * self.markers_removed + 2 * self.restarts + self.followed + self.compressed
    }

    /// Counts one scenario's operations.
    pub fn add(&mut self, scenario: &Scenario) {
        let mut before = BTreeSet::new();
        for op in &scenario.ops {
            self.operations += 1;
            self.refused += u64::from(op.contains_key("error"));
            match op.get("op").and_then(Value::as_str).unwrap_or_default() {
                "restart" => self.restarts += 1,
                "follow" => self.followed += 1,
                "truncate" => {
                    self.truncations += 1;
                    before.clear();
                }
                "append" if op.contains_key("bytes") => self.compressed += 1,
                "clean" => {
                    let after = kept(op);
                    self.cleanings += u64::from(op.get("cleaned").is_some_and(|c| !c.is_null()));
                    let start = op["s"]["start"].as_i64().unwrap_or(0);
                    let gone = before.difference(&after).filter(|(offset, _)| *offset >= start);
                    for (_, is_marker) in gone {
                        self.markers_removed += u64::from(*is_marker);
                        self.tombstones_removed += u64::from(!is_marker);
                    }
                    before = after;
                }
                _ => {}
            }
        }
    }
}

/// Markers and tombstones, by offset.
fn kept(op: &Map<String, Value>) -> BTreeSet<(i64, bool)> {
    let records = op.get("records").and_then(Value::as_array).into_iter().flatten();
    let of = |row: &Value| (row[0].as_i64().unwrap_or(0), row[2].as_i64().unwrap_or(0));
    records.map(of).filter(|(_, length)| *length < 0).map(|(at, l)| (at, l == -2)).collect()
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} operations ({} refused), {} cleanings, {} markers and {} tombstones removed, {} \
             restarts, {} follower appends, {} compressed batches, {} truncations",
            self.operations,
            self.refused,
            self.cleanings,
            self.markers_removed,
            self.tombstones_removed,
            self.restarts,
            self.followed,
            self.compressed,
            self.truncations,
        )
    }
}
