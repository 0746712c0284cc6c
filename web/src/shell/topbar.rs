//! The top bar: what this is, where it is kept, and what can be done with it as a whole.

use crate::browser::target_of;
use crate::compare::{self, RunChip};
use crate::session::{OpenTab, Panel, use_session};
use crate::ui::Icon;
use leptos::prelude::*;

/// The top bar of the page.
#[component]
pub fn Topbar() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="topbar">
            <a class="mark" href="./" aria-label="Ottla, start again">
                <Logo/>
                <b>"Ottla"</b>
            </a>
            <span class="topbar-sep" aria-hidden="true"></span>
            <Title/>
            <span class="saved" title="Kept in this browser only">
                {move || session.page.saved.with(|saved| saved.label())}
            </span>
            <RunChip/>
            <Actions/>
            <button
                class="btn icon topbar-more"
                aria-label="More actions"
                on:click=move |event| session.toggle(Panel::More, target_of(&event))
            >
                <Icon name="more"/>
            </button>
        </header>
    }
}

/// The mark: three lanes and a record.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect x="1.5" y="4" width="21" height="4" rx="2"></rect>
            <rect x="1.5" y="10" width="14" height="4" rx="2"></rect>
            <rect x="1.5" y="16" width="9" height="4" rx="2"></rect>
            <circle cx="19.5" cy="12" r="2.6" class="mark-dot"></circle>
        </svg>
    }
}

/// Edited in place; Enter or leaving it keeps it, Escape does not.
#[component]
fn Title() -> impl IntoView {
    let session = use_session();
    let keep = move |event: web_sys::Event| {
        session.set_title(&event_target_value(&event));
    };
    view! {
        <h1 class="title">
            <input
                aria-label="Scenario title"
                spellcheck="false"
                autocomplete="off"
                maxlength="200"
                prop:value=move || session.title.get()
                on:change=keep
            />
        </h1>
    }
}

#[component]
fn Actions() -> impl IntoView {
    let session = use_session();
    let open = move |panel: Panel| {
        move |event: web_sys::MouseEvent| session.toggle(panel.clone(), target_of(&event))
    };
    view! {
        <div class="topbar-actions">
            <div class="btn-group" role="group" aria-label="History">
                <button
                    class="btn icon"
                    aria-label="Undo"
                    title="Undo  Ctrl Z"
                    disabled=move || !session.history.get().0
                    on:click=move |_| {
                        session.undo();
                    }
                >
                    <Icon name="undo"/>
                </button>
                <button
                    class="btn icon"
                    aria-label="Redo"
                    title="Redo  Shift Ctrl Z"
                    disabled=move || !session.history.get().1
                    on:click=move |_| {
                        session.redo();
                    }
                >
                    <Icon name="redo"/>
                </button>
            </div>
            <button
                class="btn"
                title="Another run from here, beside this one"
                on:click=move |event| compare::fork_or_choose(session, target_of(&event))
            >
                <Icon name="fork"/>
                "Fork & compare"
            </button>
            <span class="topbar-sep" aria-hidden="true"></span>
            <button class="btn" on:click=open(Panel::Open { tab: OpenTab::default() })>
                <Icon name="folder"/>
                "Open"
            </button>
            <button class="btn" title="Save to a file  Ctrl S" on:click=move |_| {
                session.save_file();
            }>
                <Icon name="save"/>
                "Save"
            </button>
            <button class="btn" on:click=open(Panel::Embed)>
                <Icon name="embed"/>
                "Embed"
            </button>
            <button class="btn share" on:click=open(Panel::Share)>
                <Icon name="share"/>
                "Share"
            </button>
            <span class="topbar-sep" aria-hidden="true"></span>
            <button
                class="btn icon"
                aria-label="Switch theme"
                title="Theme"
                on:click=move |_| session.toggle_theme()
            >
                <Icon name="theme"/>
            </button>
            <button
                class="btn icon"
                aria-label="Help and keyboard shortcuts"
                title="Help  ?"
                on:click=open(Panel::Help)
            >
                <Icon name="help"/>
            </button>
        </div>
    }
}
