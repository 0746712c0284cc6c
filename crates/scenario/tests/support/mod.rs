//! What tests of the player share.
#![allow(dead_code)]

use log_engine::command::*;
use log_engine::{Command, Configs};
use proptest::prelude::*;
use scenario::{Document, Player, file};

/// Engine steps for one call.
pub const SLICE: u64 = 5_000;

/// A small busy cluster: one topic, a producer with a stream, a group of two.
pub fn document() -> Document {
    let json = r#"{ "ottla": 1, "title": "Test", "seed": 7,
        "cluster": { "configs": { "log.retention.check.interval.ms": "1000", "group.initial.rebalance.delay.ms": "500" } },
        "setup": [
            { "do": "create-topic", "topic": "orders", "partitions": 3,
              "configs": { "internal.segment.bytes": "600", "retention.ms": "5000", "segment.ms": "2000" } },
            { "do": "add-producer", "producer": "p1",
              "stream": { "topic": "orders", "records": 20, "arrivals": "random", "keys": { "kind": "fixed", "keys": ["a", "b", "c"] } } },
            { "do": "add-group", "group": "g1", "topics": ["orders"], "processing_us": 30000,
              "members": [{ "member": "m1" }, { "member": "m2" }] }
        ] }"#;
    file::decode(json.as_bytes()).unwrap()
}

pub fn player() -> Player {
    Player::new(document()).unwrap()
}

pub fn advance(player: &mut Player, to_ms: u64) {
    while !player.advance_to(to_ms, SLICE).reached {}
}

pub fn seek(player: &mut Player, to_ms: u64) {
    while !player.seek(to_ms, SLICE).reached {}
}

pub fn catch_up(player: &mut Player) {
    while !player.catch_up(SLICE).reached {}
}

/// The same document, played afresh to the same moment.
pub fn fresh(player: &Player) -> Player {
    let mut fresh = Player::new(player.save_state()).unwrap();
    while !fresh.catch_up(u64::MAX / 4).reached {}
    fresh
}

/// Holds a player to what a fresh play of its document gives.
pub fn same_as_fresh(player: &Player) {
    let fresh = fresh(player);
    assert_eq!(fresh.elapsed_ms(), player.elapsed_ms());
    assert_eq!(fresh.entries_played(), player.entries_played());
    assert_eq!(fresh.engine().cluster(), player.engine().cluster());
    assert_eq!(fresh.engine().trace_hash(), player.engine().trace_hash());
    for index in 0..player.journal().len() {
        assert_eq!(fresh.no_effect(index), player.no_effect(index), "journal[{index}]");
    }
}

pub fn crash(member: &str) -> Command {
    Command::CrashMember { member: member.to_owned() }
}

pub fn produce(key: &str) -> Command {
    Command::Produce {
        producer: "p1".to_owned(),
        topic: "orders".to_owned(),
        record: RecordSpec {
            key: Some(Payload::Text(key.to_owned())),
            value: Some(Payload::Text("v".to_owned())),
            ..RecordSpec::default()
        },
        count: 1,
    }
}

fn name(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(names).prop_map(str::to_owned)
}

fn topic() -> impl Strategy<Value = String> {
    name(&[
        "orders",
        "orders",
        "orders",
        "returns",
        "no.such_topic",
        "",
        "bad name",
        "__consumer_offsets",
    ])
}

fn producer() -> impl Strategy<Value = String> {
    name(&["p1", "p1", "p2", "nobody"])
}

fn group() -> impl Strategy<Value = String> {
    name(&["g1", "g1", "g2", "nobody"])
}

fn member() -> impl Strategy<Value = String> {
    name(&["m1", "m2", "m3", "g1-1", "g2-1", "g2-2", "nobody"])
}

