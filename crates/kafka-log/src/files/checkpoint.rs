//! `leader-epoch-checkpoint`: a version, a count, and a line for each epoch (`CheckpointFile`).

use std::fmt::Write as _;

use super::FileError;
use crate::leader_epochs::EpochEntry;

const VERSION: i64 = 0;

/// The file's text.
pub fn leader_epoch_checkpoint(entries: &[EpochEntry]) -> String {
    let mut text = format!("{VERSION}\n{}\n", entries.len());
    for entry in entries {
        let _infallible = writeln!(text, "{} {}", entry.epoch, entry.start_offset);
    }
    text
}

/// Reads the file.
///
/// # Errors
/// The version is another, a line is not `epoch offset`, or their number is not the one given.
pub fn parse_leader_epoch_checkpoint(text: &str) -> Result<Vec<EpochEntry>, FileError> {
    let malformed = |line: &str| FileError::Line(line.to_owned());
    let mut lines = text.lines();
    let version = lines.next().unwrap_or_default();
    match version.trim().parse() {
        Ok(VERSION) => {}
        Ok(other) => return Err(FileError::Version(other)),
        Err(_) => return Err(malformed(version)),
    }
    let count = lines.next().unwrap_or_default();
    let count: usize = count.trim().parse().map_err(|_| malformed(count))?;
    let entries: Vec<EpochEntry> = lines
        .map(|line| parse_line(line).ok_or_else(|| malformed(line)))
        .collect::<Result<_, _>>()?;
    if entries.len() == count { Ok(entries) } else { Err(malformed(&count.to_string())) }
}

fn parse_line(line: &str) -> Option<EpochEntry> {
    let mut parts = line.split_whitespace();
    let epoch = parts.next()?.parse().ok()?;
    let start_offset = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some(EpochEntry { epoch, start_offset })
}
