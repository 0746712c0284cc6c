//! One partition: gutter, canvas, lags.

use super::cleaning;
use super::deck::{Deck, use_deck};
use super::geometry::{Geometry, LaneKind};
use super::gutter::{Gutter, Tail};
use super::layout::Layout;
use super::painter::{Painter, Picture, countdown, countdown_words};
use super::pointer;
use super::replicas;
use crate::browser;
use crate::session::{LaneSignal, Panel, Session, use_session};
use crate::ui::use_viewport;
use leptos::html::Canvas;
use leptos::prelude::*;
use log_engine::view::LaneView;
use std::sync::Arc;

/// A partition's lane.
#[component]
pub fn Lane(
    /// Its number.
    partition: i32,
) -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let lane = session.lane(partition);
    Effect::new(move |_| session.set_lane_window(partition, deck.window(partition)));
    let geometry = Memo::new(move |_| deck.geometry_of(partition));
    let layout = layout_of(lane, geometry);
    let height = Memo::new(move |_| geometry.get().height(deck.groups.with(Vec::len)));
    let label = Memo::new(move |_| label_of_lane(session, lane, partition));
    let compact = move || geometry.get().kind == LaneKind::Compact;
    view! {
        <div
            role="group"
            class="lane"
            class:compact=compact
            class:differs=move || deck.across.is_some_and(|across| across.differs(partition))
            data-p=partition
            tabindex="0"
            aria-label=label
            style:height=move || format!("{}px", height.get())
            on:focus=move |_| pointer::focus_lane(deck, partition)
            on:wheel=move |event| pointer::wheel(deck, partition, &event)
        >
            <Gutter partition lane geometry/>
            <Strip partition lane layout height/>
            <Tail lane geometry/>
        </div>
    }
}

/// The canvas, and over it what can be pressed.
#[component]
fn Strip(
    partition: i32,
    lane: LaneSignal,
    layout: Memo<Option<Arc<Layout>>>,
    height: Memo<f64>,
) -> impl IntoView {
    let deck = use_deck();
    let canvas = NodeRef::<Canvas>::new();
    paint_on(canvas, partition, lane, layout, height);
    view! {
        <div class="strip-box" style:width=move || format!("{}px", deck.strip.get())>
            <canvas
                node_ref=canvas
                class="strip"
                aria-hidden="true"
                style:width=move || format!("{}px", deck.strip.get())
                style:height=move || format!("{}px", height.get())
                on:click=move |event| pointer::click(deck, partition, &event)
                on:dblclick=move |event| pointer::double_click(deck, partition, &event)
                on:mousemove=move |event| pointer::point(deck, partition, &event)
            ></canvas>
            <CountdownButton partition lane layout/>
            <CleanerButton partition lane layout/>
            <Remark partition lane layout/>
        </div>
    }
}

/// Paints on every change, and on every frame while something moves.
fn paint_on(
    canvas: NodeRef<Canvas>,
    partition: i32,
    lane: LaneSignal,
    layout: Memo<Option<Arc<Layout>>>,
    height: Memo<f64>,
) {
    let session = use_session();
    let deck = use_deck();
    let viewport = use_viewport();
    let painter = StoredValue::new_local(None::<Painter>);
    let differing = Memo::new(move |_| differing(deck, lane, layout));
    let moving = StoredValue::new(false);
    on_cleanup(move || deck.keep_layout(partition, None));
    Effect::new(move |_| {
        let (Some(canvas), Some(view), Some(layout)) = (canvas.get(), lane.get(), layout.get())
        else {
            return;
        };
        deck.keep_layout(partition, Some(layout.clone()));
        let selected = session.page.selection.with(|selection| {
            let selection = selection.as_ref()?;
            let here = selection.partition == partition && selection.topic == view.topic;
            here.then_some(selection.offset)
        });
        let picture = Picture {
            view,
            layout,
            palette: viewport.palette.get(),
            groups: deck.groups.get(),
            selected,
            differing: differing.get(),
            now_ms: session.read(log_engine::Engine::now_ms),
            speed: session.speed.get_untracked(),
            still: browser::reduced_motion(),
        };
        let moves = painter.try_update_value(|painter| {
            painter.get_or_insert_with(|| Painter::new(canvas)).show(picture, height.get())
        });
        if moves == Some(true) && !moving.get_value() {
            moving.set_value(true);
            move_on(painter, moving);
        }
    });
    // The countdown empties four times a second; everything else says itself when it changes.
    Effect::new(move |_| {
        session.pulse.track();
        let now_ms = session.read(log_engine::Engine::now_ms);
        painter.try_update_value(|painter| painter.as_mut().map(|painter| painter.tick(now_ms)));
    });
}

