//! What a producer is told, and what became of its records, while brokers and links fail. Ids as in `60-pitfalls.md`;
//! the numbers a real cluster gave stand in `surprises.md`.

use super::*;
use crate::command::QuorumSpec;
use crate::event::EventKind;
use crate::protocol::ErrorCode;
use serde_json::json;

/// Three brokers and one separate controller, as cluster A of the recordings, with a topic `t` of one partition.
pub(super) fn cluster(replication_factor: i16, min_isr: &str) -> Play {
    let spec = ClusterSpec {
        brokers: 3,
        quorum: Some(QuorumSpec::Separate(1)),
        configs: map(&[("replica.lag.time.max.ms", "6000")]),
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.apply(Command::CreateTopic {
        topic: "t".into(),
        partitions: 1,
        replication_factor,
        configs: map(&[("min.insync.replicas", min_isr)]),
        assignments: Vec::new(),
    })
    .unwrap();
    play
}

pub(super) fn producer(play: &mut Play, name: &str, configs: &[(&str, &str)]) {
    let mut configs = map(configs);
    configs.entry("linger.ms".into()).or_insert("0".into());
    play.json(json!({"do": "add-producer", "producer": name, "configs": configs})).unwrap();
    let at = now(play) + 10;
    play.run_to(at);
}

pub(super) fn now(play: &Play) -> i64 {
    play.engine.now_ms() - START_MS
}

pub(super) fn after(play: &mut Play, ms: i64) {
    let at = now(play) + ms;
    play.run_to(at);
}

pub(super) fn send_each(play: &mut Play, producer: &str, count: i64) {
    for _ in 0..count {
        play.send(producer, "t", keyed("k"), 1);
        after(play, 20);
    }
}

pub(super) fn replicas(play: &Play) -> Vec<i32> {
    play.lane("t", 0).replicas.iter().map(|replica| replica.broker.0).collect()
}

pub(super) fn leader(play: &Play) -> i32 {
    play.lane("t", 0).leader.map_or(-1, |leader| leader.0)
}

pub(super) fn isr_len(play: &Play) -> usize {
    play.lane("t", 0).isr.len()
}

pub(super) fn log_end(play: &Play) -> i64 {
    play.lane("t", 0).log_end
}

pub(super) fn broker(play: &mut Play, what: &str, id: i32) {
    play.json(json!({"do": what, "broker": id})).unwrap();
}

/// A link from one end to another.
pub(super) fn link(play: &mut Play, from: &str, to: &str, what: &str, both: bool) {
    play.json(json!({"do": "set-link", "from": [from], "to": [to], "both": both, what: true}))
        .unwrap();
}

pub(super) fn heal(play: &mut Play) {
    play.json(json!({"do": "heal-links"})).unwrap();
}

/// When a producer was refused with this error, and would try again.
pub(super) fn retries(play: &Play, name: &str, wanted: ErrorCode) -> Vec<i64> {
    play.times(|kind| {
        matches!(kind, EventKind::ProduceRetry { producer, error, .. }
            if &**producer == name && *error == wanted)
    })
}

pub(super) fn failures(play: &Play) -> Vec<(i64, &'static str)> {
    play.trace()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::ProduceFailed { exception, .. } => {
                Some((event.at_ms - START_MS, *exception))
            }
            _ => None,
        })
        .collect()
}

/// Offsets acknowledged to a producer, with the time it took.
pub(super) fn acks(play: &Play, name: &str) -> Vec<(i64, i64)> {
    play.trace()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Acked { producer, first, took_ms, .. } if &**producer == name => {
                Some((*first, *took_ms))
            }
            _ => None,
        })
        .collect()
}

pub(super) fn epoch(play: &Play, name: &str) -> i16 {
    let all = play.engine.producers();
    all.iter().find(|producer| producer.name == name).unwrap().producer_epoch
}

pub(super) fn keys(play: &Play) -> Vec<String> {
    let cells = play.lane("t", 0).cells;
    cells.into_iter().map(|cell| cell.key.unwrap_or_default().to_string()).collect()
}

