//! Which partition a record goes to (`KafkaProducer.partition`, `BuiltInPartitioner.nextPartition` and
//! `updatePartitionLoadStats`, `RoundRobinPartitioner`; R-PRD-01, R-PRD-07 to R-PRD-12), also as other clients choose it.
//!
//! Kafka's sender weighs the queues at each of its rounds; here they are weighed when a draw needs it, which is what a
//! sender that never rests would do.

use super::Producer;
use super::accumulator::TopicQueues;
use super::send::Outgoing;
use super::sticky::Sticky;
use crate::ids::{BrokerId, TimestampMs};
use crate::partitioner::{Choice, Partitioner};
use crate::sim::Rng;

/// `sticky.partitioning.linger.ms` of librdkafka.
const CHANCE_STAYS_MS: i64 = 10;

/// What a producer knows when it places a record.
pub(super) struct Knowledge {
    pub now_ms: TimestampMs,
    /// Partitions of the topic.
    pub count: i32,
    /// Those that have a leader, with it.
    pub available: Vec<(i32, BrokerId)>,
    /// Brokers that have taken no batch for `partitioner.availability.timeout.ms`.
    pub stalled: Vec<BrokerId>,
    pub partitioner: Partitioner,
    pub adaptive: bool,
    pub ignore_keys: bool,
}

impl Producer {
    /// What it knows of a topic with `count` partitions.
    pub(super) fn knowledge(&self, now_ms: TimestampMs, topic: &str, count: i32) -> Knowledge {
        let timeout_ms = self.config.availability_timeout_ms;
        let stalled = self
            .undrained
            .iter()
            .filter(|(_, since_ms)| timeout_ms > 0 && now_ms - **since_ms > timeout_ms);
        Knowledge {
            now_ms,
            count,
            available: self.metadata.available(topic),
            stalled: stalled.map(|(&broker, _)| broker).collect(),
            partitioner: self.config.partitioner,
            adaptive: self.config.adaptive_partitioning,
            ignore_keys: self.config.ignore_keys,
        }
    }

    /// A partition that the key alone decides on, for those who place many records by few keys.
    pub(super) fn hashed(&self, key: &[u8], count: i32) -> Option<i32> {
        match self.config.partitioner.choose(Some(key), count)? {
            Choice::Hashed { partition, .. } => Some(partition),
            _ => None,
        }
    }
}

/// The record's partition, else what the partitioner says; true where that is the sticky partition.
pub(super) fn choose(
    queues: &mut TopicQueues,
    record: &Outgoing<'_>,
    known: &Knowledge,
    rng: &mut Rng,
) -> (i32, bool) {
    if let Some(partition) = record.partition {
        return (partition, false);
    }
    let java = known.partitioner == Partitioner::Java;
    if let Some(partition) = record.hashed.filter(|_| !known.ignore_keys || !java) {
        return (partition, false);
    }
    let key = record.key.filter(|_| !known.ignore_keys || !java);
    match known.partitioner.choose(key, known.count) {
        Some(Choice::Hashed { partition, .. }) => (partition, false),
        Some(Choice::InTurn) => (in_turn(queues, known), false),
        Some(Choice::Chance) => (any(known.count, rng), false),
        Some(Choice::StickyChance) => {
            let stays = queues.chance.filter(|(_, until_ms)| *until_ms > known.now_ms);
            let fresh = || (any(known.count, rng), known.now_ms + CHANCE_STAYS_MS);
            let chosen = stays.unwrap_or_else(fresh);
            queues.chance = Some(chosen);
            (chosen.0, false)
        }
        Some(Choice::Sticky) | None => {
            if queues.sticky.is_none() {
                queues.sticky = Some(next_sticky(queues, known, rng));
            }
            (queues.sticky.map_or(0, |sticky| sticky.partition), true)
        }
    }
}

fn any(count: i32, rng: &mut Rng) -> i32 {
    let drawn = rng.below(u64::from(count.max(1).unsigned_abs()));
    i32::try_from(drawn).unwrap_or(0)
}

fn in_turn(queues: &mut TopicQueues, known: &Knowledge) -> i32 {
    let turn = queues.turns & i32::MAX.unsigned_abs();
    queues.turns = queues.turns.wrapping_add(1);
    let turn = usize::try_from(turn).unwrap_or(0);
    match turn.checked_rem(known.available.len()) {
        Some(at) => known.available.get(at).map_or(0, |(partition, _)| *partition),
        None => {
            let count = usize::try_from(known.count.max(1)).unwrap_or(1);
            i32::try_from(turn % count).unwrap_or(0)
        }
    }
}

/// The next sticky partition: by the weights of the queues where they differ, else any that has a leader.
pub(super) fn next_sticky(queues: &TopicQueues, known: &Knowledge, rng: &mut Rng) -> Sticky {
    let partition = match weights(queues, known) {
        Some(table) => weighted(&table, rng),
        None if known.available.is_empty() => any(known.count, rng),
        None => {
            let at = rng.below(u64::try_from(known.available.len()).unwrap_or(1));
            let at = usize::try_from(at).unwrap_or(0);
            known.available.get(at).map_or(0, |(partition, _)| *partition)
        }
    };
    Sticky { partition, bytes: 0 }
}

/// Partitions with their weights: the shorter a queue, the more. None where there is nothing to weigh.
fn weights(queues: &TopicQueues, known: &Knowledge) -> Option<Vec<(i32, u64)>> {
    let all = usize::try_from(known.count).ok()?;
    let used = queues.queues.iter().filter(|queue| queue.used).count();
    if !known.adaptive || all < 2 || used < all {
        return None;
    }
    let mut lengths: Vec<(i32, u64)> = Vec::new();
    for queue in &queues.queues {
        let leader = known.available.iter().find(|(number, _)| *number == queue.tp.partition);
        let Some((number, leader)) = leader else { continue };
        if !known.stalled.contains(leader) || queue.batches.is_empty() {
            lengths.push((*number, u64::try_from(queue.batches.len()).unwrap_or(0)));
        }
    }
    let longest = lengths.iter().map(|(_, length)| *length).max()?;
    if lengths.len() == all && lengths.iter().all(|(_, length)| *length == longest) {
        return None;
    }
    Some(lengths.into_iter().map(|(number, length)| (number, longest + 1 - length)).collect())
}

fn weighted(table: &[(i32, u64)], rng: &mut Rng) -> i32 {
    let mut left = rng.below(table.iter().map(|(_, weight)| *weight).sum());
    for (partition, weight) in table {
        match left.checked_sub(*weight) {
            Some(rest) => left = rest,
            None => return *partition,
        }
    }
    table.last().map_or(0, |(partition, _)| *partition)
}
