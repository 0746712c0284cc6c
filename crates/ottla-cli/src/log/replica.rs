//! The log that operations are done on.

use super::answer;
use super::config::set_all;
use super::op::{Append, Down, Op};
use crate::files;
use bytes::Bytes;
use kafka_log::batch::{Batch, BatchBuilder, ControlType, batches};
use kafka_log::log::{
    AppendError, AppendInfo, Checkpoints, CleanOptions, Isolation, OffsetSpec, Shutdown,
};
use kafka_log::{AppendOrigin, Log, LogConfig, ProducerStamp};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Why an operation was not done.
pub enum Refused {
    /// Kafka refuses likewise: its exception, and the results known before.
    Kafka(&'static str, Map<String, Value>),
    /// The operation makes no sense.
    Invalid(String),
}

type Results = Result<Map<String, Value>, Refused>;

/// One log and its clock.
pub struct Replica {
    log: Log,
    now_ms: i64,
}

impl Default for Replica {
    fn default() -> Self {
        Self { log: Log::new(LogConfig::default(), 0), now_ms: 0 }
    }
}

impl Replica {
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Does it; what it did comes back by name.
    pub fn run(&mut self, op: &Op) -> Results {
        let now = self.now_ms;
        match op {
            Op::New { config, start_time } => {
                let mut log_config = LogConfig::default();
                set_all(&mut log_config, config).map_err(Refused::Invalid)?;
                *self = Self { log: Log::new(log_config, *start_time), now_ms: *start_time };
                Ok(Map::new())
            }
            Op::Advance { ms } => {
                self.now_ms = now.saturating_add(*ms);
                one("now", self.now_ms)
            }
            Op::Append(append) => self.append(append),
            Op::Follow { leader_epoch, bytes } => self.follow(*leader_epoch, bytes),
            Op::EndTxn { .. } => self.end_txn(op),
            Op::Epoch { epoch } => {
                self.log.assign_epoch_start_offset(*epoch, self.log.log_end_offset());
                Ok(Map::new())
            }
            Op::Hw { to } => one("hw", self.log.update_high_watermark(*to)),
            Op::Retention => one("deletedSegments", self.log.delete_old_segments(now).len()),
            Op::Roll if self.log.active_segment_base() > self.log.log_end_offset() => {
                Err(Refused::Kafka("KafkaException", Map::new()))
            }
            Op::Roll => one("newBase", self.log.roll(now)),
            Op::DeleteRecords { to } => match self.log.delete_records(*to) {
                Ok(changed) => one("changed", changed),
                Err(error) => Err(kafka(error.kafka_error())),
            },
            Op::Truncate { to } => one("truncated", self.log.truncate_to(*to, now).is_some()),
            Op::Config { set } => {
                let mut config = self.log.config().clone();
                set_all(&mut config, set).map_err(Refused::Invalid)?;
                self.log.set_config(config);
                Ok(Map::new())
            }
            Op::Lookup { timestamps } => self.look_up(timestamps),
            Op::Read { .. } => self.read(op),
            Op::Clean => self.clean(),
            Op::Restart { .. } => self.restart(op),
            Op::Files => one("files", self.files()),
            Op::Dump => Ok(self.dump()),
            Op::Export { dir } => {
                let written = files::write_folder(&self.log, Path::new(dir), "t", 0);
                let written = written.map_err(|error| Refused::Invalid(error.to_string()))?;
                one("written", written)
            }
            Op::Import { path } => self.import(path),
            Op::Bench { .. } => Ok(Map::new()),
        }
    }

    fn append(&mut self, append: &Append) -> Results {
        let batch = match (&append.bytes, &append.records) {
            (Some(hex), _) => Batch::parse(unhex(hex)?).map_err(|e| invalid(&e))?,
            (None, Some(records)) => built(append, records)?,
            (None, None) => return Err(Refused::Invalid("append needs records or bytes".into())),
        };
        let mut results = Map::new();
        results.insert("batchSize".to_owned(), batch.size_in_bytes().into());
        let origin = AppendOrigin::Client;
        let info = self.log.append_as_leader(batch, append.leader_epoch, self.now_ms, origin);
        appended(results, info.map(Some), true)
    }

    fn follow(&mut self, leader_epoch: i32, hex: &str) -> Results {
        let chunk: Result<Vec<Batch>, _> = batches(unhex(hex)?).collect();
        let chunk = chunk.map_err(|error| invalid(&error))?;
        let info = self.log.append_as_follower(&chunk, leader_epoch, self.now_ms);
        appended(Map::new(), info, false)
    }

