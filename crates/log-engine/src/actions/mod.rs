//! What each command does: check everything first, then write the action's event, then act. A refused command
//! leaves no trace.

mod brokers;
mod clients;
mod groups;
mod import;
mod limits;
mod links;
mod offsets;
mod records;
mod topics;

use crate::command::{Command, Failure};
use crate::error::CommandError;
use crate::event::EventKind;
use crate::ids::EventId;
use crate::world::World;
use std::sync::Arc;

impl World {
    /// Does what a person asked for.
    pub(crate) fn apply(&mut self, command: &Command) -> Result<EventId, CommandError> {
        let result = self.carry_out(command);
        self.settle();
        self.measure_levels();
        result
    }

    fn carry_out(&mut self, command: &Command) -> Result<EventId, CommandError> {
        match command {
            Command::CreateTopic { .. }
            | Command::DeleteTopic { .. }
            | Command::CreatePartitions { .. }
            | Command::AlterTopicConfigs { .. }
            | Command::ElectLeaders { .. }
            | Command::Reassign { .. }
            | Command::CancelReassignment { .. } => self.change_topic(command),
            Command::AlterBrokerConfigs { broker, .. } => {
                self.alter_broker_configs(command, *broker)
            }
            Command::AddBroker { broker, rack } => {
                self.add_broker(command, *broker, rack.as_deref())
            }
            Command::RemoveBroker { broker } => self.remove_broker(command, *broker),
            Command::SlowDisk { broker, write_ms } => self.slow_disk(command, *broker, *write_ms),
            Command::AddProducer { producer, spec } => self.add_producer(command, producer, spec),
            Command::AlterProducer { producer, set, delete } => {
                self.alter_producer(command, producer, set, delete)
            }
            Command::RemoveProducer { producer } => self.remove_producer(command, producer),
            Command::CrashProducer { producer } => self.crash_producer(command, producer),
            Command::StartProducer { producer } => self.start_producer(command, producer),
            Command::SetStream { producer, stream } => {
                self.set_stream(command, producer, stream.as_ref())
            }
            Command::Produce { producer, topic, record, count } => {
                self.produce(command, producer, topic, record, *count)
            }
            Command::AddGroup { group, spec } => self.add_group(command, group, spec),
            Command::AlterGroup { group, topics, processing_us, set, delete } => {
                let change = groups::GroupChange {
                    topics: topics.as_deref(),
                    processing_us: *processing_us,
                    set,
                    delete,
                };
                self.alter_group(command, group, &change)
            }
            Command::RemoveGroup { group } => self.remove_group(command, group),
            Command::ResetOffsets { group, offsets } => self.reset_offsets(command, group, offsets),
            Command::AddMember { group, spec } => self.add_member(command, group, spec),
            Command::CloseMember { member } => self.close_member(command, member),
            Command::CrashMember { member } => self.crash_member(command, member),
            Command::StartMember { member } => self.start_member(command, member),
            Command::PauseMember { member } => self.pause_member(command, member, true),
            Command::ResumeMember { member } => self.pause_member(command, member, false),
            Command::SetProcessing { member, processing_us } => {
                self.set_processing(command, member, *processing_us)
            }
            Command::SetDisk { broker, disk_bytes } => self.set_disk(command, *broker, *disk_bytes),
            Command::StartBroker { broker } => self.start_broker(command, *broker),
            Command::StopBroker { broker } => self.fail_broker(command, *broker, Failure::Stop),
            Command::CrashBroker { broker } => self.fail_broker(command, *broker, Failure::Crash),
            Command::LosePower { broker } => self.fail_broker(command, *broker, Failure::Power),
            Command::LoseDisk { broker } => self.fail_broker(command, *broker, Failure::Disk),
            Command::FreezeBroker { broker, for_ms } => {
                self.freeze_broker(command, *broker, *for_ms)
            }
            Command::ThawBroker { broker } => self.thaw_broker(command, *broker),
            Command::FailRack { rack, how } => self.fail_rack(command, rack, *how),
            Command::StartRack { rack } => self.start_rack(command, rack),
            Command::SetLink { from, to, both, link } => {
                self.set_link(command, from, to, *both, link)
            }
            Command::HealLinks => self.heal_links(command),
            Command::ImportTopic { topic, configs, partitions } => {
                self.import_topic(command, topic, configs, partitions)
            }
            Command::DeleteRecords { topic, partitions } => {
                self.delete_records(command, topic, partitions)
            }
        }
    }

    /// Writes the action's event and its mark.
    fn act(&mut self, command: &Command) -> EventId {
        let event = self.tell(None, EventKind::Action(Arc::new(command.clone())));
        let label = crate::read::action_text(command);
        self.trace.mark(self.now_ms, "you", label, event);
        event
    }

    /// Whether a client of this name runs, or may start again.
    fn name_taken(&self, name: &str) -> bool {
        let producer = self.producers.iter().any(|known| known.is_listed() && &*known.name == name);
        producer
            || self.consumers.iter().any(|known| known.is_listed() && &*known.setup.name == name)
    }
}
