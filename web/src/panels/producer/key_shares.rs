//! What a key distribution means: how much each key gets, and which partition gets most of it.

use log_engine::command::KeyDistribution;
use log_engine::partitioner::partition_for_key;
use sorted::SortedMap;

/// Each key with its share in thousandths of the keyed records.
pub fn shares(distribution: &KeyDistribution) -> Vec<(String, u64)> {
    let keys = super::stream_draft::keys_of(distribution);
    let zipf = matches!(distribution, KeyDistribution::Zipf { .. });
    // The weight of key k (from 1) is 1/k, in millionths so that it stays whole.
    let weight = |at: u64| if zipf { 1_000_000 / (at + 1) } else { 1_000_000 };
    let weights: Vec<u64> = (0_u64..).take(keys.len()).map(weight).collect();
    let total: u64 = weights.iter().sum::<u64>().max(1);
    keys.into_iter().zip(weights).map(|(key, weight)| (key, weight * 1000 / total)).collect()
}

/// One sentence: the hottest key's share, and the partition that gets most.
pub fn sentence(distribution: &KeyDistribution, null_percent: u32, partitions: i32) -> String {
    let shares = shares(distribution);
    let keyed = u64::from(100_u32.saturating_sub(null_percent));
    let Some((hottest, share)) = shares.iter().max_by_key(|(_, share)| *share) else {
        return "the sticky partitioner fills a batch for one partition, then goes to another"
            .to_owned();
    };
    let mut by_partition: SortedMap<i32, u64> = SortedMap::new();
    for (key, share) in &shares {
        if let Some(choice) = partition_for_key(key.as_bytes(), partitions) {
            *by_partition.entry(choice.partition).or_default() += share;
        }
    }
    let percent = |share: u64| (share * keyed + 500) / 1000;
    let fullest = by_partition.iter().max_by_key(|(_, share)| **share);
    let fullest = fullest.map(|(partition, share)| {
        format!("; P{partition} gets {} % of the stream by key", percent(*share))
    });
    format!("{hottest} is {} % of the records{}", percent(*share), fullest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Vec<String> {
        (0..n).map(|at| format!("k{at}")).collect()
    }

    #[test]
    fn zipf_gives_the_first_key_most() {
        let shares = shares(&KeyDistribution::Zipf { keys: keys(3) });
        let parts: Vec<u64> = shares.iter().map(|(_, share)| *share).collect();
        assert_eq!(parts, [545, 272, 181]);
    }

    #[test]
    fn a_fixed_set_gives_all_the_same() {
        let shares = shares(&KeyDistribution::Fixed { keys: keys(4) });
        assert!(shares.iter().all(|(_, share)| *share == 250));
    }

    #[test]
    fn null_keys_take_their_part_off() {
        let one = KeyDistribution::Fixed { keys: keys(1) };
        assert!(sentence(&one, 20, 1).starts_with("k0 is 80 % of the records; P0 gets 80 %"));
    }
}
