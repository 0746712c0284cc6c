//! log_scenarios.json as data, and one replica that runs its operations.

use std::collections::BTreeMap;

use kafka_log::batch::{Batch, BatchBuilder, ControlType, ProducerStamp, TimestampType};
use kafka_log::log::{AppendError, AppendInfo, AppendOrigin, Isolation, Log};
use kafka_log::{CleanupPolicy, LogConfig, Ratio};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Scenarios {
    pub delete: Vec<Scenario>,
    pub compact: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scenario {
    pub name: String,
    pub config: BTreeMap<String, Value>,
    pub start_time: i64,
    pub ops: Vec<Op>,
    pub r#final: Final,
}

#[derive(Deserialize)]
pub struct Op {
    #[serde(flatten)]
    pub action: Action,
    pub error: Option<String>,
    pub s: State,
}

#[derive(Deserialize, Debug)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    Advance {
        ms: i64,
        now: i64,
    },
    Append {
        leader_epoch: i32,
        records: Vec<(i64, Option<String>, i64)>,
        pid: Option<i64>,
        epoch: Option<i16>,
        seq: Option<i32>,
        #[serde(default)]
        txn: bool,
        batch_size: u32,
        first: Option<i64>,
        last: Option<i64>,
        max_ts: Option<i64>,
        log_append_time: Option<i64>,
    },
    EndTxn {
        leader_epoch: i32,
        pid: i64,
        epoch: i16,
        commit: bool,
        ts: i64,
        transaction_version: i16,
        batch_size: u32,
        first: Option<i64>,
        last: Option<i64>,
    },
    Hw {
        to: i64,
        hw: i64,
    },
    Retention {
        deleted_segments: usize,
    },
    Roll {
        new_base: i64,
    },
    DeleteRecords {
        to: i64,
        changed: Option<bool>,
    },
    Truncate {
        to: i64,
        truncated: Option<bool>,
    },
    Config {
        set: BTreeMap<String, Value>,
    },
    Lookup {
        result: Vec<LookupResult>,
    },
    Read {
        offset: i64,
        max_bytes: u32,
        min_one_message: bool,
        isolation: String,
        size_in_bytes: Option<u32>,
        batches: Option<Vec<(i64, i64)>>,
        aborted: Option<Vec<(i64, i64)>>,
    },
    Clean {
        cleaned: Option<Cleaned>,
        deleted_segments: usize,
        batches: Vec<BatchState>,
        records: Vec<RecordState>,
    },
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Cleaned {
    pub first_dirty: i64,
    pub first_uncleanable: i64,
    pub cleanable_ratio: f64,
    pub end_offset: i64,
}

/// timestamp asked for, offset, found timestamp, leader epoch.
pub type LookupResult = (i64, Option<i64>, Option<i64>, Option<i32>);
/// base, last, bytes, record count, delete horizon or -1, producer id, "T" and "C".
pub type BatchState = (i64, i64, u32, i32, i64, i64, String);
/// offset, key or the marker's name, value length, or -1 null, or -2 marker.
pub type RecordState = (i64, Option<String>, i64);

