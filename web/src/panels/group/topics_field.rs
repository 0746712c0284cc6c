//! The topics a group subscribes to, as chips with a choice to add one.

use crate::session::use_session;
use leptos::prelude::*;

/// The field.
#[component]
pub fn TopicsField(
    /// The topics now.
    #[prop(into)]
    topics: Signal<Vec<String>>,
    /// Called with others.
    on_change: Callback<Vec<String>>,
) -> impl IntoView {
    let session = use_session();
    let names = Memo::new(move |_| {
        session.cluster.with(|c| c.topics.iter().map(|t| t.name.clone()).collect::<Vec<_>>())
    });
    let chip = move |topic: String| {
        let own = topic.clone();
        let drop = move |_| {
            let left = topics.get_untracked().into_iter().filter(|other| *other != own);
            on_change.run(left.collect());
        };
        view! {
            <span class="pchip">
                {topic.clone()}
                <button type="button" aria-label=format!("Leave out {topic}") on:click=drop>"×"</button>
            </span>
        }
    };
    let left = move || {
        let taken = topics.get();
        let free = names.get().into_iter().filter(|name| !taken.contains(name));
        free.map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()
    };
    let add = move |event: leptos::ev::Event| {
        let name = event_target_value(&event);
        let mut all = topics.get_untracked();
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
            on_change.run(all);
        }
        event_target::<web_sys::HtmlSelectElement>(&event).set_value("");
    };
    view! {
        <span class="tagbox">
            {move || topics.get().into_iter().map(chip).collect_view()}
            <select aria-label="Add a topic" on:change=add>
                <option value="">"add"</option>
                {left}
            </select>
        </span>
    }
    .into_any()
}
