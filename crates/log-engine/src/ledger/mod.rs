//! The ledger of record fates. The batch is its unit: a row a producer's batch, whose number rides beside the
//! batch's bytes as its tag, so that a leader can say "stored" without knowing who sent it. Records of a batch
//! share their fate up to the log; what happens to them after is told by offsets.
//!
//! Conservation: each record sent is in exactly one of buffered, in flight, stored and failed.

mod group;
mod losses;
mod ranges;
mod row;

use crate::column::Column;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::view::LedgerView;
pub(crate) use group::{Account, GroupPartition};
use kafka_log::{Batch, BatchTag};
use row::place_total;
pub(crate) use row::{Duplicate, Place, Row, Told};
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

/// Fates of all records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    rows: Column<Row>,
    producers: Vec<Arc<str>>,
    topics: Vec<(Arc<str>, LedgerView)>,
    newest_stored: SortedMap<(u32, u32, i32), u64>,
    groups: SortedMap<(Arc<str>, TopicPartition), GroupPartition>,
    /// Up to where deleted records are in the totals, by partition; 0 where none is there.
    counted_to: SortedMap<TopicPartition, i64>,
    /// Batches that are there more than once, by tag.
    duplicates: SortedMap<u64, Vec<Duplicate>>,
    /// The bytes of the newest batches that were lost: no log has them any more.
    lost: SortedMap<u64, Batch>,
    /// Records that came behind a later one of the same key, by batch.
    reordered: SortedMap<u64, u64>,
    /// Batches on their way whose producer's process is gone.
    orphans: SortedSet<u64>,
    /// Nothing is written down, for [`Engine::unaccounted`](crate::Engine::unaccounted).
    closed: bool,
    /// What readers write to in a closed ledger.
    scratch: GroupPartition,
}

