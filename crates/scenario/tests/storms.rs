//! Storms of a few seeds; `cargo xtask storm` plays as many as one likes.
#![allow(clippy::unwrap_used, clippy::panic)]

use scenario::{file, storm};

#[test]
fn clusters_under_faults_keep_what_must_hold_at_every_step() {
    for seed in 0..8 {
        let document = storm::document(seed);
        storm::play(&document).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

/// What storms have found once: an AlterPartition whose answer was lost was never sent again.
#[test]
fn what_storms_have_found_stays_mended() {
    let document = storm::document(20_261_166);
    storm::play(&document).unwrap();
}

#[test]
fn a_storm_is_a_document_like_any_other_and_plays_the_same_each_time() {
    let document = storm::document(3);
    let text = file::encode(&document).unwrap();
    let again = file::decode(text.as_bytes()).unwrap();
    assert_eq!(again, document);
    assert_eq!(storm::play(&again).unwrap(), storm::play(&document).unwrap());
}
