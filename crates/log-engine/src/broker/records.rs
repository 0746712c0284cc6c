//! What changes a partition's log from outside: DeleteRecords (`Partition.deleteRecordsOnLeader`, R-LOG-52), and a log
//! that was in the folder already.

use super::durable::log_start_checkpoints;
use super::{Broker, Partition};
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::protocol::{DeleteRecordsRequest, DeleteRecordsResponse, ErrorCode, Response};
use crate::sim::{ActorId, Ctx};
use kafka_log::log::RecoveryCut;
use kafka_log::{Batch, Log};

impl Partition {
    /// The log start that DeleteRecords with this offset asks for.
    ///
    /// # Errors
    /// Kafka's refusal, in its words.
    pub(crate) fn new_log_start(&self, offset: i64) -> Result<i64, (ErrorCode, String)> {
        let tp = &self.tp;
        if !self.config.cleanup_policy.delete {
            let text = format!(
                "Records of partition {tp} can not be deleted due to the configured policy"
            );
            return Err((ErrorCode::PolicyViolation, text));
        }
        let high_watermark = self.log.high_watermark();
        let wanted = if offset == -1 { high_watermark } else { offset };
        let text = if wanted < 0 {
            format!("The offset {wanted} for partition {tp} is not valid")
        } else if wanted > high_watermark {
            format!(
                "Cannot increment the log start offset to {wanted} of partition {tp} since it is larger than the \
                 high watermark {high_watermark}"
            )
        } else {
            return Ok(wanted);
        };
        Err((ErrorCode::OffsetOutOfRange, text))
    }
}

impl Broker {
    /// Handles DeleteRecords. One replica has the low watermark at once.
    pub(super) fn delete_records(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: DeleteRecordsRequest,
    ) {
        let mut parts = Vec::with_capacity(request.parts.len());
        for (tp, offset) in request.parts {
            let result = self.delete_records_of(ctx, &tp, offset);
            if let Err((error, message)) = &result {
                ctx.emit(EventKind::AdminRefused {
                    api: "DeleteRecords",
                    subject: tp.to_string().into(),
                    error: *error,
                    message: message.as_str().into(),
                });
            }
            parts.push((tp, result.map_err(|(error, _)| error)));
        }
        ctx.respond(from, id, Response::DeleteRecords(DeleteRecordsResponse { parts }));
    }

    fn delete_records_of(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        offset: i64,
    ) -> Result<i64, (ErrorCode, String)> {
        let refused = |error: ErrorCode| (error, error.message().to_owned());
        let partition =
            self.partitions.get_mut(tp).ok_or(refused(ErrorCode::UnknownTopicOrPartition))?;
        match partition.led_by(self.id) {
            ErrorCode::None => {}
            error => return Err(refused(error)),
        }
        let wanted = partition.new_log_start(offset)?;
        let before = partition.log.log_start_offset();
        let me = self.id;
        let moved = partition.log.delete_records(wanted);
        let log_start = partition.log.log_start_offset();
        if moved != Ok(true) {
            return Ok(log_start);
        }
        let checkpoints = log_start_checkpoints(&self.configs, self.tasks_began_ms, ctx.now_ms);
        partition.durable.log_start_moves(checkpoints, before);
        partition.version += 1;
        partition.deleted = Some((before, log_start - 1));
        let event = ctx.caused_by(ctx.cause, |ctx| {
            let kind = EventKind::RecordsDeleted {
                broker: me,
                tp: tp.clone(),
                from: before,
                to: log_start,
            };
            let event = ctx.emit_as_cause(kind);
            for (group, records) in ctx.ledger.deleted(tp, before, log_start) {
                ctx.emit(EventKind::ExpiredUnread { group, tp: tp.clone(), records });
            }
            event
        });
        partition.deleted_by = Some(event);
        ctx.caused_by(event, |ctx| {
            self.wake_fetches(ctx, tp);
            self.arm_cleaner(ctx, tp);
        });
        Ok(log_start)
    }

    /// Takes over a log that was in the partition's folder when the broker started.
    pub(crate) fn adopt_log(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        log: Log,
        cut: Option<&RecoveryCut>,
    ) {
        let me = self.id;
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        partition.adopt(log);
        let log = &partition.log;
        *ctx.growth += log.size_in_bytes();
        ctx.ledger.begins_at(tp, log.log_start_offset());
        let kind = EventKind::LogLoaded {
            broker: me,
            tp: tp.clone(),
            segments: u32::try_from(log.segment_count()).unwrap_or(u32::MAX),
            bytes: i64::try_from(log.size_in_bytes()).unwrap_or(i64::MAX),
            start: log.log_start_offset(),
            end: log.log_end_offset(),
        };
        let event = ctx.emit(kind);
        if let Some(cut) = cut {
            ctx.caused_by(event, |ctx| {
                ctx.emit(EventKind::LogCut {
                    broker: me,
                    tp: tp.clone(),
                    segment: cut.segment,
                    position: i64::try_from(cut.position).unwrap_or(i64::MAX),
                    end: cut.log_end_offset,
                    bytes: i64::try_from(cut.bytes).unwrap_or(i64::MAX),
                    reason: cut.reason.to_string().into(),
                })
            });
        }
        for batch in partition.log.batches_from(i64::MIN) {
            ctx.ledger.copied(batch.tag(), batch.base_offset(), me);
        }
        ctx.caused_by(event, |ctx| {
            self.advance_high_watermark(ctx, tp);
            self.wake_fetches(ctx, tp);
            self.arm_cleaner(ctx, tp);
        });
    }
}

/// Where the first of these batches begins, if an empty log starts inside it.
pub(super) fn starts_inside(log: &Log, batches: &[Batch]) -> Option<i64> {
    let (first, last) = (batches.first()?.base_offset(), batches.last()?.last_offset());
    let end = log.log_end_offset();
    (first < end && last >= end && log.log_start_offset() == end).then_some(first)
}
