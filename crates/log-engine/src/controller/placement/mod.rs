//! Where the replicas of new partitions go: `StripedReplicaPlacer` (R-REP-80).
//!
//! Replicas go to the racks in turn, and within a rack to its brokers in turn; the start of both turns is random and
//! each partition starts one further, so that leaders spread evenly. A broker that is fenced gets a replica only when its
//! rack has no other left, and never the first one. All partitions of one request are placed in one go.
//!
//! The same draws give the same placement as in Kafka; they come from the engine's own seeded randomness, so a
//! placement differs from that of a given real cluster as two real clusters' do. A refused placement draws nothing.

mod manual;
mod racks;
#[cfg(test)]
mod tests;

pub(super) use manual::{assigned, check_assignment};

use crate::ids::BrokerId;
use crate::protocol::{AdminError, ErrorCode, PartitionImage};
use crate::sim::Rng;
use racks::Racks;
use std::sync::Arc;

/// A broker that can be given replicas: registered and not shutting down (`UsableBroker`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsableBroker {
    /// Which.
    pub id: BrokerId,
    /// `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// Whether it is fenced now.
    pub fenced: bool,
}

/// Where random choices come from: `java.util.Random.nextInt`.
pub(crate) trait RandomSource {
    /// A number in `0..bound`.
    fn next_int(&mut self, bound: usize) -> usize;
}

impl RandomSource for Rng {
    fn next_int(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }
}

/// Places `count` new partitions. Those unfenced are in sync at once, the first of them leads
/// (`buildPartitionRegistration`, R-REP-81).
pub(super) fn place(
    brokers: &[UsableBroker],
    count: i32,
    replication_factor: i16,
    random: &mut impl RandomSource,
) -> Result<Vec<PartitionImage>, AdminError> {
    let fenced = |id: &BrokerId| brokers.iter().any(|broker| broker.id == *id && broker.fenced);
    let assignments = assign(brokers, count, replication_factor, random)?;
    Ok(assignments
        .into_iter()
        .map(|replicas| {
            let isr: Vec<_> = replicas.iter().copied().filter(|id| !fenced(id)).collect();
            let leader = isr.first().copied();
            PartitionImage { replicas, isr, leader, ..PartitionImage::default() }
        })
        .collect())
}

/// The replicas of `count` new partitions, the preferred leader first.
fn assign(
    brokers: &[UsableBroker],
    count: i32,
    replication_factor: i16,
    random: &mut impl RandomSource,
) -> Result<Vec<Vec<BrokerId>>, AdminError> {
    let wanted = usize::try_from(replication_factor).unwrap_or(0);
    if wanted == 0 {
        return Err(refused(format!(
            "Invalid replication factor {replication_factor}: the replication factor must be positive."
        )));
    }
    if brokers.iter().all(|broker| broker.fenced) {
        return Err(refused(
            "All brokers are currently fenced, or have all their log directories cordoned.".into(),
        ));
    }
    if wanted > brokers.len() {
        return Err(refused(format!(
            "The target replication factor of {replication_factor} cannot be reached because only {} broker(s) are \
             registered or some brokers have all their log directories cordoned.",
            brokers.len()
        )));
    }
    let mut racks = Racks::new(brokers, random);
    Ok((0..count.max(0)).map(|_| racks.place(wanted, random)).collect())
}

fn refused(message: String) -> AdminError {
    AdminError::new(ErrorCode::InvalidReplicationFactor, "replication_factor", message)
}
