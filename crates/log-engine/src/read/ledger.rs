//! The ledger's totals.

use crate::ids::TopicPartition;
use crate::view::{GroupLedgerView, LedgerView};
use crate::world::World;
use sorted::SortedMap;
use std::sync::Arc;

impl World {
    /// Totals over all records, or those of one topic.
    pub(crate) fn ledger_view(&self, topic: Option<&str>) -> LedgerView {
        let wanted = |name: &str| topic.is_none_or(|topic| topic == name);
        let mut sum = LedgerView::default();
        for (_, totals) in self.ledger.totals().filter(|(name, _)| wanted(name)) {
            add(&mut sum, totals);
        }
        let uncounted;
        (sum.readable, uncounted) = self.readable(&wanted);
        sum.deleted = sum.deleted.saturating_add_signed(uncounted);
        let mut groups: SortedMap<Arc<str>, GroupLedgerView> = SortedMap::new();
        for setup in &self.groups {
            let row = GroupLedgerView { group: setup.group.to_string(), ..Default::default() };
            groups.insert(Arc::clone(&setup.group), row);
        }
        for (group, tp, reader) in self.ledger.all_readers() {
            if let Some(row) = groups.get_mut(group).filter(|_| wanted(&tp.topic)) {
                row.consumed += reader.consumed;
                row.read_twice += reader.read_twice;
                row.skipped += reader.skipped;
                row.expired_unread += reader.expired_unread;
            }
        }
        // In the order in which the page lists its groups.
        sum.groups = self.groups.iter().filter_map(|setup| groups.remove(&setup.group)).collect();
        sum
    }

    /// Records below the high watermark that are still in their logs, and how many more are gone than leaders have counted:
    /// the replica that stands for a partition may have deleted some before it led, or have got some back.
    fn readable(&self, wanted: &dyn Fn(&str) -> bool) -> (u64, i64) {
        let (mut sum, mut uncounted) = (0, 0);
        for topic in self.shown_topics().filter(|topic| wanted(&topic.name)) {
            for number in 0..topic.partition_count() {
                let tp = TopicPartition::new(Arc::clone(&topic.name), number);
                if let Some((_, partition)) = self.shown(&tp) {
                    let log = &partition.log;
                    sum += (log.high_watermark() - log.log_start_offset()).max(0).cast_unsigned();
                    uncounted += log.log_start_offset() - self.ledger.counted_to(&tp);
                }
            }
        }
        (sum, uncounted)
    }
}

fn add(sum: &mut LedgerView, totals: &LedgerView) {
    sum.sent += totals.sent;
    sum.buffered += totals.buffered;
    sum.in_flight += totals.in_flight;
    sum.stored += totals.stored;
    sum.acked += totals.acked;
    sum.failed += totals.failed;
    sum.failed_but_stored += totals.failed_but_stored;
    sum.lost += totals.lost;
    sum.lost_after_ack += totals.lost_after_ack;
    sum.duplicated += totals.duplicated;
    sum.reordered += totals.reordered;
    sum.unanswered += totals.unanswered;
    sum.deleted += totals.deleted;
}
