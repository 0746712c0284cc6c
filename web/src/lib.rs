//! The Ottla page: commands in, views out.
//!
//! [`session`] owns the run and is the only writer; all other modules draw what its signals say and send it
//! commands. [`keep`] stores what a person does in the browser; [`api`] is the same page for scripts. See
//! `docs/architecture.md`.

pub mod api;
pub mod browser;
pub mod cluster;
mod compare;
pub mod drawer;
pub mod groups;
pub mod keep;
pub mod lanes;
pub mod lazy;
pub mod logs;
pub mod panels;
pub mod producers;
pub mod session;
pub mod shell;
pub mod transport;
pub mod ui;

use keep::{Keeper, Opening};
use leptos::prelude::*;
use logs::Intake;
use session::{OpenTab, Panel, Session};
use ui::Viewport;

/// What is fetched once the page is at rest, in this order.
const LATER: &[&lazy::Part] =
    &[&keep::PART, &panels::PART, &drawer::PART, &logs::PART, &compare::PART];

/// Opens the document and mounts the page.
pub fn start() {
    browser::report_panics();
    let announced = api::announce();
    wasm_bindgen_futures::spawn_local(async move {
        if let Some(opening) = Opening::find(browser::is_embed()).await {
            mount_to_body(move || view! { <App opening announced/> });
        }
    });
}

/// The whole page.
#[component]
fn App(opening: Opening, announced: api::Announced) -> impl IntoView {
    let Opening { player, store, workspace, notices } = opening;
    let session = Session::new(player);
    provide_context(session);
    provide_context(Viewport::follow());
    let intake = Intake::new();
    provide_context(intake);
    for notice in notices {
        session.notify(notice);
    }
    let embedded = session.page.embedded;
    if embedded {
        if browser::parameter("autoplay").as_deref() == Some("1") && !browser::reduced_motion() {
            session.play();
        }
    } else {
        Keeper::start(session, store, workspace);
        logs::take_drops(move |file| {
            session.open(Panel::Open { tab: OpenTab::Import }, None);
            logs::take(intake, file);
        });
        if !browser::reduced_motion() {
            session.resume();
        }
    }
    Effect::new(move |_| document().set_title(&format!("{} · Ottla", session.title.get())));
    // Another link in the same tab.
    ui::listen(window().as_ref(), "hashchange", || drop(window().location().reload()));
    api::publish(session, announced);
    lazy::fetch_at_rest(LATER);
    if embedded {
        view! { <shell::EmbedPage/> }.into_any()
    } else {
        view! { <shell::Page/> }.into_any()
    }
}
