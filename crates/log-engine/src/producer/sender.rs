//! The sender: which batches are ready, what goes into a request, what has waited too long (`Sender.runOnce`,
//! `RecordAccumulator.ready` and `drain`; R-PRD-23 to R-PRD-27).

use super::batch::{ONE, ProducerBatch, next_ratio};
use super::connections::Ready;
use super::{InFlight, Producer};
use crate::config::Acks;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::metrics::Sent;
use crate::protocol::{self, ErrorCode, ProducePart, ProduceRequest, Request};
use crate::sim::{ActorId, Ctx, Timer};
use kafka_log::batch::{ProducerStamp, increment_sequence};
use std::sync::Arc;

/// What a client's `poll()` takes to notice that time is up.
const POLL_MS: i64 = 5;

impl Producer {
    /// One round of the sender: as many requests as may go now, and a timer for what may go later.
    pub(crate) fn run_sender(&mut self, ctx: &mut Ctx<'_>) {
        self.accumulator.forget_idle();
        self.expire_requests(ctx);
        self.expire_batches(ctx);
        if self.config.enable_idempotence {
            self.resolve_sequences();
            self.bump_epoch_if_needed(ctx);
        }
        if self.config.enable_idempotence && self.identity.is_none() {
            self.ask_for_identity(ctx);
        } else {
            self.note_leaders(ctx.now_ms);
            while let Some((broker, ready)) = self.next_ready(ctx) {
                self.send_request(ctx, broker, &ready);
            }
        }
        if !self.pending.is_empty() {
            self.send_pending(ctx);
        }
        self.refresh_metadata(ctx);
        self.schedule_wake(ctx);
        self.measure(ctx);
        self.finish_close(ctx);
    }

    /// How it stands, where that is another way than before.
    fn measure(&mut self, ctx: &mut Ctx<'_>) {
        let (_, memory) = self.accumulator.load();
        let stands = (self.in_flight.len(), memory, self.pending.len());
        if stands != self.measured {
            self.measured = stands;
            ctx.metrics.producer_stands(ctx.now_ms, ctx.me, stands);
        }
    }

    /// A batch that waits for a retry need not wait any longer once its partition has a new leader.
    fn note_leaders(&mut self, now_ms: TimestampMs) {
        let metadata = &self.metadata;
        self.accumulator.each_busy(|queue| {
            let Some(first) = queue.batches.front_mut() else { return };
            let Some(epoch) = metadata.leader_epoch(&queue.tp) else { return };
            if first.sees_leader(epoch) {
                first.backoff_until_ms = first.backoff_until_ms.min(now_ms);
            }
        });
    }

    /// A broker that can take a request now, with the partitions that have a batch for it.
    fn next_ready(&mut self, ctx: &mut Ctx<'_>) -> Option<(BrokerId, Vec<TopicPartition>)> {
        let mut ready: Option<(BrokerId, Vec<TopicPartition>)> = None;
        let mut unknown_leader = false;
        let mut connect: Vec<BrokerId> = Vec::new();
        for queue in self.accumulator.busy() {
            let Some(first) = queue.batches.front() else { continue };
            let Some(leader) = self.metadata.leader(&queue.tp) else {
                unknown_leader = true;
                continue;
            };
            if !self.is_ready(ctx.now_ms, queue.batches.len(), first) || !self.may_drain(queue) {
                continue;
            }
            let free = self.has_free_slot(leader);
            let state = self.connections.ready(leader, ctx.now_ms);
            if state == Ready::Connect && !connect.contains(&leader) {
                connect.push(leader);
            }
            if !free || state != Ready::Yes {
                self.undrained.entry(leader).or_insert(ctx.now_ms);
                continue;
            }
            self.undrained.remove(&leader);
            match &mut ready {
                None => ready = Some((leader, vec![queue.tp.clone()])),
                Some((broker, parts)) if *broker == leader => parts.push(queue.tp.clone()),
                Some(_) => {}
            }
        }
        if unknown_leader {
            self.ask_for_metadata(ctx);
        }
        for broker in connect {
            self.connect(ctx, broker);
        }
        ready
    }

    /// Fewer than `max.in.flight.requests.per.connection` produce requests wait for this broker's answers.
    pub(crate) fn has_free_slot(&self, broker: BrokerId) -> bool {
        let busy = self.in_flight_by_broker.get(&broker).copied().unwrap_or(0);
        i64::from(busy) < i64::from(self.config.max_in_flight)
    }

