//! What a node wants done, and what happened at it.

use super::{NodeId, QuorumRequest, QuorumResponse, StateName};

/// What a node wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output<T> {
    /// Send a request. Its answer comes back by `on_response`, or `on_no_response` if the connection breaks.
    Request {
        /// To whom.
        to: NodeId,
        /// Its number, which the answer carries.
        id: u64,
        /// What.
        request: QuorumRequest,
    },
    /// Send a response.
    Response {
        /// To whom.
        to: NodeId,
        /// To which of its requests.
        id: u64,
        /// What.
        response: QuorumResponse<T>,
    },
    /// Note what happened.
    Happened(Happened),
}

/// What happened at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It went from one state to another.
    State {
        /// Before.
        from: StateName,
        /// After.
        to: StateName,
        /// The epoch it is in now.
        epoch: i32,
        /// The leader in it, as far as known.
        leader: Option<NodeId>,
    },
    /// It answered a Vote request.
    Voted {
        /// Of whom.
        candidate: NodeId,
        /// In which epoch.
        epoch: i32,
        /// It was only asked whether it would.
        pre_vote: bool,
        /// Yes or no.
        granted: bool,
    },
    /// It was elected: the active controller, once its first entry is committed.
    BecameLeader {
        /// Of this epoch.
        epoch: i32,
    },
    /// It does not lead any more. What it had appended and was not committed may go.
    LostLeadership {
        /// That it led in.
        epoch: i32,
    },
    /// All before this offset is committed.
    HighWatermark {
        /// The offset.
        to: u64,
    },
    /// The end of the log was not the leader's, and is cut off.
    Truncated {
        /// The new end.
        to: u64,
    },
}
