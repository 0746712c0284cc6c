//! Reads: `UnifiedLog.read`, `LocalLog.read`, `LogSegment.read` (R-LOG-14, R-LOG-28 to 31).

use super::Log;
use super::error::OffsetOutOfRange;
use crate::batch::Batch;
use crate::segment::{Segment, StoredBatch};

/// How far a read may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// To the log end: followers.
    LogEnd,
    /// To the high watermark: consumers with `read_uncommitted`.
    HighWatermark,
    /// To the last stable offset: consumers with `read_committed`.
    TxnCommitted,
}

/// A transaction whose records a `read_committed` consumer drops, from its first offset to its
/// marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbortedTransaction {
    /// Producer id.
    pub producer_id: i64,
    /// First offset of the transaction in this partition.
    pub first_offset: i64,
}

/// What a read found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadInfo {
    /// The whole batches. The first may start below the offset asked for.
    pub batches: Vec<Batch>,
    /// Bytes Kafka would send: a last batch that does not fit is cut, and counted here only.
    pub size: u32,
    /// The log start offset.
    pub log_start_offset: i64,
    /// The high watermark.
    pub high_watermark: i64,
    /// The last stable offset.
    pub last_stable_offset: i64,
    /// The log end offset.
    pub log_end_offset: i64,
    /// Aborted transactions that reach into what was read; empty unless the isolation asks.
    pub aborted: Vec<AbortedTransaction>,
}

impl Log {
    /// Reads whole batches from the one that holds `offset` on: up to `max_bytes`, from one
    /// segment, and never past what `isolation` allows. With `min_one_message` the first batch
    /// comes whatever its size.
    ///
    /// # Errors
    /// The offset is below the log start or above the log end.
    pub fn read(
        &self,
        offset: i64,
        max_bytes: u32,
        isolation: Isolation,
        min_one_message: bool,
    ) -> Result<ReadInfo, OffsetOutOfRange> {
        if offset < self.log_start_offset || offset > self.log_end_offset {
            return Err(OffsetOutOfRange {
                offset,
                log_start_offset: self.log_start_offset,
                end_offset: self.log_end_offset,
            });
        }
        let mut info = self.nothing_read();
        let bound = self.bound_of(isolation);
        if offset >= bound {
            return Ok(info);
        }
        let first = self.floor_index(offset);
        let found = (first..self.segment_count()).find_map(|index| {
            let segment = self.segment_at(index)?;
            segment.find(offset).map(|stored| (index, segment, stored))
        });
        let Some((index, segment, start)) = found else { return Ok(info) };
        let wanted =
            if min_one_message { max_bytes.max(start.batch.size_in_bytes()) } else { max_bytes };
        let end = self.end_position(index, segment, bound);
        info.size = end.saturating_sub(start.position).min(wanted);
        let cut = start.position.saturating_add(info.size);
        info.batches = segment
            .batches_from_position(start.position)
            .take_while(|stored| stored.end() <= cut)
            .map(|stored| stored.batch.clone())
            .collect();
        if isolation == Isolation::TxnCommitted {
            info.aborted = self.aborted_between(index, segment, offset, start, info.size);
        }
        Ok(info)
    }

    /// The offset a read of this isolation stops before.
    pub fn bound_of(&self, isolation: Isolation) -> i64 {
        match isolation {
            Isolation::LogEnd => self.log_end_offset,
            Isolation::HighWatermark => self.high_watermark,
            Isolation::TxnCommitted => self.last_stable_offset(),
        }
    }

    fn nothing_read(&self) -> ReadInfo {
        ReadInfo {
            batches: Vec::new(),
            size: 0,
            log_start_offset: self.log_start_offset,
            high_watermark: self.high_watermark,
            last_stable_offset: self.last_stable_offset(),
            log_end_offset: self.log_end_offset,
            aborted: Vec::new(),
        }
    }

    /// The position in a segment's file that a reader bounded by `bound` may read up to.
    fn end_position(&self, index: usize, segment: &Segment, bound: i64) -> u32 {
        let bound_index = self.floor_index(bound);
        if index < bound_index {
            segment.size()
        } else if index == bound_index {
            segment.find(bound).map_or(segment.size(), |stored| stored.position)
        } else {
            0
        }
    }

    /// `LocalLog.addAbortedTransactions`: the upper bound is taken from the offset index, so the
    /// list may name a transaction more than was read.
    fn aborted_between(
        &self,
        index: usize,
        segment: &Segment,
        offset: i64,
        start: &StoredBatch,
        size: u32,
    ) -> Vec<AbortedTransaction> {
        let end = u64::from(start.position) + u64::from(size);
        let upper = match segment.offset_index().first_at(end) {
            Some(entry) => entry.offset,
            None => self
                .segment_at(index.saturating_add(1))
                .map_or(self.log_end_offset, Segment::base_offset),
        };
        let mut found = Vec::new();
        for txn in self.segments_from(index).flat_map(Segment::aborted_txns) {
            if txn.last_offset >= offset && txn.first_offset < upper {
                found.push(AbortedTransaction {
                    producer_id: txn.producer_id,
                    first_offset: txn.first_offset,
                });
            }
            if txn.last_stable_offset >= upper {
                break;
            }
        }
        found
    }
}
