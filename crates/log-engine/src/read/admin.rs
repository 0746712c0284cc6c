//! What an admin client reads.

use crate::event::{Event, EventKind};
use crate::ids::{BrokerId, EventId, TopicPartition};
use crate::view::{ClientLog, ClientLogRow, DescribedGroup, PartitionView};
use crate::world::World;
use kafka_log::Log;

impl World {
    /// The partitions of a topic, by number.
    pub(crate) fn partition_views(&self, topic: &str) -> Vec<PartitionView> {
        let Some(image) = self.image().topics.get(topic) else { return Vec::new() };
        let view = |(partition, registered): (i32, &crate::protocol::PartitionImage)| {
            let registered = registered.clone();
            PartitionView {
                topic: topic.to_owned(),
                partition,
                leader: registered.leader,
                leader_epoch: registered.leader_epoch,
                replicas: registered.replicas,
                isr: registered.isr,
                elr: registered.elr,
                last_known_elr: registered.last_known_elr,
                adding: registered.adding,
                removing: registered.removing,
                partition_epoch: registered.partition_epoch,
            }
        };
        (0i32..).zip(&image.partitions).map(view).collect()
    }

    /// All groups the coordinators know, by broker and name.
    pub(crate) fn described_groups(&self) -> Vec<DescribedGroup> {
        let mut groups = Vec::new();
        for broker in self.brokers.values().filter(|broker| self.is_up(broker.id())) {
            let coordinator = broker.coordinator();
            for group in coordinator.group_ids() {
                if self.coordinator_id(group) != Some(broker.id()) {
                    continue;
                }
                let known = coordinator.describe(self.now_ms, group);
                groups.extend(
                    known.map(|description| DescribedGroup {
                        coordinator: broker.id(),
                        description,
                    }),
                );
            }
        }
        groups
    }

    /// The log a broker has of a partition.
    pub(crate) fn replica_log(&self, broker: BrokerId, topic: &str, number: i32) -> Option<Log> {
        let tp = TopicPartition::new(topic, number);
        self.brokers.get(&broker)?.partition(&tp).map(|partition| partition.log.clone())
    }

    /// What a client logged after an event, oldest first, at most `limit` rows of the newest.
    pub(crate) fn client_log(
        &self,
        client: &str,
        after: EventId,
        limit: usize,
    ) -> Vec<ClientLogRow> {
        let newer = self.trace.newest_first(None).take_while(|event| event.id > after);
        let mut rows: Vec<ClientLogRow> =
            newer.filter_map(|event| row(client, event)).take(limit).collect();
        rows.reverse();
        rows
    }
}

fn row(client: &str, event: &Event) -> Option<ClientLogRow> {
    let what = match &event.kind {
        EventKind::BatchSent { producer, .. } if &**producer == client => ClientLog::Sent,
        EventKind::ProduceRetry { producer, tp, error, .. } if &**producer == client => {
            ClientLog::Retry { tp: tp.clone(), error: *error }
        }
        EventKind::ProduceFailed { producer, topic, partition, records, exception, error }
            if &**producer == client =>
        {
            ClientLog::Failed {
                topic: topic.to_string(),
                partition: *partition,
                records: *records,
                exception: (*exception).to_owned(),
                error: *error,
            }
        }
        EventKind::Acked { producer, tp, first, last, .. } if &**producer == client => {
            ClientLog::Acked { tp: tp.clone(), first: *first, records: last - first + 1 }
        }
        EventKind::Polled { member, tp, first, last, .. } if &**member == client => {
            ClientLog::Polled { tp: tp.clone(), first: *first, last: *last }
        }
        EventKind::MemberFailed { member, exception, .. } if &**member == client => {
            ClientLog::Stopped { exception: (*exception).to_owned() }
        }
        EventKind::MemberClosed { member, .. } if &**member == client => ClientLog::Closed,
        EventKind::ProducerClosed { producer } if &**producer == client => ClientLog::Closed,
        _ => return None,
    };
    Some(ClientLogRow { event: event.id, at_ms: event.at_ms, what })
}
