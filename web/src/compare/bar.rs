//! Over both halves: how they differ in one sentence, where they part, and the steps through the differences.

use super::findings::Found;
use super::list::count;
use super::steps::{Step, Walk, next, steps};
use crate::panels::icon::icon;
use crate::session::use_session;
use crate::ui::text::clock;
use leptos::prelude::*;
use log_engine::view::EventRow;
use scenario::Parting;
use std::sync::Arc;

/// The bar.
#[component]
pub fn Bar(
    /// What differs.
    found: Found,
    /// Steps from difference to difference.
    walk: Walk,
    /// The list of differences is on screen.
    listed: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let all =
        Memo::new(move |_| Arc::new(found.get().map(|found| steps(&found)).unwrap_or_default()));
    let sentence = Memo::new(move |_| {
        found.with(|found| found.as_ref().map(|found| found.comparison.sentence.clone()))
    });
    // Said once time rests, never while it runs.
    let said = Memo::new(move |_| sentence.get().filter(|_| !session.playing.get()));
    let place = Memo::new(move |_| all.with(|all| walk.place(all)));
    let step = move |forward: bool| {
        let to = all.with_untracked(|all: &Arc<Vec<Step>>| {
            next(all.len(), place.get_untracked(), forward).and_then(|to| all.get(to).cloned())
        });
        if let Some(to) = to {
            walk.go(&to);
        }
    };
    let where_now = move || {
        let (at, of) = (place.get(), all.with(|all| all.len()));
        at.map_or_else(|| of.to_string(), |at| format!("{} of {of}", at + 1))
    };
    let none = move || all.with(|all| all.is_empty());
    let differences = move || {
        let n = found.with(|found| found.as_ref().map_or(0, |found| count(found)));
        if n == 1 { "1 difference".to_owned() } else { format!("{n} differences") }
    };
    view! {
        <header class="cmp-bar">
            <div class="cmp-words">
                <p class="cmp-say">{sentence}</p>
                {first(found)}
            </div>
            <div class="sr" role="status">{said}</div>
            <div class="cmp-steps" role="group" aria-label="Differences in the lanes">
                <button
                    class="btn icon small cmp-previous"
                    aria-label="Previous difference"
                    title="Previous difference  Shift C"
                    disabled=none
                    on:click=move |_| step(false)
                >
                    {icon("left")}
                </button>
                <span class="dim">{where_now}</span>
                <button
                    class="btn icon small cmp-next"
                    aria-label="Next difference"
                    title="Next difference  C"
                    disabled=none
                    on:click=move |_| step(true)
                >
                    {icon("chevron")}
                </button>
            </div>
            <button
                class="btn small cmp-list"
                aria-expanded=move || listed.get().to_string()
                aria-controls="differences"
                on:click=move |_| listed.update(|listed| *listed = !*listed)
            >
                {icon("table")}{differences}
            </button>
            {(!session.page.embedded).then(|| view! {
                <button
                    class="btn icon small cmp-end"
                    aria-label="End the comparison"
                    title="End the comparison; both runs stay"
                    on:click=move |_| session.compare_with(None)
                >
                    {icon("x")}
                </button>
            })}
        </header>
    }
    .into_any()
}

/// Where they part, which is a press away, and what happened there.
fn first(found: Found) -> AnyView {
    let session = use_session();
    let parting = Memo::new(move |_| {
        found.with(|found| {
            let found = found.as_ref()?;
            let parting = found.parting.as_ref()?;
            Some((parting.at_ms, parting_words(parting, found.letters())))
        })
    });
    view! {
        {move || parting.get().map(|(at_ms, words)| {
            let go = move |_| {
                session.pause();
                session.seek(at_ms);
            };
            let title = words.clone();
            view! {
                <p class="cmp-parts">
                    <button class="cmp-first" on:click=go>
                        {format!("First difference at {}", clock(at_ms))}
                    </button>
                    <span title=title>{words}</span>
                </p>
            }
        })}
    }
    .into_any()
}

/// "in A checkout: batch acked; in B nothing yet"
fn parting_words(parting: &Parting, [a, b]: [char; 2]) -> String {
    let said =
        |row: &Option<EventRow>| row.as_ref().map(|row| format!("{}: {}", row.subject, row.text));
    match (said(&parting.a), said(&parting.b)) {
        (Some(one), Some(other)) => format!("in {a} {one}; in {b} {other}"),
        (Some(one), None) => format!("in {a} alone {one}"),
        (None, Some(other)) => format!("in {b} alone {other}"),
        (None, None) => String::new(),
    }
}
