//! The list: only the rows in view are read and drawn.

use super::{Desk, plot, words};
use crate::panels::icon::icon;
use crate::session::Density;
use crate::ui::{size_of, use_viewport};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use log_engine::view::{MetricRow, MetricsQuery, MetricsView};

/// Points of a small chart.
const POINTS: usize = 40;
/// Rows drawn beyond the edge.
const BEYOND: usize = 3;

/// A row's place in the list.
#[derive(Clone, Copy)]
struct Rows {
    desk: Desk,
    view: Memo<MetricsView>,
    skip: Memo<usize>,
    height: Memo<f64>,
}

impl Rows {
    /// The row at a place, if it is in view.
    fn at(self, place: usize) -> Option<MetricRow> {
        let skip = self.skip.get();
        self.view.with(|view| view.rows.get(place.checked_sub(skip)?).cloned())
    }
}

/// The rows.
#[component]
pub fn List(desk: Desk) -> impl IntoView {
    let (viewport, page) = (use_viewport(), desk.session.page);
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let scrolled = RwSignal::new(0.0);
    let height = Memo::new(move |_| match () {
        () if viewport.phone() => 46.0,
        () if page.density.get() == Density::Large => 32.0,
        () => 24.0,
    });
    let skip = Memo::new(move |_| floor(scrolled.get() / height.get()).saturating_sub(BEYOND));
    let limit = Memo::new(move |_| floor(size.get().1 / height.get()) + 2 * BEYOND + 2);
    let view = Memo::new(move |_| {
        desk.session.drawer_pulse.track();
        let query = MetricsQuery {
            whose: desk.whose.get(),
            text: desk.text.get(),
            skip: skip.get(),
            limit: limit.get(),
            from_ms: desk.from_ms.get(),
            points: POINTS,
        };
        desk.session.read(|engine| engine.metrics(&query))
    });
    Effect::new(move |_| desk.total.set(view.with(|view| view.total)));
    let rows = Rows { desk, view, skip, height };
    let places = Memo::new(move |_| {
        let (skip, shown) = (skip.get(), view.with(|view| view.rows.len()));
        skip..skip + shown
    });
    let on_keys = move |event: KeyboardEvent| keys(rows, node, &event);
    let scroll = move |_| {
        if let Some(list) = node.get_untracked() {
            scrolled.set(f64::from(list.scroll_top()));
        }
    };
    let active = move || {
        let chosen = desk.chosen.get();
        let skip = rows.skip.get();
        let at = view.with(|view| view.rows.iter().position(|row| row.id == chosen));
        at.map(|at| format!("metric-{}", skip + at))
    };
    let none = move || view.with(|view| view.total == 0);
    view! {
        <div
            node_ref=node
            class="met-rows"
            role="listbox"
            tabindex="0"
            aria-label="Metrics"
            aria-activedescendant=active
            on:scroll=scroll
            on:keydown=on_keys
        >
            <div
                class="met-all"
                role="presentation"
                style:height=move || format!("{}px", px(view.with(|view| view.total)) * height.get())
            >
                <For each=move || places.get() key=|place| *place children=move |place| row_view(rows, place)/>
            </div>
            <Show when=none>
                <p class="blank">"No metric passes this filter."</p>
            </Show>
        </div>
    }
}

fn row_view(rows: Rows, place: usize) -> AnyView {
    let desk = rows.desk;
    let row = Memo::new(move |_| rows.at(place));
    let read = move |read: fn(&MetricRow) -> String| {
        move || row.with(|row| row.as_ref().map(read).unwrap_or_default())
    };
    let on = move || {
        row.with(|row| row.as_ref().is_some_and(|row| desk.chosen.with(|id| *id == row.id)))
    };
    let bad = move || row.with(|row| row.as_ref().is_some_and(|row| row.bad));
    let pick = move |_| {
        if let Some(row) = row.get_untracked() {
            desk.chosen.set(row.id);
        }
    };
    let part = move |which: fn((&str, &str, &str)) -> String| {
        move || {
            row.with(|row| {
                row.as_ref().map(|row| which(words::parts(&row.id.mbean))).unwrap_or_default()
            })
        }
    };
    let named = move || {
        row.with(|row| row.as_ref().is_some_and(|row| !words::parts(&row.id.mbean).1.is_empty()))
    };
    view! {
        <div
            id=format!("metric-{place}")
            class="met-row"
            class:on=on
            class:bad=bad
            role="option"
            aria-selected=move || on().to_string()
            aria-setsize=move || rows.view.with(|view| view.total).to_string()
            aria-posinset=(place + 1).to_string()
            style:top=move || format!("{}px", px(place) * rows.height.get())
            style:height=move || format!("{}px", rows.height.get())
            on:click=pick
        >
            <span class="mono bean">
                {part(|parts| parts.0.to_owned())}
                <b>{part(|parts| parts.1.to_owned())}</b>
                {part(|parts| parts.2.to_owned())}
            </span>
            <span class="mono at" class:own=move || !named()>{read(|row| row.id.attribute.clone())}</span>
            <svg class="spark" viewBox="0 0 120 18" preserveAspectRatio="none" aria-hidden="true">
                <path class="ln" d=read(|row| plot::spark(&row.points))/>
            </svg>
            <em>
                <Show when=bad>{icon("warn")}</Show>
                {read(words::value)}
            </em>
        </div>
    }
    .into_any()
}

/// Up, Down, pages, Home and End choose another row, and bring it into view.
fn keys(rows: Rows, node: NodeRef<Div>, event: &KeyboardEvent) {
    let Some(list) = node.get_untracked() else { return };
    let desk = rows.desk;
    let (skip, height) = (rows.skip.get_untracked(), rows.height.get_untracked());
    let total = rows.view.with_untracked(|view| view.total);
    let chosen = desk.chosen.get_untracked();
    let here = rows.view.with_untracked(|view| view.rows.iter().position(|row| row.id == chosen));
    let page = floor(f64::from(list.client_height()) / height).max(1);
    let last = total.saturating_sub(1);
    // What is chosen may be out of view: then the walk begins with what is in view.
    let at = here.map_or(floor(f64::from(list.scroll_top()) / height), |at| at + skip);
    let to = match event.key().as_str() {
        "ArrowDown" if here.is_some() => at + 1,
        "ArrowDown" | "ArrowUp" if here.is_none() => at,
        "ArrowUp" => at.saturating_sub(1),
        "PageDown" => at + page,
        "PageUp" => at.saturating_sub(page),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    let to = to.min(last);
    let query = MetricsQuery {
        whose: desk.whose.get_untracked(),
        text: desk.text.get_untracked(),
        skip: to,
        limit: 1,
        ..MetricsQuery::default()
    };
    let found = desk.session.read(|engine| engine.metrics(&query));
    if let Some(row) = found.rows.into_iter().next() {
        desk.chosen.set(row.id);
    }
    let (top, seen) = (px(to) * height, f64::from(list.scroll_top()));
    let room = f64::from(list.client_height());
    if top < seen {
        list.set_scroll_top(pixels(top));
    } else if top + height > seen + room {
        list.set_scroll_top(pixels(top + height - room));
    }
}

#[allow(clippy::cast_precision_loss)]
fn px(count: usize) -> f64 {
    count as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn floor(value: f64) -> usize {
    value.max(0.0) as usize
}

#[allow(clippy::cast_possible_truncation)]
fn pixels(value: f64) -> i32 {
    value.ceil() as i32
}
