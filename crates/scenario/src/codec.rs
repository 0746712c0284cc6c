//! How a document becomes text and comes back. Every version ever written is read for ever: what a text is,
//! is decided from its first bytes (`#s1=`, `"ottla": 1`), and a version keeps its reader.

pub mod command;
pub mod file;
pub mod link;

use crate::error::DocumentError;

/// Where JSON does not parse, and why.
fn malformed(error: serde_json::Error) -> DocumentError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    DocumentError::Malformed {
        line: error.line(),
        column: error.column(),
        reason: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
    }
}
