//! What another coordinator makes of what was stored (R-GRP-03).

use super::clients::{Client, Town};
use super::*;

/// A new coordinator that has read what this one stored.
fn successor(world: &World) -> World {
    let mut next = World::new();
    next.now_ms = world.now_ms;
    let records = world.stored.clone();
    next.call(|coordinator, now_ms, out| {
        coordinator.load(now_ms, records.into_iter(), out);
    });
    next
}

#[test]
fn members_generation_and_offsets_are_restored_and_sessions_begin_anew() {
    let mut town = Town::new(4);
    town.start(Client::new("a"));
    town.start(Client::new("b").with_instance_id("b-1"));
    town.advance_to(20_000);
    let (me, other) = (town.clients[0].me(), town.clients[1].me());
    assert_eq!(town.world.commit(&me, &[(0, 10), (1, 3)]), ErrorCode::None);
    assert_eq!(town.world.commit(&me, &[(0, 12)]), ErrorCode::None);
    let before = town.world.describe();
    let mut next = successor(&town.world);
    let after = next.describe();
    assert_eq!((after.state, after.generation), (GroupState::Stable, before.generation));
    assert_eq!((after.protocol, &after.leader), (before.protocol, &before.leader));
    let rows = |described: &GroupDescription| -> Vec<_> {
        let members = described.members.iter();
        members.map(|m| (m.id.clone(), m.instance_id.clone(), m.assignment.clone())).collect()
    };
    let (mut was, mut is) = (rows(&before), rows(&after));
    sorted::sort(&mut was);
    sorted::sort(&mut is);
    assert_eq!(is, was);
    assert!(after.members.iter().all(|m| m.session_ends_ms == next.now_ms + 45_000));
    assert_eq!((next.committed(0), next.committed(1)), (Some(12), Some(3)));
    // They go on as if nothing had happened.
    assert_eq!(next.heartbeat(&me), ErrorCode::None);
    assert_eq!(next.heartbeat(&other), ErrorCode::None);
    assert_eq!(next.commit(&me, &[(0, 13)]), ErrorCode::None);
    assert!(next.generations().is_empty());
    // Nobody says anything any more.
    next.advance_to(next.now_ms + 400_000);
    assert!(next.describe().members.is_empty());
}

#[test]
fn what_was_only_under_way_is_forgotten() {
    let mut world = World::new();
    let to = world.send(GroupRequest::JoinGroup(join_request("a", "")));
    let id = world.join_answer(to).unwrap().member_id.clone();
    world.send(GroupRequest::JoinGroup(join_request("a", &id)));
    let mut next = successor(&world);
    assert_eq!(next.heartbeat(&member_ref(&id, 1)), ErrorCode::UnknownMemberId);
    let to = next.send(GroupRequest::JoinGroup(join_request("a", &id)));
    assert_eq!(next.error_of(to), ErrorCode::UnknownMemberId);
}

#[test]
fn a_deleted_group_and_a_removed_offset_stay_gone() {
    let mut world = World::new();
    world.commit(&nobody(), &[(0, 10)]);
    let to = world.send(GroupRequest::DeleteGroup { group: GROUP.into() });
    assert_eq!(world.error_of(to), ErrorCode::None);
    assert!(successor(&world).coordinator.group_ids().next().is_none());
}

#[test]
fn whoever_waits_when_groups_go_elsewhere_is_told_so() {
    let mut world = World::new();
    let to = world.send(GroupRequest::JoinGroup(join_request("a", "")));
    let id = world.join_answer(to).unwrap().member_id.clone();
    let waits = world.send(GroupRequest::JoinGroup(join_request("a", &id)));
    world.call(|coordinator, now_ms, out| coordinator.unload(now_ms, |group| group == GROUP, out));
    assert_eq!(world.error_of(waits), ErrorCode::NotCoordinator);
    assert!(world.coordinator.group_ids().next().is_none());
    // Its timers mean nothing any more.
    world.advance_to(100_000);
}

#[test]
fn records_are_kafkas_byte_for_byte() {
    let mut world = World::new();
    world.commit(&nobody(), &[(3, 258)]);
    let (key, value) = world.stored[0].clone();
    assert_eq!(key, b"\0\x01\0\x07billing\0\x01t\0\0\0\x03");
    let mut wanted = vec![0, 3, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0];
    wanted.extend_from_slice(&world.now_ms.to_be_bytes());
    assert_eq!(value.unwrap(), wanted);
}
