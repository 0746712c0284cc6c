//! What a person can do to the cluster. A command is the journal's own unit: its JSON form is documented in
//! `docs/scenario-format.md` and is what links, files, lessons, the CLI and `window.ottla` speak.
//!
//! A command that can't be carried out is refused by [`crate::Engine::apply`] with a
//! [`crate::CommandError`] that carries Kafka's error name, and changes nothing.

mod blob;
mod clients;
mod cluster;
mod defaults;
mod group_offset;
mod import;
mod stream;

pub use blob::Blob;
pub use clients::{GroupSpec, MemberSpec, Payload, ProducerSpec, RecordSpec};
pub use cluster::{
    ClusterSpec, ElectionType, Failure, LinkSpec, PartitionName, QuorumSpec, Reassignment,
};
pub use group_offset::GroupOffset;
pub use import::{ImportedPartition, ImportedSegment, PartitionOffset};
pub use stream::{Arrivals, KeyDistribution, StreamSpec};

use defaults::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Config overrides by Kafka's names; a `BTreeMap`, so that order never depends on hashing.
pub type Configs = BTreeMap<String, String>;

/// One thing a person does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// `kafka-topics.sh --create` (CreateTopics). Refused for a bad name, an existing topic, fewer than one
    /// partition, a replication factor above the number of brokers, a bad config, or brokers that can't be given
    /// replicas.
    CreateTopic {
        /// The topic's name, 1 to 249 of `[a-zA-Z0-9._-]`.
        topic: String,
        /// Number of partitions; left out (-1), `num.partitions`, or as many as are assigned.
        #[serde(default = "minus_one", skip_serializing_if = "is_minus_one")]
        partitions: i32,
        /// Replicas of each partition, the leader included.
        #[serde(default = "one_i16", skip_serializing_if = "is_one_i16")]
        replication_factor: i16,
        /// Topic configs that differ from the broker's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        configs: Configs,
        /// `--replica-assignment`: the replicas of each partition, the preferred leader first. Then there is neither
        /// a number of partitions nor a replication factor.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assignments: Vec<Vec<i32>>,
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
        /// `--replica-assignment`: the replicas of each new partition.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assignments: Vec<Vec<i32>>,
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
    /// A node shuts down in order (controlled shutdown): its leaderships are handed over first (R-REP-63).
    StopBroker {
        /// `node.id`.
        broker: i32,
    },
    /// A node's process dies (`kill -9`): what it wrote is in the page cache, so its disk loses nothing.
    CrashBroker {
        /// `node.id`.
        broker: i32,
    },
    /// A node's machine loses power: what was not flushed is gone, and nobody is told (R-LOG-91).
    LosePower {
        /// `node.id`.
        broker: i32,
    },
    /// A node's process dies and its disk is gone: it comes back with a new, formatted one.
    LoseDisk {
        /// `node.id`.
        broker: i32,
    },
    /// A node's process stands still, as in a long garbage collection; it keeps its connections and goes on where it
    /// stopped.
    FreezeBroker {
        /// `node.id`.
        broker: i32,
        /// For how long; none until `thaw-broker`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<u32>,
    },
    /// A frozen process goes on.
    ThawBroker {
        /// `node.id`.
        broker: i32,
    },
    /// All nodes of a rack fail in the same moment.
    FailRack {
        /// `broker.rack`.
        rack: String,
        /// How.
        how: Failure,
    },
    /// Starts all nodes of a rack again.
    StartRack {
        /// `broker.rack`.
        rack: String,
    },
    /// Changes links: each of `from` to each of `to`. An end is a `node.id`, the name of a producer or a group, or
    /// `brokers`, `controllers`, `clients`, `*`.
    SetLink {
        /// The sending ends.
        from: Vec<String>,
        /// The receiving ends.
        to: Vec<String>,
        /// The other direction too.
        #[serde(default, skip_serializing_if = "is_false")]
        both: bool,
        /// What becomes of them.
        #[serde(flatten)]
        link: LinkSpec,
    },
    /// All links are as they were at the start.
    HealLinks,
    /// Adds a broker to the cluster; it registers and is unfenced, and leads nothing yet.
    AddBroker {
        /// `node.id`; left out, the first free one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broker: Option<i32>,
        /// `broker.rack`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rack: Option<String>,
    },
    /// Takes a broker out of the cluster for good (`kafka-cluster.sh unregister`): it must be down and hold no
    /// replica.
    RemoveBroker {
        /// `node.id`.
        broker: i32,
    },
    /// Each write of a broker to its disk takes this long, and while it lasts the broker does nothing else (R-SCP-22).
    SlowDisk {
        /// `node.id`.
        broker: i32,
        /// Milliseconds each write takes; 0 is as fast as at the start.
        write_ms: u32,
    },
    /// `kafka-leader-election.sh` (ElectLeaders).
    ElectLeaders {
        /// Which way.
        election: ElectionType,
        /// The topic; none for all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        /// The partition; none for all of the topic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partition: Option<i32>,
    },
    /// `kafka-reassign-partitions.sh --execute` (AlterPartitionReassignments, KIP-455).
    Reassign {
        /// Partitions and where their replicas go.
        partitions: Vec<Reassignment>,
    },
    /// `kafka-reassign-partitions.sh --cancel`.
    CancelReassignment {
        /// Partitions.
        partitions: Vec<PartitionName>,
    },
    /// `kafka-configs.sh --alter --entity-type brokers` (IncrementalAlterConfigs): dynamic broker configs.
    AlterBrokerConfigs {
        /// `node.id`; none is the default of all brokers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broker: Option<i32>,
        /// Configs to set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: Configs,
        /// Configs to take back to their default.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        delete: Vec<String>,
    },
    /// Starts a broker's process again that has stopped: it loads its logs as after a crash (R-LOG-92).
    StartBroker {
        /// `node.id`.
        #[serde(default = "one_i32", skip_serializing_if = "is_one_i32")]
        broker: i32,
    },
    /// A producer's process dies: what was not sent is gone, and nobody hears an answer any more (R-PRD-31).
    CrashProducer {
        /// The producer.
        producer: String,
    },
    /// Starts a crashed producer's process again: a new producer id (R-PRD-50).
    StartProducer {
        /// The producer.
        producer: String,
    },
}
