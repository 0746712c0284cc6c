//! The ledger: where every record is, and what went wrong with any.

use crate::ids::{BrokerId, TimestampMs};
use serde::{Deserialize, Serialize};

/// Totals over the whole run (or one topic). Each record sent is in exactly one of
/// `buffered`, `in_flight`, `stored` (acked or not), `lost` and `failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// Accepted by `send()`.
    pub sent: u64,
    /// In a producer's accumulator.
    pub buffered: u64,
    /// In a request, or waiting for a retry, and not known to be stored.
    pub in_flight: u64,
    /// Stored by a leader at least once.
    pub stored: u64,
    /// Acknowledged to the producer.
    pub acked: u64,
    /// Failed for good, with nothing stored.
    pub failed: u64,
    /// Reported as failed to the producer although it is stored (S-15).
    pub failed_but_stored: u64,
    /// Below the high watermark.
    pub readable: u64,
    /// Stored once, and on no replica any more though nothing deleted it; acked or not.
    pub lost: u64,
    /// Acked, then gone without retention, compaction or DeleteRecords.
    pub lost_after_ack: u64,
    /// Stored more than once.
    pub duplicated: u64,
    /// Behind a record of the same key that was sent later.
    pub reordered: u64,
    /// The application has been told nothing about them yet; records of a crashed producer stay here.
    pub unanswered: u64,
    /// Deleted by retention or DeleteRecords.
    pub deleted: u64,
    /// Group by group.
    pub groups: Vec<GroupLedgerView>,
}

/// What one group did with the records of its topics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GroupLedgerView {
    /// `group.id`.
    pub group: String,
    /// Records processed at least once.
    pub consumed: u64,
    /// Processed again.
    pub read_twice: u64,
    /// Passed over without being processed (reset to latest, a gap).
    pub skipped: u64,
    /// Deleted before this group had processed them.
    pub expired_unread: u64,
}

/// A total of the ledger, as the records behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum LedgerSet {
    /// Accepted by `send()`.
    Sent,
    /// In a producer's accumulator.
    Buffered,
    /// In a request, or waiting for a retry.
    InFlight,
    /// Stored by a leader, and there still.
    Stored,
    /// Stored, and below the high watermark.
    Committed,
    /// Acknowledged.
    Acked,
    /// Reported as failed, with nothing stored.
    Failed,
    /// The application has been told nothing.
    Unanswered,
    /// Stored once, on no replica any more.
    Lost,
    /// Acknowledged, then lost.
    LostAfterAck,
    /// Reported as failed, but stored.
    FailedButStored,
    /// At more than one offset.
    Duplicated,
    /// Behind a later record of the same key.
    Reordered,
    /// Deleted before a group had processed them.
    ExpiredUnread {
        /// `group.id`.
        group: String,
    },
    /// Passed over by a group.
    Skipped {
        /// `group.id`.
        group: String,
    },
    /// Processed more than once by a group.
    ReadTwice {
        /// `group.id`.
        group: String,
    },
}

/// Some records of a set, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LedgerPageView {
    /// Batch by batch: records of one batch share their fate up to the log.
    pub rows: Vec<LedgerRowView>,
    /// Where to go on; none at the end.
    pub next: Option<u64>,
}

/// One batch's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRowView {
    /// Its number in the ledger, in order of sending; 0 where it is not in the ledger (imported).
    pub number: u64,
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// First offset, -1 while not stored.
    pub first: i64,
    /// Last offset, -1 likewise.
    pub last: i64,
    /// Records in it that belong to the set.
    pub records: u64,
    /// Keys of the first few records, none for null; empty where the bytes are gone.
    pub keys: Vec<Option<String>>,
    /// Who sent it.
    pub producer: Option<String>,
    /// `buffered`, `in flight`, `stored`, `lost`, `failed` or `deleted`.
    pub place: String,
    /// `acked`, `failed` or `nothing`.
    pub told: String,
    /// When its first record was handed to `send()`.
    pub created_ms: TimestampMs,
    /// When it was stored first.
    pub stored_ms: Option<TimestampMs>,
    /// When the application was told.
    pub told_ms: Option<TimestampMs>,
    /// Replicas that have it.
    pub replicas: Vec<BrokerId>,
    /// It is below the high watermark of the partition's leader.
    pub committed: bool,
    /// First offsets at which it is there again.
    pub also_at: Vec<i64>,
    /// What it came to for each group: `billing: processed`, `audit: processed twice`, `audit: skipped` ...
    pub groups: Vec<String>,
}
