//! Controllers that fail: the quorum elects, what was decided stays, and serving goes on meanwhile.

use super::*;
use crate::command::QuorumSpec;
use serde_json::json;

/// Three brokers with a quorum, a topic `t` of three partitions on all of them, and a producer.
fn cluster(quorum: QuorumSpec) -> Play {
    let spec = ClusterSpec { brokers: 3, quorum: Some(quorum), ..ClusterSpec::default() };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.json(json!({"do": "create-topic", "topic": "t", "partitions": 3, "replication_factor": 3,
        "configs": {"min.insync.replicas": "2"}}))
        .unwrap();
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(1_000);
    play
}

fn now(play: &Play) -> i64 {
    play.engine.now_ms() - START_MS
}

fn quorum_leader(play: &Play) -> Option<i32> {
    play.engine.cluster().quorum.leader.map(|id| id.0)
}

fn roles(play: &Play) -> Vec<String> {
    play.engine.cluster().quorum.voters.into_iter().map(|voter| voter.role).collect()
}

fn node(play: &mut Play, what: &str, id: i32) {
    play.json(json!({"do": what, "broker": id})).unwrap();
}

fn cut(play: &mut Play, one: i32, others: &[i32]) {
    let others: Vec<String> = others.iter().map(ToString::to_string).collect();
    play.json(json!({"do": "set-link", "from": [one.to_string()], "to": others,
        "both": true, "cut": true}))
        .unwrap();
}

/// Sends a record to each partition and says how many have been acknowledged after a while.
fn acked_of_three(play: &mut Play) -> u64 {
    let before = play.engine.ledger(None).acked;
    for partition in 0..3 {
        let record = RecordSpec { partition: Some(partition), ..keyed("k") };
        play.send("p", "t", record, 1);
    }
    let at = now(play);
    play.run_to(at + 2_000);
    play.engine.ledger(None).acked - before
}

#[test]
fn a_decision_of_three_controllers_takes_a_round_to_the_majority() {
    let mut play = cluster(QuorumSpec::Separate(3));
    assert_eq!(roles(&play), ["Leader", "Follower", "Follower"]);
    let asked = now(&play);
    play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap();
    play.run_to(asked + 500);
    let created = play.times(|kind| matches!(kind, EventKind::TopicCreated { .. }));
    // To a broker, on to the controller; to a follower, and its next fetch.
    assert_eq!(created.last().unwrap() - asked, 4);
    let view = play.engine.cluster().quorum;
    assert!(view.voters.iter().all(|voter| voter.log_end == view.high_watermark), "{view:?}");
    assert!(view.voters.iter().all(|voter| voter.high_watermark == view.high_watermark));
}

#[test]
fn when_the_active_controller_dies_another_is_elected_and_serving_goes_on() {
    for quorum in [QuorumSpec::Separate(3), QuorumSpec::Separate(5)] {
        let mut play = cluster(quorum);
        play.run_to(20_000);
        let died = now(&play);
        node(&mut play, "crash-broker", 3000);
        assert_eq!(quorum_leader(&play), None);
        assert_eq!(acked_of_three(&mut play), 3, "leaders lead without a controller (R-REP-74)");
        play.run_to(died + 5_000);
        let leader = quorum_leader(&play).unwrap();
        assert_ne!(leader, 3000);
        let elected = play.times(|kind| matches!(kind, EventKind::ControllerElected { .. }));
        let after = elected.last().unwrap() - died;
        // The fetch timeout of 2000 ms from the last answer on, and a vote.
        assert!((1_400..4_100).contains(&after), "{after}");
        assert!(!play.events("votes for").is_empty() && !play.events("stands for").is_empty());
        // It decides.
        play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap();
        play.run_to(died + 10_000);
        assert!(play.engine.topic("u").is_some());
        // And has fenced nobody: sessions began anew (R-REP-75).
        play.run_to(died + 30_000);
        assert_eq!(play.events("is fenced").len(), 0);
        node(&mut play, "start-broker", 3000);
        play.run_to(died + 40_000);
        assert_eq!(quorum_leader(&play), Some(leader));
        let view = play.engine.cluster().quorum;
        assert!(view.voters.iter().all(|voter| voter.log_end == view.high_watermark), "{view:?}");
    }
}

#[test]
fn a_broker_that_dies_during_a_failover_is_fenced_by_the_new_controller() {
    let mut play = cluster(QuorumSpec::Separate(3));
    play.run_to(20_000);
    let died = now(&play);
    node(&mut play, "crash-broker", 3000);
    node(&mut play, "crash-broker", 1);
    play.run_to(died + 25_000);
    let elected = *play.times(|k| matches!(k, EventKind::ControllerElected { .. })).last().unwrap();
    let fenced = play.times(|kind| matches!(kind, EventKind::BrokerFenced { .. }));
    assert_eq!(fenced.len(), 1);
    let after = fenced[0] - elected;
    assert!((9_000..=10_200).contains(&after), "a whole session from the election on: {after}");
    for partition in 0..3 {
        let lane = play.lane("t", partition);
        assert_eq!((lane.isr.len(), lane.leader.map(|id| id.0 != 1)), (2, Some(true)));
    }
    assert_eq!(acked_of_three(&mut play), 3);
}

