//! A consumer client of the classic group protocol and the application around it. Mirrors `ClassicKafkaConsumer`
//! with `ConsumerCoordinator`, `AbstractCoordinator`, `Fetcher`, `FetchCollector` and `OffsetFetcher`.
//!
//! The application is one loop: `poll()`, then processing for a time a record, then `poll()` again. Inside `poll()`
//! it takes no time; while it processes, only the heartbeat thread goes on, and answers to joins, syncs and commits
//! wait for the next `poll()`.

mod app;
mod assignment;
mod commit;
mod connection;
mod fetcher;
mod heartbeat;
mod join;
mod lifecycle;
mod position;
mod validation;

pub(crate) use app::App;
pub(crate) use fetcher::CompletedFetch;

use crate::assignor::TopicCounts;
use crate::command::Configs;
use crate::config::ConsumerConfig;
use crate::ids::{BrokerId, TimestampMs, TopicPartition};
use crate::producer::{ClientMetadata, Pace};
use crate::protocol::group::{Assignment, GroupResponse, JoinGroupResponse};
use crate::protocol::{MetadataResponse, Response};
use crate::sim::{ActorId, Ctx, Timer};
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// What a person set a group up with; members started later take it over.
#[derive(Debug, Clone)]
pub(crate) struct GroupSetup {
    /// `group.id`.
    pub group: Arc<str>,
    /// Topics.
    pub topics: Vec<Arc<str>>,
    /// Overrides for all members.
    pub configs: Configs,
    /// Processing time for each record.
    pub processing_us: u64,
    /// Its members close; then it is deleted.
    pub removing: bool,
}

/// What a member's process runs with.
#[derive(Debug, Clone)]
pub(crate) struct MemberSetup {
    /// Name and `client.id`.
    pub name: Arc<str>,
    /// `group.id`.
    pub group: Arc<str>,
    /// Topics, sorted.
    pub topics: Vec<Arc<str>>,
    /// The member's own topics, where they are not the group's.
    pub own_topics: bool,
    /// The member's own overrides, on top of the group's.
    pub own_configs: Configs,
    /// Configs in force.
    pub config: ConsumerConfig,
    /// Processing time for each record.
    pub processing_us: u64,
}

/// What the process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// It runs.
    Running,
    /// It was told to close and finishes its records first.
    Closing,
    /// Closed.
    Closed,
    /// Crashed.
    Crashed,
    /// Stopped by this exception.
    Failed(&'static str),
}

/// Where the membership is (`AbstractCoordinator.MemberState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No member, or about to join again.
    Unjoined,
    /// Commits before it joins (`onJoinPrepare`).
    Preparing,
    /// JoinGroup is on its way or waits.
    Joining,
    /// SyncGroup is on its way or waits.
    Syncing,
    /// Has its assignment.
    Stable,
}

/// One partition it owns.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    /// Next offset to hand out.
    pub position: Option<i64>,
    /// The epoch of the last record before the position, -1 if it is not known.
    pub epoch: i32,
    /// What it knows to be committed.
    pub committed: Option<i64>,
    /// The leader and epoch its position was checked for last, or need not be.
    checked_for: Option<(BrokerId, i32)>,
    /// Its position has to be checked before it is fetched (`AWAIT_VALIDATION`).
    validating: bool,
    /// Whether anyone has looked for a committed offset.
    looked_up: bool,
    /// A ListOffsets is wanted, by this policy.
    reset: Option<position::Reset>,
    /// A look-up of its position is on its way.
    asking: bool,
    /// Not before this it is fetched again after an error.
    backoff_until_ms: TimestampMs,
    /// When it last brought data: the others come first in the next fetch.
    turn: u64,
}

impl Default for Owned {
    fn default() -> Self {
        Self {
            position: None,
            epoch: -1,
            committed: None,
            checked_for: None,
            validating: false,
            looked_up: false,
            reset: None,
            asking: false,
            backoff_until_ms: 0,
            turn: 0,
        }
    }
}

/// What a request was for.
#[derive(Debug, Clone)]
enum Call {
    Metadata,
    FindCoordinator,
    Join,
    Sync,
    Heartbeat,
    Leave,
    Commit(commit::Commit),
    OffsetFetch,
    ListOffsets,
    EpochEnd(validation::Asked),
    Fetch(BrokerId),
}

