//! From one state to another (`QuorumState.transitionTo...`, `KafkaRaftClient.onBecome...`).

use super::leader::LeaderState;
use super::state::{State, Votes};
use super::{Entry, Happened, NodeId, Output, Quorum, Record};
use crate::ids::TimestampMs;
use crate::sim::Rng;

impl<T: Clone> Quorum<T> {
    pub(super) fn election_deadline(&self, now_ms: TimestampMs, rng: &mut Rng) -> TimestampMs {
        let timeout = self.config.election_timeout_ms.max(1);
        let more = rng.below(u64::try_from(timeout).unwrap_or(0));
        now_ms.saturating_add(timeout).saturating_add(i64::try_from(more).unwrap_or(0))
    }

    pub(super) fn follower(
        &self,
        leader: NodeId,
        voted: Option<NodeId>,
        now_ms: TimestampMs,
    ) -> State {
        let fetch_ms = now_ms.saturating_add(self.config.fetch_timeout_ms);
        State::Follower { leader, voted, fetch_ms, has_fetched: false }
    }

    /// Goes over to another state, and says so.
    fn enter(&mut self, epoch: i32, state: State) {
        let from = self.state.name();
        let led = self.is_leader().then_some(self.epoch);
        self.epoch = epoch;
        self.state = state;
        self.connections.reset_all();
        let to = self.state.name();
        let leader = self.leader();
        self.happened(Happened::State { from, to, epoch, leader });
        if let Some(epoch) = led {
            self.refuse_waiting();
            self.happened(Happened::LostLeadership { epoch });
        }
    }

    pub(super) fn happened(&mut self, what: Happened) {
        self.outputs.push(Output::Happened(what));
    }

    pub(super) fn become_unattached(
        &mut self,
        epoch: i32,
        leader: Option<NodeId>,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        let lost = matches!(&self.state, State::Prospective { votes, .. } if votes.is_lost());
        let election_ms = match self.state.election_ms() {
            _ if !self.is_voter() => None,
            Some(running) if !lost => Some(running),
            _ => Some(self.election_deadline(now_ms, rng)),
        };
        let voted = if epoch == self.epoch { self.state.voted(self.me) } else { None };
        self.enter(epoch, State::Unattached { leader, voted, election_ms });
    }

    pub(super) fn become_follower(&mut self, epoch: i32, leader: NodeId, now_ms: TimestampMs) {
        let voted = if epoch == self.epoch { self.state.voted(self.me) } else { None };
        let follower = self.follower(leader, voted, now_ms);
        self.enter(epoch, follower);
    }

    pub(super) fn become_prospective(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        let state = State::Prospective {
            leader: self.leader(),
            voted: self.state.voted(self.me),
            votes: Votes::new(self.me, &self.config),
            election_ms: self.election_deadline(now_ms, rng),
        };
        self.enter(self.epoch, state);
        self.settle_votes(now_ms, rng);
    }

    /// What the votes so far lead to.
    pub(super) fn settle_votes(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        match &self.state {
            State::Prospective { votes, .. } if votes.is_won() => {
                let votes = Votes::new(self.me, &self.config);
                let election_ms = self.election_deadline(now_ms, rng);
                self.enter(self.epoch + 1, State::Candidate { votes, election_ms });
                self.settle_votes(now_ms, rng);
            }
            State::Candidate { votes, .. } if votes.is_won() => {
                let granting = votes.granting();
                self.become_leader(granting, now_ms);
            }
            State::Prospective { votes, .. } if votes.is_lost() => {
                self.after_lost_election(now_ms, rng);
            }
            _ => {}
        }
    }

    /// A prospective that will not be a candidate goes back to its leader, if it knows one.
    pub(super) fn after_lost_election(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        match self.leader() {
            Some(leader) if leader != self.me => self.become_follower(self.epoch, leader, now_ms),
            leader => self.become_unattached(self.epoch, leader, now_ms, rng),
        }
    }

    fn become_leader(&mut self, granting_voters: Vec<NodeId>, now_ms: TimestampMs) {
        let leader = LeaderState::new(self.me, self.log.end_offset(), now_ms, &self.config);
        self.high_watermark = None;
        let epoch = self.epoch;
        self.enter(epoch, State::Leader(Box::new(leader)));
        self.happened(Happened::BecameLeader { epoch });
        let record = Record::LeaderChange { leader: self.me, granting_voters };
        self.log.append([Entry { epoch, record }]);
        self.log_grew(now_ms);
    }

    pub(super) fn become_resigned(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        let State::Leader(leader) = &self.state else { return };
        let successors = leader.successors();
        let election_ms = self.election_deadline(now_ms, rng);
        self.high_watermark = None;
        let unacked = self.others();
        self.enter(self.epoch, State::Resigned { unacked, successors, election_ms });
    }

    /// The leader's log has grown: those that wait get it.
    pub(super) fn log_grew(&mut self, now_ms: TimestampMs) {
        let end = self.log.end_offset();
        if let State::Leader(leader) = &mut self.state
            && leader.update_local(end)
        {
            self.leader_high_watermark_moved(now_ms);
        }
        self.serve_waiting(now_ms, |waiting| waiting.fetch.offset < end);
    }

    pub(super) fn leader_high_watermark_moved(&mut self, now_ms: TimestampMs) {
        let State::Leader(leader) = &self.state else { return };
        let Some(to) = leader.high_watermark else { return };
        self.high_watermark_moved(to);
        self.serve_waiting(now_ms, |_| true);
    }

    pub(super) fn high_watermark_moved(&mut self, to: u64) {
        self.high_watermark = Some(to);
        if to > self.committed {
            self.committed = to;
            self.happened(Happened::HighWatermark { to });
        }
    }
}
