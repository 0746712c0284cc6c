//! What a leader knows of its followers, and what follows for high watermark and ISR (`Partition`, `Replica`,
//! R-REP-01 to R-REP-17).

use super::Partition;
use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::{ErrorCode, PartitionImage};
use sorted::SortedMap;

/// One follower as its leader sees it (`Replica`, `ReplicaState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Follower {
    /// Its log end: the offset of its last fetch. None before its first fetch in this epoch.
    pub log_end: Option<i64>,
    /// Its log start, -1 before its first fetch.
    pub log_start: i64,
    /// When it fetched last.
    pub last_fetch_ms: TimestampMs,
    /// The leader's log end at that time.
    pub leader_end_then: i64,
    /// When it had everything last (R-REP-10).
    pub last_caught_up_ms: TimestampMs,
    /// The epoch of its registration, as its fetches say; -1 before its first.
    pub broker_epoch: i64,
    /// The high watermark and log start it was told last.
    pub told: (i64, i64),
}

/// An ISR that was proposed to the controller and is not committed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingIsr {
    /// The proposal.
    pub isr: Vec<BrokerId>,
}

/// A leader's own state of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leading {
    /// The log end when its epoch began.
    pub epoch_start: i64,
    /// Followers by broker.
    pub followers: SortedMap<BrokerId, Follower>,
    /// The ISR it waits for.
    pub pending: Option<PendingIsr>,
}

impl Leading {
    /// A leadership that begins now (`Partition.makeLeader`, R-REP-08).
    pub(crate) fn begin(
        me: BrokerId,
        image: &PartitionImage,
        log_end: i64,
        now_ms: TimestampMs,
    ) -> Self {
        let mut leading = Self { epoch_start: log_end, followers: SortedMap::new(), pending: None };
        leading.set_replicas(me, image, now_ms);
        leading
    }

    /// Followers come and go with the assignment. One that is in the ISR counts as caught up when it comes.
    pub(crate) fn set_replicas(
        &mut self,
        me: BrokerId,
        image: &PartitionImage,
        now_ms: TimestampMs,
    ) {
        self.followers.retain(|broker, _| image.replicas.contains(broker));
        for &broker in image.replicas.iter().filter(|&&broker| broker != me) {
            let in_sync = image.isr.contains(&broker);
            self.followers.entry(broker).or_insert(Follower {
                log_end: None,
                log_start: -1,
                last_fetch_ms: 0,
                leader_end_then: 0,
                last_caught_up_ms: if in_sync { now_ms } else { 0 },
                broker_epoch: -1,
                told: (-1, -1),
            });
        }
    }
}

impl Follower {
    /// A fetch from `offset` (`Replica.updateFetchStateOrThrow`).
    pub(crate) fn fetched(
        &mut self,
        offset: i64,
        log_start: i64,
        leader_end: i64,
        now_ms: TimestampMs,
    ) {
        if offset >= leader_end {
            self.last_caught_up_ms = self.last_caught_up_ms.max(now_ms);
        } else if offset >= self.leader_end_then {
            self.last_caught_up_ms = self.last_caught_up_ms.max(self.last_fetch_ms);
        }
        self.log_end = Some(offset);
        self.log_start = log_start;
        self.leader_end_then = leader_end;
        self.last_fetch_ms = now_ms;
    }

    /// It has everything, or had not long ago (`ReplicaState.isCaughtUp`).
    pub(crate) fn is_caught_up(
        &self,
        leader_end: i64,
        now_ms: TimestampMs,
        max_lag_ms: i64,
    ) -> bool {
        self.log_end == Some(leader_end) || now_ms - self.last_caught_up_ms <= max_lag_ms
    }
}

/// What a leader must know of other brokers to judge a follower: it is registered in that epoch, not fenced and not
/// shutting down (`isReplicaIsrEligible`, KIP-903). Without an epoch it is any.
pub(crate) type Eligible<'a> = &'a dyn Fn(BrokerId, Option<i64>) -> bool;

impl Partition {
    /// It is written to and read here.
    pub(crate) fn leads(&self) -> bool {
        self.leading.is_some()
    }

