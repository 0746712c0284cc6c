//! The bounds of one command.

use super::{configs, count, most, names, range, text};
use crate::error::DocumentError;
use crate::limits::*;
use log_engine::command::{
    Command, GroupSpec, KeyDistribution, MemberSpec, Payload, RecordSpec, StreamSpec,
};

type Checked = Result<(), DocumentError>;

/// Holds one command to its bounds: those of [`crate::limits`], not Kafka's own rules.
///
/// # Errors
/// The first field beyond its bound; the path is relative to the command.
pub fn check_command(command: &Command) -> Checked {
    match command {
        Command::CreateTopic { topic, partitions, configs: set, assignments, .. } => {
            name("topic", topic)?;
            most("partitions", *partitions, MAX_PARTITIONS)?;
            assigned(assignments)?;
            configs("configs", set)
        }
        Command::DeleteTopic { topic } => name("topic", topic),
        Command::CreatePartitions { topic, count, assignments } => {
            name("topic", topic)?;
            assigned(assignments)?;
            most("count", *count, MAX_PARTITIONS)
        }
        Command::AlterTopicConfigs { topic, set, delete } => altered("topic", topic, set, delete),
        Command::AddProducer { producer, spec } => {
            name("producer", producer)?;
            configs("configs", &spec.configs)?;
            spec.stream.as_ref().map_or(Ok(()), check_stream)
        }
        Command::AlterProducer { producer, set, delete } => {
            altered("producer", producer, set, delete)
        }
        Command::RemoveProducer { producer } => name("producer", producer),
        Command::SetStream { producer, stream } => {
            name("producer", producer)?;
            stream.as_ref().map_or(Ok(()), check_stream)
        }
        Command::CrashProducer { producer } | Command::StartProducer { producer } => {
            name("producer", producer)
        }
        Command::Produce { producer, topic, record, count } => {
            name("producer", producer)?;
            name("topic", topic)?;
            check_record(record, *count)
        }
        Command::AddGroup { group, spec } => {
            name("group", group)?;
            check_group(spec)
        }
        Command::AlterGroup { group, topics, processing_us, set, delete } => {
            names("topics", topics.as_deref().unwrap_or_default(), MAX_SUBSCRIPTION)?;
            processing(*processing_us)?;
            altered("group", group, set, delete)
        }
        Command::RemoveGroup { group } => name("group", group),
        Command::ResetOffsets { group, offsets } => {
            name("group", group)?;
            count("offsets", offsets.len(), MAX_GROUP_OFFSETS)?;
            offsets.iter().try_for_each(|offset| name("topic", &offset.topic))
        }
        Command::AddMember { group, spec } => {
            name("group", group)?;
            check_member(spec)
        }
        Command::CloseMember { member }
        | Command::CrashMember { member }
        | Command::StartMember { member }
        | Command::PauseMember { member }
        | Command::ResumeMember { member } => name("member", member),
        Command::SetProcessing { member, processing_us } => {
            name("member", member)?;
            processing(Some(*processing_us))
        }
        // The bytes are bounded by the document's own size, and by the engine.
        Command::ImportTopic { topic, configs: set, partitions } => {
            name("topic", topic)?;
            count("partitions", partitions.len(), usize::try_from(MAX_PARTITIONS).unwrap_or(1))?;
            configs("configs", set)
        }
        Command::SetDisk { disk_bytes, .. } => {
            most("disk_bytes", disk_bytes.unwrap_or(0), MAX_DISK_BYTES)
        }
        Command::StartBroker { .. }
        | Command::StopBroker { .. }
        | Command::CrashBroker { .. }
        | Command::LosePower { .. }
        | Command::LoseDisk { .. }
        | Command::ThawBroker { .. }
        | Command::RemoveBroker { .. }
        | Command::HealLinks => Ok(()),
        Command::AddBroker { rack, .. } => rack.iter().try_for_each(|rack| name("rack", rack)),
        Command::SlowDisk { write_ms, .. } => most("write_ms", *write_ms, MAX_LATENCY_MS),
        Command::ElectLeaders { topic, .. } => {
            topic.iter().try_for_each(|topic| name("topic", topic))
        }
        Command::Reassign { partitions } => {
            count("partitions", partitions.len(), MAX_REASSIGNED)?;
            partitions.iter().try_for_each(|part| {
                name("topic", &part.topic)?;
                count("replicas", part.replicas.len(), MAX_REASSIGNED)
            })
        }
        Command::CancelReassignment { partitions } => {
            count("partitions", partitions.len(), MAX_REASSIGNED)?;
            partitions.iter().try_for_each(|part| name("topic", &part.topic))
        }
        Command::AlterBrokerConfigs { set, delete, .. } => {
            configs("set", set)?;
            names("delete", delete, MAX_CONFIGS)
        }
        Command::FreezeBroker { for_ms, .. } => most("for_ms", for_ms.unwrap_or(0), MAX_FREEZE_MS),
        Command::FailRack { rack, .. } | Command::StartRack { rack } => name("rack", rack),
        Command::SetLink { from, to, link, .. } => {
            names("from", from, MAX_LINK_ENDS)?;
            names("to", to, MAX_LINK_ENDS)?;
            most("latency_ms", link.latency_ms.unwrap_or(0), MAX_LATENCY_MS)
        }
        Command::DeleteRecords { topic, partitions } => {
            name("topic", topic)?;
            count("partitions", partitions.len(), usize::try_from(MAX_PARTITIONS).unwrap_or(1))
        }
    }
}

