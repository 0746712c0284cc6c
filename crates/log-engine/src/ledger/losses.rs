//! Batches that get lost: on their way, with their producer's process, or with the last log that had them.

use super::{Ledger, Place, Row, Told, bit};
use crate::ids::BrokerId;
use kafka_log::{Batch, BatchTag};

/// Most lost batches whose bytes are kept.
const MOST_LOST: usize = 2_000;

impl Ledger {
    /// A request with the batch has got lost on its way, or was refused. Where its producer wants no answer (`acks=0`),
    /// or its process is gone, nobody sends it again.
    pub(crate) fn not_stored(&mut self, tag: BatchTag, unanswered: bool) {
        if unanswered {
            self.dropped(tag);
        } else if !self.orphans.is_empty() && self.orphans.remove(&tag.0) {
            self.abandoned(tag);
        }
    }

    fn dropped(&mut self, tag: BatchTag) {
        let gone = |row: &Row| row.place == Place::InFlight && row.told == Told::Acked;
        if self.row(tag).is_some_and(gone) {
            self.move_to(tag, Place::Lost);
            self.count_lost(tag);
        }
    }

    /// The producer's process died while a request with the batch was on its way.
    pub(crate) fn orphaned(&mut self, tag: BatchTag) {
        if self.row(tag).is_some_and(|row| row.place == Place::InFlight) {
            self.orphans.insert(tag.0);
        }
    }

    /// The producer's process died with the batch unsent, or before it was tried again: nobody was told anything.
    pub(crate) fn abandoned(&mut self, tag: BatchTag) {
        if self.row(tag).is_some_and(|row| matches!(row.place, Place::Buffered | Place::InFlight)) {
            self.move_to(tag, Place::Failed);
        }
    }

    /// A broker has it there no more: its log was cut, or its disk is gone. Where nobody has it any more it is lost.
    pub(crate) fn cut(&mut self, batch: &Batch, broker: BrokerId) {
        let (tag, base_offset) = (batch.tag(), batch.base_offset());
        self.on_broker(tag, base_offset, |on| *on &= !bit(broker));
        let gone = |row: &Row| row.on == 0 && row.place == Place::Stored;
        let Some(acked) = self.row(tag).filter(|row| gone(row)).map(|row| row.told == Told::Acked)
        else {
            return;
        };
        if let Some(again) = self.duplicates.get_mut(&tag.0)
            && let Some(at) = again.iter().position(|copy| copy.on != 0)
        {
            // It is still there, at another offset.
            let copy = again.swap_remove(at);
            return self.change(tag, |row| (row.base_offset, row.on) = (copy.base_offset, copy.on));
        }
        self.move_to(tag, Place::Lost);
        self.lost.insert(tag.0, batch.clone());
        if self.lost.len() > MOST_LOST {
            self.lost.pop_first();
        }
        if acked {
            self.count_lost(tag);
        }
    }

    pub(super) fn count_lost(&mut self, tag: BatchTag) {
        if let Some((row, totals)) = self.row_mut(tag) {
            totals.lost_after_ack += u64::from(row.records);
        }
    }

    /// The bytes of a lost batch, if they are kept.
    pub(crate) fn lost_batch(&self, tag: BatchTag) -> Option<&Batch> {
        self.lost.get(&tag.0)
    }
}
