//! The event log and its causes.

use crate::ids::{EventId, TimestampMs};
use serde::{Deserialize, Serialize};

/// One row of the event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventRow {
    /// Its number.
    pub id: EventId,
    /// When.
    pub at_ms: TimestampMs,
    /// For the filter chips.
    pub category: EventCategory,
    /// Which picture: `send`, `check`, `hw`, `eye`, `swap`, `trash`, `warn`, `crown`, `power`, `you`, `edit`, `plus`.
    pub icon: String,
    /// Who or what it is about: `P2`, `checkout`, `billing-1`, `broker 1`.
    pub subject: String,
    /// What happened, one line.
    pub text: String,
    /// The event that led to it; none for a command's own event.
    pub cause: Option<EventId>,
    /// Topic and partition concerned, if one is.
    pub topic: Option<String>,
    /// Partition concerned.
    pub partition: Option<i32>,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventCategory {
    /// What a person did.
    Action,
    /// Producers, appends, acks.
    Produce,
    /// Replicas and high watermarks.
    Replicate,
    /// Fetches, commits, resets.
    Consume,
    /// Joins, leaves, rebalances.
    Group,
    /// Rolls and deletions.
    Retention,
    /// Topics, configs, the controller.
    Admin,
}

/// Which events a reader wants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFilter {
    /// Categories; empty means all.
    pub categories: Vec<EventCategory>,
    /// Words that must all occur in subject or text, any case of ASCII letters.
    pub text: String,
}

/// The chain of causes behind something, nearest first; it ends at what a person did, or at a config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyView {
    /// The question, as a heading.
    pub question: String,
    /// Its steps.
    pub steps: Vec<WhyStep>,
}

/// One step of a why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyStep {
    /// What.
    pub title: String,
    /// How or by which rule.
    pub detail: String,
    /// The moment it links to.
    pub at_ms: Option<TimestampMs>,
    /// The event it links to.
    pub event: Option<EventId>,
    /// `event`, `config`, `you` (the end of the chain) or `soon`.
    pub kind: String,
    /// The rule's id in our own fidelity table (`R-LOG-44`), if one stands behind it.
    pub rule: Option<String>,
    /// Where Kafka's documentation says more.
    pub link: Option<String>,
}

/// What a "why?" can be asked of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum WhyTarget {
    /// An event.
    Event {
        /// Its number.
        id: EventId,
    },
    /// A partition's high watermark.
    HighWatermark {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// Who leads a partition, or that nobody does.
    Leader {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// Who is in sync with a partition's leader, and who is not.
    InSync {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// That a record can be read, or can not be yet.
    Readable {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
        /// The offset.
        offset: i64,
    },
    /// What a broker does.
    Broker {
        /// `node.id`.
        broker: i32,
    },
    /// What a group's member has to do, or that it has nothing to do.
    Member {
        /// The member's name.
        member: String,
    },
    /// A group's cursor in a partition.
    Cursor {
        /// `group.id`.
        group: String,
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// A partition's log start.
    LogStart {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// An offset that has no record any more.
    Gap {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
        /// The offset.
        offset: i64,
    },
}
