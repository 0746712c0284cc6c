//! Reassignments as JSON: the plan that is read, the assignment that is printed.

use super::{Job, joined};
use crate::address;
use crate::exception::{Exception, Stop};
use crate::json;
use log_engine::{BrokerId, TopicPartition};
use sorted::SortedMap;

/// Partitions with the replicas they are to have, in order.
pub(super) type Targets = SortedMap<TopicPartition, Vec<i32>>;

/// `parsePartitionReassignmentData`; `log_dirs` other than `any` are read and left alone.
pub(super) fn targets(job: &Job<'_>) -> Result<(Targets, Vec<TopicPartition>), Stop> {
    let document = json::document(&job.file("reassignment-json-file")?)?;
    let mut targets = Targets::new();
    let mut twice = Vec::new();
    let none = Vec::new();
    let partitions = document.get("partitions").map_or(Ok(&none), json::array)?;
    for part in partitions {
        let topic = json::text(json::field(part, "topic")?)?;
        let tp = TopicPartition::new(topic, json::int(json::field(part, "partition")?)?);
        let replicas: Result<Vec<i32>, Exception> =
            json::array(json::field(part, "replicas")?)?.iter().map(json::int).collect();
        let replicas = replicas?;
        if let Some(dirs) = part.get("log_dirs") {
            let dirs: Result<Vec<&str>, Exception> =
                json::array(dirs)?.iter().map(json::text).collect();
            let dirs = dirs?;
            if dirs.len() != replicas.len() {
                let text = format!(
                    "Size of replicas list [{}] is different from size of log dirs list [{}] for \
                     partition {tp}",
                    joined(replicas, ", "),
                    dirs.join(", ")
                );
                return Err(Exception::admin_failed(text).into());
            }
        }
        if targets.insert(tp.clone(), replicas).is_some() {
            twice.push(tp);
        }
    }
    Ok((targets, twice))
}

/// `formatAsReassignmentJson`.
pub(super) fn assignment_json(targets: &Targets, with_dirs: bool) -> String {
    let part = |(tp, replicas): (&TopicPartition, &Vec<i32>)| {
        let dirs = replicas.iter().map(|id| match with_dirs {
            true => format!("\"{}\"", address::log_dir(BrokerId(*id))),
            false => "\"any\"".to_owned(),
        });
        format!(
            "{{\"topic\":\"{}\",\"partition\":{},\"replicas\":[{}],\"log_dirs\":[{}]}}",
            tp.topic,
            tp.partition,
            joined(replicas, ","),
            joined(dirs, ",")
        )
    };
    format!("{{\"version\":1,\"partitions\":[{}]}}", joined(targets.iter().map(part), ","))
}

/// `parseExecuteAssignmentArgs`.
pub(super) fn check_targets(targets: &Targets, twice: &[TopicPartition]) -> Result<(), Exception> {
    if targets.keys().next().is_none() {
        return Err(Exception::admin_failed("Partition reassignment list cannot be empty"));
    }
    if targets.values().any(Vec::is_empty) {
        return Err(Exception::admin_failed("Partition replica list cannot be empty"));
    }
    if !twice.is_empty() {
        let text = format!(
            "Partition reassignment contains duplicate topic partitions: {}",
            joined(twice, ",")
        );
        return Err(Exception::admin_failed(text));
    }
    let repeated: Vec<String> = targets
        .iter()
        .map(|(tp, replicas)| (tp, duplicates(replicas)))
        .filter(|(_, twice)| !twice.is_empty())
        .map(|(tp, twice)| format!("{tp} contains multiple entries for {}", joined(twice, ",")))
        .collect();
    if !repeated.is_empty() {
        let text = format!(
            "Partition replica lists may not contain duplicate entries: {}",
            repeated.join(". ")
        );
        return Err(Exception::admin_failed(text));
    }
    Ok(())
}

/// What is there more than once.
pub(super) fn duplicates<T: PartialEq + Clone>(items: &[T]) -> Vec<T> {
    let mut twice: Vec<T> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if items.iter().take(at).any(|before| before == item) && !twice.contains(item) {
            twice.push(item.clone());
        }
    }
    twice
}
