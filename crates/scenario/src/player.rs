//! Plays a document: the only place where its journals meet the engine.
//!
//! A player has one run, and may have forks of it: runs with another journal. All are on one clock, and one is shown. A
//! run stands at one moment of its play. Time passes by [`Player::advance_to`] and [`Player::step`]; another moment is
//! reached by going to a keyframe (a cheap clone of the engine) and playing on from there. Work is done in slices: each
//! call takes a budget of engine steps and says how far it got, and the same call again goes on.
//!
//! The keyframes of all runs together stay within a budget of bytes. They serve undo, seeking, steps back, forks and the
//! comparison of two runs alike.
//!
//! **One order.** A command acts after all that is due at its millisecond, commands of one millisecond in the
//! journal's order, each after all that is due at that millisecond once the one before it has acted. So the
//! sequence of states is a function of the document alone, however it is sliced, stepped or sought through.

mod edit;
mod entries;
mod forks;
mod journal;
mod keyframes;
mod parting;
mod recall;
mod room;
mod run;
mod seek;
mod tape;
mod told;

use crate::document::{Bookmark, Document, JournalEntry, ViewHints};
use crate::error::DocumentError;
use crate::limits::MAX_JOURNAL_ENTRIES;
use edit::{Change, History};
use log_engine::{CommandError, Engine, EventId};
pub use parting::{Parting, Search};
use run::{Head, Run};
use seek::Target;
use tape::Tape;
pub use told::{Applied, ForkView, Keeping, Mark, PlayError, Progress, RunId, Undone};

/// Steps in which the start, or one millisecond, has to come to rest.
const SETTLE_STEPS: u64 = 50_000_000;

/// A document being played.
#[derive(Debug, Clone)]
pub struct Player {
    /// What is the same for all runs: the document without journals, forks and playhead.
    facts: Document,
    /// The runs in order of their ids; the first is always there.
    runs: Vec<Run>,
    shown: RunId,
    beside: Option<RunId>,
    next_run: u32,
    history: History,
    /// Most entries of a journal.
    most_entries: usize,
}

impl Player {
    /// Builds the cluster and its setup. The player stands at the start; if the document opens later, it has yet to
    /// get there: call [`Player::catch_up`] until it is reached.
    ///
    /// # Errors
    /// When the document is beyond a bound, or its cluster or setup is refused.
    pub fn new(document: Document) -> Result<Self, PlayError> {
        document.check()?;
        Self::of(document)
    }

    /// The same for a document of our own, whatever its size.
    pub(crate) fn unbounded(document: Document) -> Result<Self, PlayError> {
        Ok(Self { most_entries: usize::MAX, ..Self::of(document)? })
    }

    fn of(mut document: Document) -> Result<Self, PlayError> {
        let tape = start(&document)?;
        let target = Target::of(&document);
        let head = Head {
            id: RunId::FIRST,
            name: std::mem::take(&mut document.original),
            parent: None,
            forked_at: 0,
            journal: std::mem::take(&mut document.journal),
            reached_ms: 0,
        };
        let forks = std::mem::take(&mut document.forks);
        let (shown, beside) = (document.run, document.compare);
        let mut player = Self {
            facts: Document { at: None, at_event: None, run: 0, compare: None, ..document },
            runs: vec![Run::new(head, tape, None)],
            shown: RunId::FIRST,
            beside: None,
            next_run: 1,
            history: History::default(),
            most_entries: MAX_JOURNAL_ENTRIES,
        };
        player.add_forks(forks);
        let id = |at: u32| player.runs.get(usize::try_from(at).ok()?).map(|run| run.head.id);
        let (shown, beside) = (id(shown).unwrap_or(RunId::FIRST), beside.and_then(id));
        player.shown = shown;
        player.beside = beside.filter(|beside| *beside != shown);
        for run in &mut player.runs {
            if run.head.id == shown || Some(run.head.id) == player.beside {
                run.target = target;
            }
        }
        // A document that opens at its start is there already.
        player.catch_up(0);
        Ok(player)
    }

    /// What is the same for all runs: the document without journals, forks and playhead.
    pub fn facts(&self) -> &Document {
        &self.facts
    }

    /// The whole document with its journals as they are now, and without a playhead.
    pub fn document(&self) -> Document {
        let first = self.runs.first().map(|run| &run.head);
        Document {
            original: first.map_or_else(String::new, |head| head.name.clone()),
            journal: first.map_or_else(Vec::new, |head| head.journal.clone()),
            forks: self.forks(),
            run: self.index_of(self.shown).unwrap_or(0),
            compare: self.beside.and_then(|beside| self.index_of(beside)),
            ..self.facts.clone()
        }
    }

    /// The document with the present moment in it: opened again, it comes back exactly as it is now.
    pub fn save_state(&self) -> Document {
        let run = self.run();
        let here = run.target.unwrap_or_else(|| run.here());
        let (at, at_event) = here.saved();
        Document { at, at_event, ..self.document() }
    }

