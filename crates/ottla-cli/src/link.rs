//! `ottla link`: documents into links, links into documents.

use crate::Failure;
use crate::input::{self, Kind};
use scenario::link::LinkSize;
use scenario::{file, link};
use std::io::Write;

/// What `ottla link` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A file (- is standard input) or gallery:NAME, to make a link of; or a link, to make a file of.
    document: String,
    /// The page's address, to stand before the link.
    #[arg(long, default_value = "", value_name = "URL")]
    base: String,
}

/// Prints the link, or the document.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let document = input::document(&arguments.document)?;
    let mut out = std::io::stdout().lock();
    if let Kind::Link = Kind::of(&arguments.document) {
        write!(out, "{}", file::encode(&document)?)?;
        return Ok(());
    }
    let whole = format!("{}{}", arguments.base, link::encode(&document)?);
    writeln!(out, "{whole}")?;
    match LinkSize::of(whole.chars().count()) {
        LinkSize::Safe => {}
        LinkSize::Long => {
            eprintln!(
                "{} characters: some mail programs and chats cut links above 2,000.",
                whole.len()
            );
        }
        LinkSize::TooLong => {
            eprintln!(
                "{} characters: too long for most places. Share the file instead.",
                whole.len()
            );
        }
    }
    Ok(())
}
