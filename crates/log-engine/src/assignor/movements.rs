//! Who gave which partition to whom while the general algorithm balances
//! (`AbstractStickyAssignor.PartitionMovements`): it turns a detour A to B, B to A into no move at all.

use sorted::SortedMap;
use std::sync::Arc;

use super::java_hash::PartitionSet;
use crate::ids::TopicPartition;

/// From one member to another, by their numbers.
type Pair = (usize, usize);

/// The moves so far.
#[derive(Debug, Default)]
pub(super) struct Movements {
    by_topic: SortedMap<Arc<str>, SortedMap<Pair, PartitionSet>>,
    by_partition: SortedMap<TopicPartition, Pair>,
}

impl Movements {
    /// Notes that `partition` goes from `from` to `to`.
    pub(super) fn record(&mut self, partition: &TopicPartition, from: usize, to: usize) {
        match self.by_partition.get(partition).copied() {
            Some(earlier) => {
                self.forget(partition, earlier);
                if earlier.0 != to {
                    self.note(partition, (earlier.0, to));
                }
            }
            None => self.note(partition, (from, to)),
        }
    }

    /// The partition to move instead of `partition`: one of the topic that once went the other way.
    pub(super) fn better(
        &self,
        partition: &TopicPartition,
        from: usize,
        to: usize,
    ) -> TopicPartition {
        let from = self.by_partition.get(partition).map_or(from, |earlier| earlier.0);
        self.by_topic
            .get(&partition.topic)
            .and_then(|pairs| pairs.get(&(to, from)))
            .and_then(PartitionSet::first)
            .unwrap_or(partition)
            .clone()
    }

    fn note(&mut self, partition: &TopicPartition, pair: Pair) {
        self.by_partition.insert(partition.clone(), pair);
        let pairs = self.by_topic.entry(partition.topic.clone()).or_default();
        pairs.entry(pair).or_default().insert(partition.clone());
    }

    fn forget(&mut self, partition: &TopicPartition, pair: Pair) {
        self.by_partition.remove(partition);
        let Some(pairs) = self.by_topic.get_mut(&partition.topic) else { return };
        if let Some(set) = pairs.get_mut(&pair) {
            set.remove(partition);
            if set.is_empty() {
                pairs.remove(&pair);
            }
        }
        if pairs.is_empty() {
            self.by_topic.remove(&partition.topic);
        }
    }
}
