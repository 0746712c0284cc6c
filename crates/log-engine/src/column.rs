//! An append-mostly column in shared chunks: a clone costs a reference count a chunk, and the two clones part
//! chunk by chunk as they are written.

use std::sync::Arc;

const CHUNK: u64 = 128;

/// Rows by number, from 0.
#[derive(Debug, Clone)]
pub(crate) struct Column<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: u64,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Clone> Column<T> {
    /// Adds a row and gives its number.
    pub(crate) fn push(&mut self, row: T) -> u64 {
        match self.chunks.last_mut() {
            Some(chunk) if !self.len.is_multiple_of(CHUNK) => Arc::make_mut(chunk).push(row),
            _ => {
                let mut chunk = Vec::with_capacity(128);
                chunk.push(row);
                self.chunks.push(Arc::new(chunk));
            }
        }
        self.len += 1;
        self.len - 1
    }

    /// One row.
    pub(crate) fn get(&self, at: u64) -> Option<&T> {
        let (chunk, within) = place(at)?;
        self.chunks.get(chunk)?.get(within)
    }

    /// One row, to be written.
    pub(crate) fn get_mut(&mut self, at: u64) -> Option<&mut T> {
        let (chunk, within) = place(at)?;
        Arc::make_mut(self.chunks.get_mut(chunk)?).get_mut(within)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Bytes of its own beside another column that shares chunks with it.
    pub(crate) fn unshared_bytes(&self, other: &Self) -> usize {
        let mut theirs = other.chunks.iter();
        let shared = |chunk: &Arc<Vec<T>>| theirs.next().is_some_and(|it| Arc::ptr_eq(it, chunk));
        let rows: usize =
            self.chunks.iter().map(shared).zip(&self.chunks).fold(0, |rows, (shared, chunk)| {
                if shared { rows } else { rows.saturating_add(chunk.capacity()) }
            });
        let pointers = self.chunks.len().saturating_mul(size_of::<Arc<Vec<T>>>());
        rows.saturating_mul(size_of::<T>()).saturating_add(pointers)
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

fn place(at: u64) -> Option<(usize, usize)> {
    Some((usize::try_from(at / CHUNK).ok()?, usize::try_from(at % CHUNK).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_until_they_part() {
        let mut a = Column::default();
        for n in 0..1_500u64 {
            assert_eq!(a.push(n), n);
        }
        let mut b = a.clone();
        *b.get_mut(700).unwrap() = 7;
        assert_eq!((a.get(700), b.get(700)), (Some(&700), Some(&7)));
        assert!(Arc::ptr_eq(&a.chunks[0], &b.chunks[0]));
        assert!(!Arc::ptr_eq(&a.chunks[5], &b.chunks[5]));
        assert_eq!(a.iter().count(), 1_500);
    }
}
