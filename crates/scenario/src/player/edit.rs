//! Undo and redo: what a person did to the journals, each as something with an inverse.

use super::run::{Head, Run};
use super::seek::Target;
use super::tape::Tape;
use super::{Player, RunId, Undone};
use crate::document::{Bookmark, JournalEntry};
use log_engine::Command;

/// Edits that can be undone.
const MAX_EDITS: usize = 500;

/// One thing that was changed.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// In a run's journal at `index` the entries `removed` made place for the entries `inserted`.
    Splice {
        run: RunId,
        index: usize,
        removed: Vec<JournalEntry>,
        inserted: Vec<JournalEntry>,
        /// The latest moment reached before it.
        reached_ms: u64,
    },
    /// A fork came.
    Add(Box<Head>),
    /// A fork went.
    Remove(Box<Head>),
    /// Other moments have names.
    Bookmarks { before: Vec<Bookmark>, after: Vec<Bookmark> },
}

/// What one undo takes back.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    changes: Vec<Change>,
    /// The action that it is about.
    command: Option<Command>,
    /// The run that was shown before it, and the one after.
    shown: (RunId, RunId),
}

/// What can be undone and redone.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

impl History {
    /// How much there is to undo.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    fn record(&mut self, edit: Edit) {
        self.undone.clear();
        if self.done.len() >= MAX_EDITS {
            self.done.remove(0);
        }
        self.done.push(edit);
    }

    /// The last two edits become one.
    pub fn join_last_two(&mut self) {
        if let Some(last) = self.done.pop()
            && let Some(before) = self.done.last_mut()
        {
            before.changes.extend(last.changes);
            before.command = last.command.or(before.command.take());
            before.shown.1 = last.shown.1;
        }
    }

    /// There is nothing to do again.
    pub fn forget_undone(&mut self) {
        self.undone.clear();
    }
}

