//! A broker: takes requests, owns its partitions, runs retention, coordinates groups. Mirrors `KafkaApis` with
//! `ReplicaManager` and `LogManager`. One request at a time, without cost (R-SCP-22).

mod clean_pass;
mod cleaner;
mod disk;
mod fetch;
mod groups;
mod metadata;
mod offsets;
mod partition;
mod produce;
mod purgatory;
mod records;
mod retention;

use cleaner::Cleaner;
pub(crate) use cleaner::CleanerLog;
use disk::{Disk, Halt};
pub(crate) use groups::client_of;
pub(crate) use partition::{Partition, log_config_of};
use purgatory::Purgatory;
pub(crate) use retention::reason as retention_reason;

use crate::config::BrokerConfigs;
use crate::coordinator::GroupCoordinator;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::{MetadataImage, Request, Response};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::SortedMap;
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
    /// Requests forwarded to the controller, by the correlation they went on with.
    forwarded: SortedMap<u64, (ActorId, u64)>,
    /// Group requests that wait for the coordinator's answer.
    group_calls: SortedMap<u64, groups::Call>,
    next_id: u64,
    producer_ids: std::ops::Range<i64>,
    waiting_for_producer_ids: Vec<(ActorId, u64)>,
    next_retention_check_ms: TimestampMs,
    cleaner: Cleaner,
    disk: Disk,
    halt: Option<Halt>,
    started_by: EventId,
}

impl Broker {
    /// A broker that has just started and has read the registrations, but no topic, from the metadata.
    pub(crate) fn new(
        id: BrokerId,
        brokers: Vec<BrokerId>,
        configs: Arc<BrokerConfigs>,
        seed: u64,
    ) -> Self {
        let image = MetadataImage { brokers, ..MetadataImage::default() };
        let coordinator = groups::new_coordinator(id, &configs, seed);
        let cleaner = Cleaner::new(&configs);
        Self {
            id,
            configs,
            image: Arc::new(image),
            partitions: SortedMap::new(),
            purgatory: Purgatory::default(),
            coordinator,
            forwarded: SortedMap::new(),
            group_calls: SortedMap::new(),
            next_id: 0,
            producer_ids: 0..0,
            waiting_for_producer_ids: Vec::new(),
            next_retention_check_ms: TimestampMs::MAX,
            cleaner,
            disk: Disk::default(),
            halt: None,
            started_by: EventId::default(),
        }
    }

    /// Sets its timers going.
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>) {
        self.started_by = ctx.cause;
        self.start_tasks(ctx);
        self.start_coordinator(ctx);
    }

    /// The retention task and the cleaner begin.
    fn start_tasks(&mut self, ctx: &mut Ctx<'_>) {
        let first = self.configs.long("log.initial.task.delay.ms").unwrap_or(30_000);
        self.next_retention_check_ms = ctx.now_ms + first;
        ctx.timer(self.next_retention_check_ms, Timer::RetentionCheck);
        self.cleaner.start(ctx.now_ms);
    }

    /// A request from a client, a broker or the controller.
    pub(crate) fn on_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: Request,
    ) {
        let Some(request) = self.refuse_while_halted(ctx, from, id, request) else { return };
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
            Request::InitProducerId => self.init_producer_id(ctx, from, id),
            Request::Group(group) => self.group_request(ctx, from, id, group),
            Request::Admin(change) => {
                let onward = self.next_id();
                self.forwarded.insert(onward, (from, id));
                ctx.request(ActorId::Controller, onward, Request::Admin(change));
            }
            Request::DeleteRecords(request) => self.delete_records(ctx, from, id, request),
            Request::MetadataUpdate(image) => self.apply_metadata(ctx, image),
            Request::AllocateProducerIds => {}
        }
    }

    /// An answer from the controller.
    pub(crate) fn on_response(&mut self, ctx: &mut Ctx<'_>, id: u64, response: Response) {
        match response {
            Response::AllocateProducerIds { first } => {
                self.producer_ids = first..first + 1_000;
                for (from, id) in std::mem::take(&mut self.waiting_for_producer_ids) {
                    self.init_producer_id(ctx, from, id);
                }
            }
            other => {
                if let Some((from, asked)) = self.forwarded.remove(&id) {
                    ctx.respond(from, asked, other);
                }
            }
        }
    }

    /// One of its timers.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        if self.hold_timer(ctx, &timer) {
            return;
        }
        match timer {
            Timer::RetentionCheck if ctx.now_ms != self.next_retention_check_ms => {}
            Timer::RetentionCheck => self.check_retention(ctx),
            Timer::Cleaner(number) => self.run_cleaner(ctx, number),
            Timer::FetchExpired(id) => self.fetch_expired(ctx, id),
            Timer::ProduceExpired(id) => self.produce_expired(ctx, id),
            Timer::Group(timer) => self.group_timer(ctx, timer),
            _ => {}
        }
    }

    /// `node.id`.
    pub(crate) fn id(&self) -> BrokerId {
        self.id
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

    /// Drops what is left of its block of producer ids if one up to `up_to` would be handed out.
    pub(crate) fn drop_producer_ids(&mut self, up_to: i64) {
        if self.producer_ids.start <= up_to {
            self.producer_ids = 0..0;
        }
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn init_producer_id(&mut self, ctx: &mut Ctx<'_>, from: ActorId, id: u64) {
        if let Some(producer_id) = self.producer_ids.next() {
            ctx.respond(from, id, Response::InitProducerId { producer_id, producer_epoch: 0 });
            return;
        }
        self.waiting_for_producer_ids.push((from, id));
        if self.waiting_for_producer_ids.len() == 1 {
            let onward = self.next_id();
            ctx.request(ActorId::Controller, onward, Request::AllocateProducerIds);
        }
    }
}
