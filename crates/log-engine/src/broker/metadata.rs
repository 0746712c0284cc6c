//! Metadata: what the controller committed, and what clients ask of it (`BrokerMetadataPublisher`,
//! `KRaftMetadataCache`, `AutoTopicCreationManager`).

use super::leader::Leading;
use super::{Broker, LifeState, Partition};
use crate::ids::{EventId, TopicPartition};
use crate::protocol::{
    AdminRequest, ErrorCode, MetadataImage, MetadataRequest, MetadataResponse, PartitionImage,
    TopicImage,
};
use crate::sim::{Ctx, Side};
use std::sync::Arc;

impl Broker {
    /// Takes over a committed image: partitions come, change and go.
    pub(crate) fn apply_metadata(&mut self, ctx: &mut Ctx<'_>, image: Arc<MetadataImage>) {
        if image.offset <= self.image.offset {
            return;
        }
        if !self.takes_part_at(image.offset) {
            // It is published once it goes as far as the own registration (`BrokerServer.startup`, R-REP-61).
            self.lifecycle.early = Some(image);
            return;
        }
        let before = std::mem::replace(&mut self.image, image);
        let image = Arc::clone(&self.image);
        let reconfigured = self.take_configs(&before);
        for (name, old) in &before.topics {
            if image.topics.get(name).is_none_or(|new| new.id != old.id) {
                self.drop_topic(ctx, old);
            }
        }
        for (name, topic) in &image.topics {
            if reconfigured || before.topics.get(name) != Some(topic) {
                self.update_topic(ctx, topic);
            }
        }
        self.run_touched_fetchers(ctx);
        self.changed(ctx);
        if self.lifecycle.state != LifeState::Down {
            ctx.side.push(Side::DisturbedBroker(self.id));
        }
    }

    /// Takes over dynamic configs (`DynamicBrokerConfig`). True if they changed.
    fn take_configs(&mut self, before: &MetadataImage) -> bool {
        let (cluster, own) = (&self.image.cluster_configs, self.image.broker_configs.get(&self.id));
        if before.cluster_configs == *cluster && before.broker_configs.get(&self.id) == own {
            return false;
        }
        let none = crate::command::Configs::new();
        if let Ok(configs) = self.configs.with_dynamic(cluster, own.unwrap_or(&none)) {
            self.configs = Arc::new(configs);
        }
        true
    }

    fn update_topic(&mut self, ctx: &mut Ctx<'_>, topic: &Arc<TopicImage>) {
        for (number, image) in (0i32..).zip(&topic.partitions) {
            let tp = TopicPartition::new(Arc::clone(&topic.name), number);
            if !image.replicas.contains(&self.id) {
                self.drop_replica(ctx, &tp);
                continue;
            }
            let known = self.partitions.get_mut(&tp);
            let new = known.is_none();
            if let Some(partition) = known {
                partition.configure(topic, &self.configs);
            } else {
                let unknown = PartitionImage { leader: None, ..image.clone() };
                let new = Partition::new(tp.clone(), topic, unknown, &self.configs, ctx.now_ms);
                self.partitions.insert(tp.clone(), new);
            }
            ctx.caused_by(topic.cause, |ctx| {
                self.change_role(ctx, &tp, image);
                self.partition_changed(ctx, &tp);
                if !new {
                    self.arm_cleaner(ctx, &tp);
                }
            });
        }
    }

    /// Leads, follows, or waits for a leader, as the metadata says (`ReplicaManager.applyDelta`).
    fn change_role(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, image: &PartitionImage) {
        let me = self.id;
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let before = Arc::clone(&partition.image);
        if *before == *image {
            return;
        }
        let newer = image.leader_epoch > before.leader_epoch || before.leader.is_none();
        if !newer && image.partition_epoch < before.partition_epoch {
            // Its own AlterPartition has told it more already.
            return;
        }
        partition.image = Arc::new(image.clone());
        partition.version += 1;
        let leads = image.leader == Some(me);
        if leads && (newer || !partition.leads()) {
            self.lead(ctx, tp);
        } else if leads {
            if let Some(leading) = &mut partition.leading {
                leading.set_replicas(me, image, ctx.now_ms);
            }
            self.isr_changed(ctx, tp);
        } else {
            self.do_not_lead(ctx, tp, &before, image);
        }
    }

    /// `Partition.makeLeader`: its epoch begins at its log end, its high watermark is the one it has.
    fn lead(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        self.stop_following(tp);
        let me = self.id;
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let log_end = partition.log.log_end_offset();
        partition.log.assign_epoch_start_offset(partition.image.leader_epoch, log_end);
        partition.leading = Some(Leading::begin(me, &partition.image, log_end, ctx.now_ms));
        ctx.ledger.leader_begins(tp, log_end);
        self.advance_high_watermark(ctx, tp);
        self.wake_fetches(ctx, tp);
        self.arm_isr_expiration(ctx);
        self.coordinate_partition(ctx, tp);
    }

    /// Another broker leads, or none.
    fn do_not_lead(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        before: &PartitionImage,
        image: &PartitionImage,
    ) {
        if let Some(partition) = self.partitions.get_mut(tp) {
            partition.leading = None;
        }
        self.give_up_partition(ctx, tp);
        let moved = (before.leader, before.leader_epoch) != (image.leader, image.leader_epoch);
        match image.leader {
            Some(leader) if moved => self.follow(tp, leader, image.leader_epoch),
            None => self.stop_following(tp),
            Some(_) => {}
        }
        if moved {
            self.refuse_produces(ctx, tp);
            self.wake_fetches(ctx, tp);
        }
    }

    /// It holds no replica of the partition any more (`StopReplica` with its files).
    fn drop_replica(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let Some(mut partition) = self.partitions.remove(tp) else { return };
        self.partition_changed(ctx, tp);
        self.stop_following(tp);
        self.give_up_partition(ctx, tp);
        self.disk.delete(ctx.now_ms, &partition, partition.log.size_in_bytes());
        for batch in partition.log.batches_from(i64::MIN) {
            ctx.ledger.cut(batch, self.id);
        }
        let waiting = std::mem::take(&mut partition.fetches);
        self.refuse_produces(ctx, tp);
        for id in waiting {
            self.try_fetch(ctx, id);
        }
    }

    fn drop_topic(&mut self, ctx: &mut Ctx<'_>, topic: &TopicImage) {
        let mut records = 0;
        let mut waiting = Vec::new();
        let disk = &mut self.disk;
        let mut gone = Vec::new();
        self.partitions.retain(|tp, partition| {
            let goes = tp.topic == topic.name;
            if goes {
                disk.delete(ctx.now_ms, partition, partition.log.size_in_bytes());
                if partition.leads() {
                    records += partition.log.log_end_offset() - ctx.ledger.counted_to(tp);
                }
                waiting.append(&mut partition.fetches);
                gone.push(tp.clone());
            }
            !goes
        });
        for tp in &gone {
            self.partition_changed(ctx, tp);
            self.stop_following(tp);
            self.give_up_partition(ctx, tp);
            self.refuse_produces(ctx, tp);
        }
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
        MetadataResponse { brokers: self.image.alive(), topics }
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
            assignments: Vec::new(),
            auto: true,
        };
        self.forward(ctx, None, change);
    }

    /// The event behind what a topic is now.
    pub(crate) fn topic_cause(&self, topic: &str) -> EventId {
        self.image.topics.get(topic).map_or(self.started_by, |image| image.cause)
    }
}
