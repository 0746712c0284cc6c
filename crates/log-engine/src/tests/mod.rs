//! The cluster's stories: given a cluster, when this happens, then that is seen. Those of
//! `60-pitfalls.md` carry their ids.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod administration;
mod clients;
mod cluster;
mod compaction;
mod compression;
mod delivery;
mod disk;
mod failover;
mod groups;
mod idle;
mod importing;
mod invariants;
mod judged;
mod ledger;
mod metrics;
mod producing;
mod quorum;
mod records;
mod retention;
mod timestamps;

use crate::command::{ClusterSpec, Command, Configs, RecordSpec};
use crate::event::{Event, EventKind};
use crate::view::{EventFilter, GroupView, LaneView, LaneWindow};
use crate::{CommandError, Engine};

/// 2026-01-01T00:00:00Z.
pub(super) const START_MS: i64 = 1_767_225_600_000;

/// A cluster under test, with time counted from its start.
#[derive(Clone)]
pub(super) struct Play {
    pub engine: Engine,
}

impl Play {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With broker configs.
    pub fn with(configs: &[(&str, &str)]) -> Self {
        let spec = ClusterSpec { configs: map(configs), ..ClusterSpec::default() };
        Self { engine: Engine::new(&spec, 7, START_MS).unwrap() }
    }

    pub fn topic(mut self, topic: &str, partitions: i32, configs: &[(&str, &str)]) -> Self {
        self.apply(Command::CreateTopic {
            topic: topic.into(),
            partitions,
            replication_factor: 1,
            configs: map(configs),
            assignments: Vec::new(),
        })
        .unwrap();
        self
    }

    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        self.engine.apply(&command).map(|_| ())
    }

    /// A command in its JSON form, as a journal writes it.
    pub fn json(&mut self, json: serde_json::Value) -> Result<(), CommandError> {
        self.apply(serde_json::from_value(json).unwrap())
    }

    pub fn run_to(&mut self, at_ms: i64) -> &mut Self {
        let done = self.engine.advance_to(START_MS + at_ms, u64::MAX);
        assert!(done.reached);
        self
    }

    pub fn send(&mut self, producer: &str, topic: &str, record: RecordSpec, count: u32) {
        self.apply(Command::Produce {
            producer: producer.into(),
            topic: topic.into(),
            record,
            count,
        })
        .unwrap();
    }

    pub fn lane(&self, topic: &str, partition: i32) -> LaneView {
        self.engine.lane(topic, partition, LaneWindow::Tail(10_000)).unwrap()
    }

    pub fn group(&self, name: &str) -> GroupView {
        self.engine.group(name).unwrap().group
    }

    /// Times (since the start) and words of all events whose words contain `text`, oldest first.
    pub fn events(&self, text: &str) -> Vec<(i64, String)> {
        let filter = EventFilter { text: text.into(), ..EventFilter::default() };
        let mut rows: Vec<_> = self
            .engine
            .events(&filter, None, 10_000)
            .into_iter()
            .map(|row| (row.at_ms - START_MS, format!("{} {}", row.subject, row.text)))
            .collect();
        rows.reverse();
        rows
    }

    /// All events the trace still has.
    pub fn trace(&self) -> Vec<Event> {
        let mut all: Vec<_> = self.engine.world().trace.newest_first(None).cloned().collect();
        all.reverse();
        all
    }

    /// Times (since the start) of events of a kind.
    pub fn times(&self, wanted: impl Fn(&EventKind) -> bool) -> Vec<i64> {
        self.trace().iter().filter(|e| wanted(&e.kind)).map(|e| e.at_ms - START_MS).collect()
    }
}

pub(super) fn map(pairs: &[(&str, &str)]) -> Configs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn keyed(key: &str) -> RecordSpec {
    let text = |text: &str| Some(crate::command::Payload::Text(text.to_owned()));
    RecordSpec { key: text(key), value: text("{\"total\":42}"), ..RecordSpec::default() }
}

pub(super) fn keyless(bytes: usize) -> RecordSpec {
    let value = Some(crate::command::Payload::Text("x".repeat(bytes)));
    RecordSpec { value, ..RecordSpec::default() }
}
