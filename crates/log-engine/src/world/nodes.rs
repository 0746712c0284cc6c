//! Nodes: the processes of brokers and controllers, how they end, stand still and start again (R-SCP-39).
//!
//! A process that ends is noticed at once by whoever has a connection to it, as its system closes them. Where the
//! machine has lost power nobody is told: requests stay without an answer until their sender gives up. A frozen process
//! keeps its connections, takes nothing in, and goes on where it stopped.

use super::World;
use crate::controller::Controller;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs};
use crate::protocol::{Acks, Request};
use crate::sim::{ActorId, Body, CONNECTION_SETUP_TIMEOUT_MS, Due, Message};
use std::collections::VecDeque;
use std::sync::Arc;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Down {
    /// In order, its leaderships handed over before.
    Stopped,
    /// Killed: what it wrote is in the page cache.
    Crashed,
    /// By itself, as its last log directory failed.
    Halted,
    /// The machine is without power: what was not flushed is gone.
    PowerLost,
    /// Killed, and its disk is gone with it.
    DiskLost,
}

/// What a node's process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeState {
    /// It runs.
    Up,
    /// It stands still, as in a long garbage collection.
    Frozen,
    /// It does not run.
    Down(Down),
}

/// One node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What its process does.
    pub state: NodeState,
    /// Since when.
    pub since_ms: TimestampMs,
    /// The event of it.
    pub event: EventId,
    /// How often its process has started. A timer of an earlier start is stale.
    pub life: u32,
    /// `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// It is shutting down in order.
    pub stopping: bool,
    /// When a frozen process goes on by itself.
    pub thaws_ms: Option<TimestampMs>,
    /// What waits for a frozen process.
    pub(super) held: VecDeque<Due>,
    /// What each write of its broker to its disk takes.
    pub write_ms: i64,
    /// Until when its broker waits for its disk.
    pub(super) busy_until_ms: TimestampMs,
    /// What waits for that broker, with when it came.
    pub(super) queue: VecDeque<(TimestampMs, Due)>,
}

impl Node {
    /// A node whose process runs.
    pub(crate) fn new(rack: Option<Arc<str>>) -> Self {
        Self {
            state: NodeState::Up,
            since_ms: 0,
            event: EventId(1),
            life: 1,
            rack,
            stopping: false,
            thaws_ms: None,
            held: VecDeque::new(),
            write_ms: 0,
            busy_until_ms: 0,
            queue: VecDeque::new(),
        }
    }

    /// Its process runs and is not frozen.
    pub(crate) fn runs(&self) -> bool {
        self.state == NodeState::Up
    }

    /// Its process is there, running or frozen.
    pub(crate) fn is_there(&self) -> bool {
        !matches!(self.state, NodeState::Down(_))
    }
}

impl World {
    /// How often the process of an actor's node has started.
    pub(super) fn life(&self, actor: ActorId) -> u32 {
        actor.node().and_then(|node| self.nodes.get(&node)).map_or(0, |node| node.life)
    }

    /// What is due at a node that is not there, or stands still, goes no further. Hands it back where it does.
    pub(super) fn pass_node(&mut self, due: Due) -> Option<Due> {
        let to = match &due {
            Due::Deliver(message) => message.to,
            Due::Timer { actor, life, .. } => {
                if actor.node().is_some() && self.life(*actor) != *life {
                    return None;
                }
                *actor
            }
            Due::Thaw(_) | Due::DiskReady(_) | Due::Break(..) => return Some(due),
        };
        let Some(id) = to.node() else { return Some(due) };
        let node = self.nodes.get_mut(&id)?;
        match node.state {
            NodeState::Up if matches!(to, ActorId::Broker(_)) && node.is_busy(self.now_ms) => {
                node.queue.push_back((self.now_ms, due));
                None
            }
            NodeState::Up => Some(due),
            NodeState::Frozen => {
                node.held.push_back(due);
                None
            }
            NodeState::Down(how) => {
                if let Due::Deliver(message) = due {
                    if matches!(message.body, Body::Request(_)) {
                        if how != Down::PowerLost {
                            self.lose_connection(message.from, id, message.cause, 0);
                        } else if self.net.is_closed(message.from, id) {
                            // Nobody answers an attempt to connect either.
                            let after_ms = CONNECTION_SETUP_TIMEOUT_MS;
                            self.lose_connection(message.from, id, message.cause, after_ms);
                        }
                    }
                    self.net.lost.push(*message);
                }
                None
            }
        }
    }

    /// An actor learns that its connection to a node is gone.
    pub(super) fn lose_connection(
        &mut self,
        actor: ActorId,
        node: BrokerId,
        cause: EventId,
        after_ms: i64,
    ) {
        let from = ActorId::Broker(node);
        if actor == ActorId::Admin || actor.node() == Some(node) {
            return;
        }
        let at_ms = self.net.arrives_ms(self.now_ms, from, actor) + after_ms;
        let body = Body::ConnectionLost(node);
        let message = Message { from, to: actor, correlation: 0, cause, body };
        self.queue.push(at_ms, Due::Deliver(Box::new(message)));
    }

    /// A node's process ends in order, as soon as its controller may go.
    pub(crate) fn end_in_order(&mut self, id: BrokerId, event: EventId) {
        self.play_out(event);
        if self.with_controller(id, event, Controller::leave) != Some(false) {
            let event = self.tell_down(id, Down::Stopped, event);
            self.take_down(id, Down::Stopped, event);
        }
    }