    /// The journal of the shown run.
    pub fn journal(&self) -> &[JournalEntry] {
        &self.run().head.journal
    }

    /// The cluster of the shown run as it is now, for views.
    pub fn engine(&self) -> &Engine {
        &self.run().tape.engine
    }

    /// The cluster of any run.
    pub fn engine_of(&self, id: RunId) -> Option<&Engine> {
        self.find(id).map(|run| &run.tape.engine)
    }

    /// The present moment, in ms since the start.
    pub fn elapsed_ms(&self) -> u64 {
        self.run().elapsed_ms()
    }

    /// The moment that the run beside the shown one has reached too: where both stand, unless one is late.
    pub fn elapsed_together_ms(&self) -> u64 {
        let beside = self.beside.and_then(|id| self.find(id)).map(Run::elapsed_ms);
        self.elapsed_ms().min(beside.unwrap_or(u64::MAX))
    }

    /// The latest moment known: the furthest reached, or the last entry of the journal.
    pub fn horizon_ms(&self) -> u64 {
        let beside = self.beside.and_then(|id| self.find(id)).map_or(0, Run::horizon_ms);
        self.run().horizon_ms().max(beside)
    }

    /// Lets time pass up to `to_ms` since the start, in at most about `budget` engine steps. Journal entries act
    /// when their time comes. A moment that is not ahead is reached at once.
    pub fn advance_to(&mut self, to_ms: u64, budget: u64) -> Progress {
        self.both(budget, |run, budget| run.advance_to(to_ms, budget))
    }

    /// Lets time pass until something is written to the event log, within the next hour; none if nothing will, or
    /// if `budget` ran out first. A run beside the shown one comes along.
    pub fn step(&mut self, budget: u64) -> Option<EventId> {
        let found = self.run_mut().step(budget);
        let to_ms = self.elapsed_ms();
        if let Some(run) = self.run_beside() {
            run.advance_to(to_ms, budget);
        }
        found
    }

    /// Goes to a moment, forward or back, in slices of about `budget` engine steps: call it again with the same
    /// moment until it is reached. Until then [`Player::is_replaying`] holds and actions are refused.
    pub fn seek(&mut self, elapsed_ms: u64, budget: u64) -> Progress {
        self.aim(Target::at(elapsed_ms));
        self.catch_up(budget)
    }

    /// Comes as near to a moment as about `budget` engine steps allow, from the nearest copy before it; the same call
    /// again goes on, another moment takes its place. For looking while one drags: [`Player::seek`] then goes there and
    /// leaves copies for steps back.
    pub fn scrub(&mut self, elapsed_ms: u64, budget: u64) -> Progress {
        self.aim(Target::at(elapsed_ms));
        self.both(budget, |run, budget| {
            run.target = None;
            run.advance_to(elapsed_ms, budget)
        })
    }

    /// Goes on towards where the player is going: after opening, seeking, undo, redo and a step back.
    pub fn catch_up(&mut self, budget: u64) -> Progress {
        self.both(budget, Run::catch_up)
    }

    /// Goes back to right before the newest event, in slices: goes on by [`Player::catch_up`]. False if nothing has
    /// happened yet.
    pub fn step_back(&mut self) -> bool {
        let target = self.run().before_newest();
        if let Some(target) = target {
            self.run_mut().aim(target);
            if let Some(run) = self.run_beside() {
                run.aim(Target::at(target.ms()));
            }
        }
        target.is_some()
    }

    /// Whether the player is on its way to a moment.
    pub fn is_replaying(&self) -> bool {
        let beside = self.beside.and_then(|id| self.find(id));
        self.run().target.is_some() || beside.is_some_and(|run| run.target.is_some())
    }

    /// Stays where it is instead of going on.
    pub fn stop_here(&mut self) {
        self.run_mut().target = None;
        let present = self.run().present();
        if let Some(run) = self.run_beside()
            && (run.target.is_some() || run.present().ms() != present.ms())
        {
            run.aim(Target::at(present.ms()));
        }
    }

    /// Brings back events that the shown run does not have any more since it went back, in slices. Whether all are there;
    /// until then the event log is only shorter.
    pub fn recall_events(&mut self, budget: u64) -> bool {
        self.run_mut().recall_events(budget)
    }

    /// How far the shown run has been played.
    pub fn reached_ms(&self) -> u64 {
        self.run().head.reached_ms
    }

    /// Notes that the shown run was played so far before it was opened: an action at an earlier moment begins a fork.
    pub fn note_reached(&mut self, elapsed_ms: u64) {
        let head = &mut self.run_mut().head;
        head.reached_ms = head.reached_ms.max(elapsed_ms.min(crate::limits::MAX_AT_MS));
    }

    /// What the keyframes take.
    pub fn keeping(&self) -> Keeping {
        let runs = self.runs.iter();
        Keeping {
            frames: runs.clone().map(|run| run.keyframes.len()).sum(),
            bytes: runs.map(|run| run.keyframes.bytes()).sum(),
            budget: keyframes::BUDGET_BYTES,
        }
    }

