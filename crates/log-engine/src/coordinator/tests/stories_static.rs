//! Static members (R-GRP-20, KIP-345).

use super::clients::{Client, HEARTBEAT_MS, Town};
use super::*;

/// Two static members, settled since 6000.
fn static_pair() -> Town {
    let mut town = Town::new(4);
    town.start(Client::new("a").with_instance_id("ia"));
    town.start(Client::new("b").with_instance_id("ib"));
    town.advance_to(20_000);
    assert_eq!(town.shares(), [2, 2]);
    town
}

#[test]
fn a_static_member_needs_no_second_join() {
    let mut town = Town::new(4);
    town.start(Client::new("a").with_instance_id("ia"));
    let group = town.world.describe();
    assert!(group.pending.is_empty());
    assert!(group.members[0].id.starts_with("ia-"), "its id begins with the instance id");
}

#[test]
fn a_restart_within_the_session_moves_nothing() {
    // S-43: 20 s down.
    let mut town = static_pair();
    let (old, owned) = (town.clients[0].me(), town.clients[0].owned.clone());
    town.crash(0);
    town.advance_to(40_000);
    town.restart(0);
    town.advance_to(100_000);
    assert_eq!(town.world.generations().len(), 1, "no rebalance");
    assert_eq!(town.clients[0].owned, owned);
    assert!(town.world.departures().is_empty());
    assert_eq!(town.world.heartbeat(&old), ErrorCode::FencedInstanceId);
    assert_eq!(town.world.commit(&old, &[(0, 1)]), ErrorCode::FencedInstanceId);
}

#[test]
fn a_restart_of_the_leader_computes_no_assignment() {
    let mut town = static_pair();
    let leader = town.world.describe().leader.unwrap();
    let index = usize::from(town.clients[0].member_id != leader);
    let owned = town.clients[index].owned.clone();
    town.crash(index);
    town.restart(index);
    assert_eq!(town.clients[index].owned, owned);
    let group = town.world.describe();
    assert_eq!(group.leader, Some(town.clients[index].member_id.clone()));
    assert_eq!((group.state, group.generation), (GroupState::Stable, 1));
}

#[test]
fn a_restart_after_the_session_rebalances_twice() {
    // S-43: 50 s down.
    let mut town = static_pair();
    town.crash(0);
    let last_heartbeat = 18_000;
    town.advance_to(70_000);
    assert_eq!(town.world.departures(), [(last_heartbeat + 45_000, Departure::SessionExpired)]);
    assert_eq!(town.shares(), [0, 4]);
    town.restart(0);
    town.advance_to(70_000 + HEARTBEAT_MS);
    assert_eq!(town.shares(), [2, 2]);
    assert_eq!(town.world.generations().len(), 3);
}

#[test]
fn two_processes_with_one_instance_id_fence_each_other() {
    let mut town = static_pair();
    town.start(Client::new("a2").with_instance_id("ia"));
    town.advance_to(20_000 + HEARTBEAT_MS);
    assert!(town.clients[0].fenced, "the older one notices at its next heartbeat");
    assert_eq!(town.shares()[2], 2);
}

#[test]
fn a_static_member_that_misses_a_rebalance_stays_a_member() {
    let mut town = static_pair();
    town.clients[0].stuck = true;
    town.start(Client::new("c"));
    town.advance_to(320_000);
    assert!(town.world.departures().is_empty());
    assert_eq!(town.world.describe().members.len(), 3);
}

#[test]
fn coming_back_while_the_assignment_is_computed_starts_a_rebalance() {
    let mut world = World::new();
    let join = |client: &str, id: &str| {
        let mut request = join_request(client, id);
        request.instance_id = Some(format!("i{client}").into());
        GroupRequest::JoinGroup(request)
    };
    for client in ["a", "b"] {
        world.send(join(client, ""));
    }
    world.advance_to(6_000);
    assert_eq!(world.state(), GroupState::CompletingRebalance);
    world.send(join("a", ""));
    assert_eq!(world.state(), GroupState::PreparingRebalance);
    let reason = world.describe().rebalance.unwrap().reason;
    assert!(reason.starts_with("Updating metadata for static member ia-"), "{reason}");
}

#[test]
fn an_administrator_removes_a_static_member_by_its_instance_id() {
    let mut town = static_pair();
    let mut member = nobody();
    member.instance_id = Some("ia".into());
    let to = town.world.send(GroupRequest::LeaveGroup { member: member.clone() });
    assert_eq!(town.world.error_of(to), ErrorCode::None);
    assert_eq!(town.world.departures(), [(20_000, Departure::Left)]);
    member.instance_id = Some("nobody".into());
    let to = town.world.send(GroupRequest::LeaveGroup { member });
    assert_eq!(town.world.error_of(to), ErrorCode::UnknownMemberId);
}
