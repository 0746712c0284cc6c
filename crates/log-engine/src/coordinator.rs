//! The group coordinator of a broker: classic consumer groups and committed offsets (R-GRP-10..25, 60..67).
//!
//! Mirrors the classic half of `GroupMetadataManager`, `ClassicGroup` and `OffsetMetadataManager`, as a state
//! machine without I/O: requests and timers go in, [`CoordinatorOutput`]s come out, and the caller delivers
//! the answers and keeps the clock. The order in which Java's maps give members back is kept too, because the
//! next leader and the order of members in a JoinGroup answer come from it.
//!
//! What has to be stored comes out as records for `__consumer_offsets`; the caller appends them, and holds back the answers
//! of the same call until they are committed.
//!
//! Differences: a change takes effect at once, also where its records can't be written in the end; commits carry no
//! metadata, and a group that goes is removed without a moment in state Dead.

mod describe;
mod group;
mod heartbeat;
mod join;
mod leave;
mod load;
mod member;
mod offsets;
mod output;
mod rebalance;
mod records;
mod session;
mod sync;
mod uuid;

use sorted::SortedMap;
use std::sync::Arc;

use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::ErrorCode;
use crate::protocol::group::{Assignment, GroupRequest, GroupResponse};

pub use describe::{CommittedOffset, GroupDescription, MemberDescription, RebalanceDescription};
pub use group::GroupState;
pub use output::{CoordinatorOutput, Departure, GroupTimer, RebalanceReason, ReplyTo, Transition};

pub use records::StoredRecord;

use group::Group;
use uuid::Uuids;

/// Broker configs the coordinator goes by, with Kafka's defaults.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CoordinatorConfig {
    /// The broker it runs on, for FindCoordinator.
    pub broker: BrokerId,
    /// `group.initial.rebalance.delay.ms`.
    pub initial_rebalance_delay_ms: i32,
    /// `group.min.session.timeout.ms`.
    pub min_session_timeout_ms: i32,
    /// `group.max.session.timeout.ms`.
    pub max_session_timeout_ms: i32,
    /// `group.max.size`.
    pub max_size: i32,
    /// `offsets.retention.minutes`, in milliseconds.
    pub offsets_retention_ms: i64,
    /// `offsets.retention.check.interval.ms`.
    pub offsets_retention_check_interval_ms: i64,
}

impl CoordinatorConfig {
    /// Reads them from a broker's configs.
    #[must_use]
    pub fn from_broker(broker: BrokerId, configs: &crate::config::BrokerConfigs) -> Self {
        let int = |name, default| configs.int(name).unwrap_or(default);
        let minutes = configs.long("offsets.retention.minutes").unwrap_or(10_080);
        Self {
            broker,
            initial_rebalance_delay_ms: int("group.initial.rebalance.delay.ms", 3_000),
            min_session_timeout_ms: int("group.min.session.timeout.ms", 6_000),
            max_session_timeout_ms: int("group.max.session.timeout.ms", 1_800_000),
            max_size: int("group.max.size", i32::MAX),
            offsets_retention_ms: minutes.saturating_mul(60_000),
            offsets_retention_check_interval_ms: configs
                .long("offsets.retention.check.interval.ms")
                .unwrap_or(600_000),
        }
    }
}

/// All groups of one coordinator. Plain state: a clone that gets the same calls does the same.
#[derive(Debug, Clone)]
pub struct GroupCoordinator {
    config: CoordinatorConfig,
    uuids: Uuids,
    groups: SortedMap<Arc<str>, Group>,
    /// How often it has taken groups over.
    loads: u64,
}

/// What a group needs while it acts: the time, the configs, and where its outputs go.
struct Turn<'a> {
    now_ms: TimestampMs,
    config: &'a CoordinatorConfig,
    uuids: &'a mut Uuids,
    out: &'a mut Vec<CoordinatorOutput>,
}

impl Turn<'_> {
    fn respond(&mut self, to: ReplyTo, response: GroupResponse) {
        self.out.push(CoordinatorOutput::Respond { to, response });
    }

    fn note(&mut self, group: &Arc<str>, what: Transition) {
        self.out.push(CoordinatorOutput::Transition { group: group.clone(), what });
    }

    fn store(&mut self, group: &Arc<str>, records: Vec<StoredRecord>) {
        self.out.push(CoordinatorOutput::Append { group: group.clone(), records });
    }

    fn schedule(&mut self, at_ms: TimestampMs, timer: GroupTimer) {
        self.out.push(CoordinatorOutput::Schedule { at_ms, timer });
    }

    fn after(&self, delay_ms: i32) -> TimestampMs {
        self.now_ms.saturating_add(i64::from(delay_ms.max(0)))
    }
}

impl GroupCoordinator {
    /// A coordinator without groups. Member ids take their UUIDs from `seed`.
    #[must_use]
    pub fn new(config: CoordinatorConfig, seed: u64) -> Self {
        Self { config, uuids: Uuids::new(seed), groups: SortedMap::new(), loads: 0 }
    }

