//! What is measured, by what it is measured of. Each list is one block of series a thing; `catalog` says which of Kafka's
//! metrics comes of it.

/// A list of measures, numbered from 0.
macro_rules! measures {
    ($(#[$about:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident),+ $(,)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// How many there are.
            pub(crate) const COUNT: u32 = 0 $(+ { let _ = Self::$variant; 1 })+;

            /// Its place in a block.
            pub(crate) fn place(self) -> u32 {
                u32::from(self as u8)
            }
        }
    };
}

measures! {
    /// Sums of a broker.
    BrokerCount:
    MessagesIn, BytesIn, BytesOut, BytesRejected, ReplicationBytesIn, ReplicationBytesOut, ReassignmentBytesIn,
    ReassignmentBytesOut, TotalProduce, FailedProduce, TotalFetch, FailedFetch,
    IsrShrinks, IsrExpands, FailedIsrUpdates, ProduceExpired, LogFlushes, OffsetCommits, OffsetsExpired,
    CompletedRebalances,
}

measures! {
    /// What is measured of a broker.
    BrokerStat:
    DelayedProduces, MaxLag,
}

measures! {
    /// Sums of a topic on a broker (`BrokerTopicMetrics` with a topic).
    TopicCount:
    MessagesIn, BytesIn, BytesOut, BytesRejected, TotalProduce, FailedProduce, TotalFetch, FailedFetch,
}

measures! {
    /// Requests a broker serves, as `RequestMetrics` names them.
    Api:
    Produce, FetchConsumer, FetchFollower, ListOffsets, Metadata, FindCoordinator, JoinGroup, SyncGroup, Heartbeat,
    LeaveGroup, OffsetCommit, OffsetFetch, OffsetForLeaderEpoch,
}

measures! {
    /// Times of a request (`RequestMetrics`).
    Time:
    Total, Queue, Local, Remote,
}

measures! {
    /// Sums of a producer.
    ProducerCount:
    Errors, Retries, Splits, BufferExhausted, Requests, Responses,
}

measures! {
    /// What is measured of a producer.
    ProducerStat:
    BatchSize, QueueTime, RequestLatency, RecordsPerRequest, CompressionRatio, RequestsInFlight, BufferUsed, Blocked,
}

measures! {
    /// Sums of a topic a producer sends to.
    ProducerTopicCount:
    Records, Bytes, Errors, Retries,
}

measures! {
    /// What is measured of a topic a producer sends to.
    ProducerTopicStat:
    CompressionRatio,
}

measures! {
    /// What is measured of a consumer.
    ConsumerStat:
    FetchSize, RecordsPerRequest, FetchLatency, Lag, Lead, CommitLatency, JoinTime, SyncTime, HeartbeatTime,
    RebalanceLatency,
}

measures! {
    /// What is measured of a partition a consumer reads.
    ConsumerPartitionStat:
    Lag, Lead,
}

measures! {
    /// Sums of a controller.
    ControllerCount:
    UncleanElections, ElrElections,
}

measures! {
    /// What is measured of a controller.
    ControllerStat:
    ElectionLatency,
}

/// Values that hold until they change; of which thing each is, its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The process runs; its metrics begin anew when it starts.
    Up,
    // A broker's (`ReplicaManager`, `KafkaBroker`, `BrokerServerMetrics`, `GroupCoordinatorMetrics`, `LogCleaner`).
    LeaderCount,
    PartitionCount,
    UnderReplicatedPartitions,
    UnderMinIsrPartitionCount,
    AtMinIsrPartitionCount,
    ReassigningPartitions,
    BrokerState,
    LastAppliedRecordOffset,
    NumGroups,
    NumGroupsPreparingRebalance,
    NumGroupsCompletingRebalance,
    NumGroupsStable,
    NumGroupsEmpty,
    MaxDirtyPercent,
    CleanerRecopyPercent,
    UncleanablePartitions,
    // A controller's (`ControllerMetadataMetrics`, `QuorumControllerMetrics`, `KafkaRaftMetrics`).
    ActiveControllerCount,
    ActiveBrokerCount,
    FencedBrokerCount,
    ControlledShutdownBrokerCount,
    GlobalTopicCount,
    GlobalPartitionCount,
    OfflinePartitionsCount,
    PreferredReplicaImbalanceCount,
    ControllerAppliedOffset,
    CommittedOffset,
    NewActiveControllers,
    RaftState,
    RaftLeader,
    RaftVote,
    RaftEpoch,
    RaftHighWatermark,
    RaftLogEnd,
    RaftVoters,
    // A consumer's (`ConsumerCoordinator`).
    AssignedPartitions,
    /// A partition's on its leader, as [`Replication`] packs it (`Partition`).
    Replication,
}

/// How a partition is replicated, in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Replication {
    /// In the ISR.
    pub isr: i64,
    /// Replicas it is to have (`replicationFactor`).
    pub replicas: i64,
    /// `effectiveMinIsr`.
    pub min_isr: i64,
}

impl Replication {
    const RADIX: i64 = 1_000;

    /// As one number, above 0.
    pub(crate) fn pack(self) -> i64 {
        1 + self.isr + Self::RADIX * (self.replicas + Self::RADIX * self.min_isr)
    }

    /// From that number; 0 is a replica that does not lead.
    pub(crate) fn unpack(packed: i64) -> Option<Self> {
        let rest = packed.checked_sub(1).filter(|rest| *rest >= 0)?;
        Some(Self {
            isr: rest % Self::RADIX,
            replicas: rest / Self::RADIX % Self::RADIX,
            min_isr: rest / Self::RADIX / Self::RADIX,
        })
    }
}
