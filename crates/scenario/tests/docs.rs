//! What `docs/scenario-format.md` shows can be pasted and played.
#![allow(clippy::unwrap_used, clippy::panic)]

use log_engine::command::StreamSpec;
use scenario::{Document, Player, command, file};

const DOCUMENTATION: &str = include_str!("../../../docs/scenario-format.md");

/// The fenced blocks whose first line is ```` ```LANGUAGE ````.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENTATION.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_document_shown_plays_with_every_action_accepted() {
    let shown = blocks("json");
    assert_eq!(shown.len(), 1);
    for json in shown {
        let mut player = Player::new(file::decode(json.as_bytes()).unwrap()).unwrap();
        while !player.catch_up(u64::MAX).reached {}
        assert_eq!(player.elapsed_ms(), 60_000);
        assert!((0..2).all(|index| player.no_effect(index).is_none()));
    }
}

#[test]
fn every_command_and_each_of_its_fields_is_shown_or_told() {
    let shown: Vec<&str> = blocks("jsonl").into_iter().flat_map(str::lines).collect();
    for json in &shown {
        command::decode(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    }
    for (kind, fields) in command::FIELDS {
        let does = format!("\"do\": \"{kind}\"");
        assert!(shown.iter().any(|line| line.contains(&does)), "{kind}");
        for field in *fields {
            let told = DOCUMENTATION.contains(&format!("`{field}`"));
            let seen = shown
                .iter()
                .any(|line| line.contains(&does) && line.contains(&format!("\"{field}\":")));
            assert!(told || seen, "{kind}.{field}");
        }
    }
    for json in blocks("json fragment=stream") {
        serde_json::from_str::<StreamSpec>(json).unwrap();
    }
    for json in blocks("json fragment=forks") {
        let forks = serde_json::from_str::<Vec<scenario::Fork>>(json).unwrap();
        Document { forks, ..Document::default() }.check().unwrap();
    }
}
