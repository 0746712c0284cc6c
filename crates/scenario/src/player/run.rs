//! One run: a journal, the play of it, and the copies on its way. Going forward.

use super::keyframes::Keyframes;
use super::recall::Recall;
use super::room::Room;
use super::seek::Target;
use super::tape::Tape;
use super::{Progress, RunId, SETTLE_STEPS};
use crate::document::JournalEntry;
use crate::limits::MAX_LOG_BYTES;
use log_engine::view::MarkView;
use log_engine::{CommandError, EventId};

/// Engine steps from one look at the memory to the next; one step appends at most one produce request.
const STEPS_BETWEEN_LOOKS: u64 = 500;
/// How far ahead a step looks for the next event: an hour.
const STEP_REACH_MS: u64 = 3_600_000;

/// What tells a run from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub id: RunId,
    pub name: String,
    /// The run it was forked from, and when; none for the first.
    pub parent: Option<RunId>,
    pub forked_at: u64,
    pub journal: Vec<JournalEntry>,
    /// The latest moment reached with this journal.
    pub reached_ms: u64,
}

/// A run being played.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub head: Head,
    pub tape: Tape,
    /// For each entry that has acted, why it had no effect, if it had none.
    pub refusals: Vec<Option<CommandError>>,
    /// The logs hold as much as they may.
    pub full: bool,
    /// What they held when that was looked at last, and the engine's growth then. None after a move to another moment.
    pub looked: Option<(u64, u64)>,
    pub room: Room,
    pub keyframes: Keyframes,
    pub target: Option<Target>,
    /// Marks seen from the furthest moment.
    pub marks_ahead: Vec<MarkView>,
    pub recall: Recall,
}

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

impl Run {
    pub fn new(head: Head, tape: Tape, target: Option<Target>) -> Self {
        Self {
            keyframes: Keyframes::from_start(&tape),
            head,
            tape,
            refusals: Vec::new(),
            full: false,
            looked: None,
            room: Room::default(),
            target,
            marks_ahead: Vec::new(),
            recall: Recall::default(),
        }
    }

    /// A run with another journal; it shares the moments before the first entry in which they differ.
    pub fn with_head(&self, head: Head) -> Self {
        let pairs = self.head.journal.iter().zip(&head.journal);
        let common = pairs.take_while(|(ours, theirs)| ours == theirs).count();
        let first =
            |journal: &[JournalEntry]| journal.get(common).map_or(u64::MAX, |entry| entry.at);
        let parts_at = self.tape.time_of(first(&self.head.journal).min(first(&head.journal)));
        let untouched = |tape: &Tape| tape.next_entry <= common && tape.engine.now_ms() <= parts_at;
        let mut run = Self {
            head,
            tape: self.tape.clone(),
            refusals: self.refusals.get(..common).unwrap_or(&self.refusals).to_vec(),
            full: self.full,
            looked: None,
            room: Room::default(),
            keyframes: self.keyframes.shared(untouched),
            target: None,
            marks_ahead: Vec::new(),
            recall: Recall::default(),
        };
        if !untouched(&run.tape) {
            run.restore(|_| true);
        }
        run
    }

    /// The present moment, in ms since the start.
    pub fn elapsed_ms(&self) -> u64 {
        self.tape.elapsed_ms()
    }

    /// The latest moment known: the furthest reached, or the last entry of the journal.
    pub fn horizon_ms(&self) -> u64 {
        let last_entry = self.head.journal.last().map_or(0, |entry| entry.at);
        self.head.reached_ms.max(self.elapsed_ms()).max(last_entry)
    }

    /// Lets time pass up to `to_ms` since the start, in at most about `budget` engine steps.
    pub fn advance_to(&mut self, to_ms: u64, budget: u64) -> Progress {
        let progress = self.run(to_ms, budget);
        if progress.reached && self.target.is_some_and(|target| target.ms() <= self.elapsed_ms()) {
            self.target = None;
        }
        progress
    }

