//! Partitions as the folders a broker has, in a zip or file by file.

use bytes::Bytes;
use kafka_log::Log;
use kafka_log::files::{FileKind, PARTITION_METADATA, partition_metadata};

use crate::error::ExportError;
use crate::metadata::log_start_checkpoint;
use crate::names::{FileRole, LOG_START_CHECKPOINT, file_role};
use crate::zip_writer::{Directory, END_BYTES, overhead};

/// A partition to export.
#[derive(Clone, Debug)]
pub struct ExportPartition {
    topic: String,
    partition: i32,
    contents: Contents,
}

#[derive(Clone, Debug)]
enum Contents {
    Log { log: Box<Log>, topic_id: Option<String> },
    Files { files: Vec<(String, Bytes)>, log_start_offset: i64 },
}

impl ExportPartition {
    /// The partition as a broker leaves it on disk that stops in order: with the time index's last
    /// entry and a snapshot of producer state at the log's end. It shares its batches with `log`,
    /// and a file's bytes are put together when they are drawn. Without a topic id, as Kafka
    /// prints it, there is no `partition.metadata`; a broker then adopts the topic's.
    pub fn new(topic: &str, partition: i32, topic_id: Option<&str>, log: &Log) -> Self {
        let topic_id = topic_id.map(str::to_owned);
        let contents = Contents::Log { log: Box::new(log.stopped()), topic_id };
        Self { topic: topic.to_owned(), partition, contents }
    }

    /// The partition by its files, names without a folder, and its log start offset.
    pub fn of_files(
        topic: &str,
        partition: i32,
        files: Vec<(String, Bytes)>,
        log_start_offset: i64,
    ) -> Self {
        let contents = Contents::Files { files, log_start_offset };
        Self { topic: topic.to_owned(), partition, contents }
    }

    /// The folder's name.
    pub fn folder(&self) -> String {
        format!("{}-{}", self.topic, self.partition)
    }

    /// The files of the folder.
    pub fn files(&self) -> Vec<ExportFile> {
        let folder = self.folder();
        let path = |name: &str| format!("{folder}/{name}");
        let (log, topic_id) = match &self.contents {
            Contents::Log { log, topic_id } => (log, topic_id),
            Contents::Files { files, .. } => {
                let ready =
                    |(name, bytes): &(String, Bytes)| ExportFile::ready(path(name), bytes.clone());
                return files.iter().map(ready).collect();
            }
        };
        let of_log = |file: kafka_log::files::LogFile| ExportFile {
            path: path(&file.name),
            bytes: file.size,
            source: Source::Log(file.offset, file.kind),
        };
        let mut files: Vec<ExportFile> = log.files().into_iter().map(of_log).collect();
        if let Some(topic_id) = topic_id {
            let text = partition_metadata(topic_id);
            files.push(ExportFile::ready(path(PARTITION_METADATA), text.into()));
        }
        files
    }

    /// The bytes of one of [`files`](Self::files).
    pub fn bytes_of(&self, file: &ExportFile) -> Bytes {
        match (&file.source, &self.contents) {
            (Source::Ready(bytes), _) => bytes.clone(),
            (Source::Log(offset, kind), Contents::Log { log, .. }) => {
                log.file_bytes(*offset, *kind).unwrap_or_default().into()
            }
            (Source::Log(..), Contents::Files { .. }) => Bytes::new(),
        }
    }

    fn moved_start(&self) -> Option<(String, i32, i64)> {
        let (first, start) = match &self.contents {
            Contents::Log { log, .. } => {
                let first = log.segment_info(0).map(|segment| segment.base_offset);
                (first, log.log_start_offset())
            }
            Contents::Files { files, log_start_offset } => {
                let bases = files.iter().filter_map(|(name, _)| match file_role(name) {
                    FileRole::Segment(base) => Some(base),
                    _ => None,
                });
                (bases.min(), *log_start_offset)
            }
        };
        (first < Some(start)).then(|| (self.topic.clone(), self.partition, start))
    }
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Folder and name, as in `orders-0/00000000000000000000.log`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Log(i64, FileKind),
    Ready(Bytes),
}

impl ExportFile {
    fn ready(path: String, bytes: Bytes) -> Self {
        Self { path, bytes: bytes.len() as u64, source: Source::Ready(bytes) }
    }
}

/// A zip of partition folders, drawn chunk by chunk: each chunk is a new buffer that can be handed
/// on, so beside the logs themselves at most the largest file is in memory. The same logs give the
/// same bytes.
///
/// Where DeleteRecords has moved a log's start into a segment, `log-start-offset-checkpoint`
/// stands beside the folders, as in a broker's log directory.
#[derive(Debug)]
pub struct Export {
    partitions: Vec<ExportPartition>,
    /// Files to come, the last first, each with its partition.
    files: Vec<(usize, ExportFile)>,
    pending: Option<Bytes>,
    directory: Option<Directory>,
    total: u64,
    written: u64,
}

impl Export {
    /// # Errors
    /// There are no partitions, or more than a plain zip can hold.
    pub fn new(mut partitions: Vec<ExportPartition>) -> Result<Self, ExportError> {
        if partitions.is_empty() {
            return Err(ExportError::Nothing);
        }
        sorted::sort_by(&mut partitions, |a, b| {
            (&a.topic, a.partition).cmp(&(&b.topic, b.partition))
        });
        let mut files = Vec::new();
        for (index, partition) in partitions.iter().enumerate() {
            files.extend(partition.files().into_iter().map(|file| (index, file)));
        }
        let starts: Vec<_> = partitions.iter().filter_map(ExportPartition::moved_start).collect();
        if !starts.is_empty() {
            let text = log_start_checkpoint(&starts);
            files.push((0, ExportFile::ready(LOG_START_CHECKPOINT.to_owned(), text.into())));
        }
        let sizes = files.iter().map(|(_, file)| file.bytes + overhead(&file.path));
        let total = sizes.sum::<u64>() + END_BYTES;
        if total > u64::from(u32::MAX) {
            return Err(ExportError::TooLarge(total));
        }
        if files.len() > usize::from(u16::MAX) {
            return Err(ExportError::TooManyFiles(files.len() as u64));
        }
        files.reverse();
        let directory = Some(Directory::default());
        Ok(Self { partitions, files, pending: None, directory, total, written: 0 })
    }

    /// Bytes of the whole zip.
    pub fn total_bytes(&self) -> u64 {
        self.total
    }

    /// Bytes drawn so far.
    pub fn written_bytes(&self) -> u64 {
        self.written
    }

    /// Every file, for who writes folders instead of a zip.
    pub fn into_files(mut self) -> impl Iterator<Item = (String, Bytes)> {
        std::iter::from_fn(move || {
            let (index, file) = self.files.pop()?;
            let bytes = self.partitions.get(index)?.bytes_of(&file);
            Some((file.path, bytes))
        })
    }
}

impl Iterator for Export {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let chunk = match self.pending.take() {
            Some(bytes) => bytes,
            None => match self.files.pop() {
                Some((index, file)) => {
                    let bytes = self.partitions.get(index)?.bytes_of(&file);
                    let header = self.directory.as_mut()?.add(&file.path, &bytes)?;
                    self.pending = Some(bytes);
                    header.into()
                }
                None => self.directory.take()?.end()?.into(),
            },
        };
        self.written += chunk.len() as u64;
        Some(chunk)
    }
}
