//! The painter: from a layout to shapes. The static part (trays, cells, axis) changes with the log's content; the
//! live part (countdown, high watermark, log end, cursors) with every marker.

use super::geometry::{Geometry, LaneKind, TOOTH_PITCH, to_f64};
use super::layout::{Layout, NULL_COLOUR, Slot};
use super::surface::{Align, Dash, Face, Ink, Rect, Surface};
use log_engine::view::{CellKind, LaneView};

/// Strength of cells whose key is not the one pointed at.
const FADED: f64 = 0.18;
/// Narrowest run that carries its letter.
const RUN_WITH_LETTER: f64 = 10.0;
/// How wide the word "deleted" is, in font sizes.
const DELETED_EMS: f64 = 4.0;

/// Trays, cells and axis. `landed` is one past the last offset that is drawn here: later ones are on their way.
pub fn paint_log(surface: &mut impl Surface, view: &LaneView, layout: &Layout, landed: i64) {
    paint_head(surface, view, layout);
    paint_trays(surface, layout);
    for x in &layout.holes {
        paint_hole(surface, layout, *x);
    }
    let readable = view.high_watermark;
    match layout.pitch {
        pitch if pitch.records > 1 => paint_columns(surface, layout, landed),
        pitch if pitch.letters() => {
            for slot in layout.slots.iter().take_while(|slot| slot.offset < landed) {
                paint_cell(surface, layout, slot, slot.x, slot.offset >= readable);
            }
        }
        _ => paint_runs(surface, layout, landed, readable),
    }
    if layout.geometry.axis > 0.0 {
        paint_axis(surface, view, layout);
    }
}

/// What is left of the first cell: the deleted range, or how many offsets had no room.
fn paint_head(surface: &mut impl Surface, view: &LaneView, layout: &Layout) {
    let g = &layout.geometry;
    if g.head == 0.0 || (view.log_start == 0 && layout.hidden_before == 0) {
        return;
    }
    let (w, middle) = (g.head - 6.0, (g.head - 6.0) / 2.0);
    let outset = if g.kind == LaneKind::Row { 0.0 } else { 2.0 };
    let rect = Rect { x: 0.5, y: g.top - outset, w, h: g.cell + 2.0 * outset };
    if layout.hidden_before > 0 {
        surface.fill(rect, 4.0, Ink::Surface2);
        surface.edge(rect, 4.0, Ink::TrayLine, 1.0, Dash::Solid);
        let text = if g.kind == LaneKind::Full && g.head > 30.0 {
            format!("‹ {}", layout.hidden_before)
        } else {
            "‹".to_owned()
        };
        let y = g.top + g.cell / 2.0 + g.font * 0.36;
        surface.text(middle, y, &text, Align::Middle, Face::Plain, Ink::Text2);
        return;
    }
    surface.hatch(rect, Ink::Hatch);
    surface.edge(rect, 4.0, Ink::Hatch, 1.0, Dash::Solid);
    if g.kind == LaneKind::Full && g.head > 30.0 {
        let last = view.log_start - 1;
        let range = if last == 0 { "0".to_owned() } else { format!("0–{last}") };
        surface.text(middle, g.top - 6.0, &range, Align::Middle, Face::Mono, Ink::Text3);
        // Where the head is narrower than the word, the hatch says it alone.
        let y = g.top + g.cell + g.axis - 1.5;
        if rect.w >= DELETED_EMS * g.font {
            surface.text(middle, y, "deleted", Align::Middle, Face::Plain, Ink::Text3);
        } else if g.head >= DELETED_EMS * g.font {
            surface.text(0.0, y, "deleted", Align::Left, Face::Plain, Ink::Text3);
        }
    }
}

