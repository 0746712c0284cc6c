//! The bounds of a config (`ConfigDef.Validator` and its kin), read from the table's text.

use super::{ConfigError, ConfigValue, duration};

/// What a value must satisfy. `Display` gives the text Kafka's documentation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validator {
    /// Anything of the type.
    Any,
    /// `ConfigDef.Range`, both ends included.
    Range {
        /// Lower bound as Kafka writes it.
        min: &'static str,
        /// Upper bound, if there is one.
        max: Option<&'static str>,
    },
    /// `ConfigDef.ValidString`.
    OneOf(Vec<&'static str>),
    /// `ConfigDef.CaseInsensitiveValidString`.
    OneOfAnyCase(Vec<&'static str>),
    /// `ConfigDef.ValidList`; no values means any.
    ListOf {
        /// Values an element may have.
        values: Vec<&'static str>,
        /// Whether the list may be empty.
        empty_allowed: bool,
    },
    /// `CompressionType.GZIP.levelValidator`.
    GzipLevel,
    /// `ThrottledReplicaListValidator`.
    ThrottledReplicas,
    /// `ConfigDef.NonEmptyString`.
    NonEmpty,
    /// `AutoOffsetResetStrategy.Validator`; share groups know no `none`.
    OffsetReset {
        /// Whether `none` is allowed.
        none_allowed: bool,
    },
}

const GZIP: &str = "[1,...,9] or -1";
const THROTTLED: &str = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
const NON_EMPTY: &str = "non-empty string";
const ANY_CASE: &str = "(case insensitive) ";
const BY_DURATION: &str = "by_duration:PnDTnHnMn.nS";

impl Validator {
    /// Reads Kafka's own text of a validator; `-` is none, `*` a list of anything.
    pub(super) fn from_text(
        text: &'static str,
        is_list: bool,
        empty_allowed: bool,
    ) -> Option<Self> {
        let listed = |text: &'static str| {
            let inside = text.strip_prefix('[')?.strip_suffix(']')?;
            Some(inside.split(", ").collect::<Vec<_>>())
        };
        Some(match text {
            "-" => Self::Any,
            "*" => Self::ListOf { values: Vec::new(), empty_allowed },
            GZIP => Self::GzipLevel,
            THROTTLED => Self::ThrottledReplicas,
            NON_EMPTY => Self::NonEmpty,
            _ if text.contains(",...") => {
                let inside = text.strip_prefix('[')?.strip_suffix(']')?;
                let (min, rest) = inside.split_once(",...")?;
                Self::Range { min, max: rest.strip_prefix(',') }
            }
            _ if text.starts_with(ANY_CASE) => {
                Self::OneOfAnyCase(listed(text.strip_prefix(ANY_CASE)?)?)
            }
            _ if text.contains(BY_DURATION) => {
                Self::OffsetReset { none_allowed: text.contains("none") }
            }
            _ if is_list => Self::ListOf { values: listed(text)?, empty_allowed },
            _ => Self::OneOf(listed(text)?),
        })
    }

    /// `Validator.ensureValid`. A list's duplicates are gone before it comes here.
    pub(super) fn ensure_valid(&self, name: &str, value: &ConfigValue) -> Result<(), ConfigError> {
        let refuse = |reason: String| Err(ConfigError::invalid(name, value.to_string(), reason));
        match (self, value) {
            (Self::Range { min, max }, _) => {
                if below(value, min) {
                    return refuse(format!("Value must be at least {min}"));
                }
                match max {
                    Some(max) if above(value, max) => {
                        refuse(format!("Value must be no more than {max}"))
                    }
                    _ => Ok(()),
                }
            }
            (Self::OneOf(allowed), ConfigValue::Text(text)) => one_of(name, text, allowed),
            (Self::OneOfAnyCase(allowed), ConfigValue::Text(text)) => {
                if allowed.iter().any(|value| value.eq_ignore_ascii_case(text)) {
                    return Ok(());
                }
                let allowed = allowed.join(", ");
                refuse(format!("String must be one of (case insensitive): {allowed}"))
            }
            (Self::ListOf { values, empty_allowed }, ConfigValue::List(list)) => {
                valid_list(name, list, values, *empty_allowed)
            }
            (Self::GzipLevel, ConfigValue::Integer(level)) => {
                if *level == -1 || (1..=9).contains(level) {
                    return Ok(());
                }
                refuse("Value must be between 1 and 9 or equal to -1".to_owned())
            }
            (Self::ThrottledReplicas, ConfigValue::List(list)) => throttled(name, list),
            (Self::NonEmpty, ConfigValue::Text(text)) if text.is_empty() => {
                refuse("String must be non-empty".to_owned())
            }
            (Self::OffsetReset { none_allowed }, ConfigValue::Text(text)) => {
                offset_reset(name, text, *none_allowed)
            }
            _ => Ok(()),
        }
    }
}

