//! One partition on one broker: its log, what the metadata says of it, and who waits for it (`Partition`).

use super::CleanerLog;
use super::durable::Durable;
use super::leader::Leading;
use crate::command::Configs;
use crate::config::{BrokerConfigs, ResolvedTopicConfig, TimestampType, TopicConfigs};
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::{ErrorCode, PartitionImage, TopicImage};
use kafka_log::batch::Compression;
use kafka_log::{CleanupPolicy, Log, LogConfig, Ratio};
use std::sync::Arc;

/// One partition.
#[derive(Debug, Clone)]
pub(crate) struct Partition {
    /// Which.
    pub tp: TopicPartition,
    /// Its bytes.
    pub log: Log,
    /// Replicas, ISR, leader and epoch.
    pub image: Arc<PartitionImage>,
    /// Configs in force.
    pub config: Arc<ResolvedTopicConfig>,
    /// Grows with each change worth drawing.
    pub version: u64,
    /// The range retention took last.
    pub deleted: Option<(i64, i64)>,
    /// The event of its last deletion.
    pub deleted_by: Option<EventId>,
    /// The event of its last append or high watermark.
    pub high_watermark_by: Option<EventId>,
    /// What the cleaner knows of it.
    pub cleaner: CleanerLog,
    /// Fetches that wait for it.
    pub fetches: Vec<u64>,
    /// Produces that wait for its high watermark.
    pub produces: Vec<u64>,
    /// What this broker knows of the followers, while it leads.
    pub leading: Option<Leading>,
    /// What lies safely on disk.
    pub durable: Durable,
}

impl Partition {
    /// An empty partition.
    pub(crate) fn new(
        tp: TopicPartition,
        topic: &TopicImage,
        image: PartitionImage,
        broker: &BrokerConfigs,
        now_ms: TimestampMs,
    ) -> Self {
        let config = resolve(topic, broker);
        let log = Log::new(log_config(&config), now_ms);
        Self {
            tp,
            log,
            image: Arc::new(image),
            config: Arc::new(config),
            version: 1,
            deleted: None,
            deleted_by: None,
            high_watermark_by: None,
            cleaner: CleanerLog::default(),
            fetches: Vec::new(),
            produces: Vec::new(),
            leading: None,
            durable: Durable::new(broker),
        }
    }

    /// Takes a log over in place of its own; its leader epoch begins where that ends.
    pub(crate) fn adopt(&mut self, log: Log) {
        self.log = log;
        self.log.assign_epoch_start_offset(self.image.leader_epoch, self.log.log_end_offset());
        self.version += 1;
    }

    /// Takes over the configs that the metadata says now.
    pub(crate) fn configure(&mut self, topic: &TopicImage, broker: &BrokerConfigs) {
        let config = resolve(topic, broker);
        if config != *self.config {
            self.log.set_config(log_config(&config));
            self.config = Arc::new(config);
            self.version += 1;
        }
    }

    /// NONE if this broker leads it.
    pub(crate) fn led_by(&self, me: BrokerId) -> ErrorCode {
        if self.image.leader == Some(me) { ErrorCode::None } else { ErrorCode::NotLeaderOrFollower }
    }

    /// min.insync.replicas, but never more than there are replicas (`Partition.effectiveMinIsr`).
    pub(crate) fn effective_min_isr(&self) -> usize {
        let min = usize::try_from(self.config.min_insync_replicas).unwrap_or(1);
        min.min(self.image.replicas.len())
    }
}

fn resolve(topic: &TopicImage, broker: &BrokerConfigs) -> ResolvedTopicConfig {
    TopicConfigs::new(topic.configs.clone(), broker).unwrap_or_default().resolve(broker)
}

/// `min.insync.replicas` of a topic.
pub(crate) fn min_insync_replicas(topic: &TopicImage, broker: &BrokerConfigs) -> i32 {
    resolve(topic, broker).min_insync_replicas
}

/// What a log of a topic with these overrides goes by.
pub(crate) fn log_config_of(configs: &Configs, broker: &BrokerConfigs) -> LogConfig {
    let configs = TopicConfigs::new(configs.clone(), broker).unwrap_or_default();
    log_config(&configs.resolve(broker))
}

/// What a log needs of a topic's configs.
fn log_config(config: &ResolvedTopicConfig) -> LogConfig {
    LogConfig {
        cleanup_policy: CleanupPolicy {
            delete: config.cleanup_policy.delete,
            compact: config.cleanup_policy.compact,
        },
        // `producer`, which is no codec, keeps what comes.
        compression_type: match config.compression_type.as_str() {
            "uncompressed" => Some(Compression::None),
            codec => Compression::from_name(codec),
        },
        compression_level: config.gzip_level,
        delete_retention_ms: config.delete_retention_ms,
        file_delete_delay_ms: config.file_delete_delay_ms,
        index_interval_bytes: config.index_interval_bytes,
        max_compaction_lag_ms: config.max_compaction_lag_ms,
        max_message_bytes: config.max_message_bytes,
        message_timestamp_after_max_ms: config.timestamp_after_max_ms,
        message_timestamp_before_max_ms: config.timestamp_before_max_ms,
        message_timestamp_type: match config.timestamp_type {
            TimestampType::CreateTime => kafka_log::batch::TimestampType::CreateTime,
            TimestampType::LogAppendTime => kafka_log::batch::TimestampType::LogAppendTime,
        },
        min_cleanable_dirty_ratio: u32::try_from(config.min_cleanable_dirty_millionths)
            .ok()
            .and_then(Ratio::from_millionths)
            .unwrap_or(LogConfig::default().min_cleanable_dirty_ratio),
        min_compaction_lag_ms: config.min_compaction_lag_ms,
        retention_bytes: config.retention_bytes,
        retention_ms: config.retention_ms,
        segment_bytes: config.segment_bytes,
        segment_index_bytes: config.segment_index_bytes,
        segment_jitter_ms: config.segment_jitter_ms,
        segment_ms: config.segment_ms,
    }
}
