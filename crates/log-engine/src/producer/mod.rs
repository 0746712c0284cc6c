//! A producer client: `send()`, the accumulator, the sender. Mirrors `KafkaProducer`, `RecordAccumulator`,
//! `BuiltInPartitioner` and `Sender`; the application and the sender thread take no time of their own.

mod accumulator;
mod answer;
mod batch;
mod metadata;
mod send;
mod sender;
mod sticky;
mod stream;

pub(crate) use accumulator::Accumulator;
pub(crate) use batch::ProducerBatch;
pub(crate) use send::OwnedRecord;
pub(crate) use stream::Stream;

use crate::command::StreamSpec;
use crate::config::ProducerConfig;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::protocol::{ErrorCode, Request, Response};
use crate::sim::{ActorId, Ctx, Rng, Timer};
pub(crate) use metadata::ClientMetadata;
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
    /// Producer id and epoch, once it has them.
    pub identity: Option<(i64, i16)>,
    /// Records accepted by `send()`, acknowledged, failed.
    pub counts: Counts,
    /// The last error, with its time.
    pub last_error: Option<(TimestampMs, ErrorCode)>,
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
    /// Requests but Produce that wait for an answer, each with the broker asked.
    other_calls: SortedMap<u64, (BrokerId, Other)>,
    next_correlation: u64,
    next_wake_ms: TimestampMs,
    closing: bool,
    restart: Option<Box<(crate::command::Configs, ProducerConfig, EventId)>>,
    rate: RateMeter,
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
            identity: None,
            counts: Counts::default(),
            last_error: None,
            stream: None,
            ledger_id,
            asked_for_identity: false,
            metadata: ClientMetadata::default(),
            accumulator: Accumulator::default(),
            pending: VecDeque::new(),
            in_flight: SortedMap::new(),
            in_flight_by_broker: SortedMap::new(),
            other_calls: SortedMap::new(),
            next_correlation: 0,
            next_wake_ms: TimestampMs::MAX,
            closing: false,
            restart: None,
            rate: RateMeter::default(),
            bump_epoch_for: Vec::new(),
            rng,
        }
    }

    /// The process starts: an idempotent one asks for its id at once (`Sender.runOnce`).
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>, brokers: &[BrokerId]) {
        self.metadata.bootstrap(brokers);
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
        if let Some(broker) = self.metadata.any_broker(ctx.now_ms) {
            self.asked_for_identity = true;
            let id = self.next_correlation();
            self.other_calls.insert(id, (broker, Other::Identity));
            ctx.request(ActorId::Broker(broker), id, Request::InitProducerId);
        }
    }

    /// An answer.
    pub(crate) fn on_response(&mut self, ctx: &mut Ctx<'_>, id: u64, response: Response) {
        if !self.up {
            return;
        }
        self.other_calls.remove(&id);
        match response {
            Response::Produce(answer) => self.on_produce(ctx, id, answer),
            Response::Metadata(answer) => self.on_metadata(ctx, &answer),
            Response::InitProducerId { producer_id, producer_epoch } => {
                self.identity = Some((producer_id, producer_epoch));
                ctx.emit(EventKind::ProducerReady {
                    producer: Arc::clone(&self.name),
                    producer_id,
                    producer_epoch,
                });
            }
            _ => {}
        }
        self.run_sender(ctx);
    }

    /// A broker's connection is gone: nothing that was asked there will be answered
    /// (`NetworkClient.handleDisconnections`).
    pub(crate) fn on_connection_lost(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        if !self.up {
            return;
        }
        self.metadata.avoid(broker, ctx.now_ms);
        let requests: Vec<u64> = self
            .in_flight
            .iter()
            .filter(|(_, request)| request.broker == broker)
            .map(|(&id, _)| id)
            .collect();
        let others: Vec<u64> = self
            .other_calls
            .iter()
            .filter(|(_, (asked, _))| *asked == broker)
            .map(|(&id, _)| id)
            .collect();
        if requests.is_empty() && others.is_empty() {
            // `handleServerDisconnect`: who leads what may have changed.
            return self.ask_for_metadata(ctx);
        }
        ctx.emit_as_cause(EventKind::Disconnected { client: Arc::clone(&self.name), broker });
        for id in others {
            match self.other_calls.remove(&id) {
                Some((_, Other::Metadata)) => {
                    let again_ms = ctx.now_ms + self.config.retry_backoff_ms;
                    self.metadata.gave_up(again_ms);
                    let number = self.metadata.next_refresh();
                    ctx.timer(again_ms, Timer::MetadataExpired(number));
                }
                Some((_, Other::Identity)) => self.asked_for_identity = false,
                None => {}
            }
        }
        for id in requests {
            for batch in self.take_in_flight(id) {
                self.refused(ctx, batch, ErrorCode::NetworkException);
            }
        }
        self.ask_for_metadata(ctx);
        self.ask_for_identity(ctx);
        self.run_sender(ctx);
    }

    /// A timer.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        if !self.up {
            return;
        }
        match timer {
            Timer::SenderWake => {
                if self.next_wake_ms <= ctx.now_ms {
                    self.next_wake_ms = TimestampMs::MAX;
                }
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

    /// `close()`: flush, then go. With `restart` it starts again with other configs.
    pub(crate) fn close(
        &mut self,
        ctx: &mut Ctx<'_>,
        restart: Option<(crate::command::Configs, ProducerConfig)>,
    ) {
        self.closing = true;
        let cause = ctx.cause;
        self.restart = restart.map(|(overrides, config)| Box::new((overrides, config, cause)));
        self.run_sender(ctx);
    }

    /// Closes for good, or starts again, once nothing is left to send.
    fn finish_close(&mut self, ctx: &mut Ctx<'_>) {
        if !self.closing
            || !self.accumulator.is_empty()
            || !self.in_flight.is_empty()
            || !self.pending.is_empty()
        {
            return;
        }
        self.closing = false;
        ctx.emit(EventKind::ProducerClosed { producer: Arc::clone(&self.name) });
        let Some(restart) = self.restart.take() else {
            self.up = false;
            self.stream = None;
            return;
        };
        let (overrides, config, cause) = *restart;
        self.overrides = overrides;
        self.config = config;
        self.identity = None;
        self.asked_for_identity = false;
        self.accumulator = Accumulator::default();
        let brokers = self.metadata.brokers().to_vec();
        self.metadata = ClientMetadata::default();
        ctx.caused_by(cause, |ctx| self.start(ctx, &brokers));
        self.schedule_stream(ctx);
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
