//! Client-side partition assignors: from subscriptions to an assignment, as pure functions (R-GRP-30..35).
//!
//! Mirrors `RangeAssignor`, `RoundRobinAssignor`, `StickyAssignor` and `CooperativeStickyAssignor`, down to
//! the places where the result depends on the order of a Java `HashMap`. Differences: no racks, and a claim
//! on a partition that does not exist any more is dropped (Kafka's sticky assignors can fail on it).

mod constrained;
mod general;
mod java_hash;
mod movements;
mod simple;
mod sticky;

use sorted::SortedMap;
use std::sync::Arc;

use crate::ids::TopicPartition;

pub use java_hash::hash_map_order;

/// How many partitions each topic has. Topics missing here get no assignment.
pub type TopicCounts = SortedMap<Arc<str>, i32>;

/// What each member gets, by member id; the partitions in ascending order.
pub type Assignment = SortedMap<Arc<str>, Vec<TopicPartition>>;

/// The generation of a member that never had an assignment (`AbstractStickyAssignor.DEFAULT_GENERATION`).
pub const DEFAULT_GENERATION: i32 = -1;

/// One member's subscription as the group's leader gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AssignorMember {
    /// Member id.
    pub id: Arc<str>,
    /// `group.instance.id`.
    pub instance_id: Option<Arc<str>>,
    /// Topics it subscribes to.
    pub topics: Vec<Arc<str>>,
    /// Partitions it claims: for sticky from its user data, for cooperative-sticky those it still owns.
    pub owned: Vec<TopicPartition>,
    /// Generation it got them in, or [`DEFAULT_GENERATION`].
    pub owned_generation: i32,
}

impl AssignorMember {
    fn subscribes(&self, topic: &str) -> bool {
        self.topics.iter().any(|subscribed| **subscribed == *topic)
    }
}

/// An assignor that comes with the Java client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignor {
    /// Ranges of each topic for itself (R-GRP-31).
    Range,
    /// All partitions dealt out in turn (R-GRP-32).
    RoundRobin,
    /// Balanced, moving as little as possible (R-GRP-33, R-GRP-34).
    Sticky,
    /// As sticky, in two rounds without stopping the world (R-GRP-35, KIP-429).
    CooperativeSticky,
}

impl Assignor {
    /// All of them, in the order in which the documentation lists them.
    pub const ALL: [Self; 4] =
        [Self::Range, Self::RoundRobin, Self::Sticky, Self::CooperativeSticky];

    /// The protocol name members vote with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
        }
    }

    /// The class `partition.assignment.strategy` names.
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Range => "org.apache.kafka.clients.consumer.RangeAssignor",
            Self::RoundRobin => "org.apache.kafka.clients.consumer.RoundRobinAssignor",
            Self::Sticky => "org.apache.kafka.clients.consumer.StickyAssignor",
            Self::CooperativeSticky => {
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
            }
        }
    }

    /// Reads a class name, with or without Java's `class ` before it, or a protocol name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("class ").unwrap_or(text);
        Self::ALL.into_iter().find(|a| a.class_name() == text || a.name() == text)
    }

    /// Whether members may keep their partitions while they rebalance (`RebalanceProtocol.COOPERATIVE`).
    #[must_use]
    pub fn is_cooperative(self) -> bool {
        self == Self::CooperativeSticky
    }

    /// Computes who gets what (`AbstractPartitionAssignor.assign`). `topics` may hold more than the members
    /// want; `members` come in the order in which the leader heard of them.
    #[must_use]
    pub fn assign(self, topics: &TopicCounts, members: &[AssignorMember]) -> Assignment {
        let wanted: TopicCounts = topics
            .iter()
            .filter(|(topic, count)| **count > 0 && members.iter().any(|m| m.subscribes(topic)))
            .map(|(topic, count)| (topic.clone(), *count))
            .collect();
        let mut assignment = match self {
            Self::Range => simple::range(&wanted, members),
            Self::RoundRobin => simple::round_robin(&wanted, members),
            Self::Sticky => sticky::assign(&wanted, members, false),
            Self::CooperativeSticky => sticky::assign(&wanted, members, true),
        };
        assignment.values_mut().for_each(|partitions| sorted::sort(partitions));
        assignment
    }
}

/// Whether a group whose members list these assignors rebalances cooperatively: every assignor of the list
/// must allow it (R-GRP-23).
#[must_use]
pub fn is_cooperative(assignors: &[Assignor]) -> bool {
    !assignors.is_empty() && assignors.iter().all(|assignor| assignor.is_cooperative())
}

#[cfg(test)]
#[path = "assignor/tests.rs"]
mod tests;