    /// Notable moments in order of time: those up to now, then those seen further on.
    pub fn marks(&self) -> Vec<Mark> {
        self.marks_of(self.shown)
    }

    /// The same of any run; none where there is no such run.
    pub fn marks_of(&self, id: RunId) -> Vec<Mark> {
        let Some(run) = self.find(id) else { return Vec::new() };
        let newest = run.tape.newest_event();
        let here = run.tape.engine.marks();
        let ahead = run.marks_ahead.iter().filter(|mark| mark.event.0 > newest);
        here.iter()
            .map(|mark| (mark, false))
            .chain(ahead.map(|mark| (mark, true)))
            .map(|(mark, ahead)| Mark {
                at_ms: run.tape.since_start(mark.at_ms),
                mark: mark.clone(),
                ahead,
            })
            .collect()
    }

    /// Why an entry of the shown run's journal had no effect; none if it had one, or its time has not come.
    pub fn no_effect(&self, index: usize) -> Option<&CommandError> {
        self.run().no_effect(index)
    }

    /// How many entries of the shown run's journal have acted.
    pub fn entries_played(&self) -> usize {
        self.run().tape.next_entry
    }

    /// Renames the document.
    ///
    /// # Errors
    /// When the title is too long; it stays as it was.
    pub fn set_title(&mut self, title: &str) -> Result<(), DocumentError> {
        self.change(|document| document.title = title.to_owned())
    }

    /// Notes how the page shows it.
    ///
    /// # Errors
    /// When a hint is beyond its bound; the hints stay as they were.
    pub fn set_view(&mut self, view: Option<ViewHints>) -> Result<(), DocumentError> {
        self.change(|document| document.view = view)
    }

    /// Replaces the named moments; they are put in order of time. It can be undone.
    ///
    /// # Errors
    /// When there are too many or one is beyond its bound; they stay as they were.
    pub fn set_bookmarks(&mut self, mut bookmarks: Vec<Bookmark>) -> Result<(), DocumentError> {
        sorted::sort_by_key(&mut bookmarks, |bookmark| bookmark.at);
        let before = self.facts.bookmarks.clone();
        self.change(|document| document.bookmarks.clone_from(&bookmarks))?;
        if before != bookmarks {
            let change = Change::Bookmarks { before, after: bookmarks };
            self.edit(vec![change], None, self.shown);
        }
        Ok(())
    }

    /// Changes what does not bear on the play.
    fn change(&mut self, change: impl FnOnce(&mut Document)) -> Result<(), DocumentError> {
        let mut changed = Document { setup: Vec::new(), ..self.facts.clone() };
        change(&mut changed);
        changed.check()?;
        self.facts = Document { setup: std::mem::take(&mut self.facts.setup), ..changed };
        Ok(())
    }

    /// The shown run.
    fn run(&self) -> &Run {
        // The first run is never taken away.
        #[allow(clippy::indexing_slicing)]
        self.find(self.shown).unwrap_or(&self.runs[0])
    }

    fn run_mut(&mut self) -> &mut Run {
        let at = self.runs.iter().position(|run| run.head.id == self.shown).unwrap_or(0);
        #[allow(clippy::indexing_slicing)]
        &mut self.runs[at]
    }

    fn run_beside(&mut self) -> Option<&mut Run> {
        self.beside.and_then(|id| self.find_mut(id))
    }

    fn aim(&mut self, target: Target) {
        self.run_mut().aim(target);
        if let Some(run) = self.run_beside() {
            run.aim(target);
        }
    }

    /// Works on the shown run, and in the second half of the budget on the one beside it.
    fn both(&mut self, budget: u64, mut work: impl FnMut(&mut Run, u64) -> Progress) -> Progress {
        if self.beside.is_none() {
            return work(self.run_mut(), budget);
        }
        let shown = work(self.run_mut(), budget.div_ceil(2));
        let left = budget.saturating_sub(shown.steps);
        let beside = self.run_beside().map(|run| work(run, left));
        let Some(beside) = beside else { return shown };
        Progress {
            reached: shown.reached && beside.reached,
            full: shown.full || beside.full,
            steps: shown.steps.saturating_add(beside.steps),
            ..shown
        }
    }
}

/// The cluster with its setup.
fn start(document: &Document) -> Result<Tape, PlayError> {
    let mut engine = Engine::new(&document.cluster, document.seed, document.start.ms())
        .map_err(PlayError::Cluster)?;
    for (index, command) in document.setup.iter().enumerate() {
        engine.advance_to(document.start.ms(), SETTLE_STEPS);
        engine.apply(command).map_err(|error| PlayError::Setup { index, error })?;
    }
    let mut tape = Tape { engine, next_entry: 0, work: 0 };
    tape.count_work();
    Ok(tape)
}
