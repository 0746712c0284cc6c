//! Topic commands go the way an admin client's requests go: to a broker, on to the controller, back as metadata.
//! At the scenario's very start they take no time: the cluster was set up before.

use crate::command::Command;
use crate::error::CommandError;
use crate::ids::{BrokerId, EventId};
use crate::protocol::{AdminRequest, Request};
use crate::sim::{ActorId, Body, Due, Message};
use crate::world::World;
use std::sync::Arc;

impl World {
    pub(super) fn change_topic(&mut self, command: &Command) -> Result<EventId, CommandError> {
        let Some(change) = admin_request(command) else {
            return Err(CommandError::new("INVALID_REQUEST", "", "No request of an admin client."));
        };
        self.need_broker()?;
        self.check_change(&change)?;
        let event = self.act(command);
        if self.now_ms == self.start_ms {
            self.change_at_once(&change, event);
        } else if let Some(broker) = self.running_brokers().first() {
            self.admin_calls += 1;
            let (from, to) = (ActorId::Admin, ActorId::Broker(*broker));
            let at_ms = self.now_ms + self.net.latency_ms(from, to);
            let body = Body::Request(Request::Admin(change));
            let message = Message { from, to, correlation: self.admin_calls, cause: event, body };
            self.queue.push(at_ms, Due::Deliver(Box::new(message)));
        }
        Ok(event)
    }

    /// Whether the active controller would accept a change now. Without one there is nobody to refuse it: the request
    /// waits for the next.
    pub(super) fn check_change(&self, change: &AdminRequest) -> Result<(), CommandError> {
        let active = self.active_controller().and_then(|id| self.controllers.get(&id));
        let any = self.controllers.values().max_by_key(|known| known.image().offset);
        let Some(controller) = active.or(any) else { return Ok(()) };
        controller.check(change).map_err(|refused| {
            CommandError::new(refused.error.name(), &refused.field, refused.message)
        })
    }

    /// A change that takes no time: the cluster was set up so. It has been checked.
    pub(super) fn change_at_once(&mut self, change: &AdminRequest, event: EventId) {
        self.decide_at_once(event, |controller, ctx| {
            let _ = controller.change(ctx, change);
        });
        self.spread_image(event);
    }

    /// All brokers have what is committed.
    fn spread_image(&mut self, event: EventId) {
        let image = Arc::clone(self.image());
        for id in self.running_brokers() {
            let image = Arc::clone(&image);
            self.with_broker(id, event, |broker, ctx| broker.apply_metadata(ctx, image));
        }
    }
}

fn as_brokers(assignments: &[Vec<i32>]) -> Vec<Vec<BrokerId>> {
    assignments.iter().map(|replicas| replicas.iter().copied().map(BrokerId).collect()).collect()
}

fn admin_request(command: &Command) -> Option<AdminRequest> {
    Some(match command {
        Command::CreateTopic { topic, partitions, replication_factor, configs, assignments } => {
            AdminRequest::CreateTopic {
                topic: topic.as_str().into(),
                partitions: *partitions,
                // A journal says nothing of a factor by the factor 1; Kafka by -1.
                replication_factor: match (*replication_factor, assignments.is_empty()) {
                    (1, false) => -1,
                    (factor, _) => factor,
                },
                configs: configs.clone(),
                assignments: as_brokers(assignments),
                auto: false,
            }
        }
        Command::DeleteTopic { topic } => {
            AdminRequest::DeleteTopic { topic: topic.as_str().into() }
        }
        Command::CreatePartitions { topic, count, assignments } => AdminRequest::CreatePartitions {
            topic: topic.as_str().into(),
            count: *count,
            assignments: as_brokers(assignments),
        },
        Command::AlterTopicConfigs { topic, set, delete } => AdminRequest::AlterTopicConfigs {
            topic: topic.as_str().into(),
            set: set.clone(),
            delete: delete.clone(),
        },
        Command::ElectLeaders { election, topic, partition } => AdminRequest::ElectLeaders {
            election: *election,
            topic: topic.as_deref().map(Into::into),
            partition: *partition,
        },
        Command::Reassign { partitions } => {
            AdminRequest::Reassign { partitions: partitions.as_slice().into() }
        }
        Command::CancelReassignment { partitions } => {
            AdminRequest::CancelReassignment { partitions: partitions.as_slice().into() }
        }
        Command::AlterBrokerConfigs { broker, set, delete } => AdminRequest::AlterBrokerConfigs {
            broker: broker.map(BrokerId),
            set: set.clone(),
            delete: delete.clone(),
        },
        Command::RemoveBroker { broker } => {
            AdminRequest::UnregisterBroker { broker: BrokerId(*broker) }
        }
        _ => return None,
    })
}
