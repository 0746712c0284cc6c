//! A broker's membership: it registers, is fenced until it has caught up, and sends heartbeats
//! (`BrokerLifecycleManager`, KIP-631; R-REP-60 to R-REP-63).

use super::Broker;
use super::controller_calls::Call;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::{
    ErrorCode, HeartbeatRequest, HeartbeatResponse, MetadataImage, RegistrationRequest, Request,
};
use crate::sim::{ActorId, Ctx, Side, Timer};
use sorted::SortedMap;
use std::sync::Arc;

/// Where a broker is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LifeState {
    /// Not registered yet.
    Starting,
    /// Registered, fenced, and not through with the metadata yet.
    Recovery,
    /// In service.
    Running,
    /// It has asked to be shut down and waits for leave.
    PendingShutdown,
    /// Its process does not run.
    Down,
}

/// A broker's membership in the cluster.
#[derive(Debug, Clone)]
pub(super) struct Lifecycle {
    pub state: LifeState,
    /// The epoch of its registration, -1 before.
    pub epoch: i64,
    /// Which start of its process this is.
    pub life: u32,
    /// The epoch before, if it was shut down in order.
    pub previous_epoch: Option<i64>,
    pub new_disk: bool,
    /// The quorum's voters.
    pub voters: Vec<BrokerId>,
    /// The one it takes for the leader.
    pub controller: Option<BrokerId>,
    /// Tells a stale timer.
    beat: u32,
    next_beat_ms: TimestampMs,
    /// Heartbeats are parked at this controller.
    pub parked_at: Option<BrokerId>,
    pub retry: u32,
    pub retry_armed: bool,
    /// Requests to the controller without an answer yet, each with the node asked.
    pub calls: SortedMap<u64, (BrokerId, Call)>,
    /// The newest metadata it has told of.
    told_offset: u64,
    pub asked: usize,
    /// Metadata that came before its registration was answered.
    pub early: Option<Arc<MetadataImage>>,
    /// How often its registration was refused since its process started.
    pub refused: u32,
}

impl Lifecycle {
    pub(super) fn new(voters: &[BrokerId], epoch: i64) -> Self {
        Self {
            state: LifeState::Running,
            epoch,
            life: 1,
            previous_epoch: None,
            new_disk: false,
            voters: voters.to_vec(),
            controller: voters.first().copied(),
            beat: 0,
            next_beat_ms: TimestampMs::MAX,
            parked_at: None,
            retry: 0,
            retry_armed: false,
            calls: SortedMap::new(),
            told_offset: 0,
            asked: 0,
            early: None,
            refused: 0,
        }
    }
}

impl Broker {
    /// Where it is in its life.
    pub(crate) fn life_state(&self) -> LifeState {
        self.lifecycle.state
    }

    /// The epoch of its registration, -1 before its first.
    pub(crate) fn broker_epoch(&self) -> i64 {
        self.lifecycle.epoch
    }

    /// Whether it is registered, by metadata up to this offset.
    pub(super) fn takes_part_at(&self, offset: u64) -> bool {
        let registered = u64::try_from(self.lifecycle.epoch).unwrap_or(0);
        self.lifecycle.state != LifeState::Starting && offset >= registered
    }

    fn heartbeat_interval_ms(&self) -> i64 {
        self.configs.long("broker.heartbeat.interval.ms").unwrap_or(2_000).max(1)
    }

    /// Heartbeats begin.
    pub(super) fn start_heartbeats(&mut self, ctx: &mut Ctx<'_>) {
        self.arm_heartbeat(ctx, ctx.now_ms + self.heartbeat_interval_ms());
    }

    pub(super) fn arm_heartbeat(&mut self, ctx: &mut Ctx<'_>, at_ms: TimestampMs) {
        self.lifecycle.beat += 1;
        self.lifecycle.next_beat_ms = at_ms;
        ctx.timer(at_ms, Timer::BrokerHeartbeat(self.lifecycle.beat));
    }

    /// The heartbeat timer: registers if it has to, else says that it lives.
    pub(super) fn beat(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.lifecycle.beat {
            return;
        }
        self.arm_heartbeat(ctx, ctx.now_ms + self.heartbeat_interval_ms());
        // A heartbeat that has no answer yet is given up, and the node asked may be the wrong one.
        let late = |(_, call): &(BrokerId, Call)| matches!(call, Call::Heartbeat | Call::Register);
        if let Some(&(node, _)) = self.lifecycle.calls.values().find(|call| late(call)) {
            self.controller_is(ctx, node, None);
        }
        self.say_alive(ctx);
    }

