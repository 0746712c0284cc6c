//! Invariants under random commands: nothing panics, a refused command changes nothing, each record has one
//! fate, offsets keep their order, clones and replays agree.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// A batch of Kafka's own with offset 0, and the first bytes of a next one, in base64.
const IMPORTED: &str = "AAAAAAAAAAAAAABA/////wJmtoNRAAAAAAAAAAABi8/lag4AAAGLz+VqDv//////////////////AAAAARwAAAABEGhlbGxvLTg4AAAAAAAAAAAAAAAAQP////8CZraDUQAAAAAAAAAAAYvP5WoOAAABi88=";

fn command() -> impl Strategy<Value = serde_json::Value> {
    let topic = prop_oneof![Just("orders"), Just("payments"), Just("nope")];
    let group = prop_oneof![Just("g"), Just("h"), Just("nope")];
    let member = prop_oneof![Just("g-1"), Just("g-2"), Just("h-1"), Just("nope")];
    let producer = prop_oneof![Just("p"), Just("q"), Just("nope")];
    let assignor =
        prop_oneof![Just("Range"), Just("RoundRobin"), Just("Sticky"), Just("CooperativeSticky")];
    prop_oneof![
        (topic.clone(), -1i32..6).prop_map(|(t, n)| json!({"do": "create-topic", "topic": t, "partitions": n})),
        topic.clone().prop_map(|t| json!({"do": "delete-topic", "topic": t})),
        (topic.clone(), 0i32..9).prop_map(|(t, n)| json!({"do": "create-partitions", "topic": t, "count": n})),
        (topic.clone(), 0i64..20_000).prop_map(|(t, ms)| json!({"do": "alter-topic-configs", "topic": t,
            "set": {"retention.ms": ms.to_string(), "internal.segment.bytes": "600"}})),
        (topic.clone(), prop_oneof![Just("compact"), Just("compact,delete"), Just("delete")]).prop_map(|(t, p)|
            json!({"do": "alter-topic-configs", "topic": t, "set": {"cleanup.policy": p, "segment.ms": "300",
                "min.cleanable.dirty.ratio": "0.1", "delete.retention.ms": "1000"}})),
        prop_oneof![Just(json!(null)), (3_000u32..40_000).prop_map(|bytes| json!(bytes))]
            .prop_map(|bytes| json!({"do": "set-disk", "disk_bytes": bytes})),
        Just(json!({"do": "start-broker"})),
        // One record, and half of another.
        topic.clone().prop_map(|t| json!({"do": "import-topic", "topic": t, "partitions": [{"segments": [
            {"base_offset": 0, "log": IMPORTED}]}, {}]})),
        (topic.clone(), 0i32..2, -2i64..30).prop_map(|(t, p, o)| json!({"do": "delete-records", "topic": t,
            "partitions": [{"partition": p, "offset": o}]})),
        (producer.clone(), 0u32..2).prop_map(|(p, i)| json!({"do": "add-producer", "producer": p,
            "configs": {"acks": if i == 0 { "all" } else { "1" }}})),
        producer.clone().prop_map(|p| json!({"do": "alter-producer", "producer": p, "set": {"linger.ms": "50"}})),
        producer.clone().prop_map(|p| json!({"do": "remove-producer", "producer": p})),
        (producer.clone(), topic.clone(), 0u32..60).prop_map(|(p, t, n)| json!({"do": "set-stream", "producer": p,
            "stream": {"topic": t, "records": n, "keys": {"kind": "sequence", "prefix": "k", "count": 9},
                "null_key_percent": 20, "value_bytes_min": 1, "value_bytes_max": 90}})),
        (producer, topic.clone(), 1u32..40).prop_map(|(p, t, n)| json!({"do": "produce", "producer": p, "topic": t,
            "key": "a", "value": "b", "count": n})),
        (group.clone(), topic.clone(), assignor, 0usize..3).prop_map(|(g, t, a, n)| {
            let members: Vec<_> = (0..n).map(|_| json!({})).collect();
            json!({"do": "add-group", "group": g, "topics": [t, "orders"], "members": members,
                "configs": {"auto.offset.reset": "earliest", "partition.assignment.strategy":
                    format!("org.apache.kafka.clients.consumer.{a}Assignor")}})
        }),
        group.clone().prop_map(|g| json!({"do": "add-member", "group": g, "processing_us": 30_000})),
        group.clone().prop_map(|g| json!({"do": "alter-group", "group": g, "set": {"max.poll.records": "3"}})),
        (group.clone(), topic.clone(), 0i32..3, -1i64..40).prop_map(|(g, t, p, o)| json!({"do": "reset-offsets",
            "group": g, "offsets": [{"topic": t, "partition": p, "offset": o}]})),
        group.prop_map(|g| json!({"do": "remove-group", "group": g})),
        member.clone().prop_map(|m| json!({"do": "close-member", "member": m})),
        member.clone().prop_map(|m| json!({"do": "crash-member", "member": m})),
        member.clone().prop_map(|m| json!({"do": "start-member", "member": m})),
        member.clone().prop_map(|m| json!({"do": "pause-member", "member": m})),
        member.prop_map(|m| json!({"do": "resume-member", "member": m})),
    ]
}

