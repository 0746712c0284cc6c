//! The timeline: a slider with the run's marks. Dragging scrubs.

use super::scale::{Wish, moment, room, scale, share, tick};
use crate::session::use_session;
use crate::ui::{Icon, size_of, text};
use leptos::html::Div;
use leptos::prelude::*;
use scenario::Mark;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

/// A mark as it is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    at_ms: u64,
    kind: String,
    label: String,
    labelled: bool,
    ahead: bool,
}

/// The timeline.
#[component]
pub fn Timeline() -> impl IntoView {
    let session = use_session();
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let bounds = Memo::new(move |_| scale(session.horizon_ms.get().max(session.elapsed_ms.get())));
    let end = move || bounds.get().0;
    let percent = move |at_ms: u64| format!("{}%", share(at_ms, end()) * 100.0);
    let now = move || percent(session.elapsed_ms.get());
    view! {
        <div
            node_ref=node
            class="timeline"
            role="slider"
            tabindex="0"
            aria-label="Timeline"
            aria-valuemin="0"
            aria-valuemax=end
            aria-valuenow=move || session.elapsed_ms.get()
            aria-valuetext=move || text::clock(session.elapsed_ms.get())
            on:pointerdown=move |event| scrub(session, &event, end())
            on:pointermove=move |event| scrub(session, &event, end())
            on:keydown=move |event| keys(session, &event, bounds.get_untracked())
        >
            <div class="tl-track"></div>
            <div class="tl-known" style:width=move || percent(session.horizon_ms.get())></div>
            <div class="tl-done" style:width=now></div>
            <Ticks bounds/>
            <Marks bounds width=Signal::derive(move || size.get().0)/>
            <span class="tl-head" style:left=now></span>
        </div>
    }
}

#[component]
fn Ticks(bounds: Memo<(u64, u64)>) -> impl IntoView {
    view! {
        {move || {
            let (end, step) = bounds.get();
            (0..=end / step)
                .map(|n| n * step)
                .map(|at| {
                    let left = format!("{}%", share(at, end) * 100.0);
                    view! { <span class="tl-tick" style:left=left>{tick(at)}</span> }
                })
                .collect_view()
        }}
    }
}

/// The run's notable moments, and bookmarks, as many as have room.
#[component]
fn Marks(bounds: Memo<(u64, u64)>, width: Signal<f64>) -> impl IntoView {
    let session = use_session();
    let drawn = Memo::new(move |_| {
        let mut all: Vec<Drawn> = session.marks.with(|marks| marks.iter().map(drawn_of).collect());
        session.pulse.track();
        session.read_player(|player| {
            all.extend(player.facts().bookmarks.iter().map(|bookmark| Drawn {
                at_ms: bookmark.at,
                kind: "book".to_owned(),
                label: bookmark.name.clone(),
                labelled: false,
                ahead: false,
            }));
        });
        sorted::sort_by_key(&mut all, |mark| mark.at_ms);
        let wishes: Vec<Wish> = all.iter().map(wish).collect();
        let room = room(&wishes, bounds.get().0, width.get());
        let pairs = all.into_iter().zip(room).filter(|(_, (drawn, _))| *drawn);
        pairs.map(|(mark, (_, labelled))| Drawn { labelled, ..mark }).collect::<Vec<_>>()
    });
    view! {
        <For
            each=move || drawn.get()
            key=|mark| (mark.at_ms, mark.kind.clone(), mark.label.clone(), mark.labelled, mark.ahead)
            let:mark
        >
            <span
                class=format!("tl-mark {}", mark.kind)
                class:ahead=mark.ahead
                style:left=move || format!("{}%", share(mark.at_ms, bounds.get().0) * 100.0)
                title=format!("{}  {}", text::clock(mark.at_ms), mark.label)
                on:pointerdown=move |event| {
                    event.stop_propagation();
                    session.seek(mark.at_ms);
                }
            >
                {icon_of(&mark.kind).map(|name| view! { <Icon name/> })}
                {mark.labelled.then(|| view! { <em>{mark.label.clone()}</em> })}
            </span>
        </For>
    }
}

fn drawn_of(mark: &Mark) -> Drawn {
    Drawn {
        at_ms: mark.at_ms,
        kind: mark.mark.kind.clone(),
        label: mark.mark.label.clone(),
        labelled: false,
        ahead: mark.ahead,
    }
}

/// A person's own actions and bookmarks carry no label: they know. Deletions and cleanings come by the thousand and
/// hide nothing else.
fn wish(mark: &Drawn) -> Wish {
    let (rank, labelled) = match mark.kind.as_str() {
        "book" => (3, false),
        "you" => (2, false),
        "del" | "clean" => (1, true),
        _ => (2, true),
    };
    let letters = if labelled { mark.label.chars().count() } else { 0 };
    Wish { at_ms: mark.at_ms, letters, rank }
}

fn icon_of(kind: &str) -> Option<&'static str> {
    match kind {
        "reb" => Some("swap"),
        "del" => Some("trash"),
        "clean" => Some("broom"),
        "warn" => Some("warn"),
        "down" => Some("power"),
        "lead" => Some("crown"),
        "ok" => Some("check"),
        "book" => Some("flag"),
        _ => None,
    }
}

/// To the moment under the pointer, while its button is down.
fn scrub(session: crate::session::Session, event: &PointerEvent, end_ms: u64) {
    if event.buttons() & 1 == 0 {
        return;
    }
    let Some(target) = event.current_target() else { return };
    let Ok(element) = target.dyn_into::<Element>() else { return };
    let _ = element.set_pointer_capture(event.pointer_id());
    let rect = element.get_bounding_client_rect();
    let x = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
    session.pause();
    session.seek(moment(x, end_ms));
}

/// Arrows move by a 60th of the scale, Page keys by a tick, Home to the start, End to the latest moment known.
fn keys(session: crate::session::Session, event: &KeyboardEvent, (end, tick): (u64, u64)) {
    let now = session.elapsed_ms.get_untracked();
    let small = (end / 60).max(1);
    let to = match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => now.saturating_sub(small),
        "ArrowRight" | "ArrowUp" => now + small,
        "PageDown" => now.saturating_sub(tick),
        "PageUp" => now + tick,
        "Home" => 0,
        "End" => session.horizon_ms.get_untracked(),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    session.pause();
    session.seek(to);
}
