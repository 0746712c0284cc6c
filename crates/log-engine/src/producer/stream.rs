//! A stream: an application that sends records at a rate, with keys of a distribution. Integers only; all
//! randomness from the producer's own stream.

use super::Producer;
use super::send::Outgoing;
use crate::command::{Arrivals, KeyDistribution, StreamSpec};
use crate::ids::{EventId, TimestampMs};
use crate::sim::{Ctx, Rng, Timer};
use std::sync::Arc;

/// A running stream.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    /// What a person asked for.
    pub spec: Arc<StreamSpec>,
    /// Tells its timers from those of an earlier stream.
    pub number: u32,
    /// The command that started it.
    cause: EventId,
    topic: Arc<str>,
    began_ms: TimestampMs,
    /// Records due so far; the next one's place in time follows from it.
    due: u64,
    /// Records made so far, also the number written into the value.
    made: u64,
    keys: Keys,
    value: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Keys {
    Null,
    /// Keys with the running sum of their weights.
    Drawn {
        keys: Arc<[Key]>,
        sums: Arc<[u64]>,
        partitions: Vec<Option<i32>>,
    },
    Sequence {
        prefix: Arc<str>,
        count: u64,
    },
}

type Key = Arc<[u8]>;

impl Keys {
    fn new(distribution: &KeyDistribution) -> Self {
        match distribution {
            KeyDistribution::Null => Keys::Null,
            KeyDistribution::Fixed { keys } => Self::drawn(keys, |_| 1),
            KeyDistribution::Zipf { keys } => Self::drawn(keys, |rank| 1_000_000 / rank),
            KeyDistribution::Sequence { prefix, count } => {
                Keys::Sequence { prefix: prefix.as_str().into(), count: u64::from((*count).max(1)) }
            }
        }
    }

    fn drawn(keys: &[String], weight: impl Fn(u64) -> u64) -> Self {
        let mut sum = 0;
        let sums = (1u64..)
            .zip(keys)
            .map(|(rank, _)| {
                sum += weight(rank);
                sum
            })
            .collect();
        let partitions = vec![None; keys.len()];
        Keys::Drawn {
            keys: keys.iter().map(|key| key.as_bytes().into()).collect(),
            sums,
            partitions,
        }
    }
}

impl Stream {
    /// A stream that begins now.
    pub(crate) fn new(spec: StreamSpec, number: u32, now_ms: TimestampMs, cause: EventId) -> Self {
        Self {
            number,
            cause,
            topic: spec.topic.as_str().into(),
            began_ms: now_ms,
            due: 0,
            made: 0,
            keys: Keys::new(&spec.keys),
            value: Vec::new(),
            spec: Arc::new(spec),
        }
    }

    /// The topic has another number of partitions: keys go elsewhere.
    pub(super) fn forget_partitions(&mut self) {
        if let Keys::Drawn { partitions, .. } = &mut self.keys {
            partitions.fill(None);
        }
    }

    /// When record number `n` is due, without its jitter.
    fn due_ms(&self, n: u64) -> TimestampMs {
        let records = u128::from(self.spec.records.max(1));
        let after = u128::from(n) * u128::from(self.spec.per_ms) / records;
        self.began_ms.saturating_add(i64::try_from(after).unwrap_or(i64::MAX))
    }

    /// A value of the size asked for: JSON with the record's number, padded with spaces inside its braces.
    fn write_value(&mut self, rng: &mut Rng) {
        let (min, max) = (self.spec.value_bytes_min, self.spec.value_bytes_max);
        let spread = u64::from(max.saturating_sub(min)) + 1;
        let size = u64::from(min) + if spread > 1 { rng.below(spread) } else { 0 };
        let size = usize::try_from(size).unwrap_or(0);
        self.value.clear();
        self.value.extend_from_slice(b"{\"n\":");
        push_number(&mut self.value, self.made);
        if self.value.len() + 1 < size {
            self.value.resize(size - 1, b' ');
        }
        self.value.push(b'}');
    }
}

fn push_number(out: &mut Vec<u8>, number: u64) {
    let start = out.len();
    let mut left = number;
    loop {
        out.push(b'0' + u8::try_from(left % 10).unwrap_or(0));
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

impl Producer {
    /// Sets the timer of the stream's next records.
    pub(super) fn schedule_stream(&mut self, ctx: &mut Ctx<'_>) {
        let Some(stream) = &self.stream else { return };
        if stream.spec.records == 0 {
            return;
        }
        let mut at_ms = stream.due_ms(stream.due);
        if stream.spec.arrivals == Arrivals::Random {
            let gap = stream.due_ms(stream.due + 1) - at_ms;
            at_ms += i64::try_from(self.rng.below(gap.max(0).cast_unsigned())).unwrap_or(0);
        }
        let (number, cause) = (stream.number, stream.cause);
        ctx.caused_by(cause, |ctx| ctx.timer(at_ms, Timer::StreamTick(number)));
    }

    /// Sends what the stream has due.
    pub(super) fn stream_tick(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        let Some(mut stream) = self.stream.take() else { return };
        if stream.number != number {
            self.stream = Some(stream);
            return;
        }
        let mut count = 1;
        while stream.due_ms(stream.due + count) <= ctx.now_ms {
            count += 1;
        }
        stream.due += count;
        // While send() blocks, the application does not come round to its next record.
        if self.pending.is_empty() && !self.closing {
            for _ in 0..count {
                if !self.send_from(ctx, &mut stream) {
                    break;
                }
            }
        }
        self.stream = Some(stream);
        self.run_sender(ctx);
        self.schedule_stream(ctx);
    }

    /// One record of the stream. False if `send()` blocks.
    fn send_from(&mut self, ctx: &mut Ctx<'_>, stream: &mut Stream) -> bool {
        stream.write_value(&mut self.rng);
        let null_key = stream.spec.null_key_percent > 0
            && self.rng.below(100) < u64::from(stream.spec.null_key_percent);
        let topic = Arc::clone(&stream.topic);
        let outgoing = |key, hashed| Outgoing {
            topic: &topic,
            key,
            value: Some(&stream.value),
            headers: &[],
            timestamp: None,
            partition: None,
            hashed,
        };
        let sent = match &mut stream.keys {
            Keys::Drawn { keys, sums, partitions } if !null_key && !keys.is_empty() => {
                let drawn = self.rng.below(sums.last().copied().unwrap_or(1));
                let at = sums.partition_point(|&sum| sum <= drawn);
                let key = keys.get(at).map(|key| &**key);
                let known = self.metadata.partitions(&topic);
                let slot = partitions.get_mut(at).filter(|_| !self.config.ignore_keys);
                let hashed = slot.and_then(|slot| {
                    if slot.is_none() {
                        *slot = self.hashed(key?, known?);
                    }
                    *slot
                });
                self.send(ctx, outgoing(key, hashed))
            }
            Keys::Sequence { prefix, count } if !null_key => {
                let mut key = prefix.as_bytes().to_vec();
                push_number(&mut key, stream.made % *count);
                self.send(ctx, outgoing(Some(&key), None))
            }
            _ => self.send(ctx, outgoing(None, None)),
        };
        if sent {
            stream.made += 1;
        }
        sent
    }
}
