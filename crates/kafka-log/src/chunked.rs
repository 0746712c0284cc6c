//! An append-only list whose clone shares all but a few pointers.
//!
//! Items lie in chunks behind reference counts. A clone copies the chunk pointers; the first
//! change after it copies one chunk. So a log can be cloned at any time for about a hundredth of
//! what it holds, and two clones drift apart by what is appended to each.

use std::sync::Arc;

/// Items a chunk holds. A power of two, so that an index splits by shift and mask.
const CHUNK: usize = 32;

#[derive(Clone, Debug)]
pub(crate) struct Chunked<T> {
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Clone> Chunked<T> {
    pub(crate) fn len(&self) -> usize {
        match self.chunks.split_last() {
            Some((last, full)) => full.len().saturating_mul(CHUNK).saturating_add(last.len()),
            None => 0,
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.get(0)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.chunks.last()?.last()
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(item),
            _ => self.chunks.push(Arc::new(vec![item])),
        }
    }

    /// Keeps the first `len` items.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let Some(last) = self.chunks.last_mut() {
            let kept = len.saturating_sub(1) % CHUNK + 1;
            if last.len() > kept {
                Arc::make_mut(last).truncate(kept);
            }
        }
    }

    /// Bytes of its own beside a list that shares chunks with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let mut theirs = other.chunks.iter();
        let own = |chunk: &&Arc<Vec<T>>| !theirs.next().is_some_and(|it| Arc::ptr_eq(it, chunk));
        let items: usize = self.chunks.iter().filter(own).map(|chunk| chunk.capacity()).sum();
        let pointers = self.chunks.len().saturating_mul(size_of::<Arc<Vec<T>>>());
        items.saturating_mul(size_of::<T>()).saturating_add(pointers)
    }

    /// Items from `index` on.
    pub(crate) fn iter_from(&self, index: usize) -> impl Iterator<Item = &T> {
        let chunks = self.chunks.get(index / CHUNK..).unwrap_or_default();
        chunks.iter().flat_map(|chunk| chunk.iter()).skip(index % CHUNK)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.iter_from(0)
    }

    /// Index of the first item for which `before` is false, in a list sorted by it.
    pub(crate) fn partition_point(&self, mut before: impl FnMut(&T) -> bool) -> usize {
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(&mut before));
        let within = self.chunks.get(chunk).map_or(0, |chunk| chunk.partition_point(before));
        chunk.saturating_mul(CHUNK).saturating_add(within).min(self.len())
    }
}

impl<T: Clone> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        for item in items {
            list.push(item);
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(len: usize) -> Chunked<usize> {
        (0..len).collect()
    }

    #[test]
    fn it_is_the_list_that_was_pushed() {
        for len in [0, 1, 31, 32, 33, 200] {
            let list = list(len);
            assert_eq!(list.len(), len);
            assert_eq!(list.iter().copied().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
            assert_eq!(list.last().copied(), len.checked_sub(1));
            for at in 0..=len {
                assert_eq!(list.partition_point(|item| *item < at), at);
                assert_eq!(list.iter_from(at).next().copied(), (at < len).then_some(at));
            }
        }
    }

    #[test]
    fn truncating_keeps_a_prefix_that_grows_again() {
        for keep in [0, 1, 31, 32, 33, 64, 65, 150] {
            let mut cut = list(150);
            cut.truncate(keep);
            assert_eq!(cut.len(), keep);
            cut.push(1000);
            assert_eq!((cut.len(), cut.last()), (keep + 1, Some(&1000)));
        }
    }

    #[test]
    fn a_clone_goes_its_own_way() {
        let mut left = list(100);
        let mut right = left.clone();
        left.push(1);
        right.truncate(70);
        right.push(2);
        assert_eq!(left.iter().copied().sum::<usize>(), (0..100).sum::<usize>() + 1);
        assert_eq!(right.iter().copied().sum::<usize>(), (0..70).sum::<usize>() + 2);
    }
}
