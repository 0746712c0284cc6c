//! What a node does by itself: `KafkaRaftClient.poll` and its kinds for each state.

use super::state::State;
use super::{Fetch, NodeId, Output, Quorum, QuorumRequest, StateName, Vote};
use crate::ids::TimestampMs;
use crate::sim::Rng;

impl<T: Clone> Quorum<T> {
    /// Does what is due: sends what can be sent, and goes over to another state where a time is up.
    pub(crate) fn tick(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        while self.time_is_up(now_ms) {
            match self.state.name() {
                StateName::Leader => self.become_resigned(now_ms, rng),
                StateName::Unattached | StateName::Follower | StateName::Candidate => {
                    self.become_prospective(now_ms, rng);
                }
                StateName::Prospective => self.after_lost_election(now_ms, rng),
                // In the same epoch it could neither vote nor follow.
                StateName::Resigned => self.become_unattached(self.epoch + 1, None, now_ms, rng),
            }
        }
        self.expire_waiting(now_ms);
        self.send(now_ms, rng);
        self.connections.prune(now_ms);
    }

    /// When `tick` has something to do next; none if it all depends on others.
    pub(crate) fn next_deadline_ms(&self) -> Option<TimestampMs> {
        let waiting = self.waiting.iter().map(|waiting| waiting.until_ms);
        let begin = match &self.state {
            State::Leader(leader) if !self.others().is_empty() => Some(leader.begin_quorum_ms),
            _ => None,
        };
        // A leader retries with its begin timer alone.
        let connections = if self.is_leader() { None } else { self.connections.next_ms() };
        waiting.chain(begin).chain(connections).chain(self.state_deadline()).min()
    }

    /// Until when the state lasts if nothing comes.
    fn state_deadline(&self) -> Option<TimestampMs> {
        match &self.state {
            State::Follower { fetch_ms, .. } => self.is_voter().then_some(*fetch_ms),
            State::Leader(leader) => (!self.others().is_empty()).then_some(leader.check_quorum_ms),
            state => state.election_ms(),
        }
    }

    fn time_is_up(&self, now_ms: TimestampMs) -> bool {
        self.state_deadline().is_some_and(|at| at <= now_ms)
    }

    fn send(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        let epoch = self.epoch;
        match &mut self.state {
            State::Leader(leader) => {
                if now_ms >= leader.begin_quorum_ms {
                    leader.begin_quorum_ms =
                        now_ms.saturating_add(self.config.begin_quorum_timeout_ms());
                    let silent = leader.silent_voters(now_ms, &self.config);
                    let begin = QuorumRequest::BeginQuorumEpoch { epoch };
                    self.request_all(silent, &begin, now_ms);
                }
            }
            State::Prospective { votes, .. } | State::Candidate { votes, .. } => {
                if !votes.is_lost() {
                    let outstanding = votes.outstanding();
                    let vote = QuorumRequest::Vote(Vote {
                        epoch,
                        last_epoch: self.log.last_epoch(),
                        end_offset: self.log.end_offset(),
                        pre_vote: self.state.name() == StateName::Prospective,
                    });
                    self.request_all(outstanding, &vote, now_ms);
                }
            }
            State::Resigned { unacked, successors, .. } => {
                let (unacked, preferred_successors) = (unacked.clone(), successors.clone());
                let end = QuorumRequest::EndQuorumEpoch { epoch, preferred_successors };
                self.request_all(unacked, &end, now_ms);
            }
            State::Follower { leader, .. } => {
                let leader = *leader;
                if self.connections.is_troubled(leader, now_ms) {
                    if self.connections.is_ready(leader, now_ms) {
                        self.connections.reset(leader);
                    }
                    self.fetch_from_any(now_ms, rng);
                } else if !self.connections.any_in_flight(now_ms) {
                    self.fetch_from(leader, now_ms);
                }
            }
            State::Unattached { .. } => self.fetch_from_any(now_ms, rng),
        }
    }

    fn request_all(&mut self, to: Vec<NodeId>, request: &QuorumRequest, now_ms: TimestampMs) {
        for to in to {
            if self.connections.is_ready(to, now_ms) {
                let id = self.connections.sent(to, now_ms, &self.config);
                self.outputs.push(Output::Request { to, id, request: request.clone() });
            }
        }
    }

    fn fetch_from(&mut self, leader: NodeId, now_ms: TimestampMs) {
        let fetch = QuorumRequest::Fetch(Fetch {
            epoch: self.epoch,
            offset: self.log.end_offset(),
            last_fetched_epoch: self.log.last_epoch(),
            high_watermark: self.high_watermark,
        });
        self.request_all(vec![leader], &fetch, now_ms);
    }

    /// Asks a voter drawn at random, to learn who leads (`maybeSendFetchToAnyBootstrap`).
    fn fetch_from_any(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        if self.connections.any_in_flight(now_ms) {
            return;
        }
        let mut ready = self.others();
        if ready.is_empty() {
            return;
        }
        let drawn = rng.below(u64::try_from(ready.len()).unwrap_or(1));
        ready.rotate_left(usize::try_from(drawn).unwrap_or(0));
        if let Some(&voter) = ready.iter().find(|&&voter| self.connections.is_ready(voter, now_ms))
        {
            self.fetch_from(voter, now_ms);
        }
    }
}
