//! LeaveGroup (`classicGroupLeaveToClassicGroup`, R-GRP-19).

use sorted::SortedMap;
use std::sync::Arc;

use super::group::{Group, GroupState};
use super::join::failed;
use super::output::{Departure, RebalanceReason};
use super::{ReplyTo, Turn};
use crate::protocol::ErrorCode;
use crate::protocol::group::{GroupResponse, MemberRef};

/// Takes a LeaveGroup. A static member may be named by its instance id alone, as an administrator does.
pub(super) fn handle(
    groups: &mut SortedMap<Arc<str>, Group>,
    turn: &mut Turn<'_>,
    member: &MemberRef,
    to: ReplyTo,
) {
    let left = match groups.get_mut(&member.group) {
        Some(group) => group.leave(turn, member),
        None => Err(ErrorCode::UnknownMemberId),
    };
    let error = left.as_ref().err().copied().unwrap_or(ErrorCode::None);
    turn.respond(to, GroupResponse::LeaveGroup { error });
    if let (Ok(member_id), Some(group)) = (left, groups.get_mut(&member.group)) {
        group.after_leave(turn, member_id);
    }
}

impl Group {
    fn leave(&mut self, turn: &mut Turn<'_>, member: &MemberRef) -> Result<Arc<str>, ErrorCode> {
        let id = if member.member_id.is_empty() {
            let instance_id = member.instance_id.as_ref();
            let id = instance_id.and_then(|instance_id| self.static_members.get(instance_id));
            id.cloned().ok_or(ErrorCode::UnknownMemberId)?
        } else {
            member.member_id.clone()
        };
        if self.pending_join.contains_key(&id) {
            self.remove(turn, &id);
            self.note_removal(turn, &id, None, true, Departure::Left);
            return Ok(id);
        }
        if !member.member_id.is_empty() {
            self.validate_member(&id, member.instance_id.as_ref())?;
        }
        let instance_id = self.members.get(&id).and_then(|member| member.instance_id.clone());
        self.complete_join(turn, &id, failed(ErrorCode::UnknownMemberId, Arc::from("")));
        self.remove(turn, &id);
        self.note_removal(turn, &id, instance_id, false, Departure::Left);
        Ok(id)
    }

    fn after_leave(&mut self, turn: &mut Turn<'_>, member: Arc<str>) {
        match self.state {
            GroupState::Stable | GroupState::CompletingRebalance => {
                self.prepare_rebalance(turn, RebalanceReason::MemberLeft { member });
            }
            GroupState::PreparingRebalance => self.complete_join_if_all_joined(turn),
            GroupState::Empty => {}
        }
    }
}
