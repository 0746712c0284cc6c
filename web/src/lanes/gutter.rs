//! Left and right of a lane's strip: names at the rows, lags at their ends. Text, so that it can be read and copied.

use super::deck::{Deck, use_deck};
use super::geometry::{Geometry, LaneKind};
use super::replicas::{self, ReplicaState};
use crate::browser::target_of;
use crate::session::{LaneSignal, Panel, Session, use_session};
use crate::ui::{text, use_viewport};
use leptos::prelude::*;
use log_engine::view::WhyTarget;

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
    let fresh = Memo::new(move |_| super::lane::fresh_leader(session, lane, partition).is_some());
    let no_leader = move || if deck.kind.get() == LaneKind::Full { "no leader" } else { "offline" };
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
            <Isr partition lane geometry/>
            <span
                class="g-row"
                style:top=move || format!("{}px", top())
                style:height=move || format!("{}px", cell())
            >
                {move || leader.get().is_none().then(|| view! { <span class="g-off">{no_leader}</span> })}
                <span class="g-word">{move || (word() && leader.get().is_some()).then_some("leader")}</span>
                {move || {
                    leader.get().map(|id| view! {
                        <button
                            class="g-ask"
                            title="Why does it lead?"
                            aria-label=format!("P{partition} is led by broker {id}: why?")
                            prop:disabled=session.page.embedded
                            tabindex="-1"
                            on:click=move |_| ask(session, |topic| WhyTarget::Leader { topic, partition })
                        >
                            <b class="btok lead" class:fresh=fresh>{id}</b>
                        </button>
                    })
                }}
                {move || (geometry.get().kind == LaneKind::Compact).then(|| view! { <Numbers lane/> })}
            </span>
            <Followers lane geometry named=Signal::derive(word)/>
            <Rows deck=deck lane geometry/>
        </div>
    }
}

/// Asks why, of the shown topic.
fn ask(session: Session, target: impl FnOnce(String) -> WhyTarget) {
    if let Some(topic) = session.page.topic.get_untracked() {
        session.ask_why(target(topic));
    }
}

/// Who is in sync, above the leader; amber where that is not all.
#[component]
fn Isr(partition: i32, lane: LaneSignal, geometry: Memo<Geometry>) -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| {
        let geometry = geometry.get();
        let shown =
            geometry.kind == LaneKind::Full && geometry.followers > 0 && !session.page.embedded;
        lane.with(|lane| {
            let lane = lane.as_ref().filter(|_| shown)?;
            Some((replicas::isr_words(lane), replicas::is_shrunk(lane), geometry.top - 2.0))
        })
    });
    view! {
        {move || said.get().map(|(words, warn, height)| view! {
            <button
                class="g-isr g-ask"
                class:warn=warn
                title="Why is it so?"
                tabindex="-1"
                style:height=format!("{height}px")
                on:click=move |_| ask(session, |topic| WhyTarget::InSync { topic, partition })
            >
                {words}
            </button>
        })}
    }
}

/// A follower as the gutter names it.
#[derive(Debug, Clone, PartialEq)]
struct Named {
    broker: i32,
    state: ReplicaState,
}

impl Named {
    /// Its number; with a sign while it joins.
    fn number(&self) -> String {
        match self.state {
            ReplicaState::Joining => format!("+{}", self.broker),
            _ => self.broker.to_string(),
        }
    }
}

fn named(lane: LaneSignal) -> Memo<Vec<Named>> {
    Memo::new(move |_| {
        lane.with(|lane| {
            let Some(lane) = lane else { return Vec::new() };
            let name = |replica| Named {
                broker: replica_id(replica),
                state: ReplicaState::of(lane, replica),
            };
            replicas::followers(lane).map(name).collect()
        })
    })
}

fn replica_id(replica: &log_engine::view::ReplicaView) -> i32 {
    replica.broker.0
}

