//! What an import may cost.

/// Bounds that are checked before memory is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together, unpacked.
    pub total_bytes: u64,
    /// Entries of a zip, folders included.
    pub entries: u64,
    /// How many times its size in the zip a file may unpack to; small files are exempt.
    pub ratio: u64,
    /// Partitions of all topics together.
    pub partitions: u64,
    /// Largest partition number.
    pub partition: i32,
}

impl Default for Limits {
    /// Half a gigabyte in all, 20,000 entries, 500-fold, 1,000 partitions numbered up to 999.
    fn default() -> Self {
        Self {
            total_bytes: 512 << 20,
            entries: 20_000,
            ratio: 500,
            partitions: 1_000,
            partition: 999,
        }
    }
}

/// Files up to here may have any ratio.
pub(crate) const ANY_RATIO_BYTES: u64 = 4 << 20;
/// The small text files that are read whole.
pub(crate) const TEXT_FILE_BYTES: u64 = 1 << 20;
