//! JoinGroup (`GroupMetadataManager.classicGroupJoin`, R-GRP-11, R-GRP-20, R-GRP-21).

use sorted::SortedMap;
use std::sync::Arc;

use super::group::{Group, GroupState};
use super::member::Member;
use super::output::{Departure, RebalanceReason};
use super::session::Session;
use super::{CoordinatorOutput, ReplyTo, Transition, Turn, records};
use crate::protocol::ErrorCode;
use crate::protocol::group::{GroupResponse, JoinGroupRequest, JoinGroupResponse};

/// How long a new member's JoinGroup may wait (`CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS`).
const NEW_MEMBER_JOIN_TIMEOUT_MS: i32 = 5 * 60 * 1000;

/// An answer with an error.
pub(super) fn failed(error: ErrorCode, member_id: Arc<str>) -> JoinGroupResponse {
    JoinGroupResponse {
        error,
        member_id,
        generation: -1,
        protocol: "",
        leader: Arc::from(""),
        members: Vec::new(),
        skip_assignment: false,
    }
}

/// Takes a JoinGroup.
pub(super) fn handle(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    request: JoinGroupRequest,
    to: ReplyTo,
) {
    let range = turn.config.min_session_timeout_ms..=turn.config.max_session_timeout_ms;
    if !range.contains(&request.session_timeout_ms) {
        return refuse(turn, to, ErrorCode::InvalidSessionTimeout, request.member_id);
    }
    let is_unknown = request.member_id.is_empty();
    if !groups.contains_key(&request.group) {
        if !is_unknown {
            return refuse(turn, to, ErrorCode::UnknownMemberId, request.member_id);
        }
        let group = Group::new(request.group.clone(), turn.now_ms);
        turn.note(&group.id, Transition::GroupCreated);
        turn.store(&group.id, vec![records::group(&group)]);
        groups.insert(request.group.clone(), group);
    }
    let Some(group) = groups.get_mut(&request.group) else { return };
    if !group.accepts(turn, &request.member_id) {
        group.turn_away(turn, &request.member_id);
        return refuse(turn, to, ErrorCode::GroupMaxSizeReached, Arc::from(""));
    }
    if !group.supports_any(request.protocols.iter().map(|(name, _)| *name)) {
        return refuse(turn, to, ErrorCode::InconsistentGroupProtocol, request.member_id);
    }
    if is_unknown {
        group.join_unknown(turn, request, to);
    } else {
        group.join_known(turn, request, to);
    }
}

fn refuse(turn: &mut Turn<'_>, to: ReplyTo, error: ErrorCode, member_id: Arc<str>) {
    turn.respond(to, GroupResponse::JoinGroup(failed(error, member_id)));
}

impl Group {
    /// `GroupMetadataManager.acceptJoiningMember`: `group.max.size`.
    fn accepts(&self, turn: &Turn<'_>, member: &str) -> bool {
        let max = usize::try_from(turn.config.max_size).unwrap_or(0);
        let known = self.members.get(member);
        match self.state {
            GroupState::Empty => true,
            GroupState::PreparingRebalance => {
                known.is_some_and(|member| member.awaiting_join.is_some())
                    || self.count_awaiting_join() < max
            }
            GroupState::CompletingRebalance | GroupState::Stable => {
                known.is_some() || self.members.len() < max
            }
        }
    }

    fn turn_away(&mut self, turn: &mut Turn<'_>, member: &str) {
        if let Some(member) = self.members.get(member) {
            let (id, instance_id) = (member.id.clone(), member.instance_id.clone());
            self.remove(turn, &id);
            let why = Departure::GroupFull;
            let gone = Transition::MemberRemoved { member: id, instance_id, pending: false, why };
            turn.note(&self.id, gone);
        } else {
            self.pending_join.remove(member);
        }
    }

    /// A join without a member id.
    fn join_unknown(&mut self, turn: &mut Turn<'_>, request: JoinGroupRequest, to: ReplyTo) {
        let name = request.instance_id.as_ref().unwrap_or(&request.client_id);
        let member_id: Arc<str> = Arc::from(format!("{name}-{}", turn.uuids.next()));
        let Some(instance_id) = request.instance_id.clone() else {
            return self.assign_member_id(turn, &request, member_id, to);
        };
        match self.static_members.get(&instance_id).cloned() {
            Some(old) => self.replace_static_member(turn, request, &old, member_id, to),
            None => self.add_and_rebalance(turn, request, member_id, to),
        }
    }

