//! A broker's life: it registers, is fenced until it has caught up, sends heartbeats, shuts down in order, dies and
//! comes back (`BrokerLifecycleManager`, KIP-631; R-REP-60 to R-REP-63).

use super::Broker;
use super::durable::log_start_checkpoints;
use crate::event::{EventKind, TruncateCause};
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::protocol::{
    ErrorCode, HeartbeatRequest, HeartbeatResponse, MetadataImage, RegistrationRequest, Request,
    Response,
};
use crate::sim::{ActorId, Ctx, Side, Timer};
use crate::world::Down;
use kafka_log::log::{Checkpoints, Shutdown};
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
    previous_epoch: Option<i64>,
    new_disk: bool,
    /// The quorum's voters.
    voters: Vec<BrokerId>,
    /// The one it takes for the leader.
    controller: Option<BrokerId>,
    /// Tells a stale timer.
    beat: u32,
    next_beat_ms: TimestampMs,
    /// Heartbeats are parked at this controller.
    parked_at: Option<BrokerId>,
    retry: u32,
    retry_armed: bool,
    /// Requests to the controller without an answer yet, each with the node asked.
    calls: SortedMap<u64, (BrokerId, Call)>,
    /// The newest metadata it has told of.
    told_offset: u64,
    asked: usize,
    /// Metadata that came before its registration was answered.
    pub early: Option<Arc<MetadataImage>>,
    /// How often its registration was refused since its process started.
    refused: u32,
}

