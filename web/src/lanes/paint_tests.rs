use super::super::layout::tests_support::lane;
use super::*;
use crate::lanes::geometry::{Pitch, Setting};
use crate::lanes::markers::{Countdown, Markers, Ringed, paint_markers, words_left};
use crate::session::Legend;
use log_engine::view::CursorView;

type Line = Vec<(f64, f64)>;

/// Writes down what is drawn.
#[derive(Default)]
struct Notes {
    texts: Vec<(f64, String)>,
    fills: Vec<(Rect, Ink)>,
    edges: Vec<(Rect, Ink, Dash)>,
    lines: Vec<(Line, Ink, Dash)>,
    dots: Vec<(f64, Ink)>,
    shapes: Vec<(f64, Ink)>,
    hatches: usize,
    weakest: f64,
}

impl Surface for Notes {
    fn fill(&mut self, rect: Rect, _radius: f64, ink: Ink) {
        self.fills.push((rect, ink));
    }
    fn edge(&mut self, rect: Rect, _radius: f64, ink: Ink, _width: f64, dash: Dash) {
        self.edges.push((rect, ink, dash));
    }
    fn line(&mut self, points: &[(f64, f64)], ink: Ink, _width: f64, dash: Dash) {
        self.lines.push((points.to_vec(), ink, dash));
    }
    fn shape(&mut self, points: &[(f64, f64)], fill: Ink, _edge: Option<Ink>) {
        self.shapes.push((points[0].0, fill));
    }
    fn dot(&mut self, x: f64, _y: f64, _radius: f64, ink: Ink) {
        self.dots.push((x, ink));
    }
    fn text(&mut self, x: f64, _y: f64, text: &str, _align: Align, _face: Face, _ink: Ink) {
        self.texts.push((x, text.to_owned()));
    }
    fn hatch(&mut self, _rect: Rect, _ink: Ink) {
        self.hatches += 1;
    }
    fn strength(&mut self, alpha: f64) {
        self.weakest = self.weakest.min(alpha);
    }
}

impl Notes {
    fn words(&self) -> Vec<&str> {
        self.texts.iter().map(|(_, text)| text.as_str()).collect()
    }
    fn cells(&self, ink: impl Fn(Ink) -> bool) -> usize {
        self.fills.iter().filter(|(_, used)| ink(*used)).count()
    }
}

fn draw(view: &LaneView, px: f64, lit: Option<&Option<String>>, selected: Option<i64>) -> Notes {
    let headed = view.log_start > 0;
    let geometry = Geometry::new(LaneKind::Full, Setting::default(), headed, false);
    let mut legend = Legend::default();
    legend.add(["a", "b"]);
    let pitch = Pitch { px, records: 1 };
    let layout = Layout::new(view, geometry, pitch, 640.0, &legend, lit);
    let markers = Markers::of(view, &layout, &["billing".to_owned()]);
    let mut notes = Notes { weakest: 1.0, ..Notes::default() };
    paint_log(&mut notes, view, &layout, i64::MAX);
    let countdown = Some(Countdown { left: 0.5, soon: false, letters: 8 });
    paint_markers(
        &mut notes,
        view,
        &layout,
        &markers,
        countdown,
        Ringed { selected, ..Ringed::default() },
        0,
    );
    notes
}

#[test]
fn each_readable_record_is_a_coloured_cell_with_its_letter() {
    let notes = draw(&lane(0, 5, &[0]), 20.0, None, None);
    assert_eq!(notes.cells(|ink| ink == Ink::Key(0)), 3);
    assert_eq!(notes.cells(|ink| ink == Ink::Key(1)), 2);
    let letters: Vec<&str> = notes.words().into_iter().filter(|w| *w == "A" || *w == "B").collect();
    assert_eq!(letters, ["A", "B", "A", "B", "A"]);
}

#[test]
fn past_the_high_watermark_cells_are_pale_with_a_dashed_edge() {
    let mut view = lane(0, 5, &[0]);
    view.high_watermark = 3;
    let notes = draw(&view, 20.0, None, None);
    assert_eq!(notes.cells(|ink| matches!(ink, Ink::KeyPale(_))), 2);
    let dashed = |(_, ink, dash): &&(Rect, Ink, Dash)| {
        matches!(ink, Ink::KeyEdge(_)) && *dash == Dash::Short
    };
    assert_eq!(notes.edges.iter().filter(dashed).count(), 2);
    assert!(notes.words().contains(&"HW 3"));
}

