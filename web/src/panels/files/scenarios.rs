//! Scenarios that come with the page: a small run of each is its picture.

use super::shelf::{Shelf, open_document};
use super::thumb::{thumb, thumb_of};
use crate::session::{Legend, use_session};
use leptos::prelude::*;
use scenario::gallery::{GALLERY, GalleryEntry};
use scenario::{Document, Player};
use std::time::Duration;

/// How far a scenario runs for its picture, in virtual ms and in engine steps.
const PICTURE_MS: u64 = 15_000;
const PICTURE_STEPS: u64 = 6_000;

/// The list.
#[component]
pub fn Scenarios(
    /// Where it is kept once it is open.
    shelf: Option<Shelf>,
    /// What is searched for.
    wanted: RwSignal<String>,
) -> impl IntoView {
    let session = use_session();
    let refused = RwSignal::new(None::<String>);
    let card = move |(at, entry): (usize, &'static GalleryEntry)| {
        let document = entry.document().ok()?;
        let text = format!("{} {}", document.title, document.about).to_lowercase();
        let hidden = move || !text.contains(wanted.get().to_lowercase().trim());
        let (title, about) = (document.title.clone(), document.about.clone());
        let picture = picture(document.clone(), at);
        let open = move |_| refused.set(open_document(session, shelf, document.clone()).err());
        Some(view! {
            <li class="wcard" hidden=hidden>
                <button class="wopen tall" on:click=open>
                    {move || thumb(&picture.get())}<b>{title}</b><span>{about}</span>
                </button>
            </li>
        })
    };
    view! {
        {move || refused.get().map(|error| crate::panels::parts::field::error_line(error, None))}
        <ul class="wgrid">{GALLERY.iter().enumerate().map(card).collect_view()}</ul>
    }
}

/// Plays a scenario for a moment, one at a time so that the dialog opens at once.
fn picture(document: Document, at: usize) -> RwSignal<String> {
    let text = RwSignal::new(String::new());
    let wait = Duration::from_millis(30 * (at as u64 + 1));
    let handle = set_timeout_with_handle(
        move || {
            let topic = document.view.as_ref().and_then(|view| view.topic.clone());
            let Ok(mut player) = Player::new(document) else { return };
            player.advance_to(PICTURE_MS, PICTURE_STEPS);
            text.set(thumb_of(player.engine(), topic.as_deref(), &mut Legend::default()));
        },
        wait,
    );
    if let Ok(handle) = handle {
        on_cleanup(move || handle.clear());
    }
    text
}