fn name(path: &str, value: &str) -> Checked {
    text(path, value, MAX_NAME_BYTES)
}

fn assigned(assignments: &[Vec<i32>]) -> Checked {
    count("assignments", assignments.len(), usize::try_from(MAX_PARTITIONS).unwrap_or(1))?;
    assignments.iter().try_for_each(|replicas| count("assignments", replicas.len(), MAX_REASSIGNED))
}

fn processing(processing_us: Option<u64>) -> Checked {
    most("processing_us", processing_us.unwrap_or(0), MAX_PROCESSING_US)
}

fn altered(what: &str, named: &str, set: &log_engine::Configs, delete: &[String]) -> Checked {
    name(what, named)?;
    configs("set", set)?;
    names("delete", delete, MAX_CONFIGS)
}

fn check_group(spec: &GroupSpec) -> Checked {
    names("topics", &spec.topics, MAX_SUBSCRIPTION)?;
    configs("configs", &spec.configs)?;
    processing(Some(spec.processing_us))?;
    count("members", spec.members.len(), MAX_MEMBERS)?;
    spec.members.iter().try_for_each(check_member)
}

fn check_member(spec: &MemberSpec) -> Checked {
    name("member", spec.member.as_deref().unwrap_or_default())?;
    names("topics", spec.topics.as_deref().unwrap_or_default(), MAX_SUBSCRIPTION)?;
    configs("configs", &spec.configs)?;
    processing(spec.processing_us)
}

fn check_record(record: &RecordSpec, times: u32) -> Checked {
    range("count", i64::from(times), 1, i64::from(MAX_PRODUCE_COUNT))?;
    count("headers", record.headers.len(), MAX_HEADERS)?;
    let mut bytes = payload_bytes("key", record.key.as_ref())?
        .saturating_add(payload_bytes("value", record.value.as_ref())?);
    for (index, (header, value)) in record.headers.iter().enumerate() {
        let path = format!("headers[{index}]");
        name(&path, header)?;
        bytes = bytes.saturating_add(payload_bytes(&path, value.as_ref())?);
    }
    let total = bytes.saturating_mul(u64::from(times));
    if total > MAX_PRODUCE_BYTES {
        return Err(DocumentError::invalid(
            "count",
            format!(
                "{times} records of {bytes} bytes are {total} bytes; at most {MAX_PRODUCE_BYTES} are allowed."
            ),
        ));
    }
    Ok(())
}

/// Bytes of a payload; refuses hex that is none.
fn payload_bytes(path: &str, payload: Option<&Payload>) -> Result<u64, DocumentError> {
    let length = match payload {
        None => 0,
        Some(Payload::Text(text)) => text.len(),
        Some(Payload::Hex { hex }) => {
            let whole = hex.len().is_multiple_of(2);
            if !whole || !hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(DocumentError::invalid(
                    format!("{path}.hex"),
                    "write two digits of 0 to 9 and a to f for each byte.",
                ));
            }
            hex.len() / 2
        }
    };
    Ok(u64::try_from(length).unwrap_or(u64::MAX))
}

fn check_stream(stream: &StreamSpec) -> Checked {
    name("stream.topic", &stream.topic)?;
    range("stream.per_ms", i64::from(stream.per_ms), 1, i64::from(MAX_STREAM_SPAN_MS))?;
    most("stream.null_key_percent", stream.null_key_percent, 100)?;
    most("stream.value_bytes_max", stream.value_bytes_max, MAX_STREAM_VALUE_BYTES)?;
    most("stream.value_bytes_min", stream.value_bytes_min, stream.value_bytes_max)?;
    let per_second =
        u64::from(stream.records).saturating_mul(1000).div_ceil(u64::from(stream.per_ms));
    most("stream.records (for each second)", per_second, MAX_STREAM_RECORDS_PER_S)?;
    let bytes = per_second.saturating_mul(u64::from(stream.value_bytes_max));
    most("stream (bytes for each second)", bytes, MAX_STREAM_BYTES_PER_S)?;
    match &stream.keys {
        KeyDistribution::Null => Ok(()),
        KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys } => {
            names("stream.keys.keys", keys, MAX_STREAM_KEYS)?;
            range(
                "stream.keys.keys (how many)",
                i64::try_from(keys.len()).unwrap_or(i64::MAX),
                1,
                i64::MAX,
            )
        }
        KeyDistribution::Sequence { prefix, count } => {
            name("stream.keys.prefix", prefix)?;
            range("stream.keys.count", i64::from(*count), 1, i64::from(MAX_SEQUENCE_COUNT))
        }
    }
}
