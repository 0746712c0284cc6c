//! A topic that is being written: what the form holds, and what is wrong with it.

use crate::session::Session;
use leptos::prelude::*;
use log_engine::view::PartitionView;
use log_engine::{Command, Configs};
use std::collections::BTreeMap;

/// A topic that nobody has.
const PLACED: &str = "__placed";
/// Steps in which the controller places it.
const PLACING_STEPS: u64 = 20_000;
/// A name that every cluster accepts, for asking about other fields alone.
const ANY_NAME: &str = "x";

/// What the form holds.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The name.
    pub name: RwSignal<String>,
    /// Number of partitions.
    pub partitions: RwSignal<i64>,
    /// Replicas of each, the leader included.
    pub factor: RwSignal<i64>,
    /// Configs with their values, in order of adding.
    pub configs: RwSignal<Vec<(String, String)>>,
}

/// What Kafka would refuse, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// About the name.
    pub name: Option<String>,
    /// About the partitions.
    pub partitions: Option<String>,
    /// About the replication factor.
    pub factor: Option<String>,
    /// About a config.
    pub configs: BTreeMap<String, String>,
    /// About the whole.
    pub whole: Option<String>,
}

impl Problems {
    /// How many.
    pub fn count(&self) -> usize {
        let alone = [&self.name, &self.partitions, &self.factor, &self.whole];
        alone.into_iter().filter(|problem| problem.is_some()).count() + self.configs.len()
    }
}

impl Draft {
    /// An empty form for a cluster of so many brokers.
    pub fn new(brokers: usize) -> Self {
        Self {
            name: RwSignal::new(String::new()),
            partitions: RwSignal::new(3),
            factor: RwSignal::new(i64::try_from(brokers.clamp(1, 3)).unwrap_or(1)),
            configs: RwSignal::new(Vec::new()),
        }
    }

    /// The command that makes the topic.
    pub fn command(self) -> Command {
        Command::CreateTopic {
            topic: self.name.get(),
            partitions: partitions(self.partitions.get()),
            replication_factor: factor(self.factor.get()),
            configs: self.configs.with(|all| all.iter().cloned().collect()),
            assignments: Vec::new(),
        }
    }

    /// Asks the engine about each field by itself, so that every field says what is wrong with it at once; a
    /// refused command would name only the first. Asking changes nothing: a clone is asked.
    pub fn problems(self, session: Session) -> Problems {
        let ask = |topic: String, count: i32, replication_factor: i16, configs: Configs| {
            let command = Command::CreateTopic {
                topic,
                partitions: count,
                replication_factor,
                configs,
                assignments: Vec::new(),
            };
            session.read(|engine| engine.clone().apply(&command)).err().map(|error| error.message)
        };
        let any = || ANY_NAME.to_owned();
        let mut problems = Problems {
            name: ask(self.name.get(), 1, 1, Configs::new()),
            partitions: ask(any(), partitions(self.partitions.get()), 1, Configs::new()),
            factor: ask(any(), 1, factor(self.factor.get()), Configs::new()),
            ..Problems::default()
        };
        for (name, value) in self.configs.get() {
            let alone = Configs::from([(name.clone(), value)]);
            if let Some(message) = ask(any(), 1, 1, alone) {
                problems.configs.insert(name, message);
            }
        }
        if problems.count() == 0 {
            let whole = self.command();
            problems.whole = session
                .read(|engine| engine.clone().apply(&whole))
                .err()
                .map(|error| error.message);
        }
        problems
    }

    /// Where the partitions would be placed, were the topic made now: a clone of the cluster makes it.
    pub fn placement(self, session: Session) -> Vec<PartitionView> {
        let command = Command::CreateTopic {
            topic: PLACED.to_owned(),
            partitions: partitions(self.partitions.get()),
            replication_factor: factor(self.factor.get()),
            configs: Configs::new(),
            assignments: Vec::new(),
        };
        session.read(|engine| {
            let mut engine = engine.clone();
            if engine.apply(&command).is_err() {
                return Vec::new();
            }
            for wait_ms in [4, 40, 400] {
                let to_ms = engine.now_ms() + wait_ms;
                engine.advance_to(to_ms, PLACING_STEPS);
                let placed = engine.partitions(PLACED);
                if !placed.is_empty() {
                    return placed;
                }
            }
            Vec::new()
        })
    }

    /// Sets a config, adding it at the end where it is not there yet.
    pub fn set_config(self, name: &str, value: &str) {
        self.configs.update(|all| match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => all.push((name.to_owned(), value.to_owned())),
        });
    }

    /// Takes a config out.
    pub fn drop_config(self, name: &str) {
        self.configs.update(|all| all.retain(|(known, _)| known != name));
    }

    /// Retention and segments small enough to watch.
    pub fn make_small(self) {
        let small = [
            ("retention.ms", "30000"),
            ("segment.ms", "8000"),
            ("internal.segment.bytes", "16384"),
        ];
        for (name, value) in small {
            self.set_config(name, value);
        }
    }
}

/// The form's number as the command's.
fn partitions(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn factor(count: i64) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}
