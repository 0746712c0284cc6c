//! Compaction, to be looked at.

use crate::broker::{Broker, Partition};
use crate::ids::TopicPartition;
use crate::view::{CleanPassView, CleanerView};
use crate::world::World;

impl World {
    /// How the cleaner sees a partition; none if it is not compacted.
    pub(super) fn cleaner_view(
        &self,
        broker: &Broker,
        partition: &Partition,
    ) -> Option<CleanerView> {
        if !partition.config.cleanup_policy.compact {
            return None;
        }
        let state = partition.log.cleaner_state(self.now_ms);
        let (next_run_ms, next_pass_ms) = broker.cleaner_runs(partition, self.now_ms);
        let last = partition.cleaner.last.as_deref();
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        Some(CleanerView {
            first_dirty: state.first_dirty_offset,
            first_uncleanable: state.first_uncleanable_offset,
            clean_bytes: bytes(state.clean_bytes),
            dirty_bytes: bytes(state.dirty_bytes),
            dirty_ratio_millionths: state.dirty_ratio_millionths(),
            min_ratio_millionths: u32::try_from(partition.config.min_cleanable_dirty_millionths)
                .unwrap_or(u32::MAX),
            max_lag_exceeded: state.max_lag_exceeded,
            due: state.due,
            next_run_ms,
            next_pass_ms,
            cleaned_ms: last.map(|pass| pass.at_ms),
            next_horizon_ms: last.and_then(|pass| pass.next_horizon_ms),
            uncleanable: partition.cleaner.uncleanable.as_deref().map(str::to_owned),
        })
    }

    /// What a pass would do now.
    pub(crate) fn clean_preview(
        &self,
        topic: &str,
        number: i32,
        from: i64,
    ) -> Option<CleanPassView> {
        let tp = TopicPartition::new(topic, number);
        let (broker, _) = self.shown(&tp)?;
        broker.clean_preview(&tp, self.now_ms, from)
    }

    /// What the last pass did.
    pub(crate) fn last_clean(&self, topic: &str, number: i32) -> Option<CleanPassView> {
        let (_, partition) = self.shown(&TopicPartition::new(topic, number))?;
        partition.cleaner.last.as_deref().cloned()
    }
}
