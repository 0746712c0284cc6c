//! The live part of a lane: countdown, log end, high watermark, cursors, selection. Drawn over the log, as often as
//! markers move.

use super::cleaning;
use super::geometry::{Geometry, LaneKind};
use super::layout::Layout;
use super::paint::has_cells;
use super::replicas::{self, ReplicaState};
use super::surface::{Align, Dash, Face, Ink, Rect, Surface};
use log_engine::view::LaneView;

/// Where a group's marks stand, in px; eased towards their places while time runs slowly.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CursorPlace {
    /// The row exists: the group reads this partition.
    pub present: bool,
    /// ●, none before the first commit.
    pub committed: Option<f64>,
    /// ▷, none while nobody owns the partition.
    pub position: Option<f64>,
    /// Reads nothing now.
    pub paused: bool,
}

/// Where a follower's own log begins and ends, in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowerPlace {
    /// Its broker.
    pub broker: i32,
    /// Its log start.
    pub start: f64,
    /// Its log end.
    pub end: f64,
    /// What it is at.
    pub state: ReplicaState,
    /// It lacks records of the leader's.
    pub lacks: bool,
}

/// All that moves in a lane.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Markers {
    /// Left edge of the next record's place.
    pub end_x: f64,
    /// High watermark.
    pub high_watermark: f64,
    /// A row for each replica that does not lead, in order of assignment.
    pub followers: Vec<FollowerPlace>,
    /// A row for each shown group, in their order.
    pub cursors: Vec<CursorPlace>,
}

impl Markers {
    /// The places that a view gives them. `groups` are the shown ones, in order of their rows.
    pub fn of(view: &LaneView, layout: &Layout, groups: &[String]) -> Self {
        let place = |offset: i64| layout.boundary(offset.clamp(layout.first, layout.end));
        let cursor = |group: &String| {
            let found = view.cursors.iter().find(|cursor| cursor.group == *group);
            found.map_or_else(CursorPlace::default, |cursor| CursorPlace {
                present: true,
                committed: cursor.committed.map(place),
                position: cursor.position.map(place),
                paused: cursor.paused,
            })
        };
        let follower = |replica: &log_engine::view::ReplicaView| FollowerPlace {
            broker: replica.broker.0,
            start: place(replica.log_start),
            end: place(replica.log_end),
            state: ReplicaState::of(view, replica),
            lacks: replicas::missing(view, replica) > 0,
        };
        Self {
            end_x: layout.end_x,
            high_watermark: place(view.high_watermark),
            followers: replicas::followers(view).map(follower).collect(),
            cursors: groups.iter().map(cursor).collect(),
        }
    }
}

/// How much of the countdown is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Countdown {
    /// Share of the time that is left, 0 to 1.
    pub left: f64,
    /// Less than 5 s.
    pub soon: bool,
    /// Letters of the words over the bar.
    pub letters: u32,
}

/// Records with the accent ring.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ringed<'o> {
    /// The one that is selected.
    pub selected: Option<i64>,
    /// Those that the run beside this one has otherwise, in order.
    pub differing: &'o [i64],
}

/// Draws markers over the log.
pub fn paint_markers(
    surface: &mut impl Surface,
    view: &LaneView,
    layout: &Layout,
    markers: &Markers,
    countdown: Option<Countdown>,
    ringed: Ringed<'_>,
    now_ms: i64,
) {
    if let Some(countdown) = countdown {
        paint_countdown(surface, layout, countdown);
    }
    let taken = countdown.map_or(0.0, |countdown| words_end(layout, countdown));
    cleaning::paint_cleaning(surface, view, layout, taken);
    for offset in ringed.differing.iter().filter(|offset| Some(**offset) != ringed.selected) {
        paint_ring(surface, layout, *offset, 1.5);
    }
    if let Some(offset) = ringed.selected {
        paint_ring(surface, layout, offset, 2.5);
    }
    match layout.geometry.kind {
        LaneKind::Full => {
            if layout.hidden_after == 0 {
                paint_log_end(surface, view, layout, markers);
            } else {
                paint_newer(surface, layout);
            }
            let taken = cleaning::top(view, layout, taken, now_ms).taken;
            paint_high_watermark(surface, view, layout, markers, taken);
            for (row, follower) in markers.followers.iter().enumerate() {
                paint_follower(surface, layout, markers, follower, row);
            }
            for (row, cursor) in markers.cursors.iter().enumerate() {
                paint_cursor(surface, layout, markers, cursor, row);
            }
        }
        LaneKind::Compact | LaneKind::Row => paint_small(surface, layout, markers),
    }
}

/// Where the countdown's words end.
pub fn words_end(layout: &Layout, countdown: Countdown) -> f64 {
    let first = layout.trays.first().filter(|_| layout.hidden_before == 0);
    let letters = f64::from(countdown.letters) * layout.geometry.font * 0.52;
    first.map_or(0.0, |tray| tray.left + 9.0 + letters)
}

