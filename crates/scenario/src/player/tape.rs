//! Where a play stands: the engine, and how much of the journal has acted. Given the journal it is a function of the
//! moment alone, so a copy of it goes the same way as the original.

use crate::document::JournalEntry;
use log_engine::{CommandError, Engine, EventId, TimestampMs};

/// The engine at one moment.
#[derive(Debug, Clone)]
pub(super) struct Tape {
    pub engine: Engine,
    /// Journal entries that have acted (or were refused, or are switched off): the first this many.
    pub next_entry: usize,
    /// Engine steps and entries from the start to here.
    pub work: u64,
}

impl Tape {
    /// The present moment, in ms since the start.
    pub fn elapsed_ms(&self) -> u64 {
        self.since_start(self.engine.now_ms())
    }

    pub fn since_start(&self, at_ms: TimestampMs) -> u64 {
        u64::try_from(at_ms.saturating_sub(self.engine.start_ms())).unwrap_or(0)
    }

    /// Virtual time of a moment since the start.
    pub fn time_of(&self, elapsed_ms: u64) -> TimestampMs {
        self.engine.start_ms().saturating_add_unsigned(elapsed_ms)
    }

    /// The number of the newest event.
    pub fn newest_event(&self) -> u64 {
        self.engine.newest_event().0
    }

    /// Whether all that is due by now has happened.
    pub fn is_settled(&self) -> bool {
        self.engine.next_deadline_ms().is_none_or(|at| at > self.engine.now_ms())
    }

    /// Whether an entry of the journal is due now.
    pub fn entry_is_due(&self, journal: &[JournalEntry]) -> bool {
        self.next_entry_ms(journal).is_some_and(|at| at <= self.elapsed_ms())
    }

    /// When the next entry is due.
    pub fn next_entry_ms(&self, journal: &[JournalEntry]) -> Option<u64> {
        journal.get(self.next_entry).map(|entry| entry.at)
    }

    /// Carries out the next entry, whose time has come. One that is switched off does nothing.
    pub fn play_entry(
        &mut self,
        journal: &[JournalEntry],
    ) -> Option<Result<EventId, CommandError>> {
        let entry = journal.get(self.next_entry)?;
        self.next_entry += 1;
        let outcome = if entry.off { None } else { Some(self.engine.apply(&entry.command)) };
        self.count_work();
        outcome
    }

    /// How far it is from the start, whatever the way it came.
    pub fn count_work(&mut self) {
        self.work = self.engine.steps().saturating_add(self.next_entry as u64);
    }

    /// Lets time pass up to `to_ms` and the journal act, in about `budget` engine steps. Whether it got there.
    pub fn play(&mut self, journal: &[JournalEntry], to_ms: u64, budget: &mut u64) -> bool {
        loop {
            let entry_ms = self.next_entry_ms(journal).filter(|at| *at <= to_ms);
            let stop = self.time_of(entry_ms.unwrap_or(to_ms));
            let advance = self.engine.advance_to(stop, *budget);
            self.count_work();
            *budget = budget.saturating_sub(advance.steps);
            match (advance.reached, entry_ms) {
                (false, _) => return false,
                (true, None) => return true,
                (true, Some(_)) => {
                    let _ = self.play_entry(journal);
                }
            }
        }
    }
}
