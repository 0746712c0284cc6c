//! What administrators ask of the active controller besides topics: elections, reassignments, broker configs, brokers
//! that go for good (`ReplicationControlManager`, `ConfigurationControlManager`, `ClusterControlManager`).

use super::leaders::{put, with_terms};
use super::partition_change::{Changed, Election, Terms};
use super::{Change, elections, reassignment, topics};
use crate::command::{Configs, ElectionType, PartitionName, Reassignment};
use crate::config::BrokerConfigs;
use crate::event::{ElectionCause, EventKind};
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::{
    AdminError, AdminRequest, ErrorCode, MetadataImage, PartitionImage, TopicImage,
};
use crate::sim::Rng;
use std::sync::Arc;

const MIN_ISR: &str = "min.insync.replicas";

/// Applies one change to an image, or refuses it and leaves the image in no defined state.
pub(super) fn apply(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    change: &AdminRequest,
    rng: &mut Rng,
) -> Result<Vec<Change>, AdminError> {
    match change {
        AdminRequest::ElectLeaders { election, topic, partition } => {
            elect(image, configs, *election, topic.as_ref(), *partition)
        }
        AdminRequest::Reassign { partitions } => reassign(image, configs, partitions),
        AdminRequest::CancelReassignment { partitions } => cancel(image, configs, partitions),
        AdminRequest::AlterBrokerConfigs { broker, set, delete } => {
            alter_configs(image, configs, *broker, set, delete)
        }
        AdminRequest::UnregisterBroker { broker } => unregister(image, *broker),
        AdminRequest::AlterTopicConfigs { topic, set, delete } => {
            let before = image.topics.get(topic).cloned();
            let kind = topics::apply(image, configs, change, rng)?;
            let mut changes = vec![Change::of_topic(topic, kind)];
            if before.is_some_and(|known| is_changed(known.configs.get(MIN_ISR), set, delete)) {
                clear_elr(image, topic, &mut changes);
            }
            Ok(changes)
        }
        AdminRequest::CreateTopic { topic, .. }
        | AdminRequest::DeleteTopic { topic }
        | AdminRequest::CreatePartitions { topic, .. }
        | AdminRequest::ImportTopic { topic, .. } => {
            let kind = topics::apply(image, configs, change, rng)?;
            Ok(vec![Change::of_topic(topic, kind)])
        }
    }
}

/// ElectLeaders (`electLeaders`). Where several are asked for, those that can't be are left out; it is refused if none
/// can.
fn elect(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    election: ElectionType,
    topic: Option<&Arc<str>>,
    partition: Option<i32>,
) -> Result<Vec<Change>, AdminError> {
    let refuse = |error: ErrorCode, text: String| {
        let field = if partition.is_some() { "partition" } else { "topic" };
        AdminError::new(error, field, text)
    };
    let unknown = |text: String| refuse(ErrorCode::UnknownTopicOrPartition, text);
    if let Some(name) = topic {
        let known = image.topics.get(name);
        let known = known.ok_or_else(|| unknown(format!("No such topic as {name}")))?;
        if let Some(number) = partition.filter(|&n| n < 0 || n >= known.partition_count()) {
            return Err(unknown(format!("No such partition as {name}-{number}")));
        }
    }
    let unclean = election == ElectionType::Unclean;
    let how = (!unclean).then_some(ElectionCause::Preferred);
    let before = image.clone();
    let (mut changes, mut refused) = (Vec::new(), None);
    for (name, known) in &before.topics {
        if topic.is_some_and(|wanted| wanted != name) {
            continue;
        }
        with_terms(configs, &before, known, |terms, _| {
            for (number, registered) in (0i32..).zip(&known.partitions) {
                if partition.is_some_and(|wanted| wanted != number) {
                    continue;
                }
                match elections::elect_leader(registered, unclean, terms) {
                    Ok(changed) => {
                        let tp = TopicPartition::new(Arc::clone(name), number);
                        put(image, &tp, registered, changed, how, &mut changes);
                    }
                    Err(error) => {
                        let needed = error != ErrorCode::ElectionNotNeeded;
                        if refused.is_none() || needed {
                            refused = Some(error);
                        }
                    }
                }
            }
        });
    }
    if changes.is_empty() {
        let error = refused.unwrap_or(ErrorCode::ElectionNotNeeded);
        return Err(refuse(error, error.message().to_owned()));
    }
    Ok(changes)
}

