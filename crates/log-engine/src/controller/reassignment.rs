//! Moving a partition to other replicas (KIP-455, R-REP-83): `PartitionReassignmentReplicas`,
//! `PartitionReassignmentRevert`, and what `AlterPartitionReassignments` does with them.
//!
//! While it goes on, the replicas are the target's and then those it removes. It is complete once all it adds are in
//! sync (`PartitionChange` looks at each change whether it is). A target given while another reassignment goes on
//! starts from all replicas of that moment, as in Kafka: what the first one was adding counts as there already.

use super::partition_change::{Changed, Election, PartitionChange, Terms};
use super::placement::check_assignment;
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::{AdminError, ErrorCode, PartitionImage};

#[cfg(test)]
mod tests;

/// A reassignment on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reassignment {
    /// All replicas while it goes on.
    pub replicas: Vec<BrokerId>,
    /// Those it adds.
    pub adding: Vec<BrokerId>,
    /// Those it removes.
    pub removing: Vec<BrokerId>,
}

/// What a reassignment that is done leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completed {
    /// The replicas.
    pub replicas: Vec<BrokerId>,
    /// Those in sync.
    pub isr: Vec<BrokerId>,
}

impl Reassignment {
    /// From some replicas to others.
    pub(crate) fn new(current: &[BrokerId], target: &[BrokerId]) -> Self {
        let removing = difference(current, target);
        let adding = difference(target, current);
        let replicas = target.iter().chain(&removing).copied().collect();
        Self { replicas, adding, removing }
    }

    /// The one a partition is in.
    pub(crate) fn of(partition: &PartitionImage) -> Self {
        Self {
            replicas: partition.replicas.clone(),
            adding: partition.adding.clone(),
            removing: partition.removing.clone(),
        }
    }

    /// Whether there is one at all.
    pub(crate) fn in_progress(&self) -> bool {
        !self.adding.is_empty() || !self.removing.is_empty()
    }

    /// The replicas from before it.
    pub(crate) fn original_replicas(&self) -> Vec<BrokerId> {
        without(&self.replicas, &self.adding)
    }

    /// What it leaves if it can be completed with this ISR (`maybeCompleteReassignment`).
    pub(crate) fn completed(&self, isr: &[BrokerId]) -> Option<Completed> {
        if !self.in_progress() {
            return None;
        }
        let isr = without(isr, &self.removing);
        let replicas = without(&self.replicas, &self.removing);
        if !self.removing.is_empty() && (isr.is_empty() || replicas.is_empty()) {
            return None;
        }
        // A broker that is being added may be unwell: all must have caught up.
        let in_sync = |all: &[BrokerId]| all.iter().all(|replica| isr.contains(replica));
        if !in_sync(&self.adding) {
            return None;
        }
        // With fewer replicas than before, completing too early would leave a smaller ISR than waiting does.
        if self.adding.len() < self.removing.len() && !in_sync(&replicas) {
            return None;
        }
        Some(Completed { replicas, isr })
    }
}

/// What a reassignment that is called off leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revert {
    /// The replicas from before.
    pub replicas: Vec<BrokerId>,
    /// Those in sync; if none of the old ones is, the first of them all the same.
    pub isr: Vec<BrokerId>,
    /// That is so: data may be lost.
    pub unclean: bool,
}

impl Revert {
    /// Calls off the reassignment a partition is in. None if it has no old replica, which cannot be.
    pub(crate) fn of(partition: &PartitionImage) -> Option<Self> {
        let ongoing = Reassignment::of(partition);
        let replicas = ongoing.original_replicas();
        let mut isr = without(&partition.isr, &ongoing.adding);
        let unclean = isr.is_empty();
        if unclean {
            isr.push(*replicas.first()?);
        }
        Some(Self { replicas, isr, unclean })
    }
}

/// Starts a reassignment, or goes over to another target (`changePartitionReassignment`). `None` if nothing changes.
pub(crate) fn reassign(
    partition: &PartitionImage,
    target: &[BrokerId],
    allow_replication_factor_change: bool,
    is_registered: &dyn Fn(BrokerId) -> bool,
    terms: Terms<'_>,
) -> Result<Option<Changed>, AdminError> {
    check_assignment(target, None, is_registered)?;
    if !allow_replication_factor_change {
        check_factor(partition, target)?;
    }
    let reassignment = Reassignment::new(&partition.replicas, target);
    let mut change = PartitionChange::new(partition, Terms { election: Election::Online, ..terms })
        .replicas(reassignment.replicas);
    if !reassignment.removing.is_empty() {
        change = change.removing(reassignment.removing);
    }
    if !reassignment.adding.is_empty() {
        change = change.adding(reassignment.adding);
    }
    Ok(change.build())
}

/// Calls a reassignment off (`cancelPartitionReassignment`). `unclean_enabled` is `unclean.leader.election.enable`.
pub(crate) fn cancel(
    tp: &TopicPartition,
    partition: &PartitionImage,
    unclean_enabled: bool,
    terms: Terms<'_>,
) -> Result<Option<Changed>, AdminError> {
    if !Reassignment::of(partition).in_progress() {
        let error = ErrorCode::NoReassignmentInProgress;
        return Err(AdminError::new(error, "replicas", error.message()));
    }
    let Some(revert) = Revert::of(partition) else {
        return Err(invalid("Invalid replica assignment: addingReplicas contains all replicas."));
    };
    if revert.unclean && !unclean_enabled {
        return Err(invalid(format!(
            "Unable to revert partition assignment for {}:{} because it would require an unclean leader election.",
            tp.topic, tp.partition
        )));
    }
    let election = if unclean_enabled { Election::Unclean } else { Election::Online };
    Ok(PartitionChange::new(partition, Terms { election, ..terms })
        .isr(revert.isr)
        .replicas(revert.replicas)
        .removing(Vec::new())
        .adding(Vec::new())
        .build())
}

/// `validatePartitionReplicationFactorUnchanged` (KIP-860).
fn check_factor(partition: &PartitionImage, target: &[BrokerId]) -> Result<(), AdminError> {
    let now = without(&partition.replicas, &partition.removing).len();
    if now == target.len() {
        return Ok(());
    }
    let text = format!("The replication factor is changed from {now} to {}", target.len());
    Err(AdminError::new(ErrorCode::InvalidReplicationFactor, "replicas", text))
}

fn invalid(message: impl Into<String>) -> AdminError {
    AdminError::new(ErrorCode::InvalidReplicaAssignment, "replicas", message)
}

fn without(all: &[BrokerId], some: &[BrokerId]) -> Vec<BrokerId> {
    all.iter().copied().filter(|id| !some.contains(id)).collect()
}

/// What is in one and not in the other, in ascending order.
fn difference(all: &[BrokerId], some: &[BrokerId]) -> Vec<BrokerId> {
    let mut rest = without(all, some);
    sorted::sort(&mut rest);
    rest.dedup();
    rest
}
