//! The parts of answers that tell what a log holds.

use kafka_log::batch::{Batch, Record};
use kafka_log::log::{CleanReport, Log};
use serde_json::{Map, Value, json};

/// `s`: the state after an operation.
pub fn state(log: &Log) -> Value {
    let segments: Vec<Value> = log
        .segments()
        .map(|s| json!([s.base_offset, s.bytes, s.largest_record_timestamp.unwrap_or(-1)]))
        .collect();
    json!({
        "start": log.log_start_offset(),
        "end": log.log_end_offset(),
        "hw": log.high_watermark(),
        "stable": log.last_stable_offset(),
        "segs": segments,
    })
}

/// `batches` and `records`.
pub fn contents(log: &Log, into: &mut Map<String, Value>) {
    let (mut batches, mut records) = (Vec::new(), Vec::new());
    for batch in log.batches_from(i64::MIN) {
        batches.push(batch_row(batch));
        match batch.control_record() {
            Some(control) => {
                records.push(json!([batch.base_offset(), control.control_type.name(), -2]));
            }
            None => records.extend(batch.records().flatten().map(|record| record_row(&record))),
        }
    }
    into.insert("batches".to_owned(), batches.into());
    into.insert("records".to_owned(), records.into());
}

fn batch_row(batch: &Batch) -> Value {
    let transactional = if batch.is_transactional() { "T" } else { "" };
    let control = if batch.is_control() { "C" } else { "" };
    json!([
        batch.base_offset(),
        batch.last_offset(),
        batch.size_in_bytes(),
        batch.count(),
        batch.delete_horizon_ms().unwrap_or(-1),
        batch.producer_id(),
        format!("{transactional}{control}"),
    ])
}

fn record_row(record: &Record) -> Value {
    let key = record.key.as_ref().map(|key| String::from_utf8_lossy(key).into_owned());
    let length = record.value.as_ref().map_or(-1, |v| i64::try_from(v.len()).unwrap_or(-1));
    json!([record.offset, key, length])
}

/// `leaderEpochs`.
pub fn leader_epochs(log: &Log) -> Value {
    let entries = log.leader_epochs().entries().iter();
    entries.map(|entry| json!([entry.epoch, entry.start_offset])).collect()
}

/// `producers`: id, epoch, last sequence, last offset, first offset of the open transaction or -1.
pub fn producers(log: &Log) -> Value {
    log.producers()
        .map(|(id, entry)| {
            let open = entry.current_txn_first_offset.unwrap_or(-1);
            let (sequence, offset) = (entry.last_sequence(), entry.last_data_offset());
            json!([id, entry.producer_epoch, sequence, offset, open])
        })
        .collect()
}

/// Each record whole: offset, timestamp and the CRC-32C of key, value and headers.
pub fn whole_records(log: &Log) -> Value {
    let data = log.batches_from(i64::MIN).filter(|batch| !batch.is_control());
    data.flat_map(|batch| batch.records().flatten())
        .map(|record| json!([record.offset, record.timestamp, checksum(&record)]))
        .collect()
}

fn checksum(record: &Record) -> u32 {
    let mut crc = 0;
    let mut add = |part: Option<&[u8]>| {
        let length = part.map_or(-1, |part| i32::try_from(part.len()).unwrap_or(i32::MAX));
        crc = crc32c::crc32c_append(crc, &length.to_be_bytes());
        crc = crc32c::crc32c_append(crc, part.unwrap_or_default());
    };
    add(record.key.as_deref());
    add(record.value.as_deref());
    for header in record.headers.iter() {
        add(Some(header.key_text().as_bytes()));
        add(header.value);
    }
    crc
}

/// `cleaned`.
#[expect(clippy::cast_precision_loss, reason = "Kafka's ratio is a double, too")]
pub fn cleaned(report: &CleanReport) -> Value {
    let before = report.before;
    let total = before.clean_bytes + before.dirty_bytes;
    json!({
        "firstDirty": before.first_dirty_offset,
        "firstUncleanable": before.first_uncleanable_offset,
        "cleanableRatio": before.dirty_bytes as f64 / total as f64,
        "endOffset": report.end_offset,
    })
}
