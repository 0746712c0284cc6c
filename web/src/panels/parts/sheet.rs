//! A side sheet: what a card's ⋯ opens. Not modal: time runs on, and every change acts at once. From 1280 px
//! it takes the place of its column; narrower, it lies over it; on a phone it fills the screen (panels.css).

use super::{focus, icon::icon};
use crate::session::{Side, use_session};
use leptos::{html, prelude::*};

/// The sheet. Its body is whatever tab is open.
#[component]
pub fn Sheet(
    /// Left for producers, right for groups.
    side: Side,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// The row of tabs, if it has one.
    #[prop(optional)]
    tabs: Option<AnyView>,
    /// What stands under the body.
    #[prop(optional)]
    foot: Option<AnyView>,
    /// The body.
    children: Children,
) -> impl IntoView {
    focus::give_back();
    let session = use_session();
    let on_close = Callback::new(move |()| session.close());
    let node = NodeRef::<html::Aside>::new();
    node.on_load(|element| request_animation_frame(move || focus::enter(&element)));
    let class = if side == Side::Left { "sheet left" } else { "sheet right" };
    view! {
        <aside
            node_ref=node
            class=class
            aria-label=move || title.get()
            tabindex="-1"
            on:keydown=move |event| {
                if let Some(element) = node.get_untracked() {
                    focus::on_escape(&element, &event, on_close);
                }
            }
        >
            <header class="sheet-head">
                <h2 tabindex="-1" data-focus="">{move || title.get()}</h2>
                <button class="btn icon small" aria-label="Close" title="Close  Esc" on:click=move |_| on_close.run(())>
                    {icon("x")}
                </button>
            </header>
            {tabs}
            <div class="sheet-body">{children()}</div>
            {foot}
        </aside>
    }
}