impl Change {
    /// The first moment that it can change.
    fn first_ms(&self) -> u64 {
        let first = |entries: &[JournalEntry]| entries.first().map_or(u64::MAX, |entry| entry.at);
        match self {
            Self::Splice { removed, inserted, .. } => first(removed).min(first(inserted)),
            Self::Add(head) | Self::Remove(head) => head.forked_at,
            // They change no moment.
            Self::Bookmarks { .. } => u64::MAX,
        }
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

    /// Takes the last edit back, and plays from before it up to the present moment again.
    pub fn undo(&mut self) -> Option<Undone> {
        let edit = self.history.done.pop()?;
        let (inverse, told) = self.revert(edit);
        self.history.undone.push(inverse);
        Some(told)
    }

    /// Makes the last edit that was taken back again, and plays from before it up to the present moment.
    pub fn redo(&mut self) -> Option<Undone> {
        let edit = self.history.undone.pop()?;
        let (inverse, told) = self.revert(edit);
        self.history.done.push(inverse);
        Some(told)
    }

    /// Makes a new edit.
    pub(super) fn edit(&mut self, changes: Vec<Change>, command: Option<Command>, shown: RunId) {
        let before = self.shown;
        for change in &changes {
            self.make(change.clone());
        }
        self.turn_to(shown);
        self.history.record(Edit { changes, command, shown: (before, shown) });
    }

    /// Makes the opposite of an edit; gives what makes the edit again.
    fn revert(&mut self, edit: Edit) -> (Edit, Undone) {
        let present = self.run().present();
        let first_ms = edit.changes.iter().map(Change::first_ms).min();
        let at_ms = first_ms.filter(|ms| *ms < u64::MAX).unwrap_or(present.ms());
        let told = Undone { at_ms, command: edit.command.clone() };
        let mut inverse = Vec::new();
        for change in edit.changes.into_iter().rev() {
            inverse.push(self.take_back(change));
        }
        let shown = (edit.shown.1, edit.shown.0);
        self.shown = if self.find(shown.1).is_some() { shown.1 } else { RunId(0) };
        self.beside = self.beside.filter(|beside| *beside != self.shown);
        self.settle_runs(present);
        (Edit { changes: inverse, command: edit.command, shown }, told)
    }

    /// Takes one change back; gives the one that was made by that.
    fn take_back(&mut self, change: Change) -> Change {
        let opposite = match change {
            Change::Splice { run, index, removed, inserted, reached_ms } => {
                let reached = self.find(run).map_or(0, |run| run.head.reached_ms);
                let opposite = Change::Splice {
                    run,
                    index,
                    removed: inserted,
                    inserted: removed,
                    reached_ms: reached,
                };
                self.make(opposite.clone());
                if let Some(run) = self.find_mut(run) {
                    run.head.reached_ms = run.head.reached_ms.max(reached_ms);
                }
                return opposite;
            }
            // As it is by now: how far it was played, its name.
            Change::Add(head) => {
                let now = self.find(head.id).map(|run| Box::new(run.head.clone()));
                Change::Remove(now.unwrap_or(head))
            }
            Change::Remove(head) => Change::Add(head),
            Change::Bookmarks { before, after } => {
                Change::Bookmarks { before: after, after: before }
            }
        };
        self.make(opposite.clone());
        opposite
    }

    fn make(&mut self, change: Change) {
        match change {
            Change::Splice { run, index, removed, inserted, .. } => {
                if let Some(run) = self.find_mut(run) {
                    run.splice(index, removed.len(), inserted);
                }
            }
            Change::Add(head) => self.add_run(*head),
            Change::Remove(head) => {
                self.runs.retain(|run| run.head.id != head.id);
                self.beside = self.beside.filter(|beside| *beside != head.id);
                self.share_budget();
            }
            Change::Bookmarks { after, .. } => self.facts.bookmarks = after,
        }
    }

    /// Adds a run, played as far as its parent has it in common with it. Where it stood among the others it stands again.
    fn add_run(&mut self, head: Head) {
        let parent = head.parent.and_then(|parent| self.find(parent)).or(self.runs.first());
        if let Some(parent) = parent {
            let run = parent.with_head(head);
            let at = self.runs.partition_point(|other| other.head.id < run.head.id);
            self.runs.insert(at, run);
            self.share_budget();
        }
    }

    /// Shows a run after an edit, at the present moment.
    fn turn_to(&mut self, id: RunId) {
        let present = self.run_or_first().present();
        self.shown = id;
        if self.beside == Some(id) {
            self.beside = None;
        }
        self.settle_runs(present);
    }

    /// Brings the runs that are seen to the present moment.
    fn settle_runs(&mut self, present: Target) {
        let (shown, beside) = (self.shown, self.beside);
        for run in &mut self.runs {
            let seen = run.head.id == shown || Some(run.head.id) == beside;
            if seen && run.target.is_none() && run.present().ms() != present.ms() {
                run.aim(present);
            }
        }
    }

    fn run_or_first(&self) -> &Run {
        self.run()
    }
}

impl Run {
    /// Changes the journal. If that changes the past, goes back before it and sets out for the present moment.
    fn splice(&mut self, index: usize, removed: usize, inserted: Vec<JournalEntry>) {
        let present = self.present();
        let journal = &mut self.head.journal;
        let from = index.min(journal.len());
        let to = from.saturating_add(removed).min(journal.len());
        let first = |entries: &[JournalEntry]| entries.first().map_or(u64::MAX, |entry| entry.at);
        let first_ms = first(&inserted).min(first(journal.get(from..to).unwrap_or_default()));
        journal.splice(from..to, inserted);
        self.refusals.truncate(index);
        self.marks_ahead.clear();
        let first = self.tape.time_of(first_ms);
        let untouched = |tape: &Tape| tape.next_entry <= index && tape.engine.now_ms() <= first;
        self.keyframes.keep_where(untouched);
        self.forget_recall();
        self.head.reached_ms = present.ms();
        if !untouched(&self.tape) {
            self.restore(|_| true);
            self.target = Some(Target::at(present.ms()));
        }
    }
}
