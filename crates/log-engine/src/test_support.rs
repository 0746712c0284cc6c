//! What tests of this crate share: reading the recorded data of real Kafka.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::test_runner::{Config, RngSeed};
use std::path::PathBuf;

/// Random cases that are the same in each run, unless `PROPTEST_RNG_SEED` asks for others.
pub(crate) fn random_cases(cases: u32) -> Config {
    let given = Config::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(2026),
        seed => seed,
    };
    Config { cases, rng_seed, failure_persistence: None, ..given }
}

/// Reads one file of the golden folder (`OTTLA_GOLDEN_DIR`, else `tests/golden` of the repository).
pub(crate) fn golden<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let folder = std::env::var_os("OTTLA_GOLDEN_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
