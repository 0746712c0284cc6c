//! A broker: takes requests, owns its partitions, runs retention, coordinates groups. Mirrors `KafkaApis` with
//! `ReplicaManager` and `LogManager`. One request at a time, without cost (R-SCP-22).

mod clean_pass;
mod cleaner;
mod controller_calls;
mod disk;
mod durable;
mod fetch;
mod follower;
mod forward;
mod groups;
mod isr;
mod leader;
mod lifecycle;
mod metadata;
mod metered;
mod offsets;
mod offsets_topic;
mod partition;
mod process;
mod produce;
mod purgatory;
mod records;
mod retention;

use cleaner::Cleaner;
pub(crate) use cleaner::CleanerLog;
use disk::Disk;
pub(crate) use groups::client_of;
pub(crate) use lifecycle::LifeState;
pub(crate) use offsets_topic::{offsets_topic, partition_of_group};
pub(crate) use partition::{Partition, log_config_of, min_insync_replicas};
use purgatory::Purgatory;
pub(crate) use retention::reason as retention_reason;

use crate::config::BrokerConfigs;
use crate::coordinator::GroupCoordinator;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::{MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

/// One broker.
#[derive(Debug, Clone)]
pub(crate) struct Broker {
    id: BrokerId,
    configs: Arc<BrokerConfigs>,
    image: Arc<MetadataImage>,
    partitions: SortedMap<TopicPartition, Partition>,
    purgatory: Purgatory,
    coordinator: GroupCoordinator,
    /// `broker.rack`.
    rack: Option<Arc<str>>,
    lifecycle: lifecycle::Lifecycle,
    fetchers: follower::Fetchers,
    /// Leaders whose partitions to fetch have changed.
    touched_fetchers: SortedSet<BrokerId>,
    alter_partitions: isr::AlterPartitions,
    forwarding: forward::Forwarding,
    /// Group requests that wait for the coordinator's answer.
    group_calls: SortedMap<u64, groups::Call>,
    group_log: offsets_topic::GroupLog,
    next_id: u64,
    next_retention_check_ms: TimestampMs,
    /// When its periodic tasks began.
    tasks_began_ms: TimestampMs,
    isr_check_armed: bool,
    cleaner: Cleaner,
    disk: Disk,
    started_by: EventId,
}

impl Broker {
    /// A broker that is registered and unfenced, and has applied `image`.
    pub(crate) fn new(
        id: BrokerId,
        image: Arc<MetadataImage>,
        voters: &[BrokerId],
        configs: Arc<BrokerConfigs>,
        seed: u64,
    ) -> Self {
        let coordinator = groups::new_coordinator(id, &configs, seed);
        let cleaner = Cleaner::new(&configs);
        let registration = image.brokers.get(&id).cloned().unwrap_or_default();
        Self {
            id,
            configs,
            image,
            partitions: SortedMap::new(),
            purgatory: Purgatory::default(),
            coordinator,
            rack: registration.rack,
            lifecycle: lifecycle::Lifecycle::new(voters, registration.epoch),
            fetchers: follower::Fetchers::new(),
            touched_fetchers: SortedSet::new(),
            alter_partitions: isr::AlterPartitions::default(),
            forwarding: forward::Forwarding::default(),
            group_calls: SortedMap::new(),
            group_log: offsets_topic::GroupLog::default(),
            next_id: 0,
            next_retention_check_ms: TimestampMs::MAX,
            tasks_began_ms: 0,
            isr_check_armed: false,
            cleaner,
            disk: Disk::default(),
            started_by: EventId::default(),
        }
    }

    /// Sets its timers going.
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.started_by = ctx.cause;
        self.start_tasks(ctx);
        self.start_coordinator(ctx);
        self.start_heartbeats(ctx);
    }

    /// The retention task and the cleaner begin.
    fn start_tasks(&mut self, ctx: &mut Ctx<'_>) {
        let first = self.configs.long("log.initial.task.delay.ms").unwrap_or(30_000);
        self.next_retention_check_ms = ctx.now_ms + first;
        ctx.timer(self.next_retention_check_ms, Timer::RetentionCheck);
        self.cleaner.start(ctx.now_ms);
        self.tasks_began_ms = ctx.now_ms;
        self.isr_check_armed = false;
    }

    /// A request from a client, a broker or the controller.
    pub(crate) fn on_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: Request,
    ) {
        let api = metered::plain_api(&request);
        match request {
            Request::Produce(produce) => self.produce(ctx, from, id, produce),
            Request::Fetch(fetch) => self.fetch(ctx, from, id, fetch),
            Request::ListOffsets(query) => {
                let response = self.list_offsets(&query);
                ctx.respond(from, id, Response::ListOffsets(response));
            }
            Request::Metadata(wanted) => {
                let response = self.metadata(ctx, &wanted);
                ctx.respond(from, id, Response::Metadata(response));
            }
            Request::ApiVersions => ctx.respond(from, id, Response::ApiVersions),
            Request::InitProducerId => self.init_producer_id(ctx, from, id),
            Request::Group(group) => self.group_request(ctx, from, id, group),
            Request::Admin(change) => self.forward(ctx, Some((from, id)), change),
            Request::DeleteRecords(request) => self.delete_records(ctx, from, id, request),
            Request::MetadataUpdate(image) => self.apply_metadata(ctx, image),
            Request::EpochEnd(asked) => {
                let response = self.epoch_ends(&asked);
                ctx.respond(from, id, Response::EpochEnd(response));
            }
            // For controllers.
            Request::AllocateProducerIds
            | Request::Registration(_)
            | Request::Heartbeat(_)
            | Request::AlterPartition(_)
            | Request::Quorum(_) => {}
        }
        if let Some(api) = api {
            metered::Begun::now(ctx).served(ctx, api);
        }
    }

    /// An answer from a leader it follows, or from the controller.
    pub(crate) fn on_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        response: Response,
    ) {
        let Some(node) = from.node() else { return };
        if let Response::Fetch(answer) = response {
            self.on_replica_fetch(ctx, node, id, answer);
        } else if let Some(other) = self.on_controller_response(ctx, node, id, response) {
            self.on_forwarded(ctx, id, other);
        }
    }

    /// One of its timers.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        match timer {
            Timer::RetentionCheck if ctx.now_ms != self.next_retention_check_ms => {}
            Timer::RetentionCheck => self.check_retention(ctx),
            Timer::Cleaner(number) => self.run_cleaner(ctx, number),
            Timer::FetchExpired(id) => self.fetch_expired(ctx, id),
            Timer::ProduceExpired(id) => self.produce_expired(ctx, id),
            Timer::Group(timer) => self.group_timer(ctx, timer),
            Timer::GroupWrite(id) => self.group_write_expired(ctx, id),
            Timer::IsrExpiration => self.expire_isrs(ctx),
            Timer::BrokerHeartbeat(number) => self.beat(ctx, number),
            Timer::ReplicaFetch(leader, number) => self.fetcher_timer(ctx, leader, number),
            Timer::ControllerRetry(number) => self.controller_retry(ctx, number),
            Timer::ControllerTimeout(id) => self.controller_timeout(ctx, id),
            _ => {}
        }
    }

    /// A timer of a request that was answered meanwhile: it comes to nothing when it ends.
    pub(crate) fn waits_no_more(&self, timer: &Timer) -> bool {
        match timer {
            Timer::FetchExpired(id) => !self.purgatory.fetches.contains_key(id),
            Timer::ProduceExpired(id) => !self.purgatory.produces.contains_key(id),
            Timer::ControllerTimeout(id) => !self.lifecycle.calls.contains_key(id),
            _ => false,
        }
    }

    /// `node.id`.
    pub(crate) fn id(&self) -> BrokerId {
        self.id
    }

    /// Its configs, layer by layer.
    pub(crate) fn configs(&self) -> &BrokerConfigs {
        &self.configs
    }

    /// Its partitions.
    pub(crate) fn partitions(&self) -> &SortedMap<TopicPartition, Partition> {
        &self.partitions
    }

    /// One partition.
    pub(crate) fn partition(&self, tp: &TopicPartition) -> Option<&Partition> {
        self.partitions.get(tp)
    }

    /// Its group coordinator, to look at.
    pub(crate) fn coordinator(&self) -> &GroupCoordinator {
        &self.coordinator
    }

    /// When retention is checked next.
    pub(crate) fn next_retention_check_ms(&self) -> TimestampMs {
        self.next_retention_check_ms
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}
