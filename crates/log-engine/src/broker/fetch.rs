//! Fetch: answer at once if there is enough, else wait for data or for `fetch.max.wait.ms`
//! (`ReplicaManager.fetchMessages`, `DelayedFetch`).

use super::{Broker, purgatory::DelayedFetch, purgatory::Phase};
use crate::ids::TopicPartition;
use crate::protocol::{
    ErrorCode, FetchPart, FetchRequest, FetchResponse, FetchResult, Request, Response,
};
use crate::sim::{ActorId, Body, Ctx, Due, Message, Side, Timer};
use kafka_log::Isolation;
use std::sync::Arc;

/// What a fetch would get now.
struct Answer {
    response: FetchResponse,
    bytes: i64,
    failed: bool,
}

impl Broker {
    /// Handles a fetch.
    pub(crate) fn fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        correlation: u64,
        request: Arc<FetchRequest>,
    ) {
        let answer = self.read(&request);
        if answer.failed || answer.bytes >= request.min_bytes || request.max_wait_ms <= 0 {
            return ctx.respond(from, correlation, Response::Fetch(answer.response));
        }
        let id = self.next_id();
        let deadline = ctx.now_ms + request.max_wait_ms;
        self.watch(id, &request);
        let arrived_ms = ctx.now_ms;
        let delayed = DelayedFetch { from, correlation, request, arrived_ms, parked: false };
        self.purgatory.fetches.insert(id, delayed);
        ctx.timer(deadline, Timer::FetchExpired(id));
    }

    fn watch(&mut self, id: u64, request: &FetchRequest) {
        for part in &request.parts {
            if let Some(partition) = self.partitions.get_mut(&part.tp)
                && !partition.fetches.contains(&id)
            {
                partition.fetches.push(id);
            }
        }
    }

    /// Looks again at fetches that wait for a partition.
    pub(crate) fn wake_fetches(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        for id in std::mem::take(&mut partition.fetches) {
            self.try_fetch(ctx, id);
            if self.purgatory.fetches.contains_key(&id)
                && let Some(partition) = self.partitions.get_mut(tp)
            {
                partition.fetches.push(id);
            }
        }
    }

    /// Answers a waiting fetch if there is enough for it now.
    pub(crate) fn try_fetch(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        let Some(delayed) = self.purgatory.fetches.get(&id) else { return };
        let answer = self.read(&delayed.request);
        if !answer.failed && answer.bytes < delayed.request.min_bytes {
            return;
        }
        if delayed.parked && !self.unpark(ctx, id) {
            return;
        }
        if let Some(delayed) = self.purgatory.fetches.remove(&id) {
            ctx.respond(delayed.from, delayed.correlation, Response::Fetch(answer.response));
        }
    }

    /// A fetch has waited its time. If there is nothing for it, and its client would only send it again, it is
    /// parked instead of answered.
    pub(crate) fn fetch_expired(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        let Some(delayed) = self.purgatory.fetches.get(&id) else { return };
        if delayed.parked || ctx.now_ms < delayed.arrived_ms + delayed.request.max_wait_ms {
            return;
        }
        let answer = self.read(&delayed.request);
        if let ActorId::Consumer(consumer) = delayed.from
            && !answer.failed
            && answer.bytes == 0
            && ctx.links.parking
        {
            let (broker, request) = (self.id, Arc::clone(&delayed.request));
            ctx.side.push(Side::ParkFetch { consumer, broker, id, request });
        } else {
            self.answer_fetch(ctx, id);
        }
    }

    /// Parks a fetch that has waited its time.
    pub(crate) fn park_fetch(&mut self, id: u64) {
        if let Some(delayed) = self.purgatory.fetches.get_mut(&id) {
            delayed.parked = true;
        }
    }

    /// Answers a waiting fetch with what there is.
    pub(crate) fn answer_fetch(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        if let Some(delayed) = self.purgatory.fetches.remove(&id) {
            let response = Response::Fetch(self.read(&delayed.request).response);
            ctx.respond(delayed.from, delayed.correlation, response);
        }
    }

    /// A client is about to change what it fetches, or goes away: its parked fetches go through their cycle
    /// again step by step.
    pub(crate) fn unpark_fetches_of(&mut self, ctx: &mut Ctx<'_>, client: ActorId) {
        let parked: Vec<u64> = self
            .purgatory
            .fetches
            .iter()
            .filter(|(_, delayed)| delayed.parked && delayed.from == client)
            .map(|(&id, _)| id)
            .collect();
        for id in parked {
            self.unpark(ctx, id);
        }
    }

    /// Puts a parked fetch back to where its cycle is now. True if it waits here.
    fn unpark(&mut self, ctx: &mut Ctx<'_>, id: u64) -> bool {
        let Some(delayed) = self.purgatory.fetches.get_mut(&id) else { return false };
        let latency_ms = ctx.links.latency_ms(ctx.me, delayed.from);
        let (arrives_ms, body) = match delayed.phase(ctx.now_ms, latency_ms) {
            Phase::Waiting { arrived_ms } => {
                delayed.parked = false;
                delayed.arrived_ms = arrived_ms;
                let deadline = arrived_ms + delayed.request.max_wait_ms;
                ctx.timer(deadline, Timer::FetchExpired(id));
                return true;
            }
            Phase::Answered { arrives_ms } => {
                (arrives_ms, Body::Response(Response::Fetch(FetchResponse::default())))
            }
            Phase::Asking { arrives_ms } => {
                (arrives_ms, Body::Request(Request::Fetch(Arc::clone(&delayed.request))))
            }
        };
        let (me, client, correlation) = (ctx.me, delayed.from, delayed.correlation);
        let (from, to) = if matches!(body, Body::Request(_)) { (client, me) } else { (me, client) };
        let message = Message { from, to, correlation, cause: ctx.cause, body };
        self.purgatory.fetches.remove(&id);
        ctx.queue.push(arrives_ms, Due::Deliver(Box::new(message)));
        false
    }

    /// A client is gone for good: nothing of it waits here any more.
    pub(crate) fn forget_fetches_of(&mut self, client: ActorId) {
        self.purgatory.fetches.retain(|_, delayed| delayed.from != client);
    }

    fn read(&self, request: &FetchRequest) -> Answer {
        let mut answer = Answer { response: FetchResponse::default(), bytes: 0, failed: false };
        let mut left = request.max_bytes;
        for part in &request.parts {
            // The first batch of the first partition that has any comes whole, whatever its size (KIP-74).
            let whole = answer.bytes == 0;
            let (error, batches) = match self.read_part(part, request.read_committed, left, whole) {
                Ok(batches) => (ErrorCode::None, batches),
                Err(error) => (error, Vec::new()),
            };
            answer.failed |= error != ErrorCode::None;
            let bytes: i64 = batches.iter().map(|batch| i64::from(batch.size_in_bytes())).sum();
            answer.bytes += bytes;
            left = left.saturating_sub(bytes);
            if bytes > 0 || error != ErrorCode::None {
                let (tp, offset) = (part.tp.clone(), part.offset);
                answer.response.parts.push(FetchResult { tp, offset, error, batches });
            }
        }
        answer
    }

    fn read_part(
        &self,
        part: &FetchPart,
        read_committed: bool,
        left: i64,
        whole: bool,
    ) -> Result<Vec<kafka_log::Batch>, ErrorCode> {
        let partition = self.partitions.get(&part.tp).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        match partition.led_by(self.id) {
            ErrorCode::None => {}
            error => return Err(error),
        }
        let isolation =
            if read_committed { Isolation::TxnCommitted } else { Isolation::HighWatermark };
        let max_bytes = u32::try_from(part.max_bytes.min(left).max(0)).unwrap_or(u32::MAX);
        partition
            .log
            .read(part.offset, max_bytes, isolation, whole)
            .map(|info| info.batches)
            .map_err(|refused| ErrorCode::from_name(refused.kafka_error()))
    }
}
