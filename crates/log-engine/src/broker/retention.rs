//! `kafka-log-retention`: every `log.retention.check.interval.ms` each log without `compact` loses its segments
//! that are too old or too many (R-LOG-40 to R-LOG-44, `LogManager.cleanupLogs`).

use super::Broker;
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::sim::{Ctx, Timer};
use kafka_log::DeletionReason;

impl Broker {
    /// One run over all logs.
    pub(crate) fn check_retention(&mut self, ctx: &mut Ctx<'_>) {
        let due: Vec<TopicPartition> = self
            .partitions
            .values()
            .filter(|partition| !partition.config.cleanup_policy.compact)
            .map(|partition| partition.tp.clone())
            .collect();
        for tp in due {
            self.delete_old_segments(ctx, &tp);
        }
        self.next_retention_check_ms = ctx.now_ms + self.retention_interval_ms();
        ctx.timer(self.next_retention_check_ms, Timer::RetentionCheck);
    }

    /// `log.retention.check.interval.ms`.
    #[must_use]
    pub(crate) fn retention_interval_ms(&self) -> i64 {
        self.configs.long("log.retention.check.interval.ms").unwrap_or(300_000).max(1)
    }

    pub(super) fn delete_old_segments(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let cause = self.topic_cause(&tp.topic);
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let log_start_before = partition.log.log_start_offset();
        let deleted = partition.log.delete_old_segments(ctx.now_ms);
        let (Some(first), Some(last)) = (deleted.first(), deleted.last()) else { return };
        let (first_offset, next_offset) = (first.base_offset, last.next_offset);
        let (reason, leads) = (reason(first.reason), partition.leads());
        let log_start = partition.log.log_start_offset();
        let kind = EventKind::SegmentsDeleted {
            broker: self.id,
            tp: tp.clone(),
            segments: u32::try_from(deleted.len()).unwrap_or(u32::MAX),
            first: first_offset,
            last: next_offset - 1,
            bytes: deleted.iter().map(|segment| i64::from(segment.bytes)).sum(),
            reason,
            log_start,
        };
        let bytes = deleted.iter().map(|segment| u64::from(segment.bytes)).sum();
        self.disk.delete(ctx.now_ms, partition, bytes);
        partition.version += 1;
        partition.deleted = Some((first_offset, next_offset - 1));
        let event = ctx.caused_by(cause, |ctx| {
            let event = ctx.emit_as_cause(kind);
            // Followers delete by themselves what the leader has deleted, or will.
            if leads {
                let last = next_offset - 1;
                let label = format!("P{} {first_offset}\u{2013}{last} deleted", tp.partition);
                ctx.trace.mark(ctx.now_ms, "del", label, event);
                for (group, records) in ctx.ledger.deleted(tp, log_start_before, log_start) {
                    ctx.emit(EventKind::ExpiredUnread { group, tp: tp.clone(), records });
                }
            }
            event
        });
        partition.deleted_by = Some(event);
        ctx.caused_by(event, |ctx| self.wake_fetches(ctx, tp));
    }
}

/// The config, or the fact, that took a segment.
pub(crate) fn reason(reason: DeletionReason) -> &'static str {
    match reason {
        DeletionReason::LogStartOffset => "log start offset",
        DeletionReason::Size => "retention.bytes",
        DeletionReason::Time => "retention.ms",
    }
}
