//! The sticky algorithm for members with different subscriptions
//! (`AbstractStickyAssignor.GeneralAssignmentBuilder`, R-GRP-34).
//!
//! Members and partitions are numbered, members in the order of their ids. One difference: a partition
//! returns to an earlier owner only if that one still subscribes to the topic (Kafka does not check).

use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

use super::movements::Movements;
use super::sticky::Claims;
use super::{Assignment, DEFAULT_GENERATION, TopicCounts};
use crate::ids::TopicPartition;

/// The assignment, as balanced as the subscriptions allow.
pub(super) fn build(topics: &TopicCounts, claims: &Claims<'_>) -> Assignment {
    let mut general = General::new(topics, claims);
    general.keep_owned(claims);
    general.balance(claims);
    general.into_assignment()
}

struct Member {
    id: Arc<str>,
    topics: SortedSet<Arc<str>>,
    partitions: Vec<TopicPartition>,
    /// It can't gain or lose anything, so balancing leaves it out.
    fixed: bool,
}

struct General<'a> {
    topics: &'a TopicCounts,
    members: Vec<Member>,
    /// How many members subscribe to each topic.
    subscribers: SortedMap<Arc<str>, usize>,
    owners: SortedMap<TopicPartition, usize>,
    /// Members that take part, by how much they have, then by id.
    by_load: SortedSet<(usize, usize)>,
    /// Partitions by how few members can have them, then by name.
    partitions: Vec<TopicPartition>,
    /// Owners of older generations, to go back to.
    previous: SortedMap<TopicPartition, usize>,
    movements: Movements,
    revocation_required: bool,
}

impl<'a> General<'a> {
    fn new(topics: &'a TopicCounts, claims: &Claims<'_>) -> Self {
        let mut members: Vec<Member> = claims
            .members
            .iter()
            .map(|member| Member {
                id: member.id.clone(),
                topics: member.topics.iter().filter(|t| topics.contains_key(*t)).cloned().collect(),
                partitions: Vec::new(),
                fixed: false,
            })
            .collect();
        sorted::sort_by(&mut members, |a, b| a.id.cmp(&b.id));
        let subscribers: SortedMap<Arc<str>, usize> = topics
            .keys()
            .map(|topic| {
                (topic.clone(), members.iter().filter(|m| m.topics.contains(topic)).count())
            })
            .collect();
        let mut order: Vec<_> = topics.iter().collect();
        sorted::sort_by_key(&mut order, |(topic, _)| {
            (subscribers.get(*topic).copied(), (*topic).clone())
        });
        let partitions = order
            .into_iter()
            .flat_map(|(topic, count)| (0..*count).map(|p| TopicPartition::new(topic.clone(), p)))
            .collect();
        Self {
            topics,
            members,
            subscribers,
            owners: SortedMap::new(),
            by_load: SortedSet::new(),
            partitions,
            previous: SortedMap::new(),
            movements: Movements::default(),
            revocation_required: false,
        }
    }

    /// `assignOwnedPartitions` and `prepopulateCurrentAssignments`.
    fn keep_owned(&mut self, claims: &Claims<'_>) {
        let mut previous: SortedMap<TopicPartition, (usize, i32)> = SortedMap::new();
        for (claimant, owned) in claims.members.iter().zip(&claims.owned) {
            let Ok(index) = self.members.binary_search_by(|m| m.id.cmp(&claimant.id)) else {
                continue;
            };
            let Some(member) = self.members.get_mut(index) else { continue };
            for partition in owned {
                if member.topics.contains(&partition.topic) {
                    member.partitions.push(partition.clone());
                    self.owners.insert(partition.clone(), index);
                } else {
                    self.revocation_required = true;
                }
            }
            let generation = claimant.owned_generation.max(DEFAULT_GENERATION);
            if generation < claims.max_generation {
                for partition in &claimant.owned {
                    let entry = previous.entry(partition.clone()).or_insert((index, generation));
                    if generation > entry.1 {
                        *entry = (index, generation);
                    }
                }
            }
        }
        self.previous = previous.into_iter().map(|(p, (owner, _))| (p, owner)).collect();
    }

    fn balance(&mut self, claims: &Claims<'_>) {
        self.by_load =
            self.members.iter().enumerate().map(|(i, m)| (m.partitions.len(), i)).collect();
        let initializing = claims.members.is_empty()
            || self.by_load.last().is_some_and(|(most_loaded, _)| *most_loaded == 0);
        let unassigned: Vec<_> =
            self.partitions.iter().filter(|p| !self.owners.contains_key(p)).cloned().collect();
        for partition in &unassigned {
            if let Some(member) = self.least_loaded(&partition.topic) {
                self.add(partition, member);
            }
        }
        let movable = |p: &&TopicPartition| self.is_movable(&p.topic);
        let unassigned: Vec<_> = unassigned.iter().filter(movable).cloned().collect();
        let all: Vec<_> = self.partitions.iter().filter(movable).cloned().collect();
        self.set_fixed_aside();

        let before: Vec<_> = self.members.iter().map(|m| m.partitions.clone()).collect();
        let score_before = self.balance_score();
        if !self.revocation_required {
            self.reassign_all(&unassigned);
        }
        let moved = self.reassign_all(&all);
        if !initializing && moved && self.balance_score() >= score_before {
            for (member, partitions) in self.members.iter_mut().zip(before) {
                member.partitions = partitions;
            }
        }
    }

