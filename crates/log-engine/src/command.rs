//! What a person can do to the cluster. A command is the journal's own unit: its JSON form is documented in
//! `docs/scenario-format.md` and is what links, files, lessons, the CLI and `window.ottla` speak.
//!
//! A command that can't be carried out is refused by [`crate::Engine::apply`] with a
//! [`crate::CommandError`] that carries Kafka's error name, and changes nothing.

mod blob;
mod group_offset;
mod import;
mod stream;

pub use blob::Blob;
pub use group_offset::GroupOffset;
pub use import::{ImportedPartition, ImportedSegment, PartitionOffset};
pub use stream::{Arrivals, KeyDistribution, StreamSpec};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Config overrides by Kafka's names; a `BTreeMap`, so that order never depends on hashing.
pub type Configs = BTreeMap<String, String>;

/// One thing a person does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// `kafka-topics.sh --create` (CreateTopics). Refused for a bad name, an existing topic, fewer than one
    /// partition, a replication factor above the number of brokers, or a bad config.
    CreateTopic {
        /// The topic's name, 1 to 249 of `[a-zA-Z0-9._-]`.
        topic: String,
        /// Number of partitions.
        partitions: i32,
        /// Replicas of each partition, the leader included.
        #[serde(default = "one_i16", skip_serializing_if = "is_one_i16")]
        replication_factor: i16,
        /// Topic configs that differ from the broker's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        configs: Configs,
    },
    /// `kafka-topics.sh --delete` (DeleteTopics).
    DeleteTopic {
        /// The topic.
        topic: String,
    },
    /// `kafka-topics.sh --alter --partitions N` (CreatePartitions): `count` is the new total.
    CreatePartitions {
        /// The topic.
        topic: String,
        /// The new total, above the present one.
        count: i32,
    },
    /// `kafka-configs.sh --alter --topic` (IncrementalAlterConfigs).
    AlterTopicConfigs {
        /// The topic.
        topic: String,
        /// Configs to set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: Configs,
        /// Configs to take back to their default.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        delete: Vec<String>,
    },
    /// Starts a producer client.
    AddProducer {
        /// Its name, also its `client.id`; unique among clients.
        producer: String,
        /// How it is set up.
        #[serde(flatten)]
        spec: ProducerSpec,
    },
    /// Restarts a producer with other configs, as an application does: flush, close, start. It gets a new
    /// producer id (R-PRD-50).
    AlterProducer {
        /// The producer.
        producer: String,
        /// Configs to set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: Configs,
        /// Configs to take back to their default.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        delete: Vec<String>,
    },
    /// Flushes and closes a producer and takes it away (R-PRD-31).
    RemoveProducer {
        /// The producer.
        producer: String,
    },
    /// Switches a producer's stream of records on (or to other settings), or off with `null`.
    SetStream {
        /// The producer.
        producer: String,
        /// The stream, or none.
        stream: Option<StreamSpec>,
    },
    /// Sends one record, or the same record `count` times.
    Produce {
        /// The producer that sends.
        producer: String,
        /// The topic.
        topic: String,
        /// What is sent.
        #[serde(flatten)]
        record: RecordSpec,
        /// How many times, 1 to 100,000.
        #[serde(default = "one_u32", skip_serializing_if = "is_one_u32")]
        count: u32,
    },
    /// Starts a consumer group with its members.
    AddGroup {
        /// `group.id`.
        group: String,
        /// How it is set up.
        #[serde(flatten)]
        spec: GroupSpec,
    },
    /// Changes what a group's members run with: they are closed and started again one by one, as a rolling
    /// restart does, or all together if the assignors change (members without a common one can't be in a group);
    /// a change of `processing_us` alone acts at once.
    AlterGroup {
        /// `group.id`.
        group: String,
        /// Topics to subscribe to instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topics: Option<Vec<String>>,
        /// Processing time for each record, in microseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        processing_us: Option<u64>,
        /// Consumer configs to set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: Configs,
        /// Consumer configs to take back to their default.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        delete: Vec<String>,
    },
    /// Closes all members and deletes the group with its offsets (DeleteGroups).
    RemoveGroup {
        /// `group.id`.
        group: String,
    },
    /// `kafka-consumer-groups.sh --reset-offsets --execute` (AlterConsumerGroupOffsets, that is an OffsetCommit of
    /// the admin client). Refused while the group has members; a group that is not there yet comes to be.
    ResetOffsets {
        /// `group.id`.
        group: String,
        /// Where it reads on, partition by partition.
        offsets: Vec<GroupOffset>,
    },
    /// Starts one more member.
    AddMember {
        /// `group.id`.
        group: String,
        /// How it is set up.
        #[serde(flatten)]
        spec: MemberSpec,
    },
    /// `close()`: commits if auto-commit is on, sends LeaveGroup and goes away (R-GRP-19).
    CloseMember {
        /// The member's name.
        member: String,
    },
    /// The process dies: no goodbye, `session.timeout.ms` applies (R-GRP-19).
    CrashMember {
        /// The member's name.
        member: String,
    },
    /// Starts a crashed member's process again; a dynamic one joins as a new member. A closed member is gone:
    /// add one with `add-member`.
    StartMember {
        /// The member's name.
        member: String,
    },
    /// `pause()` of all its partitions: it keeps them, goes on polling and heartbeating, and reads nothing
    /// (R-GRP-83).
    PauseMember {
        /// The member's name.
        member: String,
    },
    /// `resume()` of all its partitions.
    ResumeMember {
        /// The member's name.
        member: String,
    },
    /// Changes how long a member takes for a record; acts from the next poll.
    SetProcessing {
        /// The member's name.
        member: String,
        /// Microseconds for each record.
        processing_us: u64,
    },
    /// Makes a topic of segment files of a real broker: as if the folders had been put into the log directory and
    /// the broker had loaded them after an unclean stop (R-LOG-92, `LogLoader`). What a broker would cut off is
    /// cut off and said; what it could not load is refused, and then nothing is imported.
    ImportTopic {
        /// The topic's name; it may not exist yet.
        topic: String,
        /// Topic configs that differ from the broker's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        configs: Configs,
        /// Its partitions, by number from 0; at least one.
        partitions: Vec<ImportedPartition>,
    },
    /// `kafka-delete-records.sh` (DeleteRecords): what lies below an offset can no longer be read (R-LOG-52).
    DeleteRecords {
        /// The topic.
        topic: String,
        /// Which partitions, and before which offset.
        partitions: Vec<PartitionOffset>,
    },
    /// Gives a broker's log directory another size. With less than what is in it, the next append finds it full.
    SetDisk {
        /// `node.id`.
        #[serde(default = "one_i32", skip_serializing_if = "is_one_i32")]
        broker: i32,
        /// Bytes; none is without bound.
        disk_bytes: Option<u64>,
    },
    /// Starts a broker's process again that has stopped: it loads its logs as after a crash (R-LOG-92).
    StartBroker {
        /// `node.id`.
        #[serde(default = "one_i32", skip_serializing_if = "is_one_i32")]
        broker: i32,
    },
}

