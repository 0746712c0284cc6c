//! The page in an iframe: lanes, groups, time, and the way to the whole page. Nothing else.

use super::keyboard;
use super::live::LiveRegions;
use super::notices::Notices;
use crate::browser;
use crate::cluster::{BrokerLine, Cluster};
use crate::compare::{self, RunChip};
use crate::groups::Groups;
use crate::keep::Texts;
use crate::lanes::{DeckSlot, Wires};
use crate::panels::Panels;
use crate::session::use_session;
use crate::transport::Transport;
use crate::ui::{Icon, Sprite, listen};
use leptos::html::Main;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry};

/// The embedded page.
#[component]
pub fn EmbedPage() -> impl IntoView {
    let session = use_session();
    let stage = NodeRef::<Main>::new();
    pause_out_of_view(stage);
    let deck = DeckSlot::default();
    provide_context(deck);
    keyboard::listen(deck);
    let comparing = compare::comparing(session);
    view! {
        <Sprite/>
        <div class="app embed" class:comparing=comparing>
            <header class="topbar">
                <h1 class="title">{move || session.title.get()}</h1>
                <RunChip/>
                {move || (!comparing.get()).then(|| view! { <BrokerLine/> })}
                <div class="topbar-actions">
                    <a
                        class="btn small"
                        target="_blank"
                        rel="noopener"
                        href="../"
                        on:click=move |event: web_sys::MouseEvent| {
                            if let Some(link) = browser::target_of(&event) {
                                let _ = link.set_attribute("href", &open_link(session));
                            }
                        }
                    >
                        "Open in Ottla"
                        <Icon name="out"/>
                    </a>
                </div>
            </header>
            <Notices/>
            <main node_ref=stage class="stage">
                {move || if comparing.get() {
                    compare::stage()
                } else {
                    view! { <Wires/> <Cluster/> <Groups/> }.into_any()
                }}
            </main>
            <Transport/>
            <Panels/>
            <LiveRegions/>
        </div>
    }
}

/// The page's address with what the reader has done so far.
fn open_link(session: crate::session::Session) -> String {
    // What does not fit in a link opens as it began.
    let link = Texts::here().and_then(|texts| (texts.to_link)(&session.document()));
    let began = || window().location().hash().unwrap_or_default();
    format!("../{}", link.unwrap_or_else(began))
}

/// Time stops while the frame is not to be seen, and goes on after.
fn pause_out_of_view(stage: NodeRef<Main>) {
    let session = use_session();
    let resume = StoredValue::new(false);
    let seen = move |visible: bool| {
        if visible && resume.get_value() {
            resume.set_value(false);
            session.play();
        } else if !visible && session.playing.get_untracked() {
            resume.set_value(true);
            session.pause();
        }
    };
    listen(document().unchecked_ref(), "visibilitychange", move || seen(!document().hidden()));
    Effect::new(move |_| {
        let Some(stage) = stage.get() else { return };
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let newest = entries.pop().dyn_into::<IntersectionObserverEntry>();
            if let Ok(entry) = newest {
                seen(entry.is_intersecting());
            }
        });
        if let Ok(observer) = IntersectionObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&stage);
        }
        callback.forget();
    });
}
