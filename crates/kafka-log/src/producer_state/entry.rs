//! One producer as a partition knows it (`ProducerStateEntry`, `BatchMetadata`).

use crate::batch::{
    Batch, NO_OFFSET, NO_PRODUCER_EPOCH, NO_SEQUENCE, NO_TIMESTAMP, decrement_sequence,
};

/// Batches a partition remembers of each producer, to know a duplicate by.
const BATCHES_TO_RETAIN: usize = 5;

/// What is remembered of one batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BatchMetadata {
    /// Sequence number of its last record.
    pub last_sequence: i32,
    /// Its last offset.
    pub last_offset: i64,
    /// Last offset - first offset.
    pub offset_delta: i32,
    /// Its largest timestamp, ms.
    pub timestamp: i64,
}

impl BatchMetadata {
    /// Sequence number of its first record.
    pub fn first_sequence(&self) -> i32 {
        decrement_sequence(self.last_sequence, self.offset_delta)
    }

    /// Its first offset.
    pub fn first_offset(&self) -> i64 {
        self.last_offset.wrapping_sub(i64::from(self.offset_delta))
    }
}

/// The last batches of a producer, oldest first; at most five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BatchWindow {
    slots: [Option<BatchMetadata>; BATCHES_TO_RETAIN],
}

impl BatchWindow {
    /// The batches, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &BatchMetadata> {
        self.slots.iter().flatten()
    }

    /// The newest batch.
    pub fn last(&self) -> Option<&BatchMetadata> {
        self.slots.iter().rev().flatten().next()
    }

    /// True without a batch.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Option::is_none)
    }

    fn push(&mut self, batch: BatchMetadata) {
        if let Some(free) = self.slots.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(batch);
            return;
        }
        self.slots.rotate_left(1);
        if let Some(last) = self.slots.last_mut() {
            *last = Some(batch);
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// One producer's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProducerEntry {
    /// Its epoch, or -1.
    pub producer_epoch: i16,
    /// Epoch of the coordinator that wrote its last marker, or -1.
    pub coordinator_epoch: i32,
    /// Timestamp of its last batch or marker, ms, or -1.
    pub last_timestamp: i64,
    /// First offset of its open transaction.
    pub current_txn_first_offset: Option<i64>,
    /// Its last batches under the present epoch.
    pub batches: BatchWindow,
}

impl ProducerEntry {
    /// A producer of which nothing is known.
    pub const EMPTY: Self = Self {
        producer_epoch: NO_PRODUCER_EPOCH,
        coordinator_epoch: -1,
        last_timestamp: NO_TIMESTAMP,
        current_txn_first_offset: None,
        batches: BatchWindow { slots: [None; BATCHES_TO_RETAIN] },
    };

    /// Sequence number of the last record written, or -1.
    pub fn last_sequence(&self) -> i32 {
        self.batches.last().map_or(NO_SEQUENCE, |batch| batch.last_sequence)
    }

    /// Offset of the last record written, or -1.
    pub fn last_data_offset(&self) -> i64 {
        self.batches.last().map_or(NO_OFFSET, |batch| batch.last_offset)
    }

    /// Last offset - first offset of the last batch written, or 0.
    pub fn last_offset_delta(&self) -> i32 {
        self.batches.last().map_or(0, |batch| batch.offset_delta)
    }

    /// The remembered batch that this one is a retry of.
    pub fn find_duplicate(&self, batch: &Batch) -> Option<&BatchMetadata> {
        if batch.producer_epoch() != self.producer_epoch {
            return None;
        }
        let (first, last) = (batch.base_sequence(), batch.last_sequence());
        self.batches
            .iter()
            .find(|known| known.first_sequence() == first && known.last_sequence == last)
    }

    /// True if it wrote nothing for this long and has no open transaction.
    pub fn is_expired(&self, now_ms: i64, expiration_ms: i64) -> bool {
        self.current_txn_first_offset.is_none()
            && now_ms.saturating_sub(self.last_timestamp) >= expiration_ms
    }

    /// The producer as a snapshot keeps it: with its last batch alone.
    pub(crate) fn in_snapshot(&self) -> Self {
        let mut entry = self.without_batches();
        if let Some(last) = self.batches.last() {
            entry.set_last_batch(last.last_sequence, last.last_offset, last.offset_delta);
        }
        entry
    }

    /// Sets the one batch that a snapshot knows; a negative offset means there is none.
    pub(crate) fn set_last_batch(
        &mut self,
        last_sequence: i32,
        last_offset: i64,
        offset_delta: i32,
    ) {
        self.batches.clear();
        if last_offset >= 0 {
            let timestamp = self.last_timestamp;
            let batch = BatchMetadata { last_sequence, last_offset, offset_delta, timestamp };
            self.batches.push(batch);
        }
    }

    /// The same producer before any batch of the append at hand.
    pub(crate) fn without_batches(&self) -> Self {
        Self { batches: BatchWindow::default(), ..*self }
    }

    pub(crate) fn add_batch(&mut self, producer_epoch: i16, batch: BatchMetadata) {
        self.set_epoch(producer_epoch);
        self.last_timestamp = batch.timestamp;
        self.batches.push(batch);
    }

    /// A marker ends the transaction; a new epoch forgets the batches of the old one.
    pub(crate) fn end_txn(&mut self, producer_epoch: i16, coordinator_epoch: i32, timestamp: i64) {
        self.set_epoch(producer_epoch);
        self.coordinator_epoch = coordinator_epoch;
        self.current_txn_first_offset = None;
        self.last_timestamp = timestamp;
    }

    /// Takes over what an append changed.
    pub(crate) fn merge(&mut self, next: &Self) {
        self.set_epoch(next.producer_epoch);
        for batch in next.batches.iter() {
            self.batches.push(*batch);
        }
        self.coordinator_epoch = next.coordinator_epoch;
        self.current_txn_first_offset = next.current_txn_first_offset;
        self.last_timestamp = next.last_timestamp;
    }

    fn set_epoch(&mut self, producer_epoch: i16) {
        if self.producer_epoch != producer_epoch {
            self.batches.clear();
            self.producer_epoch = producer_epoch;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_batches_are_remembered_and_a_new_epoch_forgets_them() {
        let mut entry = ProducerEntry::EMPTY;
        for n in 0..7 {
            let batch = BatchMetadata {
                last_sequence: n * 10 + 9,
                last_offset: i64::from(n) * 10 + 9,
                offset_delta: 9,
                timestamp: i64::from(n),
            };
            entry.add_batch(0, batch);
        }
        let firsts: Vec<i32> = entry.batches.iter().map(BatchMetadata::first_sequence).collect();
        assert_eq!(firsts, [20, 30, 40, 50, 60]);
        assert_eq!((entry.last_sequence(), entry.last_data_offset()), (69, 69));

        entry.end_txn(1, 0, 99);
        assert!(entry.batches.is_empty());
        assert_eq!((entry.last_sequence(), entry.last_data_offset()), (-1, -1));
    }

    #[test]
    fn an_open_transaction_never_expires() {
        let mut entry = ProducerEntry { last_timestamp: 0, ..ProducerEntry::EMPTY };
        assert!(entry.is_expired(100, 100) && !entry.is_expired(99, 100));
        entry.current_txn_first_offset = Some(5);
        assert!(!entry.is_expired(1_000_000, 100));
    }
}
