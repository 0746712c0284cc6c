//! One replica's log of one partition: Kafka's `UnifiedLog` and `LocalLog`.
//!
//! Always `log start <= last stable <= high watermark <= log end`. The log reads no clock: what
//! depends on time takes `now_ms`. A clone shares closed segments, batches and indexes.

mod append;
mod compaction;
mod error;
mod lookup;
mod producers;
mod read;
mod recompress;
mod recovery;
mod restart;
mod retention;
mod roll;
mod shared;
mod truncate;
mod validate;

use std::sync::Arc;

pub use append::{AppendInfo, AppendOrigin};
pub use compaction::{
    BatchFate, CleanOptions, CleanReport, CleanStep, CleanedGroup, CleanerState, KeptRecord,
    RemovedRecord,
};
pub use error::{AppendError, OffsetOutOfRange, RecordError};
pub use lookup::{FoundOffset, OffsetSpec};
pub use read::{AbortedTransaction, Isolation, ReadInfo};
pub use recovery::{RecoveryCut, RecoveryError, SegmentFile, is_cut, read_batch};
pub use restart::{Checkpoints, Shutdown};
pub use retention::{
    DeletedSegment, DeletionReason, KeptBecause, RetentionForecast, RetentionStep,
};
pub use truncate::Truncated;

use crate::batch::Batch;
use crate::config::LogConfig;
use crate::leader_epochs::LeaderEpochs;
use crate::producer_state::ProducerState;
use crate::segment::{AbortedTxn, OffsetIndexEntry, Segment, StoredBatch, TimeIndexEntry};

/// `producer.id.expiration.ms`, a broker config: its default, one day.
pub const PRODUCER_ID_EXPIRATION_MS: i64 = 86_400_000;

/// A partition's log on one broker.
#[derive(Clone, Debug)]
pub struct Log {
    config: LogConfig,
    closed: Arc<Vec<Arc<Segment>>>,
    active: Arc<Segment>,
    log_start_offset: i64,
    log_end_offset: i64,
    high_watermark: i64,
    first_unstable_offset: Option<i64>,
    leader_epochs: LeaderEpochs,
    producer_state: ProducerState,
    producer_id_expiration_ms: i64,
    jitter_seed: u64,
    /// Where the last cleaning ended: this log's line in `cleaner-offset-checkpoint`.
    cleaner_checkpoint: Option<i64>,
}

/// A segment as a reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentInfo {
    /// First offset it can hold; it names the files.
    pub base_offset: i64,
    /// Base offset of the next segment; for the active one the log end offset.
    pub next_offset: i64,
    /// Bytes of its batches.
    pub bytes: u32,
    /// Bytes of its offset index.
    pub offset_index_bytes: u64,
    /// Bytes of its time index.
    pub time_index_bytes: u64,
    /// True for the last segment, the only one that is written to.
    pub active: bool,
    /// What retention goes by, ms: the largest timestamp, else the time of the last write.
    pub largest_timestamp: i64,
    /// The largest timestamp alone, ms; none if no record has one.
    pub largest_record_timestamp: Option<i64>,
    /// Largest timestamp of the first batch, ms: the roll by time counts from it.
    pub first_batch_timestamp: Option<i64>,
    /// When it was created, ms.
    pub created_ms: i64,
    /// When it was last written to, ms.
    pub last_modified_ms: i64,
    /// How many batches it has.
    pub batches: u64,
}

impl Log {
    /// An empty log that starts at offset 0.
    pub fn new(config: LogConfig, now_ms: i64) -> Self {
        Self::starting_at(config, 0, now_ms)
    }

    /// An empty log that starts at `offset`.
    pub fn starting_at(config: LogConfig, offset: i64, now_ms: i64) -> Self {
        let active = Arc::new(Segment::new(offset, &config, 0, now_ms));
        Self {
            config,
            closed: Arc::default(),
            active,
            log_start_offset: offset,
            log_end_offset: offset,
            high_watermark: offset,
            first_unstable_offset: None,
            leader_epochs: LeaderEpochs::default(),
            producer_state: ProducerState::starting_at(offset),
            producer_id_expiration_ms: PRODUCER_ID_EXPIRATION_MS,
            jitter_seed: 0,
            cleaner_checkpoint: None,
        }
    }

