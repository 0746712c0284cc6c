//! Where to read: committed offset, else `auto.offset.reset` (`OffsetFetcher`, R-GRP-61, R-GRP-62).

use super::{Call, Consumer};
use crate::config::{IsolationLevel, OffsetReset};
use crate::event::{EventKind, PositionSource};
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::group::GroupRequest;
use crate::protocol::{ErrorCode, ListOffsetsRequest, ListOffsetsResponse, OffsetQuery, Request};
use crate::sim::Ctx;
use sorted::SortedMap;
use std::sync::Arc;

/// A reset that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reset {
    /// The position that was out of range, if that is why.
    pub was: Option<i64>,
}

impl Consumer {
    /// Inside `poll()`: asks for what is missing.
    pub(super) fn look_up_positions(&mut self, ctx: &mut Ctx<'_>) {
        let missing = |wanted: fn(&super::Owned) -> bool, consumer: &Self| -> Vec<TopicPartition> {
            let due = |owned: &super::Owned| !owned.asking && owned.backoff_until_ms <= ctx.now_ms;
            consumer
                .owned
                .iter()
                .filter(|(_, owned)| due(owned) && wanted(owned))
                .map(|(tp, _)| tp.clone())
                .collect()
        };
        let unknown = missing(|owned| !owned.looked_up, self);
        let resets = missing(|owned| owned.looked_up && owned.reset.is_some(), self);
        if !unknown.is_empty() {
            self.fetch_committed(ctx, unknown);
        }
        if !resets.is_empty() {
            self.list_offsets(ctx, &resets);
        }
    }

    fn fetch_committed(&mut self, ctx: &mut Ctx<'_>, partitions: Vec<TopicPartition>) {
        let Some(coordinator) = self.coordinator else { return };
        for tp in &partitions {
            if let Some(owned) = self.owned_mut(tp) {
                owned.asking = true;
            }
        }
        let group = Arc::clone(&self.setup.group);
        let request = Request::Group(GroupRequest::OffsetFetch { group, partitions });
        self.call(ctx, coordinator, Call::OffsetFetch, request);
    }

    /// OffsetFetch's answer.
    pub(super) fn on_offset_fetch(
        &mut self,
        ctx: &mut Ctx<'_>,
        error: ErrorCode,
        offsets: &[(TopicPartition, Option<(i64, i32)>)],
    ) {
        if error != ErrorCode::None {
            for owned in self.owned.values_mut().filter(|owned| !owned.looked_up) {
                owned.asking = false;
            }
            if matches!(error, ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable) {
                self.lose_coordinator();
            }
            return self.back_off(ctx);
        }
        for (tp, committed) in offsets {
            let Some(owned) = self.owned_mut(tp) else { continue };
            owned.asking = false;
            owned.looked_up = true;
            match committed {
                Some((offset, epoch)) => {
                    owned.committed = Some(*offset);
                    self.set_position(ctx, tp, (*offset, *epoch), PositionSource::Committed);
                }
                None => owned.reset = Some(Reset { was: None }),
            }
        }
    }

    fn list_offsets(&mut self, ctx: &mut Ctx<'_>, partitions: &[TopicPartition]) {
        let query = match self.setup.config.auto_offset_reset {
            OffsetReset::Latest => OffsetQuery::Latest,
            OffsetReset::Earliest => OffsetQuery::Earliest,
            OffsetReset::ByDuration { ms } => OffsetQuery::AtOrAfter(ctx.now_ms.saturating_sub(ms)),
            OffsetReset::None => {
                let out_of_range = partitions.iter().any(|tp| {
                    let reset = self.owned.get(tp).and_then(|owned| owned.reset);
                    reset.is_some_and(|reset| reset.was.is_some())
                });
                let exception = if out_of_range {
                    "OffsetOutOfRangeException"
                } else {
                    "NoOffsetForPartitionException"
                };
                return self.fail(ctx, exception);
            }
        };
        let mut by_leader: SortedMap<BrokerId, Vec<(TopicPartition, OffsetQuery)>> =
            SortedMap::new();
        for tp in partitions {
            let Some(leader) = self.metadata.leader(tp) else {
                self.ask_for_metadata(ctx);
                continue;
            };
            if let Some(owned) = self.owned_mut(tp) {
                owned.asking = true;
            }
            by_leader.entry(leader).or_default().push((tp.clone(), query));
        }
        let read_committed = self.reads_committed();
        for (leader, parts) in by_leader {
            let request = Request::ListOffsets(ListOffsetsRequest { read_committed, parts });
            self.call(ctx, leader, Call::ListOffsets, request);
        }
    }

    /// ListOffsets' answer.
    pub(super) fn on_list_offsets(&mut self, ctx: &mut Ctx<'_>, answer: &ListOffsetsResponse) {
        let policy = match self.setup.config.auto_offset_reset {
            OffsetReset::Latest => "latest",
            OffsetReset::Earliest => "earliest",
            OffsetReset::ByDuration { .. } => "by_duration",
            OffsetReset::None => "none",
        };
        let retry_ms = self.setup.config.retry_backoff_ms.max(1);
        let again_ms = i64::from(self.setup.config.request_timeout_ms).max(1);
        for (tp, result) in &answer.parts {
            let Some(owned) = self.owned_mut(tp) else { continue };
            owned.asking = false;
            let Some(reset) = owned.reset else { continue };
            match result {
                Ok(Some(offset)) => {
                    owned.reset = None;
                    let how = match reset.was {
                        Some(was) => PositionSource::OutOfRange { policy, was },
                        None => PositionSource::Reset(policy),
                    };
                    // Without an epoch: there is nothing to check.
                    self.set_position(ctx, tp, (*offset, -1), how);
                }
                // No record is young enough: asked again each request.timeout.ms (R-GRP-61).
                Ok(None) => owned.backoff_until_ms = ctx.now_ms + again_ms,
                Err(_) => {
                    owned.backoff_until_ms = ctx.now_ms + retry_ms;
                    self.ask_for_metadata(ctx);
                }
            }
        }
        self.wake_for_backoff(ctx);
    }

    /// Wakes `poll()` when the first backoff of a partition is over.
    pub(super) fn wake_for_backoff(&mut self, ctx: &mut Ctx<'_>) {
        let waiting = self.owned.values().map(|owned| owned.backoff_until_ms);
        if let Some(first) = waiting.filter(|&at_ms| at_ms > ctx.now_ms).min() {
            self.wake_at(ctx, first);
        }
    }

    pub(super) fn set_position(
        &mut self,
        ctx: &mut Ctx<'_>,
        tp: &TopicPartition,
        (offset, epoch): (i64, i32),
        how: PositionSource,
    ) {
        if let Some(owned) = self.owned_mut(tp) {
            owned.position = Some(offset);
            owned.epoch = epoch;
            owned.checked_for = None;
        }
        let reader = ctx.ledger.reader(&self.setup.group, tp);
        match how {
            PositionSource::Committed => reader.begin(offset),
            PositionSource::Reset(_) => reader.begin_or_skip(offset),
            PositionSource::OutOfRange { .. } => reader.skip_to(offset),
            // That what lies beyond is gone it has known since the leader changed.
            PositionSource::Truncated { .. } => reader.begin(offset),
        }
        let member = Arc::clone(&self.setup.name);
        ctx.emit(EventKind::PositionSet { member, tp: tp.clone(), to: offset, how });
    }

    /// `isolation.level` is read_committed.
    pub(super) fn reads_committed(&self) -> bool {
        self.setup.config.isolation_level == IsolationLevel::ReadCommitted
    }
}
