//! The cluster and its topics.

use super::count;
use crate::config::BrokerConfigs;
use crate::ids::TopicPartition;
use crate::protocol::TopicImage;
use crate::view::{BrokerView, ClusterView, TopicSummary, TopicView};
use crate::world::World;
use std::sync::Arc;

impl World {
    /// The cluster in short.
    pub(crate) fn cluster_view(&self) -> ClusterView {
        let image = self.controller.image();
        ClusterView {
            now_ms: self.now_ms,
            start_ms: self.start_ms,
            brokers: self.brokers.values().map(|broker| self.broker_view(broker)).collect(),
            topics: image.topics.values().map(|topic| self.summary(topic)).collect(),
            events: self.trace.newest(),
        }
    }

    fn broker_view(&self, broker: &crate::broker::Broker) -> BrokerView {
        let id = broker.id();
        let (mut leads, mut leader_count, mut follower_count, mut log_bytes) =
            (Vec::new(), 0, 0, 0);
        for (tp, partition) in broker.partitions() {
            log_bytes += i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX);
            if partition.image.leader == Some(id) {
                leader_count += 1;
                if leads.len() < 16 {
                    leads.push(tp.to_string());
                }
            } else {
                follower_count += 1;
            }
        }
        let controller = self.brokers.keys().next() == Some(&id);
        BrokerView { id, up: true, controller, leads, leader_count, follower_count, log_bytes }
    }

    fn summary(&self, topic: &Arc<TopicImage>) -> TopicSummary {
        let (mut records, mut bytes) = (0, 0);
        for number in 0..topic.partition_count() {
            let tp = TopicPartition::new(Arc::clone(&topic.name), number);
            if let Some((_, partition)) = self.leader(&tp) {
                records += partition.log.log_end_offset() - partition.log.log_start_offset();
                bytes += i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX);
            }
        }
        let factor = topic.partitions.first().map_or(0, |first| count(first.replicas.len()));
        TopicSummary {
            name: topic.name.to_string(),
            topic_id: topic.id.to_string(),
            partitions: topic.partition_count(),
            replication_factor: i16::try_from(factor).unwrap_or(i16::MAX),
            records,
            bytes,
        }
    }

    /// One topic with its configs.
    pub(crate) fn topic_view(&self, name: &str) -> Option<TopicView> {
        let topic = self.controller.image().topics.get(name)?;
        let broker = self.brokers.values().next()?;
        let configs: &BrokerConfigs = &self.configs;
        Some(TopicView {
            summary: self.summary(topic),
            configs: super::configs::topic(&topic.configs, configs),
            next_retention_check_ms: broker.next_retention_check_ms(),
            retention_check_interval_ms: broker.retention_interval_ms(),
        })
    }
}
