//! Why a batch is still in the accumulator, and what `send()` waits for: the sender's own conditions, one by one, in the
//! order in which it asks them.

use super::Producer;
use super::accumulator::Queue;
use super::connections::Ready;
use crate::ids::TimestampMs;
use crate::view::{BatchWait, BlockedView};

impl Producer {
    /// What the batch at this place of its queue waits for.
    pub(crate) fn waits_for(&self, now_ms: TimestampMs, queue: &Queue, at: usize) -> BatchWait {
        let Some(first) = queue.batches.front().filter(|_| at == 0) else {
            return BatchWait::Behind;
        };
        if self.config.enable_idempotence && self.identity.is_none() {
            return BatchWait::ProducerId;
        }
        let Some(broker) = self.metadata.leader(&queue.tp) else { return BatchWait::NoLeader };
        if now_ms < first.backoff_until_ms {
            return BatchWait::Backoff { until_ms: first.backoff_until_ms };
        }
        if !self.is_ready(now_ms, queue.batches.len(), first) {
            let until_ms = first.created_ms + i64::from(self.config.linger_ms);
            return BatchWait::Linger { until_ms };
        }
        if !self.may_drain(queue) {
            return BatchWait::Order;
        }
        match self.connections.ready(broker, now_ms) {
            Ready::Yes if self.has_free_slot(broker) => BatchWait::Nothing,
            Ready::Yes => BatchWait::InFlightLimit { broker },
            Ready::At(until_ms) => BatchWait::Reconnect { broker, until_ms },
            Ready::Connect | Ready::Connecting => BatchWait::Connection { broker },
        }
    }

    /// `send()` calls that have not returned.
    pub(crate) fn blocked_view(&self) -> Option<BlockedView> {
        let first = self.pending.front()?;
        Some(BlockedView {
            records: u32::try_from(self.pending.len()).unwrap_or(u32::MAX),
            for_memory: first.for_memory,
            since_ms: first.deadline_ms() - self.config.max_block_ms,
            until_ms: first.deadline_ms(),
        })
    }
}
