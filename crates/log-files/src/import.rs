//! Files of a broker as topics.

use std::mem;

use bytes::Bytes;
use sorted::SortedMap;

use crate::error::{ImportError, Problem};
use crate::limits::Limits;
use crate::metadata::{parse_log_start_checkpoint, parse_partition_metadata};
use crate::plan::{self, Place, Plan, PlannedFile, Purpose};
use crate::segments::{Recovery, SegmentFile};
use crate::unpack::Unpacker;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Topics by name.
    pub topics: Vec<ImportedTopic>,
    /// What belongs to no partition.
    pub notes: Vec<Note>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedTopic {
    /// Its name.
    pub topic: String,
    /// Its id as Kafka prints it, where a `partition.metadata` tells.
    pub topic_id: Option<String>,
    /// Its partitions by number; there may be gaps.
    pub partitions: Vec<ImportedPartition>,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedPartition {
    /// Its number.
    pub partition: i32,
    /// Where a reader may start: a moved log start, else the first segment's base offset.
    pub log_start_offset: i64,
    /// Its segments, oldest first; at least one.
    pub segments: Vec<ImportedSegment>,
    /// What was left out or cut.
    pub notes: Vec<Note>,
}

impl ImportedPartition {
    /// Records of all segments.
    pub fn records(&self) -> u64 {
        self.segments.iter().map(|segment| segment.records).sum()
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes.len() as u64).sum()
    }

    /// The offset after the last batch.
    pub fn log_end_offset(&self) -> i64 {
        self.segments.last().map_or(self.log_start_offset, |segment| segment.next_offset)
    }
}

/// A segment whose batches have all been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedSegment {
    /// Its base offset.
    pub base_offset: i64,
    /// The offset after its last batch.
    pub next_offset: i64,
    /// Its batches, back to back; shared with what was handed in where that was not compressed.
    pub bytes: Bytes,
    /// How many batches.
    pub batches: u64,
    /// How many records, by the batches' headers.
    pub records: u64,
}

/// What a person should know about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub file: String,
    /// Where in it, in bytes.
    pub position: Option<u64>,
    /// What was done, and why.
    pub text: String,
}

impl Note {
    pub(crate) fn of(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), position: None, text: text.to_owned() }
    }

    pub(crate) fn at(file: &str, position: u64, text: &str) -> Self {
        Self { position: Some(position), ..Self::of(file, text) }
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes unpacked and checked.
    pub done: u64,
    /// Bytes to unpack and check.
    pub total: u64,
    /// Whether all is read.
    pub finished: bool,
}

/// An import under way. It is given up by dropping it; nothing is half imported.
#[derive(Debug)]
pub struct Import {
    /// Files to unpack, the last first.
    files: Vec<PlannedFile>,
    unpacking: Option<(PlannedFile, Unpacker)>,
    segments: SortedMap<Place, Vec<SegmentFile>>,
    recovering: Option<(Place, Recovery)>,
    topic_ids: SortedMap<String, String>,
    log_starts: Vec<(String, i32, i64)>,
    imported: Imported,
    done: u64,
    total: u64,
    failed: Option<ImportError>,
}

impl Import {
    /// Looks at a file that was handed in: a segment, or a zip of partition folders. A segment's
    /// name may have its folder before it (`orders-0/00000000000000000042.log`).
    ///
    /// # Errors
    /// What can be refused without reading the segments (see [`Problem`]).
    pub fn new(name: &str, bytes: Bytes, limits: Limits) -> Result<Self, ImportError> {
        plan::of_file(name, bytes, &limits).map(Self::of_plan)
    }

    /// The same for files of a folder, with their paths in it.
    ///
    /// # Errors
    /// As for [`Import::new`].
    pub fn of_files(
        name: &str,
        files: Vec<(String, Bytes)>,
        limits: Limits,
    ) -> Result<Self, ImportError> {
        plan::of_files(name, files, &limits).map(Self::of_plan)
    }

    fn of_plan(plan: Plan) -> Self {
        let mut files = plan.files;
        // Each byte is unpacked, then checked.
        let total = files.iter().map(|file| file.packed.size().saturating_mul(2)).sum();
        files.reverse();
        Self {
            files,
            unpacking: None,
            segments: SortedMap::new(),
            recovering: None,
            topic_ids: SortedMap::new(),
            log_starts: Vec::new(),
            imported: Imported { topics: Vec::new(), notes: plan.notes },
            done: 0,
            total,
            failed: None,
        }
    }

