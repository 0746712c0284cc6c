//! Holds a document to its bounds. What a command means is not judged here: Kafka's refusals come from the engine.

mod command;

pub use command::check_command;

use crate::document::{Document, JournalEntry, VERSION, ViewHints};
use crate::error::DocumentError;
use crate::limits::*;

impl Document {
    /// Holds it to every bound in [`crate::limits`].
    ///
    /// # Errors
    /// The first field that is beyond its bound, with what is allowed.
    pub fn check(&self) -> Result<(), DocumentError> {
        if self.ottla != VERSION {
            let version = u64::from(self.ottla);
            return Err(DocumentError::FutureVersion { version, newest: VERSION });
        }
        text("title", &self.title, MAX_TITLE_BYTES)?;
        text("about", &self.about, MAX_ABOUT_BYTES)?;
        most("seed", self.seed, MAX_SEED)?;
        range("cluster.brokers", i64::from(self.cluster.brokers), 1, i64::from(MAX_BROKERS))?;
        most("cluster.latency_ms", self.cluster.latency_ms, MAX_LATENCY_MS)?;
        configs("cluster.configs", &self.cluster.configs)?;
        self.check_setup()?;
        check_journal("journal", &self.journal, 0)?;
        self.check_forks()?;
        most("at", self.at.unwrap_or(0), MAX_AT_MS)?;
        self.check_bookmarks()?;
        self.view.as_ref().map_or(Ok(()), check_view)
    }

    fn check_setup(&self) -> Result<(), DocumentError> {
        count("setup", self.setup.len(), MAX_SETUP_COMMANDS)?;
        for (index, command) in self.setup.iter().enumerate() {
            check_command(command).map_err(|error| within(&format!("setup[{index}]"), error))?;
        }
        Ok(())
    }

    fn check_forks(&self) -> Result<(), DocumentError> {
        text("original", &self.original, MAX_NAME_BYTES)?;
        count("forks", self.forks.len(), MAX_FORKS)?;
        let mut lengths = vec![self.journal.len()];
        for (index, fork) in self.forks.iter().enumerate() {
            let path = format!("forks[{index}]");
            text(&format!("{path}.name"), &fork.name, MAX_NAME_BYTES)?;
            most(&format!("{path}.at"), fork.at, MAX_AT_MS)?;
            let parent = usize::try_from(fork.parent).unwrap_or(usize::MAX);
            let Some(theirs) = lengths.get(parent).copied() else {
                let reason = "a fork is of a run before it: 0 is the first run, 1 the first fork.";
                return Err(DocumentError::invalid(format!("{path}.parent"), reason));
            };
            most(&format!("{path}.keeps"), fork.keeps, theirs)?;
            let last = self.entry_at(index, fork.keeps);
            check_journal(&format!("{path}.journal"), &fork.journal, last)?;
            let length = fork.keeps.saturating_add(fork.journal.len());
            count(&format!("{path}.journal"), length, MAX_JOURNAL_ENTRIES)?;
            lengths.push(length);
        }
        let newest = u32::try_from(self.forks.len()).unwrap_or(u32::MAX);
        most("run", self.run, newest)?;
        most("compare", self.compare.unwrap_or(0), newest)
    }

    /// When the last of the entries acts that a fork keeps of its parent's.
    fn entry_at(&self, fork: usize, kept: usize) -> u64 {
        let (mut fork, mut kept) = (fork, kept);
        loop {
            let Some(last) = kept.checked_sub(1) else { return 0 };
            let parent = self.forks.get(fork).map_or(0, |fork| fork.parent);
            let Some(parent) = parent.checked_sub(1).and_then(|at| usize::try_from(at).ok()) else {
                return self.journal.get(last).map_or(0, |entry| entry.at);
            };
            let Some(theirs) = self.forks.get(parent) else { return 0 };
            if let Some(own) = last.checked_sub(theirs.keeps) {
                return theirs.journal.get(own).map_or(0, |entry| entry.at);
            }
            fork = parent;
            kept = last + 1;
        }
    }

