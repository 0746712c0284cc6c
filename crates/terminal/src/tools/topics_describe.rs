//! `kafka-topics.sh --describe` (`TopicService.describeTopic`).

use super::{Job, joined, topics};
use crate::exception::{Exception, Stop};
use crate::java::hash_map_order;
use log_engine::BrokerId;
use log_engine::view::{ConfigView, PartitionView};

/// What of a partition is asked for.
struct Reports {
    under_replicated: bool,
    unavailable: bool,
    under_min_isr: bool,
    at_min_isr: bool,
    overridden: bool,
}

impl Reports {
    fn of(job: &Job<'_>) -> Self {
        Self {
            under_replicated: job.options.has("under-replicated-partitions"),
            unavailable: job.options.has("unavailable-partitions"),
            under_min_isr: job.options.has("under-min-isr-partitions"),
            at_min_isr: job.options.has("at-min-isr-partitions"),
            overridden: job.options.has("topics-with-overrides"),
        }
    }

    fn describes_configs(&self) -> bool {
        !(self.under_replicated || self.unavailable || self.under_min_isr || self.at_min_isr)
    }

    fn wants(&self, partition: &PartitionView, min_isr: usize, live: &[BrokerId]) -> bool {
        let in_sync = partition.isr.len();
        let led = partition.leader.is_some();
        let answers = partition.leader.is_some_and(|leader| live.contains(&leader));
        self.describes_configs()
            || (self.under_replicated && replication_factor(partition) > in_sync)
            || (self.unavailable && !answers)
            || (self.under_min_isr && (!led || in_sync < min_isr))
            || (self.at_min_isr && in_sync == min_isr)
    }
}

/// Prints the topics asked for.
pub(super) fn describe(job: &mut Job<'_>) -> Result<(), Stop> {
    job.cluster.reach("listTopics")?;
    let names = match job.options.value("topic-id")? {
        Some(id) if id != "AAAAAAAAAAAAAAAAAAAAAA" => by_id(job, id)?,
        _ => {
            let topics = job.cluster.topics_like(job.options.value("topic")?)?;
            topics::ensure_exists(job, !topics.is_empty())?;
            topics
        }
    };
    let _: Option<i32> = job.options.number("partition-size-limit-per-response")?;
    let capacity = names.len();
    let reports = Reports::of(job);
    let live = job.cluster.live_brokers();
    for name in hash_map_order(names, capacity, |name| name) {
        topic(job, &name, &reports, &live);
    }
    Ok(())
}

fn by_id(job: &Job<'_>, id: &str) -> Result<Vec<String>, Exception> {
    let topics = job.cluster.engine.cluster().topics.into_iter();
    let found: Vec<String> =
        topics.filter(|topic| topic.topic_id == id).map(|topic| topic.name).collect();
    if found.is_empty() && !job.options.has("if-exists") {
        let text = format!("TopicId '{id}' does not exist as expected");
        return Err(Exception::illegal_argument(text));
    }
    Ok(found)
}

fn topic(job: &mut Job<'_>, name: &str, reports: &Reports, live: &[BrokerId]) {
    let Some(topic) = job.cluster.engine.topic(name) else { return };
    let partitions = job.cluster.engine.partitions(name);
    let set: Vec<&ConfigView> = topic.configs.iter().filter(|config| is_set(config)).collect();
    if reports.describes_configs() && (!reports.overridden || !set.is_empty()) {
        let all = topic.configs.iter().collect::<Vec<_>>();
        let ordered = hash_map_order(all, 64, |config| &config.name).into_iter();
        let configs = ordered.filter(|config| is_set(config));
        let value = |config: &ConfigView| config.value.clone().unwrap_or_else(|| "null".to_owned());
        let configs = joined(configs.map(|c| format!("{}={}", c.name, value(c))), ",");
        job.screen.out(format!(
            "Topic: {name}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {configs}",
            topic.summary.topic_id,
            partitions.len(),
            partitions.first().map_or(0, replication_factor),
        ));
    }
    if reports.overridden {
        return;
    }
    let min_isr = topic.configs.iter().find(|config| config.name == "min.insync.replicas");
    let min_isr = min_isr.and_then(|config| config.value.as_deref()?.parse().ok()).unwrap_or(1);
    for partition in partitions.iter().filter(|known| reports.wants(known, min_isr, live)) {
        job.screen.out(partition_line(partition));
    }
}

/// A config that is not at its default. The cluster has `min.insync.replicas` set for all brokers, because the controller
/// writes it when eligible leader replicas are enabled, which they are in a new cluster of 4.3 (KIP-966).
fn is_set(config: &ConfigView) -> bool {
    config.source != "DEFAULT_CONFIG" || config.name == "min.insync.replicas"
}

/// Replicas but for those a reassignment adds.
fn replication_factor(partition: &PartitionView) -> usize {
    partition.replicas.len().saturating_sub(partition.adding.len())
}

fn partition_line(partition: &PartitionView) -> String {
    let ids = |brokers: &[BrokerId]| joined(brokers.iter().map(|broker| broker.0), ",");
    let leader = partition.leader.map_or("none".to_owned(), |leader| leader.0.to_string());
    let mut line = format!(
        "\tTopic: {}\tPartition: {}\tLeader: {leader}\tReplicas: {}\tIsr: {}",
        partition.topic,
        partition.partition,
        ids(&partition.replicas),
        ids(&partition.isr)
    );
    if !partition.adding.is_empty() || !partition.removing.is_empty() {
        let (adding, removing) = (ids(&partition.adding), ids(&partition.removing));
        line += &format!("\tAdding Replicas: {adding}\tRemoving Replicas: {removing}");
    }
    line += &format!(
        "\tElr: {}\tLastKnownElr: {}",
        ids(&partition.elr),
        ids(&partition.last_known_elr)
    );
    line
}
