//! What takes old records away: retention and DeleteRecords (R-LOG-41 to 49, R-LOG-52;
//! `UnifiedLog.deleteOldSegments`, `maybeIncrementLogStartOffset`).

use std::sync::Arc;

use super::Log;
use super::error::OffsetOutOfRange;
use crate::batch::Batch;
use crate::segment::Segment;

/// Why a segment was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletionReason {
    /// It lies below the log start offset: DeleteRecords, or a leader's log start.
    LogStartOffset,
    /// The log is larger than `retention.bytes`.
    Size,
    /// Its largest timestamp is older than `retention.ms`.
    Time,
}

/// A segment that was deleted.
#[derive(Clone, Debug)]
pub struct DeletedSegment {
    /// Its base offset.
    pub base_offset: i64,
    /// Where the next segment starts.
    pub next_offset: i64,
    /// Bytes of its batches.
    pub bytes: u32,
    /// What retention went by, ms.
    pub largest_timestamp: i64,
    /// Why it went.
    pub reason: DeletionReason,
    segment: Arc<Segment>,
}

impl DeletedSegment {
    /// Its batches. The files of a deleted segment stay on disk for `file.delete.delay.ms`.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.segment.batches().map(|stored| &stored.batch)
    }
}

/// Why retention keeps a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeptBecause {
    /// Neither size nor age will ever reach it as things stand: the policy or the configs have
    /// no such bound.
    NoBound,
    /// It is not wholly below the high watermark, so it cannot go yet.
    HighWatermark,
    /// An older segment stays, and segments go oldest first.
    OlderSegmentStays,
    /// It is the active segment and empty.
    EmptyActive,
}

/// What comes of one segment if nothing more is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetentionStep {
    /// A check will delete it.
    Deleted {
        /// When that check runs, ms.
        at_ms: i64,
        /// Why.
        reason: DeletionReason,
    },
    /// No check will.
    Kept(KeptBecause),
}

/// What is foretold of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetentionForecast {
    /// Its base offset.
    pub base_offset: i64,
    /// Where the next segment starts.
    pub next_offset: i64,
    /// Bytes of its batches.
    pub bytes: u32,
    /// What retention goes by, ms.
    pub largest_timestamp: i64,
    /// What comes of it.
    pub step: RetentionStep,
}

impl Log {
    /// Runs one retention check and returns what it deleted, oldest first: segments below the log
    /// start, then by size, then by time (R-LOG-41). If all are to go, an empty one is rolled
    /// first, so the active segment can be among them (R-LOG-44).
    pub fn delete_old_segments(&mut self, now_ms: i64) -> Vec<DeletedSegment> {
        let mut deleted = Vec::new();
        self.delete_while(DeletionReason::LogStartOffset, now_ms, &mut deleted);
        if self.config.cleanup_policy.delete {
            self.delete_while(DeletionReason::Size, now_ms, &mut deleted);
            self.delete_while(DeletionReason::Time, now_ms, &mut deleted);
        }
        deleted
    }

    /// Foretells, for each segment from the oldest on, which of the checks at `next_check_ms`,
    /// `next_check_ms + interval_ms`, ... will delete it and why, or why none will, if nothing is
    /// written and the high watermark stays.
    pub fn retention_forecast(
        &self,
        now_ms: i64,
        next_check_ms: i64,
        interval_ms: i64,
    ) -> Vec<RetentionForecast> {
        let first_check_ms = next_check_ms.max(now_ms);
        let at_first = self.first_check_prefixes(first_check_ms);
        let mut at_ms = first_check_ms;
        let mut kept = None;
        (0..self.segment_count())
            .filter_map(|index| {
                let info = self.segment_info(index)?;
                let step = match kept {
                    Some(_) => RetentionStep::Kept(KeptBecause::OlderSegmentStays),
                    None => self.step_of(index, at_first, at_ms, interval_ms),
                };
                match step {
                    RetentionStep::Deleted { at_ms: at, .. } => at_ms = at,
                    RetentionStep::Kept(because) => kept = Some(because),
                }
                Some(RetentionForecast {
                    base_offset: info.base_offset,
                    next_offset: info.next_offset,
                    bytes: info.bytes,
                    largest_timestamp: info.largest_timestamp,
                    step,
                })
            })
            .collect()
    }

    /// DeleteRecords: nothing below `offset` is readable any more. Segments go at the next
    /// retention check. Returns whether the log start moved (R-LOG-52).
    ///
    /// # Errors
    /// The offset is above the high watermark.
    pub fn delete_records(&mut self, offset: i64) -> Result<bool, OffsetOutOfRange> {
        self.increment_log_start_offset(offset)
    }

    /// Raises the log start offset, as a follower does that learns its leader's
    /// (`maybeIncrementLogStartOffset`). Returns whether it moved.
    ///
    /// # Errors
    /// The offset is above the high watermark.
    pub fn increment_log_start_offset(&mut self, offset: i64) -> Result<bool, OffsetOutOfRange> {
        if offset > self.high_watermark {
            return Err(OffsetOutOfRange {
                offset,
                log_start_offset: self.log_start_offset,
                end_offset: self.high_watermark,
            });
        }
        if offset <= self.log_start_offset {
            return Ok(false);
        }
        self.log_start_offset = offset;
        self.leader_epochs.truncate_from_start(offset);
        self.producer_state.on_log_start_offset_incremented(offset);
        self.update_first_unstable_offset();
        Ok(true)
    }

