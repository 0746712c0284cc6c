//! The run that a deck's own one is compared with: both have one scale, and the lanes and records that differ are marked.

use super::layout::Layout;
use super::paint::has_cells;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::view::LaneView;
use std::sync::Arc;

/// The other run, from context; there is none outside of a comparison.
#[derive(Clone, Copy)]
pub struct Across {
    /// Reads the other run.
    pub other: Session,
    /// Partitions of the shown topic that differ, in order.
    pub partitions: Signal<Arc<Vec<i32>>>,
}

impl Across {
    /// Whether a partition differs.
    pub fn differs(self, partition: i32) -> bool {
        self.partitions.with(|all| all.contains(&partition))
    }

    /// Offsets of the records in view that the other run has not, or has otherwise. It costs what is in view.
    pub fn records(self, session: Session, view: &LaneView, layout: &Layout) -> Vec<i64> {
        if !has_cells(layout) || !self.differs(view.partition) {
            return Vec::new();
        }
        let count = usize::try_from(layout.end - layout.first).unwrap_or(0);
        let found = session.read_with(self.other, |ours, theirs| {
            ours.record_differences(theirs, &view.topic, view.partition, layout.first, count)
        });
        let ours = found.into_iter().filter(|record| record.a.is_some());
        ours.map(|record| record.offset).take_while(|offset| *offset < layout.end).collect()
    }
}
