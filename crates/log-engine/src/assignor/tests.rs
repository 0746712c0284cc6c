#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use sorted::SortedSet;

use serde::Deserialize;

use super::*;
use crate::test_support::golden;

#[derive(Deserialize)]
struct Recorded {
    sequences: Vec<Sequence>,
}

#[derive(Deserialize)]
struct Sequence {
    assignor: String,
    name: String,
    steps: Vec<Step>,
}

type Partitions = SortedMap<Arc<str>, Vec<i32>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    event: String,
    topics: TopicCounts,
    members: Vec<Subscription>,
    assignment: SortedMap<Arc<str>, Partitions>,
    #[serde(default)]
    hash_order_dependent: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    id: Arc<str>,
    instance_id: Option<Arc<str>>,
    topics: Vec<Arc<str>>,
    #[serde(default)]
    owned: Partitions,
    owned_generation: Option<i32>,
}

fn flat(partitions: &Partitions) -> Vec<TopicPartition> {
    let each = |(topic, ps): (&Arc<str>, &Vec<i32>)| {
        ps.iter().map(|p| TopicPartition::new(topic.clone(), *p)).collect::<Vec<_>>()
    };
    partitions.iter().flat_map(each).collect()
}

impl Step {
    fn subscriptions(&self) -> Vec<AssignorMember> {
        let member = |m: &Subscription| AssignorMember {
            id: m.id.clone(),
            instance_id: m.instance_id.clone(),
            topics: m.topics.clone(),
            owned: flat(&m.owned),
            owned_generation: m.owned_generation.unwrap_or(DEFAULT_GENERATION),
        };
        self.members.iter().map(member).collect()
    }

    fn recorded(&self) -> Assignment {
        self.assignment.iter().map(|(id, partitions)| (id.clone(), flat(partitions))).collect()
    }
}

/// Every partition that somebody wants is with exactly one member, who subscribes to it; a cooperative round
/// may leave out what its old owner must give up first.
fn assert_valid(topics: &TopicCounts, members: &[AssignorMember], found: &Assignment, lazy: bool) {
    let mut seen = SortedSet::new();
    for member in members {
        for partition in &found[&member.id] {
            assert!(member.subscribes(&partition.topic), "{partition} to a stranger");
            assert!(seen.insert(partition.clone()), "{partition} twice");
        }
    }
    for (topic, count) in topics {
        if !members.iter().any(|m| m.subscribes(topic)) {
            continue;
        }
        for p in 0..*count {
            let partition = TopicPartition::new(topic.clone(), p);
            let claimed = members.iter().any(|m| m.owned.contains(&partition));
            assert!(seen.contains(&partition) || (lazy && claimed), "{partition} forgotten");
        }
    }
}

fn loads(found: &Assignment) -> Vec<usize> {
    let mut loads: Vec<_> = found.values().map(Vec::len).collect();
    loads.sort_unstable();
    loads
}

fn kept(members: &[AssignorMember], found: &Assignment) -> usize {
    members.iter().map(|m| found[&m.id].iter().filter(|p| m.owned.contains(p)).count()).sum()
}

impl Sequence {
    /// Takes topics out of subscriptions before the step that creates them.
    fn without_topics_created_later(mut self) -> Self {
        for at in 0..self.steps.len() {
            let Some(topic) = self.steps[at].event.strip_prefix("topic created: ") else {
                continue;
            };
            let topic = topic.to_owned();
            for step in &mut self.steps[..at] {
                for member in &mut step.members {
                    member.topics.retain(|known| **known != *topic);
                }
            }
        }
        self
    }

    /// Members whose subscription changes at a step: what they subscribed to before is not recorded.
    fn changes(&self) -> Vec<(usize, Arc<str>)> {
        let change = |(at, step): (usize, &Step)| {
            let id = step.event.strip_prefix("subscription of ")?.strip_suffix(" changed")?;
            Some((at, Arc::from(id)))
        };
        self.steps.iter().enumerate().filter_map(change).collect()
    }

    /// All ways the changed members may have been subscribed before, the recorded one first.
    fn candidates(&self) -> Vec<SortedMap<Arc<str>, Vec<Arc<str>>>> {
        let known: SortedSet<Arc<str>> =
            self.steps.iter().flat_map(|step| step.topics.keys().cloned()).collect();
        let subsets = (1u32..1 << known.len()).map(|mask| {
            let chosen = known.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
            chosen.map(|(_, topic)| topic.clone()).collect::<Vec<_>>()
        });
        let subsets: Vec<_> = subsets.collect();
        let mut candidates = vec![SortedMap::new()];
        for (_, id) in self.changes() {
            let with = |c: &SortedMap<_, _>, subset: &Vec<_>| {
                let mut c = c.clone();
                c.insert(Arc::clone(&id), subset.clone());
                c
            };
            let more: Vec<_> = candidates
                .iter()
                .flat_map(|c| subsets.iter().map(move |subset| with(c, subset)))
                .collect();
            candidates.extend(more);
        }
        candidates
    }

