//! One record with its batch and that batch's bytes.

use crate::ids::TopicPartition;
use crate::view::{BatchView, FieldView, RecordView};
use crate::world::World;
use kafka_log::Batch;
use kafka_log::log::SegmentInfo;

/// Most bytes of a batch a view carries.
const MAX_BYTES: usize = 16 * 1024;
/// Most records whose fields a view names, around the chosen one.
const MAX_RECORDS: i64 = 64;

impl World {
    /// One record.
    pub(crate) fn record_view(&self, topic: &str, number: i32, offset: i64) -> Option<RecordView> {
        let tp = TopicPartition::new(topic, number);
        let (_, partition) = self.shown(&tp)?;
        let log = &partition.log;
        if offset < log.log_start_offset() {
            return None;
        }
        let batch = log.batch_containing(offset)?;
        let record = batch.records().flatten().find(|record| record.offset == offset)?;
        let (segment_base, position) = log.position_of(batch.base_offset())?;
        let segment: SegmentInfo =
            log.segments().find(|segment| segment.base_offset == segment_base)?;
        let headers = record
            .headers
            .iter()
            .map(|header| (header.key_text().into_owned(), header.value.map(<[u8]>::to_vec)));
        Some(RecordView {
            topic: topic.to_owned(),
            partition: number,
            offset,
            timestamp: record.timestamp,
            timestamp_type: batch.timestamp_type().name().to_owned(),
            key: record.key.as_ref().map(|key| key.to_vec()),
            value: record.value.as_ref().map(|value| value.to_vec()),
            headers: headers.collect(),
            sequence: record.sequence,
            producer: self.ledger.producer_of(batch.tag()).map(ToString::to_string),
            segment_base,
            segment_active: segment.active,
            batch_position: i64::from(position),
            batch: batch_view(batch, offset),
            fate: self.fate(&tp, partition, batch, offset),
        })
    }
}

impl World {
    /// The first record at or after a time, with its timestamp.
    pub(crate) fn offset_for_time(
        &self,
        topic: &str,
        number: i32,
        timestamp_ms: i64,
    ) -> Option<(i64, i64)> {
        let (_, partition) = self.shown(&TopicPartition::new(topic, number))?;
        let log = &partition.log;
        let found = log.offset_for(kafka_log::OffsetSpec::Timestamp(timestamp_ms))?;
        (found.offset < log.high_watermark()).then_some((found.offset, found.timestamp))
    }
}

fn batch_view(batch: &Batch, offset: i64) -> BatchView {
    let mut bytes = batch.to_bytes().to_vec();
    bytes.truncate(MAX_BYTES);
    BatchView {
        base_offset: batch.base_offset(),
        last_offset: batch.last_offset(),
        records: batch.count().max(0).unsigned_abs(),
        delete_horizon_ms: batch.delete_horizon_ms(),
        bytes_len: batch.size_in_bytes(),
        producer_id: batch.producer_id(),
        producer_epoch: batch.producer_epoch(),
        base_sequence: batch.base_sequence(),
        leader_epoch: batch.partition_leader_epoch(),
        crc: batch.crc(),
        compression: batch.compression().name().to_owned(),
        uncompressed_len: batch.uncompressed_size().ok(),
        fields: fields(batch, offset),
        bytes,
    }
}

/// The header's fields, then those of the records around the chosen one.
fn fields(batch: &Batch, offset: i64) -> Vec<FieldView> {
    let offsets: Vec<i64> = batch.records().flatten().map(|record| record.offset).collect();
    let view = |field: kafka_log::batch::Field| FieldView {
        name: field.name.to_string(),
        start: field.range.start,
        end: field.range.end,
        value: field.value.clone(),
        record_offset: field.record.and_then(|at| offsets.get(usize::try_from(at).ok()?).copied()),
    };
    let mut fields: Vec<FieldView> = batch.header_fields().into_iter().map(view).collect();
    // Records are numbered by their place in the batch; offsets may have holes before them.
    let at = offsets.iter().take_while(|&&at| at < offset).count();
    let at = i64::try_from(at).unwrap_or(0);
    let first = u32::try_from((at - MAX_RECORDS / 2).max(0)).unwrap_or(0);
    let last = first.saturating_add(u32::try_from(MAX_RECORDS).unwrap_or(64));
    let records = first..last.min(batch.count().max(0).unsigned_abs());
    fields.extend(batch.record_fields(records).unwrap_or_default().into_iter().map(view));
    fields
}
