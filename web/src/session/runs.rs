//! Runs: forks of the document's run, which of them is shown, and which one stands beside it.

use super::{Core, Session};
use crate::browser;
use leptos::prelude::*;
use log_engine::Engine;
use scenario::{Comparison, DocumentError, ForkView, Parting, Player, RunId, Search};
use std::sync::Arc;

/// Engine steps that the search for the first difference may replay at first; each time they do not suffice, four times
/// as many, up to the most.
const PARTING_STEPS: u64 = 200_000;
const MOST_PARTING_STEPS: u64 = 12_800_000;
/// Comparing may take this share of the time, at most.
const REST: f64 = 12.0;

/// Two runs beside each other, A the older.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The one at the left.
    pub a: RunId,
    /// The one at the right.
    pub b: RunId,
    /// In what they differ now.
    pub now: Arc<Comparison>,
    /// Where they part; none where they have not yet.
    pub parting: Option<Arc<Parting>>,
}

/// What is known of two runs, and when they may be compared again, in real ms.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    due_ms: f64,
    /// Where they part: runs only grow longer, so that it stays there until the past is changed.
    parting: Option<Arc<Parting>>,
    budget: u64,
}

impl Looked {
    /// Time rests, or something was done: what is said of the runs has to be true now.
    pub(super) fn look_again(&mut self) {
        self.due_ms = self.due_ms.min(1.0);
    }
}

impl Default for Looked {
    fn default() -> Self {
        Self { due_ms: 0.0, parting: None, budget: PARTING_STEPS }
    }
}

impl Session {
    /// Forks the shown run at the present moment, and puts what it was forked from beside it. False where there are as many
    /// forks as there may be.
    pub fn fork_and_compare(self) -> bool {
        self.pause();
        let from = self.read_player(Player::shown);
        let forked = self.edit_runs(|player| {
            player.fork()?;
            player.set_beside(Some(from));
            Ok(())
        });
        if forked {
            let letter = self.letter_of(self.read_player(Player::shown));
            let words = "It has done the same so far. What you do now is done in it alone.";
            self.toast(&format!("Fork {letter} begins here."), words, true);
        }
        forked
    }

    /// Shows another run, at the present moment. What is done from here on is done in it.
    pub fn show_run(self, id: RunId) {
        if self.read_player(Player::shown) == id {
            return;
        }
        self.change(|core| core.player.show(id));
        self.settle_runs();
        self.say(&format!("Shown: run {}.", self.letter_of(id)));
    }

    /// Puts a run beside the shown one; none ends the comparison.
    pub fn put_beside(self, id: Option<RunId>) {
        self.change(|core| core.player.set_beside(id));
        self.settle_runs();
        let said = id.map_or_else(
            || "One run is shown.".to_owned(),
            |id| format!("Run {} stands beside it.", self.letter_of(id)),
        );
        self.say(&said);
    }

    /// Makes a run the only one.
    pub fn keep_run(self, id: RunId) {
        let letter = self.letter_of(id);
        let kept = self.edit_runs(|player| {
            player.set_beside(None);
            player.keep_only(id);
            Ok(())
        });
        if kept {
            self.toast(&format!("Only {letter} is kept."), "It is the only run now.", true);
        }
    }

    /// Takes a fork away.
    pub fn remove_run(self, id: RunId) {
        let letter = self.letter_of(id);
        let removed = self.edit_runs(|player| {
            player.remove_fork(id);
            Ok(())
        });
        if removed {
            self.toast(&format!("Fork {letter} is gone."), "", true);
        }
    }

    /// Gives a run a name; one that is too long is refused.
    pub fn rename_run(self, id: RunId, name: &str) {
        self.edit_runs(|player| player.rename_run(id, name.trim()));
    }

    fn edit_runs(self, edit: impl FnOnce(&mut Player) -> Result<(), DocumentError>) -> bool {
        if self.page.read_only.get_untracked() {
            return false;
        }
        let done = self.change(|core| edit(&mut core.player));
        if let Some(Err(error)) = &done {
            self.toast("Not done.", &error.to_string(), false);
            return false;
        }
        self.settle_runs();
        true
    }

    fn settle_runs(self) {
        self.change(|core| {
            core.write.compared.set(None);
            core.write.edits.update(|edits| *edits += 1);
        });
        self.settle_player();
    }

    fn letter_of(self, id: RunId) -> char {
        let runs = self.read_player(Player::runs);
        runs.iter().find(|run| run.id == id).map_or('A', |run| run.letter)
    }

    /// Reads a run's engine without tracking; none if the run is gone.
    pub fn read_run<T>(self, id: RunId, look: impl FnOnce(&Engine) -> Option<T>) -> Option<T> {
        self.read_player(|player| player.engine_of(id).and_then(look))
    }
}

impl Core {
    /// Brings what is said of runs up to date.
    pub(super) fn refresh_runs(&mut self) {
        let runs = self.player.runs();
        let pair = pair_of(&runs);
        if self.shown_runs != runs {
            self.write.runs.set(runs.clone());
            self.shown_runs = runs;
        }
        let Some((a, b)) = pair else {
            if self.looked.due_ms > 0.0 {
                self.looked = Looked::default();
                self.write.compared.set(None);
            }
            return;
        };
        let began_ms = browser::now_ms();
        if began_ms >= self.looked.due_ms && !self.player.is_replaying() {
            self.compare(a, b);
            let took_ms = browser::now_ms() - began_ms;
            self.looked.due_ms = began_ms + REST * took_ms;
        }
    }

    fn compare(&mut self, a: RunId, b: RunId) {
        let (player, looked) = (&self.player, &mut self.looked);
        let (Some(one), Some(other)) = (player.engine_of(a), player.engine_of(b)) else { return };
        let now = Arc::new(Comparison::of(one, other));
        if looked.parting.is_none() && looked.budget <= MOST_PARTING_STEPS {
            match player.parting(a, b, looked.budget) {
                Search::Parts(parting) => looked.parting = Some(Arc::new(*parting)),
                Search::OutOfBudget => looked.budget = looked.budget.saturating_mul(4),
                Search::Alike => {}
            }
        }
        let parting = looked.parting.clone();
        self.write.compared.set(Some(Compared { a, b, now, parting }));
    }
}

/// The shown run and the one beside it, the older first.
fn pair_of(runs: &[ForkView]) -> Option<(RunId, RunId)> {
    let mut pair = runs.iter().filter(|run| run.shown || run.beside).map(|run| run.id);
    Some((pair.next()?, pair.next()?))
}
