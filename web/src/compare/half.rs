//! One run of a comparison: its name, its figures, its lanes.

use super::words;
use crate::lanes::{Apart, Deck, DeckSlot, lane_box};
use crate::session::{LaneSignal, Session, use_session};
use crate::ui::{size_of, text};
use leptos::context::Provider;
use leptos::html::Div;
use leptos::prelude::*;
use log_engine::view::LaneView;
use scenario::{Comparison, PartitionDifference, RunId, Total};
use std::sync::Arc;

/// Lanes at most; of a topic with more partitions those that differ come first.
const MOST_LANES: usize = 16;
/// Figures that always stand there.
const ALWAYS: [&str; 3] = ["sent", "acked", "acked but lost"];
/// And so many more that differ.
const MORE_FIGURES: usize = 3;

/// The half of a run.
#[component]
pub fn Half(id: RunId, at_left: bool) -> impl IntoView {
    let session = use_session();
    let run =
        Memo::new(move |_| session.runs.with(|runs| runs.iter().find(|run| run.id == id).cloned()));
    let shown = Memo::new(move |_| run.with(|run| run.as_ref().is_some_and(|run| run.shown)));
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let deck = Deck::new(Signal::derive(move || size.get().0));
    let slot = use_context::<DeckSlot>();
    Effect::new(move |_| {
        if let Some(slot) = slot.filter(|_| shown.get()) {
            slot.fill(deck);
        }
    });
    let lanes = Memo::new(move |_| lanes_of(session, deck));
    let letter = move || run.with(|run| run.as_ref().map(|run| run.letter.to_string()));
    let title = move || run.with(|run| run.as_ref().map(words::title));
    let origin = move || run.with(|run| run.as_ref().map(words::origin));
    let acts = move || if shown.get() { "what you do is done here" } else { "press to act here" };
    // Each half has a deck of its own; siblings would share what is provided without this.
    view! {
        <Provider value=deck>
        <section
            class="run-col"
            class:shown=shown
            aria-label=move || format!("Run {}", letter().unwrap_or_default())
            on:pointerdown=move |_| session.show_run(id)
            on:focusin=move |_| session.show_run(id)
        >
            <header class="run-head">
                <b class="run-id">{letter}</b>
                <h2>{title}</h2>
                <span class="dim">{origin}</span>
                <em class="run-acts">{acts}</em>
                <button class="btn small outline" on:click=move |_| session.keep_run(id)>
                    {move || format!("Keep {}", letter().unwrap_or_default())}
                </button>
            </header>
            {figures(session, at_left)}
            <div node_ref=node class="lanes">
                <For each=move || lanes.get() key=|partition| *partition let:partition>
                    {lane_of(session, deck, id, partition, at_left)}
                </For>
                <Left deck lanes/>
            </div>
        </section>
        </Provider>
    }
    .into_any()
}

/// Partitions with a lane.
fn lanes_of(session: Session, deck: Deck) -> Vec<i32> {
    let all = deck.partitions.get();
    if usize::try_from(all).is_ok_and(|all| all <= MOST_LANES) {
        return (0..all).collect();
    }
    let topic = session.page.topic.get();
    let differ = session.compared.with(|compared| {
        let parts = compared.as_ref().map(|compared| compared.now.partitions.clone());
        let here = |part: &PartitionDifference| Some(&part.topic) == topic.as_ref();
        let parts = parts.unwrap_or_default().into_iter().filter(here);
        parts.map(|part| part.partition).take(MOST_LANES).collect::<Vec<_>>()
    });
    if differ.is_empty() { (0..8).collect() } else { differ }
}

/// How many lanes have no room.
#[component]
fn Left(deck: Deck, lanes: Memo<Vec<i32>>) -> impl IntoView {
    let left = move || {
        let shown = lanes.with(|lanes| i32::try_from(lanes.len()).unwrap_or(0));
        let left = deck.partitions.get() - shown;
        (left > 0).then(|| format!("{left} more partitions. Those that differ are shown first."))
    };
    view! { {move || left().map(|words| view! { <p class="dim run-left">{words}</p> })} }
}