    /// Registers, or sends a heartbeat, now.
    pub(super) fn say_alive(&mut self, ctx: &mut Ctx<'_>) {
        let request = if self.lifecycle.state == LifeState::Starting {
            Request::Registration(RegistrationRequest {
                broker: self.id,
                life: self.lifecycle.life,
                rack: self.rack.clone(),
                previous_epoch: self.lifecycle.previous_epoch,
                new_disk: self.lifecycle.new_disk,
            })
        } else {
            self.lifecycle.told_offset = self.image.offset;
            Request::Heartbeat(HeartbeatRequest {
                broker: self.id,
                epoch: self.lifecycle.epoch,
                metadata_offset: self.image.offset,
                want_fence: false,
                want_shut_down: self.lifecycle.state == LifeState::PendingShutdown,
            })
        };
        self.ask_controller(ctx, request);
    }

    pub(super) fn on_registered(&mut self, ctx: &mut Ctx<'_>, result: Result<i64, ErrorCode>) {
        if self.lifecycle.state != LifeState::Starting {
            return;
        }
        match result {
            Ok(epoch) => {
                self.lifecycle.state = LifeState::Recovery;
                self.changed(ctx);
                self.lifecycle.epoch = epoch;
                self.lifecycle.new_disk = false;
                if let Some(image) = self.lifecycle.early.take() {
                    self.apply_metadata(ctx, image);
                }
                self.say_alive(ctx);
            }
            Err(error) => {
                // `BrokerLifecycleManager.scheduleNextCommunicationAfterFailure`: 100 ms, and twice as long each time.
                let most_ms = self.configs.long("broker.session.timeout.ms").unwrap_or(9_000);
                let backoff_ms = (100i64 << self.lifecycle.refused.min(16)).min(most_ms);
                self.lifecycle.refused += 1;
                let broker = self.id;
                ctx.emit_as_cause(EventKind::RegistrationRefused { broker, error, backoff_ms });
                self.arm_heartbeat(ctx, ctx.now_ms + backoff_ms);
            }
        }
    }

    pub(super) fn on_heartbeat(
        &mut self,
        ctx: &mut Ctx<'_>,
        controller: BrokerId,
        answer: HeartbeatResponse,
    ) {
        if self.lifecycle.state == LifeState::Recovery {
            self.changed(ctx);
        }
        if answer.error != ErrorCode::None {
            return self.retry_controller(ctx);
        }
        match self.lifecycle.state {
            LifeState::Recovery if !answer.is_fenced => self.lifecycle.state = LifeState::Running,
            LifeState::Recovery => self.retry_controller(ctx),
            LifeState::PendingShutdown if answer.should_shut_down => {
                let (broker, event) = (self.id, ctx.cause);
                ctx.side.push(Side::BrokerEnds { broker, clean: true, event });
            }
            LifeState::PendingShutdown => self.retry_controller(ctx),
            LifeState::Running
                if !answer.is_fenced
                    && answer.is_caught_up
                    && self.lifecycle.told_offset == self.image.offset
                    && ctx.net.may_park(ctx.me, ActorId::Controller(controller)) =>
            {
                ctx.side.push(Side::ParkBroker {
                    broker: self.id,
                    controller,
                    next_ms: self.lifecycle.next_beat_ms,
                    interval_ms: self.heartbeat_interval_ms(),
                });
            }
            _ => {}
        }
    }

    /// The controller takes its heartbeats for granted: its own timer stops.
    pub(crate) fn heartbeats_parked(&mut self, controller: BrokerId) {
        self.lifecycle.beat += 1;
        self.lifecycle.parked_at = Some(controller);
    }

    /// Where its heartbeats are parked, if they are; they are not any more.
    pub(crate) fn take_parked(&mut self) -> Option<BrokerId> {
        self.lifecycle.parked_at.take()
    }

    /// Heartbeats are sent again, the next one then.
    pub(crate) fn resume_heartbeats(&mut self, ctx: &mut Ctx<'_>, next_ms: TimestampMs) {
        if self.lifecycle.state != LifeState::Down {
            self.arm_heartbeat(ctx, next_ms);
        }
    }
}
