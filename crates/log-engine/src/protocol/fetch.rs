//! Fetch and ListOffsets.

use super::ErrorCode;
use crate::ids::{BrokerId, TopicPartition};
use kafka_log::Batch;

/// A fetch of a consumer, or of a follower, from one broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FetchRequest {
    /// The follower and the epoch of its registration; none for a consumer.
    pub replica: Option<(BrokerId, i64)>,
    /// `fetch.max.wait.ms`.
    pub max_wait_ms: i64,
    /// `fetch.min.bytes`.
    pub min_bytes: i64,
    /// `fetch.max.bytes`.
    pub max_bytes: i64,
    /// `isolation.level` is read_committed.
    pub read_committed: bool,
    /// What is wanted.
    pub parts: Vec<FetchPart>,
}

/// One partition of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FetchPart {
    /// Which.
    pub tp: TopicPartition,
    /// From where.
    pub offset: i64,
    /// `max.partition.fetch.bytes`, `replica.fetch.max.bytes`.
    pub max_bytes: i64,
    /// The leader epoch the asker knows; -1 for one that does not say.
    pub leader_epoch: i32,
    /// The epoch of the last record it has; -1 for one that does not say.
    pub last_fetched_epoch: i32,
    /// A follower's log start.
    pub log_start: i64,
}

/// What there was.
#[derive(Debug, Clone, Default)]
pub(crate) struct FetchResponse {
    /// In the order of the request; partitions without news are absent.
    pub parts: Vec<FetchResult>,
}

/// What there was in one partition.
#[derive(Debug, Clone)]
pub(crate) struct FetchResult {
    /// Which.
    pub tp: TopicPartition,
    /// The offset asked for.
    pub offset: i64,
    /// NONE, or why not.
    pub error: ErrorCode,
    /// Whole batches; the first may begin before the offset asked for (R-LOG-14).
    pub batches: Vec<Batch>,
    /// The leader's high watermark.
    pub high_watermark: i64,
    /// The leader's log start.
    pub log_start: i64,
    /// The leader's log end, where the offset asked for lies outside its log. Kafka's follower asks for it by
    /// ListOffsets.
    pub log_end: i64,
    /// The asker's log parts from the leader's: the epoch it asked about, or the largest one below it, and where it
    /// ended (R-REP-40).
    pub diverging: Option<(i32, i64)>,
    /// Who leads, and in which epoch, where the asker is wrong about that (KIP-951).
    pub current_leader: Option<(BrokerId, i32)>,
}

/// What a ListOffsets asks for (R-LOG-33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OffsetQuery {
    /// -1: the high watermark, or the last stable offset for read_committed.
    Latest,
    /// -2: the log start.
    Earliest,
    /// The first offset whose record is at least this young.
    AtOrAfter(i64),
}

/// ListOffsets of a consumer.
#[derive(Debug, Clone)]
pub(crate) struct ListOffsetsRequest {
    /// `isolation.level` is read_committed.
    pub read_committed: bool,
    /// Which, and what.
    pub parts: Vec<(TopicPartition, OffsetQuery)>,
}

/// Its answer.
#[derive(Debug, Clone)]
pub(crate) struct ListOffsetsResponse {
    /// An offset, none where no record is young enough, or an error.
    pub parts: Vec<(TopicPartition, Result<Option<i64>, ErrorCode>)>,
}
