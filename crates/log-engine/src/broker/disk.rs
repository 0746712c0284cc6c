//! The log directory: what it holds, and what happens when it is full (`LogDirFailureChannel`,
//! `ReplicaManager.handleLogDirFailure`, `LogManager.handleLogDirFailure`).
//!
//! The first write that does not fit takes the log directory offline. As there is only one, the broker halts: no clean
//! shutdown, what was written is there when it starts again. Its size counts `.log` files, both indexes at the length
//! of their entries, and deleted files until `file.delete.delay.ms` is over (R-LOG-45).
//!
//! Differs from Kafka in what clients see meanwhile: a produce request is answered NETWORK_EXCEPTION, as a closed
//! connection is; every other request waits for the broker instead of being sent again.

use super::{Broker, Partition};
use crate::event::EventKind;
use crate::ids::{EventId, TimestampMs, TopicPartition};
use crate::protocol::{
    Acks, ErrorCode, MetadataImage, ProduceRequest, ProduceResponse, ProduceResult, Request,
    Response,
};
use crate::sim::{ActorId, Ctx, Timer};
use kafka_log::log::{Checkpoints, Shutdown};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of an entry of the offset index and one of the time index: the most an append adds to them.
const INDEX_ENTRIES: u64 = 8 + 12;

/// One broker's log directory.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    /// Bytes that fit; none is without bound.
    size: Option<u64>,
    /// Bytes that are known to fit still.
    room: u64,
    /// Deleted files: when they leave the disk, and their bytes.
    doomed: VecDeque<(TimestampMs, u64)>,
}

/// A broker whose process does not run.
#[derive(Debug, Clone)]
pub(crate) struct Halt {
    /// Since when.
    pub since_ms: TimestampMs,
    /// The event.
    pub event: EventId,
    requests: Vec<(ActorId, u64, Request, EventId)>,
    timers: Vec<(Timer, EventId)>,
}

/// What lies in a log directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DiskUse {
    /// `.log` files.
    pub log: u64,
    /// Offset and time indexes.
    pub index: u64,
    /// Files that are deleted but not gone yet.
    pub deleted: u64,
    /// Bytes that fit.
    pub size: Option<u64>,
}

impl DiskUse {
    /// All of it.
    pub(crate) fn total(&self) -> u64 {
        self.log.saturating_add(self.index).saturating_add(self.deleted)
    }
}

impl Disk {
    /// Files of these bytes are deleted: they stay for `file.delete.delay.ms`.
    pub(super) fn delete(&mut self, now_ms: TimestampMs, partition: &Partition, bytes: u64) {
        self.doomed.retain(|(gone_ms, _)| *gone_ms > now_ms);
        let gone_ms = now_ms.saturating_add(partition.config.file_delete_delay_ms);
        if bytes > 0 && gone_ms > now_ms {
            self.doomed.push_back((gone_ms, bytes));
        }
    }
}

impl Broker {
    /// Gives the log directory this size.
    pub(crate) fn set_disk(&mut self, size: Option<u64>) {
        self.disk.size = size;
        self.disk.room = 0;
    }

    /// What lies in the log directory.
    pub(crate) fn disk_use(&self, now_ms: TimestampMs) -> DiskUse {
        let logs = || self.partitions.values().map(|partition| &partition.log);
        let deleted = self.disk.doomed.iter().filter(|(gone_ms, _)| *gone_ms > now_ms);
        DiskUse {
            log: logs().map(kafka_log::Log::size_in_bytes).sum(),
            index: logs().map(kafka_log::Log::index_size_in_bytes).sum(),
            deleted: deleted.map(|(_, bytes)| bytes).sum(),
            size: self.disk.size,
        }
    }

    /// Whether an append of `bytes` fits; what it takes is taken off.
    pub(super) fn take_room(&mut self, now_ms: TimestampMs, bytes: u64) -> bool {
        let Some(size) = self.disk.size else { return true };
        let bytes = bytes.saturating_add(INDEX_ENTRIES);
        if self.disk.room < bytes {
            self.disk.room = size.saturating_sub(self.disk_use(now_ms).total());
        }
        let fits = self.disk.room >= bytes;
        self.disk.room = self.disk.room.saturating_sub(bytes);
        fits
    }

