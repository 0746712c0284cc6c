//! Scrubbing: while the playhead is dragged, frames are as near to it as a frame's work allows; the newest place under
//! the pointer wins, and none waits in line. On release the page is exactly there.

use super::Session;
use super::driver::SLICE_STEPS;
use crate::browser;
use leptos::prelude::*;

impl Session {
    /// The playhead is dragged over this moment, in ms since the start.
    pub fn scrub(self, to_ms: u64) {
        if self.page.scrub.get_untracked().is_none() {
            self.rest();
        }
        self.page.scrub.set(Some(to_ms));
        self.wake();
    }

    /// The playhead is let go: goes exactly to where it was dragged last.
    pub fn end_scrub(self) {
        if let Some(to_ms) = self.page.scrub.get_untracked() {
            self.page.scrub.set(None);
            self.seek(to_ms);
            self.announce();
        }
    }

    /// One frame while the playhead is dragged: from the nearest keyframe, or on from the frame before, as far as the
    /// time goes.
    pub(super) fn scrub_frame(self, to_ms: u64, until: f64) {
        self.change(|core| {
            let before = core.player.elapsed_ms();
            while !core.player.scrub(to_ms, SLICE_STEPS).reached {
                if browser::now_ms() >= until {
                    break;
                }
            }
            if core.player.elapsed_ms() < before {
                core.forget_lanes();
            }
        });
    }
}
