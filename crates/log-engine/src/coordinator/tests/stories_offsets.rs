//! Commits, and how long they are kept (R-GRP-64..67).

use super::clients::{Client, Town};
use super::*;

const DAY_MS: i64 = 86_400_000;
const WEEK_MS: i64 = 7 * DAY_MS;
const CHECK_MS: i64 = 600_000;

#[test]
fn a_commit_before_processing_loses_what_was_not_processed() {
    // S-39: polled 0..499, committed 500, crashed at record 200.
    let mut town = Town::new(1);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    let me = town.clients[0].me();
    assert_eq!(town.world.commit(&me, &[(0, 500)]), ErrorCode::None);
    town.crash(0);
    town.advance_to(60_000);
    town.start(Client::new("b"));
    town.advance_to(70_000);
    assert_eq!(town.world.committed(0), Some(500));
}

#[test]
fn a_commit_may_lower_an_offset() {
    let mut world = World::new();
    assert_eq!(world.commit(&nobody(), &[(0, 10), (1, 3)]), ErrorCode::None);
    assert_eq!(world.commit(&nobody(), &[(0, 4)]), ErrorCode::None);
    assert_eq!((world.committed(0), world.committed(1)), (Some(4), Some(3)));
    assert_eq!(world.committed(9), None);
}

#[test]
fn who_may_commit_depends_on_generation_and_state() {
    // R-GRP-66
    let mut town = Town::new(2);
    assert_eq!(town.world.commit(&member_ref("x", 1), &[(0, 1)]), ErrorCode::GroupIdNotFound);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    let me = town.clients[0].me();
    let world = &mut town.world;
    let stale = member_ref(&me.member_id, 0);
    assert_eq!(world.commit(&me, &[(0, 1)]), ErrorCode::None);
    assert_eq!(world.commit(&stale, &[(0, 1)]), ErrorCode::IllegalGeneration);
    assert_eq!(world.commit(&member_ref("x", 1), &[(0, 1)]), ErrorCode::UnknownMemberId);
    assert_eq!(world.commit(&nobody(), &[(0, 1)]), ErrorCode::UnknownMemberId);

    town.start(Client::new("b"));
    assert_eq!(town.world.state(), GroupState::PreparingRebalance);
    assert_eq!(town.world.commit(&me, &[(0, 2)]), ErrorCode::None, "before it rejoins");
    let to = town.world.send(GroupRequest::JoinGroup(join_request("a", &me.member_id)));
    assert_eq!(town.world.state(), GroupState::CompletingRebalance);
    let generation = town.world.join_answer(to).unwrap().generation;
    let joined = member_ref(&me.member_id, generation);
    assert_eq!(town.world.commit(&joined, &[(0, 3)]), ErrorCode::RebalanceInProgress);
    assert_eq!(town.world.committed(0), Some(2));
}

#[test]
fn a_commit_is_a_sign_of_life() {
    let mut town = Town::new(1);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    let me = town.clients[0].me();
    town.crash(0);
    town.advance_to(40_000);
    town.world.commit(&me, &[(0, 1)]);
    town.advance_to(84_999);
    assert!(town.world.departures().is_empty());
    town.advance_to(85_000);
    assert_eq!(town.world.departures(), [(85_000, Departure::SessionExpired)]);
}

#[test]
fn offsets_of_an_empty_group_go_seven_days_after_it_emptied() {
    let mut town = Town::new(1);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    let me = town.clients[0].me();
    town.world.commit(&me, &[(0, 500)]);
    town.parks = true;
    town.advance_to(30 * DAY_MS);
    assert_eq!(town.world.committed(0), Some(500), "kept while somebody subscribes");
    let emptied_ms = town.world.now_ms;
    town.close(0);
    town.advance_to(emptied_ms + WEEK_MS - 1);
    assert_eq!(town.world.committed(0), Some(500));
    town.advance_to(emptied_ms + WEEK_MS + CHECK_MS);
    assert_eq!(town.world.committed(0), None);
    assert!(town.world.coordinator.describe(0, GROUP).is_none(), "the group goes with them");
    assert_eq!(town.world.log.last().unwrap().1, Transition::GroupDeleted);
}

#[test]
fn offsets_of_a_dropped_subscription_go_seven_days_after_the_commit() {
    let mut town = Town::new(1);
    town.topics.insert("other".into(), 1);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    town.world.commit(&town.clients[0].me(), &[(0, 9)]);
    town.clients[0].topics = vec!["other".into()];
    town.rejoin(0);
    town.advance_to(WEEK_MS - CHECK_MS);
    assert_eq!(town.world.committed(0), Some(9));
    town.advance_to(WEEK_MS + 2 * CHECK_MS);
    assert_eq!(town.world.committed(0), None);
    assert_eq!(town.world.state(), GroupState::Stable, "the group lives on");
}

#[test]
fn offsets_of_a_standalone_consumer_go_seven_days_after_the_commit() {
    let mut world = World::new();
    world.commit(&nobody(), &[(0, 1)]);
    world.advance_to(DAY_MS);
    world.commit(&nobody(), &[(1, 1)]);
    world.advance_to(WEEK_MS + CHECK_MS);
    assert_eq!((world.committed(0), world.committed(1)), (None, Some(1)));
    world.advance_to(WEEK_MS + DAY_MS + CHECK_MS);
    assert!(world.coordinator.describe(0, GROUP).is_none());
}

#[test]
fn offsets_go_with_their_topic() {
    let mut world = World::new();
    world.commit(&nobody(), &[(0, 1), (1, 2)]);
    world.call(|c, now_ms, out| c.on_topic_deleted(now_ms, "t", out));
    assert_eq!((world.committed(0), world.committed(1)), (None, None));
}

#[test]
fn only_an_empty_group_can_be_deleted() {
    let mut town = Town::new(1);
    let delete = || GroupRequest::DeleteGroup { group: GROUP.into() };
    let to = town.world.send(delete());
    assert_eq!(town.world.error_of(to), ErrorCode::GroupIdNotFound);
    town.start(Client::new("a"));
    town.advance_to(5_000);
    let to = town.world.send(delete());
    assert_eq!(town.world.error_of(to), ErrorCode::NonEmptyGroup);
    town.close(0);
    let to = town.world.send(delete());
    assert_eq!(town.world.error_of(to), ErrorCode::None);
    assert!(town.world.coordinator.group_ids().next().is_none());
}
