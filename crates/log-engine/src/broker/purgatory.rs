//! Requests that wait: a fetch for data, a produce for the high watermark (`DelayedFetch`, `DelayedProduce`).
//!
//! An idle consumer's long poll ends empty and is sent again at once, for ever. Going through that cycle event by
//! event would make an idle week cost millions of events, so a fetch that ended empty is *parked*: it stays here,
//! and where in its cycle it is - waiting, answer on its way, next request on its way - is computed when it
//! matters. Nothing that can be seen differs from the cycle played out.

use super::metered::Begun;
use crate::ids::{EventId, TimestampMs};
use crate::protocol::{FetchRequest, ProduceResult};
use crate::sim::ActorId;
use sorted::SortedMap;
use std::sync::Arc;

/// What waits on a broker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Purgatory {
    pub fetches: SortedMap<u64, DelayedFetch>,
    pub(super) produces: SortedMap<u64, DelayedProduce>,
}

/// A fetch that waits for data.
#[derive(Debug, Clone)]
pub(crate) struct DelayedFetch {
    pub from: ActorId,
    pub correlation: u64,
    pub request: Arc<FetchRequest>,
    /// When it arrived; of a parked one, when its first cycle began.
    pub arrived_ms: TimestampMs,
    pub parked: bool,
}

/// Where in its cycle a parked fetch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It waits here since then.
    Waiting { arrived_ms: TimestampMs },
    /// Its empty answer reaches the client then.
    Answered { arrives_ms: TimestampMs },
    /// The client's next request reaches the broker then.
    Asking { arrives_ms: TimestampMs },
}

impl DelayedFetch {
    /// When it arrived last, with `latency_ms` each way.
    pub(crate) fn last_arrival_ms(&self, now_ms: TimestampMs, latency_ms: i64) -> TimestampMs {
        let period = (self.request.max_wait_ms + 2 * latency_ms).max(1);
        self.arrived_ms + (now_ms - self.arrived_ms).max(0) / period * period
    }

    /// Where it is at `now_ms`, with `latency_ms` each way.
    pub(crate) fn phase(&self, now_ms: TimestampMs, latency_ms: i64) -> Phase {
        let wait = self.request.max_wait_ms;
        let period = (wait + 2 * latency_ms).max(1);
        let since = (now_ms - self.arrived_ms).max(0);
        let arrived_ms = self.arrived_ms + since / period * period;
        let within = now_ms - arrived_ms;
        if within < wait {
            Phase::Waiting { arrived_ms }
        } else if within < wait + latency_ms {
            Phase::Answered { arrives_ms: arrived_ms + wait + latency_ms }
        } else {
            Phase::Asking { arrives_ms: arrived_ms + period }
        }
    }
}

/// A produce that waits for the in-sync replicas.
#[derive(Debug, Clone)]
pub(super) struct DelayedProduce {
    pub from: ActorId,
    pub correlation: u64,
    /// Results so far; those that wait have the offset the high watermark must reach.
    pub parts: Vec<(ProduceResult, Option<i64>)>,
    pub cause: EventId,
    /// When it came.
    pub begun: Begun,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parked_fetch_knows_where_it_is() {
        let fetch = DelayedFetch {
            from: ActorId::Consumer(0),
            correlation: 1,
            request: Arc::new(FetchRequest {
                replica: None,
                max_wait_ms: 500,
                min_bytes: 1,
                max_bytes: 1,
                read_committed: false,
                parts: Vec::new(),
            }),
            arrived_ms: 1_000,
            parked: true,
        };
        // With 1 ms each way a cycle takes 502 ms.
        let at = |now| fetch.phase(now, 1);
        assert_eq!(at(1_499), Phase::Waiting { arrived_ms: 1_000 });
        assert_eq!(at(1_500), Phase::Answered { arrives_ms: 1_501 });
        assert_eq!(at(1_501), Phase::Asking { arrives_ms: 1_502 });
        assert_eq!(at(1_502), Phase::Waiting { arrived_ms: 1_502 });
        assert_eq!(at(1_000 + 502 * 10 + 3), Phase::Waiting { arrived_ms: 6_020 });
    }
}
