//! Where everything of a lane stands, in pixels from the strip's left edge. Pure: a view and sizes go in,
//! places come out.

use super::geometry::{Geometry, HOLE, LaneKind, Pitch, floor_u32, to_f64};
use crate::session::Legend;
use log_engine::view::{CellKind, CellView, LaneView};
use std::sync::Arc;

/// The colour index of a record without a key.
pub const NULL_COLOUR: u8 = 7;

/// A cell, or a column that stands for several records.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Offset of its first record.
    pub offset: i64,
    /// Left edge.
    pub x: f64,
    /// Colour of its key, 0 to 6, or [`NULL_COLOUR`]; of a column, that of its most frequent key.
    pub colour: u8,
    /// What stands in it.
    pub letters: Arc<str>,
    /// What takes the offset.
    pub kind: CellKind,
    /// Index of its segment in [`LaneView::segments`].
    pub segment: usize,
    /// Of a column's records this share has its colour; 1 for a cell.
    pub share: f64,
    /// The key matches the one pointed at in the legend (or none is).
    pub lit: bool,
}

/// A segment's tray.
#[derive(Debug, Clone, PartialEq)]
pub struct Tray {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// It takes appends.
    pub active: bool,
}

/// Places of one lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Sizes it was made with.
    pub geometry: Geometry,
    /// Pitch it was made with.
    pub pitch: Pitch,
    /// Width of the strip.
    pub width: f64,
    /// Cells or columns, by offset.
    pub slots: Vec<Slot>,
    /// Trays that are in view, oldest first.
    pub trays: Vec<Tray>,
    /// Left edges of holes in the offsets.
    pub holes: Vec<f64>,
    /// Offsets between the log start and the first cell, which had no room.
    pub hidden_before: i64,
    /// Offsets between the last cell and the log end, where the lane is scrolled back.
    pub hidden_after: i64,
    /// First offset in view.
    pub first: i64,
    /// Left edge of the place of the next record.
    pub end_x: f64,
    /// One past the last offset in view.
    pub end: i64,
    boundaries: Vec<i64>,
}

impl Layout {
    /// Lays a lane out. `lit` is the key pointed at in the legend; `Some(None)` is the null key.
    pub fn new(
        view: &LaneView,
        geometry: Geometry,
        pitch: Pitch,
        width: f64,
        legend: &Legend,
        lit: Option<&Option<String>>,
    ) -> Self {
        let cells = fitting(view, &geometry, pitch, width);
        let mut slots = slots(view, cells, pitch, legend, lit);
        let first = slots.first().map_or(view.window_first.max(view.log_start), |s| s.offset);
        let at_end = view.window_end >= view.log_end;
        let (holes, end_x) = place(view, &geometry, pitch, &mut slots, first, at_end);
        let end = if at_end { view.log_end } else { cells.last().map_or(first, |c| c.offset + 1) };
        let mut layout = Self {
            geometry,
            pitch,
            width,
            slots,
            trays: Vec::new(),
            holes,
            hidden_before: (first - view.log_start).max(0),
            hidden_after: if at_end { 0 } else { view.log_end - end },
            first,
            end_x,
            end,
            boundaries: view.segments.iter().map(|segment| segment.base_offset).collect(),
        };
        layout.trays = layout.lay_trays(view, at_end);
        layout
    }

    /// Left edge of an offset's place; of the log end beyond.
    pub fn x(&self, offset: i64) -> f64 {
        if offset >= self.end {
            return self.end_x;
        }
        let per = i64::from(self.pitch.records);
        let at = self.slots.partition_point(|slot| slot.offset + per - 1 < offset);
        let Some(slot) = self.slots.get(at) else { return self.end_x };
        // Within a column an offset has its own place.
        let within = (offset - slot.offset).clamp(0, per);
        slot.x + self.pitch.px * to_f64(within) / to_f64(per)
    }

    /// The boundary before an offset: markers stand there, never on a cell.
    pub fn boundary(&self, offset: i64) -> f64 {
        let base = self.boundaries.contains(&offset) && offset > self.first && offset < self.end;
        let shift = if base { self.geometry.segment_gap / 2.0 } else { 0.0 };
        (self.x(offset) - self.pitch.gap() / 2.0 - shift).max(self.geometry.cells_left() - 2.0)
    }

    /// The offset of the cell under a point, if one is there.
    pub fn offset_at(&self, x: f64, y: f64) -> Option<i64> {
        let Geometry { top, cell, .. } = self.geometry;
        if y < top - 4.0 || y > top + cell + 4.0 {
            return None;
        }
        let at = self.slots.partition_point(|slot| slot.x + self.pitch.px <= x);
        let slot = self.slots.get(at).filter(|slot| x >= slot.x - 1.0)?;
        let within = floor_u32((x - slot.x) / self.pitch.px * f64::from(self.pitch.records));
        Some(slot.offset + i64::from(within.min(self.pitch.records - 1)))
    }

    /// Width of a cell.
    pub fn cell_width(&self) -> f64 {
        self.pitch.px - self.pitch.gap()
    }

