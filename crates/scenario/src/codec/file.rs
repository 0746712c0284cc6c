//! A document as a JSON file (`NAME.ottla.json`).

use super::malformed;
use crate::document::{Document, VERSION};
use crate::error::DocumentError;
use crate::limits::MAX_DOCUMENT_BYTES;
use serde::Deserialize;

/// How such a file's name ends.
pub const EXTENSION: &str = ".ottla.json";

/// Reads a file.
///
/// # Errors
/// When it is too large, not JSON, not a document, of a newer version, or has something in it beyond its bound.
pub fn decode(bytes: &[u8]) -> Result<Document, DocumentError> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| DocumentError::NotText { at: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match version_of(text)? {
        1 => version_1(text)?,
        version => return Err(DocumentError::FutureVersion { version, newest: VERSION }),
    };
    document.check()?;
    Ok(document)
}

/// Writes a file, laid out to be read by people.
///
/// # Errors
/// When the document is beyond a bound, so that no reader would take it.
pub fn encode(document: &Document) -> Result<String, DocumentError> {
    let mut text = written(document, serde_json::to_string_pretty)?;
    text.push('\n');
    Ok(text)
}

/// Writes the same without white space, for links and storage.
///
/// # Errors
/// As [`encode`].
pub fn encode_compact(document: &Document) -> Result<String, DocumentError> {
    written(document, serde_json::to_string)
}

fn written(
    document: &Document,
    write: fn(&Document) -> serde_json::Result<String>,
) -> Result<String, DocumentError> {
    document.check()?;
    let text = write(document).map_err(malformed)?;
    if text.len() >= MAX_DOCUMENT_BYTES { Err(DocumentError::TooLarge) } else { Ok(text) }
}

/// The version a text says it has; the rest of it is only passed over.
fn version_of(text: &str) -> Result<u64, DocumentError> {
    #[derive(Deserialize)]
    struct Opening {
        ottla: Option<serde_json::Value>,
    }
    if !text.trim_start().starts_with('{') {
        return Err(DocumentError::NotOttla);
    }
    let opening: Opening = serde_json::from_str(text).map_err(malformed)?;
    match opening.ottla.as_ref().and_then(serde_json::Value::as_u64) {
        None | Some(0) => Err(DocumentError::NotOttla),
        Some(version) => Ok(version),
    }
}

fn version_1(text: &str) -> Result<Document, DocumentError> {
    let document = serde_json::from_str(text).map_err(malformed)?;
    super::command::check_fields(text)?;
    Ok(document)
}
