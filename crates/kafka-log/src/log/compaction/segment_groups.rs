//! Which neighbours become one segment: `groupSegmentsBySize` (R-LOG-69).

use std::sync::Arc;

use crate::config::LogConfig;
use crate::segment::Segment;

/// Cuts the segments into runs whose logs, and whose indexes, fit one segment together. The
/// answer is how many segments each run has.
pub(super) fn group_lengths(
    segments: &[Arc<Segment>],
    config: &LogConfig,
    first_uncleanable_offset: i64,
) -> Vec<usize> {
    let max_size = u64::from(config.segment_bytes.max(0).unsigned_abs());
    let max_index_size = u64::from(config.segment_index_bytes.max(0).unsigned_abs());
    let mut lengths = Vec::new();
    let mut group: Option<Group> = None;
    for (index, segment) in segments.iter().enumerate() {
        let next = segments.get(index.saturating_add(1));
        let end = next.map_or(first_uncleanable_offset, |next| next.base_offset());
        let last_offset = end.saturating_sub(1);
        match &mut group {
            Some(open) if open.has_room(segment, last_offset, max_size, max_index_size) => {
                open.add(segment);
            }
            _ => {
                lengths.extend(group.take().map(|full| full.length));
                group = Some(Group::of(segment));
            }
        }
    }
    lengths.extend(group.map(|last| last.length));
    lengths
}

struct Group {
    base_offset: i64,
    length: usize,
    size: u64,
    offset_index_size: u64,
    time_index_size: u64,
}

impl Group {
    fn of(segment: &Segment) -> Self {
        Self {
            base_offset: segment.base_offset(),
            length: 1,
            size: u64::from(segment.size()),
            offset_index_size: segment.offset_index().size_in_bytes(),
            time_index_size: segment.time_index().size_in_bytes(),
        }
    }

    /// `last_offset` is the last the segment can have, going by where the next one starts.
    fn has_room(
        &self,
        segment: &Segment,
        last_offset: i64,
        max_size: u64,
        max_index_size: u64,
    ) -> bool {
        let span = last_offset.saturating_sub(self.base_offset);
        self.size.saturating_add(u64::from(segment.size())) <= max_size
            && self.offset_index_size.saturating_add(segment.offset_index().size_in_bytes())
                <= max_index_size
            && self.time_index_size.saturating_add(segment.time_index().size_in_bytes())
                <= max_index_size
            && (segment.size() == 0 || span <= i64::from(i32::MAX))
    }

    fn add(&mut self, segment: &Segment) {
        let other = Self::of(segment);
        self.length = self.length.saturating_add(1);
        self.size = self.size.saturating_add(other.size);
        self.offset_index_size = self.offset_index_size.saturating_add(other.offset_index_size);
        self.time_index_size = self.time_index_size.saturating_add(other.time_index_size);
    }
}
