//! The ledger: totals that add up, and the records behind each of them.

use super::*;
use crate::command::QuorumSpec;
use crate::view::{LedgerPageView, LedgerSet, WhyTarget};
use serde_json::json;

/// Three brokers, topic `t`, producers `all` (acks=all) and `one` (acks=1), group `g`.
fn cluster() -> Play {
    let spec = ClusterSpec {
        brokers: 3,
        quorum: Some(QuorumSpec::Separate(1)),
        configs: map(&[("replica.lag.time.max.ms", "6000")]),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    for command in [
        json!({"do": "create-topic", "topic": "t", "partitions": 1, "replication_factor": 3}),
        json!({"do": "add-producer", "producer": "all", "configs": {"linger.ms": "0"}}),
        json!({"do": "add-producer", "producer": "one", "configs": {"linger.ms": "0", "acks": "1"}}),
        json!({"do": "add-group", "group": "g", "topics": ["t"], "configs": {"auto.offset.reset": "earliest"}, "members": [{}, {}]}),
    ] {
        play.json(command).unwrap();
    }
    play.run_to(6_000);
    play
}

fn page(play: &Play, set: LedgerSet) -> LedgerPageView {
    play.engine.ledger_page(&set, None, None, 500)
}

fn sum(play: &Play, set: LedgerSet) -> u64 {
    page(play, set).rows.iter().map(|row| row.records).sum()
}

/// Each total is the sum of the records behind it, and each record is in one place.
fn assert_adds_up(play: &Play) {
    let ledger = play.engine.ledger(None);
    let of = |set| sum(play, set);
    assert_eq!(
        ledger.sent,
        ledger.buffered + ledger.in_flight + ledger.stored + ledger.failed + ledger.lost
    );
    assert_eq!(of(LedgerSet::Sent), ledger.sent);
    assert_eq!(of(LedgerSet::Buffered), ledger.buffered);
    assert_eq!(of(LedgerSet::InFlight), ledger.in_flight);
    assert_eq!(of(LedgerSet::Stored), ledger.stored);
    assert_eq!(of(LedgerSet::Failed), ledger.failed);
    assert_eq!(of(LedgerSet::Lost), ledger.lost);
    assert_eq!(of(LedgerSet::Acked), ledger.acked);
    assert_eq!(of(LedgerSet::Unanswered), ledger.unanswered);
    assert_eq!(of(LedgerSet::LostAfterAck), ledger.lost_after_ack);
    assert_eq!(of(LedgerSet::Reordered), ledger.reordered);
    for group in &ledger.groups {
        let name = || group.group.clone();
        assert_eq!(of(LedgerSet::Skipped { group: name() }), group.skipped);
        assert_eq!(of(LedgerSet::ExpiredUnread { group: name() }), group.expired_unread);
    }
}

fn send(play: &mut Play, producer: &str, key: &str) {
    let now = play.engine.now_ms() - START_MS;
    play.send(producer, "t", keyed(key), 1);
    play.run_to(now + 50);
}

/// A record that only the leader has, acknowledged; then the leader is gone, and back.
fn lose_one(play: &mut Play) -> i32 {
    let leader = play.lane("t", 0).leader.unwrap().0;
    play.json(json!({"do": "set-link", "from": [leader.to_string()], "to": ["brokers"], "both": true, "cut": true}))
        .unwrap();
    send(play, "one", "lost");
    let now = play.engine.now_ms() - START_MS;
    play.json(json!({"do": "crash-broker", "broker": leader})).unwrap();
    play.run_to(now + 12_000);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.json(json!({"do": "start-broker", "broker": leader})).unwrap();
    play.run_to(now + 30_000);
    leader
}

#[test]
fn a_lost_acked_record_is_counted_named_and_explained() {
    let mut play = cluster();
    for n in 0..5 {
        send(&mut play, "all", &format!("k{n}"));
    }
    assert_adds_up(&play);
    lose_one(&mut play);
    send(&mut play, "all", "after");
    let now = play.engine.now_ms() - START_MS;
    play.run_to(now + 3_000);
    assert_adds_up(&play);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.sent, ledger.stored, ledger.lost, ledger.lost_after_ack), (7, 6, 1, 1));
    let lost = page(&play, LedgerSet::LostAfterAck).rows;
    assert_eq!(lost[0].keys, [Some("lost".to_owned())]);
    assert_eq!(
        (lost[0].place.as_str(), lost[0].told.as_str(), lost[0].first),
        ("lost", "acked", 5)
    );
    assert!(lost[0].replicas.is_empty() && !lost[0].committed);
    // The offset was given to another record, and the group has read that one once.
    let stored = page(&play, LedgerSet::Committed).rows;
    assert_eq!((stored[0].first, stored[0].replicas.len()), (5, 3));
    assert_eq!(stored[0].groups, ["g: processed"]);
    let why = play.engine.why(&WhyTarget::Leader { topic: "t".into(), partition: 0 }).unwrap();
    let chain: Vec<&str> = why.steps.iter().map(|step| step.title.as_str()).collect();
    assert!(chain.iter().any(|title| title.contains("elected leader, epoch 1")), "{chain:?}");
    assert!(chain.last().unwrap().contains("crash broker"), "{chain:?}");
    assert!(why.steps.iter().any(|step| step.link.is_some()));
}

