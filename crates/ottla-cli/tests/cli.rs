//! The command line as a person or a script meets it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::{Command, Output};

fn ottla(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ottla")).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_link_and_its_document_turn_into_each_other() {
    let link = out(&ottla(&["link", "gallery:default", "--base", "https://example.org/"]));
    assert!(link.starts_with("https://example.org/#s1="), "{link}");
    let document = out(&ottla(&["link", link.trim()]));
    let file = scenario::gallery::by_name("default").unwrap().document().unwrap();
    assert_eq!(scenario::file::decode(document.as_bytes()).unwrap(), file);
}

#[test]
fn what_is_wrong_is_said_on_standard_error_with_exit_code_1() {
    for (arguments, words) in [
        (["run", "no-such-file.json"], "no-such-file.json: cannot read it"),
        (["run", "gallery:nothing"], "ottla gallery"),
        (["run", "#s1=abc"], "This link is damaged"),
        (["run", "https://example.org/#s9=abc"], "made by a newer Ottla"),
        (["run", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], "not an Ottla file"),
    ] {
        let output = ottla(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(err(&output).contains(words), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "");
    }
    assert_eq!(ottla(&["run", "gallery:default", "--until", "soon"]).status.code(), Some(2));
    assert_eq!(ottla(&["fly"]).status.code(), Some(2));
}
