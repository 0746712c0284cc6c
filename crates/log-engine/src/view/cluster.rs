//! The cluster, its brokers and its topics.

use crate::ids::{BrokerId, TimestampMs};
use serde::Serialize;

/// The whole cluster in short; cheap enough to take every frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterView {
    /// Virtual time now.
    pub now_ms: TimestampMs,
    /// Virtual time at the scenario's start.
    pub start_ms: TimestampMs,
    /// Brokers by id.
    pub brokers: Vec<BrokerView>,
    /// The KRaft quorum.
    pub quorum: QuorumView,
    /// Links that something is particular about.
    pub links: Vec<LinkView>,
    /// Topics by name, without internal ones.
    pub topics: Vec<TopicSummary>,
    /// Events so far (the id of the newest).
    pub events: u64,
}

/// One broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokerView {
    /// `node.id`.
    pub id: BrokerId,
    /// Its process runs and is not frozen.
    pub up: bool,
    /// What it does.
    pub state: BrokerState,
    /// Since when.
    pub since_ms: TimestampMs,
    /// When a frozen process goes on by itself.
    pub thaws_ms: Option<TimestampMs>,
    /// `broker.rack`.
    pub rack: Option<String>,
    /// The epoch of its registration, -1 before its first.
    pub epoch: i64,
    /// The controller takes it for dead: it leads nothing and is in no ISR.
    pub fenced: bool,
    /// It is the active controller too.
    pub controller: bool,
    /// It is a voter of the quorum.
    pub voter: bool,
    /// Partitions it leads, as `topic-partition`, at most 16 of them.
    pub leads: Vec<String>,
    /// How many it leads.
    pub leader_count: u32,
    /// How many it follows.
    pub follower_count: u32,
    /// Bytes of all its logs.
    pub log_bytes: i64,
    /// Bytes of their offset and time indexes.
    pub index_bytes: i64,
    /// Bytes of deleted files that stay on disk until `file.delete.delay.ms` is over.
    pub deleted_bytes: i64,
    /// Bytes that fit in its log directory; none is without bound.
    pub disk_bytes: Option<i64>,
    /// What each write to its disk takes, beyond none.
    pub write_ms: i64,
    /// Since when its process does not run, because its log directory failed.
    pub halted_ms: Option<TimestampMs>,
}

/// What a broker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokerState {
    /// In service.
    Running,
    /// Its process runs, but it is not in service yet.
    Starting,
    /// It is shutting down in order.
    Stopping,
    /// Its process stands still.
    Frozen,
    /// It has shut down in order.
    Stopped,
    /// Its process was killed.
    Crashed,
    /// Its process ended by itself: its log directory failed.
    Halted,
    /// Without power.
    PowerLost,
    /// Killed, its disk gone.
    DiskLost,
}

/// The KRaft quorum (`kafka-metadata-quorum.sh`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QuorumView {
    /// Who leads it, as far as anybody knows.
    pub leader: Option<BrokerId>,
    /// The leader's epoch.
    pub epoch: i32,
    /// The metadata committed.
    pub high_watermark: u64,
    /// Its voters.
    pub voters: Vec<VoterView>,
}

/// One voter of the quorum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoterView {
    /// `node.id`.
    pub id: BrokerId,
    /// Its process runs and is not frozen.
    pub up: bool,
    /// What its process does.
    pub state: BrokerState,
    /// Since when.
    pub since_ms: TimestampMs,
    /// It is a broker too.
    pub combined: bool,
    /// `Leader`, `Follower`, `Candidate` ..., as it sees itself.
    pub role: String,
    /// The quorum's epoch, as it knows it.
    pub epoch: i32,
    /// The end of its log.
    pub log_end: u64,
    /// What it knows to be committed.
    pub high_watermark: u64,
    /// Who leads in its epoch, as far as it knows.
    pub leader: Option<BrokerId>,
    /// Who has its vote in its epoch.
    pub voted: Option<BrokerId>,
    /// When it fetched last, as the leader has it; none for the leader.
    pub last_fetch_ms: Option<TimestampMs>,
    /// When it had all that the leader had.
    pub last_caught_up_ms: Option<TimestampMs>,
}

