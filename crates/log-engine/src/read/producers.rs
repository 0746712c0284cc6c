//! Producers.

use super::short;
use crate::command::RecordSpec;
use crate::config::Scope;
use crate::ids::{BrokerId, TimestampMs};
use crate::ledger::Place;
use crate::partitioner::{Choice, Partitioner};
use crate::producer::{OwnedRecord, Producer, ProducerBatch, Told};
use crate::protocol::{Acks, ErrorCode};
use crate::view::{
    ClientErrorView, InFlightView, PartitionChoiceView, PartitionReason, ProducerDetailView,
    ProducerView, QueuedBatchView, RequestView, ToldView,
};
use crate::world::World;

/// Most batches of its accumulator a producer shows.
const QUEUED_ROWS: usize = 64;
/// Most rows of requests a producer shows.
const ROWS: usize = 12;

impl World {
    /// All producers that run, or may start again.
    pub(crate) fn producer_views(&self) -> Vec<ProducerView> {
        self.producers
            .iter()
            .filter(|known| known.is_listed())
            .map(|known| self.producer_view(known))
            .collect()
    }

    /// One producer with its configs.
    pub(crate) fn producer_detail(&self, name: &str) -> Option<ProducerDetailView> {
        let producer =
            self.producers.iter().rfind(|known| known.is_listed() && &*known.name == name)?;
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
            batches: self.queued_views(producer),
            requests: request_views(producer),
            retries: producer.counts.retries,
            blocked: producer.blocked_view(),
            buffer_memory: config.buffer_memory,
            max_in_flight: config.max_in_flight.max(0).unsigned_abs(),
            last_error: producer.last_error.map(|(at_ms, error)| (at_ms, error.name().to_owned())),
            told: producer.answers.newest_first().map(told).collect(),
        }
    }

    fn queued_views(&self, producer: &Producer) -> Vec<QueuedBatchView> {
        let delivery_ms = i64::from(producer.config.delivery_timeout_ms);
        let queues = producer.accumulator().queues();
        let rows = queues.flat_map(|queue| {
            queue.batches.iter().enumerate().map(move |(at, batch)| QueuedBatchView {
                topic: batch.tp.topic.to_string(),
                partition: batch.tp.partition,
                records: batch.records(),
                bytes: batch.bytes(),
                full: batch.is_full(),
                created_ms: batch.created_ms,
                expires_ms: batch.created_ms + delivery_ms,
                attempts: batch.attempts,
                sequence: batch.sequence,
                waits: producer.waits_for(self.now_ms, queue, at),
            })
        });
        rows.take(QUEUED_ROWS).collect()
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
        } else {
            choice(producer, topic, owned.key.as_deref(), known_partitions)?
        };
        Some(PartitionChoiceView { partition, reason, known_partitions })
    }
}

/// Where the partitioner of a producer would put a key.
fn choice(
    producer: &Producer,
    topic: &str,
    key: Option<&[u8]>,
    known_partitions: i32,
) -> Option<(Option<i32>, PartitionReason)> {
    let partitioner = producer.config.partitioner;
    let java = partitioner == Partitioner::Java;
    let key = key.filter(|_| !producer.config.ignore_keys || !java);
    let queues = producer.accumulator().topic(topic);
    Some(match partitioner.choose(key, known_partitions)? {
        Choice::Hashed { hash, partition } if java => {
            let hash = i32::try_from(hash).unwrap_or(0);
            (Some(partition), PartitionReason::KeyHash { hash, masked: hash & i32::MAX })
        }
        Choice::Hashed { hash, partition } => {
            let name = partitioner.hash_name().to_owned();
            (Some(partition), PartitionReason::OtherHash { name, hash })
        }
        Choice::Chance | Choice::StickyChance => (None, PartitionReason::Chance),
        Choice::InTurn => {
            (None, PartitionReason::RoundRobin { turn: queues.map_or(0, |queues| queues.turns) })
        }
        Choice::Sticky => {
            let sticky = queues.and_then(|topic| topic.sticky);
            let reason = PartitionReason::Sticky {
                bytes: sticky.map_or(0, |sticky| sticky.bytes),
                switch_at: i64::from(producer.config.batch_size),
            };
            (sticky.map(|sticky| sticky.partition), reason)
        }
    })
}

fn request_views(producer: &Producer) -> Vec<RequestView> {
    let timeout_ms = i64::from(producer.config.request_timeout_ms);
    let view = |request: &crate::producer::InFlight| RequestView {
        broker: request.broker,
        sent_ms: request.sent_ms,
        times_out_ms: request.sent_ms + timeout_ms,
        batches: short(request.batches.len()),
        records: request.batches.iter().map(ProducerBatch::records).sum(),
        bytes: request.batches.iter().map(ProducerBatch::bytes).sum(),
    };
    producer.in_flight().take(ROWS).map(view).collect()
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
        keys: texts(&batch.keys),
        broker,
        sent_at_ms,
        retries: batch.attempts.saturating_sub(1),
        error: batch.error.map(client_error),
        retry_at_ms: (broker == BrokerId(-1)).then_some(batch.backoff_until_ms),
        waiting,
    }
}

fn texts(keys: &[Option<Box<str>>]) -> Vec<Option<String>> {
    keys.iter().map(|key| key.as_deref().map(str::to_owned)).collect()
}

fn client_error(error: ErrorCode) -> ClientErrorView {
    ClientErrorView { name: error.name().to_owned(), text: error.message().to_owned() }
}

fn told(told: &Told) -> ToldView {
    ToldView {
        at_ms: told.at_ms,
        took_ms: told.took_ms,
        topic: told.tp.topic.to_string(),
        partition: told.tp.partition,
        first: told.first,
        records: told.records,
        keys: texts(&told.keys),
        exception: told.refusal.map(|(exception, _)| exception.to_owned()),
        error: told.refusal.map(|(_, error)| client_error(error)),
    }
}
