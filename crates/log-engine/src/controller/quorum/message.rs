//! What the nodes of a quorum say to each other: the requests of KRaft (KIP-595, KIP-996), with the fields that matter.

use super::NodeId;
use super::log::Entry;
use crate::protocol::ErrorCode;

/// A request between nodes of a quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QuorumRequest {
    /// Vote: is the sender's log good enough to lead?
    Vote(Vote),
    /// BeginQuorumEpoch: the sender leads.
    BeginQuorumEpoch {
        /// Since this epoch.
        epoch: i32,
    },
    /// EndQuorumEpoch: the sender led, and gives it up.
    EndQuorumEpoch {
        /// In this epoch.
        epoch: i32,
        /// Who should lead next, the one with the most first.
        preferred_successors: Vec<NodeId>,
    },
    /// Fetch: of the metadata log.
    Fetch(Fetch),
}

/// A Vote request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vote {
    /// The sender's epoch: that it wants to lead in, or the one it is in if it only asks.
    pub epoch: i32,
    /// The epoch of its last entry.
    pub last_epoch: i32,
    /// The end of its log.
    pub end_offset: u64,
    /// It only asks whether it would get the vote (KIP-996). Nobody's epoch changes.
    pub pre_vote: bool,
}

/// A Fetch request of the metadata log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fetch {
    /// The sender's epoch.
    pub epoch: i32,
    /// From where: the sender has all before.
    pub offset: u64,
    /// The epoch of its last entry, 0 if it has none.
    pub last_fetched_epoch: i32,
    /// What it knows to be committed.
    pub high_watermark: Option<u64>,
}

/// A response between nodes of a quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuorumResponse<T> {
    /// NONE, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, INVALID_REQUEST.
    pub error: ErrorCode,
    /// The sender's epoch.
    pub epoch: i32,
    /// The leader in it, as far as the sender knows.
    pub leader: Option<NodeId>,
    /// To what.
    pub body: ResponseBody<T>,
}

/// What differs between responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResponseBody<T> {
    /// To Vote: whether it was granted.
    Vote(bool),
    /// To BeginQuorumEpoch.
    BeginQuorumEpoch,
    /// To EndQuorumEpoch.
    EndQuorumEpoch,
    /// To Fetch.
    Fetch {
        /// What the leader knows to be committed.
        high_watermark: Option<u64>,
        /// What follows the offset, or that there the logs differ.
        fetched: Fetched<T>,
    },
}

/// What a fetch got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fetched<T> {
    /// Entries, or none.
    Entries(Vec<Entry<T>>),
    /// The sender's log is not a beginning of the leader's: up to here at most they agree. It truncates and asks again.
    Diverging {
        /// The largest epoch of the leader's that is not above the sender's last.
        epoch: i32,
        /// Where that ends in the leader's log.
        end_offset: u64,
    },
}
