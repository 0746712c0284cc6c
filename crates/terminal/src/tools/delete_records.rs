//! `kafka-delete-records.sh` (`DeleteRecordsCommand`).

use super::{Job, Tool, joined, message_and_trace};
use crate::act::Refusal;
use crate::exception::{Exception, Stop};
use crate::json;
use log_engine::command::PartitionOffset;
use log_engine::protocol::ErrorCode;
use log_engine::{Command, TopicPartition};
use sorted::SortedMap;

pub(super) const TOOL: Tool = Tool {
    name: "kafka-delete-records",
    about: "delete records below an offset",
    help: include_str!("../../help/kafka-delete-records.txt"),
    run,
    misread: message_and_trace,
    thrown: message_and_trace,
};

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    job.require(&["bootstrap-server", "offset-json-file"])?;
    let wanted = parse(&job.file("offset-json-file")?)?;
    job.cluster.reach("deleteRecords")?;
    job.screen.out("Executing records delete operation");
    let mut lines = vec!["Records delete operation completed:".to_owned()];
    let mut by_topic: SortedMap<String, Vec<PartitionOffset>> = SortedMap::new();
    for (tp, offset) in &wanted {
        match low_watermark(job, tp, *offset) {
            Ok(low) => {
                lines.push(format!("partition: {tp}\tlow_watermark: {low}"));
                let part = PartitionOffset { partition: tp.partition, offset: *offset };
                by_topic.entry(tp.topic.to_string()).or_default().push(part);
            }
            Err(thrown) => lines.push(format!("partition: {tp}\terror: {thrown}")),
        }
    }
    if by_topic.is_empty() {
        lines.iter().for_each(|line| job.screen.out(line));
        return Ok(());
    }
    let commands = by_topic.iter().map(|(topic, partitions)| Command::DeleteRecords {
        topic: topic.clone(),
        partitions: partitions.clone(),
    });
    job.act(commands.collect(), &lines, Refusal::Message);
    Ok(())
}

fn parse(text: &str) -> Result<Vec<(TopicPartition, i64)>, Exception> {
    let document = json::document(text)?;
    let missing = || Exception::admin_operation("Missing partitions field");
    let partitions = document.get("partitions").ok_or_else(missing)?;
    let mut wanted: Vec<(TopicPartition, i64)> = Vec::new();
    for part in json::array(partitions)? {
        let topic = json::text(json::field(part, "topic")?)?;
        let partition = json::int(json::field(part, "partition")?)?;
        let offset = json::long(json::field(part, "offset")?)?;
        wanted.push((TopicPartition::new(topic, partition), offset));
    }
    sorted::sort(&mut wanted);
    let twice = wanted.windows(2).filter_map(|pair| match pair {
        [(one, _), (other, _)] if one == other => Some(one.clone()),
        _ => None,
    });
    let mut twice: Vec<TopicPartition> = twice.collect();
    twice.dedup();
    if !twice.is_empty() {
        let text =
            format!("Offset json file contains duplicate topic partitions: {}", joined(twice, ","));
        return Err(Exception::admin_failed(text));
    }
    Ok(wanted)
}

/// What the leader will answer.
fn low_watermark(job: &Job<'_>, tp: &TopicPartition, offset: i64) -> Result<i64, Exception> {
    if job.cluster.partition(&tp.topic, tp.partition).is_none() {
        return Err(Exception::plain(ErrorCode::UnknownTopicOrPartition));
    }
    let log = job.cluster.log(&tp.topic, tp.partition);
    let log = log.ok_or_else(|| Exception::plain(ErrorCode::LeaderNotAvailable))?;
    let topic = job.cluster.engine.topic(&tp.topic);
    let policy = topic.and_then(|topic| {
        topic.configs.into_iter().find(|config| config.name == "cleanup.policy")?.value
    });
    if policy.is_some_and(|policy| !policy.contains("delete")) {
        return Err(Exception::plain(ErrorCode::PolicyViolation));
    }
    let high_watermark = log.high_watermark();
    match offset {
        -1 => Ok(high_watermark),
        _ if offset < 0 || offset > high_watermark => {
            Err(Exception::plain(ErrorCode::OffsetOutOfRange))
        }
        _ => Ok(offset.max(log.log_start_offset())),
    }
}
