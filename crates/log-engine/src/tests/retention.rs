//! Retention: what goes, when, and who had not read it.

use super::*;
use serde_json::json;

const QUICK: &[(&str, &str)] = &[("log.retention.check.interval.ms", "1000")];

fn with_records(configs: &[(&str, &str)], topic: &[(&str, &str)]) -> Play {
    let mut play = Play::with(configs).topic("orders", 1, topic);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10);
    play
}

#[test]
fn s21_an_idle_topic_becomes_empty_active_segment_included() {
    let mut play = with_records(&[], &[("retention.ms", "60000")]);
    play.send("p", "orders", keyed("A"), 5);
    play.run_to(1_000);
    // Checks run at 30 s and then every 5 minutes.
    let retention = play.lane("orders", 0).retention.unwrap();
    assert_eq!(retention.deletes_at_ms - START_MS, 330_000);
    assert_eq!((retention.first_offset, retention.last_offset), (0, 4));
    play.run_to(329_999);
    assert_eq!(play.lane("orders", 0).log_start, 0);
    play.run_to(330_000);
    let lane = play.lane("orders", 0);
    assert_eq!((lane.log_start, lane.log_end, lane.cells.len()), (5, 5, 0));
    assert_eq!(lane.deleted, Some((0, 4)));
}

#[test]
fn s22_a_busy_topic_keeps_everything() {
    let mut play = with_records(QUICK, &[("retention.ms", "60000")]);
    let stream = json!({"topic": "orders", "records": 1, "per_ms": 10_000});
    play.json(json!({"do": "set-stream", "producer": "p", "stream": stream})).unwrap();
    play.run_to(3_600_000);
    assert_eq!(play.lane("orders", 0).log_start, 0);
    play.json(json!({"do": "set-stream", "producer": "p", "stream": null})).unwrap();
    play.run_to(3_600_000 + 62_000);
    let lane = play.lane("orders", 0);
    assert_eq!(lane.log_start, lane.log_end);
}

#[test]
fn s23_segment_ms_needs_traffic() {
    let mut play = with_records(&[], &[("segment.ms", "60000")]);
    play.send("p", "orders", keyed("A"), 1);
    play.run_to(600_000);
    assert_eq!(play.lane("orders", 0).segments.len(), 1);
    play.send("p", "orders", keyed("A"), 1);
    play.run_to(601_000);
    let bases: Vec<_> = play.lane("orders", 0).segments.iter().map(|s| s.base_offset).collect();
    assert_eq!(bases, [0, 1]);
}

#[test]
fn s24_retention_bytes_keeps_more_than_asked() {
    let topic = [("internal.segment.bytes", "1050000"), ("retention.bytes", "2501800")];
    let mut play = with_records(QUICK, &topic);
    let producer = json!({"batch.size": "1", "linger.ms": "0"});
    play.json(json!({"do": "alter-producer", "producer": "p", "set": producer})).unwrap();
    play.run_to(100);
    // Four segments of 1.0 MB, and 0.2 in the active one.
    for n in 1..=42 {
        play.send("p", "orders", keyless(100_000), 1);
        play.run_to(100 + 10 * n);
    }
    let bytes: Vec<_> = play.lane("orders", 0).segments.iter().map(|s| s.bytes / 1_000).collect();
    assert_eq!(bytes, [1_000, 1_000, 1_000, 1_000, 200]);
    play.run_to(31_000);
    let lane = play.lane("orders", 0);
    assert_eq!((lane.log_start, lane.bytes / 1_000), (10, 3_202));
    play.run_to(3_600_000);
    assert_eq!(play.lane("orders", 0).log_start, 10);
}

#[test]
fn s26_back_filled_data_vanishes_at_the_next_check() {
    let mut play = with_records(&[], &[]);
    let old = RecordSpec { timestamp: Some(START_MS - 30 * 86_400_000), ..keyed("A") };
    play.send("p", "orders", old, 1_000);
    play.run_to(1_000);
    assert_eq!(play.lane("orders", 0).log_end, 1_000);
    play.run_to(31_000);
    assert_eq!(play.lane("orders", 0).log_start, 1_000);
}

#[test]
fn s27_a_slow_consumer_is_overtaken_and_reset() {
    let after = |policy: &str| {
        let topic =
            [("retention.ms", "5000"), ("internal.segment.bytes", "2000"), ("segment.ms", "2000")];
        let mut play = with_records(QUICK, &topic);
        let stream = json!({"topic": "orders", "records": 20});
        play.json(json!({"do": "set-stream", "producer": "p", "stream": stream})).unwrap();
        play.json(json!({"do": "add-group", "group": "slow", "topics": ["orders"],
            "configs": {"auto.offset.reset": policy, "max.partition.fetch.bytes": "1000",
                "max.poll.records": "5"},
            "processing_us": 1_000_000, "members": [{}]}))
            .unwrap();
        play.run_to(60_000);
        play
    };
    let play = after("earliest");
    assert!(!play.events("is out of range, auto.offset.reset is earliest").is_empty());
    let readers = &play.engine.ledger(None).groups[0];
    assert!(readers.expired_unread > 0 && readers.read_twice == 0, "{readers:?}");
    let play = after("latest");
    let readers = &play.engine.ledger(None).groups[0];
    assert!(readers.skipped > 0, "{readers:?}");
}

#[test]
fn a_forecast_is_held_to_and_unread_records_are_named_before_they_go() {
    let topic =
        [("retention.ms", "3000"), ("internal.segment.bytes", "500"), ("segment.ms", "2000")];
    let mut play = with_records(QUICK, &topic);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
        .unwrap();
    play.run_to(10_000);
    play.send("p", "orders", keyed("A"), 3);
    play.run_to(10_100);
    play.json(json!({"do": "pause-member", "member": "g-1"})).unwrap();
    play.send("p", "orders", keyed("B"), 2);
    play.run_to(10_200);
    let told = play.lane("orders", 0).retention.unwrap();
    assert_eq!((told.first_offset, told.last_offset), (0, 4));
    assert_eq!(told.unread, [("g".to_owned(), 2)]);
    play.run_to(told.deletes_at_ms - START_MS - 1);
    assert_eq!(play.lane("orders", 0).log_start, 0);
    play.run_to(told.deletes_at_ms - START_MS);
    assert_eq!(play.lane("orders", 0).log_start, 5);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.deleted, ledger.groups[0].expired_unread), (5, 2));
    assert!(!play.events("were deleted before it had read them").is_empty());
}
