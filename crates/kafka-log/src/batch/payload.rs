//! The records section: its shared bytes, and what is known about them.

use std::sync::OnceLock;

use bytes::Bytes;

use super::coding::decompress;
use super::error::BatchError;
use super::header::{BatchHeader, Compression, NO_TIMESTAMP, TimestampType};
use super::record::RecordsRef;

/// Most bytes a compressed section may decompress to; a bound on what a hostile batch can cost.
pub const MAX_UNCOMPRESSED_BYTES: u64 = 128 * 1024 * 1024;

/// What a leader must know of a batch's records to accept it, without reading them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// A record has no key: a compacted topic refuses the batch.
    pub has_null_key: bool,
    /// Smallest timestamp written in the records, those without one left out; -1: none has one.
    pub smallest_timestamp: i64,
    /// Largest timestamp written in the records; -1: none has one.
    pub largest_timestamp: i64,
    /// Offset delta of the first record with the largest timestamp; -1 in an empty batch.
    pub offset_delta_of_largest_timestamp: i32,
    /// The offset deltas are 0, 1, 2, ... up to the last.
    pub consecutive: bool,
    /// Bytes of the records section before compression.
    pub uncompressed_size: u32,
}

impl Facts {
    /// Facts of a section without records.
    pub(crate) const NONE: Self = Self {
        has_null_key: false,
        smallest_timestamp: NO_TIMESTAMP,
        largest_timestamp: NO_TIMESTAMP,
        offset_delta_of_largest_timestamp: -1,
        consecutive: true,
        uncompressed_size: 0,
    };

    /// Takes one more record into account.
    pub(crate) fn add(&mut self, index: i32, offset_delta: i32, timestamp: i64, has_key: bool) {
        self.has_null_key |= !has_key;
        self.consecutive &= offset_delta == index;
        let none = self.smallest_timestamp == NO_TIMESTAMP;
        if timestamp != NO_TIMESTAMP && (none || timestamp < self.smallest_timestamp) {
            self.smallest_timestamp = timestamp;
        }
        if timestamp > self.largest_timestamp || self.offset_delta_of_largest_timestamp < 0 {
            self.largest_timestamp = self.largest_timestamp.max(timestamp);
            self.offset_delta_of_largest_timestamp = offset_delta;
        }
    }
}

/// A records section, shared by every batch that carries the same records.
#[derive(Debug)]
pub(crate) struct Section {
    bytes: Bytes,
    size: u32,
    crc: OnceLock<u32>,
    facts: OnceLock<Result<Facts, BatchError>>,
}

impl Section {
    /// A section from outside: nothing is known about its records yet.
    pub(crate) fn of_parsed(bytes: Bytes) -> Self {
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self { bytes, size, crc: OnceLock::new(), facts: OnceLock::new() }
    }

    /// A section just written, with what its writer knows.
    pub(crate) fn of_built(bytes: Bytes, facts: Facts) -> Self {
        Self { facts: OnceLock::from(Ok(facts)), ..Self::of_parsed(bytes) }
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Bytes of the section.
    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    /// CRC-32C of the section alone.
    pub(crate) fn crc(&self) -> u32 {
        *self.crc.get_or_init(|| crc32c::crc32c(&self.bytes))
    }

    pub(crate) fn facts(&self, header: &BatchHeader) -> Result<Facts, BatchError> {
        self.facts.get_or_init(|| read_facts(&self.payload(header)?)).clone()
    }

    pub(crate) fn payload(&self, header: &BatchHeader) -> Result<Payload, BatchError> {
        let bytes = match header.attributes.compression() {
            Compression::None => self.bytes.clone(),
            codec => Bytes::from(decompress(codec, &self.bytes)?),
        };
        Ok(Payload { header: *header, bytes })
    }
}

fn read_facts(payload: &Payload) -> Result<Facts, BatchError> {
    let uncompressed_size = u32::try_from(payload.bytes.len()).unwrap_or(u32::MAX);
    let mut facts = Facts { uncompressed_size, ..Facts::NONE };
    let header = payload.header;
    for (index, record) in (0..).zip(payload.iter()) {
        let record = record?;
        let offset_delta = i32::try_from(record.offset.wrapping_sub(header.base_offset))
            .map_err(|_| BatchError::InvalidRecord("an offset delta does not fit 32 bits"))?;
        facts.add(index, offset_delta, record.written_timestamp, record.key.is_some());
    }
    Ok(facts)
}

/// A records section without its compression, and what it takes to decode its records.
#[derive(Clone, Debug)]
pub struct Payload {
    pub(crate) header: BatchHeader,
    pub(crate) bytes: Bytes,
}

impl Payload {
    /// The records, borrowed.
    pub fn iter(&self) -> RecordsRef<'_> {
        RecordsRef::new(&self.header, &self.bytes)
    }

    /// The section's bytes, decompressed.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The timestamp every record reports, where the batch sets it for all (R-LOG-05).
    pub(crate) fn append_time(header: &BatchHeader) -> Option<i64> {
        (header.attributes.timestamp_type() == TimestampType::LogAppendTime)
            .then_some(header.max_timestamp)
    }
}

impl<'a> IntoIterator for &'a Payload {
    type Item = Result<super::RecordRef<'a>, BatchError>;
    type IntoIter = RecordsRef<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