/// One consumer client.
#[derive(Debug, Clone)]
pub(crate) struct Consumer {
    /// What it runs with.
    pub setup: MemberSetup,
    /// What the process does.
    pub process: Process,
    /// The person called `pause()` on all its partitions.
    pub paused: bool,
    /// Member id from the coordinator.
    pub member_id: Arc<str>,
    /// Generation, -1 for none.
    pub generation: i32,
    /// Where the membership is.
    pub phase: Phase,
    /// The assignor of the generation.
    pub protocol: Option<&'static str>,
    /// It is the group's leader.
    pub leader: bool,
    /// Partitions it owns.
    pub owned: SortedMap<TopicPartition, Owned>,
    /// Records processed.
    pub consumed: u64,
    /// What the application does.
    pub app: App,
    /// Something worth telling on the page.
    pub note: Option<&'static str>,
    rejoin: Option<&'static str>,
    metadata: ClientMetadata,
    coordinator: Option<BrokerId>,
    calls: SortedMap<u64, connection::Asked>,
    timeout_number: u32,
    next_correlation: u64,
    inbox: VecDeque<Inbox>,
    buffered: VecDeque<CompletedFetch>,
    turns: u64,
    fetching: SortedMap<BrokerId, u64>,
    sticky_memory: (Vec<TopicPartition>, i32),
    assigned_counts: Option<TopicCounts>,
    held_join: Option<Box<JoinGroupResponse>>,
    next_auto_commit_ms: TimestampMs,
    last_poll_ms: TimestampMs,
    heartbeat_number: u32,
    next_heartbeat_ms: TimestampMs,
    poll_number: u32,
    poll_wake_ms: TimestampMs,
    poll_expired: bool,
    backoff_until_ms: TimestampMs,
    attempts: u32,
    /// When the rebalance it takes part in began for it (`lastRebalanceStartMs`).
    rebalance_since_ms: Option<TimestampMs>,
}

/// What came while the application was processing.
#[derive(Debug, Clone)]
enum Inbox {
    Join(JoinGroupResponse),
    Sync(crate::protocol::ErrorCode, Assignment),
}

impl Consumer {
    /// An answer.
    pub(crate) fn on_response(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        response: Response,
    ) {
        let Some(asked) = self.calls.remove(&id) else { return };
        if !matches!(self.process, Process::Running | Process::Closing) {
            return;
        }
        Self::measure_answer(ctx, &asked);
        let call = asked.call;
        match (call, response) {
            (Call::Metadata, Response::Metadata(answer)) => self.on_metadata(ctx, &answer),
            (Call::Fetch(broker), Response::Fetch(answer)) => {
                self.fetching.remove(&broker);
                self.on_fetch(ctx, answer);
            }
            (Call::ListOffsets, Response::ListOffsets(answer)) => {
                self.on_list_offsets(ctx, &answer)
            }
            (Call::EpochEnd(asked), Response::EpochEnd(answer)) => {
                self.on_epoch_end(ctx, &asked, &answer);
            }
            (call, Response::Group(answer)) => self.on_group(ctx, from, call, answer),
            _ => {}
        }
        self.poll(ctx);
    }

    fn on_group(&mut self, ctx: &mut Ctx<'_>, from: ActorId, call: Call, answer: GroupResponse) {
        match (call, answer) {
            (Call::FindCoordinator, GroupResponse::FindCoordinator { coordinator, .. }) => {
                match coordinator {
                    Some(coordinator) => self.found_coordinator(ctx, coordinator),
                    None => {
                        self.coordinator = None;
                        self.back_off(ctx);
                    }
                }
            }
            (Call::Join, GroupResponse::JoinGroup(answer)) => {
                if self.app.is_processing() {
                    self.inbox.push_back(Inbox::Join(answer));
                } else {
                    self.on_join(ctx, answer);
                }
            }
            (Call::Sync, GroupResponse::SyncGroup { error, assignment }) => {
                if self.app.is_processing() {
                    self.inbox.push_back(Inbox::Sync(error, assignment));
                } else {
                    self.on_sync(ctx, error, &assignment);
                }
            }
            (Call::Heartbeat, GroupResponse::Heartbeat { error }) => self.on_heartbeat(ctx, error),
            (Call::Commit(commit), GroupResponse::OffsetCommit { error }) => {
                self.on_commit(ctx, commit, error);
            }
            (Call::OffsetFetch, GroupResponse::OffsetFetch { error, offsets }) => {
                self.on_offset_fetch(ctx, error, &offsets);
            }
            (Call::Leave, GroupResponse::LeaveGroup { .. }) => self.on_left(ctx, from),
            _ => {}
        }
    }

