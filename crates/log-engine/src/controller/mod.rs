//! A controller: while it leads the quorum it owns the metadata, decides on topics, placement, leaders, ISRs and who is
//! fenced, and hands what is committed to every broker. Mirrors `QuorumController` with `ReplicationControlManager`,
//! `ClusterControlManager` and `ConfigurationControlManager`.
//!
//! A decision is a record of `__cluster_metadata`: here the image it leads to. Later decisions build on it at once,
//! brokers and askers hear of it when it is committed.

mod brokers;
#[allow(dead_code)]
mod elections;
mod leaders;
#[allow(dead_code)]
mod liveness;
mod metadata_log;
#[allow(dead_code)]
mod partition_change;
mod partitions;
mod placement;
#[allow(dead_code)]
mod quorum;
#[allow(dead_code)]
mod reassignment;
mod topics;

pub(crate) use metadata_log::Change;

use crate::config::BrokerConfigs;
use crate::event::EventKind;
use crate::ids::BrokerId;
use crate::protocol::{AdminError, AdminRequest, MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx, Rng, Timer};
use metadata_log::MetadataLog;
use std::sync::Arc;

/// Producer ids in a block (KIP-730).
const PRODUCER_ID_BLOCK: i64 = 1_000;

/// One controller.
#[derive(Debug, Clone)]
pub(crate) struct Controller {
    id: BrokerId,
    log: MetadataLog,
    configs: Arc<BrokerConfigs>,
    rng: Rng,
    next_correlation: u64,
    sessions: brokers::Sessions,
}

impl Controller {
    /// A controller of a cluster whose metadata is `image`.
    pub(crate) fn new(
        id: BrokerId,
        voters: &[BrokerId],
        image: Arc<MetadataImage>,
        configs: Arc<BrokerConfigs>,
        rng: Rng,
    ) -> Self {
        let log = MetadataLog::new(id, voters, image);
        let sessions = brokers::Sessions::new(&configs);
        Self { id, log, configs, rng, next_correlation: 0, sessions }
    }

    /// The metadata this controller knows to be committed.
    pub(crate) fn image(&self) -> &Arc<MetadataImage> {
        self.log.committed()
    }

    /// It leads the quorum, as far as it knows.
    pub(crate) fn is_active(&self) -> bool {
        self.log.is_leader()
    }

    /// What it is in the quorum, in Kafka's word.
    pub(crate) fn role(&self) -> &'static str {
        if self.is_active() { "Leader" } else { "Follower" }
    }

    /// The quorum's epoch.
    pub(crate) fn epoch(&self) -> i32 {
        self.log.epoch()
    }

    /// Producer ids up to this one are in use already: the next block starts above.
    pub(crate) fn reserve_producer_ids(&mut self, ctx: &mut Ctx<'_>, up_to: i64) {
        let blocks = (up_to / PRODUCER_ID_BLOCK).saturating_add(1);
        if let Some(next) = blocks.checked_mul(PRODUCER_ID_BLOCK) {
            let mut image = self.log.newest();
            image.next_producer_id = image.next_producer_id.max(next);
            self.commit(ctx, image, Vec::new());
        }
    }

    /// A request from a broker or another controller.
    pub(crate) fn on_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: Request,
    ) {
        if !self.is_active() {
            let leader = self.log.leader();
            return ctx.respond(from, id, Response::NotController(leader));
        }
        match request {
            Request::Admin(change) => {
                // A refusal is in the trace.
                let _ = self.change(ctx, &change);
                self.respond_committed(ctx, from, id, Response::Admin);
            }
            Request::AllocateProducerIds => {
                let mut image = self.log.newest();
                let first = image.next_producer_id;
                image.next_producer_id += PRODUCER_ID_BLOCK;
                self.commit(ctx, image, Vec::new());
                self.respond_committed(ctx, from, id, Response::AllocateProducerIds { first });
            }
            Request::Registration(request) => self.register(ctx, from, id, &request),
            Request::Heartbeat(request) => self.heartbeat(ctx, from, id, &request),
            Request::AlterPartition(request) => self.alter_partitions(ctx, from, id, request),
            _ => {}
        }
    }

    /// An answer from another controller.
    pub(crate) fn on_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        response: Response,
    ) {
        let _ = (ctx, from, id, response);
    }

    /// A node it has a connection to is gone.
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, node: BrokerId) {
        let _ = (ctx, node);
    }

    /// One of its timers.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        if let Timer::ControllerCheck(number) = timer
            && self.is_active()
        {
            self.check_sessions(ctx, number);
        }
    }

    /// Commits one change, or refuses it.
    pub(crate) fn change(
        &mut self,
        ctx: &mut Ctx<'_>,
        change: &AdminRequest,
    ) -> Result<(), AdminError> {
        let mut image = self.log.newest();
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
        self.commit(ctx, image, vec![Change::of_topic(change.topic(), kind)]);
        Ok(())
    }

    /// Whether a change would be accepted now; changes nothing.
    pub(crate) fn check(&self, change: &AdminRequest) -> Result<(), AdminError> {
        let mut image = self.log.newest();
        topics::apply(&mut image, &self.configs, change, &mut self.rng.clone()).map(|_| ())
    }

    /// Takes over an image as the cluster's set-up left it.
    pub(crate) fn adopt(&mut self, image: &Arc<MetadataImage>) {
        self.log.adopt(image);
    }

    /// The cluster has just been set up: the first voter leads, and takes every broker for live.
    pub(crate) fn start_cluster(&mut self, ctx: &mut Ctx<'_>) {
        if self.is_active() {
            self.begin_sessions(ctx);
        }
    }

    /// Its process ends.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, disk_lost: bool) {
        let _ = (ctx, disk_lost);
        self.sessions.clear();
    }

    /// Its process starts again.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>) {
        if self.is_active() {
            self.begin_sessions(ctx);
        }
    }
}
