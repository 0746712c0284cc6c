//! Brokers that register, live, fall silent and shut down (`ClusterControlManager`, `QuorumController.processBrokerHeartbeat`;
//! R-REP-60 to R-REP-63). Who is alive is kept by `liveness`.
//!
//! Differs from the prose of R-REP-62: as in 4.3.1, another process can't register while the session of the last one
//! goes on (DUPLICATE_BROKER_REGISTRATION).

use super::elections::BrokerChange;
use super::liveness::{BrokerState, Heartbeat, Liveness};
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
use std::sync::Arc;

/// Heartbeats that are taken for granted.
#[derive(Debug, Clone, Copy)]
struct Parked {
    broker_epoch: i64,
    /// When the first of them arrives.
    first_ms: TimestampMs,
    /// And how often after that.
    interval_ms: i64,
    /// When it was heard before.
    contact_ms: TimestampMs,
}

impl Parked {
    /// When it was heard last, those taken for granted among it.
    fn heard_ms(&self, now_ms: TimestampMs) -> TimestampMs {
        if now_ms < self.first_ms {
            return self.contact_ms;
        }
        let interval_ms = self.interval_ms.max(1);
        self.first_ms + (now_ms - self.first_ms) / interval_ms * interval_ms
    }
}

/// Sessions of brokers; they live in the active controller's memory alone.
#[derive(Debug, Clone)]
pub(super) struct Sessions {
    timeout_ms: i64,
    liveness: Liveness,
    parked: SortedMap<BrokerId, Parked>,
    /// Tells a stale check.
    check: u32,
    /// When the next check runs; none if nobody's session can end.
    check_at_ms: Option<TimestampMs>,
}

impl Sessions {
    pub(super) fn new(configs: &BrokerConfigs) -> Self {
        let timeout_ms = configs.long("broker.session.timeout.ms").unwrap_or(9_000);
        Self {
            timeout_ms,
            liveness: Liveness::activate(0, timeout_ms, []),
            parked: SortedMap::new(),
            check: 0,
            check_at_ms: None,
        }
    }

    pub(super) fn clear(&mut self) {
        self.liveness = Liveness::activate(0, self.timeout_ms, []);
        self.parked.clear();
        self.check_at_ms = None;
        self.check += 1;
    }
}

impl Controller {
    /// A leadership of the quorum begins: every broker has a whole session from now on (R-REP-75).
    pub(super) fn begin_sessions(&mut self, ctx: &mut Ctx<'_>) {
        self.sessions.clear();
        let image = self.log.newest();
        let registered = image.brokers.iter().map(|(&id, known)| (id, known.epoch, known.fenced));
        self.sessions.liveness =
            Liveness::activate(ctx.now_ms, self.sessions.timeout_ms, registered);
        self.arm_check(ctx);
    }

    /// Sets the next look at the sessions, if any can end.
    fn arm_check(&mut self, ctx: &mut Ctx<'_>) {
        let Some(at_ms) = self.sessions.liveness.next_check_ms() else { return };
        if self.sessions.check_at_ms.is_none_or(|set| at_ms < set) {
            self.sessions.check += 1;
            self.sessions.check_at_ms = Some(at_ms);
            ctx.timer(at_ms, Timer::ControllerCheck(self.sessions.check));
        }
    }

    /// Something happened after which a broker may fall silent: it is the cause of what the next look finds.
    pub(crate) fn watch_sessions(&mut self, ctx: &mut Ctx<'_>) {
        if self.is_active() {
            self.sessions.check_at_ms = None;
            self.arm_check(ctx);
        }
    }

