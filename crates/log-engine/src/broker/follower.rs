//! Following: one fetcher a leader, which copies, truncates and learns the high watermark (`ReplicaFetcherThread`,
//! `AbstractFetcherThread`; R-REP-01, R-REP-05, R-REP-09, R-REP-40 to R-REP-44).
//!
//! Differs from Kafka in one round trip: where a follower is out of its leader's range, log start and log end come with
//! the answer instead of by a ListOffsets of its own. One fetcher a leader (`num.replica.fetchers` 1).

use super::Broker;
use super::durable::log_start_checkpoints;
use super::records::starts_inside;
use crate::event::{EventKind, TruncateCause};
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::metrics::BrokerCount;
use crate::protocol::{ErrorCode, FetchPart, FetchRequest, FetchResponse, FetchResult, Request};
use crate::sim::{ActorId, Ctx, Timer};
use kafka_log::Batch;
use sorted::SortedMap;
use std::sync::Arc;

/// `replica.fetch.response.max.bytes`.
const RESPONSE_MAX_BYTES: i64 = 10 << 20;

/// A fetch on its way.
#[derive(Debug, Clone)]
struct InFlight {
    id: u64,
    sent_ms: TimestampMs,
    request: Arc<FetchRequest>,
    /// Its leader has parked it: no time passes for it.
    parked: bool,
}

/// One fetcher.
#[derive(Debug, Clone, Default)]
pub(super) struct Fetcher {
    /// Partitions it fetches, with the leader epoch they are followed in and the time before which they are left out.
    parts: SortedMap<TopicPartition, (i32, TimestampMs)>,
    /// The request that waits for its answer.
    in_flight: Option<InFlight>,
    /// Tells a stale timer.
    number: u32,
}

impl Fetcher {
    /// It waits for an answer.
    pub(super) fn waits(&self) -> bool {
        self.in_flight.is_some()
    }
}

/// All fetchers of a broker, by leader.
pub(super) type Fetchers = SortedMap<BrokerId, Fetcher>;

impl Broker {
    /// A partition is followed from now on, in this leader's epoch.
    pub(super) fn follow(&mut self, tp: &TopicPartition, leader: BrokerId, epoch: i32) {
        self.stop_following(tp);
        let fetcher = self.fetchers.entry(leader).or_default();
        fetcher.parts.insert(tp.clone(), (epoch, 0));
        self.touched_fetchers.insert(leader);
    }

    /// A partition is followed no more.
    pub(super) fn stop_following(&mut self, tp: &TopicPartition) {
        for (leader, fetcher) in &mut self.fetchers {
            if fetcher.parts.remove(tp).is_some() {
                self.touched_fetchers.insert(*leader);
            }
        }
    }

    /// Fetchers whose partitions have changed go to work; one that waits for an answer does so once it has it.
    pub(super) fn run_touched_fetchers(&mut self, ctx: &mut Ctx<'_>) {
        let touched = std::mem::take(&mut self.touched_fetchers);
        if !touched.is_empty() {
            // What the leaders have parked of it would not be sent again as it was.
            ctx.disturb();
        }
        for leader in touched.iter() {
            self.replica_fetch(ctx, *leader);
        }
    }

