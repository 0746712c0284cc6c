//! The page's frame.

mod embed;
mod hint;
mod keyboard;
mod live;
mod notices;
mod topbar;

pub use embed::EmbedPage;
pub use hint::Hint;
pub use topbar::Logo;

use crate::cluster::Cluster;
use crate::compare;
use crate::drawer::Drawer;
use crate::groups::Groups;
use crate::lanes::{DeckSlot, Wires};
use crate::panels::Panels;
use crate::producers::Producers;
use crate::session::use_session;
use crate::transport::Transport;
use crate::ui::{Sprite, use_viewport};
use leptos::prelude::*;
use live::LiveRegions;
use notices::Notices;
use topbar::Topbar;
use wasm_bindgen::JsCast;

/// The whole page.
#[component]
pub fn Page() -> impl IntoView {
    let session = use_session();
    let viewport = use_viewport();
    let page = session.page;
    let deck = DeckSlot::default();
    provide_context(deck);
    keyboard::listen(deck);
    let comparing = compare::comparing(session);
    let noticed = move || page.notices.with(|notices| !notices.is_empty());
    view! {
        <Sprite/>
        <div
            class="app"
            class:drawer-closed=move || !page.drawer_open.get()
            class:noticed=noticed
            class:comparing=comparing
        >
            <a class="skip" href="#lanes" on:click=skip>
                "Skip to the cluster"
            </a>
            <Topbar/>
            <Notices/>
            <main class="stage">
                {move || if comparing.get() {
                    compare::stage()
                } else {
                    view! {
                        <Wires/>
                        {move || viewport.phone().then(|| view! { <Hint/> })}
                        <Producers/>
                        <Cluster/>
                        <Groups/>
                    }
                    .into_any()
                }}
            </main>
            <Drawer/>
            <Transport/>
            <Panels/>
            <LiveRegions/>
        </div>
    }
}

/// Moves focus, and leaves the address alone: it may hold a document.
fn skip(event: web_sys::MouseEvent) {
    event.prevent_default();
    let lanes = document().get_element_by_id("lanes");
    if let Some(lanes) = lanes.and_then(|lanes| lanes.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = lanes.focus();
    }
}
