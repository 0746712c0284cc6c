//! `__cluster_metadata` as a controller has it, and what becomes of an entry once it is committed.

use super::Controller;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TopicPartition};
use crate::protocol::{MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx};
use std::sync::Arc;

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

/// The log.
#[derive(Debug, Clone)]
pub(super) struct MetadataLog {
    id: BrokerId,
    leader: Option<BrokerId>,
    epoch: i32,
    committed: Arc<MetadataImage>,
}

impl MetadataLog {
    pub(super) fn new(id: BrokerId, voters: &[BrokerId], image: Arc<MetadataImage>) -> Self {
        Self { id, leader: voters.first().copied(), epoch: 1, committed: image }
    }

    /// What is committed.
    pub(super) fn committed(&self) -> &Arc<MetadataImage> {
        &self.committed
    }

    /// What decisions build on: what is committed and what will be.
    pub(super) fn newest(&self) -> MetadataImage {
        MetadataImage::clone(&self.committed)
    }

    pub(super) fn is_leader(&self) -> bool {
        self.leader == Some(self.id)
    }

    pub(super) fn leader(&self) -> Option<BrokerId> {
        self.leader
    }

    pub(super) fn epoch(&self) -> i32 {
        self.epoch
    }

    pub(super) fn adopt(&mut self, image: &Arc<MetadataImage>) {
        self.committed = Arc::clone(image);
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
        image.offset += 1;
        let cause = ctx.cause;
        self.committed(ctx, Arc::new(image), changes, cause);
    }

    /// A decision is committed: it is told, and goes to the brokers.
    fn committed(
        &mut self,
        ctx: &mut Ctx<'_>,
        image: Arc<MetadataImage>,
        changes: Vec<Change>,
        cause: EventId,
    ) {
        let mut image = image;
        let last = ctx.caused_by(cause, |ctx| {
            let mut last = ctx.cause;
            for Change { topic, kind, mark } in changes {
                last = ctx.emit(kind);
                if let Some((kind, label)) = mark {
                    ctx.trace.mark(ctx.now_ms, kind, label, last);
                }
                if let Some(topic) = topic
                    && let Some(topic) = Arc::make_mut(&mut image).topics.get_mut(&topic)
                {
                    Arc::make_mut(topic).cause = last;
                }
            }
            last
        });
        ctx.cause = last;
        self.log.committed = Arc::clone(&image);
        for &broker in image.brokers.keys() {
            self.next_correlation += 1;
            let update = Request::MetadataUpdate(Arc::clone(&image));
            ctx.request(ActorId::Broker(broker), self.next_correlation, update);
        }
    }

    /// Answers once all that is decided so far is committed.
    pub(super) fn respond_committed(
        &mut self,
        ctx: &mut Ctx<'_>,
        to: ActorId,
        id: u64,
        response: Response,
    ) {
        ctx.respond(to, id, response);
    }
}