    /// The first step that comes out otherwise than recorded, and what came out.
    fn first_difference(
        &self,
        assignor: Assignor,
        before: &SortedMap<Arc<str>, Vec<Arc<str>>>,
    ) -> Option<String> {
        let changes = self.changes();
        for (at, step) in self.steps.iter().enumerate() {
            let mut members = step.subscriptions();
            for member in &mut members {
                let changes_later =
                    changes.iter().any(|(change, id)| *change > at && *id == member.id);
                if let (true, Some(topics)) = (changes_later, before.get(&member.id)) {
                    member.topics.clone_from(topics);
                }
            }
            let found = assignor.assign(&step.topics, &members);
            let place = format!("{} step {at} ({})", self.name, step.event);
            if step.hash_order_dependent {
                assert_valid(&step.topics, &members, &found, assignor.is_cooperative());
                assert_eq!(loads(&found), loads(&step.recorded()), "balance of {place}");
                assert_eq!(kept(&members, &found), kept(&members, &step.recorded()), "{place}");
            } else if found != step.recorded() {
                return Some(format!("{place}: {found:?} instead of {:?}", step.recorded()));
            }
        }
        None
    }
}

/// Replays every recorded sequence. The recorder kept each member's topics in a list that it changed in
/// place, so steps before a change of subscriptions show topics the member came to know only later (the real
/// assignors, given those, do not produce what is recorded either). Such a sequence must come out under one
/// and the same earlier subscription.
fn replay(assignor: Assignor, steps: usize) {
    let recorded: Recorded = golden("assignors.json");
    let mut replayed = 0;
    for sequence in recorded.sequences.into_iter().filter(|s| s.assignor == assignor.name()) {
        replayed += sequence.steps.len();
        let Some(difference) = sequence.first_difference(assignor, &SortedMap::new()) else {
            continue;
        };
        let earlier = sequence.without_topics_created_later();
        let explains = |before: &_| earlier.first_difference(assignor, before).is_none();
        assert!(earlier.candidates().iter().any(explains), "{difference}");
    }
    assert_eq!(replayed, steps, "recorded steps of {}", assignor.name());
}

#[test]
fn golden_range_assigns_as_recorded() {
    replay(Assignor::Range, 52);
}

#[test]
fn golden_roundrobin_assigns_as_recorded() {
    replay(Assignor::RoundRobin, 44);
}

#[test]
fn golden_sticky_assigns_as_recorded() {
    replay(Assignor::Sticky, 72);
}

#[test]
fn golden_cooperative_sticky_assigns_as_recorded() {
    replay(Assignor::CooperativeSticky, 67);
}

fn member(id: &str, topics: &[&str], owned: &[(&str, i32)], generation: i32) -> AssignorMember {
    AssignorMember {
        id: id.into(),
        instance_id: None,
        topics: topics.iter().map(|topic| Arc::from(*topic)).collect(),
        owned: owned.iter().map(|(topic, p)| TopicPartition::new(*topic, *p)).collect(),
        owned_generation: generation,
    }
}

fn counts(topics: &[(&str, i32)]) -> TopicCounts {
    topics.iter().map(|(topic, count)| (Arc::from(*topic), *count)).collect()
}

#[test]
fn range_favours_the_first_members_once_for_each_topic() {
    // S-42: ten topics of one partition, two members.
    let topics: Vec<String> = (0..10).map(|n| format!("t{n}")).collect();
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    let counts = counts(&names.iter().map(|name| (*name, 1)).collect::<Vec<_>>());
    let members = [member("C0", &names, &[], -1), member("C1", &names, &[], -1)];
    let found = |assignor: Assignor| loads(&assignor.assign(&counts, &members));
    assert_eq!(found(Assignor::Range), [0, 10]);
    assert_eq!(found(Assignor::RoundRobin), [5, 5]);
    assert_eq!(found(Assignor::Sticky), [5, 5]);
    assert_eq!(found(Assignor::CooperativeSticky), [5, 5]);
}

#[test]
fn a_static_member_comes_before_dynamic_ones() {
    let mut late = member("z", &["t"], &[], -1);
    late.instance_id = Some("i".into());
    let members = [member("a", &["t"], &[], -1), late];
    let found = Assignor::Range.assign(&counts(&[("t", 1)]), &members);
    assert_eq!(found.get("z").unwrap().len(), 1);
}

#[test]
fn a_moved_partition_rests_for_one_cooperative_round() {
    // S-41: six partitions on three members, a fourth joins.
    let topics = counts(&[("t", 6)]);
    let mut members = vec![
        member("C0", &["t"], &[("t", 0), ("t", 3)], 1),
        member("C1", &["t"], &[("t", 1), ("t", 4)], 1),
        member("C2", &["t"], &[("t", 2), ("t", 5)], 1),
        member("C3", &["t"], &[], -1),
    ];
    let first = Assignor::CooperativeSticky.assign(&topics, &members);
    assert_eq!(loads(&first), [0, 1, 2, 2], "one partition is given up, nobody has it yet");
    for member in &mut members {
        member.owned = first[&member.id].clone();
        member.owned_generation = 2;
    }
    let second = Assignor::CooperativeSticky.assign(&topics, &members);
    assert_eq!(loads(&second), [1, 1, 2, 2]);
    assert_eq!(kept(&members, &second), 5, "what was kept is still kept");
}

