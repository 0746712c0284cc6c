//! Storms of a few seeds; `cargo xtask storm` plays as many as one likes.
#![allow(clippy::unwrap_used, clippy::panic)]

use log_engine::Engine;
use scenario::{file, storm};

#[test]
fn clusters_under_faults_keep_what_must_hold_at_every_step() {
    for seed in 0..8 {
        let document = storm::document(seed);
        storm::play(&document).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

/// What storms have found, each as the document of its seed was then: seeds make others as storms get more to do. An
/// AlterPartition whose answer was lost was never sent again; what a crashed producer had in flight stayed so for ever.
const FOUND: [&str; 2] = [
    include_str!("storms/lost-alter-partition-answer.json"),
    include_str!("storms/crashed-producer-in-flight.json"),
];

#[test]
fn what_storms_have_found_stays_mended() {
    for text in FOUND {
        let document = file::decode(text.as_bytes()).unwrap();
        storm::play(&document).unwrap_or_else(|broken| panic!("{}: {broken}", document.title));
    }
}

/// What the ledger and the event log write down has no influence on what happens.
#[test]
fn an_engine_without_ledger_and_event_log_does_the_same() {
    for seed in [4, 5, 6, 7] {
        let document = storm::document(seed);
        let play = |mut engine: Engine| {
            let setup = document.setup.iter().map(|command| (0, command));
            let journal = document.journal.iter().map(|entry| (entry.at, &entry.command));
            for (at, command) in setup.chain(journal) {
                engine.advance_to(document.start.ms() + i64::try_from(at).unwrap(), u64::MAX);
                // What is refused to one is refused to the other: their logs would differ.
                let _ = engine.apply(command);
            }
            engine.advance_to(document.start.ms() + 120_000, u64::MAX);
            engine
        };
        let engine = || Engine::new(&document.cluster, seed, document.start.ms()).unwrap();
        let (with, without) = (play(engine()), play(engine().unaccounted()));
        assert!(with.ledger(None).sent > 0, "seed {seed} sends nothing");
        assert_eq!(without.ledger(None).sent, 0);
        assert_eq!((with.steps(), with.newest_event()), (without.steps(), without.newest_event()));
        for topic in with.cluster().topics {
            for partition in 0..topic.partitions {
                let files = |engine: &Engine| engine.partition_files(&topic.name, partition);
                assert_eq!(
                    files(&with),
                    files(&without),
                    "seed {seed}: {}-{partition}",
                    topic.name
                );
            }
        }
    }
}

#[test]
fn a_storm_is_a_document_like_any_other_and_plays_the_same_each_time() {
    let document = storm::document(3);
    let text = file::encode(&document).unwrap();
    let again = file::decode(text.as_bytes()).unwrap();
    assert_eq!(again, document);
    assert_eq!(storm::play(&again).unwrap(), storm::play(&document).unwrap());
}
