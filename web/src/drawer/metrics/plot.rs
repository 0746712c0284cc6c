//! Values as lines: the geometry of small and large charts.

use std::fmt::Write;

/// A small chart's view box.
pub const SPARK: (f64, f64) = (120.0, 18.0);
/// The large one's.
pub const LARGE: (f64, f64) = (1_000.0, 100.0);
/// Room above and below a line, in units of the view box, as shares of its height.
const EDGE: f64 = 0.06;

/// A round number that nothing of these values exceeds; at least 1 for whole numbers.
pub fn top(values: impl Iterator<Item = f64>) -> f64 {
    let highest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    if highest <= 0.0 {
        return 1.0;
    }
    let decade = 10f64.powf(highest.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 10.0];
    let fits = steps.into_iter().map(|step| step * decade).find(|top| *top >= highest * 0.999_999);
    fits.unwrap_or(10.0 * decade)
}

fn y(value: f64, top: f64, height: f64) -> f64 {
    let room = height * (1.0 - 2.0 * EDGE);
    height * (1.0 - EDGE) - (value / top).clamp(0.0, 1.0) * room
}

/// A point of a line: its place from 0 to 1, and its value; none is a gap.
pub type Point = (f64, Option<f64>);

/// A line through points, in steps where values hold until they change.
pub fn line(points: &[Point], top: f64, (width, height): (f64, f64), steps: bool) -> String {
    let mut path = String::new();
    let mut before: Option<f64> = None;
    for &(place, value) in points {
        let x = place * width;
        match (before, value) {
            (None, Some(value)) => {
                let _ = write!(path, "M{x:.1} {:.1}", y(value, top, height));
            }
            (Some(last), Some(value)) => {
                if steps {
                    let _ = write!(path, "L{x:.1} {:.1}", y(last, top, height));
                }
                let _ = write!(path, "L{x:.1} {:.1}", y(value, top, height));
            }
            // It held up to here.
            (Some(last), None) if steps => {
                let _ = write!(path, "L{x:.1} {:.1}", y(last, top, height));
            }
            _ => {}
        }
        before = value;
    }
    path
}

/// A small chart of values at even distances, on a scale of its own.
pub fn spark(values: &[Option<f64>]) -> String {
    let last = values.len().saturating_sub(1).max(1);
    let top = top(values.iter().flatten().copied());
    let place = |at: usize| share(at) / share(last);
    let points: Vec<Point> =
        values.iter().enumerate().map(|(at, value)| (place(at), *value)).collect();
    line(&points, top, SPARK, false)
}

/// What came between two points each, as areas from the ground up.
pub fn areas(points: &[(f64, f64)], top: f64, (width, height): (f64, f64)) -> String {
    let mut path = String::new();
    let ground = y(0.0, top, height);
    for pair in points.windows(2) {
        let [(from, _), (to, value)] = pair else { continue };
        if *value > 0.0 {
            let (left, right, high) = (from * width, to * width, y(*value, top, height));
            let _ = write!(path, "M{left:.1} {ground:.1}V{high:.1}H{right:.1}V{ground:.1}Z");
        }
    }
    path
}

/// A label's width, in px a character.
const LETTER_PX: f64 = 6.0;
/// A marker's own width.
const MARKER_PX: f64 = 16.0;

/// On which side of its marker each label has room: `Some(true)` is the left. Markers by their place in px, in order, each
/// with the letters of its label. What is newer comes first.
pub fn labels(markers: &[(f64, usize)], width: f64) -> Vec<Option<bool>> {
    let mut sides = vec![None; markers.len()];
    let mut right_edge = width;
    for at in (0..markers.len()).rev() {
        let Some(&(x, letters)) = markers.get(at) else { continue };
        let long = u32::try_from(letters).map_or(f64::MAX, f64::from) * LETTER_PX + 4.0;
        let before = at.checked_sub(1).and_then(|before| markers.get(before));
        let left_edge = before.map_or(0.0, |(x, _)| x + MARKER_PX / 2.0);
        let mut begins = x - MARKER_PX / 2.0;
        let side = if x + MARKER_PX / 2.0 + long <= right_edge {
            Some(false)
        } else if begins - long >= left_edge {
            begins -= long;
            Some(true)
        } else {
            None
        };
        if let Some(place) = sides.get_mut(at) {
            *place = side;
        }
        right_edge = begins - 4.0;
    }
    sides
}

#[allow(clippy::cast_precision_loss)]
fn share(at: usize) -> f64 {
    at as f64
}

/// The place of a time between two others, 0 to 1.
#[allow(clippy::cast_precision_loss)]
pub fn place(at_ms: i64, from_ms: i64, to_ms: i64) -> f64 {
    ((at_ms - from_ms) as f64 / (to_ms - from_ms).max(1) as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let tops =
            [0.0, 0.3, 1.0, 3.0, 4.0, 7.0, 41.0, 120.0].map(|value| top([value].into_iter()));
        assert_eq!(tops, [1.0, 0.4, 1.0, 4.0, 4.0, 10.0, 50.0, 200.0].map(|top: f64| top));
    }

    #[test]
    fn a_value_that_holds_goes_in_steps_and_stops_in_gaps() {
        let points =
            [(0.0, Some(0.0)), (0.5, Some(4.0)), (0.75, None), (0.8, Some(4.0)), (1.0, Some(4.0))];
        let path = line(&points, 4.0, (100.0, 100.0), true);
        assert_eq!(path, "M0.0 94.0L50.0 94.0L50.0 6.0L75.0 6.0M80.0 6.0L100.0 6.0L100.0 6.0");
        let smooth = line(&points, 4.0, (100.0, 100.0), false);
        assert_eq!(smooth, "M0.0 94.0L50.0 6.0M80.0 6.0L100.0 6.0");
    }

    #[test]
    fn a_label_stands_where_it_covers_nothing() {
        // Ten letters are 64 px long.
        assert_eq!(labels(&[(20.0, 10)], 200.0), [Some(false)]);
        assert_eq!(labels(&[(190.0, 10)], 200.0), [Some(true)]);
        assert_eq!(labels(&[(100.0, 10), (190.0, 10)], 200.0), [Some(true), Some(true)]);
        // The last has no room on either side, so the one before it may stand where it would have been.
        assert_eq!(
            labels(&[(40.0, 10), (140.0, 10), (190.0, 10)], 200.0),
            [None, Some(true), None]
        );
    }

    #[test]
    fn areas_stand_on_the_ground() {
        let path = areas(&[(0.0, 0.0), (0.5, 2.0), (1.0, 0.0)], 4.0, (100.0, 100.0));
        assert_eq!(path, "M0.0 94.0V50.0H50.0V94.0Z");
    }
}
