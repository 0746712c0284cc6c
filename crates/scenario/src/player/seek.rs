//! Going to any moment: back to a copy of the engine, and forward from there.

use super::run::Stepped;
use super::{Player, Progress};
use crate::document::Document;
use log_engine::view::EventFilter;
use log_engine::{Engine, EventId};

/// A moment to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    ms: u64,
    /// The last rest within that ms before any event after this one; none for the end of that ms.
    event: Option<u64>,
}

impl Target {
    pub fn at(ms: u64) -> Self {
        Self { ms, event: None }
    }

    /// Where a document opens; none at its start.
    pub fn of(document: &Document) -> Option<Self> {
        document.at.map(|ms| Self { ms, event: document.at_event })
    }

    pub fn ms(self) -> u64 {
        self.ms
    }

    /// As a document keeps it.
    pub fn saved(self) -> (Option<u64>, Option<u64>) {
        (Some(self.ms), self.event)
    }
}

impl Player {
    /// Goes to a moment, forward or back, in slices of about `budget` engine steps: call it again with the same
    /// moment until it is reached. Until then [`Player::is_replaying`] holds and actions are refused.
    pub fn seek(&mut self, elapsed_ms: u64, budget: u64) -> Progress {
        self.aim(Target::at(elapsed_ms));
        self.catch_up(budget)
    }

    /// Goes on towards where the player is going: after opening, seeking, undo, redo and a step back.
    pub fn catch_up(&mut self, budget: u64) -> Progress {
        let Some(target) = self.target else {
            return self.progress(true, 0, self.elapsed_ms());
        };
        let progress = match target.event {
            None => self.run(target.ms, budget),
            Some(event) => self.run_to_event(target.ms, event, budget),
        };
        if progress.reached {
            self.target = None;
        }
        progress
    }

    /// Whether the player is on its way to a moment.
    pub fn is_replaying(&self) -> bool {
        self.target.is_some()
    }

    /// Stays where it is instead of going on.
    pub fn stop_here(&mut self) {
        self.target = None;
    }

    /// Goes back to right before the newest event, in slices: goes on by [`Player::catch_up`]. False if nothing has
    /// happened yet.
    pub fn step_back(&mut self) -> bool {
        let newest = self.newest_event();
        let at_start =
            self.checkpoints.start().is_none_or(|start| start.cluster().events >= newest);
        let target = if at_start { None } else { self.stop_before(newest) };
        if let Some(target) = target {
            self.aim(target);
        }
        target.is_some()
    }

    /// The present moment.
    pub(super) fn here(&self) -> Target {
        let within = !self.is_settled() || self.entry_is_due();
        let event = within.then(|| self.newest_event());
        Target { ms: self.elapsed_ms(), event }
    }

    /// Sets out for a moment; goes back first if it is behind.
    pub(super) fn aim(&mut self, target: Target) {
        if self.is_beyond(target) {
            self.go_back_to(target);
        }
        self.target = Some(target);
    }

    fn is_beyond(&self, target: Target) -> bool {
        let here = self.elapsed_ms();
        match target.event {
            None => here > target.ms,
            Some(event) => here > target.ms || self.newest_event() > event,
        }
    }

    /// Restores the last copy that is not beyond `target`.
    fn go_back_to(&mut self, target: Target) {
        let at = self.time_of(target.ms);
        self.keep_marks();
        self.restore(|engine| {
            let early = target.event.is_none_or(|event| engine.cluster().events <= event);
            engine.now_ms() <= at && early
        });
    }

    /// Goes back to the last copy that passes, in the last resort to the start.
    pub(super) fn restore(&mut self, passes: impl Fn(&Engine) -> bool) {
        let checkpoint = self.checkpoints.last_or_start(|checkpoint| passes(&checkpoint.engine));
        if let Some(checkpoint) = checkpoint {
            self.engine = checkpoint.engine.clone();
            self.next_entry = checkpoint.next_entry;
            self.work = checkpoint.work;
            self.looked = None;
            self.look_at_memory();
        }
    }

    /// Remembers the marks of the furthest moment.
    fn keep_marks(&mut self) {
        let seen = self.engine.marks();
        let newest = |marks: &[log_engine::view::MarkView]| marks.last().map_or(0, |m| m.event.0);
        if newest(&seen) >= newest(&self.marks_ahead) {
            self.marks_ahead = seen;
        }
    }

    /// To the end of the ms before, then event by event, up to the last rest that has no event after `event`.
    fn run_to_event(&mut self, ms: u64, event: u64, budget: u64) -> Progress {
        let mut steps = 0;
        if let Some(before) = ms.checked_sub(1)
            && self.elapsed_ms() < before
        {
            let progress = self.run(before, budget);
            steps = progress.steps;
            if !progress.reached {
                return Progress { to_ms: ms, ..progress };
            }
        }
        let mut reached = false;
        while !reached && steps < budget {
            steps = steps.saturating_add(1);
            if self.newest_event() >= event && self.entry_is_due() && self.is_settled() {
                reached = true;
                break;
            }
            let before = (self.engine.clone(), self.next_entry, self.work);
            match self.step_once(ms, budget) {
                Stepped::Event(_) if self.newest_event() > event => {
                    (self.engine, self.next_entry, self.work) = before;
                    reached = true;
                }
                Stepped::Reached => reached = true,
                Stepped::Event(_) | Stepped::Silent => {}
                Stepped::OutOfBudget => break,
            }
        }
        self.progress(reached, steps, ms)
    }

    pub(super) fn newest_event(&self) -> u64 {
        self.engine.cluster().events
    }

    /// The last moment before event `id` at which a step ends.
    fn stop_before(&self, id: u64) -> Option<Target> {
        let before = id.checked_sub(1).filter(|before| *before > 0)?;
        let row = self.engine.events(&EventFilter::default(), Some(EventId(id)), 1);
        let at_ms = row.first().map(|row| row.at_ms)?;
        Some(Target { ms: self.since_start(at_ms), event: Some(before) })
    }
}
