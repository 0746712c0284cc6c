//! `kafka-configs.sh --describe` (`ConfigCommand.describeResourceConfig`).

use super::Job;
use super::configs::Entity;
use crate::exception::{Exception, Stop};
use log_engine::BrokerId;
use log_engine::config::{
    BrokerConfigs, ConfigSource, Scope, definitions, invalid_name_reason, lookup,
};
use log_engine::protocol::ErrorCode;

/// Prints the configs asked for.
pub(super) fn describe(job: &mut Job<'_>, entity: &Entity) -> Result<(), Stop> {
    let all = job.options.has("all");
    if entity.is("brokers") { brokers(job, entity, all) } else { topics(job, entity, all) }
}

fn topics(job: &mut Job<'_>, entity: &Entity, all: bool) -> Result<(), Stop> {
    let names = match entity.names.first() {
        Some(name) => {
            if let Some(wrong) = invalid_name_reason(name) {
                let text = format!("Topic name is invalid: {wrong}");
                return Err(Exception::of_code(ErrorCode::InvalidTopicException, text).into());
            }
            if !job.cluster.has_topic(name) {
                return absent(job, "topic", name, all);
            }
            vec![name.clone()]
        }
        None => job.cluster.topics(),
    };
    for name in names {
        let word = if all { "All" } else { "Dynamic" };
        job.screen.out(format!("{word} configs for topic {name} are:"));
        topic_rows(job, &name, all);
    }
    Ok(())
}

fn absent(job: &mut Job<'_>, what: &str, name: &str, all: bool) -> Result<(), Stop> {
    if all {
        let code = ErrorCode::UnknownTopicOrPartition;
        let thrown = match what {
            "topic" => Exception::plain(code),
            _ => {
                let text = format!("Node {name} is unknown");
                Exception::of_code(ErrorCode::RequestTimedOut, text)
            }
        };
        return Err(Exception::new(thrown.class, thrown.message).into());
    }
    job.screen.out(format!("The {what} '{name}' doesn't exist and doesn't have dynamic config."));
    Ok(())
}

fn topic_rows(job: &mut Job<'_>, name: &str, all: bool) {
    let engine = job.cluster.engine;
    let Some(topic) = engine.topic(name) else { return };
    let leader = engine.partitions(name).first().and_then(|partition| partition.leader);
    let broker = engine.broker_configs(leader.unwrap_or_default());
    for config in &topic.configs {
        let own = config.source == ConfigSource::DynamicTopicConfig.name();
        let shown = own || (all && !config.name.starts_with("internal."));
        if !shown {
            continue;
        }
        let value = config.value.as_deref().unwrap_or("null");
        let mut synonyms = Vec::new();
        if own {
            synonyms.push(format!("DYNAMIC_TOPIC_CONFIG:{}={value}", config.name));
        }
        let synonym = lookup(Scope::Topic, &config.name).and_then(|def| def.broker_synonym);
        if let Some(synonym) = synonym {
            synonyms.extend(broker_synonyms(&broker, synonym));
        }
        job.screen.out(config_row(&config.name, value, &synonyms));
    }
}

fn config_row(name: &str, value: &str, synonyms: &[String]) -> String {
    format!("  {name}={value} sensitive=false synonyms={{{}}}", synonyms.join(", "))
}

/// Where a broker config has its value from, the most specific first.
fn broker_synonyms(broker: &BrokerConfigs, name: &str) -> Vec<String> {
    let set = broker.overridden(name);
    let default = lookup(Scope::Broker, name).and_then(|def| def.default);
    let layers = broker.overrides(name);
    let mut synonyms: Vec<String> =
        layers.map(|(value, source)| format!("{}:{name}={value}", source.name())).collect();
    // See `topics_describe::is_set`.
    let dynamic = matches!(
        set,
        Some((_, ConfigSource::DynamicBrokerConfig | ConfigSource::DynamicDefaultBrokerConfig))
    );
    if name == "min.insync.replicas" && !dynamic {
        let value = set.map_or(default.unwrap_or("1"), |(value, _)| value);
        synonyms.insert(0, format!("DYNAMIC_DEFAULT_BROKER_CONFIG:{name}={value}"));
    }
    synonyms.extend(default.map(|value| format!("DEFAULT_CONFIG:{name}={value}")));
    synonyms
}

fn brokers(job: &mut Job<'_>, entity: &Entity, all: bool) -> Result<(), Stop> {
    let live = job.cluster.live_brokers();
    let names = match entity.names.first() {
        Some(name) => {
            let known = live.iter().any(|broker| broker.0.to_string() == *name);
            if !known && !name.is_empty() {
                return absent(job, "broker", name, all);
            }
            vec![name.clone()]
        }
        None => live.iter().map(|broker| broker.0.to_string()).chain([String::new()]).collect(),
    };
    for name in names {
        match (name.is_empty(), all) {
            (true, _) => job.screen.out("Default configs for brokers in the cluster are:"),
            (false, true) => job.screen.out(format!("All configs for broker {name} are:")),
            (false, false) => job.screen.out(format!("Dynamic configs for broker {name} are:")),
        }
        broker_rows(job, &name, all);
    }
    Ok(())
}

fn broker_rows(job: &mut Job<'_>, name: &str, all: bool) {
    let first = job.cluster.live_brokers().first().copied().unwrap_or_default();
    let id = name.parse().map_or(first, BrokerId);
    let configs = job.cluster.engine.broker_configs(id);
    for def in definitions(Scope::Broker) {
        let set = configs.overridden(def.name);
        let source = set.map(|(_, source)| source);
        let cluster_wide = source == Some(ConfigSource::DynamicDefaultBrokerConfig)
            || (def.name == "min.insync.replicas"
                && source != Some(ConfigSource::DynamicBrokerConfig));
        let shown = match (name.is_empty(), all) {
            (true, _) => cluster_wide,
            (false, true) => true,
            (false, false) => source == Some(ConfigSource::DynamicBrokerConfig),
        };
        if !shown {
            continue;
        }
        let value = set.map(|(value, _)| value).or(def.default).unwrap_or("null");
        let mut synonyms = broker_synonyms(&configs, def.name);
        if name.is_empty() {
            synonyms.retain(|synonym| synonym.starts_with("DYNAMIC_DEFAULT_BROKER_CONFIG:"));
        }
        job.screen.out(config_row(def.name, value, &synonyms));
    }
}
