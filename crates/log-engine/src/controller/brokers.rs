//! Brokers that register, live, fall silent and shut down (`ClusterControlManager`, `BrokerHeartbeatManager`;
//! R-REP-60 to R-REP-63).

use super::leaders::Round;
use super::{Change, Controller};
use crate::config::BrokerConfigs;
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::protocol::{
    BrokerImage, ErrorCode, HeartbeatRequest, HeartbeatResponse, MetadataImage,
    RegistrationRequest, Response,
};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::SortedMap;

/// What the active controller knows of one broker's heartbeats.
#[derive(Debug, Clone, Copy, Default)]
struct Session {
    /// When it was heard last.
    contact_ms: TimestampMs,
    /// The metadata it had applied then.
    metadata_offset: u64,
    /// Heartbeats that are taken for granted: when one arrives, and how often.
    parked: Option<(TimestampMs, i64)>,
    /// The metadata that all others must have applied before it may shut down.
    shut_down_offset: Option<u64>,
}

impl Session {
    /// When it was heard last, those taken for granted among it.
    fn heard_ms(&self, now_ms: TimestampMs) -> TimestampMs {
        match self.parked {
            Some((first_ms, interval_ms)) if now_ms >= first_ms => {
                first_ms + (now_ms - first_ms) / interval_ms.max(1) * interval_ms
            }
            _ => self.contact_ms,
        }
    }
}

/// Sessions of brokers; they live in the active controller's memory alone.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    timeout_ms: i64,
    by_broker: SortedMap<BrokerId, Session>,
    /// Tells a stale check.
    check: u32,
    /// When the next check runs; none if nobody's session can end.
    check_at_ms: Option<TimestampMs>,
}

impl Sessions {
    pub(super) fn new(configs: &BrokerConfigs) -> Self {
        let timeout_ms = configs.long("broker.session.timeout.ms").unwrap_or(9_000);
        Self { timeout_ms, by_broker: SortedMap::new(), check: 0, check_at_ms: None }
    }

    pub(super) fn clear(&mut self) {
        self.by_broker.clear();
        self.check_at_ms = None;
        self.check += 1;
    }
}

impl Controller {
    /// A leadership of the quorum begins: every broker has a whole session from now on (R-REP-75).
    pub(super) fn begin_sessions(&mut self, ctx: &mut Ctx<'_>) {
        self.sessions.clear();
        let image = self.log.newest();
        for (&broker, _) in image.brokers.iter().filter(|(_, known)| !known.fenced) {
            let session = Session { contact_ms: ctx.now_ms, ..Session::default() };
            self.sessions.by_broker.insert(broker, session);
        }
        self.arm_check(ctx);
    }

    /// Sets the next look at the sessions, if any can end: every eighth of a session.
    fn arm_check(&mut self, ctx: &mut Ctx<'_>) {
        let image = self.log.newest();
        let counts = |(broker, session): &(&BrokerId, &Session)| {
            session.parked.is_none() && image.brokers.get(broker).is_some_and(|known| !known.fenced)
        };
        if self.sessions.check_at_ms.is_some()
            || !self.sessions.by_broker.iter().any(|s| counts(&s))
        {
            return;
        }
        let interval_ms = (self.sessions.timeout_ms / 8).max(1);
        // On a fixed beat from the epoch's start of time, wherever the need for it arose.
        let at_ms = (ctx.now_ms / interval_ms + 1) * interval_ms;
        self.sessions.check += 1;
        self.sessions.check_at_ms = Some(at_ms);
        ctx.timer(at_ms, Timer::ControllerCheck(self.sessions.check));
    }

