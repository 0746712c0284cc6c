//! What a change of brokers means for partitions: leaders and ISRs (`ReplicationControlManager.generateLeaderAndIsrUpdates`),
//! and the controller's periodic elections (`maybeBalancePartitionLeaders`, `maybeElectUncleanLeaders`).

use super::elections::{BrokerChange, elect_leader, has_preferred};
use super::partition_change::{
    Changed, ElectedFrom, Election, LeaderChange, Terms, effective_min_isr,
};
use super::{Change, Controller};
use crate::config::{BrokerConfigs, ResolvedTopicConfig, TopicConfigs};
use crate::event::{ElectionCause, EventKind};
use crate::ids::TopicPartition;
use crate::protocol::{MetadataImage, PartitionImage, TopicImage};
use crate::sim::{Ctx, Timer};
use std::sync::Arc;

/// Most partitions one pass of the preferred elections moves (`MAX_ELECTIONS_PER_IMBALANCE`).
const MAX_ELECTIONS: usize = 1_000;

/// A topic's configs in force.
pub(super) fn topic_config(
    configs: &Arc<BrokerConfigs>,
    image: &MetadataImage,
    topic: &TopicImage,
) -> ResolvedTopicConfig {
    let broker = cluster_configs(configs, image);
    TopicConfigs::new(topic.configs.clone(), &broker).unwrap_or_default().resolve(&broker)
}

