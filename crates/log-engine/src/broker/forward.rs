//! What a broker hands on to the active controller: admin changes (KIP-590), and its wish for producer ids (KIP-730).

use super::Broker;
use crate::ids::EventId;
use crate::protocol::{AdminRequest, Request, Response};
use crate::sim::{ActorId, Ctx};
use sorted::SortedMap;

/// Producer ids in a block.
const BLOCK: i64 = 1_000;

/// One change that is handed on.
#[derive(Debug, Clone)]
pub(super) struct Forwarded {
    /// Who asked, and under which number; none where the broker itself did.
    client: Option<(ActorId, u64)>,
    change: AdminRequest,
    cause: EventId,
}

/// What is handed on.
#[derive(Debug, Clone, Default)]
pub(super) struct Forwarding {
    waiting: Vec<Forwarded>,
    in_flight: SortedMap<u64, Forwarded>,
    /// Free producer ids of its block.
    pub(super) producer_ids: std::ops::Range<i64>,
    wants_producer_ids: Vec<(ActorId, u64)>,
    asked_for_producer_ids: Option<u64>,
}

impl Broker {
    /// Hands a change on.
    pub(super) fn forward(
        &mut self,
        ctx: &mut Ctx<'_>,
        client: Option<(ActorId, u64)>,
        change: AdminRequest,
    ) {
        self.forwarding.waiting.push(Forwarded { client, change, cause: ctx.cause });
        self.send_forwarded(ctx);
    }

    /// Sends what waits.
    pub(super) fn send_forwarded(&mut self, ctx: &mut Ctx<'_>) {
        for forwarded in std::mem::take(&mut self.forwarding.waiting) {
            let request = Request::Admin(forwarded.change.clone());
            match ctx.caused_by(forwarded.cause, |ctx| self.ask_controller(ctx, request)) {
                Some(id) => {
                    self.forwarding.in_flight.insert(id, forwarded);
                }
                None => self.forwarding.waiting.push(forwarded),
            }
        }
        if !self.forwarding.wants_producer_ids.is_empty()
            && self.forwarding.asked_for_producer_ids.is_none()
        {
            self.forwarding.asked_for_producer_ids =
                self.ask_controller(ctx, Request::AllocateProducerIds);
        }
    }

    /// A request to the controller has no answer: what it carried is sent again.
    pub(super) fn forward_failed(&mut self, id: u64) {
        self.forwarding.waiting.extend(self.forwarding.in_flight.remove(&id));
        self.forwarding.asked_for_producer_ids.take_if(|known| *known == id);
    }

    /// The controller's answer goes to whoever asked.
    pub(super) fn on_forwarded(&mut self, ctx: &mut Ctx<'_>, id: u64, response: Response) {
        if let Response::AllocateProducerIds { first } = response {
            self.forwarding.asked_for_producer_ids = None;
            self.forwarding.producer_ids = first..first + BLOCK;
            for (from, id) in std::mem::take(&mut self.forwarding.wants_producer_ids) {
                self.init_producer_id(ctx, from, id);
            }
        } else if let Some(Forwarded { client: Some((from, asked)), .. }) =
            self.forwarding.in_flight.remove(&id)
        {
            ctx.respond(from, asked, response);
        }
    }

    /// Drops what is left of its block of producer ids if one up to `up_to` would be handed out.
    pub(crate) fn drop_producer_ids(&mut self, up_to: i64) {
        if self.forwarding.producer_ids.start <= up_to {
            self.forwarding.producer_ids = 0..0;
        }
    }

    /// InitProducerId without a transactional id.
    pub(super) fn init_producer_id(&mut self, ctx: &mut Ctx<'_>, from: ActorId, id: u64) {
        if let Some(producer_id) = self.forwarding.producer_ids.next() {
            ctx.respond(from, id, Response::InitProducerId { producer_id, producer_epoch: 0 });
            return;
        }
        self.forwarding.wants_producer_ids.push((from, id));
        self.send_forwarded(ctx);
    }
}
