//! A client's connections to brokers, as far as they are not simply there (`ClusterConnectionStates`, `NetworkClient.ready`).
//!
//! A lost connection is left alone for `reconnect.backoff.ms`, doubled with each failure up to
//! `reconnect.backoff.max.ms`, give or take 20 %. Then, when there is something to send, the client connects again; the
//! request it sends first on every new connection, ApiVersions, is what it waits for here. Until its answer nothing else
//! goes to that broker. A client's very first connections cost nothing.

use crate::ids::{BrokerId, TimestampMs};
use crate::sim::Rng;
use sorted::{SortedMap, SortedSet};

/// A connection that is not there.
#[derive(Debug, Clone)]
struct Broken {
    /// Failures in a row.
    failures: u32,
    /// Not before this it is tried again.
    until_ms: TimestampMs,
    /// The request that opens it again is on its way, since then.
    connecting: Option<(u64, TimestampMs)>,
}

/// All of a client's connections that are not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections {
    broken: SortedMap<BrokerId, Broken>,
    /// Those that are there, as something was sent on them.
    open: SortedSet<BrokerId>,
}

/// Whether something can be sent to a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Now.
    Yes,
    /// Once it has connected; this is the time to begin with that.
    Connect,
    /// It waits for its backoff, until then.
    At(TimestampMs),
    /// It waits for the broker's answer.
    Connecting,
}

impl Connections {
    /// Whether something can be sent to a broker now (`NetworkClient.ready`).
    pub(crate) fn ready(&self, broker: BrokerId, now_ms: TimestampMs) -> Ready {
        match self.broken.get(&broker) {
            None => Ready::Yes,
            Some(Broken { connecting: Some(_), .. }) => Ready::Connecting,
            Some(broken) if broken.until_ms > now_ms => Ready::At(broken.until_ms),
            Some(_) => Ready::Connect,
        }
    }

    /// Something is sent on this connection.
    pub(crate) fn used(&mut self, broker: BrokerId) {
        if !self.open.contains(&broker) {
            self.open.insert(broker);
        }
    }

    /// It has such a connection, or is about to.
    pub(crate) fn has(&self, broker: BrokerId) -> bool {
        self.open.contains(&broker) || self.broken.contains_key(&broker)
    }

    /// The connection is lost, or could not be made.
    pub(crate) fn lost(
        &mut self,
        broker: BrokerId,
        now_ms: TimestampMs,
        (backoff_ms, max_ms): (i64, i64),
        rng: &mut Rng,
    ) {
        let broken = self.broken.entry(broker).or_insert(Broken {
            failures: 0,
            until_ms: now_ms,
            connecting: None,
        });
        self.open.remove(&broker);
        broken.connecting = None;
        broken.until_ms = now_ms + backoff(backoff_ms, max_ms, broken.failures, rng);
        broken.failures = broken.failures.saturating_add(1);
    }

    /// It connects: this request opens the connection.
    pub(crate) fn connecting(&mut self, broker: BrokerId, request: u64, now_ms: TimestampMs) {
        if let Some(broken) = self.broken.get_mut(&broker) {
            broken.connecting = Some((request, now_ms));
        }
    }

    /// The broker has answered.
    pub(crate) fn connected(&mut self, broker: BrokerId) {
        self.broken.remove(&broker);
    }

    /// Brokers that have not answered since `before_ms`.
    pub(crate) fn silent_since(&self, before_ms: TimestampMs) -> Vec<BrokerId> {
        let late = |broken: &Broken| broken.connecting.is_some_and(|(_, at_ms)| at_ms <= before_ms);
        self.broken.iter().filter(|(_, broken)| late(broken)).map(|(&id, _)| id).collect()
    }
}

/// `ExponentialBackoff`: doubled with each failure, give or take 20 %, never above the maximum; fixed where the maximum
/// is not above the first.
pub(crate) fn backoff(first_ms: i64, max_ms: i64, failures: u32, rng: &mut Rng) -> i64 {
    if max_ms <= first_ms {
        return first_ms.min(max_ms).max(0);
    }
    let plain = first_ms.max(0).saturating_mul(1 << failures.min(30)).min(max_ms);
    let thousandths = 800 + i64::try_from(rng.below(401)).unwrap_or(200);
    (plain.saturating_mul(thousandths) / 1_000).min(max_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_left_alone_longer_each_time() {
        let mut rng = Rng::stream(1, "connections");
        let (mut all, broker) = (Connections::default(), BrokerId(1));
        assert_eq!(all.ready(broker, 0), Ready::Yes);
        let mut last = 0;
        for failure in 0..6 {
            all.lost(broker, 0, (50, 1_000), &mut rng);
            let Ready::At(until_ms) = all.ready(broker, 0) else { panic!() };
            let plain = (50 << failure).min(1_000);
            assert!((plain * 8 / 10..=plain * 12 / 10).contains(&until_ms), "{failure} {until_ms}");
            assert!(until_ms > last && until_ms <= 1_000);
            last = until_ms;
            assert_eq!(all.ready(broker, until_ms), Ready::Connect);
        }
        all.connecting(broker, 9, 5);
        assert_eq!(all.ready(broker, 10_000), Ready::Connecting);
        assert_eq!(all.silent_since(5), [broker]);
        all.connected(broker);
        assert_eq!(all.ready(broker, 0), Ready::Yes);
    }
}
