//! The matrix: a cell a direction. Arrow keys walk it; only the rows in view are in the page.

use super::Desk;
use super::ends::{End, Kind, linked};
use crate::panels::icon::icon;
use crate::ui::size_of;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Height of a row with its gap, in px.
const ROW: f64 = 33.0;
/// Rows beyond those in view.
const SPARE: usize = 4;

/// The matrix.
#[component]
pub fn Matrix(desk: Desk) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let size = size_of(node);
    let (scroll, set_scroll) = signal(0.0);
    let count = Memo::new(move |_| desk.ends.with(Vec::len));
    let shown = Memo::new(move |_| window(scroll.get(), size.get().1, count.get()));
    let spacer = |rows: usize| format!("{}px", u32::try_from(rows).map_or(0.0, f64::from) * ROW);
    let walk = move |event: web_sys::KeyboardEvent| {
        let all = desk.ends.get_untracked();
        let Some(to) = step(&all, desk.chosen.get_untracked(), &event.key()) else { return };
        event.prevent_default();
        event.stop_propagation();
        desk.chosen.set(to);
        bring_into_view(node, to.0);
        request_animation_frame(move || focus(node, to));
    };
    view! {
        <div
            node_ref=node
            class="matrix-box"
            on:scroll=move |_| {
                if let Some(node) = node.get_untracked() {
                    set_scroll.set(f64::from(node.scroll_top()));
                }
            }
        >
            <table class="matrix" role="grid" aria-label="Links, from row to column" aria-rowcount=move || count.get() + 1 on:keydown=walk>
                <caption>"Latency from row to column, ms. Each direction by itself."</caption>
                <thead>
                    <tr>
                        <td></td>
                        <For each=move || desk.ends.get() key=|end| end.name.clone() let:end>
                            <th scope="col">{head(&end)}</th>
                        </For>
                    </tr>
                </thead>
                <tbody>
                    <tr class="spacer" aria-hidden="true" style:height=move || spacer(shown.get().0)></tr>
                    <For
                        each=move || {
                            let (first, end) = shown.get();
                            let rows = desk.ends.get().into_iter().enumerate();
                            rows.skip(first).take(end - first).collect::<Vec<_>>()
                        }
                        key=|(at, end)| (*at, end.name.clone())
                        children=move |(at, end)| row(desk, at, end)
                    />
                    <tr
                        class="spacer"
                        aria-hidden="true"
                        style:height=move || spacer(count.get().saturating_sub(shown.get().1))
                    ></tr>
                </tbody>
            </table>
        </div>
    }
}

/// First row to draw, and one past the last.
fn window(scroll: f64, height: f64, count: usize) -> (usize, usize) {
    let rows = |px: f64| usize::try_from(crate::lanes::geometry::floor_u32(px / ROW)).unwrap_or(0);
    let first = rows(scroll).saturating_sub(SPARE);
    (first.min(count), (rows(scroll + height) + SPARE + 1).min(count))
}

fn head(end: &End) -> AnyView {
    match end.kind {
        Kind::Broker | Kind::Controller => {
            view! { <b class="btok lgish" title=end.words()>{end.name.clone()}</b> }.into_any()
        }
        Kind::Producer | Kind::Group => {
            view! { <span title=end.name.clone()>{end.name.clone()}</span> }.into_any()
        }
    }
}

fn row(desk: Desk, at: usize, from: End) -> AnyView {
    let named = head(&from);
    let cells = move || {
        let from = from.clone();
        let cell = move |(column, to): (usize, End)| cell(desk, (at, column), &from, &to);
        desk.ends.get().into_iter().enumerate().map(cell).collect_view()
    };
    view! {
        <tr aria-rowindex=at + 2>
            <th scope="row">{named}</th>
            {cells}
        </tr>
    }
    .into_any()
}

