//! Producers: partitions, batches, acks, refusals.

use super::*;
use crate::ids::EventId;
use crate::view::{PartitionReason, WhyTarget};
use serde_json::json;

fn with_producer(configs: &[(&str, &str)]) -> Play {
    let mut play = Play::new().topic("orders", 3, &[]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": map(configs)})).unwrap();
    play.run_to(10);
    play
}

#[test]
fn a_keyed_record_goes_where_its_key_hashes_and_is_acked() {
    let mut play = with_producer(&[]);
    play.send("p", "orders", keyed("user-1"), 1);
    play.run_to(100);
    let lane = play.lane("orders", 2);
    assert_eq!(lane.cells.len(), 1);
    assert_eq!(lane.cells[0].key.as_deref(), Some("user-1"));
    assert_eq!((lane.high_watermark, lane.log_end), (1, 1));
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.sent, ledger.stored, ledger.acked), (1, 1, 1));
    // Metadata takes 2 ms, linger 5, the request and its answer one each way.
    assert_eq!(play.times(|kind| matches!(kind, EventKind::Acked { .. })), [10 + 2 + 5 + 2]);
}

#[test]
fn s16_adding_partitions_moves_keys_but_not_records() {
    let mut play = with_producer(&[("metadata.max.age.ms", "1000")]);
    for key in ["A", "foobar", "k1", "C"] {
        play.send("p", "orders", keyed(key), 1);
    }
    play.run_to(100);
    let moves = play.engine.key_moves("orders", 4).unwrap();
    let of = |key: &str| {
        let row = moves.keys.iter().find(|row| row.key == key).unwrap();
        (row.from, row.to, row.records_behind)
    };
    assert_eq!(of("A"), (1, 2, 1));
    assert_eq!(of("foobar"), (0, 2, 1));
    assert_eq!(of("k1"), (2, 1, 1));
    assert_eq!(of("C"), (1, 0, 1));
    play.json(json!({"do": "create-partitions", "topic": "orders", "count": 4})).unwrap();
    play.run_to(110);
    // The producer has not refreshed its metadata yet: it goes on with 3.
    play.send("p", "orders", keyed("A"), 1);
    play.run_to(200);
    assert_eq!(play.lane("orders", 1).log_end, 3);
    play.run_to(2_000);
    play.send("p", "orders", keyed("A"), 1);
    play.run_to(2_100);
    assert_eq!(play.lane("orders", 2).log_end, 2);
}

#[test]
fn s17_an_empty_key_is_a_key() {
    let mut play = with_producer(&[]);
    play.send("p", "orders", keyed(""), 50);
    play.run_to(200);
    assert_eq!(play.lane("orders", 0).log_end, 50);
    assert_eq!(play.lane("orders", 0).cells[0].key.as_deref(), Some(""));
    let choice = play.engine.partition_choice("p", "orders", &keyed("")).unwrap();
    let reason = PartitionReason::KeyHash { hash: 275_646_681, masked: 275_646_681 };
    assert_eq!((choice.partition, choice.reason), (Some(0), reason));
}

#[test]
fn s18_the_sticky_partition_changes_every_97_records_of_100_bytes() {
    let mut play = Play::new().topic("orders", 6, &[]);
    let stream = json!({"topic": "orders", "records": 1, "per_ms": 1000,
        "value_bytes_min": 100, "value_bytes_max": 100});
    play.json(json!({"do": "add-producer", "producer": "p", "stream": stream})).unwrap();
    play.run_to(400_000);
    let sent: Vec<i64> = play.times(|kind| matches!(kind, EventKind::StickySwitch { .. }));
    assert!(sent.len() >= 3, "{sent:?}");
    for pair in sent.windows(2) {
        assert_eq!((pair[1] - pair[0]) / 1_000, 97, "{sent:?}");
    }
}

#[test]
fn s18_in_one_burst_it_changes_every_296_records() {
    let mut play = Play::new().topic("orders", 6, &[]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10);
    play.send("p", "orders", keyless(100), 3_000);
    play.run_to(1_000);
    let switches: Vec<i64> = play
        .trace()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::StickySwitch { bytes, .. } => Some(*bytes),
            _ => None,
        })
        .collect();
    assert_eq!(switches.len(), 3_000 / 296, "{switches:?}");
    assert!(switches.iter().all(|&bytes| bytes >= 2 * 16_384), "{switches:?}");
}

