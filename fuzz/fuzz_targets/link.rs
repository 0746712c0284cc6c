//! Any text as a link: a document that goes through a link again, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::link;

fuzz_target!(|text: &str| {
    if let Ok(document) = link::decode(text)
        && let Ok(fragment) = link::encode(&document)
    {
        assert_eq!(link::decode(&fragment), Ok(document));
    }
});
