//! Produce: append, then answer, or wait for the in-sync replicas first (`ReplicaManager.appendRecords`,
//! `Partition.appendRecordsToLeader`, `DelayedProduce`).

use super::metered::{Begun, Offered};
use super::{Broker, LifeState, purgatory::DelayedProduce};
use crate::config::CleanupPolicy;
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::ledger::Ledger;
use crate::metrics::BrokerCount;
use crate::protocol::{
    Acks, ErrorCode, ProducePart, ProduceRequest, ProduceResponse, ProduceResult, Response,
};
use crate::sim::{ActorId, Ctx, Timer};
use kafka_log::{AppendError, AppendOrigin, Batch};
use std::sync::Arc;

impl Broker {
    /// Handles a produce request.
    pub(crate) fn produce(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: ProduceRequest,
    ) {
        let mut parts = Vec::with_capacity(request.parts.len());
        for part in request.parts {
            let (cause, tag) = (part.cause, part.batch.tag());
            let appended = ctx.caused_by(cause, |ctx| self.append(ctx, request.acks, part));
            if appended.0.error != ErrorCode::None {
                ctx.ledger.not_stored(tag, request.acks == Acks::None);
            }
            parts.push(appended);
        }
        if request.acks == Acks::None {
            // Nobody waits for an answer: a closed connection tells the client to ask for metadata (R-PRD-41).
            if parts.iter().any(|(result, _)| result.error != ErrorCode::None) {
                ctx.close_connection(from, self.id);
            }
            Self::measure_produce(ctx, Begun::now(ctx), &parts);
            return;
        }
        if parts.iter().all(|(_, required)| required.is_none()) {
            return self.answer_produce(ctx, from, id, parts, Begun::now(ctx));
        }
        let waiting = self.next_id();
        for (result, required) in &parts {
            if required.is_some()
                && let Some(partition) = self.partitions.get_mut(&result.tp)
            {
                partition.produces.push(waiting);
            }
        }
        let (begun, cause) = (Begun::now(ctx), ctx.cause);
        let delayed = DelayedProduce { from, correlation: id, parts, cause, begun };
        self.purgatory.produces.insert(waiting, delayed);
        self.measure_purgatory(ctx);
        ctx.timer(ctx.now_ms + request.timeout_ms, Timer::ProduceExpired(waiting));
    }

    /// Appends one batch. With the result comes the high watermark its answer has to wait for, if any.
    fn append(
        &mut self,
        ctx: &mut Ctx<'_>,
        acks: Acks,
        part: ProducePart,
    ) -> (ProduceResult, Option<i64>) {
        let tp = part.tp.clone();
        let offered = Offered::of(&part);
        let appended = self.append_to_leader(ctx, acks, part);
        offered.measure(ctx, appended.err().unwrap_or(ErrorCode::None));
        match appended {
            Ok((base_offset, next_offset)) => {
                let required = self.partitions.get(&tp).and_then(|partition| {
                    let short = partition.log.high_watermark() < next_offset;
                    (acks == Acks::All && short).then_some(next_offset)
                });
                let (error, cause) = (ErrorCode::None, ctx.cause);
                (ProduceResult { tp, error, base_offset, cause, current_leader: None }, required)
            }
            Err(error) => {
                let current_leader = self.leader_hint(&tp, error);
                let cause = ctx.cause;
                (ProduceResult { tp, error, base_offset: -1, cause, current_leader }, None)
            }
        }
    }

