//! One pass of the cleaner, written down as it goes.

use crate::ids::TimestampMs;
use crate::read::key_text;
use crate::view::{CleanFate, CleanMapRow, CleanPassView, CleanRecordRow, CleanSegmentView};
use kafka_log::log::{BatchFate, CleanOptions, CleanReport, CleanStep, KeptRecord, RemovedRecord};
use kafka_log::{BatchError, Log};
use sorted::SortedMap;

/// Most keys of the offset map that are kept.
const MAX_KEYS: usize = 500;
/// Most records that are kept.
const MAX_RECORDS: usize = 1_000;

/// Cleans the log if it is due, and tells of it, record by record from `from` on.
pub(super) fn run(
    log: &mut Log,
    now_ms: TimestampMs,
    options: &CleanOptions,
    from: i64,
) -> Result<Option<CleanPassView>, BatchError> {
    let mut recorder = Recorder { from, ..Recorder::default() };
    let report = log.clean(now_ms, options, &mut |step| recorder.step(step))?;
    Ok(report.map(|report| recorder.finish(now_ms, &report)))
}

#[derive(Default)]
struct Recorder {
    from: i64,
    map: SortedMap<Box<[u8]>, i64>,
    view: CleanPassView,
    /// Where the rows of the batch at hand begin.
    batch_row: usize,
}

impl Recorder {
    fn step(&mut self, step: CleanStep<'_>) {
        match step {
            CleanStep::Mapped { offset, key } => self.mapped(key, offset),
            CleanStep::Kept { offset, key, why, .. } => {
                self.view.tombstones_kept += u64::from(why == KeptRecord::Tombstone);
                let key = key.filter(|_| why != KeptRecord::Marker);
                self.record(offset, key, kept(why), None);
            }
            CleanStep::Removed { offset, key, why, .. } => {
                let (fate, by) = removed(why);
                let key = key.filter(|_| fate != CleanFate::ExpiredMarker);
                self.record(offset, key, fate, by);
            }
            CleanStep::Batch { batch, fate } => {
                let horizon = match fate {
                    BatchFate::Dropped => None,
                    BatchFate::Rewritten { new_delete_horizon_ms: Some(new) } => Some(new),
                    _ => batch.delete_horizon_ms(),
                };
                self.horizon(horizon);
            }
            CleanStep::SkippedAborted { .. } | CleanStep::Group { .. } => {}
        }
    }

    fn mapped(&mut self, key: &[u8], offset: i64) {
        if let Some(known) = self.map.get_mut(key) {
            *known = offset;
        } else if self.map.len() < MAX_KEYS {
            self.map.insert(key.into(), offset);
        }
    }

    fn record(&mut self, offset: i64, key: Option<&[u8]>, fate: CleanFate, by: Option<i64>) {
        if offset < self.from {
            return;
        }
        if self.view.records.len() >= MAX_RECORDS {
            self.view.more_records += 1;
            return;
        }
        self.view.records.push(CleanRecordRow {
            offset,
            key: key.map(key_text),
            fate,
            superseded_by: by,
            horizon_ms: None,
        });
    }

    /// The batch whose rows came last has this delete horizon.
    fn horizon(&mut self, horizon_ms: Option<TimestampMs>) {
        let rows = self.view.records.get_mut(self.batch_row..).unwrap_or_default();
        for row in rows.iter_mut().filter(|row| row.fate.stays()) {
            row.horizon_ms = horizon_ms;
        }
        self.batch_row = self.view.records.len();
        if let Some(horizon_ms) = horizon_ms {
            let next = &mut self.view.next_horizon_ms;
            *next = Some(next.map_or(horizon_ms, |next| next.min(horizon_ms)));
        }
    }

    fn finish(self, now_ms: TimestampMs, report: &CleanReport) -> CleanPassView {
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let mut map: Vec<CleanMapRow> = self
            .map
            .iter()
            .map(|(key, &offset)| CleanMapRow { key: key_text(key), offset })
            .collect();
        sorted::sort_by_key(&mut map, |row| row.offset);
        let segments = report.groups.iter().map(|group| CleanSegmentView {
            sources: group.sources.clone(),
            bytes_before: bytes(group.bytes_before),
            bytes_after: bytes(group.bytes_after),
        });
        CleanPassView {
            at_ms: now_ms,
            due: true,
            first_dirty: report.before.first_dirty_offset,
            end_offset: report.end_offset,
            keys: report.keys,
            map_full: report.map_full,
            bytes_before: report.groups.iter().map(|group| bytes(group.bytes_before)).sum(),
            bytes_after: report.groups.iter().map(|group| bytes(group.bytes_after)).sum(),
            records_kept: report.records_kept,
            records_removed: report.records_removed,
            map,
            segments: segments.collect(),
            ..self.view
        }
    }
}

fn kept(why: KeptRecord) -> CleanFate {
    match why {
        KeptRecord::LatestOfKey => CleanFate::Latest,
        KeptRecord::Tombstone => CleanFate::Tombstone,
        KeptRecord::BeyondMap => CleanFate::BeyondMap,
        KeptRecord::Marker => CleanFate::Marker,
    }
}

fn removed(why: RemovedRecord) -> (CleanFate, Option<i64>) {
    match why {
        RemovedRecord::Superseded { by } => (CleanFate::Superseded, Some(by)),
        RemovedRecord::ExpiredTombstone => (CleanFate::ExpiredTombstone, None),
        RemovedRecord::Aborted => (CleanFate::Aborted, None),
        RemovedRecord::ExpiredMarker => (CleanFate::ExpiredMarker, None),
        RemovedRecord::NoKey => (CleanFate::NoKey, None),
    }
}
