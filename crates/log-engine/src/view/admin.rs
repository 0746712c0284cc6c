//! What an admin client reads: partitions as the controller registers them, groups as their coordinator knows
//! them, and what a client logs.

use crate::coordinator::GroupDescription;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::ErrorCode;
use serde::Serialize;

/// One partition as the controller registers it (DescribeTopicPartitions, ListPartitionReassignments).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionView {
    /// Topic name.
    pub topic: String,
    /// Partition number.
    pub partition: i32,
    /// Leader, none while it has none.
    pub leader: Option<BrokerId>,
    /// Leader epoch.
    pub leader_epoch: i32,
    /// Replicas in assignment order; while a reassignment goes on, those it adds and removes among them.
    pub replicas: Vec<BrokerId>,
    /// In-sync replicas, in the registration's order.
    pub isr: Vec<BrokerId>,
    /// Eligible leader replicas.
    pub elr: Vec<BrokerId>,
    /// `lastKnownElr`.
    pub last_known_elr: Vec<BrokerId>,
    /// Replicas a reassignment adds.
    pub adding: Vec<BrokerId>,
    /// Replicas a reassignment removes.
    pub removing: Vec<BrokerId>,
    /// Grows with each change of any of this.
    pub partition_epoch: i32,
}

/// One group as its coordinator describes it (DescribeGroups, OffsetFetch).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedGroup {
    /// The broker that coordinates it.
    pub coordinator: BrokerId,
    /// All it knows.
    pub description: GroupDescription,
}

/// One line of a client's own log, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientLogRow {
    /// The event behind it.
    pub event: EventId,
    /// When.
    pub at_ms: TimestampMs,
    /// What.
    pub what: ClientLog,
}

/// What a client logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientLog {
    /// A produce request left.
    Sent,
    /// A produce request was refused and will be sent again.
    Retry {
        /// Of which partition.
        tp: TopicPartition,
        /// Why.
        error: ErrorCode,
    },
    /// Records failed for good.
    Failed {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
        /// How many.
        records: u32,
        /// The exception the application got.
        exception: String,
        /// The code behind it.
        error: ErrorCode,
    },
    /// Records were acknowledged.
    Acked {
        /// Of which partition.
        tp: TopicPartition,
        /// The first offset, -1 where the answer has none.
        first: i64,
        /// How many.
        records: i64,
    },
    /// `poll()` returned records.
    Polled {
        /// Of which partition.
        tp: TopicPartition,
        /// The first offset.
        first: i64,
        /// The last one.
        last: i64,
    },
    /// A consumer can't go on.
    Stopped {
        /// The exception.
        exception: String,
    },
    /// It was closed.
    Closed,
}
