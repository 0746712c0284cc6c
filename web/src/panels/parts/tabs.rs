//! A row of tabs: one Tab stop, arrows go from tab to tab.

use super::focus;
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The row. The panel that belongs to tab `id` has the element id `pane-{prefix}-{id}`.
#[component]
pub fn Tabs(
    /// Its name for screen readers.
    label: &'static str,
    /// What makes element ids of this row its own.
    prefix: &'static str,
    /// Id and title of each.
    tabs: Vec<(&'static str, &'static str)>,
    /// The open one.
    #[prop(into)]
    open: Signal<&'static str>,
    /// The row's class.
    #[prop(default = "sheet-tabs")]
    class: &'static str,
    /// No panel is on the page.
    #[prop(into, optional)]
    folded: Signal<bool>,
    /// Called with the id of the tab that was chosen.
    on_pick: Callback<&'static str>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let ids: Vec<&'static str> = tabs.iter().map(|(id, _)| *id).collect();
    let walk = move |event: KeyboardEvent| {
        let at = ids.iter().position(|id| *id == open.get_untracked()).unwrap_or(0);
        let last = ids.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(id) = ids.get(next) {
            on_pick.run(id);
        }
        request_animation_frame(move || {
            let row = node.get_untracked();
            if let Some(tab) = row.and_then(|row| focus::stops(&row).into_iter().next()) {
                let _ = tab.focus();
            }
        });
    };
    let tab = move |(id, title): (&'static str, &'static str)| {
        let on = move || open.get() == id;
        view! {
            <button
                role="tab"
                id=format!("tab-{prefix}-{id}")
                aria-controls=move || (!folded.get()).then(|| format!("pane-{prefix}-{id}"))
                aria-selected=move || on().to_string()
                tabindex=move || if on() { "0" } else { "-1" }
                on:click=move |_| on_pick.run(id)
            >
                {title}
            </button>
        }
    };
    view! {
        <div node_ref=node class=class role="tablist" aria-label=label on:keydown=walk>
            {tabs.into_iter().map(tab).collect_view()}
        </div>
    }
    .into_any()
}

/// The panel of tab `id`. One that scrolls and holds nothing to press is a Tab stop itself: `scrolls`.
pub fn tab_panel(
    prefix: &'static str,
    id: &'static str,
    class: &'static str,
    scrolls: bool,
    body: AnyView,
) -> AnyView {
    view! {
        <div
            role="tabpanel"
            class=class
            tabindex=scrolls.then_some("0")
            id=format!("pane-{prefix}-{id}")
            aria-labelledby=format!("tab-{prefix}-{id}")
        >
            {body}
        </div>
    }
    .into_any()
}
