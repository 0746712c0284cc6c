//! Heartbeat, and what happens without one (`classicGroupHeartbeat`, `expireClassicGroupMemberHeartbeat`,
//! R-GRP-16).

use sorted::SortedMap;
use std::sync::Arc;

use super::group::{Group, GroupState};
use super::join::failed;
use super::output::{Departure, RebalanceReason};
use super::{Transition, Turn};
use crate::ids::TimestampMs;
use crate::protocol::ErrorCode;
use crate::protocol::group::MemberRef;

/// Takes a Heartbeat.
pub(super) fn handle(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    member: &MemberRef,
) -> ErrorCode {
    let Some(group) = groups.get_mut(&member.group) else { return ErrorCode::UnknownMemberId };
    if let Err(error) = group.validate_member(&member.member_id, member.instance_id.as_ref()) {
        return error;
    }
    if member.generation != group.generation {
        return ErrorCode::IllegalGeneration;
    }
    group.sign_of_life(turn, &member.member_id);
    match group.state {
        GroupState::Empty => ErrorCode::UnknownMemberId,
        GroupState::PreparingRebalance => ErrorCode::RebalanceInProgress,
        GroupState::CompletingRebalance | GroupState::Stable => ErrorCode::None,
    }
}

impl Group {
    /// The member's session runs anew.
    pub(super) fn sign_of_life(&mut self, turn: &mut Turn<'_>, member: &str) {
        if let Some(timeout_ms) = self.members.get(member).map(|m| m.session_timeout_ms) {
            self.extend_session(turn, member, timeout_ms);
        }
    }

    /// A session timer fired.
    pub(super) fn on_session_timer(
        &mut self,
        turn: &mut Turn<'_>,
        id: &Arc<str>,
        at_ms: TimestampMs,
    ) {
        if let Some(session) = self.pending_join.get_mut(id) {
            if session.on_timer(turn, &self.id, id, at_ms) {
                self.remove(turn, id);
                self.note_removal(turn, id, None, true, Departure::SessionExpired);
                self.complete_join_without_the_gone(turn);
            }
            return;
        }
        let Some(member) = self.members.get_mut(id) else { return };
        if !member.session.on_timer(turn, &self.id, id, at_ms) || member.has_satisfied_heartbeat() {
            return;
        }
        let instance_id = member.instance_id.clone();
        self.complete_join(turn, id, failed(ErrorCode::UnknownMemberId, Arc::from("")));
        self.remove(turn, id);
        self.note_removal(turn, id, instance_id, false, Departure::SessionExpired);
        match self.state {
            GroupState::Stable | GroupState::CompletingRebalance => {
                self.prepare_rebalance(
                    turn,
                    RebalanceReason::SessionExpired { member: id.clone() },
                );
            }
            GroupState::PreparingRebalance => self.complete_join_without_the_gone(turn),
            GroupState::Empty => {}
        }
    }

    pub(super) fn note_removal(
        &self,
        turn: &mut Turn<'_>,
        member: &Arc<str>,
        instance_id: Option<Arc<str>>,
        pending: bool,
        why: Departure,
    ) {
        let member = member.clone();
        turn.note(&self.id, Transition::MemberRemoved { member, instance_id, pending, why });
    }
}
