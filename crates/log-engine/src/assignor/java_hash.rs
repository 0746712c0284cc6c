//! The order in which a Java `HashMap` or `HashSet` gives its keys back.
//!
//! Buckets in index order, and within a bucket the order of insertion; growing keeps that order. (A bucket
//! of eight or more keys turns into a tree in Java, which may put another key first: left out.)

use crate::ids::TopicPartition;
use crate::partitioner::java_string_hash;

const INITIAL_CAPACITY: u32 = 16;

/// Capacity of a table that has held `size` keys at most: it doubles when three quarters are exceeded.
fn capacity(size: usize) -> u32 {
    let mut capacity = INITIAL_CAPACITY;
    while u64::try_from(size).unwrap_or(u64::MAX) * 4 > u64::from(capacity) * 3
        && capacity < 1 << 30
    {
        capacity *= 2;
    }
    capacity
}

fn bucket(hash: i32, capacity: u32) -> u32 {
    let hash = hash.cast_unsigned();
    (hash ^ (hash >> 16)) & (capacity - 1)
}

/// Puts strings, given in the order of insertion, into the order a `HashMap` iterates them in.
#[must_use]
pub fn hash_map_order<T>(mut items: Vec<T>, key: impl Fn(&T) -> &str) -> Vec<T> {
    let capacity = capacity(items.len());
    sorted::sort_by_key(&mut items, |item| bucket(java_string_hash(key(item)), capacity));
    items
}

/// `TopicPartition.hashCode`.
fn topic_partition_hash(partition: &TopicPartition) -> i32 {
    31i32
        .wrapping_add(partition.partition)
        .wrapping_mul(31)
        .wrapping_add(java_string_hash(&partition.topic))
}

/// A set of partitions that iterates as Java's `HashSet<TopicPartition>`.
#[derive(Debug, Default)]
pub(super) struct PartitionSet {
    inserted: Vec<TopicPartition>,
    peak: usize,
}

impl PartitionSet {
    pub(super) fn insert(&mut self, partition: TopicPartition) {
        if !self.inserted.contains(&partition) {
            self.inserted.push(partition);
            self.peak = self.peak.max(self.inserted.len());
        }
    }

    pub(super) fn remove(&mut self, partition: &TopicPartition) {
        self.inserted.retain(|other| other != partition);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty()
    }

    /// What `iterator().next()` gives.
    pub(super) fn first(&self) -> Option<&TopicPartition> {
        let capacity = capacity(self.peak);
        self.inserted.iter().min_by_key(|p| bucket(topic_partition_hash(p), capacity))
    }
}
