//! A member of a classic group (`ClassicGroupMember`).

use std::sync::Arc;

use super::ReplyTo;
use super::session::Session;
use crate::ids::TimestampMs;
use crate::protocol::group::{Assignment, JoinGroupRequest, Subscription};

/// Assignors in order of preference, each with its subscription.
pub(super) type Protocols = Vec<(&'static str, Subscription)>;

/// One member.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) id: Arc<str>,
    pub(super) instance_id: Option<Arc<str>>,
    pub(super) client_id: Arc<str>,
    pub(super) session_timeout_ms: i32,
    pub(super) rebalance_timeout_ms: i32,
    pub(super) protocols: Protocols,
    pub(super) assignment: Assignment,
    /// The JoinGroup that waits for its answer.
    pub(super) awaiting_join: Option<ReplyTo>,
    /// The SyncGroup that waits for its answer.
    pub(super) awaiting_sync: Option<ReplyTo>,
    /// It has not seen the end of a join phase yet.
    pub(super) is_new: bool,
    pub(super) session: Session,
    pub(super) joined_ms: TimestampMs,
    /// Position among all that were ever added, for the order of Java's map.
    pub(super) serial: u64,
}

impl Member {
    pub(super) fn new(
        id: Arc<str>,
        request: JoinGroupRequest,
        serial: u64,
        joined_ms: TimestampMs,
    ) -> Self {
        Self {
            id,
            instance_id: request.instance_id,
            client_id: request.client_id,
            session_timeout_ms: request.session_timeout_ms,
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            protocols: request.protocols,
            assignment: Assignment::from([]),
            awaiting_join: None,
            awaiting_sync: None,
            is_new: true,
            session: Session::default(),
            joined_ms,
            serial,
        }
    }

    /// `ClassicGroupMember.hasSatisfiedHeartbeat`: one that waits for an answer is alive, unless it is new.
    pub(super) fn has_satisfied_heartbeat(&self) -> bool {
        !self.is_new && (self.awaiting_join.is_some() || self.awaiting_sync.is_some())
    }

    pub(super) fn supports(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|(name, _)| *name == protocol)
    }

    /// What it subscribes to under the group's assignor.
    pub(super) fn subscription(&self, protocol: &str) -> Option<&Subscription> {
        self.protocols.iter().find(|(name, _)| *name == protocol).map(|(_, s)| s)
    }
}
