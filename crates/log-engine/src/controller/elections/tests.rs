//! What a real cluster's partitions went through, step by step (surprises S-02, S-03 and S-08), and what every change
//! keeps to, whatever happens.
#![allow(clippy::unwrap_used)]

use super::super::partition_change::{ElectedFrom, LeaderChange};
use super::*;
use crate::test_support::random_cases;
use proptest::prelude::*;

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().copied().map(BrokerId).collect()
}

/// One partition and the brokers that are there.
struct Cluster {
    partition: PartitionImage,
    active: Vec<BrokerId>,
    min_isr: usize,
    elr: bool,
    unclean: bool,
}

impl Cluster {
    fn new(replicas: &[i32], min_isr: usize) -> Self {
        let replicas = ids(replicas);
        Self {
            partition: PartitionImage {
                isr: replicas.clone(),
                leader: replicas.first().copied(),
                replicas: replicas.clone(),
                ..PartitionImage::default()
            },
            active: replicas,
            min_isr,
            elr: true,
            unclean: false,
        }
    }

    fn with<T>(&self, act: impl FnOnce(Terms<'_>) -> T) -> T {
        let may_lead = |id| self.active.contains(&id);
        let (min_isr, elr) = (self.min_isr, self.elr);
        act(Terms { may_lead: &may_lead, min_isr, elr, election: Election::Online })
    }

    fn take(&mut self, changed: Option<Changed>) -> Option<LeaderChange> {
        let Changed { partition, leader } = changed?;
        self.partition = partition;
        Some(leader)
    }

    fn change(&mut self, change: BrokerChange) -> Option<LeaderChange> {
        let changed = change
            .concerns(&self.partition)
            .then(|| self.with(|terms| change.apply(&self.partition, self.unclean, terms)))?;
        self.take(changed)
    }

    fn fence(&mut self, id: i32) -> Option<LeaderChange> {
        let leader = self.change(BrokerChange::Gone(BrokerId(id)));
        self.active.retain(|&active| active != BrokerId(id));
        leader
    }

    fn unfence(&mut self, id: i32) -> Option<LeaderChange> {
        let leader = self.change(BrokerChange::Back(BrokerId(id)));
        self.active.push(BrokerId(id));
        leader
    }

    /// The leader's AlterPartition.
    fn isr(&mut self, isr: &[i32]) {
        let changed = self.with(|terms| {
            PartitionChange::new(&self.partition, terms).isr(ids(isr)).recovering(false).build()
        });
        self.take(changed);
    }

    /// Leader, ISR, ELR, last known ELR, leader epoch.
    #[track_caller]
    fn is(&self, leader: i32, isr: &[i32], elr: &[i32], last_known: &[i32], epoch: i32) {
        let PartitionImage { isr: i, elr: e, last_known_elr: l, .. } = &self.partition;
        assert_eq!(self.partition.leader, (leader >= 0).then_some(BrokerId(leader)));
        assert_eq!((i, e, l), (&ids(isr), &ids(elr), &ids(last_known)));
        assert_eq!(self.partition.leader_epoch, epoch);
    }
}

#[test]
fn s02_the_last_in_sync_replica_crashes_and_an_unclean_election_loses_a_record() {
    let mut cluster = Cluster::new(&[1, 2, 3], 1);
    cluster.isr(&[1]);
    cluster.is(1, &[1], &[], &[], 0);
    assert_eq!(cluster.fence(1), Some(LeaderChange::Lost));
    cluster.is(-1, &[], &[1], &[1], 1);
    let elected = cluster.with(|terms| elect_leader(&cluster.partition, true, terms)).unwrap();
    assert_eq!(elected.leader, LeaderChange::Elected(BrokerId(2), ElectedFrom::Unclean));
    cluster.take(Some(elected));
    cluster.is(2, &[2], &[], &[], 2);
    assert!(cluster.partition.recovering);
    cluster.isr(&[2, 3]);
    cluster.is(2, &[2, 3], &[], &[], 2);
    assert!(!cluster.partition.recovering);
}

#[test]
fn s02_an_empty_disk_wins_the_unclean_election_if_it_comes_first() {
    let mut cluster = Cluster::new(&[1, 2, 3], 1);
    cluster.isr(&[1]);
    cluster.fence(1);
    // With a new disk it stays without a leader, though it is the last known one (measured): its log directory is not
    // the one the partition was in, so it may not lead.
    cluster.change(BrokerChange::UncleanShutdown(BrokerId(1)));
    cluster.is(-1, &[], &[], &[1], 1);
    assert_eq!(
        cluster.with(|terms| elect_leader(&cluster.partition, true, terms)).unwrap().leader,
        LeaderChange::Elected(BrokerId(2), ElectedFrom::Unclean)
    );
    cluster.active.insert(0, BrokerId(1));
    let elected = cluster.with(|terms| elect_leader(&cluster.partition, true, terms)).unwrap();
    assert_eq!(elected.partition.leader, Some(BrokerId(1)));
    assert_eq!(elected.partition.leader_epoch, 2);
}

#[test]
fn s03_below_min_isr_the_others_stay_eligible() {
    let mut cluster = Cluster::new(&[1, 2, 3], 2);
    assert_eq!(cluster.fence(3), Some(LeaderChange::Kept));
    cluster.is(1, &[1, 2], &[], &[], 0);
    assert_eq!(cluster.fence(2), Some(LeaderChange::Kept));
    cluster.is(1, &[1], &[2], &[], 0);
    assert_eq!(cluster.partition.partition_epoch, 2);
    // The last one goes too: who was in the ELR leads as soon as it is there.
    cluster.fence(1);
    cluster.is(-1, &[], &[1, 2], &[1], 1);
    assert_eq!(cluster.unfence(3), None, "it is not eligible");
    let led = Some(LeaderChange::Elected(BrokerId(2), ElectedFrom::Elr));
    assert_eq!(cluster.unfence(2), led);
    cluster.is(2, &[2], &[1], &[], 2);
    assert!(!cluster.partition.recovering);
}

#[test]
fn s03_an_unclean_shutdown_is_not_eligible() {
    let mut cluster = Cluster::new(&[1, 2, 3], 2);
    for id in [3, 2, 1] {
        cluster.fence(id);
    }
    cluster.is(-1, &[], &[1, 2], &[1], 1);
    cluster.change(BrokerChange::UncleanShutdown(BrokerId(2)));
    cluster.is(-1, &[], &[1], &[1], 1);
    assert_eq!(cluster.unfence(2), None);
    cluster.is(-1, &[], &[1], &[1], 1);
}

#[test]
fn s08_the_last_known_leader_returns_with_all_its_data() {
    let mut cluster = Cluster::new(&[1, 2, 3], 1);
    cluster.isr(&[1]);
    assert_eq!(cluster.fence(1), Some(LeaderChange::Lost));
    cluster.is(-1, &[], &[1], &[1], 1);
    assert_eq!(
        cluster.change(BrokerChange::UncleanShutdown(BrokerId(1))),
        Some(LeaderChange::Kept)
    );
    cluster.is(-1, &[], &[], &[1], 1);
    let led = Some(LeaderChange::Elected(BrokerId(1), ElectedFrom::LastKnownLeader));
    assert_eq!(cluster.unfence(1), led);
    cluster.is(1, &[1], &[], &[], 2);
    cluster.isr(&[1, 2, 3]);
    cluster.is(1, &[1, 2, 3], &[], &[], 2);
}

#[test]
fn with_unclean_elections_on_there_is_a_new_leader_at_once() {
    let mut cluster = Cluster::new(&[1, 2], 1);
    cluster.unclean = true;
    cluster.isr(&[1]);
    let led = Some(LeaderChange::Elected(BrokerId(2), ElectedFrom::Unclean));
    assert_eq!(cluster.fence(1), led);
    cluster.is(2, &[2], &[], &[], 1);
}

#[test]
fn without_elr_the_last_one_stays_in_the_isr() {
    let mut cluster = Cluster::new(&[1, 2], 2);
    cluster.elr = false;
    cluster.isr(&[1]);
    assert_eq!(cluster.fence(1), Some(LeaderChange::Lost));
    cluster.is(-1, &[1], &[], &[], 1);
    assert_eq!(cluster.unfence(2), None);
    let led = Some(LeaderChange::Elected(BrokerId(1), ElectedFrom::Isr));
    assert_eq!(cluster.unfence(1), led);
    cluster.is(1, &[1], &[], &[], 2);
}

#[test]
fn the_preferred_replica_leads_again_when_asked_to() {
    let mut cluster = Cluster::new(&[1, 2, 3], 1);
    let ask =
        |cluster: &Cluster| cluster.with(|terms| elect_leader(&cluster.partition, false, terms));
    assert_eq!(ask(&cluster), Err(ErrorCode::ElectionNotNeeded));
    cluster.fence(1);
    cluster.is(2, &[2, 3], &[], &[], 1);
    assert_eq!(ask(&cluster), Err(ErrorCode::PreferredLeaderNotAvailable));
    assert_eq!(cluster.unfence(1), None);
    assert_eq!(ask(&cluster), Err(ErrorCode::PreferredLeaderNotAvailable), "not in sync yet");
    cluster.isr(&[1, 2, 3]);
    assert!(!has_preferred(&cluster.partition));
    let elected = ask(&cluster).unwrap();
    assert_eq!(elected.leader, LeaderChange::Elected(BrokerId(1), ElectedFrom::Isr));
    let needless = cluster.with(|terms| elect_leader(&cluster.partition, true, terms));
    assert_eq!(needless, Err(ErrorCode::ElectionNotNeeded), "there is a leader");
}

/// What may happen to a broker.
#[derive(Debug, Clone)]
enum Step {
    Fence(i32),
    Unfence(i32),
    UncleanShutdown(i32),
    Isr(u8),
    Preferred,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1..6i32).prop_map(Step::Fence),
        3 => (1..6i32).prop_map(Step::Unfence),
        1 => (1..6i32).prop_map(Step::UncleanShutdown),
        3 => any::<u8>().prop_map(Step::Isr),
        1 => Just(Step::Preferred),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(random_cases(512))]

    #[test]
    fn a_registration_stays_sound(
        steps in steps(),
        factor in 1..6usize,
        min_isr in 1..4usize,
        elr: bool,
        unclean: bool,
    ) {
        let mut cluster = Cluster::new(&[1, 2, 3, 4, 5][..factor], min_isr.min(factor));
        cluster.elr = elr;
        cluster.unclean = unclean;
        for step in steps {
            let before = cluster.partition.clone();
            match step {
                Step::Fence(id) if cluster.active.contains(&BrokerId(id)) => { cluster.fence(id); }
                Step::Unfence(id) if !cluster.active.contains(&BrokerId(id)) => { cluster.unfence(id); }
                Step::UncleanShutdown(id) if !cluster.active.contains(&BrokerId(id)) => {
                    cluster.change(BrokerChange::UncleanShutdown(BrokerId(id)));
                }
                Step::Isr(mask) => {
                    let Some(leader) = cluster.partition.leader else { continue };
                    let isr: Vec<i32> = (1i32..).zip(&cluster.partition.replicas)
                        .filter(|(at, id)| **id == leader
                            || (cluster.active.contains(id) && mask & (1 << at) != 0))
                        .map(|(_, id)| id.0)
                        .collect();
                    cluster.isr(&isr);
                }
                Step::Preferred => {
                    let held = cluster.with(|terms| elect_leader(&cluster.partition, false, terms));
                    cluster.take(held.ok());
                }
                _ => {}
            }
            let now = &cluster.partition;
            // Epochs: one more for each change, and the leader's for each change of the leader.
            prop_assert_eq!(now.partition_epoch - before.partition_epoch, i32::from(*now != before));
            prop_assert_eq!(now.leader_epoch - before.leader_epoch, i32::from(now.leader != before.leader));
            // The leader is active and in sync.
            if let Some(leader) = now.leader {
                prop_assert!(cluster.active.contains(&leader));
                prop_assert!(now.isr.contains(&leader));
                prop_assert!(now.last_known_elr.is_empty());
            }
            for id in now.isr.iter().chain(&now.elr) {
                prop_assert!(now.replicas.contains(id));
            }
            prop_assert!(now.elr.iter().all(|id| !now.isr.contains(id)));
            prop_assert!(elr || (now.elr.is_empty() && !now.isr.is_empty()));
            // Nobody is eligible while min ISR is met.
            prop_assert!(now.isr.len() < cluster.min_isr || now.elr.is_empty());
            // With unclean elections off only what was in sync or eligible, or led last, comes to lead.
            if !unclean && now.leader != before.leader && let Some(leader) = now.leader {
                prop_assert!(before.isr.contains(&leader) || before.elr.contains(&leader)
                    || before.last_known_elr == [leader]);
            }
        }
    }
}
