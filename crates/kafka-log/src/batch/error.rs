//! What can be wrong with a batch's bytes.

use super::header::Compression;

/// Why bytes are not a record batch, or its records are not readable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Fewer bytes than a header, or than the length field says.
    #[error("Record batch is cut: it needs {needed} bytes and {found} are there")]
    Cut {
        /// Bytes a whole batch would have.
        needed: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The length field says less than a header.
    #[error(
        "Record batch is corrupt (the size {0} is smaller than the minimum allowed overhead 61)"
    )]
    TooSmall(i64),
    /// Bytes follow the batch where one batch alone was to be.
    #[error("Record batch is followed by {0} more bytes; hand in one batch at a time")]
    Trailing(u64),
    /// Not magic v2.
    #[error("Magic {0} is not supported: only record batches of magic 2 are")]
    Magic(i8),
    /// The bytes are not those the CRC was taken of.
    #[error("Record is corrupt (stored crc = {stored}, computed crc = {computed})")]
    Crc {
        /// The CRC in the header.
        stored: u32,
        /// The CRC of the bytes.
        computed: u32,
    },
    /// A codec id Kafka does not know.
    #[error("Unknown compression type id: {0}")]
    UnknownCompression(u8),
    /// A codec this build was made without.
    #[error("This build has no {} codec; build it with the feature `compression`", .0.name())]
    CompressionOff(Compression),
    /// A codec cannot compress the section.
    #[error("Failed to compress record stream ({}): {reason}", .codec.name())]
    Compress {
        /// The codec.
        codec: Compression,
        /// What it says.
        reason: String,
    },
    /// The compressed section is not readable.
    #[error("Failed to decompress record stream ({}): {reason}", .codec.name())]
    Decompress {
        /// Its codec.
        codec: Compression,
        /// What the codec says.
        reason: String,
    },
    /// The section decompresses to more than [`MAX_UNCOMPRESSED_BYTES`](super::MAX_UNCOMPRESSED_BYTES).
    #[error("Record batch holds more than {0} bytes of records; send smaller batches")]
    TooLarge(u64),
    /// A record, or the count of records, does not fit the section.
    #[error("Found invalid record structure: {0}")]
    InvalidRecord(&'static str),
}

impl BatchError {
    /// The protocol error a broker answers with.
    pub fn kafka_error(&self) -> &'static str {
        match self {
            Self::Magic(_) | Self::UnknownCompression(_) | Self::InvalidRecord(_) => {
                "INVALID_RECORD"
            }
            Self::CompressionOff(_) => "UNSUPPORTED_COMPRESSION_TYPE",
            _ => "CORRUPT_MESSAGE",
        }
    }
}
