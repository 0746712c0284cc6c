//! What moves in a lane: marks slide to their new places, a new record comes in from the left. Time runs too fast
//! for that, or the person wants none: then everything jumps.

use super::markers::{CursorPlace, FollowerPlace, Markers};

/// A mark slides for this long, in real ms.
pub const SLIDE_MS: f64 = 160.0;
/// A record lands within this.
pub const LAND_MS: f64 = 240.0;
/// From this speed on nothing moves.
const STILL_SPEED: f64 = 10.0;
/// More new records at once than this do not fly one by one.
const MOST_LANDINGS: i64 = 12;

/// Where the marks of a lane are on their way.
#[derive(Debug, Clone, Default)]
pub struct Motion {
    from: Markers,
    to: Markers,
    began_ms: f64,
    lasts_ms: f64,
    landings: Vec<Landing>,
    /// One past the newest offset that has landed or is landing.
    newest: Option<i64>,
}

/// A record on its way to its cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landing {
    /// Its offset.
    pub offset: i64,
    began_ms: f64,
    lasts_ms: f64,
}

impl Landing {
    /// How far it is, eased, 0 to 1.
    pub fn progress(&self, now_ms: f64) -> f64 {
        ease((now_ms - self.began_ms) / self.lasts_ms)
    }
}

/// How long things may take at a speed of time: half the real time they have in the run, at most their own length.
pub fn duration(full_ms: f64, speed: f64, still: bool) -> f64 {
    if still || speed >= STILL_SPEED { 0.0 } else { full_ms / speed.max(1.0) }
}

impl Motion {
    /// Sets out for new places. `slide_ms` 0 jumps there.
    pub fn aim(&mut self, to: Markers, now_ms: f64, slide_ms: f64) {
        if to == self.to {
            return;
        }
        let known = self.to != Markers::default();
        let here = self.markers(now_ms);
        let brokers = |markers: &Markers| -> Vec<i32> {
            markers.followers.iter().map(|follower| follower.broker).collect()
        };
        let same_rows = here.cursors.len() == to.cursors.len() && brokers(&here) == brokers(&to);
        let jumps = slide_ms <= 0.0 || !known || !same_rows;
        self.from = if jumps { to.clone() } else { here };
        self.to = to;
        self.began_ms = now_ms;
        self.lasts_ms = slide_ms;
    }

    /// Notes the log end: records beyond the one before are on their way for `land_ms`. False where so many came at
    /// once that nothing can be followed one by one: then marks had better jump too.
    pub fn grow(&mut self, log_end: i64, now_ms: f64, land_ms: f64) -> bool {
        self.landings.retain(|landing| landing.progress(now_ms) < 1.0 && landing.offset < log_end);
        let newest = self.newest.replace(log_end).unwrap_or(log_end);
        let fresh = log_end - newest;
        if land_ms > 0.0 && (1..=MOST_LANDINGS).contains(&fresh) {
            self.landings.extend((newest..log_end).map(|offset| Landing {
                offset,
                began_ms: now_ms,
                lasts_ms: land_ms,
            }));
        } else if fresh != 0 {
            self.landings.clear();
        }
        fresh <= MOST_LANDINGS
    }

    /// Everything is where it belongs, at once.
    pub fn stop(&mut self) {
        self.from = self.to.clone();
        self.landings.clear();
    }

    /// The places now.
    pub fn markers(&self, now_ms: f64) -> Markers {
        let done =
            if self.lasts_ms > 0.0 { ease((now_ms - self.began_ms) / self.lasts_ms) } else { 1.0 };
        if done >= 1.0 {
            return self.to.clone();
        }
        let between = |from: f64, to: f64| from + (to - from) * done;
        let both = |from: Option<f64>, to: Option<f64>| match (from, to) {
            (Some(from), Some(to)) => Some(between(from, to)),
            (_, to) => to,
        };
        let cursors = self.from.cursors.iter().zip(&self.to.cursors);
        let followers = self.from.followers.iter().zip(&self.to.followers);
        Markers {
            end_x: between(self.from.end_x, self.to.end_x),
            high_watermark: between(self.from.high_watermark, self.to.high_watermark),
            followers: followers
                .map(|(from, to)| FollowerPlace { end: between(from.end, to.end), ..*to })
                .collect(),
            cursors: cursors
                .map(|(from, to)| CursorPlace {
                    committed: both(from.committed, to.committed),
                    position: both(from.position, to.position),
                    ..*to
                })
                .collect(),
        }
    }

    /// Records on their way.
    pub fn landings(&self) -> &[Landing] {
        &self.landings
    }

    /// One past the last offset that lies in its cell.
    pub fn landed(&self, now_ms: f64) -> i64 {
        let flying = self.landings.iter().filter(|landing| landing.progress(now_ms) < 1.0);
        flying.map(|landing| landing.offset).min().unwrap_or(i64::MAX)
    }

    /// Something still moves.
    pub fn moves(&self, now_ms: f64) -> bool {
        now_ms - self.began_ms < self.lasts_ms && self.from != self.to
            || self.landings.iter().any(|landing| landing.progress(now_ms) < 1.0)
    }
}

/// The one easing: fast at first, slow at the end.
fn ease(share: f64) -> f64 {
    let rest = 1.0 - share.clamp(0.0, 1.0);
    1.0 - rest * rest * rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(high_watermark: f64) -> Markers {
        Markers { high_watermark, ..Markers::default() }
    }

    #[test]
    fn a_mark_slides_and_arrives() {
        let mut motion = Motion::default();
        motion.aim(at(10.0), 0.0, 100.0);
        assert_eq!(motion.markers(0.0), at(10.0), "the first place is not slid to");
        motion.aim(at(20.0), 0.0, 100.0);
        let half_way = motion.markers(50.0).high_watermark;
        assert!(half_way > 10.0 && half_way < 20.0);
        assert!(motion.moves(50.0) && !motion.moves(100.0));
        assert_eq!(motion.markers(100.0), at(20.0));
    }

    #[test]
    fn a_new_record_lands_and_the_first_ones_do_not() {
        let mut motion = Motion::default();
        assert!(motion.grow(10, 0.0, 240.0));
        assert!(motion.landings().is_empty());
        assert!(motion.grow(12, 0.0, 240.0));
        assert_eq!(motion.landed(10.0), 10);
        assert_eq!(motion.landed(240.0), i64::MAX);
    }

    #[test]
    fn a_flood_of_records_is_just_there() {
        let mut motion = Motion::default();
        motion.grow(0, 0.0, 240.0);
        assert!(!motion.grow(500, 0.0, 240.0));
        assert!(motion.landings().is_empty());
    }

    #[test]
    fn nothing_moves_at_ten_times_or_where_motion_is_unwanted() {
        assert_eq!(duration(SLIDE_MS, 1.0, false), 160.0);
        assert_eq!(duration(SLIDE_MS, 2.0, false), 80.0);
        assert_eq!(duration(SLIDE_MS, 10.0, false), 0.0);
        assert_eq!(duration(SLIDE_MS, 1.0, true), 0.0);
    }
}
