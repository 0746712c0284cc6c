//! Typed config values and how Kafka reads them from text (`ConfigDef.parseType`).

use super::ConfigError;

/// The type of a config (`ConfigDef.Type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfigKind {
    /// `true` or `false`, any case.
    Boolean,
    /// 16-bit signed.
    Short,
    /// 32-bit signed.
    Int,
    /// 64-bit signed.
    Long,
    /// A decimal number.
    Double,
    /// Text, trimmed.
    String,
    /// Texts separated by commas.
    List,
    /// The name of a class.
    Class,
}

impl ConfigKind {
    /// Kafka's name: `BOOLEAN`, `INT` ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::Short => "SHORT",
            Self::Int => "INT",
            Self::Long => "LONG",
            Self::Double => "DOUBLE",
            Self::String => "STRING",
            Self::List => "LIST",
            Self::Class => "CLASS",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Boolean,
            Self::Short,
            Self::Int,
            Self::Long,
            Self::Double,
            Self::String,
            Self::List,
            Self::Class,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// A config value of its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConfigValue {
    /// BOOLEAN.
    Boolean(bool),
    /// SHORT, INT and LONG: the width was checked when the text was read.
    Integer(i64),
    /// DOUBLE, kept exact enough to decide by without a float.
    Double {
        /// As Java prints it.
        text: String,
        /// The value times 1,000,000, rounded.
        millionths: i64,
    },
    /// STRING and CLASS.
    Text(String),
    /// LIST.
    List(Vec<String>),
}

impl std::fmt::Display for ConfigValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Double { text, .. } | Self::Text(text) => f.write_str(text),
            Self::List(values) => f.write_str(&values.join(",")),
        }
    }
}

/// Classes a CLASS config may name.
const CLASSES: [&str; 5] = [
    "org.apache.kafka.clients.producer.RoundRobinPartitioner",
    "org.apache.kafka.common.serialization.ByteArrayDeserializer",
    "org.apache.kafka.common.serialization.ByteArraySerializer",
    "org.apache.kafka.common.serialization.StringDeserializer",
    "org.apache.kafka.common.serialization.StringSerializer",
];

/// `ConfigDef.parseType`: reads `text` as `kind`.
pub(super) fn parse(name: &str, text: &str, kind: ConfigKind) -> Result<ConfigValue, ConfigError> {
    let trimmed = text.trim();
    let number = match kind {
        ConfigKind::Boolean => return parse_boolean(name, text, trimmed),
        ConfigKind::String => return Ok(ConfigValue::Text(trimmed.to_owned())),
        ConfigKind::List => return Ok(ConfigValue::List(parse_list(trimmed))),
        ConfigKind::Class => return parse_class(name, trimmed),
        ConfigKind::Double => parse_double(trimmed),
        ConfigKind::Short => trimmed.parse::<i16>().ok().map(|n| ConfigValue::Integer(n.into())),
        ConfigKind::Int => trimmed.parse::<i32>().ok().map(|n| ConfigValue::Integer(n.into())),
        ConfigKind::Long => trimmed.parse::<i64>().ok().map(ConfigValue::Integer),
    };
    number.ok_or_else(|| {
        ConfigError::invalid(name, text, format!("Not a number of type {}", kind.name()))
    })
}

fn parse_boolean(name: &str, text: &str, trimmed: &str) -> Result<ConfigValue, ConfigError> {
    match trimmed.to_ascii_lowercase().as_str() {
        "true" => Ok(ConfigValue::Boolean(true)),
        "false" => Ok(ConfigValue::Boolean(false)),
        _ => Err(ConfigError::invalid(name, text, "Expected value to be either true or false")),
    }
}

fn parse_list(trimmed: &str) -> Vec<String> {
    if trimmed.is_empty() {
        return Vec::new();
    }
    trimmed.split(',').map(|part| part.trim().to_owned()).collect()
}

fn parse_class(name: &str, trimmed: &str) -> Result<ConfigValue, ConfigError> {
    let class = trimmed.strip_prefix("class ").unwrap_or(trimmed);
    if CLASSES.contains(&class) {
        return Ok(ConfigValue::Text(class.to_owned()));
    }
    Err(ConfigError::invalid(name, trimmed, format!("Class {trimmed} could not be found.")))
}

/// Reads a decimal number as `Double.parseDouble` does, but only a finite one.
fn parse_double(trimmed: &str) -> Option<ConfigValue> {
    let plain = trimmed.trim_end_matches(['d', 'D', 'f', 'F']);
    if !plain.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        || plain.to_ascii_lowercase().contains("inf")
        || plain.to_ascii_lowercase().contains("nan")
    {
        return None;
    }
    let value: f64 = plain.parse().ok().filter(|value: &f64| value.is_finite())?;
    // Through text, so that the decision later on is one of integers.
    let millionths: i64 = format!("{value:.6}")
        .replace('.', "")
        .parse()
        .unwrap_or(if value < 0.0 { i64::MIN } else { i64::MAX });
    Some(ConfigValue::Double { text: java_double(value), millionths })
}

/// `Double.toString`.
fn java_double(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}
