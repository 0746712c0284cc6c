//! Plays a document: the only place where its journal meets the engine.
//!
//! A player stands at one moment of the play. Time passes by [`Player::advance_to`] and [`Player::step`]; a moment
//! before this one is reached by going back to a checkpoint (a cheap clone of the engine) and playing again. Work
//! is done in slices: each call takes a budget of engine steps and says how far it got, and the same call again
//! goes on.
//!
//! **One order.** A command acts after all that is due at its millisecond, commands of one millisecond in the
//! journal's order, each after all that is due at that millisecond once the one before it has acted. So the
//! sequence of states is a function of the document alone, however it is sliced, stepped or sought through.

mod checkpoint;
mod edit;
mod journal;
mod room;
mod run;
mod seek;

use crate::document::{Bookmark, Document, ViewHints};
use crate::error::DocumentError;
use checkpoint::Checkpoints;
use edit::History;
use log_engine::view::MarkView;
use log_engine::{CommandError, Engine, EventId};
use room::Room;
use seek::Target;

/// Steps in which the start, or one millisecond, has to come to rest.
const SETTLE_STEPS: u64 = 50_000_000;

/// Why a document can't be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// It is beyond a bound.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Its cluster can't be run.
    #[error("cluster: {0}")]
    Cluster(CommandError),
    /// A command of its setup was refused.
    #[error("setup[{index}]: {error}. Mend or remove this command.")]
    Setup {
        /// Which one, from 0.
        index: usize,
        /// Why.
        error: CommandError,
    },
}

/// A command that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// The event that all its consequences lead back to.
    pub event: EventId,
    /// Later actions that it took out of the journal, because it acted at a past moment. Undo brings them back.
    pub forked: usize,
}

/// How far a call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Whether the moment asked for was reached; otherwise call again, unless it is full.
    pub reached: bool,
    /// The logs hold [`MAX_LOG_BYTES`](crate::limits::MAX_LOG_BYTES): time stands still until the past is changed
    /// (undo, or an action at an earlier moment), since a tab that runs out of memory would lose everything.
    pub full: bool,
    /// Engine steps taken by this call.
    pub steps: u64,
    /// Where the player stands, in ms since the start.
    pub at_ms: u64,
    /// Where it is going, in ms since the start.
    pub to_ms: u64,
}

/// What undo or redo changed. If it changed the past, the player has gone back before it and has to play again:
/// call [`Player::catch_up`] until it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Ms since the start at which the changed action stands.
    pub at_ms: u64,
    /// The action.
    pub command: log_engine::Command,
}

/// A notable moment on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Ms since the start.
    pub at_ms: u64,
    /// What it is.
    pub mark: MarkView,
    /// It lies after the present moment, known from a run further on.
    pub ahead: bool,
}

/// A document being played.
#[derive(Debug, Clone)]
pub struct Player {
    document: Document,
    engine: Engine,
    /// Journal entries that have acted (or were refused): the first this many.
    next_entry: usize,
    /// For each of those, why it had no effect, if it had none.
    refusals: Vec<Option<CommandError>>,
    /// Engine steps from the start to here.
    work: u64,
    /// The logs hold as much as they may.
    full: bool,
    /// What they held when that was looked at last, and the engine's growth then. None after a move to another moment.
    looked: Option<(u64, u64)>,
    room: Room,
    checkpoints: Checkpoints,
    history: History,
    target: Option<Target>,
    /// The latest moment reached with this journal.
    reached_ms: u64,
    /// Marks seen from there.
    marks_ahead: Vec<MarkView>,
}

