//! One step in the life of a partition's registration: `PartitionChangeBuilder`. Given what is wanted (another ISR,
//! other replicas) and which brokers may lead, it completes a reassignment that can be, keeps the eligible leader
//! replicas (KIP-966), elects a leader if the one there was cannot stay, and says what the registration is then.
//!
//! Differs in that it has no log directories, and none of the rules of metadata versions before 4.1. Where Kafka would
//! note -1 as the last known leader (replicas are taken away from a partition that never had one), nothing is noted.

use super::reassignment::Reassignment;
use crate::ids::BrokerId;
use crate::protocol::{PartitionImage, TopicImage};

#[cfg(test)]
mod tests;

/// What kind of election is held (`PartitionChangeBuilder.Election`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Election {
    /// A leader out of the ISR or ELR; the one there is stays if it can.
    #[default]
    Online,
    /// The preferred replica if it can lead, else as above.
    Preferred,
    /// As `Online`, but if none can lead, any active replica: data may be lost.
    Unclean,
}

/// What a change of a partition goes by.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// Which brokers may lead: unfenced, not shutting down, its log directory online.
    pub may_lead: &'a dyn Fn(BrokerId) -> bool,
    /// `effective_min_isr` of the topic.
    pub min_isr: usize,
    /// Whether `eligible.leader.replicas.version` is 1.
    pub elr: bool,
    /// Which election.
    pub election: Election,
}

/// A registration that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// As it is now, with its epochs.
    pub partition: PartitionImage,
    /// What became of the leader.
    pub leader: LeaderChange,
}

/// What a change did to the leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeaderChange {
    /// The same, in the same epoch.
    Kept,
    /// The same in a new epoch, because replicas were taken away.
    NewEpoch,
    /// A new one.
    Elected(BrokerId, ElectedFrom),
    /// There is none any more.
    Lost,
}

/// Why a broker may lead (R-REP-20, R-REP-22, R-REP-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ElectedFrom {
    /// It is in sync.
    Isr,
    /// The ISR is empty, and it has all that is committed.
    Elr,
    /// ISR and ELR are empty, and it was the last to lead. Counts as unclean.
    LastKnownLeader,
    /// It is there.
    Unclean,
}

/// `min.insync.replicas`, but never more than the topic has replicas (`getTopicEffectiveMinIsr`).
pub(crate) fn effective_min_isr(min_insync_replicas: i32, topic: &TopicImage) -> usize {
    let min = usize::try_from(min_insync_replicas).unwrap_or(0);
    topic.partitions.first().map_or(min, |first| min.min(first.replicas.len()))
}

/// A change in the making. What is not set stays.
pub(crate) struct PartitionChange<'a> {
    partition: &'a PartitionImage,
    terms: Terms<'a>,
    isr: Vec<BrokerId>,
    replicas: Vec<BrokerId>,
    adding: Vec<BrokerId>,
    removing: Vec<BrokerId>,
    elr: Vec<BrokerId>,
    recovering: bool,
    unclean_shutdown: Option<BrokerId>,
    /// The leader, where the record of the change would carry it.
    leader: Option<Option<BrokerId>>,
    elected_from: Option<ElectedFrom>,
    /// The ISR an unclean election leaves.
    unclean_isr: Option<Vec<BrokerId>>,
}

impl<'a> PartitionChange<'a> {
    /// No change yet: alone it elects a leader if the one there is cannot stay.
    pub(crate) fn new(partition: &'a PartitionImage, terms: Terms<'a>) -> Self {
        Self {
            partition,
            terms,
            isr: partition.isr.clone(),
            replicas: partition.replicas.clone(),
            adding: partition.adding.clone(),
            removing: partition.removing.clone(),
            elr: partition.elr.clone(),
            recovering: partition.recovering,
            unclean_shutdown: None,
            leader: None,
            elected_from: None,
            unclean_isr: None,
        }
    }

    /// These are in sync.
    pub(crate) fn isr(mut self, isr: Vec<BrokerId>) -> Self {
        self.isr = isr;
        self
    }

    /// These are the replicas.
    pub(crate) fn replicas(mut self, replicas: Vec<BrokerId>) -> Self {
        self.replicas = replicas;
        self
    }

    /// These are being added.
    pub(crate) fn adding(mut self, adding: Vec<BrokerId>) -> Self {
        self.adding = adding;
        self
    }

    /// These are being removed.
    pub(crate) fn removing(mut self, removing: Vec<BrokerId>) -> Self {
        self.removing = removing;
        self
    }

    /// Whether the leader has yet to note that it was elected uncleanly.
    pub(crate) fn recovering(mut self, recovering: bool) -> Self {
        self.recovering = recovering;
        self
    }

    /// This broker came back from a shutdown that was not clean: it may lack what it had.
    pub(crate) fn unclean_shutdown(mut self, broker: BrokerId) -> Self {
        self.unclean_shutdown = Some(broker);
        self
    }

    /// The registration after the change, none if nothing changes.
    pub(crate) fn build(mut self) -> Option<Changed> {
        self.complete_reassignment();
        self.populate_elr();
        self.elect();
        self.bump_epoch_if_replicas_go();
        let partition = self.partition;
        let mut new = self.registration();
        if self.leader.is_none() && new == *partition {
            return None;
        }
        new.leader_epoch += i32::from(self.leader.is_some());
        new.partition_epoch += 1;
        let leader = match (self.leader, self.elected_from) {
            (None, _) => LeaderChange::Kept,
            (Some(Some(leader)), Some(from)) => LeaderChange::Elected(leader, from),
            (Some(None), _) if partition.leader.is_some() => LeaderChange::Lost,
            (Some(_), _) => LeaderChange::NewEpoch,
        };
        Some(Changed { partition: new, leader })
    }

