//! The built-in sticky partitioner for records without a key (`BuiltInPartitioner`, KIP-794; R-PRD-06, R-PRD-07).

use crate::sim::Rng;

/// The sticky partition of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sticky {
    /// The partition in use.
    pub partition: i32,
    /// Bytes put there since the last switch.
    pub bytes: i64,
}

impl Sticky {
    /// A uniform draw over the partitions that can take a record.
    pub(crate) fn draw(partitions: i32, rng: &mut Rng) -> Self {
        let drawn = rng.below(u64::from(partitions.max(1).unsigned_abs()));
        Self { partition: i32::try_from(drawn).unwrap_or(0), bytes: 0 }
    }

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
