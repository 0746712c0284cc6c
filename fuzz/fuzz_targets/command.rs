//! Any text as one command, as scripts and embedding pages send them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::command;

fuzz_target!(|text: &str| {
    if let Ok(command) = command::decode(text) {
        let json = format!("{{\"ottla\":1,\"journal\":[{{\"at\":0,{}]}}", &json_of(&command)[1..]);
        let document = scenario::file::decode(json.as_bytes()).expect("a command fits into a journal");
        assert_eq!(document.journal[0].command, command);
    }
});

fn json_of<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a command is JSON")
}
