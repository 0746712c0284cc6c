//! A broker's own configs and where each value comes from (`AbstractKafkaConfig`, `ConfigSource`).

use std::collections::BTreeMap;

use super::{ConfigError, ConfigValue, Scope, UpdateMode, lookup, topic, validate, validate_all};

/// Where a value comes from (`DescribeConfigsResponse.ConfigSource`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConfigSource {
    /// Set on the topic.
    DynamicTopicConfig,
    /// Set on the broker while it ran.
    DynamicBrokerConfig,
    /// Set for all brokers while they ran.
    DynamicDefaultBrokerConfig,
    /// In the broker's `server.properties`.
    StaticBrokerConfig,
    /// Kafka's default.
    DefaultConfig,
}

impl ConfigSource {
    /// Kafka's name: `DYNAMIC_TOPIC_CONFIG` ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DynamicTopicConfig => "DYNAMIC_TOPIC_CONFIG",
            Self::DynamicBrokerConfig => "DYNAMIC_BROKER_CONFIG",
            Self::DynamicDefaultBrokerConfig => "DYNAMIC_DEFAULT_BROKER_CONFIG",
            Self::StaticBrokerConfig => "STATIC_BROKER_CONFIG",
            Self::DefaultConfig => "DEFAULT_CONFIG",
        }
    }
}

/// A broker's overrides in their layers; the most specific one wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct BrokerConfigs {
    properties: BTreeMap<String, String>,
    dynamic_default: BTreeMap<String, String>,
    dynamic: BTreeMap<String, String>,
    replication: Replication,
}

/// What each fetch of a follower asks for, read once: a fetch must not cost a look-up by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Replication {
    /// `replica.lag.time.max.ms`.
    pub lag_time_max_ms: i64,
    /// `replica.fetch.max.bytes`, of one partition.
    pub fetch_max_bytes: i64,
    /// `replica.fetch.wait.max.ms`.
    pub fetch_wait_max_ms: i64,
    /// `replica.fetch.min.bytes`.
    pub fetch_min_bytes: i64,
    /// `replica.socket.timeout.ms`.
    pub socket_timeout_ms: i64,
    /// `replica.high.watermark.checkpoint.interval.ms`.
    pub high_watermark_checkpoint_ms: i64,
}

impl Default for Replication {
    fn default() -> Self {
        Self {
            lag_time_max_ms: 30_000,
            fetch_max_bytes: 1 << 20,
            fetch_wait_max_ms: 500,
            fetch_min_bytes: 1,
            socket_timeout_ms: 30_000,
            high_watermark_checkpoint_ms: 5_000,
        }
    }
}

impl BrokerConfigs {
    /// Reads what is read often.
    fn settled(mut self) -> Self {
        let known = Replication::default();
        let read = |name, default| self.long(name).unwrap_or(default);
        self.replication = Replication {
            lag_time_max_ms: read("replica.lag.time.max.ms", known.lag_time_max_ms),
            fetch_max_bytes: read("replica.fetch.max.bytes", known.fetch_max_bytes),
            fetch_wait_max_ms: read("replica.fetch.wait.max.ms", known.fetch_wait_max_ms),
            fetch_min_bytes: read("replica.fetch.min.bytes", known.fetch_min_bytes),
            socket_timeout_ms: read("replica.socket.timeout.ms", known.socket_timeout_ms),
            high_watermark_checkpoint_ms: read(
                "replica.high.watermark.checkpoint.interval.ms",
                known.high_watermark_checkpoint_ms,
            ),
        };
        self
    }

    /// What followers ask for.
    pub(crate) fn replication(&self) -> Replication {
        self.replication
    }

    /// A broker started with these `server.properties`.
    ///
    /// # Errors
    /// The first config Kafka would refuse.
    pub fn new(properties: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        validate_all(Scope::Broker, &properties)?;
        let configs = Self { properties, ..Self::default() };
        configs.require_sane()?;
        Ok(configs.settled())
    }

    /// The same broker, with these configs set for all brokers while they run.
    ///
    /// # Errors
    /// The first config Kafka would refuse.
    pub fn with(&self, cluster: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        validate_all(Scope::Broker, cluster)?;
        let mut configs = self.clone();
        configs
            .dynamic_default
            .extend(cluster.iter().map(|(name, value)| (name.clone(), value.clone())));
        configs.require_sane()?;
        Ok(configs.settled())
    }