/// Brings the ISR down to its leader alone: the others crash.
pub(super) fn lone_leader(play: &mut Play) -> i32 {
    let leader = leader(play);
    for other in replicas(play).into_iter().filter(|&id| id != leader) {
        broker(play, "crash-broker", other);
    }
    after(play, 11_000);
    assert_eq!(isr_len(play), 1);
    leader
}

#[test]
fn s03_below_min_isr_acks_all_is_refused_until_its_delivery_timeout() {
    let mut play = cluster(3, "2");
    producer(&mut play, "p", &[("delivery.timeout.ms", "20000"), ("request.timeout.ms", "5000")]);
    producer(&mut play, "q", &[("acks", "1")]);
    send_each(&mut play, "p", 50);
    lone_leader(&mut play);
    let sent = now(&play);
    play.send("p", "t", keyed("k"), 1);
    after(&mut play, 25_000);
    let refused = retries(&play, "p", ErrorCode::NotEnoughReplicas);
    let gaps: Vec<i64> = refused.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // 115, 243, 482, then 900 to 1000 on a real cluster; backoff and round trip.
    let bounds = [(80, 125), (160, 245), (320, 485), (640, 965)];
    for (gap, (least, most)) in gaps.iter().zip(bounds) {
        assert!((least..=most).contains(gap), "{gaps:?}");
    }
    assert!(gaps[4..].iter().all(|gap| (800..=1_010).contains(gap)), "{gaps:?}");
    assert!((21..=25).contains(&refused.len()), "{}", refused.len());
    assert_eq!(failures(&play), [(sent + 20_000, "TimeoutException")]);
    assert_eq!(log_end(&play), 50);
    // acks=1 is none of min.insync.replicas' business.
    send_each(&mut play, "q", 1);
    assert_eq!(log_end(&play), 51);
    assert_eq!(play.engine.ledger(None).acked, 51);
}

/// RF 2, min ISR 2, five records; the follower dies before it has the sixth, and is back after 58 s.
fn timed_out(configs: &[(&str, &str)]) -> (Play, i64) {
    let mut play = cluster(2, "2");
    producer(&mut play, "p", configs);
    send_each(&mut play, "p", 5);
    let (leader, other) = (leader(&play), replicas(&play)[1]);
    link(&mut play, &leader.to_string(), &other.to_string(), "cut", true);
    let sent = now(&play);
    play.send("p", "t", keyed("k"), 1);
    after(&mut play, 319);
    broker(&mut play, "crash-broker", other);
    after(&mut play, 11_000);
    assert_eq!((isr_len(&play), log_end(&play)), (1, 6));
    assert_eq!(play.lane("t", 0).high_watermark, 5);
    play.run_to(sent + 58_000);
    heal(&mut play);
    broker(&mut play, "start-broker", other);
    play.run_to(sent + 70_000);
    (play, sent)
}

#[test]
fn s05_a_timeout_does_not_mean_not_written() {
    let (play, sent) = timed_out(&[]);
    let timed_out = retries(&play, "p", ErrorCode::RequestTimedOut);
    assert_eq!(timed_out.len(), 1);
    assert!((30_000..=30_010).contains(&(timed_out[0] - sent)), "{timed_out:?}");
    let refused = retries(&play, "p", ErrorCode::NotEnoughReplicas);
    assert!((28..=40).contains(&refused.len()), "{}", refused.len());
    // The retry is known already: its answer is the offset of the first try.
    let (offset, took_ms) = *acks(&play, "p").last().unwrap();
    assert_eq!(offset, 5);
    assert!((58_000..=66_000).contains(&took_ms), "{took_ms}");
    assert_eq!((log_end(&play), epoch(&play, "p")), (6, 0));
    assert_eq!(play.engine.ledger(None).duplicated, 0);
}

