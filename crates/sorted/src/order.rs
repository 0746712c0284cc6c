//! Stable sorting through one compiled sort: it orders positions, whatever is at them.

use std::cmp::Ordering;

/// Sorts by a comparison; equal ones stay in their order.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = order(items.len(), &mut |a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Sorts by a key; equal ones stay in their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts; equal ones stay in their order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Which position comes first, which second, ...
fn order(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Brings what is at `order[i]` to `i`, for each i, by swaps along the cycles of the permutation.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while let Some(from) = order.get(at).copied() {
            if let Some(place) = order.get_mut(at) {
                *place = at;
            }
            if from == start || from == at {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{sort, sort_by, sort_by_key};

    /// Numbers that look random, the same each time.
    fn numbers(count: u32) -> Vec<u32> {
        (0..count).map(|n| n.wrapping_mul(2_654_435_761) >> 20).collect()
    }

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for count in [0, 1, 2, 3, 10, 100, 1_000] {
            let (mut ours, mut theirs) = (numbers(count), numbers(count));
            sort(&mut ours);
            theirs.sort();
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn equal_ones_stay_in_their_order() {
        let mut ours: Vec<(u32, usize)> =
            numbers(500).into_iter().map(|n| n % 7).enumerate().map(|(i, n)| (n, i)).collect();
        let mut theirs = ours.clone();
        sort_by_key(&mut ours, |(n, _)| *n);
        theirs.sort_by_key(|(n, _)| *n);
        assert_eq!(ours, theirs);
        sort_by(&mut ours, |a, b| b.0.cmp(&a.0));
        theirs.sort_by_key(|pair| std::cmp::Reverse(pair.0));
        assert_eq!(ours, theirs);
    }
}