    fn complete_reassignment(&mut self) {
        let reassignment = Reassignment {
            replicas: self.replicas.clone(),
            adding: self.adding.clone(),
            removing: self.removing.clone(),
        };
        if let Some(completed) = reassignment.completed(&self.isr) {
            self.isr = completed.isr;
            self.replicas = completed.replicas;
            self.adding.clear();
            self.removing.clear();
        }
    }

    /// The ELR: what leaves the ISR while that is below min ISR, until it is not (`maybePopulateTargetElr`).
    fn populate_elr(&mut self) {
        if !self.terms.elr {
            return;
        }
        if self.isr.len() >= self.terms.min_isr {
            self.elr.clear();
            return;
        }
        self.elr.extend(&self.partition.isr);
        sorted::sort(&mut self.elr);
        self.elr.dedup();
        let (isr, unclean) = (&self.isr, self.unclean_shutdown);
        self.elr.retain(|replica| !isr.contains(replica) && Some(*replica) != unclean);
    }

    fn elect(&mut self) {
        let elected = self.elect_leader();
        if elected.map(|(leader, _)| leader) == self.partition.leader {
            return;
        }
        self.leader = Some(elected.map(|(leader, _)| leader));
        let Some((leader, from)) = elected else { return };
        self.elected_from = Some(from);
        match from {
            ElectedFrom::Isr => {}
            ElectedFrom::Elr => {
                self.isr = vec![leader];
                self.elr.retain(|&replica| replica != leader);
            }
            // The ISR is the new leader alone: the others may have what it lacks.
            ElectedFrom::LastKnownLeader | ElectedFrom::Unclean => {
                self.unclean_isr = Some(vec![leader]);
            }
        }
    }

    /// `electPreferredLeader` and `electAnyLeader`.
    fn elect_leader(&self) -> Option<(BrokerId, ElectedFrom)> {
        let preferred = match self.terms.election {
            Election::Preferred => self.replicas.first().copied(),
            Election::Online | Election::Unclean => None,
        };
        let in_order = preferred.into_iter().chain(self.partition.leader);
        if let Some(clean) =
            in_order.chain(self.replicas.iter().copied()).find_map(|replica| self.clean(replica))
        {
            return Some(clean);
        }
        if let Some(last) = self.last_known_leader() {
            return Some((last, ElectedFrom::LastKnownLeader));
        }
        if self.terms.election != Election::Unclean {
            return None;
        }
        let any = self.replicas.iter().copied().find(|&replica| (self.terms.may_lead)(replica))?;
        Some((any, ElectedFrom::Unclean))
    }

    /// `isValidNewLeader`: it may lead and loses nothing.
    fn clean(&self, replica: BrokerId) -> Option<(BrokerId, ElectedFrom)> {
        let from = if self.isr.contains(&replica) {
            ElectedFrom::Isr
        } else if self.isr.is_empty() && self.elr.contains(&replica) {
            ElectedFrom::Elr
        } else {
            return None;
        };
        (self.terms.may_lead)(replica).then_some((replica, from))
    }

    /// `canElectLastKnownLeader`.
    fn last_known_leader(&self) -> Option<BrokerId> {
        if !self.terms.elr || !self.elr.is_empty() || !self.isr.is_empty() {
            return None;
        }
        match self.partition.last_known_elr.as_slice() {
            &[last] if (self.terms.may_lead)(last) => Some(last),
            _ => None,
        }
    }

    /// A replica that is taken away must hear of it by a new leader epoch.
    fn bump_epoch_if_replicas_go(&mut self) {
        let all_stay = self.partition.replicas.iter().all(|old| self.replicas.contains(old));
        if self.leader.is_none() && !all_stay {
            self.leader = Some(self.partition.leader);
        }
    }

    /// The new registration in the old epochs.
    fn registration(&mut self) -> PartitionImage {
        let old = self.partition;
        let mut new = old.clone();
        let unclean = self.unclean_isr.is_some();
        if let Some(leader) = self.leader {
            new.leader = leader;
        }
        new.elr =
            if unclean || !self.terms.elr { Vec::new() } else { std::mem::take(&mut self.elr) };
        new.last_known_elr = self.last_known_elr();
        match self.unclean_isr.take() {
            Some(isr) => {
                new.isr = isr;
                new.recovering = true;
            }
            // Without ELR the last member stays in the ISR.
            None if !self.isr.is_empty() || self.terms.elr => {
                new.isr = std::mem::take(&mut self.isr);
            }
            None => {}
        }
        if self.recovering != old.recovering {
            new.recovering = self.recovering;
        }
        if !self.replicas.is_empty() {
            new.replicas = std::mem::take(&mut self.replicas);
        }
        new.adding = std::mem::take(&mut self.adding);
        new.removing = std::mem::take(&mut self.removing);
        new
    }

    /// The leader that was lost is noted the first time, and forgotten once there is one again
    /// (`maybeUpdateLastKnownLeader`).
    fn last_known_elr(&self) -> Vec<BrokerId> {
        let old = &self.partition.last_known_elr;
        match self.leader {
            Some(None) if self.terms.elr && old.is_empty() => {
                self.partition.leader.into_iter().collect()
            }
            Some(Some(_)) if self.terms.elr => Vec::new(),
            _ => old.clone(),
        }
    }
}