    fn is_movable(&self, topic: &str) -> bool {
        self.subscribers.get(topic).is_some_and(|count| *count >= 2)
    }

    /// Members that have all they can have, and nothing anybody else could have.
    fn set_fixed_aside(&mut self) {
        for index in 0..self.members.len() {
            let Some(member) = self.members.get(index) else { continue };
            let takes_part = member.partitions.len() < self.most_possible(member)
                || member.partitions.iter().any(|p| self.is_movable(&p.topic));
            if !takes_part {
                self.by_load.remove(&(member.partitions.len(), index));
                if let Some(member) = self.members.get_mut(index) {
                    member.fixed = true;
                }
            }
        }
    }

    fn most_possible(&self, member: &Member) -> usize {
        let counts = member.topics.iter().filter_map(|topic| self.topics.get(topic));
        counts.filter_map(|count| usize::try_from(*count).ok()).sum()
    }

    fn load(&self, member: usize) -> usize {
        self.members.get(member).map_or(0, |m| m.partitions.len())
    }

    fn subscribes(&self, member: usize, topic: &str) -> bool {
        self.members.get(member).is_some_and(|m| m.topics.contains(topic))
    }

    fn least_loaded(&self, topic: &str) -> Option<usize> {
        self.by_load.iter().map(|(_, i)| *i).find(|index| self.subscribes(*index, topic))
    }

    fn add(&mut self, partition: &TopicPartition, to: usize) {
        let load = self.load(to);
        if let Some(member) = self.members.get_mut(to) {
            member.partitions.push(partition.clone());
            self.owners.insert(partition.clone(), to);
            self.by_load.remove(&(load, to));
            self.by_load.insert((load + 1, to));
        }
    }

    fn take(&mut self, partition: &TopicPartition, from: usize) {
        let load = self.load(from);
        if let Some(member) = self.members.get_mut(from) {
            member.partitions.retain(|p| p != partition);
            self.by_load.remove(&(load, from));
            self.by_load.insert((member.partitions.len(), from));
        }
    }

    /// `performReassignments`: moves partitions as long as that makes the groups more even.
    fn reassign_all(&mut self, partitions: &[TopicPartition]) -> bool {
        let mut performed = false;
        loop {
            let mut modified = false;
            for partition in partitions {
                if self.is_balanced() {
                    break;
                }
                if let Some(target) = self.better_owner(partition) {
                    self.reassign(partition, target);
                    modified = true;
                    performed = true;
                }
            }
            if !modified {
                return performed;
            }
        }
    }

    /// The member to move the partition to: its owner of old, else the least loaded, if that is an advantage.
    fn better_owner(&self, partition: &TopicPartition) -> Option<usize> {
        let load = self.load(*self.owners.get(partition)?);
        let topic = &partition.topic;
        if let Some(previous) = self.previous.get(partition).copied()
            && self.members.get(previous).is_some_and(|m| !m.fixed && m.topics.contains(topic))
            && load > self.load(previous) + 1
        {
            return Some(previous);
        }
        let lighter = |index: usize| self.subscribes(index, topic) && load > self.load(index) + 1;
        (0..self.members.len()).any(lighter).then(|| self.least_loaded(topic)).flatten()
    }

    fn reassign(&mut self, partition: &TopicPartition, to: usize) {
        let Some(owner) = self.owners.get(partition).copied() else { return };
        let moved = self.movements.better(partition, owner, to);
        let Some(from) = self.owners.get(&moved).copied() else { return };
        self.movements.record(&moved, from, to);
        self.take(&moved, from);
        self.add(&moved, to);
    }

    fn is_balanced(&self) -> bool {
        let (Some((min, _)), Some((max, _))) = (self.by_load.first(), self.by_load.last()) else {
            return true;
        };
        if min + 1 >= *max {
            return true;
        }
        self.by_load.iter().all(|(load, index)| {
            let Some(member) = self.members.get(*index) else { return true };
            *load == self.most_possible(member) || !self.could_take_one(*index, *load)
        })
    }

    /// Some partition the member could have is with one that has at least two more.
    fn could_take_one(&self, member: usize, load: usize) -> bool {
        self.by_load.iter().rev().take_while(|(other, _)| *other > load + 1).any(|(_, other)| {
            self.members.get(*other).is_some_and(|other| {
                other.partitions.iter().any(|p| self.subscribes(member, &p.topic))
            })
        })
    }

    /// Sum of the differences between all pairs of members; 0 is perfect.
    fn balance_score(&self) -> usize {
        let loads: Vec<_> =
            self.members.iter().filter(|m| !m.fixed).map(|m| m.partitions.len()).collect();
        let mut score = 0;
        for (i, a) in loads.iter().enumerate() {
            score += loads.iter().skip(i + 1).map(|b| a.abs_diff(*b)).sum::<usize>();
        }
        score
    }

    fn into_assignment(self) -> Assignment {
        self.members.into_iter().map(|member| (member.id, member.partitions)).collect()
    }
}
