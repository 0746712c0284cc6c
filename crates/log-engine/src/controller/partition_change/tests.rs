//! Kafka's own `PartitionChangeBuilderTest`, for metadata version 4.1 and later, where it makes sense here. (Its cases
//! with `setUseLastKnownLeaderInBalancedRecovery(false)`, which nothing but that test sets, are told with what the
//! default gives.)
#![allow(clippy::unwrap_used)]

use super::super::reassignment::Revert;
use super::*;

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

fn registration(replicas: &[i32], isr: &[i32], leader: i32) -> PartitionImage {
    PartitionImage {
        replicas: ids(replicas),
        isr: ids(isr),
        leader: (leader >= 0).then_some(BrokerId(leader)),
        leader_epoch: 100,
        partition_epoch: 200,
        ..PartitionImage::default()
    }
}

fn with_elr(mut partition: PartitionImage, elr: &[i32], last_known: &[i32]) -> PartitionImage {
    partition.elr = ids(elr);
    partition.last_known_elr = ids(last_known);
    partition
}

fn foo() -> PartitionImage {
    registration(&[2, 1, 3], &[2, 1, 3], 1)
}

fn bar() -> PartitionImage {
    PartitionImage {
        removing: ids(&[1]),
        adding: ids(&[4]),
        ..registration(&[1, 2, 3, 4], &[1, 2, 3], 1)
    }
}

fn baz() -> PartitionImage {
    registration(&[2, 1, 3], &[1, 3], 3)
}

fn all(_: BrokerId) -> bool {
    true
}

fn none(_: BrokerId) -> bool {
    false
}

fn not_3(id: BrokerId) -> bool {
    id != BrokerId(3)
}

fn terms(may_lead: &dyn Fn(BrokerId) -> bool) -> Terms<'_> {
    Terms { may_lead, min_isr: 2, elr: true, election: Election::Online }
}

fn held<'a>(election: Election, may_lead: &'a dyn Fn(BrokerId) -> bool) -> Terms<'a> {
    Terms { election, ..terms(may_lead) }
}

/// One line of the table: a change, and what is told of it.
#[track_caller]
fn told(change: PartitionChange<'_>, expected: &str) {
    let before = change.partition.clone();
    let told = change.build().map_or("nothing".to_owned(), |changed| tell(&before, &changed));
    assert_eq!(told, expected);
}

/// A change in the words of a `PartitionChangeRecord`: the fields it sets.
fn tell(before: &PartitionImage, Changed { partition: after, leader }: &Changed) -> String {
    let mut told = Vec::new();
    match leader {
        LeaderChange::Kept => assert_eq!(after.leader_epoch, before.leader_epoch),
        LeaderChange::NewEpoch => told.push("new epoch".to_owned()),
        LeaderChange::Elected(id, from) => told.push(format!("leader {} from {from:?}", id.0)),
        LeaderChange::Lost => told.push("leader lost".to_owned()),
    }
    if *leader != LeaderChange::Kept {
        assert_eq!(after.leader_epoch, before.leader_epoch + 1);
    }
    assert_eq!(after.partition_epoch, before.partition_epoch + 1);
    let mut list = |name: &str, old: &[BrokerId], new: &[BrokerId]| {
        if old != new {
            let ids: Vec<i32> = new.iter().map(|id| id.0).collect();
            told.push(format!("{name} {ids:?}"));
        }
    };
    list("isr", &before.isr, &after.isr);
    list("elr", &before.elr, &after.elr);
    list("last known", &before.last_known_elr, &after.last_known_elr);
    list("replicas", &before.replicas, &after.replicas);
    list("adding", &before.adding, &after.adding);
    list("removing", &before.removing, &after.removing);
    if before.recovering != after.recovering {
        told.push(if after.recovering { "recovering" } else { "recovered" }.to_owned());
    }
    told.join(", ")
}

