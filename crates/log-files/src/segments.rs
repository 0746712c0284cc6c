//! One partition's segments, read through as a broker's recovery does (`LogLoader`,
//! `LogSegment.recover`): every batch's length, magic, CRC and offsets are checked. At the first
//! bad batch the log is cut, and later segments are left out.

use bytes::Bytes;
use kafka_log::batch::{Batch, BatchError, batches};
use kafka_log::log::{is_cut, read_batch};

use crate::error::{ImportError, Problem};
use crate::import::{ImportedSegment, Note};

/// A segment's file, whole.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    pub(crate) path: String,
    pub(crate) base_offset: Option<i64>,
    pub(crate) swap: bool,
    pub(crate) bytes: Bytes,
}

/// Segments being read through, oldest first.
#[derive(Debug)]
pub(crate) struct Recovery {
    /// Those to come, the last first.
    waiting: Vec<SegmentFile>,
    current: Option<Scan>,
    next_offset: Option<i64>,
    pub(crate) done: Vec<ImportedSegment>,
    pub(crate) notes: Vec<Note>,
    /// Bytes that were not read and never will be.
    pub(crate) skipped: u64,
}

#[derive(Debug)]
struct Scan {
    file: SegmentFile,
    rest: Bytes,
    base_offset: i64,
    position: u64,
    batch_count: u64,
    record_count: u64,
    next_offset: i64,
}

impl Recovery {
    pub(crate) fn new(mut files: Vec<SegmentFile>) -> Self {
        let mut notes = Vec::new();
        sorted::sort_by_key(&mut files, |file| (file.base_offset, !file.swap));
        let skipped = finish_swaps(&mut files, &mut notes);
        files.reverse();
        Self { waiting: files, current: None, next_offset: None, done: Vec::new(), notes, skipped }
    }

    /// Reads up to `budget` bytes (a batch is read whole). Returns how many, and whether all is
    /// read.
    pub(crate) fn step(&mut self, budget: u64) -> Result<(u64, bool), ImportError> {
        let mut spent = 0;
        while spent < budget {
            let Some(mut scan) = self.current.take() else {
                let Some(file) = self.waiting.pop() else { return Ok((spent, true)) };
                self.current = self.open(file)?;
                continue;
            };
            if scan.rest.is_empty() {
                self.close(scan);
                continue;
            }
            match read_batch(&scan.rest) {
                Ok(batch) => {
                    scan.take(&batch, self.next_offset)?;
                    spent += u64::from(batch.size_in_bytes());
                    self.current = Some(scan);
                }
                Err(error) => self.cut(scan, &error)?,
            }
        }
        Ok((spent, self.current.is_none() && self.waiting.is_empty()))
    }

    fn open(&mut self, file: SegmentFile) -> Result<Option<Scan>, ImportError> {
        let base_offset = match file.base_offset {
            Some(base) => base,
            // A file named otherwise starts where its first batch does.
            None => match read_batch(&file.bytes) {
                Ok(first) => first.base_offset(),
                Err(error) => return Err(ImportError::at(&file.path, 0, problem_of(&error))),
            },
        };
        let next_offset = self.next_offset.unwrap_or(0);
        if base_offset < next_offset {
            let problem =
                Problem::OutOfOrder { found: base_offset, previous: next_offset.saturating_sub(1) };
            return Err(ImportError::of(&file.path, problem));
        }
        let rest = file.bytes.clone();
        Ok(Some(Scan {
            file,
            rest,
            base_offset,
            position: 0,
            batch_count: 0,
            record_count: 0,
            next_offset: base_offset,
        }))
    }

    fn close(&mut self, scan: Scan) {
        let length = usize::try_from(scan.position).unwrap_or(usize::MAX);
        let bytes = scan.file.bytes.slice(..length.min(scan.file.bytes.len()));
        self.next_offset = Some(scan.next_offset);
        self.done.push(ImportedSegment {
            base_offset: scan.base_offset,
            next_offset: scan.next_offset,
            bytes,
            batches: scan.batch_count,
            records: scan.record_count,
        });
    }

