//! A controller: while it leads the quorum it owns the metadata, decides on topics, placement, leaders, ISRs and who is
//! fenced, and hands what is committed to every broker. Mirrors `QuorumController` with `ReplicationControlManager`,
//! `ClusterControlManager` and `ConfigurationControlManager`.
//!
//! A decision is a record of `__cluster_metadata`: here the image it leads to. Later decisions build on it at once,
//! brokers and askers hear of it when it is committed.

mod admin;
mod brokers;
mod elections;
mod leaders;
mod liveness;
mod metadata_log;
mod partition_change;
mod partitions;
mod placement;
mod quorum;
mod reassignment;
mod topics;
mod voter;

pub(crate) use metadata_log::{Change, Decision};
pub(crate) use quorum::{FETCH_MAX_WAIT_MS, QuorumRequest, QuorumResponse};
pub(crate) use voter::IdleMessage;

use crate::config::BrokerConfigs;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
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
    /// When the periodic elections run next; none while they would find nothing.
    balance_ms: Option<TimestampMs>,
    unclean_ms: Option<TimestampMs>,
}

impl Controller {
    /// A controller of a cluster whose metadata is `image`.
    pub(crate) fn new(
        id: BrokerId,
        voters: &[BrokerId],
        image: Arc<MetadataImage>,
        configs: Arc<BrokerConfigs>,
        seed: u64,
        now_ms: TimestampMs,
    ) -> Self {
        let rng = Rng::stream(seed, &format!("controller-{}", id.0));
        let ballots = Rng::stream(seed, &format!("quorum-{}", id.0));
        let log = MetadataLog::formed(id, voters, image, now_ms, ballots);
        let sessions = brokers::Sessions::new(&configs);
        Self {
            id,
            log,
            configs,
            rng,
            next_correlation: 0,
            sessions,
            balance_ms: None,
            unclean_ms: None,
        }
    }

    /// The metadata this controller knows to be committed.
    pub(crate) fn image(&self) -> &Arc<MetadataImage> {
        self.log.committed()
    }

    /// It leads the quorum, as far as it knows, and may decide.
    pub(crate) fn is_active(&self) -> bool {
        self.log.active
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
        if let Request::Quorum(request) = request {
            if let Some(node) = from.node() {
                self.on_quorum_request(ctx, node, id, request);
            }
            return;
        }
        if !self.is_active() {
            let leader = self.leader();
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
        if let (Response::Quorum(response), Some(node)) = (response, from.node()) {
            self.on_quorum_response(ctx, node, id, *response);
        }
    }

    /// Whether a request may lead to a decision. Heartbeats of a broker in service do not.
    pub(crate) fn may_decide(&self, request: &Request) -> bool {
        match request {
            Request::Heartbeat(heartbeat) => {
                let known = self.image().brokers.get(&heartbeat.broker);
                heartbeat.want_fence
                    || heartbeat.want_shut_down
                    || known.is_none_or(|known| known.fenced || known.shutting_down)
            }
            _ => true,
        }
    }

    /// One of its timers.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        match timer {
            Timer::ControllerCheck(number) if self.is_active() => self.check_sessions(ctx, number),
            Timer::BalanceLeaders => self.balance_leaders(ctx),
            Timer::UncleanElections => self.elect_unclean(ctx),
            Timer::Quorum(number) => self.on_quorum_timer(ctx, number),
            _ => {}
        }
    }

    /// Commits one change, or refuses it.
    pub(crate) fn change(
        &mut self,
        ctx: &mut Ctx<'_>,
        change: &AdminRequest,
    ) -> Result<(), AdminError> {
        let mut image = self.log.newest();
        let decided = admin::apply(&mut image, &self.configs, change, &mut self.rng);
        let changes = decided.inspect_err(|refused| {
            ctx.emit(EventKind::AdminRefused {
                api: change.api(),
                subject: change.subject(),
                error: refused.error,
                message: refused.message.as_str().into(),
            });
        })?;
        self.commit(ctx, image, changes);
        self.arm_periodic(ctx);
        Ok(())
    }

    /// Whether a change would be accepted now; changes nothing.
    pub(crate) fn check(&self, change: &AdminRequest) -> Result<(), AdminError> {
        let mut image = self.log.newest();
        admin::apply(&mut image, &self.configs, change, &mut self.rng.clone()).map(|_| ())
    }

    /// The cluster has just been set up: the first voter leads, and takes every broker for live.
    pub(crate) fn start_cluster(&mut self, ctx: &mut Ctx<'_>) {
        if self.is_active() {
            self.begin_sessions(ctx);
        }
        self.drive(ctx);
    }

    /// Decides in no time: what `step` decides is committed, as all of these voters have it at once.
    pub(crate) fn decide_at_once(
        &mut self,
        ctx: &mut Ctx<'_>,
        voters: &[BrokerId],
        step: impl FnOnce(&mut Self, &mut Ctx<'_>),
    ) {
        let at_once = self.log.quorum.begin_at_once();
        step(self, ctx);
        self.log.quorum.end_at_once(at_once, voters, ctx.now_ms);
        self.drive(ctx);
    }

    /// Takes over its leader's log in no time.
    pub(crate) fn catch_up(&mut self, ctx: &mut Ctx<'_>, leader: &Controller) {
        let (quorum, rng) = (&mut self.log.quorum, &mut self.log.rng);
        quorum.catch_up(&leader.log.quorum, ctx.now_ms, rng);
        self.drive(ctx);
    }

    /// Its process is to end in order. A leader gives up leading first and stays until there is another epoch, so that
    /// one is elected at once (`KafkaRaftClient.shutdown`). True if it may go now.
    pub(crate) fn leave(&mut self, ctx: &mut Ctx<'_>) -> bool {
        if self.log.quorum.is_leader() && !self.log.quorum.is_lone_voter() {
            self.log.leaving = Some(ctx.cause);
            let epoch = self.epoch();
            self.log.quorum.resign(epoch, ctx.now_ms, &mut self.log.rng);
            self.drive(ctx);
        }
        self.log.leaving.is_none()
    }

    /// Its process ends. The log and its vote are on the disk. `metadata.log.dir` is taken for a disk of its own, which
    /// outlives the one of the log directories.
    pub(crate) fn end(&mut self) {
        self.log.ended();
        self.sessions.clear();
        (self.balance_ms, self.unclean_ms) = (None, None);
    }

    /// Its process starts again.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>) {
        self.log.quorum.restart(ctx.now_ms, &mut self.log.rng);
        self.drive(ctx);
    }
}
