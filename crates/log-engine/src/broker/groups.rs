//! The group APIs: hands requests to the coordinator, its answers to the clients, its transitions to the trace
//! (`GroupCoordinatorService`).

use super::Broker;
use super::metered::Begun;
use crate::config::BrokerConfigs;
use crate::coordinator::{
    self, CoordinatorConfig, CoordinatorOutput, Departure, GroupCoordinator, GroupTimer, ReplyTo,
    Transition,
};
use crate::event::{EventKind, GroupEvent};
use crate::ids::{BrokerId, EventId, TimestampMs, TopicPartition};
use crate::metrics::{Api, BrokerCount};
use crate::protocol::group::GroupRequest;
use crate::protocol::{ErrorCode, Response};
use crate::sim::{ActorId, Ctx, Side, Timer};
use std::sync::Arc;

/// A group request that waits for the coordinator.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) from: ActorId,
    pub(super) id: u64,
    pub(super) cause: EventId,
    /// What it asks; none for what the broker asks itself.
    pub(super) api: Option<Api>,
    pub(super) begun: Begun,
}

pub(super) fn new_coordinator(
    id: BrokerId,
    configs: &BrokerConfigs,
    seed: u64,
) -> GroupCoordinator {
    GroupCoordinator::new(CoordinatorConfig::from_broker(id, configs), seed)
}

impl Broker {
    /// Sets the coordinator's own timers going.
    pub(super) fn start_coordinator(&mut self, ctx: &mut Ctx<'_>) {
        let mut out = Vec::new();
        self.coordinator.start(ctx.now_ms, &mut out);
        self.carry_out(ctx, out);
    }

    /// A group request.
    pub(super) fn group_request(
        &mut self,
        ctx: &mut Ctx<'_>,
        from: ActorId,
        id: u64,
        request: GroupRequest,
    ) {
        let (api, begun) = (super::metered::group_api(&request), Begun::now(ctx));
        if let GroupRequest::FindCoordinator { group } = &request {
            let response = self.find_coordinator(ctx, group);
            begun.served(ctx, Api::FindCoordinator);
            return ctx.respond(from, id, Response::Group(response));
        }
        let group = coordinator::group_of(&request);
        if !group.is_empty() && !self.coordinates(group) {
            let response = coordinator::refused(&request, ErrorCode::NotCoordinator);
            if let Some(api) = api {
                begun.served(ctx, api);
                ctx.metrics.error(ctx.now_ms, ctx.me, api, ErrorCode::NotCoordinator);
            }
            return ctx.respond(from, id, Response::Group(response));
        }
        let call = self.next_id();
        self.group_calls.insert(call, Call { from, id, cause: ctx.cause, api, begun });
        self.coordinate(ctx, request, call);
    }

    fn coordinate(&mut self, ctx: &mut Ctx<'_>, request: GroupRequest, call: u64) {
        let mut out = Vec::new();
        self.coordinator.handle(ctx.now_ms, request, ReplyTo(call), &mut out);
        self.carry_out(ctx, out);
    }

    /// One of the coordinator's timers.
    pub(super) fn group_timer(&mut self, ctx: &mut Ctx<'_>, timer: GroupTimer) {
        let mut out = Vec::new();
        self.coordinator.on_timer(ctx.now_ms, timer, &mut out);
        self.carry_out(ctx, out);
    }

    /// A group the person removed: its members have left, its offsets go with it (DeleteGroups).
    pub(crate) fn delete_group(&mut self, ctx: &mut Ctx<'_>, group: Arc<str>) {
        if self.coordinates(&group) {
            let call = self.next_id();
            self.coordinate(ctx, GroupRequest::DeleteGroup { group }, call);
        }
    }

    /// A topic is gone: so are its offsets.
    pub(super) fn topic_deleted(&mut self, ctx: &mut Ctx<'_>, topic: &str) {
        let mut out = Vec::new();
        self.coordinator.on_topic_deleted(ctx.now_ms, topic, &mut out);
        self.carry_out(ctx, out);
    }

    /// A client does something else than idle along.
    pub(crate) fn unpark_heartbeats(&mut self, ctx: &mut Ctx<'_>, group: &str, member_id: &str) {
        let mut out = Vec::new();
        self.coordinator.unpark(ctx.now_ms, group, member_id, &mut out);
        self.carry_out(ctx, out);
    }

    /// Takes a member's heartbeats for granted from now on, if it may.
    pub(crate) fn park_heartbeats(
        &mut self,
        now_ms: TimestampMs,
        group: &str,
        member_id: &str,
        first_arrival_ms: TimestampMs,
        interval_ms: i64,
    ) -> bool {
        self.coordinator.park_heartbeats(now_ms, group, member_id, first_arrival_ms, interval_ms)
    }

