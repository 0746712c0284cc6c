//! What a change of brokers means for partitions: leaders and ISRs (`ReplicationControlManager.generateLeaderAndIsrUpdates`).

use super::partition_change::{
    Changed, ElectedFrom, Election, LeaderChange, PartitionChange, Terms, effective_min_isr,
};
use super::{Change, Controller};
use crate::config::{BrokerConfigs, ResolvedTopicConfig, TopicConfigs};
use crate::event::{ElectionCause, EventKind};
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::{MetadataImage, PartitionImage, TopicImage};
use std::sync::Arc;

/// Which brokers a round is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Round {
    /// Leaves all ISRs and leaderships.
    pub remove: Option<BrokerId>,
    /// May lead from now on.
    pub add: Option<BrokerId>,
    /// Came back from a shutdown that was not clean: it leaves ISRs and ELRs.
    pub unclean: Option<BrokerId>,
}

/// Which partitions a round looks at.
pub(super) type Which<'a> = &'a dyn Fn(&PartitionImage) -> bool;

impl Controller {
    /// A topic's configs in force.
    pub(super) fn topic_config(
        &self,
        image: &MetadataImage,
        topic: &TopicImage,
    ) -> ResolvedTopicConfig {
        let broker = cluster_configs(&self.configs, image);
        TopicConfigs::new(topic.configs.clone(), &broker).unwrap_or_default().resolve(&broker)
    }

    /// Elects and shrinks, partition by partition.
    pub(super) fn update_leaders(
        &self,
        image: &mut MetadataImage,
        round: Round,
        which: Which<'_>,
        changes: &mut Vec<Change>,
    ) {
        let active = active_brokers(image);
        let may_lead = |broker: BrokerId| {
            Some(broker) != round.remove && (Some(broker) == round.add || active.contains(&broker))
        };
        let names: Vec<Arc<str>> = image.topics.keys().cloned().collect();
        for name in names {
            let Some(topic) = image.topics.get(&name).map(Arc::clone) else { continue };
            if !topic.partitions.iter().any(which) {
                continue;
            }
            let config = self.topic_config(image, &topic);
            let terms = Terms {
                may_lead: &may_lead,
                min_isr: effective_min_isr(config.min_insync_replicas, &topic),
                elr: true,
                election: if config.unclean_leader_election {
                    Election::Unclean
                } else {
                    Election::Online
                },
            };
            for (number, partition) in (0i32..).zip(&topic.partitions) {
                if !which(partition) {
                    continue;
                }
                let mut change = PartitionChange::new(partition, terms);
                if let Some(gone) = round.remove.or(round.unclean) {
                    let left = partition.isr.iter().filter(|&&member| member != gone).copied();
                    change = change.isr(left.collect());
                }
                if let Some(unclean) = round.unclean {
                    change = change.unclean_shutdown(unclean);
                }
                if let Some(changed) = change.build() {
                    let tp = TopicPartition::new(Arc::clone(&name), number);
                    put(image, &tp, partition, changed, None, changes);
                }
            }
        }
    }
}

/// The brokers' configs with those that were set for the cluster.
pub(super) fn cluster_configs(
    configs: &Arc<BrokerConfigs>,
    image: &MetadataImage,
) -> Arc<BrokerConfigs> {
    if image.cluster_configs.is_empty() {
        return Arc::clone(configs);
    }
    configs.with(&image.cluster_configs).map_or_else(|_| Arc::clone(configs), Arc::new)
}

/// Brokers that may lead.
pub(super) fn active_brokers(image: &MetadataImage) -> Vec<BrokerId> {
    image.brokers.keys().copied().filter(|&broker| image.is_active(broker)).collect()
}

/// Puts a changed partition into the image, with what there is to tell of it.
pub(super) fn put(
    image: &mut MetadataImage,
    tp: &TopicPartition,
    before: &PartitionImage,
    changed: Changed,
    how: Option<ElectionCause>,
    changes: &mut Vec<Change>,
) {
    let Changed { partition: after, leader } = changed;
    if before.isr != after.isr || before.elr != after.elr {
        let kind = EventKind::IsrChanged {
            tp: tp.clone(),
            from: before.isr.as_slice().into(),
            to: after.isr.as_slice().into(),
            elr: after.elr.as_slice().into(),
        };
        changes.push(Change::of_partition(tp, kind));
    }
    let cause = match leader {
        LeaderChange::Kept => None,
        LeaderChange::NewEpoch => Some(ElectionCause::Reassigned),
        LeaderChange::Elected(_, from) => Some(how.unwrap_or(match from {
            ElectedFrom::Isr => ElectionCause::Isr,
            ElectedFrom::Elr => ElectionCause::Elr,
            ElectedFrom::LastKnownLeader => ElectionCause::LastKnown,
            ElectedFrom::Unclean => ElectionCause::Unclean,
        })),
        LeaderChange::Lost => Some(ElectionCause::NoCandidate),
    };
    if let Some(how) = cause {
        let kind = EventKind::LeaderChanged {
            tp: tp.clone(),
            from: before.leader,
            to: after.leader,
            epoch: after.leader_epoch,
            how,
        };
        let (mark, label) = match after.leader {
            Some(leader) => ("lead", format!("P{}: leader {}", tp.partition, leader.0)),
            None => ("warn", format!("P{}: no leader", tp.partition)),
        };
        changes.push(Change::of_partition(tp, kind).marked(mark, label));
    }
    let at = usize::try_from(tp.partition).unwrap_or(usize::MAX);
    if let Some(topic) = image.topics.get_mut(&tp.topic)
        && let Some(known) = Arc::make_mut(topic).partitions.get_mut(at)
    {
        *known = after;
    }
}
