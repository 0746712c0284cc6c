//! Which records two runs have in different places: their logs of a partition side by side. Batches that both have byte by
//! byte are passed over, so it costs what differs.

use super::key_text;
use crate::Engine;
use crate::ids::TopicPartition;
use crate::view::{RecordDifference, RecordSide};
use kafka_log::{Batch, Log};
use sorted::SortedMap;
use std::collections::BTreeMap;

/// Records of one run that are looked at for each that may be told to differ.
const LOOKED_AT: usize = 20;

/// Records by offset, with what they are told apart by.
type Found = BTreeMap<i64, (RecordSide, Vec<u8>)>;

impl Engine {
    /// Offsets at which this run's log of a partition and another's hold different records, by key and value, the oldest
    /// first, from offset `from` on, and at most `limit`. When a record was stored, and in which batch, does not count.
    /// What either has deleted is not compared.
    pub fn record_differences(
        &self,
        other: &Self,
        topic: &str,
        partition: i32,
        from: i64,
        limit: usize,
    ) -> Vec<RecordDifference> {
        let tp = TopicPartition::new(topic, partition);
        let log = |engine: &Self| engine.inside().shown(&tp).map(|(_, shown)| shown.log.clone());
        let (Some(ours), Some(theirs)) = (log(self), log(other)) else { return Vec::new() };
        let from = ours.log_start_offset().max(theirs.log_start_offset()).max(from);
        let (a, b) = differing(&ours, &theirs, from, limit.saturating_mul(LOOKED_AT));
        let mut offsets: SortedMap<i64, ()> = SortedMap::new();
        for offset in a.keys().chain(b.keys()).filter(|offset| **offset >= from) {
            offsets.insert(*offset, ());
        }
        let side = |found: Option<&(RecordSide, Vec<u8>)>| found.map(|(side, _)| side.clone());
        offsets
            .keys()
            .filter(|offset| a.get(offset) != b.get(offset))
            .take(limit)
            .map(|offset| RecordDifference {
                offset: *offset,
                a: side(a.get(offset)),
                b: side(b.get(offset)),
            })
            .collect()
    }
}

/// The records of batches that are not the same in both, up to where either has been looked at.
fn differing(ours: &Log, theirs: &Log, from: i64, most: usize) -> (Found, Found) {
    let (mut a, mut b) = (Found::new(), Found::new());
    let mut our_batches = ours.batches_from(from).peekable();
    let mut their_batches = theirs.batches_from(from).peekable();
    while a.len() < most && b.len() < most {
        match (our_batches.peek(), their_batches.peek()) {
            (Some(one), Some(other)) if alike(one, other) => {
                our_batches.next();
                their_batches.next();
            }
            (Some(one), Some(other)) if one.base_offset() > other.base_offset() => {
                their_batches.next().into_iter().for_each(|batch| read(batch, &mut b));
            }
            (Some(_), _) => our_batches.next().into_iter().for_each(|batch| read(batch, &mut a)),
            (None, Some(_)) => {
                their_batches.next().into_iter().for_each(|batch| read(batch, &mut b));
            }
            (None, None) => return (a, b),
        }
    }
    // One may have been read further than the other.
    let end = |next: Option<&&Batch>| next.map_or(i64::MAX, |batch| batch.base_offset());
    let end = end(our_batches.peek()).min(end(their_batches.peek()));
    a.retain(|offset, _| *offset < end);
    b.retain(|offset, _| *offset < end);
    (a, b)
}

fn alike(one: &Batch, other: &Batch) -> bool {
    one.base_offset() == other.base_offset()
        && one.last_offset() == other.last_offset()
        && one.is_control() == other.is_control()
        && (one.shares_records_with(other) || one.record_bytes() == other.record_bytes())
}

fn read(batch: &Batch, found: &mut Found) {
    if batch.is_control() {
        let side = RecordSide { key: None, tombstone: false, marker: true };
        found.insert(batch.base_offset(), (side, Vec::new()));
        return;
    }
    let Ok(payload) = batch.payload() else { return };
    for record in payload.iter().flatten() {
        let side = RecordSide {
            key: record.key.map(key_text),
            tombstone: record.value.is_none(),
            marker: false,
        };
        let value = record.value.unwrap_or_default().to_vec();
        found.insert(record.offset, (side, value));
    }
}
