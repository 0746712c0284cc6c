//! Kafka's own `PartitionReassignmentReplicasTest` and `PartitionReassignmentRevertTest`, and what the admin is told.
#![allow(clippy::unwrap_used)]

use super::*;

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

fn between(current: &[i32], target: &[i32]) -> Reassignment {
    Reassignment::new(&ids(current), &ids(target))
}

#[test]
fn what_is_added_and_removed() {
    /// Current, target, and what is removed, added, and there meanwhile.
    type Row<'a> = [&'a [i32]; 5];
    let table: [Row<'_>; 5] = [
        [&[3, 2, 1], &[3, 2, 1], &[], &[], &[3, 2, 1]],
        [&[3, 2, 1], &[3, 6, 2, 1, 5], &[], &[5, 6], &[3, 6, 2, 1, 5]],
        [&[3, 2, 1, 0], &[3, 1], &[0, 2], &[], &[3, 1, 0, 2]],
        [&[3, 2, 1, 0], &[7, 3, 1, 9], &[0, 2], &[7, 9], &[7, 3, 1, 9, 0, 2]],
        [&[3, 2, 1, 0], &[0, 1, 3, 2], &[], &[], &[0, 1, 3, 2]],
    ];
    for [current, target, removing, adding, replicas] in table {
        let reassignment = between(current, target);
        assert_eq!(reassignment.removing, ids(removing));
        assert_eq!(reassignment.adding, ids(adding));
        assert_eq!(reassignment.replicas, ids(replicas));
    }
    assert_eq!(between(&[0, 1, 2], &[0, 1, 3]).original_replicas(), ids(&[0, 1, 2]));
}

#[test]
fn when_it_is_complete() {
    /// Current, target, ISR, and the replicas and ISR it leaves.
    type Row<'a> = (&'a [i32], &'a [i32], &'a [i32], Option<(&'a [i32], &'a [i32])>);
    let table: [Row<'_>; 11] = [
        (&[0, 1, 2], &[3, 4, 5], &[0, 1, 2, 3, 4], None),
        (&[0, 1, 2], &[0, 1, 2], &[0, 1, 2], None),
        (&[0, 1, 2], &[3, 4, 5], &[0, 1, 2, 3, 4, 5], Some((&[3, 4, 5], &[3, 4, 5]))),
        (&[0, 1, 2], &[0, 1, 3], &[0, 1, 2, 3], Some((&[0, 1, 3], &[0, 1, 3]))),
        (&[0, 1, 2], &[0, 1, 3], &[0, 2, 3], Some((&[0, 1, 3], &[0, 3]))),
        (&[0, 1, 2], &[0, 1, 3], &[2, 3], Some((&[0, 1, 3], &[3]))),
        (&[0, 1, 2], &[0, 1, 3], &[0, 1, 2], None),
        (
            &[0, 1, 2, 3],
            &[1, 2, 3, 4, 5],
            &[0, 1, 2, 4, 5],
            Some((&[1, 2, 3, 4, 5], &[1, 2, 4, 5])),
        ),
        (&[0, 1, 2, 3], &[1, 2, 3, 4, 5], &[0, 1, 2, 3, 5], None),
        (&[0, 1, 2, 3, 4], &[2, 3, 4, 5], &[0, 1, 2, 3, 5], None),
        (&[0, 1, 2, 3, 4], &[2, 3, 4, 5], &[0, 1, 2, 3, 4], None),
    ];
    for (current, target, isr, left) in table {
        let completed = between(current, target).completed(&ids(isr));
        let left = left.map(|(replicas, isr)| Completed { replicas: ids(replicas), isr: ids(isr) });
        assert_eq!(completed, left, "{current:?} -> {target:?}, ISR {isr:?}");
    }
}

#[test]
fn calling_it_off() {
    /// Replicas, ISR, removing, adding, and the replicas and ISR it leaves, uncleanly.
    type Row<'a> = (&'a [i32], &'a [i32], &'a [i32], &'a [i32], &'a [i32], &'a [i32], bool);
    let table: [Row<'_>; 5] = [
        (&[3, 2, 1], &[3, 2], &[], &[], &[3, 2, 1], &[3, 2], false),
        (&[3, 2, 1], &[3, 2], &[2, 1], &[], &[3, 2, 1], &[3, 2], false),
        (&[4, 5, 3, 2, 1], &[4, 5, 2], &[], &[4, 5], &[3, 2, 1], &[2], false),
        (&[4, 5, 3, 2, 1], &[4, 5, 2], &[2], &[4, 5], &[3, 2, 1], &[2], false),
        (&[4, 5, 3, 2, 1], &[4, 5], &[2], &[4, 5], &[3, 2, 1], &[3], true),
    ];
    for (replicas, isr, removing, adding, old, left, unclean) in table {
        let partition = moving(replicas, isr, removing, adding);
        let revert = Revert { replicas: ids(old), isr: ids(left), unclean };
        assert_eq!(Revert::of(&partition), Some(revert));
    }
}

