//! One segment: batches, their positions, and the three indexes over them (`LogSegment`).

mod index;

use std::sync::Arc;

use crate::batch::{Batch, NO_TIMESTAMP};
use crate::chunked::Chunked;
use crate::config::LogConfig;

pub use index::{AbortedTxn, OffsetIndexEntry, TimeIndexEntry};
pub(crate) use index::{OffsetIndex, TimeIndex};

/// A batch and where it starts in its segment's file.
#[derive(Clone, Debug)]
pub(crate) struct StoredBatch {
    pub(crate) batch: Batch,
    pub(crate) position: u32,
}

impl StoredBatch {
    pub(crate) fn end(&self) -> u32 {
        self.position.saturating_add(self.batch.size_in_bytes())
    }
}

/// A segment of the log.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    base_offset: i64,
    batches: Chunked<StoredBatch>,
    size: u32,
    offset_index: OffsetIndex,
    time_index: TimeIndex,
    aborted: Arc<Vec<AbortedTxn>>,
    index_interval_bytes: i32,
    bytes_since_last_index_entry: u32,
    /// Largest timestamp so far and the last offset of the batch it came with.
    max_timestamp: TimeIndexEntry,
    created_ms: i64,
    last_modified_ms: i64,
    roll_jitter_ms: i64,
}

impl Segment {
    /// An empty segment.
    pub(crate) fn new(
        base_offset: i64,
        config: &LogConfig,
        roll_jitter_ms: i64,
        now_ms: i64,
    ) -> Self {
        Self {
            base_offset,
            batches: Chunked::default(),
            size: 0,
            offset_index: OffsetIndex::new(base_offset, config.max_offset_index_entries()),
            time_index: TimeIndex::new(base_offset, config.max_time_index_entries()),
            aborted: Arc::default(),
            index_interval_bytes: config.index_interval_bytes,
            bytes_since_last_index_entry: 0,
            max_timestamp: TimeIndexEntry { timestamp: NO_TIMESTAMP, offset: base_offset },
            created_ms: now_ms,
            last_modified_ms: now_ms,
            roll_jitter_ms,
        }
    }

    pub(crate) fn base_offset(&self) -> i64 {
        self.base_offset
    }

    /// Bytes of its batches.
    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    pub(crate) fn created_ms(&self) -> i64 {
        self.created_ms
    }

    pub(crate) fn last_modified_ms(&self) -> i64 {
        self.last_modified_ms
    }

    pub(crate) fn offset_index(&self) -> &OffsetIndex {
        &self.offset_index
    }

    pub(crate) fn time_index(&self) -> &TimeIndex {
        &self.time_index
    }

    pub(crate) fn aborted_txns(&self) -> &[AbortedTxn] {
        &self.aborted
    }

    /// Largest timestamp of its records and its batch's last offset; -1 as long as none has one.
    pub(crate) fn max_timestamp(&self) -> TimeIndexEntry {
        self.max_timestamp
    }

    /// What retention goes by: the largest timestamp, else the time of the last write (R-LOG-18).
    pub(crate) fn largest_timestamp(&self) -> i64 {
        if self.max_timestamp.timestamp >= 0 {
            self.max_timestamp.timestamp
        } else {
            self.last_modified_ms
        }
    }

    /// Largest timestamp of the first batch, which the roll by time counts from.
    pub(crate) fn first_batch_timestamp(&self) -> Option<i64> {
        let first = self.batches.first()?.batch.max_timestamp();
        (first >= 0).then_some(first)
    }

    pub(crate) fn batches(&self) -> impl Iterator<Item = &StoredBatch> {
        self.batches.iter()
    }

    /// How many batches it has.
    pub(crate) fn batch_count(&self) -> usize {
        self.batches.len()
    }

    /// Batches from the first that ends at or after `offset` on.
    pub(crate) fn batches_from(&self, offset: i64) -> impl Iterator<Item = &StoredBatch> {
        self.batches.iter_from(self.index_of(offset))
    }

    /// The first batch that ends at or after `offset`.
    pub(crate) fn find(&self, offset: i64) -> Option<&StoredBatch> {
        self.batches.get(self.index_of(offset))
    }

    fn index_of(&self, offset: i64) -> usize {
        self.batches.partition_point(|stored| stored.batch.last_offset() < offset)
    }

