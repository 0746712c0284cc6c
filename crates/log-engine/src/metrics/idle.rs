//! Idle cycles that nobody plays out (`broker::purgatory`, `coordinator::session`): what would have been measured of each
//! round is added when they end, at the times it would have been, or on a copy when somebody looks.

use super::feed::series_of;
use super::{Api, Cells, ConsumerStat, Metrics, Stat, Tag, Time, TopicCount};
use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::FetchRequest;
use crate::sim::ActorId;
use crate::world::World;
use std::sync::Arc;

/// Something that comes round and round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rounds {
    /// When the first is over.
    pub first_ms: TimestampMs,
    /// And how often after that.
    pub every_ms: i64,
    /// How long a message takes.
    pub latency_ms: i64,
}

impl Rounds {
    /// How many are over by then.
    fn over_by(self, at_ms: TimestampMs) -> i64 {
        if at_ms < self.first_ms { 0 } else { (at_ms - self.first_ms) / self.every_ms.max(1) + 1 }
    }

    fn later(self, by_ms: i64) -> Self {
        Self { first_ms: self.first_ms + by_ms, ..self }
    }
}

impl Metrics {
    fn repeat(&mut self, now_ms: TimestampMs, rounds: Rounds, cells: impl Fn(u64) -> Cells) {
        let times = rounds.over_by(now_ms);
        if times > 0 {
            self.history.repeat(now_ms, (rounds.first_ms, rounds.every_ms, times), cells);
        }
    }

    /// A long poll that ended empty each time, and was sent again.
    pub(crate) fn idle_fetches(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        client: ActorId,
        rounds: Rounds,
        request: &FetchRequest,
    ) {
        if rounds.over_by(now_ms) == 0 {
            return;
        }
        let api = match client {
            ActorId::Broker(_) => Api::FetchFollower,
            _ => Api::FetchConsumer,
        };
        let Some(all) = self.block((broker, Tag::Whole)) else { return };
        let wait_ms = u32::try_from(request.max_wait_ms).unwrap_or(u32::MAX);
        let mut reads: Vec<(u32, u64)> = Vec::new();
        for (topic, partitions) in super::feed::reads(request) {
            let number = self.topic_number(&topic);
            let Some(one) = self.block((broker, Tag::Topic(number))) else { return };
            // It is looked at when it comes, and again when its time is over.
            reads.push((one.counts + TopicCount::TotalFetch.place(), 2 * partitions));
            let of_all = super::feed::of_all_topics(TopicCount::TotalFetch).place();
            reads.push((all.counts + of_all, 2 * partitions));
        }
        sorted::sort(&mut reads);
        self.repeat(now_ms, rounds, |times| {
            let mut counts: Vec<(u32, u64)> = Vec::new();
            for &(series, each) in &reads {
                match counts.last_mut().filter(|(last, _)| *last == series) {
                    Some((_, sum)) => *sum += each * times,
                    None => counts.push((series, each * times)),
                }
            }
            let values = [Time::Total, Time::Remote];
            let values = values.map(|time| ((series_of(all, api, time), wait_ms), times)).to_vec();
            Cells { counts, values, ..Cells::default() }
        });
        if matches!(client, ActorId::Consumer(_)) {
            let latency_ms = request.max_wait_ms + 2 * rounds.latency_ms;
            let arrive = rounds.later(rounds.latency_ms);
            self.repeat_measure(now_ms, arrive, client, ConsumerStat::FetchLatency, latency_ms);
        }
    }

    /// Heartbeats that were all answered NONE.
    pub(crate) fn idle_heartbeats(
        &mut self,
        now_ms: TimestampMs,
        broker: ActorId,
        consumer: Option<ActorId>,
        rounds: Rounds,
    ) {
        if rounds.over_by(now_ms) == 0 {
            return;
        }
        let Some(block) = self.block((broker, Tag::Whole)) else { return };
        let series = series_of(block, Api::Heartbeat, Time::Total);
        self.repeat(now_ms, rounds, |times| Cells {
            values: vec![((series, 0), times)],
            ..Cells::default()
        });
        if let Some(consumer) = consumer {
            let (arrive, took_ms) = (rounds.later(rounds.latency_ms), 2 * rounds.latency_ms);
            self.repeat_measure(now_ms, arrive, consumer, ConsumerStat::HeartbeatTime, took_ms);
        }
    }

    fn repeat_measure(
        &mut self,
        now_ms: TimestampMs,
        rounds: Rounds,
        consumer: ActorId,
        what: ConsumerStat,
        value: i64,
    ) {
        let Some(block) = self.block((consumer, Tag::Whole)) else { return };
        let (series, value) = (block.stats + what.place(), value.max(0).unsigned_abs());
        self.repeat(now_ms, rounds, |times| {
            let count = u32::try_from(times).unwrap_or(u32::MAX);
            let stat = Stat { sum: value.saturating_mul(times), count, ..Stat::of(value) };
            Cells { stats: vec![(series, stat)], ..Cells::default() }
        });
    }
}

impl World {
    /// The metrics with all that is idle at present counted in, for who looks at them.
    pub(crate) fn metrics_now(&self) -> Metrics {
        let mut metrics = self.metrics.clone();
        metrics.history.come_to(self.now_ms);
        for (&id, broker) in &self.brokers {
            let me = ActorId::Broker(id);
            for (client, rounds, request) in broker.idle_fetches(&self.net) {
                metrics.idle_fetches(self.now_ms, me, client, rounds, &request);
            }
            for (member, first_ms, every_ms) in broker.coordinator().parked() {
                let (consumer, latency_ms) = self.consumer_of(id, &member);
                let rounds = Rounds { first_ms, every_ms, latency_ms };
                metrics.idle_heartbeats(self.now_ms, me, consumer, rounds);
            }
        }
        metrics
    }

    /// The client with a member id, and how far it is from a broker.
    fn consumer_of(&self, broker: BrokerId, member_id: &Arc<str>) -> (Option<ActorId>, i64) {
        let known = (0u32..).zip(&self.consumers).find(|(_, known)| known.member_id == *member_id);
        let Some((at, _)) = known else { return (None, 0) };
        let client = ActorId::Consumer(at);
        (Some(client), self.net.latency_ms(client, ActorId::Broker(broker)))
    }

    /// Parked heartbeats have ended.
    pub(crate) fn heartbeats_were_idle(
        &mut self,
        broker: BrokerId,
        member_id: &Arc<str>,
        (first_ms, every_ms): (TimestampMs, i64),
    ) {
        let (consumer, latency_ms) = self.consumer_of(broker, member_id);
        let rounds = Rounds { first_ms, every_ms, latency_ms };
        let me = ActorId::Broker(broker);
        self.metrics.idle_heartbeats(self.now_ms, me, consumer, rounds);
    }
}
