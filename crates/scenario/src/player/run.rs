//! Going forward.

use super::checkpoint::STEPS_BETWEEN;
use super::{Player, Progress, SETTLE_STEPS};
use crate::limits::MAX_LOG_BYTES;
use log_engine::EventId;

/// Engine steps from one look at the memory to the next; one step appends at most one produce request.
const STEPS_BETWEEN_LOOKS: u64 = 500;
/// How far ahead a step looks for the next event: an hour.
const STEP_REACH_MS: u64 = 3_600_000;

/// What one attempt to reach the next event came to.
pub(super) enum Stepped {
    /// Something was written to the event log.
    Event(EventId),
    /// Nothing that shows: an entry of the journal is due now, or was refused.
    Silent,
    /// The moment asked for was reached without.
    Reached,
    /// The budget ran out.
    OutOfBudget,
}

impl Player {
    /// Lets time pass up to `to_ms` since the start, in at most about `budget` engine steps. Journal entries act
    /// when their time comes. A moment that is not ahead is reached at once.
    pub fn advance_to(&mut self, to_ms: u64, budget: u64) -> Progress {
        let progress = self.run(to_ms, budget);
        if progress.reached && self.target.is_some_and(|target| target.ms() <= self.elapsed_ms()) {
            self.target = None;
        }
        progress
    }

    /// Lets time pass until something is written to the event log, within the next hour; none if nothing will, or
    /// if `budget` ran out first.
    pub fn step(&mut self, budget: u64) -> Option<EventId> {
        let ahead = self.document.journal.len() > self.next_entry;
        if !ahead && self.engine.next_deadline_ms().is_none() {
            return None;
        }
        let to_ms = self.elapsed_ms().saturating_add(STEP_REACH_MS);
        loop {
            match self.step_once(to_ms, budget) {
                Stepped::Event(event) => return Some(event),
                Stepped::Silent => {}
                Stepped::Reached | Stepped::OutOfBudget => return None,
            }
        }
    }

    /// One step at or before `to_ms`: to the next event, to when the next entry of the journal is due, or that entry.
    pub(super) fn step_once(&mut self, to_ms: u64, budget: u64) -> Stepped {
        if self.full {
            return Stepped::OutOfBudget;
        }
        if self.entry_is_due() && self.is_settled() {
            return self.play_entry().map_or(Stepped::Silent, Stepped::Event);
        }
        let entry_ms = self.next_entry_ms().filter(|at| *at <= to_ms);
        let stop_ms = entry_ms.unwrap_or(to_ms);
        if let Some(event) = self.engine.step(self.time_of(stop_ms), budget) {
            self.note_progress(1);
            return Stepped::Event(event);
        }
        self.note_progress(0);
        if self.elapsed_ms() < stop_ms || !self.is_settled() {
            return Stepped::OutOfBudget;
        }
        if entry_ms.is_some() { Stepped::Silent } else { Stepped::Reached }
    }

    pub(super) fn run(&mut self, to_ms: u64, budget: u64) -> Progress {
        let mut steps: u64 = 0;
        let reached = loop {
            let entry_ms = self.next_entry_ms().filter(|at| *at <= to_ms);
            let stop_ms = entry_ms.unwrap_or(to_ms);
            if self.full {
                break false;
            }
            let slice = budget.saturating_sub(steps).min(STEPS_BETWEEN_LOOKS);
            let advance = self.engine.advance_to(self.time_of(stop_ms), slice);
            steps = steps.saturating_add(advance.steps);
            self.note_progress(advance.steps);
            if advance.reached {
                if entry_ms.is_none() {
                    break true;
                }
                self.play_entry();
                steps = steps.saturating_add(1);
            }
            // A rest between two entries of one millisecond could not be found again by its events.
            let between = advance.reached && self.entry_is_due();
            if (steps >= budget && !between) || (!advance.reached && advance.steps == 0) {
                break false;
            }
        };
        self.progress(reached, steps, to_ms)
    }

    pub(super) fn progress(&self, reached: bool, steps: u64, to_ms: u64) -> Progress {
        Progress { reached, full: self.full, steps, at_ms: self.elapsed_ms(), to_ms }
    }

    /// Finishes the present millisecond. False if it does not come to rest.
    pub(super) fn settle(&mut self) -> bool {
        let now = self.engine.now_ms();
        let advance = self.engine.advance_to(now, SETTLE_STEPS);
        self.note_progress(advance.steps);
        advance.reached
    }

    /// Whether all that is due by now has happened.
    pub(super) fn is_settled(&self) -> bool {
        self.engine.next_deadline_ms().is_none_or(|at| at > self.engine.now_ms())
    }

    /// Whether an entry of the journal is due now.
    pub(super) fn entry_is_due(&self) -> bool {
        self.next_entry_ms().is_some_and(|at| at <= self.elapsed_ms())
    }

    fn next_entry_ms(&self) -> Option<u64> {
        self.document.journal.get(self.next_entry).map(|entry| entry.at)
    }

    /// Carries out the next entry of the journal, whose time has come. A refused one has no effect.
    fn play_entry(&mut self) -> Option<EventId> {
        self.checkpoints.take(&self.engine, self.next_entry, self.work);
        let entry = self.document.journal.get(self.next_entry)?;
        let outcome = self.engine.apply(&entry.command);
        self.refusals.truncate(self.next_entry);
        self.next_entry += 1;
        self.refusals.push(outcome.as_ref().err().cloned());
        outcome.ok()
    }

    /// Looks whether the logs hold as much as they may.
    pub(super) fn look_at_memory(&mut self) {
        let growth = self.engine.growth_bytes();
        let most = self.looked.and_then(|(held, then)| held.checked_add(growth.checked_sub(then)?));
        if most.is_some_and(|most| most < MAX_LOG_BYTES) {
            self.full = false;
            return;
        }
        let held = self.engine.held_bytes();
        self.looked = Some((held, growth));
        self.full = held >= MAX_LOG_BYTES;
    }

    /// Keeps count of the work done,, and takes a copy of the engine when enough of it has been.
    fn note_progress(&mut self, steps: u64) {
        self.work = self.work.saturating_add(steps);
        self.reached_ms = self.reached_ms.max(self.elapsed_ms());
        self.look_at_memory();
        self.room.keep();
        if self.work.saturating_sub(self.checkpoints.newest_work()) >= STEPS_BETWEEN {
            self.checkpoints.take(&self.engine, self.next_entry, self.work);
        }
    }
}
