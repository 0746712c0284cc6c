//! `__cluster_metadata` as a controller has it, and what becomes of a decision once it is committed
//! (`QuorumController` with its `OffsetControlManager`: later decisions build on what is not committed yet, askers wait).
//!
//! An offset here is one of the log, moved by what the cluster's set-up stands for, so that a broker's first epoch is the
//! offset of its registration.

use super::Controller;
use super::quorum::{Quorum, QuorumConfig, Record};
use crate::event::{ElectionCause, EventKind};
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::metrics::ControllerCount;
use crate::protocol::{MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx, Rng, Side};
use sorted::SortedMap;
use std::sync::Arc;

/// So many decisions keep the image each led to.
const KEPT_IMAGES: u64 = 256;

/// What a decision means: an event, and the topic it is of.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    topic: Option<Arc<str>>,
    kind: EventKind,
    /// A few words for the timeline, with the kind of mark.
    mark: Option<(&'static str, String)>,
}

impl Change {
    /// A change of a topic.
    pub(super) fn of_topic(topic: &Arc<str>, kind: EventKind) -> Self {
        Self { topic: Some(Arc::clone(topic)), kind, mark: None }
    }

    /// A change of a partition.
    pub(super) fn of_partition(tp: &TopicPartition, kind: EventKind) -> Self {
        Self::of_topic(&tp.topic, kind)
    }

    /// A change of the cluster.
    pub(super) fn of_cluster(kind: EventKind) -> Self {
        Self { topic: None, kind, mark: None }
    }

    /// With a mark on the timeline.
    pub(super) fn marked(mut self, kind: &'static str, label: String) -> Self {
        self.mark = Some((kind, label));
        self
    }
}

/// One decision: the records of one operation, as the image they lead to.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The metadata after it.
    image: Arc<MetadataImage>,
    /// What there is to tell of it.
    changes: Vec<Change>,
    /// The event that led to it.
    cause: EventId,
    /// It builds on decisions that were not committed: their events are not in the image yet.
    builds_on_uncommitted: bool,
}

/// The log.
#[derive(Debug, Clone)]
pub(super) struct MetadataLog {
    pub(super) quorum: Quorum<Arc<Decision>>,
    pub(super) rng: Rng,
    /// What to add to an offset of the quorum's.
    base: u64,
    committed: Arc<MetadataImage>,
    /// The offset of the quorum's up to which `committed` goes.
    applied: u64,
    /// Up to there entries stand for a later image.
    let_go: u64,
    /// What the newest decision leads to, while it is not committed.
    newest: Option<Arc<MetadataImage>>,
    /// It leads, and its first entry is committed: it may decide.
    pub(super) active: bool,
    /// Answers that wait for the log to be committed up to there.
    deferred: Vec<(u64, ActorId, u64, Response)>,
    /// The timer that is set: its number, and when it is due.
    pub(super) timer: u32,
    pub(super) timer_ms: Option<TimestampMs>,
    /// Voters with a request of its that has no answer yet.
    pub(super) asked: SortedMap<BrokerId, u64>,
    /// It stops in order once another may lead: the event behind it.
    pub(super) leaving: Option<EventId>,
    /// It has told that it does not hear its leader.
    pub(super) suspects: bool,
}

impl MetadataLog {
    /// That of a quorum whose first voter leads already, with `image` committed.
    pub(super) fn formed(
        id: BrokerId,
        voters: &[BrokerId],
        image: Arc<MetadataImage>,
        now_ms: TimestampMs,
        mut rng: Rng,
    ) -> Self {
        let leader = voters.first().copied().unwrap_or(id);
        let config = QuorumConfig::new(voters.to_vec());
        let quorum = Quorum::formed(id, leader, config, now_ms, &mut rng);
        Self {
            base: image.offset.saturating_sub(quorum.end_offset()),
            applied: quorum.end_offset(),
            quorum,
            rng,
            committed: image,
            let_go: 0,
            newest: None,
            active: id == leader,
            deferred: Vec::new(),
            timer: 0,
            timer_ms: None,
            asked: SortedMap::new(),
            leaving: None,
            suspects: false,
        }
    }

