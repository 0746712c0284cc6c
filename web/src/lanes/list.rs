//! The lanes of the shown topic, under their column heads.

use super::deck::{Deck, use_deck};
use super::geometry::LaneKind;
use super::lane::Lane;
use super::rows::Rows;
use super::tables::Tables;
use crate::lazy::{self, Wait};
use crate::session::use_session;
use leptos::prelude::*;

/// The picture as tables, shown or for screen readers.
pub fn tables(shown: bool) -> AnyView {
    let wait = if shown { Wait::InPlace } else { Wait::Unseen };
    lazy::view(&mirror::PART, wait, move || mirror::call(shown))
}

lazy::part! {
    /// The tables.
    mirror in beside: (shown: bool) -> AnyView = draw_tables
}

lazy::part! {
    /// The rows of a topic of many partitions.
    rows in beside: () -> AnyView = draw_rows
}

fn draw_tables(shown: bool) -> AnyView {
    view! { <Tables shown/> }.into_any()
}

fn draw_rows() -> AnyView {
    view! { <Rows/> }.into_any()
}

/// All lanes, as their number allows: full, compact, or rows.
#[component]
pub fn Lanes() -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let empty = Memo::new(move |_| session.cluster.with(|cluster| cluster.topics.is_empty()));
    view! {
        {move || match (session.page.tables.get(), empty.get(), deck.kind.get()) {
            (_, true, _) => view! { <NoTopic/> }.into_any(),
            (true, ..) => tables(true),
            (false, _, LaneKind::Row) => lazy::view(&rows::PART, Wait::InPlace, rows::call),
            (false, ..) => view! { <Strips/> }.into_any(),
        }}
    }
}

/// At most 16 lanes, one under the other.
#[component]
fn Strips() -> impl IntoView {
    let deck = use_deck();
    let session = use_session();
    view! {
        {(!session.page.embedded).then(|| view! { <Heads deck/> })}
        <For each=move || 0..deck.partitions.get() key=|partition| *partition let:partition>
            <Lane partition/>
        </For>
        <p class="lanes-empty" hidden=move || !nothing_sent(deck)>
            "Nothing is in this topic yet. The first record goes to the first empty place."
        </p>
    }
}

fn nothing_sent(deck: Deck) -> bool {
    let session = deck.session();
    // In the first moment of a run its streams are about to write.
    let begins = session.playing.get() && session.elapsed_ms.with(|elapsed| *elapsed < 2_000);
    !begins
        && deck
            .facts
            .with(|facts| !facts.is_empty() && facts.iter().all(|facts| facts.log_end == 0))
}

/// What stands over the columns.
#[component]
fn Heads(deck: Deck) -> impl IntoView {
    let geometry = deck.geometry;
    view! {
        <div class="lanes-head">
            <span style:width=move || format!("{}px", geometry.get().gutter)>
                {move || match deck.kind.get() {
                    LaneKind::Full => "Partition",
                    _ => "leader",
                }}
            </span>
            <span>
                "oldest" <i></i>
                {move || {
                    let per = deck.pitch.get().records;
                    (per > 1).then(|| format!("×{per}"))
                }} "newest"
            </span>
            <span class="lag-h" style:width=move || format!("{}px", geometry.get().tail)>
                {move || match deck.kind.get() {
                    LaneKind::Full => view! { "lag" }.into_any(),
                    _ => view! { <GroupHeads/> }.into_any(),
                }}
            </span>
        </div>
    }
}

/// The groups over their lag columns, with the mark that each has in the lanes.
#[component]
pub fn GroupHeads() -> impl IntoView {
    let deck = use_deck();
    view! {
        {move || {
            deck.groups
                .get()
                .into_iter()
                .enumerate()
                .map(|(index, group)| {
                    view! {
                        <span class="lag-of">
                            <svg width="9" height="8" aria-hidden="true">
                                <path
                                    class=if index == 0 { "gcom" } else { "gpos" }
                                    d="M4.5 1l3.6 6H.9z"
                                ></path>
                            </svg>
                            {group}
                        </span>
                    }
                })
                .collect_view()
        }}
    }
}

/// A cluster without topics has one thing to do.
#[component]
fn NoTopic() -> impl IntoView {
    use crate::browser::target_of;
    use crate::session::Panel;
    let session = use_session();
    view! {
        <div class="no-topic">
            <p>"This cluster has no topic. Records need one to go to."</p>
            <button
                class="btn outline"
                on:click=move |event| session.toggle(Panel::NewTopic, target_of(&event))
            >
                "New topic"
            </button>
        </div>
    }
}
