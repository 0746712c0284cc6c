//! The Ottla page: commands in, views out.
//!
//! [`session`] owns the run and is the only writer; all other modules draw what its signals say and send it
//! commands. See `docs/architecture.md`.

pub mod browser;
pub mod cluster;
pub mod drawer;
pub mod groups;
pub mod lanes;
pub mod panels;
pub mod producers;
pub mod session;
pub mod shell;
pub mod transport;
pub mod ui;

use leptos::prelude::*;
use scenario::Player;
use session::Session;
use ui::Viewport;

/// Mounts the page.
pub fn start() {
    mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    let player = Player::new(scenario::gallery::default_document());
    player.ok().map(|player| {
        let session = Session::new(player);
        provide_context(session);
        provide_context(Viewport::new());
        if session.page.embedded {
            view! { <shell::EmbedPage/> }.into_any()
        } else {
            session.play();
            view! { <shell::Page/> }.into_any()
        }
    })
}
