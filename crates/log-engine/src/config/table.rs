//! The tables themselves, and looking things up in them (`ConfigDef`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::value;
use super::{ConfigError, ConfigKind, ConfigValue, Validator};

/// Whose configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// `LogConfig`: all of them.
    Topic,
    /// `AbstractKafkaConfig`: those that mean something here.
    Broker,
    /// `ProducerConfig`: those that mean something here.
    Producer,
    /// `ConsumerConfig`: those that mean something here.
    Consumer,
    /// `GroupConfig`: all of them.
    Group,
}

impl Scope {
    /// The word Kafka uses for it in "Unknown topic config name".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Broker => "broker",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
            Self::Group => "group",
        }
    }
}

/// What the engine does with a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fidelity {
    /// Acts as in Kafka.
    Honoured,
    /// Acts, but in fewer ways than in Kafka; the fidelity table says how.
    Simplified,
    /// Checked and kept, without effect.
    Ignored,
}

/// Kafka's own weight of a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Importance {
    /// HIGH.
    High,
    /// MEDIUM.
    Medium,
    /// LOW.
    Low,
}

impl Importance {
    /// Kafka's name: `HIGH`, `MEDIUM`, `LOW`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
        }
    }
}

/// How a broker config can be changed (`DynamicBrokerConfig`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateMode {
    /// Only by a restart.
    ReadOnly,
    /// While the broker runs, for each broker.
    PerBroker,
    /// While brokers run, for one or all of them.
    ClusterWide,
}

impl UpdateMode {
    /// Kafka's name: `read-only`, `per-broker`, `cluster-wide`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::PerBroker => "per-broker",
            Self::ClusterWide => "cluster-wide",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::ReadOnly, Self::PerBroker, Self::ClusterWide]
            .into_iter()
            .find(|mode| mode.name() == name)
    }
}

/// One config (`ConfigDef.ConfigKey`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigDef {
    /// Kafka's name.
    pub name: &'static str,
    /// Its type.
    pub kind: ConfigKind,
    /// Its default as text; `None` is Kafka's null, or no default at all if it is `required`.
    pub default: Option<&'static str>,
    /// It has no default and must be set.
    pub required: bool,
    /// Its bounds.
    pub valid: Validator,
    /// Kafka's weight.
    pub importance: Importance,
    /// For a topic config: the broker config it falls back to.
    pub broker_synonym: Option<&'static str>,
    /// For a broker config: how it can be changed.
    pub update_mode: Option<UpdateMode>,
    /// Internal to Kafka. `internal.segment.bytes` is offered for teaching all the same: it makes
    /// segments small enough to watch.
    pub internal: bool,
    /// What the engine does with it.
    pub fidelity: Fidelity,
    /// What it is for, in one line.
    pub explanation: &'static str,
}

static TOPIC: LazyLock<Vec<ConfigDef>> = LazyLock::new(|| read_table(Scope::Topic));
static BROKER: LazyLock<Vec<ConfigDef>> = LazyLock::new(|| read_table(Scope::Broker));
static PRODUCER: LazyLock<Vec<ConfigDef>> = LazyLock::new(|| read_table(Scope::Producer));
static CONSUMER: LazyLock<Vec<ConfigDef>> = LazyLock::new(|| read_table(Scope::Consumer));
static GROUP: LazyLock<Vec<ConfigDef>> = LazyLock::new(|| read_table(Scope::Group));

/// The table of a scope as it is written, a row a line.
pub(super) fn table_text(scope: Scope) -> &'static str {
    match scope {
        Scope::Topic => include_str!("tables/topic.txt"),
        Scope::Broker => include_str!("tables/broker.txt"),
        Scope::Producer => include_str!("tables/producer.txt"),
        Scope::Consumer => include_str!("tables/consumer.txt"),
        Scope::Group => include_str!("tables/group.txt"),
    }
}

fn read_table(scope: Scope) -> Vec<ConfigDef> {
    table_text(scope).lines().filter_map(read_row).collect()
}

