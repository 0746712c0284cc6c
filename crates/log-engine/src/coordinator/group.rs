//! A classic group's state (`ClassicGroup`).

use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

use super::member::Member;
use super::offsets::Committed;
use super::session::Session;
use super::{CoordinatorOutput, Transition, Turn};
use crate::assignor::hash_map_order;
use crate::ids::{TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use crate::protocol::group::{GroupResponse, JoinGroupResponse};

/// The state of a classic group (R-GRP-10, `ClassicGroupState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum GroupState {
    /// No members; committed offsets may be there.
    Empty,
    /// Waits for its members to join.
    PreparingRebalance,
    /// Waits for the leader's assignment.
    CompletingRebalance,
    /// Everybody has partitions, or knows that there are none left.
    Stable,
}

impl GroupState {
    /// Kafka's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
        }
    }
}

impl std::fmt::Display for GroupState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The join phase in progress.
#[derive(Debug, Clone, Default)]
pub(super) struct JoinPhase {
    /// Which timer counts; an older one does nothing.
    pub(super) serial: u64,
    /// When it fires, if one is out.
    pub(super) timer_at_ms: Option<TimestampMs>,
    /// The last delay of the initial rebalance, and what may still be added (R-GRP-12).
    pub(super) initial: Option<(i32, i32)>,
    /// Somebody new came since the delay began.
    pub(super) new_member_added: bool,
    /// Why it began, in Kafka's words.
    pub(super) reason: String,
}

/// One group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: Arc<str>,
    pub(super) state: GroupState,
    pub(super) previous_state: GroupState,
    pub(super) state_since_ms: TimestampMs,
    pub(super) generation: i32,
    /// It has had members (`protocolType` is `consumer`); otherwise somebody only committed to it.
    pub(super) has_protocol_type: bool,
    pub(super) protocol: Option<&'static str>,
    pub(super) leader: Option<Arc<str>>,
    pub(super) members: SortedMap<Arc<str>, Member>,
    pub(super) static_members: SortedMap<Arc<str>, Arc<str>>,
    /// Got an id, but have not joined with it.
    pub(super) pending_join: SortedMap<Arc<str>, Session>,
    pub(super) pending_sync: SortedSet<Arc<str>>,
    pub(super) subscribed_topics: Option<SortedSet<Arc<str>>>,
    pub(super) join: JoinPhase,
    pub(super) sync_serial: u64,
    pub(super) sync_timer_at_ms: Option<TimestampMs>,
    pub(super) offsets: SortedMap<TopicPartition, Committed>,
    next_serial: u64,
}

impl Group {
    pub(super) fn new(id: Arc<str>, now_ms: TimestampMs) -> Self {
        Self {
            id,
            state: GroupState::Empty,
            previous_state: GroupState::Empty,
            state_since_ms: now_ms,
            generation: 0,
            has_protocol_type: false,
            protocol: None,
            leader: None,
            members: SortedMap::new(),
            static_members: SortedMap::new(),
            pending_join: SortedMap::new(),
            pending_sync: SortedSet::new(),
            subscribed_topics: None,
            join: JoinPhase::default(),
            sync_serial: 0,
            sync_timer_at_ms: None,
            offsets: SortedMap::new(),
            next_serial: 0,
        }
    }

    /// Numbers of its timers go on from here.
    pub(super) fn number_from(&mut self, serial: u64) {
        self.join.serial = serial;
        self.sync_serial = serial;
        self.next_serial = serial;
    }

    pub(super) fn next_serial(&mut self) -> u64 {
        self.next_serial += 1;
        self.next_serial
    }

    pub(super) fn transition_to(&mut self, turn: &mut Turn<'_>, state: GroupState) {
        if state == GroupState::PreparingRebalance {
            self.unpark_all(turn);
        }
        self.previous_state = self.state;
        self.state = state;
        self.state_since_ms = turn.now_ms;
    }

    /// Heartbeats of its members are answered NONE.
    pub(super) fn answers_heartbeats_plainly(&self) -> bool {
        matches!(self.state, GroupState::CompletingRebalance | GroupState::Stable)
    }

    /// Members in the order in which Java's `HashMap` gives them back.
    pub(super) fn members_in_order(&self) -> Vec<&Member> {
        let mut members: Vec<&Member> = self.members.values().collect();
        sorted::sort_by_key(&mut members, |member| member.serial);
        hash_map_order(members, |member| &member.id)
    }

    pub(super) fn ids_in_order(&self) -> Vec<Arc<str>> {
        self.members_in_order().into_iter().map(|member| member.id.clone()).collect()
    }

    pub(super) fn is_leader(&self, member: &str) -> bool {
        self.leader.as_deref() == Some(member)
    }

