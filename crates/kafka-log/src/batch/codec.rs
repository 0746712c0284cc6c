//! The codecs of a records section, in the framing the Java client uses for each.
//!
//! Encoders need not give Kafka's bytes: any output that decodes to the same records is right,
//! and even Kafka's own differ by library version. Decoding is bounded by
//! [`MAX_UNCOMPRESSED_BYTES`](super::MAX_UNCOMPRESSED_BYTES).

use std::io::{Read, Write};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use ruzstd::encoding::CompressionLevel;

use super::error::BatchError;
use super::header::Compression;
use super::payload::MAX_UNCOMPRESSED_BYTES;
use super::varint::Reader;

/// Largest window a zstd frame may ask memory for; the levels Kafka uses stay at or below it.
const MAX_ZSTD_WINDOW: u64 = 8 * 1024 * 1024;
/// What `SnappyOutputStream` puts before its blocks, with version 1, compatible to version 1.
const SNAPPY_MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
const SNAPPY_VERSIONS: [u8; 8] = [0, 0, 0, 1, 0, 0, 0, 1];
/// Bytes `SnappyOutputStream` puts into one block.
const SNAPPY_BLOCK: usize = 32 * 1024;

/// Compresses a records section.
pub(crate) fn compress(codec: Compression, section: &[u8]) -> Result<Vec<u8>, BatchError> {
    let failed = |reason: String| BatchError::Compress { codec, reason };
    match codec {
        Compression::None => Ok(section.to_vec()),
        Compression::Gzip => {
            let level = flate2::Compression::default();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(section).map_err(|e| failed(e.to_string()))?;
            encoder.finish().map_err(|e| failed(e.to_string()))
        }
        Compression::Snappy => compress_snappy(section).map_err(|e| failed(e.to_string())),
        Compression::Lz4 => {
            let info = lz4_flex::frame::FrameInfo::new()
                .block_size(lz4_flex::frame::BlockSize::Max64KB)
                .block_mode(lz4_flex::frame::BlockMode::Independent);
            let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
            encoder.write_all(section).map_err(|e| failed(e.to_string()))?;
            encoder.finish().map_err(|e| failed(e.to_string()))
        }
        Compression::Zstd => {
            Ok(ruzstd::encoding::compress_to_vec(section, CompressionLevel::Fastest))
        }
    }
}

/// Decompresses a records section.
pub(crate) fn decompress(codec: Compression, bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    let failed = |reason: String| BatchError::Decompress { codec, reason };
    match codec {
        Compression::None => Ok(bytes.to_vec()),
        Compression::Gzip => read_bounded(codec, flate2::read::MultiGzDecoder::new(bytes)),
        Compression::Snappy => decompress_snappy(bytes),
        Compression::Lz4 => read_bounded(codec, lz4_flex::frame::FrameDecoder::new(bytes)),
        Compression::Zstd => {
            let mut frames = FrameDecoder::new();
            frames.set_max_window_size(MAX_ZSTD_WINDOW);
            let decoder = StreamingDecoder::new_with_decoder(bytes, frames);
            read_bounded(codec, decoder.map_err(|e| failed(e.to_string()))?)
        }
    }
}

fn read_bounded(codec: Compression, decoder: impl Read) -> Result<Vec<u8>, BatchError> {
    let mut out = Vec::new();
    let mut bounded = decoder.take(MAX_UNCOMPRESSED_BYTES.saturating_add(1));
    bounded
        .read_to_end(&mut out)
        .map_err(|error| BatchError::Decompress { codec, reason: error.to_string() })?;
    check_size(out.len())?;
    Ok(out)
}

fn check_size(size: usize) -> Result<(), BatchError> {
    if size as u64 > MAX_UNCOMPRESSED_BYTES {
        return Err(BatchError::TooLarge(MAX_UNCOMPRESSED_BYTES));
    }
    Ok(())
}

/// `SnappyOutputStream`: a header, then blocks of 32 KiB, each after its compressed length.
fn compress_snappy(section: &[u8]) -> Result<Vec<u8>, snap::Error> {
    let mut out = [SNAPPY_MAGIC, SNAPPY_VERSIONS].concat();
    let mut encoder = snap::raw::Encoder::new();
    for block in section.chunks(SNAPPY_BLOCK) {
        let block = encoder.compress_vec(block)?;
        let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&block);
    }
    Ok(out)
}

/// `SnappyInputStream`: blocks after its header, or, without the header, one bare block as other
/// clients send it.
fn decompress_snappy(bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    let mut out = Vec::new();
    let mut reader = Reader::new(bytes);
    if reader.array::<8>() != Some(SNAPPY_MAGIC) {
        snappy_block(bytes, &mut out)?;
        return Ok(out);
    }
    let cut = || snappy_error("the stream is cut".to_owned());
    reader.array::<8>().ok_or_else(cut)?;
    while reader.remaining() > 0 {
        let length = u32::from_be_bytes(reader.array().ok_or_else(cut)?);
        let block = usize::try_from(length).ok().and_then(|length| reader.take(length));
        snappy_block(block.ok_or_else(cut)?, &mut out)?;
    }
    Ok(out)
}

fn snappy_block(block: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
    let failed = |error: snap::Error| snappy_error(error.to_string());
    let size = snap::raw::decompress_len(block).map_err(failed)?;
    check_size(out.len().saturating_add(size))?;
    // A block cannot hold more than its bytes can say: a copy of up to 64 bytes takes two or more.
    if size > block.len().saturating_mul(64) {
        return Err(snappy_error("a block claims more bytes than it can hold".to_owned()));
    }
    out.extend(snap::raw::Decoder::new().decompress_vec(block).map_err(failed)?);
    Ok(())
}

fn snappy_error(reason: String) -> BatchError {
    BatchError::Decompress { codec: Compression::Snappy, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODECS: [Compression; 4] =
        [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

    #[test]
    fn every_codec_gives_back_what_it_got() {
        let mut noise = 1_u32;
        let mut sections = vec![Vec::new(), b"a".to_vec(), b"same ".repeat(50_000)];
        sections.push(
            std::iter::repeat_with(|| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                noise.to_be_bytes()[0]
            })
            .take(100_000)
            .collect(),
        );
        for codec in CODECS {
            for section in &sections {
                let packed = compress(codec, section).unwrap();
                assert_eq!(&decompress(codec, &packed).unwrap(), section, "{codec:?}");
            }
            let packed = compress(codec, &sections[2]).unwrap();
            assert!(packed.len() < sections[2].len() / 10, "{codec:?}: {}", packed.len());
        }
    }

    #[test]
    fn a_cut_stream_is_refused_or_gives_what_came_before_the_cut() {
        let section = b"some records ".repeat(100);
        for codec in CODECS {
            let packed = compress(codec, &section).unwrap();
            let mut refused = 0;
            for cut in 1..packed.len() {
                match decompress(codec, &packed[..cut]) {
                    Ok(some) => assert!(section.starts_with(&some), "{codec:?} at {cut}"),
                    Err(_) => refused += 1,
                }
            }
            assert!(refused > 10, "{codec:?}");
        }
    }

    #[test]
    fn a_bare_snappy_block_is_read_too() {
        let packed = snap::raw::Encoder::new().compress_vec(b"bare").unwrap();
        assert_eq!(decompress(Compression::Snappy, &packed).unwrap(), b"bare");
    }
}
