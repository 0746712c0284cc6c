//! All actors and what they stand on. One step takes the next due thing and hands it to its actor; borrowing
//! the rest of the world goes through [`Ctx`], so no actor can reach another one.

use crate::broker::Broker;
use crate::command::ClusterSpec;
use crate::config::BrokerConfigs;
use crate::consumer::{Consumer, MemberSetup, Process};
use crate::controller::Controller;
use crate::error::CommandError;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::ledger::Ledger;
use crate::producer::Producer;
use crate::sim::{ActorId, Body, Ctx, Due, EventQueue, Links, Message, Rng, Side, Timer};
use crate::trace::Trace;
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most brokers this version runs.
pub(crate) const MAX_BROKERS: u32 = 1;

/// A member to be restarted with another setup.
#[derive(Debug, Clone)]
pub(crate) struct Restart {
    /// Which consumer.
    pub consumer: u32,
    /// What it runs with then.
    pub setup: MemberSetup,
    /// The command.
    pub cause: EventId,
    /// All members close before the first starts: old and new ones have no assignor in common.
    pub together: bool,
}

/// Everything.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub now_ms: TimestampMs,
    pub start_ms: TimestampMs,
    pub seed: u64,
    pub configs: Arc<BrokerConfigs>,
    pub queue: EventQueue,
    pub links: Links,
    pub trace: Trace,
    pub ledger: Ledger,
    pub controller: Controller,
    pub brokers: SortedMap<BrokerId, Broker>,
    pub producers: Vec<Producer>,
    pub consumers: Vec<Consumer>,
    pub groups: Vec<crate::consumer::GroupSetup>,
    /// Admin requests that wait for their answer, by correlation.
    pub admin_calls: u64,
    /// Members to be restarted.
    pub rolling: VecDeque<Restart>,
    /// Those of them that have been, until all have.
    restarted: Vec<(u32, EventId)>,
    /// What the last step means for parked cycles.
    side: Vec<Side>,
}

impl World {
    /// A cluster at the moment its brokers have started.
    pub(crate) fn new(
        spec: &ClusterSpec,
        seed: u64,
        start_ms: TimestampMs,
    ) -> Result<Self, CommandError> {
        let ids = broker_ids(spec)?;
        let configs = BrokerConfigs::new(spec.configs.clone()).map_err(|refused| {
            let field = format!("cluster.configs.{}", refused.name());
            CommandError::new("ConfigException", &field, refused.to_string())
        })?;
        let configs = Arc::new(configs);
        let controller =
            Controller::new(ids.clone(), Arc::clone(&configs), Rng::stream(seed, "controller"));
        let brokers = ids
            .iter()
            .map(|&id| {
                let mut broker = Broker::new(id, ids.clone(), Arc::clone(&configs), seed);
                broker.set_disk(spec.disk_bytes);
                (id, broker)
            })
            .collect();
        let mut world = Self {
            now_ms: start_ms,
            start_ms,
            seed,
            configs,
            queue: EventQueue::default(),
            links: Links { latency_ms: i64::from(spec.latency_ms), parking: true },
            trace: Trace::default(),
            ledger: Ledger::default(),
            controller,
            brokers,
            producers: Vec::new(),
            consumers: Vec::new(),
            groups: Vec::new(),
            admin_calls: 0,
            rolling: VecDeque::new(),
            restarted: Vec::new(),
            side: Vec::new(),
        };
        let started = world.trace.push(start_ms, None, EventKind::Started);
        for id in ids {
            world.with_broker(id, started, |broker, ctx| broker.start(ctx));
        }
        Ok(world)
    }

    /// Takes the next thing that is due by `to_ms`. False if there is none.
    pub(crate) fn step(&mut self, to_ms: TimestampMs) -> bool {
        let Some((at_ms, due)) = self.queue.pop_due(to_ms) else { return false };
        self.now_ms = self.now_ms.max(at_ms);
        match due {
            Due::Deliver(message) => self.deliver(*message),
            Due::Timer { actor, timer, cause } => self.fire(actor, timer, cause),
        }
        self.settle();
        if !self.rolling.is_empty() {
            self.roll_on();
        }
        if self.groups.iter().any(|setup| setup.removing) {
            self.remove_empty_groups(EventId(self.trace.newest()));
        }
        true
    }

