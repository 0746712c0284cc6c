//! Partitions out to disk and in again, by the command line.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::process::{Command, Stdio};

fn ottla(arguments: &[&str], input: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ottla"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut to, input.unwrap_or_default().as_bytes()).unwrap();
    drop(to);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn fresh(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&dir).ok();
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn what_a_scenario_stored_comes_back_from_a_zip_and_plays() {
    let zip = fresh("transfer").join("logs.zip");
    let zip = zip.to_str().unwrap();
    let told = ottla(&["export", "gallery:default", "--until", "20s", "--to", zip], None);
    assert!(told.contains("partitions in"), "{told}");

    let found = ottla(&["import", zip], None);
    assert!(found.contains("orders-0: offsets 0 to "), "{found}");

    let document = ottla(&["import", zip, "--document"], None);
    let ran = ottla(&["run", "-", "--until", "1s", "--json"], Some(&document));
    let before = ottla(&["run", "gallery:default", "--until", "20s", "--json"], None);
    let ends = |json: &str| -> Vec<i64> {
        let report: serde_json::Value = serde_json::from_str(json).unwrap();
        let topics = report["topics"].as_array().unwrap().clone();
        let lanes = topics.iter().flat_map(|topic| topic["lanes"].as_array().unwrap().clone());
        lanes.map(|lane| lane["log_end"].as_i64().unwrap()).collect()
    };
    assert_eq!(ends(&ran), ends(&before));
    assert!(ends(&ran).iter().any(|end| *end > 0));
}

#[test]
fn one_log_is_driven_by_json_lines() {
    let lines = r#"{"op":"new","config":{"internal.segment.bytes":200},"startTime":1000}
{"op":"append","leaderEpoch":0,"records":[[1000,"a",10],[1001,null,-1]]}
{"op":"hw","to":2}
{"op":"roll"}
{"op":"dump"}
{"op":"append","leaderEpoch":0,"records":[[1000,"a",400]]}
{"op":"fly"}"#;
    let answers = ottla(&["log"], Some(lines));
    let answers: Vec<serde_json::Value> =
        answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [_, append, hw, roll, dump, refused, unknown] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(
        (&append["first"], &append["last"], &append["batchSize"]),
        (&0.into(), &1.into(), &86.into())
    );
    assert_eq!(hw["s"]["stable"], 2);
    assert_eq!(roll["newBase"], 2);
    assert_eq!(dump["records"], serde_json::json!([[0, "a", 10], [1, null, -1]]));
    assert_eq!(refused["error"], "RecordBatchTooLargeException");
    assert!(unknown["invalid"].as_str().unwrap().contains("fly"));
}
