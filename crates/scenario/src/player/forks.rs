//! Runs beside the first: forks, which of them is shown, and which one beside it.

use super::edit::Change;
use super::keyframes::BUDGET_BYTES;
use super::run::{Head, Run};
use super::{ForkView, Player, RunId};
use crate::document::{Fork, JournalEntry};
use crate::error::DocumentError;
use crate::limits::{MAX_FORKS, MAX_NAME_BYTES};

impl Player {
    /// All runs, the first one first.
    pub fn runs(&self) -> Vec<ForkView> {
        let view = |(index, run): (usize, &Run)| {
            let parent = run.head.parent.and_then(|parent| self.find(parent));
            ForkView {
                id: run.head.id,
                letter: letter(index),
                name: run.head.name.clone(),
                parent: run.head.parent,
                forked_at: run.head.forked_at,
                changes: parent
                    .map_or(0, |parent| changes(&parent.head.journal, &run.head.journal)),
                actions: run.head.journal.len(),
                shown: run.head.id == self.shown,
                beside: Some(run.head.id) == self.beside,
            }
        };
        self.runs.iter().enumerate().map(view).collect()
    }

    /// The run that is shown.
    pub fn shown(&self) -> RunId {
        self.shown
    }

    /// The run it is compared with.
    pub fn beside(&self) -> Option<RunId> {
        self.beside
    }

    /// Shows another run at the present moment: call [`Player::catch_up`] until it is there. False if there is none.
    pub fn show(&mut self, id: RunId) -> bool {
        let target = self.run().present();
        let Some(run) = self.find_mut(id) else { return false };
        if run.present() != target {
            run.aim(target);
        }
        let before = std::mem::replace(&mut self.shown, id);
        if self.beside == Some(id) {
            self.beside = Some(before).filter(|before| *before != id);
        }
        true
    }

    /// Puts a run beside the shown one, at the same moment; none ends the comparison. False if there is no such run.
    pub fn set_beside(&mut self, id: Option<RunId>) -> bool {
        if id.is_some_and(|id| id == self.shown || self.find(id).is_none()) {
            return false;
        }
        self.beside = id;
        let target = self.run().present();
        if let Some(run) = id.and_then(|id| self.find_mut(id))
            && run.present() != target
        {
            run.aim(target);
        }
        true
    }

