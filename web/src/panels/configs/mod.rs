//! Configs as forms: what is set, what Kafka's default is, and what was refused, in Kafka's words.

mod brokers;
mod input;
mod list;

pub use input::ConfigInput;
pub use list::ConfigList;

use crate::panels::topic::stands_still;
use crate::session::{Session, use_session};
use leptos::prelude::*;
use log_engine::config::{self, ConfigDef, ConfigSource, Fidelity, Scope};
use log_engine::view::ConfigView;
use log_engine::{Command, Configs};
use sorted::SortedMap;

/// Whose configs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A topic's.
    Topic(String),
    /// A producer's.
    Producer(String),
    /// A group's: those of its consumers.
    Group(String),
    /// A broker's, or what holds for all of them.
    Broker(Option<i32>),
    /// What a broker lets a group set for itself (GroupConfig): shown, not changed.
    Coordinator,
}

impl Whose {
    /// All configs, as the engine has them now.
    fn read(&self, session: Session) -> Vec<ConfigView> {
        session
            .read(|engine| match self {
                Whose::Topic(name) => engine.topic(name).map(|topic| topic.configs),
                Whose::Producer(name) => engine.producer(name).map(|producer| producer.configs),
                Whose::Group(name) => engine.group(name).map(|group| group.configs),
                Whose::Broker(broker) => Some(brokers::configs(session, *broker)),
                Whose::Coordinator => Some(defined(Scope::Group)),
            })
            .unwrap_or_default()
    }

    /// The command that sets some configs and takes others back to their default, where there is one.
    fn command(&self, set: Configs, delete: Vec<String>) -> Option<Command> {
        Some(match self.clone() {
            Whose::Topic(topic) => Command::AlterTopicConfigs { topic, set, delete },
            Whose::Producer(producer) => Command::AlterProducer { producer, set, delete },
            Whose::Group(group) => {
                Command::AlterGroup { group, topics: None, processing_us: None, set, delete }
            }
            Whose::Broker(broker) => Command::AlterBrokerConfigs { broker, set, delete },
            Whose::Coordinator => return None,
        })
    }
}

/// A value that was refused, kept so that it can be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What was typed.
    pub typed: String,
    /// Why it was refused.
    pub message: String,
}

/// The configs of one owner, with the values that were refused.
#[derive(Clone, Copy)]
pub struct ConfigDesk {
    session: Session,
    whose: Signal<Whose>,
    /// All configs, in the engine's order.
    pub configs: Memo<Vec<ConfigView>>,
    refused: RwSignal<SortedMap<String, Refusal>>,
}

impl ConfigDesk {
    /// The desk for `whose` configs; it follows the run.
    pub fn new(whose: Signal<Whose>) -> Self {
        let session = use_session();
        let configs = Memo::new(move |_| {
            session.pulse.track();
            whose.with(|whose| whose.read(session))
        });
        Self { session, whose, configs, refused: RwSignal::new(SortedMap::new()) }
    }

    /// One config; none if its owner is gone.
    pub fn view(self, name: &str) -> Memo<Option<ConfigView>> {
        let name = name.to_owned();
        Memo::new(move |_| self.configs.with(|all| all.iter().find(|c| c.name == name).cloned()))
    }

    /// What stands in the field: what was typed and refused, else the value in force.
    pub fn shown(self, name: &str) -> Signal<String> {
        let (view, name) = (self.view(name), name.to_owned());
        Signal::derive(move || {
            let typed =
                self.refused.with(|all| all.get(&name).map(|refusal| refusal.typed.clone()));
            typed.unwrap_or_else(|| {
                view.with(|view| {
                    view.as_ref().and_then(|view| view.value.clone()).unwrap_or_default()
                })
            })
        })
    }

    /// Why the last value was refused.
    pub fn error(self, name: &str) -> Signal<Option<String>> {
        let name = name.to_owned();
        Signal::derive(move || {
            self.refused.with(|all| all.get(&name).map(|refusal| refusal.message.clone()))
        })
    }

    /// Whether a config can be changed here.
    pub fn editable(self, name: &str) -> bool {
        self.whose.with_untracked(|whose| match whose {
            Whose::Broker(_) => brokers::is_dynamic(name),
            Whose::Coordinator => false,
            _ => true,
        })
    }

