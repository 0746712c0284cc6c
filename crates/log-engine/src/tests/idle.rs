//! Idle time is nearly free, and what is parked meanwhile is played out exactly.

use super::*;
use serde_json::json;

fn idle_cluster() -> Play {
    let mut play = Play::new().topic("orders", 12, &[]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        "members": [{}, {}, {}, {}, {}, {}]}))
        .unwrap();
    play.run_to(30_000);
    play
}

#[test]
fn an_idle_week_takes_few_steps() {
    let mut play = idle_cluster();
    let week = 7 * 86_400_000;
    let steps = play.engine.advance_to(START_MS + 30_000 + week, u64::MAX).steps;
    // Retention checks, metadata refreshes, offset expiry: tens of thousands, not tens of millions.
    assert!(steps < 60_000, "{steps}");
    assert_eq!(play.group("g").state, "Stable");
}

#[test]
fn a_record_after_a_long_idle_time_is_read_at_once() {
    let mut play = idle_cluster();
    for at in [40_001, 3_600_017, 3_600_517, 86_400_499, 86_400_603] {
        play.run_to(at);
        let before: u64 = play.group("g").members.iter().map(|member| member.consumed).sum();
        play.send("p", "orders", keyed("A"), 1);
        // linger 5, two hops to the log and the reader; at worst the reader's next fetch is just on its way.
        play.run_to(at + 5 + 4 + 2);
        let after: u64 = play.group("g").members.iter().map(|member| member.consumed).sum();
        assert_eq!(after, before + 1, "at {at}");
    }
}

#[test]
fn parking_changes_nothing_that_can_be_seen() {
    let play = |parking: bool| {
        let mut play = idle_cluster_with(parking);
        play.send("p", "orders", keyed("A"), 3);
        play.run_to(61_234);
        play.send("p", "orders", keyed("B"), 1);
        play.run_to(100_003);
        play.json(json!({"do": "crash-member", "member": "g-2"})).unwrap();
        play.run_to(200_000);
        play.json(json!({"do": "add-member", "group": "g"})).unwrap();
        play.run_to(230_500);
        play.json(json!({"do": "pause-member", "member": "g-3"})).unwrap();
        play.send("p", "orders", keyed("C"), 7);
        play.run_to(260_000);
        play.json(json!({"do": "resume-member", "member": "g-3"})).unwrap();
        play.json(json!({"do": "close-member", "member": "g-1"})).unwrap();
        play.run_to(300_000);
        let mut rows = play.events("");
        // Within one millisecond the order may differ: the queue numbers of messages do.
        rows.sort();
        rows
    };
    let (parked, played) = (play(true), play(false));
    for (a, b) in parked.iter().zip(&played) {
        assert_eq!(a, b);
    }
    assert_eq!(parked.len(), played.len());
}

fn idle_cluster_with(parking: bool) -> Play {
    let mut play = Play::new();
    play.engine.world_mut().net.parking = parking;
    let mut play = play.topic("orders", 12, &[]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"],
        // Not a multiple of the heartbeat interval: where a session ends on the very millisecond of a heartbeat,
        // either may come first.
        "configs": {"session.timeout.ms": "45500", "partition.assignment.strategy":
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"},
        "members": [{}, {}, {}]}))
        .unwrap();
    play.run_to(30_000);
    play
}

#[test]
fn an_idle_consumer_keeps_its_connections_when_some_broker_dies() {
    let spec = ClusterSpec { brokers: 3, ..ClusterSpec::default() };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.json(
        json!({"do": "create-topic", "topic": "orders", "partitions": 3, "replication_factor": 3}),
    )
    .unwrap();
    play.json(json!({"do": "add-group", "group": "g", "topics": ["orders"], "members": [{}]}))
        .unwrap();
    // Longer than request.timeout.ms: what is parked has not waited since it was parked.
    play.run_to(120_000);
    play.json(json!({"do": "crash-broker", "broker": 3})).unwrap();
    play.run_to(150_000);
    let lost = |event: &Event| match &event.kind {
        EventKind::Disconnected { broker, .. } => Some(broker.0),
        _ => None,
    };
    let lost: Vec<i32> = play.trace().iter().filter_map(lost).collect();
    assert!(!lost.is_empty() && lost.iter().all(|broker| *broker == 3), "{lost:?}");
}
