//! Topic changes: checks in Kafka's order and words, then the new image (`ReplicationControlManager`,
//! `ConfigurationControlManager`).

use super::placement::{UsableBroker, assigned, place};
use crate::command::Configs;
use crate::config::{BrokerConfigs, TopicConfigs, invalid_name_reason};
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TopicId};
use crate::protocol::{
    AdminError, AdminRequest, ErrorCode, MetadataImage, OFFSETS_TOPIC, PartitionImage, TopicImage,
};
use crate::sim::Rng;
use std::sync::Arc;

/// Most partitions a topic may have here (R-SCP-38).
pub(crate) const MAX_PARTITIONS: i32 = 1_000;

/// Applies one change to an image, or refuses it and leaves the image in no defined state.
pub(super) fn apply(
    image: &mut MetadataImage,
    broker: &BrokerConfigs,
    change: &AdminRequest,
    rng: &mut Rng,
) -> Result<EventKind, AdminError> {
    match change {
        AdminRequest::CreateTopic {
            topic,
            partitions,
            replication_factor,
            configs,
            assignments,
            auto,
        } => {
            check_name(image, topic)?;
            check_configs(configs, broker)?;
            if !assignments.is_empty() {
                check_unset(*partitions, *replication_factor)?;
                let placed = assigned(image, assignments, 0, None)?;
                return Ok(insert(image, rng, topic, placed, configs, *auto));
            }
            let size = size(broker, *partitions, *replication_factor)?;
            if **topic == *OFFSETS_TOPIC {
                // Its own chance, so that it does not matter to other topics whether it is there.
                let mut own = Rng::stream(rng.clone().next(), OFFSETS_TOPIC);
                return create(image, &mut own, topic, size, configs, *auto);
            }
            create(image, rng, topic, size, configs, *auto)
        }
        AdminRequest::DeleteTopic { topic } => {
            image.topics.remove(topic).ok_or_else(unknown_topic)?;
            Ok(EventKind::TopicDeleted { topic: Arc::clone(topic) })
        }
        AdminRequest::CreatePartitions { topic, count, assignments } => {
            add_partitions(image, rng, topic, *count, assignments)
        }
        AdminRequest::AlterTopicConfigs { topic, set, delete } => {
            alter(image, broker, topic, set, delete)
        }
        AdminRequest::ImportTopic { topic, configs, leader_epochs } => {
            check_name(image, topic)?;
            check_configs(configs, broker)?;
            let size = size(broker, i32::try_from(leader_epochs.len()).unwrap_or(i32::MAX), 1)?;
            let created = create(image, rng, topic, size, configs, false)?;
            if let Some(topic) = image.topics.get_mut(topic) {
                let partitions = &mut Arc::make_mut(topic).partitions;
                for (partition, epoch) in partitions.iter_mut().zip(leader_epochs) {
                    partition.leader_epoch = *epoch;
                }
            }
            Ok(created)
        }
        AdminRequest::ElectLeaders { .. }
        | AdminRequest::Reassign { .. }
        | AdminRequest::CancelReassignment { .. }
        | AdminRequest::AlterBrokerConfigs { .. }
        | AdminRequest::UnregisterBroker { .. } => {
            Err(AdminError::new(ErrorCode::InvalidRequest, "", "No change of a topic."))
        }
    }
}

fn unknown_topic() -> AdminError {
    AdminError::new(
        ErrorCode::UnknownTopicOrPartition,
        "topic",
        "This server does not host this topic-partition.",
    )
}

/// With replicas chosen, nothing else may say how many there are (`createTopic`).
fn check_unset(partitions: i32, replication_factor: i16) -> Result<(), AdminError> {
    let (field, what) = match (replication_factor, partitions) {
        (-1, -1) => return Ok(()),
        (-1, _) => ("partitions", "numPartitions"),
        _ => ("replication_factor", "replication factor"),
    };
    let text =
        format!("A manual partition assignment was specified, but {what} was not set to -1.");
    Err(AdminError::new(ErrorCode::InvalidRequest, field, text))
}

/// Partitions and replication factor, -1 being the broker's own.
fn size(
    broker: &BrokerConfigs,
    partitions: i32,
    replication_factor: i16,
) -> Result<(i32, i16), AdminError> {
    let own = |name: &str| broker.int(name).unwrap_or(1);
    let partitions = if partitions == -1 { own("num.partitions") } else { partitions };
    let replication_factor = match replication_factor {
        -1 => i16::try_from(own("default.replication.factor")).unwrap_or(i16::MAX),
        factor => factor,
    };
    if replication_factor <= 0 {
        return Err(AdminError::new(
            ErrorCode::InvalidReplicationFactor,
            "replication_factor",
            "Replication factor must be larger than 0, or -1 to use the default value.",
        ));
    }
    if partitions <= 0 {
        return Err(AdminError::new(
            ErrorCode::InvalidPartitions,
            "partitions",
            "Number of partitions was set to an invalid non-positive value.",
        ));
    }
    check_count(partitions)?;
    Ok((partitions, replication_factor))
}

fn create(
    image: &mut MetadataImage,
    rng: &mut Rng,
    topic: &Arc<str>,
    (partitions, replication_factor): (i32, i16),
    configs: &Configs,
    auto: bool,
) -> Result<EventKind, AdminError> {
    let placed = place(&usable(image), partitions, replication_factor, rng);
    let placed = placed.map_err(|refused| AdminError {
        message: format!(
            "Unable to replicate the partition {replication_factor} time(s): {}",
            refused.message
        ),
        ..refused
    })?;
    Ok(insert(image, rng, topic, placed, configs, auto))
}

