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

    /// The log as a broker leaves it on disk that stops in order: with the time index's last entry
    /// and a snapshot of producer state at its end (`UnifiedLog.close`).
    #[must_use]
    pub fn stopped(&self) -> Log {
        let mut log = self.clone();
        log.producer_state.take_snapshot();
        Arc::make_mut(&mut log.active).on_become_inactive();
        log
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
            log.active = Arc::new(log.active.reopened(now_ms));
        } else {
            log.recover_active(checkpoints.log_start_offset, now_ms);
        }
        // A log cut inside a batch ended there; on disk it ends with its last batch.
        log.log_end_offset = log.active.next_offset();
        let start = checkpoints.log_start_offset.max(log.first_base_offset());
        if start > log.log_end_offset {
            let mut all = log.truncate_fully_and_start_at(start, now_ms);
            all.batches.append(&mut lost.batches);
            if shutdown == Shutdown::Clean {
                // Without a snapshot it is taken for an upgrade, which leaves one at the end.
                log.producer_state.truncate_fully_and_start_at(start);
                log.producer_state.take_snapshot();
            }
            return (log, all);
        }
        log.log_start_offset = start;
        log.leader_epochs.truncate_from_end(log.log_end_offset);
        log.leader_epochs.truncate_from_start(checkpoints.log_start_offset);
        log.reload_producers(shutdown == Shutdown::Clean, now_ms);
        log.update_high_watermark(checkpoints.high_watermark);
        (log, lost)
    }

    /// Reads the active segment through, as everything below it is flushed: its indexes and the
    /// snapshots of producer state around it are made anew (`LogLoader.recoverSegment`).
    fn recover_active(&mut self, log_start_checkpoint: i64, now_ms: i64) {
        let old = Arc::clone(&self.active);
        let base_offset = old.base_offset();
        self.log_start_offset = log_start_checkpoint;
        self.producer_state.keep_only_snapshots();
        self.rebuild_producer_state(base_offset, now_ms);
        let mut segment = old.emptied(&self.config, now_ms);
        for stored in old.batches() {
            let epoch = stored.batch.partition_leader_epoch();
            if epoch >= 0 && self.leader_epochs.latest().is_none_or(|latest| epoch > latest) {
                self.leader_epochs.assign(epoch, stored.batch.base_offset());
            }
            self.replay_producer(&stored.batch, &mut segment);
            self.producer_state.set_map_end_offset(stored.batch.next_offset());
            segment.append(stored.batch.clone(), old.last_modified_ms());
        }
        self.producer_state.take_snapshot();
        self.active = Arc::new(segment.reopened(now_ms));
    }

    /// Producer state from the snapshots that belong to a segment, or from the newest
    /// (`ProducerStateManager.removeStraySnapshots`). After a clean shutdown without any, the log
    /// is not read for it.
    fn reload_producers(&mut self, was_clean: bool, now_ms: i64) {
        let bases: Vec<i64> = self.segments().map(|segment| segment.base_offset).collect();
        self.producer_state.remove_stray_snapshots(&bases);
        self.producer_state.keep_only_snapshots();
        if was_clean && self.producer_state.latest_snapshot_offset().is_none() {
            let last_two = bases.get(bases.len().saturating_sub(2)..).unwrap_or_default();
            for offset in last_two.iter().copied().chain([self.log_end_offset]) {
                self.producer_state.set_map_end_offset(offset);
                self.producer_state.take_snapshot();
            }
        } else {
            self.rebuild_producer_state(self.log_end_offset, now_ms);
        }
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
