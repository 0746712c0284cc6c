//! Where a person is in a document: kept beside it, since it changes all the time and the document seldom does.

use scenario::{Document, ViewHints};
use serde::{Deserialize, Serialize};

/// The moment and the view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Ms since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// The event within that ms after which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_event: Option<u64>,
    /// What is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewHints>,
}

impl Position {
    /// Where a document is.
    pub fn of(document: &Document) -> Self {
        Self { at: document.at, at_event: document.at_event, view: document.view.clone() }
    }

    /// As text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Puts a document where the text says. A text that says nothing leaves it where it is.
    pub fn put(text: Option<&str>, document: &mut Document) {
        let position = text.and_then(|text| serde_json::from_str::<Position>(text).ok());
        if let Some(position) = position {
            document.at = position.at;
            document.at_event = position.at_event;
            document.view = position.view;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_as_it_was() {
        let there = Document {
            at: Some(42_480),
            at_event: Some(7),
            view: Some(ViewHints { playing: Some(false), ..ViewHints::default() }),
            ..Document::default()
        };
        let text = Position::of(&there).to_text();
        let mut here = Document::default();
        Position::put(Some(&text), &mut here);
        assert_eq!(here, there);
    }

    #[test]
    fn a_damaged_position_changes_nothing() {
        let mut document = Document { at: Some(5), ..Document::default() };
        Position::put(Some("{"), &mut document);
        Position::put(None, &mut document);
        assert_eq!(document.at, Some(5));
    }
}