/// A directed link that something is particular about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// A `node.id`, or the name of a producer or a group.
    pub from: String,
    /// Likewise.
    pub to: String,
    /// One-way latency.
    pub latency_ms: i64,
    /// Up to this is added.
    pub jitter_ms: i64,
    /// Connections break so often a minute.
    pub breaks_per_min: u32,
    /// Nothing passes.
    pub cut: bool,
    /// What is sent is gone.
    pub drops: bool,
}

/// What the next retention check of a broker will delete, if nothing more is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionForecastView {
    /// When it runs.
    pub at_ms: TimestampMs,
    /// Segments that go, of all partitions.
    pub segments: u64,
    /// Their bytes.
    pub bytes: i64,
    /// Partition by partition, those that lose something; at most 200.
    pub partitions: Vec<ForecastRow>,
}

/// What one partition will lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastRow {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Segments that go.
    pub segments: u64,
    /// The first offset that goes.
    pub first_offset: i64,
    /// The last one.
    pub last_offset: i64,
    /// Their bytes.
    pub bytes: i64,
    /// `retention.ms`, `retention.bytes` or `log start offset`, of the first of them.
    pub reason: String,
}

/// One topic in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicSummary {
    /// Name.
    pub name: String,
    /// Topic id, as Kafka prints it.
    pub topic_id: String,
    /// Number of partitions.
    pub partitions: i32,
    /// Replicas of each partition.
    pub replication_factor: i16,
    /// Partitions with fewer replicas in sync than they have.
    pub under_replicated: u32,
    /// Partitions with fewer replicas in sync than `min.insync.replicas`.
    pub under_min_isr: u32,
    /// Partitions without a leader.
    pub offline: u32,
    /// `min.insync.replicas` in force.
    pub min_isr: i32,
    /// Offsets from log start to log end, all partitions.
    pub records: i64,
    /// Bytes, all partitions, one replica.
    pub bytes: i64,
}

/// One topic with its configs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicView {
    /// What lists show too.
    pub summary: TopicSummary,
    /// Every topic config with its value and source (DescribeConfigs).
    pub configs: Vec<ConfigView>,
    /// When the broker's next retention check runs (R-LOG-40), and how often it does.
    pub next_retention_check_ms: TimestampMs,
    /// `log.retention.check.interval.ms`.
    pub retention_check_interval_ms: i64,
}

/// One config as DescribeConfigs gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigView {
    /// Kafka's name.
    pub name: String,
    /// The value in force, as text; none where Kafka's default is null.
    pub value: Option<String>,
    /// Kafka's default.
    pub default: Option<String>,
    /// `DYNAMIC_TOPIC_CONFIG`, `STATIC_BROKER_CONFIG`, `DEFAULT_CONFIG` or, for clients, `CLIENT_CONFIG`.
    pub source: String,
    /// `INT`, `LONG`, `LIST` ... as Kafka writes it.
    pub kind: String,
    /// Kafka's own text of what is valid, if it has one.
    pub valid: Option<String>,
    /// `HIGH`, `MEDIUM` or `LOW`.
    pub importance: String,
    /// `honoured`, `simplified` or `ignored` here.
    pub model: String,
    /// One line in our own words.
    pub explanation: String,
    /// Set here to a value a real broker refuses.
    pub teaching_value: bool,
}

/// What happens to keys when partitions are added (R-PRD-05): new records of a key may go elsewhere, old ones stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyMovesView {
    /// Partitions now.
    pub from_count: i32,
    /// Partitions asked for.
    pub to_count: i32,
    /// Every key that is in the topic's logs or in a stream's key set, at most 200, in order of first sight.
    pub keys: Vec<KeyMoveView>,
}

/// One key's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyMoveView {
    /// The key, lossy UTF-8.
    pub key: String,
    /// Partition before.
    pub from: i32,
    /// Partition after.
    pub to: i32,
    /// Records of this key that stay behind in the old partition.
    pub records_behind: u64,
}

/// A notable moment, for the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkView {
    /// When.
    pub at_ms: TimestampMs,
    /// `you`, `reb` (a rebalance began), `del` (segments deleted), `clean` (a log was
    /// cleaned), `warn`.
    pub kind: String,
    /// A few words.
    pub label: String,
    /// The event behind it.
    pub event: crate::ids::EventId,
}
