//! What can be wrong with a link or a file. Each text says what is wrong and what to do.

use crate::limits::{MAX_DOCUMENT_BYTES, MAX_LINK_BYTES};

/// A link or a file that is not a document this version can open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The link is longer than [`MAX_LINK_BYTES`].
    #[error(
        "This link has {bytes} bytes; at most {MAX_LINK_BYTES} are read. Ask for the scenario as a file."
    )]
    LinkTooLong {
        /// Its length from `#` on.
        bytes: usize,
    },
    /// There is no `s1=` in it.
    #[error(
        "This is not an Ottla link: it has no \"#s1=\" part. Copy the whole link, from https to its last character."
    )]
    NotALink,
    /// A character that base64url does not have, or a length it can't have.
    #[error(
        "This link is damaged: {reason}. Copy it again, whole, or ask for the scenario as a file."
    )]
    DamagedLink {
        /// What was found.
        reason: String,
    },
    /// The JSON is longer than [`MAX_DOCUMENT_BYTES`].
    #[error(
        "This document has more than {MAX_DOCUMENT_BYTES} bytes, the most that is read. Remove journal entries and try again."
    )]
    TooLarge,
    /// Imported log files are more than a link or a text can carry.
    #[error(
        "{bytes} bytes of imported log files are in this document, more than fits here. Save it to a file."
    )]
    ImportsTooLarge {
        /// Bytes of all imported files.
        bytes: u64,
    },
    /// Not UTF-8 text.
    #[error(
        "This is not text in UTF-8 (byte {at} is not). Choose a file that ends in .ottla.json."
    )]
    NotText {
        /// The first byte that is not UTF-8.
        at: usize,
    },
    /// JSON, but without `"ottla"`.
    #[error(
        "This is not an Ottla file: it does not say \"ottla\": 1. Choose a file that was saved by Ottla."
    )]
    NotOttla,
    /// Written by a newer version.
    #[error(
        "This was made by a newer Ottla (format {version}; this one reads up to {newest}). Reload the page to get the newest version, or ask for it in format {newest}."
    )]
    FutureVersion {
        /// What the document says.
        version: u64,
        /// The newest this build reads.
        newest: u32,
    },
    /// JSON that does not parse, or not into a document.
    #[error(
        "Line {line}, column {column}: {reason}. Mend the file there, or save it from Ottla again."
    )]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A field beyond its bound or outside its range.
    #[error("{path}: {reason}")]
    Invalid {
        /// Where, as `journal[3].partitions`.
        path: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
}

impl DocumentError {
    pub(crate) fn invalid(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { path: path.into(), reason: reason.into() }
    }
}
