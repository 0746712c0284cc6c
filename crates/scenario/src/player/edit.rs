//! Undo and redo: each edit of the journal replaces one run of entries by another.

use super::seek::Target;
use super::{Player, Undone};
use crate::document::JournalEntry;
use log_engine::Command;

/// Edits that can be undone.
const MAX_EDITS: usize = 500;

/// One edit: at `index`, the entries `removed` made place for the entries `inserted`.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub index: usize,
    pub removed: Vec<JournalEntry>,
    pub inserted: Vec<JournalEntry>,
    /// The action that it is about.
    pub command: Command,
    /// The latest moment reached before it.
    pub reached_ms: u64,
}

/// What can be undone and redone.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

impl History {
    pub fn record(&mut self, edit: Edit) {
        self.undone.clear();
        if self.done.len() >= MAX_EDITS {
            self.done.remove(0);
        }
        self.done.push(edit);
    }
}

impl Edit {
    fn inverse(self, reached_ms: u64) -> Self {
        Self { removed: self.inserted, inserted: self.removed, reached_ms, ..self }
    }

    /// The first moment that this edit can change.
    fn first_ms(&self) -> u64 {
        let first = |entries: &[JournalEntry]| entries.first().map_or(u64::MAX, |entry| entry.at);
        first(&self.removed).min(first(&self.inserted))
    }

    fn told(&self) -> Undone {
        Undone { at_ms: self.first_ms(), command: self.command.clone() }
    }
}

impl Player {
    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.history.done.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.history.undone.is_empty()
    }

    /// Takes the last edit of the journal back, and plays from before it up to the present moment again.
    pub fn undo(&mut self) -> Option<Undone> {
        let edit = self.history.done.pop()?;
        let reached_ms = edit.reached_ms;
        let inverse = edit.inverse(self.reached_ms);
        let told = inverse.told();
        self.splice(&inverse);
        self.reached_ms = self.reached_ms.max(reached_ms);
        self.history.undone.push(inverse);
        Some(told)
    }

    /// Makes the last edit that was taken back again, and plays from before it up to the present moment.
    pub fn redo(&mut self) -> Option<Undone> {
        let edit = self.history.undone.pop()?;
        let reached_ms = edit.reached_ms;
        let again = edit.inverse(self.reached_ms);
        let told = again.told();
        self.splice(&again);
        self.reached_ms = self.reached_ms.max(reached_ms);
        self.history.done.push(again);
        Some(told)
    }

    /// Makes a new edit.
    pub(super) fn edit(&mut self, edit: Edit) {
        self.splice(&edit);
        self.history.record(edit);
    }

    /// Changes the journal. If that changes the past, goes back before it and sets out for the present moment.
    fn splice(&mut self, edit: &Edit) {
        let present = self.target.unwrap_or_else(|| Target::at(self.elapsed_ms()));
        let journal = &mut self.document.journal;
        let from = edit.index.min(journal.len());
        let to = from.saturating_add(edit.removed.len()).min(journal.len());
        journal.splice(from..to, edit.inserted.iter().cloned());
        self.refusals.truncate(edit.index);
        self.marks_ahead.clear();
        let first = self.time_of(edit.first_ms());
        let untouched =
            |next_entry: usize, now_ms: i64| next_entry <= edit.index && now_ms <= first;
        self.checkpoints
            .keep_where(|checkpoint| untouched(checkpoint.next_entry, checkpoint.engine.now_ms()));
        self.reached_ms = present.ms();
        if !untouched(self.next_entry, self.engine.now_ms()) {
            self.restore(|_| true);
            self.target = Some(Target::at(present.ms()));
        }
    }
}
