//! Folders, both ways: ours read by Kafka's tools and loader, Kafka's read by our import.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::judge::Ready;
use super::scenario::Scenario;
use super::talk::Talk;

/// Exports the scenario's log, has Kafka look at it, and imports Kafka's own. Returns what is
/// wrong, in words.
pub fn check(
    scenario: &Scenario,
    dir: &Path,
    judge: &mut Talk,
    ours: &mut Talk,
) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let dump = ours.must(&json!({ "op": "dump" }))?;
    let exported = ours.must(&json!({ "op": "export", "dir": dir.join("ours") }))?;
    import(scenario, &dir.join("kafka"), judge, ours, &mut wrong)?;
    compare_tools(scenario, dir, judge, &mut wrong)?;
    load(scenario, dir, &dump, &exported["s"], judge, &mut wrong)?;
    if wrong.is_empty() {
        std::fs::remove_dir_all(dir).ok();
        return Ok(wrong);
    }
    let place = dir.display();
    Ok(wrong.iter().map(|what| format!("{}: {what}\nkept in {place}", scenario.name)).collect())
}

/// `kafka-dump-log` prints the same of our folder as of Kafka's own: every batch and record, every
/// index and snapshot entry, and what its checks say. (It finds offsets missing in any log that was
/// compacted, Kafka's own included.)
fn compare_tools(
    scenario: &Scenario,
    dir: &Path,
    judge: &mut Talk,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let mut said = Vec::new();
    for side in ["ours/t-0", "kafka/t-0"] {
        let dir = dir.join(side);
        let show = !scenario.mask;
        said.push(judge.must(&json!({ "op": "dumpLog", "dir": dir, "show": show }))?);
    }
    let [ours, kafka] = &said[..] else { return Ok(()) };
    for what in ["records", "complaints", "output"] {
        if ours[what] != kafka[what] {
            let line = first_line(&ours[what], &kafka[what]);
            wrong.push(format!("kafka-dump-log: {what} are not those of Kafka's own folder{line}"));
        }
    }
    Ok(())
}

fn first_line(ours: &Value, kafka: &Value) -> String {
    let lines = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (ours, kafka) = (lines(ours), lines(kafka));
    let at = (0..ours.len().max(kafka.len())).find(|at| ours.get(*at) != kafka.get(*at));
    let line = |lines: &[Value]| at.and_then(|at| lines.get(at)).cloned().unwrap_or_default();
    format!("\n  Kafka's {}\n  ours    {}", line(&kafka), line(&ours))
}

/// A broker loads our folder, after a clean and an unclean stop, without a word of warning.
fn load(
    scenario: &Scenario,
    dir: &Path,
    dump: &Value,
    state: &Value,
    judge: &mut Talk,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let now = scenario.ops.iter().filter_map(|op| op.get("now").and_then(Value::as_i64)).max();
    let now = now.or(scenario.start_time.as_i64());
    let mut config = scenario.config.clone();
    if let Some(config) = config.as_object_mut() {
        // Recovery would run into a full index, which Kafka does not survive.
        config.remove("segment.index.bytes");
    }
    let load =
        |side: &str| json!({ "op": "load", "dir": dir.join(side), "config": config, "now": now });
    let loaded = judge.ask(&load("ours"))?;
    if let Some(why) = loaded.get("invalid") {
        // DeleteRecords into a transaction can leave a log that no broker loads: Kafka's own too.
        let theirs = judge.ask(&load("kafka"))?;
        if theirs.get("invalid") != Some(why) {
            wrong.push(format!("LogManager refuses our folder alone: {why}"));
        }
        return Ok(());
    }
    complain(&loaded, "LogManager", wrong);
    let states = loaded["states"].as_array().cloned().unwrap_or_default();
    if states.len() != 2 {
        wrong.push(format!("LogManager loaded {} logs, not one each time", states.len()));
    }
    for (of, stop) in states.iter().zip(["a clean stop", "an unclean stop"]) {
        let mut expected = json!({
            "start": state["start"],
            "end": state["end"],
            "segs": state["segs"],
            "leaderEpochs": started_epochs(dump, state),
        });
        if stop == "an unclean stop" {
            // Recovery may find an epoch anew that the first load had forgotten.
            expected["leaderEpochs"] = of["leaderEpochs"].clone();
        }
        if *of != expected && !ends_in_a_hole(dump, state) {
            wrong.push(format!("after {stop} Kafka loads\n  {of}\nwhere we have\n  {expected}"));
        }
    }
    Ok(())
}

