#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::table::table_text;
use super::*;
use crate::test_support::golden;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    producer: Vec<Row>,
    consumer: Vec<Row>,
    topic: Vec<Row>,
    broker: Vec<Row>,
    group: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    default: Option<String>,
    #[serde(default)]
    required: bool,
    valid: Option<String>,
    importance: String,
    #[serde(default)]
    internal: bool,
    broker_synonym: Option<String>,
    update_mode: Option<String>,
}

const SCOPES: [Scope; 5] =
    [Scope::Topic, Scope::Broker, Scope::Producer, Scope::Consumer, Scope::Group];

fn overrides(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn topic(pairs: &[(&str, &str)]) -> Result<ResolvedTopicConfig, String> {
    let broker = BrokerConfigs::default();
    let configs = TopicConfigs::new(overrides(pairs), &broker).map_err(|e| e.to_string())?;
    Ok(configs.resolve(&broker))
}

#[test]
fn golden_every_config_is_as_kafka_defines_it() {
    let recorded: Recorded = golden("configs.json");
    for scope in SCOPES {
        let rows = match scope {
            Scope::Topic => &recorded.topic,
            Scope::Broker => &recorded.broker,
            Scope::Producer => &recorded.producer,
            Scope::Consumer => &recorded.consumer,
            Scope::Group => &recorded.group,
        };
        assert_eq!(
            definitions(scope).len(),
            table_text(scope).lines().count(),
            "{scope:?}: a row is malformed"
        );
        assert!(definitions(scope).is_sorted_by_key(|def| def.name), "{scope:?}");
        for def in definitions(scope).iter().filter(|def| !def.name.starts_with("ottla.")) {
            let row = rows.iter().find(|row| row.name == def.name).unwrap();
            let place = format!("{scope:?} {}", def.name);
            assert_eq!(def.kind.name(), row.kind, "{place}");
            assert_eq!(def.default, row.default.as_deref(), "{place}");
            assert_eq!(def.required, row.required, "{place}");
            assert_eq!(def.valid.to_string(), row.valid.clone().unwrap_or_default(), "{place}");
            assert_eq!(def.importance.name(), row.importance, "{place}");
            assert_eq!(def.internal, row.internal, "{place}");
            assert_eq!(def.broker_synonym, row.broker_synonym.as_deref(), "{place}");
            assert_eq!(
                def.update_mode.map(UpdateMode::name),
                row.update_mode.as_deref(),
                "{place}"
            );
            assert!(!def.explanation.is_empty(), "{place}");
        }
    }
    assert_eq!(definitions(Scope::Topic).len(), recorded.topic.len());
    assert_eq!(definitions(Scope::Group).len(), recorded.group.len());
}

#[test]
fn every_default_is_valid_and_has_a_home() {
    for scope in SCOPES {
        for def in definitions(scope) {
            if let Some(default) = def.default {
                assert!(validate(scope, def.name, default).is_ok(), "{}", def.name);
            }
            if let Some(synonym) = def.broker_synonym {
                assert!(lookup(Scope::Broker, synonym).is_some(), "{synonym}");
            }
        }
    }
}

/// Scope, name, value, and what Kafka says to it.
const REFUSALS: &[(Scope, &str, &str, &str)] = &[
    (
        Scope::Topic,
        "retention.ms",
        "-5",
        "Invalid value -5 for configuration retention.ms: Value must be at least -1",
    ),
    (
        Scope::Topic,
        "segment.bytes",
        "abc",
        "Invalid value abc for configuration segment.bytes: Not a number of type INT",
    ),
    (
        Scope::Topic,
        "segment.bytes",
        "2147483648",
        "Invalid value 2147483648 for configuration segment.bytes: Not a number of type INT",
    ),
    (
        Scope::Topic,
        "segment.bytes",
        "1000",
        "Invalid value 1000 for configuration segment.bytes: Value must be at least 1048576",
    ),
    (Scope::Topic, "no.such.config", "1", "Unknown topic config name: no.such.config"),
    (
        Scope::Topic,
        "cleanup.policy",
        "shred",
        "Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete",
    ),
    (
        Scope::Topic,
        "cleanup.policy",
        "compact,,delete",
        "Configuration 'cleanup.policy' values must not be empty.",
    ),
    (
        Scope::Topic,
        "min.cleanable.dirty.ratio",
        "1.5",
        "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
    ),
    (
        Scope::Topic,
        "min.cleanable.dirty.ratio",
        "2",
        "Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
    ),
    (
        Scope::Topic,
        "min.cleanable.dirty.ratio",
        "half",
        "Invalid value half for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE",
    ),
    (
        Scope::Topic,
        "preallocate",
        "yes",
        "Invalid value yes for configuration preallocate: Expected value to be either true or false",
    ),
    (
        Scope::Topic,
        "compression.gzip.level",
        "0",
        "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
    ),
    (
        Scope::Topic,
        "message.timestamp.type",
        "Now",
        "Invalid value Now for configuration message.timestamp.type: String must be one of: CreateTime, LogAppendTime",
    ),
    (
        Scope::Topic,
        "leader.replication.throttled.replicas",
        "0:1,x",
        "Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ),
    (
        Scope::Producer,
        "acks",
        "2",
        "Invalid value 2 for configuration acks: String must be one of: all, -1, 0, 1",
    ),
    (
        Scope::Producer,
        "transactional.id",
        "",
        "Invalid value  for configuration transactional.id: String must be non-empty",
    ),
    (
        Scope::Producer,
        "partitioner.class",
        "no.Such",
        "Invalid value no.Such for configuration partitioner.class: Class no.Such could not be found.",
    ),
    (
        Scope::Consumer,
        "auto.offset.reset",
        "newest",
        "Invalid value newest for configuration auto.offset.reset: Invalid value `newest` for configuration auto.offset.reset. The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
    ),
    (
        Scope::Consumer,
        "group.protocol",
        "modern",
        "Invalid value modern for configuration group.protocol: String must be one of (case insensitive): CONSUMER, CLASSIC",
    ),
    (
        Scope::Broker,
        "group.consumer.assignors",
        "",
        "Configuration 'group.consumer.assignors' must not be empty. Valid values include: any non-empty value",
    ),
    (
        Scope::Broker,
        "process.roles",
        "",
        "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
    ),
];

#[test]
fn refusals_speak_kafkas_words() {
    for (scope, name, value, message) in REFUSALS {
        let refused = validate(*scope, name, value).unwrap_err();
        assert_eq!(refused.to_string(), *message);
        assert_eq!(refused.name(), *name);
    }
}

#[test]
fn values_are_read_as_java_reads_them() {
    let long = |text| validate(Scope::Topic, "retention.ms", text).map(|v| v.to_string());
    assert_eq!(long(" +60000 ").as_deref(), Ok("60000"));
    let list = |text| validate(Scope::Topic, "cleanup.policy", text).map(|v| v.to_string());
    assert_eq!(list("compact , delete,compact").as_deref(), Ok("compact,delete"));
    assert_eq!(list("").as_deref(), Ok(""));
    let ratio = |text| validate(Scope::Topic, "min.cleanable.dirty.ratio", text);
    let is = |text: &str, millionths| ConfigValue::Double { text: text.to_owned(), millionths };
    assert_eq!(ratio("0.5"), Ok(is("0.5", 500_000)));
    assert_eq!(ratio("1e-2"), Ok(is("0.01", 10_000)));
    assert_eq!(ratio("0.0001"), Ok(is("1.0E-4", 100)));
    assert_eq!(ratio("1"), Ok(is("1.0", 1_000_000)));
    assert!(ratio("NaN").is_err() && ratio("inf").is_err());
}

#[test]
fn a_topic_without_overrides_has_kafkas_defaults() {
    let config = topic(&[]).unwrap();
    assert_eq!(config.segment_bytes, 1_073_741_824);
    assert_eq!(config.segment_ms, 604_800_000);
    assert_eq!(config.retention_ms, 604_800_000);
    assert_eq!(config.retention_bytes, -1);
    assert_eq!(config.max_message_bytes, 1_048_588);
    assert_eq!(config.min_cleanable_dirty_millionths, 500_000);
    assert_eq!(config.cleanup_policy, CleanupPolicy { delete: true, compact: false });
    assert_eq!(config.timestamp_before_max_ms, i64::MAX);
    assert_eq!(config.flush_ms, i64::MAX);
}

#[test]
fn a_small_segment_is_a_teaching_value() {
    let refused = topic(&[("segment.bytes", "2000")]).unwrap_err();
    assert!(refused.ends_with("Value must be at least 1048576"));
    assert_eq!(topic(&[("internal.segment.bytes", "2000")]).unwrap().segment_bytes, 2000);
    assert!(lookup(Scope::Topic, "internal.segment.bytes").unwrap().internal);
}

#[test]
fn topic_values_must_not_contradict_each_other() {
    let lags = [("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")];
    let message =
        "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)";
    assert_eq!(topic(&lags).unwrap_err(), message);
    let message = "Tiered Storage functionality is disabled in the broker. Topic cannot be configured \
                   with remote log storage.";
    assert_eq!(topic(&[("remote.storage.enable", "true")]).unwrap_err(), message);
    assert!(!topic(&[("cleanup.policy", "")]).unwrap().cleanup_policy.delete, "kept for ever");
}

#[test]
fn every_value_says_where_it_comes_from() {
    let mut broker =
        BrokerConfigs::new(overrides(&[("log.retention.hours", "2"), ("log.roll.ms", "60000")]))
            .unwrap();
    broker.set_dynamic_default("min.insync.replicas", "2").unwrap();
    broker.set_dynamic("log.segment.bytes", "2000000").unwrap();
    let configs = TopicConfigs::new(overrides(&[("segment.ms", "1000")]), &broker).unwrap();
    let described = configs.describe(&broker);
    let found = |name: &str| {
        let row = described.iter().find(|row| row.def.name == name).unwrap();
        (row.value.clone().unwrap_or_default(), row.source.name())
    };
    assert_eq!(described.len(), 34);
    assert_eq!(found("segment.ms"), ("1000".to_owned(), "DYNAMIC_TOPIC_CONFIG"));
    assert_eq!(found("retention.ms"), ("7200000".to_owned(), "STATIC_BROKER_CONFIG"));
    assert_eq!(found("min.insync.replicas").1, "DYNAMIC_DEFAULT_BROKER_CONFIG");
    assert_eq!(found("segment.bytes").1, "DYNAMIC_BROKER_CONFIG");
    assert_eq!(found("retention.bytes"), ("-1".to_owned(), "DEFAULT_CONFIG"));
    assert_eq!(found("internal.segment.bytes"), (String::new(), "DEFAULT_CONFIG"));
    let before = described.iter().find(|row| row.def.name == "segment.ms").unwrap();
    assert_eq!(before.broker_value.as_deref(), Some("60000"));
}

#[test]
fn a_broker_refuses_what_kafka_would_not_start_with() {
    let refused =
        |pairs: &[(&str, &str)]| BrokerConfigs::new(overrides(pairs)).unwrap_err().to_string();
    assert_eq!(
        refused(&[("log.retention.ms", "0")]),
        "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1"
    );
    assert_eq!(
        refused(&[("replica.lag.time.max.ms", "100")]),
        "requirement failed: replica.fetch.wait.max.ms should always be less than or equal to \
         replica.lag.time.max.ms to prevent frequent changes in ISR"
    );
    let mut broker = BrokerConfigs::default();
    assert_eq!(
        broker.set_dynamic("log.retention.check.interval.ms", "1").unwrap_err().to_string(),
        "Cannot update these configs dynamically: [log.retention.check.interval.ms]"
    );
}

#[test]
fn what_followers_ask_for_is_what_the_configs_say() {
    let fresh = BrokerConfigs::new(BTreeMap::new()).unwrap();
    assert_eq!(fresh.replication(), BrokerConfigs::default().replication());
    let given = [("replica.fetch.wait.max.ms", "20"), ("replica.lag.time.max.ms", "900")];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let configs = BrokerConfigs::new(BTreeMap::from(given)).unwrap().replication();
    assert_eq!((configs.fetch_wait_max_ms, configs.lag_time_max_ms), (20, 900));
    let dynamic = BTreeMap::from([("replica.fetch.max.bytes".to_owned(), "77".to_owned())]);
    let configs = fresh.with_dynamic(&dynamic, &BTreeMap::new());
    assert_eq!(configs.map_or(0, |configs| configs.replication().fetch_max_bytes), 77);
}
