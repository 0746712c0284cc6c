//! What a broker tells the metrics of the requests it serves. Each names the place in Kafka that records the same.

use super::Broker;
use super::purgatory::DelayedFetch;
use crate::ids::{BrokerId, TimestampMs};
use crate::metrics::{Api, BrokerCount, BrokerStat, Rounds, Stale, Timing, TopicCount};
use crate::protocol::group::GroupRequest;
use crate::protocol::{
    ErrorCode, FetchRequest, FetchResponse, ProducePart, ProduceResult, Request,
};
use crate::sim::{ActorId, Ctx, Net};
use std::sync::Arc;

/// When a request that waits came, and what it has cost so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    arrived_ms: TimestampMs,
    begun_ms: TimestampMs,
    local_ms: i64,
}

impl Begun {
    /// The broker has come to a request, and is done with it but for waiting.
    pub(super) fn now(ctx: &Ctx<'_>) -> Self {
        Self { arrived_ms: ctx.arrived_ms, begun_ms: ctx.now_ms, local_ms: ctx.busy_ms }
    }

    /// It waits since then.
    pub(super) fn waiting_since(at_ms: TimestampMs) -> Self {
        Self { arrived_ms: at_ms, begun_ms: at_ms, local_ms: 0 }
    }

    /// Its answer leaves now.
    pub(super) fn served(self, ctx: &mut Ctx<'_>, api: Api) {
        let timing = Timing {
            arrived_ms: self.arrived_ms,
            begun_ms: self.begun_ms,
            local_ms: self.local_ms,
            done_ms: ctx.now_ms + ctx.busy_ms,
        };
        ctx.metrics.served(ctx.now_ms, ctx.me, api, timing);
    }
}

/// The API of a request that is answered in the same step; none for one that may wait, or that only nodes send.
pub(super) fn plain_api(request: &Request) -> Option<Api> {
    match request {
        Request::ListOffsets(_) => Some(Api::ListOffsets),
        Request::Metadata(_) => Some(Api::Metadata),
        Request::EpochEnd(_) => Some(Api::OffsetForLeaderEpoch),
        _ => None,
    }
}

/// The API of a group request.
pub(super) fn group_api(request: &GroupRequest) -> Option<Api> {
    Some(match request {
        GroupRequest::FindCoordinator { .. } => Api::FindCoordinator,
        GroupRequest::JoinGroup(_) => Api::JoinGroup,
        GroupRequest::SyncGroup(_) => Api::SyncGroup,
        GroupRequest::Heartbeat(_) => Api::Heartbeat,
        GroupRequest::LeaveGroup { .. } => Api::LeaveGroup,
        GroupRequest::OffsetCommit(_) => Api::OffsetCommit,
        GroupRequest::OffsetFetch { .. } => Api::OffsetFetch,
        GroupRequest::DeleteGroup { .. } => return None,
    })
}

/// Errors after which `FailedProduceRequestsPerSec` stands still: it is for what a broker does not expect.
fn is_expected(error: ErrorCode) -> bool {
    matches!(
        error,
        ErrorCode::None
            | ErrorCode::UnknownTopicOrPartition
            | ErrorCode::NotLeaderOrFollower
            | ErrorCode::MessageTooLarge
            | ErrorCode::CorruptMessage
            | ErrorCode::KafkaStorageError
            | ErrorCode::UnknownTopicId
    )
}

/// What of a batch counts, before it is given to the log.
#[derive(Debug, Clone)]
pub(super) struct Offered {
    topic: Arc<str>,
    records: u64,
    bytes: u64,
}

impl Offered {
    pub(super) fn of(part: &ProducePart) -> Self {
        Self {
            topic: Arc::clone(&part.tp.topic),
            records: u64::from(part.batch.count().unsigned_abs()),
            bytes: u64::from(part.batch.size_in_bytes()),
        }
    }

    /// A leader took it, or refused it (`ReplicaManager.appendToLocalLog`, `UnifiedLog.analyzeAndValidateRecords`).
    pub(super) fn measure(self, ctx: &mut Ctx<'_>, error: ErrorCode) {
        let mut sums = vec![(TopicCount::TotalProduce, 1)];
        match error {
            ErrorCode::None => {
                sums.push((TopicCount::MessagesIn, self.records));
                sums.push((TopicCount::BytesIn, self.bytes));
            }
            ErrorCode::MessageTooLarge => sums.push((TopicCount::BytesRejected, self.bytes)),
            error if !is_expected(error) => sums.push((TopicCount::FailedProduce, 1)),
            _ => {}
        }
        ctx.metrics.topic(ctx.now_ms, ctx.me, &self.topic, &sums);
    }
}

impl Broker {
    /// Records of the broker's own, to `__consumer_offsets`, count like a client's.
    pub(super) fn measure_own_append(
        ctx: &mut Ctx<'_>,
        topic: &Arc<str>,
        records: u64,
        bytes: u64,
    ) {
        let sums = [
            (TopicCount::TotalProduce, 1),
            (TopicCount::MessagesIn, records),
            (TopicCount::BytesIn, bytes),
        ];
        ctx.metrics.topic(ctx.now_ms, ctx.me, topic, &sums);
    }

