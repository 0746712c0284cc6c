//! One replica's log: record batch v2 codec, segments, retention, look-ups, producer state.
//!
//! This crate is Kafka's `UnifiedLog` without a broker around it: no clock (`now` is an argument),
//! no files, no threads, no randomness. It holds real record batches, so every size, roll and
//! deletion is the one the real bytes give.
//!
//! * [`batch`] - the record batch format, magic v2: build, parse, re-stamp, look into.

pub mod batch;

pub use batch::{Batch, BatchBuilder, BatchError, BatchTag};
