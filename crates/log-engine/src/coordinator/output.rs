//! What the coordinator gives back: answers, timers, and what changed.

use std::sync::Arc;

use super::GroupState;
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::group::{Assignment, GroupResponse};

/// The caller's own number of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyTo(pub u64);

/// A timer the caller keeps. It may fire late or too often: what was overtaken does nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupTimer {
    /// The join phase ends.
    Join {
        /// `group.id`.
        group: Arc<str>,
        /// Which of the group's join timers.
        serial: u64,
    },
    /// Members that did not sync go.
    Sync {
        /// `group.id`.
        group: Arc<str>,
        /// Which of the group's sync timers.
        serial: u64,
    },
    /// A member's session may have ended.
    Session {
        /// `group.id`.
        group: Arc<str>,
        /// Member id.
        member: Arc<str>,
        /// When it was to fire.
        at_ms: TimestampMs,
    },
    /// Look for expired offsets and abandoned groups.
    OffsetExpiry,
}

/// One thing the caller has to do, or may want to know.
#[derive(Debug, Clone)]
pub enum CoordinatorOutput {
    /// Send this answer.
    Respond {
        /// To the sender of this request.
        to: ReplyTo,
        /// The answer.
        response: GroupResponse,
    },
    /// This request gets no answer: the member sent another one of the kind before it was answered, or left
    /// while it waited.
    Unanswered {
        /// The forgotten request.
        to: ReplyTo,
    },
    /// Call [`super::GroupCoordinator::on_timer`] then.
    Schedule {
        /// When.
        at_ms: TimestampMs,
        /// With what.
        timer: GroupTimer,
    },
    /// Append these to the group's partition of `__consumer_offsets`. The answers of the same call wait until they are
    /// committed.
    Append {
        /// `group.id`.
        group: Arc<str>,
        /// Key and value of each.
        records: Vec<super::StoredRecord>,
    },
    /// Something changed.
    Transition {
        /// `group.id`.
        group: Arc<str>,
        /// What.
        what: Transition,
    },
    /// Parked heartbeats have ended: the client sends its own again.
    Unparked {
        /// `group.id`.
        group: Arc<str>,
        /// Member id.
        member: Arc<str>,
        /// When the first of them arrived, or would have, and how often after that.
        parked: (TimestampMs, i64),
        /// The last of them that arrived, if one did.
        last_arrival_ms: Option<TimestampMs>,
        /// When the next one would have arrived (it may be on its way already).
        next_arrival_ms: TimestampMs,
    },
}

/// Why a member is no longer in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Departure {
    /// It sent LeaveGroup (R-GRP-19).
    Left,
    /// No heartbeat for its session timeout (R-GRP-16).
    SessionExpired,
    /// It did not rejoin within the rebalance timeout (R-GRP-13).
    NotRejoined,
    /// It did not sync within the rebalance timeout (R-GRP-15).
    NotSynced,
    /// `group.max.size` was reached before it rejoined (R-GRP-25).
    GroupFull,
}

/// Why a group begins to rebalance. `Display` is the reason as Kafka's coordinator logs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebalanceReason {
    /// A member that was not there before joined.
    NewMember {
        /// Its id.
        member: Arc<str>,
        /// Its `group.instance.id`.
        instance_id: Option<Arc<str>>,
    },
    /// The group's leader joined again (R-GRP-21).
    LeaderRejoined {
        /// Its id.
        member: Arc<str>,
    },
    /// A member joined again with another subscription or other owned partitions.
    MetadataChanged {
        /// Its id.
        member: Arc<str>,
        /// The group's state then.
        during: GroupState,
    },
    /// A static member came back while the group waited for its assignment (R-GRP-20).
    StaticMemberReplaced {
        /// Its new id.
        member: Arc<str>,
        /// Its `group.instance.id`.
        instance_id: Arc<str>,
    },
    /// A static member came back with assignors that change the group's choice.
    ProtocolWouldChange {
        /// Its new id.
        member: Arc<str>,
        /// Its `group.instance.id`.
        instance_id: Arc<str>,
    },
    /// A member left.
    MemberLeft {
        /// Its id.
        member: Arc<str>,
    },
    /// A member's session ended.
    SessionExpired {
        /// Its id.
        member: Arc<str>,
    },
    /// Members did not sync in time.
    NotSynced {
        /// Their ids.
        members: Vec<Arc<str>>,
    },
}

