//! Appends as a broker sees them: what is refused with which protocol error, what is stamped.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use kafka_log::batch::{
    Batch, BatchBuilder, Compression, ControlType, ProducerStamp, TimestampType,
};
use kafka_log::{AppendError, AppendInfo, AppendOrigin, BatchTag, CleanupPolicy, Log, LogConfig};

const NOW: i64 = 1_700_000_000_000;

fn batch_of(codec: Compression, timestamps: &[i64]) -> Batch {
    let mut builder = BatchBuilder::compressed(codec).unwrap();
    for timestamp in timestamps {
        let value = [b'v'; 200];
        builder.append(*timestamp, Some(b"key"), Some(&value), &[]).unwrap();
    }
    builder.build(ProducerStamp::NONE).unwrap()
}

fn produce(log: &mut Log, batch: Batch) -> Result<AppendInfo, AppendError> {
    log.append_as_leader(batch, 3, NOW, AppendOrigin::Client)
}

fn log_with(change: impl FnOnce(&mut LogConfig)) -> Log {
    let mut config = LogConfig::default();
    change(&mut config);
    Log::new(config, NOW)
}

#[test]
fn a_leader_stamps_offsets_and_epoch_and_shares_the_records() {
    let mut log = log_with(|_| {});
    let sent = batch_of(Compression::None, &[NOW, NOW + 1]).with_tag(BatchTag(77));

    produce(&mut log, sent.clone()).unwrap();
    let info = produce(&mut log, sent.clone()).unwrap();

    assert_eq!((info.first_offset, info.last_offset, info.max_timestamp), (2, 3, NOW + 1));
    let kept = log.batch_containing(2).unwrap();
    assert!(kept.shares_records_with(&sent));
    assert_eq!((kept.partition_leader_epoch(), kept.tag()), (3, BatchTag(77)));
    assert_eq!(kept.crc(), sent.crc());
    assert_eq!(Batch::parse(kept.to_bytes()).unwrap().with_tag(BatchTag(77)), *kept);
}

#[test]
fn the_topics_codec_wins_over_the_producers() {
    for target in Compression::ALL {
        for source in Compression::ALL {
            let mut log = log_with(|config| config.compression_type = Some(target));
            let sent = batch_of(source, &[NOW - 5, NOW, NOW - 9]).with_tag(BatchTag(5));

            produce(&mut log, sent.clone()).unwrap();

            let kept = log.batch_containing(0).unwrap();
            assert_eq!((kept.compression(), kept.tag()), (target, BatchTag(5)));
            assert_eq!(kept.shares_records_with(&sent), source == target);
            let timestamps: Vec<i64> = kept.records().map(|r| r.unwrap().timestamp).collect();
            assert_eq!(timestamps, [NOW - 5, NOW, NOW - 9]);
            assert_eq!(kept.max_timestamp(), NOW);
            assert_eq!(Batch::parse(kept.to_bytes()).unwrap().crc(), kept.crc());
        }
    }
}

#[test]
fn a_batch_that_is_too_large_only_uncompressed_is_refused_then() {
    let codec = Some(Compression::None);
    let sent = batch_of(Compression::Gzip, &[NOW; 50]);
    let limit = i32::try_from(sent.size_in_bytes()).unwrap();
    let mut keeps = log_with(|config| config.max_message_bytes = limit);
    let mut unpacks = log_with(|config| {
        config.max_message_bytes = limit;
        config.compression_type = codec;
    });

    assert!(produce(&mut keeps, sent.clone()).is_ok());
    let refused = produce(&mut unpacks, sent).unwrap_err();
    assert_eq!(refused.kafka_error(), "MESSAGE_TOO_LARGE");
    assert_eq!(unpacks.log_end_offset(), 0);
}

#[test]
fn the_leaders_clock_is_one_for_all_records() {
    let mut log = log_with(|config| config.message_timestamp_type = TimestampType::LogAppendTime);

    // A producer whose clock is a year ahead is no problem here.
    let info = produce(&mut log, batch_of(Compression::Lz4, &[NOW + 31_536_000_000, 5])).unwrap();

    assert_eq!((info.log_append_time, info.max_timestamp), (NOW, NOW));
    let kept = log.batch_containing(0).unwrap();
    assert!(kept.records().all(|record| record.unwrap().timestamp == NOW));
}