    fn deliver(&mut self, message: Message) {
        let Message { from, to, correlation: id, cause, body } = message;
        match (to, body) {
            (ActorId::Broker(broker), Body::Request(request)) => {
                self.with_broker(broker, cause, |broker, ctx| {
                    broker.on_request(ctx, from, id, request);
                });
            }
            (ActorId::Broker(broker), Body::Response(response)) => {
                self.with_broker(broker, cause, |broker, ctx| {
                    broker.on_response(ctx, id, response)
                });
            }
            (ActorId::Controller, Body::Request(request)) => {
                self.with_controller(cause, |controller, ctx| {
                    controller.on_request(ctx, from, id, request);
                });
            }
            (ActorId::Producer(at), Body::Response(response)) => {
                self.with_producer(at, cause, |producer, ctx| {
                    producer.on_response(ctx, id, response);
                });
            }
            (ActorId::Consumer(at), Body::Response(response)) => {
                self.with_consumer(at, cause, |consumer, ctx| {
                    consumer.on_response(ctx, from, id, response);
                });
            }
            // What an admin request led to is in the trace; a client serves no request.
            _ => {}
        }
    }

    fn fire(&mut self, actor: ActorId, timer: Timer, cause: EventId) {
        match actor {
            ActorId::Broker(id) => {
                self.with_broker(id, cause, |broker, ctx| broker.on_timer(ctx, timer));
            }
            ActorId::Producer(at) => {
                self.with_producer(at, cause, |producer, ctx| producer.on_timer(ctx, timer));
            }
            ActorId::Consumer(at) => {
                self.with_consumer(at, cause, |consumer, ctx| consumer.on_timer(ctx, timer));
            }
            ActorId::Controller | ActorId::Admin => {}
        }
    }

    /// What one actor's step means for what others have parked.
    pub(crate) fn settle(&mut self) {
        while let Some(side) = self.side.pop() {
            let cause = EventId(self.trace.newest());
            match side {
                Side::Disturbed(client) => self.unpark(client, cause),
                Side::ParkFetch { consumer, broker, id, request } => {
                    let again = self.consumer(consumer).is_some_and(|known| {
                        known.would_fetch_again(self.now_ms, broker, &request)
                    });
                    self.with_broker(broker, cause, |broker, ctx| match again {
                        true => broker.park_fetch(id),
                        false => broker.answer_fetch(ctx, id),
                    });
                }
                Side::ParkHeartbeats { consumer, first_arrival_ms, interval_ms } => {
                    self.park_heartbeats(consumer, first_arrival_ms, interval_ms);
                }
                Side::ResumeHeartbeats { group, member_id, next_arrival_ms } => {
                    let found = self.consumers.iter().position(|known| {
                        known.setup.group == group && known.member_id == member_id
                    });
                    if let Some(at) = found.and_then(|at| u32::try_from(at).ok()) {
                        self.with_consumer(at, cause, |consumer, ctx| {
                            consumer.resume_heartbeats(ctx, next_arrival_ms);
                        });
                    }
                }
            }
        }
    }

    fn unpark(&mut self, client: ActorId, cause: EventId) {
        let membership = match client {
            ActorId::Consumer(at) => self
                .consumer(at)
                .map(|known| (Arc::clone(&known.setup.group), Arc::clone(&known.member_id))),
            _ => None,
        };
        for id in self.bootstrap() {
            self.with_broker(id, cause, |broker, ctx| {
                broker.unpark_fetches_of(ctx, client);
                if let Some((group, member_id)) = &membership {
                    broker.unpark_heartbeats(ctx, group, member_id);
                }
            });
        }
    }

    fn park_heartbeats(&mut self, at: u32, first_arrival_ms: TimestampMs, interval_ms: i64) {
        let Some(consumer) = self.consumer(at) else { return };
        let (group, member_id) =
            (Arc::clone(&consumer.setup.group), Arc::clone(&consumer.member_id));
        let Some(coordinator) = consumer.coordinator() else { return };
        let now_ms = self.now_ms;
        let parked = self.brokers.get_mut(&coordinator).is_some_and(|broker| {
            broker.park_heartbeats(now_ms, &group, &member_id, first_arrival_ms, interval_ms)
        });
        if parked
            && let Some(consumer) =
                usize::try_from(at).ok().and_then(|at| self.consumers.get_mut(at))
        {
            consumer.heartbeats_parked();
        }
    }

    /// Runs a step of the controller.
    pub(crate) fn with_controller<T>(
        &mut self,
        cause: EventId,
        step: impl FnOnce(&mut Controller, &mut Ctx<'_>) -> T,
    ) -> T {
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Controller,
            cause,
            queue: &mut self.queue,
            links: &self.links,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            side: &mut self.side,
        };
        step(&mut self.controller, &mut ctx)
    }

    /// Runs a step of a broker.
    pub(crate) fn with_broker(
        &mut self,
        id: BrokerId,
        cause: EventId,
        step: impl FnOnce(&mut Broker, &mut Ctx<'_>),
    ) {
        let Some(broker) = self.brokers.get_mut(&id) else { return };
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Broker(id),
            cause,
            queue: &mut self.queue,
            links: &self.links,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            side: &mut self.side,
        };
        step(broker, &mut ctx);
    }

