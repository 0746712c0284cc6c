//! An append-mostly column in shared chunks: a clone costs a reference count a chunk, and the two clones part
//! chunk by chunk as they are written.

use std::sync::Arc;

const CHUNK: u64 = 512;

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
                let mut chunk = Vec::with_capacity(512);
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
        assert!(!Arc::ptr_eq(&a.chunks[1], &b.chunks[1]));
        assert_eq!(a.iter().count(), 1_500);
    }
}