    /// A timer.
    pub(crate) fn on_timer(&mut self, ctx: &mut Ctx<'_>, timer: Timer) {
        if !matches!(self.process, Process::Running | Process::Closing) {
            return;
        }
        match timer {
            Timer::Processed(number) => self.processed(ctx, number),
            Timer::Heartbeat(number) => self.send_heartbeat(ctx, number),
            Timer::PollInterval(number) => self.poll_interval_over(ctx, number),
            Timer::RequestTimeout(number) => self.expire_calls(ctx, number),
            Timer::Poll(number) if self.poll_number == number => {
                self.poll_wake_ms = TimestampMs::MAX;
                self.poll(ctx);
            }
            Timer::MetadataExpired(number) if self.metadata.fired(number) => {
                self.refresh_metadata(ctx);
            }
            _ => {}
        }
    }

    fn on_metadata(&mut self, ctx: &mut Ctx<'_>, answer: &MetadataResponse) {
        self.metadata.update(answer, ctx.now_ms);
        self.refresh_metadata(ctx);
        if let Some(held) = self.held_join.take() {
            self.on_join(ctx, *held);
        } else if self.leader
            && self.phase == Phase::Stable
            && self.assigned_counts.as_ref().is_some_and(|counts| *counts != self.topic_counts())
        {
            self.rejoin = Some("the topics it subscribes to have changed");
        }
    }

    /// Partitions of the topics whose metadata it keeps.
    fn topic_counts(&self) -> TopicCounts {
        let known = |topic: &Arc<str>| Some((Arc::clone(topic), self.metadata.partitions(topic)?));
        self.metadata.wanted().iter().filter_map(known).collect()
    }

    /// Asks for metadata as soon as it may.
    fn ask_for_metadata(&mut self, ctx: &mut Ctx<'_>) {
        self.metadata.request_update();
        self.refresh_metadata(ctx);
    }

    /// Asks for metadata if that is due.
    fn refresh_metadata(&mut self, ctx: &mut Ctx<'_>) {
        let config = &self.setup.config;
        let pace = Pace {
            backoff_ms: config.retry_backoff_ms,
            backoff_max_ms: config.retry_backoff_max_ms,
            max_age_ms: config.metadata_max_age_ms,
        };
        let Some(due_ms) = self.metadata.due_ms(pace) else { return };
        if due_ms > ctx.now_ms {
            if let Some(number) = self.metadata.arm(due_ms) {
                ctx.timer(due_ms, Timer::MetadataExpired(number));
            }
            return;
        }
        if self.metadata.at_hand(ctx.now_ms).is_none() {
            self.metadata.rebootstrap();
        }
        if let Some(broker) = self.metadata.any_broker(ctx.now_ms) {
            self.metadata.asks();
            let request = self.metadata.request(self.setup.config.allow_auto_create_topics);
            self.call(ctx, broker, Call::Metadata, request);
        }
    }

    fn call(
        &mut self,
        ctx: &mut Ctx<'_>,
        broker: BrokerId,
        call: Call,
        request: crate::protocol::Request,
    ) -> u64 {
        self.next_correlation += 1;
        let id = self.next_correlation;
        let deadline_ms = ctx.now_ms + self.timeout_ms(&call);
        self.calls.insert(id, connection::Asked { broker, call, sent_ms: ctx.now_ms, deadline_ms });
        ctx.request(ActorId::Broker(broker), id, request);
        if !ctx.net.may_park(ctx.me, ActorId::Broker(broker)) {
            self.watch_timeouts(ctx);
        }
        id
    }

    /// Waits `retry.backoff.ms`, doubled with each attempt, before it tries again.
    fn back_off(&mut self, ctx: &mut Ctx<'_>) {
        let exponent = self.attempts.min(20);
        self.attempts += 1;
        let config = &self.setup.config;
        let wait_ms = config.retry_backoff_ms.saturating_mul(1 << exponent);
        self.backoff_until_ms = ctx.now_ms + wait_ms.clamp(1, config.retry_backoff_max_ms.max(1));
        self.wake_at(ctx, self.backoff_until_ms);
    }

    /// `poll()` is looked into again then, if nothing wakes it before.
    fn wake_at(&mut self, ctx: &mut Ctx<'_>, at_ms: TimestampMs) {
        if at_ms < self.poll_wake_ms {
            self.poll_wake_ms = at_ms;
            self.poll_number += 1;
            ctx.timer(at_ms, Timer::Poll(self.poll_number));
        }
    }
}
