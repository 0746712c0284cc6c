//! The list of runs: fork, switch, compare, name, keep, remove.

use super::{comparing, words};
use crate::browser::target_of;
use crate::panels::icon::icon;
use crate::panels::popover::{Place, Popover};
use crate::session::{Panel, Session, use_session};
use leptos::prelude::*;
use scenario::ForkView;

/// In the top bar, once there are several: which run is shown.
#[component]
pub fn RunChip() -> impl IntoView {
    let session = use_session();
    let shown = Memo::new(move |_| {
        session.runs.with(|runs| {
            let many = runs.len() > 1;
            runs.iter().find(|run| run.shown && many).map(|run| (run.letter, words::title(run)))
        })
    });
    let open = move |event: web_sys::MouseEvent| session.toggle(Panel::Runs, target_of(&event));
    view! {
        {move || shown.get().map(|(letter, title)| view! {
            <button class="btn small run-chip" aria-haspopup="dialog" title="Which run is shown" on:click=open>
                <b class="run-id">{letter.to_string()}</b>
                <span>{title}</span>
            </button>
        })}
    }
    .into_any()
}

/// The list.
#[component]
pub fn Runs() -> impl IntoView {
    let session = use_session();
    let comparing = comparing(session);
    view! {
        <Popover label="Runs" width=420 place=Place::BelowRight class="pad">
            <h3>"Runs"</h3>
            <p class="dim">
                "A fork does what its parent did up to the moment it begins at, and then what you do in it. An action at a past moment begins one."
            </p>
            <ul class="run-list">
                {move || {
                    let runs = session.runs.get();
                    runs.iter().map(|run| row(session, run)).collect_view()
                }}
            </ul>
            <footer class="pop-foot">
                {move || comparing.get().then(|| view! {
                    <button class="btn" on:click=move |_| session.put_beside(None)>"End comparison"</button>
                })}
                <button
                    class="btn primary"
                    data-focus=""
                    on:click=move |_| {
                        if session.fork_and_compare() {
                            session.close();
                        }
                    }
                >
                    {icon("fork")}
                    "Fork here & compare"
                </button>
            </footer>
        </Popover>
    }
    .into_any()
}

fn row(session: Session, run: &ForkView) -> AnyView {
    let (id, letter, shown) = (run.id, run.letter, run.shown);
    let rename = move |event: web_sys::Event| session.rename_run(id, &event_target_value(&event));
    let beside = run.beside;
    let (word, put) = if beside { ("Beside", None) } else { ("Compare", Some(id)) };
    view! {
        <li class:shown=shown>
            <button
                class="run-id"
                aria-pressed=shown.to_string()
                aria-label=format!("Show run {letter}")
                title="Show this run"
                on:click=move |_| session.show_run(id)
            >
                {letter.to_string()}
            </button>
            <span class="run-name">
                <input
                    aria-label=format!("Name of run {letter}")
                    maxlength="100"
                    autocomplete="off"
                    placeholder=words::title(&ForkView { name: String::new(), ..run.clone() })
                    value=run.name.clone()
                    on:change=rename
                />
                <span class="dim">{words::origin(run)}</span>
            </span>
            <button
                class="btn small"
                aria-pressed=beside.to_string()
                disabled=shown
                on:click=move |_| session.put_beside(put)
            >
                {if shown { "Shown" } else { word }}
            </button>
            <button class="btn small" on:click=move |_| session.keep_run(id)>"Keep only"</button>
            <button
                class="btn icon small"
                aria-label=format!("Remove run {letter}")
                title="Remove this fork"
                disabled=run.parent.is_none()
                on:click=move |_| session.remove_run(id)
            >
                {icon("x")}
            </button>
        </li>
    }
    .into_any()
}
