//! A file or a link from elsewhere. What cannot be read says why, and nothing changes.

use super::shelf::{Shelf, open_document};
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use crate::panels::note::{Kind, note};
use crate::session::{Session, use_session};
use leptos::{html, prelude::*, task::spawn_local};
use scenario::limits::MAX_DOCUMENT_BYTES;
use scenario::{DocumentError, file, link};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// The tab.
#[component]
pub fn Import(
    /// Where it is kept once it is open.
    shelf: Option<Shelf>,
) -> impl IntoView {
    let session = use_session();
    let refused = RwSignal::new(None::<(String, String)>);
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let take = move |file: Option<File>| {
        if let Some(file) = file {
            spawn_local(async move {
                let name = file.name();
                let failed =
                    read(file).await.and_then(|text| open_text(session, shelf, &text)).err();
                refused.try_set(failed.map(|why| (format!("{name} was not opened."), why)));
            });
        }
    };
    let open_link = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return refused.set(None);
        }
        let opened = link::decode(text.trim()).map_err(|error| error.to_string());
        let failed = opened.and_then(|document| open_document(session, shelf, document)).err();
        refused.set(failed.map(|why| ("This link was not opened.".to_owned(), why)));
    });
    let dropped = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)));
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        take(input.files().and_then(|files| files.get(0)));
        // The same file may be chosen again after it was mended.
        input.set_value("");
    };
    view! {
        <div
            class="drop"
            class:over=over
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            {icon("file")}
            <b>"Drop an .ottla.json file here"</b>
            <input node_ref=input type="file" accept=".json,application/json" class="sr" tabindex="-1" aria-label="File" on:change=chosen/>
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
        {move || {
            refused.get().map(|(lead, why)| note(Kind::Bad, lead, format!("{why} Nothing was changed.")))
        }}
    }
}

async fn read(file: File) -> Result<String, String> {
    #[allow(clippy::cast_precision_loss)]
    if file.size() > MAX_DOCUMENT_BYTES as f64 {
        return Err(DocumentError::TooLarge.to_string());
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "The browser could not read it.".to_owned())
}

fn open_text(session: Session, shelf: Option<Shelf>, text: &str) -> Result<(), String> {
    let document = file::decode(text.as_bytes()).map_err(|error| error.to_string())?;
    open_document(session, shelf, document)
}
