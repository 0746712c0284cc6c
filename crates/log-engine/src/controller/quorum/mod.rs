//! The quorum that keeps `__cluster_metadata`: Raft as KRaft has it (KIP-595, pre-vote KIP-996), for one node, sans I/O.
//! Mirrors `KafkaRaftClient`, `QuorumState` and the states, `LeaderState`, `RequestManager`.
//!
//! In: the clock, requests, responses, the news that a request will not be answered. Out, by `take_outputs`: requests,
//! responses, and what happened. After each input the caller arms one timer for `next_deadline_ms` and calls `tick` when
//! it is due. Voters and observers (brokers) are the same struct; an observer is a node that is no voter, and all it
//! ever does is to fetch.
//!
//! What is kept through a crash is the log and the election state (epoch, leader, vote), so a node that starts again is
//! the same struct after `restart`. Differs in that the voters are static, there are no snapshots (R-SCP-35), an append
//! does not linger (`controller.quorum.append.linger.ms`), the log is always flushed, and a node that is told of no
//! leader waits before it asks again (`connections`).
//!
//! # Idle time
//! A quorum at rest is one thing over and over: each follower's fetch waits at the leader for 500 ms, is answered empty,
//! and sent again. Played out, a week of it is millions of messages. When all nodes say `is_idle` and every follower's
//! fetch waits at the leader (`waiting`), nothing is on its way, and the caller may leave out the timers of the whole
//! quorum. Before anything reaches one of its nodes again, or a fault changes, it calls `fast_forward` on each with the
//! same whole number of cycles; a cycle is 500 ms and the time the links take there and back. Where all links take the
//! same time the nodes then are what they would have been (a test holds this).

mod connections;
mod leader;
mod log;
mod message;
mod output;
mod requests;
mod responses;
mod state;
#[cfg(test)]
mod tests;
mod timers;
mod transitions;

pub(crate) use leader::Replica;
pub(crate) use log::{Entry, Record};
pub(crate) use message::{Fetch, Fetched, QuorumRequest, QuorumResponse, ResponseBody, Vote};
pub(crate) use output::{Happened, Output};
pub(crate) use state::StateName;

use crate::ids::{BrokerId, TimestampMs};
use crate::sim::Rng;
use connections::Connections;
use leader::LeaderState;
use log::RaftLog;
use state::{State, Votes};

/// A `node.id`: a controller's or a broker's, which share one space.
pub(crate) type NodeId = BrokerId;

/// How long a leader keeps a fetch it has nothing for (`MAX_FETCH_WAIT_MS`).
pub(crate) const FETCH_MAX_WAIT_MS: TimestampMs = 500;

/// `controller.quorum.*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuorumConfig {
    /// The voters, ascending.
    pub voters: Vec<NodeId>,
    /// `controller.quorum.election.timeout.ms`.
    pub election_timeout_ms: TimestampMs,
    /// `controller.quorum.fetch.timeout.ms`.
    pub fetch_timeout_ms: TimestampMs,
    /// `controller.quorum.election.backoff.max.ms`.
    pub election_backoff_max_ms: TimestampMs,
    /// `controller.quorum.request.timeout.ms`.
    pub request_timeout_ms: TimestampMs,
}

impl QuorumConfig {
    /// Kafka's defaults for these voters.
    pub(crate) fn new(mut voters: Vec<NodeId>) -> Self {
        sorted::sort(&mut voters);
        voters.dedup();
        Self {
            voters,
            election_timeout_ms: 1_000,
            fetch_timeout_ms: 2_000,
            election_backoff_max_ms: 1_000,
            request_timeout_ms: 2_000,
        }
    }

    /// How long a leader leads without a majority (`CHECK_QUORUM_TIMEOUT_FACTOR` is 1.5, R-REP-73).
    fn check_quorum_timeout_ms(&self) -> TimestampMs {
        self.fetch_timeout_ms + self.fetch_timeout_ms / 2
    }

    fn begin_quorum_timeout_ms(&self) -> TimestampMs {
        self.fetch_timeout_ms / 2
    }
}

/// A fetch that waits at the leader for something to give.
#[derive(Debug, Clone)]
struct Waiting {
    from: NodeId,
    id: u64,
    fetch: Fetch,
    until_ms: TimestampMs,
}

/// What is held back while a leader's log is committed in no time.
#[derive(Debug)]
pub(crate) struct AtOnce {
    held: Vec<Waiting>,
}

/// One node of the quorum.
#[derive(Debug, Clone)]
pub(crate) struct Quorum<T> {
    me: NodeId,
    config: QuorumConfig,
    epoch: i32,
    state: State,
    log: RaftLog<T>,
    /// As the state knows it: a new leader knows none until its first entry is committed.
    high_watermark: Option<u64>,
    /// The highest ever.
    committed: u64,
    connections: Connections,
    waiting: Vec<Waiting>,
    outputs: Vec<Output<T>>,
}

