//! The second pass over one batch: which records stay, and what the batch becomes
//! (`Cleaner.cleanInto`, `MemoryRecords.filterTo`; R-LOG-65 to 67).

use super::offset_map::OffsetMap;
use super::transactions::CleanedTransactions;
use super::{BatchFate, CleanStep, KeptRecord, RemovedRecord};
use crate::batch::{
    Batch, BatchBuilder, BatchError, BatchHeader, HeaderRef, RecordRef, TimestampType,
};
use crate::producer_state::Producers;
use crate::segment::AbortedTxn;

/// What a round of cleaning decides by.
pub(super) struct Filter<'a> {
    pub(super) map: &'a OffsetMap,
    pub(super) producers: Producers,
    pub(super) now_ms: i64,
    pub(super) delete_retention_ms: i64,
    /// Where the round ends; the batch before it stays, if need be without records.
    pub(super) upper_bound: i64,
}

/// What is left of a batch.
pub(super) struct Filtered {
    /// The batch to write.
    pub(super) batch: Option<Batch>,
    /// The aborted transaction to index with it.
    pub(super) aborted: Option<AbortedTxn>,
    pub(super) kept: u64,
    pub(super) removed: u64,
}

impl Filter<'_> {
    pub(super) fn apply(
        &self,
        batch: &Batch,
        transactions: &mut CleanedTransactions,
        steps: &mut dyn FnMut(CleanStep<'_>),
    ) -> Result<Filtered, BatchError> {
        let (can_discard, aborted) = match batch.is_control() {
            true => {
                let marker = transactions.on_control(batch);
                (marker.can_discard, marker.still_aborted)
            }
            false => (transactions.on_data(batch), None),
        };
        let discard_records = can_discard && (!batch.is_control() || self.is_past_horizon(batch));
        let payload = batch.payload()?;
        let mut kept = Vec::new();
        let mut removed = 0_u64;
        for record in &payload {
            let record = record?;
            let (offset, key) = (record.offset, record.key);
            match self.judge(batch, &record, discard_records) {
                Ok(why) => {
                    steps(CleanStep::Kept { batch, offset, key, why });
                    kept.push(record);
                }
                Err(why) => {
                    steps(CleanStep::Removed { batch, offset, key, why });
                    removed = removed.saturating_add(1);
                }
            }
        }
        let marker_of_nothing = can_discard && batch.is_control();
        let (fate, left) = self.remainder(batch, &kept, removed, marker_of_nothing)?;
        steps(CleanStep::Batch { batch, fate });
        Ok(Filtered { batch: left, aborted, kept: kept.len() as u64, removed })
    }

    fn judge(
        &self,
        batch: &Batch,
        record: &RecordRef<'_>,
        discard_records: bool,
    ) -> Result<KeptRecord, RemovedRecord> {
        match (batch.is_control(), discard_records) {
            (true, true) => return Err(RemovedRecord::ExpiredMarker),
            (true, false) => return Ok(KeptRecord::Marker),
            (false, true) => return Err(RemovedRecord::Aborted),
            (false, false) => {}
        }
        if record.offset > self.map.latest_offset {
            return Ok(KeptRecord::BeyondMap);
        }
        let Some(key) = record.key else { return Err(RemovedRecord::NoKey) };
        if let Some(by) = self.map.get(key).filter(|latest| record.offset < *latest) {
            return Err(RemovedRecord::Superseded { by });
        }
        if record.value.is_some() {
            Ok(KeptRecord::LatestOfKey)
        } else if self.is_past_horizon(batch) {
            Err(RemovedRecord::ExpiredTombstone)
        } else {
            Ok(KeptRecord::Tombstone)
        }
    }

    /// True if the batch has a delete horizon that has come.
    fn is_past_horizon(&self, batch: &Batch) -> bool {
        batch.delete_horizon_ms().is_some_and(|horizon_ms| horizon_ms <= self.now_ms)
    }

    fn remainder(
        &self,
        batch: &Batch,
        kept: &[RecordRef<'_>],
        removed: u64,
        marker_of_nothing: bool,
    ) -> Result<(BatchFate, Option<Batch>), BatchError> {
        if kept.is_empty() {
            return Ok(if self.is_last_of_producer(batch) {
                (BatchFate::EmptiedForProducer, Some(batch.emptied()))
            } else if batch.next_offset() == self.upper_bound {
                (BatchFate::EmptiedAsLast, Some(batch.emptied()))
            } else {
                (BatchFate::Dropped, None)
            });
        }
        let has_tombstone = kept.iter().any(|record| record.value.is_none());
        let sets_horizon =
            (has_tombstone || marker_of_nothing) && batch.delete_horizon_ms().is_none();
        if removed == 0 && !sets_horizon {
            return Ok((BatchFate::Kept, Some(batch.clone())));
        }
        let new_delete_horizon_ms =
            sets_horizon.then(|| self.now_ms.saturating_add(self.delete_retention_ms));
        let horizon = new_delete_horizon_ms.or(batch.delete_horizon_ms());
        let rebuilt = rebuild(batch, kept, horizon)?;
        Ok((BatchFate::Rewritten { new_delete_horizon_ms }, Some(rebuilt)))
    }

    /// True if the producer's state would be lost with this batch: it holds the producer's last
    /// data, or, where a marker under a new epoch came after all its data, is of that epoch.
    fn is_last_of_producer(&self, batch: &Batch) -> bool {
        let known = self.producers.get(&batch.producer_id());
        batch.has_producer_id()
            && known.is_some_and(|entry| match entry.last_data_offset() {
                0.. => batch.last_offset() == entry.last_data_offset(),
                _ => batch.is_control() && batch.producer_epoch() == entry.producer_epoch,
            })
    }
}

/// Writes the kept records into a batch with the old one's place and producer
/// (`buildRetainedRecordsInto`).
fn rebuild(
    batch: &Batch,
    kept: &[RecordRef<'_>],
    delete_horizon_ms: Option<i64>,
) -> Result<Batch, BatchError> {
    let mut builder = BatchBuilder::compressed(batch.compression())?;
    if let Some(horizon_ms) = delete_horizon_ms {
        builder = builder.with_delete_horizon(horizon_ms);
    }
    for record in kept {
        let offset_delta = i32::try_from(record.offset.wrapping_sub(batch.base_offset()))
            .map_err(|_| BatchError::InvalidRecord("an offset delta does not fit 32 bits"))?;
        let headers: Vec<HeaderRef<'_>> = record.headers().collect();
        builder.append_at(offset_delta, record.timestamp, record.key, record.value, &headers)?;
    }
    let old = batch.header();
    let base_timestamp = kept.first().map_or(old.base_timestamp, |record| record.timestamp);
    let max_timestamp = match batch.timestamp_type() {
        TimestampType::LogAppendTime => old.max_timestamp,
        TimestampType::CreateTime => builder.max_timestamp(),
    };
    let header = BatchHeader {
        attributes: old.attributes.with_delete_horizon(delete_horizon_ms.is_some()),
        base_timestamp: delete_horizon_ms.unwrap_or(base_timestamp),
        max_timestamp,
        record_count: builder.count(),
        ..*old
    };
    Ok(builder.build_with(header)?.with_tag(batch.tag()))
}