    /// Fences the broker that has been silent for too long, one a pass; a pass that fenced one is repeated after 10 ms.
    pub(super) fn check_sessions(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.sessions.check {
            return;
        }
        self.sessions.check_at_ms = None;
        let (now_ms, timeout_ms) = (ctx.now_ms, self.sessions.timeout_ms);
        let image = self.log.newest();
        let stale = self
            .sessions
            .by_broker
            .iter()
            .filter(|(broker, _)| image.brokers.get(broker).is_some_and(|known| !known.fenced))
            .map(|(&broker, session)| (session.heard_ms(now_ms), broker))
            .filter(|(heard_ms, _)| now_ms - heard_ms > timeout_ms)
            .min();
        match stale {
            Some((heard_ms, broker)) => {
                self.fence(ctx, broker, now_ms - heard_ms);
                self.sessions.check += 1;
                self.sessions.check_at_ms = Some(now_ms + 10);
                ctx.timer(now_ms + 10, Timer::ControllerCheck(self.sessions.check));
            }
            None => self.arm_check(ctx),
        }
    }

    fn fence(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId, silent_ms: i64) {
        let mut image = self.log.newest();
        let kind = EventKind::BrokerFenced { broker, silent_ms };
        let label = format!("broker {} fenced", broker.0);
        let mut changes = vec![Change::of_cluster(kind).marked("warn", label)];
        let round = Round { remove: Some(broker), ..Round::default() };
        self.update_leaders(&mut image, round, &|p| p.isr.contains(&broker), &mut changes);
        if let Some(known) = image.brokers.get_mut(&broker) {
            known.fenced = true;
        }
        self.commit(ctx, image, changes);
    }

    /// Handles BrokerRegistration.
    pub(super) fn register(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: &RegistrationRequest,
    ) {
        let mut image = self.log.newest();
        let broker = request.broker;
        let known = image.brokers.get(&broker).cloned();
        if let Some(known) = &known
            && known.life == request.life
        {
            // The answer was lost.
            return self.respond_committed(ctx, from, id, Response::Registration(Ok(known.epoch)));
        }
        let unclean =
            known.as_ref().is_some_and(|known| request.previous_epoch != Some(known.epoch));
        let epoch = i64::try_from(self.log.next_offset()).unwrap_or(i64::MAX);
        let kind = EventKind::BrokerRegistered { broker, epoch, unclean };
        let mut changes = vec![Change::of_cluster(kind)];
        let round = match unclean {
            true => Round { unclean: Some(broker), remove: Some(broker), ..Round::default() },
            false => Round { remove: Some(broker), ..Round::default() },
        };
        let concerned = |p: &crate::protocol::PartitionImage| {
            p.isr.contains(&broker) || (unclean && p.elr.contains(&broker))
        };
        self.update_leaders(&mut image, round, &concerned, &mut changes);
        let (life, rack) = (request.life, request.rack.clone());
        let new = BrokerImage { epoch, life, rack, fenced: true, shutting_down: false };
        image.brokers.insert(broker, new);
        if request.new_disk {
            image.new_disks.insert(broker);
        } else {
            image.new_disks.remove(&broker);
        }
        let session = Session { contact_ms: ctx.now_ms, ..Session::default() };
        self.sessions.by_broker.insert(broker, session);
        self.commit(ctx, image, changes);
        self.respond_committed(ctx, from, id, Response::Registration(Ok(epoch)));
    }

    /// Handles BrokerHeartbeat.
    pub(super) fn heartbeat(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: &HeartbeatRequest,
    ) {
        let image = self.log.newest();
        let refused = |error| {
            Response::Heartbeat(HeartbeatResponse {
                error,
                is_caught_up: false,
                is_fenced: true,
                should_shut_down: false,
            })
        };
        let Some(known) = image.brokers.get(&request.broker) else {
            return ctx.respond(from, id, refused(ErrorCode::BrokerIdNotRegistered));
        };
        if known.epoch != request.epoch {
            return ctx.respond(from, id, refused(ErrorCode::StaleBrokerEpoch));
        }
        let known = known.clone();
        self.touch(ctx.now_ms, request);
        if request.metadata_offset < self.image().offset {
            // What it was sent was lost, or is on its way.
            self.push_image_to(ctx, request.broker);
        }
        let registered = u64::try_from(known.epoch).unwrap_or(u64::MAX);
        let caught_up = request.metadata_offset >= registered;
        if request.want_shut_down && !known.fenced && !known.shutting_down {
            self.begin_shutdown(ctx, request.broker);
        } else if known.fenced && !request.want_fence && !request.want_shut_down && caught_up {
            self.unfence(ctx, request.broker);
        }
        let should_shut_down = request.want_shut_down && self.may_shut_down(request.broker);
        if should_shut_down && !known.fenced {
            self.fence(ctx, request.broker, 0);
        }
        let now = self.log.newest();
        let is_fenced = now.brokers.get(&request.broker).is_none_or(|known| known.fenced);
        let response = Response::Heartbeat(HeartbeatResponse {
            error: ErrorCode::None,
            is_caught_up: caught_up,
            is_fenced,
            should_shut_down,
        });
        self.respond_committed(ctx, from, id, response);
        self.arm_check(ctx);
    }

