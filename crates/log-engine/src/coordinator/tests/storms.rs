//! Anything at any time: the coordinator keeps its promises.

use sorted::SortedSet;

use super::clients::{Client, Doing, Town};
use super::*;
use crate::assignor::Assignor;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Act {
    Start { static_id: bool },
    Crash(usize),
    Restart(usize),
    Close(usize),
    Stick(usize),
    Rejoin(usize),
    Commit(usize),
    StaleCommit(usize),
    DeleteGroup,
    DeleteTopic,
}

fn any_act() -> impl Strategy<Value = Act> {
    let who = 0..6usize;
    prop_oneof![
        4 => any::<bool>().prop_map(|static_id| Act::Start { static_id }),
        3 => who.clone().prop_map(Act::Crash),
        3 => who.clone().prop_map(Act::Restart),
        2 => who.clone().prop_map(Act::Close),
        1 => who.clone().prop_map(Act::Stick),
        1 => who.clone().prop_map(Act::Rejoin),
        2 => who.clone().prop_map(Act::Commit),
        1 => who.prop_map(Act::StaleCommit),
        1 => Just(Act::DeleteGroup),
        1 => Just(Act::DeleteTopic),
    ]
}

fn any_storm() -> impl Strategy<Value = Vec<(i64, Act)>> {
    // Long pauses let sessions and join phases end, short ones let things collide.
    let pause = prop_oneof![Just(0), 1..4_000i64, Just(45_000), 1..400_000i64];
    prop::collection::vec((pause, any_act()), 1..40)
}

fn play(town: &mut Town, assignors: &[Assignor], storm: &[(i64, Act)]) {
    for (pause_ms, act) in storm {
        let until_ms = town.world.now_ms + pause_ms;
        town.advance_to(until_ms);
        let exists = |town: &Town, n: usize| n < town.clients.len();
        let runs =
            |town: &Town, n: usize| exists(town, n) && town.clients[n].doing == Doing::Running;
        match act.clone() {
            Act::Start { static_id } if town.clients.len() < 6 => {
                let name = format!("c{}", town.clients.len());
                let mut client = Client::new(&name).with_assignors(assignors);
                if static_id {
                    client = client.with_instance_id(&format!("i{name}"));
                }
                town.start(client);
            }
            Act::Crash(n) if exists(town, n) => town.crash(n),
            Act::Restart(n) if exists(town, n) && town.clients[n].doing == Doing::Nothing => {
                town.restart(n);
            }
            Act::Close(n) if runs(town, n) => town.close(n),
            Act::Stick(n) if exists(town, n) => town.clients[n].stuck ^= true,
            Act::Rejoin(n) if runs(town, n) => {
                town.rejoin(n);
                town.settle();
            }
            Act::Commit(n) if exists(town, n) => {
                town.world.commit(&town.clients[n].me(), &[(0, 1)]);
            }
            Act::StaleCommit(n) if exists(town, n) => {
                let mut me = town.clients[n].me();
                me.generation += 1_000;
                assert_ne!(town.world.commit(&me, &[(0, 99)]), ErrorCode::None);
            }
            Act::DeleteGroup => {
                town.world.send(GroupRequest::DeleteGroup { group: GROUP.into() });
            }
            Act::DeleteTopic => {
                town.world.call(|c, now_ms, out| c.on_topic_deleted(now_ms, "t", out));
            }
            _ => {}
        }
        assert_consistent(town);
    }
}

/// In a Stable group every partition is with exactly one member.
fn assert_consistent(town: &Town) {
    let Some(group) = town.world.coordinator.describe(town.world.now_ms, GROUP) else { return };
    assert_eq!(
        group.state == GroupState::Empty,
        group.members.is_empty() && group.rebalance.is_none()
    );
    if group.state != GroupState::Stable {
        return;
    }
    assert!(group.members.iter().any(|m| Some(&m.id) == group.leader.as_ref()), "no leader");
    let mut owned = SortedSet::new();
    for partition in group.members.iter().flat_map(|member| member.assignment.iter()) {
        assert!(owned.insert(partition.clone()), "{partition} twice");
    }
}

fn town(assignors: &[Assignor], storm: &[(i64, Act)], parks: bool) -> Town {
    let mut town = Town::new(5);
    town.parks = parks;
    play(&mut town, assignors, storm);
    // Nobody is stuck any more, and time enough passes for every join phase and session to end.
    for client in &mut town.clients {
        client.stuck = false;
    }
    let calm_ms = town.world.now_ms + 2_000_000;
    town.advance_to(calm_ms);
    assert_consistent(&town);
    town
}

proptest! {
    #![proptest_config(crate::test_support::random_cases(200))]

    #[test]
    fn every_request_gets_exactly_one_answer(storm in any_storm()) {
        let town = town(&[Assignor::Range], &storm, false);
        for sent in 1..=town.world.sent {
            let to = ReplyTo(sent);
            let answered = town.world.answers.contains_key(&to);
            prop_assert!(answered != town.world.unanswered.contains(&to), "{:?}", to);
        }
    }

    #[test]
    fn after_the_storm_the_survivors_share_all_partitions(
        storm in any_storm(),
        cooperative in any::<bool>(),
    ) {
        let assignor = if cooperative { Assignor::CooperativeSticky } else { Assignor::Range };
        let town = town(&[assignor], &storm, true);
        let running: Vec<_> = town.clients.iter().filter(|c| c.doing == Doing::Running).collect();
        let shares: usize = running.iter().map(|client| client.owned.len()).sum();
        prop_assert_eq!(shares, if running.is_empty() { 0 } else { 5 });
        prop_assert!(town.clients.iter().all(|c| matches!(c.doing, Doing::Running | Doing::Nothing)));
    }

    #[test]
    fn parked_heartbeats_change_nothing_but_the_cost(
        storm in any_storm(),
        cooperative in any::<bool>(),
    ) {
        let assignor = if cooperative { Assignor::CooperativeSticky } else { Assignor::Range };
        let beating = town(&[assignor], &storm, false);
        let parked = town(&[assignor], &storm, true);
        let first = beating.world.log.iter().zip(&parked.world.log).find(|(a, b)| a != b);
        prop_assert_eq!(first, None);
        prop_assert_eq!(beating.world.log.len(), parked.world.log.len());
    }

    #[test]
    fn a_clone_does_the_same(storm in any_storm()) {
        let first = town(&[Assignor::Range], &storm, true);
        let again = town(&[Assignor::Range], &storm, true);
        prop_assert_eq!(&first.world.log, &again.world.log);
        let now_ms = first.world.now_ms;
        let copy = first.world.coordinator.clone();
        prop_assert_eq!(copy.describe(now_ms, GROUP), first.world.coordinator.describe(now_ms, GROUP));
    }
}