/// Records that the run beside this one has otherwise: looked for four times a second at most.
fn differing(deck: Deck, lane: LaneSignal, layout: Memo<Option<Arc<Layout>>>) -> Arc<Vec<i64>> {
    let session = deck.session();
    let Some(across) = deck.across else { return Arc::default() };
    session.drawer_pulse.track();
    let found = lane.with_untracked(|lane| {
        let (lane, layout) = (lane.as_ref()?, layout.get_untracked()?);
        Some(across.records(session, lane, &layout))
    });
    Arc::new(found.unwrap_or_default())
}

fn move_on(painter: StoredValue<Option<Painter>, LocalStorage>, moving: StoredValue<bool>) {
    browser::on_next_frame(move |_| {
        let moves = painter
            .try_update_value(|painter| painter.as_mut().is_some_and(Painter::frame))
            .unwrap_or(false);
        if moves {
            move_on(painter, moving);
        } else {
            let _ = moving.try_set_value(false);
        }
    });
}

/// "deletes in 12 s": the way to the forecast.
#[component]
fn CountdownButton(
    partition: i32,
    lane: LaneSignal,
    layout: Memo<Option<Arc<Layout>>>,
) -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| {
        session.pulse.track();
        let layout = layout.get().filter(|layout| layout.geometry.kind == LaneKind::Full)?;
        layout.trays.first().filter(|_| layout.hidden_before == 0)?;
        lane.with(|lane| {
            let view = lane.as_ref()?;
            let now_ms = session.read(log_engine::Engine::now_ms);
            let words = countdown_words(view, &layout, now_ms)?;
            let countdown = countdown(view, &layout, now_ms)?;
            let left = super::markers::words_left(view, &layout, countdown);
            Some((words, left, countdown.soon))
        })
    });
    over_lane(said, "What retention does next", Panel::Retention { partition })
}

/// Words over a lane that open a panel: what they say, where they begin, and whether it is near.
fn over_lane(
    said: Memo<Option<(String, f64, bool)>>,
    title: &'static str,
    panel: Panel,
) -> AnyView {
    let session = use_session();
    let panel = StoredValue::new(panel);
    let shown = Memo::new(move |_| said.with(Option::is_some));
    let hot = Memo::new(move |_| said.with(|said| said.as_ref().is_some_and(|said| said.2)));
    let open = move |event: web_sys::MouseEvent| {
        session.toggle(panel.get_value(), browser::target_of(&event));
    };
    let words = move || said.with(|said| said.as_ref().map(|said| said.0.clone()));
    let left = move || said.with(|said| said.as_ref().map(|said| format!("{}px", said.1)));
    view! {
        {move || shown.get().then(|| view! {
            <button class="countdown" class:hot=hot style:left=left title=title on:click=open>{words}</button>
        })}
    }
    .into_any()
}

/// "dirty 71 %, next pass in 6 s": the way to the cleaner's passes.
#[component]
fn CleanerButton(
    partition: i32,
    lane: LaneSignal,
    layout: Memo<Option<Arc<Layout>>>,
) -> impl IntoView {
    let session = use_session();
    let said = Memo::new(move |_| {
        session.pulse.track();
        let layout = layout.get().filter(|layout| layout.geometry.kind == LaneKind::Full)?;
        lane.with(|lane| {
            let view = lane.as_ref().filter(|view| view.log_end > view.log_start)?;
            let now_ms = session.read(log_engine::Engine::now_ms);
            let taken = countdown(view, &layout, now_ms)
                .map_or(0.0, |countdown| super::markers::words_end(&layout, countdown));
            let (words, left) = cleaning::top(view, &layout, taken, now_ms).words?;
            let due = view.cleaner.as_ref().is_some_and(|cleaner| cleaner.due);
            Some((words, left, due))
        })
    });
    over_lane(said, "What the cleaner does", Panel::Cleaner { partition, last: false })
}

/// How long a new leader is new, in virtual ms.
const FRESH_MS: u64 = 10_000;

