//! What a leader checks of a batch and stamps on it: `UnifiedLog.analyzeAndValidateRecords` and
//! `LogValidator` (R-LOG-08 to 10, R-LOG-15, R-LOG-16).

use super::append::AppendOrigin;
use super::error::{AppendError, RecordError};
use super::recompress::in_topic_codec;
use crate::batch::{Batch, Facts, NO_TIMESTAMP, RecordRef, TimestampType};
use crate::config::LogConfig;

/// Checks a batch and returns it with the timestamps it will be kept with.
pub(super) fn validate(
    batch: Batch,
    config: &LogConfig,
    origin: AppendOrigin,
    now_ms: i64,
) -> Result<Batch, AppendError> {
    if origin == AppendOrigin::Client && batch.base_offset() != 0 {
        let base = batch.base_offset();
        return Err(AppendError::InvalidBatch(format!(
            "The baseOffset of the record batch should be 0, but it is {base}"
        )));
    }
    check_size(&batch, config)?;
    if origin == AppendOrigin::Client {
        check_client_batch(&batch)?;
    }
    let facts = batch.facts()?;
    check_records(&batch, facts, config, now_ms)?;
    let batch = in_topic_codec(batch, facts, config)?;
    Ok(stamp(batch, facts, config, now_ms))
}

fn check_size(batch: &Batch, config: &LogConfig) -> Result<(), AppendError> {
    let (size, max) = (batch.size_in_bytes(), config.max_message_bytes);
    if i64::from(size) > i64::from(max) {
        return Err(AppendError::RecordTooLarge { size, max });
    }
    Ok(())
}

/// `LogValidator.validateBatch`, for batches that clients send.
fn check_client_batch(batch: &Batch) -> Result<(), AppendError> {
    let count = batch.count();
    let refuse = |reason: String| Err(AppendError::InvalidBatch(reason));
    if count <= 0 {
        return refuse(format!("Invalid reported count for record batch: {count}"));
    }
    if i64::from(batch.header().last_offset_delta) + 1 != i64::from(count) {
        let (base, last) = (batch.base_offset(), batch.last_offset());
        return refuse(format!(
            "Inconsistent batch offset range [{base}, {last}] and count of records {count}"
        ));
    }
    if batch.is_control() {
        return refuse("Clients are not allowed to write control records".to_owned());
    }
    if batch.has_producer_id() && batch.base_sequence() < 0 {
        let (sequence, producer_id) = (batch.base_sequence(), batch.producer_id());
        return refuse(format!(
            "Invalid sequence number {sequence} in record batch with producerId {producer_id}"
        ));
    }
    Ok(())
}

/// Decides from what is known of the batch whether each record would pass; only if one does not
/// are the records read, to say which.
fn check_records(
    batch: &Batch,
    facts: Facts,
    config: &LogConfig,
    now_ms: i64,
) -> Result<(), AppendError> {
    let keyless = config.cleanup_policy.compact && facts.has_null_key;
    if !keyless && timestamps_pass(batch, facts, config, now_ms) {
        return Ok(());
    }
    let mut record_errors = Vec::new();
    let mut of_timestamps = false;
    for (batch_index, record) in (0..).zip(&batch.payload()?) {
        let record = record?;
        if config.cleanup_policy.compact && record.key.is_none() {
            let message = "Compacted topic cannot accept message without key".to_owned();
            record_errors.push(RecordError { batch_index, message });
        } else if let Some(message) = timestamp_error(batch, &record, config, now_ms) {
            of_timestamps = true;
            record_errors.push(RecordError { batch_index, message });
        }
    }
    match (record_errors.is_empty(), of_timestamps) {
        (true, _) => Ok(()),
        (false, true) => Err(AppendError::InvalidTimestamp { record_errors }),
        (false, false) => Err(AppendError::InvalidRecords { record_errors }),
    }
}

fn timestamps_pass(batch: &Batch, facts: Facts, config: &LogConfig, now_ms: i64) -> bool {
    if batch.timestamp_type() == TimestampType::LogAppendTime {
        return false;
    }
    config.message_timestamp_type == TimestampType::LogAppendTime
        || [facts.smallest_timestamp, facts.largest_timestamp]
            .into_iter()
            .all(|timestamp| timestamp == NO_TIMESTAMP || in_range(timestamp, config, now_ms))
}

fn in_range(timestamp: i64, config: &LogConfig, now_ms: i64) -> bool {
    let behind = now_ms.wrapping_sub(timestamp);
    behind <= config.message_timestamp_before_max_ms
        && behind.wrapping_neg() <= config.message_timestamp_after_max_ms
}

fn timestamp_error(
    batch: &Batch,
    record: &RecordRef<'_>,
    config: &LogConfig,
    now_ms: i64,
) -> Option<String> {
    let create_time = config.message_timestamp_type == TimestampType::CreateTime;
    if create_time && record.timestamp != NO_TIMESTAMP {
        if in_range(record.timestamp, config, now_ms) {
            return None;
        }
        let from = now_ms.wrapping_sub(config.message_timestamp_before_max_ms);
        let to = now_ms.wrapping_add(config.message_timestamp_after_max_ms);
        return Some(format!(
            "Timestamp {} of message with offset {} is out of range. The timestamp should be \
             within [{from}, {to}]",
            record.timestamp, record.offset
        ));
    }
    (batch.timestamp_type() == TimestampType::LogAppendTime).then(|| {
        "Invalid timestamp type in message. Producer should not set timestamp type to \
         LogAppendTime."
            .to_owned()
    })
}

/// Sets the largest timestamp as the leader does: its own clock, or what the records say.
fn stamp(batch: Batch, facts: Facts, config: &LogConfig, now_ms: i64) -> Batch {
    match (config.message_timestamp_type, batch.timestamp_type()) {
        (TimestampType::LogAppendTime, _) => batch.with_log_append_time(now_ms),
        (TimestampType::CreateTime, TimestampType::LogAppendTime) => {
            let reported = batch.max_timestamp();
            batch.with_create_time(reported)
        }
        (TimestampType::CreateTime, TimestampType::CreateTime) => {
            batch.with_create_time(facts.largest_timestamp)
        }
    }
}
