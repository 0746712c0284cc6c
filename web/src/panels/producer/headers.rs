//! The headers of a record that is being written.

use super::record_form::{HeaderDraft, RecordForm};
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use leptos::prelude::*;

/// The list with its "Header" button.
#[component]
pub fn Headers(
    /// The form.
    form: RecordForm,
) -> impl IntoView {
    let headers = form.headers;
    let about = move || {
        headers.with(|all| {
            let bytes: usize = all.iter().map(|header| header.key.len() + header.value.len()).sum();
            if all.is_empty() { String::new() } else { format!("{}, {bytes} B", all.len()) }
        })
    };
    let add = move |_| {
        headers.update(|all| {
            let id = all.iter().map(|header| header.id + 1).max().unwrap_or(0);
            all.push(HeaderDraft { id, key: String::new(), value: String::new() });
        });
    };
    view! {
        <div class="sec">
            <h3>"Headers "<span class="dim">{about}</span></h3>
            <div class="hdrs">
                <For each=move || headers.get() key=|header| header.id children=move |header| row(headers, &header)/>
            </div>
            <button class="btn small" on:click=add>{icon("plus")}"Header"</button>
        </div>
    }
    .into_any()
}

fn row(headers: RwSignal<Vec<HeaderDraft>>, header: &HeaderDraft) -> AnyView {
    let id = header.id;
    let read = move |part: fn(&HeaderDraft) -> &String| {
        Signal::derive(move || {
            headers
                .with(|all| all.iter().find(|h| h.id == id).map(part).cloned().unwrap_or_default())
        })
    };
    let write = move |part: fn(&mut HeaderDraft) -> &mut String| {
        Callback::new(move |text: String| {
            headers.update(|all| {
                if let Some(header) = all.iter_mut().find(|header| header.id == id) {
                    *part(header) = text;
                }
            });
        })
    };
    view! {
        <TextInput label="Header key" placeholder="key" value=read(|h| &h.key) on_input=write(|h| &mut h.key)/>
        <TextInput label="Header value" placeholder="value" value=read(|h| &h.value) on_input=write(|h| &mut h.value)/>
        <button
            class="btn icon small"
            aria-label="Remove this header"
            title="Remove"
            on:click=move |_| headers.update(|all| all.retain(|header| header.id != id))
        >
            {icon("x")}
        </button>
    }
    .into_any()
}
