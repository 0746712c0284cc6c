//! What an answer does to a batch: done, again, in smaller pieces, or failed (`Sender.completeBatch`).

use super::Producer;
use super::batch::{ONE, ProducerBatch};
use super::connections::backoff;
use super::send::new_builder;
use crate::config::ProducerConfig;
use crate::event::EventKind;
use crate::metrics::ProducerCount;
use crate::protocol::{ErrorCode, ProduceResponse};
use crate::sim::Ctx;
use kafka_log::{BatchBuilder, HeaderRef};
use std::sync::Arc;

/// How often the sender looks at one backoff at most.
const MOST_DRAWS: u32 = 16;

impl Producer {
    /// A produce response.
    pub(super) fn on_produce(&mut self, ctx: &mut Ctx<'_>, id: u64, answer: ProduceResponse) {
        if let Some(request) = self.in_flight.get(&id) {
            ctx.metrics.producer_answered(ctx.now_ms, ctx.me, ctx.now_ms - request.sent_ms);
        }
        for batch in self.take_in_flight(id) {
            let Some(result) = answer.parts.iter().find(|result| result.tp == batch.tp) else {
                continue;
            };
            if let Some((leader, epoch)) = result.current_leader {
                self.metadata.leader_is(&result.tp, leader, epoch);
            }
            ctx.caused_by(result.cause, |ctx| match result.error {
                ErrorCode::None => self.succeed(ctx, batch, result.base_offset),
                error => self.refused(ctx, batch, error),
            });
        }
    }

    /// A batch is done.
    pub(super) fn succeed(
        &mut self,
        ctx: &mut Ctx<'_>,
        mut batch: ProducerBatch,
        base_offset: i64,
    ) {
        ctx.ledger.acked(batch.tag, ctx.now_ms);
        self.tell(ctx.now_ms, &mut batch, base_offset, None);
        self.sequence_acked(&batch);
        self.counts.acked += u64::from(batch.records());
        self.accumulator.freed(batch.memory());
        let last = if base_offset < 0 { -1 } else { base_offset + i64::from(batch.records()) - 1 };
        ctx.emit(EventKind::Acked {
            producer: Arc::clone(&self.name),
            tp: batch.tp,
            first: base_offset,
            last,
            took_ms: ctx.now_ms - batch.created_ms,
        });
    }

    /// A batch was refused, or no answer came.
    pub(super) fn refused(&mut self, ctx: &mut Ctx<'_>, batch: ProducerBatch, error: ErrorCode) {
        self.last_error = Some((ctx.now_ms, error));
        if error == ErrorCode::MessageTooLarge && batch.records() > 1 {
            return self.split(ctx, batch);
        }
        if is_invalid_metadata(error) {
            self.ask_for_metadata(ctx);
        }
        if self.can_retry(ctx.now_ms, &batch, error) {
            self.retry(ctx, batch, error);
        } else if error == ErrorCode::DuplicateSequenceNumber {
            self.succeed(ctx, batch, -1);
        } else {
            // A refusal is an outcome: the sequences begin anew. Where the retries are used up it is not.
            let retries = u32::try_from(self.config.retries).unwrap_or(0);
            if batch.sequence.is_some() && batch.attempts <= retries {
                self.bump_epoch_for.push(batch.tp.clone());
            }
            self.fail(ctx, batch, error.exception(), error);
        }
    }

    /// Puts a batch back to the front of its queue, in order of sequence (R-PRD-30).
    fn retry(&mut self, ctx: &mut Ctx<'_>, mut batch: ProducerBatch, error: ErrorCode) {
        let backoff_ms = self.backoff_ms(batch.attempts);
        batch.last_failed_ms = ctx.now_ms;
        batch.error = Some(error);
        batch.in_retry = true;
        self.counts.retries += 1;
        ctx.metrics.producer_failed(ctx.now_ms, ctx.me, &batch.tp.topic, (true, batch.records()));
        batch.backoff_until_ms = ctx.now_ms + backoff_ms;
        let (tp, records) = (batch.tp.clone(), batch.records());
        let producer = Arc::clone(&self.name);
        ctx.emit(EventKind::ProduceRetry { producer, tp, records, error, backoff_ms });
        self.accumulator.moved(&batch, true);
        if let Some(queue) = self.accumulator.busy_mut(&batch.tp) {
            let before = |waiting: &ProducerBatch| matches!((waiting.sequence, batch.sequence), (Some(a), Some(b)) if a < b);
            let at = queue.batches.iter().position(|waiting| !before(waiting));
            queue.batches.insert(at.unwrap_or(queue.batches.len()), batch);
        }
    }

