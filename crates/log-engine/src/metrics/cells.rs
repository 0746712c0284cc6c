//! What is kept of a stretch of time: sums, statistics and counted values, by series.

/// What was measured of one thing in a stretch of time. Values are whole numbers; those above `u32::MAX` count as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stat {
    /// Sum of all values.
    pub sum: u64,
    /// How many.
    pub count: u32,
    /// The smallest.
    pub min: u32,
    /// The largest.
    pub max: u32,
    /// The newest.
    pub last: u32,
}

impl Stat {
    /// One value.
    pub(crate) fn of(value: u64) -> Self {
        let small = u32::try_from(value).unwrap_or(u32::MAX);
        Self { sum: value, count: 1, min: small, max: small, last: small }
    }

    /// Takes in what came later.
    pub(crate) fn add(&mut self, later: Self) {
        if self.count == 0 {
            *self = later;
        } else if later.count > 0 {
            self.sum = self.sum.saturating_add(later.sum);
            self.count = self.count.saturating_add(later.count);
            self.min = self.min.min(later.min);
            self.max = self.max.max(later.max);
            self.last = later.last;
        }
    }
}

/// Cells of many series, each list in the order of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cells {
    /// Sums, by series.
    pub counts: Vec<(u32, u64)>,
    /// Statistics, by series.
    pub stats: Vec<(u32, Stat)>,
    /// How often a value came, by series and value.
    pub values: Vec<((u32, u32), u64)>,
}

impl Cells {
    /// Bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.counts.as_slice())
            .saturating_add(size_of_val(self.stats.as_slice()))
            .saturating_add(size_of_val(self.values.as_slice()))
            .saturating_add(size_of::<Self>())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.counts.len() + self.stats.len() + self.values.len()
    }

    /// Takes in those of a later stretch.
    pub(crate) fn add(&mut self, later: &Self) {
        merge(&mut self.counts, &later.counts, |sum, more| *sum = sum.saturating_add(*more));
        merge(&mut self.stats, &later.stats, |stat, more| stat.add(*more));
        merge(&mut self.values, &later.values, |count, more| *count = count.saturating_add(*more));
    }

    /// A series' sum.
    pub(crate) fn count(&self, series: u32) -> u64 {
        find(&self.counts, &series).copied().unwrap_or(0)
    }

    /// A series' statistics.
    pub(crate) fn stat(&self, series: u32) -> Stat {
        find(&self.stats, &series).copied().unwrap_or_default()
    }

    /// A series' values with how often each came, the smallest first.
    pub(crate) fn values(&self, series: u32) -> impl Iterator<Item = (u32, u64)> {
        let from = self.values.partition_point(|((at, _), _)| *at < series);
        let rest = self.values.get(from..).unwrap_or_default().iter();
        rest.take_while(move |((at, _), _)| *at == series).map(|((_, value), n)| (*value, *n))
    }
}

fn find<'a, K: Ord, V>(sorted: &'a [(K, V)], key: &K) -> Option<&'a V> {
    let at = sorted.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
    sorted.get(at).map(|(_, value)| value)
}

/// Merges two sorted lists; `add` joins what both have.
fn merge<K: Ord + Copy, V: Copy>(
    into: &mut Vec<(K, V)>,
    from: &[(K, V)],
    add: impl Fn(&mut V, &V),
) {
    if from.is_empty() {
        return;
    }
    let mut merged = Vec::with_capacity(into.len() + from.len());
    let (mut left, mut right) = (into.iter().peekable(), from.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some((a, _)), Some((b, _))) if a == b => {
                let both = left.next().copied().zip(right.next());
                both.map(|((key, mut value), (_, more))| {
                    add(&mut value, more);
                    (key, value)
                })
            }
            (Some((a, _)), Some((b, _))) if a > b => right.next().copied(),
            (Some(_), _) => left.next().copied(),
            (None, _) => right.next().copied(),
        };
        match next {
            Some(cell) => merged.push(cell),
            None => break,
        }
    }
    *into = merged;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_two_stretches_become_one() {
        let mut early = Cells {
            counts: vec![(1, 10), (4, 1)],
            stats: vec![(0, Stat::of(7))],
            values: vec![((2, 5), 1), ((2, 9), 1)],
        };
        let late = Cells {
            counts: vec![(0, 3), (4, 2), (9, 1)],
            stats: vec![(0, Stat::of(3)), (1, Stat::of(1))],
            values: vec![((1, 1), 1), ((2, 9), 4), ((3, 0), 1)],
        };
        early.add(&late);
        assert_eq!(early.counts, [(0, 3), (1, 10), (4, 3), (9, 1)]);
        assert_eq!(early.stat(0), Stat { sum: 10, count: 2, min: 3, max: 7, last: 3 });
        assert_eq!(early.values(2).collect::<Vec<_>>(), [(5, 1), (9, 5)]);
        assert_eq!((early.count(4), early.count(5), early.len()), (3, 0, 10));
    }
}
