//! Which leader epoch wrote from which offset on: `LeaderEpochFileCache` (R-LOG-80 to 82).

/// An epoch and the first offset written under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochEntry {
    /// Leader epoch.
    pub epoch: i32,
    /// First offset of the epoch.
    pub start_offset: i64,
}

/// The epochs of one log; epochs and start offsets both grow strictly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LeaderEpochs {
    entries: Vec<EpochEntry>,
}

impl LeaderEpochs {
    /// The entries, oldest first.
    pub fn entries(&self) -> &[EpochEntry] {
        &self.entries
    }

    /// The newest epoch.
    pub fn latest(&self) -> Option<i32> {
        self.entries.last().map(|entry| entry.epoch)
    }

    /// The oldest entry.
    pub fn earliest(&self) -> Option<EpochEntry> {
        self.entries.first().copied()
    }

    /// Notes that `epoch` writes from `start_offset` on. Entries that this contradicts go.
    /// Negative numbers are not epochs and change nothing.
    pub fn assign(&mut self, epoch: i32, start_offset: i64) {
        if epoch < 0 || start_offset < 0 {
            return;
        }
        let known = self
            .entries
            .last()
            .is_some_and(|latest| latest.epoch == epoch && latest.start_offset <= start_offset);
        if known {
            return;
        }
        let contradicts =
            |entry: &EpochEntry| entry.epoch >= epoch || entry.start_offset >= start_offset;
        while self.entries.last().is_some_and(contradicts) {
            self.entries.pop();
        }
        self.entries.push(EpochEntry { epoch, start_offset });
    }

    /// Where `epoch` ended: the newest epoch not above it, and the offset after its last record.
    /// None where that is not defined (R-LOG-81).
    pub fn end_offset_for(&self, epoch: i32, log_end_offset: i64) -> Option<EpochEnd> {
        if epoch < 0 {
            return None;
        }
        if self.latest() == Some(epoch) {
            return Some(EpochEnd { epoch, end_offset: log_end_offset });
        }
        let above = self.entries.partition_point(|entry| entry.epoch <= epoch);
        let end_offset = self.entries.get(above)?.start_offset;
        let floor = above.checked_sub(1).and_then(|index| self.entries.get(index));
        Some(EpochEnd { epoch: floor.map_or(epoch, |entry| entry.epoch), end_offset })
    }

    /// The epoch an offset was written under.
    pub fn epoch_for_offset(&self, offset: i64) -> Option<i32> {
        let above = self.entries.partition_point(|entry| entry.start_offset <= offset);
        self.entries.get(above.checked_sub(1)?).map(|entry| entry.epoch)
    }

    /// Forgets what starts at `end_offset` or after it.
    pub fn truncate_from_end(&mut self, end_offset: i64) {
        if end_offset >= 0 {
            let kept = self.entries.partition_point(|entry| entry.start_offset < end_offset);
            self.entries.truncate(kept);
        }
    }

    /// Forgets what lies before `start_offset`; the epoch that covers it now starts there.
    pub fn truncate_from_start(&mut self, start_offset: i64) {
        let above = self.entries.partition_point(|entry| entry.start_offset <= start_offset);
        let Some(covering) = above.checked_sub(1) else { return };
        self.entries.drain(..covering);
        if let Some(first) = self.entries.first_mut() {
            first.start_offset = start_offset;
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// Where a leader epoch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochEnd {
    /// The newest epoch not above the one asked for.
    pub epoch: i32,
    /// The offset after its last record.
    pub end_offset: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(entries: &[(i32, i64)]) -> LeaderEpochs {
        let mut epochs = LeaderEpochs::default();
        for (epoch, start_offset) in entries {
            epochs.assign(*epoch, *start_offset);
        }
        epochs
    }

    fn pairs(epochs: &LeaderEpochs) -> Vec<(i32, i64)> {
        epochs.entries().iter().map(|entry| (entry.epoch, entry.start_offset)).collect()
    }

    #[test]
    fn a_newer_epoch_drops_what_it_contradicts() {
        assert_eq!(pairs(&epochs(&[(0, 0), (0, 5), (2, 10)])), [(0, 0), (2, 10)]);
        assert_eq!(pairs(&epochs(&[(0, 0), (2, 10), (3, 10)])), [(0, 0), (3, 10)]);
        assert_eq!(pairs(&epochs(&[(0, 0), (2, 10), (1, 20)])), [(0, 0), (1, 20)]);
        assert_eq!(pairs(&epochs(&[(-1, 0), (1, -1)])), []);
    }

    #[test]
    fn an_epoch_ends_where_the_next_starts() {
        let epochs = epochs(&[(1, 0), (3, 10), (5, 20)]);
        let end = |epoch| {
            let end = epochs.end_offset_for(epoch, 30);
            end.map(|end| (end.epoch, end.end_offset))
        };
        assert_eq!(end(5), Some((5, 30)));
        assert_eq!(end(3), Some((3, 20)));
        assert_eq!(end(4), Some((3, 20)));
        assert_eq!(end(0), Some((0, 0)));
        assert_eq!(end(6), None);
        assert_eq!(end(-1), None);
    }

    #[test]
    fn truncation_trims_both_ends() {
        let mut cut = epochs(&[(1, 0), (3, 10), (5, 20)]);
        cut.truncate_from_start(15);
        assert_eq!(pairs(&cut), [(3, 15), (5, 20)]);
        cut.truncate_from_end(20);
        assert_eq!(pairs(&cut), [(3, 15)]);
        assert_eq!(cut.epoch_for_offset(14), None);
        assert_eq!(cut.epoch_for_offset(99), Some(3));
    }
}
