//! The runs of the document: which is shown, which stands beside it, their names, and which go.

use super::mark::mark;
use super::words::{name_of, origin_of};
use crate::panels::icon::icon;
use crate::panels::popover::{Place, Popover};
use crate::session::{Session, use_session};
use crate::ui::text::clock;
use leptos::prelude::*;
use scenario::{ForkView, RunId};

/// The panel.
#[component]
pub fn Runs() -> impl IntoView {
    let session = use_session();
    let ids = Memo::new(move |_| {
        session.runs.with(|runs| runs.iter().map(|run| run.id).collect::<Vec<_>>())
    });
    let comparing = Memo::new(move |_| session.compared().is_some());
    let locked = session.page.read_only;
    view! {
        <Popover label="Fork and compare" width=430 place=Place::BelowRight>
            <h3>"Runs"</h3>
            <ul class="run-list">
                <For each=move || ids.get() key=|id| *id children=move |id| row(session, id)/>
            </ul>
            <div class="pop-foot">
                <button class="btn" hidden=move || !comparing.get() on:click=move |_| session.compare_with(None)>
                    "End the comparison"
                </button>
                <button
                    class="btn primary"
                    data-focus=""
                    disabled=locked
                    on:click=move |_| {
                        session.close();
                        session.fork_here();
                    }
                >
                    {icon("fork")}
                    {move || format!("Fork here, at {}", clock(session.elapsed_ms.get()))}
                </button>
            </div>
        </Popover>
    }
    .into_any()
}

fn row(session: Session, id: RunId) -> AnyView {
    let run =
        Memo::new(move |_| session.runs.with(|runs| runs.iter().find(|run| run.id == id).cloned()));
    let of = move |look: fn(&ForkView) -> bool| run.with(|run| run.as_ref().is_some_and(look));
    let letter = move || run.with(|run| run.as_ref().map_or('A', |run| run.letter));
    let origin = move || {
        run.get().map(|run| session.runs.with(|runs| origin_of(&run, runs))).unwrap_or_default()
    };
    let locked = session.page.read_only;
    view! {
        <li class="run-row" class:on=move || of(|run| run.shown)>
            {move || run.get().map(|run| mark(&run))}
            <input
                class="run-name"
                aria-label=move || format!("Name of run {}", letter())
                placeholder=move || run.get().map(|run| name_of(&run))
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
                disabled=locked
                prop:value=move || run.get().map(|run| run.name).unwrap_or_default()
                on:change=move |event| session.rename_run(id, &event_target_value(&event))
            />
            <span class="dim">{origin}</span>
            <span class="run-btns" role="group" aria-label=move || format!("Run {}", letter())>
                <button
                    class="btn small"
                    aria-pressed=move || of(|run| run.shown).to_string()
                    on:click=move |_| session.show_run(id)
                >
                    {move || if of(|run| run.shown) { "Shown" } else { "Show" }}
                </button>
                <button
                    class="btn small"
                    aria-pressed=move || of(|run| run.beside).to_string()
                    disabled=move || of(|run| run.shown)
                    on:click=move |_| {
                        let beside = untrack(|| of(|run| run.beside));
                        session.compare_with((!beside).then_some(id));
                    }
                >
                    "Beside"
                </button>
                <button class="btn small" disabled=locked on:click=move |_| session.keep_run(id)>
                    "Keep only this"
                </button>
                {(id != RunId::FIRST).then(|| view! {
                    <button
                        class="btn icon small"
                        aria-label=move || format!("Remove run {}", letter())
                        title="Remove"
                        disabled=locked
                        on:click=move |_| session.remove_run(id)
                    >
                        {icon("trash")}
                    </button>
                })}
            </span>
        </li>
    }
    .into_any()
}
