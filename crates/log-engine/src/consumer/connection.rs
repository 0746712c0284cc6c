//! Connections that are lost or say nothing: whatever was asked there has no answer, and is asked again, elsewhere where
//! it can be (`ConsumerNetworkClient`, `AbstractCoordinator.markCoordinatorUnknown`).

use super::{Call, Consumer, Phase, Process};
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::metrics::ConsumerStat;
use crate::sim::{ActorId, Ctx, Timer};
use std::sync::Arc;

/// A request that waits for its answer.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub broker: BrokerId,
    pub call: Call,
    /// When it was sent.
    pub sent_ms: TimestampMs,
    /// When it is given up.
    pub deadline_ms: TimestampMs,
}

impl Consumer {
    /// How long a request waits: `request.timeout.ms`; a JoinGroup as long as its rebalance may take.
    pub(super) fn timeout_ms(&self, call: &Call) -> i64 {
        let config = &self.setup.config;
        let plain = i64::from(config.request_timeout_ms);
        match call {
            Call::Join => plain.max(i64::from(config.max_poll_interval_ms) + 5_000),
            _ => plain,
        }
    }

    /// A broker's connection is gone.
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        if !matches!(self.process, Process::Running | Process::Closing) {
            return;
        }
        let asked = self.calls.values().any(|asked| asked.broker == broker);
        if asked || self.coordinator == Some(broker) {
            self.disconnected(ctx, broker);
            self.poll(ctx);
        } else {
            self.metadata.avoid(broker, ctx.now_ms);
        }
    }

    /// What was asked of a broker is without an answer; who leads what may have changed.
    fn disconnected(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        self.metadata.avoid(broker, ctx.now_ms);
        let lost = self.take_calls(|asked| asked.broker == broker);
        ctx.emit_as_cause(EventKind::Disconnected { client: Arc::clone(&self.setup.name), broker });
        if self.coordinator == Some(broker) {
            self.lose_coordinator();
        }
        for asked in lost {
            self.unanswered(ctx, asked);
        }
        self.ask_for_metadata(ctx);
    }

    /// Takes the requests that `which` picks off the list.
    fn take_calls(&mut self, which: impl Fn(&Asked) -> bool) -> Vec<Asked> {
        let picked: Vec<u64> =
            self.calls.iter().filter(|(_, asked)| which(asked)).map(|(&id, _)| id).collect();
        picked.into_iter().filter_map(|id| self.calls.remove(&id)).collect()
    }

    /// A fetch is parked at a broker, so that no time passes for it; or it goes on, and would have been sent last then.
    pub(crate) fn fetch_parked(&mut self, broker: BrokerId, sent_ms: Option<TimestampMs>) {
        let timeout_ms = self.timeout_ms(&Call::Fetch(broker));
        let fetch = self.fetching.get(&broker).and_then(|id| self.calls.get_mut(id));
        let Some(asked) = fetch else { return };
        match sent_ms {
            None => asked.deadline_ms = TimestampMs::MAX,
            Some(sent_ms) => (asked.sent_ms, asked.deadline_ms) = (sent_ms, sent_ms + timeout_ms),
        }
    }

    /// An answer has come (`AbstractFetch`, `ConsumerCoordinator` and `AbstractCoordinator` with their sensors).
    pub(super) fn measure_answer(ctx: &mut Ctx<'_>, asked: &Asked) {
        let what = match &asked.call {
            Call::Fetch(_) => ConsumerStat::FetchLatency,
            Call::Join => ConsumerStat::JoinTime,
            Call::Sync => ConsumerStat::SyncTime,
            Call::Heartbeat => ConsumerStat::HeartbeatTime,
            Call::Commit(_) => ConsumerStat::CommitLatency,
            _ => return,
        };
        ctx.metrics.consumer(ctx.now_ms, ctx.me, what, ctx.now_ms - asked.sent_ms);
    }

    /// The coordinator has to be found again.
    pub(super) fn lose_coordinator(&mut self) {
        self.coordinator = None;
        self.heartbeat_number += 1;
    }

    /// The coordinator is found: a member in good standing goes on with its heartbeats. One whose connection was lost a
    /// moment ago is asked for again later instead (`ensureCoordinatorReady`, `NetworkClient.isUnavailable`).
    pub(super) fn found_coordinator(&mut self, ctx: &mut Ctx<'_>, coordinator: BrokerId) {
        if self.metadata.avoids(coordinator, ctx.now_ms) {
            return self.back_off(ctx);
        }
        self.coordinator = Some(coordinator);
        self.attempts = 0;
        if matches!(self.phase, Phase::Stable | Phase::Syncing) {
            self.heartbeat_number += 1;
            self.next_heartbeat_ms = ctx.now_ms;
            ctx.timer(ctx.now_ms, Timer::Heartbeat(self.heartbeat_number));
        }
    }

    /// A request gets no answer.
    fn unanswered(&mut self, ctx: &mut Ctx<'_>, asked: Asked) {
        match asked.call {
            Call::Metadata => {
                self.metadata.gave_up(ctx.now_ms);
                self.refresh_metadata(ctx);
            }
            Call::FindCoordinator => self.back_off(ctx),
            Call::Fetch(broker) => {
                self.fetching.remove(&broker);
                self.hold_partitions_of(ctx, broker);
            }
            Call::ListOffsets | Call::OffsetFetch | Call::EpochEnd(_) => {
                let until_ms = ctx.now_ms + self.setup.config.retry_backoff_ms.max(1);
                for owned in self.owned.values_mut().filter(|owned| owned.asking) {
                    owned.asking = false;
                    owned.backoff_until_ms = until_ms;
                }
                self.wake_at(ctx, until_ms);
            }
            Call::Join | Call::Sync => {
                self.lose_coordinator();
                self.phase = Phase::Unjoined;
                self.rejoin.get_or_insert("the coordinator did not answer");
            }
            Call::Heartbeat => self.lose_coordinator(),
            Call::Commit(commit) => {
                self.lose_coordinator();
                self.on_commit(ctx, commit, crate::protocol::ErrorCode::NetworkException);
            }
            Call::Leave => self.on_left(ctx, ActorId::Broker(asked.broker)),
        }
    }

    /// Partitions of a leader that does not answer are fetched again a little later.
    fn hold_partitions_of(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let until_ms = ctx.now_ms + self.setup.config.retry_backoff_ms.max(1);
        let led: Vec<_> = self
            .owned
            .keys()
            .filter(|tp| self.metadata.leader(tp) == Some(broker))
            .cloned()
            .collect();
        for tp in led {
            if let Some(owned) = self.owned_mut(&tp) {
                owned.backoff_until_ms = until_ms;
            }
        }
        self.wake_at(ctx, until_ms);
    }

    /// From now on answers may fail to come without anyone saying so: what waits for one is given up in time.
    pub(crate) fn watch_timeouts(&mut self, ctx: &mut Ctx<'_>) {
        let first = self.calls.values().map(|asked| asked.deadline_ms).min();
        if let Some(at_ms) = first.filter(|at_ms| *at_ms < TimestampMs::MAX) {
            self.timeout_number += 1;
            ctx.timer(at_ms, Timer::RequestTimeout(self.timeout_number));
        }
    }

    /// Requests that have waited too long are given up, and their connections with all that waits on them
    /// (`NetworkClient.handleTimedOutRequests`).
    pub(super) fn expire_calls(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.timeout_number {
            return;
        }
        let late = self.calls.values().filter(|asked| asked.deadline_ms <= ctx.now_ms);
        let mut brokers: Vec<BrokerId> = late.map(|asked| asked.broker).collect();
        sorted::sort(&mut brokers);
        brokers.dedup();
        for broker in brokers {
            ctx.disconnect(broker);
            self.disconnected(ctx, broker);
        }
        self.watch_timeouts(ctx);
        self.poll(ctx);
    }
}
