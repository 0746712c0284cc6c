//! A controller as a voter of the quorum: what the Raft of one node (`quorum`) wants done is sent as requests and
//! responses, and what happens at it is told (`KafkaRaftClient` and its listener, `QuorumController.claim`, `renounce`).

use super::quorum::{
    Happened, Output, QuorumRequest, QuorumResponse, Replica, ResponseBody, StateName,
};
use super::{Controller, Decision};
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::{ErrorCode, Request, Response};
use crate::sim::{ActorId, Ctx, Side, Timer};
use std::sync::Arc;

impl Controller {
    /// What it is in the quorum, in Kafka's word.
    pub(crate) fn role(&self) -> &'static str {
        match self.log.quorum.state() {
            StateName::Unattached => "Unattached",
            StateName::Follower => "Follower",
            StateName::Prospective => "Prospective",
            StateName::Candidate => "Candidate",
            StateName::Leader => "Leader",
            StateName::Resigned => "Resigned",
        }
    }

    /// The quorum's epoch, as it knows it.
    pub(crate) fn epoch(&self) -> i32 {
        self.log.quorum.epoch()
    }

    /// Who leads in that epoch, as far as it knows.
    pub(crate) fn leader(&self) -> Option<BrokerId> {
        self.log.quorum.leader()
    }

    /// Who has its vote in that epoch.
    pub(crate) fn voted(&self) -> Option<BrokerId> {
        self.log.quorum.voted()
    }

    /// The end of its log.
    pub(crate) fn log_end(&self) -> u64 {
        self.log.end_offset()
    }

    /// All before is committed, as far as it knows.
    pub(crate) fn high_watermark(&self) -> u64 {
        self.log.high_watermark()
    }

    /// What it knows of the voters while it leads (DescribeQuorum).
    pub(crate) fn replicas(&self) -> impl Iterator<Item = (BrokerId, &Replica)> {
        self.log.quorum.replicas()
    }

    /// A request of another voter.
    pub(super) fn on_quorum_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: BrokerId,
        id: u64,
        request: QuorumRequest,
    ) {
        self.log.quorum.on_request(from, id, request, ctx.now_ms, &mut self.log.rng);
        self.drive(ctx);
    }

    /// A response of another voter.
    pub(super) fn on_quorum_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: BrokerId,
        id: u64,
        response: QuorumResponse<Arc<Decision>>,
    ) {
        if response.error == ErrorCode::None && matches!(response.body, ResponseBody::Fetch { .. })
        {
            self.log.suspects = false;
        }
        self.log.asked.remove(&from);
        self.log.quorum.on_response(from, id, response, ctx.now_ms, &mut self.log.rng);
        self.drive(ctx);
    }

    /// A node it has a connection to is gone.
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, node: BrokerId) {
        if let Some(id) = self.log.quorum.in_flight(node) {
            self.log.asked.remove(&node);
            self.log.quorum.on_no_response(node, id, ctx.now_ms, &mut self.log.rng);
            self.drive(ctx);
        }
    }

    /// Its quorum's timer.
    pub(super) fn on_quorum_timer(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number == self.log.timer && self.log.timer_ms.take().is_some() {
            self.log.quorum.tick(ctx.now_ms, &mut self.log.rng);
            self.drive(ctx);
        }
    }

    /// Does what its node of the quorum wants done.
    pub(super) fn drive(&mut self, ctx: &mut Ctx<'_>) {
        loop {
            let outputs = self.log.quorum.take_outputs();
            if outputs.is_empty() {
                break;
            }
            for output in outputs {
                match output {
                    Output::Request { to, id, request } => {
                        // One that was not answered in time: its connection is given up.
                        if self.log.asked.insert(to, id).is_some() {
                            ctx.disconnect(to);
                        }
                        ctx.request(ActorId::Controller(to), id, Request::Quorum(request));
                    }
                    Output::Response { to, id, response } => {
                        let response = Response::Quorum(Box::new(response));
                        ctx.respond(ActorId::Controller(to), id, response);
                    }
                    Output::Happened(happened) => self.happened(ctx, happened),
                }
            }
        }
        self.arm_quorum(ctx);
        if self.log.quorum.state() != StateName::Resigned
            && let Some(event) = self.log.leaving.take()
        {
            ctx.side.push(Side::BrokerEnds { broker: self.id, clean: true, event });
        }
        if self.log.quorum.is_leader()
            && self.log.quorum.is_idle()
            && !self.log.quorum.is_lone_voter()
        {
            ctx.side.push(Side::ParkQuorum(self.id));
        }
    }

    /// Sets its timer, unless one that is due before is set.
    fn arm_quorum(&mut self, ctx: &mut Ctx<'_>) {
        let Some(at_ms) = self.log.quorum.next_deadline_ms() else { return };
        if self.log.timer_ms.is_none_or(|set| at_ms < set) {
            self.log.timer += 1;
            self.log.timer_ms = Some(at_ms);
            ctx.timer(at_ms, Timer::Quorum(self.log.timer));
        }
    }

    fn happened(&mut self, ctx: &mut Ctx<'_>, happened: Happened) {
        let controller = self.id;
        match happened {
            Happened::State { from, to, epoch, .. } => self.went_over(ctx, from, to, epoch),
            Happened::Voted { candidate, epoch, pre_vote: false, granted } => {
                ctx.emit(EventKind::ControllerVoted { controller, candidate, epoch, granted });
            }
            Happened::HighWatermark { to } => {
                let claims = self.claim(ctx);
                self.committed_up_to(ctx, to);
                if claims {
                    self.begin_sessions(ctx);
                    self.push_image(ctx);
                    (self.balance_ms, self.unclean_ms) = (None, None);
                }
                self.arm_periodic(ctx);
            }
            Happened::LostLeadership { .. } => self.renounce(ctx),
            Happened::Voted { .. } | Happened::BecameLeader { .. } | Happened::Truncated { .. } => {
            }
        }
    }

    fn went_over(&mut self, ctx: &mut Ctx<'_>, from: StateName, to: StateName, epoch: i32) {
        let controller = self.id;
        match to {
            StateName::Prospective if from == StateName::Follower && !self.log.suspects => {
                self.log.suspects = true;
                ctx.emit_as_cause(EventKind::ControllerSuspects { controller, epoch });
            }
            StateName::Candidate if !self.log.quorum.is_lone_voter() => {
                ctx.emit_as_cause(EventKind::ControllerStands { controller, epoch });
            }
            StateName::Resigned => {
                let event = ctx.emit_as_cause(EventKind::ControllerResigned { controller, epoch });
                let label = format!("controller {} resigns", controller.0);
                ctx.trace.mark(ctx.now_ms, "warn", label, event);
            }
            _ => {}
        }
    }

    /// Its first entry as the leader is committed: it is the active controller from now on.
    fn claim(&mut self, ctx: &mut Ctx<'_>) -> bool {
        if !self.log.quorum.is_leader() || self.log.active {
            return false;
        }
        self.log.active = true;
        let (controller, epoch) = (self.id, self.epoch());
        let event = ctx.emit_as_cause(EventKind::ControllerElected { controller, epoch });
        let label = format!("controller {} leads", controller.0);
        ctx.trace.mark(ctx.now_ms, "lead", label, event);
        true
    }

    /// It does not lead any more: what was not committed is forgotten, and who waits for it is sent on.
    fn renounce(&mut self, ctx: &mut Ctx<'_>) {
        let leader = self.log.quorum.leader().filter(|&leader| leader != self.id);
        for (_, to, id, _) in self.log.forget_uncommitted() {
            ctx.respond(to, id, Response::NotController(leader));
        }
        self.sessions.clear();
    }

    /// The quorum is at rest: no timer is needed until it is disturbed.
    pub(crate) fn quorum_parked(&mut self) {
        self.log.timer += 1;
        self.log.timer_ms = None;
    }
}

