//! A producer client: `send()`, the accumulator, the sender. Mirrors `KafkaProducer`, `RecordAccumulator`,
//! `BuiltInPartitioner` and `Sender`; the application and the sender thread take no time of their own.

mod accumulator;
mod answer;
mod batch;
mod connections;
mod metadata;
mod placing;
mod process;
mod send;
mod sender;
mod sequences;
mod sticky;
mod stream;
mod told;
mod waiting;

pub(crate) use accumulator::Accumulator;
pub(crate) use batch::ProducerBatch;
pub(crate) use send::OwnedRecord;
pub(crate) use stream::Stream;
pub(crate) use told::Told;

use crate::command::StreamSpec;
use crate::config::ProducerConfig;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::{ErrorCode, Request, Response};
use crate::sim::{ActorId, Ctx, Rng, Timer};
use connections::{Connections, Ready};
pub(crate) use metadata::{ClientMetadata, Pace};
use send::PendingRecord;
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// One producer client.
#[derive(Debug, Clone)]
pub(crate) struct Producer {
    /// Its name and `client.id`.
    pub name: Arc<str>,
    /// Overrides it runs with.
    pub overrides: crate::command::Configs,
    /// Configs in force.
    pub config: ProducerConfig,
    /// Its process runs.
    pub up: bool,
    /// Its process has died, and may be started again.
    pub crashed: bool,
    /// Producer id and epoch, once it has them.
    pub identity: Option<(i64, i16)>,
    /// Records accepted by `send()`, acknowledged, failed.
    pub counts: Counts,
    /// The last error, with its time.
    pub last_error: Option<(TimestampMs, ErrorCode)>,
    /// What its application was told last.
    pub answers: told::Answers,
    /// Its stream.
    pub stream: Option<Stream>,
    ledger_id: u32,
    asked_for_identity: bool,
    metadata: ClientMetadata,
    accumulator: Accumulator,
    /// Records that wait in `send()` for metadata (`waitOnMetadata`).
    pending: VecDeque<PendingRecord>,
    in_flight: SortedMap<u64, InFlight>,
    in_flight_by_broker: SortedMap<BrokerId, u32>,
    /// Requests but Produce that wait for an answer.
    other_calls: SortedMap<u64, OtherCall>,
    connections: Connections,
    /// Brokers that could take no batch though one was ready, since when (`NodeLatencyStats`).
    undrained: SortedMap<BrokerId, TimestampMs>,
    next_correlation: u64,
    next_wake_ms: TimestampMs,
    closing: bool,
    restart: Option<Box<(crate::command::Configs, ProducerConfig, EventId)>>,
    rate: RateMeter,
    /// Requests in flight, bytes of its buffer in use and records that wait in `send()`, as it told the metrics last.
    measured: (usize, i64, usize),
    /// Partitions whose sequences start again under the next epoch.
    bump_epoch_for: Vec<TopicPartition>,
    rng: Rng,
}

/// How many records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Accepted by `send()`.
    pub sent: u64,
    /// Acknowledged.
    pub acked: u64,
    /// Failed for good.
    pub failed: u64,
    /// Bytes of the batches that were sent, each once, as they were sent.
    pub bytes: u64,
    /// The same before compression.
    pub uncompressed_bytes: u64,
    /// Batches put back to be tried again.
    pub retries: u64,
}

/// One produce request that waits for its answer.
#[derive(Debug, Clone)]
pub(crate) struct InFlight {
    /// The broker asked.
    pub broker: BrokerId,
    /// When it was sent.
    pub sent_ms: TimestampMs,
    /// Its batches.
    pub batches: Vec<ProducerBatch>,
}

/// What a request but Produce was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Other {
    Metadata,
    Identity,
    Connect,
}

/// A request but Produce that waits for its answer.
#[derive(Debug, Clone, Copy)]
struct OtherCall {
    broker: BrokerId,
    what: Other,
    sent_ms: TimestampMs,
}

/// Records sent in each of the last two whole seconds.
#[derive(Debug, Clone, Copy, Default)]
struct RateMeter {
    second: i64,
    this: u32,
    last: u32,
}

impl RateMeter {
    fn count(&mut self, now_ms: TimestampMs, records: u32) {
        self.roll(now_ms);
        self.this = self.this.saturating_add(records);
    }
    fn roll(&mut self, now_ms: TimestampMs) {
        let second = now_ms.div_euclid(1_000);
        if second != self.second {
            self.last = if second == self.second + 1 { self.this } else { 0 };
            self.this = 0;
            self.second = second;
        }
    }
}

