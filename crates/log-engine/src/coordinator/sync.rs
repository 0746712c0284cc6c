//! SyncGroup (`GroupMetadataManager.classicGroupSync`, R-GRP-15).

use sorted::SortedMap;
use std::sync::Arc;

use super::group::{Group, GroupState};
use super::output::{Departure, GroupTimer, RebalanceReason};
use super::{CoordinatorOutput, ReplyTo, Transition, Turn, records};
use crate::protocol::ErrorCode;
use crate::protocol::group::{Assignment, GroupResponse, SyncGroupRequest};

/// Takes a SyncGroup.
pub(super) fn handle(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    request: SyncGroupRequest,
    to: ReplyTo,
) {
    let error = match groups.get_mut(&request.member.group) {
        Some(group) => match group.validate_sync(&request) {
            Ok(()) => return group.sync(turn, request, to),
            Err(error) => error,
        },
        None => ErrorCode::UnknownMemberId,
    };
    turn.respond(to, GroupResponse::SyncGroup { error, assignment: Assignment::from([]) });
}

impl Group {
    fn validate_sync(&self, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
        let member = &request.member;
        self.validate_member(&member.member_id, member.instance_id.as_ref())?;
        if member.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        if self.state == GroupState::PreparingRebalance {
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    fn sync(&mut self, turn: &mut Turn<'_>, request: SyncGroupRequest, to: ReplyTo) {
        let id = request.member.member_id;
        self.pending_sync.remove(&id);
        if self.pending_sync.is_empty() {
            self.sync_timer_at_ms = None;
        }
        let Some(member) = self.members.get_mut(&id) else { return };
        if self.state == GroupState::Stable {
            let (error, assignment) = (ErrorCode::None, member.assignment.clone());
            turn.respond(to, GroupResponse::SyncGroup { error, assignment });
            return;
        }
        if let Some(earlier) = member.awaiting_sync.replace(to) {
            turn.out.push(CoordinatorOutput::Unanswered { to: earlier });
        }
        if self.is_leader(&id) {
            self.store_assignment(turn, &request.assignments);
        }
    }

    /// The leader's assignment takes effect; members it left out get nothing.
    fn store_assignment(
        &mut self,
        turn: &mut Turn<'_>,
        assignments: &SortedMap<Arc<str>, Assignment>,
    ) {
        let ids = self.ids_in_order();
        for (id, member) in &mut self.members {
            member.assignment = assignments.get(id).cloned().unwrap_or_else(|| Arc::from([]));
        }
        let stored = self.members.values().map(|m| (m.id.clone(), m.assignment.clone())).collect();
        let generation = self.generation;
        for id in ids {
            self.finish_sync(turn, &id, ErrorCode::None);
        }
        self.transition_to(turn, GroupState::Stable);
        turn.store(&self.id, vec![records::group(self)]);
        turn.note(&self.id, Transition::AssignmentStored { generation, assignments: stored });
    }

    /// Answers a member that waits to sync, and lets its session run anew (`propagateAssignment`).
    pub(super) fn finish_sync(&mut self, turn: &mut Turn<'_>, id: &Arc<str>, error: ErrorCode) {
        if self.complete_sync(turn, id, error) {
            let timeout_ms = self.members.get(id).map_or(0, |member| member.session_timeout_ms);
            self.extend_session(turn, id, timeout_ms);
        }
    }

    pub(super) fn schedule_sync(&mut self, turn: &mut Turn<'_>) {
        let at_ms = turn.after(self.rebalance_timeout_ms());
        self.sync_serial += 1;
        self.sync_timer_at_ms = Some(at_ms);
        let (group, serial) = (self.id.clone(), self.sync_serial);
        turn.schedule(at_ms, GroupTimer::Sync { group, serial });
    }

    pub(super) fn cancel_sync_timer(&mut self) {
        self.pending_sync.clear();
        self.sync_timer_at_ms = None;
    }

    /// `expirePendingSync`: members that did not sync within the rebalance timeout go.
    pub(super) fn on_sync_timer(&mut self, turn: &mut Turn<'_>, serial: u64) {
        if self.sync_timer_at_ms.is_none() || self.sync_serial != serial {
            return;
        }
        self.sync_timer_at_ms = None;
        let late: Vec<Arc<str>> = self.pending_sync.iter().cloned().collect();
        if late.is_empty() || !self.answers_heartbeats_plainly() {
            return;
        }
        for member in &late {
            let instance_id = self.members.get(member).and_then(|m| m.instance_id.clone());
            self.remove(turn, member);
            let (member, pending, why) = (member.clone(), false, Departure::NotSynced);
            turn.note(&self.id, Transition::MemberRemoved { member, instance_id, pending, why });
        }
        self.prepare_rebalance(turn, RebalanceReason::NotSynced { members: late });
    }
}
