//! Why a log refuses.

use crate::batch::BatchError;
use crate::producer_state::ProducerStateError;

/// What is wrong with one record of a refused batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// Index of the record in its batch.
    pub batch_index: u32,
    /// Kafka's text for it.
    pub message: String,
}

/// Why a batch is not appended. Nothing has changed then, but that the log may have rolled and
/// the leader epoch may have been noted, as in Kafka (R-LOG-12).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The batch is larger than `max.message.bytes`.
    #[error(
        "The record batch size in the append is {size} bytes which exceeds the maximum configured \
         value of {max} (max.message.bytes): send smaller batches or raise the config"
    )]
    RecordTooLarge {
        /// Bytes of the batch.
        size: u32,
        /// `max.message.bytes`.
        max: i32,
    },
    /// The batch does not fit a segment.
    #[error(
        "Message batch size is {size} bytes in append, which exceeds the maximum configured \
         segment size of {segment_bytes} (segment.bytes): send smaller batches or raise the config"
    )]
    RecordBatchTooLarge {
        /// Bytes of the batch.
        size: u32,
        /// `segment.bytes`.
        segment_bytes: i32,
    },
    /// Timestamps are out of the range the topic allows.
    #[error("One or more records have been rejected due to invalid timestamp")]
    InvalidTimestamp {
        /// The records that are.
        record_errors: Vec<RecordError>,
    },
    /// Records that the topic cannot have.
    #[error(
        "One or more records have been rejected due to {} record errors in total",
        .record_errors.len()
    )]
    InvalidRecords {
        /// The records that are.
        record_errors: Vec<RecordError>,
    },
    /// A batch no client may send.
    #[error("Invalid record batch: {0}")]
    InvalidBatch(String),
    /// The batch's bytes cannot be read.
    #[error(transparent)]
    Unreadable(#[from] BatchError),
    /// Its producer may not write it.
    #[error(transparent)]
    Producer(#[from] ProducerStateError),
    /// A follower's chunk whose offsets do not grow.
    #[error("Out of order offsets found in append: {last_offset} does not come after {previous}")]
    OffsetsOutOfOrder {
        /// Last offset of the batch before.
        previous: i64,
        /// Last offset of the batch at fault.
        last_offset: i64,
    },
    /// A follower's chunk below the active segment's start, which an earlier chunk that was then
    /// refused has rolled (Kafka's `LocalLog.roll` throws a KafkaException).
    #[error(
        "Trying to roll a new log segment with start offset {first_offset}, which is lower than \
         the active segment's start offset {active_base}: truncate the log before appending"
    )]
    RollBelowActive {
        /// First offset of the chunk.
        first_offset: i64,
        /// Base offset of the active segment.
        active_base: i64,
    },
    /// A follower's chunk that starts below the log end.
    #[error(
        "Unexpected offset in append. First offset {first_offset} is less than the next offset \
         {log_end_offset}: truncate the log before appending"
    )]
    UnexpectedAppendOffset {
        /// First offset of the chunk.
        first_offset: i64,
        /// The log end offset.
        log_end_offset: i64,
    },
}

impl AppendError {
    /// The protocol error a broker answers with.
    pub fn kafka_error(&self) -> &'static str {
        match self {
            Self::RecordTooLarge { .. } => "MESSAGE_TOO_LARGE",
            Self::RecordBatchTooLarge { .. } => "RECORD_LIST_TOO_LARGE",
            Self::InvalidTimestamp { .. } => "INVALID_TIMESTAMP",
            Self::InvalidRecords { .. } | Self::InvalidBatch(_) => "INVALID_RECORD",
            Self::Unreadable(error) => error.kafka_error(),
            Self::Producer(error) => error.kafka_error(),
            Self::OffsetsOutOfOrder { .. }
            | Self::UnexpectedAppendOffset { .. }
            | Self::RollBelowActive { .. } => "UNKNOWN_SERVER_ERROR",
        }
    }

    /// The records at fault, where single records are.
    pub fn record_errors(&self) -> &[RecordError] {
        match self {
            Self::InvalidTimestamp { record_errors } | Self::InvalidRecords { record_errors } => {
                record_errors
            }
            _ => &[],
        }
    }
}

impl ProducerStateError {
    /// The protocol error a broker answers with.
    pub fn kafka_error(&self) -> &'static str {
        match self {
            Self::InvalidProducerEpoch { .. } => "INVALID_PRODUCER_EPOCH",
            Self::OutOfOrderSequence { .. } => "OUT_OF_ORDER_SEQUENCE_NUMBER",
            Self::InvalidTxnState { .. } => "INVALID_TXN_STATE",
            Self::CoordinatorFenced { .. } => "TRANSACTION_COORDINATOR_FENCED",
        }
    }
}

/// An offset the log does not have: `OFFSET_OUT_OF_RANGE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Received request for offset {offset}, but the log has offsets {log_start_offset} to \
     {end_offset}: ask for one of these or let auto.offset.reset choose"
)]
pub struct OffsetOutOfRange {
    /// The offset asked for.
    pub offset: i64,
    /// The log start offset.
    pub log_start_offset: i64,
    /// The last offset that may be asked for.
    pub end_offset: i64,
}

impl OffsetOutOfRange {
    /// The protocol error a broker answers with.
    pub fn kafka_error(&self) -> &'static str {
        "OFFSET_OUT_OF_RANGE"
    }
}
