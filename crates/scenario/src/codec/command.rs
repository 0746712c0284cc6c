//! One command as JSON, and which fields each has. A misspelt field that is optional would go unseen (the command
//! would mean something else than its writer did), so every field that a command does not have is refused.

use crate::check::check_command;
use crate::error::DocumentError;
use crate::limits::MAX_DOCUMENT_BYTES;
use log_engine::Command;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// The fields of each command, by its `do`.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("create-topic", &["topic", "partitions", "replication_factor", "configs", "assignments"]),
    ("delete-topic", &["topic"]),
    ("create-partitions", &["topic", "count", "assignments"]),
    ("alter-topic-configs", &["topic", "set", "delete"]),
    ("add-producer", &["producer", "configs", "stream"]),
    ("alter-producer", &["producer", "set", "delete"]),
    ("remove-producer", &["producer"]),
    ("set-stream", &["producer", "stream"]),
    (
        "produce",
        &["producer", "topic", "key", "value", "headers", "timestamp", "partition", "count"],
    ),
    ("add-group", &["group", "topics", "configs", "processing_us", "members"]),
    ("alter-group", &["group", "topics", "processing_us", "set", "delete"]),
    ("remove-group", &["group"]),
    ("reset-offsets", &["group", "offsets"]),
    ("add-member", &["group", "member", "topics", "configs", "processing_us"]),
    ("close-member", &["member"]),
    ("crash-member", &["member"]),
    ("start-member", &["member"]),
    ("pause-member", &["member"]),
    ("resume-member", &["member"]),
    ("set-processing", &["member", "processing_us"]),
    ("import-topic", &["topic", "configs", "partitions"]),
    ("delete-records", &["topic", "partitions"]),
    ("set-disk", &["broker", "disk_bytes"]),
    ("start-broker", &["broker"]),
    ("stop-broker", &["broker"]),
    ("crash-broker", &["broker"]),
    ("lose-power", &["broker"]),
    ("lose-disk", &["broker"]),
    ("freeze-broker", &["broker", "for_ms"]),
    ("thaw-broker", &["broker"]),
    ("fail-rack", &["rack", "how"]),
    ("start-rack", &["rack"]),
    (
        "set-link",
        &["from", "to", "both", "latency_ms", "jitter_ms", "breaks_per_min", "cut", "drops"],
    ),
    ("heal-links", &[]),
    ("add-broker", &["broker", "rack"]),
    ("remove-broker", &["broker"]),
    ("slow-disk", &["broker", "write_ms"]),
    ("elect-leaders", &["election", "topic", "partition"]),
    ("reassign", &["partitions"]),
    ("cancel-reassignment", &["partitions"]),
    ("alter-broker-configs", &["broker", "set", "delete"]),
    ("crash-producer", &["producer"]),
    ("start-producer", &["producer"]),
];

/// The fields of a member within `add-group`.
const MEMBER_FIELDS: &[&str] = &["member", "topics", "configs", "processing_us"];

/// The names of the fields of a command, and of its members'.
#[derive(Deserialize)]
struct Names {
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    members: Vec<BTreeMap<String, IgnoredAny>>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// Those of a document's commands.
#[derive(Deserialize)]
struct Commands {
    #[serde(default)]
    setup: Vec<Names>,
    #[serde(default)]
    journal: Vec<Names>,
    #[serde(default)]
    forks: Vec<Forked>,
}

/// Those of a fork's.
#[derive(Deserialize)]
struct Forked {
    #[serde(default)]
    journal: Vec<Names>,
}

/// What an entry has beside its command.
const ENTRY_FIELDS: &[&str] = &["at", "off"];

/// Reads one command, as scripts send them.
///
/// # Errors
/// When it is no JSON, no command, has a field that its kind does not have, or is beyond a bound.
pub fn decode(json: &str) -> Result<Command, DocumentError> {
    if json.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge);
    }
    let command: Command = serde_json::from_str(json).map_err(super::malformed)?;
    let names: Names = serde_json::from_str(json).map_err(super::malformed)?;
    names.check("", &[])?;
    check_command(&command)?;
    Ok(command)
}

/// Refuses fields that no command has, in a whole document that has been read already.
pub(super) fn check_fields(json: &str) -> Result<(), DocumentError> {
    let commands: Commands = serde_json::from_str(json).map_err(super::malformed)?;
    for (index, names) in commands.setup.iter().enumerate() {
        names.check(&format!("setup[{index}]."), &[])?;
    }
    for (index, names) in commands.journal.iter().enumerate() {
        names.check(&format!("journal[{index}]."), ENTRY_FIELDS)?;
    }
    for (at, fork) in commands.forks.iter().enumerate() {
        for (index, names) in fork.journal.iter().enumerate() {
            names.check(&format!("forks[{at}].journal[{index}]."), ENTRY_FIELDS)?;
        }
    }
    Ok(())
}

impl Names {
    fn check(&self, place: &str, also: &[&str]) -> Result<(), DocumentError> {
        let what = self.what.as_str();
        let Some((_, fields)) = FIELDS.iter().find(|(name, _)| *name == what) else {
            return Ok(());
        };
        let known = |name: &str| fields.contains(&name) || also.contains(&name);
        if let Some(name) = self.others.keys().find(|name| !known(name)) {
            return Err(no_such_field(place, what, name, fields));
        }
        if !self.members.is_empty() && !known("members") {
            return Err(no_such_field(place, what, "members", fields));
        }
        for (index, member) in self.members.iter().enumerate() {
            let place = format!("{place}members[{index}].");
            if let Some(name) = member.keys().find(|name| !MEMBER_FIELDS.contains(&name.as_str())) {
                return Err(no_such_field(&place, "a member", name, MEMBER_FIELDS));
            }
        }
        Ok(())
    }
}

fn no_such_field(place: &str, what: &str, name: &str, fields: &[&str]) -> DocumentError {
    DocumentError::invalid(
        format!("{place}{name}"),
        format!("{what} has no such field; it has {}.", fields.join(", ")),
    )
}
