//! What two runs have in different places.

use serde::Serialize;

/// One offset of a partition at which two runs have different records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordDifference {
    /// The offset.
    pub offset: i64,
    /// What the first run has there, if it has a record.
    pub a: Option<RecordSide>,
    /// What the other has.
    pub b: Option<RecordSide>,
}

/// A record of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordSide {
    /// Its key as text.
    pub key: Option<String>,
    /// It has no value.
    pub tombstone: bool,
    /// It is the marker of a transaction.
    pub marker: bool,
}
