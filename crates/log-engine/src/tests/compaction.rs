//! Compaction in the cluster: what the cleaner does, when, and what readers see of it.

use super::*;
use crate::view::{CellKind, CleanFate};
use serde_json::json;

/// A compacted topic whose segments close with the first record a second later.
fn compacted(broker: &[(&str, &str)], topic: &[(&str, &str)]) -> Play {
    let mut configs = vec![("cleanup.policy", "compact"), ("segment.ms", "500")];
    configs.extend_from_slice(topic);
    let mut play = Play::with(broker).topic("t", 1, &configs);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(100);
    play
}

fn record(key: &str, value: Option<&str>) -> RecordSpec {
    let text = |text: &str| crate::command::Payload::Text(text.to_owned());
    RecordSpec { key: Some(text(key)), value: value.map(text), ..RecordSpec::default() }
}

/// Sends these, each in a batch of its own, within 100 ms.
fn put(play: &mut Play, at_ms: i64, records: &[(&str, Option<&str>)]) {
    play.run_to(at_ms);
    let mut now = at_ms;
    for (key, value) in records {
        play.send("p", "t", record(key, *value), 1);
        now += 10;
        play.run_to(now);
    }
}

fn offsets(play: &Play) -> Vec<i64> {
    play.lane("t", 0).cells.iter().map(|cell| cell.offset).collect()
}

#[test]
fn s20_a_null_key_to_a_compacted_topic_is_refused_with_its_whole_batch() {
    let mut play = compacted(&[], &[]);
    play.json(json!({"do": "alter-producer", "producer": "p", "set": {"linger.ms": "50"}}))
        .unwrap();
    play.run_to(200);
    for key in [Some("a"), None, Some("b")] {
        play.json(
            json!({"do": "produce", "producer": "p", "topic": "t", "key": key, "value": "v"}),
        )
        .unwrap();
    }
    play.run_to(10_000);
    assert_eq!(play.lane("t", 0).log_end, 0);
    let failed = play.events("failed");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].1.contains("3 records of P0 failed: InvalidRecordException (INVALID_RECORD)")
    );
    assert!(play.events("again in").is_empty(), "not retried");
    assert_eq!(play.events("Compacted topic cannot accept message without key").len(), 1);
}

#[test]
fn s30_the_active_segment_is_not_compacted() {
    let mut play =
        compacted(&[], &[("segment.ms", "604800000"), ("min.cleanable.dirty.ratio", "0.01")]);
    put(
        &mut play,
        200,
        &[("A", Some("1")), ("A", Some("2")), ("A", Some("3")), ("A", Some("4")), ("A", Some("5"))],
    );
    play.run_to(86_400_000);
    assert_eq!(offsets(&play), [0, 1, 2, 3, 4]);
    let cleaner = play.lane("t", 0).cleaner.unwrap();
    assert_eq!(
        (cleaner.dirty_ratio_millionths, cleaner.due, cleaner.next_pass_ms),
        (None, false, None)
    );
}

/// Closed: A1 B1 A2 C1 B2; active: A3.
fn s31() -> Play {
    let mut play = compacted(&[], &[]);
    let closed =
        [("A", Some("1")), ("B", Some("1")), ("A", Some("2")), ("C", Some("1")), ("B", Some("2"))];
    put(&mut play, 200, &closed);
    put(&mut play, 2_000, &[("A", Some("3"))]);
    play
}

#[test]
fn s31_the_newest_value_stays_behind_the_head_only() {
    let mut play = s31();
    // The loop runs at the broker's start and each 15 s while it finds nothing.
    let cleaner = play.lane("t", 0).cleaner.unwrap();
    assert_eq!((cleaner.first_dirty, cleaner.first_uncleanable, cleaner.due), (0, 5, true));
    assert_eq!(cleaner.dirty_ratio_millionths, Some(1_000_000));
    assert_eq!(cleaner.next_pass_ms, Some(START_MS + 15_000));
    play.run_to(14_999);
    assert_eq!(offsets(&play), [0, 1, 2, 3, 4, 5]);
    play.run_to(15_000);
    let lane = play.lane("t", 0);
    assert_eq!(offsets(&play), [2, 3, 4, 5]);
    assert_eq!((lane.log_start, lane.log_end, lane.gaps), (0, 6, vec![(0, 1)]));
    let bases: Vec<_> = lane.segments.iter().map(|segment| segment.base_offset).collect();
    assert_eq!(bases, [0, 5]);
    let cleaner = lane.cleaner.unwrap();
    assert_eq!((cleaner.first_dirty, cleaner.dirty_bytes, cleaner.due), (5, 0, false));
    // A reader from 0 starts with 2.
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"],
        "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
        .unwrap();
    play.run_to(30_000);
    // A fetch serves from one segment.
    let polls: Vec<_> = play.events("poll() returns").into_iter().map(|(_, text)| text).collect();
    let told =
        ["g-1 poll() returns 3 records of P0: 2\u{2013}4", "g-1 poll() returns 1 record of P0: 5"];
    assert_eq!(polls, told);
    assert_eq!(play.engine.ledger(None).groups[0].skipped, 0);
    // Told in the event log with its causes, and marked in the timeline.
    let cleaned = play.events("cleaned 0");
    assert!(
        cleaned[0].1.starts_with("P0 cleaned 0\u{2013}4 on broker 1: 2 records removed, 3 kept"),
        "{cleaned:?}"
    );
    assert!(
        play.engine
            .marks()
            .iter()
            .any(|mark| mark.kind == "clean" && mark.label == "P0 cleaned to 5")
    );
    let id = play
        .trace()
        .iter()
        .find(|event| matches!(event.kind, EventKind::LogCleaned { .. }))
        .unwrap()
        .id;
    let why = play.engine.why(&crate::view::WhyTarget::Event { id }).unwrap();
    let titles: Vec<_> = why.steps.iter().map(|step| step.title.as_str()).collect();
    assert!(
        titles[1].contains("cleaner picks P0 on broker 1: 100 %")
            && titles[2].contains("a new segment begins at 5"),
        "{titles:?}"
    );
    assert!(titles.last().unwrap().contains("you: produce"), "{titles:?}");
}

