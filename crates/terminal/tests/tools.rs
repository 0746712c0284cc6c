//! Each tool at a cluster: what it changes is a command of the journal, what it refuses it refuses in Kafka's words.
#![allow(clippy::unwrap_used)]

mod support;

use log_engine::Command;
use serde_json::json;
use support::{Desk, notes, texts};
use terminal::Mode;

const SERVER: &str = "--bootstrap-server localhost:9092";

fn with_topic() -> Desk {
    let mut desk = Desk::new(1);
    let made =
        desk.text(&format!("kafka-topics.sh {SERVER} --create --topic orders --partitions 2"));
    assert_eq!(made, "Created topic orders.");
    desk.advance(1_000);
    desk
}

#[test]
fn what_is_typed_is_a_command_of_the_journal() {
    let mut desk = with_topic();
    desk.enter(&format!("kafka-configs.sh {SERVER} --alter --topic orders --add-config retention.ms=5000,cleanup.policy=[compact,delete]"));
    desk.enter(&format!("kafka-topics.sh {SERVER} --alter --topic orders --partitions 4"));
    desk.enter(&format!("kafka-topics.sh {SERVER} --delete --topic ord.*"));
    let journal = serde_json::to_value(&desk.journal).unwrap();
    assert_eq!(
        journal,
        json!([
            {"do": "create-topic", "topic": "orders", "partitions": 2, "replication_factor": -1},
            {"do": "alter-topic-configs", "topic": "orders",
             "set": {"retention.ms": "5000", "cleanup.policy": "compact,delete"}},
            {"do": "create-partitions", "topic": "orders", "count": 4},
            {"do": "delete-topic", "topic": "orders"},
        ])
    );
}

#[test]
fn a_console_producer_sends_what_is_typed_until_its_input_ends() {
    let mut desk = with_topic();
    let options = "--reader-property parse.key=true --reader-property key.separator=:";
    desk.enter(&format!(
        "kafka-console-producer.sh {SERVER} --topic orders {options} --command-property acks=1"
    ));
    assert_eq!((desk.terminal.mode(), desk.terminal.prompt()), (Mode::Producer, ">"));
    desk.enter("alice:1");
    desk.enter("bob:2");
    let [.., Command::AddProducer { producer, spec }, Command::Produce { record, .. }, _] =
        desk.journal.as_slice()
    else {
        panic!("{:?}", desk.journal)
    };
    assert_eq!(producer, "console-producer");
    assert_eq!(spec.configs.get("acks").map(String::as_str), Some("1"));
    assert_eq!(spec.configs.get("linger.ms").map(String::as_str), Some("1000"));
    assert_eq!(serde_json::to_value(record).unwrap(), json!({"key": "alice", "value": "1"}));

    let outcome = desk.terminal.end_of_input(&desk.engine);
    desk.conclude(outcome);
    assert_eq!(desk.terminal.mode(), Mode::Running);
    desk.settle(30_000);
    assert_eq!(desk.terminal.mode(), Mode::Shell);
    assert_eq!(desk.engine.ledger(None).acked, 2);
}

#[test]
fn a_line_without_its_key_ends_the_console_producer() {
    let mut desk = with_topic();
    desk.enter(&format!(
        "kafka-console-producer.sh {SERVER} --topic orders --reader-property parse.key=true"
    ));
    let said = desk.text("no tab in here");
    assert_eq!(
        said,
        "org.apache.kafka.common.KafkaException: No key separator found on line number 1: 'no tab in here'"
    );
    assert_eq!(desk.terminal.mode(), Mode::Shell);
    assert!(matches!(desk.journal.last(), Some(Command::RemoveProducer { .. })));
}

#[test]
fn a_record_that_fails_is_reported_with_its_sizes() {
    let mut desk = with_topic();
    desk.enter(&format!(
        "kafka-configs.sh {SERVER} --alter --topic orders --add-config max.message.bytes=100"
    ));
    desk.enter(&format!("kafka-console-producer.sh {SERVER} --topic orders"));
    desk.enter(&"x".repeat(200));
    desk.advance(5_000);
    let outcome = desk.terminal.poll(&desk.engine);
    let said = texts(&desk.conclude(outcome));
    assert!(said.contains("ERROR Error when sending message to topic orders with key: null, value: 200 bytes with error:"), "{said}");
    assert!(said.contains("org.apache.kafka.common.errors.RecordTooLargeException"), "{said}");
}

