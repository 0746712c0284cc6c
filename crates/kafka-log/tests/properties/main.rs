//! What must hold whatever comes: properties of batches and of a log under random operations.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)]

mod batches;
mod compaction;
mod storm;
mod storms;

use proptest::test_runner::{Config, RngSeed};

/// Random cases that are the same in each run, unless `PROPTEST_RNG_SEED` asks for others.
fn random_cases() -> Config {
    let given = Config::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(2026),
        seed => seed,
    };
    Config { rng_seed, failure_persistence: None, ..given }
}
