//! What sticky and cooperative-sticky share: whose claims count, which algorithm runs, and the
//! cooperative second look (`AbstractStickyAssignor.assignPartitions`, `CooperativeStickyAssignor`).

use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

use super::constrained::Constrained;
use super::general;
use super::java_hash::hash_map_order;
use super::{Assignment, AssignorMember, DEFAULT_GENERATION, TopicCounts};
use crate::ids::TopicPartition;

/// Partitions that get a new owner while the old one still holds them.
pub(super) type Transfers = SortedMap<TopicPartition, Arc<str>>;

/// The members in `HashMap` order with the claims that count.
pub(super) struct Claims<'a> {
    /// Subscriptions in the order Java iterates them.
    pub(super) members: Vec<&'a AssignorMember>,
    /// Valid claims of each member, same order.
    pub(super) owned: Vec<Vec<TopicPartition>>,
    /// Claimed by two members of one generation: neither keeps it.
    pub(super) doubly_claimed: SortedSet<TopicPartition>,
    /// The newest generation anybody speaks of.
    pub(super) max_generation: i32,
    /// All members subscribe to the same topics.
    pub(super) equal_subscriptions: bool,
}

/// Assigns by the algorithm that fits the subscriptions.
pub(super) fn assign(
    topics: &TopicCounts,
    members: &[AssignorMember],
    cooperative: bool,
) -> Assignment {
    let claims = read_claims(topics, members);
    let (mut assignment, transfers) = if claims.equal_subscriptions {
        let (assignment, transfers) = Constrained::new(topics, &claims).build();
        (assignment, Some(transfers))
    } else {
        (general::build(topics, &claims), None)
    };
    if cooperative {
        let transfers = transfers.unwrap_or_else(|| transfers_between(members, &assignment));
        for (partition, new_owner) in &transfers {
            if let Some(partitions) = assignment.get_mut(new_owner) {
                partitions.retain(|p| p != partition);
            }
        }
    }
    assignment
}

/// `AbstractStickyAssignor.allSubscriptionsEqual`.
fn read_claims<'a>(topics: &TopicCounts, members: &'a [AssignorMember]) -> Claims<'a> {
    let members = hash_map_order(members.iter().collect::<Vec<_>>(), |m| &m.id);
    let mut claims = Claims {
        owned: vec![Vec::new(); members.len()],
        members,
        doubly_claimed: SortedSet::new(),
        max_generation: DEFAULT_GENERATION,
        equal_subscriptions: true,
    };
    let mut owners: SortedMap<TopicPartition, usize> = SortedMap::new();
    let mut subscribed: SortedSet<&Arc<str>> = SortedSet::new();
    for (index, member) in claims.members.iter().enumerate() {
        if subscribed.is_empty() {
            subscribed.extend(&member.topics);
        } else if member.topics.len() != subscribed.len()
            || !member.topics.iter().all(|topic| subscribed.contains(topic))
        {
            claims.equal_subscriptions = false;
        }
        claims.max_generation = claims.max_generation.max(member.owned_generation);
        for partition in &member.owned {
            if !topics.get(&partition.topic).is_some_and(|n| (0..*n).contains(&partition.partition))
            {
                continue;
            }
            let rival = owners.get(partition).copied();
            let rival_generation =
                rival.and_then(|rival| claims.members.get(rival)).map(|m| m.owned_generation);
            let keeps = match rival_generation {
                None => true,
                Some(generation) if member.owned_generation == generation => {
                    claims.doubly_claimed.insert(partition.clone());
                    drop_claim(&mut claims.owned, rival, partition);
                    owners.insert(partition.clone(), index);
                    false
                }
                Some(generation) if member.owned_generation > generation => {
                    drop_claim(&mut claims.owned, rival, partition);
                    true
                }
                Some(_) => false,
            };
            if keeps {
                owners.insert(partition.clone(), index);
                if let Some(owned) = claims.owned.get_mut(index) {
                    owned.push(partition.clone());
                }
            }
        }
    }
    claims
}

fn drop_claim(owned: &mut [Vec<TopicPartition>], rival: Option<usize>, partition: &TopicPartition) {
    if let Some(claims) = rival.and_then(|rival| owned.get_mut(rival)) {
        claims.retain(|claimed| claimed != partition);
    }
}

/// `CooperativeStickyAssignor.computePartitionsTransferringOwnership`: added here and revoked there.
fn transfers_between(members: &[AssignorMember], assignment: &Assignment) -> Transfers {
    let mut added = Transfers::new();
    let mut revoked = SortedSet::new();
    for member in members {
        let Some(assigned) = assignment.get(&member.id) else { continue };
        let owned: SortedSet<_> = member.owned.iter().collect();
        let kept: SortedSet<_> = assigned.iter().collect();
        for partition in kept.difference(&owned) {
            added.insert((*partition).clone(), member.id.clone());
        }
        revoked.extend(owned.difference(&kept).map(|partition| (*partition).clone()));
    }
    added.retain(|partition, _| revoked.contains(partition));
    added
}
