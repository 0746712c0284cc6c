//! What is suggested while one types.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use support::Desk;

fn desk() -> Desk {
    let mut desk = Desk::new(1);
    for topic in ["orders", "payments"] {
        desk.apply(json!({"do": "create-topic", "topic": topic, "partitions": 2}));
    }
    desk.apply(
        json!({"do": "add-group", "group": "billing", "topics": ["orders"], "members": [{}]}),
    );
    desk.advance(5_000);
    desk
}

/// The first line each of these would become.
fn first(desk: &Desk, line: &str) -> String {
    let completion = desk.terminal.complete(line, &desk.engine);
    completion.suggestions.first().map(|s| s.line.clone()).unwrap_or_default()
}

#[test]
fn a_line_is_completed_word_by_word() {
    let desk = desk();
    for (typed, completed) in [
        ("kafka-to", "kafka-topics.sh "),
        ("kafka-topics.sh ", "kafka-topics.sh --bootstrap-server "),
        (
            "kafka-topics.sh --bootstrap-server ",
            "kafka-topics.sh --bootstrap-server localhost:9092 ",
        ),
        (
            "kafka-topics.sh --bootstrap-server localhost:9092 --des",
            "kafka-topics.sh --bootstrap-server localhost:9092 --describe ",
        ),
        ("kafka-topics.sh --describe --topic p", "kafka-topics.sh --describe --topic payments "),
        ("kafka-topics.sh --topic=or", "kafka-topics.sh --topic=orders "),
        ("kafka-consumer-groups.sh --group b", "kafka-consumer-groups.sh --group billing "),
        ("kafka-configs.sh --add-config rete", "kafka-configs.sh --add-config retention.bytes="),
        (
            "kafka-configs.sh --add-config a=1,cleanup.policy=c",
            "kafka-configs.sh --add-config a=1,cleanup.policy=compact ",
        ),
        (
            "kafka-console-producer.sh --reader-property parse.k",
            "kafka-console-producer.sh --reader-property parse.key=",
        ),
        (
            "kafka-console-producer.sh --command-property li",
            "kafka-console-producer.sh --command-property linger.ms=",
        ),
        ("kafka-dump-log.sh --files ", "kafka-dump-log.sh --files /var/lib/kafka/node1/"),
        (
            "kafka-dump-log.sh --files /var/lib/kafka/node1/pay",
            "kafka-dump-log.sh --files /var/lib/kafka/node1/payments-0/",
        ),
        (
            "kafka-dump-log.sh --files /var/lib/kafka/node1/orders-1/",
            "kafka-dump-log.sh --files /var/lib/kafka/node1/orders-1/00000000000000000000.log ",
        ),
        (
            "kafka-leader-election.sh --election-type p",
            "kafka-leader-election.sh --election-type preferred ",
        ),
        (
            "kafka-metadata-quorum.sh --bootstrap-server x:1 d",
            "kafka-metadata-quorum.sh --bootstrap-server x:1 describe ",
        ),
        ("cl", "clear "),
        ("kafka-topics.sh --list | k", ""),
    ] {
        assert_eq!(first(&desk, typed), completed, "{typed}");
    }
}

#[test]
fn options_given_are_not_offered_again_and_say_what_they_are_for() {
    let desk = desk();
    let completion = desk.terminal.complete("kafka-topics.sh --list --", &desk.engine);
    let words: Vec<&str> = completion.suggestions.iter().map(|s| s.word.as_str()).collect();
    assert!(!words.contains(&"--list"));
    let describe = completion.suggestions.iter().find(|s| s.word == "--describe").unwrap();
    assert_eq!(describe.about, "list details for the given topics");
}

#[test]
fn files_are_offered_where_a_file_is_asked_for() {
    let mut desk = desk();
    desk.enter("echo '{}' > plan.json");
    assert_eq!(
        first(&desk, "kafka-reassign-partitions.sh --reassignment-json-file "),
        "kafka-reassign-partitions.sh --reassignment-json-file plan.json "
    );
    assert_eq!(first(&desk, "cat pl"), "cat plan.json ");
}
