//! What a broker registers.

use super::{
    Alarm, Bean, BrokerCount, BrokerStat, CLUSTER, Level, METER, NEWEST, Shape, Source, TRAFFIC,
    TopicCount, Unit, VALUE, What,
};

const GROUPS: &[What] =
    &[What::Rebalance, What::Stable, What::MemberGone, What::Elected, What::Down, What::Up];
const CLEANING: &[What] = &[What::Cleaned];
const LOGS: &[What] = &[What::Deleted, What::Topic, What::Action];
const PRODUCING: &[What] = &[
    What::Failed,
    What::Shrunk,
    What::Leaderless,
    What::Elected,
    What::Down,
    What::Frozen,
    What::Disk,
];

const fn manager(name: &'static str, level: Level, about: &'static str) -> Bean {
    Bean::new(name, VALUE, Source::Level(level), "ReplicaManager", about).why(CLUSTER)
}

const fn topics(name: &'static str, sum: BrokerCount, about: &'static str) -> Bean {
    Bean::new(name, METER, Source::Broker(sum), "BrokerTopicMetrics", about).why(TRAFFIC)
}

const fn topic(name: &'static str, sum: TopicCount, about: &'static str) -> Bean {
    Bean::new(name, METER, Source::Topic(sum), "BrokerTopicMetrics", about).why(TRAFFIC)
}

const fn groups(name: &'static str, level: Level, about: &'static str) -> Bean {
    Bean::new(name, VALUE, Source::Level(level), "GroupCoordinatorMetrics", about).why(GROUPS)
}