/// The bar on the oldest tray: it empties, like the time that is left.
fn paint_countdown(surface: &mut impl Surface, layout: &Layout, countdown: Countdown) {
    let g = &layout.geometry;
    let Some(tray) = layout.trays.first().filter(|_| layout.hidden_before == 0) else { return };
    if g.kind == LaneKind::Row {
        return;
    }
    let inset = if g.kind == LaneKind::Full { 3.0 } else { 1.5 };
    let (from, width) = (tray.left + inset, (tray.right - tray.left - 2.0 * inset).max(0.0));
    let y = g.top - 3.0;
    if g.kind == LaneKind::Full {
        surface.line(&[(from, y), (from + width, y)], Ink::Line, 3.0, Dash::Solid);
    }
    let ink = if countdown.soon { Ink::Warn } else { Ink::Mark2 };
    let to = from + width * countdown.left.clamp(0.0, 1.0);
    surface.line(&[(from, y), (to, y)], ink, 3.0, Dash::Solid);
}

fn paint_ring(surface: &mut impl Surface, layout: &Layout, offset: i64, outset: f64) {
    let g = &layout.geometry;
    if !has_cells(layout) || offset < layout.first || offset >= layout.end {
        return;
    }
    let (w, h) = (layout.cell_width() + 2.0 * outset, g.cell + 2.0 * outset);
    let rect = Rect { x: layout.x(offset) - outset, y: g.top - outset, w, h };
    let radius = if g.kind == LaneKind::Full { 5.0 } else { 3.0 };
    surface.edge(rect, radius, Ink::Accent, 2.0, Dash::Solid);
}

/// The empty place that the next record will take.
fn paint_log_end(surface: &mut impl Surface, view: &LaneView, layout: &Layout, markers: &Markers) {
    let Geometry { top, cell, axis, font, after, .. } = layout.geometry;
    let w = layout.cell_width().max(6.0);
    let rect = Rect { x: markers.end_x, y: top, w, h: cell };
    surface.edge(rect, 3.0, Ink::Text3, 1.0, Dash::Dotted);
    let (x, y) = (markers.end_x + w / 2.0, top + cell + axis - 1.5);
    let text = view.log_end.to_string();
    surface.text(x, y, &text, Align::Middle, Face::MonoStrong, Ink::Text);
    if after > 40.0 && replicas::trouble(view).is_none() {
        let (x, y) = (markers.end_x + layout.pitch.px + 8.0, top + cell / 2.0 + font * 0.36);
        surface.text(x, y, "log end", Align::Left, Face::Plain, Ink::Text3);
    }
}

fn paint_newer(surface: &mut impl Surface, layout: &Layout) {
    let Geometry { top, cell, font, .. } = layout.geometry;
    let y = top + cell / 2.0 + font * 0.36;
    let text = format!("{} ›", layout.hidden_after);
    surface.text(layout.end_x + 6.0, y, &text, Align::Left, Face::Plain, Ink::Text2);
}

fn high_watermark_text(view: &LaneView) -> String {
    format!("HW {}", view.high_watermark)
}

fn flag_width(text: &str, layout: &Layout) -> f64 {
    let characters = u32::try_from(text.chars().count()).map_or(0.0, f64::from);
    8.0 + characters * layout.geometry.font * 0.6
}

/// Where the countdown's words begin: over the oldest tray, or behind the high watermark's flag where its line would
/// cross them.
pub fn words_left(view: &LaneView, layout: &Layout, countdown: Countdown) -> f64 {
    let first = layout.trays.first().map_or(0.0, |tray| tray.left);
    let mark = layout.boundary(view.high_watermark.clamp(layout.first, layout.end));
    if words_end(layout, countdown) > mark {
        mark + flag_width(&high_watermark_text(view), layout) + 4.0
    } else {
        first + 3.0
    }
}

fn paint_high_watermark(
    surface: &mut impl Surface,
    view: &LaneView,
    layout: &Layout,
    markers: &Markers,
    taken: f64,
) {
    if view.high_watermark > layout.end || view.high_watermark < layout.first {
        return;
    }
    let g = &layout.geometry;
    let x = markers.high_watermark;
    surface.line(&[(x, 1.0), (x, g.top + g.cell + 2.0)], Ink::Mark, 2.0, Dash::Solid);
    let text = high_watermark_text(view);
    let w = flag_width(&text, layout);
    // Left of its line, as long as it does not cover the countdown's words.
    let left = if x - w < taken { x - 1.0 } else { x - w };
    surface.fill(Rect { x: left, y: 0.0, w: w + 1.0, h: g.flag }, 2.0, Ink::Mark);
    let y = g.flag / 2.0 + g.font * 0.36;
    surface.text(left + w / 2.0 + 0.5, y, &text, Align::Middle, Face::Strong, Ink::OnMark);
}

