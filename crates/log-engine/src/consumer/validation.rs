//! Positions are checked after a change of leader: does the new leader's log hold what was read (KIP-320,
//! `OffsetsForLeaderEpochUtils`, `SubscriptionState.maybeValidatePosition` and `maybeCompleteValidation`; R-GRP-63)?
//!
//! A position carries the epoch of the last record before it, a committed offset too. One without an epoch is not checked.

use super::{Call, Consumer, position::Reset};
use crate::config::OffsetReset;
use crate::event::PositionSource;
use crate::ids::{BrokerId, TopicPartition};
use crate::protocol::{EpochEndRequest, EpochEndResponse, Request};
use crate::sim::Ctx;
use sorted::SortedMap;
use std::sync::Arc;

/// What was asked about: the partition, its position and the position's epoch then.
pub(super) type Asked = Arc<[(TopicPartition, i64, i32)]>;

impl Consumer {
    /// Inside `poll()`: positions whose partition has another leader, or leader epoch, than when they were set.
    pub(super) fn validate_positions(&mut self, ctx: &mut Ctx<'_>) {
        let mut changed = false;
        let mut due: SortedMap<BrokerId, Vec<(TopicPartition, i64, i32, i32)>> = SortedMap::new();
        for (tp, owned) in &mut self.owned {
            let Some(position) = owned.position.filter(|_| owned.reset.is_none()) else { continue };
            let known = (self.metadata.leader(tp), self.metadata.leader_epoch(tp));
            let (Some(leader), Some(epoch)) = known else { continue };
            if owned.checked_for != Some((leader, epoch)) {
                changed |= owned.checked_for.is_some();
                owned.checked_for = Some((leader, epoch));
                owned.validating = owned.epoch >= 0;
            }
            if owned.validating && !owned.asking && owned.backoff_until_ms <= ctx.now_ms {
                owned.asking = true;
                let part = (tp.clone(), position, owned.epoch, epoch);
                due.entry(leader).or_default().push(part);
            }
        }
        if changed {
            // What brokers have parked of it would not be sent again as it was.
            ctx.disturb();
        }
        for (leader, parts) in due {
            let asked: Asked =
                parts.iter().map(|(tp, at, epoch, _)| (tp.clone(), *at, *epoch)).collect();
            let parts = parts.into_iter().map(|(tp, _, epoch, current)| (tp, current, epoch));
            let request = Request::EpochEnd(EpochEndRequest { parts: parts.collect() });
            self.call(ctx, leader, Call::EpochEnd(asked), request);
        }
    }

    /// OffsetForLeaderEpoch's answer.
    pub(super) fn on_epoch_end(
        &mut self,
        ctx: &mut Ctx<'_>,
        asked: &Asked,
        answer: &EpochEndResponse,
    ) {
        let retry_ms = self.setup.config.retry_backoff_ms.max(1);
        let has_policy = !matches!(self.setup.config.auto_offset_reset, OffsetReset::None);
        for (tp, result) in &answer.parts {
            let Some(owned) = self.owned.get_mut(tp) else { continue };
            owned.asking = false;
            let same = |(known, at, epoch): &(TopicPartition, i64, i32)| {
                known == tp && owned.position == Some(*at) && owned.epoch == *epoch
            };
            if !owned.validating || !asked.iter().any(same) {
                continue;
            }
            let Some(was) = owned.position else { continue };
            match result {
                Err(_) => {
                    owned.backoff_until_ms = ctx.now_ms + retry_ms;
                    self.ask_for_metadata(ctx);
                }
                Ok(Some((_, end))) if *end >= was => owned.validating = false,
                Ok(_) if !has_policy => return self.fail(ctx, "LogTruncationException"),
                Ok(Some((epoch, end))) => {
                    owned.validating = false;
                    let leader = owned.checked_for;
                    self.set_position(ctx, tp, (*end, *epoch), PositionSource::Truncated { was });
                    if let Some(owned) = self.owned_mut(tp) {
                        // It was checked just now.
                        owned.checked_for = leader;
                    }
                }
                Ok(None) => {
                    owned.validating = false;
                    owned.reset = Some(Reset { was: Some(was) });
                }
            }
        }
        self.wake_for_backoff(ctx);
    }
}
