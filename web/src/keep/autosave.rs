//! Writes behind: the document with each change, the place in it as time passes.

use super::texts::Texts;
use super::{Keeper, imports};
use crate::lazy;
use crate::ui::listen;
use browser_store::{Status, StoreError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use log_engine::Engine;
use scenario::{Document, Player};
use wasm_bindgen::JsCast;

/// While time runs, the place is noted this often (in pulses, four a second).
const PULSES: u64 = 8;

impl Keeper {
    /// Follows the session for as long as the page lives.
    pub(super) fn follow(self) {
        let session = self.session;
        Effect::new(move |before: Option<u64>| {
            let edits = session.edits.get();
            if before.is_some_and(|before| before != edits) {
                untrack(|| self.note_document());
            }
            edits
        });
        Effect::new(move |_| {
            let pulse = session.pulse.get();
            let playing = session.playing.get();
            if !playing || pulse.is_multiple_of(PULSES) {
                untrack(|| self.note_position());
            }
        });
        Effect::new(move |_| {
            session.page.selection.track();
            session.page.topic.track();
            session.page.traced.track();
            session.speed.track();
            untrack(|| self.note_position());
        });
    }

    /// When the page is hidden or left, the place is noted before the writer writes.
    pub(super) fn note_on_leaving(self) {
        listen(document().unchecked_ref(), "visibilitychange", move || self.note_position());
        listen(window().unchecked_ref(), "pagehide", move || self.note_position());
    }

    /// The document changed. One that is no workspace yet becomes one.
    fn note_document(self) {
        lazy::then(&super::PART, move |_| {
            match Texts::here() {
                Some(texts) => self.write_document(texts),
                // The next change tries again.
                None => self.tell(&Status::Failed(StoreError::Other(lazy::WHY_MISSING.to_owned()))),
            }
        });
    }

    fn write_document(self, texts: Texts) {
        let document = self.session.document();
        let Ok(text) = (texts.document)(&plain(&imports::without(&document))) else { return };
        let thumbnail = self.thumbnail(texts);
        let reached = self.session.read_player(Player::reached_ms);
        let written = self.with_writer(|writer| {
            imports::keep(writer, &document);
            writer.title(&document.title);
            writer.thumbnail(&thumbnail);
            writer.document(text.clone());
            writer.position((texts.place)(&document, reached));
        });
        if !written && !self.session.page.read_only.get_untracked() {
            self.make(document, text);
        }
    }

    /// Time passed, or something else is shown.
    pub(super) fn note_position(self) {
        // What has a writer was read or written before.
        let Some(texts) = Texts::here() else { return };
        self.with_writer(|writer| {
            let reached = self.session.read_player(Player::reached_ms);
            writer.position((texts.place)(&self.session.document(), reached));
        });
    }

    fn thumbnail(self, texts: Texts) -> String {
        let topic = self.session.page.topic.get_untracked();
        let mut legend = self.session.legend.get_untracked();
        self.session
            .read(|engine: &Engine| (texts.thumbnail)(engine, topic.as_deref(), &mut legend))
    }

    fn make(self, document: Document, text: String) {
        let Some(store) = self.store() else { return };
        let first = self.desk.try_update_value(|desk| !std::mem::replace(&mut desk.making, true));
        if first != Some(true) {
            return;
        }
        spawn_local(async move {
            let segments = imports::of(&document);
            let made = store.create_with(&document.title, &text, segments).await;
            self.desk.update_value(|desk| desk.making = false);
            match made {
                Ok(saved) => {
                    if let Some((saved, guard)) = super::with_lock(saved).await {
                        self.take(&saved, guard);
                        // What changed meanwhile.
                        self.note_document();
                    }
                }
                Err(error) => self.tell(&Status::Failed(error)),
            }
        });
    }
}

/// The document without its place, which is kept beside it.
fn plain(document: &Document) -> Document {
    Document { at: None, at_event: None, view: None, ..document.clone() }
}
