//! The cluster and its topics.

use super::count;
use crate::broker::{Broker, LifeState, Partition, retention_reason};
use crate::config::BrokerConfigs;
use crate::controller::Controller;
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::TopicImage;
use crate::sim::{Host, Link};
use crate::view::{
    BrokerState, BrokerView, ClusterView, ForecastRow, LinkView, QuorumView, RetentionForecastView,
    TopicSummary, TopicView, VoterView,
};
use crate::world::{Down, NodeState, World};
use kafka_log::log::RetentionStep;
use sorted::SortedMap;
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

/// What a broker is to the partitions.
#[derive(Default)]
struct Roles {
    leads: Vec<String>,
    leader_count: u32,
    follower_count: u32,
}

impl World {
    /// Bytes of all logs; replicas share theirs, so the largest of a partition counts.
    pub(crate) fn held_bytes(&self) -> u64 {
        let mut largest: SortedMap<&TopicPartition, u64> = SortedMap::new();
        for (tp, partition) in self.brokers.values().flat_map(|broker| broker.partitions()) {
            let bytes = largest.entry(tp).or_default();
            *bytes = partition.log.size_in_bytes().max(*bytes);
        }
        largest.values().sum()
    }

    /// The cluster in short.
    pub(crate) fn cluster_view(&self) -> ClusterView {
        ClusterView {
            now_ms: self.now_ms,
            start_ms: self.start_ms,
            brokers: self.broker_views(),
            quorum: self.quorum_view(),
            links: self.link_views(),
            topics: self.shown_topics().map(|topic| self.summary(topic)).collect(),
            events: self.trace.newest(),
        }
    }

    /// Topics that lists show: not Kafka's own.
    pub(crate) fn shown_topics(
        &self,
    ) -> impl Iterator<Item = &std::sync::Arc<crate::protocol::TopicImage>> {
        self.image().topics.values().filter(|topic| !topic.is_internal())
    }

    fn broker_views(&self) -> Vec<BrokerView> {
        let mut roles: SortedMap<BrokerId, Roles> = SortedMap::new();
        for topic in self.shown_topics() {
            let name = &topic.name;
            for (number, partition) in topic.partitions.iter().enumerate() {
                for &replica in &partition.replicas {
                    let roles = roles.entry(replica).or_default();
                    if partition.leader != Some(replica) {
                        roles.follower_count += 1;
                        continue;
                    }
                    roles.leader_count += 1;
                    if roles.leads.len() < 16 {
                        roles.leads.push(format!("{name}-{number}"));
                    }
                }
            }
        }
        let mut view = |broker: &Broker| {
            self.broker_view(broker, roles.remove(&broker.id()).unwrap_or_default())
        };
        self.brokers.values().map(&mut view).collect()
    }

    fn broker_view(&self, broker: &Broker, roles: Roles) -> BrokerView {
        let id = broker.id();
        let Roles { leads, leader_count, follower_count } = roles;
        let node = self.nodes.get(&id);
        let state = self.broker_state(id);
        let registered = self.image().brokers.get(&id);
        let disk = broker.disk_use(self.now_ms);
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        BrokerView {
            id,
            up: self.is_up(id),
            state,
            since_ms: node.map_or(0, |node| node.since_ms.max(self.start_ms)),
            thaws_ms: node.and_then(|node| node.thaws_ms),
            rack: node.and_then(|node| node.rack.as_deref().map(str::to_owned)),
            epoch: broker.broker_epoch(),
            fenced: registered.is_none_or(|known| known.fenced),
            controller: self.active_controller() == Some(id),
            voter: self.controllers.contains_key(&id),
            leads,
            leader_count,
            follower_count,
            log_bytes: bytes(disk.log),
            index_bytes: bytes(disk.index),
            deleted_bytes: bytes(disk.deleted),
            disk_bytes: disk.size.map(bytes),
            write_ms: node.map_or(0, |node| node.write_ms),
            halted_ms: node.filter(|_| state == BrokerState::Halted).map(|node| node.since_ms),
        }
    }

    /// What a node does.
    fn broker_state(&self, id: BrokerId) -> BrokerState {
        let Some(node) = self.nodes.get(&id) else { return BrokerState::Stopped };
        match node.state {
            NodeState::Frozen => BrokerState::Frozen,
            NodeState::Up if node.stopping => BrokerState::Stopping,
            NodeState::Up => match self.brokers.get(&id).map(Broker::life_state) {
                Some(LifeState::Starting | LifeState::Recovery) => BrokerState::Starting,
                _ => BrokerState::Running,
            },
            NodeState::Down(Down::Stopped) => BrokerState::Stopped,
            NodeState::Down(Down::Crashed) => BrokerState::Crashed,
            NodeState::Down(Down::Halted) => BrokerState::Halted,
            NodeState::Down(Down::PowerLost) => BrokerState::PowerLost,
            NodeState::Down(Down::DiskLost) => BrokerState::DiskLost,
        }
    }

