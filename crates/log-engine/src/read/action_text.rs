//! What a person did, in a few words.

use crate::command::{Command, PartitionOffset, Payload, RecordSpec};

/// One line for the event log and the timeline.
pub(crate) fn action_text(command: &Command) -> String {
    match command {
        Command::CreateTopic { topic, partitions, assignments, .. } => {
            match (partitions, i32::try_from(assignments.len()).unwrap_or(i32::MAX)) {
                (-1, 0) => format!("create topic {topic}"),
                (-1, count) => format!(
                    "create topic {topic} with {count} partition{} on chosen brokers",
                    plural(count)
                ),
                (count, _) => {
                    format!("create topic {topic} with {count} partition{}", plural(*count))
                }
            }
        }
        Command::DeleteTopic { topic } => format!("delete topic {topic}"),
        Command::CreatePartitions { topic, count, .. } => {
            format!("add partitions to {topic}: {count} in all")
        }
        Command::AlterTopicConfigs { topic, set, delete } => {
            let mut parts: Vec<String> =
                set.iter().map(|(name, value)| format!("{name}={value}")).collect();
            parts.extend(delete.iter().map(|name| format!("{name} back to its default")));
            format!("configs of {topic}: {}", parts.join(", "))
        }
        Command::AddProducer { producer, .. } => format!("start producer {producer}"),
        Command::AlterProducer { producer, .. } => {
            format!("restart producer {producer} with other configs")
        }
        Command::RemoveProducer { producer } => format!("close producer {producer}"),
        Command::SetStream { producer, stream: None } => format!("stop the stream of {producer}"),
        Command::SetStream { producer, stream: Some(stream) } => format!(
            "stream of {producer}: {} records each {} ms to {}",
            stream.records, stream.per_ms, stream.topic
        ),
        Command::Produce { producer, topic, record, count } => {
            let times = if *count > 1 { format!(" × {count}") } else { String::new() };
            format!("produce to {topic}{times}, {}, with {producer}", key_words(record))
        }
        Command::AddGroup { group, spec } => {
            let members = i32::try_from(spec.members.len()).unwrap_or(i32::MAX);
            format!("start group {group} with {members} member{}", plural(members))
        }
        Command::AlterGroup { group, .. } => format!("change group {group}"),
        Command::RemoveGroup { group } => format!("delete group {group}"),
        Command::ResetOffsets { group, offsets } => {
            let count = i32::try_from(offsets.len()).unwrap_or(i32::MAX);
            format!("reset {count} offset{} of group {group}", plural(count))
        }
        Command::AddMember { group, spec } => match &spec.member {
            Some(member) => format!("start {member} in group {group}"),
            None => format!("start one more member of {group}"),
        },
        Command::CloseMember { member } => format!("close {member}"),
        Command::CrashMember { member } => format!("crash {member}"),
        Command::CrashProducer { producer } => format!("crash {producer}"),
        Command::StartProducer { producer } => format!("start {producer}"),
        Command::StartMember { member } => format!("start {member} again"),
        Command::PauseMember { member } => format!("pause {member}"),
        Command::ResumeMember { member } => format!("resume {member}"),
        Command::SetProcessing { member, processing_us } => {
            format!("{member} takes {} for a record", duration_us(*processing_us))
        }
        Command::ImportTopic { topic, partitions, .. } => {
            let count = i32::try_from(partitions.len()).unwrap_or(i32::MAX);
            format!("import topic {topic} with {count} partition{}", plural(count))
        }
        Command::SetDisk { broker, disk_bytes: Some(bytes) } => {
            format!("disk of broker {broker}: {bytes} bytes")
        }
        Command::SetDisk { broker, disk_bytes: None } => {
            format!("disk of broker {broker}: without bound")
        }
        Command::StartBroker { .. }
        | Command::StopBroker { .. }
        | Command::CrashBroker { .. }
        | Command::LosePower { .. }
        | Command::LoseDisk { .. }
        | Command::FreezeBroker { .. }
        | Command::ThawBroker { .. }
        | Command::FailRack { .. }
        | Command::StartRack { .. }
        | Command::SetLink { .. }
        | Command::AddBroker { .. }
        | Command::RemoveBroker { .. }
        | Command::SlowDisk { .. }
        | Command::ElectLeaders { .. }
        | Command::Reassign { .. }
        | Command::CancelReassignment { .. }
        | Command::AlterBrokerConfigs { .. }
        | Command::HealLinks => super::cluster_text::action(command),
        Command::DeleteRecords { topic, partitions } => {
            let part = |part: &PartitionOffset| match part.offset {
                -1 => format!("P{} up to the high watermark", part.partition),
                offset => format!("P{} before {offset}", part.partition),
            };
            let shown: Vec<String> = partitions.iter().take(6).map(part).collect();
            let more = if partitions.len() > 6 { " and more" } else { "" };
            format!("delete records of {topic}: {}{more}", shown.join(", "))
        }
    }
}

