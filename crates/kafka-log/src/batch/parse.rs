//! From bytes to batches. Everything is bounded by the bytes at hand before anything is kept.

use std::sync::Arc;

use bytes::Bytes;

use super::header::{Attributes, BatchHeader, HEADER_SIZE, LOG_OVERHEAD};
use super::payload::Section;
use super::{Batch, BatchError, BatchTag};

const HEADER_LEN: usize = HEADER_SIZE as usize;
/// Where what the CRC is taken of begins: the attributes.
const CRC_END: usize = 21;
const LOG_OVERHEAD_LEN: u64 = LOG_OVERHEAD as u64;

impl Batch {
    /// Parses one batch that is all of `bytes`, and checks its CRC. The records are shared with
    /// `bytes`, not copied, and not decoded yet.
    ///
    /// # Errors
    /// The bytes are not exactly one batch of magic v2 (see [`BatchError`]).
    pub fn parse(bytes: Bytes) -> Result<Self, BatchError> {
        let total = bytes.len();
        let (batch, size) = Self::parse_front(&bytes)?;
        match total.saturating_sub(size) {
            0 => Ok(batch),
            more => Err(BatchError::Trailing(more as u64)),
        }
    }

    /// Parses the batch at the front of `bytes`; returns it and its size.
    fn parse_front(bytes: &Bytes) -> Result<(Self, usize), BatchError> {
        let found = bytes.len() as u64;
        let Some(head) = bytes.first_chunk::<HEADER_LEN>() else {
            return Err(short_of_a_header(bytes));
        };
        let (header, length, stored) = BatchHeader::read(head)?;
        let size = i64::from(length).saturating_add(i64::from(LOG_OVERHEAD));
        if size < i64::from(HEADER_SIZE) {
            return Err(BatchError::TooSmall(size));
        }
        let whole = usize::try_from(size).ok().filter(|&size| size <= bytes.len());
        let Some(size) = whole else {
            return Err(BatchError::Cut { needed: size.unsigned_abs(), found });
        };
        // In one go: putting it together from header and section costs more than a small batch.
        let computed = crc32c::crc32c(bytes.get(CRC_END..size).unwrap_or_default());
        if stored != computed {
            return Err(BatchError::Crc { stored, computed });
        }
        let section = Section::of_parsed(bytes.slice(HEADER_LEN..size));
        let batch = Self { header, section: Arc::new(section), tag: BatchTag::default() };
        check_header(&header, batch.section.size())?;
        Ok((batch, size))
    }
}

/// What is wrong with bytes too short for a header: the length field may already say so.
fn short_of_a_header(bytes: &[u8]) -> BatchError {
    let length = bytes
        .get(8..12)
        .and_then(|field| field.first_chunk::<4>())
        .map(|field| i64::from(i32::from_be_bytes(*field)) + i64::from(LOG_OVERHEAD));
    match length {
        Some(size) if size < i64::from(HEADER_SIZE) => BatchError::TooSmall(size),
        Some(size) => BatchError::Cut { needed: size.unsigned_abs(), found: bytes.len() as u64 },
        None => BatchError::Cut { needed: LOG_OVERHEAD_LEN, found: bytes.len() as u64 },
    }
}

/// Checks the fields that later code relies on.
fn check_header(header: &BatchHeader, section_size: u32) -> Result<(), BatchError> {
    let Attributes(bits) = header.attributes;
    if header.attributes.known_compression().is_none() {
        let [_, low] = (bits & 7).to_be_bytes();
        return Err(BatchError::UnknownCompression(low));
    }
    if header.record_count < 0 {
        return Err(BatchError::InvalidRecord("the record count is negative"));
    }
    if header.last_offset_delta < 0 {
        return Err(BatchError::InvalidRecord("the last offset delta is negative"));
    }
    if header.base_offset.checked_add(i64::from(header.last_offset_delta)).is_none() {
        return Err(BatchError::InvalidRecord("the last offset does not fit 64 bits"));
    }
    let count = header.record_count.unsigned_abs();
    if !matches!(bits & 7, 0) {
        return Ok(());
    }
    // The smallest record has seven bytes, so a count the section cannot hold is refused here.
    if u64::from(count) * 7 > u64::from(section_size) {
        return Err(BatchError::InvalidRecord("the section is too small for the record count"));
    }
    Ok(())
}

/// Iterates over batches that lie back to back in `bytes`, as in a segment file or a fetch.
/// A cut or corrupt batch yields its error and ends the iteration.
pub fn batches(bytes: Bytes) -> Batches {
    Batches { rest: bytes }
}

/// Iterator of [`batches`].
#[derive(Clone, Debug)]
pub struct Batches {
    rest: Bytes,
}

impl Iterator for Batches {
    type Item = Result<Batch, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match Batch::parse_front(&self.rest) {
            Ok((batch, size)) => {
                self.rest = self.rest.slice(size..);
                Some(Ok(batch))
            }
            Err(error) => {
                self.rest = Bytes::new();
                Some(Err(error))
            }
        }
    }
}
