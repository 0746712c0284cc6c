//! A partition's lane: a window of its records with all that is drawn around them.

use crate::ids::{BrokerId, TimestampMs};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which part of a partition a reader wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaneWindow {
    /// The newest `n` offsets, up to the log end.
    Tail(u32),
    /// `count` offsets from `first`.
    From {
        /// First offset wanted.
        first: i64,
        /// How many offsets.
        count: u32,
    },
}

/// One partition as its lane shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneView {
    /// Topic name.
    pub topic: String,
    /// Topic id, as Kafka prints it.
    pub topic_id: String,
    /// Partition number.
    pub partition: i32,
    /// Leader, none while offline.
    pub leader: Option<BrokerId>,
    /// Leader epoch.
    pub leader_epoch: i32,
    /// Replicas in assignment order, leader's own included.
    pub replicas: Vec<ReplicaView>,
    /// In-sync replicas.
    pub isr: Vec<BrokerId>,
    /// Eligible leader replicas (KIP-966).
    pub elr: Vec<BrokerId>,
    /// Replicas a reassignment adds.
    pub adding: Vec<BrokerId>,
    /// Replicas a reassignment removes.
    pub removing: Vec<BrokerId>,
    /// Grows with each change of leader, ISR or replicas.
    pub partition_epoch: i32,
    /// `min.insync.replicas` in force, at most the number of replicas.
    pub min_isr: u32,
    /// The broker whose log is shown: the leader, or the one that led last.
    pub shown: BrokerId,
    /// Log start offset.
    pub log_start: i64,
    /// High watermark.
    pub high_watermark: i64,
    /// Last stable offset.
    pub last_stable: i64,
    /// Log end offset.
    pub log_end: i64,
    /// Bytes of all segments.
    pub bytes: i64,
    /// Bytes of their offset and time indexes.
    pub index_bytes: i64,
    /// Another one for each state of this partition's log, markers and cursors: equal versions draw alike. As JSON
    /// 16 hex digits, since JavaScript's numbers do not hold 64 bits.
    #[serde(serialize_with = "hex")]
    pub version: u64,
    /// First offset of the window.
    pub window_first: i64,
    /// One past the last offset of the window.
    pub window_end: i64,
    /// Segments that reach into the window, oldest first. The first may begin before it.
    pub segments: Vec<SegmentView>,
    /// Bytes of the batches that reach into the window, as stored.
    pub window_bytes: i64,
    /// The same before compression.
    pub window_uncompressed_bytes: i64,
    /// Codecs of these batches: `none`, `gzip` ..., each once.
    pub codecs: Vec<String>,
    /// Records in the window, by offset. Offsets in a hole are absent.
    pub cells: Vec<CellView>,
    /// Groups that read this partition, in order of group id.
    pub cursors: Vec<CursorView>,
    /// What the next retention checks will take first; none while nothing is due to go.
    pub retention: Option<RetentionView>,
    /// Holes in the window, `first..=last`: offsets whose records are gone, by compaction or as a batch's end.
    pub gaps: Vec<(i64, i64)>,
    /// How the cleaner sees it, if it is compacted.
    pub cleaner: Option<super::CleanerView>,
    /// The range that was deleted last: `first..=last`, none before the first deletion.
    pub deleted: Option<(i64, i64)>,
}

/// One replica of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplicaView {
    /// Its broker.
    pub broker: BrokerId,
    /// Its own log start offset.
    pub log_start: i64,
    /// Its own log end offset.
    pub log_end: i64,
    /// Its own high watermark.
    pub high_watermark: i64,
    /// The offset of its last fetch, which is what the leader knows; none before one, and of the leader itself.
    pub fetched: Option<i64>,
    /// When it had everything last, as the leader sees it; none of the leader itself.
    pub caught_up_ms: Option<TimestampMs>,
    /// In the ISR.
    pub in_sync: bool,
    /// Its broker runs.
    pub online: bool,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SegmentView {
    /// Base offset, also its file's name.
    pub base_offset: i64,
    /// One past its last offset (the next segment's base, or the log end).
    pub next_offset: i64,
    /// Bytes.
    pub bytes: i64,
    /// Bytes of its offset index.
    pub index_bytes: i64,
    /// Bytes of its time index.
    pub time_index_bytes: i64,
    /// It takes appends.
    pub active: bool,
    /// Largest timestamp in it, -1 if it holds none.
    pub largest_timestamp: TimestampMs,
}

/// One record as a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellView {
    /// Offset.
    pub offset: i64,
    /// The key as text (lossy UTF-8, at most 48 characters), none for a null key.
    pub key: Option<Arc<str>>,
    /// What kind of thing takes this offset.
    pub kind: CellKind,
    /// Bytes of the record within its batch.
    pub bytes: i32,
}

/// What takes an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    /// A record with a value.
    Record,
    /// A record with a null value.
    Tombstone,
    /// A commit marker.
    Commit,
    /// An abort marker.
    Abort,
}

/// Where one group stands in one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CursorView {
    /// `group.id`.
    pub group: String,
    /// The member that owns the partition now.
    pub member: Option<String>,
    /// Committed offset, none before the first commit.
    pub committed: Option<i64>,
    /// Position of the owner, none without owner or before it is known.
    pub position: Option<i64>,
    /// High watermark minus committed (R-GRP-69); minus log start where nothing is committed.
    pub lag: i64,
    /// The group reads nothing here now: it rebalances, or the member is paused.
    pub paused: bool,
}

/// What retention will do here next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionView {
    /// The check at which the oldest segment goes.
    pub deletes_at_ms: TimestampMs,
    /// When the countdown began to count (the newest record's timestamp in the oldest segment).
    pub counts_from_ms: TimestampMs,
    /// `retention.ms`, `retention.bytes` or `log start`.
    pub reason: String,
    /// Segments that go at that check.
    pub segments: u32,
    /// Offsets that go, `first..=last`.
    pub first_offset: i64,
    /// Last offset that goes.
    pub last_offset: i64,
    /// Bytes that go.
    pub bytes: i64,
    /// Groups that have not read all of them, with how many they miss.
    pub unread: Vec<(String, i64)>,
}

/// 64 bits as 16 hex digits.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn hex<S: serde::Serializer>(bits: &u64, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&format_args!("{bits:016x}"))
}