    pub(crate) fn is_ready(
        &self,
        now_ms: TimestampMs,
        queued: usize,
        first: &ProducerBatch,
    ) -> bool {
        if now_ms < first.backoff_until_ms {
            return false;
        }
        let exhausted = self.pending.front().is_some_and(|first| first.for_memory);
        let lingered = now_ms - first.created_ms >= i64::from(self.config.linger_ms);
        queued > 1 || first.is_full() || lingered || self.closing || exhausted
    }

    /// Order: with one request in flight a partition waits for it; with idempotence a retried batch goes
    /// before any other of its partition (`shouldStopDrainBatchesForPartition`).
    pub(crate) fn may_drain(&self, queue: &super::accumulator::Queue) -> bool {
        if self.config.max_in_flight == 1 && queue.in_flight > 0 {
            return false;
        }
        if !self.config.enable_idempotence {
            return true;
        }
        let first = queue.batches.front().and_then(|batch| batch.sequence);
        if first.is_none() {
            // Nothing new while earlier batches have another epoch, or nobody knows what became of them.
            let stale = queue.identity != self.identity && queue.has_numbered();
            return !stale && queue.unresolved.is_none();
        }
        if queue.in_flight == 0 {
            return true;
        }
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
        let sent = batches.iter().filter_map(|batch| Some((&batch.tp, sent(batch, ctx.now_ms)?)));
        ctx.metrics.producer_sends(ctx.now_ms, ctx.me, sent);
        let acks = wire_acks(self.config.acks);
        let timeout_ms = i64::from(self.config.request_timeout_ms);
        let request = Request::Produce(ProduceRequest { acks, timeout_ms, parts });
        ctx.caused_by(cause, |ctx| ctx.request(ActorId::Broker(broker), id, request));
        if acks == protocol::Acks::None {
            self.connections.used(broker);
            for batch in batches {
                if let Some(queue) = self.accumulator.queue_mut(&batch.tp) {
                    queue.in_flight = queue.in_flight.saturating_sub(1);
                }
                self.succeed(ctx, batch, -1);
            }
            return;
        }
        self.connections.used(broker);
        *self.in_flight_by_broker.entry(broker).or_default() += 1;
        self.in_flight.insert(id, InFlight { broker, sent_ms: ctx.now_ms, batches });
    }

