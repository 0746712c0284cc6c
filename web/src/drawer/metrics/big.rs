//! The chosen metric, large: its line, what came as it was, and the moments that explain it, each with its why.

use super::{Desk, plot, table, words};
use crate::panels::copy::CopyButton;
use crate::panels::icon::icon;
use crate::panels::text::since;
use crate::session::Session;
use crate::transport::{Wish, room};
use crate::ui::{size_of, text, use_viewport};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use log_engine::EventId;
use log_engine::view::{MetricMoment, MetricView, WhyTarget};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Points of the line, and rows of the table.
const POINTS: usize = 160;
const ROWS: usize = 25;

/// The figure.
#[component]
pub fn Big(desk: Desk) -> impl IntoView {
    let session = desk.session;
    let shown = Memo::new(move |_| {
        session.drawer_pulse.track();
        let (id, from_ms) = (desk.chosen.get(), desk.from_ms.get());
        let points = if desk.table.get() { ROWS } else { POINTS };
        session.read(|engine| engine.metric(&id, from_ms, points))
    });
    let some = move || shown.with(Option::is_some);
    let of = move |read: fn(&MetricView) -> String| {
        move || shown.with(|shown| shown.as_ref().map(read).unwrap_or_default())
    };
    let bad = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.row.bad));
    let copied = Callback::new(move |()| {
        shown
            .with_untracked(|shown| shown.as_ref().map(|shown| shown.row.id.mbean.clone()))
            .unwrap_or_default()
    });
    view! {
        <figure class="met-big" aria-label="Chosen metric">
            <Show
                when=some
                fallback=|| view! { <p class="blank">"What was chosen is not there now: its process is gone, or has not begun."</p> }
            >
                <figcaption>
                    <h3>{of(|shown| words::title(&shown.row))}</h3>
                    <span>{of(|shown| words::subtitle(&shown.row))}</span>
                    <em class:bad=bad>
                        <Show when=bad>{icon("warn")}</Show>
                        {of(|shown| words::value(&shown.row))}
                    </em>
                    <button
                        class="btn icon small"
                        aria-label="Values as a table"
                        title="Values as a table"
                        aria-pressed=move || desk.table.get().to_string()
                        on:click=move |_| desk.table.update(|table| *table = !*table)
                    >
                        {icon("table")}
                    </button>
                    <CopyButton class="btn small" label=Signal::derive(|| "Copy MBean".to_owned()) text=copied/>
                </figcaption>
                {move || match desk.table.get() {
                    true => view! { <table::Table session shown/> }.into_any(),
                    false => view! { <Plot session shown/> }.into_any(),
                }}
                <p>{of(sentence)}</p>
            </Show>
        </figure>
    }
}

/// What it says, how long it was bad, and who has it.
fn sentence(shown: &MetricView) -> String {
    let mut words = String::new();
    if shown.bad_above_zero && shown.bad_ms > 0 {
        let highest = shown.values.iter().filter_map(|(_, value)| *value).fold(0.0, f64::max);
        let (long, most) =
            (text::span(shown.bad_ms), words::number(Some(highest), &shown.row.unit));
        words = format!("Above 0 for {long} of the time shown, at most {most}. ");
    }
    words.push_str(&shown.about);
    format!("{words} Kafka: {}.", shown.class)
}

