//! Groups as plain data, for views and for `kafka-consumer-groups.sh --describe`.

use std::sync::Arc;

use super::GroupState;
use super::group::Group;
use super::member::Member;
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::group::Assignment;

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDescription {
    /// `group.id`.
    pub group: Arc<str>,
    /// Its state.
    pub state: GroupState,
    /// When it came into that state.
    pub state_since_ms: TimestampMs,
    /// Generation, 0 before the first.
    pub generation: i32,
    /// The assignor in force.
    pub protocol: Option<&'static str>,
    /// Member id of the leader.
    pub leader: Option<Arc<str>>,
    /// Members in the order they joined.
    pub members: Vec<MemberDescription>,
    /// Member ids that were given out and not joined with yet.
    pub pending: Vec<Arc<str>>,
    /// The rebalance in progress.
    pub rebalance: Option<RebalanceDescription>,
    /// Committed offsets, by partition.
    pub offsets: Vec<CommittedOffset>,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDescription {
    /// Its id.
    pub id: Arc<str>,
    /// Its `group.instance.id`.
    pub instance_id: Option<Arc<str>>,
    /// Its `client.id`.
    pub client_id: Arc<str>,
    /// Its assignment of the current generation.
    pub assignment: Assignment,
    /// Topics it subscribes to.
    pub topics: Vec<Arc<str>>,
    /// When its session ends if nothing more is heard of it.
    pub session_ends_ms: TimestampMs,
    /// Its heartbeats are taken for granted.
    pub parked: bool,
    /// It has joined and waits for the others.
    pub awaiting_join: bool,
    /// It has synced and waits for the leader.
    pub awaiting_sync: bool,
    /// When it joined the group.
    pub joined_ms: TimestampMs,
}

/// A rebalance in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebalanceDescription {
    /// When the present phase began.
    pub since_ms: TimestampMs,
    /// When it ends at the latest, as things stand.
    pub deadline_ms: TimestampMs,
    /// The first rebalance of an empty group, which waits for `group.initial.rebalance.delay.ms`.
    pub initial: bool,
    /// Member ids it waits for: to join, or to sync.
    pub waiting_for: Vec<Arc<str>>,
    /// Why it began, as Kafka's coordinator logs it.
    pub reason: String,
}

/// One committed offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedOffset {
    /// Of this partition.
    pub partition: TopicPartition,
    /// The offset to read next.
    pub offset: i64,
    /// Leader epoch of the last record read, -1 for none.
    pub leader_epoch: i32,
    /// When it was committed.
    pub commit_ms: TimestampMs,
}

impl Group {
    pub(super) fn describe(&self, now_ms: TimestampMs) -> GroupDescription {
        let mut members: Vec<&Member> = self.members.values().collect();
        sorted::sort_by_key(&mut members, |member| member.serial);
        GroupDescription {
            group: self.id.clone(),
            state: self.state,
            state_since_ms: self.state_since_ms,
            generation: self.generation,
            protocol: self.protocol,
            leader: self.leader.clone(),
            members: members
                .into_iter()
                .map(|member| self.describe_member(member, now_ms))
                .collect(),
            pending: self.pending_join.keys().cloned().collect(),
            rebalance: self.describe_rebalance(),
            offsets: self
                .offsets
                .iter()
                .map(|(partition, committed)| CommittedOffset {
                    partition: partition.clone(),
                    offset: committed.offset,
                    leader_epoch: committed.leader_epoch,
                    commit_ms: committed.commit_ms,
                })
                .collect(),
        }
    }

    fn describe_member(&self, member: &Member, now_ms: TimestampMs) -> MemberDescription {
        let subscription = self
            .protocol
            .and_then(|protocol| member.subscription(protocol))
            .or_else(|| member.protocols.first().map(|(_, subscription)| subscription));
        let last_parked = member.session.parked.and_then(|parked| parked.around(now_ms).0);
        let of_parked = last_parked.map(|at| at.saturating_add(member.session_timeout_ms.into()));
        MemberDescription {
            id: member.id.clone(),
            instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            assignment: member.assignment.clone(),
            topics: subscription.map(|s| s.topics.clone()).unwrap_or_default(),
            session_ends_ms: member.session.deadline_ms.max(of_parked.unwrap_or(i64::MIN)),
            parked: member.session.parked.is_some(),
            awaiting_join: member.awaiting_join.is_some(),
            awaiting_sync: member.awaiting_sync.is_some(),
            joined_ms: member.joined_ms,
        }
    }

    fn describe_rebalance(&self) -> Option<RebalanceDescription> {
        let (deadline_ms, waiting_for) = match self.state {
            GroupState::PreparingRebalance => {
                let late = self.members.values().filter(|member| member.awaiting_join.is_none());
                let pending = self.pending_join.keys().cloned();
                (self.join.timer_at_ms, late.map(|m| m.id.clone()).chain(pending).collect())
            }
            GroupState::CompletingRebalance => {
                (self.sync_timer_at_ms, self.pending_sync.iter().cloned().collect())
            }
            GroupState::Empty | GroupState::Stable => return None,
        };
        Some(RebalanceDescription {
            since_ms: self.state_since_ms,
            deadline_ms: deadline_ms.unwrap_or(self.state_since_ms),
            initial: self.join.initial.is_some(),
            waiting_for,
            reason: self.join.reason.clone(),
        })
    }
}
