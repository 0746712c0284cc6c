//! What must hold whatever comes: properties of batches and of a log under random operations.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)]

mod batches;
mod compaction;
mod storm;
mod storms;
