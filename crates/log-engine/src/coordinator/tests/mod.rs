//! A clock, a mailbox and a few consumer clients around the coordinator, so that tests can tell stories.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod clients;
mod stories_loading;
mod stories_offsets;
mod stories_parking;
mod stories_rebalance;
mod stories_static;
mod storms;

use sorted::{SortedMap, SortedSet};
use std::sync::Arc;

use super::*;
use crate::ids::TopicPartition;
use crate::protocol::group::{
    JoinGroupRequest, JoinGroupResponse, MemberRef, OffsetCommitRequest, Subscription,
    SyncGroupRequest,
};

const GROUP: &str = "billing";

fn config() -> CoordinatorConfig {
    CoordinatorConfig::from_broker(BrokerId(1), &crate::config::BrokerConfigs::default())
}

/// The coordinator with its clock and everything it said.
struct World {
    coordinator: GroupCoordinator,
    now_ms: i64,
    /// Timers of one moment fire in the order of what they are, not of when they were set.
    timers: SortedSet<(i64, GroupTimer)>,
    sent: u64,
    timers_fired: u64,
    answers: SortedMap<ReplyTo, GroupResponse>,
    unanswered: Vec<ReplyTo>,
    unparked: Vec<(Arc<str>, Option<i64>, i64)>,
    log: Vec<(i64, Transition)>,
    /// What it would have in `__consumer_offsets`.
    stored: Vec<StoredRecord>,
}

impl World {
    fn new() -> Self {
        Self::with(config())
    }

    fn with(config: CoordinatorConfig) -> Self {
        let mut world = Self {
            coordinator: GroupCoordinator::new(config, 7),
            now_ms: 0,
            timers: SortedSet::new(),
            sent: 0,
            timers_fired: 0,
            answers: SortedMap::new(),
            unanswered: Vec::new(),
            unparked: Vec::new(),
            log: Vec::new(),
            stored: Vec::new(),
        };
        world.call(|coordinator, now_ms, out| coordinator.start(now_ms, out));
        world
    }

    fn call(&mut self, act: impl FnOnce(&mut GroupCoordinator, i64, &mut Vec<CoordinatorOutput>)) {
        let mut out = Vec::new();
        act(&mut self.coordinator, self.now_ms, &mut out);
        for output in out {
            match output {
                CoordinatorOutput::Respond { to, response } => {
                    assert!(self.answers.insert(to, response).is_none(), "{to:?} answered twice");
                    assert!(!self.unanswered.contains(&to), "{to:?} was given up");
                }
                CoordinatorOutput::Unanswered { to } => {
                    assert!(!self.answers.contains_key(&to), "{to:?} was answered");
                    self.unanswered.push(to);
                }
                CoordinatorOutput::Schedule { at_ms, timer } => {
                    assert!(at_ms >= self.now_ms, "a timer in the past");
                    self.timers.insert((at_ms, timer));
                }
                CoordinatorOutput::Append { records, .. } => self.stored.extend(records),
                CoordinatorOutput::Transition { what, .. } => self.log.push((self.now_ms, what)),
                CoordinatorOutput::Unparked {
                    member, last_arrival_ms, next_arrival_ms, ..
                } => self.unparked.push((member, last_arrival_ms, next_arrival_ms)),
            }
        }
    }

    fn send(&mut self, request: GroupRequest) -> ReplyTo {
        self.sent += 1;
        let to = ReplyTo(self.sent);
        self.call(|coordinator, now_ms, out| coordinator.handle(now_ms, request, to, out));
        to
    }

    fn next_timer_ms(&self) -> Option<i64> {
        self.timers.first().map(|(at_ms, _)| *at_ms)
    }

    fn fire_next(&mut self) {
        let (at_ms, timer) = self.timers.pop_first().unwrap();
        self.now_ms = self.now_ms.max(at_ms);
        self.timers_fired += 1;
        self.call(|coordinator, now_ms, out| coordinator.on_timer(now_ms, timer, out));
    }

    fn advance_to(&mut self, to_ms: i64) {
        while self.next_timer_ms().is_some_and(|at_ms| at_ms <= to_ms) {
            self.fire_next();
        }
        self.now_ms = self.now_ms.max(to_ms);
    }

    fn describe(&self) -> GroupDescription {
        self.coordinator.describe(self.now_ms, GROUP).unwrap()
    }

    fn state(&self) -> GroupState {
        self.describe().state
    }

    fn join_answer(&self, to: ReplyTo) -> Option<&JoinGroupResponse> {
        self.answers.get(&to).map(|answer| match answer {
            GroupResponse::JoinGroup(answer) => answer,
            other => panic!("not a JoinGroup: {other:?}"),
        })
    }