    fn touch(&mut self, now_ms: TimestampMs, request: &HeartbeatRequest) {
        let session = self.sessions.by_broker.entry(request.broker).or_default();
        session.contact_ms = now_ms;
        session.metadata_offset = request.metadata_offset;
        session.parked = None;
    }

    fn unfence(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let mut image = self.log.newest();
        let kind = EventKind::BrokerUnfenced { broker };
        let label = format!("broker {} unfenced", broker.0);
        let mut changes = vec![Change::of_cluster(kind).marked("ok", label)];
        if let Some(known) = image.brokers.get_mut(&broker) {
            known.fenced = false;
        }
        let round = Round { add: Some(broker), ..Round::default() };
        self.update_leaders(&mut image, round, &|p| p.leader.is_none(), &mut changes);
        image.new_disks.remove(&broker);
        self.commit(ctx, image, changes);
    }

    /// A broker wants to go: it leaves its ISRs and leaderships where somebody else can lead.
    fn begin_shutdown(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let mut image = self.log.newest();
        let mut changes = Vec::new();
        if let Some(known) = image.brokers.get_mut(&broker) {
            known.shutting_down = true;
        }
        let round = Round { remove: Some(broker), ..Round::default() };
        self.update_leaders(&mut image, round, &|p| p.isr.contains(&broker), &mut changes);
        self.commit(ctx, image, changes);
        let offset = self.log.newest().offset;
        if let Some(session) = self.sessions.by_broker.get_mut(&broker) {
            session.shut_down_offset = Some(offset);
        }
    }

    /// All others that are in service know that it leads nothing any more.
    fn may_shut_down(&self, broker: BrokerId) -> bool {
        let image: MetadataImage = self.log.newest();
        let session = |id: &BrokerId| self.sessions.by_broker.get(id);
        let Some(offset) = session(&broker).and_then(|session| session.shut_down_offset) else {
            // It was fenced already: nothing is led by it.
            return image.brokers.get(&broker).is_none_or(|known| known.fenced);
        };
        image
            .brokers
            .iter()
            .filter(|(id, known)| **id != broker && !known.fenced)
            .all(|(id, _)| session(id).is_none_or(|session| session.metadata_offset >= offset))
    }

    /// Takes a broker's heartbeats for granted from now on; false if it may not.
    pub(crate) fn park_broker(
        &mut self,
        broker: BrokerId,
        first_arrival_ms: TimestampMs,
        interval_ms: i64,
    ) -> bool {
        let known = self.is_active() && !self.log.newest().brokers.is_empty();
        match self.sessions.by_broker.get_mut(&broker) {
            Some(session) if known && session.shut_down_offset.is_none() => {
                session.parked = Some((first_arrival_ms, interval_ms));
                true
            }
            _ => false,
        }
    }

    /// Takes a broker's heartbeats for granted no more. Gives when the next one arrives.
    pub(crate) fn unpark_broker(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
        now_ms: TimestampMs,
    ) -> Option<TimestampMs> {
        let session = self.sessions.by_broker.get_mut(&broker)?;
        let (first_ms, interval_ms) = session.parked?;
        session.contact_ms = session.heard_ms(now_ms);
        session.parked = None;
        let next_ms = if now_ms < first_ms { first_ms } else { session.contact_ms + interval_ms };
        self.arm_check(ctx);
        Some(next_ms)
    }
}
