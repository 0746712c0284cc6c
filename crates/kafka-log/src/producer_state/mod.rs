//! What a partition knows of its idempotent and transactional producers (R-LOG-75, R-LOG-76;
//! `ProducerStateManager`).

mod append;
mod entry;

use sorted::SortedMap;
use std::sync::Arc;

pub use append::ProducerStateError;
pub(crate) use append::{CompletedTxn, ProducerAppend};
pub use entry::{BatchMetadata, BatchWindow, ProducerEntry};

/// The last batches' entries by producer id, shared by snapshots and clones.
pub(crate) type Producers = Arc<SortedMap<i64, ProducerEntry>>;

/// A transaction of which this partition holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Txn {
    producer_id: i64,
    first_offset: i64,
    last_offset: Option<i64>,
}

/// The producers of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProducerState {
    producers: Producers,
    /// By first offset: data written, no marker yet.
    ongoing: SortedMap<i64, Txn>,
    /// By first offset: marker written, but not yet below the high watermark.
    unreplicated: SortedMap<i64, Txn>,
    /// By the offset they were taken at: one a segment, so a clone shares them.
    snapshots: Arc<SortedMap<i64, Producers>>,
    map_end_offset: i64,
    snapshot_offset: i64,
}

impl ProducerState {
    pub(crate) fn starting_at(offset: i64) -> Self {
        Self { map_end_offset: offset, snapshot_offset: offset, ..Self::default() }
    }

    pub(crate) fn producers(&self) -> &Producers {
        &self.producers
    }

    pub(crate) fn snapshots(&self) -> &SortedMap<i64, Producers> {
        &self.snapshots
    }

    pub(crate) fn entry(&self, producer_id: i64) -> Option<&ProducerEntry> {
        self.producers.get(&producer_id)
    }

