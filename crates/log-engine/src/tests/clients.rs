//! Clients while brokers fail: new leaders, closed connections, full buffers, processes that end, other clients'
//! partitioners.

use super::delivery::{
    acks, after, broker, cluster, failures, keys, leader, log_end, lone_leader, now, producer,
    retries, send_each,
};
use super::*;
use crate::event::EventKind;
use crate::protocol::ErrorCode;
use crate::view::BatchWait;
use serde_json::json;

#[test]
fn a_dead_leader_costs_its_batches_one_refusal_and_they_wait_for_the_new_one() {
    let mut play = cluster(3, "2");
    producer(&mut play, "p", &[]);
    send_each(&mut play, "p", 5);
    let old = leader(&play);
    // What is on its way when the process ends has no answer.
    play.send("p", "t", keyed("k"), 1);
    let crashed = now(&play);
    broker(&mut play, "crash-broker", old);
    after(&mut play, 15_000);
    assert_eq!(retries(&play, "p", ErrorCode::NetworkException).len(), 1);
    // Until somebody leads, the batch stays where it is: it was sent twice in all.
    let sent = play.trace();
    let sent = sent.iter().filter(|event| {
        event.at_ms - START_MS >= crashed && matches!(event.kind, EventKind::BatchSent { .. })
    });
    assert_eq!(sent.count(), 2);
    assert_eq!((play.engine.ledger(None).acked, log_end(&play)), (6, 6));
    let elected =
        *play.times(|kind| matches!(kind, EventKind::LeaderChanged { .. })).last().unwrap();
    let acked = *play.times(|kind| matches!(kind, EventKind::Acked { .. })).last().unwrap();
    assert!(acked - elected <= 1_300, "{}", acked - elected);
}

#[test]
fn a_new_leader_named_in_an_answer_is_gone_to_at_once() {
    let mut play = cluster(3, "1");
    producer(&mut play, "p", &[]);
    send_each(&mut play, "p", 5);
    let old = leader(&play);
    broker(&mut play, "stop-broker", old);
    after(&mut play, 40);
    // It has not heard of the new leader yet; the old one answers NOT_LEADER_OR_FOLLOWER and names it (KIP-951).
    play.send("p", "t", keyed("k"), 1);
    after(&mut play, 60);
    assert_eq!(play.engine.ledger(None).acked, 6, "{:?}", play.events("p"));
    let (_, took_ms) = *acks(&play, "p").last().unwrap();
    assert!(took_ms <= 12, "{took_ms}");
}

#[test]
fn acks_0_hears_of_an_error_by_a_closed_connection() {
    let mut play = cluster(3, "1");
    producer(&mut play, "p", &[("acks", "0")]);
    send_each(&mut play, "p", 2);
    let old = leader(&play);
    broker(&mut play, "stop-broker", old);
    after(&mut play, 40);
    // Written to the socket is sent: this one is lost, and told acknowledged.
    play.send("p", "t", keyed("lost"), 1);
    after(&mut play, 500);
    play.send("p", "t", keyed("found"), 1);
    after(&mut play, 500);
    assert_eq!(acks(&play, "p").len(), 4);
    assert_eq!(keys(&play), ["k", "k", "found"]);
}

#[test]
fn a_full_buffer_blocks_send_and_max_block_ms_ends_it() {
    let mut play = cluster(3, "2");
    let configs = [("buffer.memory", "40000"), ("batch.size", "16384"), ("max.block.ms", "5000")];
    producer(&mut play, "p", &configs);
    send_each(&mut play, "p", 1);
    lone_leader(&mut play);
    for _ in 0..3 {
        play.send("p", "t", keyless(15_000), 1);
    }
    after(&mut play, 100);
    let view = &play.engine.producers()[0];
    assert_eq!((view.buffered_bytes, view.buffer_memory), (2 * 16_384, 40_000));
    let blocked = view.blocked.unwrap();
    assert_eq!((blocked.records, blocked.for_memory), (1, true));
    assert_eq!(blocked.until_ms - blocked.since_ms, 5_000);
    assert_eq!(view.batches.len(), 2, "{:?}", view.batches);
    assert!(matches!(view.batches[0].waits, BatchWait::Backoff { .. }));
    assert_eq!(view.batches[1].waits, BatchWait::Behind);
    assert!(view.retries > 0);
    after(&mut play, 5_000);
    assert_eq!(failures(&play).len(), 1);
    assert_eq!(failures(&play)[0].1, "BufferExhaustedException");
}

