//! The files of a partition, and a broker that comes back to them.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use bytes::Bytes;
use kafka_log::batch::{self, Batch, BatchBuilder, ControlType, ProducerStamp};
use kafka_log::files::{self, FileError, FileKind};
use kafka_log::log::{Checkpoints, Shutdown};
use kafka_log::{AppendOrigin, EpochEntry, Log, LogConfig};

const NOW: i64 = 1_700_000_000_000;
const MARKER: AppendOrigin = AppendOrigin::Coordinator { transaction_version: 1 };

fn batch_of(timestamp: i64, sequence: i32, transactional: bool) -> Batch {
    let mut builder = BatchBuilder::new();
    builder.append(timestamp, Some(b"key"), Some(&[b'v'; 100]), &[]).unwrap();
    let stamp =
        ProducerStamp { producer_id: 4, producer_epoch: 0, base_sequence: sequence, transactional };
    builder.build(stamp).unwrap()
}

/// Three segments: data, an aborted transaction, and an active one.
fn log() -> Log {
    let config = LogConfig { index_interval_bytes: 200, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    for n in 0..10 {
        let batch = batch_of(NOW + i64::from(n), n, false);
        log.append_as_leader(batch, 1, NOW, AppendOrigin::Client).unwrap();
    }
    log.roll(NOW);
    let data = batch_of(NOW + 20, 10, true);
    log.append_as_leader(data, 2, NOW, AppendOrigin::Client).unwrap();
    let abort = Batch::end_transaction_marker(ControlType::Abort, 0, 4, 0, NOW).unwrap();
    log.append_as_leader(abort, 2, NOW, MARKER).unwrap();
    log.roll(NOW);
    let data = batch_of(NOW + 30, 11, false);
    log.append_as_leader(data, 2, NOW, AppendOrigin::Client).unwrap();
    log.update_high_watermark(13);
    log
}

fn bytes_of(log: &Log, offset: i64, kind: FileKind) -> Vec<u8> {
    log.file_bytes(offset, kind).unwrap()
}

#[test]
fn every_listed_file_has_the_bytes_it_claims() {
    let log = log();
    let names: Vec<String> = log.files().into_iter().map(|file| file.name).collect();
    assert_eq!(
        names,
        [
            "00000000000000000000.log",
            "00000000000000000000.index",
            "00000000000000000000.timeindex",
            "00000000000000000010.log",
            "00000000000000000010.index",
            "00000000000000000010.timeindex",
            "00000000000000000010.txnindex",
            "00000000000000000012.log",
            "00000000000000000012.index",
            "00000000000000000012.timeindex",
            "00000000000000000010.snapshot",
            "00000000000000000012.snapshot",
            "leader-epoch-checkpoint",
        ]
    );
    for file in log.files() {
        let bytes = bytes_of(&log, file.offset, file.kind);
        assert_eq!(bytes.len() as u64, file.size, "{}", file.name);
    }
    assert_eq!(log.file_bytes(0, FileKind::TxnIndex), None);
    assert_eq!(log.file_bytes(5, FileKind::Log), None);
}

#[test]
fn the_log_file_is_its_batches_back_to_back() {
    let log = log();
    let bytes = bytes_of(&log, 0, FileKind::Log);
    let parsed: Vec<Batch> = batch::batches(Bytes::from(bytes)).map(Result::unwrap).collect();
    let batches: Vec<Batch> = log.batches_from(0).take(10).cloned().collect();
    assert_eq!(parsed, batches);
}

#[test]
fn index_entries_come_before_a_batch_once_enough_bytes_went_by() {
    let log = log();
    let size = log.batch_containing(0).unwrap().size_in_bytes();
    assert!((101..200).contains(&size), "two batches pass the interval, one does not: {size}");

    // Each entry: the last offset of the batch about to be written, and where it starts.
    let index = files::parse_offset_index(0, &bytes_of(&log, 0, FileKind::OffsetIndex)).unwrap();
    let entries: Vec<_> = index.iter().map(|entry| (entry.offset, entry.position)).collect();
    assert_eq!(entries, [(2, 2 * size), (4, 4 * size), (6, 6 * size), (8, 8 * size)]);

    // The roll adds the largest timestamp of all.
    let index = files::parse_time_index(0, &bytes_of(&log, 0, FileKind::TimeIndex)).unwrap();
    let entries: Vec<_> = index.iter().map(|entry| (entry.timestamp - NOW, entry.offset)).collect();
    assert_eq!(entries, [(2, 2), (4, 4), (6, 6), (8, 8), (9, 9)]);
}

#[test]
fn index_files_are_laid_out_as_kafkas() {
    let log = log();
    let index = bytes_of(&log, 0, FileKind::OffsetIndex);
    let position = log.position_of(2).unwrap().1;
    assert_eq!(index[..8], [[0, 0, 0, 2], position.to_be_bytes()].concat());
    let times = bytes_of(&log, 10, FileKind::TimeIndex);
    assert_eq!(times, [&(NOW + 20).to_be_bytes()[..], &[0, 0, 0, 0]].concat());
    let aborted = bytes_of(&log, 10, FileKind::TxnIndex);
    let numbers = [4_i64, 10, 11, 12].map(i64::to_be_bytes).concat();
    assert_eq!(aborted, [&[0, 0][..], &numbers].concat());
    assert_eq!(files::parse_txn_index(&aborted).unwrap(), log.aborted_txns(10));
    assert_eq!(files::parse_txn_index(&aborted[1..]), Err(FileError::Cut { found: 33 }));
}

#[test]
fn a_snapshot_keeps_the_last_batch_of_each_producer() {
    let log = log();
    let bytes = bytes_of(&log, 12, FileKind::ProducerSnapshot);
    assert_eq!(bytes.len(), 2 + 4 + 4 + 46);
    assert_eq!(bytes[..2], [0, 1]);
    assert_eq!(bytes[6..18], [&1_i32.to_be_bytes()[..], &4_i64.to_be_bytes()].concat());

    let [(producer_id, entry)] = files::parse_producer_snapshot(&bytes).unwrap()[..] else {
        unreachable!("one producer wrote")
    };
    assert_eq!((producer_id, entry.producer_epoch, entry.last_sequence()), (4, 0, 10));
    assert_eq!((entry.last_data_offset(), entry.coordinator_epoch), (10, 0));
    assert_eq!(entry.batches.iter().count(), 1);
    assert_eq!(entry.current_txn_first_offset, None);

    let mut bad = bytes.clone();
    bad[20] ^= 1;
    assert!(matches!(files::parse_producer_snapshot(&bad), Err(FileError::Crc { .. })));
    assert!(files::parse_producer_snapshot(&bytes[..5]).is_err());
}

#[test]
fn the_epoch_checkpoint_is_text() {
    let text = String::from_utf8(bytes_of(&log(), 0, FileKind::LeaderEpochCheckpoint)).unwrap();
    assert_eq!(text, "0\n2\n1 0\n2 10\n");
    let entries = files::parse_leader_epoch_checkpoint(&text).unwrap();
    assert_eq!(entries[1], EpochEntry { epoch: 2, start_offset: 10 });
    assert_eq!(files::parse_leader_epoch_checkpoint("1\n0\n"), Err(FileError::Version(1)));
    for bad in ["", "0\n", "0\n2\n1 0\n", "0\n1\n1 0 0\n", "0\n1\none 0\n"] {
        assert!(files::parse_leader_epoch_checkpoint(bad).is_err(), "{bad:?}");
    }
}

const CHECKPOINTS: Checkpoints = Checkpoints { log_start_offset: 0, high_watermark: 9 };

#[test]
fn a_broker_that_stopped_in_order_has_all_but_the_retry_window() {
    let log = log();
    assert_eq!(log.producer(4).unwrap().batches.iter().count(), 5);

    let (back, lost) = log.restarted(Shutdown::Clean, CHECKPOINTS, NOW + 1);

    assert!(lost.batches.is_empty());
    assert!(back.batches_from(0).eq(log.batches_from(0)));
    assert_eq!((back.high_watermark(), back.log_end_offset()), (9, 13));
    let entry = back.producer(4).unwrap();
    assert_eq!((entry.last_sequence(), entry.batches.iter().count()), (11, 1));
}

#[test]
fn a_killed_process_loses_nothing_but_the_retry_window() {
    let (back, lost) = log().restarted(Shutdown::ProcessCrash, CHECKPOINTS, NOW + 1);

    assert!(lost.batches.is_empty());
    assert_eq!(back.log_end_offset(), 13);
    // Recovery reads the active segment and takes a snapshot, and that is what is loaded.
    assert_eq!(back.producer(4).unwrap().last_sequence(), 11);
    assert_eq!(back.producer(4).unwrap().batches.iter().count(), 1);
    let mut back = back;
    let next = batch_of(NOW + 40, 12, false);
    assert!(back.append_as_leader(next, 3, NOW, AppendOrigin::Client).is_ok());
}

#[test]
fn a_log_cut_inside_a_batch_ends_with_its_last_batch_once_it_is_loaded() {
    let mut log = Log::new(LogConfig::default(), NOW);
    let mut builder = BatchBuilder::new();
    for _ in 0..4 {
        builder.append(NOW, Some(b"key"), None, &[]).unwrap();
    }
    let batch = builder.build(ProducerStamp::NONE).unwrap();
    log.append_as_leader(batch, 0, NOW, AppendOrigin::Client).unwrap();
    log.truncate_to(2, NOW);
    assert_eq!(log.log_end_offset(), 2, "as long as the broker knows");
    for shutdown in [Shutdown::Clean, Shutdown::ProcessCrash] {
        assert_eq!(log.restarted(shutdown, CHECKPOINTS, NOW).0.log_end_offset(), 0);
    }
}

#[test]
fn snapshots_that_no_segment_starts_with_go_when_a_log_is_loaded() {
    let mut log = log();
    log.truncate_to(11, NOW);
    let offsets = |log: &Log| log.producer_snapshots().map(|(at, _)| at).collect::<Vec<_>>();
    log.roll(NOW);
    log.truncate_to(10, NOW);
    let (back, _) = log.restarted(Shutdown::Clean, CHECKPOINTS, NOW);
    assert_eq!(offsets(&back), [10]);
}

#[test]
fn a_power_loss_takes_what_was_not_flushed() {
    let mut log = log();
    log.assign_epoch_start_offset(7, 13);
    assert_eq!(log.recovery_point(), 12);

    let power_loss = Shutdown::PowerLoss { lost_from: 0 };
    let (back, lost) = log.restarted(power_loss, CHECKPOINTS, NOW + 1);

    let gone: Vec<i64> = lost.batches.iter().map(Batch::base_offset).collect();
    assert_eq!(gone, [12], "closed segments are on disk");
    assert_eq!((back.log_end_offset(), back.high_watermark()), (12, 9));
    assert_eq!(back.leader_epochs().latest(), Some(2));
    assert_eq!(back.producer(4).unwrap().last_sequence(), 10);
}

#[test]
fn a_log_start_beyond_what_survived_empties_the_log() {
    let checkpoints = Checkpoints { log_start_offset: 20, high_watermark: 20 };
    let (back, lost) = log().restarted(Shutdown::Clean, checkpoints, NOW + 1);
    assert_eq!(lost.batches.len(), 13);
    assert_eq!((back.log_start_offset(), back.log_end_offset()), (20, 20));
    assert_eq!(back.high_watermark(), 20);
}
