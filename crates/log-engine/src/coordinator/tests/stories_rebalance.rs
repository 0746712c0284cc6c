//! Joining, leaving and rebalancing (R-GRP-10..18, R-GRP-21..25).

use super::clients::{Client, Doing, HEARTBEAT_MS, Town};
use super::*;
use crate::assignor::Assignor;

#[test]
fn the_first_member_waits_three_seconds_and_then_leads() {
    let mut town = Town::new(6);
    town.start(Client::new("a"));
    assert_eq!(town.world.state(), GroupState::PreparingRebalance);
    let waiting = town.world.describe().rebalance.unwrap();
    assert!(waiting.initial && waiting.waiting_for.is_empty());
    assert_eq!(waiting.deadline_ms, 3_000);
    assert!(waiting.reason.starts_with("Adding new member a-"));
    town.advance_to(2_999);
    assert_eq!(town.shares(), [0]);
    town.advance_to(3_000);
    let group = town.world.describe();
    assert_eq!((group.state, group.generation), (GroupState::Stable, 1));
    assert_eq!((group.protocol, group.rebalance), (Some("range"), None));
    assert_eq!(group.leader, Some(town.clients[0].member_id.clone()));
    assert_eq!(town.shares(), [6]);
}

#[test]
fn whoever_comes_during_the_first_delay_extends_it() {
    // R-GRP-12: two consumers a second apart get one rebalance after 6 s; three, 0.7 s apart, as well.
    for starts in [vec![0, 1_000], vec![0, 700, 1_400]] {
        let mut town = Town::new(6);
        for (n, at_ms) in starts.iter().enumerate() {
            town.advance_to(*at_ms);
            town.start(Client::new(&format!("c{n}")));
        }
        town.advance_to(20_000);
        assert_eq!(town.world.generations(), [6_000]);
        assert_eq!(town.shares().iter().sum::<usize>(), 6);
    }
}

#[test]
fn the_first_delay_never_exceeds_the_rebalance_timeout() {
    let mut town = Town::new(6);
    for n in 0..150 {
        town.advance_to(i64::from(n) * 2_500);
        town.start(Client::new(&format!("c{n}")));
    }
    assert_eq!(town.world.generations()[0], 300_000, "max.poll.interval.ms");
}

#[test]
fn a_later_joiner_is_let_in_when_all_have_heard() {
    let mut town = Town::new(6);
    town.start(Client::new("a"));
    town.advance_to(10_000);
    town.start(Client::new("b"));
    assert_eq!(town.world.state(), GroupState::PreparingRebalance);
    let waiting = town.world.describe().rebalance.unwrap();
    assert_eq!(waiting.waiting_for, [town.clients[0].member_id.clone()]);
    assert!(!waiting.initial && waiting.deadline_ms == 310_000);
    // a heartbeats at 3000 + 3k.
    town.advance_to(12_000);
    assert_eq!(town.world.generations(), [3_000, 12_000]);
    assert_eq!(town.shares(), [3, 3]);
}

#[test]
fn one_stuck_member_holds_up_everybody_until_its_poll_interval_ends() {
    // R-GRP-13
    let mut town = Town::new(6);
    town.start(Client::new("slow"));
    town.start(Client::new("b"));
    town.advance_to(20_000);
    town.clients[0].stuck = true;
    town.start(Client::new("c"));
    town.advance_to(319_999);
    assert_eq!(town.world.state(), GroupState::PreparingRebalance);
    assert_eq!(town.shares()[2], 0);
    town.advance_to(320_000);
    assert_eq!(town.world.departures(), [(320_000, Departure::NotRejoined)]);
    assert_eq!(town.shares()[1..], [3, 3]);
}

#[test]
fn a_silent_member_is_removed_after_its_session() {
    // S-38, the group's half: polls but no commit, then a crash.
    let mut town = Town::new(1);
    town.start(Client::new("a"));
    town.advance_to(4_500);
    town.start(Client::new("b"));
    town.advance_to(10_000);
    assert_eq!(town.shares(), [1, 0], "one partition, so b is idle (S-42)");
    town.crash(0);
    let last_heartbeat = 9_000;
    town.advance_to(last_heartbeat + 44_999);
    assert!(town.world.departures().is_empty());
    town.advance_to(last_heartbeat + 45_000);
    assert_eq!(town.world.departures(), [(54_000, Departure::SessionExpired)]);
    town.advance_to(54_000 + HEARTBEAT_MS);
    assert_eq!(town.shares(), [0, 1]);
    assert_eq!(town.world.committed(0), None, "so b begins where a began");
}

#[test]
fn a_slow_handler_is_out_and_its_commit_is_refused() {
    // S-40: the client leaves by itself at max.poll.interval.ms; the other hears of it at its heartbeat.
    let mut town = Town::new(2);
    town.start(Client::new("a"));
    town.start(Client::new("b"));
    town.advance_to(10_000);
    let slow = town.clients[0].me();
    town.close(0);
    assert_eq!(town.world.departures(), [(10_000, Departure::Left)]);
    assert_eq!(town.world.commit(&slow, &[(0, 5)]), ErrorCode::UnknownMemberId);
    assert_eq!(town.shares(), [0, 1], "b does not know yet");
    town.advance_to(10_000 + HEARTBEAT_MS);
    assert_eq!(town.shares(), [0, 2]);
}

