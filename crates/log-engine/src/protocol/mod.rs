//! Requests and responses, named and shaped as Kafka's (the fields that matter here; API versions are not
//! modelled, R-SCP-33). Brokers are reached by these alone.

mod admin;
mod cluster;
pub mod error;
mod fetch;
pub mod group;
mod metadata;
mod produce;

pub(crate) use admin::*;
pub(crate) use cluster::*;
pub use error::ErrorCode;
pub(crate) use fetch::*;
pub(crate) use metadata::*;
pub(crate) use produce::*;

use crate::controller::{Decision, QuorumRequest, QuorumResponse};
use std::sync::Arc;

/// A request to a broker or the controller.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    /// Produce.
    Produce(ProduceRequest),
    /// Fetch.
    Fetch(Arc<FetchRequest>),
    /// ListOffsets.
    ListOffsets(ListOffsetsRequest),
    /// Metadata.
    Metadata(MetadataRequest),
    /// ApiVersions: the first request on a new connection.
    ApiVersions,
    /// InitProducerId without a transactional id.
    InitProducerId,
    /// AllocateProducerIds: a broker asks the controller for its next block (KIP-730).
    AllocateProducerIds,
    /// One of the group APIs.
    Group(group::GroupRequest),
    /// An admin change; brokers forward it to the controller (KIP-590).
    Admin(AdminRequest),
    /// DeleteRecords.
    DeleteRecords(DeleteRecordsRequest),
    /// The next records of `__cluster_metadata`, as the image they lead to.
    MetadataUpdate(Arc<MetadataImage>),
    /// BrokerRegistration.
    Registration(RegistrationRequest),
    /// BrokerHeartbeat.
    Heartbeat(HeartbeatRequest),
    /// AlterPartition.
    AlterPartition(AlterPartitionRequest),
    /// OffsetForLeaderEpoch.
    EpochEnd(EpochEndRequest),
    /// Vote, BeginQuorumEpoch, EndQuorumEpoch, Fetch of `__cluster_metadata`.
    Quorum(QuorumRequest),
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) enum Response {
    /// Produce.
    Produce(ProduceResponse),
    /// Fetch.
    Fetch(FetchResponse),
    /// ListOffsets.
    ListOffsets(ListOffsetsResponse),
    /// Metadata.
    Metadata(MetadataResponse),
    /// ApiVersions: the connection is there. Versions are not modelled.
    ApiVersions,
    /// InitProducerId.
    InitProducerId {
        /// The new id.
        producer_id: i64,
        /// Its epoch.
        producer_epoch: i16,
    },
    /// The first id of a block of 1,000.
    AllocateProducerIds {
        /// First id.
        first: i64,
    },
    /// One of the group APIs.
    Group(group::GroupResponse),
    /// DeleteRecords. What it says the trace has said already.
    DeleteRecords(#[allow(dead_code)] DeleteRecordsResponse),
    /// An admin change was done, or refused; which of them, the trace has said already.
    Admin,
    /// This node does not lead the quorum; the one that does, as far as it knows.
    NotController(Option<crate::ids::BrokerId>),
    /// BrokerRegistration: the broker's epoch.
    Registration(Result<i64, ErrorCode>),
    /// BrokerHeartbeat.
    Heartbeat(HeartbeatResponse),
    /// AlterPartition.
    AlterPartition(AlterPartitionResponse),
    /// OffsetForLeaderEpoch.
    EpochEnd(EpochEndResponse),
    /// Vote, BeginQuorumEpoch, EndQuorumEpoch, Fetch of `__cluster_metadata`.
    Quorum(Box<QuorumResponse<Arc<Decision>>>),
}
