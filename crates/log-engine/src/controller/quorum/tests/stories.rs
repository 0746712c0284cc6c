//! What happens to a quorum of three.

use super::*;

fn elected(_: i32, happened: &Happened) -> bool {
    matches!(happened, Happened::BecameLeader { .. })
}

#[test]
fn three_voters_elect_one_and_all_follow_it() {
    let mut net = Net::new(3, 1, 1);
    net.run(5_000);
    let leader = net.leader();
    let at = net.first(START, elected).unwrap();
    assert!((1_000..2_100).contains(&at), "after an election timeout: {at}");
    net.append(leader, 7);
    net.run(10);
    for node in 1..=4 {
        assert_eq!((net.quorum(node).leader(), net.data(node)), (Some(id(leader)), vec![7]));
    }
    assert_eq!(net.quorum(4).state(), StateName::Follower, "an observer follows, too");
    let replicas: Vec<i32> = net.quorum(leader).replicas().map(|(id, _)| id.0).collect();
    assert_eq!(replicas, [1, 2, 3, 4]);
    let caught_up = |(_, replica): (NodeId, &Replica)| replica.end_offset == Some(2);
    assert!(net.quorum(leader).replicas().all(caught_up));
}

#[test]
fn a_lone_voter_leads_at_once() {
    let mut net = Net::new(1, 0, 1);
    assert_eq!(net.leader(), 1);
    assert_eq!(net.append(1, 7), Some(2));
    assert_eq!(net.data(1), [7]);
    assert_eq!(net.quorum(1).next_deadline_ms(), None, "it has nothing to wait for");
    net.crash(1);
    net.run(1_000);
    net.start(1);
    assert_eq!((net.leader(), net.quorum(1).epoch()), (1, 2));
    assert_eq!(net.data(1), [7]);
}

#[test]
fn a_formed_quorum_works_from_the_first_moment() {
    let mut net = Net::formed(3, 2, 5);
    assert_eq!(net.append(1, 7), Some(2));
    net.run(10);
    for node in 1..=5 {
        assert_eq!(net.data(node), [7]);
    }
    net.run(60_000);
    assert_eq!((net.leader(), net.quorum(1).epoch()), (1, 1));
    assert!(net.happened.iter().all(|(.., what)| matches!(what, Happened::HighWatermark { .. })));
}

#[test]
fn when_the_leader_dies_another_is_elected() {
    for seed in 0..20 {
        let mut net = Net::formed(3, 0, seed);
        net.append(1, 7);
        net.run(10_000 + i64::try_from(seed).unwrap() * 37);
        let died = net.now;
        net.crash(1);
        net.run(10_000);
        let leader = net.leader();
        assert_ne!(leader, 1);
        // The fetch timeout of 2000 ms, from the last answer of the leader on.
        let at = net.first(died, elected).unwrap();
        assert!((1_400..4_100).contains(&at), "{at}");
        assert_eq!(net.append(leader, 8).map(|_| ()), Some(()));
        net.run(10);
        assert_eq!(net.data(leader), [7, 8], "what was committed is there");
        net.start(1);
        net.run(5_000);
        assert_eq!((net.leader(), net.data(1)), (leader, vec![7, 8]));
    }
}

#[test]
fn a_leader_without_a_majority_resigns_after_3000_ms() {
    let mut net = Net::formed(3, 0, 2);
    net.run(10_000);
    let cut = net.now;
    net.isolate(1, true);
    net.run(2_000);
    assert!(net.append(1, 9).is_some(), "it does not know yet");
    net.run(8_000);
    let resigned = net.first(cut, |node, what| {
        node == 1 && matches!(what, Happened::LostLeadership { epoch: 1 })
    });
    let resigned = resigned.unwrap();
    // From the last fetch of a voter on, which was up to half a second ago.
    assert!((2_490..=3_000).contains(&resigned), "{resigned}");
    assert_ne!(net.leader(), 1);
    assert_eq!(net.data(1), [] as [u32; 0], "what it appended was not committed");
}

#[test]
fn a_leader_that_is_cut_from_one_of_two_goes_on() {
    let mut net = Net::formed(3, 0, 3);
    net.run(1_000);
    net.set_cut(1, 2, true);
    net.run(60_000);
    net.append(1, 7);
    net.run(100);
    assert_eq!((net.leader(), net.quorum(1).epoch(), net.data(3)), (1, 1, vec![7]));
}

#[test]
fn a_follower_that_was_cut_off_does_not_disturb_the_epoch() {
    let mut net = Net::formed(3, 0, 4);
    net.run(1_000);
    net.isolate(3, true);
    net.run(60_000);
    assert!(matches!(net.quorum(3).state(), StateName::Prospective | StateName::Follower));
    assert_eq!(net.quorum(3).epoch(), 1, "it asked, and nobody answered");
    net.append(1, 7);
    net.isolate(3, false);
    net.run(5_000);
    assert_eq!(net.leaders, BTreeMap::new(), "nobody was elected");
    for node in 1..=3 {
        assert_eq!((net.quorum(node).epoch(), net.data(node)), (1, vec![7]));
    }
}

#[test]
fn what_a_cut_off_leader_appended_is_cut_off() {
    let mut net = Net::formed(3, 0, 6);
    net.append(1, 1);
    net.run(1_000);
    net.isolate(1, true);
    for lost in [100, 101, 102] {
        net.append(1, lost);
    }
    net.run(10_000);
    let leader = net.leader();
    net.append(leader, 2);
    net.run(100);
    net.isolate(1, false);
    net.run(10_000);
    assert_eq!(net.leader(), leader);
    for node in 1..=3 {
        assert_eq!(net.data(node), [1, 2]);
        assert_eq!(net.quorum(node).end_offset(), net.quorum(leader).end_offset());
    }
    let truncated = |(_, node, what): &(i64, i32, Happened)| {
        *node == 1 && *what == Happened::Truncated { to: 2 }
    };
    assert_eq!(net.happened.iter().filter(|happened| truncated(happened)).count(), 1);
}

#[test]
fn one_of_three_alone_elects_nobody() {
    let mut net = Net::formed(3, 1, 7);
    net.run(1_000);
    net.crash(1);
    net.crash(2);
    net.run(600_000);
    assert_eq!(net.leading(), [] as [i32; 0]);
    assert_eq!(net.quorum(3).epoch(), 1, "pre-votes leave the epoch");
    // An outage costs tens of messages a second, not hundreds.
    assert!(net.sent < 600 * 60, "{}", net.sent);
    net.start(2);
    net.run(5_000);
    assert!([2, 3].contains(&net.leader()));
}

#[test]
fn a_leader_that_resigns_is_followed_at_once() {
    let mut net = Net::formed(3, 0, 8);
    net.run(10_300);
    let resigned = net.now;
    net.act(1, |quorum, now, rng| quorum.resign(1, now, rng));
    assert_eq!(net.quorum(1).state(), StateName::Resigned);
    net.run(5_000);
    let at = net.first(resigned, elected).unwrap();
    assert!(at < 1_000, "{at}");
    assert_eq!((net.leader(), net.quorum(1).state()), (2, StateName::Follower));
}

#[test]
fn a_leader_that_crashes_comes_back_resigned() {
    let mut net = Net::formed(3, 0, 9);
    net.run(1_000);
    net.crash(1);
    net.run(50);
    net.start(1);
    assert_eq!((net.quorum(1).state(), net.quorum(1).epoch()), (StateName::Resigned, 1));
    net.run(10_000);
    assert!(net.quorum(net.leader()).epoch() > 1, "never again in the same epoch");
}
