//! One half of the comparison: a run's head, its figures, its lanes, and what is particular of it.

use super::findings::Found;
use super::mark::mark;
use super::steps::Walk;
use super::words::{name_of, origin_of};
use crate::browser::target_of;
use crate::cluster::BrokerLine;
use crate::lanes::{self, Across, Deck, DeckSlot, LaneKind, Lanes};
use crate::panels::icon::icon;
use crate::session::{Panel, Session, Side, use_session};
use crate::ui::{size_of, text::count};
use leptos::context::Provider;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// Totals beside the first three that a head has room for.
const MORE_TOTALS: usize = 2;

/// The half.
#[component]
pub fn Half(
    /// Which.
    side: Side,
    /// What differs.
    found: Found,
    /// Steps from difference to difference.
    walk: Walk,
) -> impl IntoView {
    let session = use_session().half(side);
    // What stands in it finds this half's run, and not its sibling's.
    view! { <Provider value=session>{body(session, side, found, walk)}</Provider> }.into_any()
}

fn body(session: Session, side: Side, found: Found, walk: Walk) -> AnyView {
    if let Some(other) = session.other_half() {
        let partitions = Memo::new(move |_| differing(session, found));
        provide_context(Across { other, partitions: partitions.into() });
    }
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let deck = Deck::new(Signal::derive(move || size.get().0));
    provide_context(deck);
    walk.note(side == Side::Right, deck);
    let slot = use_context::<DeckSlot>();
    let acts = Memo::new(move |_| session.acts_here());
    // The page's keys walk the lanes of the half that actions go to.
    Effect::new(move |_| {
        if let Some(slot) = slot.filter(|_| acts.get()) {
            slot.fill(deck);
        }
    });
    let label =
        move || session.run_view().map(|run| format!("Run {}, {}", run.letter, name_of(&run)));
    let tables = session.page.tables;
    let rows = move || deck.kind.get() == LaneKind::Row && !tables.get();
    let note = move || {
        let right = usize::from(side == Side::Right);
        found.get().and_then(|found| found.comparison.notes.get(right).cloned())
    };
    view! {
        <section
            class="run-col"
            class:acts=acts
            aria-label=label
            on:pointerdown=move |_| session.act_here()
            on:focusin=move |_| session.act_here()
        >
            {head(session)}
            {figures(session, side, found)}
            <div node_ref=node class="lanes" class:hundred=rows class:tables=move || tables.get()>
                <Lanes/>
                {move || (!tables.get()).then(|| lanes::tables(false))}
            </div>
            <p class="run-note" hidden=move || note().is_none_or(|note| note.is_empty())>{note}</p>
        </section>
    }
    .into_any()
}

/// Partitions of the shown topic that differ.
fn differing(session: Session, found: Found) -> Arc<Vec<i32>> {
    let topic = session.page.topic.get();
    let parts = found.with(|found| {
        let all = found.iter().flat_map(|found| &found.comparison.partitions);
        all.filter(|part| Some(&part.topic) == topic.as_ref()).map(|part| part.partition).collect()
    });
    Arc::new(parts)
}

fn head(session: Session) -> AnyView {
    let run = Memo::new(move |_| session.run_view());
    let origin = move || {
        run.get().map(|run| session.runs.with(|runs| origin_of(&run, runs))).unwrap_or_default()
    };
    let letter = move || run.get().map_or('A', |run| run.letter);
    let embedded = session.page.embedded;
    view! {
        <header class="run-head">
            {move || run.get().map(|run| mark(&run))}
            <h2>{move || run.get().map(|run| name_of(&run))}</h2>
            <span class="dim">{origin}</span>
            <span class="run-here" hidden=move || !session.acts_here()>"actions go here"</span>
            {(!embedded).then(|| view! {
                <span class="run-btns">
                    <button
                        class="btn small"
                        aria-haspopup="menu"
                        aria-label=move || format!("Act in {}", letter())
                        on:click=move |event| {
                            session.act_here();
                            session.toggle(Panel::Act, target_of(&event));
                        }
                    >
                        "Act"{icon("chevron")}
                    </button>
                    <button
                        class="btn small"
                        title="The other runs go; Undo brings them back"
                        on:click=move |_| session.keep_run(session.run())
                    >
                        {move || format!("Keep {}", letter())}
                    </button>
                </span>
            })}
        </header>
    }
    .into_any()
}

/// What was sent, what was acked, what of that is lost, and what else went wrong in one of the two.
fn figures(session: Session, side: Side, found: Found) -> AnyView {
    let ledger = session.ledger;
    let figure = move |word: &'static str, read: fn(&log_engine::view::LedgerView) -> u64| {
        view! { <div><dt>{word}</dt><dd>{move || count(ledger.with(read))}</dd></div> }
    };
    let lost = move || ledger.with(|ledger| ledger.lost_after_ack);
    let more = Memo::new(move |_| {
        found.with(|found| {
            let totals = found.iter().flat_map(|found| &found.comparison.totals);
            let told = totals.filter(|it| it.bad && it.a != it.b && it.name != "acked but lost");
            told.take(MORE_TOTALS)
                .map(|it| {
                    let by = it.group.as_ref().map(|group| format!(" by {group}"));
                    let n = if side == Side::Left { it.a } else { it.b };
                    (format!("{}{}", it.name, by.unwrap_or_default()), n)
                })
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="run-figs">
            <dl class="mini-ledger">
                {figure("sent", |ledger| ledger.sent)}
                {figure("acked", |ledger| ledger.acked)}
                <div class:bad=move || { lost() > 0 }><dt>"acked but lost"</dt><dd>{move || count(lost())}</dd></div>
                {move || more.get().into_iter().map(|(word, n)| view! {
                    <div class:bad=(n > 0)><dt>{word}</dt><dd>{count(n)}</dd></div>
                }).collect_view()}
            </dl>
            <BrokerLine/>
        </div>
    }
    .into_any()
}
