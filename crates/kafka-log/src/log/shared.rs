//! What a clone of a log holds alone, once the two have gone their own ways.

use std::sync::Arc;

use super::Log;
use crate::segment::Segment;

impl Log {
    /// Bytes of its own beside `other`, another moment of the same log: deleted segments and what has been written to
    /// since. An estimate by counts and capacities; nothing is read.
    pub fn unshared_bytes(&self, other: &Self) -> usize {
        let active = if Arc::ptr_eq(&self.active, &other.active) {
            0
        } else {
            beside(&self.active, other.segment_based_at(self.active.base_offset()))
        };
        let closed = if Arc::ptr_eq(&self.closed, &other.closed) {
            0
        } else {
            let own = |segment: &Arc<Segment>| {
                let theirs = other.segment_based_at(segment.base_offset());
                match theirs {
                    Some(theirs) if Arc::ptr_eq(theirs, segment) => 0,
                    theirs => beside(segment, theirs),
                }
            };
            let pointers = self.closed.len().saturating_mul(size_of::<Arc<Segment>>());
            self.closed.iter().map(own).fold(pointers, usize::saturating_add)
        };
        let producers = self.producer_state.unshared_bytes(&other.producer_state);
        active.saturating_add(closed).saturating_add(producers)
    }

    fn segment_based_at(&self, base_offset: i64) -> Option<&Arc<Segment>> {
        if self.active.base_offset() == base_offset {
            return Some(&self.active);
        }
        let at = self.closed.binary_search_by_key(&base_offset, |segment| segment.base_offset());
        self.closed.get(at.ok()?)
    }
}

fn beside(segment: &Segment, theirs: Option<&Arc<Segment>>) -> usize {
    match theirs {
        Some(theirs) => segment.unshared_bytes(theirs),
        None => segment.own_bytes(),
    }
}
