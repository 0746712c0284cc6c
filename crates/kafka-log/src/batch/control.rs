//! Control records: `ControlRecordType` and `EndTransactionMarker` (R-LOG-07).

use super::Batch;
use super::builder::{BatchBuilder, BuildError, ProducerStamp};
use super::header::NO_SEQUENCE;
use super::varint::Reader;

/// Version of a control record's key.
const KEY_VERSION: i16 = 0;
/// Version of an end transaction marker's value.
const MARKER_VERSION: i16 = 0;

/// What a control record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlType {
    /// The transaction was aborted.
    Abort,
    /// The transaction was committed.
    Commit,
    /// One of the quorum's own (2 to 6), or one that is not known.
    Other(i16),
}

impl ControlType {
    /// The id in the key.
    pub fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::Other(id) => id,
        }
    }

    /// The type with this id.
    pub fn from_id(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            other => Self::Other(other),
        }
    }

    /// Kafka's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abort => "ABORT",
            Self::Commit => "COMMIT",
            Self::Other(2) => "LEADER_CHANGE",
            Self::Other(3) => "SNAPSHOT_HEADER",
            Self::Other(4) => "SNAPSHOT_FOOTER",
            Self::Other(5) => "KRAFT_VERSION",
            Self::Other(6) => "KRAFT_VOTERS",
            Self::Other(_) => "UNKNOWN",
        }
    }
}

/// The record of a control batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlRecord {
    /// What it says.
    pub control_type: ControlType,
    /// Epoch of the transaction coordinator, for a transaction's markers; else 0.
    pub coordinator_epoch: i32,
    /// The record's timestamp, ms.
    pub timestamp: i64,
}

impl ControlRecord {
    /// Reads the first record of a control batch.
    pub(crate) fn of(batch: &Batch) -> Option<Self> {
        let payload = batch.payload().ok()?;
        let record = payload.iter().next()?.ok()?;
        let mut key = Reader::new(record.key?);
        let _version = key.array::<2>()?;
        let control_type = ControlType::from_id(i16::from_be_bytes(key.array()?));
        let coordinator_epoch = match control_type {
            ControlType::Other(_) => 0,
            ControlType::Abort | ControlType::Commit => {
                let mut value = Reader::new(record.value?);
                let _version = value.array::<2>()?;
                i32::from_be_bytes(value.array()?)
            }
        };
        Some(Self { control_type, coordinator_epoch, timestamp: record.timestamp })
    }
}

impl Batch {
    /// A transaction's marker, as the coordinator has it written to a partition
    /// (`MemoryRecords.withEndTransactionMarker`). It takes one offset.
    ///
    /// # Errors
    /// None in practice: a marker always fits a batch.
    pub fn end_transaction_marker(
        control_type: ControlType,
        coordinator_epoch: i32,
        producer_id: i64,
        producer_epoch: i16,
        timestamp: i64,
    ) -> Result<Self, BuildError> {
        let mut key = [0; 4];
        let mut value = [0; 6];
        fill(&mut key, KEY_VERSION, &control_type.id().to_be_bytes());
        fill(&mut value, MARKER_VERSION, &coordinator_epoch.to_be_bytes());
        let mut builder = BatchBuilder::new();
        builder.append(timestamp, Some(&key), Some(&value), &[])?;
        let mut batch = builder.build(ProducerStamp {
            producer_id,
            producer_epoch,
            base_sequence: NO_SEQUENCE,
            transactional: true,
        })?;
        batch.header.attributes = batch.header.attributes.with_control(true);
        Ok(batch)
    }
}

/// A version and what follows it, into a buffer of their length.
fn fill(out: &mut [u8], version: i16, rest: &[u8]) {
    let source = version.to_be_bytes().into_iter().chain(rest.iter().copied());
    for (slot, byte) in out.iter_mut().zip(source) {
        *slot = byte;
    }
}