#[test]
fn a_combined_node_that_dies_takes_controller_and_leaders_with_it() {
    let mut play = cluster(QuorumSpec::Combined(3));
    assert_eq!(quorum_leader(&play), Some(1));
    play.run_to(20_000);
    let died = now(&play);
    node(&mut play, "crash-broker", 1);
    play.run_to(died + 20_000);
    assert!(matches!(quorum_leader(&play), Some(2 | 3)));
    assert_eq!(acked_of_three(&mut play), 3);
    let restarted = now(&play);
    node(&mut play, "start-broker", 1);
    play.run_to(restarted + 20_000);
    for partition in 0..3 {
        assert_eq!(play.lane("t", partition).isr.len(), 3, "it got the image and caught up");
    }
    let view = play.engine.cluster().quorum;
    assert!(view.voters.iter().all(|voter| voter.log_end == view.high_watermark), "{view:?}");
}

#[test]
fn a_controller_without_a_majority_resigns_and_what_it_decided_is_never_told() {
    let mut play = cluster(QuorumSpec::Separate(3));
    play.run_to(20_000);
    let at = now(&play);
    cut(&mut play, 3000, &[3001, 3002]);
    play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap();
    play.run_to(at + 1_000);
    assert!(play.engine.topic("u").is_none(), "appended, and not committed");
    let old = play.engine.cluster().quorum.voters[0].clone();
    assert!(old.log_end > old.high_watermark);
    play.run_to(at + 8_000);
    let resigned = play.times(|kind| matches!(kind, EventKind::ControllerResigned { .. }));
    // From the last fetch it answered on: those that waited got the decision (R-REP-73).
    assert_eq!(resigned[0] - at, 3_002);
    let leader = quorum_leader(&play).unwrap();
    assert_ne!(leader, 3000);
    // The broker that handed it on was sent away, and asked the new controller.
    assert!(play.engine.topic("u").is_some());
    assert_eq!(
        play.times(|k| matches!(k, EventKind::TopicCreated { topic, .. } if &**topic == "u")).len(),
        1
    );
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(at + 20_000);
    assert_eq!((quorum_leader(&play), roles(&play)[0].as_str()), (Some(leader), "Follower"));
    let view = play.engine.cluster().quorum;
    assert!(view.voters.iter().all(|voter| voter.log_end == view.high_watermark), "{view:?}");
    assert_eq!(play.events("is fenced").len(), 0);
}

#[test]
fn a_follower_that_was_cut_off_asks_and_disturbs_nobody() {
    let mut play = cluster(QuorumSpec::Separate(3));
    play.run_to(20_000);
    cut(&mut play, 3002, &[3000, 3001]);
    play.run_to(120_000);
    assert_eq!(play.events("has not heard the leader").len(), 1);
    assert!(["Prospective", "Follower"].contains(&roles(&play)[2].as_str()));
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(130_000);
    let view = play.engine.cluster().quorum;
    assert_eq!((view.leader.unwrap().0, view.epoch), (3000, 1), "pre-vote (KIP-996)");
    assert_eq!(
        play.times(|kind| matches!(kind, EventKind::ControllerElected { .. })),
        [] as [i64; 0]
    );
}

#[test]
fn without_a_majority_nothing_is_decided_and_serving_goes_on() {
    let mut play = cluster(QuorumSpec::Separate(3));
    play.run_to(20_000);
    for id in [3000, 3001] {
        node(&mut play, "crash-broker", id);
    }
    let at = now(&play);
    play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap();
    play.run_to(at + 60_000);
    assert_eq!((quorum_leader(&play), play.engine.topic("u").is_none()), (None, true));
    assert_eq!(acked_of_three(&mut play), 3);
    node(&mut play, "start-broker", 3001);
    play.run_to(at + 70_000);
    assert!(quorum_leader(&play).is_some());
    assert!(play.engine.topic("u").is_some(), "the broker has asked until somebody decided");
}

#[test]
fn a_lone_controller_that_crashes_is_missed_until_it_is_back() {
    let mut play = cluster(QuorumSpec::Separate(1));
    play.run_to(20_000);
    node(&mut play, "crash-broker", 3000);
    play.run_to(60_000);
    assert_eq!(quorum_leader(&play), None);
    assert_eq!(acked_of_three(&mut play), 3);
    node(&mut play, "start-broker", 3000);
    play.run_to(62_000);
    let view = play.engine.cluster().quorum;
    assert_eq!((view.leader.unwrap().0, view.epoch), (3000, 2));
    play.run_to(90_000);
    assert_eq!(play.events("is fenced").len(), 0);
}