    /// Reads on for about `budget` bytes, at least one batch or piece.
    ///
    /// # Errors
    /// The import is refused, now and from now on.
    pub fn step(&mut self, budget: u64) -> Result<Progress, ImportError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let outcome = self.step_on(budget.max(1));
        outcome.inspect_err(|error| self.failed = Some(error.clone()))
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let finished = self.files.is_empty()
            && self.unpacking.is_none()
            && self.segments.is_empty()
            && self.recovering.is_none();
        let done = if finished { self.total } else { self.done.min(self.total) };
        Progress { done, total: self.total, finished }
    }

    /// What was found.
    ///
    /// # Errors
    /// The import was refused, or is not at its end.
    pub fn finish(self) -> Result<Imported, ImportError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if !self.progress().finished {
            return Err(ImportError::of("import", Problem::Unfinished));
        }
        Ok(self.imported)
    }

    fn step_on(&mut self, budget: u64) -> Result<Progress, ImportError> {
        let mut left = budget;
        while left > 0 && !self.progress().finished {
            let spent = if !self.files.is_empty() || self.unpacking.is_some() {
                self.unpack(left)?
            } else {
                self.recover(left)?
            };
            self.done = self.done.saturating_add(spent);
            // An empty file costs something, too.
            left = left.saturating_sub(spent.max(64));
        }
        Ok(self.progress())
    }

    fn unpack(&mut self, budget: u64) -> Result<u64, ImportError> {
        let (mut file, mut unpacker) = match self.unpacking.take() {
            Some(under_way) => under_way,
            None => {
                let Some(mut file) = self.files.pop() else { return Ok(0) };
                let nothing = crate::unpack::Packed::Plain { bytes: Bytes::new(), crc: None };
                let packed = mem::replace(&mut file.packed, nothing);
                (file, Unpacker::new(packed))
            }
        };
        let piece = usize::try_from(budget).unwrap_or(usize::MAX);
        let refused = |problem| ImportError::of(&file.path, problem);
        let (spent, whole) = unpacker.step(piece).map_err(refused)?;
        match whole {
            None => self.unpacking = Some((file, unpacker)),
            Some(bytes) => match file.purpose {
                Purpose::Segment { base_offset, swap } => {
                    let path = mem::take(&mut file.path);
                    let segment = SegmentFile { path, base_offset, swap, bytes };
                    self.segments.entry(file.place).or_default().push(segment);
                }
                Purpose::Metadata => {
                    if let Some(id) = parse_partition_metadata(&String::from_utf8_lossy(&bytes)) {
                        self.topic_ids.insert(file.place.0, id);
                    }
                }
                Purpose::LogStarts => {
                    self.log_starts = parse_log_start_checkpoint(&String::from_utf8_lossy(&bytes));
                }
            },
        }
        Ok(spent as u64)
    }

    fn recover(&mut self, budget: u64) -> Result<u64, ImportError> {
        let (place, mut recovery) = match self.recovering.take() {
            Some(under_way) => under_way,
            None => {
                let Some((place, files)) = self.segments.pop_first() else { return Ok(0) };
                (place, Recovery::new(files))
            }
        };
        let (spent, finished) = recovery.step(budget)?;
        if !finished {
            self.recovering = Some((place, recovery));
            return Ok(spent);
        }
        let skipped = recovery.skipped;
        self.keep(place, recovery);
        Ok(spent.saturating_add(skipped))
    }

    fn keep(&mut self, (topic, partition): Place, recovery: Recovery) {
        let segments = recovery.done;
        let first = segments.first().map_or(0, |segment| segment.base_offset);
        let end = segments.last().map_or(first, |segment| segment.next_offset);
        let moved = self.log_starts.iter().find(|start| start.0 == topic && start.1 == partition);
        let log_start_offset = moved.map_or(first, |start| start.2.clamp(first, end));
        let found =
            ImportedPartition { partition, log_start_offset, segments, notes: recovery.notes };
        match self.imported.topics.last_mut().filter(|last| last.topic == topic) {
            Some(known) => known.partitions.push(found),
            None => {
                let topic_id = self.topic_ids.get(&topic).cloned();
                self.imported.topics.push(ImportedTopic {
                    topic,
                    topic_id,
                    partitions: vec![found],
                });
            }
        }
    }
}