    /// What it knows to be committed.
    pub(super) fn committed(&self) -> &Arc<MetadataImage> {
        &self.committed
    }

    /// What decisions build on: what is committed and what will be.
    pub(super) fn newest(&self) -> MetadataImage {
        MetadataImage::clone(self.newest.as_ref().unwrap_or(&self.committed))
    }

    /// The offset of the next decision.
    pub(super) fn next_offset(&self) -> u64 {
        self.end_offset() + 1
    }

    /// The end of its log.
    pub(super) fn end_offset(&self) -> u64 {
        self.base + self.quorum.end_offset()
    }

    /// All before is committed, as far as it knows.
    pub(super) fn high_watermark(&self) -> u64 {
        self.base + self.quorum.high_watermark()
    }

    /// What is not committed may never be: it is forgotten. Gives the answers that waited for it.
    pub(super) fn forget_uncommitted(&mut self) -> Vec<(u64, ActorId, u64, Response)> {
        self.newest = None;
        self.active = false;
        std::mem::take(&mut self.deferred)
    }

    /// Its process has ended: nobody is waited for any more.
    pub(super) fn ended(&mut self) {
        self.forget_uncommitted();
        self.asked.clear();
        self.timer += 1;
        self.timer_ms = None;
        self.suspects = false;
        self.leaving = None;
    }

    /// Old entries all stand for the newest image, as after a snapshot: a node that lags behind gets that, and the images
    /// in between need not be kept.
    fn let_go_of_old_images(&mut self) {
        if self.applied < self.let_go + KEPT_IMAGES {
            return;
        }
        let snapshot = Arc::new(Decision {
            image: Arc::clone(&self.committed),
            changes: Vec::new(),
            cause: EventId(1),
            builds_on_uncommitted: false,
        });
        self.quorum.replace(self.let_go, self.applied, &snapshot);
        self.let_go = self.applied;
    }

    /// The decisions that are committed up to an offset of the quorum's, each with the offset behind it.
    fn take_committed(&mut self, to: u64) -> Vec<(u64, Arc<Decision>)> {
        let from = self.applied;
        self.applied = self.applied.max(to);
        let entries = self.quorum.entries(from, to);
        let numbered = (from + 1..).zip(entries);
        numbered
            .filter_map(|(offset, entry)| match &entry.record {
                Record::Data(decision) => Some((offset, Arc::clone(decision))),
                Record::LeaderChange { .. } => None,
            })
            .collect()
    }
}

impl Controller {
    /// Writes a decision to the log. Events, and the causes of topics, come with its commit.
    pub(super) fn commit(
        &mut self,
        ctx: &mut Ctx<'_>,
        mut image: MetadataImage,
        changes: Vec<Change>,
    ) {
        image.offset = self.log.next_offset();
        let image = Arc::new(image);
        let builds_on_uncommitted = self.log.newest.replace(Arc::clone(&image)).is_some();
        let decision = Decision { image, changes, cause: ctx.cause, builds_on_uncommitted };
        self.log.quorum.append([Arc::new(decision)], ctx.now_ms);
        self.drive(ctx);
    }

    /// The log is committed up to there: decisions are told, and go to the brokers; who waited is answered.
    pub(super) fn committed_up_to(&mut self, ctx: &mut Ctx<'_>, to: u64) {
        let leads = self.log.quorum.is_leader();
        for (offset, decision) in self.log.take_committed(to) {
            if decision.image.offset <= self.log.committed.offset {
                continue;
            }
            self.measure_elections(ctx, &decision);
            let image = self.tell(ctx, &decision);
            self.log.committed = Arc::clone(&image);
            if self.log.newest.as_ref().is_some_and(|newest| newest.offset == image.offset) {
                self.log.newest = None;
            }
            if leads {
                self.push_image(ctx);
            }
            self.answer_deferred(ctx, offset);
        }
        self.answer_deferred(ctx, to);
        self.log.let_go_of_old_images();
    }