    /// Fences the broker that has been silent for too long, one a pass; a pass that fenced one is repeated after 10 ms.
    pub(super) fn check_sessions(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.sessions.check || self.sessions.check_at_ms.take().is_none() {
            return;
        }
        let image = self.log.newest();
        let liveness = &self.sessions.liveness;
        let contact = |(&id, known): (&BrokerId, &BrokerImage)| {
            Some((id, liveness.contact_ms(id, known.epoch)?))
        };
        let contacts: SortedMap<BrokerId, TimestampMs> =
            image.brokers.iter().filter_map(contact).collect();
        if let Some(expired) = self.sessions.liveness.check(ctx.now_ms) {
            let broker = expired.broker;
            let known = image.brokers.get(&broker);
            if known.is_some_and(|known| known.epoch == expired.broker_epoch && !known.fenced) {
                let silent_ms = contacts.get(&broker).map_or(0, |heard_ms| ctx.now_ms - heard_ms);
                self.sessions.liveness.fence(broker);
                self.fence(ctx, broker, silent_ms);
            }
        }
        self.arm_check(ctx);
    }

    fn fence(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId, silent_ms: i64) {
        let mut image = self.log.newest();
        let kind = EventKind::BrokerFenced { broker, silent_ms };
        let label = format!("broker {} fenced", broker.0);
        let mut changes = vec![Change::of_cluster(kind).marked("warn", label)];
        self.broker_changed(&mut image, BrokerChange::Gone(broker), &mut changes);
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
        if let Some(known) = &known {
            if known.life == request.life {
                // The answer was lost.
                let answer = Response::Registration(Ok(known.epoch));
                return self.respond_committed(ctx, from, id, answer);
            }
            if self.sessions.liveness.has_valid_session(broker, known.epoch, ctx.now_ms) {
                let answer = Response::Registration(Err(ErrorCode::DuplicateBrokerRegistration));
                return self.respond_committed(ctx, from, id, answer);
            }
        }
        let unclean =
            known.as_ref().is_some_and(|known| request.previous_epoch != Some(known.epoch));
        let epoch = i64::try_from(self.log.next_offset()).unwrap_or(i64::MAX);
        let kind = EventKind::BrokerRegistered { broker, epoch, unclean };
        let mut changes = vec![Change::of_cluster(kind)];
        let change = match unclean {
            true => BrokerChange::UncleanShutdown(broker),
            false => BrokerChange::Gone(broker),
        };
        self.broker_changed(&mut image, change, &mut changes);
        let (life, rack) = (request.life, request.rack.clone());
        let new = BrokerImage { epoch, life, rack, fenced: true, shutting_down: false };
        image.brokers.insert(broker, new);
        if request.new_disk {
            image.new_disks.insert(broker);
        } else {
            image.new_disks.remove(&broker);
        }
        self.sessions.parked.remove(&broker);
        self.sessions.liveness.remove(broker);
        self.sessions.liveness.register(broker, true);
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
        let broker = request.broker;
        let Some(known) = image.brokers.get(&broker).cloned() else {
            return ctx.respond(from, id, refused(ErrorCode::BrokerIdNotRegistered));
        };
        if known.epoch != request.epoch {
            return ctx.respond(from, id, refused(ErrorCode::StaleBrokerEpoch));
        }
        self.sessions.parked.remove(&broker);
        self.sessions.liveness.contact(broker, known.epoch, ctx.now_ms);
        if request.metadata_offset < self.image().offset {
            // What it was sent was lost, or is on its way.
            self.push_image_to(ctx, broker);
        }
        let registered = u64::try_from(known.epoch).unwrap_or(u64::MAX);
        let leads = request.want_shut_down && leads_any(&image, broker);
        let heartbeat = Heartbeat {
            want_fence: request.want_fence,
            want_shut_down: request.want_shut_down,
            metadata_offset: Some(request.metadata_offset),
        };
        let next = self.sessions.liveness.next_state(broker, heartbeat, registered, leads);
        let to = next.map_or(BrokerState::Fenced, |next| next.to);
        if to.is_fenced() && !known.fenced {
            self.fence(ctx, broker, 0);
        } else if to == BrokerState::Unfenced && known.fenced {
            self.unfence(ctx, broker);
        } else if to == BrokerState::ControlledShutdown && !known.shutting_down {
            self.begin_shutdown(ctx, broker);
        }
        let offset = Some(request.metadata_offset);
        self.sessions.liveness.touch(broker, to.is_fenced(), offset);
        if to == BrokerState::ControlledShutdown {
            let moved = self.log.newest().offset;
            self.sessions.liveness.begin_controlled_shutdown(broker, moved);
        }
        let response = Response::Heartbeat(HeartbeatResponse {
            error: ErrorCode::None,
            is_caught_up: request.metadata_offset >= registered,
            is_fenced: to.is_fenced(),
            should_shut_down: to == BrokerState::ShutdownNow,
        });
        self.respond_committed(ctx, from, id, response);
        self.arm_check(ctx);
    }

