//! Producers.

use super::short;
use crate::command::RecordSpec;
use crate::config::Scope;
use crate::ids::{BrokerId, TimestampMs};
use crate::ledger::Place;
use crate::partitioner;
use crate::producer::{OwnedRecord, Producer, ProducerBatch};
use crate::protocol::Acks;
use crate::view::{
    InFlightView, PartitionChoiceView, PartitionReason, ProducerDetailView, ProducerView,
};
use crate::world::World;

/// Most rows of requests a producer shows.
const ROWS: usize = 12;

impl World {
    /// All producers that run.
    pub(crate) fn producer_views(&self) -> Vec<ProducerView> {
        self.producers
            .iter()
            .filter(|known| known.up)
            .map(|known| self.producer_view(known))
            .collect()
    }

    /// One producer with its configs.
    pub(crate) fn producer_detail(&self, name: &str) -> Option<ProducerDetailView> {
        let producer = self.producers.iter().rfind(|known| known.up && &*known.name == name)?;
        Some(ProducerDetailView {
            producer: self.producer_view(producer),
            configs: super::configs::client(Scope::Producer, &producer.overrides),
        })
    }

    fn producer_view(&self, producer: &Producer) -> ProducerView {
        let config = &producer.config;
        let (producer_id, producer_epoch) = producer.identity.unwrap_or((-1, -1));
        let (buffered_records, memory) = producer.accumulator().load();
        let acks = match config.acks {
            crate::config::Acks::None => Acks::None,
            crate::config::Acks::Leader => Acks::Leader,
            crate::config::Acks::All => Acks::All,
        };
        ProducerView {
            name: producer.name.to_string(),
            up: producer.up,
            producer_id,
            producer_epoch,
            acks: acks.text().to_owned(),
            idempotence: config.enable_idempotence,
            linger_ms: i64::from(config.linger_ms),
            batch_size: config.batch_size,
            compression: config.compression_type.clone(),
            batch_bytes: producer.counts.bytes,
            uncompressed_bytes: producer.counts.uncompressed_bytes,
            stream: producer.stream.as_ref().map(|stream| (*stream.spec).clone()),
            sent: producer.counts.sent,
            acked: producer.counts.acked,
            failed: producer.counts.failed,
            rate_x10: producer.rate_x10(self.now_ms),
            buffered_records: buffered_records + short(producer.blocked()),
            buffered_bytes: memory.max(0).cast_unsigned(),
            in_flight: self.in_flight_views(producer),
            max_in_flight: config.max_in_flight.max(0).unsigned_abs(),
            last_error: producer.last_error.map(|(at_ms, error)| (at_ms, error.name().to_owned())),
        }
    }

    fn in_flight_views(&self, producer: &Producer) -> Vec<InFlightView> {
        let sent = producer.in_flight().flat_map(|request| {
            request.batches.iter().map(move |batch| {
                let stored =
                    self.ledger.row(batch.tag).is_some_and(|row| row.place == Place::Stored);
                let waiting = if stored {
                    "stored, the answer is on its way".to_owned()
                } else {
                    format!("on its way to broker {}", request.broker.0)
                };
                in_flight(batch, request.broker, request.sent_ms, waiting)
            })
        });
        let retries = producer.accumulator().queues().flat_map(|queue| {
            let tried = queue.batches.iter().enumerate().filter(|(_, batch)| batch.attempts > 0);
            tried.map(|(place, batch)| {
                let waiting = self.waiting_of(batch, place);
                in_flight(batch, BrokerId(-1), batch.last_failed_ms, waiting)
            })
        });
        sent.chain(retries).take(ROWS).collect()
    }

    /// What a batch that was refused waits for; `place` is its place in its queue.
    fn waiting_of(&self, batch: &ProducerBatch, place: usize) -> String {
        let times = match batch.attempts {
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        let left = batch.backoff_until_ms - self.now_ms;
        match (place, left) {
            (0, 1..) => format!("tried {times}, again in {left} ms"),
            (0, _) => format!("tried {times}, goes next"),
            _ => format!("tried {times}, waits its turn"),
        }
    }

    /// Where a record would go if the producer sent it now.
    pub(crate) fn partition_choice(
        &self,
        producer: &str,
        topic: &str,
        record: &RecordSpec,
    ) -> Option<PartitionChoiceView> {
        let producer = self.producers.iter().rfind(|known| known.up && &*known.name == producer)?;
        // A producer that has not asked yet will learn what the cluster has now.
        let known_partitions = producer
            .known_partitions(topic)
            .or_else(|| self.image().topics.get(topic).map(|topic| topic.partition_count()))?;
        let owned = OwnedRecord::from_spec(record)?;
        let (partition, reason) = if let Some(partition) = owned.partition {
            (Some(partition), PartitionReason::Explicit)
        } else if let Some(key) = owned.key.filter(|_| !producer.config.ignore_keys) {
            let found = partitioner::partition_for_key(&key, known_partitions)?;
            let reason =
                PartitionReason::KeyHash { hash: found.hash, masked: found.hash & i32::MAX };
            (Some(found.partition), reason)
        } else {
            let sticky = producer.accumulator().topic(topic).and_then(|topic| topic.sticky);
            let reason = PartitionReason::Sticky {
                bytes: sticky.map_or(0, |sticky| sticky.bytes),
                switch_at: i64::from(producer.config.batch_size),
            };
            (sticky.map(|sticky| sticky.partition), reason)
        };
        Some(PartitionChoiceView { partition, reason, known_partitions })
    }
}

fn in_flight(
    batch: &ProducerBatch,
    broker: BrokerId,
    sent_at_ms: TimestampMs,
    waiting: String,
) -> InFlightView {
    InFlightView {
        topic: batch.tp.topic.to_string(),
        partition: batch.tp.partition,
        records: batch.records(),
        keys: batch.keys.iter().map(|key| key.as_deref().map(str::to_owned)).collect(),
        broker,
        sent_at_ms,
        retries: batch.attempts.saturating_sub(1),
        waiting,
    }
}