    fn error_of(&self, to: ReplyTo) -> ErrorCode {
        match &self.answers[&to] {
            GroupResponse::JoinGroup(answer) => answer.error,
            GroupResponse::SyncGroup { error, .. }
            | GroupResponse::FindCoordinator { error, .. }
            | GroupResponse::Heartbeat { error }
            | GroupResponse::LeaveGroup { error }
            | GroupResponse::OffsetCommit { error }
            | GroupResponse::OffsetFetch { error, .. }
            | GroupResponse::DeleteGroup { error } => *error,
        }
    }

    fn heartbeat(&mut self, member: &MemberRef) -> ErrorCode {
        let to = self.send(GroupRequest::Heartbeat(member.clone()));
        self.error_of(to)
    }

    fn commit(&mut self, member: &MemberRef, offsets: &[(i32, i64)]) -> ErrorCode {
        let offsets = offsets.iter().map(|(p, o)| (TopicPartition::new("t", *p), *o, 0)).collect();
        let member = member.clone();
        let to = self.send(GroupRequest::OffsetCommit(OffsetCommitRequest { member, offsets }));
        self.error_of(to)
    }

    fn committed(&mut self, partition: i32) -> Option<i64> {
        let partitions = vec![TopicPartition::new("t", partition)];
        let to = self.send(GroupRequest::OffsetFetch { group: GROUP.into(), partitions });
        match &self.answers[&to] {
            GroupResponse::OffsetFetch { offsets, .. } => offsets[0].1.map(|(offset, _)| offset),
            other => panic!("not an OffsetFetch: {other:?}"),
        }
    }

    fn happened(&self, wanted: impl Fn(&Transition) -> bool) -> Vec<i64> {
        self.log.iter().filter(|(_, what)| wanted(what)).map(|(at_ms, _)| *at_ms).collect()
    }

    fn generations(&self) -> Vec<i64> {
        self.happened(|what| matches!(what, Transition::GenerationStarted { .. }))
    }

    fn departures(&self) -> Vec<(i64, Departure)> {
        let departure = |(at_ms, what): &(i64, Transition)| match what {
            Transition::MemberRemoved { why, .. } => Some((*at_ms, *why)),
            _ => None,
        };
        self.log.iter().filter_map(departure).collect()
    }
}

/// A JoinGroup as a consumer with Kafka's defaults sends it.
fn join_request(client: &str, member_id: &str) -> JoinGroupRequest {
    let subscription =
        Subscription { topics: vec!["t".into()], generation: -1, ..Default::default() };
    JoinGroupRequest {
        group: GROUP.into(),
        member_id: member_id.into(),
        instance_id: None,
        client_id: client.into(),
        session_timeout_ms: 45_000,
        rebalance_timeout_ms: 300_000,
        protocols: vec![("range", subscription)],
    }
}

fn nobody() -> MemberRef {
    member_ref("", -1)
}

fn member_ref(member_id: &str, generation: i32) -> MemberRef {
    MemberRef { group: GROUP.into(), member_id: member_id.into(), instance_id: None, generation }
}

#[test]
fn a_member_id_is_the_client_id_and_a_uuid() {
    let mut world = World::new();
    let to = world.send(GroupRequest::JoinGroup(join_request("reader", "")));
    let answer = world.join_answer(to).unwrap();
    assert_eq!(answer.error, ErrorCode::MemberIdRequired);
    let uuid = answer.member_id.strip_prefix("reader-").unwrap();
    let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(uuid.as_bytes()[14], b'4', "version 4");
    assert!(b"89ab".contains(&uuid.as_bytes()[19]), "the variant");
}

#[test]
fn bad_requests_are_refused_and_change_nothing() {
    let mut world = World::new();
    let mut short = join_request("reader", "");
    short.session_timeout_ms = 5_999;
    let to = world.send(GroupRequest::JoinGroup(short));
    assert_eq!(world.error_of(to), ErrorCode::InvalidSessionTimeout);
    let mut nameless = join_request("reader", "");
    nameless.group = "".into();
    let to = world.send(GroupRequest::JoinGroup(nameless));
    assert_eq!(world.error_of(to), ErrorCode::InvalidGroupId);
    let to = world.send(GroupRequest::JoinGroup(join_request("reader", "no-such-id")));
    assert_eq!(world.error_of(to), ErrorCode::UnknownMemberId);
    assert_eq!(world.heartbeat(&member_ref("no-such-id", 1)), ErrorCode::UnknownMemberId);
    assert!(world.log.is_empty() && world.coordinator.group_ids().next().is_none());

    let mut voiceless = join_request("reader", "");
    voiceless.protocols.clear();
    let to = world.send(GroupRequest::JoinGroup(voiceless));
    assert_eq!(world.error_of(to), ErrorCode::InconsistentGroupProtocol);
}

#[test]
fn a_group_is_found_on_its_broker() {
    let mut world = World::new();
    let to = world.send(GroupRequest::FindCoordinator { group: GROUP.into() });
    match &world.answers[&to] {
        GroupResponse::FindCoordinator { error, coordinator } => {
            assert_eq!((*error, *coordinator), (ErrorCode::None, Some(BrokerId(1))));
        }
        other => panic!("{other:?}"),
    }
}
