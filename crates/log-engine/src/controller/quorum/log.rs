//! One node's copy of `__cluster_metadata` (`RaftLog`, `KafkaRaftLog`). An entry is a batch of Kafka's: offsets count
//! entries here. No snapshots: the log keeps all (R-SCP-35).

use super::NodeId;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<T> {
    /// The epoch of the leader that wrote it.
    pub epoch: i32,
    /// What it says.
    pub record: Record<T>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record<T> {
    /// A new leader's first entry (`LeaderChangeMessage`): once it is committed, all before it is.
    LeaderChange {
        /// The leader.
        leader: NodeId,
        /// Who voted for it, itself included.
        granting_voters: Vec<NodeId>,
    },
    /// A change of the metadata.
    Data(T),
}

/// A log.
#[derive(Debug, Clone)]
pub(super) struct RaftLog<T> {
    entries: Vec<Entry<T>>,
}

impl<T> Default for RaftLog<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T: Clone> RaftLog<T> {
    pub(super) fn end_offset(&self) -> u64 {
        offset(self.entries.len())
    }

    /// The epoch of the last entry, 0 without one.
    pub(super) fn last_epoch(&self) -> i32 {
        self.entries.last().map_or(0, |entry| entry.epoch)
    }

    pub(super) fn append(&mut self, entries: impl IntoIterator<Item = Entry<T>>) {
        self.entries.extend(entries);
    }

    /// Entries from one offset up to another; fewer where the log has no more.
    pub(super) fn entries(&self, from: u64, to: u64) -> &[Entry<T>] {
        let end = index(to).min(self.entries.len());
        self.entries.get(index(from).min(end)..end).unwrap_or_default()
    }

    /// The largest epoch that is not above this one, and where it ends (`endOffsetForEpoch`).
    fn end_offset_for_epoch(&self, epoch: i32) -> (i32, u64) {
        let end = self.entries.partition_point(|entry| entry.epoch <= epoch);
        let last = end.checked_sub(1).and_then(|last| self.entries.get(last));
        last.map_or((0, 0), |entry| (entry.epoch, offset(end)))
    }

    /// Whether a log that ends at this offset in this epoch is a beginning of this one; if not, up to where it can be
    /// (`validateOffsetAndEpoch`).
    pub(super) fn validate(&self, offset: u64, last_epoch: i32) -> Result<(), (i32, u64)> {
        if offset == 0 {
            return Ok(());
        }
        let (epoch, end) = self.end_offset_for_epoch(last_epoch);
        if epoch != last_epoch || end < offset { Err((epoch, end)) } else { Ok(()) }
    }

    /// Where to cut so that what is left can agree with the leader's log, which has `epoch` end at `end`
    /// (`truncateToEndOffset`).
    pub(super) fn truncation_offset(&self, epoch: i32, end: u64) -> u64 {
        if epoch == 0 {
            return end.min(self.end_offset());
        }
        let (local_epoch, local_end) = self.end_offset_for_epoch(epoch);
        if local_epoch == epoch { local_end.min(end) } else { local_end }
    }

    /// Puts something in the place of what the entries up to an offset say.
    pub(super) fn replace(&mut self, from: u64, to: u64, with: &T) {
        let end = index(to).min(self.entries.len());
        let entries = self.entries.get_mut(index(from).min(end)..end).unwrap_or_default();
        for entry in entries {
            if let Record::Data(data) = &mut entry.record {
                *data = with.clone();
            }
        }
    }

    pub(super) fn truncate(&mut self, to: u64) {
        self.entries.truncate(index(to));
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn offset(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}
