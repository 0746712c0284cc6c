//! What a player tells: of its runs, of how far a call got, of what went wrong.

use crate::error::DocumentError;
use log_engine::view::MarkView;
use log_engine::{CommandError, EventId};

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
    /// The fork that began with it, because it acted at a past moment. It is shown now.
    pub fork: Option<RunId>,
    /// Actions at later moments, which stay in the journal and act when their time comes.
    pub later: usize,
}

/// Which run, for as long as the player lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub(super) u32);

impl RunId {
    /// The first run, which is always there.
    pub const FIRST: Self = Self(0);
}

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkView {
    /// Which.
    pub id: RunId,
    /// What it is called for short, by its place: A, B, ...
    pub letter: char,
    /// The name a person gave it, or nothing.
    pub name: String,
    /// What it was forked from; none for the first.
    pub parent: Option<RunId>,
    /// When, in ms since the start.
    pub forked_at: u64,
    /// Actions in which it differs from its parent.
    pub changes: usize,
    /// Actions it has.
    pub actions: usize,
    /// It is the one that is shown.
    pub shown: bool,
    /// It stands beside that.
    pub beside: bool,
}

/// What the keyframes of all runs take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// How many there are.
    pub frames: usize,
    /// Bytes that are held by them alone, beside the records and events of the runs themselves: an estimate.
    pub bytes: u64,
    /// Bytes they may hold.
    pub budget: u64,
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
    /// The action; none where a fork came or went.
    pub command: Option<log_engine::Command>,
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