fn moving(replicas: &[i32], isr: &[i32], removing: &[i32], adding: &[i32]) -> PartitionImage {
    PartitionImage {
        replicas: ids(replicas),
        isr: ids(isr),
        removing: ids(removing),
        adding: ids(adding),
        leader: Some(BrokerId(isr[0])),
        ..PartitionImage::default()
    }
}

const TERMS: Terms<'_> =
    Terms { may_lead: &|_| true, min_isr: 1, elr: true, election: Election::Online };

fn to(partition: &PartitionImage, target: &[i32]) -> Result<Option<Changed>, AdminError> {
    reassign(partition, &ids(target), true, &|id| id.0 < 6, TERMS)
}

#[test]
fn a_partition_moves_step_by_step() {
    let start = moving(&[1, 2, 3], &[1, 2, 3], &[], &[]);
    let partition = to(&start, &[4, 5, 2]).unwrap().unwrap().partition;
    assert_eq!(partition.replicas, ids(&[4, 5, 2, 1, 3]));
    assert_eq!((partition.leader_epoch, partition.partition_epoch), (0, 1));
    let grow = |partition: &PartitionImage, isr: &[i32]| {
        PartitionChange::new(partition, TERMS).isr(ids(isr)).build().unwrap().partition
    };
    let partition = grow(&partition, &[1, 2, 3, 4]);
    assert_eq!((partition.adding.len(), partition.leader), (2, Some(BrokerId(1))));
    let partition = grow(&partition, &[1, 2, 3, 4, 5]);
    assert_eq!(
        (partition.replicas.clone(), partition.isr.clone()),
        (ids(&[4, 5, 2]), ids(&[2, 4, 5]))
    );
    assert_eq!((partition.leader, partition.leader_epoch), (Some(BrokerId(4)), 1));
    assert!(!Reassignment::of(&partition).in_progress());
}

#[test]
fn cancelling_goes_back_and_needs_something_to_cancel() {
    let tp = TopicPartition::new("foo", 0);
    let start = moving(&[1, 2, 3], &[1, 2, 3], &[], &[]);
    let refused = cancel(&tp, &start, false, TERMS).unwrap_err();
    assert_eq!(refused.error, ErrorCode::NoReassignmentInProgress);
    let started = to(&start, &[4, 5, 2]).unwrap().unwrap().partition;
    let back = cancel(&tp, &started, false, TERMS).unwrap().unwrap().partition;
    assert_eq!((back.replicas.clone(), back.leader), (ids(&[2, 1, 3]), Some(BrokerId(1))));
    assert!(!Reassignment::of(&back).in_progress());
    // None of the old replicas is in sync any more.
    let lost = moving(&[4, 5, 1], &[4], &[1], &[4, 5]);
    let refused = cancel(&tp, &lost, false, TERMS).unwrap_err();
    assert_eq!(
        refused.message,
        "Unable to revert partition assignment for foo:0 because it would require an unclean leader election."
    );
    let back = cancel(&tp, &lost, true, TERMS).unwrap().unwrap().partition;
    assert_eq!((back.isr, back.leader), (ids(&[1]), Some(BrokerId(1))));
}

#[test]
fn impossible_targets_are_refused_in_kafkas_words() {
    let start = moving(&[1, 2], &[1, 2], &[], &[]);
    let words = |target: &[i32]| to(&start, target).unwrap_err().message;
    assert_eq!(words(&[]), "The manual partition assignment includes an empty replica list.");
    assert_eq!(
        words(&[1, 9]),
        "The manual partition assignment includes broker 9, but no such broker is registered."
    );
    assert_eq!(
        words(&[2, 1, 2]),
        "The manual partition assignment includes the broker 2 more than once."
    );
    let refused = reassign(&start, &ids(&[1]), false, &|_| true, TERMS).unwrap_err();
    assert_eq!(refused.error, ErrorCode::InvalidReplicationFactor);
    assert_eq!(refused.message, "The replication factor is changed from 2 to 1");
    assert_eq!(to(&start, &[1, 2]).unwrap(), None, "it is there already");
}