fn configs(pairs: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = Configs> {
    prop::collection::vec(prop::sample::select(pairs), 0..3).prop_map(|chosen| {
        chosen.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    })
}

fn topic_configs() -> impl Strategy<Value = Configs> {
    configs(&[
        ("retention.ms", "1000"),
        ("retention.ms", "-1"),
        ("retention.ms", "abc"),
        ("retention.bytes", "500"),
        ("segment.ms", "100"),
        ("internal.segment.bytes", "200"),
        ("segment.bytes", "5"),
        ("max.message.bytes", "100"),
        ("cleanup.policy", "compact"),
        ("message.timestamp.type", "LogAppendTime"),
        ("min.insync.replicas", "2"),
        ("no.such.config", "1"),
        ("retention.ms", "99999999999999999999"),
    ])
}

fn client_configs() -> impl Strategy<Value = Configs> {
    configs(&[
        ("acks", "0"),
        ("acks", "1"),
        ("acks", "7"),
        ("linger.ms", "0"),
        ("linger.ms", "200"),
        ("batch.size", "0"),
        ("batch.size", "50"),
        ("enable.idempotence", "false"),
        ("max.in.flight.requests.per.connection", "9"),
        ("delivery.timeout.ms", "1"),
        ("compression.type", "gzip"),
        ("max.block.ms", "10"),
        ("buffer.memory", "100"),
        ("auto.offset.reset", "earliest"),
        ("auto.offset.reset", "none"),
        ("session.timeout.ms", "6000"),
        ("session.timeout.ms", "1"),
        ("max.poll.records", "1"),
        ("max.poll.interval.ms", "1000"),
        ("enable.auto.commit", "false"),
        ("group.instance.id", "i1"),
        ("isolation.level", "read_committed"),
        ("partition.assignment.strategy", "org.apache.kafka.clients.consumer.RoundRobinAssignor"),
        (
            "partition.assignment.strategy",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        ),
        ("metadata.max.age.ms", "500"),
        ("no.such.config", "x"),
    ])
}

fn delete() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        name(&["retention.ms", "acks", "no.such.config", "max.poll.records"]),
        0..2,
    )
}

fn payload() -> impl Strategy<Value = Option<Payload>> {
    prop_oneof![
        Just(None),
        "[a-e]{0,40}".prop_map(|text| Some(Payload::Text(text))),
        prop::sample::select(&["", "00", "ff80", "f09f9880"][..])
            .prop_map(|hex| Some(Payload::Hex { hex: hex.to_owned() })),
    ]
}

fn record() -> impl Strategy<Value = RecordSpec> {
    let timestamp = prop_oneof![
        4 => Just(None),
        1 => prop::sample::select(&[0, -1, i64::MIN, i64::MAX, 1_767_225_600_000, 1_600_000_000_000][..]).prop_map(Some),
    ];
    let partition =
        prop_oneof![4 => Just(None), 1 => (-2..6).prop_map(Some), 1 => Just(Some(i32::MAX))];
    (
        payload(),
        payload(),
        prop::collection::vec(("[x-z]{0,3}", payload()), 0..3),
        timestamp,
        partition,
    )
        .prop_map(|(key, value, headers, timestamp, partition)| RecordSpec {
            key,
            value,
            headers,
            timestamp,
            partition,
        })
}

fn stream() -> impl Strategy<Value = StreamSpec> {
    let keys = prop_oneof![
        Just(KeyDistribution::Null),
        Just(KeyDistribution::Fixed { keys: vec!["a".to_owned(), "b".to_owned()] }),
        Just(KeyDistribution::Zipf { keys: vec!["a".to_owned(), "b".to_owned(), String::new()] }),
        (1u32..50).prop_map(|count| KeyDistribution::Sequence { prefix: "k".to_owned(), count }),
    ];
    let arrivals = prop_oneof![Just(Arrivals::Even), Just(Arrivals::Random)];
    (topic(), 0u32..60, 1u32..2_000, arrivals, keys, 0u32..=100, 0u32..50, 0u32..300).prop_map(
        |(topic, records, per_ms, arrivals, keys, null_key_percent, min, more)| StreamSpec {
            topic,
            records,
            per_ms,
            arrivals,
            keys,
            null_key_percent,
            value_bytes_min: min,
            value_bytes_max: min + more,
        },
    )
}

