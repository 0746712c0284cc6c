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
    /// Which run, and which one beside it.
    pub run: u32,
    /// See `run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<u32>,
    /// How far it has been played: an action before that begins a fork.
    pub reached: u64,
}

impl Position {
    /// Where a document is.
    pub fn of(document: &Document, reached: u64) -> Self {
        Self {
            at: document.at,
            at_event: document.at_event,
            view: document.view.clone(),
            run: document.run,
            compare: document.compare,
            reached,
        }
    }

    /// How far a document was played, as the text says.
    pub fn reached(text: Option<&str>) -> u64 {
        let position = text.and_then(|text| serde_json::from_str::<Position>(text).ok());
        position.map_or(0, |position| position.reached)
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
            // A position may be older than the document: what is not there any more is not shown.
            let there =
                |run: &u32| usize::try_from(*run).is_ok_and(|run| run <= document.forks.len());
            document.run = Some(position.run).filter(there).unwrap_or(0);
            document.compare = position.compare.filter(there);
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
        let text = Position::of(&there, 50_000).to_text();
        let mut here = Document::default();
        Position::put(Some(&text), &mut here);
        assert_eq!((here, Position::reached(Some(&text))), (there, 50_000));
    }

    #[test]
    fn a_run_that_is_not_there_any_more_is_not_shown() {
        let text = r#"{"run":2,"compare":1,"reached":7}"#;
        let mut here = Document { forks: vec![scenario::Fork::default()], ..Document::default() };
        Position::put(Some(text), &mut here);
        assert_eq!((here.run, here.compare), (0, Some(1)));
    }

    #[test]
    fn a_damaged_position_changes_nothing() {
        let mut document = Document { at: Some(5), ..Document::default() };
        Position::put(Some("{"), &mut document);
        Position::put(None, &mut document);
        assert_eq!(document.at, Some(5));
    }
}
