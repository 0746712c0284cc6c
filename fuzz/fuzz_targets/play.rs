//! Any document, played for a while in two ways: it never panics, and comes to the same state.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::{Player, file};

/// Virtual time, and engine steps, that one input gets.
const UNTIL_MS: u64 = 10_000;
const STEPS: u64 = 20_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = file::decode(bytes) else { return };
    let Ok(mut whole) = Player::new(document) else { return };
    let mut sliced = whole.clone();
    if !whole.seek(UNTIL_MS, STEPS).reached {
        return;
    }
    while !sliced.seek(UNTIL_MS, 97).reached {}
    assert_eq!(whole.engine().trace_hash(), sliced.engine().trace_hash());
});
