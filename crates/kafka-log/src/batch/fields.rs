//! A batch's bytes with their fields marked, for a person to look at.

use std::fmt::Write as _;
use std::ops::Range;

use super::header::{Attributes, HEADER_SIZE, TimestampType};
use super::payload::Payload;
use super::varint::Reader;
use super::{Batch, BatchError, ControlType};

/// Most bytes of a key or value that are rendered.
const SHOWN_BYTES: usize = 64;

/// One field of a batch's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Kafka's name of the field; a header's parts are `headers[0].key` and so on.
    pub name: String,
    /// Index of the record it belongs to; none for the batch's own header.
    pub record: Option<u32>,
    /// Where it lies, counted from the batch's first byte.
    pub range: Range<u32>,
    /// What it says, readably.
    pub value: String,
    /// What it is for.
    pub description: &'static str,
}

impl Batch {
    /// The fields of the header, in the order of their bytes. They leave no byte out.
    pub fn header_fields(&self) -> Vec<Field> {
        let header = &self.header;
        let mut marks = Marks::new(0, None);
        let length = self.size_in_bytes().saturating_sub(12);
        marks.add(8, "baseOffset", header.base_offset, "offset the records count from");
        marks.add(4, "batchLength", length, "bytes after this field");
        marks.add(4, "partitionLeaderEpoch", header.partition_leader_epoch, "set by the leader");
        marks.add(1, "magic", super::MAGIC, "format version; 2 since Kafka 0.11");
        marks.add(4, "crc", format_args!("{:#010x}", self.crc()), "CRC-32C of all that follows");
        marks.add(2, "attributes", attributes_text(header.attributes), "codec and kind");
        marks.add(4, "lastOffsetDelta", header.last_offset_delta, "last offset - base offset");
        let base = match header.attributes.has_delete_horizon() {
            true => "delete horizon: when tombstones and markers may go, ms",
            false => "timestamp the records count from, ms",
        };
        marks.add(8, "baseTimestamp", header.base_timestamp, base);
        marks.add(8, "maxTimestamp", header.max_timestamp, max_timestamp_text(header.attributes));
        marks.add(8, "producerId", header.producer_id, "-1: not idempotent");
        marks.add(2, "producerEpoch", header.producer_epoch, "rises when a producer is fenced");
        marks.add(4, "baseSequence", header.base_sequence, "sequence of the first record");
        marks.add(4, "recordsCount", header.record_count, "records that follow");
        marks.fields
    }

    /// The fields of the records at these indexes. A compressed section is one field.
    ///
    /// # Errors
    /// The records are not what the header says.
    pub fn record_fields(&self, records: Range<u32>) -> Result<Vec<Field>, BatchError> {
        if self.is_compressed() {
            let mut marks = Marks::new(HEADER_SIZE, None);
            let name = self.compression().name();
            marks.add(self.section.size(), "records", name, "all records, compressed as one block");
            return Ok(marks.fields);
        }
        self.payload()?.record_fields(records, HEADER_SIZE)
    }

    /// All fields: the header's, then every record's.
    ///
    /// # Errors
    /// The records are not what the header says.
    pub fn fields(&self) -> Result<Vec<Field>, BatchError> {
        let mut fields = self.header_fields();
        fields.extend(self.record_fields(0..u32::MAX)?);
        Ok(fields)
    }
}

impl Payload {
    /// The fields of the records at these indexes, placed as if the section began at `start`.
    ///
    /// # Errors
    /// The records are not what the header says.
    pub fn record_fields(&self, records: Range<u32>, start: u32) -> Result<Vec<Field>, BatchError> {
        let mut position = start;
        let mut fields = Vec::new();
        let mut rest: &[u8] = &self.bytes;
        for (index, record) in (0..).zip(self.iter()) {
            if index >= records.end {
                break;
            }
            let size = record?.size_in_bytes;
            let (bytes, after) = usize::try_from(size)
                .ok()
                .and_then(|size| rest.split_at_checked(size))
                .ok_or(BatchError::InvalidRecord("a record is longer than the section"))?;
            if records.contains(&index) {
                let mut marks = Marks::new(position, Some(index));
                self.mark_record(&mut marks, bytes)
                    .ok_or(BatchError::InvalidRecord("a record is shorter than its fields"))?;
                fields.append(&mut marks.fields);
            }
            rest = after;
            position = position.saturating_add(size);
        }
        Ok(fields)
    }

