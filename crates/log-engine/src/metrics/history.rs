//! Cells over time, in bounded memory. Time is cut into buckets of 1.25 s from the scenario's start. Those of the last
//! 80 s are kept as they are; what is older is kept in buckets twice as wide, what is older still in ones four times as
//! wide, and so on, so that what is kept of a moment is about a sixty-fourth of its age wide. A bucket in which nothing
//! was measured takes no room.
//!
//! Which buckets there are follows from the events alone, not from who looks or how time is cut into slices. Sealed
//! buckets are shared by clones.

use super::cells::{Cells, Stat};
use crate::ids::TimestampMs;
use sorted::SortedMap;
use std::sync::Arc;

/// The width of the finest buckets: a fourth of the 5 s of a tick of Kafka's meters.
pub(crate) const BUCKET_MS: i64 = 1_250;
/// Buckets kept of each width, as long as there is room.
const PER_LEVEL: i64 = 64;
/// At least so many of each width.
const MIN_PER_LEVEL: i64 = 8;
/// Room, in cells of 12 to 32 bytes.
pub(crate) const MOST_CELLS: usize = 150_000;
/// Old buckets are looked through once in so many new ones.
const FADE_EVERY: i64 = 8;

/// One sealed bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bucket {
    /// Its width is `BUCKET_MS << level`.
    level: u32,
    /// Which of that width, from the start.
    index: i64,
    cells: Cells,
}

impl Bucket {
    /// First fine bucket in it, and the one after its last.
    fn fine(&self) -> (i64, i64) {
        fine(self.level, self.index)
    }
}

fn fine(level: u32, index: i64) -> (i64, i64) {
    (index << level, (index + 1) << level)
}

/// A stretch of time with what was measured in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<'a> {
    /// Its begin.
    pub from_ms: TimestampMs,
    /// Its end; of the newest one, now.
    pub to_ms: TimestampMs,
    /// What was measured.
    pub cells: &'a Cells,
}

/// All that was measured over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History {
    start_ms: TimestampMs,
    /// What was forgotten, as one stretch from the start up to this fine bucket.
    before: (i64, Arc<Cells>),
    /// Sealed buckets, oldest first.
    sealed: Arc<Vec<Arc<Bucket>>>,
    /// Cells in sealed buckets.
    cells: usize,
    per_level: i64,
    faded: i64,
    open: Open,
}

/// The newest bucket, to be written to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Open {
    index: i64,
    counts: Vec<u64>,
    counted: Vec<u32>,
    stats: Vec<Stat>,
    measured: Vec<u32>,
    values: SortedMap<(u32, u32), u64>,
}

impl Open {
    fn cells(&self) -> Cells {
        let counts = self.counted.iter().filter_map(|&id| Some((id, *self.counts.get(at(id))?)));
        let stats = self.measured.iter().filter_map(|&id| Some((id, *self.stats.get(at(id))?)));
        let mut cells = Cells {
            counts: counts.collect(),
            stats: stats.collect(),
            values: self.values.as_slice().to_vec(),
        };
        sorted::sort_by_key(&mut cells.counts, |(id, _)| *id);
        sorted::sort_by_key(&mut cells.stats, |(id, _)| *id);
        cells
    }

    fn take(&mut self) -> Cells {
        let cells = self.cells();
        for id in self.counted.drain(..) {
            if let Some(count) = self.counts.get_mut(at(id)) {
                *count = 0;
            }
        }
        for id in self.measured.drain(..) {
            if let Some(stat) = self.stats.get_mut(at(id)) {
                *stat = Stat::default();
            }
        }
        self.values = SortedMap::new();
        cells
    }

    fn is_empty(&self) -> bool {
        self.counted.is_empty() && self.measured.is_empty() && self.values.is_empty()
    }
}

fn at(series: u32) -> usize {
    usize::try_from(series).unwrap_or(usize::MAX)
}

impl History {
    /// Bytes of its own beside another moment of it: sealed buckets are shared.
    pub(super) fn unshared_bytes(&self, other: &Self) -> usize {
        let open = &self.open;
        let own = (open.counts.len() + open.values.len() * 2)
            .saturating_mul(size_of::<u64>())
            .saturating_add(open.stats.len().saturating_mul(size_of::<Stat>()));
        if Arc::ptr_eq(&self.sealed, &other.sealed) {
            return own;
        }
        // Both are in order of time.
        let mut theirs = other.sealed.iter().peekable();
        let shared = |bucket: &Arc<Bucket>| {
            let from = bucket.fine().0;
            while theirs.next_if(|other| other.fine().0 < from).is_some() {}
            theirs.peek().is_some_and(|other| Arc::ptr_eq(other, bucket))
        };
        let buckets = self.sealed.iter().map(shared).zip(self.sealed.iter());
        let cells = buckets.filter(|(shared, _)| !shared).map(|(_, bucket)| bucket.cells.bytes());
        let pointers = self.sealed.len().saturating_mul(size_of::<Arc<Bucket>>());
        cells.fold(own.saturating_add(pointers), usize::saturating_add)
    }

