//! Who there is, and what passes between them.

use crate::coordinator::GroupTimer;
use crate::ids::{BrokerId, EventId};
use crate::protocol::{Request, Response};

/// An actor: a process of its own, reached only by messages and its own timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ActorId {
    /// The active controller (KRaft).
    Controller,
    /// A broker.
    Broker(BrokerId),
    /// A producer client, by its index.
    Producer(u32),
    /// A consumer client, by its index.
    Consumer(u32),
    /// The person's admin client.
    Admin,
}

/// One request or response on its way.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Sender.
    pub from: ActorId,
    /// Receiver.
    pub to: ActorId,
    /// Pairs a response with its request, unique to the requester.
    pub correlation: u64,
    /// The event that led to this message.
    pub cause: EventId,
    /// What it says.
    pub body: Body,
}

/// Request or response.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A request.
    Request(Request),
    /// A response to one.
    Response(Response),
}

/// Something due at a time.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A message arrives.
    Deliver(Box<Message>),
    /// An actor's timer ends.
    Timer {
        /// Whose.
        actor: ActorId,
        /// What for.
        timer: Timer,
        /// The event that led to it.
        cause: EventId,
    },
}

/// Timers. Those that can be overtaken carry what tells a stale one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Broker: `kafka-log-retention` runs (R-LOG-40).
    RetentionCheck,
    /// Broker: the cleaner's loop runs (R-LOG-60). The number tells one that has been overtaken.
    Cleaner(u32),
    /// Broker: a waiting fetch has waited `fetch.max.wait.ms`.
    FetchExpired(u64),
    /// Broker: a waiting produce has waited its timeout.
    ProduceExpired(u64),
    /// Broker: a timer of its group coordinator.
    Group(GroupTimer),
    /// Producer: the sender has something to look at (linger, backoff, a timeout).
    SenderWake,
    /// Producer: the stream's next records. The number tells a stale stream.
    StreamTick(u32),
    /// Producer or consumer: metadata grows old.
    MetadataExpired(u32),
    /// Producer: records that wait for metadata may have waited `max.block.ms`.
    MaxBlock,
    /// Consumer: the application is done with the records it was given. The number tells a stale one.
    Processed(u32),
    /// Consumer: the heartbeat thread sends. The number tells a stale one.
    Heartbeat(u32),
    /// Consumer: `max.poll.interval.ms` since the last poll. The number tells a stale one.
    PollInterval(u32),
    /// Consumer: the application is inside `poll()` and something wakes it (auto-commit, a retry).
    Poll(u32),
}