    /// Call once when the broker starts to serve: arms the check for expired offsets.
    pub fn start(&mut self, now_ms: TimestampMs, out: &mut Vec<CoordinatorOutput>) {
        let at_ms = now_ms.saturating_add(self.config.offsets_retention_check_interval_ms);
        out.push(CoordinatorOutput::Schedule { at_ms, timer: GroupTimer::OffsetExpiry });
    }

    /// Takes one request. Its answer is among the outputs now, or of a later call for JoinGroup and SyncGroup;
    /// a request that its sender repeated is [`CoordinatorOutput::Unanswered`] instead.
    pub fn handle(
        &mut self,
        now_ms: TimestampMs,
        request: GroupRequest,
        to: ReplyTo,
        out: &mut Vec<CoordinatorOutput>,
    ) {
        if group_of(&request).is_empty() {
            out.push(CoordinatorOutput::Respond {
                to,
                response: refused(&request, ErrorCode::InvalidGroupId),
            });
            return;
        }
        let Self { config, uuids, groups, .. } = self;
        let mut turn = Turn { now_ms, config, uuids, out };
        match request {
            GroupRequest::FindCoordinator { .. } => {
                let coordinator = Some(turn.config.broker);
                let error = ErrorCode::None;
                turn.respond(to, GroupResponse::FindCoordinator { error, coordinator });
            }
            GroupRequest::JoinGroup(request) => join::handle(groups, &mut turn, request, to),
            GroupRequest::SyncGroup(request) => sync::handle(groups, &mut turn, request, to),
            GroupRequest::Heartbeat(member) => {
                let error = heartbeat::handle(groups, &mut turn, &member);
                turn.respond(to, GroupResponse::Heartbeat { error });
            }
            GroupRequest::LeaveGroup { member } => leave::handle(groups, &mut turn, &member, to),
            GroupRequest::OffsetCommit(request) => {
                let error = offsets::commit(groups, &mut turn, &request);
                turn.respond(to, GroupResponse::OffsetCommit { error });
            }
            GroupRequest::OffsetFetch { group, partitions } => {
                let offsets = offsets::fetch(groups, &group, partitions);
                let error = ErrorCode::None;
                turn.respond(to, GroupResponse::OffsetFetch { error, offsets });
            }
            GroupRequest::DeleteGroup { group } => {
                let error = offsets::delete_group(groups, &mut turn, &group);
                turn.respond(to, GroupResponse::DeleteGroup { error });
            }
        }
    }

    /// A timer the coordinator asked for is due. Timers that were overtaken do nothing.
    pub fn on_timer(
        &mut self,
        now_ms: TimestampMs,
        timer: GroupTimer,
        out: &mut Vec<CoordinatorOutput>,
    ) {
        let Self { config, uuids, groups, .. } = self;
        let mut turn = Turn { now_ms, config, uuids, out };
        match timer {
            GroupTimer::OffsetExpiry => offsets::expire(groups, &mut turn),
            GroupTimer::Join { group, serial } => {
                if let Some(group) = groups.get_mut(&group) {
                    group.on_join_timer(&mut turn, serial);
                }
            }
            GroupTimer::Sync { group, serial } => {
                if let Some(group) = groups.get_mut(&group) {
                    group.on_sync_timer(&mut turn, serial);
                }
            }
            GroupTimer::Session { group, member, at_ms } => {
                if let Some(group) = groups.get_mut(&group) {
                    group.on_session_timer(&mut turn, &member, at_ms);
                }
            }
        }
    }

    /// From now on the member counts as heartbeating at `first_arrival_ms`, and every `interval_ms` after it,
    /// each heartbeat answered NONE, without a request or a timer. It ends with an
    /// [`CoordinatorOutput::Unparked`]: when [`GroupCoordinator::unpark`] is called, or by itself as soon as a
    /// heartbeat would be answered otherwise.
    ///
    /// Returns whether it was taken: not for an unknown member, a group that rebalances, or heartbeats too rare
    /// for the member's session.
    pub fn park_heartbeats(
        &mut self,
        now_ms: TimestampMs,
        group: &str,
        member: &str,
        first_arrival_ms: TimestampMs,
        interval_ms: i64,
    ) -> bool {
        self.groups
            .get_mut(group)
            .is_some_and(|group| group.park(now_ms, member, first_arrival_ms, interval_ms))
    }

    /// Ends parked heartbeats: the session timer runs again from the last one that arrived.
    pub fn unpark(
        &mut self,
        now_ms: TimestampMs,
        group: &str,
        member: &str,
        out: &mut Vec<CoordinatorOutput>,
    ) {
        let Self { config, uuids, groups, .. } = self;
        let mut turn = Turn { now_ms, config, uuids, out };
        if let Some(group) = groups.get_mut(group) {
            group.unpark(&mut turn, member);
        }
    }