#[test]
fn a_console_consumer_is_a_member_and_prints_as_time_goes_on() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "key": "a", "value": "1", "partition": 0}));
    let line = format!(
        "kafka-console-consumer.sh {SERVER} --topic orders --from-beginning --group g --formatter-property print.key=true"
    );
    let outcome = desk.terminal.enter(&line, &desk.engine);
    desk.conclude(outcome);
    assert_eq!(desk.terminal.mode(), Mode::Running);
    let printed = texts(&desk.settle(10_000));
    assert_eq!(printed, "a\t1");
    let group = desk.engine.group("g").unwrap().group;
    assert_eq!(group.members.first().unwrap().name, "console-consumer");

    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "key": "b", "value": null, "partition": 1}));
    assert_eq!(texts(&desk.settle(2_000)), "b\tnull");
    let end = texts(&desk.interrupt());
    assert_eq!(end, "^C\nProcessed a total of 2 messages");
    assert_eq!(desk.terminal.mode(), Mode::Shell);
    desk.advance(10_000);
    let described = desk.text(&format!("kafka-consumer-groups.sh {SERVER} --describe --group g"));
    assert!(described.contains("Consumer group 'g' has no active members."), "{described}");
}

#[test]
fn a_console_consumer_ends_by_itself_at_its_most_messages() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(
        json!({"do": "produce", "producer": "p", "topic": "orders", "value": "v", "count": 50}),
    );
    desk.advance(2_000);
    let printed = desk.text(&format!(
        "kafka-console-consumer.sh {SERVER} --topic orders --from-beginning --max-messages 7"
    ));
    assert!(printed.ends_with("v\nv\nv\nv\nv\nv\nv\nProcessed a total of 7 messages"), "{printed}");
    let Some(Command::AddGroup { group, spec }) =
        desk.journal.iter().find(|c| matches!(c, Command::AddGroup { .. }))
    else {
        panic!()
    };
    assert!(group.starts_with("console-consumer-"), "{group}");
    assert_eq!(spec.configs.get("enable.auto.commit").map(String::as_str), Some("false"));
    assert!(matches!(desk.journal.last(), Some(Command::CloseMember { .. })));
}

#[test]
fn one_partition_is_read_without_a_group() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    for (value, partition) in [("x", 0), ("y", 1), ("z", 1)] {
        desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "value": value, "partition": partition}));
    }
    desk.advance(2_000);
    let printed = desk.text(&format!("kafka-console-consumer.sh {SERVER} --topic orders --partition 1 --offset 1 --max-messages 1"));
    assert_eq!(printed, "z\nProcessed a total of 1 messages");
    assert!(desk.engine.groups().is_empty());
}

#[test]
fn two_console_tools_have_names_of_their_own() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "console-producer"}));
    desk.enter(&format!("kafka-console-producer.sh {SERVER} --topic orders"));
    let Some(Command::AddProducer { producer, .. }) = desk.journal.last() else { panic!() };
    assert_eq!(producer, "console-producer-2");
}