    /// Whether a value that is set is taken back by deleting it.
    pub fn is_own(self, config: &ConfigView) -> bool {
        self.whose.with_untracked(|whose| match whose {
            Whose::Broker(broker) => brokers::is_own(&config.source, *broker),
            _ => config.source != "DEFAULT_CONFIG",
        })
    }

    /// How many are set to something else than their default.
    pub fn changed(self) -> usize {
        self.configs.with(|all| all.iter().filter(|config| is_changed(config)).count())
    }

    /// Sets a config; an empty text where the default is null takes it back to that.
    pub fn set(self, name: &str, value: &str) {
        let value = value.trim().to_owned();
        let nothing = value.is_empty()
            && self.configs.with_untracked(|all| {
                all.iter().any(|config| config.name == name && config.default.is_none())
            });
        if nothing {
            return self.reset(name);
        }
        let unchanged = self.configs.with_untracked(|all| {
            all.iter().any(|config| config.name == name && config.value.as_ref() == Some(&value))
        });
        if unchanged {
            return self.keep(name, None);
        }
        self.send(name, &value, Configs::from([(name.to_owned(), value.clone())]), Vec::new());
    }

    /// Takes a config back to its default.
    pub fn reset(self, name: &str) {
        self.send(name, "", Configs::new(), vec![name.to_owned()]);
    }

    fn send(self, name: &str, typed: &str, set: Configs, delete: Vec<String>) {
        let command = self.whose.with_untracked(|whose| whose.command(set, delete));
        let asks = matches!(
            command,
            Some(Command::AlterTopicConfigs { .. } | Command::AlterBrokerConfigs { .. })
        );
        let refusal = command.and_then(|command| self.session.apply(command).err());
        if asks && refusal.is_none() && !self.session.playing.get_untracked() {
            stands_still(self.session, "The controller sets it once it runs.");
        }
        let refusal =
            refusal.map(|error| Refusal { typed: typed.to_owned(), message: error.message });
        self.keep(name, refusal);
    }

    fn keep(self, name: &str, refusal: Option<Refusal>) {
        self.refused.update(|all| {
            match refusal {
                Some(refusal) => all.insert(name.to_owned(), refusal),
                None => all.remove(name),
            };
        });
    }
}

/// All configs of a scope, as they are by default.
fn defined(scope: Scope) -> Vec<ConfigView> {
    config::definitions(scope).iter().map(|def| view_of(def, None)).collect()
}

/// A config with the value that was set and where, or with its default.
fn view_of(def: &'static ConfigDef, set: Option<(String, ConfigSource)>) -> ConfigView {
    let default = def.default.map(str::to_owned);
    let source = set.as_ref().map_or(ConfigSource::DefaultConfig, |(_, source)| *source);
    ConfigView {
        name: def.name.to_owned(),
        value: set.map(|(value, _)| value).or_else(|| default.clone()),
        default,
        source: source.name().to_owned(),
        kind: def.kind.name().to_owned(),
        valid: Some(def.valid.to_string()),
        importance: def.importance.name().to_owned(),
        model: model(def.fidelity).to_owned(),
        explanation: def.explanation.to_owned(),
        teaching_value: false,
    }
}

fn model(fidelity: Fidelity) -> &'static str {
    match fidelity {
        Fidelity::Honoured => "honoured",
        Fidelity::Simplified => "simplified",
        Fidelity::Ignored => "ignored",
    }
}

/// What the number in force means (`7 d`).
pub fn words_of(config: &ConfigView) -> Option<String> {
    crate::panels::text::config_meaning(&config.name, config.value.as_deref()?)
}

/// Set to something else than Kafka's default.
pub fn is_changed(config: &ConfigView) -> bool {
    config.source != "DEFAULT_CONFIG" && config.value != config.default
}

/// The text Kafka prints for a value that may be null.
pub fn or_null(value: Option<&String>) -> String {
    value.map_or_else(
        || "null".to_owned(),
        |text| if text.is_empty() { "\"\"".to_owned() } else { text.clone() },
    )
}
