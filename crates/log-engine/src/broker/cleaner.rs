//! The cleaner thread: `LogCleaner.CleanerThread` with `LogCleanerManager` (R-LOG-60 to 72).
//!
//! Its loop runs when the broker starts and then, while it finds nothing to clean, every `log.cleaner.backoff.ms`;
//! after a pass it looks again at once. A pass takes no time here. A run at which no log could be due, nor lose a
//! segment, is not played out: the first that matters follows from the logs.

use super::clean_pass;
use super::{Broker, Partition};
use crate::config::BrokerConfigs;
use crate::event::EventKind;
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::metrics::{Level, Stale, Tag};
use crate::sim::{Ctx, Timer};
use crate::view::CleanPassView;
use kafka_log::log::{CleanOptions, CleanerState, RetentionStep};
use std::sync::Arc;

/// Bytes of an entry of Kafka's offset map: an MD5 sum and an offset.
const MAP_ENTRY_BYTES: i64 = 24;

/// The cleaner of one broker.
#[derive(Debug, Clone)]
pub(super) struct Cleaner {
    enabled: bool,
    started_ms: TimestampMs,
    backoff_ms: i64,
    options: CleanOptions,
    /// The run there is a timer for.
    armed_ms: Option<TimestampMs>,
    /// Tells a timer that has been overtaken.
    number: u32,
}

/// What the cleaner knows of one log.
#[derive(Debug, Clone, Default)]
pub(crate) struct CleanerLog {
    /// Why it is left alone until the broker restarts (R-LOG-71).
    pub uncleanable: Option<Arc<str>>,
    /// The last pass.
    pub last: Option<Arc<CleanPassView>>,
    /// Its event.
    pub cleaned_by: Option<EventId>,
    /// The event that made the log due.
    due_by: Option<EventId>,
    /// There is a run that will come to it as it is.
    planned: bool,
}

impl CleanerLog {
    /// Whether an append without a roll may bring the log's next run forward: it only puts off what goes by age.
    pub(super) fn may_come_sooner(&self, retention_bytes: i64) -> bool {
        !self.planned || retention_bytes >= 0
    }
}

impl Cleaner {
    pub(super) fn new(configs: &BrokerConfigs) -> Self {
        let threads = configs.long("log.cleaner.threads").unwrap_or(1).max(1);
        let buffer = configs.long("log.cleaner.dedupe.buffer.size").unwrap_or(134_217_728);
        let slots = (buffer / threads).clamp(0, i64::from(i32::MAX)) / MAP_ENTRY_BYTES;
        let max_keys = (slots.saturating_mul(9) / 10).max(1).unsigned_abs();
        Self {
            enabled: configs.boolean("log.cleaner.enable").unwrap_or(true),
            started_ms: 0,
            backoff_ms: configs.long("log.cleaner.backoff.ms").unwrap_or(15_000).max(1),
            options: CleanOptions { max_keys },
            armed_ms: None,
            number: 0,
        }
    }

    /// The thread starts.
    pub(super) fn start(&mut self, now_ms: TimestampMs) {
        self.started_ms = now_ms;
        self.armed_ms = None;
        self.number += 1;
    }

    /// The first run at or after `at_ms` that comes after `now_ms`.
    fn run_at(&self, at_ms: TimestampMs, now_ms: TimestampMs) -> TimestampMs {
        let from_ms = at_ms.max(now_ms.saturating_add(1)).saturating_sub(self.started_ms);
        let runs = from_ms.div_euclid(self.backoff_ms)
            + i64::from(from_ms.rem_euclid(self.backoff_ms) > 0);
        self.started_ms.saturating_add(runs.saturating_mul(self.backoff_ms))
    }

    /// The run that will clean the log if nothing more is written.
    fn pass_at(&self, partition: &Partition, now_ms: TimestampMs) -> Option<TimestampMs> {
        let able = self.enabled && partition.cleaner.uncleanable.is_none();
        let at_ms = partition.log.cleanable_at(now_ms).filter(|_| able)?;
        Some(self.run_at(at_ms, now_ms))
    }

