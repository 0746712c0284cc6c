//! The account of every record: the records behind a total of the ledger, batch by batch.

use super::key_text;
use crate::ids::{BrokerId, TopicPartition};
use crate::ledger::{Account, Place, Row, Told, bit};
use crate::view::{LedgerPageView, LedgerRowView, LedgerSet};
use crate::world::World;
use kafka_log::{Batch, BatchTag, Log};
use std::sync::Arc;

/// Most rows of the ledger one call looks through.
const LOOKED_THROUGH: usize = 200_000;
/// Most rows a page has.
const MOST: usize = 500;
/// Keys shown of a batch.
const KEYS: usize = 8;

impl World {
    /// Records of a set, the newest first, from below row `before` on.
    pub(crate) fn ledger_page(
        &self,
        set: &LedgerSet,
        topic: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> LedgerPageView {
        let limit = limit.clamp(1, MOST);
        let mut page = LedgerPageView::default();
        for (looked, tag) in self.ledger.tags_before(before).enumerate() {
            if page.rows.len() >= limit || looked >= LOOKED_THROUGH {
                page.next = Some(tag.0 + 1);
                break;
            }
            let Some(row) = self.ledger.row(tag).filter(|row| row.records > 0) else { continue };
            let Some(name) = self.ledger.topic_of(row) else { continue };
            if topic.is_some_and(|topic| topic != &**name) {
                continue;
            }
            let tp = TopicPartition::new(Arc::clone(name), row.partition);
            let records = self.records_in(set, &tp, tag, row);
            if records > 0 {
                page.rows.push(self.ledger_row(&tp, tag, row, records));
            }
        }
        page
    }

    /// How many records of a batch belong to a set.
    fn records_in(&self, set: &LedgerSet, tp: &TopicPartition, tag: BatchTag, row: &Row) -> u64 {
        let all_if = |yes: bool| if yes { u64::from(row.records) } else { 0 };
        match set {
            LedgerSet::Sent => u64::from(row.records),
            LedgerSet::Buffered => all_if(row.place == Place::Buffered),
            LedgerSet::InFlight => all_if(row.place == Place::InFlight),
            LedgerSet::Stored => all_if(row.place == Place::Stored),
            LedgerSet::Committed => all_if(self.is_committed(tp, row)),
            LedgerSet::Acked => all_if(row.told == Told::Acked),
            LedgerSet::Failed => all_if(row.place == Place::Failed),
            LedgerSet::Unanswered => all_if(row.told == Told::Nothing),
            LedgerSet::Lost => all_if(row.place == Place::Lost),
            LedgerSet::LostAfterAck => all_if(row.place == Place::Lost && row.told == Told::Acked),
            LedgerSet::FailedButStored => {
                all_if(row.told == Told::Failed && matches!(row.place, Place::Stored | Place::Lost))
            }
            LedgerSet::Duplicated => all_if(!self.ledger.duplicates(tag).is_empty()),
            LedgerSet::Reordered => self.ledger.reordered_in(tag),
            LedgerSet::ExpiredUnread { group } => {
                self.count_for(group, tp, row, |account| account == Account::ExpiredUnread)
            }
            LedgerSet::Skipped { group } => {
                self.count_for(group, tp, row, |account| account == Account::Skipped)
            }
            LedgerSet::ReadTwice { group } => {
                self.count_for(group, tp, row, |account| matches!(account, Account::Processed(2..)))
            }
        }
    }

    /// Records of a stored batch that have come to something for a group.
    fn count_for(
        &self,
        group: &str,
        tp: &TopicPartition,
        row: &Row,
        wanted: impl Fn(Account) -> bool,
    ) -> u64 {
        if row.base_offset < 0 {
            return 0;
        }
        let Some((_, reader)) = self.ledger.readers(tp).find(|(name, _)| ***name == *group) else {
            return 0;
        };
        let end = row.base_offset + i64::from(row.records);
        let hits = (row.base_offset..end).filter(|&offset| wanted(reader.account(offset)));
        u64::try_from(hits.count()).unwrap_or(u64::MAX)
    }

    /// Below the high watermark, in the log that counts.
    fn is_committed(&self, tp: &TopicPartition, row: &Row) -> bool {
        row.place == Place::Stored
            && self.shown(tp).is_some_and(|(broker, partition)| {
                row.on & bit(broker.id()) != 0
                    && row.base_offset + i64::from(row.records) <= partition.log.high_watermark()
            })
    }

    fn ledger_row(
        &self,
        tp: &TopicPartition,
        tag: BatchTag,
        row: &Row,
        records: u64,
    ) -> LedgerRowView {
        let stored = row.base_offset >= 0;
        let last = row.base_offset + i64::from(row.records) - 1;
        let some = |at_ms: i64| (at_ms >= 0).then_some(at_ms);
        LedgerRowView {
            number: tag.0,
            topic: tp.topic.to_string(),
            partition: tp.partition,
            first: row.base_offset,
            last: if stored { last } else { -1 },
            records,
            keys: self.keys_of(tp, tag, row),
            producer: self.ledger.producer_of(tag).map(|name| name.to_string()),
            place: self.place_word(tp, row).to_owned(),
            told: match row.told {
                Told::Acked => "acked",
                Told::Failed => "failed",
                Told::Nothing => "nothing",
            }
            .to_owned(),
            created_ms: row.created_ms,
            stored_ms: some(row.stored_ms),
            told_ms: some(row.told_ms),
            replicas: self.replicas_with(row),
            committed: self.is_committed(tp, row),
            also_at: self.ledger.duplicates(tag).iter().map(|copy| copy.base_offset).collect(),
            groups: self.group_words(tp, row),
        }
    }

    fn replicas_with(&self, row: &Row) -> Vec<BrokerId> {
        self.brokers.keys().copied().filter(|&broker| row.on & bit(broker) != 0).collect()
    }

    /// Where a batch is, in a word. What retention has taken is not in any log, but was not lost.
    fn place_word(&self, tp: &TopicPartition, row: &Row) -> &'static str {
        match row.place {
            Place::Buffered => "buffered",
            Place::InFlight => "in flight",
            Place::Failed => "failed",
            Place::Lost => "lost",
            Place::Stored => match self.shown(tp) {
                Some((_, partition))
                    if row.base_offset + i64::from(row.records)
                        > partition.log.log_start_offset() =>
                {
                    "stored"
                }
                _ => "deleted",
            },
        }
    }

