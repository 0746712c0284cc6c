//! What a producer and a consumer register.

use super::{
    Bean, ConsumerPartitionStat, ConsumerStat, Level, ProducerCount, ProducerStat,
    ProducerTopicCount, ProducerTopicStat, Shape, Source, Unit, What,
};

const SENDING: &[What] = &[
    What::Action,
    What::Failed,
    What::Retried,
    What::Connection,
    What::Down,
    What::Up,
    What::Frozen,
    What::Elected,
    What::Leaderless,
    What::Shrunk,
    What::Disk,
];
const READING: &[What] = &[
    What::Action,
    What::Rebalance,
    What::Stable,
    What::MemberGone,
    What::Connection,
    What::Down,
    What::Up,
    What::Frozen,
    What::Elected,
    What::Leaderless,
    What::Deleted,
];

type Attributes = &'static [(&'static str, Shape)];

const fn sender(attributes: Attributes, source: Source, about: &'static str) -> Bean {
    let name = "kafka.producer:type=producer-metrics,client-id={client}";
    Bean::new(name, attributes, source, "SenderMetricsRegistry", about).why(SENDING)
}

const fn sender_topic(attributes: Attributes, source: Source, about: &'static str) -> Bean {
    let name = "kafka.producer:type=producer-topic-metrics,client-id={client},topic={topic}";
    Bean::new(name, attributes, source, "SenderMetricsRegistry", about).why(SENDING)
}

/// A producer's.
pub(super) const PRODUCER: &[Bean] = &[
    sender(
        &[("record-error-rate", Shape::Rate), ("record-error-total", Shape::Sum)],
        Source::Producer(ProducerCount::Errors),
        "Records that failed for good: the application got an exception.",
    )
    .bad_above_zero()
    .of_cluster(),
    sender(
        &[("record-retry-rate", Shape::Rate), ("record-retry-total", Shape::Sum)],
        Source::Producer(ProducerCount::Retries),
        "Records that are sent again after an error that may pass.",
    )
    .of_cluster(),
    sender(
        &[
            ("record-send-rate", Shape::Rate),
            ("record-send-total", Shape::Sum),
            ("records-per-request-avg", Shape::Avg),
        ],
        Source::ProducerStat(ProducerStat::RecordsPerRequest),
        "Records that left in Produce requests, retries among them.",
    )
    .of_cluster(),
    sender(
        &[("request-latency-avg", Shape::Avg), ("request-latency-max", Shape::Max)],
        Source::ProducerStat(ProducerStat::RequestLatency),
        "From a Produce request's sending until its answer came.",
    )
    .unit(Unit::Ms)
    .of_cluster(),
    sender(
        &[("batch-size-avg", Shape::Avg), ("batch-size-max", Shape::Max)],
        Source::ProducerStat(ProducerStat::BatchSize),
        "Bytes of a batch, as it is sent. Near batch.size batches fill before linger.ms is over.",
    )
    .unit(Unit::Bytes),
    sender(
        &[("record-queue-time-avg", Shape::Avg), ("record-queue-time-max", Shape::Max)],
        Source::ProducerStat(ProducerStat::QueueTime),
        "How long a batch waited in the accumulator: for linger.ms, a free request, or a leader.",
    )
    .unit(Unit::Ms),
    sender(
        &[("compression-rate-avg", Shape::Avg)],
        Source::ProducerStat(ProducerStat::CompressionRatio),
        "What compression left of a batch, as a share of its size before.",
    )
    .unit(Unit::Ratio),
    sender(
        &[("requests-in-flight", Shape::Last)],
        Source::ProducerStat(ProducerStat::RequestsInFlight),
        "Produce requests that wait for their answers.",
    ),
    sender(
        &[("request-rate", Shape::Rate), ("request-total", Shape::Sum)],
        Source::Producer(ProducerCount::Requests),
        "Produce requests sent. Kafka's own counts every request of the client.",
    ),
    sender(
        &[("response-rate", Shape::Rate), ("response-total", Shape::Sum)],
        Source::Producer(ProducerCount::Responses),
        "Answers to Produce requests. Kafka's own counts every answer.",
    ),
    sender(
        &[("batch-split-rate", Shape::Rate), ("batch-split-total", Shape::Sum)],
        Source::Producer(ProducerCount::Splits),
        "Batches that were too large for the broker and were split.",
    ),
    Bean {
        class: "RecordAccumulator",
        ..sender(
            &[("buffer-total-bytes", Shape::Value)],
            Source::BufferTotal,
            "buffer.memory: the most that records not yet sent may take.",
        )
    }
    .unit(Unit::Bytes),
    Bean {
        class: "RecordAccumulator",
        ..sender(
            &[("buffer-available-bytes", Shape::Last)],
            Source::BufferAvailable,
            "What of buffer.memory is free. At 0 send() blocks.",
        )
    }
    .unit(Unit::Bytes)
    .of_cluster(),
    Bean {
        class: "RecordAccumulator",
        ..sender(
            &[("waiting-threads", Shape::Last)],
            Source::ProducerStat(ProducerStat::Blocked),
            "Calls of send() that block: for memory, or for metadata, which Kafka's own does not count.",
        )
    },
    Bean {
        class: "BufferPool",
        ..sender(
            &[("buffer-exhausted-rate", Shape::Rate), ("buffer-exhausted-total", Shape::Sum)],
            Source::Producer(ProducerCount::BufferExhausted),
            "Records given up because no memory came free within max.block.ms.",
        )
    },
    sender_topic(
        &[("record-send-rate", Shape::Rate), ("record-send-total", Shape::Sum)],
        Source::ProducerTopic(ProducerTopicCount::Records),
        "Records of the topic that left.",
    ),
    sender_topic(
        &[("byte-rate", Shape::Rate), ("byte-total", Shape::Sum)],
        Source::ProducerTopic(ProducerTopicCount::Bytes),
        "Bytes of the topic's batches that left.",
    )
    .unit(Unit::Bytes),
    sender_topic(
        &[("compression-rate", Shape::Avg)],
        Source::ProducerTopicStat(ProducerTopicStat::CompressionRatio),
        "What compression left of the topic's batches.",
    )
    .unit(Unit::Ratio),
    sender_topic(
        &[("record-retry-rate", Shape::Rate), ("record-retry-total", Shape::Sum)],
        Source::ProducerTopic(ProducerTopicCount::Retries),
        "Records of the topic that are sent again.",
    ),
    sender_topic(
        &[("record-error-rate", Shape::Rate), ("record-error-total", Shape::Sum)],
        Source::ProducerTopic(ProducerTopicCount::Errors),
        "Records of the topic that failed for good.",
    )
    .bad_above_zero(),
];