/// The moments' own chart line, and the line.
#[component]
fn Plot(session: Session, shown: Memo<Option<MetricView>>) -> impl IntoView {
    let lines = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(Lines::of)));
    let read = move |read: fn(&Lines) -> String| {
        move || lines.with(|lines| lines.as_ref().map(read).unwrap_or_default())
    };
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let time = move |at: fn(&MetricView) -> i64| {
        move || {
            shown.with(|shown| {
                shown.as_ref().map(|shown| since(at(shown), start_ms)).unwrap_or_default()
            })
        }
    };
    let label = move || {
        shown.with(|shown| shown.as_ref().map(|shown| spoken(shown, start_ms)).unwrap_or_default())
    };
    view! {
        <Markers session shown start_ms/>
        <div class="met-plot">
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=label>
                <path class="ax" d="M0 6H1000M0 50H1000M0 94H1000"/>
                <path class="came" d=read(|lines| lines.came.clone())/>
                <path class="ev" d=read(|lines| lines.moments.clone())/>
                <path class="ln" d=read(|lines| lines.line.clone())/>
            </svg>
            <span class="y top">{read(|lines| lines.top.clone())}</span>
            <span class="y">"0"</span>
        </div>
        <div class="met-times">
            <span>{time(|shown| shown.from_ms)}</span>
            <Show when=move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.actual.is_empty()))>
                <span class="met-key"><i class="ln-key"></i>"Kafka's value"<i class="came-key"></i>"what came, by the second"</span>
            </Show>
            <span>{time(|shown| shown.at_ms)}</span>
        </div>
    }
}

/// Paths of the plot.
#[derive(Debug, Clone, PartialEq)]
struct Lines {
    line: String,
    came: String,
    moments: String,
    top: String,
}

impl Lines {
    fn of(shown: &MetricView) -> Self {
        let place = |at_ms| plot::place(at_ms, shown.from_ms, shown.at_ms);
        let values = shown.values.iter().filter_map(|(_, value)| *value);
        let top = plot::top(values.chain(shown.actual.iter().copied()));
        let mut points: Vec<plot::Point> =
            shown.values.iter().map(|(at_ms, value)| (place(*at_ms), *value)).collect();
        if shown.steps {
            points.extend(points.last().map(|(_, value)| (1.0, *value)));
        }
        let came: Vec<(f64, f64)> = shown
            .values
            .iter()
            .zip(&shown.actual)
            .map(|((at, _), came)| (place(*at), *came))
            .collect();
        let ticks = shown.moments.iter().map(|moment| {
            let x = place(moment.at_ms) * plot::LARGE.0;
            format!("M{x:.1} 0V100")
        });
        Self {
            line: plot::line(&points, top, plot::LARGE, shown.steps),
            came: plot::areas(&came, top, plot::LARGE),
            moments: ticks.collect(),
            top: words::number(Some(top), &shown.row.unit),
        }
    }
}

/// The chart in a sentence.
fn spoken(shown: &MetricView, start_ms: i64) -> String {
    let known: Vec<f64> = shown.values.iter().filter_map(|(_, value)| *value).collect();
    let unit = shown.row.unit.as_str();
    let (least, most) =
        (known.iter().copied().reduce(f64::min), known.iter().copied().reduce(f64::max));
    format!(
        "{}, {}, {} to {}: between {} and {}, now {}; {} moments that may explain it",
        words::title(&shown.row),
        words::subtitle(&shown.row),
        since(shown.from_ms, start_ms),
        since(shown.at_ms, start_ms),
        words::number(least, unit),
        words::number(most, unit),
        words::value(&shown.row),
        shown.moments.len(),
    )
}

/// Where a moment's button stands.
#[derive(Debug, Clone, PartialEq)]
struct Marker {
    moment: MetricMoment,
    place: f64,
    labelled: bool,
    /// Its label stands at its left.
    flips: bool,
}

