use super::*;
use log_engine::BrokerId;
use log_engine::view::SegmentView;

/// A lane with offsets `start..end`, keys a and b in turn, and segments at these offsets.
pub(crate) fn lane(start: i64, end: i64, bases: &[i64]) -> LaneView {
    let segments = bases.iter().enumerate().map(|(index, base)| SegmentView {
        base_offset: *base,
        next_offset: bases.get(index + 1).copied().unwrap_or(end),
        bytes: 100,
        active: index + 1 == bases.len(),
        largest_timestamp: 0,
        index_bytes: 0,
        time_index_bytes: 0,
    });
    let cells = (start..end).map(|offset| CellView {
        offset,
        key: Some(if offset % 2 == 0 { "a" } else { "b" }.into()),
        kind: CellKind::Record,
        bytes: 20,
    });
    LaneView {
        topic: "orders".to_owned(),
        topic_id: String::new(),
        partition: 0,
        leader: Some(BrokerId(1)),
        leader_epoch: 0,
        replicas: Vec::new(),
        isr: Vec::new(),
        elr: Vec::new(),
        adding: Vec::new(),
        removing: Vec::new(),
        partition_epoch: 0,
        min_isr: 1,
        shown: BrokerId(1),
        log_start: start,
        high_watermark: end,
        last_stable: end,
        log_end: end,
        bytes: 0,
        index_bytes: 0,
        version: 1,
        window_first: start,
        window_end: end,
        segments: segments.collect(),
        window_bytes: 0,
        window_uncompressed_bytes: 0,
        codecs: Vec::new(),
        cells: cells.collect(),
        cursors: Vec::new(),
        retention: None,
        gaps: Vec::new(),
        cleaner: None,
        deleted: None,
    }
}
