//! A coordinator takes groups over from what was stored of them (`GroupCoordinatorShard.onLoaded`,
//! `GroupMetadataManager.onLoaded`, R-GRP-03): members have a whole session from now on; what was only under way is
//! forgotten, and its members join anew.

use super::group::{Group, GroupState};
use super::{CoordinatorOutput, GroupCoordinator, Turn};
use crate::ids::TimestampMs;
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

impl GroupCoordinator {
    /// The broker's process has started again and has read its groups. Call once, after [`GroupCoordinator::start`].
    pub fn loaded(&mut self, now_ms: TimestampMs, out: &mut Vec<CoordinatorOutput>) {
        let (config, uuids) = (&self.config, &mut self.uuids);
        let mut turn = Turn { now_ms, config, uuids, out };
        for group in self.groups.values_mut() {
            group.loaded(&mut turn);
        }
    }
}

impl Group {
    fn loaded(&mut self, turn: &mut Turn<'_>) {
        self.pending_join = SortedMap::new();
        self.pending_sync = SortedSet::new();
        self.join = super::group::JoinPhase::default();
        self.sync_timer_at_ms = None;
        if !matches!(self.state, GroupState::Stable | GroupState::Empty) {
            self.members = SortedMap::new();
            self.static_members = SortedMap::new();
            self.leader = None;
            self.state = GroupState::Empty;
            self.state_since_ms = turn.now_ms;
        }
        let members: Vec<Arc<str>> = self.members.keys().cloned().collect();
        for member in members {
            if let Some(known) = self.members.get_mut(&member) {
                known.session = super::session::Session::default();
            }
            self.sign_of_life(turn, &member);
        }
    }
}
