//! Kafka's error codes (`Errors`): those this engine can answer with. A golden test holds names, codes, messages
//! and retriability against `error_messages.json`.

use serde::{Serialize, Serializer};

macro_rules! errors {
    ($($variant:ident, $name:literal, $code:literal, $retriable:literal, $exception:literal, $message:literal;)*) => {
        /// An error code of Kafka's protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $(#[doc = $message] $variant,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// Kafka's name.
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }
            /// Kafka's number.
            pub fn code(self) -> i16 {
                match self { $(ErrorCode::$variant => $code,)* }
            }
            /// Whether a client may try again (`RetriableException`).
            pub fn is_retriable(self) -> bool {
                match self { $(ErrorCode::$variant => $retriable,)* }
            }
            /// The Java client's exception.
            pub fn exception(self) -> &'static str {
                match self { $(ErrorCode::$variant => $exception,)* }
            }
            /// Kafka's message.
            pub fn message(self) -> &'static str {
                match self { $(ErrorCode::$variant => $message,)* }
            }
            /// The code with this name; UNKNOWN_SERVER_ERROR for a name not listed here.
            pub fn from_name(name: &str) -> ErrorCode {
                match name {
                    $($name => ErrorCode::$variant,)*
                    _ => ErrorCode::UnknownServerError,
                }
            }
        }
    };
}

