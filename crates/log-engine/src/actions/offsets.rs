//! ResetOffsets: the admin client commits offsets for a group without members (`AlterConsumerGroupOffsetsHandler`).

use super::limits;
use crate::command::{Command, GroupOffset};
use crate::coordinator::GroupState;
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId, TopicPartition};
use crate::protocol::group::{GroupRequest, MemberRef, OffsetCommitRequest};
use crate::protocol::{AdminRequest, ErrorCode, OFFSETS_TOPIC, Request};
use crate::sim::{ActorId, Body, Due, Message};
use crate::world::World;

impl World {
    /// The broker a group's coordinator runs on.
    fn coordinator_of(&self, group: &str) -> Option<BrokerId> {
        let image = self.image();
        let number = crate::broker::partition_of_group(image, group)?;
        image.topics.get(OFFSETS_TOPIC)?.leader(number)
    }

    /// The cluster has been in use: its offsets topic is there before the first group asks for it. Where nobody can make
    /// it now the first FindCoordinator has it made.
    pub(super) fn ensure_offsets_topic(&mut self, event: EventId) {
        if let Some(change) = self.missing_offsets_topic() {
            self.change_at_once(&change, event);
            self.settle();
        }
    }

    /// How the offsets topic is to be made, if it is missing and can be.
    fn missing_offsets_topic(&self) -> Option<AdminRequest> {
        if self.image().topics.contains_key(OFFSETS_TOPIC) {
            return None;
        }
        self.at_once_majority()?;
        let change = crate::broker::offsets_topic(&self.configs, self.image().alive().len());
        self.check_change(&change).is_ok().then_some(change)
    }

    /// Whether a coordinator knows a group.
    pub(super) fn is_coordinated(&self, group: &str) -> bool {
        self.brokers
            .values()
            .any(|broker| broker.coordinator().group_ids().any(|known| &**known == group))
    }

    /// Deletes a group that nobody runs members of (DeleteGroups).
    pub(super) fn delete_simple_group(&mut self, command: &Command, group: &str) -> EventId {
        let event = self.act(command);
        for id in self.bootstrap() {
            self.with_broker(id, event, |broker, ctx| broker.delete_group(ctx, group.into()));
        }
        event
    }

    pub(super) fn reset_offsets(
        &mut self,
        command: &Command,
        group: &str,
        offsets: &[GroupOffset],
    ) -> Result<EventId, CommandError> {
        limits::check_name(group, "group")?;
        self.need_broker()?;
        if offsets.is_empty() {
            let text = "Name at least one partition.";
            return Err(CommandError::new("INVALID_REQUEST", "offsets", text));
        }
        let mut commits = Vec::with_capacity(offsets.len());
        for (index, wanted) in offsets.iter().enumerate() {
            let tp = TopicPartition::new(wanted.topic.as_str(), wanted.partition);
            if self.leader(&tp).is_none() {
                let unknown = ErrorCode::UnknownTopicOrPartition;
                let field = format!("offsets[{index}]");
                return Err(CommandError::new(unknown.name(), &field, unknown.message()));
            }
            if wanted.offset < 0 {
                let text = "An offset is not below 0.";
                let field = format!("offsets[{index}].offset");
                return Err(CommandError::new("IllegalArgumentException", &field, text));
            }
            commits.push((tp, wanted.offset, -1));
        }
        if self.coordinator_of(group).is_none() && self.missing_offsets_topic().is_none() {
            let error = ErrorCode::CoordinatorNotAvailable;
            return Err(CommandError::new(error.name(), "group", error.message()));
        }
        let known = self.describe(group);
        if known.is_some_and(|known| known.state != GroupState::Empty) {
            let error = ErrorCode::UnknownMemberId;
            return Err(CommandError::new(error.name(), "group", error.message()));
        }
        let event = self.act(command);
        self.ensure_offsets_topic(event);
        let Some(broker) = self.coordinator_of(group) else { return Ok(event) };
        self.admin_calls += 1;
        let (from, to) = (ActorId::Admin, ActorId::Broker(broker));
        let at_ms = self.now_ms + self.net.latency_ms(from, to);
        let member = MemberRef {
            group: group.into(),
            member_id: "".into(),
            instance_id: None,
            generation: -1,
        };
        let commit = OffsetCommitRequest { member, offsets: commits };
        let body = Body::Request(Request::Group(GroupRequest::OffsetCommit(commit)));
        let message = Message { from, to, correlation: self.admin_calls, cause: event, body };
        self.queue.push(at_ms, Due::Deliver(Box::new(message)));
        Ok(event)
    }
}
