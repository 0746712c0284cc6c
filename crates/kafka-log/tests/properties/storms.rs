//! Storms of operations, and what they may not break.

use kafka_log::log::{DeletionReason, RetentionStep};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::storm::{Op, Replica, check_invariants, config, fingerprint, op};

proptest! {
    #![proptest_config(crate::random_cases())]

    #[test]
    fn a_storm_breaks_no_invariant(config in config(), ops in vec(op(), 1..60)) {
        let mut replica = Replica::new(config);
        for op in &ops {
            replica.run(op);
            check_invariants(&replica.log);
        }
    }

    #[test]
    fn a_clone_does_what_its_original_does(config in config(), ops in vec(op(), 2..80)) {
        let (before, after) = ops.split_at(ops.len() / 2);
        let mut left = Replica::new(config);
        before.iter().for_each(|op| left.run(op));
        let untouched = left.clone();
        let was = fingerprint(&left.log);
        let mut right = left.clone();
        for op in after {
            left.run(op);
            right.run(op);
            prop_assert_eq!(fingerprint(&left.log), fingerprint(&right.log));
        }
        prop_assert_eq!(fingerprint(&untouched.log), was);
    }

    /// Foretell, then let the checks come: each deletes what was foretold of it, for that reason.
    #[test]
    fn retention_does_what_was_foretold(
        config in config(),
        ops in vec(op(), 1..60),
        wait in 0..700_i64,
        interval in 1..900_i64,
    ) {
        let mut replica = Replica::new(config);
        ops.iter().for_each(|op| replica.run(op));
        let next_check = replica.now + wait;
        let foretold = replica.log.retention_forecast(replica.now, next_check, interval);
        prop_assert_eq!(foretold.len(), replica.log.segment_count());
        let mut kept = 0;
        let mut wanted: Vec<(i64, i64, DeletionReason)> = Vec::new();
        for forecast in &foretold {
            match forecast.step {
                RetentionStep::Deleted { at_ms, reason } => {
                    prop_assert_eq!(kept, 0, "segments go oldest first");
                    wanted.push((at_ms, forecast.base_offset, reason));
                }
                RetentionStep::Kept(_) => kept += 1,
            }
        }
        let last = wanted.last().map_or(next_check, |(at_ms, _, _)| *at_ms);
        let mut done = Vec::new();
        let mut check = next_check;
        while check <= last + 2 * interval {
            let deleted = replica.log.delete_old_segments(check);
            done.extend(deleted.iter().map(|d| (check, d.base_offset, d.reason)));
            check += interval;
        }
        prop_assert_eq!(done, wanted);
    }

    /// A follower that copies a leader ends with the same bytes, however it fetches.
    #[test]
    fn a_follower_gets_the_leaders_bytes(
        config in config(),
        ops in vec(op(), 1..40),
        max_bytes in 1..2_000_u32,
    ) {
        let mut leader = Replica::new(config.clone());
        let only_appends = |op: &&Op| matches!(op, Op::Append { .. } | Op::Advance(_));
        ops.iter().filter(only_appends).for_each(|op| leader.run(op));
        let mut follower = Replica::new(config).log;
        while follower.log_end_offset() < leader.log.log_end_offset() {
            let from = follower.log_end_offset();
            let isolation = kafka_log::Isolation::LogEnd;
            let read = leader.log.read(from, max_bytes, isolation, true).unwrap();
            follower.append_as_follower(&read.batches, leader.epoch, leader.now).unwrap();
        }
        let bytes = |log: &kafka_log::Log| -> Vec<_> {
            log.batches_from(0).map(kafka_log::Batch::to_bytes).collect()
        };
        prop_assert_eq!(bytes(&follower), bytes(&leader.log));
        prop_assert!(follower.producers().eq(leader.log.producers()));
        check_invariants(&follower);
    }
}