/// The moments, as many as have room: each leads to its why.
#[component]
fn Markers(session: Session, shown: Memo<Option<MetricView>>, start_ms: i64) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let (size, viewport) = (size_of(node), use_viewport());
    let markers = Memo::new(move |_| {
        // A finger needs more room.
        let width = if viewport.phone() { size.get().0 / 2.0 } else { size.get().0 };
        shown.with(|shown| shown.as_ref().map(|shown| with_room(shown, width)).unwrap_or_default())
    });
    let ids = move || {
        markers.with(|all| all.iter().map(|marker| marker.moment.event).collect::<Vec<_>>())
    };
    let one = move |event: EventId| {
        let marker = Memo::new(move |_| {
            markers.with(|all| all.iter().find(|marker| marker.moment.event == event).cloned())
        });
        let newest =
            move || markers.with(|all| all.last().is_some_and(|last| last.moment.event == event));
        let left = move || marker.get().map(|marker| format!("{:.2}%", marker.place * 100.0));
        let words = move || marker.get().map(|marker| marker.moment.text).unwrap_or_default();
        let name = move || {
            let at_ms = marker.get().map_or(0, |marker| marker.moment.at_ms);
            format!("Why: {}, {}", words(), since(at_ms, start_ms))
        };
        let kind = marker.get_untracked().map(|marker| marker.moment.kind).unwrap_or_default();
        let labelled = move || marker.get().is_some_and(|marker| marker.labelled);
        let flips = move || marker.get().is_some_and(|marker| marker.flips);
        let ask = move |_| {
            if let Some(marker) = marker.get_untracked() {
                ask_why(session, &marker.moment);
            }
        };
        view! {
            <button
                class=format!("met-ev {kind}")
                class:flips=flips
                style:left=left
                aria-label=name
                title=name
                tabindex=move || if newest() { "0" } else { "-1" }
                on:click=ask
            >
                {icon(picture(&kind))}
                <Show when=labelled><span>{words}</span></Show>
            </button>
        }
    };
    view! {
        <div
            node_ref=node
            class="met-evs"
            role="toolbar"
            aria-label="Moments that may explain it"
            on:keydown=move |event| walk(&event)
        >
            <For each=ids key=|event| *event children=one/>
        </div>
    }
}

fn with_room(shown: &MetricView, width: f64) -> Vec<Marker> {
    let end_ms = u64::try_from(shown.at_ms - shown.from_ms).unwrap_or(0);
    let wish = |moment: &MetricMoment| Wish {
        at_ms: u64::try_from(moment.at_ms - shown.from_ms).unwrap_or(0),
        letters: moment.text.chars().count(),
        rank: match moment.kind.as_str() {
            "down" => 4,
            "warn" => 3,
            "up" => 2,
            "you" => 1,
            _ => 0,
        },
    };
    let wishes: Vec<Wish> = shown.moments.iter().map(wish).collect();
    let places = room(&wishes, end_ms, width);
    let all = shown.moments.iter().zip(&wishes).zip(places);
    let mut markers: Vec<Marker> = all
        .filter(|(_, (drawn, _))| *drawn)
        .map(|((moment, wish), _)| {
            let place = crate::transport::share(wish.at_ms, end_ms);
            Marker { moment: moment.clone(), place, labelled: false, flips: false }
        })
        .collect();
    let of = |marker: &Marker| (marker.place * width, marker.moment.text.chars().count());
    let places: Vec<(f64, usize)> = markers.iter().map(of).collect();
    for (marker, side) in markers.iter_mut().zip(plot::labels(&places, width)) {
        (marker.labelled, marker.flips) = (side.is_some(), side == Some(true));
    }
    markers
}

/// Arrow keys go from one marker to the next.
fn walk(event: &KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(here) = target else { return };
    let next = match event.key().as_str() {
        "ArrowLeft" => here.previous_element_sibling(),
        "ArrowRight" => here.next_element_sibling(),
        "Home" => here.parent_element().and_then(|all| all.first_element_child()),
        "End" => here.parent_element().and_then(|all| all.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
}

/// Shows the chain of causes; where its event is too old to be at hand, at its moment.
pub fn ask_why(session: Session, moment: &MetricMoment) {
    let target = WhyTarget::Event { id: moment.event };
    if session.read(|engine| engine.why(&target)).is_none() {
        let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
        session.seek(u64::try_from(moment.at_ms - start_ms).unwrap_or(0));
    }
    session.ask_why(target);
}

/// The sprite's picture of a kind of moment.
pub fn picture(kind: &str) -> &'static str {
    match kind {
        "down" => "power",
        "up" => "check",
        "warn" => "warn",
        "you" => "edit",
        _ => "info",
    }
}