const fn fetch(attributes: Attributes, what: ConsumerStat, about: &'static str) -> Bean {
    let name = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id={client}";
    Bean::new(name, attributes, Source::Consumer(what), "FetchMetricsManager", about).why(READING)
}

const fn fetch_partition(
    attributes: Attributes,
    what: ConsumerPartitionStat,
    about: &'static str,
) -> Bean {
    let name = "kafka.consumer:type=consumer-fetch-manager-metrics,client-id={client},topic={topic},partition={partition}";
    let source = Source::ConsumerPartition(what);
    Bean::new(name, attributes, source, "FetchMetricsManager", about).why(READING)
}

const COORDINATOR: &str = "kafka.consumer:type=consumer-coordinator-metrics,client-id={client}";

const fn coordinator(attributes: Attributes, what: ConsumerStat, about: &'static str) -> Bean {
    let source = Source::Consumer(what);
    Bean::new(COORDINATOR, attributes, source, "AbstractCoordinator", about).why(READING)
}

/// A consumer's.
pub(super) const CONSUMER: &[Bean] = &[
    fetch(
        &[("records-lag-max", Shape::Max)],
        ConsumerStat::Lag,
        "The most records of a partition that were left behind the position when records were handed out, in the last minute. It counts from the position, not from what is committed; NaN while nothing is handed out.",
    )
    .of_cluster(),
    fetch(
        &[("records-lead-min", Shape::Min)],
        ConsumerStat::Lead,
        "The fewest records between a partition's log start and the position: near 0 retention is about to overtake the reader.",
    ),
    fetch(
        &[
            ("records-consumed-rate", Shape::Rate),
            ("records-consumed-total", Shape::Sum),
            ("records-per-request-avg", Shape::Avg),
        ],
        ConsumerStat::RecordsPerRequest,
        "Records that fetches brought.",
    )
    .of_cluster(),
    fetch(
        &[
            ("bytes-consumed-rate", Shape::Rate),
            ("bytes-consumed-total", Shape::Sum),
            ("fetch-size-avg", Shape::Avg),
            ("fetch-size-max", Shape::Max),
        ],
        ConsumerStat::FetchSize,
        "Bytes that fetches brought.",
    )
    .unit(Unit::Bytes),
    fetch(
        &[("fetch-rate", Shape::TimesRate), ("fetch-total", Shape::Times)],
        ConsumerStat::FetchLatency,
        "Fetch requests that were answered: an idle consumer sends one each fetch.max.wait.ms to each leader.",
    ),
    fetch(
        &[("fetch-latency-avg", Shape::Avg), ("fetch-latency-max", Shape::Max)],
        ConsumerStat::FetchLatency,
        "From a fetch's sending until its answer came, the wait for data included.",
    )
    .unit(Unit::Ms),
    fetch_partition(
        &[("records-lag", Shape::Last), ("records-lag-avg", Shape::Avg), ("records-lag-max", Shape::Max)],
        ConsumerPartitionStat::Lag,
        "Records of the partition behind the position when some were handed out.",
    ),
    fetch_partition(
        &[("records-lead", Shape::Last), ("records-lead-avg", Shape::Avg), ("records-lead-min", Shape::Min)],
        ConsumerPartitionStat::Lead,
        "Records between the partition's log start and the position when some were handed out.",
    ),
    Bean {
        class: "ConsumerCoordinator",
        ..Bean::new(
            COORDINATOR,
            &[("assigned-partitions", Shape::Value)],
            Source::Level(Level::AssignedPartitions),
            "ConsumerCoordinator",
            "Partitions that are assigned to it now.",
        )
        .of_cluster()
        .why(READING)
    },
    coordinator(
        &[
            ("rebalance-total", Shape::Times),
            ("rebalance-rate-per-hour", Shape::TimesPerHour),
        ],
        ConsumerStat::RebalanceLatency,
        "Rebalances it took part in to the end.",
    ),
    coordinator(
        &[
            ("rebalance-latency-avg", Shape::Avg),
            ("rebalance-latency-max", Shape::Max),
            ("rebalance-latency-total", Shape::Sum),
        ],
        ConsumerStat::RebalanceLatency,
        "From its first JoinGroup of a rebalance until it had its assignment.",
    )
    .unit(Unit::Ms),
    coordinator(
        &[("join-time-avg", Shape::Avg), ("join-time-max", Shape::Max)],
        ConsumerStat::JoinTime,
        "From a JoinGroup's sending until its answer: all members have to come.",
    )
    .unit(Unit::Ms),
    coordinator(
        &[("join-rate", Shape::TimesRate), ("join-total", Shape::Times)],
        ConsumerStat::JoinTime,
        "JoinGroup requests that were answered.",
    ),
    coordinator(
        &[("sync-time-avg", Shape::Avg), ("sync-time-max", Shape::Max)],
        ConsumerStat::SyncTime,
        "From a SyncGroup's sending until its answer: the leader's assignment has to come.",
    )
    .unit(Unit::Ms),
    coordinator(
        &[("sync-rate", Shape::TimesRate), ("sync-total", Shape::Times)],
        ConsumerStat::SyncTime,
        "SyncGroup requests that were answered.",
    ),
    coordinator(
        &[("heartbeat-rate", Shape::TimesRate), ("heartbeat-total", Shape::Times)],
        ConsumerStat::HeartbeatTime,
        "Heartbeats that were answered.",
    ),
    coordinator(
        &[("heartbeat-response-time-max", Shape::Max)],
        ConsumerStat::HeartbeatTime,
        "The longest that an answer to a heartbeat took.",
    )
    .unit(Unit::Ms),
    Bean {
        class: "ConsumerCoordinator",
        ..coordinator(
            &[("commit-latency-avg", Shape::Avg), ("commit-latency-max", Shape::Max)],
            ConsumerStat::CommitLatency,
            "From a commit's sending until its answer: it waits for the replicas of __consumer_offsets.",
        )
    }
    .unit(Unit::Ms),
    Bean {
        class: "ConsumerCoordinator",
        ..coordinator(
            &[("commit-rate", Shape::TimesRate), ("commit-total", Shape::Times)],
            ConsumerStat::CommitLatency,
            "Commits that were answered.",
        )
    },
];
