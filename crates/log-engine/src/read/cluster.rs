//! The cluster and its topics.

use super::count;
use crate::broker::{Partition, retention_reason};
use crate::config::BrokerConfigs;
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::TopicImage;
use crate::view::{
    BrokerView, ClusterView, ForecastRow, RetentionForecastView, TopicSummary, TopicView,
};
use crate::world::World;
use kafka_log::log::RetentionStep;
use std::sync::Arc;

/// Most partitions a forecast lists.
const FORECAST_ROWS: usize = 200;

/// What one partition loses at the check at `check_ms`.
fn forecast_row(
    partition: &Partition,
    now_ms: i64,
    check_ms: i64,
    interval_ms: i64,
) -> Option<ForecastRow> {
    let forecast = partition.log.retention_forecast(now_ms, check_ms, interval_ms);
    let mut row: Option<ForecastRow> = None;
    for segment in forecast {
        let RetentionStep::Deleted { at_ms, reason } = segment.step else { break };
        if at_ms > check_ms {
            break;
        }
        let row = row.get_or_insert_with(|| ForecastRow {
            topic: partition.tp.topic.to_string(),
            partition: partition.tp.partition,
            segments: 0,
            first_offset: segment.base_offset,
            last_offset: segment.base_offset,
            bytes: 0,
            reason: retention_reason(reason).to_owned(),
        });
        row.segments += 1;
        row.last_offset = segment.next_offset - 1;
        row.bytes += i64::from(segment.bytes);
    }
    row
}

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
        let (mut leads, mut leader_count, mut follower_count) = (Vec::new(), 0, 0);
        for (tp, partition) in broker.partitions() {
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
        let disk = broker.disk_use(self.now_ms);
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        BrokerView {
            id,
            up: broker.halted().is_none(),
            controller,
            leads,
            leader_count,
            follower_count,
            log_bytes: bytes(disk.log),
            index_bytes: bytes(disk.index),
            deleted_bytes: bytes(disk.deleted),
            disk_bytes: disk.size.map(bytes),
            halted_ms: broker.halted().map(|halt| halt.since_ms),
        }
    }

    /// What the next retention check of a broker will delete; none while it does not run.
    pub(crate) fn retention_forecast(&self, broker: BrokerId) -> Option<RetentionForecastView> {
        let broker = self.brokers.get(&broker)?;
        let at_ms = broker.next_retention_check_ms();
        let mut view =
            RetentionForecastView { at_ms, segments: 0, bytes: 0, partitions: Vec::new() };
        let due = broker.partitions().values().filter(|p| !p.config.cleanup_policy.compact);
        for partition in due {
            let (next_ms, interval_ms) = broker.retention_runs(partition, self.now_ms)?;
            let Some(row) = forecast_row(partition, self.now_ms, next_ms, interval_ms) else {
                continue;
            };
            view.segments += row.segments;
            view.bytes += row.bytes;
            if view.partitions.len() < FORECAST_ROWS {
                view.partitions.push(row);
            }
        }
        Some(view)
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
