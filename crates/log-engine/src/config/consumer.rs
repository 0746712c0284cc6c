//! A consumer's configs with what one of them does to another (`ConsumerConfig`, R-GRP-40).

use std::collections::BTreeMap;

use super::producer::reconnect_max;
use super::table::Values;
use super::{ConfigError, Scope, duration, invalid_name_reason};
use crate::assignor::Assignor;

/// Where to begin without a committed offset (`auto.offset.reset`, R-GRP-61).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OffsetReset {
    /// The end.
    Latest,
    /// The log's start.
    Earliest,
    /// Nowhere: `NoOffsetForPartitionException`.
    None,
    /// The first record not older than this many milliseconds (KIP-1106).
    ByDuration {
        /// How far back.
        ms: i64,
    },
}

/// What to see of transactions (`isolation.level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsolationLevel {
    /// Everything up to the high watermark.
    ReadUncommitted,
    /// Committed records, up to the last stable offset.
    ReadCommitted,
}

/// A consumer's configs, typed and consistent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConsumerConfig {
    /// `allow.auto.create.topics`.
    pub allow_auto_create_topics: bool,
    /// `auto.commit.interval.ms`.
    pub auto_commit_interval_ms: i32,
    /// `auto.offset.reset`.
    pub auto_offset_reset: OffsetReset,
    /// `client.id`; empty if not set (Kafka then makes up `consumer-GROUP-N`).
    pub client_id: String,
    /// `default.api.timeout.ms`.
    pub default_api_timeout_ms: i32,
    /// `enable.auto.commit`; off without a `group.id`.
    pub enable_auto_commit: bool,
    /// `fetch.max.bytes`.
    pub fetch_max_bytes: i32,
    /// `fetch.max.wait.ms`.
    pub fetch_max_wait_ms: i32,
    /// `fetch.min.bytes`.
    pub fetch_min_bytes: i32,
    /// `group.id`.
    pub group_id: Option<String>,
    /// `group.instance.id`.
    pub group_instance_id: Option<String>,
    /// `group.protocol` is `consumer` (KIP-848), not `classic`.
    pub consumer_protocol: bool,
    /// `group.remote.assignor`.
    pub group_remote_assignor: Option<String>,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval_ms: i32,
    /// `isolation.level`.
    pub isolation_level: IsolationLevel,
    /// `max.partition.fetch.bytes`.
    pub max_partition_fetch_bytes: i32,
    /// `max.poll.interval.ms`.
    pub max_poll_interval_ms: i32,
    /// `max.poll.records`.
    pub max_poll_records: i32,
    /// `metadata.max.age.ms`.
    pub metadata_max_age_ms: i64,
    /// `partition.assignment.strategy`, in order of preference.
    pub assignors: Vec<Assignor>,
    /// `reconnect.backoff.ms`.
    pub reconnect_backoff_ms: i64,
    /// `reconnect.backoff.max.ms`.
    pub reconnect_backoff_max_ms: i64,
    /// `request.timeout.ms`.
    pub request_timeout_ms: i32,
    /// `retry.backoff.ms`.
    pub retry_backoff_ms: i64,
    /// `retry.backoff.max.ms`.
    pub retry_backoff_max_ms: i64,
    /// `session.timeout.ms`.
    pub session_timeout_ms: i32,
}

impl ConsumerConfig {
    /// Reads overrides as `new KafkaConsumer(props)` does.
    ///
    /// # Errors
    /// What Kafka's constructor would throw, in its words.
    pub fn resolve(overrides: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let values = Values::checked(Scope::Consumer, overrides)?;
        let group_id = values.text("group.id");
        let group_protocol = values.text("group.protocol").unwrap_or_default();
        let consumer_protocol = group_protocol.eq_ignore_ascii_case("consumer");
        refuse_foreign(&values, consumer_protocol)?;
        let reconnect_backoff_ms = values.long("reconnect.backoff.ms");
        Ok(Self {
            allow_auto_create_topics: values.boolean("allow.auto.create.topics"),
            auto_commit_interval_ms: values.int("auto.commit.interval.ms"),
            auto_offset_reset: offset_reset(&values),
            client_id: values.text("client.id").unwrap_or_default(),
            default_api_timeout_ms: values.int("default.api.timeout.ms"),
            enable_auto_commit: auto_commit(&values, group_id.is_some())?,
            fetch_max_bytes: values.int("fetch.max.bytes"),
            fetch_max_wait_ms: values.int("fetch.max.wait.ms"),
            fetch_min_bytes: values.int("fetch.min.bytes"),
            group_id,
            group_instance_id: instance_id(&values)?,
            consumer_protocol,
            group_remote_assignor: values.text("group.remote.assignor"),
            heartbeat_interval_ms: heartbeat_interval(&values, consumer_protocol)?,
            isolation_level: match values.text("isolation.level").as_deref() {
                Some("read_committed") => IsolationLevel::ReadCommitted,
                _ => IsolationLevel::ReadUncommitted,
            },
            max_partition_fetch_bytes: values.int("max.partition.fetch.bytes"),
            max_poll_interval_ms: values.int("max.poll.interval.ms"),
            max_poll_records: values.int("max.poll.records"),
            metadata_max_age_ms: values.long("metadata.max.age.ms"),
            assignors: assignors(&values)?,
            reconnect_backoff_ms,
            reconnect_backoff_max_ms: reconnect_max(&values, reconnect_backoff_ms),
            request_timeout_ms: values.int("request.timeout.ms"),
            retry_backoff_ms: values.long("retry.backoff.ms"),
            retry_backoff_max_ms: values.long("retry.backoff.max.ms"),
            session_timeout_ms: values.int("session.timeout.ms"),
        })
    }
}