#[test]
fn a_gap_and_a_record_say_what_the_cleaner_does_to_them() {
    let mut play = s31();
    let fate = play.engine.record("t", 0, 0).unwrap().fate;
    let step = fate.iter().find(|step| step.title == "Compacted").unwrap();
    assert!(step.detail.starts_with("superseded by 2, at the next pass"), "{step:?}");
    assert_eq!(step.at_ms, Some(START_MS + 15_000));
    let fate = play.engine.record("t", 0, 2).unwrap().fate;
    let step = fate.iter().find(|step| step.title == "Compacted").unwrap();
    assert!(step.detail.starts_with("superseded by 5, once"), "{step:?}");
    play.run_to(20_000);
    let target = crate::view::WhyTarget::Gap { topic: "t".into(), partition: 0, offset: 1 };
    let why = play.engine.why(&target).unwrap();
    assert_eq!(why.steps[1].title, "B is at 4: the older record went");
    assert!(why.steps[2].title.contains("cleaned 0"), "{:?}", why.steps);
}

#[test]
fn a_pass_is_told_before_it_runs_and_then_runs_as_told() {
    let mut play = s31();
    let told = play.engine.clean_preview("t", 0, 0).unwrap();
    assert!(play.engine.last_clean("t", 0).is_none());
    let map: Vec<_> = told.map.iter().map(|row| (row.key.as_str(), row.offset)).collect();
    assert_eq!(map, [("A", 2), ("C", 3), ("B", 4)]);
    let fates: Vec<_> =
        told.records.iter().map(|row| (row.offset, row.fate, row.superseded_by)).collect();
    assert_eq!(
        fates,
        [
            (0, CleanFate::Superseded, Some(2)),
            (1, CleanFate::Superseded, Some(4)),
            (2, CleanFate::Latest, None),
            (3, CleanFate::Latest, None),
            (4, CleanFate::Latest, None),
        ]
    );
    assert_eq!(
        (told.records_removed, told.records_kept, told.end_offset, told.due),
        (2, 3, 5, true)
    );
    assert_eq!(play.engine.clean_preview("t", 0, 3).unwrap().records[0].offset, 3);
    play.run_to(20_000);
    let done = play.engine.last_clean("t", 0).unwrap();
    assert_eq!(done.at_ms, START_MS + 15_000);
    assert_eq!(crate::view::CleanPassView { at_ms: told.at_ms, ..done }, told);
    assert!(play.engine.clean_preview("t", 0, 0).is_none(), "nothing is dirty now");
}

#[test]
fn s32_tombstones_linger_until_a_pass_after_their_horizon() {
    let day = 86_400_000;
    let mut play = compacted(&[], &[("min.cleanable.dirty.ratio", "0.1")]);
    put(&mut play, 200, &[("A", Some("1")), ("A", None)]);
    put(&mut play, 2_000, &[("X", Some("1"))]);
    play.run_to(15_000);
    let lane = play.lane("t", 0);
    assert_eq!(offsets(&play), [1, 2]);
    assert_eq!(lane.cells[0].kind, CellKind::Tombstone);
    let horizon = 15_000 + day;
    assert_eq!(lane.cleaner.unwrap().next_horizon_ms, Some(START_MS + horizon));
    assert_eq!(
        play.engine.last_clean("t", 0).unwrap().records[1].horizon_ms,
        Some(START_MS + horizon)
    );
    let tombstone = play.engine.record("t", 0, 1).unwrap();
    assert_eq!(tombstone.batch.delete_horizon_ms, Some(START_MS + horizon));
    // Its horizon has passed, but nothing is dirty.
    play.run_to(horizon + day);
    assert_eq!(offsets(&play), [1, 2]);
    put(&mut play, horizon + day + 1, &[("X", Some("2"))]);
    play.run_to(horizon + day + 15_001);
    assert_eq!(offsets(&play), [2, 3]);
}

