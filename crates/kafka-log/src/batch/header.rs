//! The 61 bytes before the records (R-LOG-01, R-LOG-03).

use super::error::BatchError;
use super::varint::Reader;

/// Bytes of a batch before its records.
pub const HEADER_SIZE: u32 = 61;
/// Bytes before what the length field counts: base offset and the length itself.
pub const LOG_OVERHEAD: u32 = 12;
/// The one batch format since Kafka 0.11.
pub const MAGIC: i8 = 2;
/// Timestamp of a record that has none.
pub const NO_TIMESTAMP: i64 = -1;
/// Producer id of a batch whose producer is not idempotent.
pub const NO_PRODUCER_ID: i64 = -1;
/// Producer epoch of a batch whose producer is not idempotent.
pub const NO_PRODUCER_EPOCH: i16 = -1;
/// Base sequence of a batch whose producer is not idempotent, and of control batches.
pub const NO_SEQUENCE: i32 = -1;
/// Leader epoch of a batch that no leader has taken yet.
pub const NO_EPOCH: i32 = -1;
/// An offset that is not known.
pub const NO_OFFSET: i64 = -1;

/// Codec of a records section (attributes bits 0-2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// `none`
    #[default]
    None,
    /// `gzip`
    Gzip,
    /// `snappy`, in the Java client's block framing
    Snappy,
    /// `lz4` frames
    Lz4,
    /// `zstd`
    Zstd,
}

impl Compression {
    /// All codecs, in the order of their ids.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The id in the attributes.
    pub fn id(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Gzip => 1,
            Self::Snappy => 2,
            Self::Lz4 => 3,
            Self::Zstd => 4,
        }
    }

    /// The codec with this id.
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.id() == id)
    }

    /// The name `compression.type` uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// The codec of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }
}

/// Whose clock a batch's timestamps are of (attributes bit 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimestampType {
    /// The producer's.
    #[default]
    CreateTime,
    /// The leader's, at the append.
    LogAppendTime,
}

impl TimestampType {
    /// The name `message.timestamp.type` uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateTime => "CreateTime",
            Self::LogAppendTime => "LogAppendTime",
        }
    }
}

/// The attribute bits of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(pub i16);

impl Attributes {
    const COMPRESSION: i16 = 0x07;
    const LOG_APPEND_TIME: i16 = 0x08;
    const TRANSACTIONAL: i16 = 0x10;
    const CONTROL: i16 = 0x20;
    const DELETE_HORIZON: i16 = 0x40;

    /// The codec, or none if its id is not one Kafka knows.
    pub fn known_compression(self) -> Option<Compression> {
        let [_, low] = (self.0 & Self::COMPRESSION).to_be_bytes();
        Compression::from_id(low)
    }

    /// The codec. Parsing refuses ids Kafka does not know, so a batch always has one.
    pub fn compression(self) -> Compression {
        self.known_compression().unwrap_or_default()
    }

