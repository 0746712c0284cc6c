//! A leader keeps its ISRs: who falls behind leaves, who has caught up joins, by AlterPartition to the controller, one
//! request at a time (`ReplicaManager.maybeShrinkIsr`, `AlterPartitionManager`, R-REP-11 to R-REP-14).

use super::Broker;
use super::leader::PendingIsr;
use crate::event::EventKind;
use crate::ids::{BrokerId, TopicPartition};
use crate::metrics::BrokerCount;
use crate::protocol::{
    AlterPart, AlterPartitionRequest, AlterPartitionResponse, AlteredPart, ErrorCode, Request,
};
use crate::sim::{Ctx, Timer};
use std::sync::Arc;

/// What waits to be sent, and what is on its way.
#[derive(Debug, Clone, Default)]
pub(super) struct AlterPartitions {
    waiting: Vec<AlterPart>,
    in_flight: Option<(u64, Vec<AlterPart>)>,
}

impl Broker {
    /// `replica.lag.time.max.ms`.
    pub(super) fn max_lag_ms(&self) -> i64 {
        self.configs.replication().lag_time_max_ms
    }

    /// Sets the next look at the ISRs (`isr-expiration`, every half `replica.lag.time.max.ms`). A look finds something
    /// only where a leader has what a follower has not, so it is set when a leader's log grows, and again by a look that
    /// finds followers behind.
    pub(super) fn arm_isr_expiration(&mut self, ctx: &mut Ctx<'_>) {
        if self.isr_check_armed {
            return;
        }
        let every_ms = (self.max_lag_ms() / 2).max(1);
        let since_ms = ctx.now_ms - self.tasks_began_ms;
        let at_ms = self.tasks_began_ms + (since_ms / every_ms + 1) * every_ms;
        self.isr_check_armed = true;
        ctx.timer(at_ms, Timer::IsrExpiration);
    }

    /// Looks for followers that are no longer in sync.
    pub(super) fn expire_isrs(&mut self, ctx: &mut Ctx<'_>) {
        self.isr_check_armed = false;
        let max_lag_ms = self.max_lag_ms();
        let (mut shrunk, mut behind) = (Vec::new(), false);
        for partition in self.partitions.values().filter(|partition| partition.leads()) {
            // Nobody but the leader: nobody can fall behind.
            if partition.image.isr.len() > 1 {
                behind |= partition.has_followers_behind();
                let isr = partition.shrunk_isr(ctx.now_ms, max_lag_ms);
                shrunk.extend(isr.map(|isr| (partition.tp.clone(), isr)));
            }
        }
        for (tp, isr) in shrunk {
            self.propose_isr(ctx, &tp, isr);
        }
        self.send_alter_partitions(ctx);
        if behind {
            self.arm_isr_expiration(ctx);
        }
    }

    /// A follower has fetched: it may have caught up (`maybeExpandIsr`).
    pub(super) fn maybe_expand_isr(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        broker: BrokerId,
    ) {
        let Some(partition) = self.partitions.get(tp) else { return };
        if partition.image.isr.contains(&broker) || !partition.may_join(broker, &self.eligible()) {
            return;
        }
        let mut isr = partition.image.isr.clone();
        isr.push(broker);
        self.propose_isr(ctx, tp, isr);
        self.send_alter_partitions(ctx);
    }

    /// Whether a broker may be in an ISR, as far as this one's metadata says.
    pub(super) fn eligible(&self) -> impl Fn(BrokerId, Option<i64>) -> bool + use<> {
        let image = std::sync::Arc::clone(&self.image);
        move |broker, epoch| {
            image.brokers.get(&broker).is_some_and(|known| {
                !known.fenced
                    && !known.shutting_down
                    && epoch.is_none_or(|epoch| epoch == -1 || epoch == known.epoch)
            })
        }
    }

