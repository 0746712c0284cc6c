//! The codecs of a records section, in the framing the Java client uses for each.
//!
//! Encoders need not give Kafka's bytes: any output that decodes to the same records is right,
//! and even Kafka's own differ by library version. Decoding is bounded by
//! [`MAX_UNCOMPRESSED_BYTES`](super::MAX_UNCOMPRESSED_BYTES).

mod gzip;
mod snappy;

use std::io::{Read, Write};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use ruzstd::encoding::CompressionLevel;

use super::error::BatchError;
use super::header::Compression;
use super::payload::MAX_UNCOMPRESSED_BYTES;

/// Largest window a zstd frame may ask memory for; the levels Kafka uses stay at or below it.
const MAX_ZSTD_WINDOW: u64 = 8 * 1024 * 1024;
/// Compresses a records section. Only gzip has levels here: -1 is its default.
pub(crate) fn compress(
    codec: Compression,
    level: i32,
    section: &[u8],
) -> Result<Vec<u8>, BatchError> {
    let failed = |reason: String| BatchError::Compress { codec, reason };
    match codec {
        Compression::None => Ok(section.to_vec()),
        Compression::Gzip => Ok(gzip::compress(section, level)),
        Compression::Snappy => snappy::compress(section).map_err(|e| failed(e.to_string())),
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
        Compression::Gzip => gzip::decompress(bytes),
        Compression::Snappy => snappy::decompress(bytes),
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
                let packed = compress(codec, -1, section).unwrap();
                assert_eq!(&decompress(codec, &packed).unwrap(), section, "{codec:?}");
            }
            let packed = compress(codec, -1, &sections[2]).unwrap();
            assert!(packed.len() < sections[2].len() / 10, "{codec:?}: {}", packed.len());
        }
    }

    #[test]
    fn a_cut_stream_is_refused_or_gives_what_came_before_the_cut() {
        let section = b"some records ".repeat(100);
        for codec in CODECS {
            let packed = compress(codec, -1, &section).unwrap();
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
