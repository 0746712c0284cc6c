//! The quorum's idle time, and what it decides in no time.
//!
//! A quorum at rest is one cycle over and over (`controller::quorum`): each follower's fetch waits at the leader, is
//! answered empty and sent again. Its timers are left out while nothing disturbs it. Before anything does, whole cycles
//! are passed over and the rest of the last one is played out, so that all nodes are where they would have been.

use super::{Node, World};
use crate::controller::{Controller, IdleMessage};
use crate::ids::{BrokerId, EventId, TimestampMs};
use crate::protocol::{Request, Response};
use crate::sim::{ActorId, Body, Ctx, Due, Message};

/// A message of the idle quorum on its way: when it arrives, from whom, to whom, its number.
type OnTheWay = (TimestampMs, BrokerId, BrokerId, u64, IdleMessage);

impl World {
    /// The quorum has come to rest, if all of it has: every voter is there, and nothing is particular about their links.
    pub(super) fn park_quorum(&mut self, leader: BrokerId) {
        if self.quorum_parked_ms.is_some() || !self.controllers.values().all(Controller::is_idle) {
            return;
        }
        let me = ActorId::Controller(leader);
        let parks = |id: &BrokerId| {
            self.nodes.get(id).is_some_and(Node::runs)
                && (*id == leader || self.net.may_park(me, ActorId::Controller(*id)))
        };
        if !self.net.parking || !self.controllers.keys().all(parks) {
            return;
        }
        self.quorum_parked_ms = Some(self.now_ms);
        for controller in self.controllers.values_mut() {
            controller.quorum_parked();
        }
    }

    /// How much later everything is than the parked quorum's nodes have it, and how long a message takes.
    fn passed_over(&self, since_ms: TimestampMs) -> TimestampMs {
        let cycle_ms = crate::controller::FETCH_MAX_WAIT_MS + 2 * self.net.latency_ms;
        (self.now_ms - since_ms) / cycle_ms * cycle_ms
    }

    /// When a fetch that a parked quorum's node has at this time came last.
    pub(crate) fn quorum_fetch_ms(&self, at_ms: TimestampMs) -> TimestampMs {
        if self.quorum_parked_ms.is_some() { at_ms + self.passed_over(at_ms) } else { at_ms }
    }

    /// A controller is about to be reached by something that disturbs a quorum at rest.
    pub(super) fn wake_quorum(&mut self, node: BrokerId, body: &Body, cause: EventId) {
        let disturbs = match body {
            Body::Request(request) => self
                .controllers
                .get(&node)
                .is_some_and(|known| known.is_active() && known.may_decide(request)),
            Body::Response(_) | Body::ConnectionLost(_) => true,
        };
        if disturbs || matches!(body, Body::Request(Request::Quorum(_))) {
            self.unpark_quorum(cause);
        }
    }

    /// The quorum is played out again from where it is.
    pub(super) fn unpark_quorum(&mut self, cause: EventId) {
        let Some(since_ms) = self.quorum_parked_ms.take() else { return };
        let by_ms = self.passed_over(since_ms);
        for controller in self.controllers.values_mut() {
            controller.fast_forward(by_ms);
        }
        for (at_ms, from, to, id, message) in self.play_cycle() {
            let body = match message {
                IdleMessage::Request(request) => Body::Request(Request::Quorum(request)),
                IdleMessage::Response(response) => {
                    Body::Response(Response::Quorum(Box::new(response)))
                }
            };
            let (from, to) = (ActorId::Controller(from), ActorId::Controller(to));
            let message = Message { from, to, correlation: id, cause, body };
            self.queue.push(at_ms, Due::Deliver(Box::new(message)));
        }
        for id in self.controllers.keys().copied().collect::<Vec<_>>() {
            self.with_controller(id, cause, Controller::quorum_unparked);
        }
    }

    /// What of the cycle is over by now. Gives what is on its way.
    fn play_cycle(&mut self) -> Vec<OnTheWay> {
        let mut on_the_way: Vec<OnTheWay> = Vec::new();
        loop {
            let first = (0..on_the_way.len()).min_by_key(|&at| on_the_way.get(at).map(|m| m.0));
            let arrives_ms = first.and_then(|at| on_the_way.get(at)).map(|message| message.0);
            let timer = self
                .controllers
                .iter()
                .filter_map(|(&id, known)| Some((known.idle_deadline_ms()?, id)))
                .min();
            let (at_ms, node, message) = match (arrives_ms, timer) {
                (Some(at_ms), timer)
                    if at_ms < self.now_ms && timer.is_none_or(|(due_ms, _)| at_ms <= due_ms) =>
                {
                    let Some(at) = first else { return on_the_way };
                    let (_, from, to, id, message) = on_the_way.remove(at);
                    (at_ms, to, Some((from, id, message)))
                }
                (_, Some((at_ms, node))) if at_ms < self.now_ms => (at_ms, node, None),
                _ => return on_the_way,
            };
            let Some(controller) = self.controllers.get_mut(&node) else { return on_the_way };
            for (to, id, message) in controller.idle_step(at_ms, message) {
                on_the_way.push((at_ms + self.net.latency_ms, node, to, id, message));
            }
        }
    }

    /// The voters of the active controller's quorum that have its log in no time: those that run and follow it. None
    /// if they are no majority.
    pub(crate) fn at_once_majority(&self) -> Option<(BrokerId, Vec<BrokerId>)> {
        let leader = self.active_controller()?;
        let epoch = self.controllers.get(&leader)?.epoch();
        let me = ActorId::Controller(leader);
        let follows = |id: &BrokerId, known: &Controller| {
            *id != leader
                && self.nodes.get(id).is_some_and(Node::runs)
                && (known.leader(), known.epoch()) == (Some(leader), epoch)
                && self.net.passes_both_ways(me, ActorId::Controller(*id))
        };
        let voters = self.controllers.iter().filter(|(id, known)| follows(id, known));
        let voters: Vec<BrokerId> = voters.map(|(&id, _)| id).collect();
        (voters.len() + 1 > self.controllers.len() / 2).then_some((leader, voters))
    }

    /// What the active controller decides in a step is committed in no time. For what stands outside of time: a
    /// cluster's set-up, an import. None if there is no majority for it.
    pub(crate) fn decide_at_once(
        &mut self,
        event: EventId,
        step: impl FnOnce(&mut Controller, &mut Ctx<'_>),
    ) -> Option<()> {
        let (leader, voters) = self.at_once_majority()?;
        self.unpark_quorum(event);
        self.with_controller(leader, event, |known, ctx| {
            known.decide_at_once(ctx, &voters, step);
        });
        let log = self.controllers.get(&leader)?.clone();
        for voter in voters {
            self.with_controller(voter, event, |known, ctx| known.catch_up(ctx, &log));
        }
        Some(())
    }
}
