//! The picture of a document in a list: its lanes, a few pixels a record. Kept as text: a row a partition, `0` to
//! `6` a key's colour, `-` no key, `|` between segments; rows parted by `/`.

use crate::session::Legend;
use leptos::prelude::*;
use log_engine::Engine;
use log_engine::view::LaneWindow;

const MOST_ROWS: i32 = 12;
const MOST_CELLS: u32 = 40;

/// The text for the first topic, or the one named.
pub fn thumb_of(engine: &Engine, topic: Option<&str>, legend: &mut Legend) -> String {
    let topics = engine.cluster().topics;
    let wanted = topics.iter().find(|t| Some(t.name.as_str()) == topic).or_else(|| topics.first());
    let Some(topic) = wanted else { return String::new() };
    let row = |partition: i32| {
        let lane = engine.lane(&topic.name, partition, LaneWindow::Tail(MOST_CELLS))?;
        legend.add(lane.cells.iter().filter_map(|cell| cell.key.as_deref()));
        let mut row = String::new();
        for cell in &lane.cells {
            if !row.is_empty() && lane.segments.iter().any(|s| s.base_offset == cell.offset) {
                row.push('|');
            }
            let colour = cell.key.as_deref().map(|key| legend.mark(key).colour);
            row.push(colour.and_then(|c| char::from_digit(u32::from(c), 10)).unwrap_or('-'));
        }
        Some(row)
    };
    let rows: Vec<String> = (0..topic.partitions.min(MOST_ROWS)).filter_map(row).collect();
    rows.join("/")
}

/// The picture.
pub fn thumb(text: &str) -> AnyView {
    let rows: Vec<&str> = if text.is_empty() { Vec::new() } else { text.split('/').collect() };
    let pitch = 66.0 / (rows.len().max(1) as f64);
    let gap = if rows.len() > 6 { 1.0 } else { 3.0 };
    let height = (pitch - gap).min(12.0);
    let row = |(at, row): (usize, &str)| {
        #[allow(clippy::cast_precision_loss)]
        let y = 8.0 + at as f64 * pitch;
        lane(row, y, height)
    };
    view! {
        <svg class="thumb" viewBox="0 0 236 78" preserveAspectRatio="xMinYMid slice" aria-hidden="true">
            {rows.into_iter().enumerate().map(row).collect_view()}
        </svg>
    }
    .into_any()
}

fn lane(row: &str, y: f64, height: f64) -> AnyView {
    let inset = if height < 6.0 { 0.8 } else { 2.0 };
    let mut x = 12.0;
    let mut parts = Vec::new();
    for segment in row.split('|') {
        #[allow(clippy::cast_precision_loss)]
        let width = segment.len() as f64 * 5.0 + 5.0;
        parts.push(
            view! { <rect class="seg closed" x=x y=y width=width height=height rx="2"/> }
                .into_any(),
        );
        for (at, cell) in segment.chars().enumerate() {
            let class =
                cell.to_digit(10).map_or_else(|| "tr k-null".to_owned(), |n| format!("tr k-{n}"));
            #[allow(clippy::cast_precision_loss)]
            let cell_x = x + 3.0 + at as f64 * 5.0;
            let cell_height = height - 2.0 * inset;
            parts.push(
                view! { <rect class=class x=cell_x y=y + inset width="4" height=cell_height/> }
                    .into_any(),
            );
        }
        x += width + 2.0;
    }
    parts.collect_view().into_any()
}
