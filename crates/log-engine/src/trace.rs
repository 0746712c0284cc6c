//! The trace: a bounded ring of events in shared chunks, a hash over all of them, and the moments worth a mark
//! on the timeline. An event older than the ring is had again by replay.

use crate::event::{Event, EventKind};
use crate::hash::StableHasher;
use crate::ids::{EventId, TimestampMs};
use crate::view::MarkView;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

const CHUNK: usize = 256;
/// Events kept: 64 chunks of 256.
const CHUNKS: usize = 64;
/// Timeline marks kept.
const MARKS: usize = 2_000;

/// What happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    chunks: VecDeque<Arc<Vec<Event>>>,
    next: u64,
    hasher: StableHasher,
    marks: VecDeque<Arc<MarkView>>,
}

impl Trace {
    /// Writes an event and gives its number. `see` is shown it.
    pub(crate) fn push(
        &mut self,
        at_ms: TimestampMs,
        cause: Option<EventId>,
        kind: EventKind,
        see: impl FnOnce(&Event),
    ) -> EventId {
        self.next += 1;
        let id = EventId(self.next);
        let event = Event { id, at_ms, cause, kind };
        event.hash(&mut self.hasher);
        see(&event);
        match self.chunks.back_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(event),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(event);
                self.chunks.push_back(Arc::new(chunk));
                if self.chunks.len() > CHUNKS {
                    self.chunks.pop_front();
                }
            }
        }
        id
    }

    /// Remembers a moment for the timeline.
    pub(crate) fn mark(&mut self, at_ms: TimestampMs, kind: &str, label: String, event: EventId) {
        let mark = MarkView { at_ms, kind: kind.to_owned(), label, event };
        self.marks.push_back(Arc::new(mark));
        if self.marks.len() > MARKS {
            self.marks.pop_front();
        }
    }

    /// The marks, oldest first.
    pub(crate) fn marks(&self) -> Vec<MarkView> {
        self.marks.iter().map(|mark| MarkView::clone(mark)).collect()
    }

    /// The number of the newest event, 0 before the first.
    pub(crate) fn newest(&self) -> u64 {
        self.next
    }

    /// The hash over all events so far.
    pub(crate) fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    /// One event, while the ring still has it.
    pub(crate) fn get(&self, id: EventId) -> Option<&Event> {
        let first = self.chunks.front()?.first()?.id.0;
        let at = usize::try_from(id.0.checked_sub(first)?).ok()?;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    /// Events before `before` (or all), newest first.
    pub(crate) fn newest_first(&self, before: Option<EventId>) -> impl Iterator<Item = &Event> {
        let before = before.map_or(u64::MAX, |id| id.0);
        self.chunks
            .iter()
            .rev()
            .flat_map(|chunk| chunk.iter().rev())
            .skip_while(move |event| event.id.0 >= before)
    }
}