impl Producer {
    /// A producer that is about to start.
    pub(crate) fn new(
        name: Arc<str>,
        overrides: crate::command::Configs,
        config: ProducerConfig,
        ledger_id: u32,
        seed: u64,
    ) -> Self {
        let rng = Rng::stream(seed, &format!("producer-{name}"));
        Self {
            name,
            overrides,
            config,
            up: true,
            crashed: false,
            identity: None,
            counts: Counts::default(),
            last_error: None,
            answers: told::Answers::default(),
            stream: None,
            ledger_id,
            asked_for_identity: false,
            metadata: ClientMetadata::default(),
            accumulator: Accumulator::default(),
            pending: VecDeque::new(),
            in_flight: SortedMap::new(),
            in_flight_by_broker: SortedMap::new(),
            other_calls: SortedMap::new(),
            connections: Connections::default(),
            undrained: SortedMap::new(),
            next_correlation: 0,
            next_wake_ms: TimestampMs::MAX,
            closing: false,
            restart: None,
            rate: RateMeter::default(),
            measured: (0, 0, 0),
            bump_epoch_for: Vec::new(),
            rng,
        }
    }

    /// The process starts: an idempotent one asks for its id at once (`Sender.runOnce`).
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>, brokers: &[BrokerId]) {
        self.metadata.bootstrap(brokers);
        ctx.metrics.begins(ctx.now_ms, ctx.me);
        self.measured = (0, 0, 0);
        ctx.metrics.producer_stands(ctx.now_ms, ctx.me, self.measured);
        if !self.config.enable_idempotence {
            ctx.emit(EventKind::ProducerReady {
                producer: Arc::clone(&self.name),
                producer_id: -1,
                producer_epoch: -1,
            });
        }
        self.ask_for_identity(ctx);
    }

    fn ask_for_identity(&mut self, ctx: &mut Ctx<'_>) {
        if !self.config.enable_idempotence || self.identity.is_some() || self.asked_for_identity {
            return;
        }
        if let Some(broker) = self.least_loaded(ctx) {
            self.asked_for_identity = true;
            let id = self.call(ctx.now_ms, broker, Other::Identity);
            ctx.request(ActorId::Broker(broker), id, Request::InitProducerId);
        }
    }

    /// Notes a request that is about to be sent.
    fn call(&mut self, sent_ms: TimestampMs, broker: BrokerId, what: Other) -> u64 {
        let id = self.next_correlation();
        self.connections.used(broker);
        self.other_calls.insert(id, OtherCall { broker, what, sent_ms });
        id
    }

    /// A broker that can be asked something now (`leastLoadedNode`). Where there is none the client connects to one, if it
    /// is not about to do so already.
    fn least_loaded(&mut self, ctx: &mut Ctx<'_>) -> Option<BrokerId> {
        let state = |broker: &BrokerId| self.connections.ready(*broker, ctx.now_ms);
        if let Some(ready) = self.metadata.in_turn().find(|broker| state(broker) == Ready::Yes) {
            return Some(ready);
        }
        let connecting = self.metadata.in_turn().any(|broker| state(&broker) == Ready::Connecting);
        let next = self.metadata.in_turn().find(|broker| state(broker) == Ready::Connect);
        if let Some(broker) = next.filter(|_| !connecting) {
            self.connect(ctx, broker);
        }
        None
    }

    /// When it can ask some broker for what it needs and could not ask for yet.
    fn metadata_wake_ms(&self, now_ms: TimestampMs) -> TimestampMs {
        let asks = self.metadata.due_ms(self.pace()).is_some_and(|due_ms| due_ms <= now_ms);
        let wants_identity =
            self.config.enable_idempotence && self.identity.is_none() && !self.asked_for_identity;
        if !asks && !wants_identity {
            return TimestampMs::MAX;
        }
        let states = self.metadata.in_turn().map(|broker| self.connections.ready(broker, now_ms));
        let until = |state| if let Ready::At(until_ms) = state { Some(until_ms) } else { None };
        states.filter_map(until).min().unwrap_or(TimestampMs::MAX)
    }

    /// Opens a connection again.
    fn connect(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let id = self.call(ctx.now_ms, broker, Other::Connect);
        self.connections.connecting(broker, id, ctx.now_ms);
        ctx.request(ActorId::Broker(broker), id, Request::ApiVersions);
    }

    /// An answer.
    pub(crate) fn on_response(&mut self, ctx: &mut Ctx<'_>, id: u64, response: Response) {
        if !self.up {
            return;
        }
        let call = self.other_calls.remove(&id);
        match (call.map(|call| call.what), response) {
            (_, Response::Produce(answer)) => self.on_produce(ctx, id, answer),
            (Some(Other::Metadata), Response::Metadata(answer)) => self.on_metadata(ctx, &answer),
            (Some(Other::Identity), Response::InitProducerId { producer_id, producer_epoch }) => {
                self.asked_for_identity = false;
                self.identity = Some((producer_id, producer_epoch));
                ctx.emit(EventKind::ProducerReady {
                    producer: Arc::clone(&self.name),
                    producer_id,
                    producer_epoch,
                });
            }
            (Some(Other::Connect), Response::ApiVersions) => {
                self.connections.connected(call.map_or(BrokerId(-1), |call| call.broker));
            }
            // Of a connection that it has given up, or of an earlier start of its process.
            _ => return,
        }
        self.run_sender(ctx);
    }

    /// A broker's connection is gone: nothing that was asked there will be answered
    /// (`NetworkClient.handleDisconnections`).
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        if self.up && self.connections.has(broker) {
            self.disconnected(ctx, broker, ErrorCode::NetworkException);
            self.run_sender(ctx);
        }
    }

    /// What was asked of a broker is without an answer, and batches that were on their way there are tried again. Who
    /// leads what may have changed: it asks for metadata (`handleServerDisconnect`).
    fn disconnected(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId, error: ErrorCode) {
        let backoff = (self.config.reconnect_backoff_ms, self.config.reconnect_backoff_max_ms);
        self.connections.lost(broker, ctx.now_ms, backoff, &mut self.rng);
        self.metadata.request_update();
        let requests: Vec<u64> = self
            .in_flight
            .iter()
            .filter(|(_, request)| request.broker == broker)
            .map(|(&id, _)| id)
            .collect();
        let others: Vec<u64> = self
            .other_calls
            .iter()
            .filter(|(_, call)| call.broker == broker)
            .map(|(&id, _)| id)
            .collect();
        if requests.is_empty() && others.is_empty() {
            return;
        }
        ctx.emit_as_cause(EventKind::Disconnected { client: Arc::clone(&self.name), broker });
        for id in others {
            match self.other_calls.remove(&id).map(|call| call.what) {
                Some(Other::Metadata) => self.metadata.gave_up(ctx.now_ms),
                Some(Other::Identity) => self.asked_for_identity = false,
                Some(Other::Connect) | None => {}
            }
        }
        for id in requests {
            for batch in self.take_in_flight(id) {
                self.refused(ctx, batch, error);
            }
        }
    }

    /// The sender has nothing to look at yet: this wake was overtaken.
    fn sleeps_past(&self, at_ms: TimestampMs) -> bool {
        self.next_wake_ms > at_ms
    }

    /// The sender is to be woken then. A wake before that was overtaken, and one after it is set again then.
    pub(crate) fn wakes_at(&self, at_ms: TimestampMs) -> bool {
        self.next_wake_ms == at_ms
    }

    /// A timer.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        if !self.up {
            return;
        }
        match timer {
            Timer::SenderWake if self.sleeps_past(ctx.now_ms) => {}
            Timer::SenderWake => {
                self.next_wake_ms = TimestampMs::MAX;
                self.run_sender(ctx);
            }
            Timer::StreamTick(number) => self.stream_tick(ctx, number),
            Timer::MetadataExpired(number) => self.metadata_expired(ctx, number),
            Timer::MaxBlock => self.expire_pending(ctx),
            _ => {}
        }
    }

    /// Starts, changes or stops the stream.
    pub(crate) fn set_stream(&mut self, ctx: &mut Ctx<'_>, spec: Option<StreamSpec>) {
        let number = self.stream.as_ref().map_or(0, |stream| stream.number) + 1;
        self.stream = spec.map(|spec| Stream::new(spec, number, ctx.now_ms, ctx.cause));
        self.schedule_stream(ctx);
    }

    /// Whether it is shown: closed ones are not.
    pub(crate) fn is_listed(&self) -> bool {
        self.up || self.crashed
    }

    /// Records sent in the last whole second, times ten.
    pub(crate) fn rate_x10(&self, now_ms: TimestampMs) -> u32 {
        let mut meter = self.rate;
        meter.roll(now_ms);
        meter.last.saturating_mul(10)
    }

    /// Its accumulator, to look at.
    pub(crate) fn accumulator(&self) -> &Accumulator {
        &self.accumulator
    }

    /// Requests that wait for an answer.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &InFlight> {
        self.in_flight.values()
    }

    /// Partitions its metadata shows for a topic.
    pub(crate) fn known_partitions(&self, topic: &str) -> Option<i32> {
        self.metadata.partitions(topic)
    }

    fn next_correlation(&mut self) -> u64 {
        self.next_correlation += 1;
        self.next_correlation
    }
}
