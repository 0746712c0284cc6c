//! One step: the next due thing goes to its actor.

use super::World;
use crate::ids::{EventId, TimestampMs};
use crate::sim::{ActorId, Body, CONNECTION_SETUP_TIMEOUT_MS, Due, Message, Timer};

impl World {
    /// Takes the next thing that is due by `to_ms`. False if there is none.
    pub(crate) fn step(&mut self, to_ms: TimestampMs) -> bool {
        let Some((at_ms, due)) = self.queue.pop_due(to_ms) else { return false };
        if self.queue.wants_sweep() {
            self.sweep_timers();
        }
        self.steps = self.steps.saturating_add(1);
        self.now_ms = self.now_ms.max(at_ms);
        self.handle(due);
        self.settle();
        if !self.rolling.is_empty() {
            self.roll_on();
        }
        if self.groups.iter().any(|setup| setup.removing) {
            self.remove_empty_groups(EventId(self.trace.newest()));
        }
        self.measure_levels();
        true
    }

    /// Takes timers out of the queue whose request has had its answer: thirty seconds of them would lie there, and be
    /// copied with every clone.
    fn sweep_timers(&mut self) {
        let (brokers, producers) = (&self.brokers, &self.producers);
        self.queue.sweep(|at_ms, due| match due {
            Due::Timer { actor: ActorId::Broker(broker), timer, .. } => {
                brokers.get(broker).is_some_and(|broker| broker.waits_no_more(timer))
            }
            Due::Timer { actor: ActorId::Producer(at), timer: Timer::SenderWake, .. } => {
                let producer = usize::try_from(*at).ok().and_then(|at| producers.get(at));
                // A wake at the very moment that is awaited stays; one before it was overtaken, and one after it is set
                // again when that has come.
                producer.is_some_and(|producer| !producer.wakes_at(at_ms))
            }
            _ => false,
        });
    }

    /// What is due reaches its actor, if the network and the actor's process let it.
    pub(super) fn handle(&mut self, due: Due) {
        if let Some(due) = self.pass_node(due) {
            self.handle_passed(due);
        }
    }

    /// What its node lets through.
    pub(super) fn handle_passed(&mut self, due: Due) {
        match due {
            Due::Deliver(message) => {
                if let Some(message) = self.pass_link(*message) {
                    self.deliver(message);
                }
            }
            Due::Timer { actor, timer, cause, .. } => self.fire(actor, timer, cause),
            Due::DiskReady(node) => self.disk_ready(node),
            Due::Break(pair, number) => self.break_connections(&pair, number),
            Due::Thaw(node) => {
                if self.nodes.get(&node).is_some_and(|node| node.thaws_ms == Some(self.now_ms)) {
                    self.thaw(node, None);
                }
            }
        }
    }

    /// Whether a message gets through; a cut link holds it up.
    fn pass_link(&mut self, message: Message) -> Option<Message> {
        let (from, to) = (message.from, message.to);
        if let (Some(node), Body::Request(_)) = (to.node(), &message.body)
            && self.net.is_closed(from, node)
        {
            if !self.net.passes_both_ways(from, to) {
                self.lose_connection(from, node, message.cause, CONNECTION_SETUP_TIMEOUT_MS);
                self.net.lost.push(message);
                return None;
            }
            self.net.connected(from, node);
        }
        if self.net.passes(from, to) {
            return Some(message);
        }
        if !matches!(message.body, Body::ConnectionLost(_)) {
            self.net.hold(message);
            return None;
        }
        Some(message)
    }

    fn deliver(&mut self, message: Message) {
        let Message { from, to, correlation: id, cause, body } = message;
        match (to, body) {
            (ActorId::Broker(broker), body) => {
                self.with_broker(broker, cause, |broker, ctx| match body {
                    Body::Request(request) => broker.on_request(ctx, from, id, request),
                    Body::Response(response) => broker.on_response(ctx, from, id, response),
                    Body::ConnectionLost(node) => broker.on_connection_lost(ctx, node),
                });
            }
            (ActorId::Controller(node), body) => {
                self.wake_quorum(node, &body, cause);
                self.with_controller(node, cause, |controller, ctx| match body {
                    Body::Request(request) => controller.on_request(ctx, from, id, request),
                    Body::Response(response) => controller.on_response(ctx, from, id, response),
                    Body::ConnectionLost(node) => controller.on_connection_lost(ctx, node),
                });
            }
            (ActorId::Producer(at), Body::Response(response)) => {
                self.with_producer(at, cause, |producer, ctx| {
                    producer.on_response(ctx, id, response);
                });
            }
            (ActorId::Producer(at), Body::ConnectionLost(node)) => {
                self.with_producer(at, cause, |producer, ctx| {
                    producer.on_connection_lost(ctx, node);
                });
            }
            (ActorId::Consumer(at), Body::Response(response)) => {
                self.with_consumer(at, cause, |consumer, ctx| {
                    consumer.on_response(ctx, from, id, response);
                });
            }
            (ActorId::Consumer(at), Body::ConnectionLost(node)) => {
                self.with_consumer(at, cause, |consumer, ctx| {
                    consumer.on_connection_lost(ctx, node);
                });
            }
            // What an admin request led to is in the trace; a client serves no request.
            _ => {}
        }
    }

    fn fire(&mut self, actor: ActorId, timer: Timer, cause: EventId) {
        match actor {
            ActorId::Broker(id) => {
                self.with_broker(id, cause, |broker, ctx| broker.on_timer(ctx, timer));
            }
            ActorId::Controller(id) => {
                if !matches!(timer, Timer::Quorum(_)) {
                    self.unpark_quorum(cause);
                }
                self.with_controller(id, cause, |controller, ctx| controller.on_timer(ctx, timer));
            }
            ActorId::Producer(at) => {
                self.with_producer(at, cause, |producer, ctx| producer.on_timer(ctx, timer));
            }
            ActorId::Consumer(at) => {
                self.with_consumer(at, cause, |consumer, ctx| consumer.on_timer(ctx, timer));
            }
            ActorId::Admin => {}
        }
    }
}
