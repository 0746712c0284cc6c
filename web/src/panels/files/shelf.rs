//! Where documents are kept, as the open dialog sees it. The page provides a [`Shelf`] as context once its
//! storage is open; without one, everything lives in this tab and the dialog says so.

use crate::session::Session;
use leptos::prelude::*;
use scenario::{Document, Player};

/// A workspace in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its key.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// When it was changed last, in ms since 1970 by the person's clock.
    pub modified_ms: f64,
    /// Bytes, about.
    pub size: f64,
    /// What its picture is drawn from (`thumb.rs`).
    pub thumbnail: String,
}

/// How much room there is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Room {
    /// Bytes in use.
    pub used: f64,
    /// Bytes there may be.
    pub quota: f64,
    /// The browser promised not to clear it by itself.
    pub persisted: bool,
}

/// What can be done with what is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum ShelfAction {
    /// Read the list and the room anew.
    Refresh,
    /// Keep a document as a new workspace, and open it.
    Adopt(Box<Document>),
    /// Open.
    Open(String),
    /// Rename.
    Rename(String, String),
    /// Make a copy, without opening it.
    Duplicate(String),
    /// Delete; Undo brings it back.
    Delete(String),
    /// Save to a file, without opening it.
    Export(String),
    /// Ask the browser to keep it all.
    Persist,
}

/// The handle: what is kept, and a way to change it.
#[derive(Clone, Copy)]
pub struct Shelf {
    /// All workspaces, the last changed first.
    pub kept: Signal<Vec<Kept>>,
    /// The one that is open.
    pub current: Signal<Option<String>>,
    /// How much room there is; none where the browser does not tell.
    pub room: Signal<Option<Room>>,
    /// Does something with it.
    pub act: Callback<ShelfAction>,
}

/// Opens a document: as a new workspace where there is a shelf, else in this tab alone.
///
/// # Errors
/// When it cannot be played. What is open stays open.
pub fn open_document(
    session: Session,
    shelf: Option<Shelf>,
    document: Document,
) -> Result<(), String> {
    // It is played before anything is put away, so that a bad one changes nothing.
    let player = Player::new(document.clone()).map_err(|error| error.to_string())?;
    match shelf {
        Some(shelf) => shelf.act.run(ShelfAction::Adopt(Box::new(document))),
        None => session.load(player),
    }
    session.close();
    Ok(())
}
