//! `ottla export` and `ottla import`.

use crate::{Failure, files, run};
use log_engine::Command;
use log_engine::command::{Blob, ImportedPartition, ImportedSegment};
use log_engine::view::LaneWindow;
use log_files::{ExportPartition, Imported, ImportedTopic};
use scenario::{Document, Player, file};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// What `ottla export` takes.
#[derive(clap::Args)]
pub struct ExportArguments {
    /// A file (- is standard input), a link, or a built-in document as gallery:NAME.
    document: String,
    /// How far to play, since the start: 60s, 5m, 2h, 7d. Left out: where the document opens, else 60s.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    until: Option<Duration>,
    /// Where to: a folder, or a file that ends in .zip.
    #[arg(long, value_name = "DIR|ZIP")]
    to: PathBuf,
    /// Only this topic.
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Only this partition of it.
    #[arg(long, value_name = "N", requires = "topic")]
    partition: Option<i32>,
}

/// What `ottla import` takes.
#[derive(clap::Args)]
pub struct ImportArguments {
    /// A segment's .log, a partition's folder, a folder of such, or a zip.
    path: PathBuf,
    /// Prints a document with the topics in it instead of what was found.
    #[arg(long)]
    document: bool,
}

/// Plays and writes.
pub fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let player = run::played_until(&arguments.document, arguments.until)?;
    let partitions = chosen(&player, arguments);
    let count = partitions.len();
    let is_zip = arguments.to.extension().is_some_and(|end| end == "zip");
    let mut out = std::io::stdout().lock();
    let to = arguments.to.display();
    if is_zip {
        let bytes = files::write_zip(partitions, &arguments.to)?;
        writeln!(out, "{count} partitions in {to}, {bytes} bytes")?;
    } else {
        let written = files::write_files(partitions, &arguments.to)?;
        writeln!(out, "{count} partitions in {to}, {written} files")?;
    }
    Ok(())
}

fn chosen(player: &Player, arguments: &ExportArguments) -> Vec<ExportPartition> {
    let engine = player.engine();
    let mut partitions = Vec::new();
    for topic in engine.cluster().topics {
        if arguments.topic.as_ref().is_some_and(|only| *only != topic.name) {
            continue;
        }
        for number in 0..topic.partitions {
            if arguments.partition.is_some_and(|only| only != number) {
                continue;
            }
            let Some(lane) = engine.lane(&topic.name, number, LaneWindow::Tail(0)) else {
                continue;
            };
            let files = engine.partition_files(&topic.name, number);
            partitions.push(ExportPartition::of_files(&topic.name, number, files, lane.log_start));
        }
    }
    partitions
}

/// Reads and tells.
pub fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let imported = files::read(&arguments.path)?;
    let mut out = std::io::stdout().lock();
    if arguments.document {
        for note in notes(&imported) {
            eprintln!("{note}");
        }
        write!(out, "{}", file::encode(&document(imported))?)?;
        return Ok(());
    }
    for topic in &imported.topics {
        for partition in &topic.partitions {
            writeln!(
                out,
                "{}-{}: offsets {} to {}, {} records in {} segments, {} bytes",
                topic.topic,
                partition.partition,
                partition.log_start_offset,
                partition.log_end_offset(),
                partition.records(),
                partition.segments.len(),
                partition.bytes()
            )?;
        }
    }
    for note in notes(&imported) {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn notes(imported: &Imported) -> Vec<String> {
    let partitions = imported.topics.iter().flat_map(|topic| &topic.partitions);
    let all = imported.notes.iter().chain(partitions.flat_map(|partition| &partition.notes));
    all.map(|note| match note.position {
        Some(position) => format!("{} at byte {position}: {}", note.file, note.text),
        None => format!("{}: {}", note.file, note.text),
    })
    .collect()
}

/// A cluster with these topics, set to keep what was imported, however old it is.
fn document(imported: Imported) -> Document {
    let names: Vec<String> = imported.topics.iter().map(|topic| topic.topic.clone()).collect();
    Document {
        title: format!("Imported: {}", names.join(", ")),
        setup: imported.topics.into_iter().flat_map(commands).collect(),
        ..Document::default()
    }
}

fn commands(topic: ImportedTopic) -> Vec<Command> {
    let count = topic.partitions.last().map_or(0, |last| last.partition.saturating_add(1));
    let count = usize::try_from(count).unwrap_or(0);
    let mut partitions = vec![ImportedPartition::default(); count];
    let mut moved_starts = Vec::new();
    for found in topic.partitions {
        let first = found.segments.first().map_or(0, |segment| segment.base_offset);
        if found.log_start_offset > first {
            moved_starts.push(log_engine::command::PartitionOffset {
                partition: found.partition,
                offset: found.log_start_offset,
            });
        }
        let place = usize::try_from(found.partition).ok().and_then(|n| partitions.get_mut(n));
        let Some(place) = place else { continue };
        place.segments = found
            .segments
            .into_iter()
            .map(|s| ImportedSegment { base_offset: s.base_offset, log: Blob::new(s.bytes) })
            .collect();
    }
    let keep = ("retention.ms".to_owned(), "-1".to_owned());
    let mut commands = vec![Command::ImportTopic {
        topic: topic.topic.clone(),
        configs: BTreeMap::from([keep]),
        partitions,
    }];
    if !moved_starts.is_empty() {
        commands.push(Command::DeleteRecords { topic: topic.topic, partitions: moved_starts });
    }
    commands
}