/// The producer, group or member an action is about.
pub(super) fn action_subject(command: &Command) -> String {
    match command {
        Command::CreateTopic { topic, .. }
        | Command::DeleteTopic { topic }
        | Command::CreatePartitions { topic, .. }
        | Command::AlterTopicConfigs { topic, .. }
        | Command::ImportTopic { topic, .. }
        | Command::DeleteRecords { topic, .. } => topic.clone(),
        Command::SetDisk { broker, .. }
        | Command::StartBroker { broker }
        | Command::StopBroker { broker }
        | Command::CrashBroker { broker }
        | Command::LosePower { broker }
        | Command::LoseDisk { broker }
        | Command::FreezeBroker { broker, .. }
        | Command::RemoveBroker { broker }
        | Command::SlowDisk { broker, .. }
        | Command::AddBroker { broker: Some(broker), .. }
        | Command::AlterBrokerConfigs { broker: Some(broker), .. }
        | Command::ThawBroker { broker } => format!("broker {broker}"),
        Command::AddBroker { broker: None, .. }
        | Command::AlterBrokerConfigs { broker: None, .. } => "brokers".to_owned(),
        Command::ElectLeaders { topic, .. } => topic.clone().unwrap_or_else(|| "topics".to_owned()),
        Command::Reassign { partitions } => {
            partitions.first().map(|part| part.topic.clone()).unwrap_or_default()
        }
        Command::CancelReassignment { partitions } => {
            partitions.first().map(|part| part.topic.clone()).unwrap_or_default()
        }
        Command::FailRack { rack, .. } | Command::StartRack { rack } => format!("rack {rack}"),
        Command::SetLink { .. } | Command::HealLinks => "network".to_owned(),
        Command::AddProducer { producer, .. }
        | Command::AlterProducer { producer, .. }
        | Command::RemoveProducer { producer }
        | Command::CrashProducer { producer }
        | Command::StartProducer { producer }
        | Command::SetStream { producer, .. }
        | Command::Produce { producer, .. } => producer.clone(),
        Command::AddGroup { group, .. }
        | Command::AlterGroup { group, .. }
        | Command::RemoveGroup { group }
        | Command::ResetOffsets { group, .. }
        | Command::AddMember { group, .. } => group.clone(),
        Command::CloseMember { member }
        | Command::CrashMember { member }
        | Command::StartMember { member }
        | Command::PauseMember { member }
        | Command::ResumeMember { member }
        | Command::SetProcessing { member, .. } => member.clone(),
    }
}

fn key_words(record: &RecordSpec) -> String {
    match &record.key {
        None => "null key".to_owned(),
        Some(Payload::Text(text)) if text.is_empty() => "empty key".to_owned(),
        Some(Payload::Text(text)) => format!("key {text}"),
        Some(Payload::Hex { hex }) => format!("key 0x{hex}"),
    }
}

fn plural(n: i32) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn duration_us(us: u64) -> String {
    if us.is_multiple_of(1_000) { format!("{} ms", us / 1_000) } else { format!("{us} µs") }
}