    fn propose_isr(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, isr: Vec<BrokerId>) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let Some(leading) = &mut partition.leading else { return };
        let event = ctx.emit(EventKind::IsrProposed {
            tp: tp.clone(),
            from: partition.image.isr.as_slice().into(),
            to: isr.as_slice().into(),
        });
        let epoch_of = |broker: &BrokerId| {
            if *broker == self.id {
                return self.lifecycle.epoch;
            }
            leading.followers.get(broker).map_or(-1, |follower| follower.broker_epoch)
        };
        let shrinks = isr.len() < partition.image.isr.len();
        let new_isr = isr.iter().map(|broker| (*broker, epoch_of(broker))).collect();
        leading.pending = Some(PendingIsr { isr });
        self.alter_partitions.waiting.push(AlterPart {
            tp: tp.clone(),
            leader_epoch: partition.image.leader_epoch,
            partition_epoch: partition.image.partition_epoch,
            new_isr,
            shrinks,
            cause: event,
        });
    }

    /// Sends what waits, unless a request is on its way.
    pub(super) fn send_alter_partitions(&mut self, ctx: &mut Ctx<'_>) {
        if self.alter_partitions.in_flight.is_some() || self.alter_partitions.waiting.is_empty() {
            return;
        }
        let parts = std::mem::take(&mut self.alter_partitions.waiting);
        let cause = parts.first().map_or(ctx.cause, |part| part.cause);
        let request = Request::AlterPartition(AlterPartitionRequest {
            broker: self.id,
            broker_epoch: self.lifecycle.epoch,
            parts: parts.clone(),
        });
        let id = ctx.caused_by(cause, |ctx| self.ask_controller(ctx, request));
        match id {
            Some(id) => self.alter_partitions.in_flight = Some((id, parts)),
            None => self.alter_partitions.waiting = parts,
        }
    }

    /// The request has no answer, or one that says to try again: it is sent anew.
    pub(super) fn alter_partitions_failed(&mut self, id: u64) {
        if let Some((_, parts)) = self.alter_partitions.in_flight.take_if(|(known, _)| *known == id)
        {
            let later = std::mem::replace(&mut self.alter_partitions.waiting, parts);
            self.alter_partitions.waiting.extend(later);
        }
    }

    /// AlterPartition was answered.
    pub(super) fn on_alter_partitions(
        &mut self,
        ctx: &mut Ctx<'_>,
        id: u64,
        answer: AlterPartitionResponse,
    ) {
        if answer.error != ErrorCode::None {
            self.alter_partitions_failed(id);
            return self.retry_controller(ctx);
        }
        let Some((_, asked)) = self.alter_partitions.in_flight.take_if(|(known, _)| *known == id)
        else {
            return;
        };
        for (tp, result) in answer.parts {
            let Some(asked) = asked.iter().find(|part| part.tp == tp) else { continue };
            match result {
                Ok(altered) => {
                    let shrinks = asked.shrinks;
                    let what =
                        if shrinks { BrokerCount::IsrShrinks } else { BrokerCount::IsrExpands };
                    ctx.metrics.broker(ctx.now_ms, ctx.me, what, 1);
                    self.isr_committed(ctx, &tp, altered);
                }
                Err(error) => self.isr_refused(ctx, asked.clone(), error),
            }
        }
        self.send_alter_partitions(ctx);
    }

    /// What was proposed is committed. The metadata may have said so before.
    fn isr_committed(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, altered: AlteredPart) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let known = (partition.image.leader_epoch, partition.image.partition_epoch);
        if partition.leading.is_none()
            || altered.leader_epoch != known.0
            || altered.partition_epoch <= known.1
        {
            return;
        }
        let image = Arc::make_mut(&mut partition.image);
        image.isr = altered.isr;
        image.partition_epoch = altered.partition_epoch;
        partition.version += 1;
        self.partition_changed(ctx, tp);
        ctx.caused_by(altered.cause, |ctx| self.isr_changed(ctx, tp));
    }

    /// The ISR that counts is another one: nothing is pending any more, and the high watermark may move.
    pub(super) fn isr_changed(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        if let Some(leading) = self.partitions.get_mut(tp).and_then(|known| known.leading.as_mut())
        {
            leading.pending = None;
        }
        self.advance_high_watermark(ctx, tp);
    }

    fn isr_refused(&mut self, ctx: &mut Ctx<'_>, asked: AlterPart, error: ErrorCode) {
        ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::FailedIsrUpdates, 1);
        let Some(partition) = self.partitions.get_mut(&asked.tp) else { return };
        let same = partition.image.leader_epoch == asked.leader_epoch
            && partition.image.partition_epoch == asked.partition_epoch;
        let Some(leading) = partition.leading.as_mut().filter(|_| same) else { return };
        ctx.emit(EventKind::IsrRefused { tp: asked.tp.clone(), error });
        match error {
            // What the leader knows is old: it waits for the metadata.
            ErrorCode::InvalidUpdateVersion
            | ErrorCode::FencedLeaderEpoch
            | ErrorCode::NotLeaderOrFollower
            | ErrorCode::UnknownTopicOrPartition
            | ErrorCode::InvalidRequest
            | ErrorCode::NewLeaderElected => {}
            // A member is not eligible: back to the committed ISR.
            ErrorCode::IneligibleReplica => leading.pending = None,
            _ => self.alter_partitions.waiting.push(asked),
        }
    }

    /// Moves a partition's high watermark if it may, and wakes who waits for it.
    pub(super) fn advance_high_watermark(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let (max_lag_ms, eligible) = (self.max_lag_ms(), self.eligible());
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let Some((from, to)) = partition.advance_high_watermark(ctx.now_ms, max_lag_ms, &eligible)
        else {
            return;
        };
        if Self::is_quiet(tp) {
            self.wake_group_writes(ctx, tp);
            return self.wake_fetches(ctx, tp);
        }
        let event = ctx.emit(EventKind::HighWatermark { tp: tp.clone(), from, to });
        partition.high_watermark_by = Some(event);
        ctx.caused_by(event, |ctx| {
            self.wake_produces(ctx, tp);
            self.wake_fetches(ctx, tp);
        });
    }
}
