//! The letter of a run, and the chip that says at all times which one is shown.

use super::words::name_of;
use crate::browser::target_of;
use crate::session::{Panel, use_session};
use leptos::prelude::*;
use scenario::ForkView;

/// A run's letter: a square for the original, round for a fork; filled where actions go to it.
pub fn mark(run: &ForkView) -> AnyView {
    let class = match (run.parent.is_some(), run.shown) {
        (false, true) => "run-id on",
        (false, false) => "run-id",
        (true, true) => "run-id fork on",
        (true, false) => "run-id fork",
    };
    view! { <b class=class aria-hidden="true">{run.letter.to_string()}</b> }.into_any()
}

/// Beside the title, once there is more than one run.
#[component]
pub fn RunChip() -> impl IntoView {
    let session = use_session();
    let shown = Memo::new(move |_| {
        session.runs.with(|runs| {
            let of = |beside: bool| {
                runs.iter().find(|run| if beside { run.beside } else { run.shown }).cloned()
            };
            (runs.len() > 1).then(|| of(false).map(|shown| (shown, of(true)))).flatten()
        })
    });
    view! {
        {move || shown.get().map(|(run, beside)| {
            let name = name_of(&run);
            let label = match &beside {
                Some(other) => format!("Runs: actions go to {}, {name}; beside it {}", run.letter, other.letter),
                None => format!("Runs: {}, {name}, is shown", run.letter),
            };
            let beside = beside.map(|other| view! { <i>"beside"</i>{mark(&other)} });
            view! {
                <button
                    class="run-chip"
                    aria-haspopup="dialog"
                    aria-label=label
                    prop:disabled=session.page.embedded
                    on:click=move |event| session.toggle(Panel::Runs, target_of(&event))
                >
                    {mark(&run)}<span>{name}</span>{beside}
                </button>
            }
        })}
    }
    .into_any()
}
