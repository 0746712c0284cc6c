//! Heartbeats that cost nothing while nothing happens.

use super::clients::{Client, HEARTBEAT_MS, Town};
use super::*;

fn parked_pair() -> Town {
    let mut town = Town::new(4);
    town.parks = true;
    town.start(Client::new("a"));
    town.start(Client::new("b"));
    town.advance_to(10_000);
    assert!(town.world.describe().members.iter().all(|member| member.parked));
    town
}

#[test]
fn an_idle_week_is_nearly_free() {
    let mut town = parked_pair();
    let (sent, fired) = (town.world.sent, town.world.timers_fired);
    let week_ms = 7 * 86_400_000;
    town.advance_to(week_ms);
    assert_eq!(town.world.sent, sent, "no request");
    let checks = week_ms / 600_000;
    let fired = i64::try_from(town.world.timers_fired - fired).unwrap();
    // Session timers armed before the parking run out once; nothing arms them again.
    assert!(fired <= checks + 8, "{fired} timers for {checks} checks of expired offsets");
    assert!(town.world.departures().is_empty());
    assert_eq!(town.world.state(), GroupState::Stable);
}

#[test]
fn a_rebalance_wakes_the_parked_at_their_next_heartbeat() {
    let mut town = parked_pair();
    // Settled at 6000, so heartbeats arrive at 9000 + 3000 k.
    town.advance_to(100_000);
    town.start(Client::new("c"));
    assert_eq!(town.world.state(), GroupState::PreparingRebalance);
    assert_eq!(town.clients[0].next_heartbeat_ms, Some(102_000));
    town.advance_to(102_000);
    assert_eq!(*town.world.generations().last().unwrap(), 102_000);
}

#[test]
fn a_crash_counts_from_the_last_heartbeat_that_would_have_arrived() {
    let mut town = parked_pair();
    town.advance_to(100_000);
    town.crash(0);
    assert_eq!(town.world.describe().members[0].session_ends_ms, 99_000 + 45_000);
    town.advance_to(200_000);
    assert_eq!(town.world.departures(), [(99_000 + 45_000, Departure::SessionExpired)]);
}

#[test]
fn unparking_tells_what_arrived_and_what_is_next() {
    let mut town = parked_pair();
    let id = town.clients[0].member_id.clone();
    town.world.now_ms = 12_000;
    town.world.call(|c, now_ms, out| c.unpark(now_ms, GROUP, &id, out));
    assert_eq!(town.world.unparked, [(id.clone(), Some(12_000), 15_000)]);
    town.world.call(|c, now_ms, out| c.unpark(now_ms, GROUP, &id, out));
    assert_eq!(town.world.unparked.len(), 1, "only once");
}

#[test]
fn what_would_not_be_answered_plainly_is_not_parked() {
    let mut town = parked_pair();
    let id = town.clients[0].member_id.clone();
    let now_ms = town.world.now_ms;
    let park = |town: &mut Town, member: &str, first_ms: i64, interval_ms: i64| {
        town.world.coordinator.park_heartbeats(now_ms, GROUP, member, first_ms, interval_ms)
    };
    assert!(!park(&mut town, "stranger", now_ms + 1, HEARTBEAT_MS));
    assert!(!park(&mut town, &id, now_ms - 1, HEARTBEAT_MS));
    assert!(!park(&mut town, &id, now_ms + 1, 45_000), "the session would end in between");
    assert!(!park(&mut town, &id, now_ms + 1, 0));
    assert!(park(&mut town, &id, now_ms + 1, HEARTBEAT_MS));
    town.start(Client::new("c"));
    assert!(!park(&mut town, &id, now_ms + 1, HEARTBEAT_MS), "the group rebalances");
}
