//! A file or a link from elsewhere: a document, or log files of a broker. What cannot be read says why, and nothing
//! changes.

use super::shelf::{Shelf, open_document};
use super::take_in::{progress, ready};
use crate::logs::{Intake, State};
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use crate::panels::note::{Kind, note};
use crate::session::use_session;
use leptos::{html, prelude::*};
use scenario::link;

/// The tab.
#[component]
pub fn Import(
    /// Where it is kept once it is open.
    shelf: Option<Shelf>,
) -> impl IntoView {
    let session = use_session();
    let intake = expect_context::<Intake>();
    // A document is opened as soon as it is read; log files wait for a name.
    Effect::new(move |_| {
        let State::Document(document) = intake.state.get() else { return };
        request_animation_frame(move || match open_document(session, shelf, *document) {
            Ok(()) => intake.cancel(),
            Err(why) => intake.refuse("This document was not opened.", why),
        });
    });
    move || match intake.state.get() {
        State::Reading { name, what, percent } => progress(
            "Import",
            format!("{what} {name}"),
            percent,
            Callback::new(move |()| intake.cancel()),
        ),
        State::Ready(found) => ready(session, intake, found),
        State::Document(_) => ().into_any(),
        State::Refused { lead, why } => view! {
            {entrance(shelf)}
            {note(Kind::Bad, lead, format!("{why} Nothing was changed."))}
        }
        .into_any(),
        State::Idle => entrance(shelf),
    }
}

fn entrance(shelf: Option<Shelf>) -> AnyView {
    let session = use_session();
    let intake = expect_context::<Intake>();
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let file = input.get_untracked().and_then(|input| input.files()?.get(0));
        if let Some(file) = file {
            intake.take(file);
        }
    };
    let open_link = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return intake.cancel();
        }
        let opened = link::decode(text.trim()).map_err(|error| error.to_string());
        let failed = opened.and_then(|document| open_document(session, shelf, document)).err();
        match failed {
            Some(why) => intake.refuse("This link was not opened.", why),
            None => intake.cancel(),
        }
    });
    view! {
        // What is dropped, here or anywhere on the page, the page takes in (logs::take_drops).
        <div
            class="drop"
            class:over=over
            on:dragover=move |_| over.set(true)
            on:dragleave=move |_| over.set(false)
            on:drop=move |_| over.set(false)
        >
            {icon("file")}
            <b>"Drop a file here"</b>
            <span>
                "an "<code>".ottla.json"</code>", or log files of a real broker: a segment's "<code>".log"</code>
                ", or a zip of folders such as "<code>"orders-0"</code>
            </span>
            <input node_ref=input type="file" class="sr" tabindex="-1" aria-label="File" on:change=chosen/>
            <button
                class="btn outline"
                on:click=move |_| if let Some(input) = input.get_untracked() { input.click() }
            >
                "Choose a file"
            </button>
        </div>
        <div class="row link-in">
            <TextInput
                label="A link to open"
                placeholder="or put a link here: https://…#s1=…"
                class="mono grow"
                value=Signal::stored(String::new())
                on_change=open_link
            />
        </div>
    }
    .into_any()
}
