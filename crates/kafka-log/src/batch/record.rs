//! Records and headers as they are read (R-LOG-04, R-LOG-05).

use std::borrow::Cow;

use bytes::Bytes;

use super::error::BatchError;
use super::header::{BatchHeader, NO_SEQUENCE, increment_sequence};
use super::payload::Payload;
use super::varint::Reader;

/// A record header, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderRef<'a> {
    /// UTF-8 by Kafka's rules, though nothing checks it on the way.
    pub key: &'a [u8],
    /// `None` is Kafka's null, which is not the same as no bytes.
    pub value: Option<&'a [u8]>,
}

impl<'a> HeaderRef<'a> {
    /// A header of this key and value.
    pub fn new(key: &'a str, value: Option<&'a [u8]>) -> Self {
        Self { key: key.as_bytes(), value }
    }

    /// The key as text; bytes that are not UTF-8 show as replacement characters, as in Java.
    pub fn key_text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.key)
    }
}

/// A record header that owns its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// See [`HeaderRef::key`].
    pub key: Bytes,
    /// See [`HeaderRef::value`].
    pub value: Option<Bytes>,
}

/// A record's headers, decoded when they are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    raw: Bytes,
    count: u32,
}

impl Headers {
    /// How many there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The headers in their order; keys may repeat.
    pub fn iter(&self) -> impl Iterator<Item = HeaderRef<'_>> {
        header_refs(&self.raw, self.count)
    }

    /// The headers with bytes of their own.
    pub fn to_vec(&self) -> Vec<Header> {
        let own = |bytes: &[u8]| self.raw.slice_ref(bytes);
        self.iter().map(|h| Header { key: own(h.key), value: h.value.map(own) }).collect()
    }
}

/// Headers from bytes that [`read_record`] has walked once already.
fn header_refs(raw: &[u8], count: u32) -> impl Iterator<Item = HeaderRef<'_>> {
    let mut reader = Reader::new(raw);
    (0..count).map_while(move |_| read_header(&mut reader).ok())
}

/// One record, borrowing its batch's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordRef<'a> {
    /// Offset in the partition.
    pub offset: i64,
    /// Timestamp the record reports, ms: the batch's append time where it has one.
    pub timestamp: i64,
    /// Timestamp its bytes say, ms.
    pub written_timestamp: i64,
    /// Sequence number, or -1.
    pub sequence: i32,
    /// `None` is null.
    pub key: Option<&'a [u8]>,
    /// `None` is null: a tombstone where the topic is compacted.
    pub value: Option<&'a [u8]>,
    /// Bytes of the record with its length field, before compression.
    pub size_in_bytes: u32,
    header_count: u32,
    raw_headers: &'a [u8],
}

impl<'a> RecordRef<'a> {
    /// The headers in their order.
    pub fn headers(&self) -> impl Iterator<Item = HeaderRef<'a>> + use<'a> {
        header_refs(self.raw_headers, self.header_count)
    }

    /// How many headers there are.
    pub fn header_count(&self) -> u32 {
        self.header_count
    }

    /// The same record holding on to the payload it was read from.
    fn to_record(self, bytes: &Bytes) -> Record {
        let own = |part: &[u8]| bytes.slice_ref(part);
        Record {
            offset: self.offset,
            timestamp: self.timestamp,
            written_timestamp: self.written_timestamp,
            sequence: self.sequence,
            key: self.key.map(own),
            value: self.value.map(own),
            headers: Headers { raw: own(self.raw_headers), count: self.header_count },
            size_in_bytes: self.size_in_bytes,
        }
    }
}

/// One record. Its key, value and headers share the batch's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Offset in the partition.
    pub offset: i64,
    /// Timestamp the record reports, ms: the batch's append time where it has one.
    pub timestamp: i64,
    /// Timestamp its bytes say, ms.
    pub written_timestamp: i64,
    /// Sequence number, or -1.
    pub sequence: i32,
    /// `None` is null.
    pub key: Option<Bytes>,
    /// `None` is null: a tombstone where the topic is compacted.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Headers,
    /// Bytes of the record with its length field, before compression.
    pub size_in_bytes: u32,
}

/// Iterator over the borrowed records of a [`Payload`].
#[derive(Clone, Debug)]
pub struct RecordsRef<'a> {
    walk: Walk,
    bytes: &'a [u8],
}

impl<'a> RecordsRef<'a> {
    pub(crate) fn new(header: &BatchHeader, bytes: &'a [u8]) -> Self {
        Self { walk: Walk::new(header), bytes }
    }
}

impl<'a> Iterator for RecordsRef<'a> {
    type Item = Result<RecordRef<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.walk.next(self.bytes)
    }
}

/// Iterator of [`Batch::records`](super::Batch::records).
#[derive(Clone, Debug)]
pub struct Records {
    state: Result<(Walk, Bytes), Option<BatchError>>,
}

