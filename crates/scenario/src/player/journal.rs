//! Actions of a person: each becomes an entry of the journal.

use super::edit::Change;
use super::{Applied, Player};
use crate::check::check_command;
use crate::document::JournalEntry;
use crate::error::DocumentError;
use crate::limits::{MAX_AT_MS, MAX_JOURNAL_ENTRIES};
use log_engine::{Command, CommandError, EventId};

impl Player {
    /// Does what a person asked for, now, and notes it in the journal. At a past moment it begins a fork: another run,
    /// shown from now on, which differs in this action alone. The run it was forked from stays as it is.
    ///
    /// # Errors
    /// When the engine refuses it, when it is beyond a bound of [`crate::limits`], or while the player is on its
    /// way to another moment. A refused action changes nothing.
    pub fn apply(&mut self, command: Command) -> Result<Applied, CommandError> {
        self.check_action(&command)?;
        if !self.run_mut().settle() {
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
        let later = self.journal().len().saturating_sub(self.entries_played());
        if self.run().head.reached_ms <= at {
            let event = self.act(command)?;
            return Ok(Applied { event, fork: None, later });
        }
        // Asked of a copy first: what is refused begins no fork.
        self.engine().clone().apply(&command)?;
        let fork = self.fork().map_err(of_document)?;
        self.run_mut().target = None;
        let event = self.act(command)?;
        self.history.join_last_two();
        Ok(Applied { event, fork: Some(fork), later })
    }

    /// Does it in the shown run.
    fn act(&mut self, command: Command) -> Result<EventId, CommandError> {
        let at = self.elapsed_ms();
        let run = self.run_mut();
        run.keyframes.take(&run.tape);
        let event = run.tape.engine.apply(&command)?;
        let (id, index, reached_ms) = (run.head.id, run.tape.next_entry, run.head.reached_ms);
        let inserted = vec![JournalEntry::new(at, command.clone())];
        let splice = Change::Splice { run: id, index, removed: Vec::new(), inserted, reached_ms };
        self.edit(vec![splice], Some(command), id);
        let run = self.run_mut();
        run.tape.next_entry = index + 1;
        run.tape.count_work();
        run.refusals.truncate(index);
        run.refusals.resize(index + 1, None);
        Ok(event)
    }

    /// Puts an action into the journal that acts at a later moment, after the entries that are there. Whether the
    /// cluster takes it shows only then: an entry that is refused is kept, and has no effect. At a moment that has been
    /// played already it begins a fork.
    ///
    /// # Errors
    /// When the moment has passed, when it is beyond a bound of [`crate::limits`], or while the player is on its way
    /// to another moment.
    pub fn schedule(&mut self, at: u64, command: Command) -> Result<(), CommandError> {
        self.check_action(&command)?;
        if at <= self.elapsed_ms() {
            return Err(refused("at", "This moment has passed. Name a later one."));
        }
        if at > MAX_AT_MS || self.journal().len() >= self.most_entries {
            return Err(refused("at", "A scenario holds ten years and no more actions than that."));
        }
        let insert = |player: &mut Self| player.insert_entry(at, command);
        let done = if at <= self.run().head.reached_ms {
            self.in_fork(insert).map_err(of_document)?
        } else {
            insert(self)
        };
        done.map_err(of_document)
    }

    fn check_action(&self, command: &Command) -> Result<(), CommandError> {
        if self.is_replaying() {
            return Err(refused(
                "at",
                "The play is on its way to another moment. Wait until it is there, or stop it.",
            ));
        }
        if self.journal().len() >= self.most_entries {
            return Err(refused(
                "journal",
                format!(
                    "The journal holds {MAX_JOURNAL_ENTRIES} actions, the most there can be. Undo some, or start a new workspace."
                ),
            ));
        }
        check_command(command).map_err(of_document)
    }
}

/// What a bound refused, as a refusal of the command.
fn of_document(error: DocumentError) -> CommandError {
    match error {
        DocumentError::Invalid { path, reason } => refused(&path, format!("{path}: {reason}")),
        other => refused("", other.to_string()),
    }
}

/// A refusal before anything was asked of the cluster.
fn refused(field: &str, message: impl Into<String>) -> CommandError {
    CommandError::new("IllegalArgumentException", field, message)
}
