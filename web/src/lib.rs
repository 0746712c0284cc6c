//! The Ottla page: commands in, views out.
//!
//! [`session`] owns the run and is the only writer; all other modules draw what its signals say and send it
//! commands. See `docs/architecture.md`.

pub mod browser;
pub mod drawer;
pub mod lanes;
pub mod panels;
pub mod session;
pub mod ui;

use leptos::prelude::*;
use scenario::Player;
use session::Session;

/// Mounts the page.
pub fn start() {
    mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    Player::new(scenario::gallery::default_document()).ok().map(|player| {
        let session = Session::new(player);
        provide_context(session);
        view! {
            <ui::Sprite/>
            <drawer::Drawer/>
            <panels::Panels/>
        }
    })
}
