//! The journal as a list that is edited: what was done is moved, changed, switched off, inserted and removed, and the run
//! becomes another. If an entry's time has come, the play goes back before it and up to the present moment again: call
//! [`Player::catch_up`]. What makes no sense any more is kept, and marked with Kafka's refusal when its time comes.

use super::Player;
use super::edit::Change;
use crate::check::check_command;
use crate::document::JournalEntry;
use crate::error::DocumentError;
use crate::limits::{MAX_AT_MS, MAX_JOURNAL_ENTRIES};
use log_engine::Command;

impl Player {
    /// Takes one entry out of the journal. False if there is no such entry.
    pub fn remove_entry(&mut self, index: usize) -> bool {
        let Some(entry) = self.journal().get(index).cloned() else { return false };
        let command = entry.command.clone();
        self.splice(index, vec![entry], Vec::new(), command);
        true
    }

    /// Moves one entry of the journal to another time, after the entries that are there.
    ///
    /// # Errors
    /// When there is no such entry or the time is beyond its bound.
    pub fn set_entry_time(&mut self, index: usize, at: u64) -> Result<(), DocumentError> {
        let entry = self.entry(index)?;
        check_moment(index, at)?;
        let from = entry.at;
        let moved = JournalEntry { at, ..entry.clone() };
        let command = moved.command.clone();
        let journal = self.journal();
        let place = journal.partition_point(|other| other.at <= at);
        let (from, to) = if at >= from { (index, place) } else { (place, index + 1) };
        let removed = journal.get(from..to).unwrap_or_default().to_vec();
        let mut inserted: Vec<JournalEntry> = removed.clone();
        inserted.remove(index.saturating_sub(from).min(inserted.len().saturating_sub(1)));
        let within = inserted.partition_point(|other| other.at <= at);
        inserted.insert(within, moved);
        self.splice(from, removed, inserted, command);
        Ok(())
    }

    /// Puts another action in the place of an entry's.
    ///
    /// # Errors
    /// When there is no such entry, or the action is beyond a bound.
    pub fn set_entry_command(
        &mut self,
        index: usize,
        command: Command,
    ) -> Result<(), DocumentError> {
        check_command(&command)?;
        let entry = self.entry(index)?.clone();
        let changed = JournalEntry { command: command.clone(), ..entry.clone() };
        if changed != entry {
            self.splice(index, vec![entry], vec![changed], command);
        }
        Ok(())
    }

    /// Switches an entry off, so that it is kept and does nothing, or on again.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn set_entry_on(&mut self, index: usize, on: bool) -> Result<(), DocumentError> {
        let entry = self.entry(index)?.clone();
        if entry.off == on {
            let changed = JournalEntry { off: !on, ..entry.clone() };
            let command = entry.command.clone();
            self.splice(index, vec![entry], vec![changed], command);
        }
        Ok(())
    }

    /// Puts an action into the journal at any moment, after the entries that are there.
    ///
    /// # Errors
    /// When the action or the moment is beyond a bound.
    pub fn insert_entry(&mut self, at: u64, command: Command) -> Result<(), DocumentError> {
        check_command(&command)?;
        let index = self.journal().partition_point(|entry| entry.at <= at);
        check_moment(index, at)?;
        if self.journal().len() >= self.most_entries {
            let reason = format!("at most {MAX_JOURNAL_ENTRIES} actions are allowed.");
            return Err(DocumentError::invalid("journal", reason));
        }
        let entry = JournalEntry::new(at, command.clone());
        self.splice(index, Vec::new(), vec![entry], command);
        Ok(())
    }

    fn entry(&self, index: usize) -> Result<&JournalEntry, DocumentError> {
        self.journal().get(index).ok_or_else(|| {
            DocumentError::invalid(format!("journal[{index}]"), "there is no such entry.")
        })
    }

    /// Changes the shown run's journal.
    fn splice(
        &mut self,
        index: usize,
        removed: Vec<JournalEntry>,
        inserted: Vec<JournalEntry>,
        command: Command,
    ) {
        let (run, reached_ms) = (self.shown, self.run().head.reached_ms);
        let splice = Change::Splice { run, index, removed, inserted, reached_ms };
        self.edit(vec![splice], Some(command), run);
    }
}

fn check_moment(index: usize, at: u64) -> Result<(), DocumentError> {
    if at > MAX_AT_MS {
        let path = format!("journal[{index}].at");
        return Err(DocumentError::invalid(path, format!("at most {MAX_AT_MS} is allowed.")));
    }
    Ok(())
}
