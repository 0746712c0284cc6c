//! What happens to keys when partitions are added (R-PRD-05).

use super::key_text;
use crate::command::KeyDistribution;
use crate::ids::TopicPartition;
use crate::partitioner;
use crate::view::{KeyMoveView, KeyMovesView};
use crate::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most keys listed.
const KEYS: usize = 200;
/// Most records looked at for keys, a partition; the newest count.
const RECORDS: i64 = 20_000;

#[derive(Default)]
struct Seen {
    order: Vec<Arc<[u8]>>,
    behind: BTreeMap<Arc<[u8]>, u64>,
}

impl Seen {
    fn add(&mut self, key: &[u8], records: u64) {
        if let Some(count) = self.behind.get_mut(key) {
            *count += records;
        } else if self.order.len() < KEYS {
            let key: Arc<[u8]> = key.into();
            self.order.push(Arc::clone(&key));
            self.behind.insert(key, records);
        }
    }
}

impl World {
    /// What a new total of `to_count` partitions would do to the keys of a topic.
    pub(crate) fn key_moves(&self, topic: &str, to_count: i32) -> Option<KeyMovesView> {
        let image = self.image().topics.get(topic)?;
        let from_count = image.partition_count();
        let mut seen = Seen::default();
        for producer in self.producers.iter().filter(|known| known.up) {
            let Some(stream) = producer.stream.as_ref().filter(|s| s.spec.topic == topic) else {
                continue;
            };
            if let KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys } =
                &stream.spec.keys
            {
                keys.iter().for_each(|key| seen.add(key.as_bytes(), 0));
            }
        }
        for number in 0..from_count {
            let tp = TopicPartition::new(Arc::clone(&image.name), number);
            let Some((_, partition)) = self.shown(&tp) else { continue };
            let log = &partition.log;
            let first = (log.log_end_offset() - RECORDS).max(log.log_start_offset());
            for batch in log.batches_from(first) {
                let Ok(payload) = batch.payload() else { continue };
                for record in payload.iter().flatten().filter(|record| record.offset >= first) {
                    if let Some(key) = record.key {
                        seen.add(key, 1);
                    }
                }
            }
        }
        let keys = seen.order.iter().filter_map(|key| {
            let from = partitioner::partition_for_key(key, from_count)?.partition;
            let to = partitioner::partition_for_key(key, to_count)?.partition;
            let moves = from != to;
            let records_behind = if moves { seen.behind.get(key).copied().unwrap_or(0) } else { 0 };
            Some(KeyMoveView { key: key_text(key), from, to, records_behind })
        });
        Some(KeyMovesView { from_count, to_count, keys: keys.collect() })
    }

    /// The offset of the next record with the same key, or of the one before.
    pub(crate) fn same_key(
        &self,
        topic: &str,
        partition: i32,
        offset: i64,
        forward: bool,
    ) -> Option<i64> {
        let tp = TopicPartition::new(topic, partition);
        let (_, partition) = self.shown(&tp)?;
        let log = &partition.log;
        let of = |batch: &kafka_log::Batch| -> Vec<(i64, Option<Vec<u8>>)> {
            let Ok(payload) = batch.payload() else { return Vec::new() };
            payload.iter().flatten().map(|r| (r.offset, r.key.map(<[u8]>::to_vec))).collect()
        };
        let own = of(log.batch_containing(offset)?);
        let key = own.into_iter().find(|(at, _)| *at == offset)?.1;
        if forward {
            log.batches_from(offset)
                .flat_map(of)
                .find(|(at, other)| *at > offset && *other == key)
                .map(|(at, _)| at)
        } else {
            log.batches_from(log.log_start_offset())
                .take_while(|batch| batch.base_offset() < offset)
                .flat_map(of)
                .filter(|(at, other)| *at < offset && *other == key)
                .last()
                .map(|(at, _)| at)
        }
    }
}
