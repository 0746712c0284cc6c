//! Imported log files lie beside the document, each as a segment of its own that is stored once: the document changes
//! with every action, they never do. In the document that is stored, a stand-in of a few bytes names the segment.

use browser_store::Writer;
use js_sys::Uint8Array;
use log_engine::command::Blob;
use scenario::Document;

/// What a stand-in begins with. No log file does: its first eight bytes would be an offset beyond all logs.
const STAND_IN: &str = "ottla-segment ";

/// A file's name in the store: by its contents, so that the same file is stored once.
fn name_of(log: &Blob) -> String {
    format!("import-{:08x}-{}", log.crc(), log.bytes().len())
}

/// A stand-in's name of the segment.
fn named_by(log: &Blob) -> Option<&str> {
    std::str::from_utf8(log.bytes()).ok()?.strip_prefix(STAND_IN)
}

/// The document with stand-ins.
pub fn without(document: &Document) -> Document {
    let mut document = document.clone();
    for log in document.imports_mut() {
        *log = Blob::from(format!("{STAND_IN}{}", name_of(log)).into_bytes());
    }
    document
}

/// The names of all imported files.
pub fn names(document: &Document) -> Vec<String> {
    document.imports().map(name_of).collect()
}

/// All imported files, by name.
pub fn of(document: &Document) -> Vec<(String, Uint8Array)> {
    let all = document.imports();
    all.map(|log| (name_of(log), Uint8Array::from(log.bytes().as_ref()))).collect()
}

/// Stores those that are not stored yet.
pub fn keep(writer: &Writer, document: &Document) {
    let mut known = writer.segments();
    for log in document.imports() {
        let name = name_of(log);
        if !known.contains(&name) {
            writer.segment(&name, Some(Uint8Array::from(log.bytes().as_ref())));
            known.push(name);
        }
    }
}

/// Puts the files back in the place of their stand-ins.
///
/// # Errors
/// When one is not there any more.
pub fn put_back(document: &mut Document, segments: &[(String, Uint8Array)]) -> Result<(), String> {
    // Two commands may have imported the same file; its bytes are shared then.
    let mut read: Vec<(String, Blob)> = Vec::new();
    for log in document.imports_mut() {
        let Some(name) = named_by(log).map(str::to_owned) else { continue };
        let known = read.iter().find(|(other, _)| *other == name).map(|(_, blob)| blob.clone());
        let blob = match known {
            Some(blob) => blob,
            None => {
                let found = segments.iter().find(|(other, _)| *other == name);
                let (_, bytes) =
                    found.ok_or("The browser has lost the log files that it imported.")?;
                let blob = Blob::from(bytes.to_vec());
                read.push((name, blob.clone()));
                blob
            }
        };
        *log = blob;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::command::{ImportedPartition, ImportedSegment};
    use log_engine::{Command, Configs};

    fn with_import(bytes: &[u8]) -> Document {
        let segment = ImportedSegment { base_offset: 0, log: Blob::from(bytes.to_vec()) };
        let partitions = vec![ImportedPartition { segments: vec![segment] }];
        let topic = "orders".to_owned();
        let import = Command::ImportTopic { topic, configs: Configs::new(), partitions };
        Document { setup: vec![import], ..Document::default() }
    }

    #[test]
    fn a_stand_in_names_the_file_by_its_contents() {
        let document = with_import(&[0; 100_000]);
        let small = without(&document);
        assert!(small.imported_bytes() < 64);
        let name = small.imports().next().and_then(named_by);
        assert_eq!(name, document.imports().next().map(name_of).as_deref());
    }

    #[test]
    fn a_lost_file_is_said() {
        let mut small = without(&with_import(&[7; 100]));
        assert!(put_back(&mut small, &[]).is_err_and(|told| told.contains("lost")));
        let mut whole = with_import(&[7; 100]);
        assert_eq!(put_back(&mut whole, &[]), Ok(()));
    }
}
