//! snappy in the block framing of the Java client's `SnappyOutputStream`.

use super::super::error::BatchError;
use super::super::header::Compression;
use super::super::varint::Reader;
use super::check_size;

/// What `SnappyOutputStream` puts before its blocks, with version 1, compatible to version 1.
const MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
const VERSIONS: [u8; 8] = [0, 0, 0, 1, 0, 0, 0, 1];
/// Bytes `SnappyOutputStream` puts into one block.
const BLOCK: usize = 32 * 1024;

/// `SnappyOutputStream`: a header, then blocks of 32 KiB, each after its compressed length.
pub(super) fn compress(section: &[u8]) -> Result<Vec<u8>, snap::Error> {
    let mut out = [MAGIC, VERSIONS].concat();
    let mut encoder = snap::raw::Encoder::new();
    for block in section.chunks(BLOCK) {
        let block = encoder.compress_vec(block)?;
        let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&block);
    }
    Ok(out)
}

/// `SnappyInputStream`: blocks after its header, or, without the header, one bare block as other
/// clients send it.
pub(super) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    let mut out = Vec::new();
    let mut reader = Reader::new(bytes);
    if reader.array::<8>() != Some(MAGIC) {
        read_block(bytes, &mut out)?;
        return Ok(out);
    }
    let cut = || error("the stream is cut".to_owned());
    reader.array::<8>().ok_or_else(cut)?;
    while reader.remaining() > 0 {
        let length = u32::from_be_bytes(reader.array().ok_or_else(cut)?);
        let block = usize::try_from(length).ok().and_then(|length| reader.take(length));
        read_block(block.ok_or_else(cut)?, &mut out)?;
    }
    Ok(out)
}

fn read_block(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
    let failed = |failure: snap::Error| error(failure.to_string());
    let size = snap::raw::decompress_len(bytes).map_err(failed)?;
    check_size(out.len().saturating_add(size))?;
    // A block cannot hold more than its bytes can say: a copy of up to 64 bytes takes two or more.
    if size > bytes.len().saturating_mul(64) {
        return Err(error("a block claims more bytes than it can hold".to_owned()));
    }
    out.extend(snap::raw::Decoder::new().decompress_vec(bytes).map_err(failed)?);
    Ok(())
}

fn error(reason: String) -> BatchError {
    BatchError::Decompress { codec: Compression::Snappy, reason }
}
