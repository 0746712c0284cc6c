//! Requests of other nodes.

use super::state::State;
use super::{
    FETCH_MAX_WAIT_MS, Fetch, Fetched, Happened, NodeId, Output, Quorum, QuorumRequest,
    QuorumResponse, ResponseBody, Vote, Waiting,
};
use crate::ids::TimestampMs;
use crate::protocol::ErrorCode;
use crate::sim::Rng;
use std::cmp::Ordering;

impl<T: Clone> Quorum<T> {
    /// A request has come in.
    pub(crate) fn on_request(
        &mut self,
        from: NodeId,
        id: u64,
        request: QuorumRequest,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        // What is due comes first, as Kafka's poll loop has it.
        self.tick(now_ms, rng);
        let answer = match request {
            QuorumRequest::Vote(vote) => Some(self.on_vote(from, vote, now_ms, rng)),
            QuorumRequest::BeginQuorumEpoch { epoch } => {
                let error = self.on_leader(from, epoch, now_ms, rng);
                Some(self.response(error, ResponseBody::BeginQuorumEpoch))
            }
            QuorumRequest::EndQuorumEpoch { epoch, preferred_successors } => {
                let error = self.on_leader(from, epoch, now_ms, rng);
                if error == ErrorCode::None {
                    self.leader_ended(from, &preferred_successors, now_ms);
                }
                Some(self.response(error, ResponseBody::EndQuorumEpoch))
            }
            QuorumRequest::Fetch(fetch) => self.on_fetch(from, id, fetch, now_ms),
        };
        if let Some(response) = answer {
            self.outputs.push(Output::Response { to: from, id, response });
        }
        self.tick(now_ms, rng);
    }

    fn response(&self, error: ErrorCode, body: ResponseBody<T>) -> QuorumResponse<T> {
        QuorumResponse { error, epoch: self.epoch, leader: self.leader(), body }
    }

    fn on_vote(
        &mut self,
        candidate: NodeId,
        vote: Vote,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) -> QuorumResponse<T> {
        let Vote { epoch, last_epoch, end_offset, pre_vote } = vote;
        let illegal = if pre_vote { last_epoch > epoch } else { last_epoch >= epoch };
        if illegal {
            return self.response(ErrorCode::InvalidRequest, ResponseBody::Vote(false));
        }
        if epoch < self.epoch {
            return self.response(ErrorCode::FencedLeaderEpoch, ResponseBody::Vote(false));
        }
        if epoch > self.epoch {
            self.become_unattached(epoch, None, now_ms, rng);
        }
        let mine = (self.log.last_epoch(), self.log.end_offset());
        let granted = self.state.grants(candidate, (last_epoch, end_offset) >= mine, pre_vote);
        if granted && !pre_vote {
            self.add_vote(candidate, now_ms, rng);
        }
        self.happened(Happened::Voted { candidate, epoch, pre_vote, granted });
        self.response(ErrorCode::None, ResponseBody::Vote(granted))
    }

    /// The vote is given, and the own election put off: the other's chances are as good.
    fn add_vote(&mut self, candidate: NodeId, now_ms: TimestampMs, rng: &mut Rng) {
        let deadline = self.election_deadline(now_ms, rng);
        match &mut self.state {
            State::Unattached { voted, election_ms, .. } if voted.is_none() => {
                *voted = Some(candidate);
                *election_ms = Some(deadline);
            }
            State::Prospective { voted, election_ms, votes, .. } if voted.is_none() => {
                *voted = Some(candidate);
                *election_ms = deadline;
                *votes = super::Votes::new(self.me, &self.config);
            }
            _ => {}
        }
    }

    /// One says that it leads, or led.
    fn on_leader(
        &mut self,
        leader: NodeId,
        epoch: i32,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) -> ErrorCode {
        if epoch < self.epoch {
            return ErrorCode::FencedLeaderEpoch;
        }
        self.maybe_transition(Some(leader), epoch, now_ms, rng);
        ErrorCode::None
    }

    /// The leader has resigned: this node stands for election soon, the sooner the more of the log it has.
    fn leader_ended(&mut self, from: NodeId, successors: &[NodeId], now_ms: TimestampMs) {
        let me = self.me;
        let max = self.config.election_backoff_max_ms;
        if let State::Follower { leader, fetch_ms, .. } = &mut self.state
            && *leader == from
        {
            let position = successors.iter().position(|&id| id == me);
            *fetch_ms = now_ms.saturating_add(backoff_ms(position, successors.len(), max));
        }
    }