    fn end_txn(&mut self, op: &Op) -> Results {
        let Op::EndTxn { leader_epoch, pid, epoch, commit, ts, transaction_version } = op else {
            return Ok(Map::new());
        };
        let kind = if *commit { ControlType::Commit } else { ControlType::Abort };
        let batch = Batch::end_transaction_marker(kind, 0, *pid, *epoch, *ts);
        let batch = batch.map_err(|error| invalid(&error))?;
        let mut results = Map::new();
        results.insert("batchSize".to_owned(), batch.size_in_bytes().into());
        let origin = AppendOrigin::Coordinator { transaction_version: *transaction_version };
        let info = self.log.append_as_leader(batch, *leader_epoch, self.now_ms, origin);
        appended(results, info.map(Some), false)
    }

    fn look_up(&self, timestamps: &[i64]) -> Results {
        let found = timestamps.iter().map(|timestamp| {
            let spec = OffsetSpec::from_timestamp(*timestamp);
            let found = spec.and_then(|spec| self.log.offset_for(spec));
            let offset = found.map(|f| f.offset);
            let epoch = found.and_then(|f| f.leader_epoch);
            json!([timestamp, offset, found.map(|f| f.timestamp), epoch])
        });
        one("result", found.collect::<Vec<_>>())
    }

    fn read(&self, op: &Op) -> Results {
        let Op::Read { offset, max_bytes, min_one_message, isolation } = op else {
            return Ok(Map::new());
        };
        let isolation = match isolation.as_str() {
            "LOG_END" => Isolation::LogEnd,
            "HIGH_WATERMARK" => Isolation::HighWatermark,
            "TXN_COMMITTED" => Isolation::TxnCommitted,
            other => return Err(Refused::Invalid(format!("isolation {other} is not known"))),
        };
        let read = self.log.read(*offset, *max_bytes, isolation, *min_one_message);
        let read = read.map_err(|error| kafka(error.kafka_error()))?;
        let batches = read.batches.iter().map(|b| json!([b.base_offset(), b.last_offset()]));
        let mut results = Map::new();
        results.insert("sizeInBytes".to_owned(), read.size.into());
        results.insert("batches".to_owned(), batches.collect());
        if isolation == Isolation::TxnCommitted {
            let aborted = read.aborted.iter().map(|t| json!([t.producer_id, t.first_offset]));
            results.insert("aborted".to_owned(), aborted.collect());
        }
        Ok(results)
    }

    fn clean(&mut self) -> Results {
        let report = self.log.clean(self.now_ms, &CleanOptions::default(), &mut |_| {});
        let report = report.map_err(|error| invalid(&error))?;
        let mut results = Map::new();
        let cleaned = report.as_ref().map_or(Value::Null, answer::cleaned);
        results.insert("cleaned".to_owned(), cleaned);
        let deleted = self.log.delete_old_segments(self.now_ms).len();
        results.insert("deletedSegments".to_owned(), deleted.into());
        answer::contents(&self.log, &mut results);
        Ok(results)
    }

    fn restart(&mut self, op: &Op) -> Results {
        let Op::Restart { shutdown, lost_from, start, hw, .. } = op else { return Ok(Map::new()) };
        let shutdown = match shutdown {
            Down::Clean => Shutdown::Clean,
            Down::Process => Shutdown::ProcessCrash,
            Down::Power => {
                let lost_from = lost_from.unwrap_or(self.log.log_end_offset());
                Shutdown::PowerLoss { lost_from }
            }
        };
        let checkpoints = Checkpoints { log_start_offset: *start, high_watermark: *hw };
        (self.log, _) = self.log.restarted(shutdown, checkpoints, self.now_ms);
        one("producers", answer::producers(&self.log))
    }

    fn files(&self) -> Value {
        let mut rows = Vec::new();
        for file in self.log.files() {
            let bytes = self.log.file_bytes(file.offset, file.kind).unwrap_or_default();
            rows.push((file.name, bytes.len(), crc32c::crc32c(&bytes)));
        }
        rows.sort();
        rows.into_iter().map(|(name, length, crc)| json!([name, length, crc])).collect()
    }

    fn dump(&self) -> Map<String, Value> {
        let mut results = Map::new();
        answer::contents(&self.log, &mut results);
        results.insert("leaderEpochs".to_owned(), answer::leader_epochs(&self.log));
        results.insert("producers".to_owned(), answer::producers(&self.log));
        results
    }

