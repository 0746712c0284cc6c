//! A broker comes back and loads its log: `LogLoader` (R-LOG-91 to 93).

use std::sync::Arc;

use super::Log;
use super::truncate::Truncated;
use crate::batch::Batch;

/// How a broker went down, as far as this log's bytes know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// In order: everything is on disk, with a snapshot of producer state at the end.
    Clean,
    /// The process was killed: what was written is in the page cache, so nothing is lost.
    ProcessCrash,
    /// The machine lost power: batches that end at or after this offset had not reached the disk.
    /// [`Log::recovery_point`] is the least it can be, as all below is flushed.
    PowerLoss {
        /// The first offset lost.
        lost_from: i64,
    },
}

/// What the broker's checkpoint files say of a log; they are written at intervals, so they may be
/// older than the log (R-LOG-49, R-LOG-90).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoints {
    /// This log's line in `log-start-offset-checkpoint`.
    pub log_start_offset: i64,
    /// This log's line in `replication-offset-checkpoint`.
    pub high_watermark: i64,
}

impl Log {
    /// The offset below which everything is flushed: the base offset of the active segment, since
    /// a roll flushes what it closes and nothing else does (R-LOG-25, R-LOG-90).
    pub fn recovery_point(&self) -> i64 {
        self.active.base_offset()
    }

    /// The log as the broker finds it when it starts again, and what was lost on the way.
    pub fn restarted(
        &self,
        shutdown: Shutdown,
        checkpoints: Checkpoints,
        now_ms: i64,
    ) -> (Log, Truncated) {
        let mut log = self.clone();
        let mut lost = Truncated::default();
        if let Shutdown::PowerLoss { lost_from } = shutdown {
            lost.batches = log.cut_end(lost_from.max(log.recovery_point()), now_ms);
        }
        if shutdown == Shutdown::Clean {
            log.producer_state.take_snapshot();
        }
        log.active = Arc::new(log.active.reopened(now_ms));
        let start = checkpoints.log_start_offset.max(log.first_base_offset());
        if start > log.log_end_offset {
            let mut all = log.truncate_fully_and_start_at(start, now_ms);
            all.batches.append(&mut lost.batches);
            return (log, all);
        }
        log.log_start_offset = start;
        log.leader_epochs.truncate_from_end(log.log_end_offset);
        log.leader_epochs.truncate_from_start(start);
        log.producer_state.keep_only_snapshots();
        log.rebuild_producer_state(log.log_end_offset, now_ms);
        log.update_high_watermark(checkpoints.high_watermark);
        (log, lost)
    }

    /// Drops the batches that end at or after `offset`; the log then ends where the last batch
    /// that is left ends.
    fn cut_end(&mut self, offset: i64, now_ms: i64) -> Vec<Batch> {
        let dropped = self.batches_from(offset).cloned().collect();
        let active = Arc::make_mut(&mut self.active);
        active.truncate_to(offset, now_ms);
        self.log_end_offset = active.next_offset();
        dropped
    }
}
