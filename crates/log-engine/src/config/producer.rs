//! A producer's configs with what one of them does to another (`ProducerConfig`, R-PRD-26, R-PRD-40).

use std::collections::BTreeMap;

use super::table::Values;
use super::{ConfigError, Scope};
use crate::partitioner::Partitioner;

/// Which replicas must have a batch before it counts as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Acks {
    /// `0`: nobody answers.
    None,
    /// `1`: the leader's own append.
    Leader,
    /// `all` or `-1`: every replica in sync.
    All,
}

impl Acks {
    /// The number in the produce request.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Leader => 1,
            Self::All => -1,
        }
    }
}

/// A producer's configs, typed and consistent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProducerConfig {
    /// `acks`.
    pub acks: Acks,
    /// `batch.size`.
    pub batch_size: i32,
    /// `buffer.memory`.
    pub buffer_memory: i64,
    /// `client.id`; empty if not set (Kafka then makes up `producer-N`).
    pub client_id: String,
    /// `compression.type`.
    pub compression_type: String,
    /// `compression.gzip.level`.
    pub gzip_level: i32,
    /// `delivery.timeout.ms`, raised to `linger.ms` + `request.timeout.ms` where it was not set.
    pub delivery_timeout_ms: i32,
    /// `enable.idempotence` after `acks` and `retries` had their say.
    pub enable_idempotence: bool,
    /// `linger.ms`.
    pub linger_ms: i32,
    /// `max.block.ms`.
    pub max_block_ms: i64,
    /// `max.in.flight.requests.per.connection`.
    pub max_in_flight: i32,
    /// `max.request.size`.
    pub max_request_size: i32,
    /// `metadata.max.age.ms`.
    pub metadata_max_age_ms: i64,
    /// `metadata.max.idle.ms`.
    pub metadata_max_idle_ms: i64,
    /// `partitioner.adaptive.partitioning.enable`.
    pub adaptive_partitioning: bool,
    /// `partitioner.availability.timeout.ms`.
    pub availability_timeout_ms: i64,
    /// `partitioner.class`, or the partitioner of another client (`ottla.partitioner`).
    pub partitioner: Partitioner,
    /// `partitioner.ignore.keys`.
    pub ignore_keys: bool,
    /// `reconnect.backoff.ms`.
    pub reconnect_backoff_ms: i64,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max_ms: i64,
    /// `request.timeout.ms`.
    pub request_timeout_ms: i32,
    /// `retries`.
    pub retries: i32,
    /// `retry.backoff.ms`.
    pub retry_backoff_ms: i64,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max_ms: i64,
    /// `transaction.timeout.ms`.
    pub transaction_timeout_ms: i32,
    /// `transactional.id`.
    pub transactional_id: Option<String>,
}

impl ProducerConfig {
    /// Reads overrides as `new KafkaProducer(props)` does.
    ///
    /// # Errors
    /// What Kafka's constructor would throw as `ConfigException`, in its words.
    pub fn resolve(overrides: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let values = Values::checked(Scope::Producer, overrides)?;
        let acks = match values.text("acks").as_deref() {
            Some("0") => Acks::None,
            Some("1") => Acks::Leader,
            _ => Acks::All,
        };
        let enable_idempotence = idempotence(&values, acks)?;
        let reconnect_backoff_ms = values.long("reconnect.backoff.ms");
        Ok(Self {
            acks,
            batch_size: values.int("batch.size"),
            buffer_memory: values.long("buffer.memory"),
            client_id: values.text("client.id").unwrap_or_default(),
            compression_type: values.text("compression.type").unwrap_or_default(),
            gzip_level: values.int("compression.gzip.level"),
            delivery_timeout_ms: delivery_timeout_ms(&values)?,
            enable_idempotence,
            linger_ms: linger_ms(&values),
            max_block_ms: values.long("max.block.ms"),
            max_in_flight: values.int("max.in.flight.requests.per.connection"),
            max_request_size: values.int("max.request.size"),
            metadata_max_age_ms: values.long("metadata.max.age.ms"),
            metadata_max_idle_ms: values.long("metadata.max.idle.ms"),
            adaptive_partitioning: values.boolean("partitioner.adaptive.partitioning.enable"),
            availability_timeout_ms: values.long("partitioner.availability.timeout.ms"),
            partitioner: partitioner(&values)?,
            ignore_keys: values.boolean("partitioner.ignore.keys"),
            reconnect_backoff_ms,
            reconnect_backoff_max_ms: reconnect_max(&values, reconnect_backoff_ms),
            request_timeout_ms: values.int("request.timeout.ms"),
            retries: values.int("retries"),
            retry_backoff_ms: values.long("retry.backoff.ms"),
            retry_backoff_max_ms: values.long("retry.backoff.max.ms"),
            transaction_timeout_ms: values.int("transaction.timeout.ms"),
            transactional_id: values.text("transactional.id"),
        })
    }
}

