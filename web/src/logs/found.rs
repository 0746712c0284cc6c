//! What was found in a file that was handed in, and the commands that make topics of it.

use crate::panels::text::plural;
use crate::session::Session;
use crate::ui::text::{bytes, number, range};
use log_engine::command::{Blob, ImportedPartition, ImportedSegment, PartitionOffset};
use log_engine::{Command, CommandError, Configs};
use log_files::{Imported, Note};

/// Topics that could be made.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The file.
    pub file: String,
    /// By name.
    pub topics: Vec<FoundTopic>,
    /// What was cut or left out, one line each.
    pub notes: Vec<String>,
}

/// A topic.
#[derive(Debug, Clone, Default)]
pub struct FoundTopic {
    /// The name its folders have.
    pub name: String,
    /// What is in it, one line a partition.
    pub lines: Vec<String>,
    /// All partitions from 0; those without a folder are empty.
    partitions: Vec<ImportedPartition>,
    /// Where DeleteRecords had moved a log's start to.
    starts: Vec<PartitionOffset>,
}

/// Index of a topic and of a partition in it, of all there are.
pub(super) fn places(imported: &Imported) -> Vec<(usize, usize)> {
    let topics = imported.topics.iter().enumerate();
    topics
        .flat_map(|(at, topic)| (0..topic.partitions.len()).map(move |partition| (at, partition)))
        .collect()
}

impl Found {
    /// The topics, still without partitions.
    pub(super) fn new(file: &str, imported: &Imported) -> Self {
        let topic = |topic: &log_files::ImportedTopic| FoundTopic {
            name: topic.topic.clone(),
            ..FoundTopic::default()
        };
        Self {
            file: file.to_owned(),
            topics: imported.topics.iter().map(topic).collect(),
            notes: imported.notes.iter().map(words).collect(),
        }
    }

    /// Takes in one of [`places`].
    pub(super) fn add(&mut self, imported: &Imported, topic: usize, partition: usize) {
        let from = imported.topics.get(topic).and_then(|topic| topic.partitions.get(partition));
        let (Some(from), Some(to)) = (from, self.topics.get_mut(topic)) else { return };
        let at = usize::try_from(from.partition).unwrap_or(0);
        if to.partitions.len() <= at {
            let missing = to.partitions.len()..at;
            self.notes.extend(missing.map(|missing| {
                format!("{}-{missing} is not in the file: the partition will be empty.", to.name)
            }));
            to.partitions.resize_with(at + 1, ImportedPartition::default);
        }
        let segment = |segment: &log_files::ImportedSegment| ImportedSegment {
            base_offset: segment.base_offset,
            log: Blob::new(segment.bytes.clone()),
        };
        let segments: Vec<ImportedSegment> = from.segments.iter().map(segment).collect();
        let first = segments.first().map_or(0, |segment| segment.base_offset);
        if from.log_start_offset > first {
            let offset = from.log_start_offset;
            to.starts.push(PartitionOffset { partition: from.partition, offset });
        }
        let offsets = match from.log_end_offset() {
            end if end > from.log_start_offset => range(from.log_start_offset, end - 1),
            end => number(end),
        };
        to.lines.push(format!(
            "P{}: {}, offsets {offsets}, {} in {}",
            from.partition,
            plural(count(from.records()), "record", "records"),
            bytes(count(from.bytes())),
            plural(count(from.segments.len() as u64), "segment", "segments"),
        ));
        if let Some(place) = to.partitions.get_mut(at) {
            *place = ImportedPartition { segments };
        }
        self.notes.extend(from.notes.iter().map(words));
    }
}

fn words(note: &Note) -> String {
    match note.position {
        Some(at) => format!("{} at byte {}: {}", note.file, number(count(at)), note.text),
        None => format!("{}: {}", note.file, note.text),
    }
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Makes the topics under these names, all or none. `keep_all` lets retention delete nothing of them.
///
/// # Errors
/// Which one was refused, and why; then none is made.
pub fn import(
    session: Session,
    found: &Found,
    names: &[String],
    keep_all: bool,
) -> Result<(), (usize, CommandError)> {
    let mut done = 0;
    let mut send = |index: usize, command: Command| match session.apply(command) {
        Ok(_) => {
            done += 1;
            Ok(())
        }
        Err(error) => {
            for _ in 0..done {
                session.undo();
            }
            Err((index, error))
        }
    };
    for (index, (topic, name)) in found.topics.iter().zip(names).enumerate() {
        let mut configs = Configs::new();
        if keep_all {
            configs.insert("retention.ms".to_owned(), "-1".to_owned());
        }
        let partitions = topic.partitions.clone();
        send(index, Command::ImportTopic { topic: name.clone(), configs, partitions })?;
        if !topic.starts.is_empty() {
            let partitions = topic.starts.clone();
            send(index, Command::DeleteRecords { topic: name.clone(), partitions })?;
        }
    }
    Ok(())
}
