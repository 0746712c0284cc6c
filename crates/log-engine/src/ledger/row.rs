//! A row of the ledger: where a producer's batch is, and what the producer was told of it.

use crate::ids::TimestampMs;
use crate::view::LedgerView;

/// Where a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Place {
    /// In the accumulator.
    #[default]
    Buffered,
    /// Sent at least once, nothing known to be stored.
    InFlight,
    /// In a log.
    Stored,
    /// Given up, nothing stored.
    Failed,
    /// It was stored, and no replica has it any more, though nothing deleted it.
    Lost,
}

/// What the producer was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Told {
    /// Nothing yet.
    #[default]
    Nothing,
    /// An ack.
    Acked,
    /// A failure.
    Failed,
}

/// One batch's row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// The producer, by its number in the ledger.
    pub producer: u32,
    /// The topic, by its number in the ledger.
    pub topic: u32,
    /// Partition.
    pub partition: i32,
    /// Records.
    pub records: u32,
    /// Where it is.
    pub place: Place,
    /// What the producer knows.
    pub told: Told,
    /// Offset of its first record, -1 while not stored.
    pub base_offset: i64,
    /// When its first record was handed to `send()`.
    pub created_ms: TimestampMs,
    /// When it was stored first, or -1.
    pub stored_ms: TimestampMs,
    /// When the producer was told, or -1.
    pub told_ms: TimestampMs,
    /// Which brokers have it at its base offset, a bit a broker.
    pub on: u128,
}

/// A batch that was stored again at another offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duplicate {
    /// First offset.
    pub base_offset: i64,
    /// Which brokers have it there.
    pub on: u128,
}

/// The total that counts the records of this place.
pub(super) fn place_total(totals: &mut LedgerView, place: Place) -> &mut u64 {
    match place {
        Place::Buffered => &mut totals.buffered,
        Place::InFlight => &mut totals.in_flight,
        Place::Stored => &mut totals.stored,
        Place::Failed => &mut totals.failed,
        Place::Lost => &mut totals.lost,
    }
}
