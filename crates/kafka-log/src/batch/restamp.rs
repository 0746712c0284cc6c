//! Changes to a batch's header. None of them touches the records; where the field is under the
//! CRC, the CRC that is shown afterwards is that of the new header.

use std::sync::Arc;

use bytes::Bytes;

use super::builder::ProducerStamp;
use super::header::{Attributes, BatchHeader, NO_TIMESTAMP, TimestampType};
use super::payload::{Facts, Section};
use super::{Batch, BatchTag};

impl Batch {
    /// The batch at another place in the log.
    #[must_use]
    pub fn with_base_offset(mut self, base_offset: i64) -> Self {
        self.header.base_offset = base_offset;
        self
    }

    /// The batch as appended under this leader epoch.
    #[must_use]
    pub fn with_leader_epoch(mut self, leader_epoch: i32) -> Self {
        self.header.partition_leader_epoch = leader_epoch;
        self
    }

    /// The batch as this producer's: set when a batch is drained, and again when the producer's
    /// epoch is bumped (`ProducerBatch.setProducerState`, `resetProducerState`).
    #[must_use]
    pub fn with_producer_stamp(mut self, stamp: ProducerStamp) -> Self {
        let header = &mut self.header;
        header.producer_id = stamp.producer_id;
        header.producer_epoch = stamp.producer_epoch;
        header.base_sequence = stamp.base_sequence;
        header.attributes = header.attributes.with_transactional(stamp.transactional);
        self
    }

    /// The batch with the leader's clock for every record (R-LOG-16), ms.
    #[must_use]
    pub fn with_log_append_time(mut self, now_ms: i64) -> Self {
        self.header.max_timestamp = now_ms;
        self.header.attributes =
            self.header.attributes.with_timestamp_type(TimestampType::LogAppendTime);
        self
    }

    /// The batch with the producer's clock and this largest timestamp, ms.
    #[must_use]
    pub fn with_create_time(mut self, max_timestamp: i64) -> Self {
        self.header.max_timestamp = max_timestamp;
        self.header.attributes =
            self.header.attributes.with_timestamp_type(TimestampType::CreateTime);
        self
    }

    /// The batch with this last offset; the base offset moves along
    /// (`MutableRecordBatch.setLastOffset`).
    #[must_use]
    pub fn with_last_offset(mut self, last_offset: i64) -> Self {
        self.header.base_offset =
            last_offset.wrapping_sub(i64::from(self.header.last_offset_delta));
        self
    }

    /// The batch with this distance from base to last offset: compaction keeps a batch's offsets
    /// when it takes records from its end (R-LOG-67).
    #[must_use]
    pub fn with_last_offset_delta(mut self, last_offset_delta: i32) -> Self {
        self.header.last_offset_delta = last_offset_delta;
        self
    }

    /// What is left of a batch when compaction takes all its records but its producer's state is
    /// still needed: a header of 61 bytes (R-LOG-67, `DefaultRecordBatch.writeEmptyHeader`).
    #[must_use]
    pub fn emptied(&self) -> Self {
        let attributes = Attributes::default()
            .with_timestamp_type(self.timestamp_type())
            .with_transactional(self.is_transactional())
            .with_control(self.is_control());
        let header = BatchHeader {
            attributes,
            base_timestamp: NO_TIMESTAMP,
            record_count: 0,
            ..self.header
        };
        let section = Section::of_built(Bytes::new(), Facts::NONE);
        Self { header, section: Arc::new(section), tag: BatchTag::default() }
    }
}
