//! What there is to read: every check that needs no file's contents.

use bytes::Bytes;
use rawzip::{CompressionMethod, ZipArchive};
use sorted::SortedMap;

use crate::error::{ImportError, Problem};
use crate::import::Note;
use crate::limits::{Limits, TEXT_FILE_BYTES};
use crate::names::{FileRole, LOG_START_CHECKPOINT, file_role, is_topic_name, parse_folder_name};
use crate::unpack::Packed;

/// A partition's place.
pub(crate) type Place = (String, i32);

/// What a planned file is read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A segment; without a base offset its first batch has it.
    Segment { base_offset: Option<i64>, swap: bool },
    /// `partition.metadata`.
    Metadata,
    /// `log-start-offset-checkpoint`.
    LogStarts,
}

/// A file to be read.
#[derive(Debug)]
pub(crate) struct PlannedFile {
    pub(crate) path: String,
    pub(crate) place: Place,
    pub(crate) purpose: Purpose,
    pub(crate) packed: Packed,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) files: Vec<PlannedFile>,
    pub(crate) notes: Vec<Note>,
}

/// A file as it is handed in.
struct Entry {
    path: String,
    packed: Packed,
}

/// Plans what was handed in: a zip, or a bare segment.
pub(crate) fn of_file(name: &str, bytes: Bytes, limits: &Limits) -> Result<Plan, ImportError> {
    if bytes.is_empty() {
        return Err(ImportError::of(name, Problem::Empty));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return of_entries(name, zip_entries(name, &bytes, limits)?, limits);
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    let (file, folders) = parts.split_last().unwrap_or((&name, &[]));
    if ![".log", ".log.swap", ".log.deleted"].iter().any(|end| file.ends_with(end))
        && !looks_like_a_batch(&bytes)
    {
        return Err(ImportError::of(name, Problem::Unknown));
    }
    check_total(name, bytes.len() as u64, limits)?;
    let base_offset = match file_role(file) {
        FileRole::Segment(base) | FileRole::Swap(base) => Some(base),
        _ => None,
    };
    let place = match folders.last().and_then(|folder| parse_folder_name(folder)) {
        Some(folder) => checked_place(name, folder.topic, folder.partition, limits)?,
        None => (topic_from(file), 0),
    };
    let purpose = Purpose::Segment { base_offset, swap: false };
    let packed = Packed::Plain { bytes, crc: None };
    let file = PlannedFile { path: name.to_owned(), place, purpose, packed };
    Ok(Plan { files: vec![file], notes: Vec::new() })
}

/// Plans a list of files with their paths.
pub(crate) fn of_files(
    name: &str,
    files: Vec<(String, Bytes)>,
    limits: &Limits,
) -> Result<Plan, ImportError> {
    let entry = |(path, bytes)| Entry { path, packed: Packed::Plain { bytes, crc: None } };
    of_entries(name, files.into_iter().map(entry).collect(), limits)
}

/// Magic 2 where a batch has it, or an older format's.
fn looks_like_a_batch(bytes: &[u8]) -> bool {
    bytes.len() >= 61 && bytes.get(16).is_some_and(|magic| *magic <= 2)
}

/// A topic name from a file's: "orders.log" is "orders", and a segment's digits say nothing.
fn topic_from(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or_default();
    let is_number = stem.bytes().all(|byte| byte.is_ascii_digit());
    let topic = if is_number || !is_topic_name(stem) { "imported" } else { stem };
    topic.to_owned()
}

fn zip_entries(name: &str, bytes: &Bytes, limits: &Limits) -> Result<Vec<Entry>, ImportError> {
    let broken = |error: rawzip::Error| ImportError::of(name, Problem::Zip(error.to_string()));
    let archive = ZipArchive::from_slice(bytes.as_ref()).map_err(broken)?;
    let too_many = |found| Problem::TooManyEntries { found, most: limits.entries };
    if archive.entries_hint() > limits.entries {
        return Err(ImportError::of(name, too_many(archive.entries_hint())));
    }
    let mut entries = Vec::new();
    let mut ranges: Vec<(u64, u64, String)> = Vec::new();
    let mut listed = archive.entries();
    let mut count = 0_u64;
    while let Some(entry) = listed.next_entry().map_err(broken)? {
        count += 1;
        if count > limits.entries {
            return Err(ImportError::of(name, too_many(count)));
        }
        let path = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
        check_path(&path)?;
        if entry.is_dir() || is_of_no_use(&path) {
            continue;
        }
        let refuse = |problem| Err(ImportError::of(&path, problem));
        if entry.flags().is_encrypted() {
            return refuse(Problem::Encrypted);
        }
        let found = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        let range = found.compressed_data_range();
        ranges.push((range.0, range.1, path.clone()));
        let slice = bytes.slice_ref(found.data());
        let (size, crc) = (entry.uncompressed_size_hint(), entry.crc32());
        let packed = match entry.compression_method() {
            CompressionMethod::STORE if slice.len() as u64 == size => {
                Packed::Plain { bytes: slice, crc: Some(crc) }
            }
            CompressionMethod::STORE => return refuse(Problem::Damaged("its sizes differ")),
            CompressionMethod::DEFLATE => Packed::Deflated { bytes: slice, size, crc },
            other => return refuse(Problem::Method(other.as_u16())),
        };
        entries.push(Entry { path, packed });
    }
    refuse_overlaps(ranges)?;
    Ok(entries)
}

/// Entries that share bytes make a small zip large.
fn refuse_overlaps(mut ranges: Vec<(u64, u64, String)>) -> Result<(), ImportError> {
    ranges.retain(|(start, end, _)| start < end);
    sorted::sort(&mut ranges);
    for (before, after) in ranges.iter().zip(ranges.iter().skip(1)) {
        if after.0 < before.1 {
            return Err(ImportError::of(&after.2, Problem::Overlap(before.2.clone())));
        }
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), ImportError> {
    let leads_out = path.starts_with('/')
        || path.contains(['\\', '\0', ':'])
        || path.split('/').any(|part| part == "..");
    if leads_out {
        return Err(ImportError::of(path, Problem::Traversal));
    }
    let lower = path.to_ascii_lowercase();
    if [".zip", ".tar", ".tgz", ".gz", ".7z"].iter().any(|end| lower.ends_with(end)) {
        return Err(ImportError::of(path, Problem::Nested));
    }
    Ok(())
}

/// What archivers leave beside the files.
fn is_of_no_use(path: &str) -> bool {
    path.split('/').any(|part| part == "__MACOSX" || part == ".DS_Store")
}

fn check_total(name: &str, found: u64, limits: &Limits) -> Result<(), ImportError> {
    if found <= limits.total_bytes {
        return Ok(());
    }
    Err(ImportError::of(name, Problem::TooLarge { found, most: limits.total_bytes }))
}

fn checked_place(
    path: &str,
    topic: String,
    partition: i32,
    limits: &Limits,
) -> Result<Place, ImportError> {
    if !is_topic_name(&topic) {
        return Err(ImportError::of(path, Problem::Topic(topic)));
    }
    if !(0..=limits.partition).contains(&partition) {
        let problem = Problem::Partition { found: partition, most: limits.partition };
        return Err(ImportError::of(path, problem));
    }
    Ok((topic, partition))
}

/// Which partition a folder holds. Loose files belong to what the zip is named after.
fn place_of(
    outer: &str,
    folder: &str,
    path: &str,
    limits: &Limits,
) -> Result<(Place, Option<&'static str>), ImportError> {
    let stem = |name: &str| name.strip_suffix(".zip").unwrap_or(name).to_owned();
    let last = folder.rsplit('/').next().unwrap_or_default();
    let name = if last.is_empty() {
        stem(outer.rsplit('/').next().unwrap_or_default())
    } else {
        last.to_owned()
    };
    match parse_folder_name(&name) {
        Some(found) => {
            let place = checked_place(path, found.topic, found.partition, limits)?;
            Ok((place, found.suffix))
        }
        None if last.is_empty() => Ok(((topic_from(&name), 0), None)),
        None => Err(ImportError::of(path, Problem::Folder(name))),
    }
}

fn of_entries(outer: &str, entries: Vec<Entry>, limits: &Limits) -> Result<Plan, ImportError> {
    let mut plan = Plan::default();
    let mut folders: SortedMap<Place, String> = SortedMap::new();
    let mut total = 0_u64;
    for Entry { path, packed } in entries {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let role = file_role(file);
        let size = packed.size();
        let purpose = match role {
            FileRole::Segment(base) => Purpose::Segment { base_offset: Some(base), swap: false },
            FileRole::Swap(base) => Purpose::Segment { base_offset: Some(base), swap: true },
            FileRole::PartitionMetadata if size <= TEXT_FILE_BYTES => Purpose::Metadata,
            FileRole::Other if file == LOG_START_CHECKPOINT && size <= TEXT_FILE_BYTES => {
                Purpose::LogStarts
            }
            FileRole::Leftover { .. } => {
                plan.notes.push(Note::of(&path, "left out, as a broker would delete it"));
                continue;
            }
            _ => continue,
        };
        // Only of what is read: a running broker's indexes are megabytes of zeros.
        if packed.is_beyond_ratio(limits.ratio) {
            return Err(ImportError::of(&path, Problem::Ratio(limits.ratio)));
        }
        total = total.saturating_add(size);
        check_total(outer, total, limits)?;
        if purpose == Purpose::LogStarts {
            let place = (String::new(), -1);
            plan.files.push(PlannedFile { path, place, purpose, packed });
            continue;
        }
        let (place, suffix) = place_of(outer, folder, &path, limits)?;
        if let Some(suffix) = suffix {
            let text = format!("left out: its folder is marked {suffix}");
            plan.notes.push(Note::of(&path, &text));
            continue;
        }
        match folders.get(&place) {
            Some(other) if other != folder => {
                return Err(ImportError::of(&path, Problem::Twice(other.clone())));
            }
            Some(_) => {}
            None if folders.len() as u64 >= limits.partitions => {
                return Err(ImportError::of(outer, Problem::TooManyPartitions(limits.partitions)));
            }
            None => drop(folders.insert(place.clone(), folder.to_owned())),
        }
        plan.files.push(PlannedFile { path, place, purpose, packed });
    }
    if !plan.files.iter().any(|file| matches!(file.purpose, Purpose::Segment { .. })) {
        return Err(ImportError::of(outer, Problem::NoSegments));
    }
    Ok(plan)
}
