//! Commits: automatic ones inside `poll()`, and the one before a rebalance or `close()`
//! (`ConsumerCoordinator.maybeAutoCommitOffsetsAsync`, R-GRP-64).
//!
//! Kafka's client commits every `auto.commit.interval.ms` even if nothing has moved. Here a commit that would
//! change nothing is not sent; what is committed is the same.

use super::{Call, Consumer, Phase, Process};
use crate::event::EventKind;
use crate::ids::TopicPartition;
use crate::protocol::group::{GroupRequest, OffsetCommitRequest};
use crate::protocol::{ErrorCode, Request};
use crate::sim::Ctx;
use std::sync::Arc;

/// What was sent to be committed.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    offsets: Arc<[(TopicPartition, i64)]>,
}

impl Consumer {
    /// Auto-commit is on, and there is a coordinator to commit to.
    pub(super) fn may_commit(&self) -> bool {
        self.setup.config.enable_auto_commit && self.coordinator.is_some() && self.generation >= 0
    }

    /// Inside `poll()`: commits the positions if the interval has passed.
    pub(super) fn auto_commit(&mut self, ctx: &mut Ctx<'_>) {
        if !self.may_commit() || self.phase == Phase::Preparing {
            return;
        }
        let interval_ms = i64::from(self.setup.config.auto_commit_interval_ms).max(1);
        if ctx.now_ms < self.next_auto_commit_ms {
            if self.has_uncommitted() {
                self.wake_at(ctx, self.next_auto_commit_ms);
            }
            return;
        }
        if self.has_uncommitted() {
            self.next_auto_commit_ms = ctx.now_ms + interval_ms;
            self.send_commit(ctx);
        } else {
            // The idle client's poll() would have come round at each interval.
            let late = ctx.now_ms - self.next_auto_commit_ms;
            self.next_auto_commit_ms += (late / interval_ms + 1) * interval_ms;
        }
    }

    /// Commits once more before partitions may go. False if there is nothing to commit.
    pub(super) fn commit_before_leaving(&mut self, ctx: &mut Ctx<'_>) -> bool {
        self.has_uncommitted() && self.send_commit(ctx)
    }

    fn has_uncommitted(&self) -> bool {
        self.owned
            .values()
            .any(|owned| owned.position.is_some() && owned.position != owned.committed)
    }

    fn send_commit(&mut self, ctx: &mut Ctx<'_>) -> bool {
        let Some(coordinator) = self.coordinator else { return false };
        let positions: Vec<(TopicPartition, i64, i32)> = self
            .owned
            .iter()
            .filter_map(|(tp, owned)| Some((tp.clone(), owned.position?, owned.epoch)))
            .collect();
        let offsets = positions.iter().map(|(tp, offset, _)| (tp.clone(), *offset)).collect();
        let request = OffsetCommitRequest { member: self.member_ref(), offsets: positions };
        let request = Request::Group(GroupRequest::OffsetCommit(request));
        self.call(ctx, coordinator, Call::Commit(Commit { offsets }), request);
        true
    }

    /// A commit's answer.
    pub(super) fn on_commit(&mut self, ctx: &mut Ctx<'_>, commit: Commit, error: ErrorCode) {
        if error == ErrorCode::None {
            for (tp, offset) in commit.offsets.iter() {
                if let Some(owned) = self.owned_mut(tp) {
                    owned.committed = Some(*offset);
                }
            }
        } else {
            self.commit_refused(ctx, error);
        }
        if self.process == Process::Running && self.phase == Phase::Preparing {
            self.revoke_and_join(ctx);
        } else if self.process == Process::Closing && !self.app.is_processing() {
            // A refused last commit is not tried again: close() goes on.
            for owned in self.owned.values_mut() {
                owned.committed = owned.position;
            }
        }
    }

    fn commit_refused(&mut self, ctx: &mut Ctx<'_>, error: ErrorCode) {
        let member = Arc::clone(&self.setup.name);
        ctx.emit(EventKind::CommitFailed { member, error });
        match error {
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.reset_membership();
                self.rejoin.get_or_insert("its commit was refused");
            }
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.lose_coordinator();
            }
            ErrorCode::FencedInstanceId => self.fail(ctx, error.exception()),
            _ => {}
        }
    }
}
