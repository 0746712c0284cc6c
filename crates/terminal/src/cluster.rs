//! What an admin client asks a cluster for.

use crate::exception::Exception;
use crate::filter::IncludeList;
use kafka_log::{Log, OffsetSpec};
use log_engine::protocol::ErrorCode;
use log_engine::view::{DescribedGroup, PartitionView};
use log_engine::{BrokerId, Engine, TopicPartition};

/// A cluster, seen by an admin client.
#[derive(Clone, Copy)]
pub(crate) struct Cluster<'a> {
    pub engine: &'a Engine,
}

impl<'a> Cluster<'a> {
    /// Brokers of the cluster, as its metadata has them: those the controller does not take for dead.
    pub(crate) fn live_brokers(self) -> Vec<BrokerId> {
        let brokers = self.engine.cluster().brokers;
        brokers.into_iter().filter(|broker| !broker.fenced).map(|broker| broker.id).collect()
    }

    /// Brokers that answer.
    pub(crate) fn answering(self) -> Vec<BrokerId> {
        let brokers = self.engine.cluster().brokers;
        brokers.into_iter().filter(|broker| broker.up).map(|broker| broker.id).collect()
    }

    /// Whether a call can be answered at all: with no broker it times out.
    pub(crate) fn reach(self, call: &str) -> Result<(), Exception> {
        if self.answering().is_empty() {
            let text = format!("Timed out waiting for a node assignment. Call: {call}");
            return Err(Exception::of_code(ErrorCode::RequestTimedOut, text));
        }
        Ok(())
    }

    /// Topics by name (ListTopics).
    pub(crate) fn topics(self) -> Vec<String> {
        self.engine.cluster().topics.into_iter().map(|topic| topic.name).collect()
    }

    /// Topics an expression allows; all without one.
    pub(crate) fn topics_like(self, include: Option<&str>) -> Result<Vec<String>, Exception> {
        let mut topics = self.topics();
        if let Some(include) = include {
            let list = IncludeList::new(include)?;
            topics.retain(|topic| list.allows(topic));
        }
        Ok(topics)
    }

    /// Whether there is such a topic.
    pub(crate) fn has_topic(self, topic: &str) -> bool {
        !self.engine.partitions(topic).is_empty()
    }

    /// A partition's registration.
    pub(crate) fn partition(self, topic: &str, partition: i32) -> Option<PartitionView> {
        self.engine.partitions(topic).into_iter().find(|known| known.partition == partition)
    }

    /// All partitions of a topic.
    pub(crate) fn partitions_of(self, topic: &str) -> Vec<TopicPartition> {
        let partitions = self.engine.partitions(topic);
        partitions.iter().map(|known| TopicPartition::new(topic, known.partition)).collect()
    }

    /// Whether a partition has a leader that answers.
    pub(crate) fn is_led(self, topic: &str, partition: i32) -> bool {
        let live = self.answering();
        let known = self.partition(topic, partition);
        known.and_then(|known| known.leader).is_some_and(|leader| live.contains(&leader))
    }

    /// The leader's log.
    pub(crate) fn log(self, topic: &str, partition: i32) -> Option<Log> {
        if !self.is_led(topic, partition) {
            return None;
        }
        self.engine.partition_log(topic, partition).map(|(log, _)| log)
    }

    /// The high watermark: what a client is told as the latest offset.
    pub(crate) fn latest(self, tp: &TopicPartition) -> Option<i64> {
        self.log(&tp.topic, tp.partition).map(|log| log.high_watermark())
    }

    /// The log start.
    pub(crate) fn earliest(self, tp: &TopicPartition) -> Option<i64> {
        self.log(&tp.topic, tp.partition).map(|log| log.log_start_offset())
    }

    /// The first readable record of a time or later.
    pub(crate) fn at_time(self, tp: &TopicPartition, timestamp_ms: i64) -> Option<i64> {
        self.found(tp, OffsetSpec::Timestamp(timestamp_ms))
    }

    /// The first record with the largest timestamp.
    pub(crate) fn max_timestamp(self, tp: &TopicPartition) -> Option<i64> {
        self.found(tp, OffsetSpec::MaxTimestamp)
    }

    fn found(self, tp: &TopicPartition, spec: OffsetSpec) -> Option<i64> {
        let log = self.log(&tp.topic, tp.partition)?;
        let found = log.offset_for(spec)?;
        (found.offset < log.high_watermark()).then_some(found.offset)
    }

    /// Groups by name.
    pub(crate) fn groups(self) -> Vec<DescribedGroup> {
        self.engine.described_groups()
    }

    /// A group, if its coordinator knows it.
    pub(crate) fn group(self, id: &str) -> Option<DescribedGroup> {
        self.groups().into_iter().find(|known| &*known.description.group == id)
    }
}