    /// The first run that does something to the log if nothing more is written.
    fn next_use(&self, partition: &Partition, now_ms: TimestampMs) -> Option<TimestampMs> {
        let able = self.enabled && partition.cleaner.uncleanable.is_none();
        if !able || !partition.config.cleanup_policy.compact {
            return None;
        }
        let next_run_ms = self.run_at(now_ms, now_ms);
        let forecast = partition.log.retention_forecast(now_ms, next_run_ms, self.backoff_ms);
        let deletion = forecast.first().and_then(|oldest| match oldest.step {
            RetentionStep::Deleted { at_ms, .. } => Some(at_ms),
            RetentionStep::Kept(_) => None,
        });
        self.pass_at(partition, now_ms).into_iter().chain(deletion).min()
    }
}

impl Broker {
    /// Something about a log has changed: the cleaner may have to come to it sooner.
    pub(super) fn arm_cleaner(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let next = self.cleaner.next_use(partition, ctx.now_ms);
        partition.cleaner.planned = next.is_some();
        let Some(at_ms) = next else { return };
        partition.cleaner.due_by = Some(ctx.cause);
        self.set_cleaner_timer(ctx, at_ms);
    }

    fn set_cleaner_timer(&mut self, ctx: &mut Ctx<'_>, at_ms: TimestampMs) {
        if self.cleaner.armed_ms.is_none_or(|armed_ms| at_ms < armed_ms) {
            self.cleaner.armed_ms = Some(at_ms);
            self.cleaner.number += 1;
            ctx.timer(at_ms, Timer::Cleaner(self.cleaner.number));
        }
    }

    /// One run of the loop.
    pub(super) fn run_cleaner(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != self.cleaner.number {
            return;
        }
        self.cleaner.armed_ms = None;
        while self.clean_filthiest(ctx) {}
        let compacted: Vec<TopicPartition> = self
            .partitions
            .values()
            .filter(|known| known.config.cleanup_policy.compact)
            .filter(|known| known.cleaner.uncleanable.is_none())
            .map(|known| known.tp.clone())
            .collect();
        for tp in &compacted {
            self.delete_old_segments(ctx, tp);
        }
        let mut next: Option<TimestampMs> = None;
        for tp in &compacted {
            let Some(partition) = self.partitions.get_mut(tp) else { continue };
            let at_ms = self.cleaner.next_use(partition, ctx.now_ms);
            partition.cleaner.planned = at_ms.is_some();
            next = next.into_iter().chain(at_ms).min();
        }
        if let Some(at_ms) = next {
            let cause = self.started_by;
            ctx.caused_by(cause, |ctx| self.set_cleaner_timer(ctx, at_ms));
        }
    }

    /// Cleans the log with the highest share of dirty bytes among those that are due
    /// (`grabFilthiestCompactedLog`). False if none is.
    fn clean_filthiest(&mut self, ctx: &mut Ctx<'_>) -> bool {
        let mut filthiest: Option<(&TopicPartition, CleanerState)> = None;
        let candidates = self.partitions.iter().filter(|(_, known)| {
            known.config.cleanup_policy.compact && known.cleaner.uncleanable.is_none()
        });
        for (tp, known) in candidates {
            let state = known.log.cleaner_state(ctx.now_ms);
            let filthier = filthiest.is_none_or(|(_, other)| is_filthier(&state, &other));
            if state.due && filthier {
                filthiest = Some((tp, state));
            }
        }
        let Some((tp, state)) = filthiest else { return false };
        let tp = tp.clone();
        let cause = self.partitions.get(&tp).and_then(|known| known.cleaner.due_by);
        let cause = cause.unwrap_or_else(|| self.topic_cause(&tp.topic));
        ctx.caused_by(cause, |ctx| self.clean(ctx, &tp, &state));
        true
    }