#[test]
fn s05_without_idempotence_the_retry_is_a_second_copy() {
    let (play, _) = timed_out(&[("enable.idempotence", "false")]);
    assert_eq!(acks(&play, "p").last().unwrap().0, 6);
    assert_eq!((log_end(&play), play.engine.ledger(None).duplicated), (7, 1));
}

#[test]
fn s10_a_zombie_leader_goes_on_acknowledging_what_is_lost_later() {
    let mut play = cluster(3, "1");
    producer(&mut play, "p", &[("acks", "1")]);
    producer(&mut play, "p15", &[("acks", "1"), ("metadata.max.age.ms", "15000")]);
    producer(&mut play, "q", &[("request.timeout.ms", "15000"), ("delivery.timeout.ms", "60000")]);
    let zombie = leader(&play);
    for (name, count) in [("p", 4), ("p15", 4), ("q", 5)] {
        send_each(&mut play, name, count);
    }
    for other in (1..=3).filter(|&id| id != zombie) {
        link(&mut play, &zombie.to_string(), &other.to_string(), "cut", true);
    }
    link(&mut play, &zombie.to_string(), "controllers", "cut", true);
    let cut = now(&play);
    play.send("q", "t", keyed("k"), 1);
    for _ in 0..318 {
        for name in ["p", "p15"] {
            play.send(name, "t", keyed("k"), 1);
        }
        after(&mut play, 500);
    }
    let elected = play.times(|kind| matches!(kind, EventKind::LeaderChanged { .. }));
    let elected = elected.last().unwrap() - cut;
    assert!((7_000..=10_200).contains(&elected), "{elected}");
    assert_ne!(leader(&play), zombie);
    // The zombie answers REQUEST_TIMED_OUT, which is no reason to ask for metadata.
    assert!(retries(&play, "q", ErrorCode::RequestTimedOut).len() >= 3);
    let failed = failures(&play);
    assert_eq!(failed, [(cut + 60_000, "TimeoutException")]);
    let before = play.engine.ledger(None).acked;
    assert_eq!(before, 13 + 2 * 318);
    heal(&mut play);
    after(&mut play, 40_000);
    let lost = play.engine.ledger(None).lost_after_ack;
    // All of p's, and what p15 sent before it asked a broker that knew better.
    assert!((318 + 10..=318 + 64).contains(&lost), "{lost}");
    assert_eq!(play.engine.ledger(None).acked, before);
}

/// Seven records; then answers to the producer are dropped for 2 s, with request.timeout.ms 4000.
fn answer_lost(configs: &[(&str, &str)]) -> (Play, i64) {
    let mut play = cluster(3, "1");
    let mut all = vec![("request.timeout.ms", "4000")];
    all.extend_from_slice(configs);
    producer(&mut play, "p", &all);
    send_each(&mut play, "p", 7);
    link(&mut play, "brokers", "p", "drops", false);
    let sent = now(&play);
    play.send("p", "t", keyed("k"), 1);
    after(&mut play, 2_000);
    assert_eq!(log_end(&play), 8);
    heal(&mut play);
    play.run_to(sent + 10_000);
    (play, sent)
}

#[test]
fn s11_a_lost_answer_makes_a_duplicate_without_idempotence() {
    let (play, sent) = answer_lost(&[("enable.idempotence", "false")]);
    let dropped = retries(&play, "p", ErrorCode::RequestTimedOut);
    assert_eq!(dropped.len(), 1);
    // 4.12 s on a real cluster.
    assert!((4_000..=4_120).contains(&(dropped[0] - sent)), "{dropped:?}");
    assert_eq!(acks(&play, "p").last().unwrap().0, 8);
    assert_eq!((log_end(&play), play.engine.ledger(None).duplicated), (9, 1));
}

#[test]
fn s11_with_idempotence_the_retry_is_answered_with_the_first_offset() {
    let (play, _) = answer_lost(&[]);
    assert_eq!(acks(&play, "p").last().unwrap().0, 7);
    assert_eq!((log_end(&play), play.engine.ledger(None).duplicated), (8, 0));
    assert!(!play.events("is here already at 7").is_empty());
}

