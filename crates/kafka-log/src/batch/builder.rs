//! Writes a batch record by record: what `MemoryRecordsBuilder` does for producer and cleaner.

use std::sync::Arc;

use bytes::Bytes;

use super::coding::compress;
use super::error::BatchError;
use super::estimate::{body_size, record_size, size_of_length};
use super::header::{
    Attributes, BatchHeader, Compression, HEADER_SIZE, NO_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID,
    NO_SEQUENCE, NO_TIMESTAMP,
};
use super::payload::{Facts, Section};
use super::record::HeaderRef;
use super::varint::{write_varint, write_varlong};
use super::{Batch, BatchTag};

/// Room made for the first record, so that small batches grow once or not at all.
const FIRST_RESERVE: usize = 512;

/// Why a record cannot be appended, or a batch not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The batch would be larger than its length field can say.
    #[error("The record does not fit: a batch can hold {} bytes; close this batch first", i32::MAX)]
    TooLarge,
    /// Offset deltas must grow.
    #[error("Offset delta {offset_delta} is used up: the next one is at least {next}")]
    OffsetDelta {
        /// The delta asked for.
        offset_delta: i32,
        /// The smallest that can be.
        next: i32,
    },
    /// A batch has at least one record.
    #[error("The batch has no records: append one before building it")]
    Empty,
    /// The records cannot be compressed.
    #[error(transparent)]
    Compression(#[from] BatchError),
}

impl From<BuildError> for BatchError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Compression(error) => error,
            _ => Self::InvalidRecord("the records do not fit one batch"),
        }
    }
}

/// Who wrote a batch, by the header's fields (R-LOG-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProducerStamp {
    /// Producer id, or -1.
    pub producer_id: i64,
    /// Producer epoch, or -1.
    pub producer_epoch: i16,
    /// Sequence number of the first record, or -1.
    pub base_sequence: i32,
    /// The batch belongs to a transaction.
    pub transactional: bool,
}

impl ProducerStamp {
    /// A producer that is not idempotent.
    pub const NONE: Self = Self {
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        base_sequence: NO_SEQUENCE,
        transactional: false,
    };
}

impl Default for ProducerStamp {
    fn default() -> Self {
        Self::NONE
    }
}

