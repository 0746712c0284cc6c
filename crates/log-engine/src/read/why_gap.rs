//! Why an offset has no record.

use super::why::said;
use crate::ids::TopicPartition;
use crate::view::{CleanFate, CleanPassView, WhyView};
use crate::world::World;

impl World {
    pub(super) fn why_gap(&self, tp: &TopicPartition, offset: i64) -> Option<WhyView> {
        let (_, partition) = self.shown(tp)?;
        if offset < partition.log.log_start_offset() {
            return self.why_log_start(tp);
        }
        let mut steps = vec![said(
            format!("Offset {offset} of P{} has no record", tp.partition),
            "Offsets never change, so holes stay; a fetch there gives the next record.",
            "event",
            "R-LOG-31",
        )];
        if let Some(pass) = partition.cleaner.last.as_deref() {
            let (title, detail) = kept_instead(pass, offset);
            steps.push(said(title, detail, "event", "R-LOG-65"));
        }
        if let Some(event) = partition.cleaner.cleaned_by.and_then(|id| self.trace.get(id)) {
            self.chain(event, &mut steps);
        }
        if partition.config.cleanup_policy.compact {
            let title = "cleanup.policy is compact";
            steps.push(said(title, "The newest record of each key is kept.", "config", "R-LOG-51"));
        }
        let question = format!("Why is offset {offset} of P{} gone?", tp.partition);
        Some(WhyView { question, steps })
    }
}

/// What the last pass says of the offset.
fn kept_instead(pass: &CleanPassView, offset: i64) -> (String, String) {
    let row = pass.records.iter().find(|row| row.offset == offset);
    let key = row.and_then(|row| row.key.as_deref()).unwrap_or("its key");
    match row.map(|row| (row.fate, row.superseded_by)) {
        Some((CleanFate::Superseded, Some(by))) => (
            format!("{key} is at {by}: the older record went"),
            format!("The cleaner mapped each key to its last offset below {}.", pass.end_offset),
        ),
        Some((CleanFate::ExpiredTombstone, _)) => (
            format!("The tombstone of {key} was past its delete horizon"),
            "delete.retention.ms after the pass that first kept it.".to_owned(),
        ),
        Some((CleanFate::Aborted, _)) => (
            "Its transaction was aborted".to_owned(),
            "Aborted records go at the next pass.".to_owned(),
        ),
        Some((CleanFate::NoKey, _)) => (
            "It had no key".to_owned(),
            "It was written before the topic was compacted.".to_owned(),
        ),
        _ => (
            "The cleaner kept the newest record of each key".to_owned(),
            format!("Up to offset {}.", pass.end_offset - 1),
        ),
    }
}
