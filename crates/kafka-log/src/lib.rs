//! One replica's log: record batch v2 codec, segments, retention, look-ups, producer state.
//!
//! This crate is Kafka's `UnifiedLog` without a broker around it: no clock (`now` is an argument),
//! no files, no threads, no randomness. It holds real record batches, so every size, roll and
//! deletion is the one the real bytes give.
//!
//! * [`batch`] - the record batch format, magic v2: build, parse, re-stamp, look into.
//! * [`Log`] - append, read, look up, roll, retain, compact, truncate.
//! * [`files`] - the files a broker has of a log, byte for byte.
//! * [`LogConfig`] - the topic configs a log goes by.
//!
//! ```
//! use kafka_log::{AppendOrigin, BatchBuilder, Isolation, Log, LogConfig, ProducerStamp};
//!
//! let now_ms = 1_700_000_000_000;
//! let mut log = Log::new(LogConfig::default(), now_ms);
//!
//! let mut builder = BatchBuilder::new();
//! builder.append(now_ms, Some(b"Kasumi"), Some(b"tea"), &[])?;
//! builder.append(now_ms, Some(b"Amadou"), None, &[])?;
//! let batch = builder.build(ProducerStamp::NONE)?;
//!
//! let info = log.append_as_leader(batch, 0, now_ms, AppendOrigin::Client)?;
//! assert_eq!((info.first_offset, info.last_offset), (0, 1));
//!
//! // Consumers read up to the high watermark.
//! log.update_high_watermark(2);
//! let read = log.read(0, 1024, Isolation::HighWatermark, true)?;
//! let keys: Vec<_> = read.batches[0].records().map(|record| record.unwrap().key).collect();
//! assert_eq!(keys[0].as_deref(), Some(&b"Kasumi"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod batch;
mod chunked;
pub mod config;
pub mod files;
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
