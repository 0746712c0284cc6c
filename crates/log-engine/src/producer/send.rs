//! `send()`: metadata, size checks, partition, accumulator (`KafkaProducer.doSend`, `RecordAccumulator.append`).

use super::Producer;
use super::batch::ProducerBatch;
use super::placing::{choose, next_sticky};
use super::told::Told;
use crate::command::{Payload, RecordSpec};
use crate::event::EventKind;
use crate::ids::{EventId, TimestampMs, TopicPartition};
use crate::metrics::ProducerCount;
use crate::partitioner::Partitioner;
use crate::protocol::ErrorCode;
use crate::sim::{Ctx, Timer};
use kafka_log::BatchBuilder;
use kafka_log::batch::{Compression, HeaderRef, estimate_size_upper_bound};
use std::sync::Arc;

/// A record as it is handed to `send()`.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    pub topic: &'a Arc<str>,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub headers: &'a [HeaderRef<'a>],
    pub timestamp: Option<i64>,
    pub partition: Option<i32>,
    /// The partition its key hashes to, where the caller knows it already.
    pub hashed: Option<i32>,
}

/// A record that waits inside `send()`, up to `max.block.ms`.
#[derive(Debug, Clone)]
pub(crate) struct PendingRecord {
    topic: Arc<str>,
    record: Arc<OwnedRecord>,
    deadline_ms: TimestampMs,
    cause: EventId,
    /// It waits for `buffer.memory`, not for metadata.
    pub(super) for_memory: bool,
}

impl PendingRecord {
    /// When `max.block.ms` is over for it.
    pub(super) fn deadline_ms(&self) -> TimestampMs {
        self.deadline_ms
    }
}

/// A record with bytes of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OwnedRecord {
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    pub timestamp: Option<i64>,
    pub partition: Option<i32>,
}

impl OwnedRecord {
    /// The bytes of what a person wrote; none if a hex payload is no hex.
    pub(crate) fn from_spec(spec: &RecordSpec) -> Option<Self> {
        let optional = |payload: &Option<Payload>| match payload {
            Some(payload) => payload.bytes().map(Some),
            None => Some(None),
        };
        let headers = spec
            .headers
            .iter()
            .map(|(name, value)| Some((name.clone(), optional(value)?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            key: optional(&spec.key)?,
            value: optional(&spec.value)?,
            headers,
            timestamp: spec.timestamp,
            partition: spec.partition,
        })
    }
}

/// Why a record could not go into the accumulator at once.
enum Held {
    /// Metadata is missing: wait.
    Wait,
    /// Memory is missing: wait.
    Memory,
    /// It will never fit.
    TooLarge,
}

impl Producer {
    /// Sends the same record `count` times.
    pub(crate) fn send_owned(
        &mut self,
        ctx: &mut Ctx<'_>,
        topic: &Arc<str>,
        record: &Arc<OwnedRecord>,
        count: u32,
    ) {
        for _ in 0..count {
            let held = match self.pending.front() {
                Some(first) => Some(first.for_memory),
                None => self.send_now(ctx, topic, record),
            };
            if let Some(for_memory) = held {
                self.pending.push_back(PendingRecord {
                    topic: Arc::clone(topic),
                    record: Arc::clone(record),
                    deadline_ms: ctx.now_ms + self.config.max_block_ms,
                    cause: ctx.cause,
                    for_memory,
                });
            }
        }
        if let Some(first) = self.pending.front() {
            ctx.timer(first.deadline_ms, Timer::MaxBlock);
        }
        self.run_sender(ctx);
    }

    /// Records that wait in `send()`.
    pub(crate) fn blocked(&self) -> usize {
        self.pending.len()
    }

    /// Sends one record; if it has to wait, says whether that is for memory.
    fn send_now(
        &mut self,
        ctx: &mut Ctx<'_>,
        topic: &Arc<str>,
        record: &OwnedRecord,
    ) -> Option<bool> {
        let headers: Vec<HeaderRef<'_>> = record
            .headers
            .iter()
            .map(|(name, value)| HeaderRef::new(name, value.as_deref()))
            .collect();
        self.try_send(
            ctx,
            &Outgoing {
                topic,
                key: record.key.as_deref(),
                value: record.value.as_deref(),
                headers: &headers,
                timestamp: record.timestamp,
                partition: record.partition,
                hashed: None,
            },
        )
    }

