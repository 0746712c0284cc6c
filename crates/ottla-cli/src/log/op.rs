//! The operations, as they come in and go out again.

use super::bench::What;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// timestamp, key or null, value length or -1 for null.
pub type RecordOf = (i64, Option<String>, i64);

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Op {
    /// An empty log.
    New { config: Map<String, Value>, start_time: i64 },
    /// Time passes.
    Advance { ms: i64 },
    /// A leader's append.
    Append(Box<Append>),
    /// A follower's append.
    Follow { leader_epoch: i32, bytes: String },
    /// A transaction's marker.
    EndTxn {
        leader_epoch: i32,
        pid: i64,
        epoch: i16,
        commit: bool,
        ts: i64,
        transaction_version: i16,
    },
    /// A leader epoch starts at the log end.
    Epoch { epoch: i32 },
    /// `updateHighWatermark`.
    Hw { to: i64 },
    /// `deleteOldSegments`.
    Retention,
    /// A roll that nothing asked for.
    Roll,
    /// A higher log start.
    DeleteRecords { to: i64 },
    /// `truncateTo`.
    Truncate { to: i64 },
    /// New configs.
    Config { set: Map<String, Value> },
    /// ListOffsets for each of these.
    Lookup {
        #[serde(default)]
        timestamps: Vec<i64>,
    },
    /// A fetch.
    Read { offset: i64, max_bytes: u32, min_one_message: bool, isolation: String },
    /// What the cleaner thread does once.
    Clean,
    /// The broker goes down and comes back.
    Restart {
        shutdown: Down,
        #[serde(skip_serializing_if = "Option::is_none")]
        lost_from: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        torn: Option<i64>,
        start: i64,
        hw: i64,
    },
    /// The files.
    Files,
    /// The batches and records.
    Dump,
    /// Writes the folder below `dir`.
    Export { dir: String },
    /// Reads a folder, a zip or a .log in place of the log.
    Import { path: String },
    /// Measures on a log of its own.
    Bench { what: What, rounds: u32 },
}

/// A leader's append: records, or a batch as it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Append {
    pub leader_epoch: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<Vec<RecordOf>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
}

/// How a broker goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Down {
    /// In order.
    Clean,
    /// Killed.
    Process,
    /// Without power.
    Power,
}
