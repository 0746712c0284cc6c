//! Values that hold until they change: each change with its time. What changes more often than can be kept is thinned out
//! as it grows old: of an old stretch of time the first, the lowest, the highest and the last value stay.

use crate::ids::TimestampMs;
use std::sync::Arc;

/// Changes kept before the old ones are thinned out.
const MOST: usize = 512;
/// The widest stretch of which all changes are kept, in stretches of its age.
const FINENESS: i64 = 64;

/// One value over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gauge {
    changes: Arc<Vec<(TimestampMs, i64)>>,
    /// How many may come before it is thinned out again.
    room: usize,
}

impl Gauge {
    /// Bytes of its own beside another moment of it, if that is the one it shares with.
    pub(crate) fn unshared_bytes(&self, other: Option<&Self>) -> usize {
        if other.is_some_and(|other| Arc::ptr_eq(&self.changes, &other.changes)) {
            return 0;
        }
        self.changes.capacity().saturating_mul(size_of::<(TimestampMs, i64)>())
    }

    /// It has this value from now on.
    pub(crate) fn set(&mut self, now_ms: TimestampMs, value: i64) {
        if self.now() == Some(value) {
            return;
        }
        let changes = Arc::make_mut(&mut self.changes);
        match changes.last_mut() {
            // What holds for no time was never there.
            Some(last) if last.0 == now_ms => last.1 = value,
            _ => changes.push((now_ms, value)),
        }
        if let [.., before, last] = changes.as_slice()
            && before.1 == last.1
        {
            changes.pop();
        }
        if changes.len() > self.room.max(MOST) {
            *changes = thinned(changes, now_ms);
            self.room = changes.len() + MOST / 2;
        }
    }

    /// The newest value; none before the first.
    pub(crate) fn now(&self) -> Option<i64> {
        self.changes.last().map(|(_, value)| *value)
    }

    /// All changes, oldest first.
    pub(crate) fn changes(&self) -> &[(TimestampMs, i64)] {
        &self.changes
    }

    /// The value at a time.
    pub(crate) fn at(&self, at_ms: TimestampMs) -> Option<i64> {
        let next = self.changes.partition_point(|(from_ms, _)| *from_ms <= at_ms);
        self.changes.get(next.checked_sub(1)?).map(|(_, value)| *value)
    }
}

/// A stretch a sixty-fourth of its age wide, but no narrower than this, keeps four values at most.
fn stretch_of(at_ms: TimestampMs, now_ms: TimestampMs) -> (u32, i64) {
    let age = ((now_ms - at_ms) / FINENESS).max(super::BUCKET_MS);
    let level = age.ilog2();
    (level, at_ms >> level)
}

fn thinned(changes: &[(TimestampMs, i64)], now_ms: TimestampMs) -> Vec<(TimestampMs, i64)> {
    let mut kept: Vec<(TimestampMs, i64)> = Vec::new();
    for stretch in changes.chunk_by(|a, b| stretch_of(a.0, now_ms) == stretch_of(b.0, now_ms)) {
        let lowest = stretch.iter().min_by_key(|(_, value)| *value);
        let highest = stretch.iter().max_by_key(|(_, value)| *value);
        let telling = [stretch.first(), lowest, highest, stretch.last()];
        let mut telling: Vec<(TimestampMs, i64)> = telling.into_iter().flatten().copied().collect();
        sorted::sort(&mut telling);
        telling.dedup();
        kept.extend(telling);
    }
    kept.dedup_by(|later, earlier| later.1 == earlier.1);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_until_it_changes() {
        let mut gauge = Gauge::default();
        for (at_ms, value) in [(10, 0), (20, 4), (20, 5), (30, 5), (40, 0), (50, 1), (50, 0)] {
            gauge.set(at_ms, value);
        }
        assert_eq!(gauge.changes(), [(10, 0), (20, 5), (40, 0)]);
        assert_eq!(
            [9, 10, 19, 20, 39, 40, 99].map(|at| gauge.at(at)),
            [None, Some(0), Some(0), Some(5), Some(5), Some(0), Some(0)]
        );
    }

    #[test]
    fn many_changes_are_thinned_out_but_keep_their_extremes() {
        let mut gauge = Gauge::default();
        for at in 0..200_000i64 {
            let value = if at == 70_000 { 1_000 } else { at % 2 };
            gauge.set(at * 500, value);
        }
        assert!(gauge.changes().len() < 4_000, "{}", gauge.changes().len());
        assert!(gauge.changes().contains(&(70_000 * 500, 1_000)));
        assert!(gauge.changes().windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(gauge.now(), Some(1));
    }
}
