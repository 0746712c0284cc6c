//! Cutting a log's end, as followers and recovery do (R-LOG-83; `UnifiedLog.truncateTo`).

use std::sync::Arc;

use super::Log;
use super::append::AppendOrigin;
use crate::batch::Batch;
use crate::producer_state::ProducerAppend;
use crate::segment::Segment;

/// What a truncation took away.
#[derive(Clone, Debug, Default)]
pub struct Truncated {
    /// The batches that were dropped, oldest first.
    pub batches: Vec<Batch>,
}

impl Log {
    /// Cuts the log so that it ends at `offset`: every batch goes whose last offset is there or
    /// above. Batches are not split, so what is left may end below the new log end. Nothing is
    /// dropped if the log ends at or before `offset`; none is returned then.
    pub fn truncate_to(&mut self, offset: i64, now_ms: i64) -> Option<Truncated> {
        let offset = offset.max(0);
        if offset >= self.log_end_offset {
            self.leader_epochs.truncate_from_end(self.log_end_offset);
            return None;
        }
        if self.first_base_offset() > offset {
            return Some(self.truncate_fully_and_start_at(offset, now_ms));
        }
        let dropped = Truncated { batches: self.batches_from(offset).cloned().collect() };
        self.remove_segments_above(offset);
        let active = Arc::make_mut(&mut self.active);
        active.truncate_to(offset, now_ms);
        self.log_end_offset = offset;
        self.leader_epochs.truncate_from_end(offset);
        self.log_start_offset = self.log_start_offset.min(offset);
        self.rebuild_producer_state(offset, now_ms);
        if self.high_watermark >= offset {
            self.update_high_watermark(offset);
        }
        self.truncate_cleaner_checkpoint();
        Some(dropped)
    }

    /// Drops everything and starts again at `offset` (`truncateFullyAndStartAt`): a follower whose
    /// log lies outside its leader's.
    pub fn truncate_fully_and_start_at(&mut self, offset: i64, now_ms: i64) -> Truncated {
        let dropped = Truncated { batches: self.batches_from(i64::MIN).cloned().collect() };
        self.closed = Arc::default();
        let jitter = self.draw_jitter(offset);
        self.active = Arc::new(Segment::new(offset, &self.config, jitter, now_ms));
        self.log_end_offset = offset;
        self.log_start_offset = offset;
        self.leader_epochs.clear();
        self.producer_state.truncate_fully_and_start_at(offset);
        self.rebuild_producer_state(offset, now_ms);
        self.update_high_watermark(offset);
        self.truncate_cleaner_checkpoint();
        dropped
    }

    /// Removes the segments that start above `offset`; the one before them becomes active.
    fn remove_segments_above(&mut self, offset: i64) {
        while self.active.base_offset() > offset {
            let Some(last) = Arc::make_mut(&mut self.closed).pop() else { return };
            let removed = std::mem::replace(&mut self.active, last);
            self.producer_state.remove_snapshot(removed.base_offset());
        }
    }

    /// `UnifiedLog.rebuildProducerState`: from the newest usable snapshot, by replaying what was
    /// written after it.
    pub(super) fn rebuild_producer_state(&mut self, last_offset: i64, now_ms: i64) {
        let was_empty =
            self.producer_state.is_empty() && self.producer_state.map_end_offset() >= last_offset;
        self.producer_state.truncate_and_reload(
            self.log_start_offset,
            last_offset,
            now_ms,
            self.producer_id_expiration_ms,
        );
        if last_offset > self.producer_state.map_end_offset() && !was_empty {
            self.replay_producers(last_offset);
        }
        self.producer_state.set_map_end_offset(last_offset);
        self.producer_state.take_snapshot();
    }

    fn replay_producers(&mut self, last_offset: i64) {
        let first = self.floor_index(self.producer_state.map_end_offset());
        let last_two = self.closed.len().saturating_sub(1);
        for index in first..self.segment_count() {
            let Some(segment) = self.segment_at(index) else { return };
            let base_offset = segment.base_offset();
            if base_offset >= last_offset {
                return;
            }
            let start =
                base_offset.max(self.producer_state.map_end_offset()).max(self.log_start_offset);
            let batches: Vec<Batch> = segment
                .batches_from(start)
                .map(|stored| &stored.batch)
                .take_while(|batch| batch.last_offset() < last_offset)
                .filter(|batch| batch.has_producer_id())
                .cloned()
                .collect();
            self.producer_state.set_map_end_offset(start);
            if index >= last_two {
                self.producer_state.take_snapshot();
            }
            self.load_producers(&batches);
        }
    }

    /// Takes a segment's batches over into producer state, as when they were replicated.
    fn load_producers(&mut self, batches: &[Batch]) {
        let mut appends: Vec<ProducerAppend> = Vec::new();
        let mut completed = Vec::new();
        for batch in batches {
            let producer_id = batch.producer_id();
            let known = appends.iter().position(|append| append.producer_id() == producer_id);
            let index = known.unwrap_or_else(|| {
                let entry = self.producer_state.entry(producer_id);
                appends.push(ProducerAppend::new(producer_id, entry, AppendOrigin::Replication));
                appends.len().saturating_sub(1)
            });
            // What stands in the log was checked when it was written.
            if let Some(append) = appends.get_mut(index)
                && let Ok(ended) = append.append(batch)
            {
                completed.extend(ended);
            }
        }
        for append in &appends {
            self.producer_state.update(append);
        }
        for txn in &completed {
            self.producer_state.complete_txn(txn);
        }
    }
}
