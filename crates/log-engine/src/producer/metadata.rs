//! What a client knows of the cluster, and when it asks again (`ProducerMetadata`, R-PRD-05). Shared by producers
//! and consumers.

use super::Producer;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::protocol::{MetadataRequest, MetadataResponse, Request, TopicImage};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::SortedMap;
use std::sync::Arc;

/// A client's metadata cache.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientMetadata {
    brokers: Vec<BrokerId>,
    topics: SortedMap<Arc<str>, Arc<TopicImage>>,
    /// Topics it wants to know.
    wanted: Vec<Arc<str>>,
    asked: bool,
    /// Not before this it asks again after a failure.
    backoff_until_ms: TimestampMs,
    /// Tells a stale refresh timer.
    refresh: u32,
}

impl ClientMetadata {
    /// `bootstrap.servers`.
    pub(crate) fn bootstrap(&mut self, brokers: &[BrokerId]) {
        self.brokers = brokers.to_vec();
    }

    /// Brokers it knows.
    pub(crate) fn brokers(&self) -> &[BrokerId] {
        &self.brokers
    }

    /// A broker to ask.
    pub(crate) fn any_broker(&self) -> Option<BrokerId> {
        self.brokers.first().copied()
    }

    /// How many partitions a topic has, as far as it knows.
    pub(crate) fn partitions(&self, topic: &str) -> Option<i32> {
        self.topics.get(topic).map(|topic| topic.partition_count())
    }

    /// Who leads a partition, as far as it knows.
    pub(crate) fn leader(&self, tp: &TopicPartition) -> Option<BrokerId> {
        self.topics.get(&tp.topic)?.leader(tp.partition)
    }

    /// Adds a topic to those it keeps metadata of. True if it is new.
    pub(crate) fn want(&mut self, topic: &Arc<str>) -> bool {
        let new = !self.wanted.contains(topic);
        if new {
            self.wanted.push(Arc::clone(topic));
        }
        new
    }

    /// The topics it keeps metadata of.
    pub(crate) fn wanted(&self) -> &[Arc<str>] {
        &self.wanted
    }

    /// Replaces the topics it keeps metadata of (a consumer's subscription).
    pub(crate) fn set_wanted(&mut self, topics: Vec<Arc<str>>) {
        self.wanted = topics;
    }

    /// Notes that it asks now. False if it has asked already, or has to wait.
    pub(crate) fn begin(&mut self, now_ms: TimestampMs) -> bool {
        let may = !self.asked && now_ms >= self.backoff_until_ms && !self.wanted.is_empty();
        self.asked |= may;
        may
    }

    /// The request it would send.
    pub(crate) fn request(&self, allow_auto_creation: bool) -> Request {
        Request::Metadata(MetadataRequest { topics: self.wanted.clone(), allow_auto_creation })
    }

    /// Takes an answer in. Returns the topics whose number of partitions is news, with that number, and whether
    /// any topic is still missing.
    pub(crate) fn update(&mut self, answer: &MetadataResponse) -> (Vec<(Arc<str>, i32)>, bool) {
        self.asked = false;
        self.brokers.clone_from(&answer.brokers);
        let (mut news, mut missing) = (Vec::new(), false);
        for (name, topic) in &answer.topics {
            if let Ok(topic) = topic {
                let count = topic.partition_count();
                if self.partitions(name) != Some(count) {
                    news.push((Arc::clone(name), count));
                }
                self.topics.insert(Arc::clone(name), Arc::clone(topic));
            } else {
                missing = true;
                self.topics.remove(name);
            }
        }
        (news, missing)
    }

    /// Waits until then before it asks again.
    pub(crate) fn back_off(&mut self, until_ms: TimestampMs) {
        self.backoff_until_ms = until_ms;
    }

    /// A new number for the refresh timer; older ones are stale from now on.
    pub(crate) fn next_refresh(&mut self) -> u32 {
        self.refresh += 1;
        self.refresh
    }

    /// Whether a refresh timer is the newest.
    pub(crate) fn is_newest_refresh(&self, number: u32) -> bool {
        self.refresh == number
    }
}

impl Producer {
    /// Asks for metadata, unless it has already.
    pub(super) fn ask_for_metadata(&mut self, ctx: &mut Ctx<'_>) {
        if self.metadata.begin(ctx.now_ms)
            && let Some(broker) = self.metadata.any_broker()
        {
            let id = self.next_correlation();
            ctx.request(ActorId::Broker(broker), id, self.metadata.request(true));
        }
    }

    pub(super) fn on_metadata(&mut self, ctx: &mut Ctx<'_>, answer: &MetadataResponse) {
        let (news, missing) = self.metadata.update(answer);
        for (topic, partitions) in news {
            let producer = Arc::clone(&self.name);
            self.accumulator.set_partitions(&topic, partitions);
            if let Some(stream) = &mut self.stream {
                stream.forget_partitions();
            }
            ctx.emit(EventKind::ProducerMetadata { producer, topic, partitions });
        }
        let number = self.metadata.next_refresh();
        let wait_ms = if missing {
            self.metadata.back_off(ctx.now_ms + self.config.retry_backoff_ms);
            self.config.retry_backoff_ms
        } else {
            self.config.metadata_max_age_ms
        };
        ctx.timer(ctx.now_ms + wait_ms, Timer::MetadataExpired(number));
        self.send_pending(ctx);
    }

    pub(super) fn metadata_expired(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if self.metadata.is_newest_refresh(number) {
            self.ask_for_metadata(ctx);
        }
    }
}
