//! What a client knows of the cluster, and when it asks again (`Metadata`, `ProducerMetadata`, R-PRD-05). Shared by
//! producers and consumers.
//!
//! It asks when it is told to (`requestUpdate`), and when what it has is `metadata.max.age.ms` old; but not again within
//! `retry.backoff.ms` of the last answer, doubled with each answer that failed or brought nothing new. Kafka gives that
//! pause 20 % of chance; here it has none. A leader that a produce or fetch answer names is taken over at once (KIP-951).

use super::connections::Ready;
use super::{Other, Producer};
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::protocol::{MetadataRequest, MetadataResponse, Request, TopicImage};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::SortedMap;
use std::sync::Arc;

/// A client's metadata cache.
#[derive(Debug, Clone)]
pub(crate) struct ClientMetadata {
    /// `bootstrap.servers`.
    bootstrap: Vec<BrokerId>,
    /// Those it knows now.
    brokers: Vec<BrokerId>,
    topics: SortedMap<Arc<str>, Arc<TopicImage>>,
    /// Topics it wants to know.
    wanted: Vec<Arc<str>>,
    asked: bool,
    /// It was told to ask.
    update_requested: bool,
    /// When an answer came last, or failed to.
    last_refresh_ms: TimestampMs,
    /// When one came last.
    last_success_ms: TimestampMs,
    /// Failures since then.
    attempts: u32,
    /// Answers without anything new in a row.
    equivalent: u32,
    /// Tells a stale refresh timer.
    refresh: u32,
    /// When that timer fires.
    armed_ms: Option<TimestampMs>,
    /// Brokers whose connection was lost, with the time before which they are not asked (`reconnect.backoff.ms`).
    avoided: Vec<(BrokerId, TimestampMs)>,
    /// Whom to ask next, in turn.
    turn: usize,
}

/// How often a client may ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// `retry.backoff.ms`.
    pub backoff_ms: i64,
    /// `retry.backoff.max.ms`.
    pub backoff_max_ms: i64,
    /// `metadata.max.age.ms`.
    pub max_age_ms: i64,
}

impl Pace {
    fn backoff_ms(self, failures: u32) -> i64 {
        self.backoff_ms.max(1).saturating_mul(1 << failures.min(20)).min(self.backoff_max_ms.max(1))
    }
}

/// Before all time: nothing was asked yet.
const NEVER_MS: TimestampMs = TimestampMs::MIN / 4;

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            bootstrap: Vec::new(),
            brokers: Vec::new(),
            topics: SortedMap::new(),
            wanted: Vec::new(),
            asked: false,
            update_requested: true,
            last_refresh_ms: NEVER_MS,
            last_success_ms: NEVER_MS,
            attempts: 0,
            equivalent: 0,
            refresh: 0,
            armed_ms: None,
            avoided: Vec::new(),
            turn: 0,
        }
    }
}

/// How long a lost connection is left alone: `reconnect.backoff.ms` grown to `reconnect.backoff.max.ms`.
const RECONNECT_BACKOFF_MS: i64 = 1_000;

impl ClientMetadata {
    /// `bootstrap.servers`.
    pub(crate) fn bootstrap(&mut self, brokers: &[BrokerId]) {
        self.bootstrap = brokers.to_vec();
        self.rebootstrap();
    }

    /// None of the brokers it knows can be asked: it begins with `bootstrap.servers` again
    /// (`metadata.recovery.strategy`, KIP-899 and KIP-1102).
    pub(crate) fn rebootstrap(&mut self) {
        self.brokers.clone_from(&self.bootstrap);
    }

    /// `bootstrap.servers`.
    pub(crate) fn bootstrap_servers(&self) -> &[BrokerId] {
        &self.bootstrap
    }

