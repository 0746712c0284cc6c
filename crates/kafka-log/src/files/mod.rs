//! The files a broker keeps of a partition, byte for byte (R-LOG-20, R-LOG-27).
//!
//! `.log`, `.index`, `.timeindex` and `.txnindex` of each segment, the `.snapshot` files of
//! producer state, and `leader-epoch-checkpoint`. Index files come at the length of their entries,
//! as they are once a segment is closed; while it is active, a broker keeps the offset and the
//! time index at `segment.index.bytes`, filled up with zeros.

mod checkpoint;
mod index_files;
mod snapshot;

pub use checkpoint::{leader_epoch_checkpoint, parse_leader_epoch_checkpoint};
pub use index_files::{
    offset_index_bytes, parse_offset_index, parse_time_index, parse_txn_index, time_index_bytes,
    txn_index_bytes,
};
pub use snapshot::{parse_producer_snapshot, producer_snapshot_bytes};

use crate::log::Log;

/// Name of the file the topic's id is in.
pub const PARTITION_METADATA: &str = "partition.metadata";

/// The text of `partition.metadata` (`PartitionMetadata.encode`): a version, and the topic's id as Kafka prints it.
pub fn partition_metadata(topic_id: &str) -> String {
    format!("version: 0\ntopic_id: {topic_id}")
}

/// Name of the file the leader epochs are in.
pub const LEADER_EPOCH_CHECKPOINT: &str = "leader-epoch-checkpoint";

/// Why a file's bytes are not what its kind of file has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The bytes are not a whole number of entries, or end within one.
    #[error("The file is cut: its {found} bytes are no whole number of entries")]
    Cut {
        /// Bytes of the file.
        found: u64,
    },
    /// A version this crate does not know.
    #[error("The file has version {0}, which is not supported")]
    Version(i64),
    /// The contents are not those the CRC was taken of.
    #[error(
        "Snapshot is corrupt (CRC is no longer valid). Stored crc: {stored}. Computed crc: {computed}"
    )]
    Crc {
        /// The CRC in the file.
        stored: u32,
        /// The CRC of the bytes.
        computed: u32,
    },
    /// A text file with a line that does not belong there.
    #[error("Malformed line in checkpoint file: {0:?}")]
    Line(String),
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Record batches, back to back.
    Log,
    /// The offset index.
    OffsetIndex,
    /// The time index.
    TimeIndex,
    /// The aborted transactions; only where there are some.
    TxnIndex,
    /// Producer state as of the offset in the name.
    ProducerSnapshot,
    /// The leader epochs.
    LeaderEpochCheckpoint,
}

impl FileKind {
    /// The end of the file's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Log => ".log",
            Self::OffsetIndex => ".index",
            Self::TimeIndex => ".timeindex",
            Self::TxnIndex => ".txnindex",
            Self::ProducerSnapshot => ".snapshot",
            Self::LeaderEpochCheckpoint => LEADER_EPOCH_CHECKPOINT,
        }
    }
}

/// A file of the partition's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// The offset in the name; 0 for the file that has none.
    pub offset: i64,
    /// Its length in bytes.
    pub size: u64,
}

/// The name of a file: the offset in twenty digits, then the suffix (`LogFileUtils`).
pub fn file_name(offset: i64, kind: FileKind) -> String {
    match kind {
        FileKind::LeaderEpochCheckpoint => LEADER_EPOCH_CHECKPOINT.to_owned(),
        other => format!("{offset:020}{}", other.suffix()),
    }
}

impl Log {
    /// The files a broker has for this log, segment by segment.
    pub fn files(&self) -> Vec<LogFile> {
        let mut files = Vec::new();
        let mut add = |offset, kind, size| {
            files.push(LogFile { name: file_name(offset, kind), kind, offset, size });
        };
        for segment in self.segments() {
            let base = segment.base_offset;
            add(base, FileKind::Log, u64::from(segment.bytes));
            add(base, FileKind::OffsetIndex, self.offset_index(base).len() as u64 * 8);
            add(base, FileKind::TimeIndex, self.time_index(base).len() as u64 * 12);
            let aborted = self.aborted_txns(base).len() as u64;
            if aborted > 0 {
                add(base, FileKind::TxnIndex, aborted * 34);
            }
        }
        for (offset, producers) in self.producer_snapshots() {
            add(offset, FileKind::ProducerSnapshot, 10 + producers.len() as u64 * 46);
        }
        let epochs = leader_epoch_checkpoint(self.leader_epochs().entries());
        add(0, FileKind::LeaderEpochCheckpoint, epochs.len() as u64);
        files
    }

    /// The bytes of one of these files; none if the log has no such file.
    pub fn file_bytes(&self, offset: i64, kind: FileKind) -> Option<Vec<u8>> {
        let has_segment = || self.segments().find(|segment| segment.base_offset == offset);
        match kind {
            FileKind::Log => {
                let segment = has_segment()?;
                let mut out = Vec::with_capacity(usize::try_from(segment.bytes).unwrap_or(0));
                self.batches_from(offset)
                    .take_while(|batch| batch.base_offset() < segment.next_offset)
                    .for_each(|batch| batch.write_to(&mut out));
                Some(out)
            }
            FileKind::OffsetIndex => {
                has_segment().map(|_| offset_index_bytes(offset, &self.offset_index(offset)))
            }
            FileKind::TimeIndex => {
                has_segment().map(|_| time_index_bytes(offset, &self.time_index(offset)))
            }
            FileKind::TxnIndex => {
                let aborted = self.aborted_txns(offset);
                (!aborted.is_empty()).then(|| txn_index_bytes(aborted))
            }
            FileKind::ProducerSnapshot => {
                let (_, producers) = self.producer_snapshots().find(|(at, _)| *at == offset)?;
                let entries = producers.iter().map(|(producer_id, entry)| (*producer_id, *entry));
                Some(producer_snapshot_bytes(entries))
            }
            FileKind::LeaderEpochCheckpoint => {
                Some(leader_epoch_checkpoint(self.leader_epochs().entries()).into_bytes())
            }
        }
    }
}
