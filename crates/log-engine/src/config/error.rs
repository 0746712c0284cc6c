//! Why a config was refused, in Kafka's words (`ConfigException`, `InvalidConfigurationException`).

use super::Scope;

/// A refused config.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no such config in this scope.
    #[error("Unknown {} config name: {name}", scope.word())]
    UnknownName {
        /// Where it was looked for.
        scope: Scope,
        /// The name asked for.
        name: String,
    },
    /// The value is not of the config's type, or outside its bounds.
    #[error("Invalid value {value} for configuration {name}: {reason}")]
    InvalidValue {
        /// The config.
        name: String,
        /// The value as Kafka prints it.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The value contradicts another one, or breaks a rule that Kafka words on its own.
    #[error("{message}")]
    Conflict {
        /// The config to change first.
        name: String,
        /// Kafka's sentence.
        message: String,
    },
}

impl ConfigError {
    pub(super) fn invalid(name: &str, value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidValue { name: name.to_owned(), value: value.into(), reason: reason.into() }
    }

    pub(super) fn conflict(name: &str, message: impl Into<String>) -> Self {
        Self::Conflict { name: name.to_owned(), message: message.into() }
    }

    /// The config it is about, for a form's field.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::UnknownName { name, .. }
            | Self::InvalidValue { name, .. }
            | Self::Conflict { name, .. } => name,
        }
    }
}
