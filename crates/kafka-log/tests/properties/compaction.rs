//! Compaction keeps the latest of each key, and every offset in its place.

use std::collections::BTreeMap;

use kafka_log::log::{CleanOptions, CleanStep, Log};
use kafka_log::{CleanupPolicy, LogConfig};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::storm::{Op, Replica, START, config, data_batch, op};

type Seen = BTreeMap<i64, (Vec<u8>, Option<Vec<u8>>)>;

/// Records with a key by offset, markers left out.
fn keyed(log: &Log) -> Seen {
    let batches = log.batches_from(0).filter(|batch| !batch.is_control());
    let records = batches.flat_map(kafka_log::Batch::records).map(Result::unwrap);
    records
        .filter_map(|record| {
            let value = record.value.map(|value| value.to_vec());
            Some((record.offset, (record.key?.to_vec(), value)))
        })
        .collect()
}

fn latest_by_key(records: &Seen) -> BTreeMap<&[u8], (i64, &Option<Vec<u8>>)> {
    records.iter().map(|(offset, (key, value))| (key.as_slice(), (*offset, value))).collect()
}

proptest! {
    #![proptest_config(crate::random_cases())]

    #[test]
    fn the_latest_value_of_each_key_survives(
        config in config(),
        ops in vec(op(), 1..80),
        max_keys in 1..20_u64,
    ) {
        let mut replica =
            Replica::new(LogConfig { cleanup_policy: CleanupPolicy::COMPACT, ..config });
        let no_transactions = |op: &&Op| {
            !matches!(op, Op::EndTxn { .. } | Op::Append { producer: Some(_), .. })
        };
        for op in ops.iter().filter(no_transactions) {
            let before = keyed(&replica.log);
            let (start, end) = (replica.log.log_start_offset(), replica.log.log_end_offset());
            if let Op::Clean = op {
                clean(&mut replica, max_keys)?;
                let after = keyed(&replica.log);
                for (offset, record) in &after {
                    prop_assert_eq!(before.get(offset), Some(record));
                }
                let latest = latest_by_key(&after);
                for (key, (offset, value)) in latest_by_key(&before) {
                    // Only a tombstone may go, and only the last one of its key.
                    let stays = latest.get(key) == Some(&(offset, value));
                    prop_assert!(stays || (value.is_none() && !latest.contains_key(key)));
                }
                prop_assert_eq!(replica.log.log_start_offset(), start);
                prop_assert_eq!(replica.log.log_end_offset(), end);
            } else {
                replica.run(op);
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::random_cases())]

    /// The moment foretold is the first at which the log is due, and it is due from then on.
    #[test]
    fn when_a_log_becomes_due_is_foretold(
        config in config(),
        ops in vec(op(), 1..60),
        lags in (0..3_000_i64, 1..4_000_i64),
        policy in prop::sample::select(vec![CleanupPolicy::COMPACT, CleanupPolicy::COMPACT_DELETE]),
    ) {
        let mut replica = Replica::new(LogConfig {
            cleanup_policy: policy,
            min_compaction_lag_ms: lags.0.saturating_sub(1_000).max(0),
            max_compaction_lag_ms: lags.0.max(lags.1),
            ..config
        });
        for op in &ops {
            replica.run(op);
            let due = |at_ms| replica.log.cleaner_state(at_ms).due;
            let foretold = replica.log.cleanable_at(replica.now);
            let checked = [0, 1, 500, 999, 1_000, 2_000, 5_000, 20_000];
            for at_ms in checked.map(|later| replica.now + later) {
                prop_assert_eq!(due(at_ms), foretold.is_some_and(|from| from <= at_ms), "{:?}", foretold);
            }
            if let Some(from) = foretold {
                prop_assert!(due(from) && (from == replica.now || !due(from - 1)));
            }
        }
    }
}

/// Cleans with a small map; the steps told must add up to what was done.
fn clean(replica: &mut Replica, max_keys: u64) -> Result<(), TestCaseError> {
    let count = |log: &Log| -> u64 {
        log.batches_from(0).map(|batch| u64::try_from(batch.count()).unwrap()).sum()
    };
    let before = count(&replica.log);
    let (mut kept, mut removed) = (0, 0);
    let report =
        replica.log.clean(replica.now, &CleanOptions { max_keys }, &mut |step| match step {
            CleanStep::Kept { .. } => kept += 1,
            CleanStep::Removed { .. } => removed += 1,
            _ => {}
        });
    let Some(report) = report.unwrap() else { return Ok(()) };
    prop_assert!(report.keys <= max_keys);
    prop_assert_eq!((report.records_kept, report.records_removed), (kept, removed));
    prop_assert_eq!(count(&replica.log), before - removed);
    prop_assert_eq!(replica.log.cleaner_checkpoint(), Some(report.end_offset));
    let map_was_full = report.map_full;
    prop_assert!(map_was_full || report.end_offset == report.before.first_uncleanable_offset);
    Ok(())
}

#[test]
fn a_tombstone_goes_only_in_a_second_round_after_its_horizon() {
    let config = LogConfig {
        cleanup_policy: CleanupPolicy::COMPACT,
        delete_retention_ms: 1_000,
        ..LogConfig::default()
    };
    let mut replica = Replica::new(config);
    let put = |replica: &mut Replica, key: u8, value: Option<u8>| {
        let batch = data_batch(replica.now, &[(0, Some(key), value)], None);
        let origin = kafka_log::AppendOrigin::Client;
        replica.log.append_as_leader(batch, 0, replica.now, origin).unwrap();
        replica.log.update_high_watermark(i64::MAX);
        replica.log.roll(replica.now);
    };
    let clean = |replica: &mut Replica| {
        replica.log.clean(replica.now, &CleanOptions::default(), &mut |_| {}).unwrap();
        keyed(&replica.log).keys().copied().collect::<Vec<i64>>()
    };

    put(&mut replica, 1, Some(9));
    put(&mut replica, 1, None);
    assert_eq!(clean(&mut replica), [1], "the value goes at once, the tombstone stays");

    replica.now = START + 1_000;
    assert_eq!(clean(&mut replica), [1], "without new dirty bytes nothing is due");

    put(&mut replica, 2, Some(200));
    put(&mut replica, 2, Some(200));
    assert_eq!(clean(&mut replica), [3], "a later round drops it");
}
