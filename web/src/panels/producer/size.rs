//! How large a record is in a batch of its own (R-LOG-01 to R-LOG-05, DefaultRecord.sizeInBytes).

use log_engine::command::{Payload, RecordSpec};

/// Bytes of a v2 batch header.
const BATCH_OVERHEAD: usize = 61;

/// Bytes on disk of a batch that holds this record alone, uncompressed.
pub fn batch_of_one(record: &RecordSpec) -> usize {
    let optional = |payload: Option<&Payload>| match payload {
        Some(payload) => length_and_bytes(bytes_of(payload)),
        None => varint(-1),
    };
    let headers: usize = record
        .headers
        .iter()
        .map(|(key, value)| length_and_bytes(key.len()) + optional(value.as_ref()))
        .sum();
    // Attributes, timestamp delta 0 and offset delta 0 take a byte each.
    let body = 3
        + optional(record.key.as_ref())
        + optional(record.value.as_ref())
        + varint(signed(record.headers.len()))
        + headers;
    BATCH_OVERHEAD + varint(signed(body)) + body
}

fn bytes_of(payload: &Payload) -> usize {
    match payload {
        Payload::Text(text) => text.len(),
        Payload::Hex { hex } => hex.len() / 2,
    }
}

fn length_and_bytes(length: usize) -> usize {
    varint(signed(length)) + length
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Bytes of a zigzag varint.
fn varint(n: i64) -> usize {
    let mut zigzag = ((n << 1) ^ (n >> 63)).cast_unsigned() >> 7;
    let mut bytes = 1;
    while zigzag > 0 {
        zigzag >>= 7;
        bytes += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Payload> {
        Some(Payload::Text(text.to_owned()))
    }

    #[test]
    fn a_small_record_with_a_header_takes_94_bytes() {
        let record = RecordSpec {
            key: text("carol"),
            value: text("{\"total\":42}"),
            headers: vec![("trace".to_owned(), text("7f"))],
            ..RecordSpec::default()
        };
        assert_eq!(batch_of_one(&record), 94);
    }

    #[test]
    fn null_and_empty_take_a_length_byte_each() {
        let null = RecordSpec::default();
        let empty = RecordSpec { key: text(""), value: text(""), ..RecordSpec::default() };
        assert_eq!(batch_of_one(&null), 61 + 7);
        assert_eq!(batch_of_one(&empty), batch_of_one(&null));
    }

    #[test]
    fn a_length_of_64_needs_a_second_byte() {
        let of = |n: usize| RecordSpec { value: text(&"x".repeat(n)), ..RecordSpec::default() };
        // 56: the body stays below 64 bytes and so does the value; 64: both lengths take two bytes.
        assert_eq!(batch_of_one(&of(56)) - 56, 61 + 7);
        assert_eq!(batch_of_one(&of(64)) - 64, 61 + 9);
    }
}
