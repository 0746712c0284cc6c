//! Kafka's metrics that come of what is recorded: MBean, attributes, the class that has them, what they say. Names are those
//! a real Kafka 4.3.1 registers; a test holds them against `tests/golden/mbeans.tsv`.

mod broker;
mod client;
mod controller;
mod request;

use super::shape::Shape;
use super::{
    Api, BrokerCount, BrokerStat, ConsumerPartitionStat, ConsumerStat, ControllerCount,
    ControllerStat, Level, ProducerCount, ProducerStat, ProducerTopicCount, ProducerTopicStat,
    Replication, Time, TopicCount, What,
};

/// What an MBean's values are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// A value that holds until it changes.
    Level(Level),
    /// How a partition is replicated, on its leader.
    Replication(fn(Replication) -> bool),
    /// How many replicas of a partition, on its leader.
    Replicas(fn(Replication) -> i64),
    /// A sum of a broker.
    Broker(BrokerCount),
    /// Measured of a broker.
    BrokerStat(BrokerStat),
    /// A sum of a broker's topic.
    Topic(TopicCount),
    /// How many requests of an API a broker served.
    Requests(Api),
    /// A time of an API's requests.
    Time(Api, Time),
    /// Answers with an error.
    Errors,
    /// A sum of a controller.
    Controller(ControllerCount),
    /// Measured of a controller.
    ControllerStat(ControllerStat),
    /// A sum of a producer.
    Producer(ProducerCount),
    /// Measured of a producer.
    ProducerStat(ProducerStat),
    /// `buffer.memory`.
    BufferTotal,
    /// What of it is free.
    BufferAvailable,
    /// A sum of a topic a producer sends to.
    ProducerTopic(ProducerTopicCount),
    /// Measured of a topic a producer sends to.
    ProducerTopicStat(ProducerTopicStat),
    /// Measured of a consumer.
    Consumer(ConsumerStat),
    /// Measured of a partition a consumer reads.
    ConsumerPartition(ConsumerPartitionStat),
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    Number,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Ms,
    /// A share of one.
    Ratio,
    /// Per cent.
    Percent,
    /// One of some states, or a node's id.
    State,
}

/// When a value is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// Never by itself.
    Never,
    /// When it is above 0.
    AboveZero,
}

/// One MBean with those of its attributes that are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bean {
    /// Its object name, with `{topic}`, `{partition}`, `{client}` and `{error}` to be filled in.
    pub name: &'static str,
    /// Attributes, and how each follows.
    pub attributes: &'static [(&'static str, Shape)],
    /// What they are made of.
    pub source: Source,
    /// The class of Kafka's that has it.
    pub class: &'static str,
    /// What it says.
    pub about: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// When it is bad.
    pub alarm: Alarm,
    /// Shown of the cluster as a whole, the sum over its brokers or its active controller's.
    pub of_cluster: bool,
    /// What may explain it.
    pub why: &'static [What],
}

impl Bean {
    const fn new(
        name: &'static str,
        attributes: &'static [(&'static str, Shape)],
        source: Source,
        class: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            attributes,
            source,
            class,
            about,
            unit: Unit::Number,
            alarm: Alarm::Never,
            of_cluster: false,
            why: &[],
        }
    }

    const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    const fn bad_above_zero(self) -> Self {
        Self { alarm: Alarm::AboveZero, ..self }
    }

    const fn of_cluster(self) -> Self {
        Self { of_cluster: true, ..self }
    }

    const fn why(self, why: &'static [What]) -> Self {
        Self { why, ..self }
    }
}

/// A gauge of Yammer's.
const VALUE: &[(&str, Shape)] = &[("Value", Shape::Value)];
/// A gauge whose newest value holds.
const NEWEST: &[(&str, Shape)] = &[("Value", Shape::Last)];
/// A meter of Yammer's.
const METER: &[(&str, Shape)] = &[("OneMinuteRate", Shape::OneMinuteRate), ("Count", Shape::Sum)];
/// A histogram of Yammer's.
const HISTOGRAM: &[(&str, Shape)] = &[
    ("50thPercentile", Shape::Percentile(50)),
    ("75thPercentile", Shape::Percentile(75)),
    ("95thPercentile", Shape::Percentile(95)),
    ("99thPercentile", Shape::Percentile(99)),
    ("Max", Shape::Largest),
    ("Mean", Shape::Mean),
];

/// Nodes, partitions and the ISR.
const CLUSTER: &[What] = &[
    What::Down,
    What::Up,
    What::Frozen,
    What::Thawed,
    What::Stopping,
    What::Fenced,
    What::Unfenced,
    What::Shrunk,
    What::Expanded,
    What::Elected,
    What::Leaderless,
    What::Reassigned,
    What::Disk,
    What::Topic,
];
/// What changes how much is sent, and how fast it is answered.
const TRAFFIC: &[What] = &[
    What::Action,
    What::Down,
    What::Up,
    What::Frozen,
    What::Thawed,
    What::Shrunk,
    What::Expanded,
    What::Elected,
    What::Leaderless,
    What::Disk,
    What::Failed,
    What::Rebalance,
];

/// The beans of a broker.
pub(crate) fn of_broker() -> impl Iterator<Item = &'static Bean> {
    broker::BEANS.iter().chain(request::BEANS)
}

/// The beans of a controller.
pub(crate) fn of_controller() -> impl Iterator<Item = &'static Bean> {
    controller::BEANS.iter()
}

/// The beans of a producer.
pub(crate) fn of_producer() -> impl Iterator<Item = &'static Bean> {
    client::PRODUCER.iter()
}

/// The beans of a consumer.
pub(crate) fn of_consumer() -> impl Iterator<Item = &'static Bean> {
    client::CONSUMER.iter()
}