    /// Runs a step of a producer.
    pub(crate) fn with_producer(
        &mut self,
        at: u32,
        cause: EventId,
        step: impl FnOnce(&mut Producer, &mut Ctx<'_>),
    ) {
        let index = usize::try_from(at).unwrap_or(usize::MAX);
        let Some(producer) = self.producers.get_mut(index) else { return };
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Producer(at),
            cause,
            queue: &mut self.queue,
            links: &self.links,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            side: &mut self.side,
        };
        step(producer, &mut ctx);
    }

    /// Runs a step of a consumer.
    pub(crate) fn with_consumer(
        &mut self,
        at: u32,
        cause: EventId,
        step: impl FnOnce(&mut Consumer, &mut Ctx<'_>),
    ) {
        let index = usize::try_from(at).unwrap_or(usize::MAX);
        let Some(consumer) = self.consumers.get_mut(index) else { return };
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Consumer(at),
            cause,
            queue: &mut self.queue,
            links: &self.links,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            side: &mut self.side,
        };
        step(consumer, &mut ctx);
    }

    /// Goes on with restarts: one by one, the next member closing once the one before has started again; or
    /// together, all closing before the first starts.
    pub(crate) fn roll_on(&mut self) {
        while let Some(first) = self.rolling.front().cloned() {
            let batch: Vec<u32> = match first.together {
                false => vec![first.consumer],
                true => self
                    .rolling
                    .iter()
                    .filter(|restart| restart.cause == first.cause)
                    .map(|restart| restart.consumer)
                    .collect(),
            };
            for &at in &batch {
                let running =
                    self.consumer(at).is_some_and(|known| known.process == Process::Running);
                if running && !self.restarted.contains(&(at, first.cause)) {
                    self.with_consumer(at, first.cause, |consumer, ctx| consumer.close(ctx));
                }
            }
            let closing = |at: &u32| {
                self.consumer(*at).is_some_and(|known| known.process == Process::Closing)
            };
            if batch.iter().any(closing) {
                return;
            }
            self.rolling.pop_front();
            self.restart(first);
        }
        self.restarted.clear();
    }

    fn restart(&mut self, restart: Restart) {
        let Restart { consumer: at, setup, cause, .. } = restart;
        let closed = self.consumer(at).is_some_and(|known| known.process == Process::Closed);
        let brokers = self.bootstrap();
        self.restarted.push((at, cause));
        self.with_consumer(at, cause, |consumer, ctx| {
            if closed {
                consumer.restart(ctx, setup, &brokers);
            } else {
                // Crashed meanwhile: it will start with the new setup.
                consumer.setup = setup;
            }
        });
    }

    /// Deletes groups that were to be removed and whose last member has closed.
    pub(crate) fn remove_empty_groups(&mut self, cause: EventId) {
        let empty = |setup: &crate::consumer::GroupSetup| {
            let mut members =
                self.consumers.iter().filter(|known| known.setup.group == setup.group);
            setup.removing && !members.any(Consumer::is_listed)
        };
        let gone: Vec<Arc<str>> =
            self.groups.iter().filter(|setup| empty(setup)).map(|s| Arc::clone(&s.group)).collect();
        self.groups.retain(|setup| !gone.contains(&setup.group));
        for group in gone {
            for id in self.bootstrap() {
                let group = Arc::clone(&group);
                self.with_broker(id, cause, |broker, ctx| broker.delete_group(ctx, group));
            }
        }
    }

    /// The broker that leads a partition, with the partition as that broker has it.
    pub(crate) fn leader(
        &self,
        tp: &TopicPartition,
    ) -> Option<(&Broker, &crate::broker::Partition)> {
        let leader = self.controller.image().topics.get(&tp.topic)?.leader(tp.partition)?;
        let broker = self.brokers.get(&leader)?;
        Some((broker, broker.partition(tp)?))
    }

    /// Brokers a client can begin with.
    pub(crate) fn bootstrap(&self) -> Vec<BrokerId> {
        self.brokers.keys().copied().collect()
    }
}

fn broker_ids(spec: &ClusterSpec) -> Result<Vec<BrokerId>, CommandError> {
    if spec.brokers == 0 || spec.brokers > MAX_BROKERS {
        let text = format!(
            "A cluster of {} brokers can't be run: this version of Ottla runs {MAX_BROKERS}. Set brokers to 1.",
            spec.brokers
        );
        return Err(CommandError::new("UNSUPPORTED_VERSION", "cluster.brokers", text));
    }
    if spec.latency_ms > 60_000 {
        let text =
            "A latency above 60 000 ms leaves no request an answer in time. Set 60000 or less.";
        return Err(CommandError::new("INVALID_CONFIG", "cluster.latency_ms", text));
    }
    Ok((1i32..).map(BrokerId).take(usize::try_from(spec.brokers).unwrap_or(1)).collect())
}
