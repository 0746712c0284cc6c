//! Appends: `UnifiedLog.append` (R-LOG-11 to 13).

use std::sync::Arc;

use super::Log;
use super::error::AppendError;
use super::validate::validate;
use crate::batch::{Batch, NO_TIMESTAMP, TimestampType};
use crate::producer_state::{BatchMetadata, CompletedTxn, ProducerAppend};
use crate::segment::{AbortedTxn, Incoming};

/// Who hands a batch to the log; it decides what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppendOrigin {
    /// A producer: everything is checked.
    Client,
    /// A coordinator: group offsets, and the markers of transactions.
    Coordinator {
        /// Transaction version a marker is written under (KIP-890): from 2 on, its epoch must be
        /// above the last seen one. 0 for anything else.
        transaction_version: i16,
    },
    /// A follower, copying what a leader has checked.
    Replication,
}

/// What an append did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendInfo {
    /// Offset of the first record.
    pub first_offset: i64,
    /// Offset of the last record.
    pub last_offset: i64,
    /// Largest timestamp as appended, ms.
    pub max_timestamp: i64,
    /// The leader's clock where the topic uses it (of a duplicate: the timestamp of the batch
    /// that was there before), ms; else -1.
    pub log_append_time: i64,
    /// The log start offset.
    pub log_start_offset: i64,
    /// True if the batch was here already; nothing is written then, and the offsets are those it
    /// has.
    pub duplicate: bool,
    /// Base offset of the segment that was rolled for it, if one was.
    pub rolled: Option<i64>,
}

/// What the producer checks of an append came to.
enum Checked {
    Passed { appends: Vec<ProducerAppend>, completed: Vec<CompletedTxn> },
    Duplicate(BatchMetadata),
}

impl Log {
    /// Appends a batch as the partition's leader: gives it offsets, the leader epoch and, where
    /// the topic wants it, the leader's clock. The batch's records are neither copied nor, where
    /// it comes from a [`BatchBuilder`](crate::BatchBuilder), read.
    ///
    /// # Errors
    /// See [`AppendError`]. All or nothing, but that the log may have rolled.
    pub fn append_as_leader(
        &mut self,
        batch: Batch,
        leader_epoch: i32,
        now_ms: i64,
        origin: AppendOrigin,
    ) -> Result<AppendInfo, AppendError> {
        let batch = validate(batch, &self.config, origin, now_ms)?;
        let span = i64::from(batch.header().last_offset_delta);
        let batch = batch.with_base_offset(self.log_end_offset).with_leader_epoch(leader_epoch);
        let append_time = match batch.timestamp_type() {
            TimestampType::LogAppendTime => now_ms,
            TimestampType::CreateTime => NO_TIMESTAMP,
        };
        let info = AppendInfo {
            first_offset: self.log_end_offset,
            last_offset: self.log_end_offset.saturating_add(span),
            max_timestamp: batch.max_timestamp(),
            log_append_time: append_time,
            log_start_offset: self.log_start_offset,
            duplicate: false,
            rolled: None,
        };
        self.append(std::slice::from_ref(&batch), info, origin, now_ms)
    }

