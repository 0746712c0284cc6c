//! 17 partitions and more: one low row each, only those in view, sorted and found by what matters; at the right a
//! map of all lags.

use super::deck::{Facts, use_deck};
use super::gutter::Tail;
use super::lane::RowStrip;
use super::list::GroupHeads;
use super::minimap::Minimap;
use super::replicas;
use crate::browser;
use crate::session::use_session;
use crate::ui::{Icon, size_of};
use leptos::html::Div;
use leptos::prelude::*;
use log_engine::partitioner::partition_for_key;

/// By what rows are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    #[default]
    Lag,
    Size,
    Number,
    Leader,
}

impl Order {
    const ALL: [(Order, &'static str); 4] = [
        (Order::Lag, "lag"),
        (Order::Size, "size"),
        (Order::Number, "number"),
        (Order::Leader, "leader"),
    ];

    fn sort(self, rows: &mut [&Facts]) {
        let lag = |facts: &Facts| facts.lags.iter().flatten().copied().max().unwrap_or(0);
        match self {
            Order::Lag => sorted::sort_by_key(rows, |facts| (-lag(facts), facts.partition)),
            Order::Size => sorted::sort_by_key(rows, |facts| (-facts.bytes, facts.partition)),
            Order::Number => sorted::sort_by_key(rows, |facts| facts.partition),
            Order::Leader => sorted::sort_by_key(rows, |facts| (facts.leader, facts.partition)),
        }
    }
}

/// While time runs the order of rows holds for so long, in real ms: lags change with every record, and rows that jump
/// about can't be read.
const HELD_MS: f64 = 2_000.0;

/// The rows that are wanted, in order.
#[derive(Debug, Clone, PartialEq)]
struct Sorted {
    rows: Vec<i32>,
    /// By what, with which words in the find box, out of how many.
    asked: (Order, String, usize),
    /// When, in real ms.
    at_ms: f64,
}

impl Sorted {
    fn of(facts: &[Facts], asked: (Order, String, usize), at_ms: f64) -> Self {
        let (order, words, count) = &asked;
        let mut rows: Vec<&Facts> = facts.iter().filter(|row| found(row, words, *count)).collect();
        order.sort(&mut rows);
        Self { rows: rows.into_iter().map(|facts| facts.partition).collect(), asked, at_ms }
    }
}

/// Rows beyond the visible ones, so that scrolling does not flash.
const OVERSCAN: usize = 3;

/// All rows with their head.
#[component]
pub fn Rows() -> impl IntoView {
    let deck = use_deck();
    // Two runs side by side have their rows in one order.
    let first = if deck.across.is_some() { Order::Number } else { Order::default() };
    let (order, set_order) = signal(first);
    let (find, set_find) = signal(String::new());
    let (scroll, set_scroll) = signal(0.0);
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let sorted = Memo::new(move |before: Option<&Sorted>| {
        let facts = deck.facts.get();
        let asked = (order.get(), find.get(), facts.len());
        let now_ms = browser::now_ms();
        let holds = |before: &&Sorted| {
            before.asked == asked && deck.session().playing.get() && now_ms - before.at_ms < HELD_MS
        };
        before.filter(holds).cloned().unwrap_or_else(|| Sorted::of(&facts, asked, now_ms))
    });
    let order_of_rows = Memo::new(move |_| sorted.with(|sorted| sorted.rows.clone()));
    let row_px = move || deck.geometry.get().height(0);
    let visible = Memo::new(move |_| {
        let (first, count) = window_of(scroll.get(), size.get().1, row_px());
        order_of_rows.with(|rows| {
            let rows = rows.iter().copied().enumerate().skip(first).take(count);
            rows.collect::<Vec<(usize, i32)>>()
        })
    });
    let scroll_to = move |top: f64| {
        if let Some(node) = node.get_untracked() {
            node.set_scroll_top(i32::try_from(super::geometry::floor_u32(top)).unwrap_or(0));
        }
    };
    view! {
        <Head order set_order set_find/>
        <div class="hbody">
            <div
                node_ref=node
                class="hrows"
                on:scroll=move |_| {
                    if let Some(node) = node.get_untracked() {
                        set_scroll.set(f64::from(node.scroll_top()));
                    }
                }
            >
                <div
                    class="hrows-all"
                    style:height=move || {
                        format!("{}px", to_px(order_of_rows.with(Vec::len)) * row_px())
                    }
                >
                    <For each=move || visible.get() key=|row| row.1 let(row)>
                        <Row
                            partition=row.1
                            place=Signal::derive(move || place_of(order_of_rows, row.1))
                        />
                    </For>
                </div>
            </div>
            <Minimap
                rows=order_of_rows
                view=Signal::derive(move || (scroll.get(), size.get().1))
                row_px=Signal::derive(row_px)
                go=Callback::new(scroll_to)
            />
        </div>
    }
}

fn place_of(rows: Memo<Vec<i32>>, partition: i32) -> usize {
    rows.with(|rows| rows.iter().position(|row| *row == partition).unwrap_or(0))
}

/// Index of the first row to draw, and how many.
fn window_of(scroll: f64, height: f64, row_px: f64) -> (usize, usize) {
    let whole = |rows: f64| usize::try_from(super::geometry::floor_u32(rows)).unwrap_or(0);
    let first = whole(scroll / row_px).saturating_sub(OVERSCAN);
    (first, whole(height / row_px) + 2 * OVERSCAN + 1)
}

fn to_px(rows: usize) -> f64 {
    u32::try_from(rows).map_or(0.0, f64::from)
}

/// A word, and whether a row is so.
type State = (&'static str, fn(&Facts) -> bool);

/// States by which rows are found.
const STATES: [State; 3] = [
    ("under-replicated", |row| !row.out.is_empty()),
    ("offline", |row| row.leader.is_none()),
    ("moving", |row| row.moving),
];

/// Whether a row is what was asked for: `P58`, `58`, `broker 5`, `key bob`, `offline`, `under-replicated`, `moving`.
fn found(row: &Facts, words: &str, partitions: usize) -> bool {
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return true;
    }
    if let Some(broker) = words.strip_prefix("broker") {
        return row.leader.is_some_and(|leader| leader.to_string() == broker.trim());
    }
    if let Some(state) = STATES.iter().find(|state| state.0.starts_with(words.as_str())) {
        return (state.1)(row);
    }
    if let Some(key) = words.strip_prefix("key ") {
        let partitions = i32::try_from(partitions).unwrap_or(0);
        let home = partition_for_key(key.trim().as_bytes(), partitions);
        return home.is_some_and(|home| home.partition == row.partition);
    }
    let number = words.trim_start_matches('p');
    row.partition.to_string().starts_with(number)
}

#[component]
fn Head(
    order: ReadSignal<Order>,
    set_order: WriteSignal<Order>,
    set_find: WriteSignal<String>,
) -> impl IntoView {
    let deck = use_deck();
    view! {
        <div class="hhead">
            <span>
                {move || {
                    let per = deck.pitch.get().records;
                    let records = if per == 1 { "record" } else { "records" };
                    format!("{} partitions, {per} {records} per column", deck.partitions.get())
                }}
            </span>
            <label class="hfind">
                <Icon name="search"/>
                <input
                    placeholder="P58, broker 5, key bob"
                    aria-label="Find a partition"
                    on:input=move |event| set_find.set(event_target_value(&event))
                />
            </label>
            <span class="seg-ctl small" role="group" aria-label="Sort by">
                <i>"Sort"</i>
                {Order::ALL
                    .into_iter()
                    .map(|(this, name)| {
                        view! {
                            <button
                                aria-pressed=move || (order.get() == this).to_string()
                                on:click=move |_| set_order.set(this)
                            >
                                {name}
                            </button>
                        }
                    })
                    .collect_view()}
            </span>
            <span class="lag-h" style:width=move || format!("{}px", deck.geometry.get().tail)>
                <GroupHeads/>
            </span>
            <span class="hmini-h">"lag"</span>
        </div>
    }
}

/// `−6`, and in words: who is out of the ISR.
fn out_of_isr(lane: &log_engine::view::LaneView) -> Option<(String, String)> {
    let out: Vec<String> =
        replicas::out_of_sync(lane).iter().map(|broker| broker.to_string()).collect();
    match out.as_slice() {
        [] => None,
        [one] => Some((format!("\u{2212}{one}"), format!("broker {one} is out of the ISR"))),
        [one, two] => {
            let short = format!("\u{2212}{one}\u{2212}{two}");
            Some((short, format!("brokers {one} and {two} are out of the ISR")))
        }
        many => {
            let short = format!("\u{2212}\u{d7}{}", many.len());
            Some((short, format!("brokers {} are out of the ISR", many.join(", "))))
        }
    }
}

/// `+4`, and in words: who joins by a reassignment.
fn joining(lane: &log_engine::view::LaneView) -> Option<(String, String)> {
    let new: Vec<String> = lane.adding.iter().map(|broker| broker.0.to_string()).collect();
    match new.as_slice() {
        [] => None,
        [one] => Some((format!("+{one}"), format!("broker {one} joins"))),
        many => {
            Some((format!("+\u{d7}{}", many.len()), format!("brokers {} join", many.join(", "))))
        }
    }
}

#[component]
fn Row(partition: i32, place: Signal<usize>) -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let lane = session.lane(partition);
    let height = Memo::new(move |_| deck.geometry.get().height(0));
    let leader = move || lane.with(|lane| lane.as_ref().and_then(|lane| lane.leader).map(|b| b.0));
    let out = Memo::new(move |_| lane.with(|lane| lane.as_ref().and_then(|lane| out_of_isr(lane))));
    let new = Memo::new(move |_| lane.with(|lane| lane.as_ref().and_then(|lane| joining(lane))));
    view! {
        <div
            role="group"
            class="lane hrow"
            class:differs=move || deck.across.is_some_and(|across| across.differs(partition))
            class:even=move || place.get() % 2 == 1
            tabindex=move || if place.get() == 0 { "0" } else { "-1" }
            data-p=partition
            aria-label=move || super::lane::label_of_lane(session, lane, partition)
            style:height=move || format!("{}px", height.get())
            style:top=move || format!("{}px", to_px(place.get()) * height.get())
            on:focus=move |_| super::pointer::focus_lane(deck, partition)
        >
            <span class="hname" style:width=move || format!("{}px", deck.geometry.get().gutter)>
                <b>{format!("P{partition}")}</b>
                {move || match leader() {
                    Some(id) => view! { <b class="btok lead">{id}</b> }.into_any(),
                    None => view! { <b class="btok down" title="no leader">"–"</b> }.into_any(),
                }}
                {move || out.get().map(|(short, long)| view! { <em class="hout" title=long>{short}</em> })}
                {move || new.get().map(|(short, long)| view! { <em class="hin" title=long>{short}</em> })}
            </span>
            <RowStrip partition lane height/>
            <Tail lane geometry=deck.geometry/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(partition: i32, lag: i64) -> Facts {
        Facts {
            partition,
            leader: Some(1),
            log_start: 0,
            log_end: 10,
            bytes: 100,
            segments: 1,
            lags: vec![Some(lag), None],
            followers: 2,
            out: if partition == 7 { vec![2] } else { Vec::new() },
            moving: partition == 9,
            troubled: false,
        }
    }

    #[test]
    fn a_partition_is_found_by_number_broker_and_key() {
        let bob = partition_for_key(b"bob", 100).map_or(0, |home| home.partition);
        for (words, partition, hit) in [
            ("", 3, true),
            ("P58", 58, true),
            ("58", 5, false),
            ("broker 1", 3, true),
            ("broker 2", 3, false),
            ("under", 7, true),
            ("under-replicated", 3, false),
            ("offline", 3, false),
            ("moving", 9, true),
            ("moving", 7, false),
            ("key bob", bob, true),
            ("key bob", bob + 1, false),
        ] {
            assert_eq!(found(&facts(partition, 0), words, 100), hit, "{words} in P{partition}");
        }
    }

    #[test]
    fn the_largest_lag_comes_first_and_equals_go_by_number() {
        let all = [facts(0, 1), facts(1, 9), facts(2, 1)];
        let mut rows: Vec<&Facts> = all.iter().collect();
        Order::Lag.sort(&mut rows);
        assert_eq!(rows.iter().map(|row| row.partition).collect::<Vec<_>>(), [1, 0, 2]);
    }

    #[test]
    fn only_rows_in_view_are_drawn() {
        assert_eq!(window_of(0.0, 140.0, 14.0), (0, 17));
        assert_eq!(window_of(280.0, 140.0, 14.0), (17, 17));
    }
}