/// A partition of the image, as reassignments name it.
fn find(
    image: &MetadataImage,
    topic: &str,
    partition: i32,
) -> Result<(Arc<TopicImage>, TopicPartition, PartitionImage), AdminError> {
    let unknown =
        |text: String| AdminError::new(ErrorCode::UnknownTopicOrPartition, "partitions", text);
    let known = image.topics.get(topic);
    let known = known.ok_or_else(|| unknown(format!("Unable to find a topic named {topic}.")))?;
    let at = usize::try_from(partition).unwrap_or(usize::MAX);
    let registered = known.partitions.get(at);
    let registered = registered
        .ok_or_else(|| unknown(format!("Unable to find partition {topic}:{partition}.")))?;
    let tp = TopicPartition::new(Arc::clone(&known.name), partition);
    Ok((Arc::clone(known), tp, registered.clone()))
}

/// Changes partitions one by one, or refuses them all.
fn each(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    names: impl Iterator<Item = (String, i32)>,
    mut step: impl FnMut(
        usize,
        &MetadataImage,
        &TopicPartition,
        &PartitionImage,
        Terms<'_>,
        bool,
    ) -> Result<Option<Changed>, AdminError>,
) -> Result<Vec<Change>, AdminError> {
    let mut changes = Vec::new();
    for (at, (topic, partition)) in names.enumerate() {
        let (known, tp, registered) = find(image, &topic, partition)?;
        let before = &*image;
        let changed = with_terms(configs, before, &known, |terms, unclean| {
            step(at, before, &tp, &registered, terms, unclean)
        })?;
        if let Some(changed) = changed {
            put(image, &tp, &registered, changed, None, &mut changes);
        }
    }
    Ok(changes)
}

/// AlterPartitionReassignments (KIP-455).
fn reassign(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    partitions: &[Reassignment],
) -> Result<Vec<Change>, AdminError> {
    let names = partitions.iter().map(|part| (part.topic.clone(), part.partition));
    each(image, configs, names, |at, image, _, registered, terms, _| {
        let target = partitions.get(at).map(|part| part.replicas.as_slice()).unwrap_or_default();
        let target: Vec<BrokerId> = target.iter().copied().map(BrokerId).collect();
        let is_registered = |broker: BrokerId| image.brokers.contains_key(&broker);
        let terms = Terms { election: Election::Online, ..terms };
        reassignment::reassign(registered, &target, true, &is_registered, terms)
    })
}

fn cancel(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    partitions: &[PartitionName],
) -> Result<Vec<Change>, AdminError> {
    let names = partitions.iter().map(|part| (part.topic.clone(), part.partition));
    each(image, configs, names, |_, _, tp, registered, terms, unclean| {
        reassignment::cancel(tp, registered, unclean, terms)
    })
}

