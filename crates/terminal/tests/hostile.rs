//! Whatever is typed, the terminal answers within bounds and goes on.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use serde_json::json;
use support::Desk;

fn desk() -> Desk {
    let mut desk = Desk::new(1);
    desk.apply(json!({"do": "create-topic", "topic": "orders", "partitions": 3}));
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "key": "k", "value": "v", "count": 40}));
    desk.apply(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}]}));
    desk.advance(8_000);
    desk
}

/// Words that mean something to some tool, put together in any way.
fn word() -> impl Strategy<Value = String> {
    let tools = [
        "topics",
        "configs",
        "console-producer",
        "console-consumer",
        "consumer-groups",
        "get-offsets",
        "dump-log",
        "metadata-quorum",
        "leader-election",
        "reassign-partitions",
        "delete-records",
    ];
    let options = [
        "--bootstrap-server",
        "x:1",
        "--topic",
        "orders",
        "--group",
        "g",
        "--describe",
        "--list",
        "--create",
        "--alter",
        "--delete",
        "--partitions",
        "--partition",
        "--config",
        "--add-config",
        "retention.ms=1",
        "--reset-offsets",
        "--to-offset",
        "--shift-by",
        "--execute",
        "--dry-run",
        "--all-groups",
        "--all-topics",
        "--members",
        "--state",
        "--verbose",
        "--time",
        "--files",
        "/var/lib/kafka/node1/orders-0/00000000000000000000.log",
        "--print-data-log",
        "describe",
        "--status",
        "--election-type",
        "preferred",
        "--all-topic-partitions",
        "--verify",
        "--generate",
        "--broker-list",
        "--from-beginning",
        "--max-messages",
        "--timeout-ms",
        "--offset",
        "--reader-property",
        "parse.key=true",
        "--formatter-property",
        "print.key=true",
        "--to-datetime",
        "--by-duration",
        "--entity-type",
        "topics",
        "--entity-name",
        "--topic-partitions",
        "--include",
        "--reassignment-json-file",
        "--offset-json-file",
        "--from-file",
        "f",
        "<",
        ">",
        ">>",
        "|",
        "&&",
        "'",
        "\"",
        "\\",
        "=",
        "--",
        "-",
        "",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e9",
        ".*",
        "(",
        "[a",
        "{}",
        "[]",
        "null",
        "help",
        "clear",
        "echo",
        "cat",
        "ls",
        "rm",
        "history",
        "{\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"offset\":9223372036854775807}]}",
    ];
    let tool = proptest::sample::select(tools.to_vec()).prop_map(|name| format!("kafka-{name}.sh"));
    let option = proptest::sample::select(options.to_vec()).prop_map(str::to_owned);
    prop_oneof![2 => tool, 8 => option, 1 => any::<String>(), 1 => "[ -~]{0,12}"]
}

fn line() -> impl Strategy<Value = String> {
    let known = proptest::collection::vec(word(), 0..12).prop_map(|words| words.join(" "));
    prop_oneof![6 => known, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_lines_are_answered_within_bounds(lines in proptest::collection::vec(line(), 1..8)) {
        let mut desk = desk();
        for line in lines {
            let completion = desk.terminal.complete(&line, &desk.engine);
            prop_assert!(completion.suggestions.len() <= 60);
            let outcome = desk.terminal.enter(&line, &desk.engine);
            let mut printed = desk.conclude(outcome);
            printed.extend(desk.settle(3_000));
            prop_assert!(printed.len() <= 6_100, "{} lines", printed.len());
            prop_assert!(printed.iter().all(|line| line.text.chars().count() <= 4_001));
            prop_assert!(desk.terminal.history().len() <= 200);
        }
        for _ in 0..3 {
            desk.interrupt();
        }
        prop_assert_eq!(desk.terminal.mode(), terminal::Mode::Shell);
    }

    #[test]
    fn a_suggestion_taken_is_read_as_the_word_it_shows(
        words in proptest::collection::vec(word(), 0..6), part in "[a-z./-]{0,6}",
    ) {
        let desk = desk();
        let line = format!("{} {part}", words.join(" "));
        for suggestion in desk.terminal.complete(&line, &desk.engine).suggestions {
            prop_assert!(suggestion.line.len() > line.len() - part.len());
            prop_assert!(!suggestion.word.is_empty());
        }
    }
}

#[test]
fn much_output_is_cut_and_counted() {
    let mut desk = desk();
    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "value": "v", "partition": 0, "count": 9_000}));
    desk.advance(5_000);
    let path = "/var/lib/kafka/node1/orders-0/00000000000000000000.log";
    let printed = desk.enter(&format!("kafka-dump-log.sh --print-data-log --files {path}"));
    assert_eq!(printed.len(), 2_001);
    assert!(
        printed.last().unwrap().text.ends_with("more lines are not shown."),
        "{:?}",
        printed.last()
    );
}

#[test]
fn a_file_is_bounded_too() {
    let mut desk = desk();
    let long = "x".repeat(60_000);
    for _ in 0..4 {
        assert!(desk.enter(&format!("echo {long} >> f")).is_empty());
    }
    let refused = desk.text(&format!("echo {long} >> f"));
    assert_eq!(refused, "f: a file holds at most 262144 bytes");
}