    /// Bit 3.
    pub fn timestamp_type(self) -> TimestampType {
        if self.0 & Self::LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Bit 4.
    pub fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Bit 5.
    pub fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Bit 6: the base timestamp is the delete horizon.
    pub fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    pub(crate) fn with_compression(self, codec: Compression) -> Self {
        Self((self.0 & !Self::COMPRESSION) | i16::from(codec.id()))
    }

    pub(crate) fn with_timestamp_type(self, timestamp_type: TimestampType) -> Self {
        self.with(Self::LOG_APPEND_TIME, timestamp_type == TimestampType::LogAppendTime)
    }

    pub(crate) fn with_transactional(self, on: bool) -> Self {
        self.with(Self::TRANSACTIONAL, on)
    }

    pub(crate) fn with_control(self, on: bool) -> Self {
        self.with(Self::CONTROL, on)
    }

    pub(crate) fn with_delete_horizon(self, on: bool) -> Self {
        self.with(Self::DELETE_HORIZON, on)
    }

    fn with(self, bit: i16, on: bool) -> Self {
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }
}

/// The fields of a batch header, but for length, magic and CRC: those follow from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchHeader {
    /// Offset the records' deltas count from. Not under the CRC.
    pub base_offset: i64,
    /// Epoch of the leader that appended the batch. Not under the CRC.
    pub partition_leader_epoch: i32,
    /// Codec, timestamp type and kind.
    pub attributes: Attributes,
    /// Last offset - base offset.
    pub last_offset_delta: i32,
    /// Timestamp the records' deltas count from, ms; the delete horizon when there is one.
    pub base_timestamp: i64,
    /// Largest timestamp of the records, or the append time, ms.
    pub max_timestamp: i64,
    /// Producer id or -1.
    pub producer_id: i64,
    /// Producer epoch or -1.
    pub producer_epoch: i16,
    /// Sequence number of the first record or -1.
    pub base_sequence: i32,
    /// Records in the batch.
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads a header: the fields, the length field and the stored CRC.
    pub(crate) fn read(bytes: &[u8; 61]) -> Result<(Self, i32, u32), BatchError> {
        let fields = |reader: &mut Reader<'_>| {
            let base_offset = i64::from_be_bytes(reader.array()?);
            let length = i32::from_be_bytes(reader.array()?);
            let partition_leader_epoch = i32::from_be_bytes(reader.array()?);
            let magic = i8::from_be_bytes(reader.array()?);
            let crc = u32::from_be_bytes(reader.array()?);
            let header = Self {
                base_offset,
                partition_leader_epoch,
                attributes: Attributes(i16::from_be_bytes(reader.array()?)),
                last_offset_delta: i32::from_be_bytes(reader.array()?),
                base_timestamp: i64::from_be_bytes(reader.array()?),
                max_timestamp: i64::from_be_bytes(reader.array()?),
                producer_id: i64::from_be_bytes(reader.array()?),
                producer_epoch: i16::from_be_bytes(reader.array()?),
                base_sequence: i32::from_be_bytes(reader.array()?),
                record_count: i32::from_be_bytes(reader.array()?),
            };
            Some((header, length, magic, crc))
        };
        let (header, length, magic, crc) =
            fields(&mut Reader::new(bytes)).ok_or(BatchError::Cut { needed: 61, found: 0 })?;
        if magic != MAGIC {
            return Err(BatchError::Magic(magic));
        }
        Ok((header, length, crc))
    }

    /// The header's bytes, for a records section of `section_size` bytes.
    pub(crate) fn to_bytes(self, section_size: u32, crc: u32) -> [u8; 61] {
        let length = section_size.saturating_add(HEADER_SIZE - LOG_OVERHEAD);
        let mut out = [0; 61];
        let mut writer = Writer(&mut out);
        writer.put(self.base_offset.to_be_bytes());
        writer.put(length.to_be_bytes());
        writer.put(self.partition_leader_epoch.to_be_bytes());
        writer.put(MAGIC.to_be_bytes());
        writer.put(crc.to_be_bytes());
        writer.put(self.checked_bytes());
        out
    }

    /// The forty bytes of the header that are under the CRC: attributes to record count.
    pub(crate) fn checked_bytes(&self) -> [u8; 40] {
        let mut out = [0; 40];
        let mut writer = Writer(&mut out);
        writer.put(self.attributes.0.to_be_bytes());
        writer.put(self.last_offset_delta.to_be_bytes());
        writer.put(self.base_timestamp.to_be_bytes());
        writer.put(self.max_timestamp.to_be_bytes());
        writer.put(self.producer_id.to_be_bytes());
        writer.put(self.producer_epoch.to_be_bytes());
        writer.put(self.base_sequence.to_be_bytes());
        writer.put(self.record_count.to_be_bytes());
        out
    }
}

/// Fills a fixed buffer from its front. The widths above add up to the buffer's.
struct Writer<'a>(&'a mut [u8]);

impl Writer<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some((head, rest)) = std::mem::take(&mut self.0).split_first_chunk_mut::<N>() {
            *head = bytes;
            self.0 = rest;
        }
    }
}

/// The sequence number `increment` records after `sequence`; it wraps from 2^31 - 1 to 0.
pub fn increment_sequence(sequence: i32, increment: i32) -> i32 {
    match sequence.checked_add(increment) {
        Some(next) => next,
        None => increment.wrapping_sub(i32::MAX.wrapping_sub(sequence)).wrapping_sub(1),
    }
}

/// The sequence number `decrement` records before `sequence`; it wraps from 0 to 2^31 - 1.
pub fn decrement_sequence(sequence: i32, decrement: i32) -> i32 {
    if sequence < decrement {
        i32::MAX.wrapping_sub(decrement.wrapping_sub(sequence)).wrapping_add(1)
    } else {
        sequence.wrapping_sub(decrement)
    }
}