    /// Nothing yet.
    pub(crate) fn new(start_ms: TimestampMs) -> Self {
        Self {
            start_ms,
            before: (0, Arc::default()),
            sealed: Arc::default(),
            cells: 0,
            per_level: PER_LEVEL,
            faded: 0,
            open: Open::default(),
        }
    }

    /// Room for so many series of sums and of statistics.
    pub(crate) fn grow(&mut self, counts: u32, stats: u32) {
        self.open.counts.resize(at(counts), 0);
        self.open.stats.resize(at(stats), Stat::default());
    }

    /// Adds to a series' sum.
    pub(crate) fn count(&mut self, now_ms: TimestampMs, series: u32, more: u64) {
        self.come_to(now_ms);
        let Some(count) = self.open.counts.get_mut(at(series)).filter(|_| more > 0) else { return };
        if *count == 0 {
            self.open.counted.push(series);
        }
        *count = count.saturating_add(more);
    }

    /// Measures a value.
    pub(crate) fn measure(&mut self, now_ms: TimestampMs, series: u32, value: u64) {
        self.come_to(now_ms);
        let Some(stat) = self.open.stats.get_mut(at(series)) else { return };
        if stat.count == 0 {
            self.open.measured.push(series);
        }
        stat.add(Stat::of(value));
    }

    /// Counts a value.
    pub(crate) fn value(&mut self, now_ms: TimestampMs, series: u32, value: u32) {
        self.come_to(now_ms);
        *self.open.values.entry((series, rounded(value))).or_default() += 1;
    }

    /// Something happened over and over, `times` times every `every_ms` from `first_ms` on, up to now: `cells` gives what
    /// is measured of so many times of it.
    pub(crate) fn repeat(
        &mut self,
        now_ms: TimestampMs,
        (first_ms, every_ms, times): (TimestampMs, i64, i64),
        cells: impl Fn(u64) -> Cells,
    ) {
        self.come_to(now_ms);
        let every_ms = every_ms.max(1);
        let mut added: Vec<Bucket> = Vec::new();
        let mut done = 0;
        while done < times {
            let (level, index) = self.bucket_of(self.index_of(first_ms + done * every_ms));
            let ends_ms = self.start_ms + fine(level, index).1 * BUCKET_MS;
            let here =
                ((ends_ms - first_ms - 1).max(0) / every_ms + 1 - done).clamp(1, times - done);
            let cells = cells(here.unsigned_abs());
            added.push(Bucket { level, index, cells });
            done += here;
        }
        if let Some(newest) = added.pop_if(|newest| newest.fine().1 > self.open.index) {
            self.add_to_open(&newest.cells);
        }
        self.insert(added);
    }

    fn add_to_open(&mut self, cells: &Cells) {
        for &(id, more) in &cells.counts {
            let Some(count) = self.open.counts.get_mut(at(id)).filter(|_| more > 0) else {
                continue;
            };
            if *count == 0 {
                self.open.counted.push(id);
            }
            *count = count.saturating_add(more);
        }
        for &(id, more) in &cells.stats {
            let Some(stat) = self.open.stats.get_mut(at(id)) else { continue };
            if stat.count == 0 {
                self.open.measured.push(id);
            }
            stat.add(more);
        }
        for &(key, more) in &cells.values {
            *self.open.values.entry(key).or_default() += more;
        }
    }

    /// Puts buckets in their places among the sealed ones.
    fn insert(&mut self, added: Vec<Bucket>) {
        if added.is_empty() {
            return;
        }
        let sealed = Arc::make_mut(&mut self.sealed);
        for bucket in added {
            let (from, _) = bucket.fine();
            if from < self.before.0 {
                Arc::make_mut(&mut self.before.1).add(&bucket.cells);
                continue;
            }
            let place = sealed.partition_point(|known| known.fine().1 <= from);
            match sealed.get_mut(place).filter(|known| known.fine().0 <= from) {
                Some(known) => {
                    let known = Arc::make_mut(known);
                    self.cells -= known.cells.len();
                    known.cells.add(&bucket.cells);
                    self.cells += known.cells.len();
                }
                None => {
                    self.cells += bucket.cells.len();
                    sealed.insert(place, Arc::new(bucket));
                }
            }
        }
        self.fade();
    }