#[derive(Deserialize, Debug, PartialEq)]
pub struct State {
    pub start: i64,
    pub end: i64,
    pub hw: i64,
    pub stable: i64,
    pub segs: Vec<(i64, u32, i64)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Final {
    pub batches: Vec<BatchState>,
    pub records: Vec<RecordState>,
    pub leader_epochs: Vec<(i32, i64)>,
}

pub fn state_of(log: &Log) -> State {
    State {
        start: log.log_start_offset(),
        end: log.log_end_offset(),
        hw: log.high_watermark(),
        stable: log.last_stable_offset(),
        segs: log
            .segments()
            .map(|s| (s.base_offset, s.bytes, s.largest_record_timestamp.unwrap_or(-1)))
            .collect(),
    }
}

pub fn batch_states(log: &Log) -> Vec<BatchState> {
    let kind = |batch: &Batch| {
        let mut kind = String::new();
        kind.push_str(if batch.is_transactional() { "T" } else { "" });
        kind.push_str(if batch.is_control() { "C" } else { "" });
        kind
    };
    log.batches_from(0)
        .map(|b| {
            let horizon = b.delete_horizon_ms().unwrap_or(-1);
            let (base, last, size) = (b.base_offset(), b.last_offset(), b.size_in_bytes());
            (base, last, size, b.count(), horizon, b.producer_id(), kind(b))
        })
        .collect()
}

pub fn record_states(log: &Log) -> Vec<RecordState> {
    let mut states = Vec::new();
    for batch in log.batches_from(0) {
        if let Some(control) = batch.control_record() {
            let name = control.control_type.name().to_owned();
            states.push((batch.base_offset(), Some(name), -2));
            continue;
        }
        for record in batch.records() {
            let record = record.unwrap();
            let key = record.key.map(|key| String::from_utf8(key.to_vec()).unwrap());
            let length = record.value.map_or(-1, |value| i64::try_from(value.len()).unwrap());
            states.push((record.offset, key, length));
        }
    }
    states
}

pub fn set(config: &mut LogConfig, name: &str, value: &Value) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let long = || text.parse::<i64>().unwrap();
    let int = || text.parse::<i32>().unwrap();
    match name {
        "cleanup.policy" => {
            config.cleanup_policy = match text.as_str() {
                "delete" => CleanupPolicy::DELETE,
                "compact" => CleanupPolicy::COMPACT,
                "compact,delete" => CleanupPolicy::COMPACT_DELETE,
                other => panic!("{other}"),
            }
        }
        "internal.segment.bytes" => config.segment_bytes = int(),
        "retention.ms" => config.retention_ms = long(),
        "retention.bytes" => config.retention_bytes = long(),
        "index.interval.bytes" => config.index_interval_bytes = int(),
        "segment.index.bytes" => config.segment_index_bytes = int(),
        "segment.ms" => config.segment_ms = long(),
        "max.message.bytes" => config.max_message_bytes = int(),
        "message.timestamp.type" => {
            config.message_timestamp_type = match text.as_str() {
                "CreateTime" => TimestampType::CreateTime,
                "LogAppendTime" => TimestampType::LogAppendTime,
                other => panic!("{other}"),
            }
        }
        "message.timestamp.before.max.ms" => config.message_timestamp_before_max_ms = long(),
        "message.timestamp.after.max.ms" => config.message_timestamp_after_max_ms = long(),
        "min.cleanable.dirty.ratio" => {
            config.min_cleanable_dirty_ratio = Ratio::parse(&text).unwrap();
        }
        "delete.retention.ms" => config.delete_retention_ms = long(),
        "min.compaction.lag.ms" => config.min_compaction_lag_ms = long(),
        "max.compaction.lag.ms" => config.max_compaction_lag_ms = long(),
        other => panic!("config {other}"),
    }
}

pub fn config_of(scenario: &Scenario) -> LogConfig {
    let mut config = LogConfig::default();
    for (name, value) in &scenario.config {
        set(&mut config, name, value);
    }
    config
}

pub fn isolation(name: &str) -> Isolation {
    match name {
        "LOG_END" => Isolation::LogEnd,
        "HIGH_WATERMARK" => Isolation::HighWatermark,
        "TXN_COMMITTED" => Isolation::TxnCommitted,
        other => panic!("{other}"),
    }
}

/// The batch of an `append`, as a producer would hand it in.
pub fn data_batch(
    records: &[(i64, Option<String>, i64)],
    producer: Option<(i64, i16, i32)>,
    transactional: bool,
) -> Batch {
    let mut builder = BatchBuilder::new();
    for (timestamp, key, length) in records {
        let value = usize::try_from(*length).ok().map(|length| vec![b'x'; length]);
        let key = key.as_ref().map(String::as_bytes);
        builder.append(*timestamp, key, value.as_deref(), &[]).unwrap();
    }
    let stamp = producer.map_or(ProducerStamp::NONE, |(producer_id, producer_epoch, seq)| {
        ProducerStamp { producer_id, producer_epoch, base_sequence: seq, transactional }
    });
    builder.build(stamp).unwrap()
}

/// The batch of an `endTxn`.
pub fn marker(commit: bool, pid: i64, epoch: i16, ts: i64, transaction_version: i16) -> Batch {
    let control_type = if commit { ControlType::Commit } else { ControlType::Abort };
    let epoch = if transaction_version >= 2 { epoch + 1 } else { epoch };
    Batch::end_transaction_marker(control_type, 0, pid, epoch, ts).unwrap()
}

pub fn append(
    log: &mut Log,
    batch: Batch,
    leader_epoch: i32,
    now: i64,
    origin: AppendOrigin,
) -> Result<AppendInfo, AppendError> {
    log.append_as_leader(batch, leader_epoch, now, origin)
}

/// The exception Kafka throws for a protocol error.
pub fn exception(kafka_error: &str) -> &'static str {
    match kafka_error {
        "MESSAGE_TOO_LARGE" => "RecordTooLargeException",
        "RECORD_LIST_TOO_LARGE" => "RecordBatchTooLargeException",
        "INVALID_TIMESTAMP" => "InvalidTimestampException",
        "INVALID_RECORD" => "InvalidRecordException",
        "OUT_OF_ORDER_SEQUENCE_NUMBER" => "OutOfOrderSequenceException",
        "INVALID_PRODUCER_EPOCH" => "InvalidProducerEpochException",
        "INVALID_TXN_STATE" => "InvalidTxnStateException",
        "OFFSET_OUT_OF_RANGE" => "OffsetOutOfRangeException",
        other => panic!("{other}"),
    }
}