    /// Appends what a follower fetched: offsets, epochs and timestamps stay as the leader set
    /// them. Batches of an epoch above `leader_epoch` are left out: they come from a leader this
    /// follower does not know yet (KAFKA-18723). None is returned where nothing is left.
    ///
    /// The roll is decided by the chunk as a whole (R-LOG-26); a chunk larger than
    /// `segment.bytes` is taken in parts, where Kafka would refuse it.
    ///
    /// # Errors
    /// The chunk starts below the log end or its offsets do not grow; or, from a part on that is
    /// refused, see [`AppendError`].
    pub fn append_as_follower(
        &mut self,
        batches: &[Batch],
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Option<AppendInfo>, AppendError> {
        let known = batches
            .iter()
            .position(|batch| batch.partition_leader_epoch() > leader_epoch)
            .unwrap_or(batches.len());
        let mut rest = batches.get(..known).unwrap_or(batches);
        check_offsets(rest, self.log_end_offset)?;
        let mut whole: Option<AppendInfo> = None;
        while !rest.is_empty() {
            let (part, later) = split_chunk(rest, self.config.segment_bytes);
            let info = self.append_chunk(part, now_ms)?;
            whole = Some(match whole {
                None => info,
                Some(before) => AppendInfo {
                    first_offset: before.first_offset,
                    max_timestamp: before.max_timestamp.max(info.max_timestamp),
                    rolled: before.rolled.or(info.rolled),
                    ..info
                },
            });
            rest = later;
        }
        Ok(whole)
    }

    fn append_chunk(&mut self, chunk: &[Batch], now_ms: i64) -> Result<AppendInfo, AppendError> {
        let info = AppendInfo {
            first_offset: chunk.first().map_or(self.log_end_offset, Batch::base_offset),
            last_offset: chunk.last().map_or(self.log_end_offset, Batch::last_offset),
            max_timestamp: chunk.iter().map(Batch::max_timestamp).max().unwrap_or(NO_TIMESTAMP),
            log_append_time: NO_TIMESTAMP,
            log_start_offset: self.log_start_offset,
            duplicate: false,
            rolled: None,
        };
        self.append(chunk, info, AppendOrigin::Replication, now_ms)
    }

    /// The part leader and follower share; Kafka's order of steps (R-LOG-12).
    fn append(
        &mut self,
        chunk: &[Batch],
        mut info: AppendInfo,
        origin: AppendOrigin,
        now_ms: i64,
    ) -> Result<AppendInfo, AppendError> {
        for batch in chunk {
            self.leader_epochs.assign(batch.partition_leader_epoch(), batch.base_offset());
        }
        let size = chunk.iter().fold(0_u32, |sum, b| sum.saturating_add(b.size_in_bytes()));
        let segment_bytes = self.config.segment_bytes;
        if i64::from(size) > i64::from(segment_bytes) {
            return Err(AppendError::RecordBatchTooLarge { size, segment_bytes });
        }
        let incoming =
            Incoming { size, max_timestamp: info.max_timestamp, last_offset: info.last_offset };
        if self.active.should_roll(&incoming, &self.config, now_ms) {
            let first_offset = info.first_offset;
            let active_base = self.active.base_offset();
            let rolled = self.roll_at(first_offset, now_ms);
            info.rolled =
                Some(rolled.ok_or(AppendError::RollBelowActive { first_offset, active_base })?);
        }
        let (first_offset, active_base) = (info.first_offset, self.active.base_offset());
        if first_offset < active_base {
            // Kafka writes it and then fails in the index, which leaves a broken segment.
            return Err(AppendError::RollBelowActive { first_offset, active_base });
        }
        match self.check_producers(chunk, origin)? {
            Checked::Duplicate(batch) => Ok(AppendInfo {
                first_offset: batch.first_offset(),
                last_offset: batch.last_offset,
                log_append_time: batch.timestamp,
                log_start_offset: self.log_start_offset,
                duplicate: true,
                ..info
            }),
            Checked::Passed { appends, completed } => {
                self.write(chunk, info.last_offset, now_ms);
                self.update_producers(&appends, &completed);
                Ok(info)
            }
        }
    }

    /// `UnifiedLog.analyzeAndValidateProducerState`.
    fn check_producers(
        &self,
        chunk: &[Batch],
        origin: AppendOrigin,
    ) -> Result<Checked, AppendError> {
        let mut appends: Vec<ProducerAppend> = Vec::new();
        let mut completed = Vec::new();
        for batch in chunk.iter().filter(|batch| batch.has_producer_id()) {
            let producer_id = batch.producer_id();
            let entry = self.producer_state.entry(producer_id);
            if origin == AppendOrigin::Client
                && let Some(duplicate) = entry.and_then(|entry| entry.find_duplicate(batch))
            {
                return Ok(Checked::Duplicate(*duplicate));
            }
            let known = appends.iter_mut().find(|append| append.producer_id() == producer_id);
            let ended = match known {
                Some(append) => append.append(batch)?,
                None => {
                    let mut append = ProducerAppend::new(producer_id, entry, origin);
                    let ended = append.append(batch)?;
                    appends.push(append);
                    ended
                }
            };
            completed.extend(ended);
        }
        Ok(Checked::Passed { appends, completed })
    }

    fn write(&mut self, chunk: &[Batch], last_offset: i64, now_ms: i64) {
        let active = Arc::make_mut(&mut self.active);
        for batch in chunk {
            active.append(batch.clone(), now_ms);
        }
        self.log_end_offset = last_offset.saturating_add(1);
        if self.high_watermark >= self.log_end_offset {
            self.update_high_watermark(self.log_end_offset);
        }
    }

    fn update_producers(&mut self, appends: &[ProducerAppend], completed: &[CompletedTxn]) {
        for append in appends {
            self.producer_state.update(append);
        }
        for txn in completed {
            let last_stable_offset = self.producer_state.last_stable_offset(txn);
            if txn.is_aborted {
                Arc::make_mut(&mut self.active).append_aborted(AbortedTxn {
                    producer_id: txn.producer_id,
                    first_offset: txn.first_offset,
                    last_offset: txn.last_offset,
                    last_stable_offset,
                });
            }
            self.producer_state.complete_txn(txn);
        }
        self.producer_state.set_map_end_offset(self.log_end_offset);
        self.update_first_unstable_offset();
    }
}

/// A chunk must come after the log's end, and its offsets must grow.
fn check_offsets(batches: &[Batch], log_end_offset: i64) -> Result<(), AppendError> {
    let mut previous = -1;
    for batch in batches {
        let last_offset = batch.last_offset();
        if last_offset <= previous {
            return Err(AppendError::OffsetsOutOfOrder { previous, last_offset });
        }
        previous = last_offset;
    }
    match batches.first().map(Batch::base_offset) {
        Some(first_offset) if first_offset < log_end_offset => {
            Err(AppendError::UnexpectedAppendOffset { first_offset, log_end_offset })
        }
        _ => Ok(()),
    }
}

/// The batches at the front that fit a segment together, at least one, and those after them.
fn split_chunk(batches: &[Batch], segment_bytes: i32) -> (&[Batch], &[Batch]) {
    let mut size = 0_i64;
    let fit = batches
        .iter()
        .take_while(|batch| {
            size += i64::from(batch.size_in_bytes());
            size <= i64::from(segment_bytes)
        })
        .count();
    batches.split_at_checked(fit.max(1)).unwrap_or((batches, &[]))
}
