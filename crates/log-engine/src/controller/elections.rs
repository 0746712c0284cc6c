//! What happens to partitions when brokers come and go, and the elections a person or the controller holds:
//! `ReplicationControlManager.generateLeaderAndIsrUpdates`, `electLeader`, and its two periodic tasks, partition by
//! partition. The caller goes through the partitions `concerns` names.

use super::partition_change::{Changed, Election, PartitionChange, Terms};
use crate::ids::BrokerId;
use crate::protocol::{ErrorCode, PartitionImage};

#[cfg(test)]
mod tests;

/// What became of a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokerChange {
    /// It was fenced, began a controlled shutdown, or was found to have been shut down cleanly.
    Gone(BrokerId),
    /// It was unfenced.
    Back(BrokerId),
    /// It registers again, and its last shutdown was not clean (R-REP-33).
    UncleanShutdown(BrokerId),
}

impl BrokerChange {
    /// Whether a partition has to be looked at. Without ELR an unclean shutdown is as a clean one.
    pub(crate) fn concerns(self, partition: &PartitionImage) -> bool {
        match self {
            Self::Gone(broker) => partition.isr.contains(&broker),
            Self::Back(_) => partition.leader.is_none(),
            Self::UncleanShutdown(broker) => {
                partition.isr.contains(&broker) || partition.elr.contains(&broker)
            }
        }
    }

    /// What it does to one partition. `terms.may_lead` says who is active by what is committed, so before this change;
    /// `unclean_enabled` is `unclean.leader.election.enable` of the topic.
    pub(crate) fn apply(
        self,
        partition: &PartitionImage,
        unclean_enabled: bool,
        terms: Terms<'_>,
    ) -> Option<Changed> {
        let may_lead = |replica: BrokerId| match self {
            Self::Gone(broker) | Self::UncleanShutdown(broker) => {
                replica != broker && (terms.may_lead)(replica)
            }
            Self::Back(broker) => replica == broker || (terms.may_lead)(replica),
        };
        let election = if unclean_enabled { Election::Unclean } else { Election::Online };
        let change =
            PartitionChange::new(partition, Terms { may_lead: &may_lead, election, ..terms });
        let without = |broker: BrokerId| {
            partition.isr.iter().copied().filter(|&replica| replica != broker).collect()
        };
        match self {
            Self::Gone(broker) => change.isr(without(broker)),
            Self::Back(_) => change,
            Self::UncleanShutdown(broker) if terms.elr => {
                change.isr(without(broker)).unclean_shutdown(broker)
            }
            Self::UncleanShutdown(broker) => change.isr(without(broker)),
        }
        .build()
    }
}

/// ElectLeaders for one partition: preferred or unclean.
pub(crate) fn elect_leader(
    partition: &PartitionImage,
    unclean: bool,
    terms: Terms<'_>,
) -> Result<Changed, ErrorCode> {
    let not_needed = if unclean { partition.leader.is_some() } else { has_preferred(partition) };
    if not_needed {
        return Err(ErrorCode::ElectionNotNeeded);
    }
    let election = if unclean { Election::Unclean } else { Election::Preferred };
    PartitionChange::new(partition, Terms { election, ..terms }).build().ok_or(if unclean {
        ErrorCode::EligibleLeadersNotAvailable
    } else {
        ErrorCode::PreferredLeaderNotAvailable
    })
}

/// Whether the preferred replica leads. If not, `leader.imbalance.check.interval.seconds` has the controller hold a
/// preferred election (R-REP-23).
pub(crate) fn has_preferred(partition: &PartitionImage) -> bool {
    partition.leader.is_some() && partition.leader == partition.replicas.first().copied()
}