    /// The keys of a batch, where its bytes are somewhere still.
    fn keys_of(&self, tp: &TopicPartition, tag: BatchTag, row: &Row) -> Vec<Option<String>> {
        let keys = |batch: &Batch| -> Vec<Option<String>> {
            let records = batch.records().flatten().take(KEYS);
            records.map(|record| record.key.as_deref().map(key_text)).collect()
        };
        let in_log = |log: &Log| {
            let batch = log.batch_containing(row.base_offset)?;
            (batch.tag() == tag).then(|| keys(batch))
        };
        let logs = self
            .replicas_with(row)
            .into_iter()
            .filter_map(|broker| Some(&self.brokers.get(&broker)?.partition(tp)?.log));
        let mut found = logs.filter_map(in_log);
        found.next().or_else(|| self.ledger.lost_batch(tag).map(keys)).unwrap_or_default()
    }

    /// What a batch came to for each group that reads the partition.
    fn group_words(&self, tp: &TopicPartition, row: &Row) -> Vec<String> {
        if row.base_offset < 0 || row.place == Place::Lost {
            return Vec::new();
        }
        let mut words = Vec::new();
        for setup in &self.groups {
            let Some((_, reader)) = self.ledger.readers(tp).find(|(name, _)| **name == setup.group)
            else {
                continue;
            };
            let word = match reader.account(row.base_offset) {
                Account::NotBegun => continue,
                Account::NotYet => "not yet".to_owned(),
                Account::Processed(1) => "processed".to_owned(),
                Account::Processed(2) => "processed twice".to_owned(),
                Account::Processed(times) => format!("processed {times} times"),
                Account::Skipped => "skipped".to_owned(),
                Account::ExpiredUnread => "deleted unread".to_owned(),
            };
            words.push(format!("{}: {word}", setup.group));
        }
        words
    }
}