errors! {
    UnknownServerError, "UNKNOWN_SERVER_ERROR", -1, false, "UnknownServerException", "The server experienced an unexpected error when processing the request.";
    None, "NONE", 0, false, "", "NONE";
    OffsetOutOfRange, "OFFSET_OUT_OF_RANGE", 1, false, "OffsetOutOfRangeException", "The requested offset is not within the range of offsets maintained by the server.";
    CorruptMessage, "CORRUPT_MESSAGE", 2, true, "CorruptRecordException", "This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.";
    UnknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PARTITION", 3, true, "UnknownTopicOrPartitionException", "This server does not host this topic-partition.";
    LeaderNotAvailable, "LEADER_NOT_AVAILABLE", 5, true, "LeaderNotAvailableException", "There is no leader for this topic-partition as we are in the middle of a leadership election.";
    NotLeaderOrFollower, "NOT_LEADER_OR_FOLLOWER", 6, true, "NotLeaderOrFollowerException", "For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.";
    RequestTimedOut, "REQUEST_TIMED_OUT", 7, true, "TimeoutException", "The request timed out.";
    BrokerNotAvailable, "BROKER_NOT_AVAILABLE", 8, false, "BrokerNotAvailableException", "The broker is not available.";
    ReplicaNotAvailable, "REPLICA_NOT_AVAILABLE", 9, true, "ReplicaNotAvailableException", "The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.";
    MessageTooLarge, "MESSAGE_TOO_LARGE", 10, false, "RecordTooLargeException", "The request included a message larger than the max message size the server will accept.";
    OffsetMetadataTooLarge, "OFFSET_METADATA_TOO_LARGE", 12, false, "OffsetMetadataTooLarge", "The metadata field of the offset request was too large.";
    NetworkException, "NETWORK_EXCEPTION", 13, true, "NetworkException", "The server disconnected before a response was received.";
    CoordinatorLoadInProgress, "COORDINATOR_LOAD_IN_PROGRESS", 14, true, "CoordinatorLoadInProgressException", "The coordinator is loading and hence can't process requests.";
    CoordinatorNotAvailable, "COORDINATOR_NOT_AVAILABLE", 15, true, "CoordinatorNotAvailableException", "The coordinator is not available.";
    NotCoordinator, "NOT_COORDINATOR", 16, true, "NotCoordinatorException", "This is not the correct coordinator.";
    InvalidTopicException, "INVALID_TOPIC_EXCEPTION", 17, false, "InvalidTopicException", "The request attempted to perform an operation on an invalid topic.";
    RecordListTooLarge, "RECORD_LIST_TOO_LARGE", 18, false, "RecordBatchTooLargeException", "The request included message batch larger than the configured segment size on the server.";
    NotEnoughReplicas, "NOT_ENOUGH_REPLICAS", 19, true, "NotEnoughReplicasException", "Messages are rejected since there are fewer in-sync replicas than required.";
    NotEnoughReplicasAfterAppend, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", 20, true, "NotEnoughReplicasAfterAppendException", "Messages are written to the log, but to fewer in-sync replicas than required.";
    InvalidRequiredAcks, "INVALID_REQUIRED_ACKS", 21, false, "InvalidRequiredAcksException", "Produce request specified an invalid value for required acks.";
    IllegalGeneration, "ILLEGAL_GENERATION", 22, false, "IllegalGenerationException", "Specified group generation id is not valid.";
    InconsistentGroupProtocol, "INCONSISTENT_GROUP_PROTOCOL", 23, false, "InconsistentGroupProtocolException", "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.";
    InvalidGroupId, "INVALID_GROUP_ID", 24, false, "InvalidGroupIdException", "The group id is invalid.";
    UnknownMemberId, "UNKNOWN_MEMBER_ID", 25, false, "UnknownMemberIdException", "The coordinator is not aware of this member.";
    InvalidSessionTimeout, "INVALID_SESSION_TIMEOUT", 26, false, "InvalidSessionTimeoutException", "The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).";
    RebalanceInProgress, "REBALANCE_IN_PROGRESS", 27, false, "RebalanceInProgressException", "The group is rebalancing, so a rejoin is needed.";
    InvalidCommitOffsetSize, "INVALID_COMMIT_OFFSET_SIZE", 28, false, "InvalidCommitOffsetSizeException", "The committing offset data size is not valid.";
    InvalidTimestamp, "INVALID_TIMESTAMP", 32, false, "InvalidTimestampException", "The timestamp of the message is out of acceptable range.";
    UnsupportedVersion, "UNSUPPORTED_VERSION", 35, false, "UnsupportedVersionException", "The version of API is not supported.";
    TopicAlreadyExists, "TOPIC_ALREADY_EXISTS", 36, false, "TopicExistsException", "Topic with this name already exists.";
    InvalidPartitions, "INVALID_PARTITIONS", 37, false, "InvalidPartitionsException", "Number of partitions is below 1.";
    InvalidReplicationFactor, "INVALID_REPLICATION_FACTOR", 38, false, "InvalidReplicationFactorException", "Replication factor is below 1 or larger than the number of available brokers.";
    InvalidReplicaAssignment, "INVALID_REPLICA_ASSIGNMENT", 39, false, "InvalidReplicaAssignmentException", "Replica assignment is invalid.";
    InvalidConfig, "INVALID_CONFIG", 40, false, "InvalidConfigurationException", "Configuration is invalid.";
    NotController, "NOT_CONTROLLER", 41, true, "NotControllerException", "This is not the correct controller for this cluster.";
    InvalidRequest, "INVALID_REQUEST", 42, false, "InvalidRequestException", "This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.";
    UnsupportedForMessageFormat, "UNSUPPORTED_FOR_MESSAGE_FORMAT", 43, false, "UnsupportedForMessageFormatException", "The message format version on the broker does not support the request.";
    PolicyViolation, "POLICY_VIOLATION", 44, false, "PolicyViolationException", "Request parameters do not satisfy the configured policy.";
    OutOfOrderSequenceNumber, "OUT_OF_ORDER_SEQUENCE_NUMBER", 45, false, "OutOfOrderSequenceException", "The broker received an out of order sequence number.";
    DuplicateSequenceNumber, "DUPLICATE_SEQUENCE_NUMBER", 46, false, "DuplicateSequenceException", "The broker received a duplicate sequence number.";
    InvalidProducerEpoch, "INVALID_PRODUCER_EPOCH", 47, false, "InvalidProducerEpochException", "Producer attempted to produce with an old epoch.";
    InvalidTxnState, "INVALID_TXN_STATE", 48, false, "InvalidTxnStateException", "The producer attempted a transactional operation in an invalid state.";
    InvalidProducerIdMapping, "INVALID_PRODUCER_ID_MAPPING", 49, false, "InvalidPidMappingException", "The producer attempted to use a producer id which is not currently assigned to its transactional id.";
    InvalidTransactionTimeout, "INVALID_TRANSACTION_TIMEOUT", 50, false, "InvalidTxnTimeoutException", "The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).";
    ConcurrentTransactions, "CONCURRENT_TRANSACTIONS", 51, true, "ConcurrentTransactionsException", "The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.";
    TransactionCoordinatorFenced, "TRANSACTION_COORDINATOR_FENCED", 52, false, "TransactionCoordinatorFencedException", "Indicates that the transaction coordinator sending a WriteTxnMarker is no longer the current coordinator for a given producer.";
    KafkaStorageError, "KAFKA_STORAGE_ERROR", 56, true, "KafkaStorageException", "Disk error when trying to access log file on the disk.";
    UnknownProducerId, "UNKNOWN_PRODUCER_ID", 59, false, "UnknownProducerIdException", "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.";
    ReassignmentInProgress, "REASSIGNMENT_IN_PROGRESS", 60, false, "ReassignmentInProgressException", "A partition reassignment is in progress.";
    NonEmptyGroup, "NON_EMPTY_GROUP", 68, false, "GroupNotEmptyException", "The group is not empty.";
    GroupIdNotFound, "GROUP_ID_NOT_FOUND", 69, false, "GroupIdNotFoundException", "The group id does not exist.";
    FencedLeaderEpoch, "FENCED_LEADER_EPOCH", 74, true, "FencedLeaderEpochException", "The leader epoch in the request is older than the epoch on the broker.";
    UnknownLeaderEpoch, "UNKNOWN_LEADER_EPOCH", 75, true, "UnknownLeaderEpochException", "The leader epoch in the request is newer than the epoch on the broker.";
    StaleBrokerEpoch, "STALE_BROKER_EPOCH", 77, false, "StaleBrokerEpochException", "Broker epoch has changed.";
    OffsetNotAvailable, "OFFSET_NOT_AVAILABLE", 78, true, "OffsetNotAvailableException", "The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.";
    MemberIdRequired, "MEMBER_ID_REQUIRED", 79, false, "MemberIdRequiredException", "The group member needs to have a valid member id before actually entering a consumer group.";
    PreferredLeaderNotAvailable, "PREFERRED_LEADER_NOT_AVAILABLE", 80, true, "PreferredLeaderNotAvailableException", "The preferred leader was not available.";
    GroupMaxSizeReached, "GROUP_MAX_SIZE_REACHED", 81, false, "GroupMaxSizeReachedException", "The group has reached its maximum size.";
    FencedInstanceId, "FENCED_INSTANCE_ID", 82, false, "FencedInstanceIdException", "The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.";
    EligibleLeadersNotAvailable, "ELIGIBLE_LEADERS_NOT_AVAILABLE", 83, true, "EligibleLeadersNotAvailableException", "Eligible topic partition leaders are not available.";
    ElectionNotNeeded, "ELECTION_NOT_NEEDED", 84, true, "ElectionNotNeededException", "Leader election not needed for topic partition.";
    NoReassignmentInProgress, "NO_REASSIGNMENT_IN_PROGRESS", 85, false, "NoReassignmentInProgressException", "No partition reassignment is in progress.";
    InvalidRecord, "INVALID_RECORD", 87, false, "InvalidRecordException", "This record has failed the validation on broker and hence will be rejected.";
    UnstableOffsetCommit, "UNSTABLE_OFFSET_COMMIT", 88, true, "UnstableOffsetCommitException", "There are unstable offsets that need to be cleared.";
    ProducerFenced, "PRODUCER_FENCED", 90, false, "ProducerFencedException", "There is a newer producer with the same transactionalId which fences the current one.";
    InvalidUpdateVersion, "INVALID_UPDATE_VERSION", 95, false, "InvalidUpdateVersionException", "The given update version was invalid.";
    UnknownTopicId, "UNKNOWN_TOPIC_ID", 100, true, "UnknownTopicIdException", "This server does not host this topic ID.";
    DuplicateBrokerRegistration, "DUPLICATE_BROKER_REGISTRATION", 101, false, "DuplicateBrokerRegistrationException", "This broker ID is already in use.";
    BrokerIdNotRegistered, "BROKER_ID_NOT_REGISTERED", 102, false, "BrokerIdNotRegisteredException", "The given broker ID was not registered.";
    IneligibleReplica, "INELIGIBLE_REPLICA", 107, false, "IneligibleReplicaException", "The new ISR contains at least one ineligible replica.";
    NewLeaderElected, "NEW_LEADER_ELECTED", 108, false, "NewLeaderElectedException", "The AlterPartition request successfully updated the partition state but the leader has changed.";
    GroupSubscribedToTopic, "GROUP_SUBSCRIBED_TO_TOPIC", 86, false, "GroupSubscribedToTopicException", "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.";
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn golden_error_messages() {
        let golden: serde_json::Value = crate::test_support::golden("error_messages.json");
        for error in ErrorCode::ALL {
            let rows = golden["errors"].as_array().unwrap();
            let row = rows.iter().find(|row| row["name"] == error.name()).unwrap();
            assert_eq!(row["code"], error.code(), "{error}");
            assert_eq!(
                row["retriable"].as_bool().unwrap_or(false),
                error.is_retriable(),
                "{error}"
            );
            assert_eq!(row["message"].as_str().unwrap_or(""), error.message(), "{error}");
            assert_eq!(row["exception"].as_str().unwrap_or(""), error.exception(), "{error}");
        }
    }
}