    /// `classicGroupJoinNewDynamicMember`: it is to come again with the id it gets (R-GRP-11).
    fn assign_member_id(
        &mut self,
        turn: &mut Turn<'_>,
        request: &JoinGroupRequest,
        member_id: Arc<str>,
        to: ReplyTo,
    ) {
        let mut session = Session::default();
        let (group, now_ms) = (self.id.clone(), turn.now_ms);
        session.extend(turn, &group, &member_id, now_ms, request.session_timeout_ms);
        self.pending_join.insert(member_id.clone(), session);
        let client_id = request.client_id.clone();
        turn.note(&group, Transition::MemberIdAssigned { member: member_id.clone(), client_id });
        refuse(turn, to, ErrorCode::MemberIdRequired, member_id);
    }

    /// A join with a member id (`classicGroupJoinExistingMember`).
    fn join_known(&mut self, turn: &mut Turn<'_>, request: JoinGroupRequest, to: ReplyTo) {
        let member_id = request.member_id.clone();
        if self.pending_join.contains_key(&member_id) && request.instance_id.is_none() {
            return self.add_and_rebalance(turn, request, member_id, to);
        }
        if let Err(error) = self.validate_member(&member_id, request.instance_id.as_ref()) {
            return refuse(turn, to, error, member_id);
        }
        let unchanged =
            self.members.get(&member_id).is_some_and(|m| m.protocols == request.protocols);
        let is_leader = self.is_leader(&member_id);
        match self.state {
            GroupState::PreparingRebalance => {
                self.update_member(turn, &member_id, request, to);
                turn.note(&self.id, Transition::MemberRejoined { member: member_id });
                self.complete_join_if_all_joined(turn);
            }
            GroupState::CompletingRebalance if unchanged => {
                let response = self.current_join_response(&member_id, is_leader, false);
                turn.respond(to, GroupResponse::JoinGroup(response));
            }
            GroupState::Stable if unchanged && !is_leader => {
                let response = self.current_join_response(&member_id, false, false);
                turn.respond(to, GroupResponse::JoinGroup(response));
            }
            GroupState::Stable | GroupState::CompletingRebalance => {
                let during = self.state;
                let reason = if is_leader && during == GroupState::Stable {
                    RebalanceReason::LeaderRejoined { member: member_id.clone() }
                } else {
                    RebalanceReason::MetadataChanged { member: member_id.clone(), during }
                };
                self.update_member(turn, &member_id, request, to);
                turn.note(&self.id, Transition::MemberRejoined { member: member_id });
                self.prepare_rebalance(turn, reason);
            }
            GroupState::Empty => refuse(turn, to, ErrorCode::UnknownMemberId, member_id),
        }
    }

    /// `addMemberThenRebalanceOrCompleteJoin`.
    fn add_and_rebalance(
        &mut self,
        turn: &mut Turn<'_>,
        request: JoinGroupRequest,
        member_id: Arc<str>,
        to: ReplyTo,
    ) {
        if self.state == GroupState::PreparingRebalance && self.previous_state == GroupState::Empty
        {
            self.join.new_member_added = true;
        }
        let serial = self.next_serial();
        // The timer of its time as a pending member, if it had one, is overtaken by the session's own.
        let mut member = Member::new(member_id.clone(), request, serial, turn.now_ms);
        member.awaiting_join = Some(to);
        let instance_id = member.instance_id.clone();
        let client_id = member.client_id.clone();
        turn.note(
            &self.id,
            Transition::MemberJoined {
                member: member_id.clone(),
                client_id,
                instance_id: instance_id.clone(),
            },
        );
        self.add(turn, member);
        self.extend_session(turn, &member_id, NEW_MEMBER_JOIN_TIMEOUT_MS);
        let reason = RebalanceReason::NewMember { member: member_id, instance_id };
        self.rebalance_or_complete_join(turn, reason);
    }

