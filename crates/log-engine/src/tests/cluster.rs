//! Clusters of several brokers: replication, failures, elections. Ids as in `60-pitfalls.md`; what a real cluster did
//! stands in `surprises.md`.

use super::*;
use crate::command::QuorumSpec;
use serde_json::json;

/// Three brokers and one separate controller, as cluster A of the recordings.
pub(super) fn three(configs: &[(&str, &str)]) -> Play {
    let spec = ClusterSpec {
        brokers: 3,
        quorum: Some(QuorumSpec::Separate(1)),
        configs: map(configs),
        ..ClusterSpec::default()
    };
    Play { engine: Engine::new(&spec, 7, START_MS).unwrap() }
}

/// With a topic `t` of one partition on all three.
pub(super) fn with_topic(min_isr: &str, more: &[(&str, &str)]) -> Play {
    let mut play = three(&[("replica.lag.time.max.ms", "6000")]);
    let mut configs = map(more);
    configs.insert("min.insync.replicas".into(), min_isr.into());
    play.apply(Command::CreateTopic {
        topic: "t".into(),
        partitions: 1,
        replication_factor: 3,
        configs,
        assignments: Vec::new(),
    })
    .unwrap();
    play.json(json!({"do": "add-producer", "producer": "all", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.json(json!({"do": "add-producer", "producer": "one", "configs": {"linger.ms": "0", "acks": "1"}}))
        .unwrap();
    play.run_to(1_000);
    play
}

/// Sends so many single-record batches.
pub(super) fn send_each(play: &mut Play, producer: &str, count: i64) {
    for _ in 0..count {
        let now = play.engine.now_ms() - START_MS;
        play.send(producer, "t", keyed("k"), 1);
        play.run_to(now + 20);
    }
}

pub(super) fn now(play: &Play) -> i64 {
    play.engine.now_ms() - START_MS
}

pub(super) fn leader(play: &Play) -> i32 {
    play.lane("t", 0).leader.map_or(-1, |leader| leader.0)
}

pub(super) fn isr(play: &Play) -> Vec<i32> {
    play.lane("t", 0).isr.iter().map(|broker| broker.0).collect()
}

pub(super) fn ends(play: &Play) -> Vec<i64> {
    play.lane("t", 0).replicas.iter().map(|replica| replica.log_end).collect()
}

pub(super) fn order(play: &Play) -> Vec<i32> {
    play.lane("t", 0).replicas.iter().map(|replica| replica.broker.0).collect()
}

pub(super) fn broker(play: &mut Play, what: &str, id: i32) {
    play.json(json!({"do": what, "broker": id})).unwrap();
}

pub(super) fn cut(play: &mut Play, one: i32, other: i32) {
    play.json(json!({"do": "set-link", "from": [one.to_string()], "to": [other.to_string()],
        "both": true, "cut": true}))
        .unwrap();
}

#[test]
fn followers_copy_and_the_high_watermark_comes_one_round_later() {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 1);
    play.run_to(3_000);
    play.send("all", "t", keyed("k"), 1);
    let sent = now(&play);
    play.run_to(sent + 1);
    // t0: the leader appends.
    assert_eq!(play.lane("t", 0).high_watermark, 1);
    assert_eq!(play.lane("t", 0).log_end, 2);
    play.run_to(sent + 2);
    assert_eq!(ends(&play), [2, 2, 2]);
    assert_eq!(play.lane("t", 0).high_watermark, 1);
    // t0 + 2L: their next fetches say so; the ack goes out.
    play.run_to(sent + 3);
    assert_eq!(play.lane("t", 0).high_watermark, 2);
    play.run_to(sent + 4);
    assert_eq!(play.engine.ledger(None).acked, 2);
    // Followers hear of the high watermark when their long poll ends (R-REP-05).
    let followers = |play: &Play| -> Vec<i64> {
        play.lane("t", 0).replicas.iter().skip(1).map(|r| r.high_watermark).collect()
    };
    assert_eq!(followers(&play), [1, 1]);
    play.run_to(sent + 600);
    assert_eq!(followers(&play), [2, 2]);
}

#[test]
fn s01_acks_1_is_acked_and_lost_when_its_leader_dies() {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 10);
    let old = leader(&play);
    let others: Vec<i32> = order(&play).into_iter().filter(|&id| id != old).collect();
    for &other in &others {
        cut(&mut play, old, other);
    }
    send_each(&mut play, "one", 1);
    assert_eq!(play.engine.ledger(None).acked, 11);
    let crashed = now(&play);
    broker(&mut play, "crash-broker", old);
    play.run_to(crashed + 10_300);
    assert_eq!(leader(&play), others[0]);
    assert_eq!(isr(&play), others);
    let elected = play.times(|kind| matches!(kind, EventKind::LeaderChanged { .. }));
    let after = elected.last().unwrap() - crashed;
    assert!((7_000..=10_200).contains(&after), "{after}");
    assert_eq!(play.lane("t", 0).leader_epoch, 1);
    // The next acks=all takes offset 10 again.
    send_each(&mut play, "all", 2);
    play.run_to(crashed + 12_000);
    assert_eq!(play.lane("t", 0).log_end, 12);
    assert_eq!(play.engine.ledger(None).acked, 13);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 0, "the dead broker still has it");
    let started = now(&play);
    play.json(json!({"do": "heal-links"})).unwrap();
    broker(&mut play, "start-broker", old);
    play.run_to(started + 5_000);
    assert_eq!(isr(&play).len(), 3);
    assert_eq!(ends(&play), [12, 12, 12]);
    assert_eq!(play.events("truncates to 10").len(), 1);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 1);
}

