//! Any text as one command, as scripts and embedding pages send them: refused, or fit for a journal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::{Document, JournalEntry, command, file};

fuzz_target!(|text: &str| {
    if let Ok(command) = command::decode(text) {
        let journal = vec![JournalEntry::new(0, command)];
        let document = Document { journal, ..Document::default() };
        let written = file::encode(&document);
        assert_eq!(written.and_then(|text| file::decode(text.as_bytes())), Ok(document));
    }
});
