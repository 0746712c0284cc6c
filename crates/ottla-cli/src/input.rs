//! Where documents come from: a file, standard input, a link, or those that are built in.

use crate::Failure;
use scenario::{Document, DocumentError, file, gallery, limits, link};
use std::io::{Read, Write};

/// Why an input is no document.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It can't be read at all.
    #[error("cannot read it: {0}. Check the path.")]
    Read(#[from] std::io::Error),
    /// What was read is no document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// There is none of this name.
    #[error("there is no built-in document of this name. `ottla gallery` lists them.")]
    NoSuchName,
}

/// What a name on the command line stands for.
pub enum Kind {
    /// A link, or its part from `#` on.
    Link,
    /// A built-in document.
    Gallery,
    /// A file, or `-` for standard input.
    File,
}

impl Kind {
    /// Tells them apart by how they begin.
    pub fn of(name: &str) -> Self {
        if name.starts_with("gallery:") {
            Self::Gallery
        } else if name.starts_with('#') || name.contains("://") {
            Self::Link
        } else {
            Self::File
        }
    }
}

/// Reads the document that `name` stands for.
pub fn document(name: &str) -> Result<Document, Failure> {
    read(name).map_err(|error| Failure::Input { name: short(name), error })
}

fn read(name: &str) -> Result<Document, InputError> {
    match Kind::of(name) {
        Kind::Link => Ok(link::decode(name)?),
        Kind::Gallery => {
            let short = name.trim_start_matches("gallery:");
            Ok(gallery::by_name(short).ok_or(InputError::NoSuchName)?.document()?)
        }
        Kind::File if name == "-" => from(std::io::stdin().lock()),
        Kind::File => from(std::fs::File::open(name)?),
    }
}

/// Reads one byte more than a document may have, so that one that is too large is known as such.
fn from(source: impl Read) -> Result<Document, InputError> {
    let most = u64::try_from(limits::MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(file::decode(&bytes)?)
}

/// A link is too long to be said back whole.
fn short(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// Prints the built-in documents, one a line.
pub fn list_gallery() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for entry in gallery::GALLERY {
        let document = entry.document()?;
        writeln!(out, "{:<22} {}\n{:<22} {}", entry.name, document.title, "", document.about)?;
    }
    Ok(())
}