/// A follower's bar: as long as its own log, dotted where it lacks what the leader has.
fn paint_follower(
    surface: &mut impl Surface,
    layout: &Layout,
    markers: &Markers,
    follower: &FollowerPlace,
    row: usize,
) {
    let g = &layout.geometry;
    let y = g.followers_top() + (u32::try_from(row).map_or(0.0, f64::from) + 0.5) * g.follower;
    let (ink, dash, strength) = match follower.state {
        ReplicaState::InSync => (Ink::Mark2, Dash::Solid, 0.55),
        ReplicaState::Joining => (Ink::Mark2, Dash::Solid, 0.9),
        ReplicaState::Leaving => (Ink::Mark2, Dash::Dotted, 0.9),
        ReplicaState::Out => (Ink::Warn, Dash::Long, 0.8),
        ReplicaState::Offline => (Ink::Danger, Dash::Long, 0.65),
    };
    let start = follower.start.max(g.cells_left() - 2.0);
    let end = follower.end.max(start);
    let (thick, cap) = if g.numbered() { (3.5, 3.0) } else { (2.5, 2.0) };
    surface.strength(strength);
    if follower.state == ReplicaState::Joining {
        // Hollow: it counts for nothing yet.
        let edge = thick / 2.0;
        surface.line(&[(start, y - edge), (end, y - edge)], ink, 1.0, dash);
        surface.line(&[(start, y + edge), (end, y + edge)], ink, 1.0, dash);
    } else {
        surface.line(&[(start, y), (end, y)], ink, thick, dash);
    }
    surface.strength(1.0);
    surface.line(&[(end, y - cap), (end, y + cap)], ink, 2.0, Dash::Solid);
    let leader_end = markers.end_x - layout.pitch.gap() / 2.0;
    if follower.lacks && layout.hidden_after == 0 && leader_end > end + 3.0 {
        surface.line(&[(end + 3.0, y), (leader_end, y)], Ink::Mark2, 1.25, Dash::Dots);
    }
}

/// A group's line: ● committed, ▷ position, dotted between them.
fn paint_cursor(
    surface: &mut impl Surface,
    layout: &Layout,
    markers: &Markers,
    cursor: &CursorPlace,
    row: usize,
) {
    if !cursor.present {
        return;
    }
    let g = &layout.geometry;
    let y = g.groups_top() + (u32::try_from(row).map_or(0.0, f64::from) + 0.5) * g.group;
    let start = g.cells_left() - 2.0;
    let end = markers.high_watermark.max(start);
    surface.line(&[(start, y), (end, y)], Ink::Line, 1.0, Dash::Solid);
    let committed = cursor.committed.unwrap_or(start);
    let ink = if cursor.paused { Ink::Warn } else { Ink::Mark };
    let dash = if cursor.paused { Dash::Dashed } else { Dash::Solid };
    if cursor.committed.is_some() {
        surface.line(&[(start, y), (committed, y)], ink, 1.25, dash);
    }
    let position = cursor.position.unwrap_or(committed);
    if position > committed + 0.5 {
        surface.line(&[(committed, y), (position, y)], Ink::Mark, 1.25, Dash::Dotted);
    }
    if cursor.paused {
        for x in [position + 6.0, position + 9.5] {
            surface.line(&[(x, y - 3.5), (x, y + 3.5)], Ink::Warn, 2.0, Dash::Solid);
        }
    } else if cursor.position.is_some() {
        let ahead = position > committed + 0.5 || cursor.committed.is_none();
        let x = position + if ahead { -1.0 } else { 4.0 };
        let triangle = [(x, y - 4.0), (x + 7.0, y), (x, y + 4.0)];
        surface.shape(&triangle, Ink::Ground, Some(Ink::Mark));
    }
    if cursor.committed.is_some() {
        surface.dot(committed, y, 3.2, Ink::Mark);
    }
}

/// Compact lanes and rows: the high watermark is a line, cursors are triangles below the strip.
fn paint_small(surface: &mut impl Surface, layout: &Layout, markers: &Markers) {
    let g = &layout.geometry;
    let row = g.kind == LaneKind::Row;
    let x = markers.high_watermark;
    let (from, to) =
        if row { (g.top - 1.0, g.top + g.cell + 1.0) } else { (1.0, g.top + g.cell + 2.0) };
    surface.line(&[(x, from), (x, to)], Ink::Mark, if row { 1.5 } else { 2.0 }, Dash::Solid);
    let (y, half, high) =
        if row { (g.top + g.cell - 4.0, 3.0, 5.0) } else { (g.top + g.cell + 3.5, 3.6, 6.0) };
    for (index, cursor) in markers.cursors.iter().enumerate().rev() {
        let Some(x) = cursor.committed.or(cursor.position).filter(|_| cursor.present) else {
            continue;
        };
        let triangle = [(x, y), (x + half, y + high), (x - half, y + high)];
        let fill = match (cursor.paused, index) {
            (true, _) => Ink::Warn,
            (false, 0) => Ink::Mark,
            (false, _) => Ink::Ground,
        };
        surface.shape(&triangle, fill, Some(Ink::Mark));
    }
}