impl Ledger {
    /// One that writes nothing down.
    pub(crate) fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// The producer's number; a new one for a name not seen before.
    pub(crate) fn producer(&mut self, name: &Arc<str>) -> u32 {
        let at = self.producers.iter().position(|known| known == name).unwrap_or_else(|| {
            self.producers.push(Arc::clone(name));
            self.producers.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The topic's number; a new one for a name not seen before.
    pub(crate) fn topic(&mut self, name: &Arc<str>) -> u32 {
        let at = self.topics.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.topics.push((Arc::clone(name), LedgerView::default()));
            self.topics.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// A new, empty batch.
    pub(crate) fn open(
        &mut self,
        producer: u32,
        topic: u32,
        partition: i32,
        now_ms: i64,
    ) -> BatchTag {
        // Tag 0 means "no row".
        if self.closed {
            return BatchTag(0);
        }
        let row = Row {
            producer,
            topic,
            partition,
            base_offset: -1,
            created_ms: now_ms,
            stored_ms: -1,
            told_ms: -1,
            ..Row::default()
        };
        BatchTag(self.rows.push(row) + 1)
    }

    /// `send()` put one record into an open batch.
    pub(crate) fn sent(&mut self, tag: BatchTag) {
        if let Some((row, totals)) = self.row_mut(tag) {
            row.records += 1;
            totals.sent += 1;
            totals.buffered += 1;
            totals.unanswered += 1;
        }
    }

    /// Records failed inside `send()`, before they got into a batch: they have a row of their own.
    pub(crate) fn failed_at_send(
        &mut self,
        (producer, topic): (u32, u32),
        partition: i32,
        records: u32,
        now_ms: TimestampMs,
    ) {
        let tag = self.open(producer, topic, partition, now_ms);
        self.change(tag, |row| {
            (row.records, row.place, row.told) = (records, Place::Failed, Told::Failed);
            row.told_ms = now_ms;
        });
        if let Some((_, totals)) = at_mut(&mut self.topics, topic) {
            totals.sent += u64::from(records);
            totals.failed += u64::from(records);
        }
    }

    /// The batch leaves for a broker. One that is stored already, and is sent again, stays where it is.
    pub(crate) fn in_flight(&mut self, tag: BatchTag) {
        if self.row(tag).is_some_and(|row| row.place == Place::Buffered) {
            self.move_to(tag, Place::InFlight);
        }
    }

    /// A split batch's records go on in `parts` new rows (R-PRD-28).
    pub(crate) fn split(&mut self, tag: BatchTag, parts: &[u32]) -> Vec<BatchTag> {
        let Some(row) = self.row(tag).cloned() else { return Vec::new() };
        self.change(tag, |row| row.records = 0);
        parts
            .iter()
            .map(|&records| {
                let part = Row { records, ..row.clone() };
                BatchTag(self.rows.push(part) + 1)
            })
            .collect()
    }

    /// A leader stored the batch at `base_offset`. True if a batch that was sent later lies before it: records of one key
    /// may be out of order then.
    ///
    /// It is a duplicate only where the leader's own log has it already: what another log has, an old leader's say, is cut
    /// off there when the two meet.
    pub(crate) fn stored(
        &mut self,
        tag: BatchTag,
        base_offset: i64,
        leader: BrokerId,
        now_ms: i64,
    ) -> bool {
        let Some(row) = self.row(tag).cloned() else { return false };
        let records = u64::from(row.records);
        let again = row.place == Place::Stored;
        let has = |on: u128| on & bit(leader) != 0;
        let twice = has(row.on) || self.duplicates(tag).iter().any(|copy| has(copy.on));
        if again && row.base_offset != base_offset {
            self.duplicates.entry(tag.0).or_default().push(Duplicate { base_offset, on: 0 });
        }
        if !self.orphans.is_empty() {
            self.orphans.remove(&tag.0);
        }
        let key = (row.producer, row.topic, row.partition);
        let newest = self.newest_stored.get(&key).copied().unwrap_or(0);
        self.newest_stored.insert(key, newest.max(tag.0));
        if again {
            if twice && let Some((_, totals)) = self.row_mut(tag) {
                totals.duplicated += records;
            }
        } else {
            self.move_to(tag, Place::Stored);
            self.change(tag, |row| {
                row.base_offset = base_offset;
                row.stored_ms = now_ms;
            });
        }
        newest > tag.0
    }

    /// A broker has the batch at `base_offset`, as leader or follower.
    pub(crate) fn copied(&mut self, tag: BatchTag, base_offset: i64, broker: BrokerId) {
        self.on_broker(tag, base_offset, |on| *on |= bit(broker));
    }

    fn on_broker(&mut self, tag: BatchTag, base_offset: i64, change: impl FnOnce(&mut u128)) {
        if self.row(tag).is_some_and(|row| row.base_offset == base_offset) {
            self.change(tag, |row| change(&mut row.on));
        } else if let Some(again) = self.duplicates.get_mut(&tag.0)
            && let Some(copy) = again.iter_mut().find(|copy| copy.base_offset == base_offset)
        {
            change(&mut copy.on);
        }
    }

    /// How many records of the batch came behind a later one of the same key.
    pub(crate) fn reordered_in(&self, tag: BatchTag) -> u64 {
        self.reordered.get(&tag.0).copied().unwrap_or(0)
    }

    /// So many records of the batch were stored behind later ones of the same key.
    pub(crate) fn count_reordered(&mut self, tag: BatchTag, records: u64) {
        if records == 0 {
            return;
        }
        *self.reordered.entry(tag.0).or_default() += records;
        if let Some((_, totals)) = self.row_mut(tag) {
            totals.reordered += records;
        }
    }

    /// A leader's epoch begins with this log end.
    pub(crate) fn leader_begins(&mut self, tp: &TopicPartition, log_end: i64) {
        if log_end == 0 {
            self.counted_to.remove(tp);
        }
        for ((_, at), reader) in &mut self.groups {
            if at == tp {
                reader.log_ends_at(log_end);
            }
        }
    }

    /// Numbers of rows, the newest first, from below `before` on.
    pub(crate) fn tags_before(
        &self,
        before: Option<u64>,
    ) -> impl Iterator<Item = BatchTag> + use<> {
        let newest =
            before.map_or(self.rows.len(), |before| before.saturating_sub(1).min(self.rows.len()));
        (1..=newest).rev().map(BatchTag)
    }

    /// The topic of a row.
    pub(crate) fn topic_of(&self, row: &Row) -> Option<&Arc<str>> {
        self.topics.get(usize::try_from(row.topic).ok()?).map(|(name, _)| name)
    }

    /// Where else the batch is.
    pub(crate) fn duplicates(&self, tag: BatchTag) -> &[Duplicate] {
        self.duplicates.get(&tag.0).map_or(&[], Vec::as_slice)
    }

    /// The producer got its ack.
    pub(crate) fn acked(&mut self, tag: BatchTag, now_ms: i64) {
        self.told(tag, Told::Acked, now_ms);
        if self.row(tag).is_some_and(|row| row.place == Place::Lost) {
            self.count_lost(tag);
        }
        if let Some((row, totals)) = self.row_mut(tag) {
            totals.acked += u64::from(row.records);
        }
    }

    /// The producer gave the batch up.
    pub(crate) fn failed(&mut self, tag: BatchTag, now_ms: i64) {
        self.told(tag, Told::Failed, now_ms);
        if self.row(tag).is_some_and(|row| row.place == Place::Stored) {
            if let Some((row, totals)) = self.row_mut(tag) {
                totals.failed_but_stored += u64::from(row.records);
            }
        } else {
            self.move_to(tag, Place::Failed);
        }
    }

    /// Retention or DeleteRecords took offsets `first..next` away.
    /// Returns how many records of them each group had not processed.
    pub(crate) fn deleted(
        &mut self,
        tp: &TopicPartition,
        first: i64,
        next: i64,
    ) -> Vec<(Arc<str>, i64)> {
        // Followers delete by themselves: what was gone before one of them began to lead counts now, and what a crash
        // brought back does not count twice.
        let counted = self.counted_to(tp);
        let first = first.min(counted);
        let topic = self.topic(&tp.topic);
        if let Some((_, totals)) = at_mut(&mut self.topics, topic) {
            totals.deleted = totals.deleted.saturating_add_signed(next - counted);
        }
        self.counted_to.insert(tp.clone(), next);
        let mut unread = Vec::new();
        for ((group, at), reader) in &mut self.groups {
            if at == tp {
                let missed = reader.expired(first, next);
                if missed > 0 {
                    unread.push((Arc::clone(group), missed));
                }
            }
        }
        unread
    }

    /// What a group did in one partition, to be written to.
    pub(crate) fn reader(&mut self, group: &Arc<str>, tp: &TopicPartition) -> &mut GroupPartition {
        if self.closed {
            return &mut self.scratch;
        }
        self.groups.entry((Arc::clone(group), tp.clone())).or_default()
    }

    /// What groups did in one partition.
    pub(crate) fn readers<'a>(
        &'a self,
        tp: &'a TopicPartition,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a GroupPartition)> {
        self.groups.iter().filter(move |((_, at), _)| at == tp).map(|((group, _), at)| (group, at))
    }

    /// All readers.
    pub(crate) fn all_readers(
        &self,
    ) -> impl Iterator<Item = (&Arc<str>, &TopicPartition, &GroupPartition)> {
        self.groups.iter().map(|((group, tp), reader)| (group, tp, reader))
    }

    /// A log begins there that was not written here.
    pub(crate) fn begins_at(&mut self, tp: &TopicPartition, log_start: i64) {
        self.counted_to.insert(tp.clone(), log_start);
    }

    /// Up to where a partition's deleted records are in the totals.
    pub(crate) fn counted_to(&self, tp: &TopicPartition) -> i64 {
        self.counted_to.get(tp).copied().unwrap_or(0)
    }

    /// A deleted topic's readers are forgotten, and its records count as deleted.
    pub(crate) fn topic_deleted(&mut self, topic: &Arc<str>, records: i64) {
        self.groups.retain(|(_, tp), _| tp.topic != *topic);
        let topic = self.topic(topic);
        self.newest_stored.retain(|(_, at, _), _| *at != topic);
        if let Some((_, totals)) = at_mut(&mut self.topics, topic) {
            totals.deleted += records.max(0).cast_unsigned();
        }
    }

    /// One row.
    pub(crate) fn row(&self, tag: BatchTag) -> Option<&Row> {
        self.rows.get(tag.0.checked_sub(1)?)
    }

    /// The name of the producer of a batch.
    pub(crate) fn producer_of(&self, tag: BatchTag) -> Option<&Arc<str>> {
        let producer = usize::try_from(self.row(tag)?.producer).ok()?;
        self.producers.get(producer)
    }

    /// Bytes of its own beside another ledger that shares rows with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let readers =
            self.groups
                .len()
                .saturating_mul(size_of::<(Arc<str>, TopicPartition, GroupPartition)>());
        self.rows.unshared_bytes(&other.rows).saturating_add(readers)
    }

    /// Totals by topic.
    pub(crate) fn totals(&self) -> impl Iterator<Item = (&Arc<str>, &LedgerView)> {
        self.topics.iter().map(|(name, totals)| (name, totals))
    }

    /// Recounts the places from the rows, for the test of conservation: buffered, in flight, stored, failed, lost.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> [u64; 5] {
        let mut counts = [0; 5];
        for row in self.rows.iter() {
            counts[row.place as usize] += u64::from(row.records);
        }
        counts
    }

    fn told(&mut self, tag: BatchTag, told: Told, now_ms: i64) {
        if let Some((row, totals)) = self.row_mut(tag)
            && row.told == Told::Nothing
        {
            totals.unanswered = totals.unanswered.saturating_sub(u64::from(row.records));
        }
        self.change(tag, |row| {
            row.told = told;
            row.told_ms = now_ms;
        });
    }

    fn move_to(&mut self, tag: BatchTag, to: Place) {
        let Some((row, totals)) = self.row_mut(tag) else { return };
        let records = u64::from(row.records);
        let from = std::mem::replace(&mut row.place, to);
        let left = place_total(totals, from);
        *left = left.saturating_sub(records);
        *place_total(totals, to) += records;
    }

    fn change(&mut self, tag: BatchTag, change: impl FnOnce(&mut Row)) {
        if let Some(row) = tag.0.checked_sub(1).and_then(|at| self.rows.get_mut(at)) {
            change(row);
        }
    }

    fn row_mut(&mut self, tag: BatchTag) -> Option<(&mut Row, &mut LedgerView)> {
        let row = self.rows.get_mut(tag.0.checked_sub(1)?)?;
        let (_, totals) = at_mut(&mut self.topics, row.topic)?;
        Some((row, totals))
    }
}

/// A broker's bit.
pub(crate) fn bit(broker: BrokerId) -> u128 {
    1u128.checked_shl(broker.0.cast_unsigned()).unwrap_or(0)
}

fn at_mut<T>(items: &mut [T], at: u32) -> Option<&mut T> {
    items.get_mut(usize::try_from(at).ok()?)
}
