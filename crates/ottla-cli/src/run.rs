//! `ottla run` and `ottla check`.

use crate::{Failure, input, report};
use scenario::{Document, Player};
use std::io::Write;
use std::time::Duration;

/// Engine steps between two looks at where we are.
const SLICE_STEPS: u64 = 10_000_000;
/// How far a document plays that says nothing of it.
const DEFAULT_UNTIL_MS: u64 = 60_000;

/// What `ottla run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A file (- is standard input), a link, or a built-in document as gallery:NAME.
    document: String,
    /// How far to play, since the start: 60s, 5m, 2h, 7d. Left out: where the document opens, else 60s.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    until: Option<Duration>,
    /// Prints one JSON object with all views.
    #[arg(long)]
    json: bool,
    /// Prints the newest N events too, oldest first.
    #[arg(long, default_value_t = 0, value_name = "N")]
    events: usize,
}

/// Plays a document and reports.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let player = played_until(&arguments.document, arguments.until)?;
    for (at_ms, error) in report::without_effect(&player) {
        eprintln!("journal at {at_ms} ms: no effect: {error}");
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        report::json::write(&mut out, &player, arguments.events)
    } else {
        report::text::write(&mut out, &player, arguments.events)
    }
}

/// The document, played so far; without a time to where it opens.
pub fn played_until(name: &str, until: Option<Duration>) -> Result<Player, Failure> {
    let document = input::document(name)?;
    let until_ms = match until {
        Some(until) => u64::try_from(until.as_millis()).unwrap_or(u64::MAX),
        None => document.at.unwrap_or(DEFAULT_UNTIL_MS),
    };
    played(name, document, until_ms)
}

/// Plays each document to the end of its journal and names what is wrong.
pub fn check(documents: &[String]) -> Result<(), Failure> {
    let mut all_well = true;
    let mut out = std::io::stdout().lock();
    for name in documents {
        match checked(name) {
            Ok(player) => {
                let document = player.document();
                let refused = report::without_effect(&player);
                writeln!(
                    out,
                    "{name}: {:?}, {} setup commands, {} journal entries, {} without effect",
                    document.title,
                    document.setup.len(),
                    document.journal.len(),
                    refused.len()
                )?;
                for (at_ms, error) in &refused {
                    writeln!(out, "  at {at_ms} ms: {error}")?;
                }
                all_well &= refused.is_empty();
            }
            Err(failure) => {
                writeln!(out, "{failure}")?;
                all_well = false;
            }
        }
    }
    if all_well { Ok(()) } else { Err(Failure::Told) }
}

fn checked(name: &str) -> Result<Player, Failure> {
    let document = input::document(name)?;
    let until_ms =
        document.journal.last().map_or(0, |entry| entry.at).max(document.at.unwrap_or(0));
    played(name, document, until_ms)
}

fn played(name: &str, document: Document, until_ms: u64) -> Result<Player, Failure> {
    let mut player =
        Player::new(document).map_err(|error| Failure::Play { name: name.to_owned(), error })?;
    loop {
        let progress = player.seek(until_ms, SLICE_STEPS);
        if progress.reached {
            return Ok(player);
        }
        if progress.full {
            return Err(Failure::Full { name: name.to_owned(), at_ms: progress.at_ms });
        }
    }
}
