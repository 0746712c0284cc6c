//! Offsets by time: `UnifiedLog.fetchOffsetByTimestamp` (R-LOG-33).

use super::Log;
use crate::batch::{Batch, NO_TIMESTAMP};
use crate::segment::Segment;

/// What offset is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OffsetSpec {
    /// The log end (-1). A broker answers clients with high watermark or last stable offset.
    Latest,
    /// The log start (-2).
    Earliest,
    /// The first record that has the largest timestamp (-3).
    MaxTimestamp,
    /// The first record whose timestamp is this or later, ms.
    Timestamp(i64),
}

impl OffsetSpec {
    /// The spec a ListOffsets timestamp stands for; none for those that need tiered storage.
    pub fn from_timestamp(timestamp: i64) -> Option<Self> {
        match timestamp {
            -1 => Some(Self::Latest),
            // Without tiered storage the earliest local offset (-4) is the earliest.
            -2 | -4 => Some(Self::Earliest),
            -3 => Some(Self::MaxTimestamp),
            0.. => Some(Self::Timestamp(timestamp)),
            _ => None,
        }
    }
}

/// An offset that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FoundOffset {
    /// The offset.
    pub offset: i64,
    /// The record's timestamp, ms; -1 where none was asked for.
    pub timestamp: i64,
    /// The leader epoch it was written under, where known.
    pub leader_epoch: Option<i32>,
}

impl Log {
    /// Finds an offset; none if no record fits.
    pub fn offset_for(&self, spec: OffsetSpec) -> Option<FoundOffset> {
        match spec {
            OffsetSpec::Latest => Some(FoundOffset {
                offset: self.log_end_offset,
                timestamp: NO_TIMESTAMP,
                leader_epoch: self.leader_epochs.latest(),
            }),
            OffsetSpec::Earliest => {
                let earliest = self.leader_epochs.earliest();
                let covers = earliest.filter(|entry| entry.start_offset <= self.log_start_offset);
                Some(FoundOffset {
                    offset: self.log_start_offset,
                    timestamp: NO_TIMESTAMP,
                    leader_epoch: covers.map(|entry| entry.epoch),
                })
            }
            OffsetSpec::MaxTimestamp => self.offset_of_max_timestamp(),
            OffsetSpec::Timestamp(target) => self.offset_at_or_after(target),
        }
    }

    fn offset_of_max_timestamp(&self) -> Option<FoundOffset> {
        // The first of several segments that share the largest timestamp.
        let segment = self.segment_iter().rev().max_by_key(|s| s.max_timestamp().timestamp)?;
        let largest = segment.max_timestamp();
        let position = segment.offset_index().lookup(largest.offset).position;
        let batch = &segment
            .batches_from_position(position)
            .find(|stored| stored.batch.max_timestamp() == largest.timestamp)?
            .batch;
        let record =
            batch.payload().ok()?.iter().map_while(Result::ok).find_map(|record| {
                (record.timestamp == largest.timestamp).then_some(record.offset)
            })?;
        Some(FoundOffset {
            offset: record,
            timestamp: largest.timestamp,
            leader_epoch: known_epoch(batch),
        })
    }

    /// Only the first segment that reaches the target is searched, so with timestamps out of
    /// order a later record may be older than the one found.
    fn offset_at_or_after(&self, target: i64) -> Option<FoundOffset> {
        let reaches = |segment: &&Segment| segment.largest_timestamp() >= target;
        let segment = self.segment_iter().find(reaches)?;
        let indexed = segment.time_index().lookup(target).offset.max(self.log_start_offset);
        let position = segment.offset_index().lookup(indexed).position;
        segment
            .batches_from_position(position)
            .map(|stored| &stored.batch)
            .filter(|batch| batch.max_timestamp() >= target)
            .find_map(|batch| first_record_at(batch, target, self.log_start_offset))
    }
}

fn first_record_at(batch: &Batch, target: i64, start_offset: i64) -> Option<FoundOffset> {
    let payload = batch.payload().ok()?;
    let found = payload
        .iter()
        .map_while(Result::ok)
        .find(|record| record.timestamp >= target && record.offset >= start_offset)?;
    Some(FoundOffset {
        offset: found.offset,
        timestamp: found.timestamp,
        leader_epoch: known_epoch(batch),
    })
}

fn known_epoch(batch: &Batch) -> Option<i32> {
    Some(batch.partition_leader_epoch()).filter(|epoch| *epoch >= 0)
}
