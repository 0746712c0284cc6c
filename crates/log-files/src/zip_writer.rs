//! The frame of a zip whose files are stored as they are.
//!
//! Sizes and CRCs are known before a file is written, so they stand in its local header and any
//! reader can stream the zip; a writer that learns them later would have to put them behind the
//! file, which readers refuse for stored ones. Times are the earliest a zip knows: the same files
//! give the same bytes.

/// 1 January 1980, midnight.
const DOS_DATE: u16 = 0x21;
const VERSION: u16 = 20;
/// Made on Unix, so that the mode below counts.
const MADE_BY: u16 = (3 << 8) | VERSION;
const UTF8_NAMES: u16 = 1 << 11;
const FILE_MODE: u32 = 0o100_644 << 16;

/// Bytes that a file costs beside its own.
pub(crate) fn overhead(name: &str) -> u64 {
    (30 + 46) + 2 * name.len() as u64
}

/// Bytes at the end of a zip.
pub(crate) const END_BYTES: u64 = 22;

/// The list of files so far.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    records: Vec<u8>,
    files: u16,
    offset: u32,
}

impl Directory {
    /// The header before a file of these bytes, which must follow it; None past the bounds of a
    /// plain zip.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let size = u32::try_from(bytes.len()).ok()?;
        let name_length = u16::try_from(name.len()).ok()?;
        let mut common = Vec::with_capacity(26);
        common.extend(VERSION.to_le_bytes());
        common.extend(UTF8_NAMES.to_le_bytes());
        common.extend([0; 4]); // stored; midnight
        common.extend(DOS_DATE.to_le_bytes());
        common.extend(rawzip::crc32(bytes).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(name_length.to_le_bytes());
        common.extend([0; 2]); // no extra fields

        self.records.extend(b"PK\x01\x02");
        self.records.extend(MADE_BY.to_le_bytes());
        self.records.extend(&common);
        self.records.extend([0; 6]); // no comment, first disk, no internal attributes
        self.records.extend(FILE_MODE.to_le_bytes());
        self.records.extend(self.offset.to_le_bytes());
        self.records.extend(name.as_bytes());

        let mut header = Vec::with_capacity(name.len().saturating_add(30));
        header.extend(b"PK\x03\x04");
        header.extend(common);
        header.extend(name.as_bytes());
        self.files = self.files.checked_add(1)?;
        self.offset = self.offset.checked_add(u32::try_from(header.len()).ok()?)?;
        self.offset = self.offset.checked_add(size)?;
        Some(header)
    }

    /// The list, and the end of the zip.
    pub(crate) fn end(self) -> Option<Vec<u8>> {
        let length = u32::try_from(self.records.len()).ok()?;
        let mut out = self.records;
        out.extend(b"PK\x05\x06");
        out.extend([0; 4]); // one disk
        out.extend(self.files.to_le_bytes());
        out.extend(self.files.to_le_bytes());
        out.extend(length.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend([0; 2]); // no comment
        Some(out)
    }
}