#[test]
fn a_record_without_key_is_grey_and_a_tombstone_is_struck() {
    let mut view = lane(0, 2, &[0]);
    view.cells[0].key = None;
    view.cells[1].kind = CellKind::Tombstone;
    let notes = draw(&view, 20.0, None, None);
    assert_eq!(notes.cells(|ink| ink == Ink::Key(NULL_COLOUR)), 1);
    assert!(notes.words().contains(&"–"));
    let struck = notes.lines.iter().filter(|(_, ink, _)| *ink == Ink::KeyOn(1)).count();
    assert_eq!(struck, 1);
}

#[test]
fn a_deleted_range_is_hatched_and_named() {
    let notes = draw(&lane(6, 10, &[6]), 20.0, None, None);
    assert_eq!(notes.hatches, 1);
    assert!(notes.words().contains(&"0–5") && notes.words().contains(&"deleted"));
}

#[test]
fn the_axis_names_the_first_offset_each_fifth_and_the_log_end() {
    let notes = draw(&lane(6, 18, &[6]), 20.0, None, None);
    let numbers: Vec<&str> =
        notes.words().into_iter().filter(|word| word.parse::<i64>().is_ok()).collect();
    assert_eq!(numbers, ["6", "10", "15", "18"]);
}

#[test]
fn a_cursor_is_a_dot_at_the_committed_offset_and_an_arrow_at_the_position() {
    let mut view = lane(0, 8, &[0]);
    view.cursors = vec![CursorView {
        group: "billing".to_owned(),
        member: None,
        committed: Some(3),
        position: Some(5),
        lag: 5,
        paused: false,
    }];
    let notes = draw(&view, 20.0, None, None);
    assert_eq!(notes.dots, [(63.0, Ink::Mark)]);
    assert_eq!(notes.shapes, [(102.0, Ink::Ground)]);
    let dotted: Vec<_> = notes.lines.iter().filter(|(_, _, dash)| *dash == Dash::Dotted).collect();
    assert_eq!(dotted[0].0[0].0, 63.0);
    assert_eq!(dotted[0].0[1].0, 103.0);
}

#[test]
fn a_group_that_reads_nothing_shows_two_bars_instead_of_the_arrow() {
    let mut view = lane(0, 8, &[0]);
    view.cursors = vec![CursorView {
        group: "billing".to_owned(),
        member: None,
        committed: Some(3),
        position: Some(3),
        lag: 5,
        paused: true,
    }];
    let notes = draw(&view, 20.0, None, None);
    assert!(notes.shapes.is_empty());
    assert_eq!(notes.lines.iter().filter(|(_, ink, _)| *ink == Ink::Warn).count(), 3);
}

#[test]
fn pointing_at_a_key_fades_the_others() {
    let key = Some("a".to_owned());
    assert_eq!(draw(&lane(0, 4, &[0]), 20.0, Some(&key), None).weakest, FADED);
    assert_eq!(draw(&lane(0, 4, &[0]), 20.0, None, None).weakest, 1.0);
}

#[test]
fn the_selected_cell_has_the_accent_ring() {
    let notes = draw(&lane(0, 4, &[0]), 20.0, None, Some(2));
    let rings: Vec<_> = notes.edges.iter().filter(|(_, ink, _)| *ink == Ink::Accent).collect();
    assert_eq!(rings.len(), 1);
    assert_eq!(rings[0].0.x, 44.0 - 2.5);
}

#[test]
fn a_countdown_that_the_high_watermark_would_cross_stands_behind_its_flag() {
    let words = Countdown { left: 0.5, soon: false, letters: 7 };
    let left = |view: &LaneView| {
        let pitch = Pitch { px: 20.0, records: 1 };
        let geometry = Geometry::new(LaneKind::Full, Setting::default(), false, false);
        let layout = Layout::new(view, geometry, pitch, 600.0, &Legend::default(), None);
        let mark = layout.boundary(view.high_watermark);
        (words_left(view, &layout, words), mark)
    };
    let (near, mark) = left(&lane(0, 8, &[0]));
    assert!(near < 10.0 && near < mark);
    let (far, mark) = left(&lane(0, 1, &[0]));
    assert!(far > mark + 20.0);
}

#[test]
fn small_cells_are_joined_to_runs_that_carry_one_letter() {
    let mut view = lane(0, 40, &[0]);
    for cell in &mut view.cells {
        cell.key = Some(if cell.offset < 20 { "a" } else { "b" }.into());
    }
    let notes = draw(&view, 5.0, None, None);
    let letters: Vec<&str> = notes.words().into_iter().filter(|w| *w == "A" || *w == "B").collect();
    assert_eq!(letters, ["A", "B"]);
}
