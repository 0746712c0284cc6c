//! The heartbeat thread (`AbstractCoordinator.HeartbeatThread`, R-GRP-16).

use super::{Call, Consumer, Phase, Process};
use crate::event::EventKind;
use crate::ids::TimestampMs;
use crate::protocol::group::GroupRequest;
use crate::protocol::{ErrorCode, Request};
use crate::sim::{ActorId, Body, Ctx, Due, Message, Side, Timer};
use std::sync::Arc;

impl Consumer {
    /// The next heartbeat goes out one `heartbeat.interval.ms` from now.
    pub(super) fn arm_heartbeat(&mut self, ctx: &mut Ctx<'_>) {
        self.heartbeat_number += 1;
        let at_ms = ctx.now_ms + i64::from(self.setup.config.heartbeat_interval_ms);
        self.next_heartbeat_ms = at_ms;
        ctx.timer(at_ms, Timer::Heartbeat(self.heartbeat_number));
    }

    /// Sends one, and sets the timer of the next.
    pub(super) fn send_heartbeat(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.heartbeat_number || !matches!(self.phase, Phase::Stable | Phase::Syncing)
        {
            return;
        }
        let Some(coordinator) = self.coordinator else { return };
        let request = Request::Group(GroupRequest::Heartbeat(self.member_ref()));
        self.call(ctx, coordinator, Call::Heartbeat, request);
        self.arm_heartbeat(ctx);
    }

    /// A heartbeat was answered NONE: as long as nothing else happens all later ones will be, so they may be parked.
    fn offer_parking(&self, ctx: &mut Ctx<'_>) {
        let (ActorId::Consumer(consumer), Some(coordinator)) = (ctx.me, self.coordinator) else {
            return;
        };
        let to = ActorId::Broker(coordinator);
        if ctx.net.may_park(ctx.me, to) && self.phase == Phase::Stable && self.rejoin.is_none() {
            let latency_ms = ctx.net.latency_ms(ctx.me, to);
            ctx.side.push(Side::ParkHeartbeats {
                consumer,
                first_arrival_ms: self.next_heartbeat_ms + latency_ms,
                interval_ms: i64::from(self.setup.config.heartbeat_interval_ms),
            });
        }
    }

    /// The coordinator takes its heartbeats for granted: its own timer stops.
    pub(crate) fn heartbeats_parked(&mut self) {
        self.heartbeat_number += 1;
    }

    /// The coordinator does not take its heartbeats for granted any more: the next one arrives at that time.
    pub(crate) fn resume_heartbeats(&mut self, ctx: &mut Ctx<'_>, next_arrival_ms: TimestampMs) {
        let Some(coordinator) = self.coordinator else { return };
        let beats = matches!(self.process, Process::Running | Process::Closing)
            && self.phase == Phase::Stable;
        let to = ActorId::Broker(coordinator);
        let sent_ms = next_arrival_ms - ctx.net.latency_ms(ctx.me, to);
        self.heartbeat_number += 1;
        if sent_ms > ctx.now_ms {
            self.next_heartbeat_ms = sent_ms;
            if beats {
                ctx.timer(sent_ms, Timer::Heartbeat(self.heartbeat_number));
            }
            return;
        }
        // It is on its way already, whatever has become of the process since.
        let request = Request::Group(GroupRequest::Heartbeat(self.member_ref()));
        self.next_correlation += 1;
        let deadline_ms = ctx.now_ms + self.timeout_ms(&Call::Heartbeat);
        let asked = super::connection::Asked {
            broker: coordinator,
            call: Call::Heartbeat,
            sent_ms,
            deadline_ms,
        };
        self.calls.insert(self.next_correlation, asked);
        let body = Body::Request(request);
        let (from, correlation, cause) = (ctx.me, self.next_correlation, ctx.cause);
        let message = Message { from, to, correlation, cause, body };
        ctx.queue.push(next_arrival_ms.max(ctx.now_ms), Due::Deliver(Box::new(message)));
        self.next_heartbeat_ms = sent_ms + i64::from(self.setup.config.heartbeat_interval_ms);
        if beats {
            ctx.timer(self.next_heartbeat_ms, Timer::Heartbeat(self.heartbeat_number));
        }
    }

    /// A heartbeat's answer. The member rejoins only inside `poll()` (R-GRP-18).
    pub(super) fn on_heartbeat(&mut self, ctx: &mut Ctx<'_>, error: ErrorCode) {
        if error == ErrorCode::None {
            return self.offer_parking(ctx);
        }
        if !matches!(self.phase, Phase::Stable | Phase::Syncing) {
            return;
        }
        let member = Arc::clone(&self.setup.name);
        match error {
            ErrorCode::RebalanceInProgress if self.phase == Phase::Stable => {
                ctx.emit_as_cause(EventKind::HeartbeatSaysRejoin { member, error });
                self.rejoin.get_or_insert("its heartbeat was answered REBALANCE_IN_PROGRESS");
                if self.app.is_processing() {
                    self.note = Some("still processing");
                }
            }
            ErrorCode::RebalanceInProgress => {}
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                ctx.emit_as_cause(EventKind::HeartbeatSaysRejoin { member, error });
                self.reset_membership();
                self.rejoin = Some("the coordinator had removed it");
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.lose_coordinator();
            }
            error if error.is_retriable() => {}
            error => self.fail(ctx, error.exception()),
        }
    }
}
