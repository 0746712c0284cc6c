//! The documents that come with Ottla play as they say.
#![allow(clippy::unwrap_used, clippy::panic)]

use scenario::gallery::{GALLERY, by_name, default_document};
use scenario::{Player, file};

const TWO_MINUTES_MS: u64 = 120_000;

fn played(document: scenario::Document, slice: u64) -> Player {
    let mut player = Player::new(document).unwrap();
    while !player.advance_to(TWO_MINUTES_MS, slice).reached {}
    player
}

#[test]
fn each_reads_says_what_to_try_and_is_written_again_as_it_is() {
    for entry in GALLERY {
        let document = entry.document().unwrap_or_else(|error| panic!("{}: {error}", entry.name));
        assert!(document.about.contains("Try it: "), "{}", entry.name);
        assert!(!document.title.is_empty(), "{}", entry.name);
        let again = file::decode(file::encode(&document).unwrap().as_bytes()).unwrap();
        assert_eq!(again, document, "{}", entry.name);
    }
}

#[test]
fn each_plays_two_minutes_with_every_action_accepted() {
    for entry in GALLERY {
        let player = played(entry.document().unwrap(), 1_000_000);
        assert_eq!(player.elapsed_ms(), TWO_MINUTES_MS, "{}", entry.name);
        let journal = player.document().journal.len();
        assert_eq!(player.entries_played(), journal, "{}", entry.name);
        for index in 0..journal {
            assert_eq!(player.no_effect(index), None, "{} journal[{index}]", entry.name);
        }
    }
}

#[test]
fn each_plays_the_same_way_in_any_slices() {
    for entry in GALLERY {
        let whole = played(entry.document().unwrap(), u64::MAX);
        let sliced = played(entry.document().unwrap(), 977);
        assert_eq!(whole.engine().trace_hash(), sliced.engine().trace_hash(), "{}", entry.name);
        assert_eq!(whole.engine().cluster(), sliced.engine().cluster(), "{}", entry.name);
    }
}

#[test]
fn a_first_visit_opens_orders_on_one_broker() {
    assert_eq!(default_document().title, "Orders on one broker");
    assert_eq!(by_name("default").unwrap().document().unwrap(), default_document());
    assert_eq!(by_name("no such name"), None);
}