    fn delete_while(
        &mut self,
        reason: DeletionReason,
        now_ms: i64,
        deleted: &mut Vec<DeletedSegment>,
    ) {
        let count = self.deletable(0, reason, now_ms);
        if count == 0 {
            return;
        }
        if count == self.segment_count() {
            self.roll(now_ms);
        }
        let closed = Arc::make_mut(&mut self.closed);
        let gone: Vec<Arc<Segment>> = closed.drain(..count.min(closed.len())).collect();
        let start = self.first_base_offset();
        let ends = gone.iter().skip(1).map(|next| next.base_offset()).chain([start]);
        for (segment, next_offset) in gone.iter().zip(ends) {
            self.producer_state.remove_snapshot(segment.base_offset());
            deleted.push(DeletedSegment {
                base_offset: segment.base_offset(),
                next_offset,
                bytes: segment.size(),
                largest_timestamp: segment.largest_timestamp(),
                reason,
                segment: segment.clone(),
            });
        }
        // Only segments below the high watermark are deletable, so this is never refused.
        let _moved = self.increment_log_start_offset(start);
    }

    /// How many segments in a row this reason takes, from the segment at `first` on
    /// (R-LOG-42, `deletableSegments`).
    fn deletable(&self, first: usize, reason: DeletionReason, now_ms: i64) -> usize {
        let mut excess = match reason {
            DeletionReason::Size => match self.excess_from(first) {
                Some(excess) => excess,
                None => return 0,
            },
            _ => 0,
        };
        (first..self.segment_count())
            .take_while(|&index| {
                let Some(segment) = self.segment_at(index) else { return false };
                let breached = match reason {
                    DeletionReason::LogStartOffset => self.is_below_start(index),
                    DeletionReason::Size => {
                        excess = excess.saturating_sub(i64::from(segment.size()));
                        excess >= 0
                    }
                    DeletionReason::Time => self
                        .expires_after(segment)
                        .is_some_and(|last_kept_ms| now_ms > last_kept_ms),
                };
                breached && self.held(index).is_none()
            })
            .count()
    }

    /// Bytes above `retention.bytes`, without the segments before `first`; none if the log is not
    /// larger or has no bound.
    fn excess_from(&self, first: usize) -> Option<i64> {
        let retention_bytes = u64::try_from(self.config.retention_bytes).ok()?;
        let size: u64 = self.segments_from(first).map(|s| u64::from(s.size())).sum();
        i64::try_from(size.checked_sub(retention_bytes)?).ok()
    }

    fn is_below_start(&self, index: usize) -> bool {
        self.segment_at(index.saturating_add(1))
            .is_some_and(|next| next.base_offset() <= self.log_start_offset)
    }

    /// The last millisecond at which `retention.ms` keeps a segment; none if it always does.
    fn expires_after(&self, segment: &Segment) -> Option<i64> {
        let retention_ms = self.config.retention_ms;
        (retention_ms >= 0).then(|| segment.largest_timestamp().saturating_add(retention_ms))
    }

    /// What keeps a segment whatever size and age say.
    fn held(&self, index: usize) -> Option<KeptBecause> {
        let info = self.segment_info(index)?;
        if self.high_watermark < info.next_offset {
            Some(KeptBecause::HighWatermark)
        } else if info.active && info.bytes == 0 {
            Some(KeptBecause::EmptyActive)
        } else {
            None
        }
    }

    /// How many segments the three rules of the first check take, together, rule by rule.
    fn first_check_prefixes(&self, at_ms: i64) -> [usize; 3] {
        let by_start = self.deletable(0, DeletionReason::LogStartOffset, at_ms);
        if !self.config.cleanup_policy.delete {
            return [by_start; 3];
        }
        let by_size = by_start + self.deletable(by_start, DeletionReason::Size, at_ms);
        let by_time = by_size + self.deletable(by_size, DeletionReason::Time, at_ms);
        [by_start, by_size, by_time]
    }

    /// What comes of the segment at `index` once those before it have gone at `at_ms`.
    fn step_of(
        &self,
        index: usize,
        at_first: [usize; 3],
        at_ms: i64,
        interval_ms: i64,
    ) -> RetentionStep {
        use DeletionReason::{LogStartOffset, Size, Time};
        for (reason, prefix) in [LogStartOffset, Size, Time].into_iter().zip(at_first) {
            if index < prefix {
                return RetentionStep::Deleted { at_ms, reason };
            }
        }
        if let Some(because) = self.held(index) {
            return RetentionStep::Kept(because);
        }
        let last_kept_ms = self
            .segment_at(index)
            .filter(|_| self.config.cleanup_policy.delete)
            .and_then(|segment| self.expires_after(segment));
        match last_kept_ms.and_then(|last| first_check_after(last, at_ms, interval_ms)) {
            Some(at_ms) => RetentionStep::Deleted { at_ms, reason: Time },
            None => RetentionStep::Kept(KeptBecause::NoBound),
        }
    }
}

/// The first of the checks at `check_ms`, `check_ms + interval_ms`, ... that is after `last_ms`.
fn first_check_after(last_ms: i64, check_ms: i64, interval_ms: i64) -> Option<i64> {
    if check_ms > last_ms {
        return Some(check_ms);
    }
    let checks = last_ms.checked_sub(check_ms)?.checked_div(interval_ms.max(1))?.checked_add(1)?;
    check_ms.checked_add(checks.checked_mul(interval_ms.max(1))?)
}
