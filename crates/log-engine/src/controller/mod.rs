//! The active controller: owns the metadata, decides on topics and placement, and hands the committed image to
//! every broker. Mirrors `QuorumController` with `ReplicationControlManager` and `ConfigurationControlManager`;
//! differs in that the quorum has one voter and a change commits at once (R-SCP-24, R-SCP-35).

// Their callers come with brokers that fail.
#[allow(dead_code)]
mod elections;
#[allow(dead_code)]
mod liveness;
#[allow(dead_code)]
mod partition_change;
mod placement;
#[allow(dead_code)]
mod quorum;
#[allow(dead_code)]
mod reassignment;
mod topics;

use crate::config::BrokerConfigs;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId};
use crate::protocol::{AdminError, AdminRequest, MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx, Rng};
use std::sync::Arc;

/// Producer ids in a block (KIP-730).
const PRODUCER_ID_BLOCK: i64 = 1_000;

/// The active controller.
#[derive(Debug, Clone)]
pub(crate) struct Controller {
    image: Arc<MetadataImage>,
    configs: Arc<BrokerConfigs>,
    rng: Rng,
    next_producer_id: i64,
    next_correlation: u64,
}

impl Controller {
    /// A controller that knows its brokers and no topic.
    pub(crate) fn new(brokers: Vec<BrokerId>, configs: Arc<BrokerConfigs>, rng: Rng) -> Self {
        let image = MetadataImage { brokers, ..MetadataImage::default() };
        Self { image: Arc::new(image), configs, rng, next_producer_id: 0, next_correlation: 0 }
    }

    /// The committed metadata.
    pub(crate) fn image(&self) -> &Arc<MetadataImage> {
        &self.image
    }

    /// Producer ids up to this one are in use already: the next block starts above.
    pub(crate) fn reserve_producer_ids(&mut self, up_to: i64) {
        let blocks = (up_to / PRODUCER_ID_BLOCK).saturating_add(1);
        if let Some(next) = blocks.checked_mul(PRODUCER_ID_BLOCK) {
            self.next_producer_id = self.next_producer_id.max(next);
        }
    }

    /// A request from a broker.
    pub(crate) fn on_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: Request,
    ) {
        match request {
            Request::Admin(change) => {
                // A refusal is in the trace.
                let _ = self.change(ctx, &change);
                ctx.respond(from, id, Response::Admin);
            }
            Request::AllocateProducerIds => {
                let first = self.next_producer_id;
                self.next_producer_id += PRODUCER_ID_BLOCK;
                ctx.respond(from, id, Response::AllocateProducerIds { first });
            }
            _ => {}
        }
    }

    /// Commits one change and sends the new image to all brokers, or refuses it.
    pub(crate) fn change(
        &mut self,
        ctx: &mut Ctx<'_>,
        change: &AdminRequest,
    ) -> Result<(), AdminError> {
        let mut image = MetadataImage::clone(&self.image);
        let kind = topics::apply(&mut image, &self.configs, change, &mut self.rng).inspect_err(
            |refused| {
                ctx.emit(EventKind::AdminRefused {
                    api: change.api(),
                    subject: Arc::clone(change.topic()),
                    error: refused.error,
                    message: refused.message.as_str().into(),
                });
            },
        )?;
        let event = ctx.emit_as_cause(kind);
        self.commit(ctx, image, change, event);
        Ok(())
    }

    /// A broker that had died is back: each partition it leads was without a leader and has it again, in two steps of
    /// its epoch (measured: epochs 0 and 2).
    pub(crate) fn broker_restarted(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let mut image = MetadataImage::clone(&self.image);
        for topic in image.topics.values_mut() {
            if topic.partitions.iter().any(|partition| partition.leader == Some(broker)) {
                for partition in &mut Arc::make_mut(topic).partitions {
                    partition.leader_epoch += if partition.leader == Some(broker) { 2 } else { 0 };
                }
            }
        }
        self.publish(ctx, image);
    }

    /// Whether a change would be accepted now; changes nothing.
    pub(crate) fn check(&self, change: &AdminRequest) -> Result<(), AdminError> {
        let mut image = MetadataImage::clone(&self.image);
        topics::apply(&mut image, &self.configs, change, &mut self.rng.clone()).map(|_| ())
    }

    fn commit(
        &mut self,
        ctx: &mut Ctx<'_>,
        mut image: MetadataImage,
        change: &AdminRequest,
        event: EventId,
    ) {
        if let Some(topic) = image.topics.get_mut(change.topic()) {
            Arc::make_mut(topic).cause = event;
        }
        self.publish(ctx, image);
    }

    fn publish(&mut self, ctx: &mut Ctx<'_>, mut image: MetadataImage) {
        image.offset += 1;
        self.image = Arc::new(image);
        for &broker in &self.image.brokers {
            self.next_correlation += 1;
            let update = Request::MetadataUpdate(Arc::clone(&self.image));
            ctx.request(ActorId::Broker(broker), self.next_correlation, update);
        }
    }
}
