//! A log out of its segment files: whole ones come back byte for byte, broken ones as far as Kafka reads them.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use bytes::Bytes;
use kafka_log::batch::{Batch, BatchBuilder, BatchError, Compression, ControlType, ProducerStamp};
use kafka_log::files::FileKind;
use kafka_log::log::{Isolation, RecoveryError, SegmentFile};
use kafka_log::{AppendOrigin, Log, LogConfig};

const NOW: i64 = 1_700_000_000_000;
const MARKER: AppendOrigin = AppendOrigin::Coordinator { transaction_version: 1 };

fn config() -> LogConfig {
    LogConfig { index_interval_bytes: 200, ..LogConfig::default() }
}

fn data(sequence: i32, transactional: bool, codec: Compression) -> Batch {
    let mut builder = BatchBuilder::compressed(codec).unwrap();
    builder.append(NOW + i64::from(sequence), Some(b"key"), Some(&[b'v'; 100]), &[]).unwrap();
    let stamp =
        ProducerStamp { producer_id: 4, producer_epoch: 0, base_sequence: sequence, transactional };
    builder.build(stamp).unwrap()
}

/// Three segments: data of epochs 1 and 2 and two codecs, an aborted transaction, an open one.
fn log() -> Log {
    let mut log = Log::new(config(), NOW);
    let mut sequence = 0;
    let mut add = |log: &mut Log, epoch, transactional, codec| {
        let batch = data(sequence, transactional, codec);
        log.append_as_leader(batch, epoch, NOW, AppendOrigin::Client).unwrap();
        sequence += 1;
    };
    (0..10).for_each(|_| add(&mut log, 1, false, Compression::None));
    log.roll(NOW);
    add(&mut log, 2, true, Compression::Lz4);
    let abort = Batch::end_transaction_marker(ControlType::Abort, 0, 4, 0, NOW).unwrap();
    log.append_as_leader(abort, 2, NOW, MARKER).unwrap();
    log.roll(NOW);
    add(&mut log, 2, true, Compression::None);
    log
}

fn files(log: &Log) -> Vec<SegmentFile> {
    let of = |base_offset| Bytes::from(log.file_bytes(base_offset, FileKind::Log).unwrap());
    log.segments()
        .map(|segment| SegmentFile {
            base_offset: segment.base_offset,
            bytes: of(segment.base_offset),
        })
        .collect()
}

#[test]
fn whole_files_come_back_as_the_log_they_are_of() {
    let mut log = log();
    let (mut back, cut) = Log::recovered(config(), &files(&log), NOW).unwrap();
    assert_eq!(cut, None);
    back.update_high_watermark(13);
    log.update_high_watermark(13);
    assert_eq!((back.log_start_offset(), back.log_end_offset()), (0, 13));
    assert_eq!((back.last_stable_offset(), log.last_stable_offset()), (12, 12));
    assert_eq!(back.leader_epochs(), log.leader_epochs());
    assert!(back.producers().eq(log.producers()));
    for file in log.files().iter().filter(|file| file.kind != FileKind::ProducerSnapshot) {
        // A recovered segment has the last time index entry of a closed one, active or not.
        if (file.kind, file.offset) != (FileKind::TimeIndex, 12) {
            let bytes = log.file_bytes(file.offset, file.kind);
            assert_eq!(back.file_bytes(file.offset, file.kind), bytes, "{}", file.name);
        }
    }
    let read = back.read(10, 1 << 20, Isolation::TxnCommitted, true).unwrap();
    assert_eq!(read.aborted.len(), 1);
    // It goes on where it ended, and knows the producer's sequences.
    let next = data(12, true, Compression::None);
    assert_eq!(back.append_as_leader(next, 3, NOW, AppendOrigin::Client).unwrap().first_offset, 13);
}

#[test]
fn at_the_first_bad_batch_the_log_is_cut_and_later_segments_go() {
    let mut damaged = files(&log());
    let size = damaged[0].bytes.len();
    let mut bytes = damaged[0].bytes.to_vec();
    let batch = size / 10;
    bytes[3 * batch + 100] ^= 1;
    damaged[0].bytes = bytes.into();
    let (log, cut) = Log::recovered(config(), &damaged, NOW).unwrap();
    let cut = cut.unwrap();
    assert_eq!((log.log_end_offset(), log.segment_count()), (3, 1));
    assert_eq!((cut.segment, cut.position, cut.log_end_offset), (0, 3 * batch as u64, 3));
    let later = (damaged[1].bytes.len() + damaged[2].bytes.len()) as u64;
    assert_eq!((cut.bytes, cut.segments), (7 * batch as u64 + later, 2));
    assert!(matches!(cut.reason, BatchError::Crc { .. }));
    assert_eq!(log.leader_epochs().latest(), Some(1));
}

#[test]
fn a_file_that_ends_within_a_batch_or_in_zeros_is_cut_there() {
    let whole = files(&log()).remove(0);
    for short in [1, 60, 100] {
        let bytes = whole.bytes.slice(..whole.bytes.len() - short);
        let file = SegmentFile { base_offset: 0, bytes };
        let (log, cut) = Log::recovered(config(), &[file], NOW).unwrap();
        assert_eq!((log.log_end_offset(), cut.unwrap().log_end_offset), (9, 9));
    }
    // What preallocate=true leaves of a killed broker.
    let bytes = [&whole.bytes[..], &[0; 500]].concat().into();
    let file = SegmentFile { base_offset: 0, bytes };
    let (log, cut) = Log::recovered(config(), &[file], NOW).unwrap();
    assert_eq!((log.log_end_offset(), cut.unwrap().bytes), (10, 500));
}

#[test]
fn what_is_no_log_is_refused_with_offset_and_reason() {
    let all = files(&log());
    let refused = |files: &[SegmentFile]| Log::recovered(config(), files, NOW).unwrap_err();
    let junk = SegmentFile {
        base_offset: 0,
        bytes: Bytes::from_static(b"PK\x03\x04 and so on, 40 bytes of it ...."),
    };
    assert!(matches!(refused(&[junk]), RecoveryError::NoBatch { segment: 0, .. }));
    let wrong_order = [all[1].clone(), all[0].clone()];
    assert!(matches!(
        refused(&wrong_order),
        RecoveryError::SegmentOrder { base_offset: 0, next_offset: 12 }
    ));
    let misnamed = SegmentFile { base_offset: 5, ..all[0].clone() };
    assert_eq!(
        refused(&[misnamed]).to_string(),
        "Batch at offset 0, byte 0 of the segment 5: offsets below 5 have come before it"
    );
    let mut old = all[0].bytes.to_vec();
    let second = all[0].bytes.len() / 10;
    old[second + 16] = 1;
    let old = SegmentFile { base_offset: 0, bytes: old.into() };
    assert_eq!(
        refused(&[old]).to_string(),
        format!(
            "Batch at offset 1, byte {second} of the segment 0: Magic 1 is not supported: only \
             record batches of magic 2 are"
        )
    );
}
