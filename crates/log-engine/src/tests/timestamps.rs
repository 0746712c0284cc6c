//! Whose clock stamps a record, which timestamps are taken, and what they do later.

use super::*;
use serde_json::json;

fn play(topic: &[(&str, &str)]) -> Play {
    let mut play = Play::with(&[("log.retention.check.interval.ms", "5000")]).topic("t", 1, topic);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(1_000);
    play
}

fn at(timestamp: i64) -> RecordSpec {
    RecordSpec { timestamp: Some(timestamp), ..keyed("A") }
}

#[test]
fn s25_a_clock_in_the_future_is_refused_above_an_hour() {
    let mut play = play(&[]);
    // The batch arrives when metadata is there, and a millisecond later.
    let now = START_MS + 1_003;
    play.send("p", "t", at(now + 3_600_001), 1);
    play.run_to(1_500);
    assert_eq!(play.lane("t", 0).log_end, 0);
    assert!(play.events("failed: InvalidTimestampException (INVALID_TIMESTAMP)").len() == 1);
    let said = play.events("is out of range. The timestamp should be within");
    assert!(
        said[0].1.contains(&format!("Timestamp {} of message with offset 0", now + 3_600_001)),
        "{said:?}"
    );
    assert!(play.events("again in").is_empty(), "not retried");
    play.send("p", "t", at(START_MS + 1_501 + 3_600_000), 1);
    play.send("p", "t", at(0), 1);
    play.run_to(2_000);
    assert_eq!(play.lane("t", 0).log_end, 2);
}

#[test]
fn s25_a_future_timestamp_holds_up_its_segment_and_all_later_ones() {
    let (hour, day) = (3_600_000, 86_400_000);
    let mut play = play(&[
        ("message.timestamp.after.max.ms", "2592000000"),
        ("retention.ms", "3600000"),
        ("internal.segment.bytes", "100"),
    ]);
    for timestamp in [None, Some(START_MS + 5 * day), None, None] {
        play.send("p", "t", RecordSpec { timestamp, ..keyed("A") }, 1);
        let now = play.engine.now_ms() - START_MS;
        play.run_to(now + 100);
    }
    play.run_to(2 * hour);
    assert_eq!(play.lane("t", 0).log_start, 1);
    let told = play.lane("t", 0).retention.unwrap();
    // The first check after +5 d and an hour; checks are 5 s apart from 30 s on.
    assert_eq!(told.deletes_at_ms, START_MS + 5 * day + hour + 5_000);
    assert_eq!((told.first_offset, told.last_offset), (1, 3));
    play.run_to(5 * day + hour);
    assert_eq!(play.lane("t", 0).log_start, 1);
    play.run_to(5 * day + hour + 5_000);
    assert_eq!(play.lane("t", 0).log_start, 4);
}

#[test]
fn s26_one_fresh_record_does_not_save_back_filled_ones_unless_it_came_first_or_with_them() {
    let old = START_MS - 30 * 86_400_000;
    let after = |order: &[Option<i64>], linger: &str| {
        let mut play = play(&[]);
        play.json(json!({"do": "alter-producer", "producer": "p", "set": {"linger.ms": linger}}))
            .unwrap();
        play.run_to(2_000);
        for timestamp in order {
            play.send("p", "t", RecordSpec { timestamp: *timestamp, ..keyed("A") }, 1);
            if linger == "0" {
                let now = play.engine.now_ms() - START_MS;
                play.run_to(now + 100);
            }
        }
        play.run_to(40_000);
        let lane = play.lane("t", 0);
        (lane.log_start, lane.log_end)
    };
    assert_eq!(after(&[Some(old), Some(old), None], "0"), (2, 3));
    assert_eq!(after(&[Some(old), Some(old), None], "100"), (0, 3), "in one batch");
    assert_eq!(after(&[None, Some(old), Some(old)], "0"), (0, 3), "written first");
}

#[test]
fn s28_log_append_time_is_the_brokers() {
    let mut play = play(&[("message.timestamp.type", "LogAppendTime"), ("retention.ms", "60000")]);
    play.run_to(5_000);
    play.send("p", "t", at(0), 3);
    play.run_to(5_100);
    let record = play.engine.record("t", 0, 2).unwrap();
    assert_eq!(
        (record.timestamp - START_MS, record.timestamp_type.as_str()),
        (5_003, "LogAppendTime")
    );
    // Retention counts from there: the first check after 65,003 is at 70,000.
    assert_eq!(play.lane("t", 0).retention.unwrap().deletes_at_ms - START_MS, 70_000);
    play.run_to(69_999);
    assert_eq!(play.lane("t", 0).log_start, 0);
    play.run_to(70_000);
    assert_eq!(play.lane("t", 0).log_start, 3);
}

#[test]
fn timestamps_before_a_bound_are_refused_and_none_is_exempt() {
    let mut play = play(&[("message.timestamp.before.max.ms", "10000")]);
    play.run_to(50_000);
    play.send("p", "t", at(START_MS + 40_000), 1);
    play.run_to(51_000);
    assert_eq!(play.lane("t", 0).log_end, 0);
    play.send("p", "t", at(START_MS + 41_001), 1);
    play.run_to(52_000);
    assert_eq!(play.lane("t", 0).log_end, 1);
}

#[test]
fn a_time_is_found_as_consumers_find_it() {
    let mut play = play(&[]);
    for seconds in [10, 30, 20, 40] {
        play.send("p", "t", at(START_MS + seconds * 1_000), 1);
        let now = play.engine.now_ms() - START_MS;
        play.run_to(now + 100);
    }
    let find = |at_ms: i64| play.engine.offset_for_time("t", 0, START_MS + at_ms);
    assert_eq!(find(0), Some((0, START_MS + 10_000)));
    // The first record at or after it by offset: later ones may be older.
    assert_eq!(find(15_000), Some((1, START_MS + 30_000)));
    assert_eq!(find(40_000), Some((3, START_MS + 40_000)));
    assert_eq!(find(40_001), None);
    assert_eq!(play.engine.offset_for_time("t", 1, 0), None);
}
