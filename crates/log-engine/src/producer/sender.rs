//! The sender: which batches are ready, what goes into a request, what has waited too long (`Sender.runOnce`,
//! `RecordAccumulator.ready` and `drain`; R-PRD-23 to R-PRD-27).

use super::batch::{ProducerBatch, next_ratio};
use super::{InFlight, Producer};
use crate::config::Acks;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::protocol::{self, ErrorCode, ProducePart, ProduceRequest, Request};
use crate::sim::{ActorId, Ctx, Timer};
use kafka_log::batch::{ProducerStamp, increment_sequence};
use std::sync::Arc;

impl Producer {
    /// One round of the sender: as many requests as may go now, and a timer for what may go later.
    pub(crate) fn run_sender(&mut self, ctx: &mut Ctx<'_>) {
        self.bump_epoch_if_needed();
        self.expire_requests(ctx);
        self.expire_batches(ctx);
        if self.config.enable_idempotence && self.identity.is_none() {
            self.ask_for_identity(ctx);
        } else {
            while let Some((broker, ready)) = self.next_ready(ctx) {
                self.send_request(ctx, broker, &ready);
            }
        }
        if !self.pending.is_empty() {
            self.send_pending(ctx);
        }
        self.schedule_wake(ctx);
        self.finish_close(ctx);
    }

    /// A broker that can take a request now, with the partitions that have a batch for it.
    fn next_ready(&mut self, ctx: &mut Ctx<'_>) -> Option<(BrokerId, Vec<TopicPartition>)> {
        let mut ready: Option<(BrokerId, Vec<TopicPartition>)> = None;
        let mut unknown_leader = false;
        for queue in self.accumulator.queues() {
            let Some(first) = queue.batches.front() else { continue };
            if !self.is_ready(ctx.now_ms, queue.batches.len(), first) || !self.may_drain(queue) {
                continue;
            }
            let Some(leader) = self.metadata.leader(&queue.tp) else {
                unknown_leader = true;
                continue;
            };
            let busy = self.in_flight_by_broker.get(&leader).copied().unwrap_or(0);
            if i64::from(busy) >= i64::from(self.config.max_in_flight) {
                continue;
            }
            match &mut ready {
                None => ready = Some((leader, vec![queue.tp.clone()])),
                Some((broker, parts)) if *broker == leader => parts.push(queue.tp.clone()),
                Some(_) => {}
            }
        }
        if unknown_leader {
            self.ask_for_metadata(ctx);
        }
        ready
    }

    fn is_ready(&self, now_ms: TimestampMs, queued: usize, first: &ProducerBatch) -> bool {
        if now_ms < first.backoff_until_ms {
            return false;
        }
        let exhausted = !self.pending.is_empty();
        let lingered = now_ms - first.created_ms >= i64::from(self.config.linger_ms);
        queued > 1 || first.is_full() || lingered || self.closing || exhausted
    }

    /// Order: with one request in flight a partition waits for it; with idempotence a retried batch goes
    /// before any other of its partition (`shouldStopDrainBatchesForPartition`).
    fn may_drain(&self, queue: &super::accumulator::Queue) -> bool {
        if self.config.max_in_flight == 1 && queue.in_flight > 0 {
            return false;
        }
        if !self.config.enable_idempotence || queue.in_flight == 0 {
            return true;
        }
        if queue.identity != self.identity {
            return false;
        }
        let first = queue.batches.front().and_then(|batch| batch.sequence);
        let earliest = self
            .in_flight
            .values()
            .flat_map(|request| &request.batches)
            .filter(|batch| batch.tp == queue.tp)
            .filter_map(|batch| batch.sequence)
            .min();
        match (first, earliest) {
            (Some(first), Some(earliest)) => first < earliest,
            _ => true,
        }
    }

    /// One batch a partition, up to `max.request.size`, in one request.
    fn send_request(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId, ready: &[TopicPartition]) {
        let mut batches = Vec::with_capacity(ready.len());
        let mut size = 0;
        for tp in ready {
            let Some(queue) = self.accumulator.queue_mut(tp) else { continue };
            let Some(first) = queue.batches.front() else { continue };
            if size > 0 && size + first.bytes() > i64::from(self.config.max_request_size) {
                break;
            }
            size += first.bytes();
            if let Some(batch) = self.drain(tp) {
                batches.push(batch);
            }
        }
        let id = self.next_correlation();
        let parts: Vec<ProducePart> = batches
            .iter_mut()
            .filter_map(|batch| {
                let built = batch.built()?.clone();
                ctx.ledger.in_flight(batch.tag);
                batch.attempts += 1;
                let event = EventKind::BatchSent {
                    producer: Arc::clone(&self.name),
                    broker,
                    tp: batch.tp.clone(),
                    records: batch.records(),
                    bytes: built.size_in_bytes(),
                    attempt: batch.attempts,
                };
                let cause = ctx.caused_by(batch.cause, |ctx| ctx.emit(event));
                Some(ProducePart { tp: batch.tp.clone(), batch: built, cause })
            })
            .collect();
        let cause = parts.first().map_or(ctx.cause, |part| part.cause);
        let acks = wire_acks(self.config.acks);
        let timeout_ms = i64::from(self.config.request_timeout_ms);
        let request = Request::Produce(ProduceRequest { acks, timeout_ms, parts });
        ctx.caused_by(cause, |ctx| ctx.request(ActorId::Broker(broker), id, request));
        if acks == protocol::Acks::None {
            for batch in batches {
                self.succeed(ctx, batch, -1);
            }
            return;
        }
        *self.in_flight_by_broker.entry(broker).or_default() += 1;
        self.in_flight.insert(id, InFlight { broker, sent_ms: ctx.now_ms, batches });
    }