/// The followers' numbers beside the leader's, where they have no rows.
#[component]
fn Numbers(lane: LaneSignal) -> impl IntoView {
    /// Numbers that have room.
    const SHOWN: usize = 5;
    let named = named(lane);
    view! {
        {move || {
            let all = named.get();
            let more = all.len().saturating_sub(SHOWN);
            let token = |it: &Named| view! {
                <b class=format!("btok {}", it.state.class()) title=it.state.word()>{it.number()}</b>
            };
            view! {
                {all.iter().take(SHOWN).map(token).collect_view()}
                {(more > 0).then(|| format!("+{more}"))}
            }
        }}
    }
}

/// Each follower at its bar; one word where the bars are too thin for numbers.
#[component]
fn Followers(lane: LaneSignal, geometry: Memo<Geometry>, named: Signal<bool>) -> impl IntoView {
    let all = self::named(lane);
    view! {
        {move || {
            let g = geometry.get();
            if g.followers == 0 {
                return ().into_any();
            }
            let all = all.get();
            if !g.numbered() {
                return folded(&g, &all);
            }
            let row = |(row, it): (usize, &Named)| {
                let row = u32::try_from(row).map_or(0.0, f64::from);
                let top = format!("{}px", g.followers_top() + row * g.follower);
                let off = it.state == ReplicaState::Offline;
                view! {
                    <span class="g-row sm" class:off=off style:top=top style:height=format!("{}px", g.follower)>
                        {named.get().then(|| it.state.word())}
                        <b class=format!("btok {}", it.state.class())>{it.number()}</b>
                    </span>
                }
            };
            all.iter().enumerate().map(row).collect_view().into_any()
        }}
    }
}

fn folded(g: &Geometry, all: &[Named]) -> AnyView {
    let off = all.iter().filter(|it| it.state == ReplicaState::Offline).count();
    let moving = all.iter().any(|it| it.state == ReplicaState::Joining);
    let words = match (all.len(), off) {
        (_, 0) if moving => "moving".to_owned(),
        (_, 0) => "followers".to_owned(),
        (1, _) => "offline".to_owned(),
        _ => format!("{off} offline"),
    };
    let height = (f64::from(g.followers) * g.follower).max(10.0);
    view! {
        <span
            class="g-row sm"
            class:off=(off > 0)
            style:top=format!("{}px", g.followers_top())
            style:height=format!("{height}px")
        >
            {words}
        </span>
    }
    .into_any()
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
    let lacks = Memo::new(move |_| {
        session.pulse.track();
        lane.with_untracked(|lane| {
            let Some(lane) = lane else { return Vec::new() };
            let lack =
                |replica| (replicas::missing(lane, replica), ReplicaState::of(lane, replica));
            replicas::followers(lane).map(lack).collect::<Vec<_>>()
        })
    });
    let numbered = move || {
        let geometry = geometry.get();
        geometry.followers > 0 && geometry.numbered() && !session.page.embedded
    };
    view! {
        <div class="tail" style:width=move || format!("{}px", geometry.get().tail)>
            {move || numbered().then(|| lack_rows(&geometry.get(), &lacks.get()))}
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

/// How many records each follower lacks.
fn lack_rows(geometry: &Geometry, lacks: &[(i64, ReplicaState)]) -> impl IntoView + use<> {
    let (first, height) = (geometry.followers_top(), geometry.follower);
    let rows: Vec<(usize, i64, ReplicaState)> =
        lacks.iter().enumerate().map(|(row, (lack, state))| (row, *lack, *state)).collect();
    rows.into_iter()
        .filter(|(_, lack, _)| *lack > 0)
        .map(|(row, lack, state)| {
            let row = u32::try_from(row).map_or(0.0, f64::from);
            view! {
                <span
                    class="t-row sm"
                    class:warn=state.is_amiss()
                    title="records it lacks"
                    style:top=format!("{}px", first + row * height)
                    style:height=format!("{height}px")
                >
                    {text::number(lack)}
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