    fn append_to_leader(
        &mut self,
        ctx: &mut Ctx<'_>,
        acks: Acks,
        part: ProducePart,
    ) -> Result<(i64, i64), ErrorCode> {
        let me = self.id;
        if self.lifecycle.state == LifeState::Down {
            // An earlier part of the same request has filled the disk.
            return Err(ErrorCode::KafkaStorageError);
        }
        let (max_lag_ms, eligible) = (self.max_lag_ms(), self.eligible());
        let room = self.take_room(ctx.now_ms, u64::from(part.batch.size_in_bytes()));
        let partition =
            self.partitions.get_mut(&part.tp).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        match partition.led_by(me) {
            ErrorCode::None => {}
            error => return Err(error),
        }
        if acks == Acks::All && partition.is_under_min_isr() {
            return Err(ErrorCode::NotEnoughReplicas);
        }
        if !room && would_write(partition, &part.batch, ctx.now_ms) {
            self.fail_log_dir(ctx, &part.tp);
            return Err(ErrorCode::KafkaStorageError);
        }
        let tag = part.batch.tag();
        let (bytes, crc) = (part.batch.size_in_bytes(), part.batch.crc());
        let before = active_bytes(&partition.log);
        let control = part.batch.is_control();
        let epoch = partition.image.leader_epoch;
        let producer = ctx.ledger.producer_of(tag).cloned().unwrap_or_else(|| "?".into());
        let log_end = partition.log.log_end_offset();
        ctx.grows(&part.batch);
        let appended =
            partition.log.append_as_leader(part.batch, epoch, ctx.now_ms, AppendOrigin::Client);
        let info = match appended {
            Ok(info) => info,
            Err(refused) => return Err(refuse(ctx, producer, part.tp, &refused)),
        };
        let (first, last) = (info.first_offset, info.last_offset);
        let rolled = info.rolled.map(|base| {
            let tp = part.tp.clone();
            ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::LogFlushes, 1);
            ctx.emit(EventKind::SegmentRolled { broker: me, tp, base, closed_bytes: before })
        });
        if info.duplicate {
            ctx.emit_as_cause(EventKind::DuplicateBatch { producer, tp: part.tp, first, last });
            return Ok((first, last + 1));
        }
        if ctx.ledger.stored(tag, first, me, ctx.now_ms) {
            let behind = behind_their_key(ctx.ledger, &partition.log, tag, first);
            ctx.ledger.count_reordered(tag, behind);
        }
        ctx.ledger.copied(tag, first, me);
        let tp = part.tp.clone();
        ctx.wrote();
        let appended = EventKind::Appended { producer, broker: me, tp, first, last, bytes, crc };
        let event = ctx.emit_as_cause(appended);
        partition.version += 1;
        partition.durable.written(ctx.now_ms, log_end);
        let CleanupPolicy { compact, delete: deletes } = partition.config.cleanup_policy;
        let retention_bytes = partition.config.retention_bytes;
        let replicated = partition.image.isr.len() > 1;
        let sooner = deletes && partition.cleaner.may_come_sooner(retention_bytes);
        let moved = partition.advance_high_watermark(ctx.now_ms, max_lag_ms, &eligible);
        if let Some((from, to)) = moved {
            partition.high_watermark_by = Some(event);
            if from < first {
                // It had stood still before this append.
                ctx.emit(EventKind::HighWatermark { tp: part.tp.clone(), from, to });
            }
            self.wake_produces(ctx, &part.tp);
        }
        self.wake_fetches(ctx, &part.tp);
        if replicated {
            self.arm_isr_expiration(ctx);
        }
        if compact && (rolled.is_some() || control || sooner) {
            let cause = rolled.unwrap_or(event);
            ctx.caused_by(cause, |ctx| self.arm_cleaner(ctx, &part.tp));
        }
        Ok((first, last + 1))
    }

    /// Looks again at produces that wait for this partition's high watermark.
    pub(crate) fn wake_produces(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let high_watermark = partition.log.high_watermark();
        let short = partition.is_under_min_isr();
        for id in std::mem::take(&mut partition.produces) {
            let Some(delayed) = self.purgatory.produces.get_mut(&id) else { continue };
            for (result, required) in &mut delayed.parts {
                if result.tp == *tp && required.is_some_and(|offset| offset <= high_watermark) {
                    *required = None;
                    if short {
                        result.error = ErrorCode::NotEnoughReplicasAfterAppend;
                        result.base_offset = -1;
                    }
                    // What let it through is behind the answer.
                    result.cause = result.cause.max(ctx.cause);
                }
            }
            if delayed.parts.iter().all(|(_, required)| required.is_none()) {
                self.finish_produce(ctx, id);
            } else if let Some(partition) = self.partitions.get_mut(tp) {
                partition.produces.push(id);
            }
        }
    }

    /// This broker leads the partition no more: whoever waits for its high watermark is told so
    /// (`DelayedProduce.tryComplete`).
    pub(super) fn refuse_produces(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let hint = self.leader_hint(tp, ErrorCode::NotLeaderOrFollower);
        let waiting: Vec<u64> = match self.partitions.get_mut(tp) {
            Some(partition) => std::mem::take(&mut partition.produces),
            None => self.purgatory.produces.keys().copied().collect(),
        };
        let error = match self.partitions.contains_key(tp) {
            true => ErrorCode::NotLeaderOrFollower,
            false => ErrorCode::UnknownTopicOrPartition,
        };
        for id in waiting {
            let Some(delayed) = self.purgatory.produces.get_mut(&id) else { continue };
            for (result, required) in &mut delayed.parts {
                if result.tp == *tp && required.take().is_some() {
                    (result.error, result.base_offset) = (error, -1);
                    (result.cause, result.current_leader) = (ctx.cause, hint);
                }
            }
            if delayed.parts.iter().all(|(_, required)| required.is_none()) {
                self.finish_produce(ctx, id);
            }
        }
    }

    /// Who leads, for a client that is wrong about it (KIP-951).
    fn leader_hint(
        &self,
        tp: &TopicPartition,
        error: ErrorCode,
    ) -> Option<(crate::ids::BrokerId, i32)> {
        if error != ErrorCode::NotLeaderOrFollower {
            return None;
        }
        let image = self.image.partition(tp)?;
        Some((image.leader?, image.leader_epoch))
    }

    /// A produce has waited its timeout: what is not yet in the in-sync replicas is REQUEST_TIMED_OUT, and stays
    /// in the log.
    pub(crate) fn produce_expired(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        if let Some(delayed) = self.purgatory.produces.get_mut(&id) {
            for (result, required) in &mut delayed.parts {
                if required.take().is_some() {
                    result.error = ErrorCode::RequestTimedOut;
                    result.base_offset = -1;
                    ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::ProduceExpired, 1);
                }
            }
            self.finish_produce(ctx, id);
        }
    }

    fn finish_produce(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        if let Some(delayed) = self.purgatory.produces.remove(&id) {
            ctx.caused_by(delayed.cause, |ctx| {
                let DelayedProduce { from, correlation, parts, begun, .. } = delayed;
                self.answer_produce(ctx, from, correlation, parts, begun);
            });
            self.measure_purgatory(ctx);
        }
    }

    fn answer_produce(
        &self,
        ctx: &mut Ctx<'_>,
        to: ActorId,
        id: u64,
        parts: Vec<(ProduceResult, Option<i64>)>,
        begun: Begun,
    ) {
        Self::measure_produce(ctx, begun, &parts);
        let parts = parts.into_iter().map(|(result, _)| result).collect();
        ctx.respond(to, id, Response::Produce(ProduceResponse { parts }));
    }
}

