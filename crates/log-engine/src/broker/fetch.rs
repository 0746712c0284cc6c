//! Fetch: answer at once if there is enough, else wait for data or for `fetch.max.wait.ms`
//! (`ReplicaManager.fetchMessages`, `DelayedFetch`).

use super::{Broker, purgatory::DelayedFetch, purgatory::Phase};
use crate::ids::{TimestampMs, TopicPartition};
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
        self.note_follower(ctx, &request, &answer);
        if answer.failed || answer.bytes >= request.min_bytes || request.max_wait_ms <= 0 {
            return self.send_fetched(ctx, (from, correlation, None), &request, answer);
        }
        let id = self.next_id();
        let deadline = ctx.now_ms + request.max_wait_ms;
        self.watch(id, &request);
        let arrived_ms = ctx.now_ms;
        let delayed = DelayedFetch { from, correlation, request, arrived_ms, parked: false };
        self.purgatory.fetches.insert(id, delayed);
        ctx.timer(deadline, Timer::FetchExpired(id));
    }

    /// Notes at each of its partitions that a fetch waits; `id` is the newest there is.
    fn watch(&mut self, id: u64, request: &FetchRequest) {
        let waits = |other: &u64| self.purgatory.fetches.contains_key(other);
        for part in &request.parts {
            let Some(partition) = self.partitions.get_mut(&part.tp) else { continue };
            let fetches = &mut partition.fetches;
            // Those that were answered for another partition are still noted here. A partition without records is
            // never woken: they would pile up, one for each fetch there ever was (`purgeCompleted`).
            while fetches.pop_if(|newest| *newest != id && !waits(newest)).is_some() {}
            if fetches.last() != Some(&id) {
                fetches.push(id);
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
        let enough = answer.failed || answer.bytes >= delayed.request.min_bytes;
        // News without data, such as another high watermark, are told when it has waited its time.
        let news = enough || !answer.response.parts.is_empty();
        if delayed.parked && news && !self.unpark(ctx, id) {
            return;
        }
        if enough && let Some(delayed) = self.purgatory.fetches.remove(&id) {
            self.note_follower(ctx, &delayed.request, &answer);
            let asked = (delayed.from, delayed.correlation, Some(delayed.arrived_ms));
            self.send_fetched(ctx, asked, &delayed.request, answer);
        }
    }

    fn send_fetched(
        &mut self,
        ctx: &mut Ctx<'_>,
        (to, correlation, waited_since): (ActorId, u64, Option<TimestampMs>),
        request: &FetchRequest,
        answer: Answer,
    ) {
        self.measure_fetch(ctx, request, &answer.response, waited_since);
        if let Some((follower, _)) = request.replica {
            for part in &answer.response.parts {
                let leading = self.partitions.get_mut(&part.tp).and_then(|p| p.leading.as_mut());
                if let Some(known) = leading.and_then(|l| l.followers.get_mut(&follower)) {
                    known.told = (part.high_watermark, part.log_start);
                }
            }
        }
        ctx.respond(to, correlation, Response::Fetch(answer.response));
    }

    /// A follower's fetch says what it has: it may join the ISR, and the high watermark may move
    /// (`Partition.updateFollowerFetchState`, R-REP-02, R-REP-03).
    fn note_follower(&mut self, ctx: &mut Ctx<'_>, request: &FetchRequest, answer: &Answer) {
        let Some((follower, epoch)) = request.replica else { return };
        for part in &request.parts {
            let refused = |result: &&FetchResult| {
                result.tp == part.tp
                    && (result.error != ErrorCode::None || result.diverging.is_some())
            };
            if answer.failed && answer.response.parts.iter().any(|result| refused(&result)) {
                continue;
            }
            let Some(partition) = self.partitions.get_mut(&part.tp) else { continue };
            let leader_end = partition.log.log_end_offset();
            let Some(leading) = partition.leading.as_mut() else { continue };
            let Some(known) = leading.followers.get_mut(&follower) else { continue };
            let moved = known.log_end != Some(part.offset) || known.broker_epoch != epoch;
            known.broker_epoch = epoch;
            known.fetched(part.offset, part.log_start, leader_end, ctx.now_ms);
            self.maybe_expand_isr(ctx, &part.tp, follower);
            if moved {
                if let Some(partition) = self.partitions.get_mut(&part.tp) {
                    partition.version += 1;
                }
                self.advance_high_watermark(ctx, &part.tp);
            }
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
        let from = delayed.from;
        let idle = !answer.failed && answer.response.parts.is_empty();
        if idle && !self.is_from_outsider(id) && ctx.net.may_park(ctx.me, from) {
            let (broker, request) = (self.id, Arc::clone(&delayed.request));
            let correlation = delayed.correlation;
            ctx.side.push(Side::ParkFetch { from, broker, id, correlation, request });
        } else {
            self.answer_fetch(ctx, id);
        }
    }

    /// Whether a fetch is one of a follower that is not in all its ISRs: each of its fetches may let it in.
    fn is_from_outsider(&self, id: u64) -> bool {
        let Some(request) = self.purgatory.fetches.get(&id).map(|known| &known.request) else {
            return false;
        };
        let Some((follower, _)) = request.replica else { return false };
        request.parts.iter().any(|part| {
            let known = self.partitions.get(&part.tp);
            known.is_some_and(|known| !known.image.isr.contains(&follower))
        })
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
            let answer = self.read(&delayed.request);
            self.note_follower(ctx, &delayed.request, &answer);
            let asked = (delayed.from, delayed.correlation, Some(delayed.arrived_ms));
            self.send_fetched(ctx, asked, &delayed.request, answer);
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
        Self::measure_idle(ctx, delayed);
        let latency_ms = ctx.net.latency_ms(ctx.me, delayed.from);
        if let Some((follower, _)) = delayed.request.replica {
            let at_ms = delayed.last_arrival_ms(ctx.now_ms, latency_ms);
            for part in &delayed.request.parts {
                let leading = self.partitions.get_mut(&part.tp).and_then(|p| p.leading.as_mut());
                if let Some(known) = leading.and_then(|l| l.followers.get_mut(&follower)) {
                    // It had everything each time it asked.
                    known.fetched(part.offset, part.log_start, part.offset, at_ms);
                }
            }
        }
        let Some(delayed) = self.purgatory.fetches.get_mut(&id) else { return false };
        let last_ms = delayed.last_arrival_ms(ctx.now_ms, latency_ms);
        let (client, broker, sent_ms) = (delayed.from, self.id, last_ms - latency_ms);
        ctx.side.push(Side::FetchGoesOn { client, broker, sent_ms });
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
    pub(crate) fn forget_fetches_of(&mut self, ctx: &mut Ctx<'_>, client: ActorId) {
        let fetches = self.purgatory.fetches.values();
        for delayed in fetches.filter(|delayed| delayed.parked && delayed.from == client) {
            Self::measure_idle(ctx, delayed);
        }
        self.purgatory.fetches.retain(|_, delayed| delayed.from != client);
    }

    fn read(&self, request: &FetchRequest) -> Answer {
        let mut answer = Answer { response: FetchResponse::default(), bytes: 0, failed: false };
        let mut left = request.max_bytes;
        for part in &request.parts {
            // The first batch of the first partition that has any comes whole, whatever its size (KIP-74).
            let whole = answer.bytes == 0;
            let result = self.read_part(request, part, left, whole);
            let failed = result.error != ErrorCode::None || result.diverging.is_some();
            answer.failed |= failed;
            let bytes: i64 =
                result.batches.iter().map(|batch| i64::from(batch.size_in_bytes())).sum();
            answer.bytes += bytes;
            left = left.saturating_sub(bytes);
            if bytes > 0 || failed || self.is_news(request, &result) {
                answer.response.parts.push(result);
            }
        }
        answer
    }

    /// Whether a follower has not been told this high watermark and log start yet (`FetchSession`, KIP-227).
    fn is_news(&self, request: &FetchRequest, result: &FetchResult) -> bool {
        let Some((follower, _)) = request.replica else { return false };
        let leading = self.partitions.get(&result.tp).and_then(|known| known.leading.as_ref());
        leading
            .and_then(|leading| leading.followers.get(&follower))
            .is_some_and(|known| known.told != (result.high_watermark, result.log_start))
    }

    fn read_part(
        &self,
        request: &FetchRequest,
        part: &FetchPart,
        left: i64,
        whole: bool,
    ) -> FetchResult {
        let mut result = FetchResult {
            tp: part.tp.clone(),
            offset: part.offset,
            error: ErrorCode::None,
            batches: Vec::new(),
            high_watermark: -1,
            log_start: -1,
            log_end: -1,
            diverging: None,
            current_leader: None,
        };
        let Some(partition) = self.partitions.get(&part.tp) else {
            result.error = ErrorCode::UnknownTopicOrPartition;
            return result;
        };
        let image = &partition.image;
        result.error = partition.check_leader(self.id, part.leader_epoch);
        if result.error != ErrorCode::None {
            result.current_leader = image.leader.map(|leader| (leader, image.leader_epoch));
            return result;
        }
        if request.replica.is_some_and(|(follower, _)| !image.replicas.contains(&follower)) {
            result.error = ErrorCode::UnknownLeaderEpoch;
            return result;
        }
        let log = &partition.log;
        result.high_watermark = log.high_watermark();
        result.log_start = log.log_start_offset();
        result.log_end = log.log_end_offset();
        if part.last_fetched_epoch >= 0 {
            match log.leader_epochs().end_offset_for(part.last_fetched_epoch, result.log_end) {
                None => {
                    result.error = ErrorCode::OffsetOutOfRange;
                    return result;
                }
                Some(end)
                    if end.epoch < part.last_fetched_epoch || end.end_offset < part.offset =>
                {
                    result.diverging = Some((end.epoch, end.end_offset));
                    return result;
                }
                Some(_) => {}
            }
        }
        let isolation = match (request.replica, request.read_committed) {
            (Some(_), _) => Isolation::LogEnd,
            (None, true) => Isolation::TxnCommitted,
            (None, false) => Isolation::HighWatermark,
        };
        let max_bytes = u32::try_from(part.max_bytes.min(left).max(0)).unwrap_or(u32::MAX);
        match log.read(part.offset, max_bytes, isolation, whole) {
            Ok(info) => result.batches = info.batches,
            Err(refused) => result.error = ErrorCode::from_name(refused.kafka_error()),
        }
        result
    }
}
