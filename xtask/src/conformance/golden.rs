//! `--golden FILE`: what `tests/golden/log_scenarios_more.json` is made with.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::judge::Ready;
use super::scenario::{Coverage, Scenario};
use super::talk::Talk;

/// Of the file in the repository.
pub const SEED: u64 = 41;

/// What `log_scenarios.json` does not do, and how many scenarios of each.
const KINDS: &[(&str, u64)] =
    &[("restart", 3), ("restartCompact", 2), ("follow", 3), ("codec", 2), ("txn", 2)];

/// Of so many scenarios of a kind the ones with the most to say for their size are kept.
const TRIED: u64 = 12;

/// Writes the file, a scenario a line; says how many.
pub fn write(ready: &Ready, file: &Path, seed: u64) -> Result<usize> {
    let mut judge = Talk::start(&mut ready.judge())?;
    let mut lines = Vec::new();
    for (kind, count) in KINDS {
        let mut found = Vec::new();
        for nth in 0..TRIED {
            let scenario = Scenario::generate(&mut judge, kind, seed + nth)?;
            let mut covered = Coverage::default();
            covered.add(&scenario);
            let line = line(&scenario);
            let worth = covered.worth() * 1_000_000 / line.len() as u64;
            found.push((std::cmp::Reverse(worth), line));
        }
        found.sort();
        lines.extend(found.into_iter().map(|(_, line)| line).take(usize::try_from(*count)?));
    }
    judge.end()?;
    let head = json!(ready.version);
    let text = format!("{{\"kafkaVersion\":{head},\n\"scenarios\":[\n{}\n]}}\n", lines.join(",\n"));
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(lines.len())
}

fn line(scenario: &Scenario) -> String {
    let Scenario { name, mask: _, config, start_time, ops } = scenario;
    let ops: Vec<Value> = ops.iter().cloned().map(Value::Object).collect();
    json!({ "name": name, "config": config, "startTime": start_time, "ops": ops }).to_string()
}
