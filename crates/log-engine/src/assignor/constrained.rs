//! The sticky algorithm for members that all subscribe to the same topics
//! (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`, R-GRP-33).

use sorted::{SortedMap, SortedSet};
use std::collections::VecDeque;
use std::sync::Arc;

use super::sticky::{Claims, Transfers};
use super::{Assignment, TopicCounts};
use crate::ids::TopicPartition;

/// The work in progress.
pub(super) struct Constrained<'a> {
    topics: &'a TopicCounts,
    claims: &'a Claims<'a>,
    min_quota: usize,
    max_quota: usize,
    /// How many members should get more than the minimum.
    expected_over_min: usize,
    over_min: usize,
    under_min: Vec<Arc<str>>,
    at_min: VecDeque<Arc<str>>,
    maybe_revoked: SortedMap<TopicPartition, Arc<str>>,
    assigned: SortedSet<TopicPartition>,
    assignment: Assignment,
    transfers: Transfers,
}

impl<'a> Constrained<'a> {
    pub(super) fn new(topics: &'a TopicCounts, claims: &'a Claims<'a>) -> Self {
        let total: usize = topics.values().filter_map(|count| usize::try_from(*count).ok()).sum();
        let members = claims.members.len().max(1);
        Self {
            topics,
            claims,
            min_quota: total / members,
            max_quota: total.div_ceil(members),
            expected_over_min: total % members,
            over_min: 0,
            under_min: Vec::new(),
            at_min: VecDeque::new(),
            maybe_revoked: SortedMap::new(),
            assigned: SortedSet::new(),
            assignment: claims.members.iter().map(|m| (m.id.clone(), Vec::new())).collect(),
            transfers: Transfers::new(),
        }
    }

    pub(super) fn build(mut self) -> (Assignment, Transfers) {
        self.keep_owned();
        sorted::sort(&mut self.under_min);
        sorted::sort(self.at_min.make_contiguous());
        self.deal_unassigned();
        (self.assignment, self.transfers)
    }

    /// Step i: every member keeps what it owns, up to its quota.
    fn keep_owned(&mut self) {
        for (member, owned) in self.claims.members.iter().zip(&self.claims.owned) {
            let mut owned: Vec<_> =
                owned.iter().filter(|p| !self.claims.doubly_claimed.contains(p)).cloned().collect();
            sorted::sort_by(&mut owned, |a, b| {
                (a.partition, &a.topic).cmp(&(b.partition, &b.topic))
            });
            let id = member.id.clone();
            if owned.len() < self.min_quota {
                self.under_min.push(id.clone());
            } else if owned.len() >= self.max_quota && self.over_min < self.expected_over_min {
                self.over_min += 1;
                if self.over_min == self.expected_over_min {
                    self.at_min.clear();
                }
                self.revoke_beyond(&id, &mut owned, self.max_quota);
            } else {
                self.revoke_beyond(&id, &mut owned, self.min_quota);
                if self.over_min < self.expected_over_min {
                    self.at_min.push_back(id.clone());
                }
            }
            self.assigned.extend(owned.iter().cloned());
            self.assignment.insert(id, owned);
        }
    }

    fn revoke_beyond(&mut self, id: &Arc<str>, owned: &mut Vec<TopicPartition>, quota: usize) {
        for partition in owned.drain(quota..) {
            self.maybe_revoked.insert(partition, id.clone());
        }
    }

    /// Steps ii and iii: the rest goes in rotation to members under the minimum, then to those at it.
    fn deal_unassigned(&mut self) {
        let mut turn = 0;
        for partition in self.unassigned() {
            if turn >= self.under_min.len() {
                turn = 0;
            }
            let (id, rotating) = match self.under_min.get(turn) {
                Some(id) => (id.clone(), true),
                None => match self.at_min.pop_front() {
                    Some(id) => (id, false),
                    // The quotas add up to the number of partitions, so nobody is ever missing.
                    None => break,
                },
            };
            let count = self.give(partition, &id);
            if rotating && count == self.min_quota {
                self.under_min.remove(turn);
                self.at_min.push_back(id);
            } else if count == self.max_quota {
                self.over_min += 1;
                turn += usize::from(rotating);
            } else {
                turn += 1;
            }
        }
    }

    fn unassigned(&self) -> Vec<TopicPartition> {
        self.topics
            .iter()
            .flat_map(|(topic, count)| (0..*count).map(|p| TopicPartition::new(topic.clone(), p)))
            .filter(|partition| !self.assigned.contains(partition))
            .collect()
    }

    fn give(&mut self, partition: TopicPartition, id: &Arc<str>) -> usize {
        let moved = self.maybe_revoked.get(&partition).is_some_and(|owner| owner != id);
        if moved || self.claims.doubly_claimed.contains(&partition) {
            self.transfers.insert(partition.clone(), id.clone());
        }
        let partitions = self.assignment.entry(id.clone()).or_default();
        partitions.push(partition);
        partitions.len()
    }
}
