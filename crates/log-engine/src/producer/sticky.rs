//! The built-in sticky partitioner for records without a key (`BuiltInPartitioner`, KIP-794; R-PRD-06, R-PRD-07).

/// The sticky partition of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sticky {
    /// The partition in use.
    pub partition: i32,
    /// Bytes put there since the last switch.
    pub bytes: i64,
}

impl Sticky {
    /// Counts bytes put into the sticky partition; true if it has to switch now. `all_full` says that the
    /// partition's queue has no batch that could take more.
    pub(crate) fn add(&mut self, bytes: i64, batch_size: i64, all_full: bool) -> bool {
        self.bytes += bytes;
        (self.bytes >= batch_size && all_full) || self.bytes >= 2 * batch_size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_switches_at_a_full_batch_or_at_twice_its_size() {
        let mut sticky = Sticky { partition: 0, bytes: 0 };
        assert!(!sticky.add(16_000, 16_384, true));
        assert!(!sticky.add(400, 16_384, false));
        assert!(sticky.add(0, 16_384, true));
        assert!(sticky.add(16_384, 16_384, false));
    }
}