    /// Puts one record into the accumulator, or fails it. False if it has to wait for metadata or memory.
    /// The sender is not run: the caller does that once it has sent all it wants to send.
    pub(crate) fn send(&mut self, ctx: &mut Ctx<'_>, record: Outgoing<'_>) -> bool {
        self.try_send(ctx, &record).is_none()
    }

    fn try_send(&mut self, ctx: &mut Ctx<'_>, record: &Outgoing<'_>) -> Option<bool> {
        match self.accumulate(ctx, record) {
            Ok(()) => {
                self.counts.sent += 1;
                self.rate.count(ctx.now_ms, 1);
                None
            }
            Err(Held::Wait) => {
                self.metadata.want(record.topic);
                self.ask_for_metadata(ctx);
                Some(false)
            }
            Err(Held::Memory) => Some(true),
            Err(Held::TooLarge) => {
                let partition = record.partition.unwrap_or(-1);
                let error = ErrorCode::MessageTooLarge;
                self.fail_in_send(ctx, record.topic, partition, "RecordTooLargeException", error);
                None
            }
        }
    }

    fn fail_in_send(
        &mut self,
        ctx: &mut Ctx<'_>,
        topic: &Arc<str>,
        partition: i32,
        exception: &'static str,
        error: ErrorCode,
    ) {
        self.counts.sent += 1;
        self.counts.failed += 1;
        ctx.metrics.producer_failed(ctx.now_ms, ctx.me, topic, (false, 1));
        self.last_error = Some((ctx.now_ms, error));
        let ledger_topic = ctx.ledger.topic(topic);
        let from = (self.ledger_id, ledger_topic);
        ctx.ledger.failed_at_send(from, partition, 1, ctx.now_ms);
        let (producer, topic) = (Arc::clone(&self.name), Arc::clone(topic));
        let records = 1;
        self.answers.add(Told {
            at_ms: ctx.now_ms,
            took_ms: 0,
            tp: TopicPartition::new(Arc::clone(&topic), partition),
            first: -1,
            records,
            keys: Vec::new(),
            refusal: Some((exception, error)),
        });
        ctx.emit(EventKind::ProduceFailed {
            producer,
            topic,
            partition,
            records,
            exception,
            error,
        });
    }

    fn accumulate(&mut self, ctx: &mut Ctx<'_>, record: &Outgoing<'_>) -> Result<(), Held> {
        let count = self.metadata.partitions(record.topic).ok_or(Held::Wait)?;
        if record.partition.is_some_and(|partition| partition >= count) {
            return Err(Held::Wait);
        }
        let upper_bound = estimate_size_upper_bound(record.key, record.value, record.headers);
        let (upper_bound, batch_size) = (i64::from(upper_bound), i64::from(self.config.batch_size));
        if upper_bound > i64::from(self.config.max_request_size)
            || upper_bound > self.config.buffer_memory
        {
            return Err(Held::TooLarge);
        }
        let java = self.config.partitioner == Partitioner::Java;
        let sticks = java && (record.key.is_none() || self.config.ignore_keys);
        if record.partition.is_none() && sticks {
            // The switch may have been held back by a batch that was not full then (`partitionChanged`).
            self.count_sticky(ctx, record.topic, 0);
        }
        let keyed = record.key.filter(|_| !sticks && record.partition.is_none());
        let hashed = record.hashed.or_else(|| self.hashed(keyed?, count));
        let needs_more = record.partition.is_none() && hashed.is_none();
        let known = needs_more.then(|| self.knowledge(ctx.now_ms, record.topic, count));
        let ledger = &mut *ctx.ledger;
        let (_, memory) = self.accumulator.load();
        let room = self.config.buffer_memory - memory;
        let queues = self
            .accumulator
            .topic_mut(record.topic, count, || ledger.topic(record.topic))
            .ok_or(Held::Wait)?;
        let (partition, sticky) = match (known, record.partition.or(hashed)) {
            (Some(known), None) => choose(queues, record, &known, &mut self.rng),
            (_, given) => (given.unwrap_or(0), false),
        };
        let (ledger_topic, ratio) = (queues.ledger_id, queues.ratio);
        let queue = queues.busy_mut(partition).ok_or(Held::Wait)?;
        let timestamp = record.timestamp.unwrap_or(ctx.now_ms);
        let last = queue.batches.back_mut().filter(|batch| batch.attempts == 0);
        let joined = last.and_then(|batch| {
            let added = batch.try_append(timestamp, record.key, record.value, record.headers)?;
            ctx.ledger.sent(batch.tag);
            Some(added)
        });
        let (added, taken) = match joined {
            Some(added) => (added, 0),
            None => {
                let limit = batch_size.max(upper_bound);
                if limit > room {
                    return Err(Held::Memory);
                }
                let tag = ctx.ledger.open(self.ledger_id, ledger_topic, partition, ctx.now_ms);
                let expected = queue.last_bytes.clamp(128, batch_size.max(128));
                let builder = new_builder(&self.config, expected);
                let (tp, cause) = (queue.tp.clone(), ctx.cause);
                let now_ms = ctx.now_ms;
                let mut batch = ProducerBatch::new(tp, tag, limit, builder, ratio, now_ms, cause);
                batch.try_append(timestamp, record.key, record.value, record.headers);
                ctx.ledger.sent(tag);
                let bytes = batch.bytes();
                queue.batches.push_back(batch);
                queue.used = true;
                (bytes, limit)
            }
        };
        if sticky {
            self.count_sticky(ctx, record.topic, added);
        }
        self.accumulator.came(taken);
        Ok(())
    }

