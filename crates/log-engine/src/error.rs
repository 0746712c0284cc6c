//! Why a command was refused.

use serde::Serialize;

/// A refused command. It changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{code}: {message}")]
pub struct CommandError {
    /// Kafka's error name (`TOPIC_ALREADY_EXISTS`, `INVALID_CONFIG`), or the client exception's name where no
    /// request would have been sent (`ConfigException`, `IllegalArgumentException`).
    pub code: String,
    /// The command's field it is about, for a form (`topic`, `partitions`, `configs.retention.ms`).
    pub field: Option<String>,
    /// What is wrong, in Kafka's words where Kafka has words for it, and what to do.
    pub message: String,
}

impl CommandError {
    /// A refusal by `code`, about `field`.
    pub fn new(code: &str, field: &str, message: impl Into<String>) -> Self {
        let field = (!field.is_empty()).then(|| field.to_owned());
        Self { code: code.to_owned(), field, message: message.into() }
    }
}
