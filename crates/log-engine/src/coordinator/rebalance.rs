//! The join phase: its beginning, its delays and its end (`prepareRebalance`, `completeClassicGroupJoin`,
//! R-GRP-12..14).

use std::sync::Arc;

use super::group::{Group, GroupState};
use super::output::{Departure, GroupTimer, RebalanceReason};
use super::{Transition, Turn, records};
use crate::ids::TimestampMs;
use crate::protocol::ErrorCode;

impl Group {
    /// `maybePrepareRebalanceOrCompleteJoin`.
    pub(super) fn rebalance_or_complete_join(
        &mut self,
        turn: &mut Turn<'_>,
        reason: RebalanceReason,
    ) {
        if self.state == GroupState::PreparingRebalance {
            self.complete_join_if_all_joined(turn);
        } else {
            self.prepare_rebalance(turn, reason);
        }
    }

    /// `prepareRebalance`: everybody is to join again.
    pub(super) fn prepare_rebalance(&mut self, turn: &mut Turn<'_>, reason: RebalanceReason) {
        if self.state == GroupState::CompletingRebalance {
            self.abandon_assignment(turn);
        }
        self.cancel_sync_timer();
        let from = self.state;
        let timeout_ms = self.rebalance_timeout_ms();
        self.join.reason = reason.to_string();
        self.transition_to(turn, GroupState::PreparingRebalance);
        let deadline_ms = if from == GroupState::Empty {
            let delay_ms = turn.config.initial_rebalance_delay_ms.max(0);
            self.join.initial = Some((delay_ms, timeout_ms.saturating_sub(delay_ms).max(0)));
            self.schedule_join(turn, delay_ms)
        } else {
            self.join.initial = None;
            turn.after(timeout_ms)
        };
        turn.note(&self.id, Transition::RebalanceStarted { from, reason, deadline_ms });
        if from == GroupState::Empty {
            return;
        }
        if self.has_all_members_joined() {
            self.complete_join_phase(turn);
        } else {
            self.schedule_join(turn, timeout_ms);
        }
    }

    /// Members that wait for the leader's assignment wait in vain: they are to rejoin.
    fn abandon_assignment(&mut self, turn: &mut Turn<'_>) {
        for member in self.members.values_mut() {
            member.assignment = Arc::from([]);
        }
        for id in self.ids_in_order() {
            self.finish_sync(turn, &id, ErrorCode::RebalanceInProgress);
        }
    }

    fn schedule_join(&mut self, turn: &mut Turn<'_>, delay_ms: i32) -> TimestampMs {
        let at_ms = turn.after(delay_ms);
        self.join.serial += 1;
        self.join.timer_at_ms = Some(at_ms);
        let (group, serial) = (self.id.clone(), self.join.serial);
        turn.schedule(at_ms, GroupTimer::Join { group, serial });
        at_ms
    }