#[test]
fn each_refusal_has_its_protocol_error() {
    let hour_ms = 3_600_000;
    let mut log = log_with(|config| config.cleanup_policy = CleanupPolicy::COMPACT);
    let mut refusal = |batch: Batch| {
        let error = produce(&mut log, batch).unwrap_err();
        let indexes: Vec<u32> = error.record_errors().iter().map(|e| e.batch_index).collect();
        (error.kafka_error(), indexes)
    };

    let ahead = batch_of(Compression::None, &[NOW, NOW + hour_ms, NOW + hour_ms + 1]);
    assert_eq!(refusal(ahead), ("INVALID_TIMESTAMP", vec![2]));

    let mut keyless = BatchBuilder::new();
    keyless.append(NOW, None, None, &[]).unwrap();
    keyless.append(NOW, Some(b"k"), None, &[]).unwrap();
    keyless.append(NOW, None, None, &[]).unwrap();
    let keyless = keyless.build(ProducerStamp::NONE).unwrap();
    assert_eq!(refusal(keyless), ("INVALID_RECORD", vec![0, 2]));

    let marker = Batch::end_transaction_marker(ControlType::Commit, 0, 1, 0, NOW).unwrap();
    assert_eq!(refusal(marker).0, "INVALID_RECORD");

    let moved = batch_of(Compression::None, &[NOW]).with_base_offset(1);
    assert_eq!(refusal(moved).0, "INVALID_RECORD");

    let appended = batch_of(Compression::None, &[NOW]).with_log_append_time(NOW + 2 * hour_ms);
    assert_eq!(refusal(appended).0, "INVALID_TIMESTAMP");
}

#[test]
fn a_retry_gets_the_offsets_of_its_first_try() {
    let mut log = log_with(|_| {});
    let stamp = |base_sequence| ProducerStamp {
        producer_id: 9,
        producer_epoch: 0,
        base_sequence,
        transactional: false,
    };
    let two =
        |sequence| batch_of(Compression::None, &[NOW, NOW]).with_producer_stamp(stamp(sequence));
    for sequence in [0, 2, 4, 6, 8, 10] {
        produce(&mut log, two(sequence)).unwrap();
    }

    let retry = produce(&mut log, two(4)).unwrap();
    assert!(retry.duplicate);
    assert_eq!((retry.first_offset, retry.last_offset), (4, 5));
    assert_eq!(log.log_end_offset(), 12);

    // Only the last five batches are known: an older one looks like a gap.
    let forgotten = produce(&mut log, two(0)).unwrap_err();
    assert_eq!(forgotten.kafka_error(), "OUT_OF_ORDER_SEQUENCE_NUMBER");
}

#[test]
fn a_follower_keeps_what_the_leader_set_and_leaves_newer_epochs_out() {
    let mut log = log_with(|_| {});
    let at = |offset, epoch| {
        let batch = batch_of(Compression::None, &[NOW]);
        batch.with_base_offset(offset).with_leader_epoch(epoch)
    };

    let info = log.append_as_follower(&[at(4, 1), at(7, 1), at(8, 2)], 1, NOW).unwrap().unwrap();

    assert_eq!((info.first_offset, info.last_offset), (4, 7));
    assert_eq!(log.log_end_offset(), 8);
    assert_eq!(log.append_as_follower(&[at(8, 2)], 1, NOW), Ok(None));
    assert!(matches!(
        log.append_as_follower(&[at(7, 2)], 2, NOW),
        Err(AppendError::UnexpectedAppendOffset { first_offset: 7, log_end_offset: 8 })
    ));
    assert!(matches!(
        log.append_as_follower(&[at(9, 2), at(8, 2)], 2, NOW),
        Err(AppendError::OffsetsOutOfOrder { .. })
    ));
}

#[test]
fn a_chunk_below_a_segment_that_a_refused_one_has_rolled_is_refused() {
    let mut log = Log::new(LogConfig { segment_bytes: 300, ..LogConfig::default() }, NOW);
    let fetched = |offset: i64, base_sequence: i32, transactional: bool| {
        let stamp =
            ProducerStamp { producer_id: 7, producer_epoch: 0, base_sequence, transactional };
        let batch = batch_of(Compression::None, &[NOW]).with_producer_stamp(stamp);
        [batch.with_base_offset(offset).with_leader_epoch(0)]
    };
    log.append_as_follower(&fetched(0, 0, true), 0, NOW).unwrap();
    // Not of the open transaction: refused, but the log has rolled to where it would have gone
    // (R-LOG-12).
    let refused = log.append_as_follower(&fetched(9, 1, false), 0, NOW);
    assert_eq!(refused.unwrap_err().kafka_error(), "INVALID_TXN_STATE");
    assert_eq!((log.log_end_offset(), log.active_segment_base()), (1, 9));

    let below = log.append_as_follower(&fetched(4, 1, true), 0, NOW);
    let expected = AppendError::RollBelowActive { first_offset: 4, active_base: 9 };
    assert_eq!(below, Err(expected));
    assert_eq!(log.roll(NOW), 9);
    let bases: Vec<i64> = log.segments().map(|segment| segment.base_offset).collect();
    assert_eq!(bases, [0, 9], "segments stay in order");
}
