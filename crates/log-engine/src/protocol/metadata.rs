//! The metadata image of KRaft, and the Metadata API.

use super::ErrorCode;
use crate::command::Configs;
use crate::ids::{BrokerId, EventId, TopicId};
use sorted::SortedMap;
use std::sync::Arc;

/// What `__cluster_metadata` says up to some offset (`MetadataImage`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MetadataImage {
    /// Grows with each change.
    pub offset: u64,
    /// Registered, unfenced brokers.
    pub brokers: Vec<BrokerId>,
    /// Topics by name.
    pub topics: SortedMap<Arc<str>, Arc<TopicImage>>,
}

/// One topic (`TopicImage`, with its `ConfigurationImage`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicImage {
    /// Name.
    pub name: Arc<str>,
    /// Id (KIP-516).
    pub id: TopicId,
    /// Partitions by number.
    pub partitions: Vec<PartitionImage>,
    /// Overrides.
    pub configs: Configs,
    /// The event of its last change.
    pub cause: EventId,
}

impl TopicImage {
    /// Number of partitions, as Kafka counts them.
    pub(crate) fn partition_count(&self) -> i32 {
        i32::try_from(self.partitions.len()).unwrap_or(i32::MAX)
    }

    /// The leader of a partition, none while it has none.
    pub(crate) fn leader(&self, partition: i32) -> Option<BrokerId> {
        usize::try_from(partition).ok().and_then(|at| self.partitions.get(at))?.leader
    }
}

/// One partition (`PartitionRegistration`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PartitionImage {
    /// Replicas in assignment order; while a reassignment goes on, those it adds and removes among them.
    pub replicas: Vec<BrokerId>,
    /// Replicas a reassignment adds.
    pub adding: Vec<BrokerId>,
    /// Replicas a reassignment removes.
    pub removing: Vec<BrokerId>,
    /// In-sync replicas.
    pub isr: Vec<BrokerId>,
    /// Eligible leader replicas: out of the ISR, but with all that is committed (KIP-966).
    pub elr: Vec<BrokerId>,
    /// What was the leader last, or members the ELR lost to an unclean shutdown (`lastKnownElr`).
    pub last_known_elr: Vec<BrokerId>,
    /// Leader, none while offline.
    pub leader: Option<BrokerId>,
    /// Grows with each change of the leader.
    pub leader_epoch: i32,
    /// Grows with each change of any of this.
    pub partition_epoch: i32,
    /// Its leader was elected uncleanly and has not taken note of it yet (`LeaderRecoveryState.RECOVERING`).
    pub recovering: bool,
}

/// Metadata of some topics.
#[derive(Debug, Clone)]
pub(crate) struct MetadataRequest {
    /// Which.
    pub topics: Vec<Arc<str>>,
    /// `allow.auto.create.topics` of a consumer; a producer's is always true.
    pub allow_auto_creation: bool,
}

/// Its answer.
#[derive(Debug, Clone)]
pub(crate) struct MetadataResponse {
    /// Brokers a client can go to.
    pub brokers: Vec<BrokerId>,
    /// Topic by topic.
    pub topics: Vec<(Arc<str>, TopicAnswer)>,
}

/// A topic, or why there is none.
pub(crate) type TopicAnswer = Result<Arc<TopicImage>, ErrorCode>;
