//! Record batches, magic v2: Kafka's `DefaultRecordBatch` and `DefaultRecord` (R-LOG-01 to 07).
//!
//! A [`Batch`] is a parsed header beside the shared bytes of its records section. The header's
//! fields are plain numbers, so a leader sets the base offset and its epoch without touching the
//! bytes that producer, log, fetches and clones share; the disk form is put together only when
//! somebody asks for it ([`Batch::write_to`]). The CRC is likewise worked out when it is first
//! asked for, and what it costs over the records is paid once for all batches that share them.

mod builder;
#[cfg(feature = "compression")]
mod codec;
#[cfg(not(feature = "compression"))]
#[path = "codec_off.rs"]
mod codec;
#[cfg(all(feature = "compression", any(feature = "codecs-apart", test)))]
pub mod codec_apart;
mod control;
mod error;
mod estimate;
mod fields;
mod header;
mod parse;
mod payload;
mod record;
mod restamp;
mod varint;

#[cfg(not(feature = "codecs-apart"))]
use codec as coding;
#[cfg(feature = "codecs-apart")]
use codec_apart as coding;
use std::sync::Arc;

use bytes::Bytes;

pub use builder::{BatchBuilder, BuildError, ProducerStamp};
pub use control::{ControlRecord, ControlType};
pub use error::BatchError;
pub use estimate::{
    MAX_RECORD_OVERHEAD, estimate_size_upper_bound, record_size, record_size_upper_bound,
};
pub use fields::Field;
pub use header::{
    Attributes, BatchHeader, Compression, HEADER_SIZE, LOG_OVERHEAD, MAGIC, NO_EPOCH, NO_OFFSET,
    NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, NO_TIMESTAMP, TimestampType,
    decrement_sequence, increment_sequence,
};
pub use parse::{Batches, batches};
pub use payload::{Facts, MAX_UNCOMPRESSED_BYTES, Payload};
pub use record::{Header, HeaderRef, Headers, Record, RecordRef, Records, RecordsRef};

use payload::Section;
pub(crate) use varint::Reader;

/// A mark that rides beside a batch and is never part of its bytes. Zero means none.
///
/// Whoever drives the log can follow a batch through leader, followers and fetches by it; the
/// log itself neither reads nor changes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchTag(pub u64);

/// From so many bytes on, putting two checksums together is cheaper than going through the bytes again.
const COMBINED_FROM: usize = 8 * 1024;

/// What the records section of a batch takes beside its bytes: its counts and two allocations.
pub(crate) const SECTION_BYTES: usize = size_of::<payload::Section>() + 48;

/// One record batch. Cloning it costs a reference count, whatever its size.
///
/// Two batches are equal if their bytes and tags are.
#[derive(Clone)]
pub struct Batch {
    header: BatchHeader,
    section: Arc<Section>,
    tag: BatchTag,
}

impl Batch {
    /// The header's fields as they stand in the bytes.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Offset the batch starts at. It keeps it even when compaction took its first records.
    pub fn base_offset(&self) -> i64 {
        self.header.base_offset
    }

    /// Offset of the batch's last record, counted also when compaction took that record.
    pub fn last_offset(&self) -> i64 {
        self.header.base_offset.wrapping_add(i64::from(self.header.last_offset_delta))
    }

    /// The offset after the batch.
    pub fn next_offset(&self) -> i64 {
        self.last_offset().wrapping_add(1)
    }

    /// Size on disk and on the wire: header and records, in bytes.
    pub fn size_in_bytes(&self) -> u32 {
        self.section.size().saturating_add(HEADER_SIZE)
    }

    /// Records in the batch.
    pub fn count(&self) -> i32 {
        self.header.record_count
    }

    /// Largest timestamp of the batch's records (ms), or the append time; -1: none has one.
    pub fn max_timestamp(&self) -> i64 {
        self.header.max_timestamp
    }

    /// Epoch of the leader that took the batch; -1 as long as none has.
    pub fn partition_leader_epoch(&self) -> i32 {
        self.header.partition_leader_epoch
    }

    /// Producer id, or -1.
    pub fn producer_id(&self) -> i64 {
        self.header.producer_id
    }

    /// Producer epoch, or -1.
    pub fn producer_epoch(&self) -> i16 {
        self.header.producer_epoch
    }

    /// True if an idempotent or transactional producer wrote it.
    pub fn has_producer_id(&self) -> bool {
        self.header.producer_id > NO_PRODUCER_ID
    }

    /// Sequence number of the first record, or -1.
    pub fn base_sequence(&self) -> i32 {
        self.header.base_sequence
    }