    /// `ClassicGroup.updateMember`.
    fn update_member(
        &mut self,
        turn: &mut Turn<'_>,
        member: &str,
        request: JoinGroupRequest,
        to: ReplyTo,
    ) {
        let Some(member) = self.members.get_mut(member) else { return };
        member.protocols = request.protocols;
        member.rebalance_timeout_ms = request.rebalance_timeout_ms;
        member.session_timeout_ms = request.session_timeout_ms;
        if let Some(earlier) = member.awaiting_join.replace(to) {
            turn.out.push(CoordinatorOutput::Unanswered { to: earlier });
        }
    }

    /// The current generation as a JoinGroup answer.
    pub(super) fn current_join_response(
        &self,
        member: &str,
        with_members: bool,
        skip_assignment: bool,
    ) -> JoinGroupResponse {
        let protocol = self.protocol.unwrap_or("");
        let members = if with_members {
            self.members_in_order()
                .into_iter()
                .map(|m| (m.id.clone(), m.subscription(protocol).cloned().unwrap_or_default()))
                .collect()
        } else {
            Vec::new()
        };
        JoinGroupResponse {
            error: ErrorCode::None,
            member_id: Arc::from(member),
            generation: self.generation,
            protocol,
            leader: self.leader.clone().unwrap_or_else(|| Arc::from("")),
            members,
            skip_assignment,
        }
    }

    /// A static member's new process takes its place (`updateStaticMemberThenRebalanceOrCompleteJoin`).
    fn replace_static_member(
        &mut self,
        turn: &mut Turn<'_>,
        request: JoinGroupRequest,
        old: &Arc<str>,
        new: Arc<str>,
        to: ReplyTo,
    ) {
        let Some(instance_id) = request.instance_id.clone() else { return };
        self.fence(turn, old, &new, &instance_id);
        self.update_member(turn, &new, request, to);
        match self.state {
            GroupState::Stable if self.select_protocol() == self.protocol => {
                turn.store(&self.id, vec![records::group(self)]);
                let is_leader = self.is_leader(&new);
                let response = self.current_join_response(&new, is_leader, is_leader);
                self.complete_join(turn, &new, response);
            }
            GroupState::Stable => {
                let reason = RebalanceReason::ProtocolWouldChange { member: new, instance_id };
                self.prepare_rebalance(turn, reason);
            }
            GroupState::CompletingRebalance => {
                let reason = RebalanceReason::StaticMemberReplaced { member: new, instance_id };
                self.prepare_rebalance(turn, reason);
            }
            GroupState::PreparingRebalance | GroupState::Empty => {
                self.complete_join_if_all_joined(turn);
            }
        }
    }

    /// `ClassicGroup.replaceStaticMember`: whatever the old process waits for ends with FENCED_INSTANCE_ID.
    fn fence(&mut self, turn: &mut Turn<'_>, old: &Arc<str>, new: &Arc<str>, instance: &Arc<str>) {
        self.unpark(turn, old);
        self.complete_join(turn, old, failed(ErrorCode::FencedInstanceId, old.clone()));
        let serial = self.next_serial();
        let Some(mut member) = self.members.remove(old) else { return };
        if let Some(waiting) = member.awaiting_sync.take() {
            let error = ErrorCode::FencedInstanceId;
            let assignment = Arc::from([]);
            turn.respond(waiting, GroupResponse::SyncGroup { error, assignment });
        }
        member.id = new.clone();
        member.is_new = false;
        member.session = Session::default();
        member.serial = serial;
        member.joined_ms = turn.now_ms;
        let timeout_ms = member.session_timeout_ms;
        self.members.insert(new.clone(), member);
        self.static_members.insert(instance.clone(), new.clone());
        let (old, new, instance_id) = (old.clone(), new.clone(), instance.clone());
        let was_leader = self.is_leader(&old);
        turn.note(
            &self.id,
            Transition::StaticMemberReplaced { instance_id, old, new: new.clone() },
        );
        if was_leader {
            self.elect(turn, new.clone());
        }
        self.extend_session(turn, &new, timeout_ms);
    }
}