    /// Cuts the log at a batch that cannot be read, as a broker does that starts again.
    fn cut(&mut self, scan: Scan, error: &BatchError) -> Result<(), ImportError> {
        let nothing_before = self.done.iter().all(|segment| segment.batches == 0);
        if !is_cut(error) || (scan.batch_count == 0 && nothing_before) {
            return Err(ImportError::at(&scan.file.path, scan.position, problem_of(error)));
        }
        let rest = (scan.file.bytes.len() as u64).saturating_sub(scan.position);
        let text = format!(
            "cut here, as a broker does when it recovers: {error}; {rest} bytes are left out, the \
             log ends at offset {}",
            scan.next_offset
        );
        self.notes.push(Note::at(&scan.file.path, scan.position, &text));
        self.skipped += rest;
        self.close(scan);
        while let Some(later) = self.waiting.pop() {
            self.skipped += later.bytes.len() as u64;
            self.notes.push(Note::of(&later.path, "left out: the log was cut before it"));
        }
        Ok(())
    }
}

impl Scan {
    fn take(&mut self, batch: &Batch, log_end: Option<i64>) -> Result<(), ImportError> {
        let (first, last) = (batch.base_offset(), batch.last_offset());
        let relative = last.checked_sub(self.base_offset);
        if !relative.is_some_and(|delta| (0..=i64::from(i32::MAX)).contains(&delta)) {
            let problem = Problem::OutOfSegment { found: last, base: self.base_offset };
            return Err(ImportError::at(&self.file.path, self.position, problem));
        }
        let end = if self.batch_count > 0 { Some(self.next_offset) } else { log_end };
        if let Some(end) = end.filter(|end| first < *end) {
            let problem = Problem::OutOfOrder { found: first, previous: end.saturating_sub(1) };
            return Err(ImportError::at(&self.file.path, self.position, problem));
        }
        self.position += u64::from(batch.size_in_bytes());
        let size = usize::try_from(batch.size_in_bytes()).unwrap_or(usize::MAX);
        self.rest = self.rest.slice(size.min(self.rest.len())..);
        self.batch_count += 1;
        self.record_count += u64::from(batch.count().unsigned_abs());
        self.next_offset = last.saturating_add(1);
        Ok(())
    }
}

fn problem_of(error: &BatchError) -> Problem {
    match error {
        BatchError::Magic(magic @ (0 | 1)) => Problem::OldFormat(*magic),
        cut if is_cut(cut) => Problem::NotALog(cut.to_string()),
        other => Problem::BadBatch(other.to_string()),
    }
}

/// A broker that stopped in the middle of a cleaning has finished segments with `.swap` at their
/// end: they take the place of all segments from the first of them to where the last one ends
/// (`LogLoader.load`). Returns the bytes left out.
fn finish_swaps(files: &mut Vec<SegmentFile>, notes: &mut Vec<Note>) -> u64 {
    let swaps = files.iter().filter(|file| file.swap);
    let first = swaps.clone().filter_map(|file| file.base_offset).min();
    let end = swaps.filter_map(|file| batches(file.bytes.clone()).flatten().last()).last();
    let (Some(first), Some(end)) = (first, end.map(|batch| batch.next_offset())) else { return 0 };
    let mut skipped = 0;
    files.retain(|file| {
        let replaced =
            !file.swap && file.base_offset.is_some_and(|base| base >= first && base < end);
        if replaced {
            skipped += file.bytes.len() as u64;
            notes.push(Note::of(&file.path, "left out: a finished cleaning has replaced it"));
        } else if file.swap {
            notes.push(Note::of(&file.path, "put in place: a cleaning had finished it"));
        }
        !replaced
    });
    skipped
}
