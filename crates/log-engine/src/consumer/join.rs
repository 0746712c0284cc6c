//! Joining: find the coordinator, commit and revoke, JoinGroup, SyncGroup (`AbstractCoordinator`,
//! `ConsumerCoordinator.onJoinPrepare`; R-GRP-11 to R-GRP-23).

use super::{Call, Consumer, Phase, Process};
use crate::assignor::Assignor;
use crate::event::EventKind;
use crate::metrics::ConsumerStat;
use crate::protocol::group::{
    Assignment, GroupRequest, JoinGroupRequest, JoinGroupResponse, Subscription, SyncGroupRequest,
};
use crate::protocol::{ErrorCode, Request};
use crate::sim::Ctx;
use sorted::SortedMap;
use std::sync::Arc;

impl Consumer {
    /// Inside `poll()`: sees to it that there is a coordinator and a membership.
    pub(super) fn ensure_membership(&mut self, ctx: &mut Ctx<'_>) {
        if ctx.now_ms < self.backoff_until_ms {
            return self.wake_at(ctx, self.backoff_until_ms);
        }
        let Some(_) = self.coordinator else { return self.find_coordinator(ctx) };
        let busy = matches!(self.phase, Phase::Preparing | Phase::Joining | Phase::Syncing);
        if busy || self.rejoin.is_none() {
            return;
        }
        // `subscribe()` waits for metadata before it joins.
        if self.setup.topics.iter().all(|topic| self.metadata.partitions(topic).is_none()) {
            self.ask_for_metadata(ctx);
            if self.phase == Phase::Unjoined && self.member_id.is_empty() {
                return;
            }
        }
        self.prepare_join(ctx);
    }

    fn find_coordinator(&mut self, ctx: &mut Ctx<'_>) {
        if self.calls.values().any(|asked| matches!(asked.call, Call::FindCoordinator)) {
            return;
        }
        if let Some(broker) = self.metadata.any_broker(ctx.now_ms) {
            let group = Arc::clone(&self.setup.group);
            let request = Request::Group(GroupRequest::FindCoordinator { group });
            self.call(ctx, broker, Call::FindCoordinator, request);
        }
    }

    /// `onJoinPrepare`: commit first, if auto-commit is on and there is something to commit.
    fn prepare_join(&mut self, ctx: &mut Ctx<'_>) {
        self.phase = Phase::Preparing;
        ctx.disturb();
        let valid = self.generation >= 0 && !self.poll_expired;
        if !(valid && self.may_commit() && self.commit_before_leaving(ctx)) {
            self.revoke_and_join(ctx);
        }
    }

    /// Gives up what the protocol wants given up, then sends JoinGroup.
    pub(super) fn revoke_and_join(&mut self, ctx: &mut Ctx<'_>) {
        let lost = self.generation < 0 || self.poll_expired;
        if lost || !self.is_cooperative() {
            let all = self.owned.keys().cloned().collect::<Vec<_>>();
            self.revoke(ctx, all, lost);
        }
        if std::mem::take(&mut self.poll_expired) {
            self.note = None;
        }
        self.send_join(ctx);
    }

    fn send_join(&mut self, ctx: &mut Ctx<'_>) {
        let Some(coordinator) = self.coordinator else {
            self.phase = Phase::Unjoined;
            return;
        };
        if let Some(why) = self.rejoin.take() {
            ctx.emit_as_cause(EventKind::MemberJoining {
                group: Arc::clone(&self.setup.group),
                member: Arc::clone(&self.setup.name),
                why,
            });
        }
        self.phase = Phase::Joining;
        self.rebalance_since_ms.get_or_insert(ctx.now_ms);
        // The heartbeat thread is off until the answer: JoinGroup itself keeps the member alive.
        self.heartbeat_number += 1;
        let request = JoinGroupRequest {
            group: Arc::clone(&self.setup.group),
            member_id: Arc::clone(&self.member_id),
            instance_id: self.setup.config.group_instance_id.as_deref().map(Into::into),
            client_id: Arc::clone(&self.setup.name),
            session_timeout_ms: self.setup.config.session_timeout_ms,
            rebalance_timeout_ms: self.setup.config.max_poll_interval_ms,
            protocols: self.subscriptions(),
        };
        self.call(ctx, coordinator, Call::Join, Request::Group(GroupRequest::JoinGroup(request)));
    }

    /// What each of its assignors sends along.
    fn subscriptions(&self) -> Vec<(&'static str, Subscription)> {
        let instance_id: Option<Arc<str>> =
            self.setup.config.group_instance_id.as_deref().map(Into::into);
        let of = |assignor: &Assignor| {
            let (owned, generation) = match assignor {
                Assignor::Sticky => self.sticky_memory.clone(),
                Assignor::CooperativeSticky => {
                    (self.owned.keys().cloned().collect(), self.sticky_memory.1)
                }
                _ => (self.owned.keys().cloned().collect(), self.generation),
            };
            let topics = self.setup.topics.clone();
            let subscription =
                Subscription { topics, owned, generation, instance_id: instance_id.clone() };
            (assignor.name(), subscription)
        };
        self.setup.config.assignors.iter().map(of).collect()
    }

