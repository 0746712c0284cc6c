//! gzip (RFC 1952): one member, as `GZIPOutputStream` writes it.

use miniz_oxide::inflate::TINFLStatus;

use super::super::error::BatchError;
use super::super::header::Compression;
use super::super::payload::MAX_UNCOMPRESSED_BYTES;
use super::super::varint::Reader;

/// Magic, deflate, no flags, no time, no extra flags, and no operating system named.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// zlib's own default, what Kafka's `compression.gzip.level` of -1 stands for.
const DEFAULT_LEVEL: u8 = 6;
const HAS_HEADER_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

pub(super) fn compress(section: &[u8], level: i32) -> Vec<u8> {
    let level = u8::try_from(level).ok().filter(|level| (1..=9).contains(level));
    let level = level.unwrap_or(DEFAULT_LEVEL);
    let mut out = HEADER.to_vec();
    out.extend(miniz_oxide::deflate::compress_to_vec(section, level));
    out.extend_from_slice(&crc32(section).to_le_bytes());
    out.extend_from_slice(&size_field(section).to_le_bytes());
    out
}

pub(super) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    let cut = || error("the stream is cut");
    let mut reader = Reader::new(bytes);
    skip_header(&mut reader).ok_or_else(|| error("this is no gzip header"))?;
    let body = reader.remaining().checked_sub(8).ok_or_else(cut)?;
    let deflated = reader.take(body).ok_or_else(cut)?;
    let crc = u32::from_le_bytes(reader.array().ok_or_else(cut)?);
    let size = u32::from_le_bytes(reader.array().ok_or_else(cut)?);
    let limit = usize::try_from(MAX_UNCOMPRESSED_BYTES).unwrap_or(usize::MAX);
    let out = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, limit);
    let out = out.map_err(|failed| match failed.status {
        TINFLStatus::HasMoreOutput => BatchError::TooLarge(MAX_UNCOMPRESSED_BYTES),
        _ => error("the deflated data is not readable"),
    })?;
    if size != size_field(&out) || crc != crc32(&out) {
        return Err(error("what comes out is not what went in"));
    }
    Ok(out)
}

/// Goes past the header and what its flags announce.
fn skip_header(reader: &mut Reader<'_>) -> Option<()> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _] = reader.array()? else { return None };
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes(reader.array()?);
        reader.take(usize::from(length))?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            while reader.byte()? != 0 {}
        }
    }
    if flags & HAS_HEADER_CRC != 0 {
        reader.take(2)?;
    }
    Some(())
}

/// The length modulo 2^32.
fn size_field(section: &[u8]) -> u32 {
    let [a, b, c, d, ..] = (section.len() as u64).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn error(reason: &str) -> BatchError {
    BatchError::Decompress { codec: Compression::Gzip, reason: reason.to_owned() }
}

/// CRC-32 as gzip wants it, four bits at a time: its table is small beside one of a crate's, and
/// the page has to load it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        let crc = nibble(crc ^ u32::from(*byte));
        nibble(crc)
    })
}

fn nibble(crc: u32) -> u32 {
    const TABLE: [u32; 16] = table();
    let [low, ..] = crc.to_le_bytes();
    let entry = TABLE.get(usize::from(low & 0xf)).copied().unwrap_or_default();
    entry ^ (crc >> 4)
}

const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut index = 0;
    while index < 16 {
        let mut crc = index;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0xedb8_8320 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "the loop stays below the table's length")]
        {
            table[index as usize] = crc;
        }
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn optional_header_fields_are_passed_over() {
        let plain = compress(b"records", -1);
        let flags = HAS_EXTRA | HAS_NAME | HAS_COMMENT | HAS_HEADER_CRC;
        let mut dressed = plain[..10].to_vec();
        dressed[3] = flags;
        dressed.extend_from_slice(&[2, 0, 7, 7]);
        dressed.extend_from_slice(b"name\0comment\0");
        dressed.extend_from_slice(&[1, 2]);
        dressed.extend_from_slice(&plain[10..]);
        assert_eq!(decompress(&dressed).unwrap(), b"records");
        assert_eq!(decompress(&plain[1..]), Err(error("this is no gzip header")));
    }

    #[test]
    fn a_wrong_trailer_is_noticed() {
        let plain = compress(b"records", -1);
        for at in plain.len() - 8..plain.len() {
            let mut bad = plain.clone();
            bad[at] ^= 1;
            assert!(decompress(&bad).is_err());
        }
    }
}
