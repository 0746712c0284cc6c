//! Bounds on what a person may ask for (R-SCP-38): each a named constant, each refused in words.

use crate::command::{KeyDistribution, StreamSpec};
use crate::error::CommandError;

/// Clients of each kind.
pub(super) const MAX_CLIENTS: usize = 200;
/// Groups.
pub(super) const MAX_GROUPS: usize = 100;
/// Records one Produce may send.
pub(super) const MAX_PRODUCE: u32 = 100_000;
/// Records a second one stream may send.
pub(super) const MAX_STREAM_PER_SECOND: u64 = 2_000_000;
/// Bytes of all files one import may bring: 256 MiB.
pub(super) const MAX_IMPORT_BYTES: u64 = 256 << 20;
/// Segments one import may bring.
pub(super) const MAX_IMPORT_SEGMENTS: usize = 10_000;
/// Keys one stream may choose from.
const MAX_KEYS: usize = 1_000;
/// Largest value of a stream, 1 MiB.
const MAX_VALUE_BYTES: u32 = 1_048_576;
/// Longest name of a client.
const MAX_NAME: usize = 64;
/// Longest processing time for a record: a day.
pub(super) const MAX_PROCESSING_US: u64 = 86_400_000_000;

/// A client's name is its `client.id`, and stands in rows and chips.
pub(super) fn check_name(name: &str, field: &str) -> Result<(), CommandError> {
    let wrong = if name.trim().is_empty() {
        "A name is needed."
    } else if name.chars().count() > MAX_NAME {
        "A name has at most 64 characters."
    } else if name.chars().any(char::is_control) {
        "A name has no control characters."
    } else {
        return Ok(());
    };
    Err(CommandError::new("INVALID_REQUEST", field, wrong))
}

/// A stream that can be played.
pub(super) fn check_stream(spec: &StreamSpec) -> Result<(), CommandError> {
    let refuse = |field: &str, text: String| Err(CommandError::new("INVALID_REQUEST", field, text));
    if let Some(wrong) = crate::config::invalid_name_reason(&spec.topic) {
        let text = format!("Topic name is invalid: {wrong}");
        return Err(CommandError::new("INVALID_TOPIC_EXCEPTION", "stream.topic", text));
    }
    if spec.per_ms == 0 || spec.per_ms > 86_400_000 {
        return refuse("stream.per_ms", "per_ms is 1 to 86 400 000 (a day).".to_owned());
    }
    if u64::from(spec.records) * 1_000 > MAX_STREAM_PER_SECOND * u64::from(spec.per_ms) {
        let text = format!("At most {MAX_STREAM_PER_SECOND} records a second. Lower the rate.");
        return refuse("stream.records", text);
    }
    if spec.value_bytes_max > MAX_VALUE_BYTES || spec.value_bytes_min > spec.value_bytes_max {
        let text =
            "The smallest value may not be above the largest, and that not above 1 048 576 bytes.";
        return refuse("stream.value_bytes_max", text.to_owned());
    }
    if spec.null_key_percent > 100 {
        return refuse("stream.null_key_percent", "0 to 100.".to_owned());
    }
    match &spec.keys {
        KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys } => {
            if keys.is_empty() || keys.len() > MAX_KEYS {
                return refuse("stream.keys", format!("Name 1 to {MAX_KEYS} keys."));
            }
            if keys.iter().any(|key| key.len() > 1_024) {
                return refuse("stream.keys", "A key has at most 1 024 bytes.".to_owned());
            }
        }
        KeyDistribution::Sequence { prefix, count } => {
            if *count == 0 || prefix.len() > 1_000 {
                let text = "At least one key, and a prefix of at most 1 000 bytes.";
                return refuse("stream.keys", text.to_owned());
            }
        }
        KeyDistribution::Null => {}
    }
    Ok(())
}