fn member_spec() -> impl Strategy<Value = MemberSpec> {
    let named = prop_oneof![Just(None), member().prop_map(Some)];
    let topics =
        prop_oneof![3 => Just(None), 1 => prop::collection::vec(topic(), 0..3).prop_map(Some)];
    let processing_us = prop_oneof![Just(None), (0u64..2_000_000).prop_map(Some)];
    (named, topics, client_configs(), processing_us).prop_map(
        |(member, topics, configs, processing_us)| MemberSpec {
            member,
            topics,
            configs,
            processing_us,
        },
    )
}

fn client_command() -> impl Strategy<Value = Command> {
    let stream_or_none = || prop_oneof![1 => Just(None), 3 => stream().prop_map(Some)];
    prop_oneof![
        (producer(), client_configs(), stream_or_none()).prop_map(|(producer, configs, stream)| {
            Command::AddProducer { producer, spec: ProducerSpec { configs, stream } }
        }),
        (producer(), client_configs(), delete())
            .prop_map(|(producer, set, delete)| Command::AlterProducer { producer, set, delete }),
        producer().prop_map(|producer| Command::RemoveProducer { producer }),
        (producer(), stream_or_none())
            .prop_map(|(producer, stream)| Command::SetStream { producer, stream }),
        (producer(), topic(), record(), 1u32..200).prop_map(|(producer, topic, record, count)| {
            Command::Produce { producer, topic, record, count }
        }),
    ]
}

fn group_command() -> impl Strategy<Value = Command> {
    let spec = (
        prop::collection::vec(topic(), 0..3),
        client_configs(),
        0u64..500_000,
        prop::collection::vec(member_spec(), 0..4),
    )
        .prop_map(|(topics, configs, processing_us, members)| GroupSpec {
            topics,
            configs,
            processing_us,
            members,
        });
    let topics = prop_oneof![Just(None), prop::collection::vec(topic(), 0..3).prop_map(Some)];
    prop_oneof![
        (group(), spec).prop_map(|(group, spec)| Command::AddGroup { group, spec }),
        (
            group(),
            topics,
            prop_oneof![Just(None), (0u64..500_000).prop_map(Some)],
            client_configs(),
            delete()
        )
            .prop_map(|(group, topics, processing_us, set, delete)| Command::AlterGroup {
                group,
                topics,
                processing_us,
                set,
                delete
            }),
        group().prop_map(|group| Command::RemoveGroup { group }),
        (group(), member_spec()).prop_map(|(group, spec)| Command::AddMember { group, spec }),
        member().prop_map(|member| Command::CloseMember { member }),
        member().prop_map(|member| Command::CrashMember { member }),
        member().prop_map(|producer| Command::CrashProducer { producer }),
        member().prop_map(|producer| Command::StartProducer { producer }),
        member().prop_map(|member| Command::StartMember { member }),
        member().prop_map(|member| Command::PauseMember { member }),
        member().prop_map(|member| Command::ResumeMember { member }),
        (member(), 0u64..5_000_000)
            .prop_map(|(member, processing_us)| Command::SetProcessing { member, processing_us }),
    ]
}

fn topic_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (topic(), -1..8, prop_oneof![9 => Just(1i16), 1 => -1i16..4], topic_configs()).prop_map(
            |(topic, partitions, replication_factor, configs)| Command::CreateTopic {
                topic,
                partitions,
                replication_factor,
                configs,
                assignments: Vec::new(),
            },
        ),
        topic().prop_map(|topic| Command::DeleteTopic { topic }),
        (topic(), -1..12).prop_map(|(topic, count)| Command::CreatePartitions {
            topic,
            count,
            assignments: Vec::new()
        }),
        (topic(), topic_configs(), delete())
            .prop_map(|(topic, set, delete)| Command::AlterTopicConfigs { topic, set, delete }),
    ]
}

/// Any command, good or bad, about things that may or may not be there.
pub fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![2 => topic_command(), 3 => client_command(), 5 => group_command()]
}
