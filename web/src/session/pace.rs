//! How much is drawn in one frame, and how often the rest of the page follows. Where more lanes change than the machine can draw in a frame's time, they take
//! turns: each is some frames late, and no frame is. What a frame costs is measured to its end, style, layout and
//! paint included, which no call within the frame could see.

use super::Session;
use crate::browser;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MessageChannel;

/// Main-thread work that a frame of play should stay below, in real ms; half of what 60 frames a second leave.
const FRAME_WORK_MS: f64 = 7.0;
/// Lanes drawn in a frame at least.
const FEWEST: f64 = 1.0;
/// And at most.
const MOST: f64 = 64.0;
/// A frame that was too long takes this share of the lanes of the next ...
const BACK: f64 = 0.8;
/// ... and one that was not gives so many more.
const FORTH: f64 = 0.1;

/// Parts of the page take turns this often while time runs; there are four, so each has four turns a second ...
const PART_MS: f64 = 62.5;
/// ... and where their frames are long, fewer, down to two.
const SLOWEST_PART_MS: f64 = 125.0;
/// A frame with a part should stay below this, in real ms: with one longer than that the next frame is missed.
const PART_WORK_MS: f64 = 12.0;

/// Lanes a frame, and parts a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    lanes: f64,
    part_ms: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { lanes: 6.0, part_ms: PART_MS }
    }
}

impl Pace {
    /// Lanes that may be brought up to date in one frame.
    pub(super) fn lanes(self) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let lanes = self.lanes as usize;
        lanes
    }

    /// From one part of the page to the next, in real ms.
    pub(super) fn part_ms(self) -> f64 {
        self.part_ms
    }

    /// A frame with a part took this much of the main thread, in real ms.
    pub(super) fn part_took(&mut self, work_ms: f64) {
        let factor = if work_ms > PART_WORK_MS { 1.25 } else { 0.9 };
        self.part_ms = (self.part_ms * factor).clamp(PART_MS, SLOWEST_PART_MS);
    }

    /// A frame with lanes did.
    pub(super) fn took(&mut self, work_ms: f64) {
        let lanes = if work_ms > FRAME_WORK_MS { self.lanes * BACK } else { self.lanes + FORTH };
        self.lanes = lanes.clamp(FEWEST, MOST);
    }
}

/// Tells when the frame that runs now is over: a message to ourselves is heard after the frame was painted.
pub(super) struct FrameEnd {
    channel: MessageChannel,
    /// Lives as long as it can be called.
    _heard: Closure<dyn FnMut()>,
}

impl FrameEnd {
    fn new(session: Session) -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let heard = Closure::<dyn FnMut()>::new(move || session.frame_ended());
        channel.port1().set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: heard })
    }

    fn ask(&self) {
        let _ = self.channel.port2().post_message(&wasm_bindgen::JsValue::NULL);
    }
}

impl Drop for FrameEnd {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}

impl Session {
    /// Within a frame that began at `began_ms`: measures it to its end.
    pub(super) fn measure_frame(self, began_ms: f64) {
        self.change(|core| {
            core.driver.frame_began_ms = Some(began_ms);
            if core.driver.frame_end.is_none() {
                core.driver.frame_end = FrameEnd::new(self);
            }
            if let Some(end) = &core.driver.frame_end {
                end.ask();
            }
        });
    }

    fn frame_ended(self) {
        self.change(|core| {
            if let Some(began_ms) = core.driver.frame_began_ms.take() {
                let work_ms = browser::now_ms() - began_ms;
                if std::mem::take(&mut core.driver.frame_has_part) {
                    core.driver.pace.part_took(work_ms);
                } else {
                    core.driver.pace.took(work_ms);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn where_parts_take_long_they_come_half_as_often_at_worst() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.part_took(30.0);
        }
        assert_eq!(pace.part_ms(), 125.0);
        for _ in 0..20 {
            pace.part_took(5.0);
        }
        assert_eq!(pace.part_ms(), 62.5);
    }

    #[test]
    fn long_frames_draw_fewer_lanes_and_short_ones_more_again() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.took(30.0);
        }
        assert_eq!(pace.lanes(), 1, "never so few that nothing moves");
        for _ in 0..115 {
            pace.took(3.0);
        }
        assert_eq!(pace.lanes(), 12);
        for _ in 0..10_000 {
            pace.took(3.0);
        }
        assert_eq!(pace.lanes(), 64);
    }
}
