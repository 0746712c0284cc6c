//! A menu: actions under each other, walked by the arrow keys.

use super::{focus, icon::icon};
use leptos::{html, prelude::*};

/// One line of a menu.
#[derive(Clone, Default)]
pub struct Item {
    /// Picture.
    pub icon: &'static str,
    /// What it does.
    pub title: String,
    /// A key, a number or a state at its right.
    pub aside: String,
    /// One line under it.
    pub detail: String,
    /// `danger`, `chosen` or nothing.
    pub class: &'static str,
    /// What happens.
    pub action: Option<Callback<()>>,
}

/// A line of a menu, a rule or a caption.
#[derive(Clone)]
pub enum Entry {
    /// Something to do.
    Item(Item),
    /// A rule between groups.
    Rule,
    /// A caption.
    Caption(String),
}

fn item_view(item: Item) -> AnyView {
    let single_key = item.aside.chars().count() < 3 && !item.aside.is_empty();
    let chosen = item.class.contains("chosen");
    let aside = match (item.aside.is_empty(), single_key) {
        (true, _) => ().into_any(),
        (_, true) => view! { <kbd>{item.aside}</kbd> }.into_any(),
        _ => view! { <em>{item.aside}</em> }.into_any(),
    };
    let detail = (!item.detail.is_empty()).then(|| view! { <span>{item.detail}</span> });
    view! {
        <li role="none" class=item.class>
            <button
                role="menuitem"
                aria-current=chosen.then_some("true")
                data-focus=chosen.then_some("")
                on:click=move |_| if let Some(action) = item.action { action.run(()) }
            >
                {icon(item.icon)}<b>{item.title}</b>{aside}{detail}
            </button>
        </li>
    }
    .into_any()
}

/// The menu. It lies in a [`super::popover::Popover`].
#[component]
pub fn Menu(
    /// Its name for screen readers.
    label: &'static str,
    /// Its lines.
    #[prop(into)]
    entries: Signal<Vec<Entry>>,
) -> impl IntoView {
    let node = NodeRef::<html::Ul>::new();
    let walk = move |event: leptos::ev::KeyboardEvent| {
        let Some(list) = node.get_untracked() else { return };
        let stops = focus::stops(&list);
        let here = document().active_element();
        let at = stops.iter().position(|stop| here.as_ref() == Some(stop.as_ref()));
        let last = stops.len().saturating_sub(1);
        let next = match (event.key().as_str(), at) {
            ("ArrowDown", Some(at)) => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            ("ArrowUp", Some(at)) => at.checked_sub(1).unwrap_or(last),
            ("Home", _) => 0,
            ("End", _) => last,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(stop) = stops.get(next) {
            let _ = stop.focus();
        }
    };
    let line = |entry| match entry {
        Entry::Item(item) => item_view(item),
        Entry::Rule => view! { <li class="sep" role="separator"></li> }.into_any(),
        Entry::Caption(text) => {
            view! { <li class="cap" role="presentation">{text}</li> }.into_any()
        }
    };
    view! {
        <ul node_ref=node class="menu" role="menu" aria-label=label on:keydown=walk>
            {move || entries.get().into_iter().map(line).collect_view()}
        </ul>
    }
    .into_any()
}
