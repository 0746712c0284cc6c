//! An action in words, for the journal.

use crate::panels::text::{list, plural, span_us};
use log_engine::command::{Command, Payload};

/// Picture, whom it is about, and what was done.
pub fn words(command: &Command) -> (&'static str, String, String) {
    let (icon, who, what): (&'static str, &str, String) = match command {
        Command::CreateTopic { topic, partitions, assignments, .. } => {
            let assigned = i64::try_from(assignments.len()).unwrap_or(i64::MAX);
            let count = if assigned > 0 { assigned } else { i64::from(*partitions) };
            let what = match count {
                -1 => "Create topic".to_owned(),
                count => format!("Create topic, {}", plural(count, "partition", "partitions")),
            };
            ("plus", topic, what)
        }
        Command::DeleteTopic { topic } => ("trash", topic, "Delete topic".to_owned()),
        Command::CreatePartitions { topic, count, .. } => {
            ("plus", topic, format!("Partitions to {count}"))
        }
        Command::AlterTopicConfigs { topic, set, delete } => ("edit", topic, configs(set, delete)),
        Command::AddProducer { producer, .. } => ("plus", producer, "Add producer".to_owned()),
        Command::AlterProducer { producer, set, delete } => {
            ("edit", producer, configs(set, delete))
        }
        Command::RemoveProducer { producer } => ("x", producer, "Close and remove".to_owned()),
        Command::SetStream { producer, stream } => {
            let what = if stream.is_some() { "Stream on" } else { "Stream off" };
            ("send", producer, what.to_owned())
        }
        Command::Produce { producer, record, count, .. } => {
            ("send", producer, format!("Produce × {count}, {}", key(record.key.as_ref())))
        }
        Command::AddGroup { group, .. } => ("plus", group, "Add group".to_owned()),
        Command::AlterGroup { group, topics, processing_us, set, delete } => {
            let what = match (topics, processing_us) {
                (Some(topics), _) => format!("Subscribe to {}", list(topics)),
                (_, Some(us)) => format!("Processing {}", span_us(*us)),
                _ => configs(set, delete),
            };
            ("edit", group, what)
        }
        Command::RemoveGroup { group } => ("trash", group, "Delete group".to_owned()),
        Command::ResetOffsets { group, offsets } => {
            let count = i64::try_from(offsets.len()).unwrap_or(i64::MAX);
            ("edit", group, format!("Reset {}", plural(count, "offset", "offsets")))
        }
        Command::AddMember { group, spec } => {
            let name = spec.member.clone().unwrap_or_default();
            ("plus", group, format!("Add member {name}").trim_end().to_owned())
        }
        Command::CloseMember { member } => ("x", member, "Leave".to_owned()),
        Command::CrashMember { member } => ("bolt", member, "Crash".to_owned()),
        Command::CrashProducer { producer } => ("bolt", producer, "Crash".to_owned()),
        Command::StartProducer { producer } => ("play", producer, "Start".to_owned()),
        Command::StartMember { member } => ("play", member, "Start again".to_owned()),
        Command::PauseMember { member } => ("pause", member, "Pause".to_owned()),
        Command::ResumeMember { member } => ("play", member, "Resume".to_owned()),
        Command::SetProcessing { member, processing_us } => {
            ("edit", member, format!("Processing {}", span_us(*processing_us)))
        }
        Command::SetDisk { broker, .. } => {
            return ("edit", format!("Broker {broker}"), "Disk size".to_owned());
        }
        Command::StartBroker { broker } => {
            return ("power", format!("Broker {broker}"), "Start".to_owned());
        }
        Command::StopBroker { broker } => return broker_row(*broker, "power", "Stop"),
        Command::CrashBroker { broker } => return broker_row(*broker, "bolt", "Crash"),
        Command::LosePower { broker } => return broker_row(*broker, "bolt", "Lose power"),
        Command::LoseDisk { broker } => return broker_row(*broker, "bolt", "Lose disk"),
        Command::FreezeBroker { broker, .. } => return broker_row(*broker, "pause", "Freeze"),
        Command::ThawBroker { broker } => return broker_row(*broker, "play", "Thaw"),
        Command::AddBroker { broker, .. } => {
            let who = broker.map_or_else(|| "Cluster".to_owned(), |id| format!("Broker {id}"));
            return ("plus", who, "Add broker".to_owned());
        }
        Command::RemoveBroker { broker } => return broker_row(*broker, "trash", "Unregister"),
        Command::SlowDisk { broker, write_ms } => {
            return broker_row(*broker, "edit", &format!("Disk {write_ms} ms a write"));
        }
        Command::ElectLeaders { topic, .. } => {
            let who = topic.clone().unwrap_or_else(|| "All topics".to_owned());
            return ("crown", who, "Elect leaders".to_owned());
        }
        Command::Reassign { partitions } => {
            let who = partitions.first().map(|part| part.topic.clone()).unwrap_or_default();
            return ("swap", who, "Reassign".to_owned());
        }
        Command::CancelReassignment { partitions } => {
            let who = partitions.first().map(|part| part.topic.clone()).unwrap_or_default();
            return ("swap", who, "Cancel reassignment".to_owned());
        }
        Command::AlterBrokerConfigs { broker, set, delete } => {
            let who = broker.map_or_else(|| "All brokers".to_owned(), |id| format!("Broker {id}"));
            return ("edit", who, configs(set, delete));
        }
        Command::FailRack { rack, .. } => ("bolt", rack, "Rack fails".to_owned()),
        Command::StartRack { rack } => ("power", rack, "Start rack".to_owned()),
        Command::SetLink { from, to, .. } => {
            let ends = format!("{} \u{2192} {}", from.join(" "), to.join(" "));
            return ("swap", ends, "Link".to_owned());
        }
        Command::HealLinks => return ("check", "Network".to_owned(), "Heal all links".to_owned()),
        Command::ImportTopic { topic, .. } => ("plus", topic, "Import".to_owned()),
        Command::DeleteRecords { topic, .. } => ("trash", topic, "Delete records".to_owned()),
    };
    (icon, who.to_owned(), what)
}

fn broker_row(broker: i32, icon: &'static str, what: &str) -> (&'static str, String, String) {
    (icon, format!("Broker {broker}"), what.to_owned())
}

fn key(key: Option<&Payload>) -> String {
    match key {
        None => "no key".to_owned(),
        Some(Payload::Text(text)) if text.is_empty() => "empty key".to_owned(),
        Some(Payload::Text(text)) => format!("key {text}"),
        Some(Payload::Hex { hex }) => format!("key 0x{hex}"),
    }
}

fn configs(set: &log_engine::Configs, delete: &[String]) -> String {
    let set = set.iter().map(|(name, value)| format!("{name} = {value}"));
    let back = delete.iter().map(|name| format!("{name} back to the default"));
    set.chain(back).collect::<Vec<_>>().join(", ")
}
