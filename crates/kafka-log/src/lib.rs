//! One replica's log: record batch v2 codec, segments, retention, look-ups, producer state.
//!
//! This crate is Kafka's `UnifiedLog` without a broker around it: no clock (`now` is an argument),
//! no files, no threads, no randomness. It holds real record batches, so every size, roll and
//! deletion is the one the real bytes give.
//!
//! * [`batch`] - the record batch format, magic v2: build, parse, re-stamp, look into.
//! * [`Log`] - append, read, look up, roll, retain, compact, truncate.
//! * [`LogConfig`] - the topic configs a log goes by.

pub mod batch;
mod chunked;
pub mod config;
pub mod leader_epochs;
pub mod log;
pub mod producer_state;
pub mod segment;

pub use batch::{Batch, BatchBuilder, BatchError, BatchTag, HeaderRef, ProducerStamp};
pub use config::{CleanupPolicy, LogConfig, Ratio};
pub use leader_epochs::{EpochEnd, EpochEntry, LeaderEpochs};
pub use log::{
    AppendError, AppendInfo, AppendOrigin, DeletedSegment, DeletionReason, FoundOffset, Isolation,
    Log, OffsetOutOfRange, OffsetSpec, ReadInfo, SegmentInfo,
};