    /// Takes note of what never arrives: a record is lost with it if its producer wants no answer, or is gone.
    pub(super) fn count_losses(&mut self) {
        for message in std::mem::take(&mut self.net.lost) {
            if let Body::Request(Request::Produce(produce)) = message.body {
                for part in produce.parts {
                    self.ledger.not_stored(part.batch.tag(), produce.acks == Acks::None);
                }
            }
        }
    }

    /// A node's process ends.
    pub(crate) fn take_down(&mut self, id: BrokerId, how: Down, event: EventId) {
        self.play_out(event);
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.state = NodeState::Down(how);
        (node.since_ms, node.event) = (now_ms, event);
        node.life += 1;
        (node.stopping, node.thaws_ms) = (false, None);
        let queued = std::mem::take(&mut node.queue).into_iter().map(|(_, due)| due);
        let held = std::mem::take(&mut node.held).into_iter().chain(queued);
        self.net.lost.extend(held.filter_map(|due| match due {
            Due::Deliver(message) => Some(*message),
            Due::Timer { .. } | Due::Thaw(_) | Due::DiskReady(_) | Due::Break(..) => None,
        }));
        node.busy_until_ms = 0;
        self.net.forget_node(id);
        self.net.silent.remove(&id);
        self.metrics.ends(now_ms, ActorId::Broker(id));
        self.metrics.ends(now_ms, ActorId::Controller(id));
        if how == Down::PowerLost {
            self.net.silent.insert(id);
            self.net.dark.insert(id);
        }
        self.with_broker(id, event, |broker, ctx| broker.end(ctx, how));
        self.with_controller(id, event, |controller, _| controller.end());
        if how != Down::PowerLost {
            for actor in self.actors() {
                self.lose_connection(actor, id, event, 0);
            }
        }
        self.watch_timeouts(event);
    }

    /// A node's process starts.
    pub(crate) fn bring_up(&mut self, id: BrokerId, event: EventId) {
        self.play_out(event);
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(&id) else { return };
        let NodeState::Down(how) = node.state else { return };
        node.state = NodeState::Up;
        (node.since_ms, node.event) = (now_ms, event);
        node.life += 1;
        let life = node.life;
        self.begin_node_metrics(id);
        self.net.silent.remove(&id);
        self.net.dark.remove(&id);
        self.with_controller(id, event, |controller, ctx| controller.restart(ctx));
        self.with_broker(id, event, |broker, ctx| broker.restart(ctx, how, life));
        if how == Down::PowerLost {
            // Its system knows none of the old connections, and says so at the first packet that comes.
            for actor in self.actors() {
                self.lose_connection(actor, id, event, 0);
            }
        }
    }

    /// A node's process stands still.
    pub(crate) fn freeze(&mut self, id: BrokerId, for_ms: Option<i64>, event: EventId) {
        self.play_out(event);
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.state = NodeState::Frozen;
        (node.since_ms, node.event) = (now_ms, event);
        node.thaws_ms = for_ms.map(|for_ms| now_ms.saturating_add(for_ms));
        if let Some(at_ms) = node.thaws_ms {
            self.queue.push(at_ms, Due::Thaw(id));
        }
        self.net.silent.insert(id);
        self.watch_timeouts(event);
    }

    /// A frozen process goes on: what came meanwhile is handled now, in order.
    pub(crate) fn thaw(&mut self, id: BrokerId, cause: Option<EventId>) {
        let now_ms = self.now_ms;
        let Some(node) = self.nodes.get_mut(&id) else { return };
        if node.state != NodeState::Frozen {
            return;
        }
        let cause = cause.unwrap_or(node.event);
        let event = self.tell(Some(cause), EventKind::NodeThawed { node: id });
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.state = NodeState::Up;
        (node.since_ms, node.event, node.thaws_ms) = (now_ms, event, None);
        let held = std::mem::take(&mut node.held);
        self.net.silent.remove(&id);
        self.disk_ready(id);
        for due in held {
            self.handle(due);
            self.settle();
        }
    }

    /// Every actor but the admin client.
    pub(super) fn actors(&self) -> Vec<ActorId> {
        let controllers = self.controllers.keys().map(|&id| ActorId::Controller(id));
        let brokers = self.brokers.keys().map(|&id| ActorId::Broker(id));
        let producers = (0..).zip(&self.producers).map(|(at, _)| ActorId::Producer(at));
        let consumers = (0..).zip(&self.consumers).map(|(at, _)| ActorId::Consumer(at));
        controllers.chain(brokers).chain(producers).chain(consumers).collect()
    }

    /// From now on answers may fail to come without anyone saying so: whoever waits for one looks at the clock.
    pub(super) fn watch_timeouts(&mut self, cause: EventId) {
        for actor in self.actors() {
            match actor {
                ActorId::Consumer(at) => self.with_consumer(at, cause, |consumer, ctx| {
                    consumer.watch_timeouts(ctx);
                }),
                ActorId::Controller(id) if self.nodes.get(&id).is_some_and(Node::runs) => {
                    self.with_controller(id, cause, Controller::watch_sessions);
                }
                ActorId::Broker(id) if self.nodes.get(&id).is_some_and(Node::runs) => {
                    self.with_broker(id, cause, |broker, ctx| broker.watch_timeouts(ctx));
                }
                _ => {}
            }
        }
    }
}
