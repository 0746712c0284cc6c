//! The ledger: where every record is, and what went wrong with any.

use serde::Serialize;

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
    /// Same partition, offsets against the order of sending.
    pub reordered: u64,
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
