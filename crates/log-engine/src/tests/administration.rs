//! What administrators do to a cluster, and what brokers' ends do to its data. Ids as in `60-pitfalls.md`; what a real
//! cluster did stands in `surprises.md`.

use super::cluster::{broker, cut, ends, isr, leader, now, order, send_each, three, with_topic};
use super::*;
use serde_json::json;

fn others(play: &Play) -> Vec<i32> {
    let first = leader(play);
    order(play).into_iter().filter(|&id| id != first).collect()
}

fn elect(play: &mut Play, election: &str) -> Result<(), CommandError> {
    play.json(json!({"do": "elect-leaders", "election": election, "topic": "t", "partition": 0}))
}

/// The leader is alone in the ISR, with one record more than the others by acks=1 and one by acks=all.
fn alone_in_sync() -> Play {
    let mut play = with_topic("1", &[]);
    send_each(&mut play, "all", 99);
    let first = leader(&play);
    for other in others(&play) {
        cut(&mut play, first, other);
    }
    send_each(&mut play, "one", 1);
    let at = now(&play);
    play.run_to(at + 9_000);
    assert_eq!(isr(&play), [first]);
    let sent = now(&play);
    play.send("all", "t", keyed("k"), 1);
    play.run_to(sent + 30);
    assert_eq!(play.engine.ledger(None).acked, 101, "acks=all asks one broker alone");
    play
}

#[test]
fn s02_acks_all_with_a_lone_isr_is_lost_by_an_unclean_election() {
    let mut play = alone_in_sync();
    let (first, followers) = (leader(&play), others(&play));
    let crashed = now(&play);
    broker(&mut play, "crash-broker", first);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(crashed + 30_000);
    let lane = play.lane("t", 0);
    assert_eq!((lane.leader, lane.isr.len(), lane.elr.len()), (None, 0, 1), "though two are live");
    assert_eq!(elect(&mut play, "preferred").unwrap_err().code, "PREFERRED_LEADER_NOT_AVAILABLE");
    elect(&mut play, "unclean").unwrap();
    let elected = now(&play);
    play.run_to(elected + 2_000);
    assert_eq!((leader(&play), play.lane("t", 0).leader_epoch), (followers[0], 2));
    assert_eq!(isr(&play), followers);
    let end = play.lane("t", 0).log_end;
    send_each(&mut play, "one", 1);
    play.run_to(elected + 5_000);
    assert_eq!((end, play.lane("t", 0).log_end), (99, 100), "its offset goes to another record");
    assert_eq!(elect(&mut play, "unclean").unwrap_err().code, "ELECTION_NOT_NEEDED");
    broker(&mut play, "lose-disk", first);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 2);
    broker(&mut play, "start-broker", first);
    let started = now(&play);
    play.run_to(started + 5_000);
    assert_eq!((isr(&play).len(), leader(&play)), (3, followers[0]));
    assert_eq!(ends(&play), [100, 100, 100]);
}

#[test]
fn s02_variant_an_empty_disk_that_comes_first_takes_everything() {
    let mut play = alone_in_sync();
    let first = leader(&play);
    let lost = now(&play);
    broker(&mut play, "lose-disk", first);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(lost + 15_000);
    broker(&mut play, "start-broker", first);
    play.run_to(lost + 30_000);
    let lane = play.lane("t", 0);
    assert_eq!((lane.leader, lane.elr.len()), (None, 0), "a new disk is no last known leader");
    elect(&mut play, "unclean").unwrap();
    let elected = now(&play);
    play.run_to(elected + 10_000);
    // The first in assignment order, with nothing: the others truncate to 0.
    assert_eq!((leader(&play), ends(&play)), (first, vec![0, 0, 0]));
    assert_eq!(play.events("truncates to 0").len(), 3);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 101);
    send_each(&mut play, "one", 1);
    assert_eq!(ends(&play)[0], 1);
}

