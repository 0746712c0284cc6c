//! Where a group is set to read on.

use serde::{Deserialize, Serialize};

/// An offset of a group, as `kafka-consumer-groups.sh --reset-offsets` plans it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupOffset {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset to read next.
    pub offset: i64,
}