#[test]
fn elections() {
    use Election::{Online, Preferred, Unclean};
    let elected = |partition: &PartitionImage, terms, isr: Option<&[i32]>| {
        let change = PartitionChange::new(partition, terms);
        match isr {
            Some(isr) => change.isr(ids(isr)),
            None => change,
        }
        .elect_leader()
        .map(|(leader, from)| (leader.0, from == ElectedFrom::Unclean))
    };
    let (foo, baz) = (foo(), baz());
    assert_eq!(elected(&foo, held(Preferred, &not_3), None), Some((2, false)));
    assert_eq!(elected(&foo, held(Online, &not_3), None), Some((1, false)));
    assert_eq!(elected(&foo, held(Unclean, &not_3), None), Some((1, false)));
    assert_eq!(elected(&foo, held(Online, &not_3), Some(&[1, 3])), Some((1, false)));
    assert_eq!(elected(&foo, held(Unclean, &not_3), Some(&[1, 3])), Some((1, false)));
    assert_eq!(elected(&foo, held(Online, &not_3), Some(&[3])), None);
    assert_eq!(elected(&foo, held(Unclean, &not_3), Some(&[3])), Some((2, true)));
    let more = PartitionChange::new(&foo, held(Unclean, &not_3));
    let more = more.isr(ids(&[4])).replicas(ids(&[2, 1, 3, 4]));
    assert_eq!(more.elect_leader(), Some((BrokerId(4), ElectedFrom::Isr)));
    for election in [Preferred, Online, Unclean] {
        assert_eq!(elected(&baz, held(election, &all), None), Some((3, false)));
    }
}

#[test]
fn nothing_changes() {
    for election in [Election::Online, Election::Unclean] {
        told(PartitionChange::new(&foo(), held(election, &not_3)), "nothing");
        told(PartitionChange::new(&bar(), held(election, &not_3)), "nothing");
    }
    told(PartitionChange::new(&baz(), held(Election::Preferred, &all)), "nothing");
}

#[test]
fn an_isr_change_alone_keeps_the_leader_epoch() {
    let foo = foo();
    let change = || PartitionChange::new(&foo, terms(&not_3));
    told(change().isr(ids(&[2, 1])), "isr [2, 1]");
    told(change().isr(ids(&[2, 1, 3, 4])), "isr [2, 1, 3, 4]");
    told(change().isr(ids(&[2, 3])), "leader 2 from Isr, isr [2, 3]");
}

#[test]
fn replicas_that_go_bump_the_leader_epoch() {
    let foo = foo();
    let change = || PartitionChange::new(&foo, terms(&not_3));
    told(change().replicas(ids(&[2, 1, 4])), "new epoch, replicas [2, 1, 4]");
    told(change().replicas(ids(&[3, 2, 1])), "replicas [3, 2, 1]");
}

#[test]
fn reassignments() {
    let (foo, bar) = (foo(), bar());
    told(
        PartitionChange::new(&bar, terms(&not_3)).isr(ids(&[1, 2, 3, 4])),
        "leader 2 from Isr, isr [2, 3, 4], replicas [2, 3, 4], adding [], removing []",
    );
    let revert = Revert::of(&bar).unwrap();
    told(
        PartitionChange::new(&bar, terms(&not_3))
            .replicas(revert.replicas)
            .isr(revert.isr)
            .removing(Vec::new())
            .adding(Vec::new()),
        "new epoch, replicas [1, 2, 3], adding [], removing []",
    );
    // Without a replica to wait for it is complete at once.
    let fewer = Reassignment::new(&foo.replicas, &ids(&[1, 2]));
    told(
        PartitionChange::new(&foo, terms(&not_3)).replicas(fewer.replicas).removing(fewer.removing),
        "new epoch, isr [2, 1], replicas [1, 2]",
    );
    let more = Reassignment::new(&foo.replicas, &ids(&[1, 2, 3, 4]));
    told(
        PartitionChange::new(&foo, terms(&not_3)).replicas(more.replicas).adding(more.adding),
        "replicas [1, 2, 3, 4], adding [4]",
    );
}

#[test]
fn a_leader_that_is_taken_away_goes_even_if_no_other_can_lead() {
    let moving = PartitionImage {
        removing: ids(&[0, 1]),
        adding: ids(&[2, 3]),
        ..registration(&[2, 3, 0, 1], &[0, 1], 0)
    };
    told(
        PartitionChange::new(&moving, Terms { elr: false, ..terms(&none) }).isr(ids(&[0, 1, 2, 3])),
        "leader lost, isr [2, 3], replicas [2, 3], adding [], removing []",
    );
}

#[test]
fn an_unclean_election_leaves_the_leader_alone_in_sync() {
    told(
        PartitionChange::new(&foo(), held(Election::Unclean, &not_3)).isr(ids(&[3])),
        "leader 2 from Unclean, isr [2], recovering",
    );
    let only_1 = |id| id == BrokerId(1);
    let offline = with_elr(registration(&[2, 1, 3], &[], -1), &[3], &[2]);
    let change = || PartitionChange::new(&offline, held(Election::Unclean, &only_1));
    let expected = "leader 1 from Unclean, isr [1], elr [], last known [], recovering";
    told(change(), expected);
    told(change().isr(ids(&[2])), expected);
    let without = registration(&[2, 1, 3], &[3], -1);
    let terms = Terms { elr: false, ..held(Election::Unclean, &only_1) };
    told(PartitionChange::new(&without, terms), "leader 1 from Unclean, isr [1], recovering");
}

