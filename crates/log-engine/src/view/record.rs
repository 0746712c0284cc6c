//! One record, its batch and that batch's bytes.

use crate::ids::{BrokerId, TimestampMs};
use serde::Serialize;

/// One record with its surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Timestamp, and `CreateTime` or `LogAppendTime`.
    pub timestamp: TimestampMs,
    /// `CreateTime` or `LogAppendTime`.
    pub timestamp_type: String,
    /// Key bytes; none is null.
    pub key: Option<Vec<u8>>,
    /// Value bytes; none is null, a tombstone.
    pub value: Option<Vec<u8>>,
    /// Headers in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Sequence, -1 without a producer id.
    pub sequence: i32,
    /// Name of the producer that sent it, where known.
    pub producer: Option<String>,
    /// Base offset of the segment it is in, whether that is active, and its batch's position in the file.
    pub segment_base: i64,
    /// The segment takes appends.
    pub segment_active: bool,
    /// Byte at which the batch starts in the segment file.
    pub batch_position: i64,
    /// The batch.
    pub batch: BatchView,
    /// What became of it, in order of time; what is yet to come stands last.
    pub fate: Vec<FateStepView>,
}

/// A batch with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchView {
    /// First offset.
    pub base_offset: i64,
    /// Last offset.
    pub last_offset: i64,
    /// Records in it.
    pub records: u32,
    /// From when on a pass of the cleaner drops its tombstones, or its marker (R-LOG-66); none before a first pass
    /// has kept one.
    pub delete_horizon_ms: Option<TimestampMs>,
    /// Size on disk.
    pub bytes_len: u32,
    /// Producer id, -1 for none.
    pub producer_id: i64,
    /// Producer epoch.
    pub producer_epoch: i16,
    /// First sequence.
    pub base_sequence: i32,
    /// Leader epoch stamped by the leader.
    pub leader_epoch: i32,
    /// CRC-32C.
    pub crc: u32,
    /// Codec.
    pub compression: String,
    /// What its size would be without compression; none where the records can't be read.
    pub uncompressed_len: Option<u32>,
    /// The bytes as on disk; at most 16 KiB of them.
    pub bytes: Vec<u8>,
    /// Fields in order of their bytes: the header, then the records (of the chosen record in any case).
    pub fields: Vec<FieldView>,
}

/// One field of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// Kafka's name (`baseOffset`, `crc`, `key` ...).
    pub name: String,
    /// First byte.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Its value as text.
    pub value: String,
    /// The offset of the record it belongs to; none for the batch header.
    pub record_offset: Option<i64>,
}

/// One step in the life of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FateStepView {
    /// Short title: `Sent`, `Appended`, `Acked`, a group's name, `Deleted`.
    pub title: String,
    /// One line.
    pub detail: String,
    /// When; none for what is yet to come.
    pub at_ms: Option<TimestampMs>,
    /// Whether it happened.
    pub done: bool,
    /// The broker concerned, if one is.
    pub broker: Option<BrokerId>,
}