fn insert(
    image: &mut MetadataImage,
    rng: &mut Rng,
    topic: &Arc<str>,
    partitions: Vec<PartitionImage>,
    configs: &Configs,
    auto: bool,
) -> EventKind {
    let count = i32::try_from(partitions.len()).unwrap_or(i32::MAX);
    let factor = partitions.first().map_or(0, |first| first.replicas.len());
    let new = TopicImage {
        name: Arc::clone(topic),
        id: TopicId(rng.uuid()),
        partitions,
        configs: configs.clone(),
        cause: EventId::default(),
    };
    image.topics.insert(Arc::clone(topic), Arc::new(new));
    EventKind::TopicCreated {
        topic: Arc::clone(topic),
        partitions: count,
        replication_factor: i16::try_from(factor).unwrap_or(i16::MAX),
        auto,
    }
}

/// Brokers that can be given replicas (`usableBrokers`).
fn usable(image: &MetadataImage) -> Vec<UsableBroker> {
    let usable = image.brokers.iter().filter(|(_, known)| !known.shutting_down);
    let usable = usable.map(|(&id, known)| UsableBroker {
        id,
        rack: known.rack.clone(),
        fenced: known.fenced,
    });
    usable.collect()
}

/// `Topic.validate`, and the collision check of `ReplicationControlManager.validateNewTopicNames`.
fn check_name(image: &MetadataImage, name: &str) -> Result<(), AdminError> {
    if let Some(wrong) = invalid_name_reason(name) {
        let text = format!("Topic name is invalid: {wrong}");
        return Err(AdminError::new(ErrorCode::InvalidTopicException, "topic", text));
    }
    if image.topics.contains_key(name) {
        let text = format!("Topic '{name}' already exists.");
        return Err(AdminError::new(ErrorCode::TopicAlreadyExists, "topic", text));
    }
    let unified = name.replace('.', "_");
    match image.topics.keys().find(|other| other.replace('.', "_") == unified) {
        Some(other) => {
            let text = format!("Topic '{name}' collides with existing topic: {other}");
            Err(AdminError::new(ErrorCode::InvalidTopicException, "topic", text))
        }
        None => Ok(()),
    }
}

fn check_count(count: i32) -> Result<(), AdminError> {
    if count > MAX_PARTITIONS {
        let text = format!(
            "Ottla draws at most {MAX_PARTITIONS} partitions a topic; ask for {MAX_PARTITIONS} or fewer."
        );
        return Err(AdminError::new(ErrorCode::InvalidPartitions, "partitions", text));
    }
    Ok(())
}

fn check_configs(configs: &Configs, broker: &BrokerConfigs) -> Result<(), AdminError> {
    TopicConfigs::new(configs.clone(), broker).map(|_| ()).map_err(|refused| {
        let field = format!("configs.{}", refused.name());
        AdminError::new(ErrorCode::InvalidConfig, &field, refused.to_string())
    })
}

fn add_partitions(
    image: &mut MetadataImage,
    rng: &mut Rng,
    topic: &Arc<str>,
    count: i32,
    assignments: &[Vec<BrokerId>],
) -> Result<EventKind, AdminError> {
    let known = image.topics.get(topic).ok_or_else(unknown_topic)?;
    let from = known.partition_count();
    if count <= from {
        let text = if count == from {
            format!("Topic already has {from} partition(s).")
        } else {
            format!(
                "The topic {topic} currently has {from} partition(s); {count} would not be an increase."
            )
        };
        return Err(AdminError::new(ErrorCode::InvalidPartitions, "count", text));
    }
    check_count(count)?;
    let factor = known.partitions.first().map_or(1, |first| first.replicas.len());
    let more = if assignments.is_empty() {
        place(&usable(image), count - from, i16::try_from(factor).unwrap_or(1), rng)?
    } else {
        check_as_many(assignments, count - from)?;
        assigned(image, assignments, from, Some(factor))?
    };
    if let Some(known) = image.topics.get_mut(topic) {
        Arc::make_mut(known).partitions.extend(more);
    }
    Ok(EventKind::PartitionsAdded { topic: Arc::clone(topic), from, to: count })
}

fn check_as_many(assignments: &[Vec<BrokerId>], additional: i32) -> Result<(), AdminError> {
    if i32::try_from(assignments.len()).is_ok_and(|count| count == additional) {
        return Ok(());
    }
    let text = format!(
        "Attempted to add {additional} additional partition(s), but only {} assignment(s) were specified.",
        assignments.len()
    );
    Err(AdminError::new(ErrorCode::InvalidReplicaAssignment, "assignments", text))
}

fn alter(
    image: &mut MetadataImage,
    broker: &BrokerConfigs,
    topic: &Arc<str>,
    set: &Configs,
    delete: &[String],
) -> Result<EventKind, AdminError> {
    let known = image.topics.get_mut(topic).ok_or_else(unknown_topic)?;
    let mut configs = known.configs.clone();
    configs.retain(|name, _| !delete.contains(name));
    configs.extend(set.clone());
    check_configs(&configs, broker)?;
    Arc::make_mut(known).configs = configs;
    Ok(EventKind::TopicConfigsChanged {
        topic: Arc::clone(topic),
        set: set.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        deleted: delete.into(),
    })
}
