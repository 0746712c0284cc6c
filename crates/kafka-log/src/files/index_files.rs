//! The three index files of a segment (`OffsetIndex`, `TimeIndex`, `AbortedTxn`).

use super::FileError;
use crate::batch::Reader;
use crate::segment::{AbortedTxn, OffsetIndexEntry, TimeIndexEntry};

const TXN_INDEX_VERSION: i16 = 0;

/// The `.index` file: for each entry the offset relative to the segment's base offset and the
/// position, four bytes each.
pub fn offset_index_bytes(base_offset: i64, entries: &[OffsetIndexEntry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len().saturating_mul(8));
    for entry in entries {
        out.extend_from_slice(&relative(base_offset, entry.offset));
        out.extend_from_slice(&entry.position.to_be_bytes());
    }
    out
}

/// The `.timeindex` file: for each entry the timestamp in eight bytes and the relative offset in
/// four.
pub fn time_index_bytes(base_offset: i64, entries: &[TimeIndexEntry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len().saturating_mul(12));
    for entry in entries {
        out.extend_from_slice(&entry.timestamp.to_be_bytes());
        out.extend_from_slice(&relative(base_offset, entry.offset));
    }
    out
}

/// The `.txnindex` file: 34 bytes for each aborted transaction.
pub fn txn_index_bytes(entries: &[AbortedTxn]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len().saturating_mul(34));
    for txn in entries {
        out.extend_from_slice(&TXN_INDEX_VERSION.to_be_bytes());
        out.extend_from_slice(&txn.producer_id.to_be_bytes());
        out.extend_from_slice(&txn.first_offset.to_be_bytes());
        out.extend_from_slice(&txn.last_offset.to_be_bytes());
        out.extend_from_slice(&txn.last_stable_offset.to_be_bytes());
    }
    out
}

/// Reads an `.index` file.
///
/// # Errors
/// The bytes are no whole number of entries.
pub fn parse_offset_index(
    base_offset: i64,
    bytes: &[u8],
) -> Result<Vec<OffsetIndexEntry>, FileError> {
    parse(bytes, |reader| {
        let offset = absolute(base_offset, reader.array()?);
        Some(OffsetIndexEntry { offset, position: u32::from_be_bytes(reader.array()?) })
    })
}

/// Reads a `.timeindex` file.
///
/// # Errors
/// The bytes are no whole number of entries.
pub fn parse_time_index(base_offset: i64, bytes: &[u8]) -> Result<Vec<TimeIndexEntry>, FileError> {
    parse(bytes, |reader| {
        let timestamp = i64::from_be_bytes(reader.array()?);
        Some(TimeIndexEntry { timestamp, offset: absolute(base_offset, reader.array()?) })
    })
}

/// Reads a `.txnindex` file.
///
/// # Errors
/// The bytes are no whole number of entries, or of another version.
pub fn parse_txn_index(bytes: &[u8]) -> Result<Vec<AbortedTxn>, FileError> {
    let versions = bytes.chunks_exact(34).filter_map(|entry| entry.first_chunk::<2>());
    let unknown = versions.map(|v| i16::from_be_bytes(*v)).find(|v| *v > TXN_INDEX_VERSION);
    if let Some(version) = unknown {
        return Err(FileError::Version(i64::from(version)));
    }
    parse(bytes, |reader| {
        let _version = reader.array::<2>()?;
        Some(AbortedTxn {
            producer_id: i64::from_be_bytes(reader.array()?),
            first_offset: i64::from_be_bytes(reader.array()?),
            last_offset: i64::from_be_bytes(reader.array()?),
            last_stable_offset: i64::from_be_bytes(reader.array()?),
        })
    })
}

fn parse<T>(
    bytes: &[u8],
    mut entry: impl FnMut(&mut Reader<'_>) -> Option<T>,
) -> Result<Vec<T>, FileError> {
    let mut reader = Reader::new(bytes);
    let mut entries = Vec::new();
    while reader.remaining() > 0 {
        entries.push(entry(&mut reader).ok_or(FileError::Cut { found: bytes.len() as u64 })?);
    }
    Ok(entries)
}

/// The offset counted from the segment's base offset. A segment holds none that does not fit.
fn relative(base_offset: i64, offset: i64) -> [u8; 4] {
    i32::try_from(offset.wrapping_sub(base_offset)).unwrap_or(i32::MAX).to_be_bytes()
}

fn absolute(base_offset: i64, relative: [u8; 4]) -> i64 {
    base_offset.wrapping_add(i64::from(i32::from_be_bytes(relative)))
}