impl<T: Clone> Quorum<T> {
    /// A node that starts for the first time. A cluster begins with a quorum that is `formed`.
    #[cfg(test)]
    pub(crate) fn new(
        me: NodeId,
        config: QuorumConfig,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) -> Self {
        let mut this = Self {
            me,
            config,
            epoch: 0,
            state: State::Unattached { leader: None, voted: None, election_ms: None },
            log: RaftLog::default(),
            high_watermark: None,
            committed: 0,
            connections: Connections::default(),
            waiting: Vec::new(),
            outputs: Vec::new(),
        };
        this.restart(now_ms, rng);
        this
    }

    /// A node of a quorum that was formed before: all voters have elected `leader` in epoch 1, its first entry is
    /// committed, and the fetch of each of the others waits there, since some moment of the last half second.
    pub(crate) fn formed(
        me: NodeId,
        leader: NodeId,
        config: QuorumConfig,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) -> Self {
        let mut this = Self {
            me,
            config,
            epoch: 1,
            state: State::Unattached { leader: None, voted: None, election_ms: None },
            log: RaftLog::default(),
            high_watermark: Some(1),
            committed: 1,
            connections: Connections::default(),
            waiting: Vec::new(),
            outputs: Vec::new(),
        };
        let granting_voters = this.config.voters.clone();
        let record = Record::LeaderChange { leader, granting_voters };
        this.log.append([Entry { epoch: 1, record }]);
        this.state = if me == leader {
            let fetch =
                Fetch { epoch: 1, offset: 1, last_fetched_epoch: 1, high_watermark: Some(1) };
            for from in this.others() {
                let wait_ms = rng.below(u64::try_from(FETCH_MAX_WAIT_MS).unwrap_or(0));
                let until_ms = now_ms.saturating_add(1 + i64::try_from(wait_ms).unwrap_or(0));
                this.waiting.push(Waiting { from, id: 1, fetch, until_ms });
            }
            State::Leader(Box::new(LeaderState::formed(me, now_ms, &this.config)))
        } else {
            if this.is_voter() {
                this.connections.sent(leader, now_ms, &this.config);
            }
            let mut state = this.follower(leader, None, now_ms);
            if let State::Follower { has_fetched, .. } = &mut state {
                *has_fetched = true;
            }
            state
        };
        this.tick(now_ms, rng);
        this
    }

    /// Its process starts again with the log and election state it had (`QuorumState.initialize`). A leader comes back
    /// resigned, so that it can't vote for another in the epoch it led. What is committed it has to learn again.
    pub(crate) fn restart(&mut self, now_ms: TimestampMs, rng: &mut Rng) {
        self.waiting.clear();
        self.outputs.clear();
        self.connections.reset_all();
        self.high_watermark = None;
        self.committed = 0;
        let (leader, voted) = (self.state.leader(self.me), self.state.voted(self.me));
        let election_ms = self.election_deadline(now_ms, rng);
        self.state = match (leader, voted) {
            (Some(leader), _) if leader == self.me => {
                State::Resigned { unacked: self.others(), successors: Vec::new(), election_ms }
            }
            (None, Some(voted)) if voted == self.me => {
                State::Candidate { votes: Votes::new(self.me, &self.config), election_ms }
            }
            (Some(leader), voted) => self.follower(leader, voted, now_ms),
            (None, voted) => {
                let election_ms = self.is_voter().then_some(election_ms);
                State::Unattached { leader: None, voted, election_ms }
            }
        };
        if self.config.voters == [self.me] && self.state.name() != StateName::Candidate {
            self.become_prospective(now_ms, rng);
        }
        self.settle_votes(now_ms, rng);
        self.tick(now_ms, rng);
    }

    /// Appends to the log, if it leads; gives the offset behind the entries. They are committed when `HighWatermark`
    /// has reached it; if `LostLeadership` comes first they may never be.
    pub(crate) fn append(
        &mut self,
        items: impl IntoIterator<Item = T>,
        now_ms: TimestampMs,
    ) -> Option<u64> {
        if !self.is_leader() {
            return None;
        }
        let epoch = self.epoch;
        self.log.append(items.into_iter().map(|item| Entry { epoch, record: Record::Data(item) }));
        self.log_grew(now_ms);
        Some(self.log.end_offset())
    }

    /// Gives up leading, if it leads in this epoch: the voters hear of it and elect another at once.
    pub(crate) fn resign(&mut self, epoch: i32, now_ms: TimestampMs, rng: &mut Rng) {
        if self.is_leader() && self.epoch == epoch {
            self.become_resigned(now_ms, rng);
            self.tick(now_ms, rng);
        }
    }

    /// What there is to do since the last call.
    pub(crate) fn take_outputs(&mut self) -> Vec<Output<T>> {
        std::mem::take(&mut self.outputs)
    }

    /// Its epoch.
    pub(crate) fn epoch(&self) -> i32 {
        self.epoch
    }

    /// Its state.
    pub(crate) fn state(&self) -> StateName {
        self.state.name()
    }

    /// Who leads in its epoch, as far as it knows.
    pub(crate) fn leader(&self) -> Option<NodeId> {
        self.state.leader(self.me)
    }