/// RF 3, min ISR 3. A meets an ISR of two; before its answer is back the ISR is three again, and B is sent.
fn overtaken(configs: &[(&str, &str)], earlier: i64) -> Play {
    let mut play = cluster(3, "3");
    producer(&mut play, "p", configs);
    producer(&mut play, "other", &[("acks", "1")]);
    send_each(&mut play, "p", earlier);
    let (leader, last) = (leader(&play), replicas(&play)[2]);
    link(&mut play, &leader.to_string(), &last.to_string(), "cut", true);
    // Something the cut follower does not have.
    send_each(&mut play, "other", 1);
    after(&mut play, 10_000);
    assert_eq!(isr_len(&play), 2);
    let slow =
        json!({"do": "set-link", "from": [leader.to_string()], "to": ["p"], "latency_ms": 900});
    play.send("p", "t", keyed("A"), 1);
    // Where it does not know the topic yet it asks for metadata first.
    after(&mut play, if earlier == 0 { 2 } else { 0 });
    play.json(slow).unwrap();
    after(&mut play, 10);
    let whole = json!({"do": "set-link", "from": [leader.to_string()], "to": [last.to_string()], "both": true});
    play.json(whole).unwrap();
    after(&mut play, 600);
    assert_eq!(isr_len(&play), 3);
    play.send("p", "t", keyed("B"), 1);
    after(&mut play, 250);
    play
}

#[test]
fn s12_a_retry_is_overtaken_without_idempotence() {
    let mut play = overtaken(&[("enable.idempotence", "false")], 2);
    after(&mut play, 5_000);
    assert_eq!(keys(&play)[3..], ["B", "A"]);
}

#[test]
fn s12_one_request_in_flight_keeps_the_order() {
    let configs = [("enable.idempotence", "false"), ("max.in.flight.requests.per.connection", "1")];
    let mut play = overtaken(&configs, 2);
    after(&mut play, 5_000);
    assert_eq!(keys(&play)[3..], ["A", "B"]);
}

#[test]
fn s12_idempotence_keeps_the_order() {
    let mut play = overtaken(&[], 2);
    after(&mut play, 10_000);
    assert_eq!(keys(&play)[3..], ["A", "B"]);
    assert_eq!(epoch(&play, "p"), 0);
    assert_eq!(retries(&play, "p", ErrorCode::OutOfOrderSequenceNumber).len(), 1);
}

#[test]
fn s12_without_state_in_the_partition_the_first_batch_is_lost() {
    let mut play = overtaken(&[], 0);
    after(&mut play, 119_000);
    let refused = retries(&play, "p", ErrorCode::OutOfOrderSequenceNumber);
    assert!((60..=130).contains(&refused.len()), "{}", refused.len());
    after(&mut play, 3_000);
    let failed = failures(&play);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].1, "TimeoutException");
    assert_eq!(keys(&play)[1..], ["B"]);
    assert_eq!(epoch(&play, "p"), 0);
    // A later batch follows B in sequence.
    play.send("p", "t", keyed("C"), 1);
    after(&mut play, 3_000);
    assert_eq!(keys(&play)[1..], ["B", "C"]);
    assert_eq!(epoch(&play, "p"), 0);
}

#[test]
fn s13_a_restart_defeats_idempotence() {
    let mut play = cluster(3, "1");
    producer(&mut play, "p", &[]);
    send_each(&mut play, "p", 1);
    let first = play.engine.producers()[0].producer_id;
    link(&mut play, "brokers", "p", "drops", false);
    play.send("p", "t", keyed("order#1"), 1);
    after(&mut play, 100);
    play.json(json!({"do": "crash-producer", "producer": "p"})).unwrap();
    assert!(!play.engine.producers()[0].up);
    heal(&mut play);
    play.json(json!({"do": "start-producer", "producer": "p"})).unwrap();
    after(&mut play, 100);
    play.send("p", "t", keyed("order#1"), 1);
    after(&mut play, 100);
    assert_ne!(play.engine.producers()[0].producer_id, first);
    assert_eq!(keys(&play), ["k", "order#1", "order#1"]);
    // Nobody was told of the first one.
    assert_eq!(play.engine.ledger(None).acked, 2);
}