impl std::fmt::Display for RebalanceReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NewMember { member, instance_id } => {
                let instance_id = instance_id.as_deref().unwrap_or("null");
                write!(f, "Adding new member {member} with group instance id {instance_id}")
            }
            Self::LeaderRejoined { member } => {
                write!(f, "Leader {member} re-joining group during Stable")
            }
            Self::MetadataChanged { member, during } => {
                write!(f, "Updating metadata for member {member} during {during}")
            }
            Self::StaticMemberReplaced { member, instance_id } => write!(
                f,
                "Updating metadata for static member {member} with instance id {instance_id}"
            ),
            Self::ProtocolWouldChange { member, instance_id } => write!(
                f,
                "Group's selectedProtocol will change because static member {member} with instance id \
                 {instance_id} joined with change of protocol"
            ),
            Self::MemberLeft { member } => {
                write!(f, "explicit `LeaveGroup` request for ({member}) members.")
            }
            Self::SessionExpired { member } => {
                write!(f, "removing member {member} on heartbeat expiration.")
            }
            Self::NotSynced { members } => {
                write!(f, "Removing [{}] on pending sync request expiration", members.join(", "))
            }
        }
    }
}

/// Something that changed in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// The coordinator heard of the group for the first time.
    GroupCreated,
    /// A new dynamic member got its id and is to join with it (R-GRP-11).
    MemberIdAssigned {
        /// The id.
        member: Arc<str>,
        /// Its `client.id`.
        client_id: Arc<str>,
    },
    /// A member joined.
    MemberJoined {
        /// Its id.
        member: Arc<str>,
        /// Its `client.id`.
        client_id: Arc<str>,
        /// Its `group.instance.id`.
        instance_id: Option<Arc<str>>,
    },
    /// A member that is in the group already joined again.
    MemberRejoined {
        /// Its id.
        member: Arc<str>,
    },
    /// A static member came back: the new process takes over, the old one is fenced (R-GRP-20).
    StaticMemberReplaced {
        /// Its `group.instance.id`.
        instance_id: Arc<str>,
        /// The id that is fenced from now on.
        old: Arc<str>,
        /// The id that counts.
        new: Arc<str>,
    },
    /// A member is gone.
    MemberRemoved {
        /// Its id.
        member: Arc<str>,
        /// Its `group.instance.id`.
        instance_id: Option<Arc<str>>,
        /// It had its id but had not joined with it yet.
        pending: bool,
        /// Why.
        why: Departure,
    },
    /// The group begins to rebalance.
    RebalanceStarted {
        /// The state it was in.
        from: GroupState,
        /// Why.
        reason: RebalanceReason,
        /// The join phase ends then, if not all members have joined before (it may be extended).
        deadline_ms: TimestampMs,
    },
    /// Somebody new came during the first rebalance: it waits a while longer (R-GRP-12).
    InitialDelayExtended {
        /// Until then.
        until_ms: TimestampMs,
    },
    /// Nobody rejoined in time and all members are static: wait once more.
    JoinExtended {
        /// Until then.
        until_ms: TimestampMs,
    },
    /// The leader is another member from now on.
    LeaderElected {
        /// Its id.
        member: Arc<str>,
    },
    /// The join phase is over: a new generation waits for its leader's assignment (CompletingRebalance).
    GenerationStarted {
        /// Generation.
        generation: i32,
        /// The assignor chosen.
        protocol: &'static str,
        /// The leader.
        leader: Arc<str>,
        /// The members, in the coordinator's order.
        members: Vec<Arc<str>>,
    },
    /// The leader's assignment is in force (Stable).
    AssignmentStored {
        /// Generation.
        generation: i32,
        /// Who got what.
        assignments: Vec<(Arc<str>, Assignment)>,
    },
    /// Nobody is left (Empty).
    GroupEmptied {
        /// Generation.
        generation: i32,
    },
    /// Offsets were committed.
    OffsetsCommitted {
        /// By whom; empty for a standalone consumer.
        member: Arc<str>,
        /// Partition by partition, the offset.
        offsets: Vec<(TopicPartition, i64)>,
    },
    /// Committed offsets are gone: expired, or with their topic.
    OffsetsRemoved {
        /// Whose.
        partitions: Vec<TopicPartition>,
        /// Their topic was deleted; otherwise they expired.
        topic_deleted: bool,
    },
    /// The group and its offsets are gone (Dead).
    GroupDeleted,
}
