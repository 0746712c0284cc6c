//! Actions of a person: each becomes an entry of the journal.

use super::edit::Edit;
use super::{Applied, Player};
use crate::check::check_command;
use crate::document::JournalEntry;
use crate::error::DocumentError;
use crate::limits::{MAX_AT_MS, MAX_JOURNAL_ENTRIES};
use log_engine::{Command, CommandError};

impl Player {
    /// Does what a person asked for, now, and notes it in the journal. At a past moment the actions after it leave
    /// the journal, since they belong to another future; undo brings them back.
    ///
    /// # Errors
    /// When the engine refuses it, when it is beyond a bound of [`crate::limits`], or while the player is on its
    /// way to another moment. A refused action changes nothing.
    pub fn apply(&mut self, command: Command) -> Result<Applied, CommandError> {
        self.check_action(&command)?;
        if !self.settle() {
            return Err(refused(
                "at",
                "This millisecond does not come to rest. Go on for a moment and try again.",
            ));
        }
        let at = self.elapsed_ms();
        if at > MAX_AT_MS {
            return Err(refused(
                "at",
                "Ten years have passed, the most a scenario holds. Go back to an earlier moment.",
            ));
        }
        self.checkpoints.take(&self.engine, self.next_entry, self.work);
        let event = self.engine.apply(&command)?;
        let index = self.next_entry;
        let removed = self.document.journal.get(index..).unwrap_or_default().to_vec();
        let forked = removed.len();
        let inserted = vec![JournalEntry { at, command: command.clone() }];
        self.edit(Edit { index, removed, inserted, command, reached_ms: self.reached_ms });
        self.next_entry = index + 1;
        self.refusals.push(None);
        Ok(Applied { event, forked })
    }

    /// Puts an action into the journal that acts at a later moment, after the entries that are there. Whether the
    /// cluster takes it shows only then: an entry that is refused is kept, and has no effect.
    ///
    /// # Errors
    /// When the moment has passed, when it is beyond a bound of [`crate::limits`], or while the player is on its way
    /// to another moment.
    pub fn schedule(&mut self, at: u64, command: Command) -> Result<(), CommandError> {
        self.check_action(&command)?;
        if at <= self.elapsed_ms() {
            return Err(refused("at", "This moment has passed. Name a later one."));
        }
        if at > MAX_AT_MS || self.document.journal.len() >= MAX_JOURNAL_ENTRIES {
            return Err(refused("at", "A scenario holds ten years and no more actions than that."));
        }
        let index = self.document.journal.partition_point(|entry| entry.at <= at);
        let inserted = vec![JournalEntry { at, command: command.clone() }];
        let reached_ms = self.reached_ms;
        self.edit(Edit { index, removed: Vec::new(), inserted, command, reached_ms });
        Ok(())
    }

    /// Takes one entry out of the journal. If its time has come, the play goes back before it and up to the present
    /// moment again: call [`Player::catch_up`]. False if there is no such entry.
    pub fn remove_entry(&mut self, index: usize) -> bool {
        let Some(entry) = self.document.journal.get(index).cloned() else { return false };
        let (command, reached_ms) = (entry.command.clone(), self.reached_ms);
        self.edit(Edit { index, removed: vec![entry], inserted: Vec::new(), command, reached_ms });
        true
    }

    /// Moves one entry of the journal to another time, after the entries that are there. Plays again as
    /// [`Player::remove_entry`] does.
    ///
    /// # Errors
    /// When there is no such entry or the time is beyond its bound.
    pub fn set_entry_time(&mut self, index: usize, at: u64) -> Result<(), DocumentError> {
        let journal = &self.document.journal;
        let Some(entry) = journal.get(index) else {
            return Err(DocumentError::invalid(
                format!("journal[{index}]"),
                "there is no such entry.",
            ));
        };
        if at > MAX_AT_MS {
            let path = format!("journal[{index}].at");
            return Err(DocumentError::invalid(path, format!("at most {MAX_AT_MS} is allowed.")));
        }
        let command = entry.command.clone();
        let moved = JournalEntry { at, command: command.clone() };
        let place = journal.partition_point(|other| other.at <= at);
        let (from, to) = if at >= entry.at { (index, place) } else { (place, index + 1) };
        let removed = journal.get(from..to).unwrap_or_default().to_vec();
        let mut inserted = removed.clone();
        if at >= entry.at {
            inserted.rotate_left(1.min(removed.len()));
            inserted.pop();
            inserted.push(moved);
        } else {
            inserted.rotate_right(1.min(removed.len()));
            if let Some(first) = inserted.first_mut() {
                *first = moved;
            }
        }
        let reached_ms = self.reached_ms;
        self.edit(Edit { index: from, removed, inserted, command, reached_ms });
        Ok(())
    }

    fn check_action(&self, command: &Command) -> Result<(), CommandError> {
        if self.is_replaying() {
            return Err(refused(
                "at",
                "The play is on its way to another moment. Wait until it is there, or stop it.",
            ));
        }
        if self.next_entry >= MAX_JOURNAL_ENTRIES {
            return Err(refused(
                "journal",
                format!(
                    "The journal holds {MAX_JOURNAL_ENTRIES} actions, the most there can be. Undo some, or start a new workspace."
                ),
            ));
        }
        check_command(command).map_err(|error| match error {
            DocumentError::Invalid { path, reason } => refused(&path, format!("{path}: {reason}")),
            other => refused("", other.to_string()),
        })
    }
}

/// A refusal before anything was asked of the cluster.
fn refused(field: &str, message: impl Into<String>) -> CommandError {
    CommandError::new("IllegalArgumentException", field, message)
}
