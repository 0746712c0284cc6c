//! Compaction in a lane: how far the cleaner has come, what is dirty, and what may not be cleaned yet.

use super::geometry::{LaneKind, to_f64};
use super::layout::Layout;
use super::surface::{Align, Dash, Face, Ink, Rect, Surface};
use crate::ui::text;
use log_engine::view::{CleanerView, LaneView};

/// A flag "cleaned to 31": its text and left edge, where anything is cleaned.
fn flag(view: &LaneView, layout: &Layout, taken: f64) -> Option<(String, f64, f64, f64)> {
    let cleaner = view.cleaner.as_ref()?;
    let inside = cleaner.first_dirty > layout.first && cleaner.first_dirty <= layout.end;
    if !inside || layout.geometry.kind != LaneKind::Full {
        return None;
    }
    let x = layout.boundary(cleaner.first_dirty);
    let words = format!("cleaned to {}", cleaner.first_dirty);
    let width = letters(&words) * layout.geometry.font * 0.53 + 8.0;
    // Left of its line, as long as it does not cover the countdown's words; right of it before the high watermark.
    let left = if x - width < taken { x } else { x - width };
    if left + width > layout.boundary(view.high_watermark.min(layout.end)) + 1.0 {
        return None;
    }
    Some((words, left, width, x))
}

fn letters(words: &str) -> f64 {
    u32::try_from(words.chars().count()).map_or(0.0, f64::from)
}

/// What stands over a lane beside the countdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    /// "dirty 71 %, next pass in 6 s", as much of it as there is room for, and its left edge.
    pub words: Option<(String, f64)>,
    /// Up to here the room before the high watermark is taken.
    pub taken: f64,
}

/// Finds room for the words: between the cleaner's flag and the high watermark's, else behind that one. `taken` is
/// where the countdown's words end.
pub fn top(view: &LaneView, layout: &Layout, taken: f64, now_ms: i64) -> Top {
    let nothing = Top { words: None, taken };
    let Some(cleaner) = &view.cleaner else { return nothing };
    let font = layout.geometry.font;
    let place = |offset: i64| layout.boundary(offset.clamp(layout.first, layout.end));
    let flag = flag(view, layout, taken).map(|(_, left, width, x)| (left + width).max(x));
    let start = flag.unwrap_or_else(|| place(cleaner.first_dirty)).max(taken) + 5.0;
    let (short, long) = words(cleaner, now_ms);
    let width = |words: &str| letters(words) * font * 0.52 + 4.0;
    let mark = place(view.high_watermark);
    let flag_width = 8.0 + letters(&format!("HW {}", view.high_watermark)) * font * 0.6;
    for words in [&long, &short] {
        let end = start + width(words);
        if end <= mark - flag_width {
            return Top { words: Some((words.clone(), start)), taken: end };
        }
    }
    let taken = flag.unwrap_or(taken).max(taken);
    let behind = if mark - flag_width < taken { mark + flag_width } else { mark } + 6.0;
    let fits = [long, short].into_iter().find(|words| behind + width(words) <= layout.width);
    Top { words: fits.map(|words| (words, behind)), taken }
}

/// How dirty it is, and with when it is cleaned.
fn words(cleaner: &CleanerView, now_ms: i64) -> (String, String) {
    let alone = |words: &str| (words.to_owned(), words.to_owned());
    let (ratio, dirty) = (cleaner.dirty_ratio_millionths, cleaner.dirty_bytes > 0);
    match (&cleaner.uncleanable, ratio) {
        (Some(_), _) => return alone("the cleaner gave up"),
        (None, None) => return alone("nothing to clean"),
        (None, Some(_)) if !dirty && !cleaner.due => return alone("clean"),
        _ => {}
    }
    let dirty = format!("dirty {} %", ratio.unwrap_or(0) / 10_000);
    let long = match cleaner.next_pass_ms.map(|at_ms| (at_ms - now_ms).max(0) / 1000) {
        Some(0) => format!("{dirty}, next pass in 0 s"),
        Some(seconds) => format!("{dirty}, next pass in {}", text::span(seconds * 1000)),
        None => format!("{dirty}, not due"),
    };
    (dirty, long)
}

/// The cleaner's point, a bar over what is dirty, dots over what may not be cleaned yet.
pub fn paint_cleaning(surface: &mut impl Surface, view: &LaneView, layout: &Layout, taken: f64) {
    let Some(cleaner) = &view.cleaner else { return };
    let g = &layout.geometry;
    if g.kind == LaneKind::Row || layout.slots.is_empty() {
        return;
    }
    let place = |offset: i64| layout.boundary(offset.clamp(layout.first, layout.end));
    let full = g.kind == LaneKind::Full;
    let (clean, head) = (place(cleaner.first_dirty), place(cleaner.first_uncleanable));
    let y = g.top - 3.0;
    let ink = if cleaner.due { Ink::Warn } else { Ink::Mark2 };
    if head > clean + 1.0 {
        surface.line(&[(clean + 1.0, y), (head - 1.0, y)], ink, 3.0, Dash::Solid);
    }
    let end = layout.end_x - 2.0;
    if end > head + 2.0 {
        surface.line(&[(head + 2.0, y), (end, y)], Ink::Mark2, 1.5, Dash::Dotted);
    }
    if cleaner.first_dirty <= layout.first || cleaner.first_dirty > layout.end {
        return;
    }
    let from = if full { 1.0 } else { g.top - 3.0 };
    surface.line(&[(clean, from), (clean, g.top + g.cell + 3.0)], Ink::Mark, 1.5, Dash::Dashed);
    let Some((words, left, width, _)) = flag(view, layout, taken) else { return };
    let rect = Rect { x: left, y: 0.5, w: width, h: g.flag - 1.0 };
    surface.fill(rect, 2.0, Ink::Surface);
    surface.edge(rect, 2.0, Ink::Mark, 1.0, Dash::Solid);
    let y = g.flag / 2.0 + g.font * 0.36;
    surface.text(left + width / 2.0, y, &words, Align::Middle, Face::Strong, Ink::Text);
    let start = g.cells_left().max(taken);
    let once = "each key once";
    if left - start > letters(once) * g.font * 0.52 + 8.0 {
        surface.text(start, y, once, Align::Left, Face::Plain, Ink::Text3);
    }
}

/// Share of the closed segments that is dirty, and the share from which a log is due, of 100.
pub fn percents(cleaner: &CleanerView) -> (f64, f64) {
    let of = |millionths: u32| to_f64(i64::from(millionths)) / 10_000.0;
    (cleaner.dirty_ratio_millionths.map_or(0.0, of), of(cleaner.min_ratio_millionths))
}
