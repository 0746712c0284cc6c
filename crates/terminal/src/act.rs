//! What a tool asks the cluster to change, and how it says what came of it.

use crate::date::log_stamp;
use crate::exception::Exception;
use crate::screen::{Line, Screen};
use log_engine::{Command, CommandError, TimestampMs};

/// Commands for the journal, in order. The first that is refused ends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What goes into the journal.
    pub commands: Vec<Command>,
    /// What the tool prints when all were accepted.
    pub accepted: Vec<Line>,
    pub(crate) refusal: Refusal,
    /// A refusal with this code is none (`--if-not-exists`).
    pub(crate) forgives: Option<&'static str>,
    pub(crate) now_ms: TimestampMs,
}

/// How a tool prints what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `TopicCommand.printException`.
    Topics,
    /// `ConfigCommand.main`: the tool's arguments are named.
    Configs {
        /// Its arguments.
        args: String,
    },
    /// `ConsumerGroupCommand.run`.
    Groups,
    /// `DeleteConsumerGroups`: a group that could not be deleted.
    DeleteGroups,
    /// A client that could not be made: the exception of its constructor.
    Client,
    /// `ReassignPartitionsCommand`: `Error: ` and the message.
    Reassign,
    /// The message alone.
    Message,
}

impl Act {
    /// What the tool prints when a command was refused.
    pub fn refused(&self, error: &CommandError) -> Vec<Line> {
        let mut screen = Screen::default();
        if self.forgives == Some(error.code.as_str()) {
            return screen.finish();
        }
        let thrown = Exception::from(error);
        match &self.refusal {
            Refusal::Topics => topics(&mut screen, self.now_ms, &thrown),
            Refusal::Configs { args } => configs(&mut screen, args, &thrown),
            Refusal::Groups => groups(&mut screen, &thrown),
            Refusal::DeleteGroups => {
                screen.out("\nError: Deletion of some consumer groups failed:");
                let group = self.commands.iter().find_map(|command| match command {
                    Command::RemoveGroup { group } => Some(group.as_str()),
                    _ => None,
                });
                let group = group.unwrap_or_default();
                screen.out(format!("* Group '{group}' could not be deleted due to: {thrown}"));
            }
            Refusal::Client => {
                screen.err(thrown);
            }
            Refusal::Reassign => screen.out(format!("Error: {}\n{thrown}", thrown.message)),
            Refusal::Message => screen.err(&thrown.message),
        }
        screen.finish()
    }
}

/// `Error while executing topic command`, then the tool's log.
pub(crate) fn topics(screen: &mut Screen, now_ms: TimestampMs, thrown: &Exception) {
    screen.out(format!("Error while executing topic command : {}", thrown.message));
    let stamp = log_stamp(now_ms);
    screen.err(format!("{stamp} ERROR {thrown} (org.apache.kafka.tools.TopicCommand)"));
}

/// What `ConfigCommand` prints of what a broker refused.
pub(crate) fn configs(screen: &mut Screen, args: &str, thrown: &Exception) {
    screen.err(format!("Error while executing config command with args '{args}'"));
    screen.err(thrown.execution().trace());
}

/// What `ConsumerGroupCommand` prints of an exception.
pub(crate) fn groups(screen: &mut Screen, thrown: &Exception) {
    screen.out(format!("\nError: Executing consumer group command failed due to {thrown}"));
    screen.err(thrown.execution().trace());
}