    /// A produce is answered (`KafkaApis.handleProduceRequest`).
    pub(super) fn measure_produce(
        ctx: &mut Ctx<'_>,
        begun: Begun,
        parts: &[(ProduceResult, Option<i64>)],
    ) {
        for (result, _) in parts.iter().filter(|(result, _)| result.error != ErrorCode::None) {
            ctx.metrics.error(ctx.now_ms, ctx.me, Api::Produce, result.error);
        }
        begun.served(ctx, Api::Produce);
    }

    /// How many produces wait for the in-sync replicas.
    pub(super) fn measure_purgatory(&self, ctx: &mut Ctx<'_>) {
        let waiting = i64::try_from(self.purgatory.produces.len()).unwrap_or(i64::MAX);
        ctx.metrics.broker_stat(ctx.now_ms, ctx.me, BrokerStat::DelayedProduces, waiting);
    }

    /// A fetch is answered (`KafkaApis.handleFetchRequest`, `ReplicaManager.readFromLog`). One that waited was looked at
    /// twice.
    pub(super) fn measure_fetch(
        &self,
        ctx: &mut Ctx<'_>,
        request: &FetchRequest,
        answer: &FetchResponse,
        waited_since: Option<TimestampMs>,
    ) {
        let (now_ms, me) = (ctx.now_ms, ctx.me);
        let follower = request.replica.map(|(follower, _)| follower);
        let api = if follower.is_some() { Api::FetchFollower } else { Api::FetchConsumer };
        let looks = if waited_since.is_some() { 2 } else { 1 };
        for part in &request.parts {
            ctx.metrics.topic(now_ms, me, &part.tp.topic, &[(TopicCount::TotalFetch, looks)]);
        }
        for part in &answer.parts {
            let bytes: u64 =
                part.batches.iter().map(|batch| u64::from(batch.size_in_bytes())).sum();
            match follower {
                Some(follower) => {
                    ctx.metrics.broker(now_ms, me, BrokerCount::ReplicationBytesOut, bytes);
                    if self.is_added(&part.tp, follower) {
                        ctx.metrics.broker(now_ms, me, BrokerCount::ReassignmentBytesOut, bytes);
                    }
                }
                None => {
                    ctx.metrics.topic(now_ms, me, &part.tp.topic, &[(TopicCount::BytesOut, bytes)]);
                }
            }
            if part.error != ErrorCode::None {
                ctx.metrics.error(now_ms, me, api, part.error);
            }
        }
        let begun = waited_since.map_or_else(|| Begun::now(ctx), Begun::waiting_since);
        begun.served(ctx, api);
    }

    /// Whether a reassignment adds a replica there (`Partition.isAddingReplica`).
    fn is_added(&self, tp: &crate::ids::TopicPartition, replica: BrokerId) -> bool {
        self.partitions.get(tp).is_some_and(|known| known.image.adding.contains(&replica))
    }

    /// A follower has appended what it fetched (`ReplicaFetcherThread.processPartitionData`).
    pub(super) fn measure_copied(
        &self,
        ctx: &mut Ctx<'_>,
        tp: &crate::ids::TopicPartition,
        bytes: u64,
        lag: i64,
    ) {
        if bytes > 0 {
            ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::ReplicationBytesIn, bytes);
            if self.is_added(tp, self.id) {
                ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::ReassignmentBytesIn, bytes);
            }
        }
        ctx.metrics.follower_lag(ctx.now_ms, ctx.me, tp, lag);
    }

    /// How a partition is replicated may have changed.
    pub(super) fn partition_changed(&self, ctx: &mut Ctx<'_>, tp: &crate::ids::TopicPartition) {
        ctx.metrics.look_again(Stale::Partition(self.id, tp.clone()));
    }

    /// Something else of it may have changed.
    pub(super) fn changed(&self, ctx: &mut Ctx<'_>) {
        ctx.metrics.look_again(Stale::Broker(self.id));
    }

    /// The offset up to which it has applied the metadata.
    pub(crate) fn metadata_offset(&self) -> u64 {
        self.image.offset
    }

    /// Fetches that are parked: whose, what they ask for, and how often they come round.
    pub(crate) fn idle_fetches(
        &self,
        net: &Net,
    ) -> impl Iterator<Item = (ActorId, Rounds, Arc<FetchRequest>)> {
        let me = ActorId::Broker(self.id);
        let parked = self.purgatory.fetches.values().filter(|delayed| delayed.parked);
        parked.map(move |delayed| {
            let latency_ms = net.latency_ms(me, delayed.from);
            (delayed.from, rounds(delayed, latency_ms), Arc::clone(&delayed.request))
        })
    }

    /// A parked fetch is played out again, or gone: its rounds until now count.
    pub(super) fn measure_idle(ctx: &mut Ctx<'_>, delayed: &DelayedFetch) {
        let latency_ms = ctx.net.latency_ms(ctx.me, delayed.from);
        let rounds = rounds(delayed, latency_ms);
        ctx.metrics.idle_fetches(ctx.now_ms, ctx.me, delayed.from, rounds, &delayed.request);
    }
}

fn rounds(delayed: &DelayedFetch, latency_ms: i64) -> Rounds {
    let wait_ms = delayed.request.max_wait_ms;
    Rounds {
        first_ms: delayed.arrived_ms + wait_ms,
        every_ms: wait_ms + 2 * latency_ms,
        latency_ms,
    }
}
