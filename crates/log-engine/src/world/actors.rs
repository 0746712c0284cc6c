//! Runs a step of one actor: the rest of the world is reached through its `Ctx` alone.

use super::World;
use crate::broker::Broker;
use crate::consumer::Consumer;
use crate::controller::Controller;
use crate::ids::{BrokerId, EventId};
use crate::metrics::Stale;
use crate::producer::Producer;
use crate::sim::{ActorId, Ctx};

impl World {
    /// Runs a step of a controller; none if there is no such.
    pub(crate) fn with_controller<T>(
        &mut self,
        id: BrokerId,
        cause: EventId,
        step: impl FnOnce(&mut Controller, &mut Ctx<'_>) -> T,
    ) -> Option<T> {
        let life = self.life(ActorId::Controller(id));
        let controller = self.controllers.get_mut(&id)?;
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Controller(id),
            cause,
            life,
            queue: &mut self.queue,
            net: &mut self.net,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            metrics: &mut self.metrics,
            arrived_ms: self.arrived_ms.unwrap_or(self.now_ms),
            write_ms: 0,
            busy_ms: 0,
            metadata: &mut self.metadata,
            side: &mut self.side,
            growth: &mut self.growth,
        };
        let result = step(controller, &mut ctx);
        self.metrics.look_again(Stale::Controller(id));
        Some(result)
    }

    /// Runs a step of a broker.
    pub(crate) fn with_broker(
        &mut self,
        id: BrokerId,
        cause: EventId,
        step: impl FnOnce(&mut Broker, &mut Ctx<'_>),
    ) {
        let life = self.life(ActorId::Broker(id));
        let write_ms = self.nodes.get(&id).map_or(0, |node| node.write_ms);
        let Some(broker) = self.brokers.get_mut(&id) else { return };
        let mut ctx = Ctx {
            now_ms: self.now_ms,
            me: ActorId::Broker(id),
            cause,
            life,
            queue: &mut self.queue,
            net: &mut self.net,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            metrics: &mut self.metrics,
            arrived_ms: self.arrived_ms.unwrap_or(self.now_ms),
            write_ms,
            busy_ms: 0,
            metadata: &mut self.metadata,
            side: &mut self.side,
            growth: &mut self.growth,
        };
        step(broker, &mut ctx);
        let busy_ms = ctx.busy_ms;
        self.disk_writes(id, busy_ms);
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
            life: 0,
            queue: &mut self.queue,
            net: &mut self.net,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            metrics: &mut self.metrics,
            arrived_ms: self.arrived_ms.unwrap_or(self.now_ms),
            write_ms: 0,
            busy_ms: 0,
            metadata: &mut self.metadata,
            side: &mut self.side,
            growth: &mut self.growth,
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
            life: 0,
            queue: &mut self.queue,
            net: &mut self.net,
            trace: &mut self.trace,
            ledger: &mut self.ledger,
            metrics: &mut self.metrics,
            arrived_ms: self.arrived_ms.unwrap_or(self.now_ms),
            write_ms: 0,
            busy_ms: 0,
            metadata: &mut self.metadata,
            side: &mut self.side,
            growth: &mut self.growth,
        };
        let before = consumer.owned.len();
        step(consumer, &mut ctx);
        if consumer.owned.len() != before {
            self.metrics.look_again(Stale::Consumer(at));
        }
    }
}