#[test]
fn losing_and_finding_a_leader_leaves_the_recovery_state() {
    let recovering = PartitionImage { recovering: true, ..registration(&[1, 2, 3], &[1], 1) };
    let old = Terms { elr: false, ..terms(&none) };
    let lost = PartitionChange::new(&recovering, old).isr(Vec::new()).build().unwrap().partition;
    assert_eq!((lost.leader, lost.isr.as_slice()), (None, &ids(&[1])[..]));
    assert!(lost.recovering);
    let old = Terms { elr: false, ..terms(&all) };
    let found = PartitionChange::new(&lost, old).build().unwrap().partition;
    assert_eq!((found.leader, found.recovering), (Some(BrokerId(1)), true));
    let noted = PartitionChange::new(&found, terms(&all)).recovering(false);
    told(noted, "recovered");
}

#[test]
fn below_min_isr_the_elr_keeps_what_leaves() {
    let terms = |may_lead| Terms { min_isr: 3, ..held(Election::Preferred, may_lead) };
    told(
        PartitionChange::new(&registration(&[1, 2, 3, 4], &[1, 2, 3, 4], 1), terms(&not_3))
            .isr(ids(&[1, 2])),
        "isr [1, 2], elr [3, 4]",
    );
    told(
        PartitionChange::new(
            &with_elr(registration(&[1, 2, 3, 4], &[1, 2], 1), &[3], &[]),
            terms(&not_3),
        )
        .isr(ids(&[1, 2, 3])),
        "isr [1, 2, 3], elr []",
    );
    let one = with_elr(registration(&[1, 2, 3, 4], &[1], 1), &[3], &[]);
    told(PartitionChange::new(&one, terms(&not_3)).isr(ids(&[1, 4])), "isr [1, 4]");
    let two = with_elr(registration(&[1, 2, 3, 4], &[1], 1), &[2, 3], &[]);
    told(PartitionChange::new(&two, terms(&not_3)).unclean_shutdown(BrokerId(3)), "elr [2]");
    // Without the feature there is none.
    let off = Terms { elr: false, ..terms(&not_3) };
    told(PartitionChange::new(&two, off), "elr []");
}

#[test]
fn an_eligible_replica_leads_when_the_isr_is_empty() {
    let not_1 = |id| id != BrokerId(1);
    let partition = with_elr(registration(&[1, 2, 3, 4], &[1], 1), &[3], &[]);
    told(
        PartitionChange::new(&partition, Terms { min_isr: 3, ..held(Election::Preferred, &not_1) })
            .isr(Vec::new()),
        "leader 3 from Elr, isr [3], elr [1]",
    );
}

#[test]
fn the_last_leader_is_noted_when_there_is_none() {
    let terms = Terms { min_isr: 3, ..held(Election::Preferred, &none) };
    let full = registration(&[1, 2, 3, 4], &[1, 2, 3, 4], 1);
    let change = PartitionChange::new(&full, terms).isr(Vec::new());
    told(change, "leader lost, isr [], elr [1, 2, 3, 4], last known [1]");
    let empty = PartitionChange::new(&full, terms).isr(Vec::new()).build().unwrap().partition;
    told(PartitionChange::new(&empty, terms).unclean_shutdown(BrokerId(2)), "elr [1, 3, 4]");
    // No change of the ISR was asked for: it stays as it is.
    let partition = with_elr(registration(&[1, 2, 3], &[1], 1), &[2], &[]);
    told(PartitionChange::new(&partition, terms), "leader lost, last known [1]");
}

#[test]
fn the_last_known_leader_leads_when_isr_and_elr_are_empty() {
    let offline = with_elr(registration(&[1, 2, 3, 4], &[], -1), &[], &[1]);
    let change = |partition, may_lead, election| {
        PartitionChange::new(partition, Terms { min_isr: 3, ..held(election, may_lead) })
            .isr(Vec::new())
    };
    told(
        change(&offline, &all, Election::Preferred),
        "leader 1 from LastKnownLeader, isr [1], last known [], recovering",
    );
    for election in [Election::Preferred, Election::Online, Election::Unclean] {
        told(change(&offline, &none, election), "nothing");
    }
    let eligible = with_elr(registration(&[1, 2, 3, 4], &[], -1), &[3], &[1]);
    told(change(&eligible, &not_3, Election::Preferred), "nothing");
}
