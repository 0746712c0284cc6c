//! The offset index, the time index and the index of aborted transactions (R-LOG-27;
//! `OffsetIndex`, `TimeIndex`, `AbortedTxn`).

use crate::batch::NO_TIMESTAMP;
use crate::chunked::Chunked;

/// An entry of an offset index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OffsetIndexEntry {
    /// Last offset of a batch.
    pub offset: i64,
    /// Where that batch starts in the segment's file.
    pub position: u32,
}

/// An entry of a time index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeIndexEntry {
    /// Largest timestamp up to the batch the entry was made before, ms.
    pub timestamp: i64,
    /// Last offset of the batch that has it.
    pub offset: i64,
}

/// An entry of the index of aborted transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbortedTxn {
    /// Producer id.
    pub producer_id: i64,
    /// First offset of the transaction in this partition.
    pub first_offset: i64,
    /// Offset of its marker.
    pub last_offset: i64,
    /// The last stable offset right after the marker.
    pub last_stable_offset: i64,
}

/// Where batches lie, by offset.
#[derive(Clone, Debug)]
pub(crate) struct OffsetIndex {
    base_offset: i64,
    entries: Chunked<OffsetIndexEntry>,
    max_entries: u32,
}

impl OffsetIndex {
    /// Bytes of its own beside one that shares entries with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        self.entries.unshared_bytes(&other.entries)
    }

    pub(crate) fn new(base_offset: i64, max_entries: u32) -> Self {
        Self { base_offset, entries: Chunked::default(), max_entries }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() as u64 >= u64::from(self.max_entries)
    }

    pub(crate) fn append(&mut self, offset: i64, position: u32) {
        self.entries.push(OffsetIndexEntry { offset, position });
    }

    /// Bytes of its entries in the file: eight each.
    pub(crate) fn size_in_bytes(&self) -> u64 {
        self.entries.len() as u64 * 8
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &OffsetIndexEntry> {
        self.entries.iter()
    }

    /// The last entry not above `offset`, or the segment's start.
    pub(crate) fn lookup(&self, offset: i64) -> OffsetIndexEntry {
        let above = self.entries.partition_point(|entry| entry.offset <= offset);
        let entry = above.checked_sub(1).and_then(|index| self.entries.get(index));
        entry.copied().unwrap_or(OffsetIndexEntry { offset: self.base_offset, position: 0 })
    }

    /// The first entry at or after `position`.
    pub(crate) fn first_at(&self, position: u64) -> Option<OffsetIndexEntry> {
        let index = self.entries.partition_point(|entry| u64::from(entry.position) < position);
        self.entries.get(index).copied()
    }

    pub(crate) fn truncate_to(&mut self, offset: i64) {
        let kept = self.entries.partition_point(|entry| entry.offset < offset);
        self.entries.truncate(kept);
    }
}

/// Where timestamps are reached.
#[derive(Clone, Debug)]
pub(crate) struct TimeIndex {
    base_offset: i64,
    entries: Chunked<TimeIndexEntry>,
    max_entries: u32,
}

impl TimeIndex {
    /// Bytes of its own beside one that shares entries with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        self.entries.unshared_bytes(&other.entries)
    }

    pub(crate) fn new(base_offset: i64, max_entries: u32) -> Self {
        Self { base_offset, entries: Chunked::default(), max_entries }
    }

    /// The last slot is kept for the entry of the roll.
    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() as u64 + 1 >= u64::from(self.max_entries)
    }

    /// Bytes of its entries in the file: twelve each.
    pub(crate) fn size_in_bytes(&self) -> u64 {
        self.entries.len() as u64 * 12
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &TimeIndexEntry> {
        self.entries.iter()
    }

    pub(crate) fn last_entry(&self) -> TimeIndexEntry {
        let none = TimeIndexEntry { timestamp: NO_TIMESTAMP, offset: self.base_offset };
        self.entries.last().copied().unwrap_or(none)
    }

    /// Appends an entry if its timestamp is larger than the last one's.
    pub(crate) fn maybe_append(&mut self, entry: TimeIndexEntry) {
        if !self.is_full() {
            self.append_last(entry);
        }
    }

    /// As [`TimeIndex::maybe_append`], also into the slot kept for it.
    pub(crate) fn append_last(&mut self, entry: TimeIndexEntry) {
        if entry.timestamp > self.last_entry().timestamp {
            self.entries.push(entry);
        }
    }

    /// The last entry not later than `timestamp`, or the segment's start.
    pub(crate) fn lookup(&self, timestamp: i64) -> TimeIndexEntry {
        let above = self.entries.partition_point(|entry| entry.timestamp <= timestamp);
        let entry = above.checked_sub(1).and_then(|index| self.entries.get(index));
        entry
            .copied()
            .unwrap_or(TimeIndexEntry { timestamp: NO_TIMESTAMP, offset: self.base_offset })
    }

    pub(crate) fn truncate_to(&mut self, offset: i64) {
        let kept = self.entries.partition_point(|entry| entry.offset < offset);
        self.entries.truncate(kept);
    }
}