    fn lay_trays(&self, view: &LaneView, at_end: bool) -> Vec<Tray> {
        let full = self.geometry.kind == LaneKind::Full;
        let mut trays = Vec::new();
        for (index, segment) in view.segments.iter().enumerate() {
            let inside = |slot: &&Slot| slot.segment == index;
            let first = self.slots.iter().find(inside);
            let last = self.slots.iter().rfind(inside);
            let newest = at_end && index + 1 == view.segments.len();
            let left = match first {
                Some(slot) => slot.x - 3.0,
                None if newest => self.end_x - 3.0,
                None => continue,
            };
            let right = match last {
                _ if newest && full => self.end_x + self.pitch.px + 1.0,
                _ if newest => self.end_x + 3.0,
                Some(slot) => slot.x + self.cell_width() + 3.0,
                None => continue,
            };
            trays.push(Tray { left, right, active: segment.active });
        }
        trays
    }
}

/// The newest cells of the window that have room.
fn fitting<'v>(
    view: &'v LaneView,
    geometry: &Geometry,
    pitch: Pitch,
    width: f64,
) -> &'v [CellView] {
    let mut room = width - geometry.cells_left() - geometry.after;
    let per = i64::from(pitch.records);
    let mut from = view.cells.len();
    let mut newer: Option<&CellView> = None;
    for (index, cell) in view.cells.iter().enumerate().rev() {
        let new_column = newer.is_none_or(|newer| newer.offset / per != cell.offset / per);
        let mut need = if new_column { pitch.px } else { 0.0 };
        if let Some(newer) = newer {
            if per == 1 && newer.offset - cell.offset > 1 {
                need += HOLE;
            }
            if view.segments.iter().any(|segment| segment.base_offset == newer.offset) && per == 1 {
                need += geometry.segment_gap;
            }
        }
        if room < need {
            break;
        }
        room -= need;
        from = index;
        newer = Some(cell);
    }
    view.cells.get(from..).unwrap_or_default()
}

fn slots(
    view: &LaneView,
    cells: &[CellView],
    pitch: Pitch,
    legend: &Legend,
    lit: Option<&Option<String>>,
) -> Vec<Slot> {
    let per = i64::from(pitch.records);
    let mut segment = 0;
    let mut slots: Vec<Slot> = Vec::with_capacity(cells.len());
    let mut column: Vec<&CellView> = Vec::new();
    let mut rest = cells.iter().peekable();
    while let Some(cell) = rest.next() {
        column.push(cell);
        if rest.peek().is_some_and(|next| next.offset / per == cell.offset / per) {
            continue;
        }
        let offset = column.first().map_or(cell.offset, |cell| cell.offset);
        while view.segments.get(segment + 1).is_some_and(|next| next.base_offset <= offset) {
            segment += 1;
        }
        let (shown, share) = top_of(&column);
        let mark = shown.key.as_deref().map(|key| legend.mark(key));
        slots.push(Slot {
            offset,
            x: 0.0,
            colour: mark.as_ref().map_or(NULL_COLOUR, |mark| mark.colour),
            letters: mark.map_or_else(|| "–".into(), |mark| mark.letters),
            kind: shown.kind,
            segment,
            share,
            lit: lit
                .is_none_or(|lit| column.iter().any(|cell| cell.key.as_deref() == lit.as_deref())),
        });
        column.clear();
    }
    slots
}

/// The most frequent key of a column (the first of equals), and its share.
fn top_of<'v>(column: &[&'v CellView]) -> (&'v CellView, f64) {
    const EMPTY: &CellView = &CellView { offset: 0, key: None, kind: CellKind::Record, bytes: 0 };
    let mut top = (EMPTY, 0usize);
    if let [cell] = column {
        return (cell, 1.0);
    }
    let mut counts: Vec<(&CellView, usize)> = Vec::new();
    for &cell in column {
        match counts.iter_mut().find(|(known, _)| known.key == cell.key) {
            Some((_, count)) => *count += 1,
            None => counts.push((cell, 1)),
        }
    }
    for (cell, same) in counts {
        if same > top.1 {
            top = (cell, same);
        }
    }
    let share = |n: usize| u32::try_from(n).map_or(1.0, f64::from);
    (top.0, share(top.1) / share(column.len().max(1)))
}

/// Gives each slot its place; returns the holes and the place of the log end.
fn place(
    view: &LaneView,
    geometry: &Geometry,
    pitch: Pitch,
    slots: &mut [Slot],
    first: i64,
    at_end: bool,
) -> (Vec<f64>, f64) {
    let mut holes = Vec::new();
    let mut x = geometry.cells_left();
    let mut before: Option<(i64, usize)> = None;
    let single = pitch.records == 1;
    for slot in slots.iter_mut() {
        if single && before.is_some_and(|(_, segment)| segment != slot.segment) {
            x += geometry.segment_gap;
        }
        let expected = before.map_or(first, |(offset, _)| offset + 1);
        if single && slot.offset > expected {
            holes.push(x);
            x += HOLE;
        }
        slot.x = x;
        x += pitch.px;
        before = Some((slot.offset, slot.segment));
    }
    let active_is_empty = view.segments.last().is_some_and(|last| last.base_offset == view.log_end);
    if at_end && single && !slots.is_empty() && active_is_empty {
        x += geometry.segment_gap;
    }
    (holes, x)
}

#[cfg(test)]
#[path = "layout_support.rs"]
pub(crate) mod tests_support;

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
