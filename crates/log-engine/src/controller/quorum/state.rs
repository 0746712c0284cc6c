//! The states of a node (`QuorumState`, `EpochState` and its kinds), and to whom it gives its vote in each.

use super::leader::LeaderState;
use super::{NodeId, QuorumConfig};
use crate::ids::TimestampMs;
use sorted::SortedMap;

/// The name of a state, as `kafka-metadata-quorum.sh` and the logs have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateName {
    /// Knows of no leader.
    Unattached,
    /// Fetches from the leader.
    Follower,
    /// Asks whether it would be voted for (KIP-996).
    Prospective,
    /// Asks for votes in a new epoch.
    Candidate,
    /// Leads: the active controller.
    Leader,
    /// Led in this epoch and does no more.
    Resigned,
}

/// The state of a node within its epoch.
#[derive(Debug, Clone)]
pub(super) enum State {
    Unattached {
        leader: Option<NodeId>,
        voted: Option<NodeId>,
        /// None for an observer, which is never elected.
        election_ms: Option<TimestampMs>,
    },
    Follower {
        leader: NodeId,
        voted: Option<NodeId>,
        fetch_ms: TimestampMs,
        has_fetched: bool,
    },
    Prospective {
        leader: Option<NodeId>,
        voted: Option<NodeId>,
        votes: Votes,
        election_ms: TimestampMs,
    },
    Candidate {
        votes: Votes,
        election_ms: TimestampMs,
    },
    Leader(Box<LeaderState>),
    Resigned {
        unacked: Vec<NodeId>,
        successors: Vec<NodeId>,
        election_ms: TimestampMs,
    },
}

impl State {
    pub(super) fn name(&self) -> StateName {
        match self {
            Self::Unattached { .. } => StateName::Unattached,
            Self::Follower { .. } => StateName::Follower,
            Self::Prospective { .. } => StateName::Prospective,
            Self::Candidate { .. } => StateName::Candidate,
            Self::Leader(_) => StateName::Leader,
            Self::Resigned { .. } => StateName::Resigned,
        }
    }

    /// The leader of the epoch, as far as it is known.
    pub(super) fn leader(&self, me: NodeId) -> Option<NodeId> {
        match self {
            Self::Unattached { leader, .. } | Self::Prospective { leader, .. } => *leader,
            Self::Follower { leader, .. } => Some(*leader),
            Self::Candidate { .. } => None,
            Self::Leader(_) | Self::Resigned { .. } => Some(me),
        }
    }

    /// Who has this node's vote in the epoch.
    pub(super) fn voted(&self, me: NodeId) -> Option<NodeId> {
        match self {
            Self::Unattached { voted, .. }
            | Self::Follower { voted, .. }
            | Self::Prospective { voted, .. } => *voted,
            Self::Candidate { .. } => Some(me),
            Self::Leader(_) | Self::Resigned { .. } => None,
        }
    }

    /// Until when an election may still be won or awaited.
    pub(super) fn election_ms(&self) -> Option<TimestampMs> {
        match self {
            Self::Unattached { election_ms, .. } => *election_ms,
            Self::Prospective { election_ms, .. }
            | Self::Candidate { election_ms, .. }
            | Self::Resigned { election_ms, .. } => Some(*election_ms),
            Self::Follower { .. } | Self::Leader(_) => None,
        }
    }

    /// Whether a vote is granted (`canGrantVote`, R-REP-72).
    pub(super) fn grants(&self, candidate: NodeId, up_to_date: bool, pre_vote: bool) -> bool {
        match self {
            Self::Unattached { .. } | Self::Prospective { .. } if pre_vote => up_to_date,
            Self::Unattached { leader, voted, .. } | Self::Prospective { leader, voted, .. } => {
                match voted {
                    Some(voted) => *voted == candidate,
                    None => leader.is_none() && up_to_date,
                }
            }
            // One that hears its leader sees no need for another.
            Self::Follower { has_fetched, .. } => pre_vote && !has_fetched && up_to_date,
            Self::Candidate { .. } | Self::Resigned { .. } => pre_vote && up_to_date,
            Self::Leader(_) => false,
        }
    }

    pub(super) fn fast_forward(&mut self, by_ms: TimestampMs) {
        match self {
            Self::Unattached { election_ms, .. } => {
                *election_ms = election_ms.map(|at| at.saturating_add(by_ms));
            }
            Self::Follower { fetch_ms: at, .. }
            | Self::Prospective { election_ms: at, .. }
            | Self::Candidate { election_ms: at, .. }
            | Self::Resigned { election_ms: at, .. } => *at = at.saturating_add(by_ms),
            Self::Leader(leader) => leader.fast_forward(by_ms),
        }
    }
}

/// The votes of one election (`EpochElection`).
#[derive(Debug, Clone)]
pub(super) struct Votes {
    voters: SortedMap<NodeId, Option<bool>>,
}

impl Votes {
    /// All voters are asked; the node has its own vote.
    pub(super) fn new(me: NodeId, config: &QuorumConfig) -> Self {
        let vote = |&voter: &NodeId| (voter, (voter == me).then_some(true));
        Self { voters: config.voters.iter().map(vote).collect() }
    }

    pub(super) fn record(&mut self, voter: NodeId, granted: bool) {
        if let Some(vote) = self.voters.get_mut(&voter) {
            *vote = Some(granted);
        }
    }

    fn of(&self, vote: Option<bool>) -> impl Iterator<Item = NodeId> + '_ {
        self.voters.iter().filter(move |&(_, &cast)| cast == vote).map(|(&voter, _)| voter)
    }

    fn majority(&self) -> usize {
        self.voters.len() / 2 + 1
    }

    pub(super) fn is_won(&self) -> bool {
        self.of(Some(true)).count() >= self.majority()
    }

    pub(super) fn is_lost(&self) -> bool {
        self.of(Some(true)).count() + self.of(None).count() < self.majority()
    }

    /// Those that have not answered.
    pub(super) fn outstanding(&self) -> Vec<NodeId> {
        self.of(None).collect()
    }

    pub(super) fn granting(&self) -> Vec<NodeId> {
        self.of(Some(true)).collect()
    }
}