#[test]
fn what_can_not_be_read_yet_says_who_is_waited_for() {
    let mut play = cluster();
    send(&mut play, "all", "a");
    let follower = play.lane("t", 0).replicas[1].broker.0;
    play.json(json!({"do": "freeze-broker", "broker": follower})).unwrap();
    send(&mut play, "all", "b");
    let why = |offset| {
        play.engine.why(&WhyTarget::Readable { topic: "t".into(), partition: 0, offset }).unwrap()
    };
    assert_eq!(why(1).question, "Why can no consumer read P0 1 yet?");
    let waits = format!("Broker {follower} has asked for nothing beyond 1");
    assert!(why(1).steps.iter().any(|step| step.title == waits), "{:?}", why(1).steps);
    assert_eq!(why(0).question, "Why can P0 0 be read?");
    let idle = play.engine.why(&WhyTarget::Member { member: "g-2".into() }).unwrap();
    let one = play.engine.why(&WhyTarget::Member { member: "g-1".into() }).unwrap();
    let title = |view: &crate::view::WhyView| view.steps[0].title.clone();
    assert!([title(&idle), title(&one)].iter().any(|text| text.contains("has no partition")));
    let broker = play.engine.why(&WhyTarget::Broker { broker: follower }).unwrap();
    assert!(broker.steps[0].title.contains("stands still"), "{:?}", broker.steps);
    let isr = play.engine.why(&WhyTarget::InSync { topic: "t".into(), partition: 0 }).unwrap();
    assert!(isr.steps[0].title.starts_with("In sync: "), "{:?}", isr.steps);
}

/// Retention runs on each replica by itself. While a partition has no leader, and by the one that leads next, records go
/// that no leader has deleted: they are among the deleted all the same.
#[test]
fn what_followers_delete_while_nobody_leads_is_counted() {
    let spec = ClusterSpec {
        brokers: 3,
        quorum: Some(QuorumSpec::Separate(1)),
        configs: map(&[
            ("log.retention.check.interval.ms", "1000"),
            ("log.initial.task.delay.ms", "1000"),
        ]),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.json(json!({"do": "create-topic", "topic": "t", "partitions": 1, "replication_factor": 3,
        "configs": {"retention.ms": "6000", "internal.segment.bytes": "500", "segment.ms": "2000"}}))
        .unwrap();
    play.json(json!({"do": "add-producer", "producer": "p", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(4_000);
    for _ in 0..12 {
        send(&mut play, "p", "k");
    }
    let leader = play.lane("t", 0).leader.unwrap().0;
    play.json(json!({"do": "crash-broker", "broker": leader})).unwrap();
    for at_ms in (5_000..30_000).step_by(500) {
        play.run_to(at_ms);
        let ledger = play.engine.ledger(None);
        let lane = play.lane("t", 0);
        let (kept, above) = (lane.log_end - lane.log_start, lane.log_end - lane.high_watermark);
        let all = ledger.readable + ledger.deleted + above.max(0).cast_unsigned();
        assert_eq!(all, ledger.stored, "at {at_ms}: {kept} kept, {ledger:?}");
    }
    assert!(play.engine.ledger(None).deleted > 0);
}