    fn quorum_view(&self) -> QuorumView {
        let leader = self.active_controller();
        let epochs = self.controllers.values().map(Controller::epoch);
        let committed = self.controllers.values().map(Controller::high_watermark);
        let voters = self.controllers.iter();
        QuorumView {
            leader,
            epoch: epochs.max().unwrap_or(0),
            high_watermark: committed.max().unwrap_or(0),
            voters: voters.map(|(&id, controller)| self.voter_view(id, controller)).collect(),
        }
    }

    fn voter_view(&self, id: BrokerId, controller: &Controller) -> VoterView {
        let leader = self.active_controller().and_then(|leader| self.controllers.get(&leader));
        let known = leader.and_then(|leader| leader.replicas().find(|(voter, _)| *voter == id));
        let known = known.map(|(_, replica)| replica);
        VoterView {
            id,
            up: self.is_up(id),
            state: self.broker_state(id),
            since_ms: self.nodes.get(&id).map_or(0, |node| node.since_ms.max(self.start_ms)),
            combined: self.brokers.contains_key(&id),
            role: controller.role().to_owned(),
            epoch: controller.epoch(),
            log_end: controller.log_end(),
            high_watermark: controller.high_watermark(),
            leader: controller.leader(),
            voted: controller.voted(),
            last_fetch_ms: known
                .and_then(|replica| replica.last_fetch_ms)
                .map(|at_ms| self.quorum_fetch_ms(at_ms)),
            last_caught_up_ms: known
                .and_then(|replica| replica.last_caught_up_ms)
                .map(|at_ms| self.quorum_fetch_ms(at_ms)),
        }
    }

    fn link_views(&self) -> Vec<LinkView> {
        let name = |host: &Host| match host {
            Host::Node(id) => id.0.to_string(),
            Host::Client(name) => name.to_string(),
        };
        let view = |((from, to), link): (&(Host, Host), &Link)| LinkView {
            from: name(from),
            to: name(to),
            latency_ms: link.latency_ms.unwrap_or(self.net.latency_ms),
            jitter_ms: link.jitter_ms,
            breaks_per_min: link.breaks_per_min,
            cut: link.cut,
            drops: link.drops,
        };
        self.net.particular().map(view).collect()
    }

    /// What the next retention check of a broker will delete; none while it does not run.
    pub(crate) fn retention_forecast(&self, broker: BrokerId) -> Option<RetentionForecastView> {
        let broker = self.brokers.get(&broker).filter(|known| self.is_up(known.id()))?;
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
            if let Some((_, partition)) = self.shown(&tp) {
                records += partition.log.log_end_offset() - partition.log.log_start_offset();
                bytes += i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX);
            }
        }
        let configs = self.configs.with(&self.image().cluster_configs);
        let configs = configs.as_ref().unwrap_or(&self.configs);
        let min_isr = crate::broker::min_insync_replicas(topic, configs);
        let (mut under_replicated, mut under_min_isr, mut offline) = (0, 0, 0);
        for partition in &topic.partitions {
            let (isr, replicas) = (partition.isr.len(), partition.replicas.len());
            let min = usize::try_from(min_isr).unwrap_or(1).min(replicas);
            under_replicated += u32::from(isr < settled(partition));
            under_min_isr += u32::from(isr < min);
            offline += u32::from(partition.leader.is_none());
        }
        let factor = topic.partitions.first().map_or(0, |first| count(settled(first)));
        TopicSummary {
            name: topic.name.to_string(),
            topic_id: topic.id.to_string(),
            partitions: topic.partition_count(),
            replication_factor: i16::try_from(factor).unwrap_or(i16::MAX),
            under_replicated,
            under_min_isr,
            offline,
            min_isr,
            records,
            bytes,
        }
    }

    /// One topic with its configs.
    pub(crate) fn topic_view(&self, name: &str) -> Option<TopicView> {
        let topic = self.image().topics.get(name)?;
        let broker = self.brokers.values().next()?;
        let configs = self.configs.with(&self.image().cluster_configs);
        let configs: &BrokerConfigs = configs.as_ref().unwrap_or(&self.configs);
        Some(TopicView {
            summary: self.summary(topic),
            configs: super::configs::topic(&topic.configs, configs),
            next_retention_check_ms: broker.next_retention_check_ms(),
            retention_check_interval_ms: broker.retention_interval_ms(),
        })
    }
}

/// Replicas without those that a reassignment adds: while it goes on, a partition is not under-replicated for their
/// sake (`OngoingReassignmentState.replicationFactor`).
fn settled(partition: &crate::protocol::PartitionImage) -> usize {
    partition.replicas.iter().filter(|id| !partition.adding.contains(id)).count()
}
