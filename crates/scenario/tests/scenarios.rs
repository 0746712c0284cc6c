//! Every document in `tests/scenarios` plays up to where it opens, and always alike. The browser's tests play the
//! same files and compare their trace hashes with the native ones.
#![allow(clippy::unwrap_used, clippy::panic)]

use scenario::{Document, Player, file};
use std::path::Path;

fn documents() -> Vec<(String, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut documents: Vec<(String, Document)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let document = file::decode(&std::fs::read(&path).unwrap());
            (
                path.display().to_string(),
                document.unwrap_or_else(|error| panic!("{path:?}: {error}")),
            )
        })
        .collect();
    documents.sort_by(|a, b| a.0.cmp(&b.0));
    documents
}

fn played(document: &Document, slice: u64) -> Player {
    let mut player = Player::new(document.clone()).unwrap();
    while !player.catch_up(slice).reached {}
    player
}

#[test]
fn each_says_how_far_it_plays_and_something_happens() {
    let documents = documents();
    assert!(documents.len() >= 7);
    for (name, document) in &documents {
        assert!(document.at.is_some(), "{name}");
        let player = played(document, u64::MAX);
        assert_eq!(player.elapsed_ms(), document.at.unwrap(), "{name}");
        assert_eq!(player.entries_played(), document.journal.len(), "{name}");
        assert!(player.engine().cluster().events > 1_000, "{name}");
    }
}

#[test]
fn each_plays_alike_in_one_piece_in_slices_and_after_going_back() {
    for (name, document) in documents() {
        let whole = played(&document, u64::MAX);
        let mut sliced = played(&document, 1_009);
        assert_eq!(sliced.engine().trace_hash(), whole.engine().trace_hash(), "{name}");
        let end = sliced.elapsed_ms();
        while !sliced.seek(end / 3, 1_009).reached {}
        while !sliced.seek(end, 10_007).reached {}
        assert_eq!(
            sliced.engine().trace_hash(),
            whole.engine().trace_hash(),
            "{name} after going back"
        );
        assert_eq!(sliced.engine().cluster(), whole.engine().cluster(), "{name}");
    }
}

#[test]
fn every_kind_of_command_is_in_the_journals() {
    let mut kinds: Vec<String> = documents()
        .iter()
        .flat_map(|(_, document)| &document.journal)
        .map(|entry| {
            serde_json::to_value(&entry.command).unwrap()["do"].as_str().unwrap().to_owned()
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    let mut all: Vec<&str> = scenario::command::FIELDS.iter().map(|(kind, _)| *kind).collect();
    all.sort_unstable();
    assert_eq!(kinds, all);
}