    /// `maybeCompleteJoinPhase`: not during the initial delay.
    pub(super) fn complete_join_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        let joining = self.state == GroupState::PreparingRebalance;
        if joining && self.previous_state != GroupState::Empty && self.has_all_members_joined() {
            self.complete_join_phase(turn);
        }
    }

    /// As above, but also during the initial delay: what the coordinator does when a member is gone.
    pub(super) fn complete_join_without_the_gone(&mut self, turn: &mut Turn<'_>) {
        if self.state == GroupState::PreparingRebalance && self.has_all_members_joined() {
            self.complete_join_phase(turn);
        }
    }

    /// The join timer fired.
    pub(super) fn on_join_timer(&mut self, turn: &mut Turn<'_>, serial: u64) {
        if self.join.timer_at_ms.is_none() || self.join.serial != serial {
            return;
        }
        self.join.timer_at_ms = None;
        match self.join.initial {
            Some((delay_ms, remaining_ms)) if self.join.new_member_added && remaining_ms != 0 => {
                self.join.new_member_added = false;
                let next_ms = turn.config.initial_rebalance_delay_ms.min(remaining_ms).max(0);
                self.join.initial = Some((next_ms, (remaining_ms - delay_ms).max(0)));
                let until_ms = self.schedule_join(turn, next_ms);
                turn.note(&self.id, Transition::InitialDelayExtended { until_ms });
            }
            _ => self.complete_join_phase(turn),
        }
    }

    /// `completeClassicGroupJoin`: who has not joined by now is out, the others begin a new generation.
    fn complete_join_phase(&mut self, turn: &mut Turn<'_>) {
        self.join.timer_at_ms = None;
        self.drop_dynamic_members_not_rejoined(turn);
        if !self.members.is_empty() && !self.elect_joined_leader(turn) {
            let until_ms = self.schedule_join(turn, self.rebalance_timeout_ms());
            self.join.initial = None;
            turn.note(&self.id, Transition::JoinExtended { until_ms });
            return;
        }
        // Kafka does not clear `newMemberAdded` here either: a first rebalance that used up all its time makes
        // the next first rebalance wait once more.
        self.join.initial = None;
        self.generation = self.generation.wrapping_add(1);
        self.pending_sync.clear();
        self.protocol = self.select_protocol();
        self.subscribed_topics = Some(self.compute_subscribed_topics());
        if self.members.is_empty() {
            self.transition_to(turn, GroupState::Empty);
            turn.store(&self.id, vec![records::group(self)]);
            turn.note(&self.id, Transition::GroupEmptied { generation: self.generation });
        } else {
            self.transition_to(turn, GroupState::CompletingRebalance);
            self.announce_generation(turn);
        }
    }

    fn drop_dynamic_members_not_rejoined(&mut self, turn: &mut Turn<'_>) {
        let gone: Vec<Arc<str>> = self
            .members
            .values()
            .filter(|member| member.awaiting_join.is_none() && member.instance_id.is_none())
            .map(|member| member.id.clone())
            .collect();
        for member in gone {
            self.remove(turn, &member);
            let why = Departure::NotRejoined;
            let (instance_id, pending) = (None, false);
            turn.note(&self.id, Transition::MemberRemoved { member, instance_id, pending, why });
        }
    }

    /// `ClassicGroup.maybeElectNewJoinedLeader`: a static leader that did not rejoin loses its role.
    fn elect_joined_leader(&mut self, turn: &mut Turn<'_>) -> bool {
        let joined = |group: &Self, id: &str| {
            group.members.get(id).is_some_and(|member| member.awaiting_join.is_some())
        };
        if self.leader.as_deref().is_some_and(|leader| joined(self, leader)) {
            return true;
        }
        match self.ids_in_order().into_iter().find(|id| joined(self, id)) {
            Some(leader) => {
                self.elect(turn, leader);
                true
            }
            None => false,
        }
    }

    /// Topics its members subscribe to under the chosen assignor (`ClassicGroup.computeSubscribedTopics`).
    pub(super) fn compute_subscribed_topics(&self) -> sorted::SortedSet<Arc<str>> {
        let Some(protocol) = self.protocol else { return Default::default() };
        let subscriptions = self.members.values().filter_map(|m| m.subscription(protocol));
        subscriptions.flat_map(|subscription| subscription.topics.iter().cloned()).collect()
    }

    /// Everybody who joined hears of the new generation; now they are to sync.
    fn announce_generation(&mut self, turn: &mut Turn<'_>) {
        let members = self.ids_in_order();
        turn.note(
            &self.id,
            Transition::GenerationStarted {
                generation: self.generation,
                protocol: self.protocol.unwrap_or(""),
                leader: self.leader.clone().unwrap_or_else(|| Arc::from("")),
                members: members.clone(),
            },
        );
        for id in members {
            let response = self.current_join_response(&id, self.is_leader(&id), false);
            self.complete_join(turn, &id, response);
            let Some(member) = self.members.get_mut(&id) else { continue };
            member.is_new = false;
            let timeout_ms = member.session_timeout_ms;
            self.extend_session(turn, &id, timeout_ms);
            self.pending_sync.insert(id);
        }
        self.schedule_sync(turn);
    }
}
