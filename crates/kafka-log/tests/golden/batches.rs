//! record_batches.json: bytes and meaning of record batches.

use bytes::Bytes;
use kafka_log::batch::{
    self, Batch, BatchBuilder, Compression, ControlType, HeaderRef, ProducerStamp, Record,
    TimestampType,
};
use serde::Deserialize;

use crate::{golden, unhex};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    corrupt: Vec<Corrupt>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    encode_must_match: bool,
    hex: String,
    batches: Vec<Meaning>,
}

#[derive(Deserialize)]
struct Corrupt {
    what: String,
    hex: String,
    error: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meaning {
    base_offset: i64,
    last_offset: i64,
    next_offset: i64,
    size_in_bytes: u32,
    partition_leader_epoch: i32,
    magic: i8,
    crc: u32,
    compression: String,
    timestamp_type: String,
    is_transactional: bool,
    is_control: bool,
    delete_horizon_ms: Option<i64>,
    base_timestamp: i64,
    max_timestamp: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    last_sequence: i32,
    count: i32,
    records: Vec<RecordMeaning>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordMeaning {
    offset: i64,
    timestamp: i64,
    written_timestamp: Option<i64>,
    sequence: i32,
    key: Option<String>,
    value: Option<String>,
    headers: Vec<HeaderMeaning>,
    control_type: Option<String>,
    coordinator_epoch: Option<i32>,
}

#[derive(Deserialize)]
struct HeaderMeaning {
    key: String,
    value: Option<String>,
}

fn cases(wanted: impl Fn(&Case) -> bool) -> Vec<Case> {
    let cases: Vec<Case> = golden::<Golden>("record_batches.json").cases;
    let cases: Vec<Case> = cases.into_iter().filter(|case| wanted(case)).collect();
    assert!(!cases.is_empty(), "the golden data has no such case");
    cases
}

#[test]
fn golden_batches_decode_to_what_kafka_reads() {
    for case in cases(|_| true) {
        check_decoding(&case);
    }
}

#[test]
fn golden_compressed_batches_come_back_through_our_own_codecs() {
    for case in cases(|case| !case.encode_must_match) {
        for meaning in &case.batches {
            let packed = encode(meaning);
            assert_eq!(packed.compression().name(), meaning.compression, "{}", case.name);
            let parsed = Batch::parse(packed.to_bytes()).unwrap();
            let records: Vec<Record> = parsed.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), meaning.records.len(), "{}", case.name);
            for (record, wanted) in records.iter().zip(&meaning.records) {
                check_record(&case.name, &parsed, record, wanted);
            }
        }
    }
}

#[test]
fn golden_batches_encode_to_the_bytes_kafka_writes() {
    for case in cases(|case| case.encode_must_match) {
        let mut bytes = Vec::new();
        for meaning in &case.batches {
            encode(meaning).write_to(&mut bytes);
        }
        assert_eq!(bytes, unhex(&case.hex), "{}", case.name);
    }
}

#[test]
fn golden_corrupt_batches_are_refused_as_kafka_refuses_them() {
    for case in golden::<Golden>("record_batches.json").corrupt {
        let parsed = batch::batches(Bytes::from(unhex(&case.hex))).next().unwrap();
        match (parsed, &case.error) {
            (Ok(_), None) => {}
            (Err(error), Some(name)) => {
                assert_eq!(name, "CorruptRecordException", "{}", case.what);
                assert_eq!(error.kafka_error(), "CORRUPT_MESSAGE", "{}", case.what);
                assert_eq!(Some(error.to_string()), case.message, "{}", case.what);
            }
            (parsed, _) => panic!("{}: {parsed:?}", case.what),
        }
    }
}

fn check_decoding(case: &Case) {
    let name = &case.name;
    let bytes = Bytes::from(unhex(&case.hex));
    let parsed: Vec<Batch> = batch::batches(bytes.clone()).map(Result::unwrap).collect();
    assert_eq!(parsed.len(), case.batches.len(), "{name}");
    let mut again = Vec::new();
    for (batch, meaning) in parsed.iter().zip(&case.batches) {
        check_header(name, batch, meaning);
        let records: Vec<Record> = batch.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), meaning.records.len(), "{name}");
        for (record, wanted) in records.iter().zip(&meaning.records) {
            check_record(name, batch, record, wanted);
        }
        batch.write_to(&mut again);
    }
    assert_eq!(again, bytes, "{name}: written again");
}

fn check_header(name: &str, batch: &Batch, meaning: &Meaning) {
    let header = batch.header();
    assert_eq!(batch.base_offset(), meaning.base_offset, "{name}");
    assert_eq!(batch.last_offset(), meaning.last_offset, "{name}");
    assert_eq!(batch.next_offset(), meaning.next_offset, "{name}");
    assert_eq!(batch.size_in_bytes(), meaning.size_in_bytes, "{name}");
    assert_eq!(batch.partition_leader_epoch(), meaning.partition_leader_epoch, "{name}");
    assert_eq!(batch::MAGIC, meaning.magic, "{name}");
    assert_eq!(batch.crc(), meaning.crc, "{name}");
    assert_eq!(batch.compression().name(), meaning.compression, "{name}");
    assert_eq!(batch.timestamp_type().name(), meaning.timestamp_type, "{name}");
    assert_eq!(batch.is_transactional(), meaning.is_transactional, "{name}");
    assert_eq!(batch.is_control(), meaning.is_control, "{name}");
    assert_eq!(batch.delete_horizon_ms(), meaning.delete_horizon_ms, "{name}");
    assert_eq!(header.base_timestamp, meaning.base_timestamp, "{name}");
    assert_eq!(batch.max_timestamp(), meaning.max_timestamp, "{name}");
    assert_eq!(batch.producer_id(), meaning.producer_id, "{name}");
    assert_eq!(batch.producer_epoch(), meaning.producer_epoch, "{name}");
    assert_eq!(batch.base_sequence(), meaning.base_sequence, "{name}");
    assert_eq!(batch.last_sequence(), meaning.last_sequence, "{name}");
    assert_eq!(batch.count(), meaning.count, "{name}");
}

