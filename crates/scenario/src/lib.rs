//! The document: scenario and journal, their codecs for links and files, and the player that replays them.
//!
//! A [`Document`] is all that a person made: cluster, setup, seed and a journal of timed commands. A link, a file,
//! a saved workspace and a test are that same document; state is never shared, it is replayed by a [`Player`].
//! The JSON is described in `docs/scenario-format.md`.

pub mod bench;
mod check;
mod codec;
mod compare;
mod document;
mod error;
pub mod gallery;
pub mod limits;
mod player;
pub mod storm;

pub use check::check_command;
pub use codec::{command, file, link};
pub use compare::{Comparison, PartitionDifference, TopicDifference, Total, ValueDifference};
pub use document::{
    Bookmark, Document, Fork, JournalEntry, Selected, StartTime, VERSION, ViewHints,
};
pub use error::DocumentError;
pub use player::{
    Applied, ForkView, Keeping, Mark, Parting, PlayError, Player, Progress, RunId, Search, Undone,
};