/// All but those of requests.
pub(super) const BEANS: &[Bean] = &[
    manager(
        "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions",
        Level::UnderReplicatedPartitions,
        "Partitions this broker leads whose ISR is smaller than their replication factor. Above 0 for long is the first alarm to set.",
    )
    .bad_above_zero()
    .of_cluster(),
    manager(
        "kafka.server:type=ReplicaManager,name=UnderMinIsrPartitionCount",
        Level::UnderMinIsrPartitionCount,
        "Partitions this broker leads whose ISR is smaller than min.insync.replicas: acks=all is refused there, and the high watermark stands.",
    )
    .bad_above_zero()
    .of_cluster(),
    manager(
        "kafka.server:type=ReplicaManager,name=AtMinIsrPartitionCount",
        Level::AtMinIsrPartitionCount,
        "Partitions this broker leads whose ISR is just min.insync.replicas: one more lost and acks=all is refused.",
    )
    .of_cluster(),
    manager(
        "kafka.server:type=ReplicaManager,name=LeaderCount",
        Level::LeaderCount,
        "Partitions this broker leads. Far apart between brokers, leadership is not balanced.",
    ),
    manager(
        "kafka.server:type=ReplicaManager,name=PartitionCount",
        Level::PartitionCount,
        "Partitions this broker has a replica of.",
    ),
    manager(
        "kafka.server:type=ReplicaManager,name=ReassigningPartitions",
        Level::ReassigningPartitions,
        "Partitions this broker leads whose replicas are being moved.",
    ),
    Bean::new(
        "kafka.server:type=ReplicaManager,name=IsrShrinksPerSec",
        METER,
        Source::Broker(BrokerCount::IsrShrinks),
        "ReplicaManager",
        "ISRs that this broker, as their leader, made smaller because a follower did not catch up for replica.lag.time.max.ms. Where the controller takes a dead broker out of an ISR, it does not count here.",
    )
    .of_cluster()
    .why(CLUSTER),
    Bean::new(
        "kafka.server:type=ReplicaManager,name=IsrExpandsPerSec",
        METER,
        Source::Broker(BrokerCount::IsrExpands),
        "ReplicaManager",
        "ISRs that this broker, as their leader, took a follower back into that had caught up.",
    )
    .of_cluster()
    .why(CLUSTER),
    Bean::new(
        "kafka.server:type=ReplicaManager,name=FailedIsrUpdatesPerSec",
        METER,
        Source::Broker(BrokerCount::FailedIsrUpdates),
        "ReplicaManager",
        "ISR changes that the controller refused.",
    )
    .why(&[What::IsrRefused, What::Elected, What::Down]),
    Bean::new(
        "kafka.server:type=ReplicaFetcherManager,name=MaxLag,clientId=Replica",
        NEWEST,
        Source::BrokerStat(BrokerStat::MaxLag),
        "AbstractFetcherManager",
        "The most records that a partition followed here lacks of what its leader has committed.",
    )
    .of_cluster()
    .why(CLUSTER),
    Bean::new(
        "kafka.server:type=KafkaServer,name=BrokerState",
        VALUE,
        Source::Level(Level::BrokerState),
        "KafkaBroker",
        "1 starting, 2 recovery: registered and fenced, 3 running, 6 pending controlled shutdown.",
    )
    .unit(Unit::State)
    .why(CLUSTER),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec",
        BrokerCount::MessagesIn,
        "Records that leaders here appended, the coordinator's own among them.",
    )
    .of_cluster(),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec",
        BrokerCount::BytesIn,
        "Bytes of batches that leaders here appended.",
    )
    .unit(Unit::Bytes)
    .of_cluster(),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec",
        BrokerCount::BytesOut,
        "Bytes of batches sent to consumers.",
    )
    .unit(Unit::Bytes)
    .of_cluster(),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=BytesRejectedPerSec",
        BrokerCount::BytesRejected,
        "Bytes of batches refused because they are larger than max.message.bytes.",
    )
    .unit(Unit::Bytes),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesInPerSec",
        BrokerCount::ReplicationBytesIn,
        "Bytes of batches copied from leaders.",
    )
    .unit(Unit::Bytes)
    .of_cluster(),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=ReplicationBytesOutPerSec",
        BrokerCount::ReplicationBytesOut,
        "Bytes of batches sent to followers.",
    )
    .unit(Unit::Bytes),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=ReassignmentBytesInPerSec",
        BrokerCount::ReassignmentBytesIn,
        "Bytes copied to a replica that a reassignment adds.",
    )
    .unit(Unit::Bytes),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=ReassignmentBytesOutPerSec",
        BrokerCount::ReassignmentBytesOut,
        "Bytes sent to replicas that a reassignment adds.",
    )
    .unit(Unit::Bytes),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=TotalProduceRequestsPerSec",
        BrokerCount::TotalProduce,
        "Partitions in Produce requests: one request counts once for each of its partitions.",
    ),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=FailedProduceRequestsPerSec",
        BrokerCount::FailedProduce,
        "Partitions in Produce requests refused with an error a broker does not expect, NOT_ENOUGH_REPLICAS among them. NOT_LEADER_OR_FOLLOWER and other expected ones do not count.",
    )
    .bad_above_zero()
    .why(PRODUCING),
    topics(
        "kafka.server:type=BrokerTopicMetrics,name=TotalFetchRequestsPerSec",
        BrokerCount::TotalFetch,
        "Partitions looked at for Fetch requests; twice for each that had to wait.",
    ),
    topic(
        "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic={topic}",
        TopicCount::MessagesIn,
        "Records of the topic that leaders here appended.",
    ),
    topic(
        "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic={topic}",
        TopicCount::BytesIn,
        "Bytes of the topic that leaders here appended.",
    )
    .unit(Unit::Bytes),
    topic(
        "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec,topic={topic}",
        TopicCount::BytesOut,
        "Bytes of the topic sent to consumers.",
    )
    .unit(Unit::Bytes),
    topic(
        "kafka.server:type=BrokerTopicMetrics,name=TotalProduceRequestsPerSec,topic={topic}",
        TopicCount::TotalProduce,
        "Partitions of the topic in Produce requests.",
    ),
    topic(
        "kafka.server:type=BrokerTopicMetrics,name=TotalFetchRequestsPerSec,topic={topic}",
        TopicCount::TotalFetch,
        "Partitions of the topic looked at for Fetch requests.",
    ),
    Bean::new(
        "kafka.server:type=DelayedOperationPurgatory,name=NumDelayedOperations,delayedOperation=Produce",
        NEWEST,
        Source::BrokerStat(BrokerStat::DelayedProduces),
        "DelayedOperationPurgatory",
        "Produce requests with acks=all that wait for the in-sync replicas.",
    )
    .of_cluster()
    .why(PRODUCING),
    Bean::new(
        "kafka.server:type=DelayedProduceMetrics,name=ExpiresPerSec",
        METER,
        Source::Broker(BrokerCount::ProduceExpired),
        "DelayedProduce",
        "Partitions in Produce requests that waited for the in-sync replicas until the request's timeout: answered REQUEST_TIMED_OUT, though the records are in the log.",
    )
    .bad_above_zero()
    .why(PRODUCING),
    Bean::new(
        "kafka.cluster:type=Partition,name=UnderReplicated,topic={topic},partition={partition}",
        VALUE,
        Source::Replication(|known| known.replicas > known.isr),
        "Partition",
        "1 if the ISR is smaller than the replication factor, on the partition's leader.",
    )
    .bad_above_zero()
    .why(CLUSTER),
    Bean::new(
        "kafka.cluster:type=Partition,name=UnderMinIsr,topic={topic},partition={partition}",
        VALUE,
        Source::Replication(|known| known.isr < known.min_isr),
        "Partition",
        "1 if the ISR is smaller than min.insync.replicas, on the partition's leader.",
    )
    .bad_above_zero()
    .why(CLUSTER),
    Bean::new(
        "kafka.cluster:type=Partition,name=AtMinIsr,topic={topic},partition={partition}",
        VALUE,
        Source::Replication(|known| known.isr == known.min_isr),
        "Partition",
        "1 if the ISR is just min.insync.replicas, on the partition's leader.",
    )
    .why(CLUSTER),
    Bean::new(
        "kafka.cluster:type=Partition,name=InSyncReplicasCount,topic={topic},partition={partition}",
        VALUE,
        Source::Replicas(|known| known.isr),
        "Partition",
        "Replicas in the ISR, on the partition's leader; 0 elsewhere.",
    )
    .why(CLUSTER),
    Bean::new(
        "kafka.cluster:type=Partition,name=ReplicasCount,topic={topic},partition={partition}",
        VALUE,
        Source::Replicas(|known| known.replicas),
        "Partition",
        "Replicas the partition is to have, on its leader; 0 elsewhere.",
    )
    .why(CLUSTER),
    Bean::new(
        "kafka.server:type=broker-metadata-metrics",
        &[("last-applied-record-offset", Shape::Value)],
        Source::Level(Level::LastAppliedRecordOffset),
        "BrokerServerMetrics",
        "How far the broker has applied the metadata log.",
    )
    .why(&[What::Topic, What::ControllerElected, What::Fenced, What::Unfenced, What::Elected, What::Action]),
    groups("kafka.coordinator.group:type=GroupMetadataManager,name=NumGroups", Level::NumGroups, "Groups this broker coordinates."),
    groups(
        "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroupsPreparingRebalance",
        Level::NumGroupsPreparingRebalance,
        "Groups here that wait for their members to join.",
    )
    .of_cluster(),
    groups(
        "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroupsCompletingRebalance",
        Level::NumGroupsCompletingRebalance,
        "Groups here that wait for their leader's assignment.",
    ),
    groups(
        "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroupsStable",
        Level::NumGroupsStable,
        "Groups here whose members all know their partitions.",
    )
    .of_cluster(),
    groups(
        "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroupsEmpty",
        Level::NumGroupsEmpty,
        "Groups here without members.",
    ),
    Bean::new(
        "kafka.server:type=group-coordinator-metrics",
        &[("group-completed-rebalance-rate", Shape::Rate), ("group-completed-rebalance-count", Shape::Sum)],
        Source::Broker(BrokerCount::CompletedRebalances),
        "GroupCoordinatorMetrics",
        "Rebalances of classic groups that were completed here.",
    )
    .why(GROUPS),
    Bean::new(
        "kafka.server:type=group-coordinator-metrics",
        &[("offset-commit-rate", Shape::Rate), ("offset-commit-count", Shape::Sum)],
        Source::Broker(BrokerCount::OffsetCommits),
        "GroupCoordinatorMetrics",
        "Offsets committed here, one for each partition of a commit.",
    )
    .why(GROUPS),
    Bean::new(
        "kafka.server:type=group-coordinator-metrics",
        &[("offset-expiration-rate", Shape::Rate), ("offset-expiration-count", Shape::Sum)],
        Source::Broker(BrokerCount::OffsetsExpired),
        "GroupCoordinatorMetrics",
        "Offsets that expired here after offsets.retention.minutes.",
    )
    .why(GROUPS),
    Bean::new(
        "kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs",
        METER,
        Source::Broker(BrokerCount::LogFlushes),
        "LogSegment",
        "Segments flushed to the disk: by default each once, when the next begins. What is younger is only in the page cache.",
    )
    .why(LOGS),
    Bean::new(
        "kafka.log:type=LogCleaner,name=cleaner-recopy-percent",
        VALUE,
        Source::Level(Level::CleanerRecopyPercent),
        "LogCleaner",
        "How much of what the last cleaning read it wrote again. The less, the more was superseded.",
    )
    .unit(Unit::Percent)
    .why(CLEANING),
    Bean::new(
        "kafka.log:type=LogCleanerManager,name=max-dirty-percent",
        VALUE,
        Source::Level(Level::MaxDirtyPercent),
        "LogCleanerManager",
        "The dirty share of the log that the cleaner took last: the filthiest of those that were due.",
    )
    .unit(Unit::Percent)
    .why(CLEANING),
    Bean::new(
        "kafka.log:type=LogCleanerManager,name=uncleanable-partitions-count,logDirectory=\"/tmp/kafka-logs\"",
        VALUE,
        Source::Level(Level::UncleanablePartitions),
        "LogCleanerManager",
        "Logs that the cleaner gave up on until the broker starts again. They grow for ever.",
    )
    .bad_above_zero()
    .why(CLEANING),
    Bean {
        alarm: Alarm::AboveZero,
        ..Bean::new(
            "kafka.network:type=RequestMetrics,name=ErrorsPerSec,request={request},error={error}",
            METER,
            Source::Errors,
            "RequestMetrics",
            "Answers with this error, one for each partition that has it.",
        )
    }
    .why(TRAFFIC),
];