    fn on_fetch(
        &mut self,
        from: NodeId,
        id: u64,
        fetch: Fetch,
        now_ms: TimestampMs,
    ) -> Option<QuorumResponse<T>> {
        let nothing =
            ResponseBody::Fetch { high_watermark: None, fetched: Fetched::Entries(Vec::new()) };
        if fetch.last_fetched_epoch > fetch.epoch {
            return Some(self.response(ErrorCode::InvalidRequest, nothing));
        }
        let response = self.serve_fetch(from, fetch, now_ms);
        if is_worth_sending(&response, &fetch) {
            return Some(response);
        }
        // A node has one fetch on its way at most: a new one means that it gave up the old one.
        self.waiting.retain(|waiting| waiting.from != from);
        let until_ms = now_ms.saturating_add(FETCH_MAX_WAIT_MS);
        self.waiting.push(Waiting { from, id, fetch, until_ms });
        None
    }

    /// What a fetch gets now (`tryCompleteFetchRequest`).
    fn serve_fetch(
        &mut self,
        from: NodeId,
        fetch: Fetch,
        now_ms: TimestampMs,
    ) -> QuorumResponse<T> {
        let body = |high_watermark, fetched| ResponseBody::Fetch { high_watermark, fetched };
        let (leader, error) = match (&mut self.state, fetch.epoch.cmp(&self.epoch)) {
            (_, Ordering::Less) => (None, ErrorCode::FencedLeaderEpoch),
            (_, Ordering::Greater) => (None, ErrorCode::UnknownLeaderEpoch),
            (State::Leader(leader), Ordering::Equal) => (Some(leader), ErrorCode::None),
            (_, Ordering::Equal) => (None, ErrorCode::NotLeaderOrFollower),
        };
        let Some(leader) = leader else {
            return self.response(error, body(None, Fetched::Entries(Vec::new())));
        };
        let valid = self.log.validate(fetch.offset, fetch.last_fetched_epoch);
        if let Err((epoch, end_offset)) = valid {
            let high_watermark = leader.high_watermark;
            let diverging = Fetched::Diverging { epoch, end_offset };
            return self.response(ErrorCode::None, body(high_watermark, diverging));
        }
        if leader.update_replica(from, now_ms, fetch.offset, &self.config) {
            self.leader_high_watermark_moved(now_ms);
        }
        let entries = self.log.entries(fetch.offset, u64::MAX).to_vec();
        self.response(ErrorCode::None, body(self.high_watermark, Fetched::Entries(entries)))
    }

    /// Answers the fetches that wait and are meant.
    pub(super) fn serve_waiting(&mut self, now_ms: TimestampMs, meant: impl Fn(&Waiting) -> bool) {
        let (served, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|waiting| meant(waiting));
        self.waiting = still;
        for Waiting { from, id, fetch, .. } in served {
            let response = self.serve_fetch(from, fetch, now_ms);
            self.outputs.push(Output::Response { to: from, id, response });
        }
    }

    /// Those that have waited long enough are answered with nothing.
    pub(super) fn expire_waiting(&mut self, now_ms: TimestampMs) {
        let (expired, still): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|waiting| waiting.until_ms <= now_ms);
        self.waiting = still;
        for Waiting { from, id, .. } in expired {
            let nothing = Fetched::Entries(Vec::new());
            let body =
                ResponseBody::Fetch { high_watermark: self.high_watermark, fetched: nothing };
            let response = self.response(ErrorCode::None, body);
            self.outputs.push(Output::Response { to: from, id, response });
        }
    }

    /// It does not lead any more: those that wait are to look for the one that does.
    pub(super) fn refuse_waiting(&mut self) {
        for Waiting { from, id, .. } in std::mem::take(&mut self.waiting) {
            let nothing = Fetched::Entries(Vec::new());
            let body = ResponseBody::Fetch { high_watermark: None, fetched: nothing };
            let response = self.response(ErrorCode::NotLeaderOrFollower, body);
            self.outputs.push(Output::Response { to: from, id, response });
        }
    }
}

/// An error, entries, a divergence or a new high watermark are told at once.
fn is_worth_sending<T>(response: &QuorumResponse<T>, fetch: &Fetch) -> bool {
    let ResponseBody::Fetch { high_watermark, fetched } = &response.body else { return true };
    response.error != ErrorCode::None
        || !matches!(fetched, Fetched::Entries(entries) if entries.is_empty())
        || *high_watermark > fetch.high_watermark
}

/// `strictExponentialElectionBackoffMs`.
fn backoff_ms(position: Option<usize>, of: usize, max: TimestampMs) -> TimestampMs {
    match position {
        Some(0) => 0,
        Some(position) if position < of => {
            let shift = |by: usize| u32::try_from(by).unwrap_or(u32::MAX);
            let base = max.checked_shr(shift(of - 1)).unwrap_or(0);
            base.checked_shl(shift(position - 1)).unwrap_or(max).min(max)
        }
        _ => max,
    }
}
