//! What a person made, as plain data: see `docs/scenario-format.md` for its JSON.

mod start;

pub use start::StartTime;

use log_engine::command::Blob;
use log_engine::{ClusterSpec, Command};
use serde::{Deserialize, Serialize};

/// The version this build writes. Every earlier one is read for ever.
pub const VERSION: u32 = 2;

/// A scenario and its journals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The format's version, always the first field: [`VERSION`].
    pub ottla: u32,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// One line: what it shows and what to try.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Where all randomness comes from, at most 2^53 - 1.
    #[serde(default)]
    pub seed: u64,
    /// Virtual time at the start.
    #[serde(default)]
    pub start: StartTime,
    /// The cluster.
    #[serde(default)]
    pub cluster: ClusterSpec,
    /// Commands applied at the start, in order, each before any time passes. All have to be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Command>,
    /// What was done later, in order of time. An entry that is refused when its time comes has no effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journal: Vec<JournalEntry>,
    /// Where it opens, in ms since the start: it is replayed up to here, what is due at this ms included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// Where within that ms it opens, if a reader stopped between two of its events: after the event of this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_event: Option<u64>,
    /// What the first run is called, where there are others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub original: String,
    /// Other runs: what would have happened if.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forks: Vec<Fork>,
    /// The run that is shown: 0 is the first, 1 the first fork.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub run: u32,
    /// The run that is compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<u32>,
    /// How the page shows it; never changes what happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewHints>,
    /// Named moments, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookmarks: Vec<Bookmark>,
}

impl Document {
    /// The log files that its commands import, in order.
    pub fn imports(&self) -> impl Iterator<Item = &Blob> {
        let forks = self.forks.iter().flat_map(|fork| &fork.journal);
        let journals = self.journal.iter().chain(forks).map(|entry| &entry.command);
        let commands = self.setup.iter().chain(journals);
        commands
            .flat_map(|command| match command {
                Command::ImportTopic { partitions, .. } => partitions.as_slice(),
                _ => &[],
            })
            .flat_map(|partition| partition.segments.iter().map(|segment| &segment.log))
    }

    /// The same, to put others in their place.
    pub fn imports_mut(&mut self) -> impl Iterator<Item = &mut Blob> {
        let forks = self.forks.iter_mut().flat_map(|fork| &mut fork.journal);
        let journals = self.journal.iter_mut().chain(forks).map(|entry| &mut entry.command);
        let commands = self.setup.iter_mut().chain(journals);
        commands
            .flat_map(|command| match command {
                Command::ImportTopic { partitions, .. } => partitions.as_mut_slice(),
                _ => &mut [],
            })
            .flat_map(|partition| partition.segments.iter_mut().map(|segment| &mut segment.log))
    }

    /// Bytes of all of them.
    pub fn imported_bytes(&self) -> u64 {
        self.imports().map(|log| log.bytes().len() as u64).sum()
    }
}

impl Default for Document {
    /// An empty cluster of one broker.
    fn default() -> Self {
        Self {
            ottla: VERSION,
            title: String::new(),
            about: String::new(),
            seed: 0,
            start: StartTime::default(),
            cluster: ClusterSpec::default(),
            setup: Vec::new(),
            journal: Vec::new(),
            at: None,
            at_event: None,
            original: String::new(),
            forks: Vec::new(),
            run: 0,
            compare: None,
            view: None,
            bookmarks: Vec::new(),
        }
    }
}

/// One timed command: `{ "at": 8000, "do": "crash-member", "member": "billing-1" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Ms since the start. It acts after all else that is due at that ms.
    pub at: u64,
    /// It is switched off: kept, and passed over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
    /// What is done.
    #[serde(flatten)]
    pub command: Command,
}

impl JournalEntry {
    /// An entry that acts.
    pub fn new(at: u64, command: Command) -> Self {
        Self { at, off: false, command }
    }
}

/// A run beside the first: a journal with a parent and a branching time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The run it was forked from: 0 is the first, 1 the first fork; always an earlier one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parent: u32,
    /// When, in ms since the start.
    pub at: u64,
    /// How many of its parent's entries it has, from the first on.
    #[serde(default, skip_serializing_if = "is_none_kept")]
    pub keeps: usize,
    /// Its own entries, which come after those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journal: Vec<JournalEntry>,
}

// The signatures are serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none_kept(number: &usize) -> bool {
    *number == 0
}

/// A named moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// Ms since the start.
    pub at: u64,
    /// What it is called.
    pub name: String,
}

/// How the page shows a document. Unknown hints are passed over, so that newer pages may add some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewHints {
    /// Speed times ten: 1 is 0.1x, 10 is real time, 1000 is 100x.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_x10: Option<u32>,
    /// Whether time runs when it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playing: Option<bool>,
    /// The topic whose lanes are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The group whose wires are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The record that is selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<Selected>,
}

/// One record, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}
