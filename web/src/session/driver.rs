//! The driver: a frame loop that lets virtual time pass, in slices that leave the page responsive. It asks for
//! the next frame only while there is something to do.

use super::Session;
use super::lookup::Part;
use super::pace::{FrameEnd, Pace};
use crate::browser;
use leptos::prelude::*;
use std::collections::VecDeque;

/// Engine work in one frame of play, in real milliseconds.
const WORK_MS: f64 = 6.0;
/// Engine work in one frame of a jump: nothing else moves then.
const JUMP_WORK_MS: f64 = 12.0;
/// Internal steps in one slice; between slices the clock is read.
pub(super) const SLICE_STEPS: u64 = 400;
/// A frame later than this (a hidden tab, a stalled machine) counts as this long.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Frames that [`FrameStats`] looks back over.
const REMEMBERED_FRAMES: usize = 1200;

/// What the driver remembers from frame to frame.
#[derive(Default)]
pub(super) struct Driver {
    scheduled: bool,
    last_frame_ms: Option<f64>,
    /// The part of the page that is next, and when the one before was.
    next_part: Part,
    last_part_ms: f64,
    /// Virtual time due but not yet a whole millisecond.
    fraction_ms: f64,
    frames: VecDeque<(f64, f64)>,
    /// Lanes drawn in a frame, and what is needed to find out.
    pub(super) pace: Pace,
    pub(super) frame_end: Option<FrameEnd>,
    pub(super) frame_began_ms: Option<f64>,
    /// The frame that runs now brings a part of the page up to date.
    pub(super) frame_has_part: bool,
    ids: u64,
}

impl Driver {
    pub(super) fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}

/// How frames went lately, in real milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameStats {
    /// Frames looked at, at most 1,200.
    pub frames: usize,
    /// 95th percentile of the time from one frame to the next.
    pub interval_p95_ms: f64,
    /// 95th percentile of the session's own work in a frame: engine and views.
    pub work_p95_ms: f64,
    /// The longest work.
    pub work_max_ms: f64,
}

impl Session {
    /// Asks for a frame: something changed that the loop has to look at.
    pub(super) fn wake(self) {
        let ask = self.change(|core| !std::mem::replace(&mut core.driver.scheduled, true));
        if ask == Some(true) {
            browser::on_next_frame(move |now_ms| self.frame(now_ms));
        }
    }

    fn frame(self, now_ms: f64) {
        let began = browser::now_ms();
        let Some(passed) = self.change(|core| {
            let driver = &mut core.driver;
            driver.scheduled = false;
            let passed = driver.last_frame_ms.map(|last| now_ms - last);
            driver.last_frame_ms = Some(now_ms);
            passed
        }) else {
            return;
        };
        let busy = if let Some(to_ms) = self.page.scrub.get_untracked() {
            self.scrub_frame(to_ms, began + WORK_MS);
            true
        } else if self.jump.with_untracked(Option::is_some) {
            // Time may run again once the jump has arrived.
            self.jump_frame(began + JUMP_WORK_MS) || self.playing.get_untracked()
        } else if self.playing.get_untracked() {
            self.play_frame(passed.unwrap_or(0.0), began + WORK_MS);
            true
        } else {
            false
        };
        if busy && self.jump.with_untracked(Option::is_none) {
            self.measure_frame(began);
        }
        let recalling = !busy && self.recall(began + JUMP_WORK_MS);
        if !recalling {
            self.refresh_frame(now_ms, busy);
        }
        self.change(|core| {
            let driver = &mut core.driver;
            if let Some(interval) = passed.filter(|_| busy) {
                if driver.frames.len() >= REMEMBERED_FRAMES {
                    driver.frames.pop_front();
                }
                driver.frames.push_back((interval, browser::now_ms() - began));
            }
            if !busy {
                driver.last_frame_ms = None;
            }
        });
        if busy || recalling {
            self.wake();
        }
    }

    /// Works on bringing back older events after a move to another moment. Whether there is more to do.
    fn recall(self, until: f64) -> bool {
        let done = self.change(|core| {
            loop {
                if core.player.recall_events(SLICE_STEPS) {
                    break true;
                }
                if browser::now_ms() >= until {
                    break false;
                }
            }
        });
        done == Some(false)
    }

    /// Lets as much virtual time pass as the frame took, or as fits in the frame's work.
    fn play_frame(self, passed_ms: f64, until: f64) {
        let due = passed_ms.clamp(0.0, LONGEST_FRAME_MS) * self.speed.get_untracked();
        self.change(|core| {
            let due = due + core.driver.fraction_ms;
            let whole = due.floor();
            core.driver.fraction_ms = due - whole;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            // A run that is late holds the other back: both are on one clock.
            let target = core.player.elapsed_together_ms() + whole as u64;
            while !core.player.advance_to(target, SLICE_STEPS).reached {
                if browser::now_ms() >= until {
                    // Too much for this machine at this speed: time goes slower, and the page stays alive.
                    core.driver.fraction_ms = 0.0;
                    break;
                }
            }
        });
    }

    fn refresh_frame(self, now_ms: f64, busy: bool) {
        if !busy {
            self.refresh();
            return;
        }
        let part = self.change(|core| {
            let driver = &mut core.driver;
            let due = now_ms - driver.last_part_ms >= driver.pace.part_ms();
            let part = due.then_some(driver.next_part);
            if let Some(part) = part {
                driver.frame_has_part = true;
                driver.last_part_ms = now_ms;
                driver.next_part = part.next();
            }
            part
        });
        self.refresh_in_play(part.flatten());
    }

    /// How frames went lately.
    pub fn frame_stats(self) -> FrameStats {
        self.core.with_value(|core| {
            let frames = &core.driver.frames;
            let mut intervals: Vec<f64> = frames.iter().map(|f| f.0).collect();
            let mut works: Vec<f64> = frames.iter().map(|f| f.1).collect();
            FrameStats {
                frames: frames.len(),
                interval_p95_ms: percentile_95(&mut intervals),
                work_p95_ms: percentile_95(&mut works),
                work_max_ms: works.last().copied().unwrap_or(0.0),
            }
        })
    }

    /// Begins a fresh measurement of frames.
    pub fn forget_frames(self) {
        self.change(|core| core.driver.frames.clear());
    }
}

fn percentile_95(values: &mut [f64]) -> f64 {
    sorted::sort_by(values, f64::total_cmp);
    values.get((values.len() * 95).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::percentile_95;

    #[test]
    fn the_95th_percentile_is_the_value_that_95_of_100_do_not_exceed() {
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile_95(&mut values), 95.0);
        assert_eq!(percentile_95(&mut []), 0.0);
    }
}