impl Player {
    /// Builds the cluster and its setup. The player stands at the start; if the document opens later, it has yet to
    /// get there: call [`Player::catch_up`] until it is reached.
    ///
    /// # Errors
    /// When the document is beyond a bound, or its cluster or setup is refused.
    pub fn new(document: Document) -> Result<Self, PlayError> {
        document.check()?;
        let mut engine = Engine::new(&document.cluster, document.seed, document.start.ms())
            .map_err(PlayError::Cluster)?;
        for (index, command) in document.setup.iter().enumerate() {
            engine.advance_to(document.start.ms(), SETTLE_STEPS);
            engine.apply(command).map_err(|error| PlayError::Setup { index, error })?;
        }
        let target = Target::of(&document);
        let checkpoints = Checkpoints::from_start(&engine);
        let mut player = Self {
            document,
            engine,
            next_entry: 0,
            refusals: Vec::new(),
            work: 0,
            full: false,
            looked: None,
            room: Room::default(),
            checkpoints,
            history: History::default(),
            target,
            reached_ms: 0,
            marks_ahead: Vec::new(),
        };
        // A document that opens at its start is there already.
        player.catch_up(0);
        Ok(player)
    }

    /// The document with its journal as it is now.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The cluster as it is now, for views.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The present moment, in ms since the start.
    pub fn elapsed_ms(&self) -> u64 {
        self.since_start(self.engine.now_ms())
    }

    /// The latest moment known: the furthest reached, or the last entry of the journal.
    pub fn horizon_ms(&self) -> u64 {
        let last_entry = self.document.journal.last().map_or(0, |entry| entry.at);
        self.reached_ms.max(self.elapsed_ms()).max(last_entry)
    }

    /// The document with the present moment in it: opened again, it comes back exactly as it is now.
    pub fn save_state(&self) -> Document {
        let mut document = self.document.clone();
        let here = self.target.unwrap_or_else(|| self.here());
        (document.at, document.at_event) = here.saved();
        document
    }

    /// Notable moments in order of time: those up to now, then those seen further on.
    pub fn marks(&self) -> Vec<Mark> {
        let newest = self.newest_event();
        let here = self.engine.marks();
        let ahead = self.marks_ahead.iter().filter(|mark| mark.event.0 > newest);
        here.iter()
            .map(|mark| (mark, false))
            .chain(ahead.map(|mark| (mark, true)))
            .map(|(mark, ahead)| Mark {
                at_ms: self.since_start(mark.at_ms),
                mark: mark.clone(),
                ahead,
            })
            .collect()
    }

    /// Why an entry of the journal had no effect; none if it had one, or its time has not come.
    pub fn no_effect(&self, index: usize) -> Option<&CommandError> {
        let played = self.refusals.get(..self.next_entry).unwrap_or_default();
        played.get(index).and_then(Option::as_ref)
    }

    /// How many entries of the journal have acted.
    pub fn entries_played(&self) -> usize {
        self.next_entry
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

    /// Replaces the named moments; they are put in order of time.
    ///
    /// # Errors
    /// When there are too many or one is beyond its bound; they stay as they were.
    pub fn set_bookmarks(&mut self, mut bookmarks: Vec<Bookmark>) -> Result<(), DocumentError> {
        sorted::sort_by_key(&mut bookmarks, |bookmark| bookmark.at);
        self.change(|document| document.bookmarks = bookmarks)
    }

    /// Changes what does not bear on the play.
    fn change(&mut self, change: impl FnOnce(&mut Document)) -> Result<(), DocumentError> {
        let mut changed = Document {
            setup: Vec::new(),
            journal: Vec::new(),
            title: self.document.title.clone(),
            about: self.document.about.clone(),
            view: self.document.view.clone(),
            bookmarks: self.document.bookmarks.clone(),
            ..Document::default()
        };
        change(&mut changed);
        changed.check()?;
        self.document.title = changed.title;
        self.document.about = changed.about;
        self.document.view = changed.view;
        self.document.bookmarks = changed.bookmarks;
        Ok(())
    }

    fn since_start(&self, at_ms: i64) -> u64 {
        u64::try_from(at_ms.saturating_sub(self.engine.start_ms())).unwrap_or(0)
    }

    /// Virtual time of a moment since the start.
    fn time_of(&self, elapsed_ms: u64) -> i64 {
        self.engine.start_ms().saturating_add_unsigned(elapsed_ms)
    }
}