/// Epochs in which nothing was written are forgotten when a log is loaded.
fn started_epochs(dump: &Value, state: &Value) -> Vec<Value> {
    let epochs = dump["leaderEpochs"].as_array().cloned().unwrap_or_default();
    epochs.into_iter().filter(|epoch| epoch[1].as_i64() < state["end"].as_i64()).collect()
}

/// A log cut inside a batch ends behind its last batch; a broker that loads it can't know.
fn ends_in_a_hole(dump: &Value, state: &Value) -> bool {
    let last = dump["batches"].as_array().and_then(|batches| batches.last());
    last.and_then(|batch| batch[1].as_i64()).map(|last| last + 1) != state["end"].as_i64()
}

/// `--check`: what `kafka-dump-log` prints of an export, and what a broker says that loads it.
pub fn show(ready: &Ready, path: &Path) -> Result<ExitCode> {
    let mut judge = Talk::start(&mut ready.judge())?;
    let dir = ready.scratch.join("check");
    if path.is_dir() {
        copy(path, &dir)?;
    } else {
        let zip = std::path::absolute(path)?;
        judge.must(&json!({ "op": "unzip", "zip": zip, "dir": dir }))?;
    }
    let tool = judge.must(&json!({ "op": "dumpLog", "dir": dir, "show": true }))?;
    for line in tool["output"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("{line}");
    }
    let load = json!({ "op": "load", "dir": dir, "config": {}, "now": 0 });
    let loaded = judge.must(&load)?;
    for state in loaded["states"].as_array().into_iter().flatten() {
        println!("LogManager loads: {state}");
    }
    let mut wrong = Vec::new();
    complain(&tool, "kafka-dump-log", &mut wrong);
    complain(&loaded, "LogManager", &mut wrong);
    for complaint in &wrong {
        println!("{complaint}");
    }
    std::fs::remove_dir_all(&dir).ok();
    println!("{} complaints of Apache Kafka {}", wrong.len(), ready.version);
    judge.end()?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Loading writes to a folder, so it gets a copy.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true => copy(&path, &place)?,
            false => drop(std::fs::copy(&path, &place)?),
        }
    }
    Ok(())
}

fn complain(answer: &Value, who: &str, wrong: &mut Vec<String>) {
    for complaint in answer["complaints"].as_array().into_iter().flatten() {
        wrong.push(format!("{who} says: {}", complaint.as_str().unwrap_or_default()));
    }
}

fn import(
    scenario: &Scenario,
    dir: &Path,
    judge: &mut Talk,
    ours: &mut Talk,
    wrong: &mut Vec<String>,
) -> Result<()> {
    judge.must(&scenario.beginning())?;
    for op in &scenario.ops {
        judge.must(&Value::Object(op.clone()))?;
    }
    let dump = judge.must(&json!({ "op": "dump" }))?;
    let kept = judge.must(&json!({ "op": "keep", "dir": dir }))?;
    for name in ["t-0", "t-0.zip"] {
        ours.must(&scenario.beginning())?;
        let imported = ours.ask(&json!({ "op": "import", "path": dir.join(name) }))?;
        if let Some(why) = imported.get("invalid") {
            wrong.push(format!("our import refuses Kafka's {name}: {why}"));
            continue;
        }
        for (what, theirs) in [("whole", &kept), ("batches", &dump), ("records", &dump)] {
            if imported[what] != theirs[what] {
                wrong.push(format!(
                    "{what} of Kafka's {name}\n  Kafka {}\n  ours  {}",
                    theirs[what], imported[what]
                ));
            }
        }
    }
    Ok(())
}
