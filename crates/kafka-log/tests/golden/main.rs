//! The log against what Apache Kafka's own classes wrote: `tests/golden` at the project's root.
//! Its README says what every field means; set OTTLA_GOLDEN_DIR to judge by another copy.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)]

mod batches;
mod log_model;
mod scenarios;

use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// Reads one file of the golden data.
fn golden<T: DeserializeOwned>(name: &str) -> T {
    let folder = std::env::var_os("OTTLA_GOLDEN_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden"),
        PathBuf::from,
    );
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

/// Bytes from lowercase hexadecimal digits.
fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
