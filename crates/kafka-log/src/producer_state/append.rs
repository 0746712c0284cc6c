//! The checks an append passes before it is written (`ProducerAppendInfo`).

use super::entry::{BatchMetadata, ProducerEntry};
use crate::batch::{Batch, ControlType, NO_PRODUCER_EPOCH, NO_SEQUENCE};
use crate::log::AppendOrigin;

/// Why a producer's batch or marker is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProducerStateError {
    /// `INVALID_PRODUCER_EPOCH`: a newer instance of the producer has written here.
    #[error(
        "Epoch of producer {producer_id} at offset {offset} is {epoch}, which is smaller than the \
         last seen epoch {last_seen}"
    )]
    InvalidProducerEpoch {
        /// Producer id.
        producer_id: i64,
        /// Offset the batch would have got.
        offset: i64,
        /// Its epoch.
        epoch: i16,
        /// The newest epoch seen.
        last_seen: i16,
    },
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`: a batch before this one is missing.
    #[error(
        "Out of order sequence number for producer {producer_id} at offset {offset}: {incoming} \
         (incoming seq. number), {last} (current end sequence number)"
    )]
    OutOfOrderSequence {
        /// Producer id.
        producer_id: i64,
        /// Offset the batch would have got.
        offset: i64,
        /// Its first sequence number.
        incoming: i32,
        /// The last one written.
        last: i32,
    },
    /// `INVALID_TXN_STATE`: a write outside the transaction that is open.
    #[error("Expected transactional write from producer {producer_id} at offset {offset}")]
    InvalidTxnState {
        /// Producer id.
        producer_id: i64,
        /// Offset the batch would have got.
        offset: i64,
    },
    /// `TRANSACTION_COORDINATOR_FENCED`: the marker comes from a coordinator that was replaced.
    #[error(
        "Invalid coordinator epoch for producerId {producer_id} at offset {offset}: {epoch} \
         (zombie), {current} (current)"
    )]
    CoordinatorFenced {
        /// Producer id.
        producer_id: i64,
        /// Offset the marker would have got.
        offset: i64,
        /// The marker's coordinator epoch.
        epoch: i32,
        /// The newest one seen.
        current: i32,
    },
}

/// A transaction that a marker has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompletedTxn {
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    pub(crate) last_offset: i64,
    pub(crate) is_aborted: bool,
}

/// One producer's part of an append: its state before, and what the append makes of it.
#[derive(Clone, Debug)]
pub(crate) struct ProducerAppend {
    producer_id: i64,
    current: ProducerEntry,
    updated: ProducerEntry,
    origin: AppendOrigin,
    started_txn: Option<i64>,
    later_started_txns: Vec<i64>,
}

impl ProducerAppend {
    pub(crate) fn new(
        producer_id: i64,
        current: Option<&ProducerEntry>,
        origin: AppendOrigin,
    ) -> Self {
        let current = current.copied().unwrap_or(ProducerEntry::EMPTY);
        Self {
            producer_id,
            current,
            updated: current.without_batches(),
            origin,
            started_txn: None,
            later_started_txns: Vec::new(),
        }
    }

    pub(crate) fn producer_id(&self) -> i64 {
        self.producer_id
    }

    pub(crate) fn updated(&self) -> &ProducerEntry {
        &self.updated
    }

    pub(crate) fn started_txns(&self) -> impl Iterator<Item = i64> + '_ {
        self.started_txn.into_iter().chain(self.later_started_txns.iter().copied())
    }

    /// Checks a batch and notes it. Returns the transaction it ends, if it does.
    pub(crate) fn append(
        &mut self,
        batch: &Batch,
    ) -> Result<Option<CompletedTxn>, ProducerStateError> {
        if batch.is_control() {
            return self.append_marker(batch);
        }
        let offset = batch.base_offset();
        self.check_epoch(batch.producer_epoch(), offset)?;
        if self.origin == AppendOrigin::Client {
            self.check_sequence(batch.producer_epoch(), batch.base_sequence(), offset)?;
        }
        let transactional = batch.is_transactional();
        if self.updated.current_txn_first_offset.is_some() && !transactional {
            let producer_id = self.producer_id;
            return Err(ProducerStateError::InvalidTxnState { producer_id, offset });
        }
        let metadata = BatchMetadata {
            last_sequence: batch.last_sequence(),
            last_offset: batch.last_offset(),
            offset_delta: batch.header().last_offset_delta,
            timestamp: batch.max_timestamp(),
        };
        self.updated.add_batch(batch.producer_epoch(), metadata);
        if self.updated.current_txn_first_offset.is_none() && transactional {
            self.updated.current_txn_first_offset = Some(offset);
            match self.started_txn {
                None => self.started_txn = Some(offset),
                Some(_) => self.later_started_txns.push(offset),
            }
        }
        Ok(None)
    }

    fn append_marker(&mut self, batch: &Batch) -> Result<Option<CompletedTxn>, ProducerStateError> {
        // A marker emptied by compaction says that the whole transaction has been cleaned away.
        let Some(control) = batch.control_record() else { return Ok(None) };
        let offset = batch.base_offset();
        self.check_marker_epoch(batch.producer_epoch(), offset)?;
        let current = self.updated.coordinator_epoch;
        if current > control.coordinator_epoch && self.origin != AppendOrigin::Replication {
            return Err(ProducerStateError::CoordinatorFenced {
                producer_id: self.producer_id,
                offset,
                epoch: control.coordinator_epoch,
                current,
            });
        }
        let completed = self.updated.current_txn_first_offset.map(|first_offset| CompletedTxn {
            producer_id: self.producer_id,
            first_offset,
            last_offset: offset,
            is_aborted: control.control_type == ControlType::Abort,
        });
        self.updated.end_txn(batch.producer_epoch(), control.coordinator_epoch, control.timestamp);
        Ok(completed)
    }

    fn check_epoch(&self, epoch: i16, offset: i64) -> Result<(), ProducerStateError> {
        let last_seen = self.updated.producer_epoch;
        if epoch >= last_seen || self.origin == AppendOrigin::Replication {
            return Ok(());
        }
        Err(self.epoch_error(epoch, offset))
    }

    /// Since KIP-890 (transaction version 2) each transaction's marker bumps the epoch, so one
    /// that does not is a stale marker.
    fn check_marker_epoch(&self, epoch: i16, offset: i64) -> Result<(), ProducerStateError> {
        match self.origin {
            AppendOrigin::Coordinator { transaction_version: 2.. }
                if epoch <= self.updated.producer_epoch =>
            {
                Err(self.epoch_error(epoch, offset))
            }
            _ => self.check_epoch(epoch, offset),
        }
    }

    fn epoch_error(&self, epoch: i16, offset: i64) -> ProducerStateError {
        ProducerStateError::InvalidProducerEpoch {
            producer_id: self.producer_id,
            offset,
            epoch,
            last_seen: self.updated.producer_epoch,
        }
    }

    fn check_sequence(
        &self,
        epoch: i16,
        incoming: i32,
        offset: i64,
    ) -> Result<(), ProducerStateError> {
        let last_epoch = self.updated.producer_epoch;
        let last = if epoch != last_epoch {
            if incoming == 0 || last_epoch == NO_PRODUCER_EPOCH {
                return Ok(());
            }
            self.updated.last_sequence()
        } else {
            let last = if !self.updated.batches.is_empty() {
                self.updated.last_sequence()
            } else if epoch == self.current.producer_epoch {
                self.current.last_sequence()
            } else {
                NO_SEQUENCE
            };
            // A producer whose state is gone may go on with any sequence number.
            let unknown = self.current.producer_epoch == NO_PRODUCER_EPOCH;
            let follows =
                i64::from(incoming) == i64::from(last) + 1 || (incoming == 0 && last == i32::MAX);
            if unknown || follows {
                return Ok(());
            }
            last
        };
        Err(ProducerStateError::OutOfOrderSequence {
            producer_id: self.producer_id,
            offset,
            incoming,
            last,
        })
    }
}
