//! Who of the brokers is alive: `BrokerHeartbeatManager` and `BrokerHeartbeatTracker`. The active controller alone keeps
//! this, in memory; a new one starts anew and gives every unfenced broker a whole session (R-REP-75).
//!
//! Time comes in as an argument. Kafka looks for expired sessions each `broker.session.timeout.ms` / 8, one broker a
//! pass, and again after 10 ms when there was one (R-REP-60). Passes that find nothing are not played out here:
//! `next_check_ms` is the first that would find something, as things stand. So a controller of a hundred brokers
//! needs one timer, and one whose heartbeats are parked none.
//!
//! Differs in that of several that expired together the lowest id goes first; in Kafka the order of a hash map decides.

use crate::ids::{BrokerId, TimestampMs};
use sorted::SortedMap;

#[cfg(test)]
mod tests;

/// What a pass that found an expired session waits before the next one (`immediatePeriodNs`).
const IMMEDIATE_MS: TimestampMs = 10;

/// Where a broker stands with the controller (`BrokerControlState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokerState {
    /// It leads nothing and is in no ISR.
    Fenced,
    /// It takes part.
    Unfenced,
    /// It wants to stop, and its leaderships are being moved.
    ControlledShutdown,
    /// It may stop.
    ShutdownNow,
}

impl BrokerState {
    /// What the broker is told: fenced.
    pub(crate) fn is_fenced(self) -> bool {
        matches!(self, Self::Fenced | Self::ShutdownNow)
    }
}

/// What of a BrokerHeartbeat request matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Heartbeat {
    /// It wants to be or to stay fenced.
    pub want_fence: bool,
    /// It wants to shut down.
    pub want_shut_down: bool,
    /// How far it has applied the metadata, none if not at all.
    pub metadata_offset: Option<u64>,
}

/// What a heartbeat leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transition {
    /// The state it found.
    pub from: BrokerState,
    /// The state after it. `Fenced` and `ShutdownNow` fence a broker that was not.
    pub to: BrokerState,
}

/// A session that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expired {
    /// Whose.
    pub broker: BrokerId,
    /// In which registration. A broker that has registered again since is not to be fenced for it.
    pub broker_epoch: i64,
}

#[derive(Debug, Clone, Default)]
struct Tracked {
    fenced: bool,
    metadata_offset: Option<u64>,
    controlled_shutdown_offset: Option<u64>,
}

impl Tracked {
    fn is_active(&self) -> bool {
        !self.fenced && self.controlled_shutdown_offset.is_none()
    }

    fn state(&self) -> BrokerState {
        if self.controlled_shutdown_offset.is_some() {
            BrokerState::ControlledShutdown
        } else if self.fenced {
            BrokerState::Fenced
        } else {
            BrokerState::Unfenced
        }
    }
}

/// The sessions of all brokers.
#[derive(Debug, Clone)]
pub(crate) struct Liveness {
    session_timeout_ms: TimestampMs,
    brokers: SortedMap<BrokerId, Tracked>,
    /// When a broker was heard of last, in which registration.
    contacts: SortedMap<(BrokerId, i64), TimestampMs>,
    /// The next pass that has not been played out yet.
    next_pass_ms: TimestampMs,
}

impl Liveness {
    /// That of a controller which becomes active now: who is registered, in which epoch, and whether fenced.
    pub(crate) fn activate(
        now_ms: TimestampMs,
        session_timeout_ms: TimestampMs,
        registered: impl IntoIterator<Item = (BrokerId, i64, bool)>,
    ) -> Self {
        let mut this = Self {
            session_timeout_ms,
            brokers: SortedMap::default(),
            contacts: SortedMap::default(),
            next_pass_ms: now_ms.saturating_add(period(session_timeout_ms)),
        };
        for (broker, epoch, fenced) in registered {
            this.register(broker, fenced);
            if !fenced {
                this.contact(broker, epoch, now_ms);
            }
        }
        this
    }

    /// A heartbeat was received; `at_ms` may lie in the past where heartbeats were parked.
    pub(crate) fn contact(&mut self, broker: BrokerId, broker_epoch: i64, at_ms: TimestampMs) {
        self.contacts.insert((broker, broker_epoch), at_ms);
    }

    /// When it was heard of last.
    pub(crate) fn contact_ms(&self, broker: BrokerId, broker_epoch: i64) -> Option<TimestampMs> {
        self.contacts.get(&(broker, broker_epoch)).copied()
    }

    /// Its heartbeats are taken for granted until the next `contact`: its session does not end.
    pub(crate) fn suspend(&mut self, broker: BrokerId, broker_epoch: i64) {
        self.contacts.remove(&(broker, broker_epoch));
    }

    /// Whether its session goes on. While it does, another process can't register with its id
    /// (DUPLICATE_BROKER_REGISTRATION).
    pub(crate) fn has_valid_session(
        &self,
        broker: BrokerId,
        broker_epoch: i64,
        now_ms: TimestampMs,
    ) -> bool {
        self.contacts.get(&(broker, broker_epoch)).is_some_and(|&at| !self.is_expired(at, now_ms))
    }

    /// A registration, or a change of one, was committed.
    pub(crate) fn register(&mut self, broker: BrokerId, fenced: bool) {
        let metadata_offset = match self.brokers.get(&broker) {
            Some(known) if known.fenced != fenced => known.metadata_offset,
            _ => None,
        };
        self.brokers.entry(broker).or_default();
        self.touch(broker, fenced, metadata_offset);
    }

