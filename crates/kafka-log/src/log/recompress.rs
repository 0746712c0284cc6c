//! Batches written anew by the leader, because the topic's `compression.type` is not the
//! producer's (R-LOG-10; `LogValidator.buildRecordsAndAssignOffsets`).

use super::error::AppendError;
use crate::batch::{Batch, BatchBuilder, BuildError, Compression, Facts, HeaderRef, ProducerStamp};
use crate::config::LogConfig;

/// The batch in the codec the topic keeps batches in; the batch itself where it is that already.
pub(super) fn in_topic_codec(
    batch: Batch,
    facts: Facts,
    config: &LogConfig,
) -> Result<Batch, AppendError> {
    let source = batch.compression();
    let target = config.compression_type.unwrap_or(source);
    // Old clients number the records inside a compressed batch in their own ways.
    let misnumbered = source != Compression::None && !facts.consecutive;
    let plain_marker = source == Compression::None && batch.is_control();
    if (source == target && !misnumbered) || plain_marker {
        return Ok(batch);
    }
    let rebuilt =
        rebuild(&batch, target, config.compression_level).map_err(|error| match error {
            BuildError::Compression(error) => AppendError::Unreadable(error),
            other => AppendError::InvalidBatch(other.to_string()),
        })?;
    let (size, max) = (rebuilt.size_in_bytes(), config.max_message_bytes);
    if i64::from(size) > i64::from(max) {
        return Err(AppendError::RecordTooLarge { size, max });
    }
    Ok(rebuilt)
}

fn rebuild(batch: &Batch, target: Compression, level: i32) -> Result<Batch, BuildError> {
    let mut builder = BatchBuilder::compressed(target)?.with_level(level);
    for record in &batch.payload()? {
        let record = record?;
        let headers: Vec<HeaderRef<'_>> = record.headers().collect();
        builder.append(record.timestamp, record.key, record.value, &headers)?;
    }
    let rebuilt = builder.build(ProducerStamp {
        producer_id: batch.producer_id(),
        producer_epoch: batch.producer_epoch(),
        base_sequence: batch.base_sequence(),
        transactional: batch.is_transactional(),
    })?;
    Ok(rebuilt.with_tag(batch.tag()))
}