#[test]
fn a_claim_of_an_older_generation_does_not_count_against_a_newer_one() {
    let topics = counts(&[("t", 2)]);
    let members =
        [member("back", &["t"], &[("t", 0), ("t", 1)], 3), member("here", &["t"], &[("t", 0)], 7)];
    let found = Assignor::Sticky.assign(&topics, &members);
    assert_eq!(found.get("here").unwrap(), &[TopicPartition::new("t", 0)]);
}

#[test]
fn nobody_and_nothing_is_an_empty_assignment() {
    for assignor in Assignor::ALL {
        assert!(assignor.assign(&counts(&[("t", 3)]), &[]).is_empty());
        let idle = assignor.assign(&TopicCounts::new(), &[member("a", &["gone"], &[], -1)]);
        assert_eq!(loads(&idle), [0]);
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

    /// A drawn member: bits of its topics, its claims as (topic, partition), their generation.
    type Drawn = (u8, Vec<(usize, i32)>, i32);

    fn any_group() -> impl Strategy<Value = (TopicCounts, Vec<AssignorMember>)> {
        let topics = prop::collection::vec(1..12i32, TOPICS.len());
        let one = (any::<u8>(), prop::collection::vec((0..4usize, 0..14i32), 0..9), -1..4i32);
        let members = prop::collection::vec(one, 1..9);
        (topics, members, any::<bool>()).prop_map(|(partitions, members, equal)| {
            let topics = TOPICS.iter().zip(partitions).map(|(t, n)| (Arc::from(*t), n)).collect();
            let build = |(n, (mask, owned, generation)): (usize, Drawn)| {
                let mask = if equal { 0b111 } else { mask | 1 << (n % 4) };
                let chosen = TOPICS.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
                let names: Vec<_> = chosen.map(|(_, name)| *name).collect();
                let owned: Vec<_> = owned.into_iter().map(|(t, p)| (TOPICS[t], p)).collect();
                member(&format!("member-{n}"), &names, &owned, generation)
            };
            (topics, members.into_iter().enumerate().map(build).collect())
        })
    }

    /// No partition could move to a member with at least two fewer.
    fn assert_balanced(members: &[AssignorMember], found: &Assignment) {
        for (owner, partitions) in found {
            for other in members {
                for partition in partitions {
                    let gain = partitions.len() > found[&other.id].len() + 1;
                    let possible = other.subscribes(&partition.topic);
                    assert!(
                        !(gain && possible),
                        "{partition} of {owner} should go to {}",
                        other.id
                    );
                }
            }
        }
    }

    proptest! {
        #![proptest_config(crate::test_support::random_cases(256))]

        #[test]
        fn every_wanted_partition_has_exactly_one_owner((topics, members) in any_group()) {
            for assignor in Assignor::ALL {
                let found = assignor.assign(&topics, &members);
                assert_valid(&topics, &members, &found, assignor.is_cooperative());
            }
        }

        #[test]
        fn a_fresh_sticky_assignment_is_balanced((topics, mut members) in any_group()) {
            members.iter_mut().for_each(|m| m.owned.clear());
            assert_balanced(&members, &Assignor::Sticky.assign(&topics, &members));
        }

        #[test]
        fn assigning_again_moves_nothing((topics, mut members) in any_group()) {
            let first = Assignor::Sticky.assign(&topics, &members);
            for member in &mut members {
                member.owned = first[&member.id].clone();
                member.owned_generation = 9;
            }
            let equal = members.windows(2).all(|pair| pair[0].topics == pair[1].topics);
            let second = Assignor::Sticky.assign(&topics, &members);
            if equal {
                prop_assert_eq!(&second, &first);
            }
            prop_assert!(kept(&members, &second) * 2 >= kept(&members, &first));
        }

        #[test]
        fn cooperative_rounds_end_and_never_share_a_partition((topics, mut members) in any_group()) {
            members.iter_mut().for_each(|m| m.owned.clear());
            for round in 0..8 {
                let found = Assignor::CooperativeSticky.assign(&topics, &members);
                for member in &members {
                    for partition in &found[&member.id] {
                        let rival = members.iter().any(|m| m.id != member.id && m.owned.contains(partition));
                        prop_assert!(!rival, "{} while another holds it", partition);
                    }
                }
                let settled = members.iter().all(|m| m.owned == found[&m.id]);
                for member in &mut members {
                    member.owned = found[&member.id].clone();
                    member.owned_generation = round;
                }
                if settled {
                    assert_valid(&topics, &members, &found, false);
                    return Ok(());
                }
            }
            prop_assert!(false, "does not settle");
        }
    }
}