#[test]
fn s33_compact_and_delete_drops_the_last_value_too() {
    let hour = 3_600_000;
    let both = [("cleanup.policy", "compact,delete"), ("retention.ms", "3600000")];
    // Segments too large to be merged with any other: A goes an hour after its segment's newest record.
    let mut play = compacted(&[], &[both[0], both[1], ("internal.segment.bytes", "150")]);
    put(&mut play, 200, &[("A", Some("1"))]);
    let big = "x".repeat(60);
    for n in 0..100 {
        put(&mut play, 60_000 * (n + 1), &[("B", Some(&big))]);
    }
    let gone = play.events("deleted by retention.ms");
    assert!(gone[0].1.starts_with("P0 segment 0"), "{gone:?}");
    assert!((hour..hour + 16_000).contains(&(gone[0].0 - 205)), "{gone:?}");
    // Small segments are merged, A's with those of B, and it lives as long as B is written.
    let mut play = compacted(&[], &both);
    put(&mut play, 200, &[("A", Some("1"))]);
    for n in 0..100 {
        put(&mut play, 60_000 * (n + 1), &[("B", Some("1"))]);
    }
    assert_eq!(offsets(&play)[0], 0);
    // Then they fall silent, and go together.
    play.run_to(100 * 60_000 + hour + 16_000);
    let lane = play.lane("t", 0);
    assert_eq!((lane.log_start, lane.log_end), (101, 101));
}

#[test]
fn the_filthiest_log_comes_first_and_lags_are_kept() {
    let configs =
        [("cleanup.policy", "compact"), ("segment.ms", "500"), ("min.compaction.lag.ms", "60000")];
    let mut play = Play::new().topic("t", 1, &configs);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(100);
    put(&mut play, 200, &[("A", Some("1")), ("A", Some("2"))]);
    put(&mut play, 2_000, &[("A", Some("3"))]);
    let told = play.lane("t", 0).cleaner.unwrap();
    // Cleanable from 60 s after its newest record: the next run is at 75 s.
    assert_eq!((told.due, told.first_uncleanable), (false, 0));
    assert_eq!(told.next_pass_ms, Some(START_MS + 75_000));
    play.run_to(74_999);
    assert_eq!(offsets(&play), [0, 1, 2]);
    play.run_to(75_000);
    assert_eq!(offsets(&play), [1, 2]);
}

#[test]
fn max_compaction_lag_forces_a_pass_below_the_ratio() {
    let mut play =
        compacted(&[], &[("min.cleanable.dirty.ratio", "1"), ("max.compaction.lag.ms", "100000")]);
    put(&mut play, 200, &[("A", Some("1")), ("A", Some("2"))]);
    put(&mut play, 2_000, &[("A", Some("3"))]);
    play.run_to(90_000);
    assert_eq!(offsets(&play), [0, 1, 2]);
    assert_eq!(play.lane("t", 0).cleaner.unwrap().next_pass_ms, Some(START_MS + 105_000));
    play.run_to(105_000);
    assert_eq!(offsets(&play), [1, 2]);
    assert_eq!(play.events("has waited longer than max.compaction.lag.ms").len(), 1);
}

#[test]
fn an_idle_week_with_compacted_topics_costs_no_run_of_the_loop() {
    let mut play = s31();
    play.run_to(16_000);
    let week = 7 * 86_400_000;
    let idle = play.engine.advance_to(START_MS + week, u64::MAX).steps;
    let mut other = Play::new().topic("t", 1, &[]);
    other.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    put(&mut other, 200, &[("A", Some("1"))]);
    other.run_to(16_000);
    let without = other.engine.advance_to(START_MS + week, u64::MAX).steps;
    // 40,000 runs of the loop fall into a week.
    assert!(idle <= without + 10, "{idle} {without}");
    // And it is there when something comes up.
    put(&mut play, week + 1_000, &[("C", Some("2")), ("A", Some("4")), ("B", Some("3"))]);
    put(&mut play, week + 3_000, &[("A", Some("5"))]);
    play.run_to(week + 20_000);
    assert_eq!(offsets(&play), [6, 7, 8, 9]);
}

#[test]
fn a_policy_changed_to_compact_takes_effect_at_the_next_run() {
    let mut play = compacted(&[], &[("cleanup.policy", "delete")]);
    put(&mut play, 200, &[("A", Some("1")), ("A", Some("2"))]);
    put(&mut play, 2_000, &[("A", Some("3"))]);
    assert!(play.lane("t", 0).cleaner.is_none());
    play.run_to(20_000);
    play.json(
        json!({"do": "alter-topic-configs", "topic": "t", "set": {"cleanup.policy": "compact"}}),
    )
    .unwrap();
    play.run_to(29_999);
    assert_eq!(offsets(&play), [0, 1, 2]);
    play.run_to(30_000);
    assert_eq!(offsets(&play), [1, 2]);
    let off = Play::with(&[("log.cleaner.enable", "false")]).topic(
        "t",
        1,
        &[("cleanup.policy", "compact")],
    );
    assert_eq!(off.lane("t", 0).cleaner.unwrap().next_run_ms, None);
}
