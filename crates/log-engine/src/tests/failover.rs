//! Consumers and their coordinators while brokers and links fail. Ids as in `60-pitfalls.md`.

use super::delivery::*;
use super::*;
use crate::command::QuorumSpec;
use crate::event::PositionSource;
use crate::ids::BrokerId;
use crate::protocol::ErrorCode;
use serde_json::json;

fn cluster(partitions: i32, replication_factor: i16, configs: &[(&str, &str)]) -> Play {
    let spec = ClusterSpec {
        brokers: 3,
        quorum: Some(QuorumSpec::Separate(1)),
        configs: map(&[("replica.lag.time.max.ms", "6000")]),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.apply(Command::CreateTopic {
        topic: "t".into(),
        partitions,
        replication_factor,
        configs: map(configs),
        assignments: Vec::new(),
    })
    .unwrap();
    play
}

fn group(play: &mut Play, name: &str, reset: &str, members: usize) {
    let members = vec![json!({}); members];
    let configs = json!({"auto.offset.reset": reset, "auto.commit.interval.ms": "1000"});
    play.json(json!({"do": "add-group", "group": name, "topics": ["t"], "configs": configs,
        "members": members}))
        .unwrap();
}

fn coordinator(play: &Play, group: &str) -> BrokerId {
    let groups = play.engine.world().described_groups();
    let known: Vec<_> = groups.iter().filter(|known| &*known.description.group == group).collect();
    assert_eq!(known.len(), 1, "one coordinator");
    known[0].coordinator
}

/// Positions that members of a group were set to, with how.
fn positions(play: &Play, who: &str) -> Vec<(i64, PositionSource)> {
    play.trace()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::PositionSet { member, to, how, .. } if member.starts_with(who) => {
                Some((*to, *how))
            }
            _ => None,
        })
        .collect()
}

fn committed(play: &Play, group: &str) -> Option<i64> {
    play.group(group).offsets.iter().map(|row| row.committed).max().flatten()
}

/// Until the session of a dead coordinator has ended, FindCoordinator goes on naming it.
#[test]
fn a_member_does_not_run_against_a_dead_coordinator() {
    let mut play = cluster(3, 3, &[]);
    group(&mut play, "g", "earliest", 1);
    after(&mut play, 20_000);
    let old = coordinator(&play, "g");
    broker(&mut play, "crash-broker", old.0);
    after(&mut play, 8_000);
    let lost = play.times(|kind| matches!(kind, EventKind::Disconnected { .. }));
    // Its fetch each `retry.backoff.ms`, its coordinator once a second.
    assert!((8..=90).contains(&lost.len()), "{}: {lost:?}", lost.len());
    after(&mut play, 12_000);
    assert_eq!(play.group("g").state, "Stable");
}

#[test]
fn a_group_outlives_its_coordinator() {
    let mut play = cluster(3, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 2);
    for key in ["A", "k1", "foobar", "C"] {
        play.send("p", "t", keyed(key), 5);
    }
    after(&mut play, 20_000);
    let before = play.group("g");
    assert_eq!((before.state.as_str(), before.total_lag), ("Stable", 0));
    let old = coordinator(&play, "g");
    broker(&mut play, "crash-broker", old.0);
    after(&mut play, 20_000);
    let new = coordinator(&play, "g");
    assert_ne!(new, old);
    assert!(!play.events("of __consumer_offsets-3 now, read from its log").is_empty());
    let after_it = play.group("g");
    assert_eq!((after_it.state.as_str(), after_it.generation), ("Stable", before.generation));
    for (was, is) in before.offsets.iter().zip(&after_it.offsets) {
        assert_eq!((was.committed, is.committed), (is.committed, was.committed));
    }
    play.send("p", "t", keyed("A"), 5);
    after(&mut play, 10_000);
    let caught_up = play.group("g");
    assert_eq!((caught_up.total_lag, caught_up.generation), (0, before.generation));
    // The old one comes back, and takes part in nothing it has handed on.
    broker(&mut play, "start-broker", old.0);
    after(&mut play, 60_000);
    assert_eq!(coordinator(&play, "g"), new);
    assert_eq!(play.group("g").generation, before.generation);
}

#[test]
fn a_commit_is_answered_when_the_followers_have_it() {
    let mut play = cluster(1, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 1);
    send_each(&mut play, "p", 3);
    after(&mut play, 10_000);
    assert_eq!(committed(&play, "g"), Some(3));
    let lane = play.engine.lane("__consumer_offsets", 3, LaneWindow::Tail(100)).unwrap();
    assert_eq!(lane.replicas.len(), 3);
    assert!(lane.log_end >= 3 && lane.high_watermark == lane.log_end, "{}", lane.log_end);
    assert!(lane.replicas.iter().all(|replica| replica.log_end == lane.log_end));
    // It is Kafka's own: lists do not show it.
    assert!(play.engine.cluster().topics.iter().all(|topic| topic.name == "t"));
}

