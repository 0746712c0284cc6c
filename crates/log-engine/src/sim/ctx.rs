//! What an actor may do in one step: send, set timers, write to the trace and the ledger.

use super::{ActorId, Body, Due, EventQueue, Message, Net, Timer};
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::protocol::{FetchRequest, MetadataImage, Request, Response};
use crate::trace::Trace;
use kafka_log::Batch;
use std::sync::Arc;

/// What a step means for parked cycles (idle long polls, idle heartbeats). Not a message: parking is the
/// simulator's way to save work, and takes no virtual time.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    /// This client does something else than idle along: what is parked of it is played out again.
    Disturbed(ActorId),
    /// A fetch has ended empty: if its sender would only send it again it may be parked.
    ParkFetch {
        /// The consumer or the follower.
        from: ActorId,
        /// Where it waits.
        broker: BrokerId,
        /// Its number there.
        id: u64,
        /// Its number with its sender.
        correlation: u64,
        /// What it asks for.
        request: Arc<FetchRequest>,
    },
    /// This consumer's heartbeats may be parked at its coordinator.
    ParkHeartbeats {
        /// The consumer, by its index.
        consumer: u32,
        /// When the next one would arrive.
        first_arrival_ms: TimestampMs,
        /// And how often after that.
        interval_ms: i64,
    },
    /// This broker's heartbeats may be parked at the active controller.
    ParkBroker {
        /// The broker.
        broker: BrokerId,
        /// The controller that has answered.
        controller: BrokerId,
        /// When the next one is to be sent.
        next_ms: TimestampMs,
        /// And how often after that.
        interval_ms: i64,
    },
    /// The quorum this controller leads has come to rest.
    ParkQuorum(BrokerId),
    /// A broker is not registered any more.
    BrokerUnregistered(BrokerId),
    /// Heartbeats of a member that were parked have ended: when the first came, and how often.
    HeartbeatsWereIdle {
        /// Where.
        broker: BrokerId,
        /// Member id.
        member_id: Arc<str>,
        /// When the first came, and how often after that.
        parked: (TimestampMs, i64),
    },
    /// A fetch of this client that was parked goes on; it was sent then.
    FetchGoesOn {
        /// The consumer or the follower.
        client: ActorId,
        /// Where it waits.
        broker: BrokerId,
        /// When its client would have sent it.
        sent_ms: TimestampMs,
    },
    /// This broker has something to say in its next heartbeat.
    DisturbedBroker(BrokerId),
    /// A broker's process ends: its log directory has failed, or it has shut down in order.
    BrokerEnds {
        /// Which.
        broker: BrokerId,
        /// In order.
        clean: bool,
        /// The event.
        event: EventId,
    },
    /// The coordinator has ended parked heartbeats: the client sends its own again.
    ResumeHeartbeats {
        /// `group.id`.
        group: Arc<str>,
        /// Member id.
        member_id: Arc<str>,
        /// When the next one arrives; it may be on its way already.
        next_arrival_ms: TimestampMs,
    },
}

/// The world as one actor sees it in one step.
pub(crate) struct Ctx<'a> {
    /// Virtual time.
    pub now_ms: TimestampMs,
    /// The actor.
    pub me: ActorId,
    /// The event that led to this step. An event emitted in it names this one as its cause, and an actor may
    /// narrow it with the event it just emitted.
    pub cause: EventId,
    /// What will happen.
    pub queue: &'a mut EventQueue,
    /// The process start this step belongs to.
    pub life: u32,
    /// The network.
    pub net: &'a mut Net,
    /// What happened.
    pub trace: &'a mut Trace,
    /// Fates of records.
    pub ledger: &'a mut Ledger,
    /// What is measured.
    pub metrics: &'a mut Metrics,
    /// When what this step handles arrived: before now where it had to wait for a busy broker.
    pub arrived_ms: TimestampMs,
    /// What each write to the disk takes.
    pub write_ms: i64,
    /// How long this step has waited for the disk.
    pub busy_ms: i64,
    /// The newest metadata that is committed anywhere and told.
    pub metadata: &'a mut Arc<MetadataImage>,
    /// What this step means for cycles that are parked elsewhere.
    pub side: &'a mut Vec<Side>,
    /// What all partitions' logs have grown by since the start, at most.
    pub growth: &'a mut u64,
}

impl Ctx<'_> {
    /// Something was written to the disk: what follows in this step waits for it.
    pub(crate) fn wrote(&mut self) {
        self.busy_ms += self.write_ms;
    }

    /// A leader writes a batch: on its disk it may be of another size, if the topic has a codec of its own.
    pub(crate) fn grows(&mut self, batch: &Batch) {
        let size = batch.size_in_bytes();
        *self.growth += 2 * u64::from(batch.uncompressed_size().unwrap_or(size).max(size));
    }

    /// Sends a request.
    pub(crate) fn request(&mut self, to: ActorId, correlation: u64, request: Request) {
        self.send(to, correlation, Body::Request(request));
    }

    /// Answers one.
    pub(crate) fn respond(&mut self, to: ActorId, correlation: u64, response: Response) {
        self.send(to, correlation, Body::Response(response));
    }

    fn send(&mut self, to: ActorId, correlation: u64, body: Body) {
        let at_ms = self.net.arrives_ms(self.now_ms + self.busy_ms, self.me, to);
        let message = Message { from: self.me, to, correlation, cause: self.cause, body };
        self.queue.push(at_ms, Due::Deliver(Box::new(message)));
    }

    /// Closes the connection with a client of this node.
    pub(crate) fn close_connection(&mut self, client: ActorId, node: BrokerId) {
        self.send(client, 0, Body::ConnectionLost(node));
    }

    /// Gives up the connection to a node, as after `request.timeout.ms`.
    pub(crate) fn disconnect(&mut self, node: BrokerId) {
        self.net.disconnect(self.me, node);
    }

    /// Sets a timer of this actor.
    pub(crate) fn timer(&mut self, at_ms: TimestampMs, timer: Timer) {
        let due = Due::Timer { actor: self.me, life: self.life, timer, cause: self.cause };
        self.queue.push(at_ms.max(self.now_ms), due);
    }

    /// This client is about to do something else than idle along: what brokers have parked of it is played out
    /// again from where it is.
    pub(crate) fn disturb(&mut self) {
        self.side.push(Side::Disturbed(self.me));
    }

    /// Writes an event, caused by what led to this step.
    pub(crate) fn emit(&mut self, kind: EventKind) -> EventId {
        let (trace, metrics) = (&mut *self.trace, &mut *self.metrics);
        trace.push(self.now_ms, Some(self.cause), kind, |event| metrics.happened(event))
    }

    /// Writes an event and makes it the cause of what follows in this step.
    pub(crate) fn emit_as_cause(&mut self, kind: EventKind) -> EventId {
        self.cause = self.emit(kind);
        self.cause
    }

    /// Runs `f` with another cause, and goes back to the present one.
    pub(crate) fn caused_by<T>(&mut self, cause: EventId, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.cause, cause);
        let result = f(self);
        self.cause = before;
        result
    }
}