    /// Forks the shown run here: another one with the same actions, which is shown from now on.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub fn fork(&mut self) -> Result<RunId, DocumentError> {
        self.check_forks()?;
        let head = self.new_head(self.elapsed_ms());
        let id = head.id;
        self.edit(vec![Change::Add(Box::new(head))], None, id);
        Ok(id)
    }

    /// Takes a run away; its own forks keep all they have. The first one stays. False if there is no such fork.
    pub fn remove_fork(&mut self, id: RunId) -> bool {
        let Some(run) = self.find(id).filter(|run| run.head.parent.is_some()) else { return false };
        let head = run.head.clone();
        let shown = if self.shown == id {
            self.beside.or(head.parent).filter(|id| self.find(*id).is_some()).unwrap_or(RunId(0))
        } else {
            self.shown
        };
        self.edit(vec![Change::Remove(Box::new(head))], None, shown);
        true
    }

    /// Makes one run the only one.
    pub fn keep_only(&mut self, id: RunId) -> bool {
        let Some(kept) = self.find(id) else { return false };
        let (journal, reached_ms) = (kept.head.journal.clone(), kept.head.reached_ms);
        let Some(first) = self.runs.first() else { return false };
        let mut changes = Vec::new();
        if first.head.id != id {
            changes.push(Change::Splice {
                run: first.head.id,
                index: 0,
                removed: first.head.journal.clone(),
                inserted: journal,
                reached_ms,
            });
        }
        let forks = self.runs.iter().skip(1).rev();
        changes.extend(forks.map(|run| Change::Remove(Box::new(run.head.clone()))));
        let first = first.head.id;
        if !changes.is_empty() {
            self.edit(changes, None, first);
        }
        true
    }

    /// Gives a run another name.
    ///
    /// # Errors
    /// When it is too long; it stays as it was.
    pub fn rename_run(&mut self, id: RunId, name: &str) -> Result<(), DocumentError> {
        if name.len() > MAX_NAME_BYTES {
            let reason = format!("at most {MAX_NAME_BYTES} bytes are allowed.");
            return Err(DocumentError::invalid("forks.name", reason));
        }
        if let Some(run) = self.find_mut(id) {
            name.clone_into(&mut run.head.name);
        }
        Ok(())
    }

    /// Makes an edit of the journal in a fork, where the first run is shown and has been played: that one stays as it
    /// is. One undo takes both back. Where the edit comes to nothing there is no fork either.
    ///
    /// # Errors
    /// When there are as many forks as there may be.
    pub fn in_fork<T>(&mut self, edit: impl FnOnce(&mut Self) -> T) -> Result<T, DocumentError> {
        if self.run().head.parent.is_some() || self.run().head.reached_ms == 0 {
            return Ok(edit(self));
        }
        let before = self.history.len();
        let first = self.shown;
        let fork = self.fork()?;
        let told = edit(self);
        if self.history.len() > before + 1 {
            self.history.join_last_two();
        } else {
            self.undo();
            self.history.forget_undone();
            self.shown = first;
            debug_assert!(self.find(fork).is_none());
        }
        Ok(told)
    }

    /// As a document keeps them.
    pub(super) fn forks(&self) -> Vec<Fork> {
        let fork = |run: &Run| {
            let parent = run.head.parent.and_then(|parent| self.find(parent)).or(self.runs.first());
            let theirs = parent.map_or(&[][..], |parent| &parent.head.journal);
            let pairs = theirs.iter().zip(&run.head.journal);
            let keeps = pairs.take_while(|(theirs, ours)| theirs == ours).count();
            Fork {
                name: run.head.name.clone(),
                parent: parent.and_then(|parent| self.index_of(parent.head.id)).unwrap_or(0),
                at: run.head.forked_at,
                keeps,
                journal: run.head.journal.get(keeps..).unwrap_or_default().to_vec(),
            }
        };
        self.runs.iter().skip(1).map(fork).collect()
    }

    /// Runs out of what a document keeps, beside the first.
    pub(super) fn add_forks(&mut self, forks: Vec<Fork>) {
        for fork in forks {
            let Some(parent) = usize::try_from(fork.parent).ok().and_then(|at| self.runs.get(at))
            else {
                continue;
            };
            let mut journal: Vec<JournalEntry> =
                parent.head.journal.iter().take(fork.keeps).cloned().collect();
            journal.extend(fork.journal);
            let head = Head {
                id: RunId(self.next_run),
                name: fork.name,
                parent: Some(parent.head.id),
                forked_at: fork.at,
                journal,
                reached_ms: 0,
            };
            self.next_run = self.next_run.saturating_add(1);
            let run = parent.with_head(head);
            self.runs.push(run);
        }
        self.share_budget();
    }

    /// A new run with the shown one's journal.
    pub(super) fn new_head(&mut self, forked_at: u64) -> Head {
        let shown = &self.run().head;
        let head = Head {
            id: RunId(self.next_run),
            name: String::new(),
            parent: Some(shown.id),
            forked_at,
            journal: shown.journal.clone(),
            reached_ms: forked_at,
        };
        self.next_run = self.next_run.saturating_add(1);
        head
    }

    pub(super) fn check_forks(&self) -> Result<(), DocumentError> {
        if self.runs.len() > MAX_FORKS {
            let reason = format!("{MAX_FORKS} forks are the most there can be. Remove one.");
            return Err(DocumentError::invalid("forks", reason));
        }
        Ok(())
    }

    /// All runs together hold no more copies than one would.
    pub(super) fn share_budget(&mut self) {
        let each = BUDGET_BYTES / (self.runs.len() as u64).max(1);
        for run in &mut self.runs {
            run.keyframes.set_budget(each, &run.tape);
        }
    }

    pub(super) fn find(&self, id: RunId) -> Option<&Run> {
        self.runs.iter().find(|run| run.head.id == id)
    }

    pub(super) fn find_mut(&mut self, id: RunId) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.head.id == id)
    }

    pub(super) fn index_of(&self, id: RunId) -> Option<u32> {
        let at = self.runs.iter().position(|run| run.head.id == id)?;
        u32::try_from(at).ok()
    }
}

/// A, B, C ... as the page names them.
fn letter(index: usize) -> char {
    let letter = u8::try_from(index % 26).unwrap_or(0);
    char::from(b'A' + letter)
}

/// How many entries two journals do not have in common.
fn changes(one: &[JournalEntry], other: &[JournalEntry]) -> usize {
    // Both are in order of time: entries of one that the other has not.
    let missing = |from: &[JournalEntry], of: &[JournalEntry]| {
        let mut left = of.iter();
        from.iter()
            .filter(|entry| {
                let mut ahead = left.clone();
                if ahead.any(|theirs| theirs == *entry) {
                    left = ahead;
                    return false;
                }
                true
            })
            .count()
    };
    missing(one, other).max(missing(other, one))
}