    fn unfence(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let mut image = self.log.newest();
        let kind = EventKind::BrokerUnfenced { broker };
        let label = format!("broker {} unfenced", broker.0);
        let mut changes = vec![Change::of_cluster(kind).marked("ok", label)];
        if let Some(known) = image.brokers.get_mut(&broker) {
            known.fenced = false;
        }
        // Its log directory is not the one its replicas are registered in: for now it may lead none of them.
        if image.new_disks.remove(&broker) {
            registered_anew(&mut image, broker);
        } else {
            self.broker_changed(&mut image, BrokerChange::Back(broker), &mut changes);
        }
        self.commit(ctx, image, changes);
        self.arm_periodic(ctx);
    }

    /// A broker wants to go: it leaves its ISRs and leaderships where somebody else can lead.
    fn begin_shutdown(&mut self, ctx: &mut Ctx<'_>, broker: BrokerId) {
        let mut image = self.log.newest();
        let mut changes = Vec::new();
        self.broker_changed(&mut image, BrokerChange::Gone(broker), &mut changes);
        if let Some(known) = image.brokers.get_mut(&broker) {
            known.shutting_down = true;
        }
        self.commit(ctx, image, changes);
    }

    /// Takes a broker's heartbeats for granted from now on; false if it may not.
    pub(crate) fn park_broker(
        &mut self,
        broker: BrokerId,
        first_ms: TimestampMs,
        interval_ms: i64,
    ) -> bool {
        let image = self.log.committed();
        let Some(known) = image.brokers.get(&broker).filter(|known| !known.shutting_down) else {
            return false;
        };
        let broker_epoch = known.epoch;
        let Some(contact_ms) = self.sessions.liveness.contact_ms(broker, broker_epoch) else {
            return false;
        };
        if !self.is_active() {
            return false;
        }
        self.sessions.liveness.suspend(broker, broker_epoch);
        self.sessions
            .parked
            .insert(broker, Parked { broker_epoch, first_ms, interval_ms, contact_ms });
        true
    }

    /// Takes a broker's heartbeats for granted no more. Gives when the next one arrives.
    pub(crate) fn unpark_broker(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
        now_ms: TimestampMs,
    ) -> Option<TimestampMs> {
        let parked = self.sessions.parked.remove(&broker)?;
        let heard_ms = parked.heard_ms(now_ms);
        self.sessions.liveness.contact(broker, parked.broker_epoch, heard_ms);
        self.arm_check(ctx);
        let next_ms = heard_ms + parked.interval_ms;
        Some(if now_ms < parked.first_ms { parked.first_ms } else { next_ms })
    }
}

/// A broker with a new log directory says of each of its replicas that it is there now (AssignReplicasToDirs, KIP-858),
/// which changes nothing else of a partition.
fn registered_anew(image: &mut MetadataImage, broker: BrokerId) {
    for topic in image.topics.values_mut() {
        if topic.partitions.iter().any(|partition| partition.replicas.contains(&broker)) {
            for partition in &mut Arc::make_mut(topic).partitions {
                partition.partition_epoch += i32::from(partition.replicas.contains(&broker));
            }
        }
    }
}

/// Whether a broker leads a partition.
fn leads_any(image: &MetadataImage, broker: BrokerId) -> bool {
    let partitions = || image.topics.values().flat_map(|topic| &topic.partitions);
    partitions().any(|partition| partition.leader == Some(broker))
}