/// Of a producer that died nothing stays in flight: what a link holds up is stored when it heals or lost with the
/// connection, and what had got nowhere already has failed, though nobody is left to be told.
#[test]
fn what_a_dead_producer_had_in_flight_ends_somewhere() {
    for (how, heals, stored) in [("cut", true, 2), ("drops", true, 1), ("cut", false, 1)] {
        let mut play = cluster(3, "1");
        producer(&mut play, "p", &[]);
        send_each(&mut play, "p", 1);
        link(&mut play, "p", "brokers", how, false);
        play.send("p", "t", keyed("order#1"), 1);
        after(&mut play, 100);
        play.json(json!({"do": "crash-producer", "producer": "p"})).unwrap();
        let ledger = play.engine.ledger(None);
        assert_eq!(ledger.in_flight, u64::from(how == "cut"), "{how}: {ledger:?}");
        if heals {
            heal(&mut play);
        } else {
            let leader = play.lane("t", 0).leader.unwrap().0;
            play.json(json!({"do": "crash-broker", "broker": leader})).unwrap();
        }
        after(&mut play, 60_000);
        let ledger = play.engine.ledger(None);
        let failed = 2 - stored;
        assert_eq!((ledger.in_flight, ledger.stored, ledger.failed), (0, stored, failed), "{how}");
        assert_eq!((ledger.acked, ledger.unanswered), (1, 1));
    }
}

#[test]
fn s14_what_turns_idempotence_off_and_what_is_refused() {
    let mut play = cluster(1, "1");
    for configs in [("acks", "1"), ("retries", "0"), ("acks", "0")] {
        producer(&mut play, "p", &[configs]);
        assert!(!play.engine.producers()[0].idempotence);
        play.json(json!({"do": "remove-producer", "producer": "p"})).unwrap();
        after(&mut play, 10);
    }
    let mut refuse = |configs: &[(&str, &str)]| {
        let refused = play
            .json(json!({"do": "add-producer", "producer": "p", "configs": map(configs)}))
            .unwrap_err();
        assert_eq!(refused.code, "ConfigException", "{configs:?}");
    };
    refuse(&[("acks", "1"), ("enable.idempotence", "true")]);
    refuse(&[("retries", "0"), ("enable.idempotence", "true")]);
    refuse(&[("max.in.flight.requests.per.connection", "6")]);
    refuse(&[("delivery.timeout.ms", "20000")]);
    producer(&mut play, "p", &[("request.timeout.ms", "130000")]);
}

#[test]
fn s15_a_failed_future_and_a_stored_record() {
    let mut play = cluster(3, "1");
    producer(&mut play, "p", &[("delivery.timeout.ms", "35000")]);
    play.send("p", "t", keyed("first"), 1);
    // The batch is on its way; answers are lost from now on.
    after(&mut play, 3);
    link(&mut play, "brokers", "p", "drops", false);
    let created = now(&play) - 3;
    after(&mut play, 1_000);
    assert_eq!((log_end(&play), play.lane("t", 0).high_watermark), (1, 1));
    play.run_to(created + 36_000);
    let failed = failures(&play);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].1, "TimeoutException");
    assert!((35_000..=35_020).contains(&(failed[0].0 - created)), "{failed:?}");
    assert_eq!(play.engine.ledger(None).failed_but_stored, 1);
    heal(&mut play);
    after(&mut play, 20_000);
    play.send("p", "t", keyed("next"), 1);
    after(&mut play, 3_000);
    assert_eq!(epoch(&play, "p"), 1);
    assert_eq!(keys(&play), ["first", "next"]);
}