#[test]
fn s06_an_unclean_election_reuses_offsets() {
    let mut play = three(&[("replica.lag.time.max.ms", "6000")]);
    play.json(json!({"do": "create-topic", "topic": "t", "partitions": 1, "replication_factor": 2,
        "configs": {"unclean.leader.election.enable": "true"}}))
        .unwrap();
    play.json(json!({"do": "add-producer", "producer": "all", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(1_000);
    send_each(&mut play, "all", 60);
    let (first, second) = (leader(&play), others(&play)[0]);
    cut(&mut play, first, second);
    send_each(&mut play, "all", 40);
    let at = now(&play);
    play.run_to(at + 10_000);
    assert_eq!((isr(&play), ends(&play)), (vec![first], vec![100, 60]));
    assert_eq!((play.lane("t", 0).high_watermark, play.engine.ledger(None).acked), (100, 100));
    let crashed = now(&play);
    broker(&mut play, "crash-broker", first);
    play.json(json!({"do": "heal-links"})).unwrap();
    play.run_to(crashed + 10_300);
    let lane = play.lane("t", 0);
    assert_eq!((leader(&play), isr(&play)), (second, vec![second]), "by itself, at the fencing");
    assert_eq!((lane.log_end, lane.high_watermark), (60, 60));
    play.json(json!({"do": "add-producer", "producer": "new", "configs": {"linger.ms": "0"}}))
        .unwrap();
    play.run_to(crashed + 11_000);
    send_each(&mut play, "new", 10);
    play.run_to(crashed + 20_000);
    assert_eq!(play.lane("t", 0).log_end, 70);
    let started = now(&play);
    broker(&mut play, "start-broker", first);
    play.run_to(started + 5_000);
    assert_eq!((isr(&play).len(), ends(&play)), (2, vec![70, 70]));
    assert_eq!(play.events("truncates to 60, 40 records gone").len(), 1);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 40);
}

#[test]
fn s09_a_killed_process_loses_nothing_and_a_loss_of_power_the_unflushed_tail() {
    for (what, lost) in [("crash-broker", false), ("lose-power", true)] {
        let mut play = three(&[]);
        play.json(json!({"do": "create-topic", "topic": "t", "partitions": 1})).unwrap();
        play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
        play.run_to(1_000);
        for _ in 0..100 {
            play.send("p", "t", keyed("k"), 10);
            let at = now(&play);
            play.run_to(at + 20);
        }
        let first = leader(&play);
        let ended = now(&play);
        broker(&mut play, what, first);
        play.run_to(ended + 20_000);
        assert_eq!(leader(&play), -1);
        let started = now(&play);
        broker(&mut play, "start-broker", first);
        play.run_to(started + 3_000);
        let (lane, ledger) = (play.lane("t", 0), play.engine.ledger(None));
        assert_eq!((leader(&play), ledger.acked), (first, 1_000));
        assert_eq!(lane.log_end < 1_000, lost, "{what}: {}", lane.log_end);
        assert_eq!(lane.high_watermark, lane.log_end);
        assert_eq!(i64::try_from(ledger.lost_after_ack).unwrap(), 1_000 - lane.log_end);
    }
}

#[test]
fn a_rolling_restart_loses_nothing_of_acks_all() {
    let mut play = with_topic("2", &[]);
    for id in [1, 2, 3] {
        send_each(&mut play, "all", 10);
        broker(&mut play, "stop-broker", id);
        send_each(&mut play, "all", 10);
        let at = now(&play);
        play.run_to(at + 12_000);
        assert_eq!(isr(&play).len(), 2);
        broker(&mut play, "start-broker", id);
        play.run_to(at + 17_000);
        assert_eq!(isr(&play).len(), 3);
    }
    let ledger = play.engine.ledger(None);
    assert_eq!((ledger.acked, ledger.lost_after_ack, ledger.failed), (60, 0, 0));
    assert_eq!(ends(&play), [60, 60, 60]);
}

#[test]
fn a_restarted_broker_leads_again_only_by_a_preferred_election() {
    let mut play = with_topic("2", &[]);
    let first = leader(&play);
    broker(&mut play, "stop-broker", first);
    play.run_to(15_000);
    broker(&mut play, "start-broker", first);
    play.run_to(20_000);
    assert_eq!(isr(&play).len(), 3);
    assert_ne!(leader(&play), first, "R-REP-65");
    let by_itself = {
        let mut play = play.clone();
        play.run_to(310_000);
        assert_eq!(leader(&play), first, "leader.imbalance.check.interval.seconds");
        play.times(|kind| matches!(kind, EventKind::LeaderChanged { .. }))
    };
    assert_eq!((START_MS + by_itself.last().unwrap()) / 1_000 % 300, 0, "on its beat");
    elect(&mut play, "preferred").unwrap();
    play.run_to(20_100);
    assert_eq!(leader(&play), first);
    assert_eq!(play.events("the preferred replica").len(), 1);
    let refused = play.json(json!({"do": "elect-leaders", "election": "preferred"})).unwrap_err();
    assert_eq!(refused.code, "ELECTION_NOT_NEEDED");
    let unknown = json!({"do": "elect-leaders", "election": "preferred", "topic": "x"});
    assert_eq!(play.json(unknown).unwrap_err().message, "No such topic as x");
}

#[test]
fn a_partition_moves_to_other_brokers() {
    let mut play = with_topic("2", &[]);
    send_each(&mut play, "all", 50);
    play.json(json!({"do": "add-broker"})).unwrap();
    play.json(json!({"do": "add-broker", "broker": 9, "rack": "b"})).unwrap();
    let at = now(&play);
    play.run_to(at + 3_000);
    let brokers: Vec<i32> = play.engine.cluster().brokers.iter().map(|known| known.id.0).collect();
    assert_eq!(brokers, [1, 2, 3, 4, 9]);
    assert!(play.engine.cluster().brokers.iter().all(|known| !known.fenced));
    let move_to = |replicas: &[i32]| {
        json!({"do": "reassign",
            "partitions": [{"topic": "t", "partition": 0, "replicas": replicas}]})
    };
    let refused = play.json(move_to(&[4, 8])).unwrap_err();
    assert_eq!(refused.code, "INVALID_REPLICA_ASSIGNMENT");
    assert!(refused.message.ends_with("includes broker 8, but no such broker is registered."));
    play.json(move_to(&[4, 9, 2])).unwrap();
    play.run_to(at + 8_000);
    assert_eq!(order(&play), [4, 9, 2]);
    assert_eq!(isr(&play).len(), 3);
    assert_eq!(ends(&play), [50, 50, 50]);
    assert!([4, 9, 2].contains(&leader(&play)));
    assert_eq!(play.events("replicas 4 9 2 1 3, adding 4 9, removing 1 3").len(), 1);
    let done = play.events("replicas 4 9 2, were 4 9 2 1 3");
    assert_eq!(done.len(), 1);
    assert_eq!(play.engine.ledger(None).lost_after_ack, 0);
    play.send("all", "t", keyed("k"), 1);
    play.run_to(at + 10_000);
    assert_eq!(play.engine.ledger(None).acked, 51, "it has found the new leader");
    // Nothing is left on 3: it may go.
    let remove = json!({"do": "remove-broker", "broker": 3});
    assert!(play.json(remove.clone()).is_err(), "it runs");
    broker(&mut play, "stop-broker", 3);
    let at = now(&play);
    play.run_to(at + 5_000);
    play.json(remove).unwrap();
    play.run_to(at + 6_000);
    assert_eq!(play.engine.cluster().brokers.len(), 4);
    let again = play.json(json!({"do": "start-broker", "broker": 3})).unwrap_err();
    assert_eq!(again.code, "BROKER_ID_NOT_REGISTERED");
}

#[test]
fn a_reassignment_is_called_off() {
    let mut play = with_topic("2", &[]);
    let before = order(&play);
    play.json(json!({"do": "add-broker"})).unwrap();
    play.run_to(4_000);
    broker(&mut play, "crash-broker", 4);
    play.run_to(20_000);
    play.json(json!({"do": "reassign",
        "partitions": [{"topic": "t", "partition": 0, "replicas": [1, 2, 4]}]}))
        .unwrap();
    play.run_to(30_000);
    assert_eq!(order(&play).len(), 4, "it waits for 4");
    let cancel =
        json!({"do": "cancel-reassignment", "partitions": [{"topic": "t", "partition": 0}]});
    play.json(cancel.clone()).unwrap();
    play.run_to(31_000);
    let mut after = order(&play);
    let mut was = before;
    after.sort_unstable();
    was.sort_unstable();
    assert_eq!(after, was);
    assert_eq!(play.json(cancel).unwrap_err().code, "NO_REASSIGNMENT_IN_PROGRESS");
}

#[test]
fn a_topic_with_more_replicas_than_brokers_is_refused_and_racks_are_spread_over() {
    let mut play = three(&[]);
    broker(&mut play, "crash-broker", 3);
    play.run_to(12_000);
    let create = |factor: i16| json!({"do": "create-topic", "topic": "t", "partitions": 1, "replication_factor": factor});
    let refused = play.json(create(4)).unwrap_err();
    assert_eq!(refused.code, "INVALID_REPLICATION_FACTOR");
    // A fenced broker is used last, and out of the ISR.
    play.json(create(3)).unwrap();
    play.run_to(12_100);
    assert_eq!((order(&play).len(), isr(&play).len()), (3, 2));

    let spec = ClusterSpec {
        brokers: 6,
        racks: vec!["a".into(), "b".into(), "c".into()],
        ..ClusterSpec::default()
    };
    let mut play = Play { engine: Engine::new(&spec, 7, START_MS).unwrap() };
    play.json(
        json!({"do": "create-topic", "topic": "t", "partitions": 6, "replication_factor": 3}),
    )
    .unwrap();
    for partition in 0..6 {
        let lane = play.lane("t", partition);
        let mut racks: Vec<i32> = lane.replicas.iter().map(|r| r.broker.0 % 3).collect();
        racks.sort_unstable();
        assert_eq!(racks, [0, 1, 2]);
    }
}

#[test]
fn min_insync_replicas_of_all_brokers_acts_and_clears_the_elr() {
    let mut play = three(&[]);
    play.json(
        json!({"do": "create-topic", "topic": "t", "partitions": 1, "replication_factor": 3}),
    )
    .unwrap();
    play.json(json!({"do": "add-producer", "producer": "all", "configs": {"linger.ms": "0"}}))
        .unwrap();
    let alter =
        |value: &str| json!({"do": "alter-broker-configs", "set": {"min.insync.replicas": value}});
    play.json(alter("2")).unwrap();
    play.run_to(1_000);
    for other in others(&play) {
        broker(&mut play, "crash-broker", other);
    }
    play.run_to(12_000);
    assert_eq!((isr(&play).len(), play.lane("t", 0).elr.len()), (1, 1));
    play.send("all", "t", keyed("k"), 1);
    play.run_to(12_500);
    assert!(!play.events("NOT_ENOUGH_REPLICAS").is_empty());
    play.json(alter("1")).unwrap();
    play.run_to(14_000);
    assert_eq!(play.lane("t", 0).elr.len(), 0, "R-REP-34");
    assert_eq!(play.engine.ledger(None).acked, 1);
    let own =
        json!({"do": "alter-broker-configs", "broker": 1, "set": {"min.insync.replicas": "1"}});
    assert_eq!(
        play.json(own).unwrap_err().message,
        "Broker-level min.insync.replicas cannot be altered while ELR is enabled."
    );
    let fixed = json!({"do": "alter-broker-configs", "set": {"broker.session.timeout.ms": "1"}});
    assert_eq!(
        play.json(fixed).unwrap_err().message,
        "Cannot update these configs dynamically: [broker.session.timeout.ms]"
    );
}

#[test]
fn a_slow_disk_holds_up_its_broker_one_write_after_another() {
    let mut play = with_topic("1", &[]);
    let first = leader(&play);
    send_each(&mut play, "one", 1);
    play.json(json!({"do": "slow-disk", "broker": first, "write_ms": 100})).unwrap();
    let sent = now(&play);
    play.send("one", "t", keyed("a"), 1);
    play.run_to(sent + 50);
    play.send("one", "t", keyed("b"), 1);
    play.run_to(sent + 102);
    assert_eq!(play.engine.ledger(None).acked, 2, "the answer leaves after the write");
    play.run_to(sent + 202);
    assert_eq!(play.engine.ledger(None).acked, 3, "the second waited for the first");
    play.json(json!({"do": "slow-disk", "broker": first, "write_ms": 0})).unwrap();
    play.run_to(sent + 2_000);
    assert_eq!((ends(&play), isr(&play).len()), (vec![3, 3, 3], 3));
}

#[test]
fn who_chooses_replicas_says_nothing_else_of_their_number() {
    let mut play = three(&[("num.partitions", "2"), ("default.replication.factor", "3")]);
    let create = |rest: serde_json::Value| {
        let mut command = json!({"do": "create-topic", "topic": "t"});
        let fields = rest.as_object().cloned().unwrap_or_default();
        command.as_object_mut().unwrap().extend(fields);
        command
    };
    for (rest, field, message) in [
        (
            json!({"assignments": [[1, 2]], "partitions": 1}),
            "partitions",
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        ),
        (
            json!({"assignments": [[1, 2]], "replication_factor": 2}),
            "replication_factor",
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        ),
        (
            json!({"assignments": [[1, 2], []]}),
            "assignments",
            "The manual partition assignment includes an empty replica list.",
        ),
        (
            json!({"assignments": [[1, 2], [3]]}),
            "assignments",
            "The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with \
             previous partitions, which have 2 replica(s).",
        ),
        (
            json!({"assignments": [[2, 2]]}),
            "assignments",
            "The manual partition assignment includes the broker 2 more than once.",
        ),
    ] {
        let refused = play.json(create(rest)).unwrap_err();
        assert_eq!((refused.field.as_deref(), &*refused.message), (Some(field), message));
    }
    broker(&mut play, "crash-broker", 3);
    play.run_to(15_000);
    play.json(create(json!({"assignments": [[3, 1], [1, 2]]}))).unwrap();
    play.run_to(15_500);
    let first = play.lane("t", 0);
    assert_eq!((first.leader.map(|id| id.0), first.isr.len()), (Some(1), 1), "3 is fenced");
    play.json(json!({"do": "create-topic", "topic": "d", "replication_factor": -1})).unwrap();
    play.run_to(16_000);
    let topic = play.engine.topic("d").unwrap().summary;
    assert_eq!((topic.partitions, topic.replication_factor), (2, 3), "as the brokers' configs say");
}