/// A message of an idle quorum: what a node fetches, or that there is nothing.
#[derive(Debug, Clone)]
pub(crate) enum IdleMessage {
    /// A fetch.
    Request(QuorumRequest),
    /// Its answer.
    Response(QuorumResponse<Arc<Decision>>),
}

/// A quorum at rest, as the world passes over its time.
impl Controller {
    /// It has nothing to say.
    pub(crate) fn is_idle(&self) -> bool {
        self.log.quorum.is_idle()
    }

    /// Whole cycles have passed.
    pub(crate) fn fast_forward(&mut self, by_ms: TimestampMs) {
        self.log.quorum.fast_forward(by_ms);
    }

    /// When it does something next by itself.
    pub(crate) fn idle_deadline_ms(&self) -> Option<TimestampMs> {
        self.log.quorum.next_deadline_ms()
    }

    /// One step of the rest of a cycle that is played out; gives what it sends.
    pub(crate) fn idle_step(
        &mut self,
        now_ms: TimestampMs,
        message: Option<(BrokerId, u64, IdleMessage)>,
    ) -> Vec<(BrokerId, u64, IdleMessage)> {
        let rng = &mut self.log.rng;
        match message {
            None => self.log.quorum.tick(now_ms, rng),
            Some((from, id, IdleMessage::Request(request))) => {
                self.log.quorum.on_request(from, id, request, now_ms, rng);
            }
            Some((from, id, IdleMessage::Response(response))) => {
                self.log.quorum.on_response(from, id, response, now_ms, rng);
            }
        }
        let outputs = self.log.quorum.take_outputs();
        let sent = outputs.into_iter().filter_map(|output| match output {
            Output::Request { to, id, request } => Some((to, id, IdleMessage::Request(request))),
            Output::Response { to, id, response } => {
                Some((to, id, IdleMessage::Response(response)))
            }
            Output::Happened(_) => None,
        });
        sent.collect()
    }

    /// It is played out again from here on.
    pub(crate) fn quorum_unparked(&mut self, ctx: &mut Ctx<'_>) {
        self.arm_quorum(ctx);
    }
}
