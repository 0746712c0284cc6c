//! What brokers and the controller say to each other: BrokerRegistration, BrokerHeartbeat, AlterPartition,
//! OffsetForLeaderEpoch.

use super::ErrorCode;
use crate::ids::{BrokerId, EventId, TopicPartition};
use std::sync::Arc;

/// BrokerRegistration (KIP-631): a broker's process has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegistrationRequest {
    /// Which.
    pub broker: BrokerId,
    /// Another one for each start of its process (the incarnation id).
    pub life: u32,
    /// `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// The epoch it had when it shut down in order; none after any other end, and without a disk. So the controller
    /// tells an unclean shutdown (`previousBrokerEpoch`, KIP-966).
    pub previous_epoch: Option<i64>,
    /// Its log directory is a new one, without any of the data it had.
    pub new_disk: bool,
}

/// BrokerHeartbeat (KIP-631).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeartbeatRequest {
    /// Which.
    pub broker: BrokerId,
    /// The epoch of its registration.
    pub epoch: i64,
    /// The metadata it has applied.
    pub metadata_offset: u64,
    /// It wants to be, or stay, fenced.
    pub want_fence: bool,
    /// It wants to shut down in order.
    pub want_shut_down: bool,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeartbeatResponse {
    /// NONE, NOT_CONTROLLER, STALE_BROKER_EPOCH, BROKER_ID_NOT_REGISTERED.
    pub error: ErrorCode,
    /// It knows all of the metadata.
    pub is_caught_up: bool,
    /// It is fenced.
    pub is_fenced: bool,
    /// It may go now.
    pub should_shut_down: bool,
}

/// AlterPartition (KIP-497): a leader wants another ISR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlterPartitionRequest {
    /// The leader.
    pub broker: BrokerId,
    /// The epoch of its registration.
    pub broker_epoch: i64,
    /// What it wants.
    pub parts: Vec<AlterPart>,
}

/// What a leader wants of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlterPart {
    /// It makes the ISR smaller; the leader counts shrinks and expands.
    pub shrinks: bool,
    /// Which.
    pub tp: TopicPartition,
    /// The leader epoch it leads in.
    pub leader_epoch: i32,
    /// The partition epoch it knows.
    pub partition_epoch: i32,
    /// The ISR, each with the epoch of its registration as the leader knows it from its fetches; -1 if it does not
    /// (KIP-903).
    pub new_isr: Vec<(BrokerId, i64)>,
    /// The event behind it.
    pub cause: EventId,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlterPartitionResponse {
    /// NONE, NOT_CONTROLLER, STALE_BROKER_EPOCH.
    pub error: ErrorCode,
    /// Partition by partition, if there is no error.
    pub parts: Vec<(TopicPartition, Result<AlteredPart, ErrorCode>)>,
}

/// What was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlteredPart {
    /// Leader epoch.
    pub leader_epoch: i32,
    /// Partition epoch.
    pub partition_epoch: i32,
    /// ISR.
    pub isr: Vec<BrokerId>,
    /// The event of the commit.
    pub cause: EventId,
}

/// OffsetForLeaderEpoch (KIP-101, KIP-320): where did an epoch end?
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EpochEndRequest {
    /// Which, the leader epoch the asker knows, and the epoch asked about.
    pub parts: Vec<(TopicPartition, i32, i32)>,
}

/// An epoch, or the largest one below it, and where it ended; none where the log knows none.
pub(crate) type EpochEnd = Result<Option<(i32, i64)>, ErrorCode>;

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EpochEndResponse {
    /// Partition by partition.
    pub parts: Vec<(TopicPartition, EpochEnd)>,
}
