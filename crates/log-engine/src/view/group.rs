//! Consumer groups and their members.

use super::ConfigView;
use crate::ids::{TimestampMs, TopicPartition};
use serde::Serialize;

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    /// `group.id`.
    pub group: String,
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable` or `Dead`.
    pub state: String,
    /// Generation, 0 before the first.
    pub generation: i32,
    /// Assignor in force, none before the first generation.
    pub assignor: Option<String>,
    /// `EAGER` or `COOPERATIVE`.
    pub rebalance_protocol: String,
    /// Topics the group's spec subscribes to.
    pub topics: Vec<String>,
    /// `auto.offset.reset`, `isolation.level` and others as the group's spec has them.
    pub auto_offset_reset: String,
    /// `isolation.level`.
    pub isolation_level: String,
    /// Processing time for each record, in microseconds.
    pub processing_us: u64,
    /// Coordinating broker's partition of `__consumer_offsets` (R-GRP-01).
    pub offsets_partition: i32,
    /// While it rebalances: when it began, whom it waits for, and when it ends at the latest.
    pub rebalance: Option<RebalanceView>,
    /// Members by name, stopped ones too.
    pub members: Vec<MemberView>,
    /// Sum of lag over all partitions of its topics.
    pub total_lag: i64,
    /// Partition by partition, as `kafka-consumer-groups.sh --describe` lists them.
    pub offsets: Vec<GroupOffsetView>,
}

/// A rebalance that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RebalanceView {
    /// When it began.
    pub since_ms: TimestampMs,
    /// When it ends at the latest.
    pub deadline_ms: TimestampMs,
    /// Members it waits for.
    pub waiting_for: Vec<String>,
    /// One sentence: what it waits for.
    pub text: String,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberView {
    /// Its name and `client.id`.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Member id from the coordinator, none before it has one.
    pub member_id: Option<String>,
    /// `group.instance.id`.
    pub instance_id: Option<String>,
    /// What its process does.
    pub state: MemberState,
    /// It is the group's leader (computes the assignment).
    pub leader: bool,
    /// Partitions it owns.
    pub owned: Vec<TopicPartition>,
    /// Partitions it has to give up in the rebalance that goes on.
    pub revoking: Vec<TopicPartition>,
    /// In a Stable group, but no partition was left for it.
    pub idle: bool,
    /// Records handed out and being processed now.
    pub processing: u32,
    /// Processing time for each record, in microseconds.
    pub processing_us: u64,
    /// Records processed so far.
    pub consumed: u64,
    /// Sum of lag over its partitions.
    pub lag: i64,
    /// For a crashed member that the coordinator still counts: when its session ends.
    pub session_ends_ms: Option<TimestampMs>,
    /// One short remark for the page ("still processing", "joining", "rejoined"), if there is something to say.
    pub note: Option<String>,
}

/// What a member's process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberState {
    /// Looks for the coordinator or joins.
    Joining,
    /// Has an assignment and reads.
    Running,
    /// Its partitions are paused by the person.
    Paused,
    /// Closed cleanly: it is gone for good and in no list any more.
    Closed,
    /// Crashed.
    Crashed,
    /// Stopped by an error it can't go on from (FencedInstanceId, NoOffsetForPartition ...).
    Failed,
}

/// One row of `--describe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupOffsetView {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// CURRENT-OFFSET, none before the first commit.
    pub committed: Option<i64>,
    /// The owner's position.
    pub position: Option<i64>,
    /// LOG-END-OFFSET (the high watermark, as the tool shows it).
    pub log_end: i64,
    /// LAG, none where nothing is committed (the tool prints `-`).
    pub lag: Option<i64>,
    /// The owner's name.
    pub member: Option<String>,
}

/// One group with all its consumer configs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupDetailView {
    /// The short view.
    pub group: GroupView,
    /// Consumer configs of the group's spec.
    pub configs: Vec<ConfigView>,
    /// Assignors the page may offer.
    pub assignors: Vec<String>,
}