    /// The same broker with these dynamic configs, of all brokers and its own, and no others.
    ///
    /// # Errors
    /// The first config Kafka would refuse.
    pub fn with_dynamic(
        &self,
        cluster: &BTreeMap<String, String>,
        own: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        validate_all(Scope::Broker, cluster)?;
        validate_all(Scope::Broker, own)?;
        let configs = Self {
            properties: self.properties.clone(),
            dynamic_default: cluster.clone(),
            dynamic: own.clone(),
            ..Self::default()
        };
        configs.require_sane()?;
        Ok(configs.settled())
    }

    /// Whether a config can be set to this while a broker runs.
    ///
    /// # Errors
    /// The value is none of the config's, or the config is read-only.
    pub fn check_dynamic(name: &str, value: &str) -> Result<(), ConfigError> {
        check_dynamic(name, value)
    }

    /// The requirements of `KafkaConfig.validateValues` that concern configs we have.
    fn require_sane(&self) -> Result<(), ConfigError> {
        let fetch_wait = self.long("replica.fetch.wait.max.ms");
        let rules = [
            (
                topic::broker_segment_ms(self).0 >= 1,
                "log.roll.ms",
                "log.roll.ms must be greater than or equal to 1",
            ),
            (
                topic::broker_segment_jitter_ms(self).0 >= 0,
                "log.roll.jitter.ms",
                "log.roll.jitter.ms must be greater than or equal to 0",
            ),
            (
                topic::broker_retention_ms(self).0 != 0,
                "log.retention.ms",
                "log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
            ),
            (
                fetch_wait <= self.long("replica.lag.time.max.ms"),
                "replica.fetch.wait.max.ms",
                "replica.fetch.wait.max.ms should always be less than or equal to \
                 replica.lag.time.max.ms to prevent frequent changes in ISR",
            ),
        ];
        for (holds, name, message) in rules {
            if !holds {
                return Err(ConfigError::conflict(name, format!("requirement failed: {message}")));
            }
        }
        Ok(())
    }

    /// Sets a config for all brokers (`kafka-configs.sh --entity-default`).
    ///
    /// # Errors
    /// As [`BrokerConfigs::new`], or the config can't be changed while a broker runs.
    pub fn set_dynamic_default(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        check_dynamic(name, value)?;
        self.dynamic_default.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Sets a config of this broker (`kafka-configs.sh --entity-name`).
    ///
    /// # Errors
    /// As [`BrokerConfigs::set_dynamic_default`].
    pub fn set_dynamic(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        check_dynamic(name, value)?;
        self.dynamic.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// The override in force and its source, if there is one.
    #[must_use]
    pub fn overridden(&self, name: &str) -> Option<(&str, ConfigSource)> {
        self.overrides(name).next()
    }

    /// All overrides of a config, the one in force first (`ConfigHelper.configSynonyms`).
    pub fn overrides<'a>(
        &'a self,
        name: &str,
    ) -> impl Iterator<Item = (&'a str, ConfigSource)> + use<'a> {
        let layers = [
            (self.dynamic.get(name), ConfigSource::DynamicBrokerConfig),
            (self.dynamic_default.get(name), ConfigSource::DynamicDefaultBrokerConfig),
            (self.properties.get(name), ConfigSource::StaticBrokerConfig),
        ];
        layers.into_iter().filter_map(|(value, source)| value.map(|value| (value.as_str(), source)))
    }

    /// The value in force, or `None` for Kafka's null and for names that are no broker config.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ConfigValue> {
        let text = match self.overridden(name) {
            Some((text, _)) => text,
            None => lookup(Scope::Broker, name)?.default?,
        };
        validate(Scope::Broker, name, text).ok()
    }

    /// A whole number of any width.
    #[must_use]
    pub fn long(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            ConfigValue::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// A 32-bit number.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i32> {
        self.long(name).and_then(|value| i32::try_from(value).ok())
    }

    /// A switch.
    #[must_use]
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            ConfigValue::Boolean(value) => Some(value),
            _ => None,
        }
    }
}

fn check_dynamic(name: &str, value: &str) -> Result<(), ConfigError> {
    validate(Scope::Broker, name, value)?;
    if lookup(Scope::Broker, name).and_then(|def| def.update_mode) == Some(UpdateMode::ReadOnly) {
        let message = format!("Cannot update these configs dynamically: [{name}]");
        return Err(ConfigError::conflict(name, message));
    }
    Ok(())
}
