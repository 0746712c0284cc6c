//! A topic's configs over its broker's (`LogConfig`, `ServerTopicConfigSynonyms`).

use std::collections::BTreeMap;

use super::table::lookup;
use super::{
    BrokerConfigs, ConfigDef, ConfigError, ConfigSource, ConfigValue, Scope, definitions, validate,
    validate_all,
};

/// What happens to old data (`cleanup.policy`). Both off is allowed: data then stays for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct CleanupPolicy {
    /// `delete`: whole segments go by age and size.
    pub delete: bool,
    /// `compact`: older values of a key go.
    pub compact: bool,
}

/// Whose clock stamps a record (`message.timestamp.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The broker's, at the append.
    LogAppendTime,
}

/// Everything a log needs to know of its topic's configs, resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct ResolvedTopicConfig {
    /// `internal.segment.bytes` if set, else `segment.bytes`.
    pub segment_bytes: i32,
    /// `segment.ms`.
    pub segment_ms: i64,
    /// `segment.jitter.ms`.
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`.
    pub segment_index_bytes: i32,
    /// `index.interval.bytes`.
    pub index_interval_bytes: i32,
    /// `retention.ms`; -1 is for ever.
    pub retention_ms: i64,
    /// `retention.bytes`; negative is without limit.
    pub retention_bytes: i64,
    /// `file.delete.delay.ms`.
    pub file_delete_delay_ms: i64,
    /// `max.message.bytes`.
    pub max_message_bytes: i32,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: i64,
    /// `cleanup.policy`.
    pub cleanup_policy: CleanupPolicy,
    /// `min.cleanable.dirty.ratio` times 1,000,000.
    pub min_cleanable_dirty_millionths: i64,
    /// `delete.retention.ms`.
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms`.
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms`.
    pub max_compaction_lag_ms: i64,
    /// `min.insync.replicas`.
    pub min_insync_replicas: i32,
    /// `unclean.leader.election.enable`.
    pub unclean_leader_election: bool,
    /// `compression.type`.
    pub compression_type: String,
    /// `compression.gzip.level`.
    pub gzip_level: i32,
    /// `flush.messages`.
    pub flush_messages: i64,
    /// `flush.ms`.
    pub flush_ms: i64,
}

/// One config of a topic as `kafka-configs.sh --describe --all` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedConfig {
    /// Its definition.
    pub def: &'static ConfigDef,
    /// The value in force; `None` is Kafka's null.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: ConfigSource,
    /// What it would be without the topic's own setting.
    pub broker_value: Option<String>,
}

/// A topic's overrides, all of them valid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TopicConfigs {
    overrides: BTreeMap<String, String>,
}

impl TopicConfigs {
    /// Checks overrides as CreateTopics and IncrementalAlterConfigs do (`LogConfig.validate`).
    ///
    /// # Errors
    /// The first refusal in Kafka's words: an unknown name, a bad value, or two that contradict.
    pub fn new(
        overrides: BTreeMap<String, String>,
        broker: &BrokerConfigs,
    ) -> Result<Self, ConfigError> {
        validate_all(Scope::Topic, &overrides)?;
        let configs = Self { overrides };
        let min = configs.long("min.compaction.lag.ms", broker);
        let max = configs.long("max.compaction.lag.ms", broker);
        if min > max {
            let message = format!(
                "conflict topic config setting min.compaction.lag.ms ({min}) > \
                 max.compaction.lag.ms ({max})"
            );
            return Err(ConfigError::conflict("min.compaction.lag.ms", message));
        }
        if configs.boolean("remote.storage.enable", broker) {
            let message = "Tiered Storage functionality is disabled in the broker. Topic cannot be \
                           configured with remote log storage.";
            return Err(ConfigError::conflict("remote.storage.enable", message));
        }
        Ok(configs)
    }

    /// What was set on the topic.
    #[must_use]
    pub fn overrides(&self) -> &BTreeMap<String, String> {
        &self.overrides
    }

    /// The value in force and where it comes from; `None` for Kafka's null and unknown names.
    #[must_use]
    pub fn effective(
        &self,
        name: &str,
        broker: &BrokerConfigs,
    ) -> Option<(ConfigValue, ConfigSource)> {
        if let Some(text) = self.overrides.get(name) {
            let value = validate(Scope::Topic, name, text).ok()?;
            return Some((value, ConfigSource::DynamicTopicConfig));
        }
        broker_value(name, broker)
    }

    /// All topic configs by name, with value and source.
    #[must_use]
    pub fn describe(&self, broker: &BrokerConfigs) -> Vec<DescribedConfig> {
        definitions(Scope::Topic)
            .iter()
            .map(|def| {
                let text = |value: ConfigValue| value.to_string();
                let from_broker = broker_value(def.name, broker);
                let (value, source) = match self.effective(def.name, broker) {
                    Some((value, source)) => (Some(text(value)), source),
                    None => (None, ConfigSource::DefaultConfig),
                };
                let broker_value = from_broker.map(|(value, _)| text(value));
                DescribedConfig { def, value, source, broker_value }
            })
            .collect()
    }

    /// The typed values a log and a partition go by.
    #[must_use]
    pub fn resolve(&self, broker: &BrokerConfigs) -> ResolvedTopicConfig {
        let long = |name| self.long(name, broker);
        let int = |name| self.int(name, broker);
        let text = |name| match self.effective(name, broker) {
            Some((ConfigValue::Text(text), _)) => text,
            _ => String::new(),
        };
        ResolvedTopicConfig {
            segment_bytes: self.segment_bytes(broker),
            segment_ms: long("segment.ms"),
            segment_jitter_ms: long("segment.jitter.ms"),
            segment_index_bytes: int("segment.index.bytes"),
            index_interval_bytes: int("index.interval.bytes"),
            retention_ms: long("retention.ms"),
            retention_bytes: long("retention.bytes"),
            file_delete_delay_ms: long("file.delete.delay.ms"),
            max_message_bytes: int("max.message.bytes"),
            timestamp_type: if text("message.timestamp.type") == "LogAppendTime" {
                TimestampType::LogAppendTime
            } else {
                TimestampType::CreateTime
            },
            timestamp_before_max_ms: long("message.timestamp.before.max.ms"),
            timestamp_after_max_ms: long("message.timestamp.after.max.ms"),
            cleanup_policy: self.cleanup_policy(broker),
            min_cleanable_dirty_millionths: self.min_cleanable_dirty_millionths(broker),
            delete_retention_ms: long("delete.retention.ms"),
            min_compaction_lag_ms: long("min.compaction.lag.ms"),
            max_compaction_lag_ms: long("max.compaction.lag.ms"),
            min_insync_replicas: int("min.insync.replicas"),
            unclean_leader_election: self.boolean("unclean.leader.election.enable", broker),
            compression_type: text("compression.type"),
            gzip_level: self.long("compression.gzip.level", broker).try_into().unwrap_or(-1),
            flush_messages: long("flush.messages"),
            flush_ms: long("flush.ms"),
        }
    }

    fn segment_bytes(&self, broker: &BrokerConfigs) -> i32 {
        match self.effective("internal.segment.bytes", broker) {
            Some((ConfigValue::Integer(bytes), _)) => i32::try_from(bytes).unwrap_or(i32::MAX),
            _ => self.int("segment.bytes", broker),
        }
    }

    fn cleanup_policy(&self, broker: &BrokerConfigs) -> CleanupPolicy {
        let has = |word: &str| match self.effective("cleanup.policy", broker) {
            Some((ConfigValue::List(list), _)) => list.iter().any(|policy| policy == word),
            _ => false,
        };
        CleanupPolicy { delete: has("delete"), compact: has("compact") }
    }

    fn min_cleanable_dirty_millionths(&self, broker: &BrokerConfigs) -> i64 {
        match self.effective("min.cleanable.dirty.ratio", broker) {
            Some((ConfigValue::Double { millionths, .. }, _)) => millionths,
            _ => 0,
        }
    }

    fn long(&self, name: &str, broker: &BrokerConfigs) -> i64 {
        match self.effective(name, broker) {
            Some((ConfigValue::Integer(value), _)) => value,
            _ => 0,
        }
    }

    fn int(&self, name: &str, broker: &BrokerConfigs) -> i32 {
        i32::try_from(self.long(name, broker)).unwrap_or(i32::MAX)
    }

    fn boolean(&self, name: &str, broker: &BrokerConfigs) -> bool {
        matches!(self.effective(name, broker), Some((ConfigValue::Boolean(true), _)))
    }
}

/// What a topic gets from its broker (`KafkaConfig.extractLogConfigMap`).
fn broker_value(name: &str, broker: &BrokerConfigs) -> Option<(ConfigValue, ConfigSource)> {
    let (value, source) = match name {
        "segment.ms" => broker_segment_ms(broker),
        "segment.jitter.ms" => broker_segment_jitter_ms(broker),
        "retention.ms" => broker_retention_ms(broker),
        "flush.ms" => broker_flush_ms(broker),
        _ => return plain_broker_value(name, broker),
    };
    Some((ConfigValue::Integer(value), source))
}

fn plain_broker_value(name: &str, broker: &BrokerConfigs) -> Option<(ConfigValue, ConfigSource)> {
    let def = lookup(Scope::Topic, name)?;
    if let Some(synonym) = def.broker_synonym {
        let source =
            broker.overridden(synonym).map_or(ConfigSource::DefaultConfig, |(_, source)| source);
        return Some((broker.get(synonym)?, source));
    }
    let value = validate(Scope::Topic, name, def.default?).ok()?;
    Some((value, ConfigSource::DefaultConfig))
}

/// `log.roll.ms`, else `log.roll.hours`.
pub(super) fn broker_segment_ms(broker: &BrokerConfigs) -> (i64, ConfigSource) {
    first_of(broker, &[("log.roll.ms", 1), ("log.roll.hours", 3_600_000)])
}

/// `log.roll.jitter.ms`, else `log.roll.jitter.hours`.
pub(super) fn broker_segment_jitter_ms(broker: &BrokerConfigs) -> (i64, ConfigSource) {
    first_of(broker, &[("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", 3_600_000)])
}

/// `log.retention.ms`, else minutes, else hours; any negative value is -1, for ever.
pub(super) fn broker_retention_ms(broker: &BrokerConfigs) -> (i64, ConfigSource) {
    let synonyms = [
        ("log.retention.ms", 1),
        ("log.retention.minutes", 60_000),
        ("log.retention.hours", 3_600_000),
    ];
    let (value, source) = first_of(broker, &synonyms);
    (value.max(-1), source)
}

/// `log.flush.interval.ms`, else `log.flush.scheduler.interval.ms`.
fn broker_flush_ms(broker: &BrokerConfigs) -> (i64, ConfigSource) {
    first_of(broker, &[("log.flush.interval.ms", 1), ("log.flush.scheduler.interval.ms", 1)])
}

/// The first synonym that is not null, times its unit.
fn first_of(broker: &BrokerConfigs, synonyms: &[(&str, i64)]) -> (i64, ConfigSource) {
    for (name, unit) in synonyms {
        if let Some(value) = broker.long(name) {
            let source =
                broker.overridden(name).map_or(ConfigSource::DefaultConfig, |(_, source)| source);
            return (value.saturating_mul(*unit), source);
        }
    }
    (0, ConfigSource::DefaultConfig)
}
