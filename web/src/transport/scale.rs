//! The timeline's scale: where it ends, where its ticks are, which marks have room.

use std::cmp::Reverse;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Ends, with the distance of their ticks.
const SCALES: [(u64, u64); 16] = [
    (MINUTE, 10 * SECOND),
    (2 * MINUTE, 20 * SECOND),
    (5 * MINUTE, MINUTE),
    (10 * MINUTE, 2 * MINUTE),
    (30 * MINUTE, 5 * MINUTE),
    (HOUR, 10 * MINUTE),
    (2 * HOUR, 20 * MINUTE),
    (6 * HOUR, HOUR),
    (12 * HOUR, 2 * HOUR),
    (DAY, 4 * HOUR),
    (2 * DAY, 8 * HOUR),
    (7 * DAY, DAY),
    (14 * DAY, 2 * DAY),
    (30 * DAY, 5 * DAY),
    (90 * DAY, 15 * DAY),
    (365 * DAY, 60 * DAY),
];

/// A mark nearer than this to one that matters more, or is newer, is not drawn, in px.
const MARK_PX: f64 = 18.0;
/// A label's width, in px a character.
const LETTER_PX: f64 = 6.2;

/// Where the timeline ends, and how far apart its ticks are, both in ms.
pub fn scale(horizon_ms: u64) -> (u64, u64) {
    let fits = SCALES.iter().find(|(end, _)| *end >= horizon_ms);
    fits.copied().unwrap_or_else(|| {
        let years = horizon_ms.div_ceil(365 * DAY);
        (years * 365 * DAY, years * 60 * DAY)
    })
}

/// A tick's name in the largest unit that says it whole.
pub fn tick(ms: u64) -> String {
    match ms {
        _ if ms >= DAY && ms.is_multiple_of(DAY) => format!("{} d", ms / DAY),
        _ if ms >= HOUR && ms.is_multiple_of(HOUR) => format!("{} h", ms / HOUR),
        _ if ms >= 2 * MINUTE && ms.is_multiple_of(MINUTE) => format!("{} min", ms / MINUTE),
        _ => format!("{} s", ms / SECOND),
    }
}

/// A mark that wants to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Its moment.
    pub at_ms: u64,
    /// Letters of its label; 0 for one that carries none.
    pub letters: usize,
    /// The higher wins where two meet.
    pub rank: u8,
}

/// Which marks have room, and which of them room for their label: what matters more wins, then what is newer. Marks
/// in order of time.
pub fn room(marks: &[Wish], end_ms: u64, width: f64) -> Vec<(bool, bool)> {
    let x_of = |mark: &Wish| share(mark.at_ms, end_ms) * width;
    let mut order: Vec<(usize, &Wish)> = marks.iter().enumerate().collect();
    sorted::sort_by_key(&mut order, |(index, mark)| Reverse((mark.rank, *index)));
    let mut placed: Vec<f64> = Vec::new();
    let mut room = vec![(false, false); marks.len()];
    for (index, mark) in order {
        let x = x_of(mark);
        if placed.iter().all(|other| (other - x).abs() >= MARK_PX) {
            placed.push(x);
            if let Some(room) = room.get_mut(index) {
                room.0 = true;
            }
        }
    }
    let mut label_edge = f64::MAX;
    for (mark, room) in marks.iter().zip(&mut room).rev() {
        let x = x_of(mark);
        let label = u32::try_from(mark.letters).map_or(f64::MAX, f64::from) * LETTER_PX;
        if room.0 && mark.letters > 0 && x + label < label_edge.min(width + 40.0) {
            room.1 = true;
            label_edge = x - 8.0;
        }
    }
    room
}

/// A moment's place, 0 to 1.
#[allow(clippy::cast_precision_loss)]
pub fn share(at_ms: u64, end_ms: u64) -> f64 {
    (at_ms as f64 / end_ms.max(1) as f64).clamp(0.0, 1.0)
}

/// The moment at a place.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn moment(share: f64, end_ms: u64) -> u64 {
    (share.clamp(0.0, 1.0) * end_ms as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_grows_with_the_run() {
        assert_eq!(scale(0), (MINUTE, 10 * SECOND));
        assert_eq!(scale(61_000), (2 * MINUTE, 20 * SECOND));
        assert_eq!(scale(8 * DAY), (14 * DAY, 2 * DAY));
        assert_eq!(scale(400 * DAY).0, 730 * DAY);
    }

    #[test]
    fn ticks_are_named_in_their_unit() {
        let names: Vec<String> =
            [0, 10 * SECOND, 80 * SECOND, 5 * MINUTE, 2 * HOUR, 3 * DAY].map(tick).to_vec();
        assert_eq!(names, ["0 s", "10 s", "80 s", "5 min", "2 h", "3 d"]);
    }

    #[test]
    fn the_newest_of_two_marks_in_one_place_is_drawn_with_its_label() {
        let marks = [1_000, 30_000, 30_100].map(|at_ms| Wish { at_ms, letters: 10, rank: 1 });
        let room = room(&marks, MINUTE, 600.0);
        assert_eq!(room, [(true, true), (false, false), (true, true)]);
    }

    #[test]
    fn a_rebalance_is_not_hidden_by_deletions() {
        let del = |at_ms| Wish { at_ms, letters: 0, rank: 1 };
        let marks = [del(29_000), Wish { at_ms: 29_500, letters: 0, rank: 2 }, del(30_000)];
        let drawn = room(&marks, MINUTE, 600.0).into_iter().map(|(drawn, _)| drawn);
        assert_eq!(drawn.collect::<Vec<_>>(), [false, true, false]);
    }
}