    /// Elections that are worth counting (`ControllerMetricsChanges`).
    fn measure_elections(&self, ctx: &mut Ctx<'_>, decision: &Decision) {
        for change in &decision.changes {
            let what = match &change.kind {
                EventKind::LeaderChanged { how: ElectionCause::Unclean, .. } => {
                    ControllerCount::UncleanElections
                }
                EventKind::LeaderChanged { how: ElectionCause::Elr, .. } => {
                    ControllerCount::ElrElections
                }
                _ => continue,
            };
            ctx.metrics.controller(ctx.now_ms, ctx.me, what, 1);
        }
    }

    /// Tells a decision, if it is not told already: a leader may have died before all knew what is committed.
    fn tell(&mut self, ctx: &mut Ctx<'_>, decision: &Decision) -> Arc<MetadataImage> {
        let told = Arc::clone(ctx.metadata);
        if told.offset >= decision.image.offset {
            return if told.offset == decision.image.offset {
                told
            } else {
                Arc::clone(&decision.image)
            };
        }
        let mut image = Arc::clone(&decision.image);
        if decision.builds_on_uncommitted {
            take_causes(&mut image, &told);
        }
        let last = ctx.caused_by(decision.cause, |ctx| {
            let mut last = ctx.cause;
            for Change { topic, kind, mark } in decision.changes.iter().cloned() {
                last = ctx.emit(kind);
                if let Some((kind, label)) = mark {
                    ctx.trace.mark(ctx.now_ms, kind, label, last);
                }
                if let Some(topic) = topic
                    && let Some(topic) = Arc::make_mut(&mut image).topics.get_mut(&topic)
                {
                    Arc::make_mut(topic).cause = last;
                } else {
                    // What becomes of a broker is behind what becomes of its partitions.
                    ctx.cause = last;
                }
            }
            last
        });
        ctx.cause = last;
        for &broker in told.brokers.keys().filter(|id| !image.brokers.contains_key(id)) {
            ctx.side.push(Side::BrokerUnregistered(broker));
        }
        *ctx.metadata = Arc::clone(&image);
        image
    }

    /// All brokers get what is committed.
    pub(super) fn push_image(&mut self, ctx: &mut Ctx<'_>) {
        let image = Arc::clone(&self.log.committed);
        for &broker in image.brokers.keys() {
            self.push_image_to(ctx, broker);
        }
    }

    /// One broker gets what is committed.
    pub(super) fn push_image_to(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        self.next_correlation += 1;
        let update = Request::MetadataUpdate(Arc::clone(&self.log.committed));
        ctx.request(ActorId::Broker(broker), self.next_correlation, update);
    }

    /// Answers once all that is decided so far is committed.
    pub(super) fn respond_committed(
        &mut self,
        ctx: &mut Ctx<'_>,
        to: ActorId,
        id: u64,
        response: Response,
    ) {
        if self.log.newest.is_none() {
            return ctx.respond(to, id, response);
        }
        self.log.deferred.push((self.log.quorum.end_offset(), to, id, response));
    }

    fn answer_deferred(&mut self, ctx: &mut Ctx<'_>, up_to: u64) {
        if self.log.deferred.is_empty() {
            return;
        }
        let (ready, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.log.deferred).into_iter().partition(|(at, ..)| *at <= up_to);
        self.log.deferred = still;
        for (_, to, id, mut response) in ready {
            if let Response::AlterPartition(answer) = &mut response {
                for (tp, altered) in &mut answer.parts {
                    let told = self.log.committed.topics.get(&tp.topic);
                    if let (Ok(altered), Some(topic)) = (altered, told) {
                        altered.cause = topic.cause;
                    }
                }
            }
            ctx.respond(to, id, response);
        }
    }
}

/// Takes over the events behind topics that were told since the image was made.
fn take_causes(image: &mut Arc<MetadataImage>, told: &MetadataImage) {
    let stale = |topic: &Arc<crate::protocol::TopicImage>| {
        let known = told.topics.get(&topic.name)?;
        (known.id == topic.id && known.cause != topic.cause).then_some(known.cause)
    };
    let stale: Vec<(Arc<str>, EventId)> = image
        .topics
        .values()
        .filter_map(|topic| Some((Arc::clone(&topic.name), stale(topic)?)))
        .collect();
    for (name, cause) in stale {
        if let Some(topic) = Arc::make_mut(image).topics.get_mut(&name) {
            Arc::make_mut(topic).cause = cause;
        }
    }
}
