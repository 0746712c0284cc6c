//! When a log becomes due for cleaning by the passing of time alone (R-LOG-61 to 63).

use crate::log::Log;
use crate::segment::Segment;

impl Log {
    /// The first moment, not before `now_ms`, at which [`Log::cleaner_state`] says that the log is due, if nothing
    /// is written and nothing else changes; none if that never comes. `min.compaction.lag.ms` holds segments back
    /// for a time, `max.compaction.lag.ms` forces them after one.
    pub fn cleanable_at(&self, now_ms: i64) -> Option<i64> {
        if !self.config.cleanup_policy.compact {
            return None;
        }
        let first_dirty = self.first_dirty_offset();
        let bound = self.last_stable_offset().min(self.active.base_offset()).max(first_dirty);
        let end = self.align_down(bound);
        let forced_ms = self.forced_at(first_dirty);
        let clean = self.bytes_of_segments(i64::MIN, first_dirty);
        let lag_ms = self.config.min_compaction_lag_ms;
        let mut at_ms = now_ms;
        let mut dirty = 0_u64;
        let mut best: Option<i64> = None;
        for segment in self.segments_between(first_dirty.min(end), end) {
            if lag_ms > 0 {
                at_ms = at_ms.max(segment.largest_timestamp().saturating_add(lag_ms));
            }
            dirty = dirty.saturating_add(u64::from(segment.size()));
            let total = clean.saturating_add(dirty);
            let filthy = self.config.min_cleanable_dirty_ratio.is_exceeded_by(dirty, total);
            let due_ms = match forced_ms {
                _ if filthy => at_ms,
                Some(forced_ms) if dirty > 0 => at_ms.max(forced_ms),
                _ => continue,
            };
            best = Some(best.map_or(due_ms, |best| best.min(due_ms)));
            if filthy {
                break;
            }
        }
        best
    }

    /// From when on `max.compaction.lag.ms` is exceeded; none where no closed dirty segment has a timestamp.
    fn forced_at(&self, first_dirty: i64) -> Option<i64> {
        let earliest = self
            .closed_segments_from(first_dirty)
            .filter_map(Segment::first_batch_timestamp)
            .filter(|timestamp| *timestamp > 0)
            .min()?;
        let lag_ms = self.config.max_compaction_lag_ms.max(0);
        earliest.checked_add(lag_ms)?.checked_add(1)
    }
}