#[test]
fn s14_acks_1_turns_idempotence_off_unless_it_is_asked_for() {
    let play = with_producer(&[("acks", "1")]);
    assert!(!play.engine.producers()[0].idempotence);
    let mut play = Play::new();
    let refused = play
        .json(json!({"do": "add-producer", "producer": "p",
            "configs": {"acks": "1", "enable.idempotence": "true"}}))
        .unwrap_err();
    assert_eq!(refused.code, "ConfigException");
    assert!(play.engine.producers().is_empty());
}

#[test]
fn s25_a_timestamp_more_than_an_hour_ahead_is_refused() {
    let mut play = with_producer(&[]);
    let ahead = |ms: i64| RecordSpec { timestamp: Some(START_MS + ms), ..keyed("A") };
    // Appended at 10 + 2 (metadata) + 5 (linger) + 1 (network).
    play.send("p", "orders", ahead(18 + 3_600_000), 1);
    play.run_to(1_000);
    assert_eq!(play.engine.ledger(None).acked, 1);
    play.send("p", "orders", ahead(1_006 + 3_600_001), 1);
    play.run_to(2_000);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.acked, ledger.failed), (1, 1));
    assert_eq!(play.events("failed: InvalidTimestampException").len(), 1, "{:?}", play.events(""));
    // A batch that is lost for good bumps the epoch: the next one is stored under it.
    play.send("p", "orders", keyed("A"), 1);
    play.run_to(3_000);
    assert_eq!(play.engine.producers()[0].producer_epoch, 1);
    assert_eq!(play.engine.ledger(None).acked, 2);
}

#[test]
fn a_batch_above_max_message_bytes_is_split_and_a_record_above_it_fails() {
    let mut play = Play::new().topic("orders", 1, &[("max.message.bytes", "3000")]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10);
    play.send("p", "orders", keyless(500), 20);
    play.run_to(1_000);
    assert_eq!(play.lane("orders", 0).log_end, 20);
    assert!(!play.events("MESSAGE_TOO_LARGE").is_empty());
    play.send("p", "orders", keyless(4_000), 1);
    play.run_to(2_000);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.sent, ledger.acked, ledger.failed), (21, 20, 1));
    assert!(!play.events("RecordTooLargeException").is_empty());
}

#[test]
fn a_topic_nobody_made_is_made_by_asking_for_it_or_times_out() {
    let mut play = Play::new();
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10);
    play.send("p", "fresh", keyed("A"), 1);
    play.run_to(1_000);
    assert_eq!(play.lane("fresh", 0).log_end, 1);
    let mut play = Play::with(&[("auto.create.topics.enable", "false")]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.send("p", "fresh", keyed("A"), 2);
    play.run_to(59_000);
    assert_eq!(play.engine.ledger(None).failed, 0);
    play.run_to(61_000);
    assert_eq!(play.engine.ledger(None).failed, 2);
    assert!(!play.events("TimeoutException").is_empty());
}

#[test]
fn refusals_name_kafkas_error_and_change_nothing() {
    let mut play = with_producer(&[]);
    let before = play.engine.trace_hash();
    let code = |play: &mut Play, json| play.json(json).unwrap_err().code;
    let cases = [
        (json!({"do": "create-topic", "topic": "orders", "partitions": 1}), "TOPIC_ALREADY_EXISTS"),
        (json!({"do": "create-topic", "topic": "a b", "partitions": 1}), "INVALID_TOPIC_EXCEPTION"),
        (json!({"do": "create-topic", "topic": "a", "partitions": 0}), "INVALID_PARTITIONS"),
        (
            json!({"do": "create-topic", "topic": "a", "partitions": 1, "replication_factor": 3}),
            "INVALID_REPLICATION_FACTOR",
        ),
        (
            json!({"do": "create-topic", "topic": "a", "partitions": 1,
                "configs": {"retention.ms": "-5"}}),
            "INVALID_CONFIG",
        ),
        (json!({"do": "create-partitions", "topic": "orders", "count": 3}), "INVALID_PARTITIONS"),
        (json!({"do": "delete-topic", "topic": "nope"}), "UNKNOWN_TOPIC_OR_PARTITION"),
        (json!({"do": "add-member", "group": "nope"}), "GROUP_ID_NOT_FOUND"),
    ];
    for (json, wanted) in cases {
        assert_eq!(code(&mut play, json.clone()), wanted, "{json}");
    }
    assert_eq!(play.engine.trace_hash(), before);
    let refused = play
        .json(json!({"do": "create-topic", "topic": "a", "partitions": 1,
            "configs": {"segment.bytes": "100"}}))
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("configs.segment.bytes"));
    assert_eq!(
        refused.message,
        "Invalid value 100 for configuration segment.bytes: Value must be at least 1048576"
    );
}

