//! Going to any moment: back to a copy of the play, and forward from there.

use super::Progress;
use super::run::{Run, Stepped};
use super::tape::Tape;
use crate::document::Document;
use log_engine::EventId;
use log_engine::view::EventFilter;

/// A moment to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    ms: u64,
    /// The last rest within that ms before any event after this one; none for the end of that ms.
    event: Option<u64>,
}

/// So many ms before the moment that is gone to a copy is taken: from there, steps back are short.
const APPROACH_MS: [u64; 3] = [1_000, 100, 10];

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

impl Run {
    /// Goes on towards where the run is going.
    pub fn catch_up(&mut self, budget: u64) -> Progress {
        let Some(target) = self.target else {
            return self.progress(true, 0, self.elapsed_ms());
        };
        let near = match self.approach(target.ms, budget) {
            Ok(steps) => steps,
            Err(progress) => return progress,
        };
        let progress = match target.event {
            None => self.run(target.ms, budget.saturating_sub(near)),
            Some(event) => self.run_to_event(target.ms, event, budget.saturating_sub(near)),
        };
        if progress.reached {
            self.target = None;
        }
        Progress { steps: progress.steps.saturating_add(near), ..progress }
    }

    /// Comes near `ms`, leaving copies for steps back. The steps it took, or how far it got where the budget ran out.
    fn approach(&mut self, ms: u64, budget: u64) -> Result<u64, Progress> {
        let mut steps: u64 = 0;
        for before in APPROACH_MS {
            let Some(stop) = ms.checked_sub(before).filter(|stop| *stop > self.elapsed_ms()) else {
                continue;
            };
            let progress = self.run(stop, budget.saturating_sub(steps));
            steps = steps.saturating_add(progress.steps);
            if !progress.reached {
                return Err(Progress { steps, to_ms: ms, ..progress });
            }
            self.keyframes.take(&self.tape);
        }
        Ok(steps)
    }

    /// Goes back to right before the newest event: what there is to aim at; none if nothing has happened yet.
    pub fn before_newest(&self) -> Option<Target> {
        let newest = self.tape.newest_event();
        let at_start = self.keyframes.start().is_none_or(|start| start.newest_event() >= newest);
        if at_start { None } else { self.stop_before(newest) }
    }

    /// The present moment.
    pub fn here(&self) -> Target {
        let within = !self.tape.is_settled() || self.entry_is_due();
        let event = within.then(|| self.tape.newest_event());
        Target { ms: self.elapsed_ms(), event }
    }

    /// Where it is going, or else where it is.
    pub fn present(&self) -> Target {
        self.target.unwrap_or_else(|| Target::at(self.elapsed_ms()))
    }

    /// Sets out for a moment; goes back first if it is behind, and ahead to a copy if one is nearer.
    pub fn aim(&mut self, target: Target) {
        let at = self.tape.time_of(target.ms);
        let passes = |tape: &Tape| {
            let early = target.event.is_none_or(|event| tape.newest_event() <= event);
            tape.engine.now_ms() <= at && early
        };
        let nearer = self.keyframes.last_or_start(passes).is_some_and(|frame| {
            frame.work > self.tape.work && frame.elapsed_ms() > self.elapsed_ms()
        });
        if self.is_beyond(target) || nearer {
            self.keep_marks();
            self.restore(passes);
        }
        self.target = Some(target);
    }

    fn is_beyond(&self, target: Target) -> bool {
        let here = self.elapsed_ms();
        match target.event {
            None => here > target.ms,
            Some(event) => here > target.ms || self.tape.newest_event() > event,
        }
    }

    /// Goes to the last copy that passes, in the last resort to the start.
    pub fn restore(&mut self, passes: impl Fn(&Tape) -> bool) {
        if let Some(frame) = self.keyframes.last_or_start(passes) {
            self.tape = frame.clone();
            self.looked = None;
            self.look_at_memory();
        }
        self.forget_recall();
    }

    /// Remembers the marks of the furthest moment.
    fn keep_marks(&mut self) {
        let seen = self.tape.engine.marks();
        let newest = |marks: &[log_engine::view::MarkView]| marks.last().map_or(0, |m| m.event.0);
        if newest(&seen) >= newest(&self.marks_ahead) {
            self.marks_ahead = seen;
        }
    }

    /// To the end of the ms before, then event by event, up to the last rest that has no event after `event`. That it was
    /// the last shows one step later: the ms is then played once more, up to there.
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
        let before = self.tape.clone();
        let mut taken: u64 = 0;
        while steps < budget {
            steps = steps.saturating_add(1);
            if self.tape.newest_event() >= event && self.entry_is_due() && self.tape.is_settled() {
                return self.progress(true, steps, ms);
            }
            match self.step_once(ms, budget) {
                Stepped::Event(_) if self.tape.newest_event() > event => {
                    self.tape = before;
                    self.looked = None;
                    for _ in 0..taken {
                        self.step_once(ms, u64::MAX);
                    }
                    return self.progress(true, steps.saturating_add(taken), ms);
                }
                Stepped::Reached => return self.progress(true, steps, ms),
                Stepped::Event(_) | Stepped::Silent => taken = taken.saturating_add(1),
                Stepped::OutOfBudget => break,
            }
        }
        self.progress(false, steps, ms)
    }

    /// The last moment before event `id` at which a step ends.
    fn stop_before(&self, id: u64) -> Option<Target> {
        let before = id.checked_sub(1).filter(|before| *before > 0)?;
        let row = self.tape.engine.events(&EventFilter::default(), Some(EventId(id)), 1);
        let at_ms = row.first().map(|row| row.at_ms)?;
        Some(Target { ms: self.tape.since_start(at_ms), event: Some(before) })
    }
}