    /// A topic was deleted: its committed offsets go with it (R-GRP-67).
    pub fn on_topic_deleted(
        &mut self,
        now_ms: TimestampMs,
        topic: &str,
        out: &mut Vec<CoordinatorOutput>,
    ) {
        let Self { config, uuids, groups, .. } = self;
        let mut turn = Turn { now_ms, config, uuids, out };
        for group in groups.values_mut() {
            group.forget_topic(&mut turn, topic);
        }
    }

    /// The offset a group has committed in a partition.
    #[must_use]
    pub fn committed(&self, group: &str, partition: &crate::ids::TopicPartition) -> Option<i64> {
        self.groups.get(group)?.offsets.get(partition).map(|committed| committed.offset)
    }

    /// All groups with the states they are in.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&Arc<str>, GroupState)> {
        self.groups.iter().map(|(id, group)| (id, group.state))
    }

    /// Members whose heartbeats are taken for granted: when the first came, or comes, and how often after that.
    pub(crate) fn parked(&self) -> impl Iterator<Item = (Arc<str>, TimestampMs, i64)> {
        let members = self.groups.values().flat_map(|group| group.members.values());
        members.filter_map(|member| {
            let parked = member.session.parked?;
            Some((Arc::clone(&member.id), parked.first_arrival_ms, parked.interval_ms))
        })
    }

    /// All group ids, sorted.
    pub fn group_ids(&self) -> impl Iterator<Item = &Arc<str>> {
        self.groups.keys()
    }

    /// One group as plain data, or `None` if the coordinator does not know it.
    #[must_use]
    pub fn describe(&self, now_ms: TimestampMs, group: &str) -> Option<GroupDescription> {
        self.groups.get(group).map(|group| group.describe(now_ms))
    }
}

/// The same answer with an error in place of what it says; it could not be stored
/// (`CoordinatorOperationExceptionHelper`).
pub fn failed(response: &GroupResponse, error: ErrorCode) -> GroupResponse {
    match response {
        GroupResponse::JoinGroup(answer) => {
            GroupResponse::JoinGroup(join::failed(error, answer.member_id.clone()))
        }
        GroupResponse::SyncGroup { .. } => {
            GroupResponse::SyncGroup { error, assignment: Assignment::from([]) }
        }
        GroupResponse::OffsetCommit { .. } => GroupResponse::OffsetCommit { error },
        GroupResponse::DeleteGroup { .. } => GroupResponse::DeleteGroup { error },
        GroupResponse::LeaveGroup { .. } => GroupResponse::LeaveGroup { error },
        other => other.clone(),
    }
}

/// The group a request is about.
pub fn group_of(request: &GroupRequest) -> &str {
    match request {
        GroupRequest::FindCoordinator { group }
        | GroupRequest::OffsetFetch { group, .. }
        | GroupRequest::DeleteGroup { group } => group,
        GroupRequest::JoinGroup(request) => &request.group,
        GroupRequest::SyncGroup(request) => &request.member.group,
        GroupRequest::Heartbeat(member) | GroupRequest::LeaveGroup { member } => &member.group,
        GroupRequest::OffsetCommit(request) => &request.member.group,
    }
}

/// The answer to a request that the coordinator does not take.
pub fn refused(request: &GroupRequest, error: ErrorCode) -> GroupResponse {
    match request {
        GroupRequest::FindCoordinator { .. } => {
            GroupResponse::FindCoordinator { error, coordinator: None }
        }
        GroupRequest::JoinGroup(request) => {
            GroupResponse::JoinGroup(join::failed(error, request.member_id.clone()))
        }
        GroupRequest::SyncGroup(_) => {
            GroupResponse::SyncGroup { error, assignment: Assignment::from([]) }
        }
        GroupRequest::Heartbeat(_) => GroupResponse::Heartbeat { error },
        GroupRequest::LeaveGroup { .. } => GroupResponse::LeaveGroup { error },
        GroupRequest::OffsetCommit(_) => GroupResponse::OffsetCommit { error },
        GroupRequest::OffsetFetch { .. } => {
            GroupResponse::OffsetFetch { error, offsets: Vec::new() }
        }
        GroupRequest::DeleteGroup { .. } => GroupResponse::DeleteGroup { error },
    }
}

/// The error an answer carries; NONE for one that has none.
pub(crate) fn error_of(response: &GroupResponse) -> ErrorCode {
    match response {
        GroupResponse::FindCoordinator { error, .. }
        | GroupResponse::SyncGroup { error, .. }
        | GroupResponse::Heartbeat { error }
        | GroupResponse::LeaveGroup { error }
        | GroupResponse::OffsetCommit { error }
        | GroupResponse::OffsetFetch { error, .. } => *error,
        GroupResponse::JoinGroup(answer) => answer.error,
        _ => ErrorCode::None,
    }
}

#[cfg(test)]
#[path = "coordinator/tests/mod.rs"]
mod tests;
