//! What one group did in one partition: how far it has processed, what it read twice, skipped, or never saw.

use super::ranges::Ranges;

/// What became of a record for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// The group has not begun here.
    NotBegun,
    /// It has not come so far.
    NotYet,
    /// Processed so often.
    Processed(u32),
    /// Passed over.
    Skipped,
    /// Deleted before it was processed.
    ExpiredUnread,
}

/// One group in one partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GroupPartition {
    /// One past the highest offset processed; none before the group began here.
    pub processed_end: Option<i64>,
    /// Records processed at least once.
    pub consumed: u64,
    /// Records processed again.
    pub read_twice: u64,
    /// Records passed over.
    pub skipped: u64,
    /// Records deleted before they were processed.
    pub expired_unread: u64,
    /// The range that expired last, from its first unread offset on: a member may still hold records of it in its
    /// buffer and process them after all.
    expired: (i64, i64),
    /// Where records were processed again, each time.
    pub again_at: Ranges,
    /// Where records were passed over.
    pub skipped_at: Ranges,
    /// Where records were deleted before they were processed.
    pub expired_at: Ranges,
}

impl GroupPartition {
    /// The group begins here, at `offset`, if it has not begun before. What lies before is not its business.
    pub(crate) fn begin(&mut self, offset: i64) {
        self.processed_end.get_or_insert(offset);
    }

    /// The group has nothing committed and begins at `offset`: for a group that has not begun before nothing is
    /// skipped by that; for one that has, everything between is.
    pub(crate) fn begin_or_skip(&mut self, offset: i64) {
        if self.processed_end.is_some() {
            self.skip_to(offset);
        } else {
            self.begin(offset);
        }
    }

    /// The offsets `first..next` with `records` records in them were processed, in order.
    pub(crate) fn processed(&mut self, first: i64, next: i64, records: u64) {
        let end = *self.processed_end.get_or_insert(first);
        let held = self.take_held(first, next).min(records);
        let again = (end.min(next) - first).max(0).cast_unsigned().min(records) - held;
        self.read_twice += again;
        if again > 0 {
            self.again_at.add(first, end.min(next));
        }
        self.consumed += records - again;
        self.processed_end = Some(end.max(next));
    }

    /// How many of `first..next` had been counted as expired: the member had fetched them before they were deleted.
    fn take_held(&mut self, first: i64, next: i64) -> u64 {
        let (from, to) = self.expired;
        let held = (next.min(to) - first.max(from)).max(0).cast_unsigned();
        if held > 0 {
            self.expired_unread = self.expired_unread.saturating_sub(held);
            self.expired.0 = next.min(to);
            self.expired_at.remove(first.max(from), next.min(to));
        }
        held
    }

    /// The group's position is set to `offset`: what lies between is skipped.
    pub(crate) fn skip_to(&mut self, offset: i64) {
        let end = *self.processed_end.get_or_insert(offset);
        if offset > end {
            self.skipped += (offset - end).cast_unsigned();
            self.skipped_at.add(end, offset);
            self.processed_end = Some(offset);
        }
    }

    /// A leader begins whose log ends at `log_end`: what the group has processed beyond is of a log that is no more, and
    /// the offsets are given out again.
    pub(crate) fn log_ends_at(&mut self, log_end: i64) {
        if let Some(end) = &mut self.processed_end {
            *end = (*end).min(log_end);
        }
    }

    /// What became of an offset for this group: how often it was processed, or that it was passed over or came too late.
    pub(crate) fn account(&self, offset: i64) -> Account {
        if self.expired_at.contains(offset) {
            return Account::ExpiredUnread;
        }
        if self.skipped_at.contains(offset) {
            return Account::Skipped;
        }
        match self.processed_end {
            Some(end) if offset < end => Account::Processed(
                1 + u32::try_from(self.again_at.times(offset)).unwrap_or(u32::MAX - 1),
            ),
            Some(_) => Account::NotYet,
            None => Account::NotBegun,
        }
    }

    /// The offsets `first..next` are deleted. Returns how many of them had not been processed.
    pub(crate) fn expired(&mut self, first: i64, next: i64) -> i64 {
        let Some(end) = self.processed_end else { return 0 };
        let missed = (next - end.max(first)).max(0);
        if missed > 0 {
            let from = if self.expired.1 == end { self.expired.0 } else { end.max(first) };
            self.expired = (from, next);
            self.expired_at.add(end.max(first), next);
        }
        self.expired_unread += missed.cast_unsigned();
        self.processed_end = Some(end.max(next));
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_before_the_commit_reads_twice() {
        let mut reader = GroupPartition::default();
        reader.begin(100);
        reader.processed(100, 150, 50);
        reader.processed(120, 160, 40);
        assert_eq!((reader.consumed, reader.read_twice, reader.skipped), (60, 30, 0));
    }

    #[test]
    fn what_expires_unread_is_not_also_skipped() {
        let mut reader = GroupPartition::default();
        reader.begin(0);
        reader.processed(0, 10, 10);
        assert_eq!(reader.expired(0, 40), 30);
        reader.skip_to(50);
        assert_eq!((reader.expired_unread, reader.skipped), (30, 10));
    }

    #[test]
    fn what_a_member_had_fetched_before_it_expired_is_read_after_all() {
        let mut reader = GroupPartition::default();
        reader.begin(0);
        assert_eq!(reader.expired(0, 40), 40);
        assert_eq!(reader.expired(40, 50), 10);
        reader.processed(0, 10, 10);
        reader.processed(10, 15, 5);
        assert_eq!((reader.consumed, reader.read_twice, reader.expired_unread), (15, 0, 35));
    }

    #[test]
    fn a_group_that_never_began_misses_nothing() {
        assert_eq!(GroupPartition::default().expired(0, 40), 0);
    }
}
