//! Produce.

use super::ErrorCode;
use crate::ids::{BrokerId, EventId, TopicPartition};
use kafka_log::Batch;

/// `acks` of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Acks {
    /// 0: no answer (R-PRD-41).
    None,
    /// 1: after the leader's append (R-PRD-42).
    Leader,
    /// all, -1: after the in-sync replicas have it (R-PRD-43).
    All,
}

impl Acks {
    /// As a person writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Acks::None => "0",
            Acks::Leader => "1",
            Acks::All => "all",
        }
    }
}

/// At most one batch a partition.
#[derive(Debug, Clone)]
pub(crate) struct ProduceRequest {
    /// Which answer is wanted.
    pub acks: Acks,
    /// How long the leader may wait for the in-sync replicas: the producer's `request.timeout.ms`.
    pub timeout_ms: i64,
    /// The batches.
    pub parts: Vec<ProducePart>,
}

/// One partition's batch.
#[derive(Debug, Clone)]
pub(crate) struct ProducePart {
    /// Where to.
    pub tp: TopicPartition,
    /// The bytes, with the ledger's row riding beside them as the batch's tag.
    pub batch: Batch,
    /// The event of its sending.
    pub cause: EventId,
}

/// What became of each batch.
#[derive(Debug, Clone)]
pub(crate) struct ProduceResponse {
    /// In the order of the request.
    pub parts: Vec<ProduceResult>,
}

/// What became of one batch.
#[derive(Debug, Clone)]
pub(crate) struct ProduceResult {
    /// Where to.
    pub tp: TopicPartition,
    /// NONE, or why not.
    pub error: ErrorCode,
    /// First offset, -1 with an error.
    pub base_offset: i64,
    /// The event behind this answer.
    pub cause: EventId,
    /// Who leads, and in which epoch, where the producer is wrong about that (KIP-951).
    pub current_leader: Option<(BrokerId, i32)>,
}
