//! Left and right of a lane's strip: names at the rows, lags at their ends. Text, so that it can be read and copied.

use super::deck::{Deck, use_deck};
use super::geometry::{Geometry, LaneKind};
use crate::browser::target_of;
use crate::session::{LaneSignal, Panel, use_session};
use crate::ui::{text, use_viewport};
use leptos::prelude::*;

/// A lag above this is set in bold.
const LARGE_LAG: i64 = 10;

/// The partition's number, its leader, and who reads each row.
#[component]
pub fn Gutter(partition: i32, lane: LaneSignal, geometry: Memo<Geometry>) -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let leader = Memo::new(move |_| {
        lane.with(|lane| lane.as_ref().and_then(|lane| lane.leader).map(|leader| leader.0))
    });
    let top = move || geometry.get().top;
    let cell = move || geometry.get().cell;
    let viewport = use_viewport();
    let word = move || {
        geometry.get().kind == LaneKind::Full
            && deck.kind.get() == LaneKind::Full
            && !session.page.embedded
            && !viewport.phone()
    };
    view! {
        <div class="gutter" style:width=move || format!("{}px", geometry.get().gutter)>
            <button
                class="pname"
                aria-haspopup="dialog"
                aria-label=format!("Partition {partition}: menu")
                prop:disabled=session.page.embedded
                style:top=move || format!("{}px", top() - 1.0)
                style:height=move || format!("{}px", cell())
                on:click=move |event| session.toggle(Panel::Lane { partition }, target_of(&event))
            >
                {format!("P{partition}")}
            </button>
            <span
                class="g-row"
                style:top=move || format!("{}px", top())
                style:height=move || format!("{}px", cell())
            >
                {move || lane.with(|lane| lane.as_ref().is_some_and(|lane| lane.leader.is_none())).then(|| {
                    view! { <span class="g-off">"offline"</span> }
                })}
                <span class="g-word">{move || (word() && leader.get().is_some()).then_some("leader")}</span>
                {move || {
                    leader.get().map(|id| view! { <b class="btok lead">{id}</b> })
                }}
            </span>
            <Rows deck=deck lane geometry/>
        </div>
    }
}

/// The member that reads each row, or its group where nobody does.
#[component]
fn Rows(deck: Deck, lane: LaneSignal, geometry: Memo<Geometry>) -> impl IntoView {
    let names = Memo::new(move |_| {
        deck.groups.with(|groups| {
            lane.with(|lane| {
                groups.iter().map(|group| reader(lane.as_deref(), group)).collect::<Vec<_>>()
            })
        })
    });
    let full = move || geometry.get().kind == LaneKind::Full;
    view! {
        {move || {
            full()
                .then(|| {
                    let geometry = geometry.get();
                    names
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(row, name)| {
                            view! {
                                <span
                                    class="g-row sm grp"
                                    style:top=row_top(&geometry, row)
                                    style:height=format!("{}px", geometry.group)
                                >
                                    {name}
                                </span>
                            }
                        })
                        .collect_view()
                })
        }}
    }
}

fn reader(lane: Option<&log_engine::view::LaneView>, group: &str) -> String {
    lane.and_then(|lane| lane.cursors.iter().find(|cursor| cursor.group == group))
        .and_then(|cursor| cursor.member.clone())
        .unwrap_or_else(|| group.to_owned())
}

fn row_top(geometry: &Geometry, row: usize) -> String {
    let row = u32::try_from(row).map_or(0.0, f64::from);
    format!("{}px", geometry.groups_top() + row * geometry.group)
}

/// The lag of each shown group.
#[component]
pub fn Tail(lane: LaneSignal, geometry: Memo<Geometry>) -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let lags = Memo::new(move |_| {
        session.pulse.track();
        deck.groups.with(|groups| {
            lane.with_untracked(|lane| {
                let lag = |group: &String| {
                    let cursors = &lane.as_ref()?.cursors;
                    cursors.iter().find(|cursor| cursor.group == *group).map(|cursor| cursor.lag)
                };
                groups.iter().map(lag).collect::<Vec<_>>()
            })
        })
    });
    view! {
        <div class="tail" style:width=move || format!("{}px", geometry.get().tail)>
            {move || match geometry.get() {
                geometry if geometry.kind == LaneKind::Full => {
                    lag_rows(&geometry, &lags.get(), session.page.embedded).into_any()
                }
                geometry => lag_pair(&geometry, &lags.get()).into_any(),
            }}
        </div>
    }
}

/// `worded` where no column head says what the numbers are.
fn lag_rows(geometry: &Geometry, lags: &[Option<i64>], worded: bool) -> impl IntoView + use<> {
    let height = format!("{}px", geometry.group);
    let rows: Vec<(String, Option<i64>)> =
        lags.iter().enumerate().map(|(row, lag)| (row_top(geometry, row), *lag)).collect();
    rows.into_iter()
        .map(|(top, lag)| {
            view! {
                <span
                    class="t-row"
                    class:zero=(lag.unwrap_or(0) == 0)
                    class:big=(lag.unwrap_or(0) > LARGE_LAG)
                    style:top=top
                    style:height=height.clone()
                >
                    {worded.then_some("lag ")}
                    {lag.map(text::number)}
                </span>
            }
        })
        .collect_view()
}

fn lag_pair(geometry: &Geometry, lags: &[Option<i64>]) -> impl IntoView + use<> {
    let height = format!("{}px", geometry.cell + 8.0);
    let numbers = lags.to_vec();
    view! {
        <span class="t-pair" style:height=height>
            {numbers
                .into_iter()
                .map(|lag| {
                    view! {
                        <b
                            class:zero=(lag.unwrap_or(0) == 0)
                            class:big=(lag.unwrap_or(0) > 2 * LARGE_LAG)
                        >
                            {lag.map(text::number)}
                        </b>
                    }
                })
                .collect_view()}
        </span>
    }
}