#[test]
fn every_event_but_a_command_has_a_cause_and_chains_end_at_one() {
    let mut play = with_producer(&[]);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}]}))
        .unwrap();
    play.send("p", "orders", keyed("A"), 5);
    play.run_to(20_000);
    for event in play.trace() {
        let roots = matches!(event.kind, EventKind::Action(_) | EventKind::Started);
        assert_eq!(event.cause.is_none(), roots, "{event:?}");
        if let Some(cause) = event.cause {
            assert!(cause < event.id && cause > EventId(0), "{event:?}");
        }
    }
    let acked =
        play.trace().iter().rfind(|e| matches!(e.kind, EventKind::Acked { .. })).unwrap().id;
    let why = play.engine.why(&WhyTarget::Event { id: acked }).unwrap();
    assert_eq!(why.steps.last().unwrap().kind, "you", "{why:#?}");
}

#[test]
fn a_record_shows_its_bytes_and_its_fate() {
    let mut play = with_producer(&[]);
    let record = RecordSpec {
        headers: vec![("trace".into(), Some(crate::command::Payload::Hex { hex: "7f".into() }))],
        ..keyed("bob")
    };
    play.send("p", "orders", record, 2);
    play.run_to(100);
    let lane = (0..3).find(|&p| play.lane("orders", p).log_end > 0).unwrap();
    let view = play.engine.record("orders", lane, 1).unwrap();
    assert_eq!(view.key.as_deref(), Some(&b"bob"[..]));
    assert_eq!(view.headers, [("trace".to_owned(), Some(vec![0x7f]))]);
    assert_eq!(view.producer.as_deref(), Some("p"));
    assert_eq!(view.batch.bytes.len(), view.batch.bytes_len as usize);
    let key = view.batch.fields.iter().find(|f| f.name == "key" && f.record_offset == Some(1));
    let key = key.unwrap();
    assert_eq!(&view.batch.bytes[key.start as usize..key.end as usize], b"bob");
    let titles: Vec<_> = view.fate.iter().map(|step| &*step.title).collect();
    assert_eq!(&titles[..3], ["Sent", "Appended", "Acked"]);
}

#[test]
fn the_application_is_told_an_offset_or_an_exception() {
    let mut play = Play::new().topic("t", 1, &[]);
    for (producer, configs) in [
        ("all", serde_json::json!({})),
        ("none", serde_json::json!({"acks": "0"})),
        ("small", serde_json::json!({"max.request.size": "100"})),
    ] {
        let add =
            serde_json::json!({"do": "add-producer", "producer": producer, "configs": configs});
        play.json(add).unwrap();
    }
    play.run_to(100);
    play.send("all", "t", keyed("a"), 2);
    play.run_to(200);
    play.send("none", "t", keyed("b"), 1);
    play.send("small", "t", keyless(500), 1);
    play.run_to(300);
    let told = |producer: &str| {
        let told = play.engine.producer(producer).unwrap().producer.told;
        let rows = told.into_iter().map(|it| (it.partition, it.first, it.records, it.exception));
        rows.collect::<Vec<_>>()
    };
    assert_eq!(told("all"), [(0, 0, 2, None)]);
    assert_eq!(told("none"), [(0, -1, 1, None)], "nobody asks for its offset, which is 2");
    let exception = Some("RecordTooLargeException".to_owned());
    assert_eq!(told("small"), [(-1, -1, 1, exception)]);
    for _ in 0..20 {
        play.send("all", "t", keyed("a"), 1);
        let now = play.engine.now_ms() - START_MS;
        play.run_to(now + 50);
    }
    let told = play.engine.producer("all").unwrap().producer.told;
    assert_eq!((told.len(), told[0].first), (16, 22), "the newest come first");
    assert_eq!(told[0].keys, [Some("a".to_owned())]);
}