#[test]
fn eager_members_share_anew_cooperative_ones_keep_theirs() {
    // S-41, the coordinator's half: six partitions, two each, a fourth member joins.
    for (assignor, generations) in [(Assignor::Range, 1), (Assignor::CooperativeSticky, 2)] {
        let mut town = Town::new(6);
        for name in ["a", "b", "c"] {
            town.start(Client::new(name).with_assignors(&[assignor]));
        }
        town.advance_to(20_000);
        assert_eq!(town.shares(), [2, 2, 2]);
        let before = town.world.generations().len();
        town.start(Client::new("d").with_assignors(&[assignor]));
        town.advance_to(20_000 + 3 * HEARTBEAT_MS);
        let rounds = town.world.generations()[before..].to_vec();
        assert_eq!(rounds.len(), generations, "{assignor:?}");
        if let [first, second] = rounds[..] {
            assert_eq!(second - first, HEARTBEAT_MS, "the others hear of round 2 only then");
        }
        let mut shares = town.shares();
        shares.sort_unstable();
        assert_eq!(shares, [1, 1, 2, 2]);
    }
}

#[test]
fn more_members_than_partitions_leave_some_idle() {
    // S-42
    let mut town = Town::new(3);
    for name in ["a", "b", "c", "d", "e"] {
        town.start(Client::new(name));
    }
    town.advance_to(20_000);
    let mut shares = town.shares();
    shares.sort_unstable();
    assert_eq!(shares, [0, 0, 1, 1, 1]);
}

#[test]
fn the_assignor_is_the_one_most_members_prefer_among_those_all_know() {
    // R-GRP-14
    let mut town = Town::new(3);
    let lists: [&[Assignor]; 3] = [
        &[Assignor::Sticky, Assignor::Range, Assignor::RoundRobin],
        &[Assignor::RoundRobin, Assignor::Range],
        &[Assignor::RoundRobin, Assignor::Sticky, Assignor::Range],
    ];
    for (n, list) in lists.into_iter().enumerate() {
        town.start(Client::new(&format!("c{n}")).with_assignors(list));
    }
    town.advance_to(20_000);
    assert_eq!(town.world.describe().protocol, Some("roundrobin"));
    let stranger = town.start(Client::new("z").with_assignors(&[Assignor::CooperativeSticky]));
    assert_eq!(town.clients[stranger].doing, Doing::Nothing, "INCONSISTENT_GROUP_PROTOCOL");
    assert_eq!(town.world.state(), GroupState::Stable);
}

#[test]
fn a_follower_that_joins_again_unchanged_disturbs_nobody_but_a_leader_does() {
    // R-GRP-21
    let mut town = Town::new(4);
    town.start(Client::new("a"));
    town.start(Client::new("b"));
    town.advance_to(20_000);
    let leader = town.world.describe().leader.unwrap();
    let follower = usize::from(town.clients[0].member_id == leader);
    // What it sent the last time, so nothing has changed.
    for (n, expected) in
        [(follower, GroupState::Stable), (1 - follower, GroupState::PreparingRebalance)]
    {
        let id = town.clients[n].member_id.clone();
        let request = join_request(&town.clients[n].name, &id);
        let to = town.world.send(GroupRequest::JoinGroup(request));
        assert_eq!(town.world.state(), expected);
        assert_eq!(town.world.join_answer(to).is_some(), expected == GroupState::Stable);
    }
}

#[test]
fn a_member_that_does_not_sync_is_removed() {
    // R-GRP-15
    let mut world = World::new();
    let mut ids = Vec::new();
    for client in ["a", "b"] {
        let to = world.send(GroupRequest::JoinGroup(join_request(client, "")));
        let id = world.join_answer(to).unwrap().member_id.clone();
        ids.push((id.clone(), world.send(GroupRequest::JoinGroup(join_request(client, &id)))));
    }
    world.advance_to(6_000);
    assert_eq!(world.state(), GroupState::CompletingRebalance);
    for at_ms in (10_000..306_000).step_by(10_000) {
        world.advance_to(at_ms);
        for (id, _) in &ids {
            assert_eq!(world.heartbeat(&member_ref(id, 1)), ErrorCode::None);
        }
    }
    world.advance_to(306_000);
    let why = Departure::NotSynced;
    assert_eq!(world.departures(), [(306_000, why), (306_000, why)]);
    assert_eq!(world.state(), GroupState::Empty);
}

#[test]
fn a_pending_member_that_never_joins_is_forgotten() {
    let mut world = World::new();
    world.send(GroupRequest::JoinGroup(join_request("a", "")));
    assert_eq!(world.describe().pending.len(), 1);
    world.advance_to(45_000);
    assert_eq!(world.departures(), [(45_000, Departure::SessionExpired)]);
    assert!(world.describe().pending.is_empty());
}

#[test]
fn a_full_group_turns_members_away() {
    // R-GRP-25
    let mut town = Town::with(World::with(CoordinatorConfig { max_size: 2, ..config() }), 6);
    for name in ["a", "b"] {
        town.start(Client::new(name));
    }
    town.advance_to(20_000);
    let third = town.world.send(GroupRequest::JoinGroup(join_request("c", "")));
    assert_eq!(town.world.error_of(third), ErrorCode::GroupMaxSizeReached);
    assert_eq!(town.world.state(), GroupState::Stable);
}

#[test]
fn a_repeated_join_replaces_the_first() {
    let mut world = World::new();
    let to = world.send(GroupRequest::JoinGroup(join_request("a", "")));
    let id = world.join_answer(to).unwrap().member_id.clone();
    let first = world.send(GroupRequest::JoinGroup(join_request("a", &id)));
    let second = world.send(GroupRequest::JoinGroup(join_request("a", &id)));
    assert_eq!(world.unanswered, [first]);
    world.advance_to(3_000);
    assert_eq!(world.join_answer(second).unwrap().generation, 1);
}

#[test]
fn the_last_to_leave_empties_the_group() {
    let mut town = Town::new(2);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    town.close(0);
    let group = town.world.describe();
    assert_eq!((group.state, group.generation), (GroupState::Empty, 2));
    assert!(group.leader.is_none() && group.protocol.is_none() && group.members.is_empty());
}
