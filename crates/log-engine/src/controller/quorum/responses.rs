//! Responses of other nodes.

use super::state::State;
use super::{Fetched, Happened, NodeId, Quorum, QuorumResponse, ResponseBody};
use crate::ids::TimestampMs;
use crate::protocol::ErrorCode;
use crate::sim::Rng;

impl<T: Clone> Quorum<T> {
    /// A response has come in. One that is not waited for any more is dropped.
    pub(crate) fn on_response(
        &mut self,
        from: NodeId,
        id: u64,
        response: QuorumResponse<T>,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        self.tick(now_ms, rng);
        if self.connections.answered(from, id) {
            let before = (self.epoch, self.leader());
            if !self.transitions(&response, now_ms, rng) {
                self.on_body(from, response, now_ms, rng);
            } else if before == (self.epoch, self.leader()) {
                self.connections.no_news(from, now_ms);
            }
            self.tick(now_ms, rng);
        }
    }

    /// There will be no response: the connection broke (BROKER_NOT_AVAILABLE).
    pub(crate) fn on_no_response(
        &mut self,
        from: NodeId,
        id: u64,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        self.tick(now_ms, rng);
        if self.connections.failed(from, id, now_ms) {
            self.tick(now_ms, rng);
        }
    }

    /// What any response says of epoch and leader (`maybeHandleCommonResponse`). True if that is all it is good for.
    fn transitions(
        &mut self,
        response: &QuorumResponse<T>,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) -> bool {
        let QuorumResponse { error, epoch, leader, .. } = *response;
        if epoch < self.epoch || error == ErrorCode::UnknownLeaderEpoch {
            return true;
        }
        if epoch > self.epoch
            || matches!(error, ErrorCode::FencedLeaderEpoch | ErrorCode::NotLeaderOrFollower)
        {
            self.maybe_transition(leader, epoch, now_ms, rng);
            return true;
        }
        if self.leader().is_none()
            && let Some(leader) = leader
            && leader != self.me
        {
            self.become_follower(epoch, leader, now_ms);
        }
        error != ErrorCode::None
    }

    /// Takes over a newer epoch, or the leader of this one if it was not known (`maybeTransition`).
    pub(super) fn maybe_transition(
        &mut self,
        leader: Option<NodeId>,
        epoch: i32,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        // Only elected leaders are named, so that another than the known one can't be.
        let other = leader.filter(|&leader| leader != self.me);
        match other {
            Some(leader) if epoch > self.epoch => self.become_follower(epoch, leader, now_ms),
            None if epoch > self.epoch => self.become_unattached(epoch, None, now_ms, rng),
            Some(leader) if self.leader().is_none() => self.become_follower(epoch, leader, now_ms),
            _ => {}
        }
    }

    fn on_body(
        &mut self,
        from: NodeId,
        response: QuorumResponse<T>,
        now_ms: TimestampMs,
        rng: &mut Rng,
    ) {
        match response.body {
            ResponseBody::Vote(granted) => {
                if let State::Prospective { votes, .. } | State::Candidate { votes, .. } =
                    &mut self.state
                {
                    votes.record(from, granted);
                    self.settle_votes(now_ms, rng);
                }
            }
            ResponseBody::BeginQuorumEpoch => {}
            ResponseBody::EndQuorumEpoch => {
                if let State::Resigned { unacked, .. } = &mut self.state {
                    unacked.retain(|&voter| voter != from);
                }
            }
            ResponseBody::Fetch { high_watermark, fetched } => {
                self.on_fetched(high_watermark, fetched, now_ms);
            }
        }
    }

    fn on_fetched(
        &mut self,
        high_watermark: Option<u64>,
        fetched: Fetched<T>,
        now_ms: TimestampMs,
    ) {
        let timeout = self.config.fetch_timeout_ms;
        let State::Follower { fetch_ms, has_fetched, .. } = &mut self.state else { return };
        *fetch_ms = now_ms.saturating_add(timeout);
        *has_fetched = true;
        match fetched {
            Fetched::Diverging { epoch, end_offset } => {
                let to = self.log.truncation_offset(epoch, end_offset);
                // What is committed is never cut off; Kafka stops the process where it should be.
                if to >= self.committed {
                    self.log.truncate(to);
                    self.happened(Happened::Truncated { to });
                }
            }
            Fetched::Entries(entries) => {
                self.log.append(entries);
                if let Some(leaders) = high_watermark {
                    let to = leaders.min(self.log.end_offset());
                    if self.high_watermark.is_none_or(|known| to > known) {
                        self.high_watermark_moved(to);
                    }
                }
            }
        }
    }
}