#[test]
fn controllers_may_lose_power_and_stand_still() {
    let mut play = cluster(QuorumSpec::Combined(3));
    play.run_to(20_000);
    node(&mut play, "lose-power", 1);
    play.run_to(40_000);
    let leader = quorum_leader(&play).unwrap();
    assert_ne!(leader, 1);
    node(&mut play, "start-broker", 1);
    play.run_to(60_000);
    play.json(json!({"do": "freeze-broker", "broker": leader, "for_ms": 20_000})).unwrap();
    play.run_to(75_000);
    let next = quorum_leader(&play).unwrap();
    assert_ne!(next, leader);
    play.run_to(120_000);
    assert_eq!(quorum_leader(&play), Some(next), "who wakes up learns of the new epoch");
    for partition in 0..3 {
        assert_eq!(play.lane("t", partition).isr.len(), 3);
    }
}

#[test]
fn an_idle_week_of_a_combined_quorum_takes_few_steps() {
    let mut play = cluster(QuorumSpec::Combined(3));
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}]}))
        .unwrap();
    play.run_to(60_000);
    let done = play.engine.advance_to(START_MS + 7 * 86_400_000, 200_000);
    assert!(done.reached, "{done:?}");
    let view = play.engine.cluster().quorum;
    let fetched = view.voters[1].last_fetch_ms.unwrap();
    assert!(play.engine.now_ms() - fetched <= 502, "{fetched}");
}

#[test]
fn parking_the_quorum_changes_nothing_that_can_be_seen() {
    let story = |parking: bool| {
        let mut play = cluster(QuorumSpec::Separate(3));
        play.engine.world_mut().net.parking = parking;
        for (at, what, id) in [
            (61_234, "crash-broker", 3000),
            (100_003, "start-broker", 3000),
            (200_777, "crash-broker", 2),
            (260_000, "start-broker", 2),
        ] {
            play.run_to(at);
            node(&mut play, what, id);
        }
        play.run_to(300_001);
        play.json(json!({"do": "create-topic", "topic": "u", "partitions": 1})).unwrap();
        play.run_to(400_000);
        let mut rows = play.events("");
        rows.sort();
        rows
    };
    assert_eq!(story(true), story(false));
}

#[test]
fn a_controller_that_missed_a_thousand_decisions_catches_up() {
    let mut play = cluster(QuorumSpec::Separate(3));
    node(&mut play, "crash-broker", 3002);
    for n in 0..1_000 {
        let at = now(&play);
        play.json(json!({"do": "alter-topic-configs", "topic": "t",
            "set": {"retention.ms": (100_000 + n).to_string()}}))
            .unwrap();
        play.run_to(at + 10);
    }
    node(&mut play, "start-broker", 3002);
    let at = now(&play);
    play.run_to(at + 5_000);
    let view = play.engine.cluster().quorum;
    assert!(view.high_watermark > 1_000);
    assert!(view.voters.iter().all(|voter| voter.high_watermark == view.high_watermark));
    // Both others go, one comes back: 3002 may have to lead with what it has.
    node(&mut play, "crash-broker", 3000);
    play.run_to(at + 15_000);
    let value = |play: &Play| {
        let configs = play.engine.topic("t").unwrap().configs;
        configs.into_iter().find(|config| config.name == "retention.ms").unwrap().value
    };
    assert_eq!(value(&play).as_deref(), Some("100999"));
    play.json(json!({"do": "alter-topic-configs", "topic": "t", "set": {"retention.ms": "7"}}))
        .unwrap();
    play.run_to(at + 16_000);
    assert_eq!(value(&play).as_deref(), Some("7"));
    let events = play.times(|kind| matches!(kind, EventKind::TopicConfigsChanged { .. }));
    assert_eq!(events.len(), 1_001, "each is told once");
}

#[test]
fn an_active_controller_that_stops_in_order_is_followed_at_once() {
    let mut play = cluster(QuorumSpec::Separate(3));
    play.run_to(20_000);
    node(&mut play, "stop-broker", 3000);
    play.run_to(20_100);
    assert!(matches!(quorum_leader(&play), Some(3001 | 3002)));
    // The last of them may be stopped, too: Kafka refuses nothing there.
    for id in [3001, 3002] {
        node(&mut play, "stop-broker", id);
    }
    play.run_to(60_000);
    assert_eq!(quorum_leader(&play), None);
    assert_eq!(acked_of_three(&mut play), 3);
}