/// The leader that was elected lately, with its epoch.
pub fn fresh_leader(session: Session, lane: LaneSignal, partition: i32) -> Option<(i32, i32)> {
    let now = session.elapsed_ms.get();
    let (leader, epoch) =
        lane.with(|lane| lane.as_ref().and_then(|lane| Some((lane.leader?.0, lane.leader_epoch))))?;
    let label = format!("P{partition}: leader {leader}");
    let fresh = session.marks.with(|marks| {
        let lately = |mark: &&scenario::Mark| {
            !mark.ahead && mark.at_ms <= now && mark.at_ms + FRESH_MS > now
        };
        marks.iter().filter(lately).any(|mark| mark.mark.kind == "lead" && mark.mark.label == label)
    });
    (fresh && epoch > 0).then_some((leader, epoch))
}

/// Letters of "log end", which a remark stands right of, in font sizes.
const LOG_END_EMS: f64 = 4.6;

/// Right of the log end: why nothing can be written here, or who leads since when.
#[component]
fn Remark(partition: i32, lane: LaneSignal, layout: Memo<Option<Arc<Layout>>>) -> impl IntoView {
    let session = use_session();
    let viewport = use_viewport();
    let said = Memo::new(move |_| {
        let layout = layout.get().filter(|layout| layout.geometry.kind == LaneKind::Full)?;
        let g = layout.geometry;
        let left = layout.end_x + layout.pitch.px + 8.0;
        let room = layout.width - left;
        if layout.hidden_after > 0 {
            return None;
        }
        if let Some(words) = lane.with(|lane| lane.as_ref().and_then(|it| replicas::trouble(it))) {
            let narrow = viewport.phone() || room < 60.0;
            return Some((words, true, narrow, left, g.top, g.cell));
        }
        let (leader, epoch) = fresh_leader(session, lane, partition)?;
        let left = left + LOG_END_EMS * g.font;
        let words = format!("leader {leader} since epoch {epoch}");
        (layout.width - left > 110.0).then_some((words, false, false, left, g.top, g.cell))
    });
    view! {
        {move || said.get().map(|(words, bad, narrow, left, top, height)| {
            let title = words.clone();
            view! {
            <span
                class=if bad { "lane-note" } else { "elected-note" }
                class:narrow=narrow
                title=title
                style:left=format!("{left}px")
                style:top=format!("{top}px")
                style:height=format!("{height}px")
            >
                {bad.then(|| view! { <crate::ui::Icon name="warn"/> })}
                <span>{words}</span>
            </span>
            }
        })}
    }
}

/// A row's canvas: as a lane's, without what can be pressed over it.
#[component]
pub fn RowStrip(partition: i32, lane: LaneSignal, height: Memo<f64>) -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    Effect::new(move |_| session.set_lane_window(partition, deck.window(partition)));
    let layout = layout_of(lane, deck.geometry);
    view! { <Strip partition lane layout height/> }
}

/// The lane's places, again when its content, its room or what is pointed at changes.
fn layout_of(lane: LaneSignal, geometry: Memo<Geometry>) -> Memo<Option<Arc<Layout>>> {
    let session = use_session();
    let deck = use_deck();
    Memo::new(move |_| {
        let lit = session.page.lit_key.get();
        let view = lane.get()?;
        let layout = session.legend.with(|legend| {
            let (geometry, pitch, width) = (geometry.get(), deck.pitch.get(), deck.strip.get());
            Layout::new(&view, geometry, pitch, width, legend, lit.as_ref())
        });
        Some(Arc::new(layout))
    })
}

/// A lane in words, four times a second at most.
pub fn label_of_lane(session: Session, lane: LaneSignal, partition: i32) -> String {
    session.pulse.track();
    lane.with_untracked(|lane| {
        lane.as_ref().map_or_else(|| format!("Partition {partition}"), |lane| label_of(lane))
    })
}

/// A lane in words, as screen readers say it.
fn label_of(lane: &LaneView) -> String {
    let leader = match lane.leader {
        Some(leader) => format!("leader broker {}", leader.0),
        None => "no leader".to_owned(),
    };
    let isr: Vec<String> = lane.isr.iter().map(|broker| broker.0.to_string()).collect();
    let behind: String = replicas::followers(lane)
        .map(|replica| (replica.broker.0, replicas::ReplicaState::of(lane, replica)))
        .filter(|(_, state)| *state != replicas::ReplicaState::InSync)
        .map(|(broker, state)| format!(", broker {broker} {}", state.word()))
        .collect();
    let trouble = replicas::trouble(lane).map_or_else(String::new, |words| format!(", {words}"));
    format!(
        "Partition {}: {leader}, ISR {}{behind}{trouble}, log start {}, high watermark {}, log end {}",
        lane.partition,
        isr.join(", "),
        lane.log_start,
        lane.high_watermark,
        lane.log_end
    )
}
