//! The lag of all partitions at a glance, with the part in view framed.

use super::deck::use_deck;
use super::geometry::to_f64;
use leptos::html::Div;
use leptos::prelude::*;
use std::fmt::Write;
use wasm_bindgen::JsCast;

const WIDTH: f64 = 44.0;

/// The map, beside the rows.
#[component]
pub fn Minimap(
    /// Partitions in the order of the rows.
    rows: Memo<Vec<i32>>,
    /// Scrolled px, and height in view.
    view: Signal<(f64, f64)>,
    /// Height of a row.
    row_px: Signal<f64>,
    /// Scrolls there.
    go: Callback<f64>,
) -> impl IntoView {
    let deck = use_deck();
    let node = NodeRef::<Div>::new();
    let height = move || (view.get().1 - 8.0).max(10.0);
    let count = move || rows.with(|rows| u32::try_from(rows.len().max(1)).map_or(1.0, f64::from));
    let bars = Memo::new(move |_| {
        let facts = deck.facts.get();
        let lag = |partition: &i32| {
            let found = facts.iter().find(|facts| facts.partition == *partition);
            found.and_then(|facts| facts.lags.first().copied().flatten()).unwrap_or(0)
        };
        rows.with(|rows| bars(&rows.iter().map(lag).collect::<Vec<_>>(), height() / count()))
    });
    let frame = move || {
        let (scroll, shown) = view.get();
        let all = (count() * row_px.get()).max(1.0);
        let scale = height() / all;
        (scroll * scale, (shown * scale).min(height()))
    };
    let press = move |event: web_sys::PointerEvent| {
        if event.buttons() == 0 {
            return;
        }
        let Some(target) = event.current_target() else { return };
        let Ok(element) = target.dyn_into::<web_sys::Element>() else { return };
        let _ = element.set_pointer_capture(event.pointer_id());
        let y = f64::from(event.client_y()) - element.get_bounding_client_rect().top();
        let all = count() * row_px.get_untracked();
        go.run(y / height() * all - view.get_untracked().1 / 2.0);
    };
    view! {
        <div
            node_ref=node
            class="hmini-box"
            on:pointerdown=press
            on:pointermove=press
        >
            <svg
                class="hmini"
                width=WIDTH
                height=height
                role="img"
                aria-label="Lag of all partitions, first group"
            >
                <path class="hmini-bars" d=bars></path>
                <rect
                    class="view"
                    x="0.5"
                    y=move || frame().0 + 0.5
                    width=WIDTH - 1.0
                    height=move || (frame().1 - 1.0).max(2.0)
                    rx="2"
                ></rect>
            </svg>
        </div>
    }
}

/// One bar a row; its length grows with the root of the lag, so that small ones are seen beside a large one.
fn bars(lags: &[i64], row: f64) -> String {
    let most = to_f64(lags.iter().copied().max().unwrap_or(0).max(1));
    let mut path = String::new();
    let mut y = 0.0;
    for lag in lags {
        if *lag > 0 {
            let width = ((WIDTH - 4.0) * (to_f64(*lag) / most).sqrt()).max(1.0);
            let height = (row - 0.6).max(0.6);
            let _ = write!(path, "M0 {y:.1}h{width:.1}v{height:.1}h-{width:.1}z");
        }
        y += row;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::bars;

    #[test]
    fn a_quarter_of_the_largest_lag_is_half_as_long() {
        assert_eq!(bars(&[100, 0, 25], 2.0), "M0 0.0h40.0v1.4h-40.0zM0 4.0h20.0v1.4h-20.0z");
    }
}
