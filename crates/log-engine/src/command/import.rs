//! What is imported: the folders of a topic's partitions, as files.

use super::Blob;
use serde::{Deserialize, Serialize};

/// One partition's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedPartition {
    /// Its segments in order of their offsets; none is an empty partition.
    #[serde(default)]
    pub segments: Vec<ImportedSegment>,
}

/// One segment: its `.log` file. Indexes and producer state are built from it, as a broker does after an unclean
/// stop.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedSegment {
    /// The offset in the file's name.
    pub base_offset: i64,
    /// The file's bytes.
    pub log: Blob,
}

/// An offset of a partition, as `kafka-delete-records.sh` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionOffset {
    /// The partition.
    pub partition: i32,
    /// Records below this offset go; -1 is the high watermark.
    pub offset: i64,
}
