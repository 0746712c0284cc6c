//! What happened. Events are the trace: its hash is equal wherever the same document plays. Every event but a
//! command's own names the event that led to it.

use crate::command::Command;
use crate::hash::StableHasher;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use crate::world::Down;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// One event.
#[derive(Debug, Clone, Hash)]
pub(crate) struct Event {
    /// Its number.
    pub id: EventId,
    /// When.
    pub at_ms: TimestampMs,
    /// What led to it; none for a command and for the scenario's start.
    pub cause: Option<EventId>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened. Names are `Arc<str>`, so that a clone costs no allocation.
#[derive(Debug, Clone, Hash)]
pub(crate) enum EventKind {
    /// The scenario began: what the brokers do by themselves leads back to this.
    Started,
    /// A person did something.
    Action(Arc<Command>),
    /// A topic exists.
    TopicCreated { topic: Arc<str>, partitions: i32, replication_factor: i16, auto: bool },
    /// A topic is gone.
    TopicDeleted { topic: Arc<str> },
    /// A topic has more partitions.
    PartitionsAdded { topic: Arc<str>, from: i32, to: i32 },
    /// A topic's configs changed.
    TopicConfigsChanged { topic: Arc<str>, set: Arc<[(String, String)]>, deleted: Arc<[String]> },
    /// The controller refused an admin request.
    AdminRefused { api: &'static str, subject: Arc<str>, error: ErrorCode, message: Arc<str> },
    /// A producer runs.
    ProducerReady { producer: Arc<str>, producer_id: i64, producer_epoch: i16 },
    /// A producer learned how many partitions a topic has.
    ProducerMetadata { producer: Arc<str>, topic: Arc<str>, partitions: i32 },
    /// A batch left for a broker.
    BatchSent {
        producer: Arc<str>,
        broker: BrokerId,
        tp: TopicPartition,
        records: u32,
        bytes: u32,
        attempt: u32,
    },
    /// A leader appended a batch.
    Appended {
        producer: Arc<str>,
        broker: BrokerId,
        tp: TopicPartition,
        first: i64,
        last: i64,
        bytes: u32,
        crc: u32,
    },
    /// A leader found a batch it already has (R-PRD-52b).
    DuplicateBatch { producer: Arc<str>, tp: TopicPartition, first: i64, last: i64 },
    /// The high watermark moved without an append.
    HighWatermark { tp: TopicPartition, from: i64, to: i64 },
    /// A producer got its answer.
    Acked { producer: Arc<str>, tp: TopicPartition, first: i64, last: i64, took_ms: i64 },
    /// A produce was refused and will be tried again.
    ProduceRetry {
        producer: Arc<str>,
        tp: TopicPartition,
        records: u32,
        error: ErrorCode,
        backoff_ms: i64,
    },
    /// Records failed for good.
    ProduceFailed {
        producer: Arc<str>,
        topic: Arc<str>,
        partition: i32,
        records: u32,
        exception: &'static str,
        error: ErrorCode,
    },
    /// A batch was too large and is sent again in smaller ones (R-PRD-28).
    BatchSplit { producer: Arc<str>, tp: TopicPartition, records: u32, into: u32 },
    /// The sticky partition changed (R-PRD-06).
    StickySwitch { producer: Arc<str>, topic: Arc<str>, from: i32, to: i32, bytes: i64 },
    /// A producer is gone.
    ProducerClosed { producer: Arc<str> },
    /// A new segment began.
    SegmentRolled { broker: BrokerId, tp: TopicPartition, base: i64, closed_bytes: i64 },
    /// Retention deleted segments.
    SegmentsDeleted {
        broker: BrokerId,
        tp: TopicPartition,
        segments: u32,
        first: i64,
        last: i64,
        bytes: i64,
        reason: &'static str,
        log_start: i64,
    },
    /// Records were deleted that a group had not read.
    ExpiredUnread { group: Arc<str>, tp: TopicPartition, records: i64 },
    /// Something of a group changed.
    Group(GroupEvent),
    /// A member starts.
    MemberStarted { group: Arc<str>, member: Arc<str> },
    /// A member joins.
    MemberJoining { group: Arc<str>, member: Arc<str>, why: &'static str },
    /// A member has its assignment.
    MemberAssigned {
        group: Arc<str>,
        member: Arc<str>,
        generation: i32,
        partitions: Arc<[TopicPartition]>,
    },
    /// A member gave partitions up.
    MemberRevoked {
        group: Arc<str>,
        member: Arc<str>,
        partitions: Arc<[TopicPartition]>,
        lost: bool,
    },
    /// Where a member begins to read.
    PositionSet { member: Arc<str>, tp: TopicPartition, to: i64, how: PositionSource },
    /// A member got records from `poll()`.
    Polled { member: Arc<str>, tp: TopicPartition, first: i64, last: i64, records: u32 },
    /// A member's commit was stored.
    Committed {
        group: Arc<str>,
        member: Arc<str>,
        offsets: Arc<[(TopicPartition, i64)]>,
        auto: bool,
    },
    /// A commit was refused.
    CommitFailed { member: Arc<str>, error: ErrorCode },
    /// A member did not call `poll()` for `max.poll.interval.ms` and left (R-GRP-17).
    PollIntervalExceeded { group: Arc<str>, member: Arc<str>, interval_ms: i64 },
    /// A member learned from a heartbeat that it has to join again.
    HeartbeatSaysRejoin { member: Arc<str>, error: ErrorCode },
    /// A member can't go on.
    MemberFailed { group: Arc<str>, member: Arc<str>, exception: &'static str },
    /// A member stopped cleanly.
    MemberClosed { group: Arc<str>, member: Arc<str> },
    // New kinds come last: a kind's place counts in the trace hash.
    /// DeleteRecords moved a log start.
    RecordsDeleted { broker: BrokerId, tp: TopicPartition, from: i64, to: i64 },
    /// A broker loaded a log from its folder.
    LogLoaded {
        broker: BrokerId,
        tp: TopicPartition,
        segments: u32,
        bytes: i64,
        start: i64,
        end: i64,
    },
    /// A broker found a bad batch as it loaded a log, and cut the log there.
    LogCut {
        broker: BrokerId,
        tp: TopicPartition,
        segment: i64,
        position: i64,
        end: i64,
        bytes: i64,
        reason: Arc<str>,
    },
    /// The cleaner takes a log: the filthiest of those that are due.
    CleanerPicked { broker: BrokerId, tp: TopicPartition, ratio_millionths: u32, max_lag: bool },
    /// The cleaner is done with a log.
    LogCleaned {
        broker: BrokerId,
        tp: TopicPartition,
        from: i64,
        to: i64,
        removed: u64,
        kept: u64,
        tombstones: u64,
        bytes_before: i64,
        bytes_after: i64,
        merged: u32,
    },
    /// The cleaner can't clean a log and leaves it alone (R-LOG-71).
    Uncleanable { broker: BrokerId, tp: TopicPartition, why: Arc<str> },
    /// A leader's log refused a batch.
    AppendRefused { producer: Arc<str>, tp: TopicPartition, error: ErrorCode, message: Arc<str> },
    /// A broker could not write: its log directory is offline.
    LogDirFailed { broker: BrokerId, tp: TopicPartition, used: i64, size: i64 },
    /// A broker's process has stopped, as it has no log directory left.
    BrokerHalted { broker: BrokerId },
    /// A broker's disk has another size.
    DiskResized { broker: BrokerId, size: Option<i64> },
    /// A broker's process runs again.
    BrokerStarted { broker: BrokerId, logs: u32 },
    /// A node's process has ended.
    NodeDown { node: BrokerId, how: Down },
    /// A node's process stands still.
    NodeFrozen { node: BrokerId, for_ms: i64 },
    /// A frozen process goes on.
    NodeThawed { node: BrokerId },
    /// A broker registered with the controller; it is fenced until its first heartbeats say that it is caught up.
    BrokerRegistered { broker: BrokerId, epoch: i64, unclean: bool },
    /// The controller takes a broker for dead, or it asked to be fenced.
    BrokerFenced { broker: BrokerId, silent_ms: i64 },
    /// The controller takes a broker into service.
    BrokerUnfenced { broker: BrokerId },
    /// A broker begins to shut down in order.
    BrokerStopping { broker: BrokerId },
    /// A partition's leader changed, or it has none any more.
    LeaderChanged {
        tp: TopicPartition,
        from: Option<BrokerId>,
        to: Option<BrokerId>,
        epoch: i32,
        how: ElectionCause,
    },
    /// A partition's ISR (or ELR) changed.
    IsrChanged {
        tp: TopicPartition,
        from: Arc<[BrokerId]>,
        to: Arc<[BrokerId]>,
        elr: Arc<[BrokerId]>,
    },
    /// A leader asks the controller for another ISR.
    IsrProposed { tp: TopicPartition, from: Arc<[BrokerId]>, to: Arc<[BrokerId]> },
    /// A leader's wish for another ISR was refused.
    IsrRefused { tp: TopicPartition, error: ErrorCode },
    /// A follower has appended what it fetched.
    Replicated { broker: BrokerId, tp: TopicPartition, first: i64, last: i64 },
    /// A replica has cut its log's end.
    Truncated { broker: BrokerId, tp: TopicPartition, from: i64, to: i64, why: TruncateCause },
    /// A client's connection to a broker is gone.
    Disconnected { client: Arc<str>, broker: BrokerId },
    /// A controller leads the quorum.
    ControllerElected { controller: BrokerId, epoch: i32 },
    /// A voter does not hear its leader and asks the others whether they would vote for it (KIP-996).
    ControllerSuspects { controller: BrokerId, epoch: i32 },
    /// A voter stands for election in a new epoch.
    ControllerStands { controller: BrokerId, epoch: i32 },
    /// A voter has given its vote, or refused it.
    ControllerVoted { controller: BrokerId, candidate: BrokerId, epoch: i32, granted: bool },
    /// A leader of the quorum gives it up: it stops in order, or no majority fetches from it.
    ControllerResigned { controller: BrokerId, epoch: i32 },
    /// A partition's replicas changed: a reassignment began, is done, or was called off.
    ReplicasChanged {
        tp: TopicPartition,
        from: Arc<[BrokerId]>,
        to: Arc<[BrokerId]>,
        adding: Arc<[BrokerId]>,
        removing: Arc<[BrokerId]>,
    },
    /// Dynamic configs of all brokers, or of one, changed.
    BrokerConfigsChanged {
        broker: Option<BrokerId>,
        set: Arc<[(String, String)]>,
        deleted: Arc<[String]>,
    },
    /// A broker is out of the cluster for good.
    BrokerUnregistered { broker: BrokerId },
    /// The controller does not take a broker's registration.
    RegistrationRefused { broker: BrokerId, error: ErrorCode, backoff_ms: i64 },
    /// A broker's disk writes slower or faster.
    DiskSpeed { broker: BrokerId, write_ms: i64 },
    /// An idempotent producer goes on under its next epoch, as a batch was lost to it.
    EpochBumped { producer: Arc<str>, producer_id: i64, producer_epoch: i16 },
    /// A broker coordinates the groups of a partition of `__consumer_offsets` now, and has read them from its log.
    GroupsLoaded { broker: BrokerId, partition: i32, groups: u32 },
    /// The connections between two hosts have broken.
    ConnectionBroken { one: Arc<str>, other: Arc<str> },
    /// A producer's process has died; these records were not sent yet, or were about to be sent again.
    ProducerCrashed { producer: Arc<str>, unsent: u32 },
}

impl Event {
    /// A hash over when and what happened, without the event's number and its cause's.
    pub(crate) fn happening(&self) -> u64 {
        let mut hasher = StableHasher::default();
        (self.at_ms, &self.kind).hash(&mut hasher);
        hasher.finish()
    }
}

impl EventKind {
    /// What a person did, in difference to what happened.
    pub(crate) fn is_action(&self) -> bool {
        matches!(self, Self::Action(_))
    }
}

/// Why a log's end was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TruncateCause {
    /// It parts from the leader's, which ended this epoch there (R-REP-41).
    Diverged { epoch: i32 },
    /// It is longer than the leader's, which has nothing at its end (R-REP-43).
    BeyondLeader,
    /// The leader's log begins above its end: everything goes.
    BelowLeader,
    /// The machine lost power before it was flushed.
    PowerLoss,
    /// The disk is gone.
    DiskLoss,
}

/// Why a partition has another leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ElectionCause {
    /// The first in assignment order that is in the ISR and live.
    Isr,
    /// The ISR is empty: the first live one of the eligible leader replicas.
    Elr,
    /// ISR and ELR are empty: the last known leader.
    LastKnown,
    /// Unclean: any live replica.
    Unclean,
    /// The preferred replica.
    Preferred,
    /// A reassignment.
    Reassigned,
    /// Nobody can.
    NoCandidate,
}

/// Where a position came from (R-GRP-61, R-GRP-62).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PositionSource {
    /// The committed offset.
    Committed,
    /// `auto.offset.reset`, because nothing was committed.
    Reset(&'static str),
    /// `auto.offset.reset`, because the position was out of range.
    OutOfRange { policy: &'static str, was: i64 },
    /// The log was cut below the position: to where it parts from what was read (KIP-320).
    Truncated { was: i64 },
}

/// What the group coordinator did.
#[derive(Debug, Clone, Hash)]
pub(crate) enum GroupEvent {
    /// The state changed.
    State { group: Arc<str>, from: &'static str, to: &'static str, generation: i32, why: Arc<str> },
    /// A member is known.
    Joined { group: Arc<str>, member: Arc<str>, member_id: Arc<str> },
    /// A member was removed.
    Removed { group: Arc<str>, member: Arc<str>, why: &'static str },
    /// Offsets ran out.
    OffsetsExpired { group: Arc<str>, offsets: Arc<[TopicPartition]> },
    /// The group is gone.
    Deleted { group: Arc<str> },
}