    fn index_of(&self, at_ms: TimestampMs) -> i64 {
        (at_ms - self.start_ms).max(0) / BUCKET_MS
    }

    /// The bucket that has, or would have, this fine one.
    fn bucket_of(&self, index: i64) -> (u32, i64) {
        let place = self.sealed.partition_point(|known| known.fine().1 <= index);
        match self.sealed.get(place).filter(|known| known.fine().0 <= index) {
            Some(known) => (known.level, known.index),
            None if index >= self.open.index => (0, index),
            None => self.faded_place(0, index),
        }
    }

    /// How wide a bucket's place is by now.
    fn faded_place(&self, mut level: u32, mut index: i64) -> (u32, i64) {
        // All of the wider place has to be old enough, so that no other bucket lies in part of it.
        while level < 40 && self.faded - fine(level + 1, index >> 1).1 >= self.per_level << level {
            (level, index) = (level + 1, index >> 1);
        }
        (level, index)
    }

    /// Time has come to here: what is older may be kept coarser.
    pub(crate) fn come_to(&mut self, now_ms: TimestampMs) {
        let index = self.index_of(now_ms);
        if index <= self.open.index {
            return;
        }
        if !self.open.is_empty() {
            let bucket = Bucket { level: 0, index: self.open.index, cells: self.open.take() };
            self.cells += bucket.cells.len();
            Arc::make_mut(&mut self.sealed).push(Arc::new(bucket));
        }
        self.open.index = index;
        if index - self.faded >= FADE_EVERY {
            self.faded = index - index % FADE_EVERY;
            self.fade();
        }
    }

    /// Old buckets become wider; where there is no room they do so sooner, and at last the oldest are forgotten.
    fn fade(&mut self) {
        self.widen();
        while self.cells > MOST_CELLS && self.per_level > MIN_PER_LEVEL {
            self.per_level /= 2;
            self.widen();
        }
        while self.cells > MOST_CELLS && !self.sealed.is_empty() {
            let oldest = Arc::make_mut(&mut self.sealed).remove(0);
            self.cells -= oldest.cells.len();
            self.before.0 = oldest.fine().1;
            Arc::make_mut(&mut self.before.1).add(&oldest.cells);
        }
    }

    fn widen(&mut self) {
        let moves = |known: &Arc<Bucket>| {
            self.faded_place(known.level, known.index) != (known.level, known.index)
        };
        if !self.sealed.iter().any(moves) {
            return;
        }
        let mut wider: Vec<Arc<Bucket>> = Vec::with_capacity(self.sealed.len());
        for known in self.sealed.iter() {
            let (level, index) = self.faded_place(known.level, known.index);
            match wider.last_mut().filter(|last| (last.level, last.index) == (level, index)) {
                Some(last) => Arc::make_mut(last).cells.add(&known.cells),
                None if (level, index) == (known.level, known.index) => {
                    wider.push(Arc::clone(known))
                }
                None => {
                    let cells = known.cells.clone();
                    wider.push(Arc::new(Bucket { level, index, cells }));
                }
            }
        }
        self.cells = wider.iter().map(|bucket| bucket.cells.len()).sum();
        self.sealed = Arc::new(wider);
    }

    /// Calls `see` with each stretch that has something in it, oldest first.
    pub(crate) fn each(&self, now_ms: TimestampMs, mut see: impl FnMut(Stretch<'_>)) {
        let at_ms = |index: i64| self.start_ms + index * BUCKET_MS;
        if self.before.1.len() > 0 {
            let (to, cells) = (self.before.0, &*self.before.1);
            see(Stretch { from_ms: self.start_ms, to_ms: at_ms(to), cells });
        }
        for bucket in self.sealed.iter() {
            let (from, to) = bucket.fine();
            see(Stretch { from_ms: at_ms(from), to_ms: at_ms(to), cells: &bucket.cells });
        }
        if !self.open.is_empty() {
            let (from_ms, end_ms) = (at_ms(self.open.index), at_ms(self.open.index + 1));
            let to_ms = end_ms.min(now_ms).max(from_ms);
            see(Stretch { from_ms, to_ms, cells: &self.open.cells() });
        }
    }

    /// Cells it has, to be held against its room.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.cells
    }
}

/// Values are told apart up to 127, and then to a sixty-fourth of their size, so that one bucket can't have too many.
fn rounded(value: u32) -> u32 {
    let dropped = (u32::BITS - value.leading_zeros()).saturating_sub(7);
    value >> dropped << dropped
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
