//! A broker's process: it shuts down in order, dies, and starts again with what is on its disk.

use super::Broker;
use super::durable::{Durable, log_start_checkpoints};
use super::lifecycle::LifeState;
use crate::event::{EventKind, TruncateCause};
use crate::ids::TopicPartition;
use crate::sim::{Ctx, Side};
use crate::world::Down;
use kafka_log::log::{Checkpoints, Shutdown};
use std::sync::Arc;

impl Broker {
    /// Begins to shut down in order.
    pub(crate) fn stop(&mut self, ctx: &mut Ctx<'_>) {
        ctx.emit_as_cause(EventKind::BrokerStopping { broker: self.id });
        if self.lifecycle.state == LifeState::Starting {
            // Nobody knows it yet.
            let (broker, event) = (self.id, ctx.cause);
            return ctx.side.push(Side::BrokerEnds { broker, clean: true, event });
        }
        self.lifecycle.state = LifeState::PendingShutdown;
        self.changed(ctx);
        self.say_alive(ctx);
    }

    /// Its process ends. What is on its disk stays as it is at this moment; all else is gone.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, how: Down) {
        let clean = how == Down::Stopped;
        let registered = self.lifecycle.epoch >= 0 && self.lifecycle.state != LifeState::Starting;
        self.lifecycle.previous_epoch = (clean && registered).then_some(self.lifecycle.epoch);
        self.lifecycle.state = LifeState::Down;
        self.lifecycle.calls.clear();
        self.lifecycle.parked_at = None;
        self.lifecycle.retry_armed = false;
        self.purgatory = super::Purgatory::default();
        self.fetchers.clear();
        self.touched_fetchers.clear();
        self.alter_partitions = super::isr::AlterPartitions::default();
        self.forwarding = super::forward::Forwarding::default();
        self.group_calls.clear();
        self.forget_coordination();
        let tps: Vec<TopicPartition> = self.partitions.keys().cloned().collect();
        self.changed(ctx);
        for tp in tps {
            self.partition_changed(ctx, &tp);
            self.end_partition(ctx, &tp, how);
        }
        if how == Down::DiskLost {
            self.partitions.clear();
            self.disk.forget();
        }
    }

    /// One replica as it is found on the disk later.
    fn end_partition(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, how: Down) {
        let starts = log_start_checkpoints(&self.configs, self.tasks_began_ms, ctx.now_ms);
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let (now_ms, log) = (ctx.now_ms, &partition.log);
        let log_end = log.log_end_offset();
        partition.leading = None;
        partition.fetches.clear();
        partition.produces.clear();
        partition.version += 1;
        let (high_watermark, log_start_offset) = match how {
            Down::Stopped => (log.high_watermark(), log.log_start_offset()),
            _ => (
                partition.durable.checkpointed(now_ms, log.high_watermark()),
                partition.durable.checkpointed_log_start(starts, log.log_start_offset()),
            ),
        };
        let shutdown = match how {
            Down::Stopped => Shutdown::Clean,
            Down::PowerLost => {
                Shutdown::PowerLoss { lost_from: partition.durable.lost_from(now_ms, log_end) }
            }
            Down::DiskLost => {
                let gone = partition.log.truncate_fully_and_start_at(0, now_ms).batches;
                return self.truncated(ctx, tp, log_end, gone, TruncateCause::DiskLoss);
            }
            // A killed process loses nothing that it wrote (R-LOG-91).
            Down::Crashed | Down::Halted => Shutdown::ProcessCrash,
        };
        let checkpoints = Checkpoints { log_start_offset, high_watermark };
        let (log, lost) = log.restarted(shutdown, checkpoints, now_ms);
        partition.log = log;
        partition.durable = Durable::new(&self.configs);
        if !lost.batches.is_empty() {
            self.truncated(ctx, tp, log_end, lost.batches, TruncateCause::PowerLoss);
        }
    }

    /// A new broker's process starts: it has nothing yet.
    pub(crate) fn join(&mut self, ctx: &mut Ctx<'_>, rack: Option<Arc<str>>, life: u32) {
        self.rack = rack;
        self.restart(ctx, Down::Stopped, life);
    }

    /// Its process starts again: it loads its logs, registers, and is fenced until the controller says otherwise.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>, how: Down, life: u32) {
        let logs = u32::try_from(self.partitions.len()).unwrap_or(u32::MAX);
        self.started_by = ctx.emit_as_cause(EventKind::BrokerStarted { broker: self.id, logs });
        self.disk.refill();
        self.lifecycle.state = LifeState::Starting;
        self.changed(ctx);
        self.lifecycle.life = life;
        self.lifecycle.epoch = -1;
        self.lifecycle.refused = 0;
        self.lifecycle.early = None;
        self.lifecycle.new_disk = how == Down::DiskLost;
        self.image = Arc::default();
        for partition in self.partitions.values_mut() {
            Arc::make_mut(&mut partition.image).leader = None;
            partition.cleaner.uncleanable = None;
            partition.version += 1;
        }
        self.start_tasks(ctx);
        self.coordinator.forget();
        self.start_coordinator(ctx);
        self.start_heartbeats(ctx);
        self.say_alive(ctx);
    }

    /// From now on answers may fail to come without anyone saying so.
    pub(crate) fn watch_timeouts(&mut self, ctx: &mut Ctx<'_>) {
        self.watch_fetchers(ctx);
    }
}
