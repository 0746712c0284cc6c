//! Transactions as one partition sees them: markers, the last stable offset, aborted lists.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use kafka_log::batch::{Batch, BatchBuilder, ControlType, ProducerStamp};
use kafka_log::log::{AbortedTransaction, Isolation};
use kafka_log::{AppendError, AppendInfo, AppendOrigin, Log, LogConfig};

const NOW: i64 = 1_700_000_000_000;

/// A log that is replicated at once.
struct Partition(Log);

impl Partition {
    fn new() -> Self {
        Self(Log::new(LogConfig::default(), NOW))
    }

    fn append(&mut self, batch: Batch, origin: AppendOrigin) -> Result<AppendInfo, AppendError> {
        let info = self.0.append_as_leader(batch, 0, NOW, origin)?;
        self.0.update_high_watermark(info.last_offset + 1);
        Ok(info)
    }

    fn write(&mut self, producer_id: i64, epoch: i16, sequence: i32, transactional: bool) {
        self.try_write(producer_id, epoch, sequence, transactional).unwrap();
    }

    fn try_write(
        &mut self,
        producer_id: i64,
        producer_epoch: i16,
        base_sequence: i32,
        transactional: bool,
    ) -> Result<AppendInfo, AppendError> {
        let mut builder = BatchBuilder::new();
        builder.append(NOW, Some(b"k"), Some(b"v"), &[]).unwrap();
        let stamp = ProducerStamp { producer_id, producer_epoch, base_sequence, transactional };
        self.append(builder.build(stamp).unwrap(), AppendOrigin::Client)
    }

    fn end(
        &mut self,
        control: ControlType,
        producer_id: i64,
        epoch: i16,
        coordinator_epoch: i32,
        transaction_version: i16,
    ) -> Result<AppendInfo, AppendError> {
        let marker =
            Batch::end_transaction_marker(control, coordinator_epoch, producer_id, epoch, NOW);
        self.append(marker.unwrap(), AppendOrigin::Coordinator { transaction_version })
    }

    fn aborted(&self) -> Vec<AbortedTransaction> {
        self.0.read(0, 1 << 20, Isolation::TxnCommitted, true).unwrap().aborted
    }
}

#[test]
fn readers_of_committed_data_wait_for_the_earliest_open_transaction() {
    let mut partition = Partition::new();
    partition.write(1, 0, 0, true);
    partition.write(2, 0, 0, true);
    partition.write(-1, -1, -1, false);
    assert_eq!(partition.0.last_stable_offset(), 0);
    assert!(partition.0.has_ongoing_transaction(1));

    partition.end(ControlType::Commit, 1, 0, 0, 1).unwrap();
    assert_eq!(partition.0.last_stable_offset(), 1, "the other one is still open");
    assert!(!partition.0.has_ongoing_transaction(1));

    partition.end(ControlType::Abort, 2, 0, 0, 1).unwrap();
    assert_eq!(partition.0.last_stable_offset(), 5);
    assert_eq!(partition.aborted(), [AbortedTransaction { producer_id: 2, first_offset: 1 }]);
}

#[test]
fn s34_markers_take_offsets_that_no_reader_is_given() {
    let mut partition = Partition::new();
    (0..3).for_each(|sequence| partition.write(1, 0, sequence, true));
    partition.end(ControlType::Commit, 1, 0, 0, 1).unwrap();
    partition.write(1, 0, 3, true);
    partition.end(ControlType::Commit, 1, 0, 0, 1).unwrap();
    assert_eq!(partition.0.log_end_offset(), 6);
    for isolation in [Isolation::HighWatermark, Isolation::TxnCommitted] {
        let read = partition.0.read(0, 1 << 20, isolation, true).unwrap();
        let given = read.batches.iter().filter(|batch| !batch.is_control());
        let offsets: Vec<i64> = given.flat_map(Batch::records).map(|r| r.unwrap().offset).collect();
        assert_eq!(offsets, [0, 1, 2, 4]);
        // Where a reader stands behind the last batch.
        assert_eq!(read.batches.last().unwrap().next_offset(), 6);
    }
}

#[test]
fn a_decided_transaction_counts_only_once_its_marker_is_replicated() {
    let mut partition = Partition::new();
    partition.write(1, 0, 0, true);
    let marker = Batch::end_transaction_marker(ControlType::Commit, 0, 1, 0, NOW).unwrap();
    let origin = AppendOrigin::Coordinator { transaction_version: 1 };
    partition.0.append_as_leader(marker, 0, NOW, origin).unwrap();

    assert_eq!((partition.0.high_watermark(), partition.0.last_stable_offset()), (1, 0));
    partition.0.update_high_watermark(2);
    assert_eq!(partition.0.last_stable_offset(), 2);
}

#[test]
fn zombies_are_fenced_by_epoch() {
    let mut partition = Partition::new();
    partition.write(1, 5, 0, true);
    let refused = |result: Result<AppendInfo, AppendError>| result.unwrap_err().kafka_error();

    assert_eq!(refused(partition.try_write(1, 4, 1, true)), "INVALID_PRODUCER_EPOCH");
    let old_marker = partition.end(ControlType::Commit, 1, 4, 0, 1);
    assert_eq!(refused(old_marker), "INVALID_PRODUCER_EPOCH");

    // Under transaction version 2 each marker bumps the epoch; one that does not is stale.
    let same_epoch = partition.end(ControlType::Commit, 1, 5, 0, 2);
    assert_eq!(refused(same_epoch), "INVALID_PRODUCER_EPOCH");
    partition.end(ControlType::Commit, 1, 6, 7, 2).unwrap();

    partition.write(1, 6, 0, true);
    let old_coordinator = partition.end(ControlType::Abort, 1, 7, 6, 2);
    assert_eq!(refused(old_coordinator), "TRANSACTION_COORDINATOR_FENCED");
}

#[test]
fn a_plain_write_inside_a_transaction_is_refused() {
    let mut partition = Partition::new();
    partition.write(1, 0, 0, true);
    let refused = partition.try_write(1, 0, 1, false).unwrap_err();
    assert_eq!(refused.kafka_error(), "INVALID_TXN_STATE");
}

#[test]
fn a_silent_producer_is_forgotten_but_not_inside_a_transaction() {
    let mut partition = Partition::new();
    partition.write(1, 0, 0, false);
    partition.write(2, 0, 0, true);
    partition.0.set_producer_id_expiration_ms(1_000);

    partition.0.remove_expired_producers(NOW + 999);
    assert_eq!(partition.0.producers().count(), 2);
    partition.0.remove_expired_producers(NOW + 1_000);
    let left: Vec<i64> = partition.0.producers().map(|(producer_id, _)| producer_id).collect();
    assert_eq!(left, [2]);

    // It may go on with any sequence number.
    partition.write(1, 0, 41, false);
}
