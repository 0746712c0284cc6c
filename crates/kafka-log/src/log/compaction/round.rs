//! One round of cleaning: `Cleaner.doClean` and `cleanSegments`.

use std::sync::Arc;

use super::batch_filter::Filter;
use super::offset_map::OffsetMap;
use super::segment_groups::group_lengths;
use super::transactions::CleanedTransactions;
use super::{CleanOptions, CleanReport, CleanStep, CleanedGroup};
use crate::batch::BatchError;
use crate::log::Log;
use crate::segment::{AbortedTxn, Segment};

/// A segment written by a round, and what it stands for.
struct Written {
    segment: Segment,
    group: CleanedGroup,
    kept: u64,
    removed: u64,
}

impl Log {
    /// Cleans the log if it is due, and tells `steps` what happens to each record; none is
    /// returned if it is not due. Offsets, log start and high watermark do not change (R-LOG-70).
    ///
    /// Kafka's cleaner thread runs [`Log::delete_old_segments`] afterwards on every compacted log,
    /// cleaned or not.
    ///
    /// # Errors
    /// A batch cannot be read; the log is as it was. Kafka leaves such a partition alone until the
    /// broker restarts (R-LOG-71).
    pub fn clean(
        &mut self,
        now_ms: i64,
        options: &CleanOptions,
        steps: &mut dyn FnMut(CleanStep<'_>),
    ) -> Result<Option<CleanReport>, BatchError> {
        let before = self.cleaner_state(now_ms);
        // A checkpoint outside the log is put right even if nothing is cleaned.
        let misplaced = |end: i64| end != before.first_dirty_offset;
        if self.config.cleanup_policy.compact && self.cleaner_checkpoint.is_some_and(misplaced) {
            self.cleaner_checkpoint = Some(before.first_dirty_offset);
        }
        if !before.due {
            return Ok(None);
        }
        let (start, end) = (before.first_dirty_offset, before.first_uncleanable_offset);
        let map = OffsetMap::build(self, start, end, options, steps)?;
        let end_offset = map.latest_offset.saturating_add(1);
        let cleaned = self.closed.partition_point(|segment| segment.base_offset() < end_offset);
        let sources = self.closed.get(..cleaned).unwrap_or_default();
        let filter = Filter {
            map: &map,
            producers: self.producer_state.producers().clone(),
            now_ms,
            delete_retention_ms: self.config.delete_retention_ms,
            upper_bound: end,
        };
        let mut transactions = CleanedTransactions::default();
        let mut written = Vec::new();
        let mut rest = sources;
        for length in group_lengths(sources, &self.config, end) {
            let (group, later) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            written.push(self.clean_group(group, &filter, &mut transactions, steps)?);
            rest = later;
        }
        let mut report = CleanReport {
            before,
            end_offset,
            keys: map.keys(),
            map_full: map.full,
            groups: Vec::new(),
            records_kept: 0,
            records_removed: 0,
        };
        self.replace_segments(cleaned, written, &mut report);
        self.cleaner_checkpoint = Some(end_offset);
        Ok(Some(report))
    }

    fn clean_group(
        &self,
        group: &[Arc<Segment>],
        filter: &Filter<'_>,
        transactions: &mut CleanedTransactions,
        steps: &mut dyn FnMut(CleanStep<'_>),
    ) -> Result<Written, BatchError> {
        let sources: Vec<i64> = group.iter().map(|segment| segment.base_offset()).collect();
        steps(CleanStep::Group { sources: &sources });
        let base_offset = sources.first().copied().unwrap_or_default();
        let mut segment = Segment::new(base_offset, &self.config, 0, filter.now_ms);
        let (mut kept, mut removed) = (0_u64, 0_u64);
        for (index, source) in group.iter().enumerate() {
            let next = group.get(index.saturating_add(1));
            let upper = next.map_or(source.next_offset(), |next| next.base_offset());
            transactions.add_aborted(self.aborted_reaching_into(source.base_offset(), upper));
            for stored in source.batches() {
                let filtered = filter.apply(&stored.batch, transactions, steps)?;
                kept = kept.saturating_add(filtered.kept);
                removed = removed.saturating_add(filtered.removed);
                if let Some(aborted) = filtered.aborted {
                    segment.append_aborted(aborted);
                }
                if let Some(batch) = filtered.batch {
                    segment.append(batch, filter.now_ms);
                }
            }
        }
        segment.on_become_inactive();
        if let Some(last) = group.last() {
            segment.set_last_modified_ms(last.last_modified_ms());
        }
        let bytes_before = group.iter().map(|source| u64::from(source.size())).sum();
        let bytes_after = u64::from(segment.size());
        let group = CleanedGroup { sources, bytes_before, bytes_after };
        Ok(Written { segment, group, kept, removed })
    }

    /// Puts the written segments in the place of the first `count` old ones.
    fn replace_segments(&mut self, count: usize, written: Vec<Written>, report: &mut CleanReport) {
        let mut new = Vec::with_capacity(written.len());
        for Written { segment, group, kept, removed } in written {
            for merged in group.sources.iter().skip(1) {
                self.producer_state.remove_snapshot(*merged);
            }
            new.push(Arc::new(segment));
            report.groups.push(group);
            report.records_kept = report.records_kept.saturating_add(kept);
            report.records_removed = report.records_removed.saturating_add(removed);
        }
        let closed = Arc::make_mut(&mut self.closed);
        let count = count.min(closed.len());
        closed.splice(..count, new);
    }

    /// Aborted transactions with data between `start` and `upper` whose marker is not below the
    /// log start (`collectAbortedTransactions`).
    pub(super) fn aborted_reaching_into(&self, start: i64, upper: i64) -> Vec<AbortedTxn> {
        let mut found = Vec::new();
        for txn in self.segments_from(self.floor_index(start)).flat_map(Segment::aborted_txns) {
            if txn.last_offset >= self.log_start_offset && txn.first_offset < upper {
                found.push(*txn);
            }
            if txn.last_stable_offset >= upper {
                break;
            }
        }
        found
    }
}