    fn clean(&mut self, ctx: &mut Ctx<'_>, tp: &TopicPartition, state: &CleanerState) {
        let Some(partition) = self.partitions.get_mut(tp) else { return };
        let me = self.id;
        ctx.emit_as_cause(EventKind::CleanerPicked {
            broker: me,
            tp: tp.clone(),
            ratio_millionths: state.dirty_ratio_millionths().unwrap_or(0),
            max_lag: state.max_lag_exceeded,
        });
        let percent = i64::from(state.dirty_ratio_millionths().unwrap_or(0)) / 10_000;
        ctx.metrics.set(ctx.now_ms, (ctx.me, Tag::Whole, Level::MaxDirtyPercent), percent);
        let segments_before = partition.log.segment_count();
        let pass = clean_pass::run(&mut partition.log, ctx.now_ms, &self.cleaner.options, 0);
        let pass = match pass {
            Ok(Some(pass)) if pass.end_offset > state.first_dirty_offset => pass,
            Ok(_) => {
                let why = "the offset map has no room for one batch";
                return leave_alone(ctx, me, partition, why.into());
            }
            Err(error) => return leave_alone(ctx, me, partition, error.to_string().into()),
        };
        let replaced = u64::try_from(pass.bytes_before).unwrap_or(0);
        self.disk.delete(ctx.now_ms, partition, replaced);
        let recopied = 100 * pass.bytes_after / pass.bytes_before.max(1);
        ctx.metrics.set(ctx.now_ms, (ctx.me, Tag::Whole, Level::CleanerRecopyPercent), recopied);
        let gone = segments_before.saturating_sub(partition.log.segment_count());
        let event = ctx.emit_as_cause(EventKind::LogCleaned {
            broker: me,
            tp: tp.clone(),
            from: state.first_dirty_offset,
            to: pass.end_offset,
            removed: pass.records_removed,
            kept: pass.records_kept,
            tombstones: pass.tombstones_kept,
            bytes_before: pass.bytes_before,
            bytes_after: pass.bytes_after,
            merged: u32::try_from(gone).unwrap_or(u32::MAX),
        });
        // Each replica is cleaned by itself; the timeline follows the one that is shown.
        if partition.leads() {
            let label = format!("P{} cleaned to {}", tp.partition, pass.end_offset);
            ctx.trace.mark(ctx.now_ms, "clean", label, event);
        }
        partition.version += 1;
        partition.cleaner.cleaned_by = Some(event);
        partition.cleaner.last = Some(Arc::new(pass));
    }

    /// What a pass over the log would do now; also of a log that is not due, as long as something is dirty.
    pub(crate) fn clean_preview(
        &self,
        tp: &TopicPartition,
        now_ms: TimestampMs,
        from: i64,
    ) -> Option<CleanPassView> {
        let mut log = self.partitions.get(tp)?.log.clone();
        let due = log.cleaner_state(now_ms).due;
        if !due && log.config().cleanup_policy.compact {
            let min_cleanable_dirty_ratio = kafka_log::Ratio::from_millionths(0)?;
            log.set_config(kafka_log::LogConfig {
                min_cleanable_dirty_ratio,
                ..log.config().clone()
            });
        }
        let pass = clean_pass::run(&mut log, now_ms, &self.cleaner.options, from).ok()??;
        Some(CleanPassView { due, ..pass })
    }

    /// When the cleaner's loop runs next, and the run that cleans this log.
    pub(crate) fn cleaner_runs(
        &self,
        partition: &Partition,
        now_ms: TimestampMs,
    ) -> (Option<TimestampMs>, Option<TimestampMs>) {
        if self.life_state() == super::LifeState::Down {
            return (None, None);
        }
        let next = self.cleaner.enabled.then(|| self.cleaner.run_at(now_ms, now_ms));
        (next, self.cleaner.pass_at(partition, now_ms))
    }

    /// When old segments of this log are looked for next, and how often: by the retention task, or by the cleaner's
    /// loop where the log is compacted (R-LOG-40).
    pub(crate) fn retention_runs(
        &self,
        partition: &Partition,
        now_ms: TimestampMs,
    ) -> Option<(TimestampMs, i64)> {
        if self.life_state() == super::LifeState::Down {
            return None;
        }
        if !partition.config.cleanup_policy.compact {
            return Some((self.next_retention_check_ms(), self.retention_interval_ms()));
        }
        let able = self.cleaner.enabled && partition.cleaner.uncleanable.is_none();
        able.then(|| (self.cleaner.run_at(now_ms, now_ms), self.cleaner.backoff_ms))
    }
}

/// Leaves the log alone until the broker starts again.
fn leave_alone(ctx: &mut Ctx<'_>, broker: BrokerId, partition: &mut Partition, why: Arc<str>) {
    ctx.metrics.look_again(Stale::Broker(broker));
    let tp = partition.tp.clone();
    ctx.emit(EventKind::Uncleanable { broker, tp, why: Arc::clone(&why) });
    partition.cleaner.uncleanable = Some(why);
    partition.version += 1;
}

/// Whether a log's share of dirty bytes is the higher one.
fn is_filthier(a: &CleanerState, b: &CleanerState) -> bool {
    let total =
        |state: &CleanerState| u128::from(state.clean_bytes) + u128::from(state.dirty_bytes);
    u128::from(a.dirty_bytes) * total(b) > u128::from(b.dirty_bytes) * total(a)
}