/// `CommonClientConfigs.postProcessReconnectBackoffConfigs`: setting only the first pause makes it fixed.
pub(super) fn reconnect_max(values: &Values<'_>, reconnect_backoff_ms: i64) -> i64 {
    if values.is_set("reconnect.backoff.ms") && !values.is_set("reconnect.backoff.max.ms") {
        return reconnect_backoff_ms;
    }
    values.long("reconnect.backoff.max.ms")
}

/// `ProducerConfig.postProcessAndValidateIdempotenceConfigs`.
fn idempotence(values: &Values<'_>, acks: Acks) -> Result<bool, ConfigError> {
    let explicit = values.is_set("enable.idempotence");
    let mut enabled = values.boolean("enable.idempotence");
    if enabled {
        if values.int("retries") == 0 {
            if explicit {
                let message = "Must set retries to non-zero when using the idempotent producer.";
                return Err(ConfigError::conflict("retries", message));
            }
            enabled = false;
        }
        if acks != Acks::All {
            if explicit {
                let message = "Must set acks to all in order to use the idempotent producer. \
                               Otherwise we cannot guarantee idempotence.";
                return Err(ConfigError::conflict("acks", message));
            }
            enabled = false;
        }
        let in_flight = values.int("max.in.flight.requests.per.connection");
        if in_flight > 5 {
            let name = "max.in.flight.requests.per.connection";
            let message = format!(
                "To use the idempotent producer, {name} must be set to at most 5. Current value is \
                 {in_flight}."
            );
            return Err(ConfigError::conflict(name, message));
        }
    }
    if !enabled && values.is_set("transactional.id") {
        let message = "Cannot set a transactional.id without also enabling idempotence.";
        return Err(ConfigError::conflict("transactional.id", message));
    }
    Ok(enabled)
}

/// The class that is there to be found, or another client's way.
fn partitioner(values: &Values<'_>) -> Result<Partitioner, ConfigError> {
    match values.text("partitioner.class") {
        Some(class) if class == Partitioner::ROUND_ROBIN_CLASS => Ok(Partitioner::RoundRobin),
        Some(class) if !class.is_empty() => {
            let reason = format!("Class {class} could not be found.");
            Err(ConfigError::invalid("partitioner.class", class, reason))
        }
        _ => {
            let name = values.text("ottla.partitioner").unwrap_or_default();
            Ok(Partitioner::from_name(&name))
        }
    }
}

fn linger_ms(values: &Values<'_>) -> i32 {
    i32::try_from(values.long("linger.ms")).unwrap_or(i32::MAX)
}

/// `KafkaProducer.configureDeliveryTimeout`.
fn delivery_timeout_ms(values: &Values<'_>) -> Result<i32, ConfigError> {
    let configured = values.int("delivery.timeout.ms");
    let least = linger_ms(values).saturating_add(values.int("request.timeout.ms"));
    if configured >= least {
        return Ok(configured);
    }
    if values.is_set("delivery.timeout.ms") {
        let message =
            "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms";
        return Err(ConfigError::conflict("delivery.timeout.ms", message));
    }
    Ok(least)
}
