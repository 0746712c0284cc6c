//! Two runs on one clock, side by side: what each did, lane by lane, and in what they differ. Under 1200 px they are tabs.

mod differences;
mod half;
mod runs;
mod words;

pub use runs::{RunChip, Runs};

use crate::panels::icon::icon;
use crate::session::{Compared, Session, use_session};
use crate::ui::text::clock;
use differences::Differences;
use half::Half;
use leptos::prelude::*;
use scenario::RunId;

/// Whether two runs stand beside each other.
pub fn comparing(session: Session) -> Memo<bool> {
    Memo::new(move |_| session.runs.with(|runs| runs.iter().any(|run| run.beside)))
}

/// The two runs of the comparison, the older first.
fn pair(session: Session) -> Memo<Option<(RunId, RunId)>> {
    Memo::new(move |_| {
        session.runs.with(|runs| {
            let mut pair = runs.iter().filter(|run| run.shown || run.beside).map(|run| run.id);
            Some((pair.next()?, pair.next()?))
        })
    })
}

/// The stage of a comparison.
#[component]
pub fn Compare() -> impl IntoView {
    let session = use_session();
    let pair = pair(session);
    view! {
        <div class="compare">
            <Said/>
            <div class="compare-tabs" role="group" aria-label="Run">
                {move || pair.get().map(|(a, b)| view! { {tab(session, a)} {tab(session, b)} })}
            </div>
            <div class="compare-runs">
                {move || pair.get().map(|(a, b)| view! { <Half id=a at_left=true/> <Half id=b at_left=false/> })}
            </div>
            <Differences/>
        </div>
    }
    .into_any()
}

/// Under 1200 px one run is seen at a time: the shown one.
fn tab(session: Session, id: RunId) -> AnyView {
    let of = move || session.runs.with(|runs| runs.iter().find(|run| run.id == id).cloned());
    let shown = move || of().is_some_and(|run| run.shown);
    let words = move || of().map(|run| words::title(&run));
    view! {
        <button class="compare-tab" aria-pressed=move || shown().to_string() on:click=move |_| session.show_run(id)>
            <b class="run-id">{move || of().map(|run| run.letter.to_string())}</b>
            <span>{words}</span>
        </button>
    }
    .into_any()
}

/// One sentence that says how they differ, where they part, and the way out.
#[component]
fn Said() -> impl IntoView {
    let session = use_session();
    let sentence = move || {
        session.compared.with(|compared| match compared {
            Some(compared) => compared.now.sentence.clone(),
            None => "Comparing\u{2026}".to_owned(),
        })
    };
    let parts_at = Memo::new(move |_| {
        session.compared.with(|compared| Some(compared.as_ref()?.parting.as_ref()?.at_ms))
    });
    let why = move || session.compared.with(|compared| compared.as_ref().and_then(parting_words));
    view! {
        <div class="compare-said">
            <p class="compare-sentence" role="status">{sentence}</p>
            {move || parts_at.get().map(|at| view! {
                <button class="btn small outline" title=why on:click=move |_| session.seek(at)>
                    {icon("fork")}
                    {format!("First difference at {}", clock(at))}
                </button>
            })}
            <button class="btn small" on:click=move |_| session.put_beside(None)>
                {icon("x")}
                "End comparison"
            </button>
        </div>
    }
    .into_any()
}

/// What happened at the first difference, in both.
fn parting_words(compared: &Compared) -> Option<String> {
    let parting = compared.parting.as_ref()?;
    let said = |row: &Option<log_engine::view::EventRow>| {
        row.as_ref()
            .map_or_else(|| "nothing".to_owned(), |row| format!("{}: {}", row.subject, row.text))
    };
    Some(format!("A: {}\nB: {}", said(&parting.a), said(&parting.b)))
}
