//! A map as a sorted `Vec`: ICU4X's `LiteMap`, with the rest of what `BTreeMap` users expect.

use litemap::LiteMap;
use std::borrow::Borrow;
use std::fmt::{self, Debug, Formatter};
use std::ops::{Bound, Deref, DerefMut, RangeBounds};

/// A map in order of its keys. Look-ups are a binary search; an insert moves what comes behind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(transparent, bound = "K: Ord + serde::Deserialize<'de>, V: serde::Deserialize<'de>")
)]
pub struct SortedMap<K, V>(LiteMap<K, V>);

impl<K, V> SortedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(LiteMap::new_vec())
    }

    /// The entries in order.
    pub fn as_slice(&self) -> &[(K, V)] {
        self.0.as_slice()
    }

    /// The entry with the smallest key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.0.first()
    }

    /// The entry with the largest key.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.0.last()
    }

    /// The values in order of their keys, to change.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The keys, in order.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.0.into_tuple_vec().into_iter().map(|(key, _)| key)
    }

    /// The values, in order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.0.into_tuple_vec().into_iter().map(|(_, value)| value)
    }

    /// Keeps the entries that `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut entries = std::mem::take(&mut self.0).into_tuple_vec();
        entries.retain_mut(|(key, value)| keep(key, value));
        self.0 = LiteMap::from_sorted_store_unchecked(entries);
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Takes the entry with the smallest key out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let mut entries = std::mem::take(&mut self.0).into_tuple_vec();
        let first = (!entries.is_empty()).then(|| entries.remove(0));
        self.0 = LiteMap::from_sorted_store_unchecked(entries);
        first
    }

    /// The entries whose keys lie in a range, in order.
    pub fn range<Q: Ord + ?Sized>(
        &self,
        range: impl RangeBounds<Q>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)>
    where
        K: Borrow<Q>,
    {
        let place = |bound: Bound<&Q>, after_equal: bool, unbounded: usize| match bound {
            Bound::Unbounded => unbounded,
            Bound::Included(key) | Bound::Excluded(key) => match self.0.find_index(key) {
                Ok(at) => at + usize::from(after_equal),
                Err(at) => at,
            },
        };
        let from = place(range.start_bound(), matches!(range.start_bound(), Bound::Excluded(_)), 0);
        let end_after = matches!(range.end_bound(), Bound::Included(_));
        let to = place(range.end_bound(), end_after, self.0.len());
        let entries = self.as_slice().get(from..to).unwrap_or_default();
        entries.iter().map(|(key, value)| (key, value))
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Deref for SortedMap<K, V> {
    type Target = LiteMap<K, V>;
    fn deref(&self) -> &LiteMap<K, V> {
        &self.0
    }
}

impl<K, V> DerefMut for SortedMap<K, V> {
    fn deref_mut(&mut self) -> &mut LiteMap<K, V> {
        &mut self.0
    }
}

impl<K: Debug, V: Debug> Debug for SortedMap<K, V> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter()).finish()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.0.insert(key, value);
        }
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SortedMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_tuple_vec().into_iter()
    }
}

impl<'m, K, V> IntoIterator for &'m SortedMap<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = <&'m LiteMap<K, V> as IntoIterator>::IntoIter;
    fn into_iter(self) -> Self::IntoIter {
        (&self.0).into_iter()
    }
}

impl<'m, K, V> IntoIterator for &'m mut SortedMap<K, V> {
    type Item = (&'m K, &'m mut V);
    type IntoIter = <&'m mut LiteMap<K, V> as IntoIterator>::IntoIter;
    fn into_iter(self) -> Self::IntoIter {
        (&mut self.0).into_iter()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::SortedMap;
    use std::collections::BTreeMap;

    #[test]
    fn it_is_a_btree_map_to_those_who_use_it() {
        let pairs = [(5, 'e'), (1, 'a'), (3, 'c'), (1, 'b'), (9, 'i')];
        let mut ours: SortedMap<i32, char> = pairs.into_iter().collect();
        let mut theirs: BTreeMap<i32, char> = pairs.into_iter().collect();
        assert!(ours.iter().eq(theirs.iter()));
        for range in [0..10, 1..5, 2..3, 3..4, 9..9, 6..8] {
            assert!(ours.range(range.clone()).eq(theirs.range(range)));
        }
        assert!(ours.range(..=3).eq(theirs.range(..=3)));
        assert!(ours.range(4..).rev().eq(theirs.range(4..).rev()));
        assert_eq!(ours.first_key_value(), theirs.first_key_value());
        assert_eq!(ours.last_key_value(), theirs.last_key_value());
        assert_eq!(ours.pop_first(), theirs.pop_first());
        ours.retain(|key, _| *key != 5);
        theirs.retain(|key, _| *key != 5);
        *ours.entry(7).or_default() = 'g';
        *theirs.entry(7).or_default() = 'g';
        assert_eq!(ours.remove(&3), theirs.remove(&3));
        assert!(ours.into_iter().eq(theirs));
        assert_eq!(SortedMap::<i32, char>::new().pop_first(), None);
    }
}
