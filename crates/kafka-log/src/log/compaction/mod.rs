//! Compaction: `LogCleanerManager` picks, `Cleaner` cleans (R-LOG-60 to 73).
//!
//! A cleaning is a pure function of one log and the time. First the keys of the dirty part are
//! mapped to their last offsets; then every segment up to there is written anew without the
//! records that a later one supersedes, small neighbours together in one segment.

mod batch_filter;
mod offset_map;
mod round;
mod schedule;
mod segment_groups;
mod transactions;

use crate::batch::Batch;
use crate::log::Log;
use crate::segment::Segment;

/// Keys that Kafka's default offset map holds: 128 MiB (`log.cleaner.dedupe.buffer.size`) at 24
/// bytes a key, nine tenths full (R-LOG-60).
const DEFAULT_MAX_KEYS: u64 = 5_033_164;

/// How a cleaning is done; broker configs in Kafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanOptions {
    /// Most keys mapped in one round; when they are reached, the round ends there.
    pub max_keys: u64,
}

impl Default for CleanOptions {
    fn default() -> Self {
        Self { max_keys: DEFAULT_MAX_KEYS }
    }
}

/// How a log looks to the cleaner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CleanerState {
    /// First offset not cleaned yet.
    pub first_dirty_offset: i64,
    /// First offset that may not be cleaned yet: a segment's base offset.
    pub first_uncleanable_offset: i64,
    /// Bytes of the segments before the first dirty offset.
    pub clean_bytes: u64,
    /// Bytes of the segments from there to the first uncleanable offset.
    pub dirty_bytes: u64,
    /// A record has waited longer than `max.compaction.lag.ms`.
    pub max_lag_exceeded: bool,
    /// The cleaner will clean this log when it comes round (R-LOG-62).
    pub due: bool,
}

impl CleanerState {
    /// The cleanable ratio in millionths, rounded down: dirty bytes of all. None for a log
    /// without a closed segment's worth of bytes.
    pub fn dirty_ratio_millionths(&self) -> Option<u32> {
        let total = u128::from(self.clean_bytes) + u128::from(self.dirty_bytes);
        let millionths = (u128::from(self.dirty_bytes) * 1_000_000).checked_div(total)?;
        u32::try_from(millionths).ok()
    }
}

/// Why a record stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeptRecord {
    /// It is the last of its key, as far as the round looked.
    LatestOfKey,
    /// It is a tombstone that readers may still need.
    Tombstone,
    /// It lies behind what the round mapped.
    BeyondMap,
    /// It is a transaction's marker, or another control record.
    Marker,
}

/// Why a record goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RemovedRecord {
    /// A later record has its key.
    Superseded {
        /// The last offset of the key.
        by: i64,
    },
    /// A tombstone past its delete horizon.
    ExpiredTombstone,
    /// Its transaction was aborted.
    Aborted,
    /// A marker past its delete horizon, of whose transaction nothing is left.
    ExpiredMarker,
    /// It has no key.
    NoKey,
}

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatchFate {
    /// It stays, byte for byte.
    Kept,
    /// It is written anew: records went, or it got a delete horizon.
    Rewritten {
        /// The delete horizon it got in this round, ms.
        new_delete_horizon_ms: Option<i64>,
    },
    /// Only its header stays: its producer's state is in it.
    EmptiedForProducer,
    /// Only its header stays: it ends the cleaned range.
    EmptiedAsLast,
    /// It goes.
    Dropped,
}

/// One step of a cleaning, told as it happens.
#[derive(Clone, Copy, Debug)]
pub enum CleanStep<'a> {
    /// First pass: the key's last offset so far is this one.
    Mapped {
        /// The record's offset.
        offset: i64,
        /// Its key.
        key: &'a [u8],
    },
    /// First pass: an aborted transaction's batch is left out.
    SkippedAborted {
        /// The batch.
        batch: &'a Batch,
    },
    /// Second pass: the segments with these base offsets are written into one.
    Group {
        /// Base offsets of the old segments.
        sources: &'a [i64],
    },
    /// Second pass: a record stays.
    Kept {
        /// Its batch.
        batch: &'a Batch,
        /// Its offset.
        offset: i64,
        /// Its key.
        key: Option<&'a [u8]>,
        /// Why.
        why: KeptRecord,
    },
    /// Second pass: a record goes.
    Removed {
        /// Its batch.
        batch: &'a Batch,
        /// Its offset.
        offset: i64,
        /// Its key.
        key: Option<&'a [u8]>,
        /// Why.
        why: RemovedRecord,
    },
    /// Second pass: what became of the batch whose records were told just before.
    Batch {
        /// The batch as it was.
        batch: &'a Batch,
        /// What becomes of it.
        fate: BatchFate,
    },
}

/// Segments that were written into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanedGroup {
    /// Base offsets of the old segments; the new one has the first.
    pub sources: Vec<i64>,
    /// Bytes of the old segments.
    pub bytes_before: u64,
    /// Bytes of the new one.
    pub bytes_after: u64,
}