fn lane_of(session: Session, deck: Deck, id: RunId, partition: i32, at_left: bool) -> AnyView {
    let lane: LaneSignal = Memo::new(move |before: Option<&Option<Arc<LaneView>>>| {
        session.elapsed_ms.track();
        session.pulse.track();
        session.edits.track();
        let topic = session.page.topic.get()?;
        let window = deck.window(partition);
        session.read_run(id, |engine| {
            let before = before.and_then(Option::as_ref).filter(|before| before.topic == topic);
            let version = engine.lane_version(&topic, partition)?;
            let same = |before: &&Arc<LaneView>| before.version == version && fits(before, window);
            match before.filter(same) {
                Some(before) => Some(Arc::clone(before)),
                None => engine.lane(&topic, partition, window).map(Arc::new),
            }
        })
    })
    .into();
    let part = Memo::new(move |_| {
        let topic = session.page.topic.get()?;
        session.compared.with(|compared| {
            let parts = &compared.as_ref()?.now.partitions;
            parts.iter().find(|part| part.partition == partition && part.topic == topic).cloned()
        })
    });
    let differs = Signal::derive(move || part.with(Option::is_some));
    let records = Signal::derive(move || {
        part.with(|part| part.as_ref().map_or_else(Vec::new, |part| ranges(part, at_left)))
    });
    lane_box(partition, lane, Apart { differs, records })
}

/// Whether a view is of the window that is asked for.
fn fits(view: &LaneView, window: log_engine::view::LaneWindow) -> bool {
    use log_engine::view::LaneWindow;
    match window {
        LaneWindow::Tail(count) => {
            view.window_end == view.log_end
                && view.window_first == (view.log_end - i64::from(count)).max(view.log_start)
        }
        LaneWindow::From { first, .. } => view.window_first == first,
    }
}

/// Ranges of this run's records that the other has not, or has another in the place of.
fn ranges(part: &PartitionDifference, at_left: bool) -> Vec<(i64, i64)> {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for record in &part.records {
        let here = if at_left { &record.a } else { &record.b };
        if here.is_none() {
            continue;
        }
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == record.offset => *last = record.offset,
            _ => ranges.push((record.offset, record.offset)),
        }
    }
    ranges
}

/// The run's figures: three that always stand there, and those that differ.
fn figures(session: Session, at_left: bool) -> AnyView {
    let rows = Memo::new(move |_| {
        session.compared.with(|compared| {
            compared.as_ref().map_or_else(Vec::new, |compared| figure_rows(&compared.now, at_left))
        })
    });
    view! {
        <dl class="run-figures">
            {move || rows.get().into_iter().map(|(name, value, bad, differs)| view! {
                <div class:bad=bad class:differs=differs><dt>{name}</dt><dd>{text::number(value)}</dd></div>
            }).collect_view()}
        </dl>
    }
    .into_any()
}

fn figure_rows(comparison: &Comparison, at_left: bool) -> Vec<(String, i64, bool, bool)> {
    let row = |total: &Total| {
        let count = if at_left { total.a } else { total.b };
        let by = total.group.as_ref().map(|group| format!(" by {group}")).unwrap_or_default();
        let value = i64::try_from(count).unwrap_or(i64::MAX);
        (format!("{}{by}", total.name), value, total.bad && count > 0, total.a != total.b)
    };
    let always = |total: &&Total| total.group.is_none() && ALWAYS.contains(&total.name);
    let totals = comparison.totals.iter();
    let more = totals.clone().filter(|total| !always(total) && total.a != total.b);
    let bad_first = {
        let mut more: Vec<&Total> = more.collect();
        sorted::sort_by_key(&mut more, |total| !total.bad);
        more
    };
    totals.filter(always).chain(bad_first.into_iter().take(MORE_FIGURES)).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::view::{RecordDifference, RecordSide};

    #[test]
    fn each_half_rings_its_own_records() {
        let side = || Some(RecordSide { key: None, tombstone: false, marker: false });
        let record = |offset, a, b| RecordDifference { offset, a, b };
        let records =
            vec![record(3, side(), side()), record(4, side(), side()), record(5, None, side())];
        let part = PartitionDifference {
            topic: "orders".into(),
            partition: 0,
            values: Vec::new(),
            records,
        };
        assert_eq!(ranges(&part, true), [(3, 4)]);
        assert_eq!(ranges(&part, false), [(3, 5)]);
    }
}