    /// Lets time pass until something is written to the event log, within the next hour.
    pub fn step(&mut self, budget: u64) -> Option<EventId> {
        let ahead = self.head.journal.len() > self.tape.next_entry;
        if !ahead && self.tape.engine.next_deadline_ms().is_none() {
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
    pub fn step_once(&mut self, to_ms: u64, budget: u64) -> Stepped {
        if self.full {
            return Stepped::OutOfBudget;
        }
        if self.entry_is_due() && self.tape.is_settled() {
            return self.play_entry().map_or(Stepped::Silent, Stepped::Event);
        }
        let entry_ms = self.tape.next_entry_ms(&self.head.journal).filter(|at| *at <= to_ms);
        let stop_ms = entry_ms.unwrap_or(to_ms);
        if let Some(event) = self.tape.engine.step(self.tape.time_of(stop_ms), budget) {
            self.note_progress();
            return Stepped::Event(event);
        }
        self.note_progress();
        if self.elapsed_ms() < stop_ms || !self.tape.is_settled() {
            return Stepped::OutOfBudget;
        }
        if entry_ms.is_some() { Stepped::Silent } else { Stepped::Reached }
    }

    pub fn run(&mut self, to_ms: u64, budget: u64) -> Progress {
        let mut steps: u64 = 0;
        let reached = loop {
            let entry_ms = self.tape.next_entry_ms(&self.head.journal).filter(|at| *at <= to_ms);
            let stop_ms = entry_ms.unwrap_or(to_ms);
            if self.full {
                break false;
            }
            let slice = budget.saturating_sub(steps).min(STEPS_BETWEEN_LOOKS);
            let advance = self.tape.engine.advance_to(self.tape.time_of(stop_ms), slice);
            steps = steps.saturating_add(advance.steps);
            self.note_progress();
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

    pub fn progress(&self, reached: bool, steps: u64, to_ms: u64) -> Progress {
        Progress { reached, full: self.full, steps, at_ms: self.elapsed_ms(), to_ms }
    }

    /// Finishes the present millisecond. False if it does not come to rest.
    pub fn settle(&mut self) -> bool {
        let advance = self.tape.engine.advance_to(self.tape.engine.now_ms(), SETTLE_STEPS);
        self.note_progress();
        advance.reached
    }

    /// Whether an entry of the journal is due now.
    pub fn entry_is_due(&self) -> bool {
        self.tape.entry_is_due(&self.head.journal)
    }

    /// Carries out the next entry of the journal. A refused one has no effect.
    fn play_entry(&mut self) -> Option<EventId> {
        let index = self.tape.next_entry;
        let outcome = self.tape.play_entry(&self.head.journal);
        let refusal = outcome.as_ref().and_then(|outcome| outcome.as_ref().err().cloned());
        // Those of later entries stay: they are the same whenever these are played.
        match self.refusals.get_mut(index) {
            Some(known) => *known = refusal,
            None => self.refusals.push(refusal),
        }
        outcome?.ok()
    }

    /// Why an entry had no effect; none if it had one, or its time has not come.
    pub fn no_effect(&self, index: usize) -> Option<&CommandError> {
        let played = index < self.tape.next_entry;
        self.refusals.get(index).and_then(Option::as_ref).filter(|_| played)
    }

    /// Looks whether the logs hold as much as they may.
    pub fn look_at_memory(&mut self) {
        let growth = self.tape.engine.growth_bytes();
        let most = self.looked.and_then(|(held, then)| held.checked_add(growth.checked_sub(then)?));
        if most.is_some_and(|most| most < MAX_LOG_BYTES) {
            self.full = false;
            return;
        }
        let held = self.tape.engine.held_bytes();
        self.looked = Some((held, growth));
        self.full = held >= MAX_LOG_BYTES;
    }

    /// Keeps count of the work done, and takes a copy of the play when enough of it has been.
    fn note_progress(&mut self) {
        self.tape.count_work();
        self.head.reached_ms = self.head.reached_ms.max(self.elapsed_ms());
        self.look_at_memory();
        self.room.keep();
        self.keyframes.take_if_due(&self.tape);
    }
}
