//! Topic configs by Kafka's names.

use kafka_log::batch::{Compression, TimestampType};
use kafka_log::{CleanupPolicy, LogConfig, Ratio};
use serde_json::{Map, Value};

/// Sets the configs; what is unknown or malformed comes back in words.
pub fn set_all(config: &mut LogConfig, values: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in values {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        set(config, name, &text).ok_or_else(|| format!("config {name}={text} is not known"))?;
    }
    Ok(())
}

fn set(config: &mut LogConfig, name: &str, text: &str) -> Option<()> {
    let long = || text.parse::<i64>().ok();
    let int = || text.parse::<i32>().ok();
    match name {
        "cleanup.policy" => {
            config.cleanup_policy = match text {
                "delete" => CleanupPolicy::DELETE,
                "compact" => CleanupPolicy::COMPACT,
                "compact,delete" | "delete,compact" => CleanupPolicy::COMPACT_DELETE,
                _ => return None,
            }
        }
        "compression.type" => {
            config.compression_type = match text {
                "producer" => None,
                "uncompressed" => Some(Compression::None),
                codec => Some(Compression::from_name(codec)?),
            }
        }
        "segment.bytes" | "internal.segment.bytes" => config.segment_bytes = int()?,
        "retention.ms" => config.retention_ms = long()?,
        "retention.bytes" => config.retention_bytes = long()?,
        "index.interval.bytes" => config.index_interval_bytes = int()?,
        "segment.index.bytes" => config.segment_index_bytes = int()?,
        "segment.ms" => config.segment_ms = long()?,
        "max.message.bytes" => config.max_message_bytes = int()?,
        "message.timestamp.type" => {
            config.message_timestamp_type = match text {
                "CreateTime" => TimestampType::CreateTime,
                "LogAppendTime" => TimestampType::LogAppendTime,
                _ => return None,
            }
        }
        "message.timestamp.before.max.ms" => config.message_timestamp_before_max_ms = long()?,
        "message.timestamp.after.max.ms" => config.message_timestamp_after_max_ms = long()?,
        "min.cleanable.dirty.ratio" => config.min_cleanable_dirty_ratio = Ratio::parse(text)?,
        "delete.retention.ms" => config.delete_retention_ms = long()?,
        "min.compaction.lag.ms" => config.min_compaction_lag_ms = long()?,
        "max.compaction.lag.ms" => config.max_compaction_lag_ms = long()?,
        "file.delete.delay.ms" => config.file_delete_delay_ms = long()?,
        _ => return None,
    }
    Some(())
}