fn cell(desk: Desk, place: (usize, usize), from: &End, to: &End) -> AnyView {
    if !linked(from, to) {
        return view! { <td class="no"></td> }.into_any();
    }
    let label = format!("{} to {}", from.words(), to.words());
    let (from, to) = (from.name.clone(), to.name.clone());
    let state = Memo::new(move |_| desk.state(&from, &to));
    let chosen = Memo::new(move |_| desk.chosen.get() == place);
    view! {
        <td aria-selected=move || chosen.get().to_string()>
            <button
                class=move || format!("lk {}", state.with(|state| state.class(desk.plain_ms)))
                class:sel=chosen
                tabindex=move || if chosen.get() { "0" } else { "-1" }
                data-at=format!("{}-{}", place.0, place.1)
                aria-label=move || format!("{label}: {}", state.with(super::State::words))
                on:click=move |_| desk.chosen.set(place)
            >
                {move || match state.with(super::State::short) {
                    cut if cut.is_empty() => icon("cut"),
                    short => short.into_any(),
                }}
            </button>
        </td>
    }
    .into_any()
}

/// The next cell that is a link, in the direction of a key.
fn step(all: &[End], (row, column): (usize, usize), key: &str) -> Option<(usize, usize)> {
    let last = all.len().checked_sub(1)?;
    let (down, right): (isize, isize) = match key {
        "ArrowDown" => (1, 0),
        "ArrowUp" => (-1, 0),
        "ArrowRight" => (0, 1),
        "ArrowLeft" => (0, -1),
        "Home" => return (0..=last).find(|to| is_link(all, row, *to)).map(|to| (row, to)),
        "End" => return (0..=last).rfind(|to| is_link(all, row, *to)).map(|to| (row, to)),
        _ => return None,
    };
    let (mut row, mut column) = (row, column);
    loop {
        row = row.checked_add_signed(down).filter(|row| *row <= last)?;
        column = column.checked_add_signed(right).filter(|column| *column <= last)?;
        if is_link(all, row, column) {
            return Some((row, column));
        }
    }
}

fn is_link(all: &[End], row: usize, column: usize) -> bool {
    all.get(row).zip(all.get(column)).is_some_and(|(from, to)| linked(from, to))
}

fn bring_into_view(node: NodeRef<Div>, row: usize) {
    let Some(node) = node.get_untracked() else { return };
    let top = u32::try_from(row).map_or(0.0, f64::from) * ROW;
    let (scroll, height) = (f64::from(node.scroll_top()), f64::from(node.client_height()));
    let whole = |px: f64| i32::try_from(crate::lanes::geometry::floor_u32(px)).unwrap_or(0);
    if top < scroll {
        node.set_scroll_top(whole(top));
    } else if top + 3.0 * ROW > scroll + height {
        node.set_scroll_top(whole(top + 3.0 * ROW - height));
    }
}

fn focus(node: NodeRef<Div>, (row, column): (usize, usize)) {
    let found = node.get_untracked().and_then(|node| {
        node.query_selector(&format!("[data-at=\"{row}-{column}\"]")).ok().flatten()
    });
    if let Some(cell) = found.and_then(|cell| cell.dyn_into::<HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<End> {
        let end = |name: &str, kind| End { name: name.to_owned(), kind };
        vec![
            end("1", Kind::Broker),
            end("2", Kind::Broker),
            end("checkout", Kind::Producer),
            end("billing", Kind::Group),
        ]
    }

    #[test]
    fn arrows_pass_over_what_is_no_link() {
        let all = all();
        assert_eq!(step(&all, (0, 1), "ArrowRight"), Some((0, 2)));
        assert_eq!(step(&all, (1, 0), "ArrowRight"), Some((1, 2)));
        assert_eq!(step(&all, (2, 1), "ArrowRight"), None, "clients do not speak with each other");
        assert_eq!(step(&all, (0, 1), "ArrowDown"), Some((2, 1)));
        assert_eq!(step(&all, (0, 1), "End"), Some((0, 3)));
        assert_eq!(step(&all, (0, 1), "x"), None);
    }

    #[test]
    fn only_rows_in_view_are_drawn() {
        assert_eq!(window(0.0, 330.0, 7), (0, 7));
        assert_eq!(window(330.0, 330.0, 104), (6, 25));
    }
}
