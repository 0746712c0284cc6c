//! log_scenarios_more.json: what real Kafka did with logs that restart, follow, take compressed
//! batches and lose transaction markers, line by line through `ottla log`. It is made by
//! `cargo xtask conformance --golden tests/golden/log_scenarios_more.json`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

fn scenarios() -> Vec<Value> {
    const NAME: &str = "log_scenarios_more.json";
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(NAME);
    // A folder of recordings from elsewhere may lack what was made here.
    let named = std::env::var_os("OTTLA_GOLDEN_DIR").map(|dir| PathBuf::from(dir).join(NAME));
    let file = named.filter(|file| file.is_file()).unwrap_or(own);
    let text = std::fs::read_to_string(file).unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    golden["scenarios"].as_array().unwrap().clone()
}

/// What our log answers to these lines.
fn answers(lines: &[Value]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ottla"))
        .arg("log")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let writer = std::thread::spawn(move || to.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = std::str::from_utf8(&output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn golden_logs_that_restart_follow_and_compress_do_what_kafkas_do() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 10);
    for scenario in &scenarios {
        let new = json!({
            "op": "new",
            "config": scenario["config"],
            "startTime": scenario["startTime"],
        });
        let ops = scenario["ops"].as_array().unwrap();
        let lines: Vec<Value> = std::iter::once(new).chain(ops.iter().cloned()).collect();
        let answers = answers(&lines);
        assert_eq!(answers.len(), lines.len(), "{}", scenario["name"]);
        for (index, (kafka, ours)) in lines.iter().zip(&answers).enumerate().skip(1) {
            assert_eq!(ours, kafka, "{} op {}", scenario["name"], index - 1);
        }
    }
}