#[test]
fn what_is_refused_is_refused_in_kafkas_words() {
    let mut desk = with_topic();
    let first = |desk: &mut Desk, line: &str| {
        let text = desk.text(line);
        text.lines().find(|line| !line.is_empty()).unwrap_or_default().to_owned()
    };
    for (line, wanted) in [
        ("kafka-topics.sh --list", "--bootstrap-server must be specified"),
        (
            "kafka-topics.sh --list --create",
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete",
        ),
        (
            "kafka-topics.sh --bootstrap-server x:1 --create",
            "Missing required argument \"[topic]\"",
        ),
        (
            "kafka-topics.sh --bootstrap-server x:1 --describe --partitions 3",
            "Option \"[partitions]\" can't be used with option \"[describe]\"",
        ),
        (
            "kafka-topics.sh --bootstrap-server x:1 --create --topic t --partitions x",
            "Error while executing topic command : Cannot parse argument 'x' of option partitions",
        ),
        ("kafka-topics.sh --foo", "foo is not a recognized option"),
        (
            "kafka-configs.sh --describe --topic orders",
            "Either --bootstrap-server or --bootstrap-controller must be specified.",
        ),
        (
            "kafka-configs.sh --bootstrap-server x:1 --alter --topic orders",
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ),
        (
            "kafka-configs.sh --bootstrap-server x:1 --describe --topic nope",
            "The topic 'nope' doesn't exist and doesn't have dynamic config.",
        ),
        (
            "kafka-consumer-groups.sh --bootstrap-server x:1",
            "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex",
        ),
        (
            "kafka-consumer-groups.sh --bootstrap-server x:1 --list --members",
            "Exception in thread \"main\" joptsimple.UnavailableOptionException: Option(s) [members] are unavailable given other options on the command line",
        ),
        (
            "kafka-get-offsets.sh --bootstrap-server x",
            "Please provide valid host:port like host1:9091,host2:9092",
        ),
        (
            "kafka-get-offsets.sh --bootstrap-server x:1 --time soon",
            "Error occurred: Malformed time argument soon. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp",
        ),
        (
            "kafka-console-consumer.sh --bootstrap-server x:1",
            "Exactly one of the following arguments is required: [topic], [include]",
        ),
        (
            "kafka-console-producer.sh --bootstrap-server x:1",
            "Missing required argument \"[topic]\"",
        ),
        (
            "kafka-leader-election.sh --bootstrap-server x:1",
            "Missing required option(s): election-type",
        ),
        (
            "kafka-reassign-partitions.sh --list",
            "Please specify either --bootstrap-server or --bootstrap-controller",
        ),
        (
            "kafka-reassign-partitions.sh --bootstrap-server x:1 --list --throttle 5",
            "Option \"[throttle]\" can't be used with action \"[list]\"",
        ),
        (
            "kafka-delete-records.sh --bootstrap-server x:1",
            "Missing required argument \"[offset-json-file]\"",
        ),
        (
            "kafka-delete-records.sh --bootstrap-server x:1 --offset-json-file nope",
            "Unable to read file nope",
        ),
        ("kafka-dump-log.sh --files /nope/0.log", "Dumping /nope/0.log"),
        (
            "kafka-metadata-quorum.sh --bootstrap-server x:1 describe",
            "One of --status or --replication must be specified with describe sub-command",
        ),
        ("kafka-topics.sh --version", "4.3.1"),
    ] {
        assert_eq!(first(&mut desk, line), wanted, "{line}");
    }
    assert_eq!(desk.journal.len(), 1);
}

#[test]
fn a_tool_prints_its_recorded_help() {
    let mut desk = Desk::new(1);
    let help = desk.text("kafka-delete-records.sh --help");
    assert_eq!(help.trim_end(), include_str!("../help/kafka-delete-records.txt").trim_end());
    let usage = desk.text("kafka-delete-records.sh --bootstrap-server x:1");
    assert!(usage.contains("--offset-json-file <String: Offset"), "{usage}");
}

#[test]
fn a_shell_there_is_little_of() {
    let mut desk = with_topic();
    assert_eq!(
        desk.text("echo 'a b' > f; rm f"),
        "; is not supported: enter one command after the other."
    );
    assert_eq!(
        desk.text("kafka-topics.sh --list | grep x"),
        "Pipes are not supported: each tool's output stands here whole."
    );
    assert_eq!(desk.text("echo one > f"), "");
    assert_eq!(desk.text("echo two >> f"), "");
    assert_eq!(desk.text("cat f"), "one\ntwo");
    assert_eq!(desk.text("ls"), "f");
    assert_eq!(desk.text("rm f"), "");
    assert_eq!(desk.text("cat f"), "cat: f: No such file or directory");
    assert_eq!(
        desk.text("kafka-topic.sh --list"),
        "kafka-topic.sh: command not found\nDid you mean kafka-topics.sh?"
    );
    assert_eq!(
        notes(&desk.enter("kafka-acls.sh --list")),
        ["kafka-acls.sh is not to be had here; help lists the tools that are."]
    );
    assert!(desk.terminal.enter("clear", &desk.engine).clear);
    assert_eq!(desk.text("ls /var/lib/kafka/node1"), "orders-0\norders-1");
    assert!(desk.text("ls /var/lib/kafka/node1/orders-0").contains("00000000000000000000.log"));
    assert_eq!(desk.terminal.history().last().unwrap(), "ls /var/lib/kafka/node1/orders-0");
    assert_eq!(desk.text(&format!("kafka-topics.sh {SERVER} --list > topics.txt")), "");
    assert_eq!(desk.text("cat topics.txt"), "orders");
}

