//! The ordered queue of what is due: by time, then by the order in which it was put in. That second key is
//! what makes two runs alike when several things fall on one millisecond.

use super::Due;
use crate::ids::TimestampMs;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

#[derive(Debug, Clone)]
struct Entry {
    at_ms: TimestampMs,
    order: u64,
    due: Due,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    // Reversed: BinaryHeap gives the largest first, the queue the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at_ms, other.order).cmp(&(self.at_ms, self.order))
    }
}

/// Everything that will happen by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventQueue {
    heap: BinaryHeap<Entry>,
    next_order: u64,
    /// How many entries there were after the last sweep.
    swept: usize,
}

/// Fewer entries than this are not worth a sweep.
const SWEPT_FROM: usize = 512;

impl EventQueue {
    /// Whether so much has been put in since the last sweep that it is worth another.
    pub(crate) fn wants_sweep(&self) -> bool {
        self.heap.len() >= SWEPT_FROM.max(self.swept.saturating_mul(2))
    }

    /// Takes out what would come to nothing.
    pub(crate) fn sweep(&mut self, is_stale: impl Fn(TimestampMs, &Due) -> bool) {
        self.heap.retain(|entry| !is_stale(entry.at_ms, &entry.due));
        self.swept = self.heap.len();
    }

    /// Bytes that a copy of it takes, without what messages carry.
    pub(crate) fn copied_bytes(&self) -> usize {
        self.heap.len().saturating_mul(size_of::<Entry>())
    }

    /// Puts something in; what falls on the same millisecond runs in the order it was put in.
    pub(crate) fn push(&mut self, at_ms: TimestampMs, due: Due) {
        self.heap.push(Entry { at_ms, order: self.next_order, due });
        self.next_order += 1;
    }

    /// All that will happen, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Due> {
        self.heap.iter().map(|entry| &entry.due)
    }

    /// Takes out what is not to happen after all.
    pub(crate) fn take(&mut self, which: impl Fn(&Due) -> bool) -> Vec<Due> {
        let mut taken = Vec::new();
        for entry in std::mem::take(&mut self.heap).into_sorted_vec().into_iter().rev() {
            if which(&entry.due) {
                taken.push(entry.due);
            } else {
                self.heap.push(entry);
            }
        }
        taken
    }

    /// When the next thing is due.
    pub(crate) fn next_at(&self) -> Option<TimestampMs> {
        self.heap.peek().map(|entry| entry.at_ms)
    }

    /// Takes the next thing if it is due by `to_ms`.
    pub(crate) fn pop_due(&mut self, to_ms: TimestampMs) -> Option<(TimestampMs, Due)> {
        if self.next_at()? > to_ms {
            return None;
        }
        self.heap.pop().map(|entry| (entry.at_ms, entry.due))
    }
}
