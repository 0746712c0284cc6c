//! A coordinator takes groups over from the log of a partition of `__consumer_offsets` that its broker leads now, and
//! gives them up when another broker leads it (`GroupCoordinatorShard.onLoaded` and `onUnloaded`, R-GRP-03). Members have
//! a whole session from the loading on; what was only under way is forgotten, and its members join anew.

use super::group::{Group, GroupState};
use super::join::failed;
use super::records::{Replayed, StoredGroup, StoredRecord, replay};
use super::{CoordinatorOutput, GroupCoordinator, Turn};
use crate::ids::TimestampMs;
use crate::protocol::ErrorCode;
use crate::protocol::group::{Assignment, GroupResponse};
use sorted::SortedMap;
use std::sync::Arc;

/// Timers of a group that is loaded are told from those of its time before by numbers this far apart.
const SERIALS_OF_A_LOAD: u64 = 1 << 32;

impl GroupCoordinator {
    /// Takes over the groups that these records tell of. Returns how many there are.
    pub fn load(
        &mut self,
        now_ms: TimestampMs,
        records: impl Iterator<Item = StoredRecord>,
        out: &mut Vec<CoordinatorOutput>,
    ) -> usize {
        let mut groups: SortedMap<Arc<str>, Group> = SortedMap::new();
        self.loads += 1;
        let serial = self.loads * SERIALS_OF_A_LOAD;
        for (key, value) in records {
            match replay(&key, value.as_deref()) {
                Some(Replayed::Offset(id, tp, committed)) => {
                    let group = entry(&mut groups, &id, now_ms);
                    match committed {
                        Some(committed) => group.offsets.insert(tp, committed),
                        None => group.offsets.remove(&tp),
                    };
                }
                Some(Replayed::Group(id, stored)) => {
                    entry(&mut groups, &id, now_ms).replace(stored);
                }
                None => {}
            }
        }
        let (config, uuids) = (&self.config, &mut self.uuids);
        let mut turn = Turn { now_ms, config, uuids, out };
        let mut count = 0;
        for (id, mut group) in groups {
            if !group.has_protocol_type && group.members.is_empty() && group.offsets.is_empty() {
                continue;
            }
            group.loaded(&mut turn, serial);
            self.groups.insert(id, group);
            count += 1;
        }
        count
    }

    /// Gives up the groups that `goes` picks: whoever waits for them is told to look for their coordinator.
    pub fn unload(
        &mut self,
        now_ms: TimestampMs,
        goes: impl Fn(&str) -> bool,
        out: &mut Vec<CoordinatorOutput>,
    ) {
        let (config, uuids) = (&self.config, &mut self.uuids);
        let mut turn = Turn { now_ms, config, uuids, out };
        self.groups.retain(|id, group| {
            let goes = goes(id);
            if goes {
                group.unloaded(&mut turn);
            }
            !goes
        });
    }

    /// The process has ended: nothing of its memory is left but the stream its member ids come from.
    pub fn forget(&mut self) {
        self.groups = SortedMap::new();
    }
}

fn entry<'a>(
    groups: &'a mut SortedMap<Arc<str>, Group>,
    id: &Arc<str>,
    now_ms: TimestampMs,
) -> &'a mut Group {
    groups.entry(Arc::clone(id)).or_insert_with(|| Group::new(Arc::clone(id), now_ms))
}

impl Group {
    /// Is as it was stored; without that, as if it had only ever been committed to.
    fn replace(&mut self, stored: Option<StoredGroup>) {
        let offsets = std::mem::take(&mut self.offsets);
        *self = Self::new(Arc::clone(&self.id), self.state_since_ms);
        self.offsets = offsets;
        let Some(stored) = stored else { return };
        self.has_protocol_type = stored.has_protocol_type;
        self.generation = stored.generation;
        self.protocol = stored.protocol;
        self.state_since_ms = stored.since_ms;
        for member in stored.members {
            if let Some(instance_id) = &member.instance_id {
                self.static_members.insert(Arc::clone(instance_id), Arc::clone(&member.id));
            }
            self.members.insert(Arc::clone(&member.id), member);
        }
        self.leader = stored.leader.filter(|leader| self.members.contains_key(leader));
        if !self.members.is_empty() {
            self.state = GroupState::Stable;
        }
    }

    fn loaded(&mut self, turn: &mut Turn<'_>, serial: u64) {
        self.number_from(serial);
        if self.has_protocol_type {
            self.subscribed_topics = Some(self.compute_subscribed_topics());
        }
        let members: Vec<Arc<str>> = self.members.keys().cloned().collect();
        for member in members {
            self.sign_of_life(turn, &member);
        }
    }

    fn unloaded(&mut self, turn: &mut Turn<'_>) {
        let members: Vec<Arc<str>> = self.members.keys().cloned().collect();
        for member in members {
            self.unpark(turn, &member);
            let error = ErrorCode::NotCoordinator;
            self.complete_join(turn, &member, failed(error, Arc::clone(&member)));
            if let Some(to) = self.members.get_mut(&member).and_then(|m| m.awaiting_sync.take()) {
                let assignment = Assignment::from([]);
                turn.respond(to, GroupResponse::SyncGroup { error, assignment });
            }
        }
    }
}
