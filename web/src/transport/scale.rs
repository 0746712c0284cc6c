//! The timeline's scale: where it ends, where its ticks are, which marks have room.

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

/// A mark nearer than this to the next newer one is not drawn, in px.
const MARK_PX: f64 = 9.0;
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

/// Which marks have room, and which of them room for their label: the newest win. Marks in order of time.
pub fn room(marks: &[(u64, usize)], end_ms: u64, width: f64) -> Vec<(bool, bool)> {
    let (mut mark_edge, mut label_edge) = (f64::MAX, f64::MAX);
    let mut room: Vec<(bool, bool)> = marks
        .iter()
        .rev()
        .map(|(at_ms, letters)| {
            let x = share(*at_ms, end_ms) * width;
            let drawn = mark_edge - x >= MARK_PX;
            if drawn {
                mark_edge = x;
            }
            let label = u32::try_from(*letters).map_or(f64::MAX, f64::from) * LETTER_PX;
            let labelled = drawn && *letters > 0 && x + label < label_edge.min(width + 40.0);
            if labelled {
                label_edge = x - 8.0;
            }
            (drawn, labelled)
        })
        .collect();
    room.reverse();
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
        let marks = [(1_000, 10), (30_000, 10), (30_100, 10)];
        let room = room(&marks, MINUTE, 600.0);
        assert_eq!(room, [(true, true), (false, false), (true, true)]);
    }
}