    /// Sequence number of the last record, or -1. It wraps at 2^31 (R-LOG-05).
    pub fn last_sequence(&self) -> i32 {
        match self.header.base_sequence {
            NO_SEQUENCE => NO_SEQUENCE,
            base => increment_sequence(base, self.header.last_offset_delta),
        }
    }

    /// True for data and markers of a transaction.
    pub fn is_transactional(&self) -> bool {
        self.header.attributes.is_transactional()
    }

    /// True for control batches: transaction markers and the quorum's own records (R-LOG-07).
    pub fn is_control(&self) -> bool {
        self.header.attributes.is_control()
    }

    /// The codec of the records section.
    pub fn compression(&self) -> Compression {
        self.header.attributes.compression()
    }

    /// True if the records section is compressed.
    pub fn is_compressed(&self) -> bool {
        self.compression() != Compression::None
    }

    /// Whose clock the timestamps are of.
    pub fn timestamp_type(&self) -> TimestampType {
        self.header.attributes.timestamp_type()
    }

    /// When tombstones and markers of the batch may go, ms (R-LOG-66); none before a first
    /// cleaning has kept one.
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.header.attributes.has_delete_horizon().then_some(self.header.base_timestamp)
    }

    /// CRC-32C over attributes to end (R-LOG-02).
    pub fn crc(&self) -> u32 {
        let header = crc32c::crc32c(&self.header.checked_bytes());
        let bytes = self.section.bytes();
        if bytes.len() < COMBINED_FROM {
            return crc32c::crc32c_append(header, bytes);
        }
        crc32c::crc32c_combine(header, self.section.crc(), bytes.len())
    }

    /// The mark beside the bytes.
    pub fn tag(&self) -> BatchTag {
        self.tag
    }

    /// The same batch with another mark.
    #[must_use]
    pub fn with_tag(mut self, tag: BatchTag) -> Self {
        self.tag = tag;
        self
    }

    /// The records section as it lies on disk: compressed if the batch is.
    pub fn record_bytes(&self) -> &Bytes {
        self.section.bytes()
    }

    /// Appends the batch's disk form to `out`: [`Batch::size_in_bytes`] bytes.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        out.reserve(self.section.bytes().len().saturating_add(self.header_bytes().len()));
        out.extend_from_slice(&self.header_bytes());
        out.extend_from_slice(self.section.bytes());
    }

    /// The batch's disk form.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::new();
        self.write_to(&mut out);
        Bytes::from(out)
    }

    /// The 61 bytes of the header.
    pub fn header_bytes(&self) -> [u8; 61] {
        self.header.to_bytes(self.section.size(), self.crc())
    }

    /// What is cheap to know about the records. The first call on a parsed batch reads them once;
    /// a built batch knows at once.
    ///
    /// # Errors
    /// The section cannot be decompressed, or its records are not what the header says.
    pub fn facts(&self) -> Result<Facts, BatchError> {
        self.section.facts(&self.header)
    }

    /// Bytes of the batch if its records were not compressed.
    ///
    /// # Errors
    /// As [`Batch::facts`].
    pub fn uncompressed_size(&self) -> Result<u32, BatchError> {
        self.facts().map(|facts| facts.uncompressed_size.saturating_add(HEADER_SIZE))
    }

    /// The records section, decompressed.
    ///
    /// # Errors
    /// The codec is unknown or switched off, or the section cannot be decompressed.
    pub fn payload(&self) -> Result<Payload, BatchError> {
        self.section.payload(&self.header)
    }

    /// The records, decoded one at a time as the iterator is drawn; a bad one ends it.
    pub fn records(&self) -> Records {
        Records::new(self.payload())
    }

    /// The one record of a control batch; none if the batch is not one, is empty or is not
    /// readable.
    pub fn control_record(&self) -> Option<ControlRecord> {
        self.is_control().then(|| ControlRecord::of(self)).flatten()
    }

    /// True if the two batches share one records section in memory.
    pub fn shares_records_with(&self, other: &Batch) -> bool {
        Arc::ptr_eq(&self.section, &other.section)
    }
}

impl PartialEq for Batch {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header
            && self.tag == other.tag
            && (self.shares_records_with(other) || self.record_bytes() == other.record_bytes())
    }
}

impl Eq for Batch {}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch")
            .field("header", &self.header)
            .field("size_in_bytes", &self.size_in_bytes())
            .field("tag", &self.tag.0)
            .finish()
    }
}

#[cfg(test)]
mod tests;
