//! Ranges of offsets, in the order in which they came about: where a group read twice, skipped, or came too late.

/// Most ranges that are kept; the oldest go first. Counts are kept apart and never lose any.
const MOST: usize = 256;

/// Ranges `first..next`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// Adds a range; one that goes on where the last one ended is one with it.
    pub(crate) fn add(&mut self, first: i64, next: i64) {
        if first >= next {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.1 == first => last.1 = next,
            _ => {
                if self.0.len() >= MOST {
                    self.0.remove(0);
                }
                self.0.push((first, next));
            }
        }
    }

    /// Takes a range away.
    pub(crate) fn remove(&mut self, first: i64, next: i64) {
        let mut left = Vec::with_capacity(self.0.len());
        for &(from, to) in &self.0 {
            for part in [(from, to.min(first)), (from.max(next), to)] {
                if part.0 < part.1 {
                    left.push(part);
                }
            }
        }
        self.0 = left;
    }

    /// All of them, oldest first.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// Whether an offset is in any.
    pub(crate) fn contains(&self, offset: i64) -> bool {
        self.0.iter().any(|&(first, next)| (first..next).contains(&offset))
    }

    /// In how many an offset is.
    pub(crate) fn times(&self, offset: i64) -> usize {
        self.0.iter().filter(|&&(first, next)| (first..next).contains(&offset)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_join_and_holes_are_cut() {
        let mut ranges = Ranges::default();
        ranges.add(0, 5);
        ranges.add(5, 10);
        ranges.add(20, 30);
        assert_eq!(ranges.iter().collect::<Vec<_>>(), [(0, 10), (20, 30)]);
        ranges.remove(8, 22);
        assert_eq!(ranges.iter().collect::<Vec<_>>(), [(0, 8), (22, 30)]);
        assert!(ranges.contains(7) && !ranges.contains(8));
        ranges.add(0, 3);
        assert_eq!((ranges.times(2), ranges.times(5)), (2, 1));
    }
}
