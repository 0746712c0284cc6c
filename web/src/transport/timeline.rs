//! The timeline: a slider under the run's marks. Dragging scrubs.

use super::marks::{self, Marks};
use super::scale::{moment, scale, share, tick};
use crate::session::use_session;
use crate::ui::{size_of, text};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

/// The timeline.
#[component]
pub fn Timeline() -> impl IntoView {
    let session = use_session();
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let bounds = Memo::new(move |_| scale(session.horizon_ms.get().max(session.elapsed_ms.get())));
    let end = move || bounds.get().0;
    let percent = move |at_ms: u64| format!("{}%", share(at_ms, end()) * 100.0);
    let head = move || session.page.scrub.get().unwrap_or_else(|| session.elapsed_ms.get());
    view! {
        <div node_ref=node class="timeline">
            <div
                class="tl-slider"
                role="slider"
                tabindex="0"
                aria-label="Timeline"
                aria-valuemin="0"
                aria-valuemax=end
                aria-valuenow=head
                aria-valuetext=move || text::clock(head())
                on:pointerdown=move |event| scrub(session, &event, end())
                on:pointermove=move |event| scrub(session, &event, end())
                on:pointerup=move |_| session.end_scrub()
                on:lostpointercapture=move |_| session.end_scrub()
                on:keydown=move |event| keys(session, &event, bounds.get_untracked())
            >
                <div class="tl-track"></div>
                <div class="tl-known" style:width=move || percent(session.horizon_ms.get())></div>
                <div class="tl-done" style:width=move || percent(session.elapsed_ms.get())></div>
                <Ticks bounds/>
                <span class="tl-head" style:left=move || percent(head())></span>
            </div>
            <Marks bounds width=Signal::derive(move || size.get().0)/>
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
    session.scrub(moment(x, end_ms));
}

/// Arrows move by a 60th of the scale, with Shift to the mark before or after, Page keys by a tick, Home to the start,
/// End to the latest moment known.
fn keys(session: crate::session::Session, event: &KeyboardEvent, (end, tick): (u64, u64)) {
    let now = session.elapsed_ms.get_untracked();
    let small = (end / 60).max(1);
    let to = match event.key().as_str() {
        "ArrowLeft" if event.shift_key() => marks::beside(session, now, false).unwrap_or(now),
        "ArrowRight" if event.shift_key() => marks::beside(session, now, true).unwrap_or(now),
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