    /// Takes over what a heartbeat said, and what came of it.
    pub(crate) fn touch(&mut self, broker: BrokerId, fenced: bool, metadata_offset: Option<u64>) {
        let Some(known) = self.brokers.get_mut(&broker) else { return };
        known.fenced = fenced;
        known.metadata_offset = metadata_offset;
        if fenced {
            // It leaves controlled shutdown; at its next heartbeat it may stop at once.
            known.controlled_shutdown_offset = None;
        }
    }

    /// It was fenced because its session ran out.
    pub(crate) fn fence(&mut self, broker: BrokerId) {
        if let Some(known) = self.brokers.get_mut(&broker) {
            known.fenced = true;
        }
    }

    /// It is not registered any more, or another process is in its place: `register` follows.
    pub(crate) fn remove(&mut self, broker: BrokerId) {
        self.brokers.remove(&broker);
    }

    /// It is in controlled shutdown: all active brokers must have seen the metadata up to `offset`, where its
    /// leaderships have moved. Only the first call counts. A fenced broker can't be.
    pub(crate) fn begin_controlled_shutdown(&mut self, broker: BrokerId, offset: u64) {
        if let Some(known) = self.brokers.get_mut(&broker)
            && !known.fenced
        {
            known.controlled_shutdown_offset.get_or_insert(offset);
        }
    }

    /// Those that can be given replicas, as placement reads them from the image, and whether they are fenced (`usableBrokers`).
    #[cfg(test)]
    pub(crate) fn usable(&self) -> impl Iterator<Item = (BrokerId, bool)> + '_ {
        let usable =
            |(_, known): &(&BrokerId, &Tracked)| known.controlled_shutdown_offset.is_none();
        self.brokers.iter().filter(usable).map(|(&broker, known)| (broker, known.fenced))
    }

    /// What a heartbeat leads to (`calculateNextBrokerState`); none from a broker that is not registered.
    /// `registered_at` is the offset of its registration, `leads` whether it leads a partition.
    pub(crate) fn next_state(
        &self,
        broker: BrokerId,
        heartbeat: Heartbeat,
        registered_at: u64,
        leads: bool,
    ) -> Option<Transition> {
        use BrokerState::{ControlledShutdown, Fenced, ShutdownNow, Unfenced};
        let known = self.brokers.get(&broker)?;
        let from = known.state();
        let Heartbeat { want_fence, want_shut_down, metadata_offset } = heartbeat;
        let to = match from {
            Fenced if want_shut_down => ShutdownNow,
            Fenced if !want_fence && metadata_offset >= Some(registered_at) => Unfenced,
            Fenced => Fenced,
            Unfenced if want_fence && want_shut_down => ShutdownNow,
            Unfenced if want_fence => Fenced,
            Unfenced if want_shut_down && leads => ControlledShutdown,
            Unfenced if want_shut_down => ShutdownNow,
            Unfenced => Unfenced,
            ControlledShutdown if leads || !self.all_have_seen(known) => ControlledShutdown,
            ControlledShutdown | ShutdownNow => ShutdownNow,
        };
        Some(Transition { from, to })
    }

    fn all_have_seen(&self, stopping: &Tracked) -> bool {
        let mut active = self.brokers.values().filter(|known| known.is_active());
        active.all(|known| known.metadata_offset >= stopping.controlled_shutdown_offset)
    }

    /// The pass that looks for an expired session, if one is due: gives one, which is forgotten. The caller fences the
    /// broker if it is still registered in that epoch.
    pub(crate) fn check(&mut self, now_ms: TimestampMs) -> Option<Expired> {
        if now_ms < self.next_pass_ms {
            return None;
        }
        let period = period(self.session_timeout_ms);
        // The passes up to now that found nothing.
        let pass_ms = now_ms - (now_ms - self.next_pass_ms) % period;
        let expired = self
            .contacts
            .iter()
            .find(|&(_, &at)| self.is_expired(at, pass_ms))
            .map(|(&key, _)| key);
        self.next_pass_ms = pass_ms + if expired.is_some() { IMMEDIATE_MS } else { period };
        let (broker, broker_epoch) = expired?;
        self.contacts.remove(&(broker, broker_epoch));
        Some(Expired { broker, broker_epoch })
    }

    /// The first pass that will find something unless a heartbeat comes before; none if there is no session.
    pub(crate) fn next_check_ms(&self) -> Option<TimestampMs> {
        let first = self.contacts.values().copied().min()?;
        let due = first.saturating_add(self.session_timeout_ms).saturating_add(1);
        let wait = due.saturating_sub(self.next_pass_ms).max(0);
        let period = period(self.session_timeout_ms);
        let passes = wait / period + i64::from(wait % period != 0);
        Some(self.next_pass_ms.saturating_add(passes.saturating_mul(period)))
    }

    fn is_expired(&self, at_ms: TimestampMs, now_ms: TimestampMs) -> bool {
        at_ms.saturating_add(self.session_timeout_ms) < now_ms
    }
}

/// How often Kafka looks (`maybeFenceStaleBrokerPeriodNs`).
fn period(session_timeout_ms: TimestampMs) -> TimestampMs {
    (session_timeout_ms / 8).max(1)
}
