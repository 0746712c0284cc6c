//! What a node of the quorum registers: every voter counts what it has applied of the metadata, the active controller or
//! not.

use super::{
    Bean, ControllerCount, ControllerStat, Level, METER, Shape, Source, Unit, VALUE, What,
};

const CLUSTER: &[What] = &[
    What::Down,
    What::Up,
    What::Fenced,
    What::Unfenced,
    What::Elected,
    What::Leaderless,
    What::Topic,
    What::Reassigned,
    What::ControllerElected,
];
const QUORUM: &[What] = &[
    What::ControllerElected,
    What::ControllerLost,
    What::Down,
    What::Up,
    What::Frozen,
    What::Thawed,
];

const fn metadata(name: &'static str, level: Level, about: &'static str) -> Bean {
    Bean::new(name, VALUE, Source::Level(level), "ControllerMetadataMetrics", about).why(CLUSTER)
}

const fn quorum(name: &'static str, level: Level, about: &'static str) -> Bean {
    Bean::new(name, VALUE, Source::Level(level), "QuorumControllerMetrics", about).why(QUORUM)
}

const fn raft(
    attributes: &'static [(&'static str, Shape)],
    level: Level,
    about: &'static str,
) -> Bean {
    let source = Source::Level(level);
    Bean::new("kafka.server:type=raft-metrics", attributes, source, "KafkaRaftMetrics", about)
        .why(QUORUM)
}

/// All of them.
pub(super) const BEANS: &[Bean] = &[
    metadata(
        "kafka.controller:type=KafkaController,name=OfflinePartitionsCount",
        Level::OfflinePartitionsCount,
        "Partitions without a leader: nothing can be written or read there.",
    )
    .bad_above_zero()
    .of_cluster(),
    quorum(
        "kafka.controller:type=KafkaController,name=ActiveControllerCount",
        Level::ActiveControllerCount,
        "1 on the active controller. Over all of them it has to be 1.",
    )
    .of_cluster(),
    metadata(
        "kafka.controller:type=KafkaController,name=ActiveBrokerCount",
        Level::ActiveBrokerCount,
        "Brokers that are registered and not fenced.",
    )
    .of_cluster(),
    metadata(
        "kafka.controller:type=KafkaController,name=FencedBrokerCount",
        Level::FencedBrokerCount,
        "Brokers that are registered but fenced: not heard of for broker.session.timeout.ms, or not caught up yet.",
    )
    .bad_above_zero()
    .of_cluster(),
    metadata(
        "kafka.controller:type=KafkaController,name=ControlledShutdownBrokerCount",
        Level::ControlledShutdownBrokerCount,
        "Brokers that are handing over their leaderships before they stop.",
    ),
    metadata(
        "kafka.controller:type=KafkaController,name=GlobalTopicCount",
        Level::GlobalTopicCount,
        "Topics, Kafka's own among them.",
    ),
    metadata(
        "kafka.controller:type=KafkaController,name=GlobalPartitionCount",
        Level::GlobalPartitionCount,
        "Partitions, those of Kafka's own topics among them.",
    ),
    metadata(
        "kafka.controller:type=KafkaController,name=PreferredReplicaImbalanceCount",
        Level::PreferredReplicaImbalanceCount,
        "Partitions whose leader is not the first of their replicas.",
    )
    .of_cluster(),
    Bean::new(
        "kafka.controller:type=ControllerStats,name=UncleanLeaderElectionsPerSec",
        METER,
        Source::Controller(ControllerCount::UncleanElections),
        "ControllerMetadataMetrics",
        "Leaders elected that did not have all that was committed: records are lost.",
    )
    .bad_above_zero()
    .why(CLUSTER),
    Bean::new(
        "kafka.controller:type=ControllerStats,name=ElectionFromEligibleLeaderReplicasPerSec",
        METER,
        Source::Controller(ControllerCount::ElrElections),
        "ControllerMetadataMetrics",
        "Leaders elected from the eligible leader replicas (KIP-966): out of the ISR, but nothing is lost.",
    )
    .why(CLUSTER),
    quorum(
        "kafka.controller:type=KafkaController,name=NewActiveControllersCount",
        Level::NewActiveControllers,
        "How often this node saw a new leader of the quorum.",
    ),
    quorum(
        "kafka.controller:type=KafkaController,name=LastAppliedRecordOffset",
        Level::ControllerAppliedOffset,
        "How far this node has applied the metadata log.",
    ),
    quorum(
        "kafka.controller:type=KafkaController,name=LastCommittedRecordOffset",
        Level::CommittedOffset,
        "The last offset of the metadata log that this node knows to be committed.",
    ),
    raft(
        &[("current-state", Shape::Value)],
        Level::RaftState,
        "What this node is in the quorum.",
    )
    .unit(Unit::State),
    raft(&[("current-leader", Shape::Value)], Level::RaftLeader, "Who leads the quorum; -1 is unknown.")
        .unit(Unit::State)
        .of_cluster(),
    raft(&[("current-vote", Shape::Value)], Level::RaftVote, "Who has this node's vote; -1 is nobody.")
        .unit(Unit::State),
    raft(&[("current-epoch", Shape::Value)], Level::RaftEpoch, "The quorum's epoch: it grows with each election.")
        .of_cluster(),
    raft(
        &[("high-watermark", Shape::Value)],
        Level::RaftHighWatermark,
        "All of the metadata log below is committed, as far as this node knows.",
    ),
    raft(&[("log-end-offset", Shape::Value)], Level::RaftLogEnd, "The end of this node's metadata log."),
    raft(&[("number-of-voters", Shape::Value)], Level::RaftVoters, "Voters of the quorum."),
    Bean::new(
        "kafka.server:type=raft-metrics",
        &[("election-latency-avg", Shape::Avg), ("election-latency-max", Shape::Max)],
        Source::ControllerStat(ControllerStat::ElectionLatency),
        "KafkaRaftMetrics",
        "From when this node stood for election until it knew a leader.",
    )
    .unit(Unit::Ms)
    .why(QUORUM),
];
