//! DeleteRecords: the admin client asks the leader of each partition.

use crate::command::{Command, PartitionOffset};
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId, TopicPartition};
use crate::protocol::{DeleteRecordsRequest, ErrorCode, Request};
use crate::sim::{ActorId, Body, Due, Message};
use crate::world::World;
use sorted::SortedMap;
use std::sync::Arc;

impl World {
    pub(super) fn delete_records(
        &mut self,
        command: &Command,
        topic: &str,
        partitions: &[PartitionOffset],
    ) -> Result<EventId, CommandError> {
        if partitions.is_empty() {
            let text = "Name at least one partition.";
            return Err(CommandError::new("INVALID_REQUEST", "partitions", text));
        }
        self.need_broker()?;
        let name: Arc<str> = topic.into();
        let mut by_leader: SortedMap<BrokerId, Vec<(TopicPartition, i64)>> = SortedMap::new();
        for (index, part) in partitions.iter().enumerate() {
            let tp = TopicPartition::new(Arc::clone(&name), part.partition);
            let field = format!("partitions[{index}]");
            let (broker, partition) = self.leader(&tp).ok_or_else(|| {
                let unknown = ErrorCode::UnknownTopicOrPartition;
                CommandError::new(unknown.name(), &field, unknown.message())
            })?;
            partition.new_log_start(part.offset).map_err(|(error, message)| {
                CommandError::new(error.name(), &format!("{field}.offset"), message)
            })?;
            by_leader.entry(broker.id()).or_default().push((tp, part.offset));
        }
        let event = self.act(command);
        for (leader, parts) in by_leader {
            self.admin_calls += 1;
            let (from, to) = (ActorId::Admin, ActorId::Broker(leader));
            let at_ms = self.now_ms + self.net.latency_ms(from, to);
            let body = Body::Request(Request::DeleteRecords(DeleteRecordsRequest { parts }));
            let message = Message { from, to, correlation: self.admin_calls, cause: event, body };
            self.queue.push(at_ms, Due::Deliver(Box::new(message)));
        }
        Ok(event)
    }
}
