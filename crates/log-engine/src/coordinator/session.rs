//! A member's session: a deadline that every heartbeat moves, and one timer that follows it lazily.

use std::sync::Arc;

use super::output::GroupTimer;
use super::{Turn, group::Group};
use crate::ids::TimestampMs;

/// Heartbeats that are taken for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parked {
    pub(super) first_arrival_ms: TimestampMs,
    pub(super) interval_ms: i64,
}

impl Parked {
    /// The last arrival up to `now_ms`, and the next one after it.
    pub(super) fn around(self, now_ms: TimestampMs) -> (Option<TimestampMs>, TimestampMs) {
        if now_ms < self.first_arrival_ms {
            return (None, self.first_arrival_ms);
        }
        let elapsed = now_ms - self.first_arrival_ms;
        let last = self.first_arrival_ms + elapsed - elapsed % self.interval_ms;
        (Some(last), last.saturating_add(self.interval_ms))
    }
}

/// When a member counts as gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Session {
    /// No sign of life until then, and it has expired.
    pub(super) deadline_ms: TimestampMs,
    /// The timer that is out, if one is. It never fires after the deadline, so moving the deadline back needs
    /// no new one.
    timer_at_ms: Option<TimestampMs>,
    pub(super) parked: Option<Parked>,
}

impl Session {
    /// A sign of life: the session ends `timeout_ms` from `from_ms`, not before.
    pub(super) fn extend(
        &mut self,
        turn: &mut Turn<'_>,
        group: &Arc<str>,
        member: &Arc<str>,
        from_ms: TimestampMs,
        timeout_ms: i32,
    ) {
        self.deadline_ms = from_ms.saturating_add(i64::from(timeout_ms.max(0)));
        if self.parked.is_none() && self.timer_at_ms.is_none_or(|at| at > self.deadline_ms) {
            self.arm(turn, group, member);
        }
    }

    fn arm(&mut self, turn: &mut Turn<'_>, group: &Arc<str>, member: &Arc<str>) {
        let at_ms = self.deadline_ms.max(turn.now_ms);
        self.timer_at_ms = Some(at_ms);
        let (group, member) = (group.clone(), member.clone());
        turn.schedule(at_ms, GroupTimer::Session { group, member, at_ms });
    }

    /// The timer fired. `true` if the session has really ended; otherwise it is armed again where it must be.
    pub(super) fn on_timer(
        &mut self,
        turn: &mut Turn<'_>,
        group: &Arc<str>,
        member: &Arc<str>,
        at_ms: TimestampMs,
    ) -> bool {
        if self.timer_at_ms != Some(at_ms) {
            return false;
        }
        self.timer_at_ms = None;
        if self.parked.is_some() {
            return false;
        }
        if turn.now_ms < self.deadline_ms {
            self.arm(turn, group, member);
            return false;
        }
        true
    }
}

impl Group {
    /// See [`super::GroupCoordinator::park_heartbeats`].
    pub(super) fn park(
        &mut self,
        now_ms: TimestampMs,
        member: &str,
        first_arrival_ms: TimestampMs,
        interval_ms: i64,
    ) -> bool {
        if !self.answers_heartbeats_plainly() || interval_ms <= 0 || first_arrival_ms < now_ms {
            return false;
        }
        let Some(member) = self.members.get_mut(member) else { return false };
        let too_rare = interval_ms >= i64::from(member.session_timeout_ms);
        if too_rare || first_arrival_ms > member.session.deadline_ms {
            return false;
        }
        member.session.parked = Some(Parked { first_arrival_ms, interval_ms });
        true
    }

    /// See [`super::GroupCoordinator::unpark`].
    pub(super) fn unpark(&mut self, turn: &mut Turn<'_>, member: &str) {
        let Some(member) = self.members.get_mut(member) else { return };
        let Some(parked) = member.session.parked.take() else { return };
        let (last_arrival_ms, next_arrival_ms) = parked.around(turn.now_ms);
        let (group, id) = (self.id.clone(), member.id.clone());
        // A commit may have been a later sign of life than the last heartbeat.
        let timeout_ms = member.session_timeout_ms;
        let of_heartbeat = last_arrival_ms.map(|at| at.saturating_add(i64::from(timeout_ms)));
        let deadline_ms = of_heartbeat.unwrap_or(i64::MIN).max(member.session.deadline_ms);
        let from_ms = deadline_ms.saturating_sub(i64::from(timeout_ms));
        member.session.extend(turn, &group, &id, from_ms, timeout_ms);
        turn.out.push(super::CoordinatorOutput::Unparked {
            group,
            member: id,
            parked: (parked.first_arrival_ms, parked.interval_ms),
            last_arrival_ms,
            next_arrival_ms,
        });
    }

    /// A heartbeat would no longer be answered NONE: all parked members send their own again.
    pub(super) fn unpark_all(&mut self, turn: &mut Turn<'_>) {
        let parked: Vec<Arc<str>> = self
            .members
            .values()
            .filter(|member| member.session.parked.is_some())
            .map(|member| member.id.clone())
            .collect();
        for member in parked {
            self.unpark(turn, &member);
        }
    }
}