/// What a cleaning did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanReport {
    /// How the log looked before.
    pub before: CleanerState,
    /// The first offset not cleaned: where the next cleaning starts.
    pub end_offset: i64,
    /// Keys mapped.
    pub keys: u64,
    /// True if the map was full before the dirty part was at its end.
    pub map_full: bool,
    /// The segments written.
    pub groups: Vec<CleanedGroup>,
    /// Records kept in them.
    pub records_kept: u64,
    /// Records removed.
    pub records_removed: u64,
}

impl Log {
    /// How this log looks to the cleaner now (`cleanableOffsets`, `LogToClean`).
    pub fn cleaner_state(&self, now_ms: i64) -> CleanerState {
        let first_dirty_offset = self.first_dirty_offset();
        let aligned = self.align_down(self.uncleanable_offset(first_dirty_offset, now_ms));
        let clean_bytes = self.bytes_of_segments(i64::MIN, first_dirty_offset);
        let dirty_bytes = self.bytes_of_segments(first_dirty_offset.min(aligned), aligned);
        let max_lag_exceeded = self.is_past_max_lag(first_dirty_offset, now_ms);
        let total = clean_bytes.saturating_add(dirty_bytes);
        let ratio = self.config.min_cleanable_dirty_ratio;
        let due = self.config.cleanup_policy.compact
            && total > 0
            && ((max_lag_exceeded && dirty_bytes > 0) || ratio.is_exceeded_by(dirty_bytes, total));
        CleanerState {
            first_dirty_offset,
            first_uncleanable_offset: aligned,
            clean_bytes,
            dirty_bytes,
            max_lag_exceeded,
            due,
        }
    }

    /// Where the last cleaning ended, if there was one.
    pub fn cleaner_checkpoint(&self) -> Option<i64> {
        self.cleaner_checkpoint
    }

    /// The checkpoint, or the log start where the checkpoint lies outside the log.
    fn first_dirty_offset(&self) -> i64 {
        self.cleaner_checkpoint
            .filter(|offset| (self.log_start_offset..=self.log_end_offset).contains(offset))
            .unwrap_or(self.log_start_offset)
    }

    /// The first offset that may not be cleaned yet, not below the first dirty one (R-LOG-61).
    fn uncleanable_offset(&self, first_dirty_offset: i64, now_ms: i64) -> i64 {
        let lag_ms = self.config.min_compaction_lag_ms;
        let too_young = (lag_ms > 0)
            .then(|| {
                self.closed_segments_from(first_dirty_offset)
                    .find(|segment| segment.largest_timestamp() > now_ms.saturating_sub(lag_ms))
                    .map(Segment::base_offset)
            })
            .flatten();
        let bound = self.last_stable_offset().min(self.active.base_offset());
        too_young.map_or(bound, |young| young.min(bound)).max(first_dirty_offset)
    }

    /// The base offset of the closed segment that holds `offset`, or that of the active one.
    fn align_down(&self, offset: i64) -> i64 {
        self.closed_segments_from(offset)
            .next()
            .map_or(self.active.base_offset(), Segment::base_offset)
    }

    fn is_past_max_lag(&self, first_dirty_offset: i64, now_ms: i64) -> bool {
        let clean_until = now_ms.saturating_sub(self.config.max_compaction_lag_ms.max(0));
        self.closed_segments_from(first_dirty_offset)
            .filter_map(Segment::first_batch_timestamp)
            .filter(|timestamp| *timestamp > 0)
            .min()
            .is_some_and(|earliest| earliest < clean_until)
    }

    /// Closed segments from the one that holds `offset` on (`nonActiveLogSegmentsFrom`).
    fn closed_segments_from(&self, offset: i64) -> impl Iterator<Item = &Segment> {
        let first = self.floor_index(offset);
        self.closed.get(first..).unwrap_or_default().iter().map(AsRef::as_ref)
    }

    /// Segments from the one that holds `from` on that start below `to` (`LogSegments.values`).
    fn segments_between(&self, from: i64, to: i64) -> impl Iterator<Item = &Segment> {
        let first = self.floor_index(from);
        let all = if from < to { self.segment_count() } else { 0 };
        self.segments_from(first).take(all).take_while(move |segment| segment.base_offset() < to)
    }

    fn bytes_of_segments(&self, from: i64, to: i64) -> u64 {
        self.segments_between(from, to).map(|segment| u64::from(segment.size())).sum()
    }

    /// A log that was cut has its checkpoint pulled back to where its active segment starts
    /// (`maybeTruncateCleanerCheckpointToActiveSegmentOffset`).
    pub(super) fn truncate_cleaner_checkpoint(&mut self) {
        if self.config.cleanup_policy.compact {
            let base_offset = self.active.base_offset();
            self.cleaner_checkpoint = self.cleaner_checkpoint.map(|end| end.min(base_offset));
        }
    }
}
