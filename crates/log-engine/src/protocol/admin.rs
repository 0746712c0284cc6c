//! What an admin client asks for. Brokers forward these to the controller (KIP-590).

use super::ErrorCode;
use crate::command::{Configs, ElectionType, PartitionName, Reassignment};
use crate::ids::{BrokerId, TopicPartition};
use std::sync::Arc;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AdminRequest {
    /// CreateTopics, of one topic.
    CreateTopic {
        /// Name.
        topic: Arc<str>,
        /// Number of partitions; -1 is `num.partitions`.
        partitions: i32,
        /// Replicas of each; -1 is `default.replication.factor`.
        replication_factor: i16,
        /// Overrides.
        configs: Configs,
        /// The replicas of each partition; none lets the controller place them.
        assignments: Vec<Vec<BrokerId>>,
        /// A broker asks because a client asked for metadata (AutoTopicCreationManager).
        auto: bool,
    },
    /// DeleteTopics, of one topic.
    DeleteTopic {
        /// Name.
        topic: Arc<str>,
    },
    /// CreatePartitions, of one topic.
    CreatePartitions {
        /// Name.
        topic: Arc<str>,
        /// New total.
        count: i32,
        /// The replicas of each new one; none lets the controller place them.
        assignments: Vec<Vec<BrokerId>>,
    },
    /// IncrementalAlterConfigs, of one topic.
    AlterTopicConfigs {
        /// Name.
        topic: Arc<str>,
        /// To set.
        set: Configs,
        /// To delete.
        delete: Vec<String>,
    },
    /// A topic whose logs are there already (no request of Kafka's: its folders are put into the log directory).
    ImportTopic {
        /// Name.
        topic: Arc<str>,
        /// Overrides.
        configs: Configs,
        /// The leader epoch each partition goes on with.
        leader_epochs: Vec<i32>,
    },
    /// ElectLeaders.
    ElectLeaders {
        /// Which way.
        election: ElectionType,
        /// Topic; none for all of them.
        topic: Option<Arc<str>>,
        /// Partition; none for all of the topic.
        partition: Option<i32>,
    },
    /// AlterPartitionReassignments.
    Reassign {
        /// Partitions and their replicas.
        partitions: Arc<[Reassignment]>,
    },
    /// AlterPartitionReassignments without replicas.
    CancelReassignment {
        /// Partitions.
        partitions: Arc<[PartitionName]>,
    },
    /// IncrementalAlterConfigs, of brokers.
    AlterBrokerConfigs {
        /// Which; none is the default of all.
        broker: Option<BrokerId>,
        /// To set.
        set: Configs,
        /// To delete.
        delete: Vec<String>,
    },
    /// UnregisterBroker.
    UnregisterBroker {
        /// Which.
        broker: BrokerId,
    },
}

impl AdminRequest {
    /// The API's name.
    pub(crate) fn api(&self) -> &'static str {
        match self {
            AdminRequest::CreateTopic { .. } => "CreateTopics",
            AdminRequest::DeleteTopic { .. } => "DeleteTopics",
            AdminRequest::CreatePartitions { .. } => "CreatePartitions",
            AdminRequest::AlterTopicConfigs { .. } => "IncrementalAlterConfigs",
            AdminRequest::ImportTopic { .. } => "import",
            AdminRequest::ElectLeaders { .. } => "ElectLeaders",
            AdminRequest::Reassign { .. } | AdminRequest::CancelReassignment { .. } => {
                "AlterPartitionReassignments"
            }
            AdminRequest::AlterBrokerConfigs { .. } => "IncrementalAlterConfigs",
            AdminRequest::UnregisterBroker { .. } => "UnregisterBroker",
        }
    }

    /// The topic or broker it is about.
    pub(crate) fn subject(&self) -> Arc<str> {
        match self {
            AdminRequest::CreateTopic { topic, .. }
            | AdminRequest::DeleteTopic { topic }
            | AdminRequest::CreatePartitions { topic, .. }
            | AdminRequest::AlterTopicConfigs { topic, .. }
            | AdminRequest::ImportTopic { topic, .. } => Arc::clone(topic),
            AdminRequest::ElectLeaders { topic, .. } => {
                topic.clone().unwrap_or_else(|| "topics".into())
            }
            AdminRequest::Reassign { partitions } => {
                partitions.first().map_or("partitions", |part| part.topic.as_str()).into()
            }
            AdminRequest::CancelReassignment { partitions } => {
                partitions.first().map_or("partitions", |part| part.topic.as_str()).into()
            }
            AdminRequest::AlterBrokerConfigs { broker: None, .. } => "brokers".into(),
            AdminRequest::AlterBrokerConfigs { broker: Some(broker), .. }
            | AdminRequest::UnregisterBroker { broker } => format!("broker {}", broker.0).into(),
        }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdminError {
    /// Kafka's error.
    pub error: ErrorCode,
    /// The field of the command it is about.
    pub field: String,
    /// Kafka's message.
    pub message: String,
}

impl AdminError {
    /// A refusal about a field.
    pub(crate) fn new(error: ErrorCode, field: &str, message: impl Into<String>) -> Self {
        Self { error, field: field.to_owned(), message: message.into() }
    }
}

/// DeleteRecords: raise the log start of partitions this broker leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeleteRecordsRequest {
    /// Which partitions, and the new log start; -1 is the high watermark.
    pub parts: Vec<(TopicPartition, i64)>,
}

/// Its answer: the low watermark (the lowest log start of all replicas) of each partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeleteRecordsResponse {
    /// Partition by partition.
    pub parts: Vec<(TopicPartition, Result<i64, ErrorCode>)>,
}