#[test]
fn s04_below_min_isr_acks_1_is_acked_but_nobody_can_read_it() {
    let mut play = with_topic("2", &[]);
    send_each(&mut play, "all", 50);
    let first = leader(&play);
    let others: Vec<i32> = order(&play).into_iter().filter(|&id| id != first).collect();
    for &other in &others {
        broker(&mut play, "crash-broker", other);
    }
    let crashed = now(&play);
    play.run_to(crashed + 11_000);
    let lane = play.lane("t", 0);
    assert_eq!((isr(&play), lane.elr.len()), (vec![first], 1));
    send_each(&mut play, "one", 1);
    let lane = play.lane("t", 0);
    assert_eq!((lane.log_end, lane.high_watermark), (51, 50));
    // acks=all is refused, with nothing written.
    play.send("all", "t", keyed("k"), 1);
    let sent = now(&play);
    play.run_to(sent + 500);
    assert!(!play.events("NOT_ENOUGH_REPLICAS").is_empty());
    assert_eq!(play.lane("t", 0).log_end, 51);
    let started = now(&play);
    broker(&mut play, "start-broker", others[0]);
    play.run_to(started + 4_000);
    assert_eq!(isr(&play).len(), 2);
    let lane = play.lane("t", 0);
    assert_eq!((lane.log_end, lane.high_watermark), (52, 52));
}

#[test]
fn s08_the_last_of_the_isr_crashes_and_comes_back_as_the_last_known_leader() {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 20);
    let first = leader(&play);
    let others: Vec<i32> = order(&play).into_iter().filter(|&id| id != first).collect();
    for &other in &others {
        cut(&mut play, first, other);
    }
    send_each(&mut play, "one", 10);
    let cut_at = now(&play);
    play.run_to(cut_at + 10_000);
    assert_eq!(isr(&play), [first]);
    let crashed = now(&play);
    broker(&mut play, "crash-broker", first);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(crashed + 11_000);
    let lane = play.lane("t", 0);
    assert_eq!((lane.leader, lane.isr.len(), lane.elr.len()), (None, 0, 1));
    assert_eq!(lane.log_end, 30);
    play.run_to(crashed + 30_000);
    assert_eq!(leader(&play), -1);
    let started = now(&play);
    broker(&mut play, "start-broker", first);
    play.run_to(started + 4_000);
    assert_eq!((leader(&play), isr(&play).len()), (first, 3));
    assert_eq!(ends(&play), [30, 30, 30]);
    assert_eq!(play.lane("t", 0).leader_epoch, 2);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 0);
}