#[test]
fn s07_a_position_beyond_the_end_goes_to_where_the_logs_part() {
    let mut play = cluster(1, 2, &[("unclean.leader.election.enable", "true")]);
    producer(&mut play, "p", &[]);
    group(&mut play, "a", "latest", 1);
    group(&mut play, "running", "latest", 1);
    group(&mut play, "none", "earliest", 1);
    after(&mut play, 5_000);
    send_each(&mut play, "p", 60);
    let (old, other) = (leader(&play), replicas(&play)[1]);
    link(&mut play, &old.to_string(), &other.to_string(), "cut", true);
    after(&mut play, 1_000);
    send_each(&mut play, "p", 40);
    after(&mut play, 15_000);
    assert_eq!((isr_len(&play), log_end(&play)), (1, 100));
    for name in ["a", "none"] {
        assert_eq!(committed(&play, name), Some(100));
        play.json(json!({"do": "close-member", "member": format!("{name}-1")})).unwrap();
    }
    // Without an epoch, as a tool or another client commits.
    play.json(json!({"do": "reset-offsets", "group": "b", "offsets": [{"topic": "t", "partition": 0, "offset": 100}]}))
        .unwrap();
    after(&mut play, 1_000);
    broker(&mut play, "crash-broker", old);
    after(&mut play, 12_000);
    assert_eq!((leader(&play), log_end(&play)), (other, 60));
    // The running reader moves by itself, before there is anything new.
    let moved = positions(&play, "running");
    assert_eq!(moved.last(), Some(&(60, PositionSource::Truncated { was: 100 })));
    heal(&mut play);
    send_each(&mut play, "p", 10);
    after(&mut play, 3_000);
    assert_eq!(log_end(&play), 70);
    // S-06: the producer is refused once, and goes on under its next epoch.
    assert_eq!(retries(&play, "p", ErrorCode::OutOfOrderSequenceNumber).len(), 1);
    assert_eq!(epoch(&play, "p"), 1);
    play.json(json!({"do": "add-member", "group": "a"})).unwrap();
    play.json(json!({"do": "alter-group", "group": "none", "set": {"auto.offset.reset": "none"}}))
        .unwrap();
    play.json(json!({"do": "add-member", "group": "none"})).unwrap();
    group(&mut play, "b", "latest", 1);
    after(&mut play, 10_000);
    let moved = positions(&play, "a-");
    let last = &moved[moved.len() - 2..];
    assert_eq!(
        last,
        [(100, PositionSource::Committed), (60, PositionSource::Truncated { was: 100 })]
    );
    assert_eq!(committed(&play, "a"), Some(70));
    let moved = positions(&play, "b-");
    let reset = PositionSource::OutOfRange { policy: "latest", was: 100 };
    assert_eq!(moved, [(100, PositionSource::Committed), (70, reset)]);
    let failed = play.events("LogTruncationException");
    assert_eq!(failed.len(), 1, "{failed:?}");
}

#[test]
fn a_frozen_leader_is_left_after_request_timeout_ms() {
    let mut play = cluster(1, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 1);
    send_each(&mut play, "p", 5);
    after(&mut play, 10_000);
    let old = leader(&play);
    broker(&mut play, "freeze-broker", old);
    after(&mut play, 80_000);
    assert_ne!(leader(&play), old);
    play.send("p", "t", keyed("k"), 5);
    after(&mut play, 40_000);
    assert_eq!(play.engine.ledger(None).acked, 10);
    assert_eq!(play.group("g").total_lag, 0);
}

#[test]
fn a_machine_without_power_is_left_too() {
    let mut play = cluster(1, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 1);
    send_each(&mut play, "p", 5);
    after(&mut play, 40_000);
    let old = leader(&play);
    broker(&mut play, "lose-power", old);
    send_each(&mut play, "p", 5);
    after(&mut play, 100_000);
    assert_eq!(play.engine.ledger(None).acked, 10);
    assert_eq!(play.group("g").total_lag, 0);
}

#[test]
fn a_cut_that_heals_in_time_loses_and_repeats_nothing() {
    let mut play = cluster(1, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 1);
    send_each(&mut play, "p", 5);
    after(&mut play, 10_000);
    link(&mut play, "clients", "brokers", "cut", true);
    send_each(&mut play, "p", 5);
    after(&mut play, 4_000);
    assert_eq!(log_end(&play), 5);
    heal(&mut play);
    after(&mut play, 5_000);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.acked, ledger.duplicated, log_end(&play)), (10, 0, 10));
    let repeated = play.times(|kind| matches!(kind, EventKind::ProduceRetry { .. }));
    assert!(repeated.is_empty(), "{repeated:?}");
    assert_eq!(play.group("g").total_lag, 0);
}

#[test]
fn connections_that_break_now_and_then_cost_idempotence_nothing() {
    let mut play = cluster(3, 3, &[]);
    producer(&mut play, "p", &[]);
    group(&mut play, "g", "earliest", 2);
    after(&mut play, 10_000);
    play.json(json!({"do": "set-link", "from": ["*"], "to": ["brokers"], "both": true,
        "latency_ms": 40, "jitter_ms": 20, "breaks_per_min": 20}))
        .unwrap();
    let mut sent = 0;
    for n in 0..300 {
        play.send("p", "t", keyed(["A", "k1", "foobar"][n % 3]), 2);
        sent += 2;
        after(&mut play, 200);
    }
    let broken = play.times(|kind| matches!(kind, EventKind::ConnectionBroken { .. }));
    assert!(broken.len() > 100, "{}", broken.len());
    heal(&mut play);
    after(&mut play, 60_000);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.acked, ledger.failed, ledger.duplicated, ledger.reordered), (sent, 0, 0, 0));
    let stored: i64 = (0..3).map(|number| play.lane("t", number).log_end).sum();
    assert_eq!(stored, i64::try_from(sent).unwrap());
    assert_eq!(play.group("g").total_lag, 0);
}
