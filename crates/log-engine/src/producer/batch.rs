//! One batch on its way (`ProducerBatch`).

use crate::ids::{EventId, TimestampMs, TopicPartition};
use kafka_log::batch::{HeaderRef, ProducerStamp};
use kafka_log::{Batch, BatchBuilder, BatchTag};

/// How many keys a batch remembers for the page.
const KEYS_SHOWN: usize = 8;

/// A batch in the accumulator or in flight.
#[derive(Debug, Clone)]
pub(crate) struct ProducerBatch {
    /// Where to.
    pub tp: TopicPartition,
    /// Its row in the ledger.
    pub tag: BatchTag,
    /// When its first record was sent: linger and delivery timeout count from here.
    pub created_ms: TimestampMs,
    /// The event that led to its first record.
    pub cause: EventId,
    /// Attempts so far.
    pub attempts: u32,
    /// When the last attempt failed.
    pub last_failed_ms: TimestampMs,
    /// Not before this it is tried again.
    pub backoff_until_ms: TimestampMs,
    /// Keys of its first records, none for null.
    pub keys: Vec<Option<Box<str>>>,
    /// First sequence, once drained.
    pub sequence: Option<i32>,
    /// What `batch.size` (or its first record) lets it hold.
    limit: i64,
    /// Takes no more records though there may be room.
    closed: bool,
    records: u32,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Open(Box<BatchBuilder>),
    Built(Batch),
    /// Between the two, and for a batch that could not be built.
    Empty,
}

impl ProducerBatch {
    /// An empty batch.
    pub(crate) fn new(
        tp: TopicPartition,
        tag: BatchTag,
        limit: i64,
        builder: BatchBuilder,
        now_ms: TimestampMs,
        cause: EventId,
    ) -> Self {
        Self {
            tp,
            tag,
            created_ms: now_ms,
            cause,
            attempts: 0,
            last_failed_ms: 0,
            backoff_until_ms: 0,
            keys: Vec::new(),
            sequence: None,
            limit,
            closed: false,
            records: 0,
            state: State::Open(Box::new(builder)),
        }
    }

    /// A part of a batch that was split; it is built already and waits to be stamped.
    pub(crate) fn part_of(&self, tag: BatchTag, builder: BatchBuilder) -> Self {
        let records = builder.count().unsigned_abs();
        Self {
            tag,
            attempts: 0,
            backoff_until_ms: 0,
            sequence: None,
            closed: true,
            records,
            state: State::Open(Box::new(builder)),
            ..self.clone()
        }
    }

    /// Records in it.
    pub(crate) fn records(&self) -> u32 {
        self.records
    }

    /// The buffer it holds in `buffer.memory`.
    pub(crate) fn memory(&self) -> i64 {
        self.limit
    }

    /// Bytes so far.
    pub(crate) fn bytes(&self) -> i64 {
        match &self.state {
            State::Open(builder) => i64::from(builder.size_in_bytes()),
            State::Built(batch) => i64::from(batch.size_in_bytes()),
            State::Empty => 0,
        }
    }

    /// Takes a record if there is room (`MemoryRecordsBuilder.hasRoomFor`). Returns the bytes it added.
    pub(crate) fn try_append(
        &mut self,
        timestamp: TimestampMs,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderRef<'_>],
    ) -> Option<i64> {
        if self.closed {
            return None;
        }
        let State::Open(builder) = &mut self.state else { return None };
        let more = i64::from(builder.next_record_size(timestamp, key, value, headers));
        let full = self.records > 0 && i64::from(builder.size_in_bytes()) + more > self.limit;
        if full || builder.append(timestamp, key, value, headers).is_err() {
            self.closed = true;
            return None;
        }
        self.records += 1;
        if self.keys.len() < KEYS_SHOWN {
            self.keys.push(key.map(|key| String::from_utf8_lossy(key).into()));
        }
        Some(more)
    }

    /// Full, or takes no more (`ProducerBatch.isFull`).
    pub(crate) fn is_full(&self) -> bool {
        self.closed || (self.records > 0 && self.limit <= self.bytes())
    }

    /// Drained: from here on its bytes are fixed, but for the producer stamp.
    pub(crate) fn stamp(&mut self, stamp: ProducerStamp) {
        self.closed = true;
        self.state = match std::mem::replace(&mut self.state, State::Empty) {
            State::Open(builder) => match builder.build(stamp) {
                Ok(batch) => State::Built(batch.with_tag(self.tag)),
                Err(_) => State::Empty,
            },
            State::Built(batch) => State::Built(batch.with_producer_stamp(stamp)),
            State::Empty => State::Empty,
        };
    }

    /// The bytes to send, once stamped.
    pub(crate) fn built(&self) -> Option<&Batch> {
        match &self.state {
            State::Built(batch) => Some(batch),
            _ => None,
        }
    }
}