    /// Bytes of its own beside another moment of it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let entries = |producers: &Producers| {
            producers.len().saturating_mul(size_of::<(i64, ProducerEntry)>())
        };
        let own = if Arc::ptr_eq(&self.producers, &other.producers) {
            0
        } else {
            entries(&self.producers)
        };
        let snapshots = if Arc::ptr_eq(&self.snapshots, &other.snapshots) {
            0
        } else {
            self.snapshots.len().saturating_mul(size_of::<(i64, Producers)>())
        };
        own.saturating_add(snapshots)
    }

    pub(crate) fn map_end_offset(&self) -> i64 {
        self.map_end_offset
    }

    pub(crate) fn set_map_end_offset(&mut self, offset: i64) {
        self.map_end_offset = offset;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.producers.is_empty() && self.unreplicated.is_empty()
    }

    /// First offset of the earliest transaction whose outcome is not yet known everywhere.
    pub(crate) fn first_unstable_offset(&self) -> Option<i64> {
        let first = |txns: &SortedMap<i64, Txn>| txns.first_key_value().map(|(offset, _)| *offset);
        match (first(&self.ongoing), first(&self.unreplicated)) {
            (Some(ongoing), Some(unreplicated)) => Some(ongoing.min(unreplicated)),
            (ongoing, unreplicated) => ongoing.or(unreplicated),
        }
    }

    pub(crate) fn on_high_watermark_updated(&mut self, high_watermark: i64) {
        self.drop_unreplicated_below(high_watermark);
    }

    pub(crate) fn on_log_start_offset_incremented(&mut self, log_start_offset: i64) {
        self.drop_unreplicated_below(log_start_offset);
        self.map_end_offset = self.map_end_offset.max(log_start_offset);
        self.snapshot_offset = self.latest_snapshot_offset().unwrap_or(log_start_offset);
    }

    fn drop_unreplicated_below(&mut self, offset: i64) {
        if !self.unreplicated.is_empty() {
            self.unreplicated.retain(|_, txn| txn.last_offset.is_none_or(|last| last >= offset));
        }
    }

    /// Takes over what a checked append changed.
    pub(crate) fn update(&mut self, append: &ProducerAppend) {
        let producers = Arc::make_mut(&mut self.producers);
        match producers.get_mut(&append.producer_id()) {
            Some(entry) => entry.merge(append.updated()),
            None => {
                producers.insert(append.producer_id(), *append.updated());
            }
        }
        for first_offset in append.started_txns() {
            let txn = Txn { producer_id: append.producer_id(), first_offset, last_offset: None };
            self.ongoing.insert(first_offset, txn);
        }
    }

    /// The last stable offset right after this transaction ends: what the index of aborted
    /// transactions keeps with it.
    pub(crate) fn last_stable_offset(&self, completed: &CompletedTxn) -> i64 {
        self.ongoing
            .values()
            .find(|txn| txn.producer_id != completed.producer_id)
            .map_or(completed.last_offset.saturating_add(1), |txn| txn.first_offset)
    }

    pub(crate) fn complete_txn(&mut self, completed: &CompletedTxn) {
        if let Some(mut txn) = self.ongoing.remove(&completed.first_offset) {
            txn.last_offset = Some(completed.last_offset);
            self.unreplicated.insert(completed.first_offset, txn);
        }
    }

    /// Forgets producers that wrote nothing for `producer.id.expiration.ms` and have no open
    /// transaction.
    pub(crate) fn remove_expired(&mut self, now_ms: i64, expiration_ms: i64) {
        let expired = |entry: &ProducerEntry| entry.is_expired(now_ms, expiration_ms);
        if self.producers.values().any(expired) {
            Arc::make_mut(&mut self.producers).retain(|_, entry| !expired(entry));
        }
    }

    pub(crate) fn latest_snapshot_offset(&self) -> Option<i64> {
        self.snapshots.last_key_value().map(|(offset, _)| *offset)
    }

    /// Keeps the state as of the end of what was written, as the `.snapshot` file does.
    pub(crate) fn take_snapshot(&mut self) {
        if self.map_end_offset > self.snapshot_offset {
            let producers = self.producers.iter().map(|(id, entry)| (*id, entry.in_snapshot()));
            let snapshot = Arc::new(producers.collect());
            Arc::make_mut(&mut self.snapshots).insert(self.map_end_offset, snapshot);
            self.snapshot_offset = self.map_end_offset;
        }
    }

    pub(crate) fn remove_snapshot(&mut self, offset: i64) {
        if self.snapshots.contains_key(&offset) {
            Arc::make_mut(&mut self.snapshots).remove(&offset);
        }
    }

    /// Goes back to the newest snapshot that a log from `log_start_offset` to `log_end_offset`
    /// can use; what is missing from there on is to be replayed.
    pub(crate) fn truncate_and_reload(
        &mut self,
        log_start_offset: i64,
        log_end_offset: i64,
        now_ms: i64,
        expiration_ms: i64,
    ) {
        Arc::make_mut(&mut self.snapshots)
            .retain(|offset, _| *offset <= log_end_offset && *offset > log_start_offset);
        if log_end_offset == self.map_end_offset {
            self.on_log_start_offset_incremented(log_start_offset);
            return;
        }
        self.ongoing.clear();
        self.unreplicated.clear();
        let newest = self.snapshots.last_key_value();
        let newest = newest.map(|(offset, producers)| (*offset, producers.clone()));
        let (offset, producers) = newest.unwrap_or((log_start_offset, Producers::default()));
        self.producers = producers;
        self.remove_expired(now_ms, expiration_ms);
        for (producer_id, entry) in self.producers.iter() {
            if let Some(first_offset) = entry.current_txn_first_offset {
                let txn = Txn { producer_id: *producer_id, first_offset, last_offset: None };
                self.ongoing.insert(first_offset, txn);
            }
        }
        self.snapshot_offset = offset;
        self.map_end_offset = offset;
    }

    /// Leaves out snapshots that were not taken where a segment starts, but the newest where it
    /// lies at or after the last segment's start (`removeStraySnapshots`).
    pub(crate) fn remove_stray_snapshots(&mut self, base_offsets: &[i64]) {
        let last = base_offsets.last().copied();
        let is_stray = |offset: &i64| base_offsets.binary_search(offset).is_err();
        let newest = self.snapshots.keys().copied().rfind(|offset| is_stray(offset));
        let kept = newest.filter(|offset| last.is_none_or(|last| *offset >= last));
        if newest.is_some() {
            Arc::make_mut(&mut self.snapshots)
                .retain(|offset, _| !is_stray(offset) || Some(*offset) == kept);
        }
    }

    /// What a broker that starts again has before it reads the log.
    pub(crate) fn keep_only_snapshots(&mut self) {
        *self = Self { snapshots: std::mem::take(&mut self.snapshots), ..Self::default() };
    }

    /// Forgets all.
    pub(crate) fn truncate_fully_and_start_at(&mut self, offset: i64) {
        *self = Self { map_end_offset: offset, ..Self::default() };
    }
}