fn start() -> Play {
    let mut play = Play::with(&[
        ("log.retention.check.interval.ms", "2000"),
        ("log.cleaner.backoff.ms", "1500"),
    ])
    .topic("orders", 3, &[]);
    play.json(json!({"do": "add-producer", "producer": "p",
        "stream": {"topic": "orders", "records": 5, "keys": {"kind": "fixed", "keys": ["a", "b"]}}}))
        .unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}, {}]}))
        .unwrap();
    play
}

fn check(play: &Play) {
    let world = play.engine.world();
    let ledger = play.engine.ledger(None);
    let places = ledger.buffered + ledger.in_flight + ledger.stored + ledger.failed;
    assert_eq!(ledger.sent, places, "{ledger:?}");
    let counted = world.ledger.recount();
    assert_eq!(counted[..3], [ledger.buffered, ledger.in_flight, ledger.stored], "{ledger:?}");
    assert_eq!(ledger.lost_after_ack, 0);
    assert_eq!((ledger.duplicated, ledger.reordered), (0, 0));
    let sent: u64 = world.producers.iter().map(|producer| producer.counts.sent).sum();
    assert_eq!(ledger.sent, sent);
    for broker in world.brokers.values() {
        for partition in broker.partitions().values() {
            let log = &partition.log;
            assert!(log.log_start_offset() <= log.high_watermark());
            assert!(log.high_watermark() <= log.log_end_offset());
            let mut next = None;
            for segment in log.segments() {
                assert!(next.is_none_or(|next| next == segment.base_offset));
                next = Some(segment.next_offset);
            }
        }
    }
    for group in play.engine.groups() {
        // Of two members of one generation never both own a partition.
        let mut seen = sorted::SortedSet::new();
        for consumer in world.consumers.iter().filter(|c| *c.setup.group == *group.group) {
            if group.state == "Stable" && consumer.generation == group.generation {
                for tp in consumer.owned.keys() {
                    assert!(seen.insert(tp.clone()), "{tp} is owned twice in {}", group.group);
                }
            }
        }
    }
}

/// Lanes read on from an earlier view are what they are when they are read afresh.
fn follow_lanes(engine: &crate::Engine, before: Vec<LaneView>) -> Vec<LaneView> {
    for (at, view) in before.iter().enumerate() {
        let from = view.window_first.saturating_sub(3).max(0);
        let windows = [LaneWindow::Tail(25), LaneWindow::From { first: from, count: 40 }];
        let window = windows[at % 2];
        let afresh = engine.lane(&view.topic, view.partition, window);
        assert_eq!(engine.lane_after(view, window), afresh);
    }
    let topics = engine.cluster().topics.into_iter();
    let names =
        topics.flat_map(|topic| (0..topic.partitions).map(move |at| (topic.name.clone(), at)));
    names.filter_map(|(topic, at)| engine.lane(&topic, at, LaneWindow::Tail(25))).collect()
}

proptest! {
    #![proptest_config(crate::test_support::random_cases(40))]

    #[test]
    fn a_storm_of_commands_keeps_the_invariants(
        storm in prop::collection::vec((command(), 0i64..4_000), 1..40),
    ) {
        let mut play = start();
        let mut now = 0;
        let mut lanes = Vec::new();
        for (json, wait) in &storm {
            let before = play.engine.trace_hash();
            if play.json(json.clone()).is_err() {
                prop_assert_eq!(play.engine.trace_hash(), before);
            }
            now += wait;
            play.run_to(now);
            check(&play);
            lanes = follow_lanes(&play.engine, lanes);
        }
        // The same again, in slices and through a clone half way, is the same to the bit.
        let mut again = start();
        let mut now = 0;
        for (at, (json, wait)) in storm.iter().enumerate() {
            let _ = again.json(json.clone());
            now += wait;
            while !again.engine.advance_to(START_MS + now, 7).reached {}
            if at == storm.len() / 2 {
                again = again.clone();
            }
        }
        prop_assert_eq!(again.engine.trace_hash(), play.engine.trace_hash());
        prop_assert_eq!(again.engine.ledger(None), play.engine.ledger(None));
    }
}
