//! A producer's process: it crashes, starts again, closes (`KafkaProducer.close`).

use super::connections::Connections;
use super::{Accumulator, ClientMetadata, Producer};
use crate::config::ProducerConfig;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::sim::Ctx;
use kafka_log::BatchTag;
use std::sync::Arc;

impl Producer {
    /// The process dies: what was not sent is gone; what is on its way arrives, but nobody hears the answer. Gives the
    /// batches in flight.
    pub(crate) fn crash(&mut self, ctx: &mut Ctx<'_>) -> Vec<BatchTag> {
        let batches = self.in_flight.values().flat_map(|request| &request.batches);
        let in_flight = batches.map(|batch| batch.tag).collect();
        let (mut unsent, blocked) = (0, self.pending.len());
        for batch in self.accumulator.queues().flat_map(|queue| &queue.batches) {
            ctx.ledger.abandoned(batch.tag);
            unsent += batch.records();
        }
        let unsent = unsent.saturating_add(u32::try_from(blocked).unwrap_or(u32::MAX));
        ctx.emit_as_cause(EventKind::ProducerCrashed { producer: Arc::clone(&self.name), unsent });
        self.forget_process();
        ctx.metrics.ends(ctx.now_ms, ctx.me);
        (self.up, self.crashed) = (false, true);
        in_flight
    }

    /// The process starts again, with nothing of what the earlier one knew; its stream begins anew.
    pub(crate) fn start_again(&mut self, ctx: &mut Ctx<'_>, brokers: &[BrokerId]) {
        (self.up, self.crashed) = (true, false);
        self.start(ctx, brokers);
        if let Some(spec) = self.stream.as_ref().map(|stream| (*stream.spec).clone()) {
            self.set_stream(ctx, Some(spec));
        }
    }

    /// All that is in the memory of a process. Numbers of requests go on, so that answers meant for an earlier process
    /// find nothing.
    fn forget_process(&mut self) {
        self.identity = None;
        self.asked_for_identity = false;
        self.metadata = ClientMetadata::default();
        self.accumulator = Accumulator::default();
        self.pending.clear();
        self.in_flight.clear();
        self.in_flight_by_broker.clear();
        self.other_calls.clear();
        self.connections = Connections::default();
        self.undrained.clear();
        self.bump_epoch_for.clear();
        self.next_wake_ms = TimestampMs::MAX;
        self.closing = false;
        self.restart = None;
    }

    /// `close()`: flush, then go. With `restart` it starts again with other configs.
    pub(crate) fn close(
        &mut self,
        ctx: &mut Ctx<'_>,
        restart: Option<(crate::command::Configs, ProducerConfig)>,
    ) {
        if std::mem::take(&mut self.crashed) {
            // Nothing is left to close.
            ctx.emit(EventKind::ProducerClosed { producer: Arc::clone(&self.name) });
            self.stream = None;
            return;
        }
        self.closing = true;
        let cause = ctx.cause;
        self.restart = restart.map(|(overrides, config)| Box::new((overrides, config, cause)));
        self.run_sender(ctx);
    }

    /// Closes for good, or starts again, once nothing is left to send.
    pub(super) fn finish_close(&mut self, ctx: &mut Ctx<'_>) {
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
            ctx.metrics.ends(ctx.now_ms, ctx.me);
            return;
        };
        let (overrides, config, cause) = *restart;
        self.overrides = overrides;
        self.config = config;
        let brokers = self.metadata.bootstrap_servers().to_vec();
        self.forget_process();
        ctx.caused_by(cause, |ctx| self.start(ctx, &brokers));
        self.schedule_stream(ctx);
    }
}
