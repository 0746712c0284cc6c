//! The topic configs a log goes by, under Kafka's names with `_` for `.` (`LogConfig`).

use crate::batch::{Compression, TimestampType};

/// `cleanup.policy`: what takes old records away (R-LOG-51).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CleanupPolicy {
    /// Segments go by age and size.
    pub delete: bool,
    /// The latest record of each key stays.
    pub compact: bool,
}

impl CleanupPolicy {
    /// `delete`
    pub const DELETE: Self = Self { delete: true, compact: false };
    /// `compact`
    pub const COMPACT: Self = Self { delete: false, compact: true };
    /// `compact,delete`
    pub const COMPACT_DELETE: Self = Self { delete: true, compact: true };
}

/// A share of one, in millionths: `min.cleanable.dirty.ratio` without a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

impl Ratio {
    /// Millionths, at most a million.
    pub fn from_millionths(millionths: u32) -> Option<Self> {
        (millionths <= 1_000_000).then_some(Self(millionths))
    }

    /// The value in millionths.
    pub fn millionths(self) -> u32 {
        self.0
    }

    /// Reads a decimal number from 0 to 1 with at most six decimals, such as `0.5`.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let given = !(whole.is_empty() && decimals.is_empty()) && decimals.len() <= 6;
        if !given || !all_digits(whole) || !all_digits(decimals) {
            return None;
        }
        let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let decimals: u32 = format!("{decimals:0<6}").parse().ok()?;
        Self::from_millionths(whole.checked_mul(1_000_000)?.checked_add(decimals)?)
    }

    /// True if `part` of `whole` is more than this share.
    pub fn is_exceeded_by(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 1_000_000 > u128::from(whole) * u128::from(self.0)
    }
}

/// The configs of one log. `Default` has Kafka 4.3's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogConfig {
    /// `cleanup.policy`
    pub cleanup_policy: CleanupPolicy,
    /// `compression.type`: the codec batches are kept in; none is `producer`, the producer's own.
    pub compression_type: Option<Compression>,
    /// `delete.retention.ms`: how long a tombstone stays after a cleaning kept it.
    pub delete_retention_ms: i64,
    /// `file.delete.delay.ms`: how long the files of a deleted segment stay on disk.
    pub file_delete_delay_ms: i64,
    /// `index.interval.bytes`: bytes between two index entries.
    pub index_interval_bytes: i32,
    /// `compression.gzip.level`: effort where the leader writes gzip itself; -1: the default.
    pub compression_level: i32,
    /// `max.compaction.lag.ms`: longest time a record may stay uncleaned.
    pub max_compaction_lag_ms: i64,
    /// `max.message.bytes`: largest batch a leader takes.
    pub max_message_bytes: i32,
    /// `message.timestamp.after.max.ms`: how far ahead of the leader's clock a timestamp may be.
    pub message_timestamp_after_max_ms: i64,
    /// `message.timestamp.before.max.ms`: how far behind.
    pub message_timestamp_before_max_ms: i64,
    /// `message.timestamp.type`
    pub message_timestamp_type: TimestampType,
    /// `min.cleanable.dirty.ratio`: share of dirty bytes above which a log is cleaned.
    pub min_cleanable_dirty_ratio: Ratio,
    /// `min.compaction.lag.ms`: shortest time a record stays uncleaned.
    pub min_compaction_lag_ms: i64,
    /// `retention.bytes`: size above which old segments go; -1: no bound.
    pub retention_bytes: i64,
    /// `retention.ms`: age above which segments go; -1: no bound.
    pub retention_ms: i64,
    /// `segment.bytes`: size at which a segment is full. Kafka lets nobody set it below 1 MiB;
    /// this crate takes any, as its tests do.
    pub segment_bytes: i32,
    /// `segment.index.bytes`: size of the offset index and of the time index.
    pub segment_index_bytes: i32,
    /// `segment.jitter.ms`: most that is taken off `segment.ms` at random for each segment.
    pub segment_jitter_ms: i64,
    /// `segment.ms`: span of message time a segment covers.
    pub segment_ms: i64,
}

impl Default for LogConfig {
    fn default() -> Self {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        Self {
            cleanup_policy: CleanupPolicy::DELETE,
            compression_type: None,
            compression_level: -1,
            delete_retention_ms: DAY_MS,
            file_delete_delay_ms: 60_000,
            index_interval_bytes: 4096,
            max_compaction_lag_ms: i64::MAX,
            max_message_bytes: 1_048_588,
            message_timestamp_after_max_ms: 3_600_000,
            message_timestamp_before_max_ms: i64::MAX,
            message_timestamp_type: TimestampType::CreateTime,
            min_cleanable_dirty_ratio: Ratio(500_000),
            min_compaction_lag_ms: 0,
            retention_bytes: -1,
            retention_ms: 7 * DAY_MS,
            segment_bytes: 1 << 30,
            segment_index_bytes: 10 * 1024 * 1024,
            segment_jitter_ms: 0,
            segment_ms: 7 * DAY_MS,
        }
    }
}

impl LogConfig {
    /// Span of message time after which a segment rolls, ms (R-LOG-23, `LogConfig.maxSegmentMs`).
    pub fn max_segment_ms(&self) -> i64 {
        if self.cleanup_policy.compact {
            self.segment_ms.min(self.max_compaction_lag_ms)
        } else {
            self.segment_ms
        }
    }

    /// Entries an offset index of this size holds.
    pub(crate) fn max_offset_index_entries(&self) -> u32 {
        (self.segment_index_bytes.max(0) / 8).unsigned_abs()
    }

    /// Entries a time index of this size holds.
    pub(crate) fn max_time_index_entries(&self) -> u32 {
        (self.segment_index_bytes.max(0) / 12).unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_from_decimals() {
        assert_eq!(Ratio::parse("0.5"), Ratio::from_millionths(500_000));
        assert_eq!(Ratio::parse("1"), Ratio::from_millionths(1_000_000));
        assert_eq!(Ratio::parse(".000001"), Ratio::from_millionths(1));
        for bad in ["", ".", "1.1", "-0.5", "0.1234567", "a", "0,5"] {
            assert_eq!(Ratio::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_ratio_is_exceeded_strictly() {
        let half = Ratio::parse("0.5").unwrap();
        assert!(!half.is_exceeded_by(5, 10));
        assert!(half.is_exceeded_by(6, 11));
        assert!(!Ratio::parse("0").unwrap().is_exceeded_by(0, 10));
    }

    #[test]
    fn a_compacted_log_rolls_by_the_smaller_bound() {
        let config = LogConfig {
            cleanup_policy: CleanupPolicy::COMPACT,
            max_compaction_lag_ms: 10,
            ..LogConfig::default()
        };
        assert_eq!(config.max_segment_ms(), 10);
        assert_eq!(LogConfig::default().max_segment_ms(), 604_800_000);
    }
}
