//! The configs of Kafka 4.3: names, types, defaults, bounds and Kafka's own words when a value is refused.
//!
//! Mirrors `ConfigDef`, `LogConfig`, `AbstractKafkaConfig`, `ProducerConfig`, `ConsumerConfig` and
//! `GroupConfig`. The tables hold every topic and group config, and those broker and client configs
//! that mean something here; each says whether it is honoured, simplified or ignored. Differences:
//! a client that is given an unknown name is refused (Kafka only warns), and a CLASS is one of the
//! classes that exist here.

mod broker;
mod consumer;
mod duration;
mod error;
mod producer;
mod table;
mod topic;
mod validator;
mod value;

pub use broker::{BrokerConfigs, ConfigSource};
pub use consumer::{ConsumerConfig, IsolationLevel, OffsetReset};
pub use error::ConfigError;
pub use producer::{Acks, ProducerConfig};
pub use table::{
    ConfigDef, Fidelity, Importance, Scope, UpdateMode, definitions, lookup, validate, validate_all,
};
pub use topic::{CleanupPolicy, DescribedConfig, ResolvedTopicConfig, TimestampType, TopicConfigs};
pub use validator::Validator;
pub use value::{ConfigKind, ConfigValue};

/// Why a name can't be a topic's or a static member's, or `None` if it can (`Topic.detectInvalidTopic`).
#[must_use]
pub fn invalid_name_reason(name: &str) -> Option<String> {
    const MAX_LENGTH: usize = 249;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name {
        "" => Some("the empty string is not allowed".to_owned()),
        "." | ".." => Some(format!("'{name}' is not allowed")),
        _ if name.encode_utf16().count() > MAX_LENGTH => Some(format!(
            "the length of '{name}' is longer than the max allowed length {MAX_LENGTH}"
        )),
        _ if !name.chars().all(legal) => Some(format!(
            "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        )),
        _ => None,
    }
}

#[cfg(test)]
#[path = "config/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "config/client_tests.rs"]
mod client_tests;
