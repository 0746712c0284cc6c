//! A broker's log folders in and out: real files of real partitions.
//!
//! * [`Export`] - partitions' files as a zip, chunk by chunk, or file by file for a disk.
//! * [`Import`] - a bare `.log`, a zip or a list of files; read in steps, refused before it can cost
//!   memory, recovered where a broker would recover.
//!
//! The crate does no I/O and knows no clock. Names and rules are Kafka's: `LocalLog`, `LogLoader`,
//! `LogSegment.recover`, `PartitionMetadataFile`.
//!
//! ```
//! use kafka_log::{AppendOrigin, BatchBuilder, Log, LogConfig, ProducerStamp};
//! use log_files::{Export, ExportPartition, Import, Limits};
//!
//! let now_ms = 1_700_000_000_000;
//! let mut log = Log::new(LogConfig::default(), now_ms);
//! let mut builder = BatchBuilder::new();
//! builder.append(now_ms, Some(b"Kasumi"), Some(b"tea"), &[])?;
//! log.append_as_leader(builder.build(ProducerStamp::NONE)?, 0, now_ms, AppendOrigin::Client)?;
//!
//! let export = Export::new(vec![ExportPartition::new("orders", 0, None, &log)])?;
//! let zip: Vec<u8> = export.flatten().collect();
//!
//! let mut import = Import::new("orders.zip", zip.into(), Limits::default())?;
//! while !import.step(1 << 20)?.finished {}
//! let imported = import.finish()?;
//! assert_eq!(imported.topics[0].topic, "orders");
//! assert_eq!(imported.topics[0].partitions[0].records(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod export;
mod import;
mod limits;
mod metadata;
mod names;
mod plan;
mod segments;
mod unpack;
mod zip_writer;

pub use error::{ExportError, ImportError, Problem};
pub use export::{Export, ExportFile, ExportPartition};
pub use import::{
    Import, Imported, ImportedPartition, ImportedSegment, ImportedTopic, Note, Progress,
};
pub use limits::Limits;
pub use names::{FolderName, parse_folder_name};
