#![allow(clippy::unwrap_used)]

use super::*;
use crate::sim::Rng;
use crate::test_support::{golden, random_cases};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    brokers: Vec<GoldenBroker>,
    partitions: i32,
    replication_factor: i16,
    #[serde(default)]
    draws: VecDeque<(usize, usize)>,
    assignment: Option<Vec<Vec<BrokerId>>>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct GoldenBroker {
    id: BrokerId,
    rack: Option<Arc<str>>,
    fenced: bool,
}

/// The draws of Kafka's run, which must be asked for with the same bounds.
struct Replay(VecDeque<(usize, usize)>);

impl RandomSource for Replay {
    fn next_int(&mut self, bound: usize) -> usize {
        let (drawn, value) = self.0.pop_front().expect("no draw was made here");
        assert_eq!(drawn, bound);
        value
    }
}

#[test]
fn golden_places_as_kafka_did() {
    let golden: Golden = golden("replica_placement.json");
    assert_eq!(golden.cases.len(), 30);
    for (at, case) in golden.cases.into_iter().enumerate() {
        let brokers: Vec<UsableBroker> = case
            .brokers
            .into_iter()
            .map(|GoldenBroker { id, rack, fenced }| UsableBroker { id, rack, fenced })
            .collect();
        let mut draws = Replay(case.draws);
        let placed = assign(&brokers, case.partitions, case.replication_factor, &mut draws);
        match (placed, case.assignment) {
            (Ok(placed), Some(expected)) => {
                assert_eq!(placed, expected, "case {at}");
                assert!(draws.0.is_empty(), "case {at} draws less");
            }
            (Err(refused), None) => assert_eq!(Some(refused.message), case.message, "case {at}"),
            (other, _) => panic!("case {at}: {other:?}"),
        }
    }
}

fn brokers(of: &[(Option<&str>, bool)]) -> Vec<UsableBroker> {
    (1..)
        .zip(of)
        .map(|(id, &(rack, fenced))| UsableBroker {
            id: BrokerId(id),
            rack: rack.map(Arc::from),
            fenced,
        })
        .collect()
}

fn rng(seed: u64) -> Rng {
    Rng::stream(seed, "controller")
}

#[test]
fn an_unfenced_replica_is_in_sync_and_the_first_leads() {
    let brokers = brokers(&[(None, false), (None, true), (None, false)]);
    for part in place(&brokers, 4, 3, &mut rng(1)).unwrap() {
        assert_eq!(part.replicas.len(), 3);
        assert_eq!(part.replicas.last(), Some(&BrokerId(2)), "the fenced one comes last");
        assert_eq!(part.isr, part.replicas[..2]);
        assert_eq!(part.leader, Some(part.replicas[0]));
        assert_eq!((part.leader_epoch, part.partition_epoch), (0, 0));
    }
}

#[test]
fn with_all_brokers_fenced_nothing_is_placed() {
    let refused = place(&brokers(&[(None, true), (None, true)]), 1, 1, &mut rng(1)).unwrap_err();
    assert_eq!(refused.error, ErrorCode::InvalidReplicationFactor);
    assert!(refused.message.starts_with("All brokers are currently fenced"));
    assert!(place(&[], 1, 1, &mut rng(1)).is_err());
}

#[test]
fn a_refused_placement_draws_nothing() {
    let mut rng = rng(9);
    let before = rng.clone();
    assert!(place(&brokers(&[(None, false)]), 1, 3, &mut rng).is_err());
    assert_eq!(rng, before);
}

fn cluster() -> impl Strategy<Value = (Vec<UsableBroker>, usize)> {
    let broker = (prop::option::of(0u8..5), prop::bool::weighted(0.2));
    prop::collection::vec(broker, 1..=100)
        .prop_map(|drawn| {
            (0..)
                .zip(drawn)
                .map(|(id, (rack, fenced))| UsableBroker {
                    id: BrokerId(id),
                    rack: rack.map(|rack| format!("rack-{rack}").into()),
                    // One must be there to lead.
                    fenced: fenced && id > 0,
                })
                .collect::<Vec<_>>()
        })
        .prop_flat_map(|brokers| {
            let factor = 1..=brokers.len().min(7);
            (Just(brokers), factor)
        })
}

fn spread<K: Ord>(counted: impl IntoIterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for key in counted {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

proptest! {
    #![proptest_config(random_cases(256))]

    #[test]
    fn replicas_are_distinct_spread_over_racks_and_led_by_an_unfenced_one(
        (brokers, factor) in cluster(),
        count in 1..60i32,
        seed: u64,
    ) {
        let at = |id: &BrokerId| brokers.iter().find(|broker| broker.id == *id).unwrap();
        let sizes = spread(brokers.iter().map(|broker| broker.rack.clone()));
        let placed =
            assign(&brokers, count, i16::try_from(factor).unwrap(), &mut rng(seed)).unwrap();
        for replicas in placed {
            prop_assert_eq!(replicas.len(), factor);
            prop_assert!(spread(&replicas).values().all(|&times| times == 1));
            prop_assert!(!at(&replicas[0]).fenced);
            // A partition starts with whatever rack has an unfenced broker; from there on each rack has its turn, so
            // a rack is used twice only when all others have been, or have no broker left.
            let used = spread(replicas.iter().map(|id| at(id).rack.clone()));
            let most = used.values().copied().max().unwrap_or(0);
            for (rack, size) in &sizes {
                let here = used.get(rack).copied().unwrap_or(0);
                prop_assert!(here + 2 >= most || here == *size, "{used:?} of {sizes:?}");
            }
        }
    }

    #[test]
    fn leaders_spread_evenly_over_equal_racks(
        racks in 1..5i32,
        each in 1..6i32,
        rounds in 1..4i32,
        seed: u64,
    ) {
        let brokers: Vec<UsableBroker> = (0..racks * each)
            .map(|id| UsableBroker {
                id: BrokerId(id),
                rack: Some(format!("rack-{}", id % racks).into()),
                fenced: false,
            })
            .collect();
        let factor = i16::try_from((racks * each).min(3)).unwrap();
        let partitions = racks * each * rounds;
        let placed = assign(&brokers, partitions, factor, &mut rng(seed)).unwrap();
        let leaders = spread(placed.iter().map(|replicas| replicas[0].0 % racks));
        let most = leaders.values().max().unwrap();
        let least = (0..racks).map(|rack| leaders.get(&rack).copied().unwrap_or(0)).min().unwrap();
        prop_assert!(most - least <= 1, "{leaders:?}");
    }

    #[test]
    fn without_racks_each_round_gives_every_broker_one_leadership(
        size in 1..30i32,
        factor in 1..4i16,
        seed: u64,
    ) {
        let brokers: Vec<UsableBroker> =
            (1..=size).map(|id| UsableBroker { id: BrokerId(id), rack: None, fenced: false }).collect();
        let factor = factor.min(i16::try_from(size).unwrap());
        let placed = assign(&brokers, size, factor, &mut rng(seed)).unwrap();
        let leaders = spread(placed.iter().map(|replicas| replicas[0]));
        prop_assert_eq!(leaders.len(), brokers.len());
        let all = spread(placed.into_iter().flatten());
        prop_assert!(all.values().all(|&times| i16::try_from(times).unwrap() == factor), "{all:?}");
    }
}
