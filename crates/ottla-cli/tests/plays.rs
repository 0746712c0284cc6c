//! The command line as a person or a script meets it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::{Command, Output};

fn ottla(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ottla")).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = ottla(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn run_prints_the_columns_of_kafkas_tools() {
    let output = ottla(&["run", "gallery:one-broker", "--until", "60s", "--events", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for line in [
        "Orders on one broker: 60000 ms after the start",
        "$ kafka-topics.sh --describe",
        "Topic: orders\tTopicId: ",
        "\tTopic: orders\tPartition: 3\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ",
        "orders:3:",
        "GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID",
        "GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS",
        "billing         127.0.0.1:9092  (1)       cooperative-sticky   Stable               3",
        "audit           127.0.0.1:9092  (1)       range                Stable               1",
        "trace hash ",
    ] {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
}

#[test]
fn the_same_document_has_the_same_trace_hash_in_every_run() {
    let first = json(&["run", "gallery:crash-member", "--until", "1m", "--json"]);
    let again = json(&["run", "gallery:crash-member", "--until", "60s", "--json"]);
    assert_eq!(first["trace_hash"].as_str().unwrap().len(), 16);
    assert_ne!(first["trace_hash"], "0000000000000000");
    assert_eq!(first, again);
    let later = json(&["run", "gallery:crash-member", "--until", "61s", "--json"]);
    assert_ne!(first["trace_hash"], later["trace_hash"]);
}

#[test]
fn json_has_every_view() {
    let report = json(&["run", "gallery:default", "--until", "20s", "--json", "--events", "7"]);
    assert_eq!(report["elapsed_ms"], 20_000);
    assert_eq!(report["topics"][0]["summary"]["name"], "orders");
    assert_eq!(report["topics"][0]["lanes"].as_array().unwrap().len(), 4);
    assert_eq!(report["producers"][0]["producer"]["name"], "checkout");
    assert_eq!(report["groups"][0]["group"]["group"], "billing");
    assert_eq!(report["events"].as_array().unwrap().len(), 7);
    assert!(report["ledger"]["acked"].as_u64().unwrap() > 50, "{}", report["ledger"]);
}

#[test]
fn check_passes_what_plays_and_names_what_does_not() {
    let good = ottla(&["check", "gallery:default", "gallery:crash-member"]);
    assert_eq!(good.status.code(), Some(0), "{}", out(&good));
    assert!(out(&good).contains("2 journal entries, 0 without effect"), "{}", out(&good));

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let refused = folder.join("refused.ottla.json");
    let text = r#"{"ottla":1,"journal":[{"at":7,"do":"delete-topic","topic":"nowhere"}]}"#;
    std::fs::write(&refused, text).unwrap();
    let output = ottla(&["check", refused.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("at 7 ms: UNKNOWN_TOPIC_OR_PARTITION"), "{}", out(&output));

    let setup = folder.join("setup.ottla.json");
    std::fs::write(&setup, r#"{"ottla":1,"setup":[{"do":"delete-topic","topic":"nowhere"}]}"#)
        .unwrap();
    let output = ottla(&["check", setup.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("setup[0]: UNKNOWN_TOPIC_OR_PARTITION"), "{}", out(&output));
}
