//! Metadata: what the controller committed, and what clients ask of it (`BrokerMetadataPublisher`,
//! `KRaftMetadataCache`, `AutoTopicCreationManager`).

use super::{Broker, Partition};
use crate::ids::{EventId, TopicPartition};
use crate::protocol::{
    AdminRequest, ErrorCode, MetadataImage, MetadataRequest, MetadataResponse, Request, TopicImage,
};
use crate::sim::{ActorId, Ctx};
use std::sync::Arc;

impl Broker {
    /// Takes over a committed image: partitions come, change and go.
    pub(crate) fn apply_metadata(&mut self, ctx: &mut Ctx<'_>, image: Arc<MetadataImage>) {
        if image.offset <= self.image.offset {
            return;
        }
        let before = std::mem::replace(&mut self.image, image);
        let image = Arc::clone(&self.image);
        for (name, old) in &before.topics {
            if image.topics.get(name).is_none_or(|new| new.id != old.id) {
                self.drop_topic(ctx, old);
            }
        }
        for (name, topic) in &image.topics {
            if before.topics.get(name) != Some(topic) {
                self.update_topic(ctx, topic);
            }
        }
    }

    fn update_topic(&mut self, ctx: &mut Ctx<'_>, topic: &Arc<TopicImage>) {
        for (number, image) in (0i32..).zip(&topic.partitions) {
            if !image.replicas.contains(&self.id) {
                continue;
            }
            let tp = TopicPartition::new(Arc::clone(&topic.name), number);
            match self.partitions.get_mut(&tp) {
                Some(partition) => {
                    partition.update(topic, image, &self.configs);
                    ctx.caused_by(topic.cause, |ctx| self.arm_cleaner(ctx, &tp));
                }
                None => {
                    let new =
                        Partition::new(tp.clone(), topic, image.clone(), &self.configs, ctx.now_ms);
                    self.partitions.insert(tp, new);
                }
            }
        }
    }

    fn drop_topic(&mut self, ctx: &mut Ctx<'_>, topic: &TopicImage) {
        let mut records = 0;
        let mut waiting = Vec::new();
        let disk = &mut self.disk;
        self.partitions.retain(|tp, partition| {
            let goes = tp.topic == topic.name;
            if goes {
                disk.delete(ctx.now_ms, partition, partition.log.size_in_bytes());
                records += partition.log.log_end_offset() - partition.log.log_start_offset();
                waiting.append(&mut partition.fetches);
            }
            !goes
        });
        ctx.ledger.topic_deleted(&topic.name, records);
        self.topic_deleted(ctx, &topic.name);
        for id in waiting {
            self.try_fetch(ctx, id);
        }
    }

    /// Metadata of topics; one that is missing is made if client and broker both allow it.
    pub(crate) fn metadata(
        &mut self,
        ctx: &mut Ctx<'_>,
        wanted: &MetadataRequest,
    ) -> MetadataResponse {
        let auto = wanted.allow_auto_creation
            && self.configs.boolean("auto.create.topics.enable").unwrap_or(true);
        let mut topics = Vec::new();
        for name in &wanted.topics {
            let answer = match self.image.topics.get(name) {
                Some(topic) => Ok(Arc::clone(topic)),
                None => {
                    if auto {
                        self.auto_create(ctx, name);
                    }
                    Err(ErrorCode::UnknownTopicOrPartition)
                }
            };
            topics.push((Arc::clone(name), answer));
        }
        MetadataResponse { brokers: self.image.brokers.clone(), topics }
    }

    fn auto_create(&mut self, ctx: &mut Ctx<'_>, topic: &Arc<str>) {
        let change = AdminRequest::CreateTopic {
            topic: Arc::clone(topic),
            partitions: self.configs.int("num.partitions").unwrap_or(1),
            replication_factor: self
                .configs
                .int("default.replication.factor")
                .and_then(|factor| i16::try_from(factor).ok())
                .unwrap_or(1),
            configs: crate::command::Configs::new(),
            auto: true,
        };
        let onward = self.next_id();
        ctx.request(ActorId::Controller, onward, Request::Admin(change));
    }

    /// The event behind what a topic is now.
    pub(crate) fn topic_cause(&self, topic: &str) -> EventId {
        self.image.topics.get(topic).map_or(self.started_by, |image| image.cause)
    }
}
