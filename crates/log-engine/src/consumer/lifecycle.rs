//! Start, close, crash, fail (`KafkaConsumer.close`, R-GRP-19).

use super::{App, Call, Consumer, MemberSetup, Phase, Process};
use crate::event::EventKind;
use crate::ids::{BrokerId, TimestampMs};
use crate::producer::ClientMetadata;
use crate::protocol::Request;
use crate::protocol::group::{GroupRequest, MemberRef};
use crate::sim::{ActorId, Ctx};
use sorted::SortedMap;
use std::collections::VecDeque;
use std::sync::Arc;

impl Consumer {
    /// A member whose process has not started yet.
    pub(crate) fn new(setup: MemberSetup) -> Self {
        Self {
            setup,
            process: Process::Running,
            paused: false,
            member_id: "".into(),
            generation: -1,
            phase: Phase::Unjoined,
            protocol: None,
            leader: false,
            owned: SortedMap::new(),
            consumed: 0,
            app: App::Polling,
            note: None,
            rejoin: None,
            metadata: ClientMetadata::default(),
            coordinator: None,
            calls: SortedMap::new(),
            timeout_number: 0,
            next_correlation: 0,
            inbox: VecDeque::new(),
            buffered: VecDeque::new(),
            turns: 0,
            fetching: SortedMap::new(),
            sticky_memory: (Vec::new(), -1),
            assigned_counts: None,
            held_join: None,
            next_auto_commit_ms: TimestampMs::MAX,
            last_poll_ms: 0,
            heartbeat_number: 0,
            next_heartbeat_ms: 0,
            poll_number: 0,
            poll_wake_ms: TimestampMs::MAX,
            poll_expired: false,
            backoff_until_ms: 0,
            attempts: 0,
            rebalance_since_ms: None,
        }
    }

    /// The process starts, subscribes and polls.
    pub(crate) fn start(&mut self, ctx: &mut Ctx<'_>, brokers: &[BrokerId]) {
        // Numbers go on, so that timers and answers meant for an earlier process find nothing.
        let fresh = Self {
            consumed: self.consumed,
            next_correlation: self.next_correlation,
            heartbeat_number: self.heartbeat_number + 1,
            poll_number: self.poll_number + 1,
            timeout_number: self.timeout_number + 1,
            app: App::Polling,
            turns: self.turns + 1,
            ..Self::new(self.setup.clone())
        };
        *self = fresh;
        ctx.metrics.begins(ctx.now_ms, ctx.me);
        self.metadata.bootstrap(brokers);
        self.metadata.set_wanted(self.setup.topics.clone());
        self.rejoin = Some("it starts");
        ctx.emit_as_cause(EventKind::MemberStarted {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
        });
        self.ask_for_metadata(ctx);
        self.poll(ctx);
    }

    /// Its coordinator, once found.
    pub(crate) fn coordinator(&self) -> Option<BrokerId> {
        self.coordinator
    }

    /// It has to join again and will, in its next `poll()`.
    pub(crate) fn wants_to_rejoin(&self) -> bool {
        self.rejoin.is_some()
    }

    /// It fetches and hands out records at present.
    pub(crate) fn reads_now(&self) -> bool {
        self.phase == Phase::Stable || (self.is_cooperative() && !self.owned.is_empty())
    }

    /// Whether it is shown among its group's members: closed ones are not.
    pub(crate) fn is_listed(&self) -> bool {
        self.process != Process::Closed
    }

    /// `pause()` or `resume()` of all its partitions.
    pub(crate) fn set_paused(&mut self, ctx: &mut Ctx<'_>, paused: bool) {
        self.paused = paused;
        ctx.disturb();
        self.poll(ctx);
    }

    /// Closes if it runs; one that crashed is just taken off the list.
    pub(crate) fn go_away(&mut self, ctx: &mut Ctx<'_>) {
        match self.process {
            Process::Running => self.close(ctx),
            Process::Crashed | Process::Failed(_) => self.process = Process::Closed,
            Process::Closing | Process::Closed => {}
        }
    }

    /// Starts again with another setup, as the second half of a rolling restart.
    pub(crate) fn restart(&mut self, ctx: &mut Ctx<'_>, setup: MemberSetup, brokers: &[BrokerId]) {
        self.setup = setup;
        self.start(ctx, brokers);
    }

    /// The process dies.
    pub(crate) fn crash(&mut self, ctx: &mut Ctx<'_>) {
        self.count_partial(ctx);
        ctx.disturb();
        self.stop(ctx, Process::Crashed);
    }

    /// `close()`: what it was handed is processed first.
    pub(crate) fn close(&mut self, ctx: &mut Ctx<'_>) {
        self.process = Process::Closing;
        ctx.disturb();
        if !self.app.is_processing() {
            self.finish_close(ctx);
        }
    }

    /// Commits, then leaves, then is gone.
    pub(super) fn finish_close(&mut self, ctx: &mut Ctx<'_>) {
        if self.calls.values().any(|asked| matches!(asked.call, Call::Leave | Call::Commit(_))) {
            return;
        }
        if self.may_commit() && self.commit_before_leaving(ctx) {
            return;
        }
        self.leave(ctx);
    }

    /// Sends LeaveGroup if it is a dynamic member, and waits for its answer; else it is gone at once.
    fn leave(&mut self, ctx: &mut Ctx<'_>) {
        let dynamic = self.setup.config.group_instance_id.is_none() && !self.member_id.is_empty();
        match self.coordinator.filter(|_| dynamic) {
            Some(coordinator) => {
                let member = self.member_ref();
                let request = Request::Group(GroupRequest::LeaveGroup { member });
                self.call(ctx, coordinator, Call::Leave, request);
            }
            None => self.closed(ctx),
        }
    }

    /// LeaveGroup was answered.
    pub(super) fn on_left(&mut self, ctx: &mut Ctx<'_>, _from: ActorId) {
        if self.process == Process::Closing {
            self.closed(ctx);
        }
    }

    fn closed(&mut self, ctx: &mut Ctx<'_>) {
        ctx.emit(EventKind::MemberClosed {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
        });
        self.stop(ctx, Process::Closed);
    }

    /// An exception the application does not catch: it closes on the way out.
    pub(super) fn fail(&mut self, ctx: &mut Ctx<'_>, exception: &'static str) {
        ctx.emit_as_cause(EventKind::MemberFailed {
            group: Arc::clone(&self.setup.group),
            member: Arc::clone(&self.setup.name),
            exception,
        });
        ctx.disturb();
        let member = self.member_ref();
        if self.setup.config.group_instance_id.is_none()
            && !member.member_id.is_empty()
            && let Some(coordinator) = self.coordinator
        {
            let request = Request::Group(GroupRequest::LeaveGroup { member });
            self.call(ctx, coordinator, Call::Leave, request);
        }
        self.stop(ctx, Process::Failed(exception));
    }

    fn stop(&mut self, ctx: &mut Ctx<'_>, process: Process) {
        ctx.metrics.ends(ctx.now_ms, ctx.me);
        self.process = process;
        self.app = App::Polling;
        self.phase = Phase::Unjoined;
        self.owned.clear();
        self.buffered.clear();
        self.fetching.clear();
        self.inbox.clear();
        self.calls.clear();
        self.leader = false;
        self.note = None;
    }

    /// Who asks.
    pub(super) fn member_ref(&self) -> MemberRef {
        MemberRef {
            group: Arc::clone(&self.setup.group),
            member_id: Arc::clone(&self.member_id),
            instance_id: self.setup.config.group_instance_id.as_deref().map(Into::into),
            generation: self.generation,
        }
    }
}
