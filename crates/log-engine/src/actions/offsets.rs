//! ResetOffsets: the admin client commits offsets for a group without members (`AlterConsumerGroupOffsetsHandler`).

use super::limits;
use crate::command::{Command, GroupOffset};
use crate::coordinator::GroupState;
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId, TopicPartition};
use crate::partitioner;
use crate::protocol::group::{GroupRequest, MemberRef, OffsetCommitRequest};
use crate::protocol::{ErrorCode, Request};
use crate::sim::{ActorId, Body, Due, Message};
use crate::world::World;

impl World {
    /// The broker a group's coordinator runs on.
    fn coordinator_of(&self, group: &str) -> Option<BrokerId> {
        let mut knows = self
            .brokers
            .values()
            .filter(|broker| broker.coordinator().group_ids().any(|known| &**known == group));
        if let Some(broker) = knows.next() {
            return Some(broker.id());
        }
        let brokers = self.image().alive();
        let partitions = self.brokers.values().next()?.offsets_partitions();
        let number = partitioner::partition_for_group(group, partitions)?;
        let at = usize::try_from(number).ok()?.checked_rem(brokers.len())?;
        brokers.get(at).copied()
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
        let broker = self.coordinator_of(group).ok_or_else(|| {
            let error = ErrorCode::CoordinatorNotAvailable;
            CommandError::new(error.name(), "group", error.message())
        })?;
        let known = self.brokers.get(&broker);
        let known = known.and_then(|known| known.coordinator().describe(self.now_ms, group));
        if known.is_some_and(|known| known.state != GroupState::Empty) {
            let error = ErrorCode::UnknownMemberId;
            return Err(CommandError::new(error.name(), "group", error.message()));
        }
        let event = self.act(command);
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
