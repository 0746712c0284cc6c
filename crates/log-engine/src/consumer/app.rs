//! The application: `poll()`, process, `poll()` (`ClassicKafkaConsumer.poll`, `FetchCollector`).

use super::{Consumer, Inbox, Phase, Process};
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::sim::{Ctx, Timer};
use std::sync::Arc;

/// What the application does.
#[derive(Debug, Clone)]
pub(crate) enum App {
    /// It waits inside `poll()`.
    Polling,
    /// It processes what `poll()` gave it.
    Processing {
        /// What it was given, in order.
        slices: Vec<Slice>,
        /// When it began, in microseconds of virtual time.
        began_us: i64,
        /// Microseconds for each record.
        each_us: u64,
    },
}

/// Records of one partition, handed out together.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    /// Which partition.
    pub tp: TopicPartition,
    /// First offset.
    pub first: i64,
    /// One past the last offset.
    pub next: i64,
    /// Records.
    pub records: u64,
}

impl App {
    /// It processes records.
    pub(crate) fn is_processing(&self) -> bool {
        matches!(self, App::Processing { .. })
    }

    /// Records it has been given and not yet finished, at a time.
    pub(crate) fn unfinished(&self, now_ms: i64) -> u64 {
        match self {
            App::Polling => 0,
            App::Processing { slices, began_us, each_us } => {
                let all: u64 = slices.iter().map(|slice| slice.records).sum();
                all.saturating_sub(done_by(now_ms, *began_us, *each_us))
            }
        }
    }
}

fn done_by(now_ms: i64, began_us: i64, each_us: u64) -> u64 {
    let passed_us = (now_ms.saturating_mul(1_000) - began_us).max(0).cast_unsigned();
    passed_us.checked_div(each_us).unwrap_or(u64::MAX)
}

impl Consumer {
    /// One round inside `poll()`. Does nothing while the application processes.
    pub(crate) fn poll(&mut self, ctx: &mut Ctx<'_>) {
        if self.process == Process::Closing && !self.app.is_processing() {
            return self.finish_close(ctx);
        }
        if self.process != Process::Running || self.app.is_processing() {
            return;
        }
        self.last_poll_ms = ctx.now_ms;
        while let Some(came) = self.inbox.pop_front() {
            match came {
                Inbox::Join(answer) => self.on_join(ctx, answer),
                Inbox::Sync(error, assignment) => self.on_sync(ctx, error, &assignment),
            }
        }
        self.ensure_membership(ctx);
        if self.process != Process::Running {
            return;
        }
        self.auto_commit(ctx);
        self.look_up_positions(ctx);
        self.validate_positions(ctx);
        let slices = self.collect(ctx);
        self.send_fetches(ctx);
        if !slices.is_empty() {
            self.begin_processing(ctx, slices);
        }
    }

    fn begin_processing(&mut self, ctx: &mut Ctx<'_>, slices: Vec<Slice>) {
        let each_us = self.setup.processing_us;
        let records: u64 = slices.iter().map(|slice| slice.records).sum();
        let began_us = ctx.now_ms.saturating_mul(1_000);
        let took_us = i64::try_from(records.saturating_mul(each_us)).unwrap_or(i64::MAX);
        let done_ms = began_us.saturating_add(took_us).saturating_add(999) / 1_000;
        self.app = App::Processing { slices, began_us, each_us };
        self.turns += 1;
        ctx.timer(done_ms, Timer::Processed(turn_number(self.turns)));
        let limit_ms = self.last_poll_ms + i64::from(self.setup.config.max_poll_interval_ms);
        if done_ms > limit_ms {
            ctx.timer(limit_ms, Timer::PollInterval(turn_number(self.turns)));
        }
    }

    /// The application is done with what it was given, and polls again.
    pub(super) fn processed(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != turn_number(self.turns) {
            return;
        }
        if let App::Processing { slices, .. } = std::mem::replace(&mut self.app, App::Polling) {
            for slice in slices {
                self.count_processed(ctx, &slice);
            }
        }
        self.poll(ctx);
    }

    fn count_processed(&mut self, ctx: &mut Ctx<'_>, slice: &Slice) {
        self.consumed += slice.records;
        let reader = ctx.ledger.reader(&self.setup.group, &slice.tp);
        reader.processed(slice.first, slice.next, slice.records);
    }

    /// What was finished before a crash counts; the rest of what was handed out does not.
    pub(super) fn count_partial(&mut self, ctx: &mut Ctx<'_>) {
        let App::Processing { slices, began_us, each_us } =
            std::mem::replace(&mut self.app, App::Polling)
        else {
            return;
        };
        let mut left = done_by(ctx.now_ms, began_us, each_us);
        for mut slice in slices {
            let done = slice.records.min(left);
            left -= done;
            if done > 0 {
                let unfinished = i64::try_from(slice.records - done).unwrap_or(0);
                slice.next = (slice.next - unfinished).max(slice.first);
                slice.records = done;
                self.count_processed(ctx, &slice);
            }
        }
    }

    /// `max.poll.interval.ms` is over and the application still processes: the heartbeat thread leaves the group
    /// (R-GRP-17).
    pub(super) fn poll_interval_over(&mut self, ctx: &mut Ctx<'_>, number: u32) {
        if number != turn_number(self.turns) || !self.app.is_processing() {
            return;
        }
        if !matches!(self.phase, Phase::Stable | Phase::Syncing) {
            return;
        }
        ctx.emit_as_cause(EventKind::PollIntervalExceeded {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
            interval_ms: i64::from(self.setup.config.max_poll_interval_ms),
        });
        self.poll_expired = true;
        self.note = Some("too long between polls, out of the group");
        self.leave_for_now(ctx);
    }
}

/// Turns as a timer carries them.
fn turn_number(turns: u64) -> u32 {
    u32::try_from(turns & u64::from(u32::MAX)).unwrap_or(0)
}
