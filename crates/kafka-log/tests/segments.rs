//! When segments roll, and when they go: what people are surprised by.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use kafka_log::batch::{Batch, BatchBuilder, ProducerStamp};
use kafka_log::log::{KeptBecause, RetentionStep};
use kafka_log::{AppendOrigin, DeletionReason, Log, LogConfig, OffsetSpec};

const NOW: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn one(timestamp: i64) -> Batch {
    let mut builder = BatchBuilder::new();
    builder.append(timestamp, None, Some(&[b'v'; 100]), &[]).unwrap();
    builder.build(ProducerStamp::NONE).unwrap()
}

fn produce(log: &mut Log, timestamp: i64, now_ms: i64) -> Option<i64> {
    let info = log.append_as_leader(one(timestamp), 0, now_ms, AppendOrigin::Client).unwrap();
    log.update_high_watermark(log.log_end_offset());
    info.rolled
}

fn bases(log: &Log) -> Vec<i64> {
    log.segments().map(|segment| segment.base_offset).collect()
}

#[test]
fn an_idle_log_rolls_only_when_the_next_record_comes() {
    let mut log = Log::new(LogConfig::default(), NOW);
    produce(&mut log, NOW, NOW);

    let later = NOW + 8 * DAY_MS;
    assert!(log.delete_old_segments(NOW + 6 * DAY_MS).is_empty());
    assert_eq!(bases(&log), [0]);

    assert_eq!(produce(&mut log, later, later), Some(1));
    assert_eq!(bases(&log), [0, 1]);
}

#[test]
fn message_time_rolls_a_segment_and_the_clock_does_not() {
    let config = LogConfig { segment_ms: HOUR_MS, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    produce(&mut log, NOW, NOW);

    assert_eq!(produce(&mut log, NOW + HOUR_MS, NOW + 20 * HOUR_MS), None);
    assert_eq!(produce(&mut log, NOW + HOUR_MS + 1, NOW + 20 * HOUR_MS), Some(2));
    assert_eq!(produce(&mut log, NOW - DAY_MS, NOW + 20 * HOUR_MS), None, "older never rolls");
}

#[test]
fn retention_takes_the_active_segment_too_and_leaves_an_empty_one() {
    let config = LogConfig { retention_ms: HOUR_MS, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    produce(&mut log, NOW, NOW);
    produce(&mut log, NOW + 5, NOW);

    assert!(log.delete_old_segments(NOW + HOUR_MS + 5).is_empty(), "strictly older");
    let deleted = log.delete_old_segments(NOW + HOUR_MS + 6);

    assert_eq!(deleted.len(), 1);
    assert_eq!((deleted[0].base_offset, deleted[0].next_offset), (0, 2));
    assert_eq!(deleted[0].reason, DeletionReason::Time);
    assert_eq!(deleted[0].batches().count(), 2);
    assert_eq!((log.log_start_offset(), log.log_end_offset(), bases(&log)), (2, 2, vec![2]));
}

#[test]
fn one_record_from_the_future_keeps_all_that_come_after_it() {
    let config = LogConfig { retention_ms: 10, segment_bytes: 200, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    for timestamp in [NOW, NOW + HOUR_MS, NOW + 1, NOW + 2] {
        produce(&mut log, timestamp, NOW);
    }

    let forecast = log.retention_forecast(NOW, NOW + 100, 100);

    // The first check after the future one's time is up takes everything it protected.
    let steps: Vec<RetentionStep> = forecast.iter().map(|segment| segment.step).collect();
    let by_time = |at_ms| RetentionStep::Deleted { at_ms, reason: DeletionReason::Time };
    let late = NOW + HOUR_MS + 100;
    assert_eq!(steps, [by_time(NOW + 100), by_time(late), by_time(late), by_time(late)]);

    assert_eq!(log.delete_old_segments(NOW + 100).len(), 1);
    assert_eq!(log.delete_old_segments(late - 100).len(), 0);
    assert_eq!(log.delete_old_segments(late).len(), 3);
}

#[test]
fn a_forecast_says_what_keeps_a_segment() {
    let mut log = Log::new(LogConfig { retention_ms: -1, ..LogConfig::default() }, NOW);
    let step = |log: &Log| log.retention_forecast(NOW, NOW, 1).last().unwrap().step;
    assert_eq!(step(&log), RetentionStep::Kept(KeptBecause::EmptyActive));

    log.append_as_leader(one(NOW), 0, NOW, AppendOrigin::Client).unwrap();
    assert_eq!(step(&log), RetentionStep::Kept(KeptBecause::HighWatermark));

    log.update_high_watermark(1);
    assert_eq!(step(&log), RetentionStep::Kept(KeptBecause::NoBound));

    produce(&mut log, NOW, NOW);
    log.roll(NOW);
    let forecast = log.retention_forecast(NOW, NOW, 1);
    assert_eq!(forecast[1].step, RetentionStep::Kept(KeptBecause::OlderSegmentStays));
}

#[test]
fn a_lookup_by_time_takes_the_first_segment_that_reaches_it() {
    let config = LogConfig { segment_bytes: 200, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    for timestamp in [NOW + 50, NOW + 10, NOW + 30] {
        produce(&mut log, timestamp, NOW);
    }
    let offset =
        |timestamp| log.offset_for(OffsetSpec::Timestamp(timestamp)).map(|found| found.offset);
    assert_eq!(offset(NOW + 20), Some(0), "though offset 2 is nearer");
    assert_eq!(offset(NOW + 51), None);
}

#[test]
fn jitter_comes_from_the_seed_and_stays_in_its_bound() {
    let config = LogConfig { segment_ms: 10_000, segment_jitter_ms: 4_000, ..LogConfig::default() };
    let rolls = |seed: u64| {
        let mut log = Log::new(config.clone(), NOW).with_jitter_seed(seed);
        for n in 0..2_000 {
            produce(&mut log, NOW + n * 100, NOW);
        }
        bases(&log)
    };
    assert_eq!(rolls(1), rolls(1));
    assert_ne!(rolls(1), rolls(2));
    for pair in rolls(1).windows(2) {
        assert!((60..=102).contains(&(pair[1] - pair[0])), "{pair:?}");
    }
}

#[test]
fn a_follower_takes_a_chunk_that_no_segment_holds_in_parts() {
    let config = LogConfig { segment_bytes: 400, ..LogConfig::default() };
    let chunk: Vec<Batch> =
        (0..7).map(|n| one(NOW).with_base_offset(n).with_leader_epoch(0)).collect();
    let mut log = Log::new(config, NOW);

    let info = log.append_as_follower(&chunk, 0, NOW).unwrap().unwrap();

    assert_eq!((info.first_offset, info.last_offset), (0, 6));
    assert!(log.segments().all(|segment| segment.bytes <= 400));
    assert!(log.batches_from(0).eq(&chunk));
}
