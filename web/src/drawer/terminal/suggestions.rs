//! The list above the line: what could come next.

use leptos::prelude::*;
use terminal::{Completion, Suggestion};

/// Most of them shown at once.
pub const SHOWN: usize = 40;

/// The list; `active` is the place of the chosen one.
#[component]
pub fn Suggestions(
    completion: Memo<Completion>,
    active: RwSignal<Option<usize>>,
    take: Callback<usize>,
) -> impl IntoView {
    let rows = move || {
        completion.with(|completion| {
            let typed = completion.typed.chars().count();
            let all = completion.suggestions.iter().take(SHOWN).enumerate();
            all.map(|(at, suggestion)| row(at, typed, suggestion, active, take)).collect_view()
        })
    };
    view! {
        <div class="complete">
            <ul role="listbox" id="term-list" aria-label="Suggestions">{rows}</ul>
            <div class="keys-hint" aria-hidden="true">
                <kbd>"Tab"</kbd>" take " <kbd>"↑"</kbd><kbd>"↓"</kbd>" choose " <kbd>"Esc"</kbd>" close"
            </div>
        </div>
    }
}

fn row(
    at: usize,
    typed: usize,
    suggestion: &Suggestion,
    active: RwSignal<Option<usize>>,
    take: Callback<usize>,
) -> impl IntoView + use<> {
    let mut letters = suggestion.word.chars();
    let head: String = letters.by_ref().take(typed).collect();
    let tail: String = letters.collect();
    let on = move || active.get().unwrap_or(0) == at;
    view! {
        <li
            role="option"
            id=format!("term-option-{at}")
            aria-selected=move || on().to_string()
            on:pointerdown=move |event| {
                event.prevent_default();
                take.run(at);
            }
        >
            <code><b>{head}</b>{tail}</code>
            <span title=suggestion.about.clone()>{suggestion.about.clone()}</span>
        </li>
    }
}