    /// Takes the first batch of a queue and stamps it with producer id, epoch and sequence.
    fn drain(&mut self, tp: &TopicPartition) -> Option<ProducerBatch> {
        let identity = self.identity;
        let queue = self.accumulator.queue_mut(tp)?;
        let mut batch = queue.batches.pop_front()?;
        if queue.identity != identity && batch.sequence.is_none() && !queue.has_numbered() {
            queue.identity = identity;
            queue.next_sequence = 0;
            queue.last_acked = None;
        }
        batch.renumbered = false;
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

    /// How long a request waits before the client takes notice: `request.timeout.ms`, and what its `poll()` needs to come
    /// round. A broker that waits as long for its in-sync replicas answers first, as on a real cluster (S-05, S-10).
    fn request_ms(&self) -> i64 {
        i64::from(self.config.request_timeout_ms) + POLL_MS
    }

    /// `request.timeout.ms`: the connection is dropped, and everything that was asked there is tried again
    /// (`NetworkClient.handleTimedOutRequests`).
    fn expire_requests(&mut self, ctx: &mut Ctx<'_>) {
        let sent_by_ms = ctx.now_ms - self.request_ms();
        let late = self.in_flight.values().filter(|request| request.sent_ms <= sent_by_ms);
        let other = self.other_calls.values().filter(|call| call.sent_ms <= sent_by_ms);
        let mut brokers: Vec<BrokerId> = late
            .map(|request| request.broker)
            .chain(other.map(|call| call.broker))
            .chain(self.connections.silent_since(sent_by_ms))
            .collect();
        sorted::sort(&mut brokers);
        brokers.dedup();
        for broker in brokers {
            ctx.disconnect(broker);
            self.disconnected(ctx, broker, ErrorCode::RequestTimedOut);
        }
    }

    /// `delivery.timeout.ms`: what has waited that long since `send()` fails.
    fn expire_batches(&mut self, ctx: &mut Ctx<'_>) {
        let limit_ms = ctx.now_ms - i64::from(self.config.delivery_timeout_ms);
        let mut expired = Vec::new();
        self.accumulator.each_busy(|queue| {
            while queue.batches.front().is_some_and(|batch| batch.created_ms <= limit_ms) {
                expired.extend(queue.batches.pop_front());
            }
        });
        for batch in expired {
            self.accumulator.moved(&batch, false);
            self.expire(ctx, batch);
        }
        // Those in flight too; their requests still wait for an answer (`getExpiredInflightBatches`).
        let mut expired = Vec::new();
        for request in self.in_flight.values_mut() {
            let old = |batch: &ProducerBatch| batch.created_ms <= limit_ms;
            if request.batches.iter().any(old) {
                let (late, young) = std::mem::take(&mut request.batches).into_iter().partition(old);
                request.batches = young;
                expired.push(late);
            }
        }
        for batch in expired.into_iter().flatten().collect::<Vec<ProducerBatch>>() {
            if let Some(queue) = self.accumulator.queue_mut(&batch.tp) {
                queue.in_flight = queue.in_flight.saturating_sub(1);
            }
            self.expire(ctx, batch);
        }
    }

    fn expire(&mut self, ctx: &mut Ctx<'_>, batch: ProducerBatch) {
        self.last_error = Some((ctx.now_ms, ErrorCode::RequestTimedOut));
        if batch.in_retry {
            self.sequence_unresolved(&batch);
        }
        self.fail(ctx, batch, "TimeoutException", ErrorCode::RequestTimedOut);
    }

    /// Wakes the sender when the next batch may go, or something runs out.
    pub(super) fn schedule_wake(&mut self, ctx: &mut Ctx<'_>) {
        let mut next = TimestampMs::MAX;
        let delivery_ms = i64::from(self.config.delivery_timeout_ms);
        let request_ms = self.request_ms();
        for queue in self.accumulator.busy() {
            let Some(first) = queue.batches.front() else { continue };
            let expires = first.created_ms + delivery_ms;
            let lingers = first.created_ms + i64::from(self.config.linger_ms);
            let due = lingers.max(first.backoff_until_ms);
            let due = match self.metadata.leader(&queue.tp) {
                Some(leader) => match self.connections.ready(leader, ctx.now_ms) {
                    Ready::At(until_ms) => due.max(until_ms),
                    _ => due,
                },
                None => due,
            };
            // What could go already waits for an answer, not for a time.
            next = next.min(if due > ctx.now_ms { due.min(expires) } else { expires });
        }
        if let Some(oldest) = self.in_flight.values().next() {
            next = next.min(oldest.sent_ms + request_ms);
        }
        if self.delivers_late() {
            let batches = self.in_flight.values().flat_map(|request| &request.batches);
            let first = batches.map(|batch| batch.created_ms + delivery_ms).min();
            next = next.min(first.unwrap_or(next));
        }
        if let Some(oldest) = self.other_calls.values().map(|call| call.sent_ms).min() {
            next = next.min(oldest + request_ms);
        }
        next = next.min(self.metadata_wake_ms(ctx.now_ms));
        if next < self.next_wake_ms {
            self.next_wake_ms = next;
            ctx.timer(next, Timer::SenderWake);
        }
    }

    /// Some batch in flight may be given up before its request is: one that was tried before.
    fn delivers_late(&self) -> bool {
        let all = || self.in_flight.values().flat_map(|request| &request.batches);
        all().any(|batch| batch.in_retry)
            || self.config.delivery_timeout_ms <= self.config.request_timeout_ms
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

/// What the metrics are told of a batch that is sent.
fn sent(batch: &ProducerBatch, now_ms: TimestampMs) -> Option<Sent> {
    let built = batch.built()?;
    Some(Sent {
        records: batch.records(),
        bytes: built.size_in_bytes(),
        queued_ms: now_ms - batch.created_ms,
        ratio_millionths: batch.compression_ratio().unwrap_or(ONE),
    })
}

fn wire_acks(acks: Acks) -> protocol::Acks {
    match acks {
        Acks::None => protocol::Acks::None,
        Acks::Leader => protocol::Acks::Leader,
        Acks::All => protocol::Acks::All,
    }
}
