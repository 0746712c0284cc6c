//! `.snapshot` files: producer state as of an offset (`ProducerSnapshot`, R-LOG-76).
//!
//! Of each producer only the last batch is kept. Entries come by producer id; Kafka writes them
//! in the order of a Java hash map, which is the same for small ids.

use super::FileError;
use crate::batch::Reader;
use crate::producer_state::ProducerEntry;

const VERSION: i16 = 1;

/// The file's bytes.
pub fn producer_snapshot_bytes(
    producers: impl ExactSizeIterator<Item = (i64, ProducerEntry)>,
) -> Vec<u8> {
    let mut entries = Vec::new();
    let count = i32::try_from(producers.len()).unwrap_or(i32::MAX);
    entries.extend_from_slice(&count.to_be_bytes());
    for (producer_id, entry) in producers {
        entries.extend_from_slice(&producer_id.to_be_bytes());
        entries.extend_from_slice(&entry.producer_epoch.to_be_bytes());
        entries.extend_from_slice(&entry.last_sequence().to_be_bytes());
        entries.extend_from_slice(&entry.last_data_offset().to_be_bytes());
        entries.extend_from_slice(&entry.last_offset_delta().to_be_bytes());
        entries.extend_from_slice(&entry.last_timestamp.to_be_bytes());
        entries.extend_from_slice(&entry.coordinator_epoch.to_be_bytes());
        let txn = entry.current_txn_first_offset.unwrap_or(-1);
        entries.extend_from_slice(&txn.to_be_bytes());
    }
    let mut out = VERSION.to_be_bytes().to_vec();
    out.extend_from_slice(&crc32c::crc32c(&entries).to_be_bytes());
    out.extend(entries);
    out
}

/// Reads the file.
///
/// # Errors
/// The version is another, the CRC is not that of the entries, or the bytes end within one.
pub fn parse_producer_snapshot(bytes: &[u8]) -> Result<Vec<(i64, ProducerEntry)>, FileError> {
    let cut = FileError::Cut { found: bytes.len() as u64 };
    let mut reader = Reader::new(bytes);
    let version = i16::from_be_bytes(reader.array().ok_or(cut.clone())?);
    if version != VERSION {
        return Err(FileError::Version(i64::from(version)));
    }
    let stored = u32::from_be_bytes(reader.array().ok_or(cut.clone())?);
    let computed = crc32c::crc32c(reader.rest());
    if stored != computed {
        return Err(FileError::Crc { stored, computed });
    }
    let count = i32::from_be_bytes(reader.array().ok_or(cut.clone())?);
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(parse_entry(&mut reader).ok_or(cut.clone())?);
    }
    if reader.remaining() > 0 { Err(cut) } else { Ok(entries) }
}

fn parse_entry(reader: &mut Reader<'_>) -> Option<(i64, ProducerEntry)> {
    let producer_id = i64::from_be_bytes(reader.array()?);
    let producer_epoch = i16::from_be_bytes(reader.array()?);
    let last_sequence = i32::from_be_bytes(reader.array()?);
    let last_offset = i64::from_be_bytes(reader.array()?);
    let offset_delta = i32::from_be_bytes(reader.array()?);
    let timestamp = i64::from_be_bytes(reader.array()?);
    let coordinator_epoch = i32::from_be_bytes(reader.array()?);
    let first_offset = i64::from_be_bytes(reader.array()?);
    let mut entry = ProducerEntry {
        producer_epoch,
        coordinator_epoch,
        last_timestamp: timestamp,
        current_txn_first_offset: (first_offset >= 0).then_some(first_offset),
        ..ProducerEntry::EMPTY
    };
    entry.set_last_batch(last_sequence, last_offset, offset_delta);
    Some((producer_id, entry))
}