/// IncrementalAlterConfigs of brokers: of all of them, or of one.
fn alter_configs(
    image: &mut MetadataImage,
    configs: &Arc<BrokerConfigs>,
    broker: Option<BrokerId>,
    set: &Configs,
    delete: &[String],
) -> Result<Vec<Change>, AdminError> {
    let refuse = |text: String| AdminError::new(ErrorCode::InvalidConfig, "set", text);
    let min_isr = set.contains_key(MIN_ISR) || delete.iter().any(|name| name == MIN_ISR);
    // With ELR there is one for the cluster always, and none of a broker's own (R-REP-34).
    if min_isr && broker.is_some() {
        return Err(refuse(format!(
            "Broker-level {MIN_ISR} cannot be altered while ELR is enabled."
        )));
    }
    if broker.is_none() && delete.iter().any(|name| name == MIN_ISR) {
        return Err(refuse(format!(
            "Cluster-level {MIN_ISR} cannot be removed while ELR is enabled."
        )));
    }
    for (name, value) in set {
        BrokerConfigs::check_dynamic(name, value).map_err(|wrong| refuse(wrong.to_string()))?;
    }
    let now = configs.with(&image.cluster_configs).ok().and_then(|all| all.long(MIN_ISR));
    let is_changed = is_changed(now.map(|now| now.to_string()).as_ref(), set, delete);
    let layer = match broker {
        None => &mut image.cluster_configs,
        Some(broker) => image.broker_configs.entry(broker).or_default(),
    };
    layer.retain(|name, _| !delete.contains(name));
    layer.extend(set.clone());
    let own = broker.and_then(|broker| image.broker_configs.get(&broker));
    configs
        .with_dynamic(&image.cluster_configs, own.unwrap_or(&Configs::new()))
        .map_err(|wrong| refuse(wrong.to_string()))?;
    let kind = EventKind::BrokerConfigsChanged {
        broker,
        set: set.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        deleted: delete.into(),
    };
    let mut changes = vec![Change::of_cluster(kind)];
    if is_changed {
        let names: Vec<Arc<str>> = image.topics.keys().cloned().collect();
        for name in names {
            let own = image.topics.get(&name).is_some_and(|t| t.configs.contains_key(MIN_ISR));
            if !own {
                clear_elr(image, &name, &mut changes);
            }
        }
    }
    Ok(changes)
}

/// Whether `min.insync.replicas` gets another value: what is set to what it is already leaves no record
/// (`ConfigurationControlManager.incrementalAlterConfigResource`).
fn is_changed(before: Option<&String>, set: &Configs, delete: &[String]) -> bool {
    let is_set = set.get(MIN_ISR).is_some_and(|value| before != Some(value));
    is_set || (before.is_some() && delete.iter().any(|name| name == MIN_ISR))
}

/// ClearElrRecord: another `min.insync.replicas` makes nobody eligible by the old one (R-REP-34).
fn clear_elr(image: &mut MetadataImage, topic: &Arc<str>, changes: &mut Vec<Change>) {
    let Some(known) = image.topics.get_mut(topic) else { return };
    let has = |p: &PartitionImage| !p.elr.is_empty() || !p.last_known_elr.is_empty();
    if !known.partitions.iter().any(has) {
        return;
    }
    for (number, partition) in (0i32..).zip(&mut Arc::make_mut(known).partitions) {
        if has(partition) {
            partition.elr.clear();
            partition.last_known_elr.clear();
            partition.partition_epoch += 1;
            let isr: Arc<[BrokerId]> = partition.isr.as_slice().into();
            let tp = TopicPartition::new(Arc::clone(topic), number);
            let (from, to, elr) = (Arc::clone(&isr), isr, Vec::new().into());
            let kind = EventKind::IsrChanged { tp: tp.clone(), from, to, elr };
            changes.push(Change::of_partition(&tp, kind));
        }
    }
}

/// UnregisterBroker. Kafka lets a broker go that holds replicas, which are on no broker then; here it has to be empty.
fn unregister(image: &mut MetadataImage, broker: BrokerId) -> Result<Vec<Change>, AdminError> {
    let refuse = |error, text: String| Err(AdminError::new(error, "broker", text));
    let Some(known) = image.brokers.get(&broker) else {
        let text = format!("Broker ID {} is not currently registered", broker.0);
        return refuse(ErrorCode::BrokerIdNotRegistered, text);
    };
    if !known.fenced {
        let text = format!("Broker {} is in service. Stop it first.", broker.0);
        return refuse(ErrorCode::InvalidRequest, text);
    }
    let holds = |topic: &TopicImage| topic.partitions.iter().any(|p| p.replicas.contains(&broker));
    if let Some(topic) = image.topics.values().find(|topic| holds(topic)) {
        let text = format!(
            "Broker {} holds replicas, of '{}' among others. Reassign them first.",
            broker.0, topic.name
        );
        return refuse(ErrorCode::InvalidRequest, text);
    }
    image.brokers.remove(&broker);
    image.broker_configs.remove(&broker);
    image.new_disks.remove(&broker);
    Ok(vec![Change::of_cluster(EventKind::BrokerUnregistered { broker })])
}
