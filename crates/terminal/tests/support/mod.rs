//! A terminal at a cluster, as a page holds it: what a line asks for is applied, and time goes on.
#![allow(dead_code)]

use log_engine::command::ClusterSpec;
use log_engine::{Command, Engine};
use terminal::{Kind, Line, Mode, Outcome, Terminal};

/// 2026-01-01T00:00:00Z.
pub const START_MS: i64 = 1_767_225_600_000;

/// Terminal and cluster.
pub struct Desk {
    pub engine: Engine,
    pub terminal: Terminal,
    /// Commands that were applied, as a journal would have them.
    pub journal: Vec<Command>,
}

impl Desk {
    pub fn new(brokers: u32) -> Self {
        Self::seeded(brokers, 7)
    }

    pub fn seeded(brokers: u32, seed: u64) -> Self {
        let configs =
            [("offsets.topic.num.partitions", "10"), ("group.initial.rebalance.delay.ms", "0")];
        let configs = configs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let spec = ClusterSpec { brokers, configs: configs.into(), ..ClusterSpec::default() };
        let engine = Engine::new(&spec, seed, START_MS).unwrap();
        Self { engine, terminal: Terminal::new(), journal: Vec::new() }
    }

    pub fn advance(&mut self, ms: i64) {
        let to = self.engine.now_ms() + ms;
        assert!(self.engine.advance_to(to, u64::MAX).reached);
    }

    /// Applies a command that is no line's.
    pub fn apply(&mut self, json: serde_json::Value) {
        self.engine.apply(&serde_json::from_value(json).unwrap()).unwrap();
    }

    /// Prints and carries out what a line came to.
    pub fn conclude(&mut self, outcome: Outcome) -> Vec<Line> {
        let mut lines = outcome.lines;
        let Some(act) = outcome.act else { return lines };
        for command in &act.commands {
            match self.engine.apply(command) {
                Ok(_) => self.journal.push(command.clone()),
                Err(error) => {
                    lines.extend(act.refused(&error));
                    self.terminal.concluded(false);
                    return lines;
                }
            }
        }
        lines.extend(act.accepted);
        self.terminal.concluded(true);
        lines
    }

    /// Enters a line, and lets time pass until the tool has ended, or is at a prompt of its own.
    pub fn enter(&mut self, line: &str) -> Vec<Line> {
        let outcome = self.terminal.enter(line, &self.engine);
        let mut lines = self.conclude(outcome);
        lines.extend(self.settle(60_000));
        lines
    }

    /// Lets time pass while a tool runs by itself, at most so long.
    pub fn settle(&mut self, most_ms: i64) -> Vec<Line> {
        let mut lines = Vec::new();
        let end = self.engine.now_ms() + most_ms;
        loop {
            self.advance(100);
            let outcome = self.terminal.poll(&self.engine);
            lines.extend(self.conclude(outcome));
            if self.terminal.mode() != Mode::Running || self.engine.now_ms() >= end {
                return lines;
            }
        }
    }

    /// The text of what a line prints.
    pub fn text(&mut self, line: &str) -> String {
        texts(&self.enter(line))
    }

    pub fn interrupt(&mut self) -> Vec<Line> {
        let outcome = self.terminal.interrupt(&self.engine);
        self.conclude(outcome)
    }
}

pub fn texts(lines: &[Line]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    lines.join("\n")
}

pub fn notes(lines: &[Line]) -> Vec<&str> {
    lines.iter().filter(|line| line.kind == Kind::Note).map(|line| line.text.as_str()).collect()
}

/// The golden data.
pub fn golden(name: &str) -> String {
    let folder = std::env::var("OTTLA_GOLDEN_DIR")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden").to_owned());
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}
