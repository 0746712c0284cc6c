//! Open: what is kept in this browser, scenarios that come with the page, a file or a link.

use super::export::export_form;
use super::import::Import;
use super::mine::Mine;
use super::new_workspace::NewWorkspace;
use super::scenarios::Scenarios;
use super::shelf::{Shelf, ShelfAction};
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use crate::panels::parts::dialog::Dialog;
use crate::session::{OpenTab, Panel, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn Open() -> impl IntoView {
    let session = use_session();
    let shelf = use_context::<Shelf>();
    if let Some(shelf) = shelf {
        shelf.act.run(ShelfAction::Refresh);
    }
    let tab = Memo::new(move |_| {
        session.page.panel.with(|panel| match panel {
            Some(Panel::Open { tab }) => *tab,
            _ => OpenTab::Mine,
        })
    });
    let wanted = RwSignal::new(String::new());
    let kept =
        move || shelf.map_or_else(String::new, |shelf| shelf.kept.with(Vec::len).to_string());
    let entry = move |picture, word: &'static str, to: OpenTab, count: Signal<String>| {
        view! {
            <button
                aria-current=move || (tab.get() == to).then_some("true")
                on:click=move |_| session.turn_to(Panel::Open { tab: to })
            >
                {icon(picture)}<span>{word}</span><em>{move || count.get()}</em>
            </button>
        }
    };
    let scenarios = scenario::gallery::GALLERY.len().to_string();
    let head = view! {
        <label class="find">
            {icon("search")}
            <TextInput
                class=""
                label="Search"
                placeholder="Search"
                value=wanted
                on_input=Callback::new(move |text| wanted.set(text))
            />
        </label>
    }
    .into_any();
    view! {
        <Dialog title="Open" wide=true head foot=foot(shelf)>
            <div class="open-grid">
                <nav class="onav" aria-label="Where from">
                    {entry("folder", "In this browser", OpenTab::Mine, Signal::derive(kept))}
                    {entry("plus", "New workspace", OpenTab::New, Signal::stored(String::new()))}
                    {entry("table", "Scenarios", OpenTab::Gallery, Signal::stored(scenarios))}
                    {entry("file", "Import a file", OpenTab::Import, Signal::stored(String::new()))}
                    {entry("save", "Export log files", OpenTab::Export, Signal::stored(String::new()))}
                </nav>
                <div class="obody">
                    {move || match tab.get() {
                        OpenTab::Mine => view! { <Mine shelf wanted/> }.into_any(),
                        OpenTab::New => view! { <NewWorkspace shelf/> }.into_any(),
                        OpenTab::Gallery => view! { <Scenarios shelf wanted/> }.into_any(),
                        OpenTab::Import => view! { <Import shelf/> }.into_any(),
                        OpenTab::Export => export_form(session, None),
                    }}
                </div>
            </div>
        </Dialog>
    }
}

/// The facts about storage, always in the foot.
fn foot(shelf: Option<Shelf>) -> AnyView {
    let Some(shelf) = shelf else {
        return view! {
            <span class="dim">
                "This browser keeps nothing for this page: what is open lives in this tab. Save it to a file to keep it."
            </span>
        }
        .into_any();
    };
    #[allow(clippy::cast_possible_truncation)]
    let size = |n: f64| bytes(n as i64);
    let room = move || {
        shelf.room.get().map(|room| {
            let percent = if room.quota > 0.0 { (room.used / room.quota * 100.0).clamp(1.0, 100.0) } else { 0.0 };
            view! {
                <span class="stor">
                    <b>{size(room.used)}</b>{format!(" of about {}", size(room.quota))}
                    <span class="meter" aria-hidden="true"><i style:width=format!("{percent:.0}%")></i></span>
                </span>
            }
        })
    };
    let persisted = move || shelf.room.get().is_some_and(|room| room.persisted);
    let words = move || {
        if persisted() {
            "Kept on this computer only. The browser promised not to clear it by itself."
        } else {
            "Kept on this computer only. The browser may clear it when space is low."
        }
    };
    view! {
        {room}
        <span class="dim">{words}</span>
        <Show when=move || !persisted()>
            <span class="end">
                <button class="btn" on:click=move |_| shelf.act.run(ShelfAction::Persist)>
                    {icon("lock")}"Ask the browser to keep it"
                </button>
            </span>
        </Show>
    }
    .into_any()
}
