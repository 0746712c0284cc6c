//! What keyframes hold is estimated; the estimate is held to what an allocator counts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unsafe_code)]

use log_engine::Engine;
use scenario::{Document, Player, file, gallery};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts, for each thread, what is allocated now.
struct Counting;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(0) };
}

fn count(change: i64) {
    // A thread that ends has no counter any more.
    let _ = NOW.try_with(|now| now.set(now.get() + change));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(i64::try_from(layout.size()).unwrap_or(i64::MAX));
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-i64::try_from(layout.size()).unwrap_or(i64::MAX));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Plays a document, and compares what its keyframes hold with what is free once they are gone.
fn measure(name: &str, document: Document, to_ms: u64) {
    let mut player = Player::new(document).unwrap();
    while !player.advance_to(to_ms, u64::MAX / 4).reached {}
    let keeping = player.keeping();
    // The run's own content stays.
    let _engine: Engine = player.engine().clone();
    let before = NOW.get();
    drop(player);
    let freed = u64::try_from(before - NOW.get()).unwrap();
    println!("{name}: {keeping:?}, freed {freed}");
    assert!(keeping.frames > 8, "{name}: {keeping:?}");
    let near = keeping.bytes > freed / 10 * 6 && keeping.bytes < freed / 10 * 16;
    assert!(near, "{name}: estimated {}, freed {freed} by {keeping:?}", keeping.bytes);
    assert!(keeping.bytes <= keeping.budget && freed < keeping.budget / 10 * 15);
}

fn of(json: &str) -> Document {
    file::decode(json.as_bytes()).unwrap()
}

#[test]
fn one_broker_with_a_stream() {
    let json = r#"{ "ottla": 1, "setup": [
        { "do": "create-topic", "topic": "t", "partitions": 12 },
        { "do": "add-producer", "producer": "p", "stream": { "topic": "t", "records": 500,
          "keys": { "kind": "sequence", "prefix": "k", "count": 100 }, "value_bytes_min": 10, "value_bytes_max": 60 } },
        { "do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}, {}] } ] }"#;
    measure("stream", of(json), 60_000);
}

#[test]
fn three_brokers_with_replicas() {
    let json = r#"{ "ottla": 1, "cluster": { "brokers": 3 }, "setup": [
        { "do": "create-topic", "topic": "t", "partitions": 6, "replication_factor": 3 },
        { "do": "add-producer", "producer": "p", "stream": { "topic": "t", "records": 200,
          "keys": { "kind": "sequence", "prefix": "k", "count": 100 } } },
        { "do": "add-group", "group": "g", "topics": ["t"], "members": [{}, {}] } ],
        "journal": [{ "at": 20000, "do": "crash-broker", "broker": 2 }, { "at": 40000, "do": "start-broker", "broker": 2 }] }"#;
    measure("replicas", of(json), 60_000);
}

#[test]
fn segments_that_retention_has_deleted_since() {
    let json = r#"{ "ottla": 1, "cluster": { "configs": { "log.retention.check.interval.ms": "1000" } }, "setup": [
        { "do": "create-topic", "topic": "t", "partitions": 4,
          "configs": { "segment.bytes": "1048576", "retention.bytes": "2097152" } },
        { "do": "add-producer", "producer": "p", "stream": { "topic": "t", "records": 3000,
          "value_bytes_min": 1000, "value_bytes_max": 1000 } } ] }"#;
    measure("retention", of(json), 40_000);
}

#[test]
fn a_scenario_of_the_gallery() {
    measure("default", Document { at: None, ..gallery::default_document() }, 600_000);
}