    fn check_bookmarks(&self) -> Result<(), DocumentError> {
        count("bookmarks", self.bookmarks.len(), MAX_BOOKMARKS)?;
        for (index, bookmark) in self.bookmarks.iter().enumerate() {
            most(&format!("bookmarks[{index}].at"), bookmark.at, MAX_AT_MS)?;
            text(&format!("bookmarks[{index}].name"), &bookmark.name, MAX_NAME_BYTES)?;
        }
        Ok(())
    }
}

/// A journal whose entries come at or after `last`.
fn check_journal(place: &str, journal: &[JournalEntry], last: u64) -> Result<(), DocumentError> {
    count(place, journal.len(), MAX_JOURNAL_ENTRIES)?;
    let mut last = last;
    for (index, entry) in journal.iter().enumerate() {
        let path = format!("{place}[{index}]");
        most(&format!("{path}.at"), entry.at, MAX_AT_MS)?;
        if entry.at < last {
            return Err(DocumentError::invalid(
                format!("{path}.at"),
                format!(
                    "{} ms is before the entry above it ({last} ms). Put the entries in order of time.",
                    entry.at
                ),
            ));
        }
        last = entry.at;
        check_command(&entry.command).map_err(|error| within(&path, error))?;
    }
    Ok(())
}

fn check_view(view: &ViewHints) -> Result<(), DocumentError> {
    range("view.speed_x10", i64::from(view.speed_x10.unwrap_or(10)), 1, 1000)?;
    for (path, name) in [("view.topic", &view.topic), ("view.group", &view.group)] {
        text(path, name.as_deref().unwrap_or_default(), MAX_NAME_BYTES)?;
    }
    let selected = view.selected.as_ref().map_or("", |selected| &selected.topic);
    text("view.selected.topic", selected, MAX_NAME_BYTES)
}

/// Puts the place of a command before the field that is wrong in it.
fn within(place: &str, error: DocumentError) -> DocumentError {
    match error {
        DocumentError::Invalid { path, reason } => {
            DocumentError::invalid(format!("{place}.{path}"), reason)
        }
        other => other,
    }
}

fn text(path: &str, value: &str, max_bytes: usize) -> Result<(), DocumentError> {
    if value.len() <= max_bytes {
        return Ok(());
    }
    Err(DocumentError::invalid(
        path,
        format!("the text has {} bytes; at most {max_bytes} are allowed.", value.len()),
    ))
}

fn count(path: &str, found: usize, max: usize) -> Result<(), DocumentError> {
    if found <= max {
        return Ok(());
    }
    Err(DocumentError::invalid(path, format!("{found} entries; at most {max} are allowed.")))
}

fn most<N: Copy + PartialOrd + std::fmt::Display>(
    path: &str,
    value: N,
    max: N,
) -> Result<(), DocumentError> {
    if value <= max {
        return Ok(());
    }
    Err(DocumentError::invalid(path, format!("{value} is too large; at most {max} is allowed.")))
}

fn range(path: &str, value: i64, min: i64, max: i64) -> Result<(), DocumentError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(DocumentError::invalid(path, format!("{value} is not between {min} and {max}.")))
}

fn configs(path: &str, configs: &log_engine::Configs) -> Result<(), DocumentError> {
    count(path, configs.len(), MAX_CONFIGS)?;
    for (name, value) in configs {
        text(path, name, MAX_NAME_BYTES)?;
        text(&format!("{path}.{name}"), value, MAX_CONFIG_VALUE_BYTES)?;
    }
    Ok(())
}

fn names(path: &str, names: &[String], max: usize) -> Result<(), DocumentError> {
    count(path, names.len(), max)?;
    names
        .iter()
        .enumerate()
        .try_for_each(|(index, name)| text(&format!("{path}[{index}]"), name, MAX_NAME_BYTES))
}
