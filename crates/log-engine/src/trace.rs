//! The trace: a bounded ring of events in shared chunks, a hash over all of them, and the moments worth a mark
//! on the timeline. An event older than the ring is had again by replay.

use crate::column::Column;
use crate::event::{Event, EventKind};
use crate::hash::StableHasher;
use crate::ids::{EventId, TimestampMs};
use crate::view::MarkView;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

const CHUNK: usize = 64;
/// Events kept: 256 chunks of 64.
const CHUNKS: usize = 256;
/// What an event carries beside itself, about: the command of an action, lists of offsets and partitions.
const CARRIED_BYTES: usize = 48;
/// Of a trimmed trace so many chunks stay.
const TRIMMED_CHUNKS: usize = 2;
/// Events from one sample of what happened to the next.
pub(crate) const SAMPLED: u64 = 512;
/// Timeline marks kept.
const MARKS: usize = 2_000;

/// What happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    chunks: VecDeque<Arc<Vec<Event>>>,
    next: u64,
    hasher: StableHasher,
    marks: VecDeque<Arc<MarkView>>,
    /// The same hash over what happened alone: without what a person did, and without the events' numbers, which an
    /// action more or less shifts. By it two runs are told apart.
    happened: StableHasher,
    happenings: u64,
    /// That hash after each [`SAMPLED`] of them.
    samples: Column<u64>,
    /// Events get their number and are forgotten, for [`Engine::unaccounted`](crate::Engine::unaccounted).
    closed: bool,
}

impl Trace {
    /// Forgets each event from now on, and has no hash any more.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

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
        if self.closed {
            see(&event);
            return id;
        }
        event.hash(&mut self.hasher);
        see(&event);
        if !event.kind.is_action() {
            (event.at_ms, &event.kind).hash(&mut self.happened);
            self.happenings += 1;
            if self.happenings.is_multiple_of(SAMPLED) {
                self.samples.push(self.happened.finish());
            }
        }
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

    /// How many events there were that are no action.
    pub(crate) fn happenings(&self) -> u64 {
        self.happenings
    }

    /// The hash over those.
    pub(crate) fn happened(&self) -> u64 {
        self.happened.finish()
    }

    /// That hash after the first so many times [`SAMPLED`] of them.
    pub(crate) fn sample(&self, at: u64) -> Option<u64> {
        self.samples.get(at).copied()
    }

    /// Lets go of all but the newest events; [`Self::take_older`] brings them back.
    pub(crate) fn trim(&mut self) {
        while self.chunks.len() > TRIMMED_CHUNKS {
            self.chunks.pop_front();
        }
    }

    /// The oldest event there is, and the oldest there was before it was trimmed.
    pub(crate) fn depth(&self) -> (u64, u64) {
        let oldest = self.chunks.front().and_then(|chunk| chunk.first());
        let chunks = u64::try_from(CHUNK).unwrap_or(1);
        let ring = u64::try_from(CHUNKS).unwrap_or(1);
        let full = self.next.div_ceil(chunks).saturating_sub(ring);
        (oldest.map_or(self.next + 1, |event| event.id.0), full * chunks + 1)
    }

    /// Takes over the events before its oldest from another trace of the same run.
    pub(crate) fn take_older(&mut self, other: &Self) {
        let (oldest, full) = self.depth();
        let first = |chunk: &Arc<Vec<Event>>| chunk.first().map_or(u64::MAX, |event| event.id.0);
        let whole = |chunk: &&Arc<Vec<Event>>| chunk.len() == CHUNK;
        let older = other
            .chunks
            .iter()
            .filter(whole)
            .filter(|chunk| (full..oldest).contains(&first(chunk)));
        let mut taken: VecDeque<Arc<Vec<Event>>> = older.cloned().collect();
        // Without a gap, or not at all.
        let end = taken.back().map_or(0, first) + u64::try_from(CHUNK).unwrap_or(0);
        if end == oldest {
            taken.append(&mut self.chunks);
            self.chunks = taken;
        }
    }

    /// Bytes of its own beside another trace of the run that shares chunks with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let shared = |chunk: &Arc<Vec<Event>>| {
            let id = EventId(chunk.first().map_or(0, |event| event.id.0));
            let theirs = other.chunk_of(id);
            theirs.is_some_and(|theirs| Arc::ptr_eq(theirs, chunk))
        };
        let own = self.chunks.iter().rev().filter(|chunk| !shared(chunk));
        let events = own.map(|chunk| chunk.capacity()).fold(0usize, usize::saturating_add);
        events
            .saturating_mul(size_of::<Event>().saturating_add(CARRIED_BYTES))
            .saturating_add(self.samples.unshared_bytes(&other.samples))
    }

    fn chunk_of(&self, id: EventId) -> Option<&Arc<Vec<Event>>> {
        let first = self.chunks.front()?.first()?.id.0;
        let at = usize::try_from(id.0.checked_sub(first)?).ok()?;
        self.chunks.get(at / CHUNK)
    }

    /// One event, while the ring still has it.
    pub(crate) fn get(&self, id: EventId) -> Option<&Event> {
        let first = self.chunks.front()?.first()?.id.0;
        let at = usize::try_from(id.0.checked_sub(first)?).ok()?;
        self.chunk_of(id)?.get(at % CHUNK)
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