fn paint_trays(surface: &mut impl Surface, layout: &Layout) {
    let g = &layout.geometry;
    if g.kind == LaneKind::Row {
        if let (Some(first), Some(last)) = (layout.slots.first(), layout.slots.last()) {
            let w = last.x - first.x + layout.pitch.px + 1.0;
            let rect = Rect { x: first.x - 1.0, y: g.top - 0.5, w, h: g.cell + 1.0 };
            surface.fill(rect, 2.0, Ink::Closed);
        }
        return;
    }
    let radius = if g.kind == LaneKind::Full { 5.0 } else { 3.0 };
    for tray in &layout.trays {
        let w = tray.right - tray.left;
        let rect = Rect { x: tray.left, y: g.top - 3.0, w, h: g.cell + 6.0 };
        surface.fill(rect, radius, if tray.active { Ink::Active } else { Ink::Closed });
        surface.edge(rect, radius, Ink::TrayLine, 1.0, Dash::Solid);
    }
}

fn paint_hole(surface: &mut impl Surface, layout: &Layout, x: f64) {
    let y = layout.geometry.top + layout.geometry.cell / 2.0 + 4.0;
    for from in [x + 1.5, x + 4.5] {
        surface.line(&[(from, y), (from + 3.0, y - 8.0)], Ink::Text3, 1.25, Dash::Solid);
    }
}

/// One cell at `x`, with its letter where it has room. Also draws a record that is on its way to its place.
pub fn paint_cell(surface: &mut impl Surface, layout: &Layout, slot: &Slot, x: f64, unread: bool) {
    let g = &layout.geometry;
    let full = g.kind == LaneKind::Full;
    let w = layout.cell_width();
    let rect = Rect { x, y: g.top, w, h: g.cell };
    let radius = if full { 3.0 } else { 1.5f64.min(w / 3.0) };
    surface.strength(if slot.lit { 1.0 } else { FADED });
    let colour = slot.colour;
    surface.fill(rect, radius, if unread { Ink::KeyPale(colour) } else { Ink::Key(colour) });
    let dash = if unread { Dash::Short } else { Dash::Solid };
    surface.edge(rect, radius, Ink::KeyEdge(colour), 1.0, dash);
    if layout.pitch.letters() {
        let ink = if unread { Ink::Text } else { Ink::KeyOn(colour) };
        let text: &str = if w < 15.0 { first_letter(&slot.letters) } else { &slot.letters };
        let y = g.top + g.cell / 2.0 + g.font * 0.36;
        surface.text(x + w / 2.0, y, text, Align::Middle, Face::Strong, ink);
    }
    paint_kind(surface, slot, rect);
    surface.strength(1.0);
}

fn paint_kind(surface: &mut impl Surface, slot: &Slot, rect: Rect) {
    let Rect { x, y, w, h } = rect;
    match slot.kind {
        CellKind::Record => {}
        CellKind::Tombstone => {
            let ends = [(x + 2.0, y + h - 2.0), (x + w - 2.0, y + 2.0)];
            surface.line(&ends, Ink::KeyOn(slot.colour), 1.75, Dash::Solid);
        }
        CellKind::Commit | CellKind::Abort => {
            let (cx, cy, r) = (x + w / 2.0, y + h / 2.0, w.min(h) / 2.0 + 0.5);
            let diamond = [(cx, cy - r), (cx + r, cy), (cx, cy + r), (cx - r, cy)];
            surface.shape(&diamond, Ink::Surface, Some(Ink::Mark2));
        }
    }
}

fn first_letter(letters: &str) -> &str {
    letters.char_indices().nth(1).map_or(letters, |(at, _)| letters.get(..at).unwrap_or(letters))
}