    /// Whether it leads.
    pub(crate) fn is_leader(&self) -> bool {
        self.state.name() == StateName::Leader
    }

    /// Who has its vote in its epoch.
    pub(crate) fn voted(&self) -> Option<NodeId> {
        if self.is_leader() { Some(self.me) } else { self.state.voted(self.me) }
    }

    /// Its request to another node that has no answer yet.
    pub(crate) fn in_flight(&self, to: NodeId) -> Option<u64> {
        self.connections.in_flight(to)
    }

    /// Whether it is the only voter.
    pub(crate) fn is_lone_voter(&self) -> bool {
        self.config.voters == [self.me]
    }

    /// What follows is committed in no time: the fetches that wait at this leader are held back meanwhile. For what
    /// stands outside of time, a cluster's set-up and an import.
    pub(crate) fn begin_at_once(&mut self) -> AtOnce {
        AtOnce { held: std::mem::take(&mut self.waiting) }
    }

    /// These voters have all of this leader's log now; they take it over by `catch_up`.
    pub(crate) fn end_at_once(&mut self, at_once: AtOnce, voters: &[NodeId], now_ms: TimestampMs) {
        let end = self.log.end_offset();
        for &voter in voters {
            if let State::Leader(leader) = &mut self.state
                && leader.update_replica(voter, now_ms, end, &self.config)
            {
                self.leader_high_watermark_moved(now_ms);
            }
        }
        self.waiting = at_once.held;
        let (high_watermark, last_fetched_epoch) = (self.high_watermark, self.log.last_epoch());
        for waiting in self.waiting.iter_mut().filter(|waiting| voters.contains(&waiting.from)) {
            let epoch = waiting.fetch.epoch;
            waiting.fetch = Fetch { epoch, offset: end, last_fetched_epoch, high_watermark };
        }
        self.serve_waiting(now_ms, |waiting| waiting.fetch.offset < end);
    }

    /// Takes over all of its leader's log. A fetch of its that waits there goes on waiting.
    pub(crate) fn catch_up(&mut self, leader: &Self, now_ms: TimestampMs, rng: &mut Rng) {
        if self.epoch != leader.epoch || self.leader() != Some(leader.me) {
            return;
        }
        self.log = leader.log.clone();
        let waits = |waiting: &Waiting| {
            waiting.from == self.me && self.in_flight(leader.me) == Some(waiting.id)
        };
        if !leader.waiting.iter().any(waits) {
            self.connections.reset(leader.me);
        }
        if let Some(to) = leader.high_watermark {
            self.high_watermark_moved(to);
        }
        self.tick(now_ms, rng);
    }

    /// Whether it votes.
    pub(crate) fn is_voter(&self) -> bool {
        self.config.voters.contains(&self.me)
    }

    /// The end of its log.
    pub(crate) fn end_offset(&self) -> u64 {
        self.log.end_offset()
    }

    /// All before is committed. Grows only, but starts at 0 again with the process.
    pub(crate) fn high_watermark(&self) -> u64 {
        self.committed
    }

    /// Entries of its log; up to the high watermark they never change.
    pub(crate) fn entries(&self, from: u64, to: u64) -> &[Entry<T>] {
        self.log.entries(from, to)
    }

    /// Puts one thing in the place of what committed entries say: what stands for all of them, as a snapshot does.
    pub(crate) fn replace(&mut self, from: u64, to: u64, with: &T) {
        self.log.replace(from, to.min(self.committed), with);
    }

    /// What the leader knows of voters and observers (DescribeQuorum); nothing on another node.
    pub(crate) fn replicas(&self) -> impl Iterator<Item = (NodeId, &Replica)> {
        let leader = match &self.state {
            State::Leader(leader) => Some(leader.replicas()),
            _ => None,
        };
        leader.into_iter().flatten()
    }

    /// Whose fetches wait at this leader.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.waiting.iter().map(|waiting| waiting.from)
    }

    /// Whether it has nothing to say: a leader whose voters all wait at it with all there is, committed; a follower
    /// that waits for its leader. See the top of this module.
    pub(crate) fn is_idle(&self) -> bool {
        match &self.state {
            State::Leader(leader) => {
                let waits = |voter| self.waiting.iter().any(|waiting| waiting.from == voter);
                leader.all_caught_up(self.log.end_offset()) && self.others().into_iter().all(waits)
            }
            State::Follower { has_fetched, .. } => {
                *has_fetched && self.high_watermark == Some(self.log.end_offset())
            }
            _ => false,
        }
    }

    /// Time has passed in which an idle quorum did what it does, whole cycles of it.
    pub(crate) fn fast_forward(&mut self, by_ms: TimestampMs) {
        self.state.fast_forward(by_ms);
        self.connections.fast_forward(by_ms);
        for waiting in &mut self.waiting {
            waiting.until_ms = waiting.until_ms.saturating_add(by_ms);
        }
    }

    fn others(&self) -> Vec<NodeId> {
        self.config.voters.iter().copied().filter(|&voter| voter != self.me).collect()
    }
}
