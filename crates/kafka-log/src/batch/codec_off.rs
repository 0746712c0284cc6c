//! A build without the feature `compression`: every codec but none is refused.

use super::error::BatchError;
use super::header::Compression;

/// Refuses, unless there is nothing to do.
pub(crate) fn compress(
    codec: Compression,
    _level: i32,
    section: &[u8],
) -> Result<Vec<u8>, BatchError> {
    match codec {
        Compression::None => Ok(section.to_vec()),
        codec => Err(BatchError::CompressionOff(codec)),
    }
}

/// Refuses, unless there is nothing to do.
pub(crate) fn decompress(codec: Compression, bytes: &[u8]) -> Result<Vec<u8>, BatchError> {
    compress(codec, -1, bytes)
}
