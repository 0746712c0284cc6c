//! One batch on its way (`ProducerBatch`).

use crate::ids::{EventId, TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use kafka_log::batch::{Compression, HeaderRef, ProducerStamp};
use kafka_log::{Batch, BatchBuilder, BatchTag};

/// A ratio of one, in millionths.
pub(crate) const ONE: i64 = 1_000_000;
/// Bytes of a batch's header.
const HEADER_BYTES: i64 = kafka_log::batch::HEADER_SIZE as i64;

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
    /// Why.
    pub error: Option<ErrorCode>,
    /// Not before this it is tried again.
    pub backoff_until_ms: TimestampMs,
    /// Keys of its first records, none for null.
    pub keys: Vec<Option<Box<str>>>,
    /// First sequence, once drained.
    pub sequence: Option<i32>,
    /// It got another sequence while it was on its way (`sequenceHasBeenReset`).
    pub renumbered: bool,
    /// It was put back for a retry once (`inRetry`).
    pub in_retry: bool,
    /// The newest leader epoch of its partition that it has seen, and its attempts then.
    leader_seen: (i32, u32),
    /// What `batch.size` (or its first record) lets it hold.
    limit: i64,
    /// What compression is expected to leave of a byte, in millionths; none where the records are not compressed.
    ratio: Option<i64>,
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
        ratio: i64,
        now_ms: TimestampMs,
        cause: EventId,
    ) -> Self {
        let compressed = builder.compression() != Compression::None;
        Self {
            tp,
            tag,
            created_ms: now_ms,
            cause,
            attempts: 0,
            last_failed_ms: 0,
            error: None,
            backoff_until_ms: 0,
            keys: Vec::new(),
            sequence: None,
            renumbered: false,
            in_retry: false,
            leader_seen: (-1, 0),
            limit,
            ratio: compressed.then_some(ratio),
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

    /// Its partition has this leader epoch. True if that is a new one since it failed: it need not back off then
    /// (`hasLeaderChangedForTheOngoingRetry`, KIP-951).
    pub(crate) fn sees_leader(&mut self, epoch: i32) -> bool {
        if self.leader_seen.0 < epoch {
            self.leader_seen = (epoch, self.attempts);
        }
        self.attempts > 0 && self.leader_seen.1 == self.attempts
    }

    /// One past its last sequence, once drained.
    pub(crate) fn next_sequence(&self) -> Option<i32> {
        let records = i32::try_from(self.records).unwrap_or(0);
        self.sequence.map(|first| kafka_log::batch::increment_sequence(first, records))
    }

    /// Records in it.
    pub(crate) fn records(&self) -> u32 {
        self.records
    }

    /// The buffer it holds in `buffer.memory`.
    pub(crate) fn memory(&self) -> i64 {
        self.limit
    }

    /// Bytes so far; of a compressed batch, as long as it is open, what is expected.
    pub(crate) fn bytes(&self) -> i64 {
        match &self.state {
            State::Open(builder) => estimate(builder, self.ratio),
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
        let before = estimate(builder, self.ratio);
        let full = self.records > 0 && before + more > self.limit;
        if full || builder.append(timestamp, key, value, headers).is_err() {
            self.closed = true;
            return None;
        }
        let added = estimate(builder, self.ratio) - before;
        self.records += 1;
        if self.keys.len() < KEYS_SHOWN {
            self.keys.push(key.map(|key| String::from_utf8_lossy(key).into()));
        }
        Some(added)
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

    /// What compression left of a byte of records, in millionths, once stamped.
    pub(crate) fn compression_ratio(&self) -> Option<i64> {
        let batch = self.built().filter(|batch| batch.is_compressed())?;
        let uncompressed = i64::from(batch.facts().ok()?.uncompressed_size);
        (i64::from(batch.size_in_bytes()) - HEADER_BYTES)
            .saturating_mul(ONE)
            .checked_div(uncompressed)
    }

    /// The bytes to send, once stamped.
    pub(crate) fn built(&self) -> Option<&Batch> {
        match &self.state {
            State::Built(batch) => Some(batch),
            _ => None,
        }
    }
}

/// `MemoryRecordsBuilder.estimatedBytesWritten`: the ratio with five per cent on top. In millionths, where Kafka has
/// floating point.
fn estimate(builder: &BatchBuilder, ratio: Option<i64>) -> i64 {
    let records = i64::from(builder.size_in_bytes()) - HEADER_BYTES;
    HEADER_BYTES + ratio.map_or(records, |ratio| records.saturating_mul(ratio) / 100 * 105 / ONE)
}

/// What is expected of the next batch after one came out with `observed` (`CompressionRatioEstimator`): worse at once,
/// better in small steps.
pub(crate) fn next_ratio(expected: i64, observed: i64) -> i64 {
    const DETERIORATE_STEP: i64 = 50_000;
    const IMPROVING_STEP: i64 = 5_000;
    match observed.cmp(&expected) {
        std::cmp::Ordering::Greater => observed.max(expected + DETERIORATE_STEP),
        std::cmp::Ordering::Less => observed.max(expected - IMPROVING_STEP),
        std::cmp::Ordering::Equal => expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_ratio_falls_slowly_and_rises_at_once() {
        assert_eq!(next_ratio(ONE, 200_000), 995_000);
        assert_eq!(next_ratio(203_000, 200_000), 200_000);
        assert_eq!(next_ratio(500_000, 510_000), 550_000);
        assert_eq!(next_ratio(500_000, 900_000), 900_000);
    }
}
