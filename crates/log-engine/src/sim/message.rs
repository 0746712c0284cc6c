//! Who there is, and what passes between them.

use super::Host;
use crate::coordinator::GroupTimer;
use crate::ids::{BrokerId, EventId};
use crate::protocol::{Request, Response};

/// An actor: a process of its own, reached only by messages and its own timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ActorId {
    /// A controller of the KRaft quorum, by its `node.id`.
    Controller(BrokerId),
    /// A broker.
    Broker(BrokerId),
    /// A producer client, by its index.
    Producer(u32),
    /// A consumer client, by its index.
    Consumer(u32),
    /// The person's admin client.
    Admin,
}

impl ActorId {
    /// The node of the cluster it runs on; none for clients.
    pub(crate) fn node(self) -> Option<BrokerId> {
        match self {
            ActorId::Controller(node) | ActorId::Broker(node) => Some(node),
            ActorId::Producer(_) | ActorId::Consumer(_) | ActorId::Admin => None,
        }
    }
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
    /// The other end is not there, or its process is gone: every request of the receiver to that node is without an
    /// answer (`NetworkClient.handleDisconnections`).
    ConnectionLost(BrokerId),
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
        /// The start of its process that set it; a timer of an earlier start is stale.
        life: u32,
        /// What for.
        timer: Timer,
        /// The event that led to it.
        cause: EventId,
    },
    /// A frozen process goes on.
    Thaw(BrokerId),
    /// A broker's disk has done what it was asked.
    DiskReady(BrokerId),
    /// Connections between two hosts break. The number tells one that was overtaken.
    Break(Box<(Host, Host)>, u32),
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
    /// Broker: looks for followers that are no longer in sync (`isr-expiration`).
    IsrExpiration,
    /// Broker: its next heartbeat to the active controller. The number tells a stale one.
    BrokerHeartbeat(u32),
    /// Broker: fetches from this leader again after a backoff. The number tells a stale one.
    ReplicaFetch(BrokerId, u32),
    /// Broker: a request to the controller is tried again. The number tells a stale one.
    ControllerRetry(u32),
    /// Broker: this request to the controller may have waited `controller.socket.timeout.ms`.
    ControllerTimeout(u64),
    /// Controller: a session may have ended, or something else of its own is due. The number tells a stale one.
    ControllerCheck(u32),
    /// Controller: leaderships go back to preferred replicas.
    BalanceLeaders,
    /// Controller: partitions without a leader are looked at.
    UncleanElections,
    /// Controller: the quorum's next deadline. The number tells a stale one.
    Quorum(u32),
    /// Broker: a timer of its group coordinator.
    Group(GroupTimer),
    /// Broker: what its group coordinator has written may have waited `offsets.commit.timeout.ms`.
    GroupWrite(u64),
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
    /// Consumer: a request may have waited too long. The number tells a stale one.
    RequestTimeout(u32),
    /// Consumer: the application is inside `poll()` and something wakes it (auto-commit, a retry).
    Poll(u32),
}
