//! Runs beside the first: making one, showing one, putting two side by side.

use super::views::Maybe;
use super::{Core, Lens, Session, Side};
use crate::ui::text;
use leptos::prelude::*;
use scenario::{DocumentError, ForkView, Player, RunId};

impl Session {
    /// The run that this handle reads.
    pub fn run(self) -> RunId {
        self.core.with_value(|core| core.run_of(self.lens))
    }

    /// The two runs that are compared, the earlier one first; none while only one is on the page.
    pub fn compared(self) -> Option<[ForkView; 2]> {
        self.runs.with(|runs| {
            let mut seen = runs.iter().filter(|run| run.shown || run.beside);
            Some([seen.next()?.clone(), seen.next()?.clone()])
        })
    }

    /// The run that this handle reads, in short.
    pub fn run_view(self) -> Option<ForkView> {
        let compared = self.compared();
        match (self.lens, compared) {
            (Lens::Half(Side::Left), Some([left, _])) => Some(left),
            (Lens::Half(Side::Right), Some([_, right])) => Some(right),
            _ => self.runs.with(|runs| runs.iter().find(|run| run.shown).cloned()),
        }
    }

    /// Whether this handle reads the run that is shown, which actions go to.
    pub fn acts_here(self) -> bool {
        self.run_view().is_some_and(|run| run.shown)
    }

    /// Lets actions go to the run that this handle reads.
    pub fn act_here(self) {
        if self.lens != Lens::Shown {
            self.show_run(self.run());
        }
    }

    /// Shows another run at the present moment. One that stood beside it changes places with it.
    pub fn show_run(self, id: RunId) {
        if self.read_player(Player::shown) == id {
            return;
        }
        if self.change(|core| core.player.show(id)) == Some(true) {
            self.runs_changed();
            if let Some(run) =
                self.runs.with_untracked(|runs| runs.iter().find(|r| r.shown).cloned())
            {
                self.say(&format!("Run {}: actions go here", run.letter));
            }
        }
    }

    /// Puts a run beside the shown one; none ends the comparison.
    pub fn compare_with(self, id: Option<RunId>) {
        if self.change(|core| core.player.set_beside(id)) == Some(true) {
            if id.is_some() {
                self.page.drawer_open.set(false);
            }
            self.runs_changed();
        }
    }

    /// Begins a fork here and puts the run that it comes from beside it: what is done from now on is done in the fork.
    pub fn fork_here(self) {
        if self.page.read_only.get_untracked() {
            return;
        }
        let from = self.read_player(Player::shown);
        match self.change(|core| core.player.fork().map(|_| core.player.set_beside(Some(from)))) {
            Some(Ok(_)) => {
                self.page.drawer_open.set(false);
                self.runs_changed();
                let at = text::clock(self.elapsed_ms.get_untracked());
                let runs = self.runs.get_untracked();
                let letter =
                    |id: fn(&&ForkView) -> bool| runs.iter().find(id).map(|run| run.letter);
                let (fork, from) = (letter(|run| run.shown), letter(|run| run.beside));
                let (fork, from) = (fork.unwrap_or('B'), from.unwrap_or('A'));
                let detail = format!("What you do goes to {fork}; {from} is left as it is.");
                self.toast(&format!("Forked at {at}."), &detail, true);
            }
            Some(Err(error)) => self.not_done(&error),
            None => {}
        }
    }

    /// Makes a run the only one; Undo brings the others back.
    pub fn keep_run(self, id: RunId) {
        self.end_runs(id, "is kept.", "The other runs are gone.", Player::keep_only);
    }

    /// Takes a fork away; Undo brings it back.
    pub fn remove_run(self, id: RunId) {
        self.end_runs(id, "is removed.", "", Player::remove_fork);
    }

    fn end_runs(self, id: RunId, word: &str, detail: &str, end: fn(&mut Player, RunId) -> bool) {
        if self.page.read_only.get_untracked() {
            return;
        }
        let letter = self.runs.with_untracked(|runs| {
            runs.iter().find(|run| run.id == id).map_or('A', |run| run.letter)
        });
        if self.change(|core| end(&mut core.player, id)) == Some(true) {
            self.runs_changed();
            self.toast(&format!("Run {letter} {word}"), detail, true);
        }
    }

    /// Gives a run another name; one that is too long is refused.
    pub fn rename_run(self, id: RunId, name: &str) {
        if self.page.read_only.get_untracked() {
            return;
        }
        match self.change(|core| core.player.rename_run(id, name.trim())) {
            Some(Ok(())) => self.runs_changed(),
            Some(Err(error)) => self.not_done(&error),
            None => {}
        }
    }

    fn not_done(self, error: &DocumentError) {
        self.toast("Not done.", &error.to_string(), false);
        self.page.alert.set(error.to_string());
    }

    /// The document changed in its runs: brings the page up to date.
    fn runs_changed(self) {
        self.change(|core| core.write.edits.update(|edits| *edits += 1));
        self.settle_player();
    }
}

impl Core {
    /// What is told of the runs. How many actions a fork differs in is counted again only once something was changed:
    /// journals may be long.
    pub(super) fn refresh_runs(&mut self, edits: u64) {
        let seen = (edits, self.player.shown(), self.player.beside());
        if self.runs_of.replace(seen) != Some(seen) {
            self.write.runs.maybe(self.player.runs());
        }
    }
}
