//! New segments: `LocalLog.roll` (R-LOG-20, R-LOG-24, R-LOG-25).

use std::sync::Arc;

use super::Log;
use crate::segment::Segment;

impl Log {
    /// Closes the active segment and starts a new one at the log end. Returns the base offset of
    /// the new segment. An active segment that is empty is only replaced, and one that starts
    /// above the log end stays (a follower's refused chunk can have rolled it).
    pub fn roll(&mut self, now_ms: i64) -> i64 {
        self.roll_at(0, now_ms).unwrap_or(self.active.base_offset())
    }

    /// As [`Log::roll`], but not below `expected_offset`: where a follower's next chunk starts.
    /// None, and nothing done, if that lies below the active segment's start: segments are in the
    /// order of their offsets.
    pub(super) fn roll_at(&mut self, expected_offset: i64, now_ms: i64) -> Option<i64> {
        let base_offset = expected_offset.max(self.log_end_offset);
        if base_offset < self.active.base_offset() {
            return None;
        }
        let jitter = self.draw_jitter(base_offset);
        let new = Arc::new(Segment::new(base_offset, &self.config, jitter, now_ms));
        let mut old = std::mem::replace(&mut self.active, new);
        let replaced = old.base_offset() == base_offset && old.size() == 0;
        if !replaced {
            Arc::make_mut(&mut old).on_become_inactive();
            Arc::make_mut(&mut self.closed).push(old);
        }
        // Whoever rebuilds producer state may then start with this segment.
        self.producer_state.set_map_end_offset(base_offset);
        self.producer_state.take_snapshot();
        if self.high_watermark >= self.log_end_offset {
            self.update_high_watermark(self.log_end_offset);
        }
        Some(base_offset)
    }

    /// What is taken off `segment.ms` for a segment, ms. Each segment's draw follows from the
    /// seed and its base offset alone, so it does not depend on how the log got there.
    pub(super) fn draw_jitter(&self, base_offset: i64) -> i64 {
        let bound = self.config.segment_jitter_ms.min(self.config.segment_ms);
        match u64::try_from(bound) {
            Ok(bound) if bound > 0 => {
                let draw = split_mix(self.jitter_seed ^ base_offset.cast_unsigned());
                i64::try_from(draw % bound).unwrap_or(0)
            }
            _ => 0,
        }
    }
}

/// One step of the SplitMix64 generator.
fn split_mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