/// Neighbours with one key are joined at the top and carry its letter once; the teeth below are the records.
fn paint_runs(surface: &mut impl Surface, layout: &Layout, landed: i64, readable: i64) {
    let g = &layout.geometry;
    let (w, full) = (layout.cell_width(), g.kind == LaneKind::Full);
    let visible: Vec<&Slot> = layout.slots.iter().take_while(|s| s.offset < landed).collect();
    for slot in &visible {
        let rect = Rect { x: slot.x, y: g.top, w, h: g.cell };
        surface.strength(if slot.lit { 1.0 } else { FADED });
        if slot.offset >= readable {
            surface.fill(rect, 1.0, Ink::KeyPale(slot.colour));
            if w > 3.0 {
                surface.edge(rect, 1.0, Ink::KeyEdge(slot.colour), 0.75, Dash::Solid);
            }
        } else {
            surface.fill(rect, if full { 2.0 } else { 1.0 }, Ink::Key(slot.colour));
        }
        if slot.kind != CellKind::Record && w > 4.0 {
            paint_kind(surface, slot, rect);
        }
    }
    let mut at = 0;
    while let Some(first) = visible.get(at).filter(|first| first.offset < readable) {
        let run = visible.get(at..).unwrap_or_default().iter().take_while(|slot| {
            slot.offset < readable
                && slot.letters == first.letters
                && slot.colour == first.colour
                && slot.segment == first.segment
        });
        let length = run.count().max(1);
        let last = visible.get(at + length - 1).unwrap_or(first);
        let width = last.x + w - first.x;
        if first.colour != NULL_COLOUR && width >= RUN_WITH_LETTER {
            let rect = Rect { x: first.x, y: g.top, w: width, h: g.cell - 3.0 };
            surface.strength(if first.lit { 1.0 } else { FADED });
            surface.fill(rect, 1.5, Ink::Key(first.colour));
            let letters = if width < 15.0 { first_letter(&first.letters) } else { &first.letters };
            let y = g.top + g.cell - (g.font * 0.36);
            let x = first.x + width / 2.0;
            surface.text(x, y, letters, Align::Middle, Face::Strong, Ink::KeyOn(first.colour));
        }
        at += length;
    }
    surface.strength(1.0);
}

/// A column stands for several records and is as high as the share of its top key.
fn paint_columns(surface: &mut impl Surface, layout: &Layout, landed: i64) {
    let g = &layout.geometry;
    for slot in layout.slots.iter().take_while(|slot| slot.offset < landed) {
        let h = (g.cell * slot.share).max(2.0);
        let rect = Rect { x: slot.x, y: g.top + g.cell - h, w: layout.pitch.px - 1.0, h };
        surface.strength(if slot.lit { 1.0 } else { FADED });
        let ink = match slot.colour {
            NULL_COLOUR => Ink::KeyEdge(NULL_COLOUR),
            colour => Ink::Key(colour),
        };
        surface.fill(rect, 0.0, ink);
    }
    surface.strength(1.0);
}

/// Offsets below the cells: the first, then every fifth (or as room allows), not under the log end's.
fn paint_axis(surface: &mut impl Surface, view: &LaneView, layout: &Layout) {
    let Geometry { top, cell, axis, font, .. } = layout.geometry;
    let y = top + cell + axis - 1.5;
    let every = tick_every(layout);
    let mut free_from = f64::MIN;
    let end_left = layout.end_x - digits(view.log_end) * font * 0.4;
    for (index, slot) in layout.slots.iter().enumerate() {
        let leads = index == 0;
        if !leads && slot.offset % every != 0 {
            continue;
        }
        let half = digits(slot.offset) * font * 0.31;
        let middle = slot.x + layout.cell_width() / 2.0;
        if middle - half < free_from || (middle + half > end_left - 3.0 && !leads) {
            continue;
        }
        free_from = middle + half + 5.0;
        let start = slot.offset == view.log_start;
        let (face, ink) =
            if start { (Face::MonoStrong, Ink::Text) } else { (Face::Mono, Ink::Text3) };
        surface.text(middle, y, &slot.offset.to_string(), Align::Middle, face, ink);
    }
}

fn tick_every(layout: &Layout) -> i64 {
    const STEPS: [i64; 9] = [5, 10, 20, 50, 100, 200, 500, 1000, 5000];
    let per_record = layout.pitch.px / f64::from(layout.pitch.records);
    STEPS.into_iter().find(|step| to_f64(*step) * per_record >= 44.0).unwrap_or(10_000)
}

fn digits(offset: i64) -> f64 {
    f64::from(offset.max(1).ilog10() + 1)
}

/// Whether single cells can be told apart at this pitch, so that one can be shown as selected.
pub fn has_cells(layout: &Layout) -> bool {
    layout.pitch.records == 1 && layout.pitch.px >= TOOTH_PITCH
}

#[cfg(test)]
#[path = "paint_tests.rs"]
mod tests;
