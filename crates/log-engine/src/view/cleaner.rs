//! Compaction: how a log looks to the cleaner, and one pass step by step.

use crate::ids::TimestampMs;
use serde::Serialize;

/// How a compacted partition looks to the cleaner (R-LOG-61, R-LOG-62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleanerView {
    /// First offset not cleaned yet: below it each key is there once.
    pub first_dirty: i64,
    /// First offset that may not be cleaned yet, a segment's base: the active segment, what is younger than
    /// `min.compaction.lag.ms`, and what lies above the last stable offset.
    pub first_uncleanable: i64,
    /// Bytes of the segments that are cleaned.
    pub clean_bytes: i64,
    /// Bytes of the closed segments from there to the first uncleanable offset.
    pub dirty_bytes: i64,
    /// Dirty bytes of all, in millionths; none while no segment is closed.
    pub dirty_ratio_millionths: Option<u32>,
    /// `min.cleanable.dirty.ratio`, in millionths: above it the log is due.
    pub min_ratio_millionths: u32,
    /// A record has waited longer than `max.compaction.lag.ms`.
    pub max_lag_exceeded: bool,
    /// The cleaner takes this log when it comes round.
    pub due: bool,
    /// When the cleaner's loop runs next, every `log.cleaner.backoff.ms`; none with `log.cleaner.enable=false`.
    pub next_run_ms: Option<TimestampMs>,
    /// The run that will clean this log, if nothing more is written; none if none will.
    pub next_pass_ms: Option<TimestampMs>,
    /// When it was cleaned last.
    pub cleaned_ms: Option<TimestampMs>,
    /// The earliest delete horizon of what the last pass left: from then on a pass drops tombstones and markers.
    pub next_horizon_ms: Option<TimestampMs>,
    /// Why the cleaner leaves this log alone until the broker restarts (R-LOG-71).
    pub uncleanable: Option<String>,
}

/// One pass of the cleaner over one log (R-LOG-64 to 69).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CleanPassView {
    /// When it ran, or would run.
    pub at_ms: TimestampMs,
    /// False for a preview of a log that is not due.
    pub due: bool,
    /// Where the dirty part began.
    pub first_dirty: i64,
    /// Where the next pass begins.
    pub end_offset: i64,
    /// Keys in the offset map.
    pub keys: u64,
    /// The map was full before the dirty part was at its end.
    pub map_full: bool,
    /// Bytes of the segments read.
    pub bytes_before: i64,
    /// Bytes of the segments written.
    pub bytes_after: i64,
    /// Records that stay.
    pub records_kept: u64,
    /// Records that go.
    pub records_removed: u64,
    /// Tombstones among those that stay.
    pub tombstones_kept: u64,
    /// The earliest delete horizon of what was written.
    pub next_horizon_ms: Option<TimestampMs>,
    /// First pass: keys with their last offset, by offset; at most 500.
    pub map: Vec<CleanMapRow>,
    /// Second pass: the segments that are written.
    pub segments: Vec<CleanSegmentView>,
    /// Second pass: record by record, at most 1,000 from the offset asked for on.
    pub records: Vec<CleanRecordRow>,
    /// Records after those.
    pub more_records: u64,
}

/// A key in the offset map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleanMapRow {
    /// The key, lossy UTF-8.
    pub key: String,
    /// The offset of its last record in the dirty part.
    pub offset: i64,
}

/// Segments that become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleanSegmentView {
    /// Base offsets of the old segments; the new one has the first.
    pub sources: Vec<i64>,
    /// Their bytes.
    pub bytes_before: i64,
    /// Bytes of the new segment.
    pub bytes_after: i64,
}

/// What becomes of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CleanRecordRow {
    /// Its offset.
    pub offset: i64,
    /// Its key, lossy UTF-8; none for null and for markers.
    pub key: Option<String>,
    /// What becomes of it.
    pub fate: CleanFate,
    /// The later record of its key that supersedes it.
    pub superseded_by: Option<i64>,
    /// The delete horizon its batch has then.
    pub horizon_ms: Option<TimestampMs>,
}

/// Stays or goes, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CleanFate {
    /// Stays: the last of its key, as far as the pass looked.
    Latest,
    /// Stays: a tombstone before its horizon.
    Tombstone,
    /// Stays: behind what the pass mapped.
    BeyondMap,
    /// Stays: a transaction's marker.
    Marker,
    /// Goes: a later record has its key.
    Superseded,
    /// Goes: a tombstone past its horizon.
    ExpiredTombstone,
    /// Goes: of an aborted transaction.
    Aborted,
    /// Goes: a marker past its horizon, of whose transaction nothing is left.
    ExpiredMarker,
    /// Goes: it has no key.
    NoKey,
}

impl CleanFate {
    /// It stays.
    pub fn stays(self) -> bool {
        matches!(self, Self::Latest | Self::Tombstone | Self::BeyondMap | Self::Marker)
    }
}