/// Whether an append would come to the write: what is refused or known already needs no room.
fn would_write(partition: &super::Partition, batch: &Batch, now_ms: i64) -> bool {
    let (mut log, epoch) = (partition.log.clone(), partition.image.leader_epoch);
    log.append_as_leader(batch.clone(), epoch, now_ms, AppendOrigin::Client)
        .is_ok_and(|info| !info.duplicate)
}

/// How many records of the batch at `first` lie behind a record of the same key that their producer sent after them. Only batches
/// near the end of the log are looked at: a later batch can not lie further before than what is in flight at a time.
fn behind_their_key(
    ledger: &Ledger,
    log: &kafka_log::Log,
    tag: kafka_log::BatchTag,
    first: i64,
) -> u64 {
    const LOOK_BACK: i64 = 10_000;
    let sender = |tag| ledger.row(tag).map(|row| row.producer);
    let later: Vec<&Batch> = log
        .batches_from(first.saturating_sub(LOOK_BACK))
        .take_while(|batch| batch.base_offset() < first)
        .filter(|batch| batch.tag() > tag && sender(batch.tag()) == sender(tag))
        .collect();
    let Some(batch) = log.batch_containing(first) else { return 0 };
    let keys = |batch: &Batch| -> Vec<bytes::Bytes> {
        batch.records().flatten().filter_map(|record| record.key).collect()
    };
    let mut passed: Vec<bytes::Bytes> = later.into_iter().flat_map(keys).collect();
    sorted::sort(&mut passed);
    let behind = keys(batch).into_iter().filter(|key| passed.binary_search(key).is_ok()).count();
    u64::try_from(behind).unwrap_or(u64::MAX)
}

/// Says why a log takes no batch, in its first bad record's words where it has any.
fn refuse(
    ctx: &mut Ctx<'_>,
    producer: Arc<str>,
    tp: TopicPartition,
    refused: &AppendError,
) -> ErrorCode {
    let error = ErrorCode::from_name(refused.kafka_error());
    let message = match refused.record_errors().first() {
        Some(record) => record.message.as_str().into(),
        None => refused.to_string().into(),
    };
    ctx.emit_as_cause(EventKind::AppendRefused { producer, tp, error, message });
    error
}

/// Bytes of the active segment.
fn active_bytes(log: &kafka_log::Log) -> i64 {
    let last = log.segment_count().saturating_sub(1);
    log.segment_info(last).map_or(0, |info| i64::from(info.bytes))
}
