//! How many random cases there are, and which.

use proptest::test_runner::{Config, RngSeed};

/// Random cases that are the same in each run, unless `PROPTEST_RNG_SEED` asks for others.
pub fn random_cases(cases: u32) -> Config {
    let given = Config::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(2026),
        seed => seed,
    };
    Config { cases, rng_seed, max_shrink_iters: 400, failure_persistence: None, ..given }
}