    fn import(&mut self, path: &str) -> Results {
        let imported = files::read(Path::new(path)).map_err(|error| invalid(&error))?;
        let first = imported.topics.first().and_then(|topic| topic.partitions.first());
        let Some(partition) = first else { return Err(Refused::Invalid("nothing in it".into())) };
        let config = self.log.config().clone();
        let log = files::log_of(partition, config, self.now_ms).map_err(|error| invalid(&error))?;
        self.log = log;
        let mut results = self.dump();
        results.insert("whole".to_owned(), answer::whole_records(&self.log));
        let cuts = partition.notes.iter().map(|note| note.position);
        results.insert("notes".to_owned(), cuts.collect());
        Ok(results)
    }
}

fn one(name: &str, value: impl Into<Value>) -> Results {
    let mut results = Map::new();
    results.insert(name.to_owned(), value.into());
    Ok(results)
}

fn kafka(error: &str) -> Refused {
    Refused::Kafka(exception(error), Map::new())
}

fn invalid(error: &dyn std::error::Error) -> Refused {
    Refused::Invalid(error.to_string())
}

fn appended(
    mut results: Map<String, Value>,
    info: Result<Option<AppendInfo>, AppendError>,
    is_client: bool,
) -> Results {
    let info = match info {
        Ok(info) => info,
        Err(AppendError::OffsetsOutOfOrder { .. }) => {
            return Err(Refused::Kafka("OffsetsOutOfOrderException", results));
        }
        Err(AppendError::UnexpectedAppendOffset { .. }) => {
            return Err(Refused::Kafka("UnexpectedAppendOffsetException", results));
        }
        Err(AppendError::RollBelowActive { .. }) => {
            return Err(Refused::Kafka("KafkaException", results));
        }
        Err(error) => return Err(Refused::Kafka(exception(error.kafka_error()), results)),
    };
    let Some(info) = info else { return Ok(results) };
    results.insert("first".to_owned(), info.first_offset.into());
    results.insert("last".to_owned(), info.last_offset.into());
    if is_client {
        results.insert("maxTs".to_owned(), info.max_timestamp.into());
        results.insert("logAppendTime".to_owned(), info.log_append_time.into());
    }
    Ok(results)
}

fn built(append: &Append, records: &[super::op::RecordOf]) -> Result<Batch, Refused> {
    let mut builder = BatchBuilder::new();
    for (timestamp, key, length) in records {
        let value = usize::try_from(*length).ok().map(|length| vec![b'x'; length]);
        let key = key.as_ref().map(String::as_bytes);
        let added = builder.append(*timestamp, key, value.as_deref(), &[]);
        added.map_err(|error| invalid(&error))?;
    }
    let stamp = match (append.pid, append.epoch, append.seq) {
        (Some(producer_id), Some(producer_epoch), Some(base_sequence)) => ProducerStamp {
            producer_id,
            producer_epoch,
            base_sequence,
            transactional: append.txn.unwrap_or(false),
        },
        _ => ProducerStamp::NONE,
    };
    builder.build(stamp).map_err(|error| invalid(&error))
}

/// The exception Kafka throws for a protocol error.
fn exception(kafka_error: &str) -> &'static str {
    match kafka_error {
        "MESSAGE_TOO_LARGE" => "RecordTooLargeException",
        "RECORD_LIST_TOO_LARGE" => "RecordBatchTooLargeException",
        "INVALID_TIMESTAMP" => "InvalidTimestampException",
        "INVALID_RECORD" => "InvalidRecordException",
        "OUT_OF_ORDER_SEQUENCE_NUMBER" => "OutOfOrderSequenceException",
        "INVALID_PRODUCER_EPOCH" => "InvalidProducerEpochException",
        "INVALID_TXN_STATE" => "InvalidTxnStateException",
        "TRANSACTION_COORDINATOR_FENCED" => "TransactionCoordinatorFencedException",
        "OFFSET_OUT_OF_RANGE" => "OffsetOutOfRangeException",
        "CORRUPT_MESSAGE" => "CorruptRecordException",
        _ => "UnknownServerException",
    }
}

/// Bytes from hexadecimal digits.
fn unhex(digits: &str) -> Result<Bytes, Refused> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = digits.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
        _ => None,
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    bytes.map(Bytes::from).ok_or_else(|| Refused::Invalid("bytes are not hexadecimal".into()))
}