#[test]
fn offsets_are_planned_in_every_way_and_exported_and_taken_back() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "value": "v", "partition": 0, "count": 10}));
    desk.advance(2_000);
    let reset = |desk: &mut Desk, how: &str| {
        let text = desk
            .text(&format!("kafka-consumer-groups.sh {SERVER} --reset-offsets --group g {how}"));
        let last = text
            .lines()
            .filter(|line| line.starts_with("g "))
            .map(|line| line.split_whitespace().last().unwrap().to_owned());
        last.collect::<Vec<String>>().join(",")
    };
    assert_eq!(reset(&mut desk, "--topic orders --to-latest --dry-run"), "10,0");
    assert_eq!(reset(&mut desk, "--topic orders:0 --to-offset 4 --execute"), "4");
    desk.advance(1_000);
    assert_eq!(reset(&mut desk, "--topic orders:0 --shift-by 3 --dry-run"), "7");
    assert_eq!(reset(&mut desk, "--all-topics --to-current --dry-run"), "4");
    assert_eq!(
        reset(&mut desk, "--topic orders --to-datetime 2026-01-01T00:00:00.000 --dry-run"),
        "0,0"
    );
    assert_eq!(reset(&mut desk, "--topic orders:0 --by-duration PT1S --dry-run"), "10");
    assert_eq!(reset(&mut desk, "--topic orders:0 --to-offset 99 --dry-run"), "10");
    assert_eq!(desk.text(&format!("kafka-consumer-groups.sh {SERVER} --reset-offsets --group g --topic orders:0 --to-earliest --dry-run --export > plan.csv")), "");
    assert_eq!(desk.text("cat plan.csv").trim(), "orders,0,0");
    assert_eq!(reset(&mut desk, "--from-file plan.csv --execute"), "0");
    assert!(matches!(desk.journal.last(), Some(Command::ResetOffsets { .. })));
}

#[test]
fn records_are_deleted_and_what_cannot_be_is_said_beside() {
    let mut desk = with_topic();
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(json!({"do": "produce", "producer": "p", "topic": "orders", "value": "v", "partition": 0, "count": 10}));
    desk.advance(2_000);
    desk.enter("echo '{\"partitions\":[{\"topic\":\"orders\",\"partition\":0,\"offset\":4},{\"topic\":\"orders\",\"partition\":9,\"offset\":1},{\"topic\":\"orders\",\"partition\":1,\"offset\":5}]}' > del.json");
    let said = desk.text(&format!("kafka-delete-records.sh {SERVER} --offset-json-file del.json"));
    assert_eq!(
        said,
        "Executing records delete operation\nRecords delete operation completed:\n\
         partition: orders-0\tlow_watermark: 4\n\
         partition: orders-1\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The requested offset is not within the range of offsets maintained by the server.\n\
         partition: orders-9\terror: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host this topic-partition."
    );
    desk.advance(1_000);
    assert_eq!(
        desk.text(&format!("kafka-get-offsets.sh {SERVER} --topic orders --time earliest")),
        "orders:0:4\norders:1:0"
    );
}

#[test]
fn without_a_broker_a_tool_times_out() {
    let spec = log_engine::ClusterSpec { disk_bytes: Some(2_000), ..Default::default() };
    let mut desk = Desk::new(1);
    desk.engine = log_engine::Engine::new(&spec, 7, support::START_MS).unwrap();
    desk.apply(json!({"do": "create-topic", "topic": "orders", "partitions": 1}));
    desk.apply(json!({"do": "add-producer", "producer": "p"}));
    desk.apply(
        json!({"do": "produce", "producer": "p", "topic": "orders", "value": "v".repeat(3_000)}),
    );
    desk.advance(5_000);
    assert!(!desk.engine.cluster().brokers.first().unwrap().up);
    let said = desk.text(&format!("kafka-topics.sh {SERVER} --list"));
    assert!(said.starts_with("Error while executing topic command : Timed out waiting for a node assignment. Call: listTopics"), "{said}");
}
