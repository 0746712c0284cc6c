//! The order in which Java's hash maps give their entries back, where a tool prints in that order.

/// `String.hashCode()`.
fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// Puts entries, in the order in which they were put into a `HashMap` that began with `capacity` buckets, into the
/// order in which it gives them back. Buckets with many entries (trees) do not come up.
pub(crate) fn hash_map_order<T>(
    entries: Vec<T>,
    capacity: usize,
    key: impl Fn(&T) -> &str,
) -> Vec<T> {
    let mut buckets = capacity.max(1).next_power_of_two();
    while entries.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let mask = u32::try_from(buckets - 1).unwrap_or(u32::MAX);
    let bucket = |entry: &T| {
        let hash = string_hash(key(entry)).cast_unsigned();
        (hash ^ (hash >> 16)) & mask
    };
    let mut placed: Vec<(u32, T)> =
        entries.into_iter().map(|entry| (bucket(&entry), entry)).collect();
    sorted::sort_by_key(&mut placed, |(bucket, _)| *bucket);
    placed.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_hash_as_in_java() {
        assert_eq!(string_hash("hello"), 99_162_322);
        assert_eq!(string_hash(""), 0);
        assert_eq!(string_hash("polygenelubricants"), i32::MIN);
    }

    #[test]
    fn topics_are_described_in_the_order_of_the_transcript() {
        let topics = vec!["assigned", "my.compacted_topic", "orders", "strict"];
        let ordered = hash_map_order(topics, 4, |topic| topic);
        assert_eq!(ordered, ["assigned", "orders", "strict", "my.compacted_topic"]);
    }
}