impl Records {
    pub(crate) fn new(payload: Result<Payload, BatchError>) -> Self {
        let state = payload.map(|payload| (Walk::new(&payload.header), payload.bytes));
        Self { state: state.map_err(Some) }
    }
}

impl Iterator for Records {
    type Item = Result<Record, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.state {
            Ok((walk, bytes)) => Some(walk.next(bytes)?.map(|record| record.to_record(bytes))),
            Err(error) => error.take().map(Err),
        }
    }
}

/// Where a decoder stands in a records section, and what it adds to the deltas it reads.
#[derive(Clone, Debug)]
struct Walk {
    base_offset: i64,
    base_timestamp: i64,
    base_sequence: i32,
    append_time: Option<i64>,
    position: usize,
    left: u32,
}

impl Walk {
    fn new(header: &BatchHeader) -> Self {
        Self {
            base_offset: header.base_offset,
            base_timestamp: header.base_timestamp,
            base_sequence: header.base_sequence,
            append_time: Payload::append_time(header),
            position: 0,
            left: header.record_count.max(0).unsigned_abs(),
        }
    }

    fn next<'a>(&mut self, bytes: &'a [u8]) -> Option<Result<RecordRef<'a>, BatchError>> {
        self.left = self.left.checked_sub(1)?;
        let rest = bytes.get(self.position..).unwrap_or_default();
        let read = self.read_record(rest).and_then(|(record, used)| {
            self.position = self.position.saturating_add(used);
            if self.left == 0 && self.position < bytes.len() {
                return Err(BatchError::InvalidRecord(
                    "Incorrect declared batch size, records still remaining in file",
                ));
            }
            Ok(record)
        });
        if read.is_err() {
            self.left = 0;
        }
        Some(read)
    }

    /// Reads the record at the front of `bytes`; returns it and its size.
    fn read_record<'a>(&self, bytes: &'a [u8]) -> Result<(RecordRef<'a>, usize), BatchError> {
        let mut reader = Reader::new(bytes);
        let length = reader.varint().ok_or(PREMATURE_END)?;
        let length = usize::try_from(length).map_err(|_| NEGATIVE_LENGTH)?;
        let mut body = Reader::new(reader.take(length).ok_or(PREMATURE_END)?);
        let _attributes = body.byte().ok_or(SHORT_RECORD)?;
        let timestamp_delta = body.varlong().ok_or(SHORT_RECORD)?;
        let offset_delta = body.varint().ok_or(SHORT_RECORD)?;
        let key = read_bytes(&mut body)?;
        let value = read_bytes(&mut body)?;
        let header_count = body.varint().ok_or(SHORT_RECORD)?;
        let header_count = u32::try_from(header_count)
            .map_err(|_| BatchError::InvalidRecord("the number of headers is negative"))?;
        if u64::from(header_count) > body.remaining() as u64 {
            return Err(BatchError::InvalidRecord("more headers than the record has bytes"));
        }
        let raw_headers = body.rest();
        for _ in 0..header_count {
            read_header(&mut body)?;
        }
        if body.remaining() > 0 {
            return Err(BatchError::InvalidRecord("a record is longer than its fields"));
        }
        let used = bytes.len().saturating_sub(reader.remaining());
        let written_timestamp = self.base_timestamp.wrapping_add(timestamp_delta);
        let record = RecordRef {
            offset: self.base_offset.wrapping_add(i64::from(offset_delta)),
            timestamp: self.append_time.unwrap_or(written_timestamp),
            written_timestamp,
            sequence: match self.base_sequence {
                base if base >= 0 => increment_sequence(base, offset_delta),
                _ => NO_SEQUENCE,
            },
            key,
            value,
            size_in_bytes: u32::try_from(used).unwrap_or(u32::MAX),
            header_count,
            raw_headers,
        };
        Ok((record, used))
    }
}

const PREMATURE_END: BatchError =
    BatchError::InvalidRecord("Incorrect declared batch size, premature EOF reached");
const NEGATIVE_LENGTH: BatchError = BatchError::InvalidRecord("a record's length is negative");
const SHORT_RECORD: BatchError = BatchError::InvalidRecord("a record is shorter than its fields");

/// Bytes after their length; a negative length is null.
fn read_bytes<'a>(body: &mut Reader<'a>) -> Result<Option<&'a [u8]>, BatchError> {
    let length = body.varint().ok_or(SHORT_RECORD)?;
    let Ok(length) = usize::try_from(length) else { return Ok(None) };
    body.take(length).map(Some).ok_or(SHORT_RECORD)
}

fn read_header<'a>(body: &mut Reader<'a>) -> Result<HeaderRef<'a>, BatchError> {
    let key = read_bytes(body)?.ok_or(BatchError::InvalidRecord("a header key is null"))?;
    Ok(HeaderRef { key, value: read_bytes(body)? })
}
