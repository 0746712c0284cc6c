//! The document on its way out and in: share, embed, open.

mod address;
mod embed;
mod export;
mod import;
mod mine;
mod new_workspace;
mod open;
mod scenarios;
mod share;
mod shelf;
mod snippets;
mod take_in;
mod thumb;

pub use embed::Embed;
pub use export::ExportPanel;
pub use open::Open;
pub use share::Share;
pub use shelf::{Kept, Room, Shelf, ShelfAction};
pub use thumb::thumb_of;