#[test]
fn a_clean_stop_moves_leaders_at_once_and_loses_nothing_that_all_have() {
    let mut play = with_topic("2", &[]);
    send_each(&mut play, "all", 5);
    let first = leader(&play);
    let stopped = now(&play);
    broker(&mut play, "stop-broker", first);
    play.run_to(stopped + 100);
    assert_ne!(leader(&play), first);
    assert_eq!(isr(&play).len(), 2);
    play.run_to(stopped + 3_000);
    assert_eq!(
        play.engine.cluster().brokers[usize::try_from(first - 1).unwrap()].state,
        crate::view::BrokerState::Stopped
    );
    send_each(&mut play, "all", 5);
    play.run_to(stopped + 5_000);
    assert_eq!(play.engine.ledger(None).acked, 10);
    let started = now(&play);
    broker(&mut play, "start-broker", first);
    // The session of its last process goes on for a while: it registers again until that is over.
    play.run_to(started + 10_000);
    assert!(!play.events("DUPLICATE_BROKER_REGISTRATION").is_empty());
    assert_eq!(isr(&play).len(), 3);
    assert_eq!(ends(&play), [10, 10, 10]);
}

#[test]
fn a_frozen_leader_is_fenced_and_wakes_up_as_a_follower() {
    let mut play = with_topic("2", &[]);
    send_each(&mut play, "all", 5);
    let first = leader(&play);
    let frozen = now(&play);
    play.json(json!({"do": "freeze-broker", "broker": first, "for_ms": 30_000})).unwrap();
    play.run_to(frozen + 11_000);
    assert_ne!(leader(&play), first);
    // A request to the frozen broker waits for request.timeout.ms: nobody tells the producer.
    send_each(&mut play, "all", 5);
    play.run_to(frozen + 29_000);
    assert_eq!(play.lane("t", 0).log_end, 5);
    play.run_to(frozen + 50_000);
    assert_eq!(isr(&play).len(), 3);
    assert_eq!(ends(&play), [10, 10, 10]);
    assert_eq!(play.engine.ledger(None).acked, 10);
}

#[test]
fn a_loss_of_power_takes_what_was_not_flushed() {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 5);
    let follower = order(&play)[1];
    let lost = now(&play);
    broker(&mut play, "lose-power", follower);
    assert_eq!(ends(&play)[1], 0);
    play.run_to(lost + 60_000);
    assert_eq!(isr(&play).len(), 2);
    let started = now(&play);
    broker(&mut play, "start-broker", follower);
    play.run_to(started + 5_000);
    assert_eq!(ends(&play), [5, 5, 5]);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 0);
}

#[test]
fn a_lost_disk_is_copied_anew() {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 5);
    let follower = order(&play)[2];
    let lost = now(&play);
    broker(&mut play, "lose-disk", follower);
    play.run_to(lost + 1_000);
    broker(&mut play, "start-broker", follower);
    play.run_to(lost + 20_000);
    assert_eq!(ends(&play), [5, 5, 5]);
    assert_eq!(isr(&play).len(), 3);
}

#[test]
fn an_idle_week_of_three_brokers_takes_few_steps() {
    let mut play = with_topic("2", &[]);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}]}))
        .unwrap();
    send_each(&mut play, "all", 5);
    play.run_to(60_000);
    let done = play.engine.advance_to(START_MS + 7 * 86_400_000, 200_000);
    assert!(done.reached, "{done:?}");
}
