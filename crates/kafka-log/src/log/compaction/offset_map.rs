//! The first pass: the last offset of each key in the dirty part (R-LOG-64; `buildOffsetMap`).

use std::collections::HashMap;

use bytes::Bytes;

use super::transactions::CleanedTransactions;
use super::{CleanOptions, CleanStep};
use crate::batch::{Batch, BatchError};
use crate::log::Log;

/// Keys and their last offsets, and how far the map reaches. It is only ever asked by key.
#[derive(Debug)]
pub(super) struct OffsetMap {
    offsets: HashMap<Bytes, i64>,
    max_keys: u64,
    pub(super) latest_offset: i64,
    pub(super) full: bool,
}

impl OffsetMap {
    /// The last offset of this key in the dirty part.
    pub(super) fn get(&self, key: &[u8]) -> Option<i64> {
        self.offsets.get(key).copied()
    }

    pub(super) fn keys(&self) -> u64 {
        self.offsets.len() as u64
    }

    /// Maps the records from `start` to `end`, leaving out aborted ones, until the map is full.
    pub(super) fn build(
        log: &Log,
        start: i64,
        end: i64,
        options: &CleanOptions,
        steps: &mut dyn FnMut(CleanStep<'_>),
    ) -> Result<Self, BatchError> {
        let mut map = Self {
            offsets: HashMap::new(),
            max_keys: options.max_keys,
            latest_offset: -1,
            full: false,
        };
        let mut transactions = CleanedTransactions::default();
        transactions.add_aborted(log.aborted_reaching_into(start, end));
        let dirty: Vec<_> = log.segments_between(start, end).collect();
        let ends = dirty.iter().skip(1).map(|next| next.base_offset()).chain([end]);
        for (segment, next_start) in dirty.iter().zip(ends) {
            let position = segment.offset_index().lookup(start).position;
            for stored in segment.batches_from_position(position) {
                let batch = &stored.batch;
                if !map.add_batch(batch, start, &mut transactions, steps)? {
                    map.full = true;
                    return Ok(map);
                }
                if batch.last_offset() >= start {
                    map.latest_offset = batch.last_offset();
                }
            }
            // There may be a gap before the next segment.
            map.latest_offset = next_start.saturating_sub(1);
        }
        Ok(map)
    }

    /// False if the map had no room for a key of the batch.
    fn add_batch(
        &mut self,
        batch: &Batch,
        start: i64,
        transactions: &mut CleanedTransactions,
        steps: &mut dyn FnMut(CleanStep<'_>),
    ) -> Result<bool, BatchError> {
        if batch.is_control() {
            transactions.on_control(batch);
            return Ok(true);
        }
        if transactions.on_data(batch) {
            steps(CleanStep::SkippedAborted { batch });
            return Ok(true);
        }
        let payload = batch.payload()?;
        for record in &payload {
            let record = record?;
            let Some(key) = record.key.filter(|_| record.offset >= start) else { continue };
            if self.keys() >= self.max_keys {
                return Ok(false);
            }
            match self.offsets.get_mut(key) {
                Some(offset) => *offset = record.offset,
                None => {
                    self.offsets.insert(payload.bytes().slice_ref(key), record.offset);
                }
            }
            steps(CleanStep::Mapped { offset: record.offset, key });
        }
        Ok(true)
    }
}
