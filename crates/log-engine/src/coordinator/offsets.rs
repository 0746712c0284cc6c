//! Committed offsets (`OffsetMetadataManager`, R-GRP-65..67).

use sorted::SortedMap;
use std::sync::Arc;

use super::group::{Group, GroupState};
use super::output::GroupTimer;
use super::{Transition, Turn, records};
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use crate::protocol::group::OffsetCommitRequest;

/// One committed offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Committed {
    pub(super) offset: i64,
    pub(super) leader_epoch: i32,
    pub(super) commit_ms: TimestampMs,
}

/// Takes an OffsetCommit. Without a group and without a generation it makes a simple group, as Kafka does.
pub(super) fn commit(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    request: &OffsetCommitRequest,
) -> ErrorCode {
    let member = &request.member;
    if !groups.contains_key(&member.group) {
        if member.generation >= 0 {
            return ErrorCode::GroupIdNotFound;
        }
        let group = Group::new(member.group.clone(), turn.now_ms);
        turn.note(&group.id, Transition::GroupCreated);
        groups.insert(member.group.clone(), group);
    }
    let Some(group) = groups.get_mut(&member.group) else { return ErrorCode::UnknownServerError };
    if let Err(error) = group.validate_commit(request) {
        return error;
    }
    if matches!(group.state, GroupState::Stable | GroupState::PreparingRebalance) {
        group.sign_of_life(turn, &member.member_id);
    }
    let mut offsets = Vec::with_capacity(request.offsets.len());
    for (partition, offset, leader_epoch) in &request.offsets {
        let committed =
            Committed { offset: *offset, leader_epoch: *leader_epoch, commit_ms: turn.now_ms };
        group.offsets.insert(partition.clone(), committed);
        offsets.push((partition.clone(), *offset));
    }
    if !offsets.is_empty() {
        let stored =
            offsets.iter().map(|(tp, _)| records::offset(&group.id, tp, group.offsets.get(tp)));
        turn.store(&group.id, stored.collect());
        let member = member.member_id.clone();
        turn.note(&group.id, Transition::OffsetsCommitted { member, offsets });
    }
    ErrorCode::None
}

/// Takes an OffsetFetch: what is committed, partition by partition.
pub(super) fn fetch(
    groups: &SortedMap<Arc<str>, Group>,
    group: &str,
    partitions: Vec<TopicPartition>,
) -> Vec<(TopicPartition, Option<(i64, i32)>)> {
    let offsets = groups.get(group).map(|group| &group.offsets);
    partitions
        .into_iter()
        .map(|partition| {
            let committed = offsets.and_then(|offsets| offsets.get(&partition));
            let found = committed.map(|committed| (committed.offset, committed.leader_epoch));
            (partition, found)
        })
        .collect()
}

/// Takes a DeleteGroups: only a group without members goes.
pub(super) fn delete_group(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    id: &Arc<str>,
) -> ErrorCode {
    match groups.get(id).map(|group| group.state) {
        None => ErrorCode::GroupIdNotFound,
        Some(GroupState::Empty) => {
            if let Some(group) = groups.remove(id) {
                let gone = group.offsets.keys().map(|tp| records::offset(id, tp, None));
                let gone = gone.chain([records::group_gone(id)]).collect();
                turn.store(id, gone);
            }
            turn.note(id, Transition::GroupDeleted);
            ErrorCode::None
        }
        Some(_) => ErrorCode::NonEmptyGroup,
    }
}

/// The periodic look for expired offsets and abandoned groups (`cleanupGroupMetadata`, R-GRP-67).
pub(super) fn expire(groups: &mut SortedMap<Arc<str>, Group>, turn: &mut Turn<'_>) {
    let at_ms = turn.now_ms.saturating_add(turn.config.offsets_retention_check_interval_ms.max(1));
    turn.schedule(at_ms, GroupTimer::OffsetExpiry);
    groups.retain(|id, group| {
        let all_gone = group.expire_offsets(turn);
        let deleted = all_gone && group.state == GroupState::Empty;
        if deleted {
            turn.store(id, vec![records::group_gone(id)]);
            turn.note(id, Transition::GroupDeleted);
        }
        !deleted
    });
}

impl Group {
    /// `ClassicGroup.validateOffsetCommit`.
    fn validate_commit(&self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        let member = &request.member;
        if member.generation < 0 && self.state == GroupState::Empty {
            return Ok(());
        }
        if member.generation < 0 && member.member_id.is_empty() && member.instance_id.is_none() {
            return Err(ErrorCode::UnknownMemberId);
        }
        self.validate_member(&member.member_id, member.instance_id.as_ref())?;
        if member.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        if self.state == GroupState::CompletingRebalance {
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// Since when an offset counts as unused, or `None` while it must stay
    /// (`ClassicGroup.offsetExpirationCondition`, `isSubscribedToTopic`).
    fn unused_since(
        &self,
        partition: &TopicPartition,
        committed: Committed,
    ) -> Option<TimestampMs> {
        let subscribed = match &self.subscribed_topics {
            Some(topics) => topics.contains(&partition.topic),
            None => self.has_protocol_type,
        };
        if subscribed {
            return None;
        }
        match self.state {
            _ if !self.has_protocol_type => Some(committed.commit_ms),
            GroupState::Empty => Some(self.state_since_ms),
            GroupState::Stable => Some(committed.commit_ms),
            GroupState::PreparingRebalance | GroupState::CompletingRebalance => None,
        }
    }

    /// Removes what has expired; `true` if nothing is left.
    fn expire_offsets(&mut self, turn: &mut Turn<'_>) -> bool {
        let retention_ms = turn.config.offsets_retention_ms;
        let expired = |partition: &TopicPartition, committed: &Committed| {
            self.unused_since(partition, *committed)
                .is_some_and(|since| turn.now_ms.saturating_sub(since) >= retention_ms)
        };
        let gone: Vec<TopicPartition> = self
            .offsets
            .iter()
            .filter(|(partition, committed)| expired(partition, committed))
            .map(|(partition, _)| partition.clone())
            .collect();
        self.forget(turn, gone, false);
        self.offsets.is_empty()
    }

    /// Removes the offsets of a deleted topic.
    pub(super) fn forget_topic(&mut self, turn: &mut Turn<'_>, topic: &str) {
        let gone = self.offsets.keys().filter(|partition| *partition.topic == *topic).cloned();
        let gone = gone.collect();
        self.forget(turn, gone, true);
    }

    fn forget(&mut self, turn: &mut Turn<'_>, partitions: Vec<TopicPartition>, deleted: bool) {
        if partitions.is_empty() {
            return;
        }
        for partition in &partitions {
            self.offsets.remove(partition);
        }
        let gone = partitions.iter().map(|tp| records::offset(&self.id, tp, None)).collect();
        turn.store(&self.id, gone);
        turn.note(&self.id, Transition::OffsetsRemoved { partitions, topic_deleted: deleted });
    }
}
