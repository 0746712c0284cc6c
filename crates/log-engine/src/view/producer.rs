//! Producer clients.

use super::ConfigView;
use crate::command::StreamSpec;
use crate::ids::{BrokerId, TimestampMs};
use serde::Serialize;

/// One producer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// Batches in the accumulator, partition by partition, oldest first.
    pub batches: Vec<QueuedBatchView>,
    /// Produce requests that wait for an answer, oldest first.
    pub requests: Vec<RequestView>,
    /// Batches that were put back to be tried again, so far.
    pub retries: u64,
    /// `send()` calls that have not returned.
    pub blocked: Option<BlockedView>,
    /// `buffer.memory`.
    pub buffer_memory: i64,
    /// The last error, in Kafka's name, with its time.
    pub last_error: Option<(TimestampMs, String)>,
    /// What the application was told last, batch by batch, the newest first; at most 16.
    pub told: Vec<ToldView>,
}

/// What the application was told of a batch's records: `RecordMetadata` or an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldView {
    /// When.
    pub at_ms: TimestampMs,
    /// How long after `send()` of the first of them.
    pub took_ms: i64,
    /// Topic.
    pub topic: String,
    /// Partition, -1 where none was chosen yet.
    pub partition: i32,
    /// Offset of the first, -1 where the broker gave none (`acks=0`, a failure).
    pub first: i64,
    /// Records.
    pub records: u32,
    /// Keys of the first few, none for null.
    pub keys: Vec<Option<String>>,
    /// The exception's class, none of an ack.
    pub exception: Option<String>,
    /// The error behind it.
    pub error: Option<ClientErrorView>,
}

/// An error as a client has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientErrorView {
    /// `NOT_ENOUGH_REPLICAS` ...
    pub name: String,
    /// Kafka's words for it.
    pub text: String,
}

/// One batch in the accumulator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueuedBatchView {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Records in it.
    pub records: u32,
    /// Bytes so far.
    pub bytes: i64,
    /// It takes no more records.
    pub full: bool,
    /// When its first record was sent: linger and delivery timeout count from here.
    pub created_ms: TimestampMs,
    /// When `delivery.timeout.ms` is over for it.
    pub expires_ms: TimestampMs,
    /// How often it was sent already.
    pub attempts: u32,
    /// Its first sequence, once it has one.
    pub sequence: Option<i32>,
    /// What it waits for.
    pub waits: BatchWait,
}

/// What a batch in the accumulator waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BatchWait {
    /// It goes next.
    Nothing,
    /// For a batch of its partition that comes first.
    Behind,
    /// For more records, `linger.ms` long.
    Linger {
        /// Until then.
        until_ms: TimestampMs,
    },
    /// `retry.backoff.ms` after a refusal.
    Backoff {
        /// Until then.
        until_ms: TimestampMs,
    },
    /// Its partition has no leader, as far as the producer knows.
    NoLeader,
    /// `max.in.flight.requests.per.connection` requests wait for this broker's answers.
    InFlightLimit {
        /// The broker.
        broker: BrokerId,
    },
    /// For an earlier batch of its partition that is in flight, or whose outcome is unknown.
    Order,
    /// For a producer id.
    ProducerId,
    /// `reconnect.backoff.ms` after a lost connection.
    Reconnect {
        /// To this broker.
        broker: BrokerId,
        /// Until then.
        until_ms: TimestampMs,
    },
    /// For a connection that is being made.
    Connection {
        /// To this broker.
        broker: BrokerId,
    },
}

/// One produce request that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestView {
    /// The broker asked.
    pub broker: BrokerId,
    /// When it was sent.
    pub sent_ms: TimestampMs,
    /// When `request.timeout.ms` is over for it.
    pub times_out_ms: TimestampMs,
    /// Batches in it.
    pub batches: u32,
    /// Records in them.
    pub records: u32,
    /// Bytes of them.
    pub bytes: i64,
}

/// `send()` calls that have not returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BlockedView {
    /// How many.
    pub records: u32,
    /// They wait for `buffer.memory`; otherwise for metadata.
    pub for_memory: bool,
    /// Since when the first waits.
    pub since_ms: TimestampMs,
    /// When `max.block.ms` is over for it.
    pub until_ms: TimestampMs,
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
    /// Why the last attempt failed.
    pub error: Option<ClientErrorView>,
    /// When it is tried again, where it waits for that.
    pub retry_at_ms: Option<TimestampMs>,
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
    /// The hash of another client family (R-PRD-12).
    OtherHash {
        /// Which hash, and whose.
        name: String,
        /// The hash as that client computes it.
        hash: i64,
    },
    /// Chance decides, as in other client families for a record without a key.
    Chance,
    /// RoundRobinPartitioner: the next in turn (R-PRD-10).
    RoundRobin {
        /// Records placed so far.
        turn: u32,
    },
    /// The built-in sticky partitioner (R-PRD-06).
    Sticky {
        /// Bytes put there since the last switch.
        bytes: i64,
        /// `batch.size`: the switch is due at this many.
        switch_at: i64,
    },
}