/// `ConsumerConfig.checkUnsupportedConfigsPostProcess`: each protocol has configs of its own.
fn refuse_foreign(values: &Values<'_>, consumer_protocol: bool) -> Result<(), ConfigError> {
    let (foreign, protocol): (&[&str], _) = if consumer_protocol {
        let names =
            &["partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"];
        (names, "CONSUMER")
    } else {
        (&["group.remote.assignor"], "CLASSIC")
    };
    let set: Vec<&str> = foreign.iter().copied().filter(|name| values.is_set(name)).collect();
    match set.first() {
        None => Ok(()),
        Some(first) => {
            let names = set.join(", ");
            let message = format!("{names} cannot be set when group.protocol={protocol}");
            Err(ConfigError::conflict(first, message))
        }
    }
}

fn offset_reset(values: &Values<'_>) -> OffsetReset {
    let text = values.text("auto.offset.reset").unwrap_or_default();
    match text.as_str() {
        "earliest" => OffsetReset::Earliest,
        "none" => OffsetReset::None,
        other => match other.strip_prefix("by_duration:").and_then(duration::parse_millis) {
            Some(ms) => OffsetReset::ByDuration { ms },
            None => OffsetReset::Latest,
        },
    }
}

/// `ConsumerConfig.maybeOverrideEnableAutoCommit`.
fn auto_commit(values: &Values<'_>, has_group: bool) -> Result<bool, ConfigError> {
    let enabled = values.boolean("enable.auto.commit");
    if has_group || !values.is_set("enable.auto.commit") {
        return Ok(enabled && has_group);
    }
    if enabled {
        let message =
            "enable.auto.commit cannot be set to true when default group id (null) is used.";
        return Err(ConfigError::conflict("enable.auto.commit", message));
    }
    Ok(false)
}

/// `JoinGroupRequest.validateGroupInstanceId`: the rules of a topic name.
fn instance_id(values: &Values<'_>) -> Result<Option<String>, ConfigError> {
    let Some(id) = values.text("group.instance.id") else { return Ok(None) };
    match invalid_name_reason(&id) {
        None => Ok(Some(id)),
        Some(reason) => {
            let message = format!("Group instance id is invalid: {reason}");
            Err(ConfigError::conflict("group.instance.id", message))
        }
    }
}

/// `Heartbeat`'s constructor; the consumer protocol takes its interval from the broker.
fn heartbeat_interval(values: &Values<'_>, consumer_protocol: bool) -> Result<i32, ConfigError> {
    let interval = values.int("heartbeat.interval.ms");
    if !consumer_protocol && interval >= values.int("session.timeout.ms") {
        let message = "Heartbeat must be set lower than the session timeout";
        return Err(ConfigError::conflict("heartbeat.interval.ms", message));
    }
    Ok(interval)
}

/// `ConsumerPartitionAssignor.getAssignorInstances`; the short names are taken too.
fn assignors(values: &Values<'_>) -> Result<Vec<Assignor>, ConfigError> {
    let name = "partition.assignment.strategy";
    let mut found: Vec<Assignor> = Vec::new();
    for class in values.list(name) {
        let Some(assignor) = Assignor::parse(&class) else {
            let message = format!("{class} ClassNotFoundException exception occurred");
            return Err(ConfigError::conflict(name, message));
        };
        if found.contains(&assignor) {
            let message = format!(
                "The assignor name: '{}' is used in more than one assignor: {class}, {class}",
                assignor.name()
            );
            return Err(ConfigError::conflict(name, message));
        }
        found.push(assignor);
    }
    Ok(found)
}