/// `name | type | default | valid | importance | synonym or update mode | flags | explanation`, where a
/// default is `-` for null, `!` for required and `""` for empty, and flags are `H`, `S` or `I`
/// (fidelity), then `i` (internal) and `e` (the list may be empty).
fn read_row(line: &'static str) -> Option<ConfigDef> {
    let cells: Vec<&'static str> = line.splitn(8, " | ").collect();
    let [name, kind, default, valid, importance, synonym, flags, explanation] = cells.as_slice()
    else {
        return None;
    };
    let kind = ConfigKind::from_name(kind)?;
    Some(ConfigDef {
        name,
        kind,
        default: match *default {
            "-" | "!" => None,
            "\"\"" => Some(""),
            text => Some(text),
        },
        required: *default == "!",
        valid: Validator::from_text(valid, kind == ConfigKind::List, flags.contains('e'))?,
        importance: [Importance::High, Importance::Medium, Importance::Low]
            .into_iter()
            .find(|i| i.name() == *importance)?,
        broker_synonym: Some(*synonym).filter(|s| *s != "-" && UpdateMode::from_name(s).is_none()),
        update_mode: UpdateMode::from_name(synonym),
        internal: flags.contains('i'),
        fidelity: match flags.chars().next()? {
            'H' => Fidelity::Honoured,
            'S' => Fidelity::Simplified,
            'I' => Fidelity::Ignored,
            _ => return None,
        },
        explanation,
    })
}

/// All configs of a scope, by name.
#[must_use]
pub fn definitions(scope: Scope) -> &'static [ConfigDef] {
    match scope {
        Scope::Topic => &TOPIC,
        Scope::Broker => &BROKER,
        Scope::Producer => &PRODUCER,
        Scope::Consumer => &CONSUMER,
        Scope::Group => &GROUP,
    }
}

/// One config of a scope.
#[must_use]
pub fn lookup(scope: Scope, name: &str) -> Option<&'static ConfigDef> {
    let rows = definitions(scope);
    let at = rows.binary_search_by(|row| row.name.cmp(name)).ok()?;
    rows.get(at)
}

/// Reads and checks one value as Kafka does; duplicates in a list are dropped (KIP-1161).
///
/// # Errors
/// An unknown name, a value that is not of the type, or one outside the bounds, in Kafka's words.
pub fn validate(scope: Scope, name: &str, value: &str) -> Result<ConfigValue, ConfigError> {
    let Some(def) = lookup(scope, name) else {
        return Err(ConfigError::UnknownName { scope, name: name.to_owned() });
    };
    let mut parsed = value::parse(name, value, def.kind)?;
    if let (ConfigValue::List(list), Validator::ListOf { .. }) = (&mut parsed, &def.valid) {
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|element| seen.insert(element.clone()));
    }
    def.valid.ensure_valid(name, &parsed)?;
    Ok(parsed)
}

/// Checks a whole set of overrides, names first, as `LogConfig.validateNames` does.
///
/// # Errors
/// The first refusal of [`validate`].
pub fn validate_all(scope: Scope, values: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    if let Some(name) = values.keys().find(|name| lookup(scope, name).is_none()) {
        return Err(ConfigError::UnknownName { scope, name: name.clone() });
    }
    values.iter().try_for_each(|(name, value)| validate(scope, name, value).map(drop))
}

/// Values of one scope, overrides over defaults, all of them checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values<'a> {
    scope: Scope,
    overrides: &'a BTreeMap<String, String>,
}

impl<'a> Values<'a> {
    pub(super) fn checked(
        scope: Scope,
        overrides: &'a BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        validate_all(scope, overrides)?;
        Ok(Self { scope, overrides })
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.overrides.contains_key(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<ConfigValue> {
        let text = match self.overrides.get(name) {
            Some(text) => text.as_str(),
            None => lookup(self.scope, name)?.default?,
        };
        validate(self.scope, name, text).ok()
    }

    pub(super) fn long(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(ConfigValue::Integer(value)) => value,
            _ => 0,
        }
    }

    pub(super) fn int(&self, name: &str) -> i32 {
        i32::try_from(self.long(name)).unwrap_or(i32::MAX)
    }

    pub(super) fn boolean(&self, name: &str) -> bool {
        self.get(name) == Some(ConfigValue::Boolean(true))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Some(ConfigValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(ConfigValue::List(list)) => list,
            _ => Vec::new(),
        }
    }
}
