//! The stage while two runs are compared: both halves on one clock; where there is no room for two, tabs.

use super::bar::Bar;
use super::findings::find;
use super::half::Half;
use super::list::List;
use super::mark::mark;
use super::steps::Walk;
use super::words::name_of;
use crate::session::{Session, Side, use_session};
use crate::ui::use_viewport;
use leptos::prelude::*;

/// Narrower than this, the halves are tabs.
const TWO_HALVES_PX: f64 = 1200.0;

/// The stage.
#[component]
pub fn Stage() -> impl IntoView {
    let session = use_session();
    let viewport = use_viewport();
    let found = find(session);
    let walk = Walk::new(session);
    let listed = RwSignal::new(false);
    let embedded = session.page.embedded;
    let tabbed = Memo::new(move |_| {
        viewport.width.get() < if embedded { TWO_HALVES_PX * 0.75 } else { TWO_HALVES_PX }
    });
    let acting =
        Memo::new(
            move |_| {
                if session.half(Side::Right).acts_here() { Side::Right } else { Side::Left }
            },
        );
    let half = move |side: Side| view! { <Half side found walk/> }.into_any();
    view! {
        <section class="compare" id="lanes" tabindex="-1" aria-label="Comparison" class:tabbed=tabbed>
            <Bar found walk listed/>
            {move || tabbed.get().then(|| tabs(session, acting))}
            <div
                class="run-cols"
                id="compared-run"
                role=move || tabbed.get().then_some("tabpanel")
                aria-label=move || tabbed.get().then_some("Run")
            >
                {move || match tabbed.get() {
                    true => half(acting.get()),
                    false => [Side::Left, Side::Right].map(half).collect_view().into_any(),
                }}
            </div>
            <List found walk shown=listed.read_only()/>
        </section>
    }
    .into_any()
}

/// A tab for each run; the open one is the one that actions go to.
fn tabs(session: Session, acting: Memo<Side>) -> AnyView {
    let row = NodeRef::<leptos::html::Div>::new();
    let walk = move |event: web_sys::KeyboardEvent| {
        if !matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let to = match (event.key().as_str(), acting.get_untracked()) {
            ("Home", _) => Side::Left,
            ("End", _) => Side::Right,
            (_, Side::Left) => Side::Right,
            (_, Side::Right) => Side::Left,
        };
        session.half(to).act_here();
        request_animation_frame(move || {
            let open = row
                .get_untracked()
                .and_then(|row| row.query_selector("[aria-selected=true]").ok().flatten());
            if let Some(tab) = open
                .and_then(|tab| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(tab).ok())
            {
                let _ = tab.focus();
            }
        });
    };
    let tab = move |side: Side| {
        let half = session.half(side);
        let on = move || acting.get() == side;
        view! {
            <button
                role="tab"
                aria-controls="compared-run"
                aria-selected=move || on().to_string()
                tabindex=move || if on() { "0" } else { "-1" }
                on:click=move |_| half.act_here()
            >
                {move || half.run_view().map(|run| (mark(&run), name_of(&run)))}
            </button>
        }
    };
    view! {
        <div node_ref=row class="sheet-tabs run-tabs" role="tablist" aria-label="Compared runs" on:keydown=walk>
            {[Side::Left, Side::Right].map(tab).collect_view()}
        </div>
    }
    .into_any()
}