    /// Counts bytes put into the sticky partition of a topic, and switches it when it is time.
    fn count_sticky(&mut self, ctx: &mut Ctx<'_>, topic: &Arc<str>, bytes: i64) {
        let batch_size = i64::from(self.config.batch_size);
        let Some(count) = self.metadata.partitions(topic) else { return };
        let Some(queues) = self.accumulator.topic(topic) else { return };
        let Some(mut sticky) = queues.sticky else { return };
        let all_full = queues.all_full(sticky.partition);
        let switches = sticky.add(bytes, batch_size, all_full);
        let known = switches.then(|| self.knowledge(ctx.now_ms, topic, count));
        let Some(queues) = self.accumulator.known_mut(topic) else { return };
        if let Some(known) = known {
            let next = next_sticky(queues, &known, &mut self.rng);
            let event = EventKind::StickySwitch {
                producer: Arc::clone(&self.name),
                topic: Arc::clone(topic),
                from: sticky.partition,
                to: next.partition,
                bytes: sticky.bytes,
            };
            queues.sticky = Some(next);
            ctx.emit(event);
        } else {
            queues.sticky = Some(sticky);
        }
    }

    /// Tries again what waits in `send()`, in order.
    pub(super) fn send_pending(&mut self, ctx: &mut Ctx<'_>) {
        while let Some(first) = self.pending.front().cloned() {
            let held =
                ctx.caused_by(first.cause, |ctx| self.send_now(ctx, &first.topic, &first.record));
            if let Some(for_memory) = held {
                if let Some(first) = self.pending.front_mut() {
                    first.for_memory = for_memory;
                }
                return;
            }
            self.pending.pop_front();
        }
    }

    /// `max.block.ms` is over for what waits longest.
    pub(super) fn expire_pending(&mut self, ctx: &mut Ctx<'_>) {
        while let Some(first) = self.pending.front()
            && first.deadline_ms <= ctx.now_ms
        {
            let Some(first) = self.pending.pop_front() else { return };
            let missing = !first.for_memory;
            if first.for_memory {
                let what = ProducerCount::BufferExhausted;
                ctx.metrics.producer_count(ctx.now_ms, ctx.me, what, 1);
            }
            let exception = if missing { "TimeoutException" } else { "BufferExhaustedException" };
            let error = if missing {
                ErrorCode::UnknownTopicOrPartition
            } else {
                ErrorCode::RequestTimedOut
            };
            let partition = first.record.partition.unwrap_or(-1);
            ctx.caused_by(first.cause, |ctx| {
                self.fail_in_send(ctx, &first.topic, partition, exception, error);
            });
        }
        if let Some(first) = self.pending.front() {
            ctx.timer(first.deadline_ms, Timer::MaxBlock);
        }
        self.finish_close(ctx);
    }
}

/// A batch in the producer's codec.
pub(super) fn new_builder(config: &crate::config::ProducerConfig, capacity: i64) -> BatchBuilder {
    let codec = Compression::from_name(&config.compression_type).unwrap_or(Compression::None);
    let builder = BatchBuilder::compressed(codec).unwrap_or_default();
    let builder = builder.with_level(config.gzip_level);
    builder.with_capacity(usize::try_from(capacity).unwrap_or(0))
}