    /// JoinGroup's answer.
    pub(super) fn on_join(&mut self, ctx: &mut Ctx<'_>, answer: JoinGroupResponse) {
        if self.phase != Phase::Joining {
            return;
        }
        match answer.error {
            ErrorCode::None => {}
            ErrorCode::MemberIdRequired => {
                self.member_id = answer.member_id;
                return self.send_join(ctx);
            }
            error => return self.join_refused(ctx, error),
        }
        if answer.leader == answer.member_id && !self.knows_topics_of(ctx, &answer) {
            self.member_id = Arc::clone(&answer.member_id);
            self.held_join = Some(Box::new(answer));
            return;
        }
        self.attempts = 0;
        self.member_id = answer.member_id;
        self.generation = answer.generation;
        self.protocol = Some(answer.protocol);
        self.leader = answer.leader == self.member_id;
        self.phase = Phase::Syncing;
        self.arm_heartbeat(ctx);
        let assignments = if self.leader && !answer.skip_assignment {
            self.compute_assignment(answer.protocol, &answer.members)
        } else {
            SortedMap::new()
        };
        if !self.leader {
            self.assigned_counts = None;
        }
        let request = SyncGroupRequest { member: self.member_ref(), assignments };
        if let Some(coordinator) = self.coordinator {
            let request = Request::Group(GroupRequest::SyncGroup(request));
            self.call(ctx, coordinator, Call::Sync, request);
        }
    }

    /// The leader needs metadata of every topic any member subscribes to.
    fn knows_topics_of(&mut self, ctx: &mut Ctx<'_>, answer: &JoinGroupResponse) -> bool {
        let mut news = false;
        for (_, subscription) in &answer.members {
            for topic in &subscription.topics {
                news |= self.metadata.want(topic);
            }
        }
        if news {
            self.ask_for_metadata(ctx);
        }
        !news
    }

    fn join_refused(&mut self, ctx: &mut Ctx<'_>, error: ErrorCode) {
        self.phase = Phase::Unjoined;
        self.rejoin.get_or_insert("its last join was refused");
        match error {
            ErrorCode::UnknownMemberId => {
                self.reset_membership();
                self.send_join_again(ctx);
            }
            ErrorCode::IllegalGeneration | ErrorCode::RebalanceInProgress => {
                self.send_join_again(ctx);
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.coordinator = None;
                self.back_off(ctx);
            }
            error if error.is_retriable() => self.back_off(ctx),
            error => self.fail(ctx, error.exception()),
        }
    }

    fn send_join_again(&mut self, ctx: &mut Ctx<'_>) {
        if self.process == Process::Running {
            self.phase = Phase::Preparing;
            self.revoke_and_join(ctx);
        }
    }

    /// SyncGroup's answer.
    pub(super) fn on_sync(&mut self, ctx: &mut Ctx<'_>, error: ErrorCode, assignment: &Assignment) {
        if self.phase != Phase::Syncing {
            return;
        }
        match error {
            ErrorCode::None => {
                self.phase = Phase::Stable;
                if let Some(since_ms) = self.rebalance_since_ms.take() {
                    let (what, took_ms) = (ConsumerStat::RebalanceLatency, ctx.now_ms - since_ms);
                    ctx.metrics.consumer(ctx.now_ms, ctx.me, what, took_ms);
                }
                self.take_assignment(ctx, assignment);
            }
            ErrorCode::RebalanceInProgress => {
                self.phase = Phase::Unjoined;
                self.rejoin.get_or_insert("the group began another rebalance");
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.reset_membership();
                self.rejoin.get_or_insert("the coordinator does not know it any more");
            }
            error => self.join_refused(ctx, error),
        }
    }

    /// The coordinator does not know this member any more: it starts from nothing (`resetGenerationOnResponseError`).
    pub(super) fn reset_membership(&mut self) {
        self.phase = Phase::Unjoined;
        self.member_id = "".into();
        self.generation = -1;
        self.leader = false;
        self.heartbeat_number += 1;
    }

    /// The client leaves because it polled too late; a static member only stops its heartbeats.
    pub(super) fn leave_for_now(&mut self, ctx: &mut Ctx<'_>) {
        ctx.disturb();
        let member = self.member_ref();
        if self.setup.config.group_instance_id.is_none()
            && let Some(coordinator) = self.coordinator
        {
            let request = Request::Group(GroupRequest::LeaveGroup { member });
            self.call(ctx, coordinator, Call::Leave, request);
            self.reset_membership();
        } else {
            self.heartbeat_number += 1;
            self.phase = Phase::Unjoined;
        }
        self.rejoin = Some("it had not polled for max.poll.interval.ms");
    }

    /// The rebalance protocol its assignors allow (R-GRP-23).
    pub(crate) fn is_cooperative(&self) -> bool {
        crate::assignor::is_cooperative(&self.setup.config.assignors)
    }
}
