//! `ottla export` and `ottla import`: folders and zips as a broker has them.

use bytes::Bytes;
use kafka_log::{Log, LogConfig};
use log_files::{
    Export, ExportPartition, Import, ImportError, Imported, ImportedPartition, Limits,
};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes read between two looks at the clock; a terminal needs none.
const STEP_BYTES: u64 = 64 << 20;

/// Why files could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The disk says no.
    #[error("{path}: {error}")]
    Disk { path: PathBuf, error: std::io::Error },
    /// They are no log.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Nothing can be exported.
    #[error(transparent)]
    Export(#[from] log_files::ExportError),
    /// A segment that passed every check is refused by the log.
    #[error("the log refuses what was read: {0}")]
    Log(String),
}

/// Writes a zip of the partitions' folders and returns its length.
pub fn write_zip(partitions: Vec<ExportPartition>, path: &Path) -> Result<u64, FilesError> {
    let export = Export::new(partitions)?;
    let total = export.total_bytes();
    let mut file = std::fs::File::create(path).map_err(on_disk(path))?;
    for chunk in export {
        file.write_all(&chunk).map_err(on_disk(path))?;
    }
    Ok(total)
}

fn on_disk(path: &Path) -> impl FnOnce(std::io::Error) -> FilesError {
    let path = path.to_owned();
    |error| FilesError::Disk { path, error }
}

/// Reads a .log, a zip, a partition's folder or a folder of such.
pub fn read(path: &Path) -> Result<Imported, FilesError> {
    let limits = Limits::default();
    let mut import = if path.is_dir() {
        let mut files = Vec::new();
        collect(path, &folder_name(path), &mut files)?;
        Import::of_files(&path.display().to_string(), files, limits)?
    } else {
        let bytes = std::fs::read(path).map_err(on_disk(path))?;
        // A segment's folder says which partition it is of.
        let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = [folder.map(|f| f.into_owned()), file].into_iter().flatten();
        Import::new(&name.collect::<Vec<_>>().join("/"), bytes.into(), limits)?
    };
    while !import.step(STEP_BYTES)?.finished {}
    Ok(import.finish()?)
}

fn folder_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn collect(folder: &Path, name: &str, files: &mut Vec<(String, Bytes)>) -> Result<(), FilesError> {
    let listed = std::fs::read_dir(folder).map_err(on_disk(folder))?;
    let mut entries: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{name}/{}", folder_name(&path));
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            files.push((name, std::fs::read(&path).map_err(on_disk(&path))?.into()));
        }
    }
    Ok(())
}

/// The log that a broker makes of an imported partition.
pub fn log_of(
    partition: &ImportedPartition,
    config: LogConfig,
    now_ms: i64,
) -> Result<Log, FilesError> {
    let files: Vec<kafka_log::log::SegmentFile> = partition
        .segments
        .iter()
        .map(|s| kafka_log::log::SegmentFile { base_offset: s.base_offset, bytes: s.bytes.clone() })
        .collect();
    let (mut log, _cut) = Log::recovered(config, &files, now_ms)
        .map_err(|error| FilesError::Log(error.to_string()))?;
    log.update_high_watermark(log.log_end_offset());
    let moved = log.increment_log_start_offset(partition.log_start_offset);
    moved.map_err(|error| FilesError::Log(error.to_string()))?;
    Ok(log)
}

/// Writes a partition's folder below `dir` and returns how many files it has.
pub fn write_folder(log: &Log, dir: &Path, topic: &str, partition: i32) -> Result<u64, FilesError> {
    write_files(vec![ExportPartition::new(topic, partition, None, log)], dir)
}

/// Writes the partitions' folders below `dir` and returns how many files that makes.
pub fn write_files(partitions: Vec<ExportPartition>, dir: &Path) -> Result<u64, FilesError> {
    let mut count = 0;
    for (path, bytes) in Export::new(partitions)?.into_files() {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(on_disk(folder))?;
        }
        std::fs::write(&path, bytes).map_err(on_disk(&path))?;
        count += 1;
    }
    Ok(count)
}