/// What a request to the controller was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Register,
    Heartbeat,
    AlterPartition,
    Other,
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

    /// Asks the node it takes for the active controller. None if it knows no such node.
    pub(super) fn ask_controller(&mut self, ctx: &mut Ctx<'_>, request: Request) -> Option<u64> {
        let call = match &request {
            Request::Registration(_) => Call::Register,
            Request::Heartbeat(_) => Call::Heartbeat,
            Request::AlterPartition(_) => Call::AlterPartition,
            _ => Call::Other,
        };
        let controller = self.lifecycle.controller?;
        let id = self.next_id();
        self.lifecycle.calls.insert(id, (controller, call));
        ctx.request(ActorId::Controller(controller), id, request);
        Some(id)
    }

    /// Heartbeats begin.
    pub(super) fn start_heartbeats(&mut self, ctx: &mut Ctx<'_>) {
        self.arm_heartbeat(ctx, ctx.now_ms + self.heartbeat_interval_ms());
    }

    fn arm_heartbeat(&mut self, ctx: &mut Ctx<'_>, at_ms: TimestampMs) {
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
    fn say_alive(&mut self, ctx: &mut Ctx<'_>) {
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

    /// The next voter in turn.
    fn try_other_controller(&mut self) {
        let voters = &self.lifecycle.voters;
        self.lifecycle.asked += 1;
        let at = self.lifecycle.asked.checked_rem(voters.len()).unwrap_or(0);
        self.lifecycle.controller = voters.get(at).copied();
    }

    /// Asks again a little later.
    pub(super) fn retry_controller(&mut self, ctx: &mut Ctx<'_>) {
        if !self.lifecycle.retry_armed {
            self.lifecycle.retry += 1;
            self.lifecycle.retry_armed = true;
            ctx.timer(ctx.now_ms + 50, Timer::ControllerRetry(self.lifecycle.retry));
        }
    }

    /// What waits to be asked of the controller is asked again.
    pub(super) fn controller_retry(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.lifecycle.retry {
            return;
        }
        self.lifecycle.retry_armed = false;
        let asking = |call: Call| self.lifecycle.calls.values().any(|(_, known)| *known == call);
        let restless = matches!(
            self.lifecycle.state,
            LifeState::Starting | LifeState::Recovery | LifeState::PendingShutdown
        );
        if restless && !asking(Call::Register) && !asking(Call::Heartbeat) {
            self.say_alive(ctx);
        }
        self.send_alter_partitions(ctx);
        self.send_forwarded(ctx);
    }

    /// A node of the quorum is gone, or says that another one leads it.
    pub(super) fn controller_is(
        &mut self,
        ctx: &mut Ctx<'_>,
        node: BrokerId,
        leader: Option<BrokerId>,
    ) {
        let lost: Vec<u64> = self
            .lifecycle
            .calls
            .iter()
            .filter(|(_, (asked, _))| *asked == node)
            .map(|(&id, _)| id)
            .collect();
        if self.lifecycle.controller == Some(node) {
            match leader {
                Some(leader) => self.lifecycle.controller = Some(leader),
                None => self.try_other_controller(),
            }
        }
        for id in lost {
            self.lifecycle.calls.remove(&id);
            self.alter_partitions_failed(id);
            self.forward_failed(id);
        }
        self.retry_controller(ctx);
    }

    /// An answer of the controller; none if it was for something else.
    pub(super) fn on_controller_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        node: BrokerId,
        id: u64,
        response: Response,
    ) -> Option<Response> {
        match response {
            Response::NotController(leader) => self.controller_is(ctx, node, leader),
            Response::Registration(result) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_registered(ctx, result);
            }
            Response::Heartbeat(answer) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_heartbeat(ctx, node, answer);
            }
            Response::AlterPartition(answer) => {
                self.lifecycle.calls.remove(&id)?;
                self.on_alter_partitions(ctx, id, answer);
            }
            other => {
                self.lifecycle.calls.remove(&id);
                return Some(other);
            }
        }
        None
    }

    fn on_registered(&mut self, ctx: &mut Ctx<'_>, result: Result<i64, ErrorCode>) {
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

    fn on_heartbeat(&mut self, ctx: &mut Ctx<'_>, controller: BrokerId, answer: HeartbeatResponse) {
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

    /// Begins to shut down in order.
    pub(crate) fn stop(&mut self, ctx: &mut Ctx<'_>) {
        ctx.emit_as_cause(EventKind::BrokerStopping { broker: self.id });
        if self.lifecycle.state == LifeState::Starting {
            // Nobody knows it yet.
            let (broker, event) = (self.id, ctx.cause);
            return ctx.side.push(Side::BrokerEnds { broker, clean: true, event });
        }
        self.lifecycle.state = LifeState::PendingShutdown;
        self.changed(ctx);
        self.say_alive(ctx);
    }

    /// Its process ends. What is on its disk stays as it is at this moment; all else is gone.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, how: Down) {
        let clean = how == Down::Stopped;
        let registered = self.lifecycle.epoch >= 0 && self.lifecycle.state != LifeState::Starting;
        self.lifecycle.previous_epoch = (clean && registered).then_some(self.lifecycle.epoch);
        self.lifecycle.state = LifeState::Down;
        self.lifecycle.calls.clear();
        self.lifecycle.parked_at = None;
        self.lifecycle.retry_armed = false;
        self.purgatory = super::Purgatory::default();
        self.fetchers.clear();
        self.touched_fetchers.clear();
        self.alter_partitions = super::isr::AlterPartitions::default();
        self.forwarding = super::forward::Forwarding::default();
        self.group_calls.clear();
        self.forget_coordination();
        let tps: Vec<TopicPartition> = self.partitions.keys().cloned().collect();
        self.changed(ctx);
        for tp in tps {
            self.partition_changed(ctx, &tp);
            self.end_partition(ctx, &tp, how);
        }
        if how == Down::DiskLost {
            self.partitions.clear();
            self.disk.forget();
        }
    }

    /// One replica as it is found on the disk later.
    fn end_partition(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, how: Down) {
        let starts = log_start_checkpoints(&self.configs, self.tasks_began_ms, ctx.now_ms);
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let (now_ms, log) = (ctx.now_ms, &partition.log);
        let log_end = log.log_end_offset();
        partition.leading = None;
        partition.fetches.clear();
        partition.produces.clear();
        partition.version += 1;
        let (high_watermark, log_start_offset) = match how {
            Down::Stopped => (log.high_watermark(), log.log_start_offset()),
            _ => (
                partition.durable.checkpointed(now_ms, log.high_watermark()),
                partition.durable.checkpointed_log_start(starts, log.log_start_offset()),
            ),
        };
        let shutdown = match how {
            Down::Stopped => Shutdown::Clean,
            Down::PowerLost => {
                Shutdown::PowerLoss { lost_from: partition.durable.lost_from(now_ms, log_end) }
            }
            Down::DiskLost => {
                let gone = partition.log.truncate_fully_and_start_at(0, now_ms).batches;
                return self.truncated(ctx, tp, log_end, gone, TruncateCause::DiskLoss);
            }
            // A killed process loses nothing that it wrote (R-LOG-91).
            Down::Crashed | Down::Halted => Shutdown::ProcessCrash,
        };
        let checkpoints = Checkpoints { log_start_offset, high_watermark };
        let (log, lost) = log.restarted(shutdown, checkpoints, now_ms);
        partition.log = log;
        partition.durable = super::durable::Durable::default();
        if !lost.batches.is_empty() {
            self.truncated(ctx, tp, log_end, lost.batches, TruncateCause::PowerLoss);
        }
    }

    /// A new broker's process starts: it has nothing yet.
    pub(crate) fn join(&mut self, ctx: &mut Ctx<'_>, rack: Option<Arc<str>>, life: u32) {
        self.rack = rack;
        self.restart(ctx, Down::Stopped, life);
    }

    /// Its process starts again: it loads its logs, registers, and is fenced until the controller says otherwise.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>, how: Down, life: u32) {
        let logs = u32::try_from(self.partitions.len()).unwrap_or(u32::MAX);
        self.started_by = ctx.emit_as_cause(EventKind::BrokerStarted { broker: self.id, logs });
        self.disk.refill();
        self.lifecycle.state = LifeState::Starting;
        self.changed(ctx);
        self.lifecycle.life = life;
        self.lifecycle.epoch = -1;
        self.lifecycle.refused = 0;
        self.lifecycle.early = None;
        self.lifecycle.new_disk = how == Down::DiskLost;
        self.image = Arc::default();
        for partition in self.partitions.values_mut() {
            Arc::make_mut(&mut partition.image).leader = None;
            partition.cleaner.uncleanable = None;
            partition.version += 1;
        }
        self.start_tasks(ctx);
        self.coordinator.forget();
        self.start_coordinator(ctx);
        self.start_heartbeats(ctx);
        self.say_alive(ctx);
    }

    /// A node it has a connection to is gone.
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, node: BrokerId) {
        if self.lifecycle.voters.contains(&node) {
            self.controller_is(ctx, node, None);
        }
        if self.fetchers.get(&node).is_some_and(|fetcher| fetcher.waits()) {
            self.fetch_failed(ctx, node);
        }
    }

    /// From now on answers may fail to come without anyone saying so.
    pub(crate) fn watch_timeouts(&mut self, ctx: &mut Ctx<'_>) {
        self.watch_fetchers(ctx);
    }
}