    /// Takes the first batch of a queue and stamps it with producer id, epoch and sequence.
    fn drain(&mut self, tp: &TopicPartition) -> Option<ProducerBatch> {
        let identity = self.identity;
        let queue = self.accumulator.queue_mut(tp)?;
        let mut batch = queue.batches.pop_front()?;
        if queue.identity != identity && queue.in_flight == 0 && batch.sequence.is_none() {
            queue.identity = identity;
            queue.next_sequence = 0;
        }
        let fresh = batch.sequence.is_none();
        let stamp = match queue.identity {
            Some((producer_id, producer_epoch)) => {
                let base_sequence = batch.sequence.unwrap_or(queue.next_sequence);
                if fresh {
                    let records = i32::try_from(batch.records()).unwrap_or(i32::MAX);
                    queue.next_sequence = increment_sequence(base_sequence, records);
                    batch.sequence = Some(base_sequence);
                }
                ProducerStamp { producer_id, producer_epoch, base_sequence, transactional: false }
            }
            None => ProducerStamp::NONE,
        };
        queue.in_flight += 1;
        queue.last_bytes = batch.bytes();
        if fresh || batch.built().is_none() {
            batch.stamp(stamp);
        }
        self.accumulator.moved(&batch, false);
        self.observe_compression(&batch, fresh);
        Some(batch)
    }

    /// Learns from how far a batch could be compressed.
    fn observe_compression(&mut self, batch: &ProducerBatch, fresh: bool) {
        if let Some(built) = batch.built().filter(|_| fresh) {
            self.counts.bytes += u64::from(built.size_in_bytes());
            let uncompressed = built.uncompressed_size().unwrap_or(built.size_in_bytes());
            self.counts.uncompressed_bytes += u64::from(uncompressed);
        }
        if let (Some(observed), Some(queues)) =
            (batch.compression_ratio(), self.accumulator.known_mut(&batch.tp.topic))
        {
            queues.ratio = next_ratio(queues.ratio, observed);
        }
    }

    /// `request.timeout.ms`: the connection is dropped and its batches are tried again.
    fn expire_requests(&mut self, ctx: &mut Ctx<'_>) {
        let timeout_ms = i64::from(self.config.request_timeout_ms);
        let late: Vec<u64> = self
            .in_flight
            .iter()
            .filter(|(_, request)| request.sent_ms + timeout_ms <= ctx.now_ms)
            .map(|(&id, _)| id)
            .collect();
        for id in late {
            for batch in self.take_in_flight(id) {
                self.refused(ctx, batch, ErrorCode::NetworkException);
            }
        }
    }

    /// `delivery.timeout.ms`: what has waited that long since `send()` fails.
    fn expire_batches(&mut self, ctx: &mut Ctx<'_>) {
        let limit_ms = ctx.now_ms - i64::from(self.config.delivery_timeout_ms);
        let mut expired = Vec::new();
        for queue in self.accumulator.queues_mut() {
            while queue.batches.front().is_some_and(|batch| batch.created_ms <= limit_ms) {
                expired.extend(queue.batches.pop_front());
            }
        }
        for batch in expired {
            self.accumulator.moved(&batch, false);
            self.fail(ctx, batch, "TimeoutException", ErrorCode::RequestTimedOut);
        }
    }

    /// Wakes the sender when the next batch may go, or something runs out.
    fn schedule_wake(&mut self, ctx: &mut Ctx<'_>) {
        let mut next = TimestampMs::MAX;
        for queue in self.accumulator.queues() {
            let Some(first) = queue.batches.front() else { continue };
            let expires = first.created_ms + i64::from(self.config.delivery_timeout_ms);
            let lingers = first.created_ms + i64::from(self.config.linger_ms);
            // What could go already waits for an answer, not for a time.
            let due = lingers.max(first.backoff_until_ms);
            next = next.min(if due > ctx.now_ms { due } else { expires });
        }
        if let Some(oldest) = self.in_flight.values().next() {
            next = next.min(oldest.sent_ms + i64::from(self.config.request_timeout_ms));
        }
        if next < self.next_wake_ms {
            self.next_wake_ms = next;
            ctx.timer(next, Timer::SenderWake);
        }
    }

    /// After a batch was lost for good its partition's sequences start again, under a new epoch
    /// (`TransactionManager.bumpIdempotentProducerEpoch`, R-PRD-54, R-PRD-55).
    fn bump_epoch_if_needed(&mut self) {
        let wanted = std::mem::take(&mut self.bump_epoch_for);
        if wanted.is_empty() {
            return;
        }
        if let Some((producer_id, epoch)) = self.identity {
            self.identity = Some((producer_id, epoch.wrapping_add(1)));
        }
    }

    /// Takes a request off the list of those in flight.
    pub(super) fn take_in_flight(&mut self, id: u64) -> Vec<ProducerBatch> {
        let Some(request) = self.in_flight.remove(&id) else { return Vec::new() };
        if let Some(busy) = self.in_flight_by_broker.get_mut(&request.broker) {
            *busy = busy.saturating_sub(1);
        }
        for batch in &request.batches {
            if let Some(queue) = self.accumulator.queue_mut(&batch.tp) {
                queue.in_flight = queue.in_flight.saturating_sub(1);
            }
        }
        request.batches
    }
}

fn wire_acks(acks: Acks) -> protocol::Acks {
    match acks {
        Acks::None => protocol::Acks::None,
        Acks::Leader => protocol::Acks::Leader,
        Acks::All => protocol::Acks::All,
    }
}
