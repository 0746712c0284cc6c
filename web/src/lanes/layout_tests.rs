use super::tests_support::lane;
use super::*;
use crate::lanes::geometry::{COLUMN, LaneKind, Setting};

const PITCH: Pitch = Pitch { px: 20.0, records: 1 };

fn layout(view: &LaneView, pitch: Pitch, width: f64) -> Layout {
    let geometry = Geometry::new(LaneKind::Full, Setting::default(), false, false);
    let mut legend = Legend::default();
    legend.add(["a", "b"]);
    Layout::new(view, geometry, pitch, width, &legend, None)
}

#[test]
fn cells_stand_at_equal_distances_with_a_gap_between_segments() {
    let layout = layout(&lane(0, 6, &[0, 3]), PITCH, 600.0);
    let x: Vec<f64> = layout.slots.iter().map(|slot| slot.x).collect();
    assert_eq!(x, [4.0, 24.0, 44.0, 71.0, 91.0, 111.0]);
    assert_eq!(layout.end_x, 131.0);
    assert_eq!(layout.trays.len(), 2);
    assert!(!layout.trays[0].active && layout.trays[1].active);
}

#[test]
fn a_marker_stands_on_the_boundary_and_between_two_trays() {
    let layout = layout(&lane(0, 6, &[0, 3]), PITCH, 600.0);
    assert_eq!(layout.boundary(2), 43.0);
    assert_eq!(layout.boundary(3), 71.0 - 1.0 - 3.5);
    assert_eq!(layout.boundary(6), 130.0);
}

#[test]
fn an_empty_active_segment_has_a_tray_of_its_own_at_the_log_end() {
    let layout = layout(&lane(0, 3, &[0, 3]), PITCH, 600.0);
    assert_eq!(layout.end_x, 64.0 + 7.0);
    assert_eq!(layout.trays[1].left, 68.0);
}

#[test]
fn what_has_no_room_is_hidden_at_the_old_end() {
    let layout = layout(&lane(10, 60, &[10]), PITCH, 268.0);
    assert_eq!(layout.slots.len(), 10);
    assert_eq!(layout.first, 50);
    assert_eq!(layout.hidden_before, 40);
    assert_eq!(layout.slots[0].x, 4.0);
}

#[test]
fn a_hole_in_the_offsets_is_one_mark_wide() {
    let mut view = lane(0, 6, &[0]);
    view.cells.retain(|cell| cell.offset != 2 && cell.offset != 3);
    let layout = layout(&view, PITCH, 600.0);
    assert_eq!(layout.holes, [44.0]);
    assert_eq!(layout.slots[2].x, 53.0);
    assert_eq!(layout.x(3), 53.0);
}

#[test]
fn a_point_finds_its_cell() {
    let layout = layout(&lane(0, 6, &[0, 3]), PITCH, 600.0);
    let y = layout.geometry.top + 4.0;
    assert_eq!(layout.offset_at(4.0, y), Some(0));
    assert_eq!(layout.offset_at(72.0, y), Some(3));
    assert_eq!(layout.offset_at(66.0, y), None);
    assert_eq!(layout.offset_at(72.0, 0.0), None);
}

#[test]
fn a_column_has_the_colour_of_its_most_frequent_key() {
    let mut view = lane(0, 8, &[0]);
    view.cells[1].key = Some("a".into());
    let layout = layout(&view, Pitch { px: COLUMN, records: 4 }, 600.0);
    assert_eq!(layout.slots.len(), 2);
    assert_eq!((layout.slots[0].colour, layout.slots[0].share), (0, 0.75));
    assert_eq!((layout.slots[1].colour, layout.slots[1].share), (0, 0.5));
    assert_eq!(layout.x(6), 4.0 + 7.5);
}

#[test]
fn a_lane_scrolled_back_says_what_is_newer() {
    let mut view = lane(0, 50, &[0]);
    view.cells.truncate(20);
    view.window_end = 20;
    let layout = layout(&view, PITCH, 600.0);
    assert_eq!(layout.hidden_after, 30);
    assert_eq!(layout.end, 20);
}