    /// A write to `tp` has found no room: the log directory goes offline, and the broker with it.
    pub(super) fn fail_log_dir(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let used = self.disk_use(ctx.now_ms);
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        ctx.emit_as_cause(EventKind::LogDirFailed {
            broker: self.id,
            tp: tp.clone(),
            used: bytes(used.total()),
            size: bytes(used.size.unwrap_or(0)),
        });
        let event = ctx.emit(EventKind::BrokerHalted { broker: self.id });
        let label = format!("broker {} halts: its disk is full", self.id.0);
        ctx.trace.mark(ctx.now_ms, "warn", label, event);
        let (requests, timers) = (Vec::new(), Vec::new());
        self.halt = Some(Halt { since_ms: ctx.now_ms, event, requests, timers });
        for partition in self.partitions.values_mut() {
            partition.produces.clear();
            partition.version += 1;
        }
        while let Some((_, delayed)) = self.purgatory.produces.pop_first() {
            let parts = delayed.parts.into_iter().map(|(result, _)| disconnected(result.tp, event));
            let response = ProduceResponse { parts: parts.collect() };
            ctx.respond(delayed.from, delayed.correlation, Response::Produce(response));
        }
    }

    /// Its process does not run.
    pub(crate) fn halted(&self) -> Option<&Halt> {
        self.halt.as_ref()
    }

    /// A request finds nobody listening. Hands it back if the broker runs.
    pub(super) fn refuse_while_halted(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: Request,
    ) -> Option<Request> {
        let Some(halt) = &mut self.halt else { return Some(request) };
        match request {
            Request::Produce(ProduceRequest { acks, parts, .. }) => {
                if acks != Acks::None {
                    let event = halt.event;
                    let parts = parts.into_iter().map(|part| disconnected(part.tp, event));
                    let response = ProduceResponse { parts: parts.collect() };
                    ctx.respond(from, id, Response::Produce(response));
                }
            }
            other => halt.requests.push((from, id, other, ctx.cause)),
        }
        None
    }

    /// A timer of a process that does not run waits for it. True if it was kept.
    pub(super) fn hold_timer(&mut self, ctx: &Ctx<'_>, timer: &Timer) -> bool {
        let Some(halt) = &mut self.halt else { return false };
        if !matches!(timer, Timer::RetentionCheck | Timer::Cleaner(_) | Timer::ProduceExpired(_)) {
            halt.timers.push((timer.clone(), ctx.cause));
        }
        true
    }

    /// The process starts again: logs are loaded as after a crash, timers begin anew, and what has waited is served.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>, image: Arc<MetadataImage>) {
        let Some(halt) = self.halt.take() else { return };
        let logs = u32::try_from(self.partitions.len()).unwrap_or(u32::MAX);
        self.started_by = ctx.emit_as_cause(EventKind::BrokerStarted { broker: self.id, logs });
        self.disk.room = 0;
        for partition in self.partitions.values_mut() {
            let log = &partition.log;
            let checkpoints = Checkpoints {
                log_start_offset: log.log_start_offset(),
                high_watermark: log.high_watermark(),
            };
            // A killed process loses nothing that it wrote (R-LOG-91).
            let (log, _) = log.restarted(Shutdown::ProcessCrash, checkpoints, ctx.now_ms);
            partition.log = log;
            partition.version += 1;
            partition.cleaner.uncleanable = None;
        }
        self.apply_metadata(ctx, image);
        self.start_tasks(ctx);
        let (me, tps): (_, Vec<TopicPartition>) =
            (self.id, self.partitions.keys().cloned().collect());
        for tp in tps {
            if let Some(partition) = self.partitions.get_mut(&tp) {
                partition.advance_high_watermark(me);
            }
            self.arm_cleaner(ctx, &tp);
        }
        for (from, id, request, cause) in halt.requests {
            ctx.caused_by(cause, |ctx| self.on_request(ctx, from, id, request));
        }
        for (timer, cause) in halt.timers {
            ctx.caused_by(cause, |ctx| self.on_timer(ctx, timer));
        }
    }
}

/// What a client makes of a connection that was closed.
fn disconnected(tp: TopicPartition, cause: EventId) -> ProduceResult {
    ProduceResult { tp, error: ErrorCode::NetworkException, base_offset: -1, cause }
}