    /// The brokers it knows, in the order in which it would ask them.
    pub(crate) fn in_turn(&self) -> impl Iterator<Item = BrokerId> + '_ {
        let turns = (0..self.brokers.len()).map(|n| (self.turn + n) % self.brokers.len());
        turns.filter_map(|at| self.brokers.get(at)).copied()
    }

    /// A broker to ask: the first whose connection was not lost just now (`leastLoadedNode`).
    pub(crate) fn any_broker(&self, now_ms: TimestampMs) -> Option<BrokerId> {
        self.at_hand(now_ms).or_else(|| self.in_turn().next())
    }

    /// The same; none where all connections were lost just now.
    pub(crate) fn at_hand(&self, now_ms: TimestampMs) -> Option<BrokerId> {
        self.in_turn().find(|&broker| !self.avoids(broker, now_ms))
    }

    /// A broker's connection was lost a moment ago.
    pub(crate) fn avoids(&self, broker: BrokerId, now_ms: TimestampMs) -> bool {
        self.avoided.iter().any(|(known, until_ms)| *known == broker && *until_ms > now_ms)
    }

    /// A broker's connection is lost: others are asked first for a while.
    pub(crate) fn avoid(&mut self, broker: BrokerId, now_ms: TimestampMs) {
        self.avoided.retain(|(known, until_ms)| *known != broker && *until_ms > now_ms);
        self.avoided.push((broker, now_ms + RECONNECT_BACKOFF_MS));
    }

    /// A request for metadata has no answer: another broker is asked after a while (`failedUpdate`).
    pub(crate) fn gave_up(&mut self, now_ms: TimestampMs) {
        self.asked = false;
        self.last_refresh_ms = now_ms;
        self.attempts = self.attempts.saturating_add(1);
        self.equivalent = 0;
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

    /// Partitions of a topic that have a leader, with it (`availablePartitionsForTopic`).
    pub(crate) fn available(&self, topic: &str) -> Vec<(i32, BrokerId)> {
        let Some(topic) = self.topics.get(topic) else { return Vec::new() };
        let numbered = (0i32..).zip(&topic.partitions);
        numbered.filter_map(|(number, known)| Some((number, known.leader?))).collect()
    }

    /// Takes over a leader that an answer named, if its epoch is newer (`updatePartitionLeadership`). True if it is.
    pub(crate) fn leader_is(&mut self, tp: &TopicPartition, leader: BrokerId, epoch: i32) -> bool {
        let Some(topic) = self.topics.get_mut(&tp.topic) else { return false };
        let Ok(at) = usize::try_from(tp.partition) else { return false };
        if topic.partitions.get(at).is_none_or(|known| known.leader_epoch >= epoch) {
            return false;
        }
        if let Some(known) = Arc::make_mut(topic).partitions.get_mut(at) {
            (known.leader, known.leader_epoch) = (Some(leader), epoch);
        }
        if !self.brokers.contains(&leader) {
            self.brokers.push(leader);
        }
        true
    }

    /// Adds a topic to those it keeps metadata of; for a new one it asks at once. True if it is new.
    pub(crate) fn want(&mut self, topic: &Arc<str>) -> bool {
        let new = !self.wanted.contains(topic);
        if new {
            self.wanted.push(Arc::clone(topic));
            self.update_requested = true;
            self.last_refresh_ms = NEVER_MS;
            self.equivalent = 0;
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

    /// It is to ask as soon as it may (`requestUpdate`).
    pub(crate) fn request_update(&mut self) {
        self.update_requested = true;
    }

    /// When it asks next (`timeToNextUpdate`); none while it waits for an answer, or has nothing to ask about.
    pub(crate) fn due_ms(&self, pace: Pace) -> Option<TimestampMs> {
        if self.asked || self.wanted.is_empty() {
            return None;
        }
        let expires_ms = self.last_success_ms.saturating_add(pace.max_age_ms);
        let failures = pace.backoff_ms(self.attempts.saturating_sub(1));
        let same = self.equivalent.checked_sub(1).map_or(0, |more| pace.backoff_ms(more));
        let may_ms = self.last_refresh_ms.saturating_add(failures.max(same));
        Some(if self.update_requested { may_ms } else { expires_ms.max(may_ms) })
    }

    /// It asks now; the next time it begins with another broker, where Kafka's client draws one.
    pub(crate) fn asks(&mut self) {
        self.asked = true;
        self.turn = self.turn.wrapping_add(1);
    }

    /// The request it would send.
    pub(crate) fn request(&self, allow_auto_creation: bool) -> Request {
        Request::Metadata(MetadataRequest { topics: self.wanted.clone(), allow_auto_creation })
    }

    /// Takes an answer in. Returns the topics whose number of partitions is news, with that number.
    pub(crate) fn update(
        &mut self,
        answer: &MetadataResponse,
        now_ms: TimestampMs,
    ) -> Vec<(Arc<str>, i32)> {
        if answer.brokers.is_empty() {
            self.gave_up(now_ms);
            return Vec::new();
        }
        self.asked = false;
        self.update_requested = false;
        self.attempts = 0;
        self.equivalent = self.equivalent.saturating_add(1);
        (self.last_refresh_ms, self.last_success_ms) = (now_ms, now_ms);
        self.brokers.clone_from(&answer.brokers);
        let mut news = Vec::new();
        for (name, topic) in &answer.topics {
            let Ok(topic) = topic else {
                // UNKNOWN_TOPIC_OR_PARTITION: it asks again.
                self.update_requested = true;
                self.topics.remove(name);
                continue;
            };
            let count = topic.partition_count();
            if self.partitions(name) != Some(count) {
                news.push((Arc::clone(name), count));
            }
            let merged = match self.topics.get(name) {
                Some(known) if known.id == topic.id => merged(topic, known),
                _ => (Arc::clone(topic), true),
            };
            if merged.1 {
                self.equivalent = 0;
            }
            // LEADER_NOT_AVAILABLE.
            self.update_requested |= merged.0.partitions.iter().any(|known| known.leader.is_none());
            self.topics.insert(Arc::clone(name), merged.0);
        }
        news
    }

    /// A number for a timer that fires when it asks next; none if there is such a timer already.
    pub(crate) fn arm(&mut self, at_ms: TimestampMs) -> Option<u32> {
        if self.armed_ms == Some(at_ms) {
            return None;
        }
        self.armed_ms = Some(at_ms);
        self.refresh += 1;
        Some(self.refresh)
    }

    /// Whether a refresh timer is the newest; it has fired then.
    pub(crate) fn fired(&mut self, number: u32) -> bool {
        let newest = self.refresh == number;
        if newest {
            self.armed_ms = None;
        }
        newest
    }
}

/// What is newer of each partition (`updateLatestMetadata`): a broker that is behind may know an older leader epoch. Says
/// whether anything in it is new.
fn merged(new: &Arc<TopicImage>, known: &Arc<TopicImage>) -> (Arc<TopicImage>, bool) {
    let pairs = || new.partitions.iter().zip(&known.partitions);
    let newer = new.partitions.len() > known.partitions.len()
        || pairs().any(|(new, known)| new.leader_epoch > known.leader_epoch);
    if pairs().all(|(new, known)| new.leader_epoch >= known.leader_epoch) {
        return (Arc::clone(new), newer);
    }
    let mut merged = TopicImage::clone(new);
    for (partition, known) in merged.partitions.iter_mut().zip(&known.partitions) {
        if partition.leader_epoch < known.leader_epoch {
            partition.clone_from(known);
        }
    }
    (Arc::new(merged), newer)
}

impl Producer {
    pub(super) fn pace(&self) -> Pace {
        Pace {
            backoff_ms: self.config.retry_backoff_ms,
            backoff_max_ms: self.config.retry_backoff_max_ms,
            max_age_ms: self.config.metadata_max_age_ms,
        }
    }

    /// Asks for metadata as soon as it may.
    pub(super) fn ask_for_metadata(&mut self, ctx: &mut Ctx<'_>) {
        self.metadata.request_update();
        self.refresh_metadata(ctx);
    }

    /// Asks for metadata if that is due (`DefaultMetadataUpdater.maybeUpdate`).
    pub(super) fn refresh_metadata(&mut self, ctx: &mut Ctx<'_>) {
        let Some(due_ms) = self.metadata.due_ms(self.pace()) else { return };
        if due_ms > ctx.now_ms {
            if let Some(number) = self.metadata.arm(due_ms) {
                ctx.timer(due_ms, Timer::MetadataExpired(number));
            }
            return;
        }
        let waits = |broker| matches!(self.connections.ready(broker, ctx.now_ms), Ready::At(_));
        if self.metadata.in_turn().all(waits) {
            self.metadata.rebootstrap();
        }
        // Without a connection it waits for one; the sender comes back to it then.
        if let Some(broker) = self.least_loaded(ctx) {
            self.metadata.asks();
            let id = self.call(ctx.now_ms, broker, Other::Metadata);
            ctx.request(ActorId::Broker(broker), id, self.metadata.request(true));
        }
    }

    pub(super) fn on_metadata(&mut self, ctx: &mut Ctx<'_>, answer: &MetadataResponse) {
        for (topic, partitions) in self.metadata.update(answer, ctx.now_ms) {
            let producer = Arc::clone(&self.name);
            self.accumulator.set_partitions(&topic, partitions);
            if let Some(stream) = &mut self.stream {
                stream.forget_partitions();
            }
            ctx.emit(EventKind::ProducerMetadata { producer, topic, partitions });
        }
        self.refresh_metadata(ctx);
        self.send_pending(ctx);
    }

    pub(super) fn metadata_expired(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if self.metadata.fired(number) {
            self.refresh_metadata(ctx);
            self.schedule_wake(ctx);
        }
    }
}
