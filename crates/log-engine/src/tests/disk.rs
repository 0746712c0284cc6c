//! Disks: what lies on them, what retention will take, and what happens when one is full.

use super::*;
use crate::BrokerId;
use serde_json::json;

fn with_disk(disk_bytes: u64, topic: &[(&str, &str)]) -> Play {
    let spec = ClusterSpec {
        disk_bytes: Some(disk_bytes),
        configs: map(&[("log.retention.check.interval.ms", "5000")]),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() }.topic("t", 1, topic);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(1_000);
    play
}

fn broker(play: &Play) -> crate::view::BrokerView {
    play.engine.cluster().brokers[0].clone()
}

#[test]
fn a_full_disk_takes_the_log_directory_and_the_broker_down_and_a_larger_one_with_a_start_helps() {
    let mut play = with_disk(50_000, &[]);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"],
        "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
        .unwrap();
    for n in 1..=5 {
        play.send("p", "t", keyless(10_000), 1);
        play.run_to(1_000 + n * 1_000);
    }
    // The fifth does not fit.
    assert_eq!(play.lane("t", 0).log_end, 4);
    let down = broker(&play);
    assert_eq!((down.up, down.disk_bytes), (false, Some(50_000)));
    assert!(down.log_bytes + down.index_bytes <= 50_000);
    assert_eq!(play.lane("t", 0).leader, None);
    assert_eq!(play.events("No space left on device").len(), 1);
    assert_eq!(play.events("Shutdown broker because all log dirs have failed").len(), 1);
    assert_eq!(play.events("refused: KAFKA_STORAGE_ERROR; again in").len(), 1);
    // Without a connection the batch waits in the accumulator.
    play.run_to(10_000);
    assert!(play.events("refused: NETWORK_EXCEPTION; again in").is_empty());
    assert_eq!(play.engine.ledger(None).in_flight, 1);
    let refused =
        play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap_err();
    assert_eq!(refused.code, "BROKER_NOT_AVAILABLE");
    assert!(play.engine.retention_forecast(BrokerId(1)).is_none());
    // Without a larger disk it comes back and fails again at once.
    play.json(json!({"do": "start-broker"})).unwrap();
    // (The session of its last process has to end before it is registered again.)
    play.run_to(15_000);
    assert!(broker(&play).up);
    play.run_to(30_000);
    assert!(!broker(&play).up);
    play.json(json!({"do": "set-disk", "disk_bytes": 100_000})).unwrap();
    play.json(json!({"do": "start-broker"})).unwrap();
    play.run_to(60_000);
    let lane = play.lane("t", 0);
    assert!(broker(&play).up);
    assert_eq!((lane.log_end, lane.high_watermark, lane.leader_epoch), (5, 5, 4));
    // The group has lived on, and reads the record that was stored late; nothing is lost or there twice.
    assert_eq!(play.group("g").members[0].consumed, 5);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.acked, ledger.duplicated, ledger.failed), (5, 0, 0));
    assert_eq!(play.json(json!({"do": "start-broker"})).unwrap_err().code, "INVALID_REQUEST");
}

#[test]
fn a_record_that_waits_too_long_for_the_disk_fails() {
    let mut play = with_disk(1_000, &[]);
    play.send("p", "t", keyless(5_000), 1);
    play.run_to(130_000);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.failed, ledger.stored), (1, 0));
    assert_eq!(
        play.events("failed: TimeoutException").len()
            + play.events("failed: NetworkException").len(),
        1
    );
    // Sent while the broker is down, stored once it is back.
    play.send("p", "t", keyless(100), 1);
    play.run_to(131_000);
    play.json(json!({"do": "set-disk", "disk_bytes": null})).unwrap();
    play.json(json!({"do": "start-broker"})).unwrap();
    // A whole session of the broker that was registered, and the pause between two tries to register.
    play.run_to(146_000);
    assert_eq!(play.lane("t", 0).log_end, 1);
}

#[test]
fn deleted_files_keep_their_bytes_for_a_minute() {
    let topic = [("internal.segment.bytes", "12000"), ("retention.bytes", "20000")];
    let mut play = with_disk(1_000_000, &topic);
    for n in 1..=5 {
        play.send("p", "t", keyless(10_000), 1);
        play.run_to(1_000 + n * 100);
    }
    play.run_to(29_999);
    let before = broker(&play);
    assert_eq!(before.deleted_bytes, 0);
    // Told before the check, and held to.
    let told = play.engine.retention_forecast(BrokerId(1)).unwrap();
    assert_eq!((told.at_ms - START_MS, told.segments), (30_000, 3));
    assert_eq!((told.partitions[0].first_offset, told.partitions[0].last_offset), (0, 2));
    assert_eq!(told.partitions[0].reason, "retention.bytes");
    play.run_to(30_000);
    let after = broker(&play);
    assert_eq!(before.log_bytes - after.log_bytes, told.bytes);
    assert_eq!(after.deleted_bytes, told.bytes);
    play.run_to(89_999);
    assert_eq!(broker(&play).deleted_bytes, told.bytes);
    play.run_to(90_000);
    assert_eq!(broker(&play).deleted_bytes, 0);
}

#[test]
fn what_the_next_check_deletes_is_told_for_each_partition() {
    let topic =
        [("internal.segment.bytes", "600"), ("retention.ms", "9000"), ("segment.ms", "3000")];
    let mut play = Play::with(&[("log.retention.check.interval.ms", "4000")]).topic("t", 3, &topic);
    play.json(json!({"do": "add-producer", "producer": "p",
        "stream": {"topic": "t", "records": 7, "keys": {"kind": "sequence", "prefix": "k", "count": 40}}}))
        .unwrap();
    play.run_to(35_000);
    play.json(json!({"do": "set-stream", "producer": "p", "stream": null})).unwrap();
    play.run_to(36_100);
    let mut checks = 0;
    for _ in 0..6 {
        let told = play.engine.retention_forecast(BrokerId(1)).unwrap();
        let before: i64 = (0..3).map(|p| play.lane("t", p).bytes).sum();
        play.run_to(told.at_ms - START_MS);
        let after: i64 = (0..3).map(|p| play.lane("t", p).bytes).sum();
        assert_eq!(before - after, told.bytes, "{told:?}");
        for row in &told.partitions {
            assert_eq!(play.lane("t", row.partition).log_start, row.last_offset + 1);
        }
        checks += u32::from(told.segments > 0);
    }
    assert!(checks > 1);
    assert_eq!((0..3).map(|p| play.lane("t", p).bytes).sum::<i64>(), 0);
}

#[test]
fn segments_show_their_indexes_and_a_batch_that_is_refused_needs_no_room() {
    let topic = [("index.interval.bytes", "0"), ("max.message.bytes", "500")];
    let mut play = with_disk(1_000, &topic);
    for n in 0..3 {
        play.send("p", "t", keyless(10), 1);
        play.run_to(1_100 + n * 100);
    }
    let lane = play.lane("t", 0);
    assert_eq!((lane.segments[0].index_bytes, lane.segments[0].time_index_bytes), (16, 24));
    assert_eq!(lane.index_bytes, 40);
    play.send("p", "t", keyless(2_000), 1);
    play.run_to(5_000);
    assert!(broker(&play).up, "MESSAGE_TOO_LARGE comes before the write");
    assert_eq!(play.engine.ledger(None).failed, 1);
}