    pub(super) fn carry_out(&mut self, ctx: &mut Ctx<'_>, out: Vec<CoordinatorOutput>) {
        let stored = self.store(ctx, &out);
        let mut held = Vec::new();
        for output in out {
            match output {
                CoordinatorOutput::Respond { to, response } => {
                    let Some(call) = self.group_calls.remove(&to.0) else { continue };
                    match stored {
                        // Nothing to wait for.
                        Ok(None) => self.answer_all(ctx, vec![(call, response)], None),
                        Ok(Some(_)) => held.push((call, response)),
                        Err(error) => self.answer_all(ctx, vec![(call, response)], Some(error)),
                    }
                }
                CoordinatorOutput::Append { .. } => {}
                CoordinatorOutput::Unanswered { to } => {
                    self.group_calls.remove(&to.0);
                }
                CoordinatorOutput::Schedule { at_ms, timer } => {
                    ctx.timer(at_ms, Timer::Group(timer));
                }
                CoordinatorOutput::Transition { group, what } => {
                    self.group_changed(ctx, &group, what);
                }
                CoordinatorOutput::Unparked { group, member, parked, next_arrival_ms, .. } => {
                    let (broker, member_id) = (self.id, Arc::clone(&member));
                    ctx.side.push(Side::HeartbeatsWereIdle { broker, member_id, parked });
                    ctx.side.push(Side::ResumeHeartbeats {
                        group,
                        member_id: member,
                        next_arrival_ms,
                    });
                }
            }
        }
        if let Ok(Some(required)) = stored {
            self.hold_answers(ctx, required, held);
        }
    }

    /// Writes what changed in a group.
    fn group_changed(&mut self, ctx: &mut Ctx<'_>, group: &Arc<str>, what: Transition) {
        self.changed(ctx);
        let name = Arc::clone(group);
        let event = match what {
            Transition::MemberJoined { client_id, member, .. } => {
                GroupEvent::Joined { group: name, member: client_id, member_id: member }
            }
            Transition::StaticMemberReplaced { instance_id, .. } => {
                let why = "is back: its new process takes over, the old one is fenced";
                GroupEvent::Removed { group: name, member: instance_id, why }
            }
            Transition::MemberRemoved { member, pending: false, why, .. } => {
                let member = client_of(&member);
                GroupEvent::Removed { group: name, member, why: departure(why) }
            }
            Transition::RebalanceStarted { from, reason, .. } => {
                let label = format!("{group} rebalance");
                let (to, why) = ("PreparingRebalance", reason.to_string().into());
                let event =
                    GroupEvent::State { group: name, from: from.name(), to, generation: 0, why };
                let event = ctx.emit_as_cause(EventKind::Group(event));
                return ctx.trace.mark(ctx.now_ms, "reb", label, event);
            }
            Transition::GenerationStarted { generation, protocol, members, .. } => {
                let why = format!(
                    "{} joined, the leader assigns with {protocol}",
                    members_text(members.len())
                );
                let (from, to) = ("PreparingRebalance", "CompletingRebalance");
                GroupEvent::State { group: name, from, to, generation, why: why.into() }
            }
            Transition::AssignmentStored { generation, .. } => {
                ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::CompletedRebalances, 1);
                let (from, to) = ("CompletingRebalance", "Stable");
                let why = "the leader's assignment is stored".into();
                GroupEvent::State { group: name, from, to, generation, why }
            }
            Transition::GroupEmptied { generation } => {
                let (from, to) = ("PreparingRebalance", "Empty");
                let why = "no member is left".into();
                GroupEvent::State { group: name, from, to, generation, why }
            }
            Transition::OffsetsCommitted { member, offsets } => {
                let member = client_of(&member);
                let count = u64::try_from(offsets.len()).unwrap_or(0);
                ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::OffsetCommits, count);
                let offsets: Arc<[(TopicPartition, i64)]> = offsets.into();
                ctx.emit(EventKind::Committed { group: name, member, offsets, auto: true });
                return;
            }
            Transition::OffsetsRemoved { partitions, .. } => {
                let count = u64::try_from(partitions.len()).unwrap_or(0);
                ctx.metrics.broker(ctx.now_ms, ctx.me, BrokerCount::OffsetsExpired, count);
                GroupEvent::OffsetsExpired { group: name, offsets: partitions.into() }
            }
            Transition::GroupDeleted => GroupEvent::Deleted { group: name },
            _ => return,
        };
        ctx.emit_as_cause(EventKind::Group(event));
    }
}

fn members_text(n: usize) -> String {
    if n == 1 { "1 member has".to_owned() } else { format!("{n} members have") }
}

fn departure(why: Departure) -> &'static str {
    match why {
        Departure::Left => "leaves",
        Departure::SessionExpired => "is removed: no heartbeat for session.timeout.ms",
        Departure::NotRejoined => "is removed: it did not rejoin within the rebalance timeout",
        Departure::NotSynced => "is removed: it did not sync within the rebalance timeout",
        Departure::GroupFull => "is removed: the group is full",
    }
}

/// The client a member id belongs to: the id is the client's id, a dash and a UUID.
pub(crate) fn client_of(member_id: &str) -> Arc<str> {
    const SUFFIX: usize = 37;
    let end = member_id.len().saturating_sub(SUFFIX);
    member_id.get(..end).filter(|name| !name.is_empty()).unwrap_or(member_id).into()
}
