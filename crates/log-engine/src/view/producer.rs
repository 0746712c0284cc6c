//! Producer clients.

use super::ConfigView;
use crate::command::StreamSpec;
use crate::ids::{BrokerId, TimestampMs};
use serde::Serialize;

/// One producer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProducerView {
    /// Name and `client.id`.
    pub name: String,
    /// Its process runs.
    pub up: bool,
    /// Producer id, -1 without idempotence or before it has one.
    pub producer_id: i64,
    /// Producer epoch, -1 likewise.
    pub producer_epoch: i16,
    /// `acks` in force: `all`, `1` or `0`.
    pub acks: String,
    /// Idempotence in force (R-PRD-40).
    pub idempotence: bool,
    /// `linger.ms` in force.
    pub linger_ms: i64,
    /// `batch.size` in force.
    pub batch_size: i32,
    /// `compression.type` in force.
    pub compression: String,
    /// Bytes of the batches it has sent, each once.
    pub batch_bytes: u64,
    /// The same before compression.
    pub uncompressed_bytes: u64,
    /// Its stream, if on.
    pub stream: Option<StreamSpec>,
    /// Records accepted by `send()`.
    pub sent: u64,
    /// Records acknowledged.
    pub acked: u64,
    /// Records that failed for good.
    pub failed: u64,
    /// Records sent in the last whole second of virtual time, times 10 (40 is 4.0 records a second).
    pub rate_x10: u32,
    /// Records waiting in the accumulator, and their bytes.
    pub buffered_records: u32,
    /// Bytes of the accumulator in use.
    pub buffered_bytes: u64,
    /// Produce requests that wait for an answer, and batches that wait for a retry.
    pub in_flight: Vec<InFlightView>,
    /// `max.in.flight.requests.per.connection`.
    pub max_in_flight: u32,
    /// The last error, in Kafka's name, with its time.
    pub last_error: Option<(TimestampMs, String)>,
}

/// One batch on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InFlightView {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Records in the batch.
    pub records: u32,
    /// Keys of the first few records, none for null.
    pub keys: Vec<Option<String>>,
    /// The broker asked.
    pub broker: BrokerId,
    /// When it was sent.
    pub sent_at_ms: TimestampMs,
    /// Attempts before this one.
    pub retries: u32,
    /// What it waits for, in words ("on its way to broker 1", "appended, answer on its way", "retry in 120 ms").
    pub waiting: String,
}

/// One producer with all its configs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProducerDetailView {
    /// The short view.
    pub producer: ProducerView,
    /// Its configs.
    pub configs: Vec<ConfigView>,
}

/// Where a record would go, told before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionChoiceView {
    /// The partition, none where only sending decides (a keyless record at a change of the sticky partition).
    pub partition: Option<i32>,
    /// Why, by R-PRD-01.
    pub reason: PartitionReason,
    /// Number of partitions this producer's metadata shows; may lag behind the cluster's (R-PRD-05).
    pub known_partitions: i32,
}

/// Why a partition was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PartitionReason {
    /// The record names it.
    Explicit,
    /// murmur2 of the key's bytes, masked, modulo the number of partitions (R-PRD-02).
    KeyHash {
        /// murmur2, signed.
        hash: i32,
        /// hash & 0x7fffffff.
        masked: i32,
    },
    /// The built-in sticky partitioner (R-PRD-06).
    Sticky {
        /// Bytes put there since the last switch.
        bytes: i64,
        /// `batch.size`: the switch is due at this many.
        switch_at: i64,
    },
}
