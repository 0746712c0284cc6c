//! Java's exceptions, as the tools print them.

use crate::options::OptionError;
use log_engine::CommandError;
use log_engine::protocol::ErrorCode;
use std::fmt;

/// An exception: its class and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    /// Full name of the class.
    pub class: String,
    /// Its message.
    pub message: String,
    /// What it was thrown because of.
    pub cause: Option<Box<Exception>>,
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl Exception {
    /// Of a class, by its full name.
    pub(crate) fn new(class: impl Into<String>, message: impl Into<String>) -> Self {
        Self { class: class.into(), message: message.into(), cause: None }
    }

    /// The same, thrown because of another one.
    pub(crate) fn because_of(mut self, cause: Exception) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The stack trace, without its frames.
    pub(crate) fn trace(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{self}\nCaused by: {}", cause.trace()),
            None => self.to_string(),
        }
    }

    /// One of Kafka's, as the client makes it of an error code.
    pub(crate) fn of_code(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(format!("org.apache.kafka.common.errors.{}", code.exception()), message)
    }

    /// One of Kafka's, with the code's own message.
    pub(crate) fn plain(code: ErrorCode) -> Self {
        Self::of_code(code, code.message())
    }

    /// `IllegalArgumentException`.
    pub(crate) fn illegal_argument(message: impl Into<String>) -> Self {
        Self::new("java.lang.IllegalArgumentException", message)
    }

    /// What the tools throw themselves.
    pub(crate) fn admin_failed(message: impl Into<String>) -> Self {
        Self::new("org.apache.kafka.tools.AdminCommandFailedException", message)
    }

    /// What the tools throw themselves, of an input that makes no sense.
    pub(crate) fn admin_operation(message: impl Into<String>) -> Self {
        Self::new("org.apache.kafka.tools.AdminOperationException", message)
    }

    /// A file that is not there.
    pub(crate) fn no_such_file(path: &str) -> Self {
        Self::new("java.nio.file.NoSuchFileException", path)
    }

    /// What `Utils.readFileAsString` throws of it.
    pub(crate) fn unreadable(path: &str) -> Self {
        let text = format!("Unable to read file {path}");
        Self::new("java.io.IOException", text).because_of(Self::no_such_file(path))
    }

    /// `RuntimeException`, around another one.
    pub(crate) fn runtime(self) -> Self {
        Self::new("java.lang.RuntimeException", self.to_string()).because_of(self)
    }

    /// What `Future.get()` throws around another one.
    pub(crate) fn execution(&self) -> Self {
        let class = "java.util.concurrent.ExecutionException";
        Self::new(class, self.to_string()).because_of(self.clone())
    }
}

impl From<OptionError> for Exception {
    fn from(error: OptionError) -> Self {
        Self::new(format!("joptsimple.{}", error.class), error.message)
    }
}

/// What a client makes of a refused command.
impl From<&CommandError> for Exception {
    fn from(error: &CommandError) -> Self {
        match error.code.as_str() {
            "ConfigException" => {
                Self::new("org.apache.kafka.common.config.ConfigException", error.message.clone())
            }
            "IllegalArgumentException" => Self::illegal_argument(error.message.clone()),
            code => Self::of_code(ErrorCode::from_name(code), error.message.clone()),
        }
    }
}

/// How a tool ends when it does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// `CommandLineUtils.printUsageAndExit`: a message, then the whole help.
    Usage(String),
    /// A message alone, and an exit (`TerseException`, or all has been printed).
    Message(String),
    /// An exception.
    Thrown(Exception),
    /// All is said.
    Done,
}

impl From<Exception> for Stop {
    fn from(exception: Exception) -> Self {
        Self::Thrown(exception)
    }
}

impl From<OptionError> for Stop {
    fn from(error: OptionError) -> Self {
        Self::Thrown(error.into())
    }
}
