//! The group APIs, named and shaped as Kafka's. Subscriptions and assignments are typed here where Kafka carries
//! opaque bytes (`ConsumerProtocolSubscription`, `ConsumerProtocolAssignment`).

use super::ErrorCode;
use crate::ids::{BrokerId, TopicPartition};
use sorted::SortedMap;
use std::sync::Arc;

/// What a member subscribes to, and what it owns already (`ConsumerProtocolSubscription`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Topics, sorted.
    pub topics: Vec<Arc<str>>,
    /// Partitions it owns; empty for eager assignors (for sticky: what its user data remembers).
    pub owned: Vec<TopicPartition>,
    /// The generation in which it got them, -1 for none.
    pub generation: i32,
    /// `group.instance.id`.
    pub instance_id: Option<Arc<str>>,
}

/// What a member gets, sorted.
pub type Assignment = Arc<[TopicPartition]>;

/// A request to the group coordinator.
#[derive(Debug, Clone)]
pub enum GroupRequest {
    /// FindCoordinator.
    FindCoordinator {
        /// `group.id`.
        group: Arc<str>,
    },
    /// JoinGroup.
    JoinGroup(JoinGroupRequest),
    /// SyncGroup.
    SyncGroup(SyncGroupRequest),
    /// Heartbeat.
    Heartbeat(MemberRef),
    /// LeaveGroup of one member.
    LeaveGroup {
        /// Who; the generation is not looked at.
        member: MemberRef,
    },
    /// OffsetCommit.
    OffsetCommit(OffsetCommitRequest),
    /// OffsetFetch of some partitions.
    OffsetFetch {
        /// `group.id`.
        group: Arc<str>,
        /// Which.
        partitions: Vec<TopicPartition>,
    },
    /// DeleteGroups of one group.
    DeleteGroup {
        /// `group.id`.
        group: Arc<str>,
    },
}

/// Who asks, in which generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRef {
    /// `group.id`.
    pub group: Arc<str>,
    /// Member id, empty for none.
    pub member_id: Arc<str>,
    /// `group.instance.id`.
    pub instance_id: Option<Arc<str>>,
    /// Generation, -1 for none.
    pub generation: i32,
}

/// JoinGroup.
#[derive(Debug, Clone)]
pub struct JoinGroupRequest {
    /// `group.id`.
    pub group: Arc<str>,
    /// Member id, empty at the first join.
    pub member_id: Arc<str>,
    /// `group.instance.id`.
    pub instance_id: Option<Arc<str>>,
    /// `client.id`: a new dynamic member's id is this, a dash and a UUID.
    pub client_id: Arc<str>,
    /// `session.timeout.ms`.
    pub session_timeout_ms: i32,
    /// `max.poll.interval.ms`.
    pub rebalance_timeout_ms: i32,
    /// Assignors by preference, each with the subscription it sends.
    pub protocols: Vec<(&'static str, Subscription)>,
}

/// SyncGroup.
#[derive(Debug, Clone)]
pub struct SyncGroupRequest {
    /// Who.
    pub member: MemberRef,
    /// From the leader: each member id with its assignment. Empty from the others.
    pub assignments: SortedMap<Arc<str>, Assignment>,
}

/// OffsetCommit.
#[derive(Debug, Clone)]
pub struct OffsetCommitRequest {
    /// Who; an empty member id and generation -1 for a standalone consumer.
    pub member: MemberRef,
    /// Partition by partition: offset and leader epoch (-1 for none).
    pub offsets: Vec<(TopicPartition, i64, i32)>,
}

/// An answer of the group coordinator.
#[derive(Debug, Clone)]
pub enum GroupResponse {
    /// FindCoordinator.
    FindCoordinator {
        /// NONE, or COORDINATOR_NOT_AVAILABLE.
        error: ErrorCode,
        /// The coordinator.
        coordinator: Option<BrokerId>,
    },
    /// JoinGroup.
    JoinGroup(JoinGroupResponse),
    /// SyncGroup.
    SyncGroup {
        /// NONE, or why not.
        error: ErrorCode,
        /// What the member gets.
        assignment: Assignment,
    },
    /// Heartbeat.
    Heartbeat {
        /// NONE, REBALANCE_IN_PROGRESS, ...
        error: ErrorCode,
    },
    /// LeaveGroup.
    LeaveGroup {
        /// NONE, or why not.
        error: ErrorCode,
    },
    /// OffsetCommit: one error for all partitions.
    OffsetCommit {
        /// NONE, or why not.
        error: ErrorCode,
    },
    /// OffsetFetch.
    OffsetFetch {
        /// NONE, or why not.
        error: ErrorCode,
        /// Committed offsets with their leader epoch; none where nothing is committed.
        offsets: Vec<(TopicPartition, Option<(i64, i32)>)>,
    },
    /// DeleteGroups.
    DeleteGroup {
        /// NONE, NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND.
        error: ErrorCode,
    },
}

/// JoinGroup's answer.
#[derive(Debug, Clone)]
pub struct JoinGroupResponse {
    /// NONE, MEMBER_ID_REQUIRED, ...
    pub error: ErrorCode,
    /// The member's id.
    pub member_id: Arc<str>,
    /// Generation.
    pub generation: i32,
    /// The assignor chosen.
    pub protocol: &'static str,
    /// The leader's member id.
    pub leader: Arc<str>,
    /// For the leader alone: every member with its subscription, in the coordinator's order.
    pub members: Vec<(Arc<str>, Subscription)>,
    /// For the leader: the assignment stays as it is, it has nothing to compute (a static leader that came back).
    pub skip_assignment: bool,
}
