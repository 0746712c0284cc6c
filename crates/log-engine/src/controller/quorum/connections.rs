//! Which requests are on their way: one at a time to each node, given up after `controller.quorum.request.timeout.ms`
//! (`RequestManager`). A node that can't be reached is tried again after 50, 100, 200, 400, 500 ms (what
//! `KafkaRaftManager` gives its `NetworkClient`, without the jitter).
//!
//! Differs in that one whose answer brings no news (it does not lead, and knows no other leader either) is left alone
//! for 100 ms. Kafka asks again at once; a hundred brokers would do nothing else while there is no leader.

use super::{NodeId, QuorumConfig};
use crate::ids::TimestampMs;
use sorted::SortedMap;

const RECONNECT_BACKOFF_MS: TimestampMs = 50;
const RECONNECT_BACKOFF_MAX_MS: TimestampMs = 500;
const NO_NEWS_BACKOFF_MS: TimestampMs = 100;

#[derive(Debug, Clone, Copy)]
enum Connection {
    Awaiting { id: u64, until_ms: TimestampMs },
    BackingOff { until_ms: TimestampMs },
}

impl Connection {
    fn until_ms(self) -> TimestampMs {
        match self {
            Self::Awaiting { until_ms, .. } | Self::BackingOff { until_ms } => until_ms,
        }
    }
}

/// The connections that are not free.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections {
    busy: SortedMap<NodeId, Connection>,
    /// What to wait after the next failure to reach a node.
    reconnect_ms: SortedMap<NodeId, TimestampMs>,
    next_id: u64,
}

impl Connections {
    /// Whether a request can be sent to it.
    pub(super) fn is_ready(&self, node: NodeId, now_ms: TimestampMs) -> bool {
        self.busy.get(&node).is_none_or(|connection| now_ms >= connection.until_ms())
    }

    /// Whether it failed to answer in time or refused just now: another should be asked.
    pub(super) fn is_troubled(&self, node: NodeId, now_ms: TimestampMs) -> bool {
        match self.busy.get(&node) {
            Some(Connection::Awaiting { until_ms, .. }) => now_ms >= *until_ms,
            Some(Connection::BackingOff { until_ms }) => now_ms < *until_ms,
            None => false,
        }
    }

    /// Whether any request is on its way.
    pub(super) fn any_in_flight(&self, now_ms: TimestampMs) -> bool {
        let in_flight = |connection: &Connection| matches!(connection, Connection::Awaiting { until_ms, .. } if now_ms < *until_ms);
        self.busy.values().any(in_flight)
    }

    /// The request that is on its way to a node.
    pub(super) fn in_flight(&self, node: NodeId) -> Option<u64> {
        match self.busy.get(&node)? {
            Connection::Awaiting { id, .. } => Some(*id),
            Connection::BackingOff { .. } => None,
        }
    }

    /// A request goes out; gives its id.
    pub(super) fn sent(&mut self, to: NodeId, now_ms: TimestampMs, config: &QuorumConfig) -> u64 {
        self.next_id += 1;
        let id = self.next_id;
        let until_ms = now_ms.saturating_add(config.request_timeout_ms);
        self.busy.insert(to, Connection::Awaiting { id, until_ms });
        id
    }

    /// A response, or the news that there will be none. False if it is not waited for any more.
    pub(super) fn answered(&mut self, from: NodeId, id: u64) -> bool {
        let expected = matches!(self.busy.get(&from), Some(Connection::Awaiting { id: sent, .. }) if *sent == id);
        if expected {
            self.busy.remove(&from);
            self.reconnect_ms.remove(&from);
        }
        expected
    }

    /// It can't be reached. False if no answer was waited for any more.
    pub(super) fn failed(&mut self, node: NodeId, id: u64, now_ms: TimestampMs) -> bool {
        let wait_ms = self.reconnect_ms.get(&node).copied().unwrap_or(RECONNECT_BACKOFF_MS);
        let expected = self.answered(node, id);
        if expected {
            self.reconnect_ms.insert(node, (wait_ms * 2).min(RECONNECT_BACKOFF_MAX_MS));
            let until_ms = now_ms.saturating_add(wait_ms);
            self.busy.insert(node, Connection::BackingOff { until_ms });
        }
        expected
    }

    /// Its answer was of no use.
    pub(super) fn no_news(&mut self, node: NodeId, now_ms: TimestampMs) {
        let until_ms = now_ms.saturating_add(NO_NEWS_BACKOFF_MS);
        self.busy.insert(node, Connection::BackingOff { until_ms });
    }

    /// The node is asked anew.
    pub(super) fn reset(&mut self, node: NodeId) {
        self.busy.remove(&node);
    }

    /// All are asked anew: the state has changed.
    pub(super) fn reset_all(&mut self) {
        self.busy = SortedMap::default();
    }

    /// Forgets what is over: no answer in time, or waited long enough.
    pub(super) fn prune(&mut self, now_ms: TimestampMs) {
        self.busy.retain(|_, connection| connection.until_ms() > now_ms);
    }

    /// When the first of them is free again if no answer comes.
    pub(super) fn next_ms(&self) -> Option<TimestampMs> {
        self.busy.values().map(|connection| connection.until_ms()).min()
    }

    pub(super) fn fast_forward(&mut self, by_ms: TimestampMs) {
        for connection in self.busy.values_mut() {
            match connection {
                Connection::Awaiting { until_ms, .. } | Connection::BackingOff { until_ms } => {
                    *until_ms = until_ms.saturating_add(by_ms);
                }
            }
        }
    }
}
