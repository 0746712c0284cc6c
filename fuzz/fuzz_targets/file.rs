//! Any bytes as a file: a document within its bounds that is written and read alike, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::{DocumentError, file};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(document) = file::decode(bytes) {
        match file::encode_compact(&document) {
            Ok(text) => assert_eq!(file::decode(text.as_bytes()), Ok(document)),
            Err(error) => assert_eq!(error, DocumentError::TooLarge),
        }
    }
});