    fn mark_record(&self, marks: &mut Marks, bytes: &[u8]) -> Option<()> {
        let header = &self.header;
        let mut reader = Reader::new(bytes);
        let mut next = |marks: &mut Marks, name: &str, note, what: Part| {
            let before = reader.remaining();
            let (value, number) = what.read(&mut reader)?;
            let width = u32::try_from(before.saturating_sub(reader.remaining())).ok()?;
            marks.add(width, name, value, note);
            Some(number)
        };
        next(marks, "length", "bytes of the record after this field", Part::Varint)?;
        next(marks, "attributes", "not used", Part::Byte)?;
        let of_base = Part::Delta { base: header.base_timestamp };
        next(marks, "timestampDelta", "ms after the base timestamp", of_base)?;
        let of_offset = Part::OffsetDelta { base: header.base_offset };
        next(marks, "offsetDelta", "offsets after the base offset", of_offset)?;
        let is_control = header.attributes.is_control();
        let key_length = next(marks, "keyLength", "-1: null", Part::Varint)?;
        next(
            marks,
            "key",
            "what partitions and compaction go by",
            Part::key(key_length, is_control),
        )?;
        let value_length = next(marks, "valueLength", "-1: null, a tombstone", Part::Varint)?;
        next(marks, "value", "what the producer sent", Part::Bytes(value_length))?;
        let count = next(marks, "headersCount", "headers that follow", Part::Varint)?;
        for index in 0..count {
            let name = |part: &str| format!("headers[{index}].{part}");
            let key = next(marks, &name("keyLength"), "never null", Part::Varint)?;
            next(marks, &name("key"), "UTF-8", Part::Bytes(key))?;
            let value = next(marks, &name("valueLength"), "-1: null", Part::Varint)?;
            next(marks, &name("value"), "any bytes", Part::Bytes(value))?;
        }
        Some(())
    }
}

/// What the next bytes of a record are.
enum Part {
    Byte,
    Varint,
    Delta { base: i64 },
    OffsetDelta { base: i64 },
    Bytes(i64),
    ControlKey(i64),
}

impl Part {
    fn key(length: i64, is_control: bool) -> Self {
        if is_control { Self::ControlKey(length) } else { Self::Bytes(length) }
    }

    /// Reads it: how it is shown, and its number where it is one.
    fn read(self, reader: &mut Reader<'_>) -> Option<(String, i64)> {
        let number = |value: i64| (value.to_string(), value);
        let with_sum =
            |delta: i64, base: i64| (format!("{delta} ({})", base.wrapping_add(delta)), delta);
        Some(match self {
            Self::Byte => number(i64::from(reader.byte()?)),
            Self::Varint => number(i64::from(reader.varint()?)),
            Self::Delta { base } => with_sum(reader.varlong()?, base),
            Self::OffsetDelta { base } => with_sum(i64::from(reader.varint()?), base),
            Self::Bytes(length) => (bytes_text(take(reader, length)?), 0),
            Self::ControlKey(length) => (control_key_text(take(reader, length)?), 0),
        })
    }
}

/// Bytes of this length; null if it is negative.
fn take<'a>(reader: &mut Reader<'a>, length: i64) -> Option<Option<&'a [u8]>> {
    match usize::try_from(length) {
        Ok(length) => reader.take(length).map(Some),
        Err(_) => Some(None),
    }
}

/// Collects fields that lie one after the other.
struct Marks {
    position: u32,
    record: Option<u32>,
    fields: Vec<Field>,
}

impl Marks {
    fn new(position: u32, record: Option<u32>) -> Self {
        Self { position, record, fields: Vec::new() }
    }

    /// Marks the next `width` bytes; a part that takes none (a null key) is left out.
    fn add(
        &mut self,
        width: u32,
        name: &str,
        value: impl std::fmt::Display,
        description: &'static str,
    ) {
        let end = self.position.saturating_add(width);
        if width > 0 {
            self.fields.push(Field {
                name: name.to_owned(),
                record: self.record,
                range: self.position..end,
                value: value.to_string(),
                description,
            });
        }
        self.position = end;
    }
}

fn attributes_text(attributes: Attributes) -> String {
    let mut text = attributes.compression().name().to_owned();
    text.push_str(", ");
    text.push_str(attributes.timestamp_type().name());
    for (on, name) in [
        (attributes.is_transactional(), ", transactional"),
        (attributes.is_control(), ", control"),
        (attributes.has_delete_horizon(), ", delete horizon set"),
    ] {
        if on {
            text.push_str(name);
        }
    }
    text
}

fn max_timestamp_text(attributes: Attributes) -> &'static str {
    match attributes.timestamp_type() {
        TimestampType::CreateTime => "largest timestamp of the records, ms",
        TimestampType::LogAppendTime => "when the leader appended the batch, ms",
    }
}

fn control_key_text(key: Option<&[u8]>) -> String {
    match key {
        Some([_, _, high, low, ..]) => {
            ControlType::from_id(i16::from_be_bytes([*high, *low])).name().to_owned()
        }
        other => bytes_text(other),
    }
}

/// Text where the bytes are text, else hexadecimal digits; long ones are cut.
fn bytes_text(bytes: Option<&[u8]>) -> String {
    let Some(bytes) = bytes else { return "null".to_owned() };
    let shown = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    let mut text = match std::str::from_utf8(shown) {
        Ok(text) if !text.chars().any(char::is_control) => format!("{text:?}"),
        _ => shown.iter().fold(String::from("0x"), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        }),
    };
    if shown.len() < bytes.len() {
        let _infallible = write!(text, "... ({} bytes)", bytes.len());
    }
    text
}