    /// Bytes of its own beside another moment of the same segment: it shares the batches that both have.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let newer = self.batches.len().saturating_sub(other.batches.len());
        let records = usize::try_from(self.size.saturating_sub(other.size)).unwrap_or(usize::MAX);
        size_of::<Self>()
            .saturating_add(records)
            .saturating_add(newer.saturating_mul(crate::batch::SECTION_BYTES))
            .saturating_add(self.batches.unshared_bytes(&other.batches))
            .saturating_add(self.offset_index.unshared_bytes(&other.offset_index))
            .saturating_add(self.time_index.unshared_bytes(&other.time_index))
    }

    /// Bytes it takes where nobody else has it.
    pub(crate) fn own_bytes(&self) -> usize {
        let batch = size_of::<StoredBatch>().saturating_add(crate::batch::SECTION_BYTES);
        let index =
            self.offset_index.size_in_bytes().saturating_add(self.time_index.size_in_bytes());
        usize::try_from(u64::from(self.size).saturating_add(index.saturating_mul(2)))
            .unwrap_or(usize::MAX)
            .saturating_add(self.batches.len().saturating_mul(batch))
    }

    /// The offset after its last batch.
    pub(crate) fn next_offset(&self) -> i64 {
        self.batches.last().map_or(self.base_offset, |stored| stored.batch.next_offset())
    }

    /// Sets the time of the last write, as the cleaner does to keep that of the old files.
    pub(crate) fn set_last_modified_ms(&mut self, last_modified_ms: i64) {
        self.last_modified_ms = last_modified_ms;
    }

    /// Sets what is taken off the time after which the segment rolls, ms.
    pub(crate) fn set_roll_jitter_ms(&mut self, roll_jitter_ms: i64) {
        self.roll_jitter_ms = roll_jitter_ms;
    }

    /// True if this offset can be written relative to the base offset.
    pub(crate) fn can_hold_offset(&self, offset: i64) -> bool {
        let relative = offset.wrapping_sub(self.base_offset);
        (0..=i64::from(i32::MAX)).contains(&relative)
    }

    /// Whether the segment is to be closed before `incoming` is written (R-LOG-21, R-LOG-22).
    pub(crate) fn should_roll(&self, incoming: &Incoming, config: &LogConfig, now_ms: i64) -> bool {
        let waited = match self.first_batch_timestamp() {
            Some(first) => incoming.max_timestamp.saturating_sub(first),
            None => now_ms.saturating_sub(self.created_ms),
        };
        let waited_long = waited > config.max_segment_ms().saturating_sub(self.roll_jitter_ms);
        let room = i64::from(config.segment_bytes).saturating_sub(i64::from(incoming.size));
        i64::from(self.size) > room
            || (self.size > 0 && waited_long)
            || self.offset_index.is_full()
            || self.time_index.is_full()
            || !self.can_hold_offset(incoming.last_offset)
    }

    /// Writes a batch at the end. An index entry comes before it once enough bytes were written
    /// since the last one (R-LOG-27).
    pub(crate) fn append(&mut self, batch: Batch, now_ms: i64) {
        let position = self.size;
        let size = batch.size_in_bytes();
        if batch.max_timestamp() > self.max_timestamp.timestamp {
            self.max_timestamp =
                TimeIndexEntry { timestamp: batch.max_timestamp(), offset: batch.last_offset() };
        }
        let interval = self.index_interval_bytes.max(0).unsigned_abs();
        if self.bytes_since_last_index_entry > interval {
            self.offset_index.append(batch.last_offset(), position);
            self.time_index.maybe_append(self.max_timestamp);
            self.bytes_since_last_index_entry = 0;
        }
        self.bytes_since_last_index_entry = self.bytes_since_last_index_entry.saturating_add(size);
        self.batches.push(StoredBatch { batch, position });
        self.size = position.saturating_add(size);
        self.last_modified_ms = now_ms;
    }

    /// Adds an aborted transaction to the index.
    pub(crate) fn append_aborted(&mut self, aborted: AbortedTxn) {
        Arc::make_mut(&mut self.aborted).push(aborted);
    }

    /// The segment as a broker that starts again has it.
    pub(crate) fn reopened(&self, now_ms: i64) -> Self {
        let mut segment =
            Self { created_ms: now_ms, bytes_since_last_index_entry: 0, ..self.clone() };
        segment.time_index.append_last(segment.max_timestamp);
        segment
    }

    /// The segment before anything was written to it, as it is when it is read anew.
    pub(crate) fn emptied(&self, config: &LogConfig, now_ms: i64) -> Self {
        let last_modified_ms = self.last_modified_ms;
        Self {
            last_modified_ms,
            ..Self::new(self.base_offset, config, self.roll_jitter_ms, now_ms)
        }
    }

    /// The segment stops being active: the time index gets its last entry.
    pub(crate) fn on_become_inactive(&mut self) {
        self.time_index.append_last(self.max_timestamp);
    }

    /// Cuts the segment before the first batch that ends at or after `offset` (R-LOG-83).
    pub(crate) fn truncate_to(&mut self, offset: i64, now_ms: i64) {
        let kept = self.index_of(offset);
        self.offset_index.truncate_to(offset);
        self.time_index.truncate_to(offset);
        let aborted = self.aborted.partition_point(|txn| txn.last_offset < offset);
        if aborted < self.aborted.len() {
            Arc::make_mut(&mut self.aborted).truncate(aborted);
        }
        if kept < self.batches.len() {
            self.batches.truncate(kept);
            self.last_modified_ms = now_ms;
        }
        self.size = self.batches.last().map_or(0, StoredBatch::end);
        if self.size == 0 {
            self.created_ms = now_ms;
        }
        self.bytes_since_last_index_entry = 0;
        if self.max_timestamp.timestamp >= 0 {
            self.max_timestamp = self.read_max_timestamp();
        }
    }

    /// The largest timestamp, from the time index and the batches after its last entry.
    fn read_max_timestamp(&self) -> TimeIndexEntry {
        let indexed = self.time_index.last_entry();
        let position = self.offset_index.lookup(indexed.offset).position;
        let mut largest = TimeIndexEntry { timestamp: NO_TIMESTAMP, offset: -1 };
        for stored in self.batches_from_position(position) {
            if stored.batch.max_timestamp() > largest.timestamp {
                largest = TimeIndexEntry {
                    timestamp: stored.batch.max_timestamp(),
                    offset: stored.batch.last_offset(),
                };
            }
        }
        if largest.timestamp > indexed.timestamp { largest } else { indexed }
    }

    pub(crate) fn batches_from_position(
        &self,
        position: u32,
    ) -> impl Iterator<Item = &StoredBatch> {
        let index = self.batches.partition_point(|stored| stored.position < position);
        self.batches.iter_from(index)
    }
}

/// What a roll is decided by: the chunk about to be appended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming {
    pub(crate) size: u32,
    pub(crate) max_timestamp: i64,
    pub(crate) last_offset: i64,
}