    /// Sends the next fetch to a leader, if there is anything to fetch and none is on its way.
    pub(super) fn replica_fetch(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        let Some(request) = self.follow_request(ctx.now_ms, leader) else { return };
        let Some(fetcher) = self.fetchers.get(&leader) else { return };
        if fetcher.in_flight.is_some() {
            return;
        }
        if request.parts.is_empty() {
            let next = fetcher.parts.values().map(|(_, after_ms)| *after_ms).min();
            if let Some(at_ms) = next {
                self.fetch_later(ctx, leader, at_ms);
            }
            return;
        }
        let id = self.next_id();
        let request = Arc::new(request);
        ctx.request(ActorId::Broker(leader), id, Request::Fetch(Arc::clone(&request)));
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            let sent_ms = ctx.now_ms;
            fetcher.in_flight = Some(InFlight { id, sent_ms, request, parked: false });
            fetcher.number += 1;
            if !ctx.net.may_park(ctx.me, ActorId::Broker(leader)) {
                let timeout_ms = self.configs.replication().socket_timeout_ms;
                ctx.timer(ctx.now_ms + timeout_ms, Timer::ReplicaFetch(leader, fetcher.number));
            }
        }
    }

    fn fetch_later(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId, at_ms: TimestampMs) {
        if let Some(fetcher) = self.fetchers.get_mut(&leader) {
            fetcher.number += 1;
            ctx.timer(at_ms, Timer::ReplicaFetch(leader, fetcher.number));
        }
    }

    /// A fetcher's timer: a backoff is over, or its request has been without an answer for too long.
    pub(super) fn fetcher_timer(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId, number: u32) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else { return };
        if fetcher.number != number || fetcher.in_flight.as_ref().is_some_and(|known| known.parked)
        {
            return;
        }
        if fetcher.in_flight.take().is_some() {
            ctx.disconnect(leader);
            return self.fetch_failed(ctx, leader);
        }
        self.replica_fetch(ctx, leader);
    }

    /// The request has no answer: all its partitions wait `replica.fetch.backoff.ms`.
    pub(super) fn fetch_failed(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId) {
        let after_ms = ctx.now_ms + self.fetch_backoff_ms();
        let Some(fetcher) = self.fetchers.get_mut(&leader) else { return };
        fetcher.in_flight = None;
        for (_, not_before_ms) in fetcher.parts.values_mut() {
            *not_before_ms = after_ms;
        }
        self.replica_fetch(ctx, leader);
    }

    fn fetch_backoff_ms(&self) -> i64 {
        self.configs.long("replica.fetch.backoff.ms").unwrap_or(1_000).max(1)
    }

    /// A fetch is parked at a leader, or goes on, and would have been sent last then.
    pub(crate) fn fetch_parked(&mut self, leader: BrokerId, sent_ms: Option<TimestampMs>) {
        let fetcher = self.fetchers.get_mut(&leader);
        if let Some(fetch) = fetcher.and_then(|fetcher| fetcher.in_flight.as_mut()) {
            fetch.parked = sent_ms.is_none();
            fetch.sent_ms = sent_ms.unwrap_or(fetch.sent_ms);
        }
    }

    /// Requests that wait for an answer may wait in vain from now on.
    pub(super) fn watch_fetchers(&mut self, ctx: &mut Ctx<'_>) {
        let timeout_ms = self.configs.replication().socket_timeout_ms;
        for (&leader, fetcher) in &mut self.fetchers {
            if let Some(InFlight { sent_ms, .. }) = fetcher.in_flight {
                fetcher.number += 1;
                let at_ms = (sent_ms + timeout_ms).max(ctx.now_ms);
                ctx.timer(at_ms, Timer::ReplicaFetch(leader, fetcher.number));
            }
        }
    }

    /// What it would fetch from a leader now; none if it has no fetcher for it.
    fn follow_request(&self, now_ms: TimestampMs, leader: BrokerId) -> Option<FetchRequest> {
        let fetcher = self.fetchers.get(&leader)?;
        let configs = self.configs.replication();
        let max_bytes = configs.fetch_max_bytes;
        let due = fetcher.parts.iter().filter(|(_, (_, after_ms))| *after_ms <= now_ms);
        let parts = due.filter_map(|(tp, (epoch, _))| {
            let log = &self.partitions.get(tp)?.log;
            Some(FetchPart {
                tp: tp.clone(),
                offset: log.log_end_offset(),
                max_bytes,
                leader_epoch: *epoch,
                last_fetched_epoch: log.leader_epochs().latest().unwrap_or(-1),
                log_start: log.log_start_offset(),
            })
        });
        Some(FetchRequest {
            replica: Some((self.id, self.lifecycle.epoch)),
            max_wait_ms: configs.fetch_wait_max_ms,
            min_bytes: configs.fetch_min_bytes,
            max_bytes: RESPONSE_MAX_BYTES,
            read_committed: false,
            parts: parts.collect(),
        })
    }

    /// Whether an empty answer to this fetch would only make it send the same again.
    pub(crate) fn would_follow_again(
        &self,
        leader: BrokerId,
        correlation: u64,
        request: &FetchRequest,
    ) -> bool {
        let Some(fetcher) = self.fetchers.get(&leader) else { return false };
        fetcher.in_flight.as_ref().is_some_and(|known| known.id == correlation)
            && fetcher.parts.len() == request.parts.len()
            && self.follow_request(TimestampMs::MAX, leader).as_ref() == Some(request)
    }

    /// A fetch's answer. True if it was one of a fetcher's.
    pub(super) fn on_replica_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        id: u64,
        answer: FetchResponse,
    ) {
        let Some(fetcher) = self.fetchers.get_mut(&leader) else { return };
        let Some(InFlight { request, .. }) = fetcher.in_flight.take_if(|known| known.id == id)
        else {
            return;
        };
        fetcher.number += 1;
        for result in answer.parts {
            let asked = request.parts.iter().find(|part| part.tp == result.tp);
            if let Some(epoch) = asked.map(|part| part.leader_epoch) {
                self.take_over(ctx, leader, epoch, result);
            }
        }
        self.replica_fetch(ctx, leader);
    }

    /// One partition of an answer (`processPartitionData`).
    fn take_over(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        asked_epoch: i32,
        result: FetchResult,
    ) {
        let followed = self.fetchers.get(&leader).and_then(|fetcher| fetcher.parts.get(&result.tp));
        let Some(&(epoch, _)) = followed else { return };
        // An answer to what was asked in an earlier epoch says nothing of this one.
        let fits = epoch == asked_epoch
            && self.partitions.get(&result.tp).is_some_and(|partition| {
                partition.log.log_end_offset() == result.offset
                    && partition.image.leader_epoch == epoch
            });
        if !fits {
            return;
        }
        match result.error {
            ErrorCode::None => match result.diverging {
                Some((epoch, end)) => self.truncate_to_epoch(ctx, &result.tp, epoch, end),
                None => self.append_fetched(ctx, leader, result, epoch),
            },
            ErrorCode::OffsetOutOfRange => self.out_of_leaders_range(ctx, &result),
            // It waits for the metadata that says who leads now.
            ErrorCode::FencedLeaderEpoch => self.stop_following(&result.tp),
            _ => self.delay(ctx, leader, &result.tp),
        }
    }

    fn delay(&mut self, ctx: &mut Ctx<'_>, leader: BrokerId, tp: &TopicPartition) {
        let after_ms = ctx.now_ms + self.fetch_backoff_ms();
        if let Some(part) = self.fetchers.get_mut(&leader).and_then(|known| known.parts.get_mut(tp))
        {
            part.1 = after_ms;
        }
    }

    fn append_fetched(
        &mut self,
        ctx: &mut Ctx<'_>,
        leader: BrokerId,
        result: FetchResult,
        epoch: i32,
    ) {
        let tp = &result.tp;
        let bytes: u64 = result.batches.iter().map(|batch| u64::from(batch.size_in_bytes())).sum();
        if bytes > 0 && !self.take_room(ctx.now_ms, bytes) {
            return self.fail_log_dir(ctx, tp);
        }
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        if let Some(first) = starts_inside(&partition.log, &result.batches) {
            self.begin_with(ctx, tp, first);
            return self.append_fetched(ctx, leader, result, epoch);
        }
        partition.durable.written(ctx.now_ms, partition.log.log_end_offset());
        let first = partition.log.log_end_offset();
        let segments = partition.log.segment_count();
        let appended = partition.log.append_as_follower(&result.batches, epoch, ctx.now_ms);
        if appended.is_err() {
            return self.delay(ctx, leader, &result.tp);
        }
        let log_end = partition.log.log_end_offset();
        let rolled = partition.log.segment_count().saturating_sub(segments);
        if log_end > first {
            ctx.wrote();
            partition.version += 1;
            for batch in result.batches.iter().filter(|batch| batch.next_offset() <= log_end) {
                ctx.ledger.copied(batch.tag(), batch.base_offset(), self.id);
            }
            let (broker, last) = (self.id, log_end - 1);
            if !Self::is_quiet(tp) {
                ctx.emit(EventKind::Replicated { broker, tp: tp.clone(), first, last });
            }
        }
        let moved = partition.log.high_watermark();
        let target = result.high_watermark.min(log_end);
        if target > moved {
            partition.durable.high_watermark_moves(ctx.now_ms, moved);
            partition.log.update_high_watermark(target);
            partition.version += 1;
        }
        let log_start = partition.log.log_start_offset();
        if result.log_start > log_start {
            let checkpoints = log_start_checkpoints(&self.configs, self.tasks_began_ms, ctx.now_ms);
            partition.durable.log_start_moves(checkpoints, log_start);
            let _ = partition.log.increment_log_start_offset(result.log_start);
            partition.version += 1;
        }
        if rolled > 0 {
            let rolled = u64::try_from(rolled).unwrap_or(0);
            ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::LogFlushes, rolled);
        }
        self.measure_copied(ctx, &result.tp, bytes, result.high_watermark - log_end);
    }

    /// The leader's log starts inside a batch, which comes whole: a log that has nothing from there on begins with it
    /// (`Partition.appendRecordsToFollowerOrFutureReplica`, UnexpectedAppendOffsetException).
    fn begin_with(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, first: i64) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let log_end = partition.log.log_end_offset();
        let gone = partition.log.truncate_fully_and_start_at(first, ctx.now_ms);
        self.truncated(ctx, tp, log_end, gone.batches, TruncateCause::BelowLeader);
    }

    /// The leader ended `epoch` at `end`: what this log has beyond goes, or it asks again about what it has left
    /// (`getOffsetTruncationState`, R-REP-41).
    fn truncate_to_epoch(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, epoch: i32, end: i64) {
        let Some(partition) = self.partitions.get(tp) else { return };
        let log_end = partition.log.log_end_offset();
        let own = partition.log.leader_epochs().end_offset_for(epoch, log_end);
        let to = match own {
            Some(own) if own.epoch == epoch => own.end_offset.min(end),
            Some(own) => own.end_offset,
            None => end,
        };
        self.truncate(ctx, tp, to.min(log_end), TruncateCause::Diverged { epoch });
    }

    /// `fetchOffsetAndTruncate` (R-REP-43).
    fn out_of_leaders_range(&mut self, ctx: &mut Ctx<'_>, result: &FetchResult) {
        let Some(partition) = self.partitions.get_mut(&result.tp) else { return };
        let log_end = partition.log.log_end_offset();
        if result.log_end < log_end {
            return self.truncate(ctx, &result.tp, result.log_end, TruncateCause::BeyondLeader);
        }
        if result.log_start > log_end {
            let gone = partition.log.truncate_fully_and_start_at(result.log_start, ctx.now_ms);
            self.truncated(ctx, &result.tp, log_end, gone.batches, TruncateCause::BelowLeader);
        }
    }

    /// Cuts a log's end.
    fn truncate(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, to: i64, why: TruncateCause) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let from = partition.log.log_end_offset();
        if let Some(gone) = partition.log.truncate_to(to, ctx.now_ms) {
            self.truncated(ctx, tp, from, gone.batches, why);
        }
    }

    /// Tells of it.
    pub(super) fn truncated(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        from: i64,
        gone: Vec<Batch>,
        why: TruncateCause,
    ) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let to = partition.log.log_end_offset();
        partition.durable.truncated(to);
        partition.version += 1;
        let broker = self.id;
        let event: EventId =
            ctx.emit(EventKind::Truncated { broker, tp: tp.clone(), from, to, why });
        if !gone.is_empty() && !Self::is_quiet(tp) {
            let label = format!("P{} broker {} truncates to {to}", tp.partition, broker.0);
            ctx.trace.mark(ctx.now_ms, "warn", label, event);
        }
        for batch in &gone {
            ctx.ledger.cut(batch, broker);
        }
    }
}