#[test]
fn a_crashed_producer_loses_what_it_had_not_sent() {
    let mut play = cluster(1, "1");
    producer(&mut play, "p", &[("linger.ms", "1000")]);
    play.send("p", "t", keyed("k"), 3);
    after(&mut play, 100);
    play.json(json!({"do": "crash-producer", "producer": "p"})).unwrap();
    assert!(play.json(json!({"do": "crash-producer", "producer": "p"})).is_err());
    assert!(play.json(json!({"do": "add-producer", "producer": "p"})).is_err());
    after(&mut play, 5_000);
    assert_eq!(log_end(&play), 0);
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.sent, ledger.acked, ledger.buffered, ledger.in_flight), (3, 0, 0, 0));
    play.json(json!({"do": "start-producer", "producer": "p"})).unwrap();
    play.send("p", "t", keyed("k"), 1);
    after(&mut play, 2_000);
    assert_eq!(log_end(&play), 1);
}

/// One record of one kind after the other with a partitioner; where they went.
fn placed(configs: &[(&str, &str)], record: &RecordSpec, count: u32) -> Vec<i64> {
    let mut play = Play::new().topic("orders", 3, &[]);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": map(configs)})).unwrap();
    after(&mut play, 10);
    for _ in 0..count {
        play.send("p", "orders", record.clone(), 1);
        after(&mut play, 100);
    }
    (0..3).map(|number| play.lane("orders", number).log_end).collect()
}

#[test]
fn s19_a_producer_partitions_as_another_client_would() {
    let librdkafka = [("ottla.partitioner", "librdkafka consistent_random")];
    assert_eq!(placed(&librdkafka, &keyed("A"), 4), [0, 0, 4]);
    assert_eq!(placed(&[], &keyed("A"), 4), [0, 4, 0]);
    assert_eq!(placed(&[("ottla.partitioner", "sarama hash")], &keyed("user-1"), 2), [2, 0, 0]);
    // An empty key is none to it.
    assert!(placed(&librdkafka, &keyed(""), 30).iter().all(|&count| count > 0));
    let class = ("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner");
    assert_eq!(placed(&[class], &keyed("A"), 9), [3, 3, 3]);
    let mut play = Play::new();
    let refused = play
        .json(json!({"do": "add-producer", "producer": "p", "configs": {"partitioner.class": "Mine"}}))
        .unwrap_err();
    assert_eq!(
        refused.message,
        "Invalid value Mine for configuration partitioner.class: Class Mine could not be found."
    );
}

#[test]
fn keyless_records_keep_away_from_a_broker_that_takes_nothing() {
    let mut play = cluster(1, "1");
    play.apply(Command::CreateTopic {
        topic: "six".into(),
        partitions: 6,
        replication_factor: 1,
        configs: map(&[]),
        assignments: Vec::new(),
    })
    .unwrap();
    let configs = [("partitioner.availability.timeout.ms", "200"), ("batch.size", "1000")];
    producer(&mut play, "p", &configs);
    // Each partition has to have had a record before queues are weighed.
    for partition in 0..6 {
        let record = RecordSpec { partition: Some(partition), ..keyless(10) };
        play.send("p", "six", record, 1);
    }
    after(&mut play, 500);
    let of = |play: &Play, number: i32| play.lane("six", number).log_end;
    let frozen = play.lane("six", 0).leader.unwrap();
    play.json(json!({"do": "freeze-broker", "broker": frozen.0})).unwrap();
    for _ in 0..200 {
        play.send("p", "six", keyless(400), 1);
        after(&mut play, 20);
    }
    let waits = play.engine.producers()[0].buffered_records;
    let stored: i64 = (0..6).map(|number| of(&play, number)).sum();
    assert!(stored > 130, "{stored} stored, {waits} wait");
}
