//! What `cargo xtask conformance` found a real cluster to do otherwise than ours did.

use super::cluster::{broker, ends, isr, leader, now, order, send_each, with_topic};
use super::*;
use serde_json::json;

fn wait(play: &mut Play, ms: i64) {
    let at = now(play);
    play.run_to(at + ms);
}

fn partition_epoch(play: &Play) -> i32 {
    play.engine.partitions("t")[0].partition_epoch
}

#[test]
fn min_insync_replicas_set_to_what_it_is_leaves_the_elr() {
    let mut play = with_topic("3", &[]);
    let first = leader(&play);
    broker(&mut play, "crash-broker", first);
    wait(&mut play, 12_000);
    let (elr, epoch) = (play.lane("t", 0).elr, partition_epoch(&play));
    assert_eq!(elr.iter().map(|broker| broker.0).collect::<Vec<i32>>(), [first]);
    let set = |value: &str| json!({"do": "alter-topic-configs", "topic": "t", "set": {"min.insync.replicas": value}});
    play.json(set("3")).unwrap();
    wait(&mut play, 1_000);
    assert_eq!((play.lane("t", 0).elr, partition_epoch(&play)), (elr, epoch));
    play.json(set("2")).unwrap();
    wait(&mut play, 1_000);
    assert_eq!((play.lane("t", 0).elr.len(), partition_epoch(&play)), (0, epoch + 1));
}

#[test]
fn a_new_disk_is_one_more_partition_epoch() {
    let mut play = with_topic("1", &[]);
    let last = order(&play)[2];
    // Out of the ISR, and back in it: one epoch each.
    broker(&mut play, "crash-broker", last);
    wait(&mut play, 12_000);
    broker(&mut play, "start-broker", last);
    wait(&mut play, 12_000);
    assert_eq!((isr(&play).len(), partition_epoch(&play)), (3, 2));
    broker(&mut play, "lose-disk", last);
    wait(&mut play, 12_000);
    broker(&mut play, "start-broker", last);
    wait(&mut play, 12_000);
    assert_eq!((isr(&play).len(), partition_epoch(&play)), (3, 5), "its directory is another one");
}

#[test]
fn a_new_disk_is_filled_from_a_log_that_starts_inside_a_batch() {
    let mut play = with_topic("1", &[]);
    play.send("all", "t", keyed("k"), 5);
    wait(&mut play, 1_000);
    play.json(json!({"do": "delete-records", "topic": "t",
        "partitions": [{"partition": 0, "offset": 2}]}))
        .unwrap();
    let last = order(&play)[2];
    broker(&mut play, "lose-disk", last);
    wait(&mut play, 12_000);
    broker(&mut play, "start-broker", last);
    wait(&mut play, 12_000);
    assert_eq!((isr(&play).len(), ends(&play)), (3, vec![5, 5, 5]));
    let starts: Vec<i64> = play.lane("t", 0).replicas.iter().map(|r| r.log_start).collect();
    assert_eq!(starts, [2, 2, 2]);
}

#[test]
fn a_client_that_knows_only_dead_brokers_begins_with_its_bootstrap_servers_again() {
    let mut play = with_topic("1", &[]);
    play.json(json!({"do": "add-group", "group": "g", "topics": ["t"],
        "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
        .unwrap();
    wait(&mut play, 10_000);
    let replicas = order(&play);
    // Two are gone: the clients hear of the third alone.
    for down in &replicas[..2] {
        broker(&mut play, "crash-broker", *down);
        wait(&mut play, 15_000);
        send_each(&mut play, "all", 1);
    }
    assert_eq!(leader(&play), replicas[2]);
    broker(&mut play, "start-broker", replicas[0]);
    wait(&mut play, 15_000);
    broker(&mut play, "crash-broker", replicas[2]);
    wait(&mut play, 15_000);
    assert_eq!(leader(&play), replicas[0], "one that they have not heard of since");
    send_each(&mut play, "all", 1);
    wait(&mut play, 10_000);
    assert_eq!(play.engine.ledger(None).acked, 3);
    assert_eq!(play.engine.group("g").unwrap().group.total_lag, 0);
}

/// One broker, ten records, of which five are deleted: where its log starts after a crash so long after it started.
fn log_start_after_a_crash(at_ms: i64, how: &str) -> (i64, i64) {
    let mut play = Play::new();
    play.json(json!({"do": "create-topic", "topic": "t", "partitions": 1})).unwrap();
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(1_000);
    send_each(&mut play, "p", 10);
    play.json(json!({"do": "delete-records", "topic": "t",
        "partitions": [{"partition": 0, "offset": 5}]}))
        .unwrap();
    play.run_to(at_ms);
    assert_eq!(play.lane("t", 0).log_start, 5);
    broker(&mut play, how, 1);
    play.run_to(at_ms + 12_000);
    broker(&mut play, "start-broker", 1);
    play.run_to(at_ms + 24_000);
    (play.lane("t", 0).log_start, play.lane("t", 0).log_end)
}

#[test]
fn deleted_records_are_back_after_a_crash_before_the_log_start_is_checkpointed() {
    // It is after log.initial.task.delay.ms, then each log.flush.start.offset.checkpoint.interval.ms.
    assert_eq!(log_start_after_a_crash(29_000, "crash-broker"), (0, 10));
    assert_eq!(log_start_after_a_crash(31_000, "crash-broker"), (5, 10));
    assert_eq!(log_start_after_a_crash(29_000, "stop-broker"), (5, 10), "in order it is written");
}