    /// NONE if this broker leads it, in the epoch the asker knows (R-REP-44). -1 is any.
    pub(crate) fn check_leader(&self, me: BrokerId, epoch: i32) -> ErrorCode {
        let known = self.image.leader_epoch;
        if epoch >= 0 && epoch < known {
            ErrorCode::FencedLeaderEpoch
        } else if epoch >= 0 && epoch > known {
            ErrorCode::UnknownLeaderEpoch
        } else {
            self.led_by(me)
        }
    }

    /// The committed ISR and those that were proposed to join it (`PartitionState.maximalIsr`).
    pub(crate) fn maximal_isr(&self) -> impl Iterator<Item = BrokerId> {
        let pending = self.leading.as_ref().and_then(|leading| leading.pending.as_ref());
        let joining = pending.map_or(&[][..], |pending| pending.isr.as_slice());
        let committed = &self.image.isr;
        let joining = joining.iter().filter(|broker| !committed.contains(broker));
        committed.iter().chain(joining).copied()
    }

    /// Fewer are in sync than `min.insync.replicas` asks for.
    pub(crate) fn is_under_min_isr(&self) -> bool {
        self.image.isr.len() < self.effective_min_isr()
    }

    /// Moves the high watermark to what every replica has that counts (`maybeIncrementLeaderHW`, R-REP-04,
    /// R-REP-13). Gives where it was and is.
    pub(crate) fn advance_high_watermark(
        &mut self,
        now_ms: TimestampMs,
        max_lag_ms: i64,
        eligible: Eligible<'_>,
    ) -> Option<(i64, i64)> {
        let leading = self.leading.as_ref()?;
        if self.is_under_min_isr() {
            return None;
        }
        let leader_end = self.log.log_end_offset();
        let mut candidate = leader_end;
        for (&broker, follower) in &leading.followers {
            let counts = self.maximal_isr().any(|member| member == broker)
                || (follower.is_caught_up(leader_end, now_ms, max_lag_ms)
                    && eligible(broker, Some(follower.broker_epoch)));
            if counts {
                candidate = candidate.min(follower.log_end.unwrap_or(0));
            }
        }
        let before = self.log.high_watermark();
        if candidate <= before {
            return None;
        }
        self.durable.high_watermark_moves(now_ms, before);
        let after = self.log.update_high_watermark(candidate);
        (after > before).then(|| {
            self.version += 1;
            (before, after)
        })
    }

    /// Whether a follower that has just fetched may join the ISR (`isFollowerInSync`, R-REP-12).
    pub(crate) fn may_join(&self, broker: BrokerId, eligible: Eligible<'_>) -> bool {
        let Some(leading) = &self.leading else { return false };
        let Some(follower) = leading.followers.get(&broker) else { return false };
        leading.pending.is_none()
            && !self.image.isr.contains(&broker)
            && follower
                .log_end
                .is_some_and(|end| end >= self.log.high_watermark() && end >= leading.epoch_start)
            && eligible(broker, Some(follower.broker_epoch))
    }

    /// A member of the ISR does not have everything yet, as far as its fetches say.
    pub(crate) fn has_followers_behind(&self) -> bool {
        let log_end = self.log.log_end_offset();
        self.leading.as_ref().is_some_and(|leading| {
            leading.followers.iter().any(|(broker, follower)| {
                self.image.isr.contains(broker) && follower.log_end != Some(log_end)
            })
        })
    }

    /// The ISR without those that are no longer in sync; none if all are (`getOutOfSyncReplicas`).
    pub(crate) fn shrunk_isr(&self, now_ms: TimestampMs, max_lag_ms: i64) -> Option<Vec<BrokerId>> {
        let leading = self.leading.as_ref()?;
        if leading.pending.is_some() {
            return None;
        }
        let leader_end = self.log.log_end_offset();
        let in_sync = |broker: &&BrokerId| match leading.followers.get(*broker) {
            Some(follower) => follower.is_caught_up(leader_end, now_ms, max_lag_ms),
            None => true,
        };
        let left: Vec<BrokerId> = self.image.isr.iter().filter(in_sync).copied().collect();
        (left.len() < self.image.isr.len()).then_some(left)
    }
}