    /// `retry.backoff.ms` doubled with each attempt, up to its maximum, give or take 20 % (KIP-580). The sender draws anew
    /// each time it looks, and a batch goes once it has waited as long as the draw of that moment says
    /// (`RecordAccumulator.shouldBackoff`): so it waits longer than one draw on average.
    fn backoff_ms(&mut self, attempts: u32) -> i64 {
        let (first, max) = (self.config.retry_backoff_ms, self.config.retry_backoff_max_ms);
        let failures = attempts.saturating_sub(1);
        let mut waited = backoff(first, max, failures, &mut self.rng);
        for _ in 0..MOST_DRAWS {
            let draw = backoff(first, max, failures, &mut self.rng);
            if waited >= draw {
                break;
            }
            waited = waited.max(backoff(first, max, failures, &mut self.rng));
        }
        waited
    }

    /// A batch is given up.
    pub(super) fn fail(
        &mut self,
        ctx: &mut Ctx<'_>,
        mut batch: ProducerBatch,
        exception: &'static str,
        error: ErrorCode,
    ) {
        ctx.ledger.failed(batch.tag, ctx.now_ms);
        ctx.metrics.producer_failed(ctx.now_ms, ctx.me, &batch.tp.topic, (false, batch.records()));
        self.tell(ctx.now_ms, &mut batch, -1, Some((exception, error)));
        self.counts.failed += u64::from(batch.records());
        self.accumulator.freed(batch.memory());
        ctx.emit(EventKind::ProduceFailed {
            producer: Arc::clone(&self.name),
            topic: Arc::clone(&batch.tp.topic),
            partition: batch.tp.partition,
            records: batch.records(),
            exception,
            error,
        });
    }

    /// MESSAGE_TOO_LARGE: the same records in smaller batches (`RecordAccumulator.splitAndReenqueue`, R-PRD-28).
    fn split(&mut self, ctx: &mut Ctx<'_>, batch: ProducerBatch) {
        ctx.metrics.producer_count(ctx.now_ms, ctx.me, ProducerCount::Splits, 1);
        let limit = i64::from(self.config.batch_size);
        if let Some(queues) = self.accumulator.known_mut(&batch.tp.topic) {
            // The most careful guess, so that it does not happen again soon.
            queues.ratio = ONE.max(batch.compression_ratio().unwrap_or(ONE));
        }
        let config = &self.config;
        let builders = batch.built().map(|built| pieces(built, config, limit)).unwrap_or_default();
        let counts: Vec<u32> = builders.iter().map(|piece| piece.count().unsigned_abs()).collect();
        let tags = ctx.ledger.split(batch.tag, &counts);
        ctx.emit(EventKind::BatchSplit {
            producer: Arc::clone(&self.name),
            tp: batch.tp.clone(),
            records: batch.records(),
            into: u32::try_from(builders.len()).unwrap_or(u32::MAX),
        });
        let mut parts: Vec<ProducerBatch> = builders
            .into_iter()
            .zip(tags)
            .map(|(builder, tag)| batch.part_of(tag, builder))
            .collect();
        let mut sequence = batch.sequence;
        for part in &mut parts {
            part.sequence = sequence;
            let records = i32::try_from(part.records()).unwrap_or(0);
            sequence = sequence.map(|at| kafka_log::batch::increment_sequence(at, records));
        }
        for part in parts.into_iter().rev() {
            self.accumulator.moved(&part, true);
            if let Some(queue) = self.accumulator.busy_mut(&part.tp) {
                queue.batches.push_front(part);
            }
        }
    }
}

/// The records of a batch in batches of at most `limit` bytes, and at most half of what the batch held, so that
/// each split makes progress.
fn pieces(batch: &kafka_log::Batch, config: &ProducerConfig, limit: i64) -> Vec<BatchBuilder> {
    let most = (batch.count() / 2).max(1);
    let mut pieces: Vec<BatchBuilder> = Vec::new();
    for record in batch.records().flatten() {
        let headers = record.headers.to_vec();
        let headers: Vec<_> = headers
            .iter()
            .map(|header| HeaderRef { key: &header.key, value: header.value.as_deref() })
            .collect();
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        let full = pieces.last().is_none_or(|piece| {
            let more = piece.next_record_size(record.timestamp, key, value, &headers);
            piece.count() >= most || i64::from(piece.size_in_bytes()) + i64::from(more) > limit
        });
        if full {
            pieces.push(new_builder(config, 0));
        }
        if let Some(piece) = pieces.last_mut() {
            let _ = piece.append(record.timestamp, key, value, &headers);
        }
    }
    pieces
}

/// Errors after which a client asks for metadata (`InvalidMetadataException`). REQUEST_TIMED_OUT is none of them.
fn is_invalid_metadata(error: ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::UnknownTopicOrPartition
            | ErrorCode::UnknownTopicId
            | ErrorCode::NotLeaderOrFollower
            | ErrorCode::LeaderNotAvailable
            | ErrorCode::ReplicaNotAvailable
            | ErrorCode::PreferredLeaderNotAvailable
            | ErrorCode::FencedLeaderEpoch
            | ErrorCode::KafkaStorageError
            | ErrorCode::NetworkException
    )
}