/// How a producer is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProducerSpec {
    /// Producer configs that differ from Kafka's defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Its stream, if it sends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamSpec>,
}

/// Bytes as a document writes them: text, or hex where they are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Payload {
    /// UTF-8 text; `""` is zero bytes, which is not null.
    Text(String),
    /// Any bytes, lower-case hex.
    Hex {
        /// Two digits a byte.
        hex: String,
    },
}

impl Payload {
    /// The bytes; none where hex digits are missing or are none.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Payload::Text(text) => Some(text.as_bytes().to_vec()),
            Payload::Hex { hex } => {
                let digits = hex.as_bytes().chunks(2);
                digits.map(|pair| Some(nibble(pair.first())? << 4 | nibble(pair.get(1))?)).collect()
            }
        }
    }
}

fn nibble(digit: Option<&u8>) -> Option<u8> {
    char::from(*digit?).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// One record as a person writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordSpec {
    /// The key: text, empty or null are three different things (R-PRD-03).
    #[serde(default)]
    pub key: Option<Payload>,
    /// The value; null is a tombstone.
    #[serde(default)]
    pub value: Option<Payload>,
    /// Headers in order; a value may be null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, Option<Payload>)>,
    /// CreateTime in ms since the epoch; none means the clock at send (R-PRD-17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// A chosen partition instead of the partitioner's (R-PRD-01).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<i32>,
}

/// How a consumer group is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupSpec {
    /// Topics its members subscribe to.
    pub topics: Vec<String>,
    /// Consumer configs that differ from Kafka's defaults, for all members.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Processing time for each record, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub processing_us: u64,
    /// The members to start at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberSpec>,
}

/// How one member is set up; what is left out is the group's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberSpec {
    /// Its name and `client.id`; left out, it is `GROUP-N` with the first free N.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Topics, where it subscribes to others than the rest of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// Consumer configs on top of the group's (`group.instance.id` for a static member, for example).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// Processing time for each record, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_us: Option<u64>,
}

/// The cluster a document starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// How many brokers, numbered from 1. This version runs one.
    #[serde(default = "one_u32")]
    pub brokers: u32,
    /// Broker configs that differ from Kafka's defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: Configs,
    /// One-way latency of each link, in ms (R-SCP-21).
    #[serde(default = "one_u32")]
    pub latency_ms: u32,
    /// Bytes that fit in each broker's log directory; none is without bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_bytes: Option<u64>,
}

impl Default for ClusterSpec {
    fn default() -> Self {
        Self { brokers: 1, configs: Configs::new(), latency_ms: 1, disk_bytes: None }
    }
}

fn one_u32() -> u32 {
    1
}
fn one_i16() -> i16 {
    1
}
fn one_i32() -> i32 {
    1
}
fn thousand() -> u32 {
    1000
}
fn default_value_bytes() -> u32 {
    24
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one_u32(n: &u32) -> bool {
    *n == 1
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one_i16(n: &i16) -> bool {
    *n == 1
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one_i32(n: &i32) -> bool {
    *n == 1
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero_u32(n: &u32) -> bool {
    *n == 0
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero_u64(n: &u64) -> bool {
    *n == 0
}
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_thousand(n: &u32) -> bool {
    *n == 1000
}
