//! How many bytes a record will take, before it is written.

use super::header::HEADER_SIZE;
use super::record::HeaderRef;
use super::varint::{size_of_varint, size_of_varlong};

/// Most bytes a record's own fields take beside key, value and headers
/// (`DefaultRecord.MAX_RECORD_OVERHEAD`): length, attributes, timestamp and offset delta.
pub const MAX_RECORD_OVERHEAD: u32 = 21;

/// Exact bytes of a record with its length field (`DefaultRecord.sizeInBytes`).
pub fn record_size(
    offset_delta: i32,
    timestamp_delta: i64,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: &[HeaderRef<'_>],
) -> u32 {
    let body = body_size(offset_delta, timestamp_delta, key, value, headers);
    size_of_length(body).saturating_add(body)
}

/// Most bytes a record of these parts can take, wherever it ends up in a batch
/// (`DefaultRecord.recordSizeUpperBound`).
pub fn record_size_upper_bound(
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: &[HeaderRef<'_>],
) -> u32 {
    parts_size(key, value, headers).saturating_add(MAX_RECORD_OVERHEAD)
}

/// Most bytes a batch of just this record can take: what the producer holds against
/// `max.request.size` and uses as the size of a new batch (R-PRD-06, R-PRD-21, R-PRD-22;
/// `AbstractRecords.estimateSizeInBytesUpperBound`).
pub fn estimate_size_upper_bound(
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: &[HeaderRef<'_>],
) -> u32 {
    record_size_upper_bound(key, value, headers).saturating_add(HEADER_SIZE)
}

/// Bytes of a record after its length field.
pub(crate) fn body_size(
    offset_delta: i32,
    timestamp_delta: i64,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: &[HeaderRef<'_>],
) -> u32 {
    let deltas = size_of_varlong(timestamp_delta) + size_of_varint(offset_delta);
    parts_size(key, value, headers).saturating_add(deltas + 1)
}

/// Bytes of key, value and headers with their lengths and count.
fn parts_size(key: Option<&[u8]>, value: Option<&[u8]>, headers: &[HeaderRef<'_>]) -> u32 {
    let pair = nullable_size(key).saturating_add(nullable_size(value));
    let count = size_of_varint(i32::try_from(headers.len()).unwrap_or(i32::MAX));
    headers.iter().fold(pair.saturating_add(count), |sum, header| {
        sum.saturating_add(nullable_size(Some(header.key)))
            .saturating_add(nullable_size(header.value))
    })
}

fn nullable_size(bytes: Option<&[u8]>) -> u32 {
    let Some(bytes) = bytes else { return size_of_varint(-1) };
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    size_of_length(length).saturating_add(length)
}

/// Bytes of a length field.
pub(crate) fn size_of_length(length: u32) -> u32 {
    size_of_varint(i32::try_from(length).unwrap_or(i32::MAX))
}