/// Runs a step with what a topic's partitions go by, and whether unclean elections are on.
pub(super) fn with_terms<T>(
    configs: &Arc<BrokerConfigs>,
    image: &MetadataImage,
    topic: &TopicImage,
    step: impl FnOnce(Terms<'_>, bool) -> T,
) -> T {
    let config = topic_config(configs, image, topic);
    let terms = Terms {
        may_lead: &|broker| image.is_active(broker),
        min_isr: effective_min_isr(config.min_insync_replicas, topic),
        elr: true,
        election: Election::Online,
    };
    step(terms, config.unclean_leader_election)
}

impl Controller {
    /// A broker comes, goes, or is back: elects and shrinks, partition by partition.
    pub(super) fn broker_changed(
        &self,
        image: &mut MetadataImage,
        change: BrokerChange,
        changes: &mut Vec<Change>,
    ) {
        let step = |partition: &PartitionImage, terms: Terms<'_>, unclean| {
            if !change.concerns(partition) {
                return None;
            }
            change.apply(partition, unclean, terms)
        };
        self.change_partitions(image, &|p| change.concerns(p), &step, None, changes);
    }

    /// Changes the partitions that are wanted, each by a step.
    fn change_partitions(
        &self,
        image: &mut MetadataImage,
        wanted: &dyn Fn(&PartitionImage) -> bool,
        step: &dyn Fn(&PartitionImage, Terms<'_>, bool) -> Option<Changed>,
        how: Option<ElectionCause>,
        changes: &mut Vec<Change>,
    ) {
        // What is committed decides who may lead, not what this change makes of it.
        let before = image.clone();
        for (name, topic) in &before.topics {
            if !topic.partitions.iter().any(wanted) {
                continue;
            }
            with_terms(&self.configs, &before, topic, |terms, unclean| {
                for (number, partition) in (0i32..).zip(&topic.partitions) {
                    if let Some(changed) = step(partition, terms, unclean) {
                        let tp = TopicPartition::new(Arc::clone(name), number);
                        put(image, &tp, partition, changed, how, changes);
                    }
                }
            });
        }
    }

    fn rebalances(&self) -> bool {
        self.configs.boolean("auto.leader.rebalance.enable").unwrap_or(true)
    }

    /// Sets the next looks of the periodic elections, where there is something to look for. They run on a fixed beat.
    pub(super) fn arm_periodic(&mut self, ctx: &mut Ctx<'_>) {
        if !self.is_active() {
            return;
        }
        let image = Arc::clone(self.image());
        let mut partitions = image.topics.values().flat_map(|topic| &topic.partitions);
        let (mut unbalanced, mut leaderless) = (false, false);
        for partition in partitions.by_ref() {
            unbalanced |= partition.leader.is_some() && !has_preferred(partition);
            leaderless |= partition.leader.is_none();
        }
        let seconds = self.configs.long("leader.imbalance.check.interval.seconds").unwrap_or(300);
        let unclean_ms =
            self.configs.long("unclean.leader.election.interval.ms").unwrap_or(300_000);
        if unbalanced && self.rebalances() {
            arm(ctx, &mut self.balance_ms, seconds * 1_000, Timer::BalanceLeaders);
        }
        if leaderless {
            arm(ctx, &mut self.unclean_ms, unclean_ms, Timer::UncleanElections);
        }
    }

    /// Leaderships go back to preferred replicas (`leader.imbalance.check.interval.seconds`, R-REP-23).
    pub(super) fn balance_leaders(&mut self, ctx: &mut Ctx<'_>) {
        if self.balance_ms.take() != Some(ctx.now_ms) || !self.is_active() {
            return;
        }
        let moved = std::cell::Cell::new(0);
        let wanted = |p: &PartitionImage| p.leader.is_some() && !has_preferred(p);
        self.hold_elections(
            ctx,
            &wanted,
            Some(ElectionCause::Preferred),
            &|partition, terms, _| {
                if !wanted(partition) || moved.get() >= MAX_ELECTIONS {
                    return None;
                }
                let terms = Terms { election: Election::Preferred, ..terms };
                let preferred = partition.replicas.first().copied();
                let changed = elect_leader(partition, false, terms).ok()?;
                if changed.partition.leader != preferred {
                    return None;
                }
                moved.set(moved.get() + 1);
                Some(changed)
            },
        );
    }

    /// Partitions without a leader get one where that may be unclean (`unclean.leader.election.interval.ms`, R-REP-22).
    pub(super) fn elect_unclean(&mut self, ctx: &mut Ctx<'_>) {
        if self.unclean_ms.take() != Some(ctx.now_ms) || !self.is_active() {
            return;
        }
        let wanted = |p: &PartitionImage| p.leader.is_none();
        self.hold_elections(ctx, &wanted, None, &|partition, terms, unclean| {
            if !wanted(partition) || !unclean {
                return None;
            }
            elect_leader(partition, true, terms).ok()
        });
    }

    fn hold_elections(
        &mut self,
        ctx: &mut Ctx<'_>,
        wanted: &dyn Fn(&PartitionImage) -> bool,
        how: Option<ElectionCause>,
        step: &dyn Fn(&PartitionImage, Terms<'_>, bool) -> Option<Changed>,
    ) {
        let mut image = self.log.newest();
        let mut changes = Vec::new();
        self.change_partitions(&mut image, wanted, step, how, &mut changes);
        if !changes.is_empty() {
            self.commit(ctx, image, changes);
        }
        self.arm_periodic(ctx);
    }
}

/// Sets a timer on its beat, if it is not set.
fn arm(ctx: &mut Ctx<'_>, set: &mut Option<i64>, interval_ms: i64, timer: Timer) {
    if set.is_none() {
        let interval_ms = interval_ms.max(1);
        let at_ms = (ctx.now_ms / interval_ms + 1) * interval_ms;
        *set = Some(at_ms);
        ctx.timer(at_ms, timer);
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
    let replicas = |p: &PartitionImage| (p.replicas.clone(), p.adding.clone(), p.removing.clone());
    if replicas(before) != replicas(&after) {
        let kind = EventKind::ReplicasChanged {
            tp: tp.clone(),
            from: before.replicas.as_slice().into(),
            to: after.replicas.as_slice().into(),
            adding: after.adding.as_slice().into(),
            removing: after.removing.as_slice().into(),
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
        let change = Change::of_partition(tp, kind);
        let internal = *tp.topic == *crate::protocol::OFFSETS_TOPIC;
        changes.push(if internal { change } else { change.marked(mark, label) });
    }
    let at = usize::try_from(tp.partition).unwrap_or(usize::MAX);
    if let Some(topic) = image.topics.get_mut(&tp.topic)
        && let Some(known) = Arc::make_mut(topic).partitions.get_mut(at)
    {
        *known = after;
    }
}
