//! A document as a JSON file (`NAME.ottla.json`).

use super::malformed;
use crate::document::{Document, VERSION};
use crate::error::DocumentError;
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_FILE_BYTES};
use serde::Deserialize;

/// How such a file's name ends.
pub const EXTENSION: &str = ".ottla.json";

/// Reads a file.
///
/// # Errors
/// When it is too large, not JSON, not a document, of a newer version, or has something in it beyond its bound.
pub fn decode(bytes: &[u8]) -> Result<Document, DocumentError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DocumentError::TooLarge);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| DocumentError::NotText { at: error.valid_up_to() })?;
    if text.len() > MAX_DOCUMENT_BYTES && text.len() - imported(text) > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = match version_of(text)? {
        1 => version_1(text)?,
        2 => version_2(text)?,
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
    let mut text = written(document, MAX_FILE_BYTES, serde_json::to_string_pretty)?;
    text.push('\n');
    Ok(text)
}

/// Writes the same without white space, for links and storage.
///
/// # Errors
/// As [`encode`]; and when it holds more imported files than fit into [`MAX_DOCUMENT_BYTES`].
pub fn encode_compact(document: &Document) -> Result<String, DocumentError> {
    written(document, MAX_DOCUMENT_BYTES, serde_json::to_string)
}

fn written(
    document: &Document,
    most: usize,
    write: fn(&Document) -> serde_json::Result<String>,
) -> Result<String, DocumentError> {
    document.check()?;
    let bytes = document.imported_bytes();
    // Base64 has four characters for three bytes. Asked before anything is written.
    let packed = usize::try_from(bytes.saturating_mul(4) / 3).unwrap_or(usize::MAX);
    if packed > most {
        return Err(DocumentError::ImportsTooLarge { bytes });
    }
    let text = write(document).map_err(malformed)?;
    let own = text.len().saturating_sub(packed);
    if text.len() >= most || own >= MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge);
    }
    Ok(text)
}

/// Characters of all imported log files in a text: the base64 after each `"log":`. What is no base64 does not count,
/// so that a text of any other make is held to its bound before it is parsed.
fn imported(text: &str) -> usize {
    let values = text.split("\"log\"").skip(1).filter_map(|rest| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        let length = value.bytes().take_while(|byte| is_base64(*byte)).count();
        value.as_bytes().get(length).filter(|end| **end == b'"').map(|_| length)
    });
    values.sum()
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

/// One journal, in which every entry acts.
fn version_1(text: &str) -> Result<Document, DocumentError> {
    let document = version_2(text)?;
    let off = document.journal.iter().position(|entry| entry.off);
    let later = off.map(|index| format!("journal[{index}].off")).or_else(|| {
        let fields = [
            (!document.original.is_empty(), "original"),
            (!document.forks.is_empty(), "forks"),
            (document.run != 0, "run"),
            (document.compare.is_some(), "compare"),
        ];
        fields.iter().find(|(has, _)| *has).map(|(_, name)| (*name).to_owned())
    });
    match later {
        None => Ok(Document { ottla: VERSION, ..document }),
        Some(path) => {
            let reason = "version 1 has no such field. Write \"ottla\": 2.";
            Err(DocumentError::invalid(path, reason))
        }
    }
}

/// With forks, and entries that are switched off.
fn version_2(text: &str) -> Result<Document, DocumentError> {
    let document = serde_json::from_str(text).map_err(malformed)?;
    super::command::check_fields(text)?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::command::{Blob, ImportedPartition, ImportedSegment};
    use log_engine::{Command, Configs};

    fn with_import(bytes: usize) -> Document {
        let segment = ImportedSegment { base_offset: 0, log: Blob::from(vec![7; bytes]) };
        let partitions = vec![ImportedPartition { segments: vec![segment] }];
        let topic = "orders".to_owned();
        let import = Command::ImportTopic { topic, configs: Configs::new(), partitions };
        Document { setup: vec![import], ..Document::default() }
    }

    #[test]
    fn a_file_carries_imported_log_files_beyond_a_documents_bound_and_a_link_says_that_it_cannot() {
        let document = with_import(3 * MAX_DOCUMENT_BYTES);
        let text = encode(&document).unwrap();
        assert_eq!(decode(text.as_bytes()).unwrap(), document);
        let bytes = document.imported_bytes();
        assert_eq!(encode_compact(&document), Err(DocumentError::ImportsTooLarge { bytes }));
        assert!(encode_compact(&with_import(1_000)).is_ok());
    }

    #[test]
    fn only_base64_after_log_is_beyond_the_bound() {
        let long = "A".repeat(2 * MAX_DOCUMENT_BYTES);
        assert_eq!(imported(&format!(r#"{{"log": "{long}"}}"#)), long.len());
        for other in [format!(r#"{{"title":"{long}"}}"#), format!(r#"{{"log":"{long} "}}"#)] {
            assert_eq!(imported(&other), 0);
            assert_eq!(decode(other.as_bytes()), Err(DocumentError::TooLarge));
        }
    }
}
