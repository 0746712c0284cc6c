//! The metadata image of KRaft, and the Metadata API.

use super::ErrorCode;
use crate::command::Configs;
use crate::ids::{BrokerId, EventId, TopicId, TopicPartition};
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

/// Where group coordinators keep offsets and groups.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// What `__cluster_metadata` says up to some offset (`MetadataImage`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MetadataImage {
    /// Grows with each change.
    pub offset: u64,
    /// Registered brokers.
    pub brokers: SortedMap<BrokerId, BrokerImage>,
    /// Topics by name.
    pub topics: SortedMap<Arc<str>, Arc<TopicImage>>,
    /// Configs set for all brokers (`ConfigurationImage` of the default broker).
    pub cluster_configs: Configs,
    /// Configs set for one broker.
    pub broker_configs: SortedMap<BrokerId, Configs>,
    /// The first producer id of the next block (`ProducerIdsImage`).
    pub next_producer_id: i64,
    /// Brokers that came back with a new disk and have not been in service since: none of them leads as the last known
    /// leader (its log directory is another one).
    pub new_disks: SortedSet<BrokerId>,
}

impl MetadataImage {
    /// A broker is registered, not fenced and not shutting down (`ClusterControlManager.isActive`).
    pub(crate) fn is_active(&self, broker: BrokerId) -> bool {
        self.brokers.get(&broker).is_some_and(|known| !known.fenced && !known.shutting_down)
    }

    /// Brokers that clients may go to: those that are not fenced.
    pub(crate) fn alive(&self) -> Vec<BrokerId> {
        self.brokers.iter().filter(|(_, known)| !known.fenced).map(|(&id, _)| id).collect()
    }

    /// One partition.
    pub(crate) fn partition(&self, tp: &TopicPartition) -> Option<&PartitionImage> {
        let at = usize::try_from(tp.partition).ok()?;
        self.topics.get(&tp.topic)?.partitions.get(at)
    }
}

/// One registered broker (`BrokerRegistration`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BrokerImage {
    /// The offset of its registration record: another one for each start of its process.
    pub epoch: i64,
    /// Which start of its process registered.
    pub life: u32,
    /// `broker.rack`.
    pub rack: Option<Arc<str>>,
    /// It is fenced: no leader, in no ISR.
    pub fenced: bool,
    /// It shuts down in order.
    pub shutting_down: bool,
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
    /// It is Kafka's own (`Topic.isInternal`).
    pub(crate) fn is_internal(&self) -> bool {
        *self.name == *OFFSETS_TOPIC
    }

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