fn check_record(name: &str, batch: &Batch, record: &Record, wanted: &RecordMeaning) {
    assert_eq!(record.offset, wanted.offset, "{name}");
    assert_eq!(record.timestamp, wanted.timestamp, "{name}");
    assert_eq!(record.written_timestamp, written(wanted), "{name}");
    assert_eq!(record.sequence, wanted.sequence, "{name}");
    assert_eq!(record.key.as_deref(), wanted.key.as_deref().map(unhex).as_deref(), "{name}");
    assert_eq!(record.value.as_deref(), wanted.value.as_deref().map(unhex).as_deref(), "{name}");
    let headers = record.headers.iter();
    let headers: Vec<_> =
        headers.map(|h| (h.key_text().into_owned(), h.value.map(<[u8]>::to_vec))).collect();
    let wanted_headers: Vec<_> =
        wanted.headers.iter().map(|h| (h.key.clone(), h.value.as_deref().map(unhex))).collect();
    assert_eq!(headers, wanted_headers, "{name}");
    if let Some(control_type) = &wanted.control_type {
        let control = batch.control_record().unwrap();
        assert_eq!(control.control_type.name(), control_type, "{name}");
        assert_eq!(Some(control.coordinator_epoch), wanted.coordinator_epoch, "{name}");
    }
}

fn written(record: &RecordMeaning) -> i64 {
    record.written_timestamp.unwrap_or(record.timestamp)
}

/// Builds the batch from its meaning alone.
fn encode(meaning: &Meaning) -> Batch {
    let stamp = ProducerStamp {
        producer_id: meaning.producer_id,
        producer_epoch: meaning.producer_epoch,
        base_sequence: meaning.base_sequence,
        transactional: meaning.is_transactional,
    };
    let marker = meaning.records.first().and_then(|r| Some((r, r.control_type.as_deref()?)));
    let batch = if let Some((record, control_type)) = marker {
        let control_type = match control_type {
            "COMMIT" => ControlType::Commit,
            "ABORT" => ControlType::Abort,
            other => panic!("{other}"),
        };
        let epoch = record.coordinator_epoch.unwrap();
        Batch::end_transaction_marker(
            control_type,
            epoch,
            meaning.producer_id,
            meaning.producer_epoch,
            record.timestamp,
        )
        .unwrap()
    } else if meaning.count == 0 {
        // What is left of a batch is made from the batch.
        full_batch(meaning, stamp).with_create_time(meaning.max_timestamp).emptied()
    } else {
        build(meaning, stamp)
    };
    let batch = if meaning.timestamp_type == TimestampType::LogAppendTime.name() {
        batch.with_log_append_time(meaning.max_timestamp)
    } else {
        batch
    };
    batch.with_base_offset(meaning.base_offset).with_leader_epoch(meaning.partition_leader_epoch)
}

fn full_batch(meaning: &Meaning, stamp: ProducerStamp) -> Batch {
    if meaning.is_control {
        let (id, epoch) = (meaning.producer_id, meaning.producer_epoch);
        return Batch::end_transaction_marker(ControlType::Commit, 0, id, epoch, 1).unwrap();
    }
    let mut builder = BatchBuilder::new();
    for n in meaning.base_offset..=meaning.last_offset {
        builder.append(n, Some(b"gone"), None, &[]).unwrap();
    }
    builder.build(stamp).unwrap()
}

fn build(meaning: &Meaning, stamp: ProducerStamp) -> Batch {
    let codec = Compression::from_name(&meaning.compression).unwrap();
    let builder = BatchBuilder::compressed(codec).unwrap();
    let mut builder = match meaning.delete_horizon_ms {
        Some(horizon) => builder.with_delete_horizon(horizon),
        None => builder.with_base_timestamp(meaning.base_timestamp),
    };
    for record in &meaning.records {
        let offset_delta = i32::try_from(record.offset - meaning.base_offset).unwrap();
        let values: Vec<_> = record.headers.iter().map(|h| h.value.as_deref().map(unhex)).collect();
        let headers: Vec<_> = record
            .headers
            .iter()
            .zip(&values)
            .map(|(header, value)| HeaderRef::new(&header.key, value.as_deref()))
            .collect();
        let key = record.key.as_deref().map(unhex);
        let value = record.value.as_deref().map(unhex);
        builder
            .append_at(offset_delta, written(record), key.as_deref(), value.as_deref(), &headers)
            .unwrap();
    }
    let last_offset_delta = i32::try_from(meaning.last_offset - meaning.base_offset).unwrap();
    builder.build(stamp).unwrap().with_last_offset_delta(last_offset_delta)
}
