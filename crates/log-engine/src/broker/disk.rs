//! The log directory: what it holds, and what happens when it is full (`LogDirFailureChannel`,
//! `ReplicaManager.handleLogDirFailure`, `LogManager.handleLogDirFailure`).
//!
//! The first write that does not fit takes the log directory offline. As there is only one, the broker halts: no clean
//! shutdown, what was written is there when it starts again. Its size counts `.log` files, both indexes at the length
//! of their entries, and deleted files until `file.delete.delay.ms` is over (R-LOG-45).

use super::{Broker, LifeState, Partition};
use crate::event::EventKind;
use crate::ids::{TimestampMs, TopicPartition};
use crate::sim::{Ctx, Side};
use std::collections::VecDeque;

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
    /// A new disk, formatted.
    pub(super) fn forget(&mut self) {
        self.doomed.clear();
        self.room = 0;
    }

    /// What fits is counted anew.
    pub(super) fn refill(&mut self) {
        self.room = 0;
    }

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
        let event = ctx.emit_as_cause(EventKind::BrokerHalted { broker: self.id });
        let label = format!("broker {} halts: its disk is full", self.id.0);
        ctx.trace.mark(ctx.now_ms, "warn", label, event);
        self.lifecycle.state = LifeState::Down;
        ctx.side.push(Side::BrokerEnds { broker: self.id, clean: false, event });
    }
}
