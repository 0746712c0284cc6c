//! Clusters, nodes, links and replicas as commands name them.

use super::{Configs, is_false, is_zero_u32, one_u32};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How nodes fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// In order, leaderships handed over first.
    Stop,
    /// The process dies.
    Crash,
    /// The machine loses power.
    Power,
    /// The process dies and the disk is gone.
    Disk,
}

/// Which election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElectionType {
    /// The preferred replica, the first of the assignment.
    Preferred,
    /// Any live replica, where there is no leader.
    Unclean,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartitionName {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
}

/// Where the replicas of a partition go.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reassignment {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// The replicas it is to have, the preferred leader first.
    pub replicas: Vec<i32>,
}

/// What is particular about a link. What is left out is as at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LinkSpec {
    /// One-way latency in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Up to so many ms more for each message.
    #[serde(default, skip_serializing_if = "is_zero_u32")]
    pub jitter_ms: u32,
    /// Connections break so often a minute, and are opened again.
    #[serde(default, skip_serializing_if = "is_zero_u32")]
    pub breaks_per_min: u32,
    /// Nothing passes; what is sent meanwhile arrives when the link heals, unless its sender gives up before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cut: bool,
    /// Nothing passes, and what is sent meanwhile is gone, while the connection seems to last.
    #[serde(default, skip_serializing_if = "is_false")]
    pub drops: bool,
}

/// The cluster a document starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// How many brokers, numbered from 1; at most 100.
    #[serde(default = "one_u32")]
    pub brokers: u32,
    /// Who forms the KRaft quorum; left out, the first three brokers do, or the first where there are fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<QuorumSpec>,
    /// Racks, given to the brokers in turn (`broker.rack`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub racks: Vec<String>,
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

/// Who forms the KRaft quorum (`process.roles`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuorumSpec {
    /// The first so many brokers are controllers too.
    Combined(u32),
    /// So many nodes of their own, numbered from 3000.
    Separate(u32),
}

impl Default for ClusterSpec {
    fn default() -> Self {
        Self {
            brokers: 1,
            quorum: None,
            racks: Vec::new(),
            configs: Configs::new(),
            latency_ms: 1,
            disk_bytes: None,
        }
    }
}
