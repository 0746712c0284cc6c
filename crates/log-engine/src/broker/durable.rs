//! What of a partition is safe from a loss of power, and what its checkpoint files say (R-LOG-90, R-LOG-91).
//!
//! Kafka flushes what a roll closes; the rest is the page cache's, which Linux writes back once it is 30 s old
//! (`dirty_expire_centisecs`). The high watermark is checkpointed every
//! `replica.high.watermark.checkpoint.interval.ms`, so a broker that starts again may know an older one. So is the log
//! start, every `log.flush.start.offset.checkpoint.interval.ms`: what DeleteRecords has taken is back after a crash
//! before that, if no other replica knows better.

use crate::config::BrokerConfigs;
use crate::ids::TimestampMs;
use std::collections::VecDeque;

/// How old written data is when the system has put it on the disk.
pub(crate) const WRITE_BACK_MS: i64 = 30_000;
/// Log ends are noted once in so many ms.
const NOTE_MS: i64 = 1_000;

/// What is known of one replica's disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Durable {
    /// `replica.high.watermark.checkpoint.interval.ms`.
    interval_ms: i64,
    /// Log ends with the time at which the log grew beyond them, oldest first; none older than the write-back but one.
    ends: VecDeque<(TimestampMs, i64)>,
    /// The checkpoint interval in which the high watermark moved last, and what it was when that began.
    checkpoint: (i64, i64),
    /// How many checkpoints of the log start there had been when it moved last, and where it was before.
    log_start: Option<(i64, i64)>,
}

impl Durable {
    /// Nothing is written yet.
    pub(crate) fn new(configs: &BrokerConfigs) -> Self {
        Self {
            interval_ms: configs.replication().high_watermark_checkpoint_ms.max(1),
            ends: VecDeque::new(),
            checkpoint: (0, 0),
            log_start: None,
        }
    }

    /// The log is about to grow beyond `log_end`.
    pub(crate) fn written(&mut self, now_ms: TimestampMs, log_end: i64) {
        if self.ends.back().is_some_and(|(at_ms, _)| now_ms - at_ms < NOTE_MS) {
            return;
        }
        self.ends.push_back((now_ms, log_end));
        while self.ends.get(1).is_some_and(|(at_ms, _)| now_ms - at_ms >= WRITE_BACK_MS) {
            self.ends.pop_front();
        }
    }

    /// The log was cut at its end.
    pub(crate) fn truncated(&mut self, log_end: i64) {
        for (_, end) in &mut self.ends {
            *end = (*end).min(log_end);
        }
    }

    /// The first offset that a loss of power takes, if it lies above what a roll has flushed.
    pub(crate) fn lost_from(&self, now_ms: TimestampMs, log_end: i64) -> i64 {
        let young = self.ends.iter().find(|(at_ms, _)| now_ms - at_ms < WRITE_BACK_MS);
        young.map_or(log_end, |(_, end)| *end)
    }

    /// The high watermark is about to move from `high_watermark`.
    pub(crate) fn high_watermark_moves(&mut self, now_ms: TimestampMs, high_watermark: i64) {
        let interval = now_ms.div_euclid(self.interval_ms);
        if interval != self.checkpoint.0 {
            self.checkpoint = (interval, high_watermark);
        }
    }

    /// The log start is about to move from `log_start`, after so many checkpoints.
    pub(crate) fn log_start_moves(&mut self, checkpoints: i64, log_start: i64) {
        if self.log_start.is_none_or(|(seen, _)| seen != checkpoints) {
            self.log_start = Some((checkpoints, log_start));
        }
    }

    /// The log start in `log-start-offset-checkpoint`.
    pub(crate) fn checkpointed_log_start(&self, checkpoints: i64, log_start: i64) -> i64 {
        match self.log_start {
            Some((seen, before)) if seen == checkpoints => before,
            _ => log_start,
        }
    }

    /// The high watermark in `replication-offset-checkpoint`.
    pub(crate) fn checkpointed(&self, now_ms: TimestampMs, high_watermark: i64) -> i64 {
        let (interval, before) = self.checkpoint;
        if now_ms.div_euclid(self.interval_ms) == interval {
            before.min(high_watermark)
        } else {
            high_watermark
        }
    }
}

/// How often log starts have been checkpointed since the broker's tasks began
/// (`LogManager.startupWithConfigOverrides`).
pub(super) fn log_start_checkpoints(
    configs: &BrokerConfigs,
    began_ms: TimestampMs,
    now_ms: TimestampMs,
) -> i64 {
    let first_ms = configs.long("log.initial.task.delay.ms").unwrap_or(30_000);
    let interval_ms = configs.long("log.flush.start.offset.checkpoint.interval.ms");
    let since_ms = now_ms - began_ms - first_ms;
    if since_ms < 0 { 0 } else { 1 + since_ms / interval_ms.unwrap_or(60_000).max(1) }
}