    /// The longest `max.poll.interval.ms` of its members: how long a join or sync phase may take.
    pub(super) fn rebalance_timeout_ms(&self) -> i32 {
        self.members.values().map(|member| member.rebalance_timeout_ms).max().unwrap_or(0)
    }

    pub(super) fn count_awaiting_join(&self) -> usize {
        self.members.values().filter(|member| member.awaiting_join.is_some()).count()
    }

    pub(super) fn has_all_members_joined(&self) -> bool {
        self.count_awaiting_join() == self.members.len() && self.pending_join.is_empty()
    }

    /// `ClassicGroup.supportsProtocols`.
    pub(super) fn supports_any<'a>(&self, mut protocols: impl Iterator<Item = &'a str>) -> bool {
        if self.state == GroupState::Empty {
            return protocols.next().is_some();
        }
        self.has_protocol_type && protocols.any(|protocol| self.all_support(protocol))
    }

    fn all_support(&self, protocol: &str) -> bool {
        self.members.values().all(|member| member.supports(protocol))
    }

    /// The assignor with the most votes; each member votes for the first it lists that all support (R-GRP-14).
    pub(super) fn select_protocol(&self) -> Option<&'static str> {
        let mut votes: SortedMap<&'static str, u32> = SortedMap::new();
        for member in self.members.values() {
            let vote = member.protocols.iter().map(|(name, _)| *name).find(|p| self.all_support(p));
            *votes.entry(vote?).or_default() += 1;
        }
        // On a tie Java's stream keeps the last entry its map gives.
        let candidates = hash_map_order(votes.into_iter().collect::<Vec<_>>(), |(name, _)| name);
        candidates.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name)
    }

    /// `ClassicGroup.validateMember`.
    pub(super) fn validate_member(
        &self,
        member: &str,
        instance_id: Option<&Arc<str>>,
    ) -> Result<(), ErrorCode> {
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(known) if **known != *member => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        if self.members.contains_key(member) { Ok(()) } else { Err(ErrorCode::UnknownMemberId) }
    }

    /// `ClassicGroup.add`: the first member becomes the leader.
    pub(super) fn add(&mut self, turn: &mut Turn<'_>, member: Member) {
        if let Some(instance_id) = &member.instance_id {
            self.static_members.insert(instance_id.clone(), member.id.clone());
        }
        self.has_protocol_type = true;
        self.pending_join.remove(&member.id);
        let id = member.id.clone();
        self.members.insert(id.clone(), member);
        if self.leader.is_none() {
            self.elect(turn, id);
        }
    }

    pub(super) fn elect(&mut self, turn: &mut Turn<'_>, leader: Arc<str>) {
        self.leader = Some(leader.clone());
        turn.note(&self.id, Transition::LeaderElected { member: leader });
    }

    /// `ClassicGroup.remove`, for members and pending members alike.
    pub(super) fn remove(&mut self, turn: &mut Turn<'_>, member: &str) {
        self.unpark(turn, member);
        if let Some(removed) = self.members.remove(member) {
            if let Some(instance_id) = &removed.instance_id {
                self.static_members.remove(instance_id);
            }
            for to in removed.awaiting_join.into_iter().chain(removed.awaiting_sync) {
                turn.out.push(CoordinatorOutput::Unanswered { to });
            }
        }
        self.pending_join.remove(member);
        self.pending_sync.remove(member);
        if self.is_leader(member) {
            self.leader = None;
            if let Some(next) = self.ids_in_order().into_iter().next() {
                self.elect(turn, next);
            }
        }
    }

    /// Answers the member's JoinGroup, if one waits (`ClassicGroup.completeJoinFuture`).
    pub(super) fn complete_join(
        &mut self,
        turn: &mut Turn<'_>,
        member: &str,
        response: JoinGroupResponse,
    ) {
        if let Some(to) = self.members.get_mut(member).and_then(|m| m.awaiting_join.take()) {
            turn.respond(to, GroupResponse::JoinGroup(response));
        }
    }

    /// Answers the member's SyncGroup, if one waits (`ClassicGroup.completeSyncFuture`).
    pub(super) fn complete_sync(
        &mut self,
        turn: &mut Turn<'_>,
        member: &str,
        error: ErrorCode,
    ) -> bool {
        let Some(member) = self.members.get_mut(member) else { return false };
        let Some(to) = member.awaiting_sync.take() else { return false };
        let assignment = member.assignment.clone();
        turn.respond(to, GroupResponse::SyncGroup { error, assignment });
        true
    }

    /// The session of a member runs anew from now.
    pub(super) fn extend_session(&mut self, turn: &mut Turn<'_>, member: &str, timeout_ms: i32) {
        if let Some(member) = self.members.get_mut(member) {
            let now_ms = turn.now_ms;
            let id = member.id.clone();
            member.session.extend(turn, &self.id, &id, now_ms, timeout_ms);
        }
    }
}
