//! Codecs that come apart from the rest of a program: a page whose first log is not compressed fetches them later. Until
//! they are installed, every codec but none is refused, as in a build without the feature `compression`; which of the
//! two it is changes no byte of what is read or written once they are there.

use std::sync::OnceLock;

use super::codec;
use super::error::BatchError;
use super::header::Compression;

type Compress = fn(Compression, i32, &[u8]) -> Result<Vec<u8>, BatchError>;
type Decompress = fn(Compression, &[u8]) -> Result<Vec<u8>, BatchError>;

/// Where the code is, once it is there: set once, and no state of any log.
static CODECS: OnceLock<(Compress, Decompress)> = OnceLock::new();

/// Makes the codecs known. What calls it has them, so it stands in the part that brings them; call it before anything
/// that may meet a compressed batch.
pub fn install() {
    let _ = CODECS.set((codec::compress, codec::decompress));
}

/// Compresses a records section, where that codec is there.
pub(crate) fn compress(
    codec: Compression,
    level: i32,
    section: &[u8],
) -> Result<Vec<u8>, BatchError> {
    match (codec, CODECS.get()) {
        (Compression::None, _) => Ok(section.to_vec()),
        (codec, Some((compress, _))) => compress(codec, level, section),
        (codec, None) => Err(BatchError::CompressionOff(codec)),
    }
}

/// Decompresses a records section, where that codec is there.
pub(crate) fn decompress(codec: Compression, bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    match (codec, CODECS.get()) {
        (Compression::None, _) => Ok(bytes.to_vec()),
        (codec, Some((_, decompress))) => decompress(codec, bytes),
        (codec, None) => Err(BatchError::CompressionOff(codec)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_works_once_the_codecs_are_there() {
        let section = b"some records ".repeat(20);
        let refused = BatchError::CompressionOff(Compression::Zstd);
        assert_eq!(compress(Compression::None, -1, &section).unwrap(), section);
        assert_eq!(compress(Compression::Zstd, -1, &section).unwrap_err(), refused);
        assert_eq!(decompress(Compression::Zstd, &section).unwrap_err(), refused);
        install();
        let packed = compress(Compression::Zstd, -1, &section).unwrap();
        assert_eq!(packed, codec::compress(Compression::Zstd, -1, &section).unwrap());
        assert_eq!(decompress(Compression::Zstd, &packed).unwrap(), section);
    }
}