/// Writes records into one buffer; nothing is allocated per record.
///
/// A batch starts with base offset 0 and leader epoch -1, as a producer sends it.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    bytes: Vec<u8>,
    compression: Compression,
    level: i32,
    base_timestamp: Option<i64>,
    has_delete_horizon: bool,
    next_offset_delta: i32,
    count: i32,
    facts: Facts,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// An empty batch, not compressed.
    pub fn new() -> Self {
        Self {
            bytes: Vec::new(),
            compression: Compression::None,
            level: -1,
            base_timestamp: None,
            has_delete_horizon: false,
            next_offset_delta: 0,
            count: 0,
            facts: Facts::NONE,
        }
    }

    /// An empty batch whose records section will be compressed when it is built.
    ///
    /// # Errors
    /// This build has not got the codec.
    pub fn compressed(compression: Compression) -> Result<Self, BuildError> {
        let off = cfg!(not(feature = "compression")) && compression != Compression::None;
        if off {
            return Err(BatchError::CompressionOff(compression).into());
        }
        Ok(Self { compression, ..Self::new() })
    }

    /// Sets the effort of the codec (`compression.gzip.level`); -1 is its default. Only gzip has levels here.
    #[must_use]
    pub fn with_level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }

    /// The same with room for `bytes` of records. Where a batch will be filled, as a producer fills
    /// `batch.size`, this halves the time it takes; what is left over is given back at the end.
    #[must_use]
    pub fn with_capacity(mut self, bytes: usize) -> Self {
        self.bytes.reserve(bytes);
        self
    }

    /// Sets the timestamp the records' deltas count from. Without it, it is the first record's.
    #[must_use]
    pub fn with_base_timestamp(mut self, base_timestamp: i64) -> Self {
        self.base_timestamp = Some(base_timestamp);
        self
    }

    /// Marks the batch with a delete horizon, ms: it takes the base timestamp's place (R-LOG-66).
    #[must_use]
    pub fn with_delete_horizon(mut self, delete_horizon_ms: i64) -> Self {
        self.base_timestamp = Some(delete_horizon_ms);
        self.has_delete_horizon = true;
        self
    }

    /// Records so far.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// True before the first record.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of the batch so far, header included, before compression.
    pub fn size_in_bytes(&self) -> u32 {
        self.records_size().saturating_add(HEADER_SIZE)
    }

    /// The codec the records will be compressed with.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// Bytes the next record would add, before compression: exact.
    pub fn next_record_size(
        &self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderRef<'_>],
    ) -> u32 {
        let timestamp_delta = timestamp.wrapping_sub(self.base_timestamp.unwrap_or(timestamp));
        record_size(self.next_offset_delta, timestamp_delta, key, value, headers)
    }

    /// Largest timestamp so far, ms; -1 without one.
    pub fn max_timestamp(&self) -> i64 {
        self.facts.largest_timestamp
    }

    /// Appends a record at the next offset. Returns the bytes it took.
    ///
    /// # Errors
    /// The batch would grow beyond what its length field can say; nothing is written then.
    pub fn append(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderRef<'_>],
    ) -> Result<u32, BuildError> {
        self.append_at(self.next_offset_delta, timestamp, key, value, headers)
    }

    /// Appends a record `offset_delta` after the base offset, leaving a gap where deltas are
    /// skipped, as compaction does.
    ///
    /// # Errors
    /// As [`BatchBuilder::append`], or the delta is below the next one.
    pub fn append_at(
        &mut self,
        offset_delta: i32,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderRef<'_>],
    ) -> Result<u32, BuildError> {
        if offset_delta < self.next_offset_delta {
            return Err(BuildError::OffsetDelta { offset_delta, next: self.next_offset_delta });
        }
        let next_offset_delta = offset_delta.checked_add(1).ok_or(BuildError::TooLarge)?;
        let count = self.count.checked_add(1).ok_or(BuildError::TooLarge)?;
        let base_timestamp = self.base_timestamp.unwrap_or(timestamp);
        let timestamp_delta = timestamp.wrapping_sub(base_timestamp);
        let body = body_size(offset_delta, timestamp_delta, key, value, headers);
        let size = size_of_length(body).saturating_add(body);
        if i32::try_from(self.size_in_bytes().saturating_add(size)).is_err() {
            return Err(BuildError::TooLarge);
        }
        let out = &mut self.bytes;
        let least = if self.count == 0 { FIRST_RESERVE } else { 0 };
        out.reserve((size as usize).max(least));
        write_length(out, body as usize);
        out.push(0);
        write_varlong(out, timestamp_delta);
        write_varint(out, offset_delta);
        write_nullable(out, key);
        write_nullable(out, value);
        write_length(out, headers.len());
        for header in headers {
            write_nullable(out, Some(header.key));
            write_nullable(out, header.value);
        }
        self.facts.add(self.count, offset_delta, timestamp, key.is_some());
        self.base_timestamp = Some(base_timestamp);
        self.next_offset_delta = next_offset_delta;
        self.count = count;
        Ok(size)
    }

    /// Closes the batch.
    ///
    /// # Errors
    /// There is no record in it.
    pub fn build(self, stamp: ProducerStamp) -> Result<Batch, BuildError> {
        let attributes = Attributes::default()
            .with_compression(self.compression)
            .with_transactional(stamp.transactional)
            .with_delete_horizon(self.has_delete_horizon);
        let header = BatchHeader {
            base_offset: 0,
            partition_leader_epoch: NO_EPOCH,
            attributes,
            last_offset_delta: self.next_offset_delta.wrapping_sub(1),
            base_timestamp: self.base_timestamp.unwrap_or(NO_TIMESTAMP),
            max_timestamp: self.facts.largest_timestamp,
            producer_id: stamp.producer_id,
            producer_epoch: stamp.producer_epoch,
            base_sequence: stamp.base_sequence,
            record_count: self.count,
        };
        self.build_with(header)
    }

    /// Closes the batch under a given header.
    pub(crate) fn build_with(self, header: BatchHeader) -> Result<Batch, BuildError> {
        if self.count == 0 {
            return Err(BuildError::Empty);
        }
        let facts = Facts { uncompressed_size: self.records_size(), ..self.facts };
        let mut bytes = match self.compression {
            Compression::None => self.bytes,
            codec => compress(codec, self.level, &self.bytes)?,
        };
        // A grown buffer may be half empty; a log keeps it for long.
        if bytes.capacity().saturating_sub(bytes.len()) > bytes.len() / 4 {
            bytes.shrink_to_fit();
        }
        let section = Section::of_built(Bytes::from(bytes), facts);
        Ok(Batch { header, section: Arc::new(section), tag: BatchTag::default() })
    }

    fn records_size(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }
}

/// Lengths are below 2^31 here: the size check has seen them.
fn write_length(out: &mut Vec<u8>, length: usize) {
    write_varint(out, i32::try_from(length).unwrap_or(i32::MAX));
}

fn write_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => write_varint(out, -1),
        Some(bytes) => {
            write_length(out, bytes.len());
            out.extend_from_slice(bytes);
        }
    }
}
