//! What a leader knows of the others (`LeaderState`): how far each has come, what is committed by that, and whether a
//! majority still listens.

use super::{NodeId, QuorumConfig};
use crate::ids::TimestampMs;
use sorted::{SortedMap, SortedSet};

/// A voter, or an observer that has fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Replica {
    /// It has all before.
    pub end_offset: Option<u64>,
    /// When it fetched last.
    pub last_fetch_ms: Option<TimestampMs>,
    /// When it had all that the leader had.
    pub last_caught_up_ms: Option<TimestampMs>,
    last_fetch_leader_end: u64,
}

/// A leader.
#[derive(Debug, Clone)]
pub(super) struct LeaderState {
    epoch_start_offset: u64,
    pub(super) high_watermark: Option<u64>,
    voters: SortedMap<NodeId, Replica>,
    observers: SortedMap<NodeId, Replica>,
    fetched: SortedSet<NodeId>,
    pub(super) check_quorum_ms: TimestampMs,
    pub(super) begin_quorum_ms: TimestampMs,
    me: NodeId,
}

impl LeaderState {
    pub(super) fn new(me: NodeId, start: u64, now_ms: TimestampMs, config: &QuorumConfig) -> Self {
        Self {
            epoch_start_offset: start,
            high_watermark: None,
            voters: config.voters.iter().map(|&voter| (voter, Replica::default())).collect(),
            observers: SortedMap::default(),
            fetched: SortedSet::default(),
            check_quorum_ms: now_ms.saturating_add(config.check_quorum_timeout_ms()),
            begin_quorum_ms: now_ms,
            me,
        }
    }

    /// One whose first entry, at offset 0, every voter has.
    pub(super) fn formed(me: NodeId, now_ms: TimestampMs, config: &QuorumConfig) -> Self {
        let mut this = Self::new(me, 0, now_ms, config);
        for voter in this.voters.values_mut() {
            voter.end_offset = Some(1);
            voter.last_fetch_leader_end = 1;
            voter.last_fetch_ms = Some(now_ms);
            voter.last_caught_up_ms = Some(now_ms);
        }
        let own = this.replica_mut(me);
        (own.last_fetch_ms, own.last_caught_up_ms) = (None, None);
        this.high_watermark = Some(1);
        this.begin_quorum_ms = now_ms.saturating_add(config.begin_quorum_timeout_ms());
        this
    }

    pub(super) fn replicas(&self) -> impl Iterator<Item = (NodeId, &Replica)> {
        self.voters.iter().chain(self.observers.iter()).map(|(&id, replica)| (id, replica))
    }

    pub(super) fn replica_mut(&mut self, id: NodeId) -> &mut Replica {
        if let Some(voter) = self.voters.get_mut(&id) {
            return voter;
        }
        self.observers.entry(id).or_default()
    }

    /// The leader's own log has grown. True if that moves the high watermark.
    pub(super) fn update_local(&mut self, end_offset: u64) -> bool {
        self.replica_mut(self.me).end_offset = Some(end_offset);
        self.update_high_watermark()
    }

    /// A replica fetches from here. True if that moves the high watermark.
    pub(super) fn update_replica(
        &mut self,
        id: NodeId,
        now_ms: TimestampMs,
        offset: u64,
        config: &QuorumConfig,
    ) -> bool {
        let end = self.voters.get(&self.me).and_then(|me| me.end_offset).unwrap_or(0);
        let replica = self.replica_mut(id);
        if offset >= end {
            replica.last_caught_up_ms = replica.last_caught_up_ms.max(Some(now_ms));
        } else if replica.last_fetch_leader_end > 0 && offset >= replica.last_fetch_leader_end {
            replica.last_caught_up_ms = replica.last_caught_up_ms.max(replica.last_fetch_ms);
        }
        replica.last_fetch_leader_end = end;
        replica.last_fetch_ms = replica.last_fetch_ms.max(Some(now_ms));
        replica.end_offset = Some(offset);
        if !self.voters.contains_key(&id) {
            return false;
        }
        self.fetched.insert(id);
        // The leader counts for itself.
        if self.fetched.len() >= self.voters.len() / 2 {
            self.fetched = SortedSet::default();
            self.check_quorum_ms = now_ms.saturating_add(config.check_quorum_timeout_ms());
        }
        self.update_high_watermark()
    }

    /// What a majority has is committed, once that holds for an entry of the leader's own epoch (R-REP-70).
    fn update_high_watermark(&mut self) -> bool {
        let mut ends: Vec<Option<u64>> =
            self.voters.values().map(|voter| voter.end_offset).collect();
        sorted::sort(&mut ends);
        let majority = ends.len() - 1 - ends.len() / 2;
        let Some(&Some(candidate)) = ends.get(majority) else { return false };
        if candidate <= self.epoch_start_offset || Some(candidate) <= self.high_watermark {
            return false;
        }
        self.high_watermark = Some(candidate);
        true
    }

    /// Voters that have not fetched for half a fetch timeout: they may not know who leads.
    pub(super) fn silent_voters(&self, now_ms: TimestampMs, config: &QuorumConfig) -> Vec<NodeId> {
        let silent = |voter: &Replica| {
            voter.last_fetch_ms.is_none_or(|at| now_ms - at >= config.begin_quorum_timeout_ms())
        };
        let others = self.voters.iter().filter(|&(&id, voter)| id != self.me && silent(voter));
        others.map(|(&id, _)| id).collect()
    }

    /// The other voters, the one with the most first.
    pub(super) fn successors(&self) -> Vec<NodeId> {
        let mut others: Vec<_> = self.voters.iter().filter(|&(&id, _)| id != self.me).collect();
        sorted::sort_by(&mut others, |a, b| b.1.end_offset.cmp(&a.1.end_offset).then(a.0.cmp(b.0)));
        others.into_iter().map(|(&id, _)| id).collect()
    }

    /// Whether all the other voters have all there is, and it is committed.
    pub(super) fn all_caught_up(&self, end_offset: u64) -> bool {
        self.high_watermark == Some(end_offset)
            && self.voters.values().all(|voter| voter.end_offset == Some(end_offset))
    }

    pub(super) fn fast_forward(&mut self, by_ms: TimestampMs) {
        self.check_quorum_ms = self.check_quorum_ms.saturating_add(by_ms);
        self.begin_quorum_ms = self.begin_quorum_ms.saturating_add(by_ms);
        for replica in self.voters.values_mut().chain(self.observers.values_mut()) {
            let later = |at: TimestampMs| at.saturating_add(by_ms);
            replica.last_fetch_ms = replica.last_fetch_ms.map(later);
            replica.last_caught_up_ms = replica.last_caught_up_ms.map(later);
        }
    }
}