    /// Sets the seed that `segment.jitter.ms` is drawn with (R-LOG-24); equal seeds roll alike.
    #[must_use]
    pub fn with_jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = seed;
        let jitter = self.draw_jitter(self.active.base_offset());
        Arc::make_mut(&mut self.active).set_roll_jitter_ms(jitter);
        self
    }

    /// The configs in force.
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// Changes the configs. What a segment took from them when it was created (index interval
    /// and sizes, jitter) it keeps.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// The first offset a reader may have.
    pub fn log_start_offset(&self) -> i64 {
        self.log_start_offset
    }

    /// The offset the next record gets.
    pub fn log_end_offset(&self) -> i64 {
        self.log_end_offset
    }

    /// The offset below which records are replicated: consumers read up to it.
    pub fn high_watermark(&self) -> i64 {
        self.high_watermark
    }

    /// The offset below which every transaction is decided: `read_committed` consumers read up to
    /// it (R-LOG-32). It is below the log start only while DeleteRecords has cut into the first
    /// batch and a transaction that began before is still open.
    pub fn last_stable_offset(&self) -> i64 {
        match self.first_unstable_offset {
            Some(offset) if offset < self.high_watermark => offset,
            _ => self.high_watermark,
        }
    }

    /// True without a readable record.
    pub fn is_empty(&self) -> bool {
        self.log_start_offset == self.log_end_offset
    }

    /// Bytes of all segments.
    pub fn size_in_bytes(&self) -> u64 {
        self.segment_iter().map(|segment| u64::from(segment.size())).sum()
    }

    /// Bytes of the offset and time indexes of all segments.
    pub fn index_size_in_bytes(&self) -> u64 {
        let of = |segment: &Segment| {
            let (offsets, times) = (segment.offset_index(), segment.time_index());
            offsets.size_in_bytes().saturating_add(times.size_in_bytes())
        };
        self.segment_iter().map(of).sum()
    }

    /// How many segments there are; at least one.
    pub fn segment_count(&self) -> usize {
        self.closed.len().saturating_add(1)
    }

    /// Base offset of the active segment. It changes exactly when the log rolls.
    pub fn active_segment_base(&self) -> i64 {
        self.active.base_offset()
    }

    /// All segments, oldest first.
    pub fn segments(&self) -> impl Iterator<Item = SegmentInfo> + '_ {
        (0..self.segment_count()).filter_map(|index| self.segment_info(index))
    }

    /// Segments from the one that holds `offset` on, or from the oldest if none does; found in
    /// logarithmic time.
    pub fn segments_from_offset(&self, offset: i64) -> impl Iterator<Item = SegmentInfo> + '_ {
        (self.floor_index(offset)..self.segment_count())
            .filter_map(|index| self.segment_info(index))
    }

    /// The segment at this place, the oldest being 0.
    pub fn segment_info(&self, index: usize) -> Option<SegmentInfo> {
        let segment = self.segment_at(index)?;
        let next = self.segment_at(index.saturating_add(1)).map(Segment::base_offset);
        let largest = segment.max_timestamp().timestamp;
        Some(SegmentInfo {
            base_offset: segment.base_offset(),
            next_offset: next.unwrap_or(self.log_end_offset),
            bytes: segment.size(),
            offset_index_bytes: segment.offset_index().size_in_bytes(),
            time_index_bytes: segment.time_index().size_in_bytes(),
            active: next.is_none(),
            largest_timestamp: segment.largest_timestamp(),
            largest_record_timestamp: (largest >= 0).then_some(largest),
            first_batch_timestamp: segment.first_batch_timestamp(),
            created_ms: segment.created_ms(),
            last_modified_ms: segment.last_modified_ms(),
            batches: segment.batch_count() as u64,
        })
    }

    /// Batches from the first that ends at or after `offset` on, to the log's end. It starts in
    /// logarithmic time and does not stop at the high watermark.
    pub fn batches_from(&self, offset: i64) -> impl Iterator<Item = &Batch> {
        let first = self.floor_index(offset);
        self.segments_from(first)
            .enumerate()
            .flat_map(move |(nth, segment)| {
                let from = if nth == 0 { offset } else { i64::MIN };
                segment.batches_from(from)
            })
            .map(|stored| &stored.batch)
    }

    /// The batch whose offsets include `offset`, found in logarithmic time. Compaction may have
    /// left no batch there, or taken the record out of the batch.
    pub fn batch_containing(&self, offset: i64) -> Option<&Batch> {
        let segment = self.segment_at(self.floor_index(offset))?;
        let batch = &segment.find(offset)?.batch;
        (batch.base_offset() <= offset).then_some(batch)
    }

    /// Where a batch that starts at this offset lies: its segment's base offset and its position
    /// in that segment's file.
    pub fn position_of(&self, base_offset: i64) -> Option<(i64, u32)> {
        let segment = self.segment_at(self.floor_index(base_offset))?;
        let stored: &StoredBatch = segment.find(base_offset)?;
        (stored.batch.base_offset() == base_offset)
            .then_some((segment.base_offset(), stored.position))
    }

    /// The offset index of the segment with this base offset.
    pub fn offset_index(&self, base_offset: i64) -> Vec<OffsetIndexEntry> {
        let segment = self.segment_named(base_offset);
        segment.map(|s| s.offset_index().entries().copied().collect()).unwrap_or_default()
    }

    /// The time index of the segment with this base offset.
    pub fn time_index(&self, base_offset: i64) -> Vec<TimeIndexEntry> {
        let segment = self.segment_named(base_offset);
        segment.map(|s| s.time_index().entries().copied().collect()).unwrap_or_default()
    }

    /// The index of aborted transactions of the segment with this base offset.
    pub fn aborted_txns(&self, base_offset: i64) -> &[AbortedTxn] {
        self.segment_named(base_offset).map(Segment::aborted_txns).unwrap_or_default()
    }

    /// Which epoch wrote from which offset on.
    pub fn leader_epochs(&self) -> &LeaderEpochs {
        &self.leader_epochs
    }

    /// Notes that a leader epoch starts, as a replica that becomes leader does with its log end
    /// offset (R-LOG-80, `maybeAssignEpochStartOffset`).
    pub fn assign_epoch_start_offset(&mut self, leader_epoch: i32, start_offset: i64) {
        self.leader_epochs.assign(leader_epoch, start_offset);
    }

    /// Sets the high watermark, kept between log start and log end, and returns what it is now.
    pub fn update_high_watermark(&mut self, high_watermark: i64) -> i64 {
        let bounded = high_watermark.min(self.log_end_offset).max(self.log_start_offset);
        self.high_watermark = bounded;
        self.producer_state.on_high_watermark_updated(bounded);
        self.update_first_unstable_offset();
        bounded
    }

    /// Raises the high watermark and returns the old one; does nothing if it would not rise
    /// (`maybeIncrementHighWatermark`).
    pub fn increment_high_watermark(&mut self, high_watermark: i64) -> Option<i64> {
        let old = self.high_watermark;
        (high_watermark.min(self.log_end_offset) > old).then(|| {
            self.update_high_watermark(high_watermark);
            old
        })
    }

    /// Notes where the earliest undecided transaction starts. Kafka looks the offset up in the
    /// log and keeps what the look-up says: the base offset of the batch it falls into. That is
    /// another one where the transaction's first batch is gone: DeleteRecords may have taken it
    /// (the log start is looked up then, and the batch it falls into may lie below it), or
    /// compaction, before a truncation opened the transaction again. Without a batch it is the
    /// log end.
    fn update_first_unstable_offset(&mut self) {
        let first = self.producer_state.first_unstable_offset();
        self.first_unstable_offset = first.map(|offset| {
            let holder = self.batches_from(offset.max(self.log_start_offset)).next();
            holder.map_or(self.log_end_offset, Batch::base_offset)
        });
    }

    fn segment_iter(&self) -> impl DoubleEndedIterator<Item = &Segment> {
        self.closed.iter().chain(std::iter::once(&self.active)).map(Arc::as_ref)
    }

    fn segments_from(&self, index: usize) -> impl Iterator<Item = &Segment> {
        let closed = self.closed.get(index..).unwrap_or_default();
        closed.iter().chain(std::iter::once(&self.active)).map(Arc::as_ref)
    }

    fn segment_at(&self, index: usize) -> Option<&Segment> {
        match self.closed.get(index) {
            Some(segment) => Some(segment),
            None => (index == self.closed.len()).then_some(&self.active),
        }
    }

    fn segment_named(&self, base_offset: i64) -> Option<&Segment> {
        self.segment_at(self.floor_index(base_offset))
            .filter(|segment| segment.base_offset() == base_offset)
    }

    /// Index of the last segment that starts at or before `offset`, or the first segment.
    fn floor_index(&self, offset: i64) -> usize {
        if self.active.base_offset() <= offset {
            return self.closed.len();
        }
        let above = self.closed.partition_point(|segment| segment.base_offset() <= offset);
        above.saturating_sub(1)
    }

    fn first_base_offset(&self) -> i64 {
        self.closed.first().unwrap_or(&self.active).base_offset()
    }
}
