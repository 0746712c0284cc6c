//! What a log knows of its producers, for readers, and what time takes of it.

use sorted::SortedMap;

use super::Log;
use crate::producer_state::ProducerEntry;

impl Log {
    /// The producers with state here, by producer id.
    pub fn producers(&self) -> impl Iterator<Item = (i64, &ProducerEntry)> {
        self.producer_state.producers().iter().map(|(producer_id, entry)| (*producer_id, entry))
    }

    /// What is known of one producer.
    pub fn producer(&self, producer_id: i64) -> Option<&ProducerEntry> {
        self.producer_state.entry(producer_id)
    }

    /// True while the producer has a transaction open in this partition.
    pub fn has_ongoing_transaction(&self, producer_id: i64) -> bool {
        self.producer(producer_id).is_some_and(|entry| entry.current_txn_first_offset.is_some())
    }

    /// Sets `producer.id.expiration.ms`, the broker's.
    pub fn set_producer_id_expiration_ms(&mut self, expiration_ms: i64) {
        self.producer_id_expiration_ms = expiration_ms;
    }

    /// Forgets producers that have been silent too long; the broker checks each ten minutes
    /// (R-LOG-75).
    pub fn remove_expired_producers(&mut self, now_ms: i64) {
        self.producer_state.remove_expired(now_ms, self.producer_id_expiration_ms);
    }

    /// The snapshots of producer state, by the offset they were taken at. They hold the last batch
    /// of each producer only.
    pub fn producer_snapshots(
        &self,
    ) -> impl Iterator<Item = (i64, &SortedMap<i64, ProducerEntry>)> + '_ {
        self.producer_state.snapshots().iter().map(|(offset, producers)| (*offset, &**producers))
    }
}
