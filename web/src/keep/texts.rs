//! Documents and places as text, in and out. What reads and writes them is a part: a first visit opens with a document
//! that is no text yet.

use super::imports;
use super::position::Position;
use crate::lazy;
use crate::panels::thumb_of;
use crate::session::Legend;
use browser_store::Saved;
use log_engine::Engine;
use scenario::{Document, file, gallery, link};

pub(crate) use codecs::PART;

/// What can be read and written, once it is here.
#[derive(Clone, Copy)]
pub struct Texts {
    /// The document in a link.
    pub link: fn(&str) -> Result<Document, String>,
    /// A link with a document, where it fits in one.
    pub to_link: fn(&Document) -> Option<String>,
    /// The document of the gallery of this name.
    pub scenario: fn(&str) -> Option<Document>,
    /// A workspace's document, where the person left it, and how far it was played.
    pub workspace: fn(&Saved) -> Result<(Document, u64), String>,
    /// A document as it is stored.
    pub document: fn(&Document) -> Result<String, String>,
    /// Where a document is, and how far it was played, as it is stored.
    pub place: fn(&Document, u64) -> String,
    /// The picture of a topic that stands for the document in lists.
    pub thumbnail: fn(&Engine, Option<&str>, &mut Legend) -> String,
}

impl Texts {
    /// Fetches it where need be.
    ///
    /// # Errors
    /// When it can't be fetched.
    pub async fn fetched() -> Result<Self, String> {
        PART.fetch().await;
        codecs::call().ok_or_else(|| lazy::WHY_MISSING.to_owned())
    }

    /// What is here already.
    pub fn here() -> Option<Self> {
        codecs::call()
    }
}

lazy::part! {
    /// What reads and writes.
    codecs in documents: () -> Texts = all
}

fn all() -> Texts {
    Texts {
        link: |text| link::decode(text).map_err(|error| error.to_string()),
        to_link: |document| link::encode(document).ok(),
        scenario: |name| gallery::by_name(name).and_then(|entry| entry.document().ok()),
        workspace,
        document: |document| file::encode_compact(document).map_err(|error| error.to_string()),
        thumbnail: thumb_of,
        place: |document, reached| Position::of(document, reached).to_text(),
    }
}

fn workspace(saved: &Saved) -> Result<(Document, u64), String> {
    let mut document =
        file::decode(saved.document.as_bytes()).map_err(|error| error.to_string())?;
    imports::put_back(&mut document, &saved.segments)?;
    Position::put(saved.position.as_deref(), &mut document);
    document.title.clone_from(&saved.workspace.title);
    Ok((document, Position::reached(saved.position.as_deref())))
}