fn millionths(value: &ConfigValue) -> i128 {
    match value {
        ConfigValue::Integer(value) => i128::from(*value) * 1_000_000,
        ConfigValue::Double { millionths, .. } => i128::from(*millionths),
        _ => 0,
    }
}

fn bound(text: &str) -> i128 {
    text.parse::<i64>().map_or(0, |bound| i128::from(bound) * 1_000_000)
}

fn below(value: &ConfigValue, min: &str) -> bool {
    millionths(value) < bound(min)
}

fn above(value: &ConfigValue, max: &str) -> bool {
    millionths(value) > bound(max)
}

fn one_of(name: &str, text: &str, allowed: &[&str]) -> Result<(), ConfigError> {
    if allowed.contains(&text) {
        return Ok(());
    }
    Err(ConfigError::invalid(name, text, format!("String must be one of: {}", allowed.join(", "))))
}

fn valid_list(
    name: &str,
    list: &[String],
    allowed: &[&str],
    empty_allowed: bool,
) -> Result<(), ConfigError> {
    if list.is_empty() && !empty_allowed {
        let values = if allowed.is_empty() {
            "any non-empty value".to_owned()
        } else {
            format!("[{}]", allowed.join(", "))
        };
        return Err(ConfigError::conflict(
            name,
            format!("Configuration '{name}' must not be empty. Valid values include: {values}"),
        ));
    }
    for element in list {
        if element.is_empty() {
            let message = format!("Configuration '{name}' values must not be empty.");
            return Err(ConfigError::conflict(name, message));
        }
        if !allowed.is_empty() {
            one_of(name, element, allowed)?;
        }
    }
    Ok(())
}

fn throttled(name: &str, list: &[String]) -> Result<(), ConfigError> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let replica = |text: &String| {
        text.is_empty() || text.split_once(':').is_some_and(|(p, b)| digits(p) && digits(b))
    };
    if list.iter().all(replica) || list.concat() == "*" {
        return Ok(());
    }
    let reason = format!(
        "{name} must be the literal '*' or a list of replicas in the following format: {THROTTLED}"
    );
    // The one place where Kafka prints a Java list.
    Err(ConfigError::invalid(name, format!("[{}]", list.join(", ")), reason))
}

fn offset_reset(name: &str, text: &str, none_allowed: bool) -> Result<(), ConfigError> {
    let valid = match text.strip_prefix("by_duration:") {
        Some(duration) => duration::parse_millis(duration).is_some(),
        None => matches!(text, "earliest" | "latest") || (none_allowed && text == "none"),
    };
    if valid {
        return Ok(());
    }
    let (choices, format) = if none_allowed {
        ("'earliest', 'latest', 'none'", "<PnDTnHnMn.nS.>")
    } else {
        ("'earliest', 'latest'", "<PnDTnHnMn.nS>")
    };
    let reason = format!(
        "Invalid value `{text}` for configuration {name}. The value must be either {choices} or of \
         the format 'by_duration:{format}'."
    );
    Err(ConfigError::invalid(name, text, reason))
}

impl std::fmt::Display for Validator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Range { min, max: None } => write!(f, "[{min},...]"),
            Self::Range { min, max: Some(max) } => write!(f, "[{min},...,{max}]"),
            Self::ListOf { values, .. } if values.is_empty() => Ok(()),
            Self::OneOf(values) | Self::ListOf { values, .. } => {
                write!(f, "[{}]", values.join(", "))
            }
            Self::OneOfAnyCase(values) => write!(f, "{ANY_CASE}[{}]", values.join(", ")),
            Self::GzipLevel => f.write_str(GZIP),
            Self::ThrottledReplicas => f.write_str(THROTTLED),
            Self::NonEmpty => f.write_str(NON_EMPTY),
            Self::OffsetReset { none_allowed: true } => {
                write!(f, "[latest, earliest, none, {BY_DURATION}]")
            }
            Self::OffsetReset { none_allowed: false } => {
                write!(f, "[latest, earliest, {BY_DURATION}]")
            }
        }
    }
}
