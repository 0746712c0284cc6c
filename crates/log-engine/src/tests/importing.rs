//! Files out, files in: a partition's folder makes the same topic elsewhere.

use super::*;
use crate::command::{Blob, ImportedPartition, ImportedSegment};
use serde_json::json;

/// Some segments of orders, with a snapshot of producer state at each roll.
fn source() -> Play {
    let mut play = Play::new().topic("orders", 1, &[("internal.segment.bytes", "400")]);
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(100);
    for n in 0..8 {
        play.send("p", "orders", keyed(&format!("k{n}")), 1);
        play.run_to(1_000 * (n + 1));
    }
    play
}

fn partition(files: &[(String, bytes::Bytes)]) -> ImportedPartition {
    let segments = files.iter().filter_map(|(name, bytes)| {
        let base_offset = name.strip_suffix(".log")?.parse().unwrap();
        Some(ImportedSegment { base_offset, log: Blob::new(bytes.clone()) })
    });
    ImportedPartition { segments: segments.collect() }
}

fn import(topic: &str, partitions: Vec<ImportedPartition>) -> Command {
    Command::ImportTopic { topic: topic.into(), configs: Configs::new(), partitions }
}

#[test]
fn a_partitions_folder_is_what_a_broker_has() {
    let play = source();
    let files = play.engine.partition_files("orders", 0);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names[..3],
        [
            "00000000000000000000.log",
            "00000000000000000000.index",
            "00000000000000000000.timeindex",
        ]
    );
    assert_eq!(names[names.len() - 2..], ["leader-epoch-checkpoint", "partition.metadata"]);
    let (_, metadata) = files.last().unwrap();
    let topic_id = play.engine.topic("orders").unwrap().summary.topic_id;
    assert_eq!(metadata, format!("version: 0\ntopic_id: {topic_id}").as_bytes());
    assert!(play.engine.partition_files("orders", 1).is_empty());
}

#[test]
fn an_exported_folder_is_imported_and_read() {
    let source = source();
    let files = source.engine.partition_files("orders", 0);
    let mut play = Play::new();
    play.run_to(5_000);
    play.apply(import("old-orders", vec![partition(&files), ImportedPartition::default()]))
        .unwrap();
    let (from, to) = (source.lane("orders", 0), play.lane("old-orders", 0));
    assert_eq!((to.log_start, to.high_watermark, to.log_end), (0, 8, 8));
    assert_eq!((to.cells, to.segments.len()), (from.cells, from.segments.len()));
    assert_eq!(to.leader_epoch, 1);
    assert_eq!(play.lane("old-orders", 1).log_end, 0);
    assert_eq!(play.events("log loaded").len(), 2);
    // Consumers read it, producers go on behind it.
    play.json(json!({"do": "add-group", "group": "g", "topics": ["old-orders"],
        "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
        .unwrap();
    play.json(json!({"do": "add-producer", "producer": "p"})).unwrap();
    play.run_to(10_000);
    play.json(json!({"do": "produce", "producer": "p", "topic": "old-orders", "partition": 0, "key": "new"}))
        .unwrap();
    play.run_to(20_000);
    let lane = play.lane("old-orders", 0);
    assert_eq!((lane.log_end, lane.cursors[0].position), (9, Some(9)));
    assert_eq!(play.group("g").members[0].consumed, 9);
    // Its producer id is none of those in the imported log.
    assert!(play.engine.producer("p").unwrap().producer.producer_id >= 1_000);
    // The same bytes again: what was exported is a fixed point.
    let again = play.engine.partition_files("old-orders", 0);
    assert_eq!(again[0], files[0]);
}

#[test]
fn a_damaged_file_is_recovered_as_a_broker_does_and_said() {
    let files = source().engine.partition_files("orders", 0);
    let mut damaged = partition(&files);
    let mut bytes = damaged.segments[1].log.bytes().to_vec();
    // Under the CRC of the second batch.
    let second = bytes.len() / 2;
    bytes[second + 30] ^= 1;
    damaged.segments[1].log = bytes.into();
    let mut play = Play::new();
    play.apply(import("orders", vec![damaged.clone()])).unwrap();
    let lane = play.lane("orders", 0);
    assert!(lane.log_end < 8 && lane.log_end > damaged.segments[1].base_offset);
    let cut = play.events("Corruption found in segment");
    assert_eq!(cut.len(), 1);
    assert!(cut[0].1.contains(&format!("truncating to offset {}", lane.log_end)), "{cut:?}");
}

#[test]
fn what_is_no_log_is_refused_and_nothing_is_imported() {
    let mut play = Play::new().topic("orders", 1, &[]);
    let before = play.engine.trace_hash();
    let good = partition(&source().engine.partition_files("orders", 0));
    let junk = ImportedSegment { base_offset: 0, log: vec![7; 300].into() };
    let junk = ImportedPartition { segments: vec![junk] };
    let refused = play.apply(import("old", vec![good.clone(), junk])).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.field.as_deref()),
        ("CORRUPT_MESSAGE", Some("partitions[1]"))
    );
    assert!(refused.message.contains("Partition 1: No record batch at the start of the segment 0"));
    let refused = play.apply(import("orders", vec![good.clone()])).unwrap_err();
    assert_eq!(refused.code, "TOPIC_ALREADY_EXISTS");
    assert_eq!(play.apply(import("old", vec![])).unwrap_err().code, "INVALID_PARTITIONS");
    let mut unordered = good;
    unordered.segments.reverse();
    let refused = play.apply(import("old", vec![unordered])).unwrap_err();
    assert!(refused.message.contains("where the one before it ends"), "{refused}");
    assert_eq!(play.engine.trace_hash(), before);
    assert!(play.engine.topic("old").is_none());
}

#[test]
fn an_import_is_a_line_of_a_journal() {
    let files = source().engine.partition_files("orders", 0);
    let command = import("old", vec![partition(&files)]);
    let json = serde_json::to_value(&command).unwrap();
    assert_eq!(json["partitions"][0]["segments"][0]["base_offset"], 0);
    assert_eq!(serde_json::from_value::<Command>(json).unwrap(), command);
}
