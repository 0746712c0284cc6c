//! Where replicas of new partitions go: `StripedReplicaPlacer` without racks. A random start for the leaders and
//! for the followers' shift, then round robin, the shift growing by one after each full round.

use crate::ids::BrokerId;
use crate::protocol::{AdminError, ErrorCode, PartitionImage};
use crate::sim::Rng;

/// Places `count` partitions; each call draws a new start, as Kafka's does.
pub(super) fn place(
    brokers: &[BrokerId],
    count: i32,
    replication_factor: i16,
    rng: &mut Rng,
) -> Result<Vec<PartitionImage>, AdminError> {
    let wanted = usize::try_from(replication_factor).unwrap_or(0);
    if wanted > brokers.len() {
        let text = format!(
            "Unable to replicate the partition {replication_factor} time(s): The target replication factor of \
             {replication_factor} cannot be reached because only {} broker(s) are registered.",
            brokers.len()
        );
        return Err(AdminError::new(
            ErrorCode::InvalidReplicationFactor,
            "replication_factor",
            text,
        ));
    }
    let width = u64::try_from(brokers.len()).unwrap_or(1).max(1);
    let (start, shift) = (rng.below(width), rng.below(width));
    let mut placed = Vec::new();
    for partition in 0..u64::from(count.max(0).unsigned_abs()) {
        let (first, shift) = (start + partition, shift + partition / width);
        let replicas = replicas(brokers, wanted, first, shift);
        let leader = replicas.first().copied();
        let isr = replicas.clone();
        placed.push(PartitionImage { replicas, isr, leader, ..PartitionImage::default() });
    }
    Ok(placed)
}

fn replicas(brokers: &[BrokerId], wanted: usize, first: u64, shift: u64) -> Vec<BrokerId> {
    let width = u64::try_from(brokers.len()).unwrap_or(1).max(1);
    let at = |index: u64| usize::try_from(index % width).ok().and_then(|i| brokers.get(i)).copied();
    let others = width.saturating_sub(1).max(1);
    let followers = (0..others).filter_map(|n| at(first + 1 + (shift + n) % others));
    at(first).into_iter().chain(followers).take(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaders_go_round_and_no_replica_stands_twice() {
        let brokers: Vec<_> = (1..=3).map(BrokerId).collect();
        let placed = place(&brokers, 6, 3, &mut Rng::stream(3, "controller")).unwrap();
        for part in &placed {
            let mut seen = part.replicas.clone();
            sorted::sort(&mut seen);
            seen.dedup();
            assert_eq!(seen.len(), 3, "{part:?}");
        }
        for broker in brokers {
            assert_eq!(placed.iter().filter(|part| part.leader == Some(broker)).count(), 2);
        }
    }

    #[test]
    fn more_replicas_than_brokers_are_refused() {
        let refused = place(&[BrokerId(1)], 1, 3, &mut Rng::stream(3, "controller")).unwrap_err();
        assert_eq!(refused.error, ErrorCode::InvalidReplicationFactor);
        assert!(refused.message.contains("only 1 broker(s) are registered"), "{}", refused.message);
    }
}
