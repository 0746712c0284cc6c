//! The start date as a document writes it: RFC 3339 in UTC, to the millisecond.

use log_engine::TimestampMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

/// Virtual time at the start, in ms since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StartTime(TimestampMs);

/// 9999-12-31T00:00:00Z: later dates have no four-digit year.
const LATEST_MS: TimestampMs = 253_402_214_400_000;

impl StartTime {
    /// A start at `ms` since the epoch; none before 1970 or after the year 9999.
    pub fn from_ms(ms: TimestampMs) -> Option<Self> {
        (0..=LATEST_MS).contains(&ms).then_some(Self(ms))
    }

    /// Reads `2026-01-01T00:00:00Z`, with or without milliseconds; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let time = humantime::parse_rfc3339(text).ok()?;
        let since = time.duration_since(UNIX_EPOCH).ok()?;
        Self::from_ms(i64::try_from(since.as_millis()).ok()?)
    }

    /// Ms since the epoch.
    pub fn ms(self) -> TimestampMs {
        self.0
    }
}

impl Default for StartTime {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self(1_767_225_600_000)
    }
}

impl fmt::Display for StartTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = UNIX_EPOCH + Duration::from_millis(self.0.unsigned_abs());
        if self.0 % 1000 == 0 {
            humantime::format_rfc3339_seconds(time).fmt(f)
        } else {
            humantime::format_rfc3339_millis(time).fmt(f)
        }
    }
}

impl Serialize for StartTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StartTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format_args!(
                "start has to be a date in UTC between 1970 and 9999, such as \"2026-01-01T00:00:00Z\", not {text:?}"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_and_writes_the_same() {
        for text in ["2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2031-12-31T23:59:59.007Z"] {
            assert_eq!(StartTime::parse(text).map(|s| s.to_string()).as_deref(), Some(text));
        }
        assert_eq!(StartTime::default().to_string(), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_in_utc_is_refused() {
        for text in
            ["", "2026", "2026-01-01", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "now"]
        {
            assert_eq!(StartTime::parse(text), None, "{text}");
        }
        assert_eq!(StartTime::from_ms(i64::MAX), None);
        assert_eq!(StartTime::from_ms(-1), None);
    }
}
