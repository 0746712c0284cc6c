//! Two futures side by side: which records, offsets, owners and totals differ, and the sentence that says how.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use log_engine::Command;
use scenario::{Comparison, Document, Player, RunId, Search};
use support::*;

/// A producer with `acks=1`, followers that are far, and a leader that dies; in a fork all is the same with `acks=all`.
fn acks() -> Document {
    scenario::file::decode(
        include_str!("../../../tests/scenarios/acks-1-and-acks-all.json").as_bytes(),
    )
    .unwrap()
}

fn compared(player: &Player) -> Comparison {
    let beside = player.beside().unwrap();
    Comparison::of(player.engine(), player.engine_of(beside).unwrap())
}

#[test]
fn acks_1_loses_what_acks_all_keeps() {
    let mut player = Player::new(acks()).unwrap();
    catch_up(&mut player);
    let comparison = compared(&player);
    let lost = comparison.totals.iter().find(|total| total.name == "acked but lost").unwrap();
    assert!(lost.a > 0 && lost.b == 0 && lost.bad, "{comparison:#?}");
    assert!(
        comparison.sentence.starts_with(&format!("In A {} are acked but lost, in B none", lost.a)),
        "{}",
        comparison.sentence
    );
    let [ours, theirs] = &comparison.notes;
    assert!(ours.ends_with(&format!("{} are acked but lost.", lost.a)), "{ours}");
    assert!(theirs.ends_with("None are acked but lost."), "{theirs}");
    let records: usize = comparison.partitions.iter().map(|part| part.records.len()).sum();
    assert!(records > 0);
    let beside = player.beside().unwrap();
    let Search::Parts(parting) = player.parting(player.shown(), beside, u64::MAX) else {
        panic!("alike")
    };
    assert!(parting.at_ms < 30_000, "{parting:?}");
    // The same broker is lost at the same moment.
    let crashes: Vec<u64> = player
        .runs()
        .iter()
        .map(|run| {
            let mut player = player.clone();
            player.show(run.id);
            let crash = |entry: &&scenario::JournalEntry| {
                matches!(entry.command, Command::CrashBroker { .. })
            };
            player.journal().iter().find(crash).unwrap().at
        })
        .collect();
    assert_eq!(crashes[0], crashes[1]);
    // What it opens as is in a link that is safe everywhere.
    let link = scenario::link::encode(&acks()).unwrap();
    assert!(link.len() < 1_500, "{}", link.len());
}

#[test]
fn one_record_more_is_found_and_said() {
    let quiet = r#"{ "ottla": 1, "setup": [
        { "do": "create-topic", "topic": "orders", "partitions": 1 }, { "do": "add-producer", "producer": "p1" } ] }"#;
    let mut player = Player::new(scenario::file::decode(quiet.as_bytes()).unwrap()).unwrap();
    for second in [1, 3] {
        advance(&mut player, second * 1_000);
        player.apply(produce("bob")).unwrap();
    }
    advance(&mut player, 5_000);
    let fork = player.fork().unwrap();
    player.set_beside(Some(RunId::FIRST));
    assert!(compared(&player).is_alike());
    assert_eq!(compared(&player).sentence, "A and B are alike.");
    player.insert_entry(2_000, produce("eve")).unwrap();
    catch_up(&mut player);
    player.show(RunId::FIRST);
    player.set_beside(Some(fork));
    let comparison = compared(&player);
    let [part] = comparison.partitions.as_slice() else { panic!("{comparison:?}") };
    let keys = |at: usize| {
        let record = &part.records[at];
        let key = |side: &Option<log_engine::view::RecordSide>| {
            side.as_ref().map(|side| side.key.clone().unwrap())
        };
        (record.offset, key(&record.a), key(&record.b))
    };
    assert_eq!(keys(0), (1, Some("bob".to_owned()), Some("eve".to_owned())));
    assert_eq!(keys(1), (2, None, Some("bob".to_owned())));
    assert_eq!(
        comparison.sentence,
        "In A 2 are acked, in B 3; P0 1–2 are bob, nothing in A and eve, bob in B."
    );
    assert!(part.values.iter().any(|value| value.name == "log end" && value.a == "2"));
}

#[test]
fn runs_go_by_their_letters_and_one_topic_can_be_asked_for() {
    let mut player = Player::new(acks()).unwrap();
    catch_up(&mut player);
    let other = player.engine_of(player.beside().unwrap()).unwrap();
    let of = |topic| Comparison::within(player.engine(), other, ['B', 'D'], topic);
    assert!(of(None).sentence.starts_with("In B "), "{}", of(None).sentence);
    assert!(of(None).sentence.contains(", in D none"));
    assert_eq!(of(Some("orders")), of(None));
    assert!(of(Some("invoices")).partitions.is_empty());
}

#[test]
fn many_partitions_are_told_of_with_few_records_each() {
    let many = r#"{ "ottla": 1, "setup": [
        { "do": "create-topic", "topic": "orders", "partitions": 100 },
        { "do": "add-producer", "producer": "p1", "configs": { "linger.ms": "0" },
          "stream": { "topic": "orders", "records": 2000, "keys": { "kind": "sequence", "prefix": "k", "count": 500 } } } ] }"#;
    let mut player = Player::new(scenario::file::decode(many.as_bytes()).unwrap()).unwrap();
    player.fork().unwrap();
    player.apply(produce("eve")).unwrap();
    player.set_beside(Some(RunId::FIRST));
    advance(&mut player, 4_000);
    let comparison = compared(&player);
    let most = comparison.partitions.iter().map(|part| part.records.len()).max();
    assert!(most <= Some(20), "{most:?} records of one partition");
}

#[test]
fn a_run_that_undo_shows_again_is_not_beside_itself() {
    let mut player = Player::new(acks()).unwrap();
    catch_up(&mut player);
    player.fork().unwrap();
    assert!(player.set_beside(Some(RunId::FIRST)));
    player.undo().unwrap();
    catch_up(&mut player);
    assert_eq!((player.shown(), player.beside()), (RunId::FIRST, None));
}
