//! What is kept in this browser: open, rename, duplicate, save to a file, delete.

use super::shelf::{Kept, Shelf, ShelfAction};
use super::thumb::thumb;
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use crate::panels::note::{Kind, note};
use crate::session::{OpenTab, Panel, Session, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;

/// The list.
#[component]
pub fn Mine(
    /// Where they are.
    shelf: Option<Shelf>,
    /// What is searched for.
    wanted: RwSignal<String>,
) -> impl IntoView {
    let session = use_session();
    let Some(shelf) = shelf else {
        return note(
            Kind::Warn,
            "Nothing is kept in this browser.",
            "Its storage is refused or full. Scenarios and files open all the same, in this tab.",
        );
    };
    let renaming = RwSignal::new(None::<String>);
    let found = Memo::new(move |_| {
        let words = wanted.get().to_lowercase();
        shelf.kept.with(|kept| {
            let fits = |kept: &&Kept| kept.title.to_lowercase().contains(words.trim());
            kept.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <ul class="wgrid">
            {new_card(session)}
            <For
                each=move || found.get()
                key=|kept| (kept.id.clone(), kept.title.clone(), kept.modified_ms.to_bits())
                children=move |kept| card(shelf, renaming, kept)
            />
        </ul>
    }
    .into_any()
}

fn new_card(session: Session) -> AnyView {
    let open = move |_| session.turn_to(Panel::Open { tab: OpenTab::New });
    view! {
        <li class="wcard wnew">
            <button class="wopen" on:click=open>
                {icon("plus")}<b>"New workspace"</b><span>"as many brokers as you like"</span>
            </button>
        </li>
    }
    .into_any()
}

fn card(shelf: Shelf, renaming: RwSignal<Option<String>>, kept: Kept) -> AnyView {
    let id = StoredValue::new(kept.id.clone());
    let title = kept.title.clone();
    let now =
        move || shelf.current.with(|current| id.with_value(|id| current.as_ref() == Some(id)));
    let when = when(kept.modified_ms);
    let state = move || if now() { format!("now open, {when}") } else { when.clone() };
    #[allow(clippy::cast_possible_truncation)]
    let size = bytes(kept.size as i64);
    let button = |picture: &'static str, word: &str, act: fn(String) -> ShelfAction| {
        let label = format!("{word} {title}");
        let word = word.to_owned();
        view! {
            <button class="btn icon small" aria-label=label title=word on:click=move |_| shelf.act.run(act(id.get_value()))>
                {icon(picture)}
            </button>
        }
    };
    let duplicate = button("copy", "Duplicate", ShelfAction::Duplicate);
    let export = button("save", "Save to a file", ShelfAction::Export);
    let delete = button("trash", "Delete", ShelfAction::Delete);
    let rename_label = format!("Rename {title}");
    let own = StoredValue::new(kept.title);
    let heading = move || {
        let editing = renaming.with(|renaming| id.with_value(|id| renaming.as_ref() == Some(id)));
        if editing {
            rename_field(shelf, renaming, id.get_value(), own.get_value())
        } else {
            ().into_any()
        }
    };
    view! {
        <li class="wcard" class:now=now>
            <button class="wopen" on:click=move |_| shelf.act.run(ShelfAction::Open(id.get_value()))>
                {thumb(&kept.thumbnail)}<b>{own.get_value()}</b><span>{state}</span>
            </button>
            {heading}
            <span class="wsize">{size}</span>
            <span class="wact">
                <button
                    class="btn icon small"
                    aria-label=rename_label
                    title="Rename"
                    on:click=move |_| renaming.set(Some(id.get_value()))
                >
                    {icon("edit")}
                </button>
                {duplicate}{export}{delete}
            </span>
        </li>
    }
    .into_any()
}

fn rename_field(
    shelf: Shelf,
    renaming: RwSignal<Option<String>>,
    id: String,
    title: String,
) -> AnyView {
    let done = move |text: String| {
        renaming.set(None);
        let text = text.trim();
        if !text.is_empty() {
            shelf.act.run(ShelfAction::Rename(id.clone(), text.to_owned()));
        }
    };
    view! {
        <span class="wname">
            <TextInput class="" label="Title" value=Signal::stored(title) on_change=Callback::new(done)/>
        </span>
    }
    .into_any()
}

/// When it was changed last, by the person's own clock and language.
fn when(modified_ms: f64) -> String {
    let date = js_sys::Date::new(&modified_ms.into());
    let ago_ms = js_sys::Date::now() - modified_ms;
    if ago_ms < 60_000.0 {
        return "saved just now".to_owned();
    }
    let day = date.to_date_string();
    let time = date.to_time_string();
    let text = |value: js_sys::JsString| String::from(value);
    let clock: String = text(time).chars().take(5).collect();
    let today = text(js_sys::Date::new_0().to_date_string());
    let day = text(day);
    if day == today { format!("today, {clock}") } else { format!("{day}, {clock}") }
}
