//! What a client knows of the cluster, and when it asks again (`ProducerMetadata`, R-PRD-05). Shared by producers
//! and consumers.

use super::{Other, Producer};
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
    /// Brokers whose connection was lost, with the time before which they are not asked (`reconnect.backoff.ms`).
    avoided: Vec<(BrokerId, TimestampMs)>,
    /// Whom to ask next, in turn.
    turn: usize,
}

/// How long a lost connection is left alone: `reconnect.backoff.ms` grown to `reconnect.backoff.max.ms`.
const RECONNECT_BACKOFF_MS: i64 = 1_000;

impl ClientMetadata {
    /// `bootstrap.servers`.
    pub(crate) fn bootstrap(&mut self, brokers: &[BrokerId]) {
        self.brokers = brokers.to_vec();
    }

    /// Brokers it knows.
    pub(crate) fn brokers(&self) -> &[BrokerId] {
        &self.brokers
    }

    /// A broker to ask: the first whose connection was not lost just now (`leastLoadedNode`).
    pub(crate) fn any_broker(&self, now_ms: TimestampMs) -> Option<BrokerId> {
        let turns = (0..self.brokers.len()).map(|n| (self.turn + n) % self.brokers.len());
        let in_turn = || turns.clone().filter_map(|at| self.brokers.get(at)).copied();
        let avoided = |broker: &BrokerId| {
            self.avoided.iter().any(|(known, until_ms)| known == broker && *until_ms > now_ms)
        };
        in_turn().find(|broker| !avoided(broker)).or_else(|| in_turn().next())
    }

    /// A broker's connection is lost: others are asked first for a while.
    pub(crate) fn avoid(&mut self, broker: BrokerId, now_ms: TimestampMs) {
        self.avoided.retain(|(known, until_ms)| *known != broker && *until_ms > now_ms);
        self.avoided.push((broker, now_ms + RECONNECT_BACKOFF_MS));
    }

    /// A request for metadata has no answer: another broker is asked after a while.
    pub(crate) fn gave_up(&mut self, again_ms: TimestampMs) {
        self.asked = false;
        self.turn = self.turn.wrapping_add(1);
        self.backoff_until_ms = self.backoff_until_ms.max(again_ms);
    }

    /// The leader epoch of a partition, as far as it knows.
    pub(crate) fn leader_epoch(&self, tp: &TopicPartition) -> Option<i32> {
        let at = usize::try_from(tp.partition).ok()?;
        self.topics.get(&tp.topic)?.partitions.get(at).map(|partition| partition.leader_epoch)
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
        if !answer.brokers.is_empty() {
            self.brokers.clone_from(&answer.brokers);
        }
        let (mut news, mut missing) = (Vec::new(), false);
        for (name, topic) in &answer.topics {
            if let Ok(topic) = topic {
                let count = topic.partition_count();
                if self.partitions(name) != Some(count) {
                    news.push((Arc::clone(name), count));
                }
                if self.topics.get(name).is_none_or(|known| !is_older(topic, known)) {
                    self.topics.insert(Arc::clone(name), Arc::clone(topic));
                }
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

/// Metadata from a broker that is behind: an epoch went back (KIP-320).
fn is_older(new: &TopicImage, known: &TopicImage) -> bool {
    new.id == known.id
        && new
            .partitions
            .iter()
            .zip(&known.partitions)
            .any(|(new, known)| new.leader_epoch < known.leader_epoch)
}

impl Producer {
    /// Asks for metadata, unless it has already.
    pub(super) fn ask_for_metadata(&mut self, ctx: &mut Ctx<'_>) {
        if self.metadata.begin(ctx.now_ms)
            && let Some(broker) = self.metadata.any_broker(ctx.now_ms)
        {
            let id = self.next_correlation();
            self.other_calls.insert(id, (broker, Other::Metadata));
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
