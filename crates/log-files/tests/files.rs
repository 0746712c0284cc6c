//! Out and in again: what is exported is imported as it was, and what is broken is cut or refused.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use bytes::Bytes;
use kafka_log::batch::{Batch, BatchBuilder, ProducerStamp, batches};
use kafka_log::{AppendOrigin, Log, LogConfig};
use log_files::{Export, ExportPartition, Import, ImportError, Imported, Limits, Problem};

const NOW: i64 = 1_700_000_000_000;
const FIRST: &str = "orders-0/00000000000000000000.log";
const SECOND: &str = "orders-0/00000000000000000003.log";

fn batch(n: i64) -> Batch {
    let mut builder = BatchBuilder::new();
    let value = [b'v'; 200];
    builder.append(NOW + n, Some(format!("key-{n}").as_bytes()), Some(&value), &[]).unwrap();
    builder.build(ProducerStamp::NONE).unwrap()
}

/// Two segments: offsets 0 to 2, and 3 to 4.
fn log() -> Log {
    let mut log = Log::new(LogConfig::default(), NOW);
    for n in 0..5 {
        if n == 3 {
            log.roll(NOW);
        }
        log.append_as_leader(batch(n), 1, NOW, AppendOrigin::Client).unwrap();
    }
    log.update_high_watermark(5);
    log
}

fn partition(number: i32) -> ExportPartition {
    ExportPartition::new("orders", number, Some("BwcHBwcHBwcHBwcHBwcHBw"), &log())
}

fn zip_of(partitions: Vec<ExportPartition>) -> Vec<u8> {
    let export = Export::new(partitions).unwrap();
    let total = export.total_bytes();
    let zip: Vec<u8> = export.flatten().collect();
    assert_eq!(zip.len() as u64, total, "the size is known before");
    zip
}

fn import(name: &str, bytes: impl Into<Bytes>) -> Result<Imported, ImportError> {
    finish(Import::new(name, bytes.into(), Limits::default())?)
}

fn import_files(files: Vec<(&str, Vec<u8>)>) -> Result<Imported, ImportError> {
    let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes.into())).collect();
    finish(Import::of_files("folder", files, Limits::default())?)
}

fn finish(mut import: Import) -> Result<Imported, ImportError> {
    let mut before = import.progress();
    loop {
        let now = import.step(100)?;
        assert!(now.done >= before.done && now.done <= now.total, "{before:?} {now:?}");
        if now.finished {
            assert_eq!(now.done, now.total);
            return import.finish();
        }
        before = now;
    }
}

fn problem(result: Result<Imported, ImportError>) -> Problem {
    result.unwrap_err().problem
}

fn segment_bytes(first: i64) -> Vec<u8> {
    let mut out = Vec::new();
    let until = if first == 0 { 3 } else { 5 };
    log()
        .batches_from(first)
        .take_while(|b| b.base_offset() < until)
        .for_each(|b| b.write_to(&mut out));
    out
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let zip = zip_of(vec![partition(1), partition(0)]);
    assert_eq!(zip, zip_of(vec![partition(0), partition(1)]), "the same bytes each time");

    let imported = import("anything.zip", zip).unwrap();

    let [topic] = &imported.topics[..] else { panic!("{imported:?}") };
    assert_eq!(
        (topic.topic.as_str(), topic.topic_id.as_deref()),
        ("orders", Some("BwcHBwcHBwcHBwcHBwcHBw"))
    );
    assert_eq!(topic.partitions.iter().map(|p| p.partition).collect::<Vec<_>>(), [0, 1]);
    let found = &topic.partitions[0];
    assert_eq!((found.log_start_offset, found.log_end_offset(), found.records()), (0, 5, 5));
    let bases: Vec<_> = found.segments.iter().map(|s| (s.base_offset, s.next_offset)).collect();
    assert_eq!(bases, [(0, 3), (3, 5)]);
    let read = found.segments.iter().flat_map(|s| batches(s.bytes.clone())).map(Result::unwrap);
    assert!(read.eq(log().batches_from(0).cloned()));
    assert!(found.notes.is_empty() && imported.notes.is_empty());
}

#[test]
fn a_folder_has_the_files_a_stopped_broker_leaves() {
    let names: Vec<String> = partition(0).files().into_iter().map(|file| file.path).collect();
    assert_eq!(
        names,
        [
            "orders-0/00000000000000000000.log",
            "orders-0/00000000000000000000.index",
            "orders-0/00000000000000000000.timeindex",
            "orders-0/00000000000000000003.log",
            "orders-0/00000000000000000003.index",
            "orders-0/00000000000000000003.timeindex",
            "orders-0/00000000000000000003.snapshot",
            "orders-0/00000000000000000005.snapshot",
            "orders-0/leader-epoch-checkpoint",
            "orders-0/partition.metadata",
        ]
    );
    let files: Vec<_> = Export::new(vec![partition(0)]).unwrap().into_files().collect();
    assert_eq!(files[9].1[..], b"version: 0\ntopic_id: BwcHBwcHBwcHBwcHBwcHBw"[..]);
    assert_eq!(files[5].1.len(), 12, "the active segment's time index has its last entry");
}

#[test]
fn files_that_are_there_already_are_exported_as_they_are() {
    let files: Vec<(String, Bytes)> = ExportPartition::new("orders", 0, None, &log())
        .files()
        .into_iter()
        .map(|file| (file.path.replace("orders-0/", ""), partition(0).bytes_of(&file)))
        .collect();
    let of_files = zip_of(vec![ExportPartition::of_files("orders", 0, files, 0)]);
    assert_eq!(of_files, zip_of(vec![ExportPartition::new("orders", 0, None, &log())]));
}

#[test]
fn a_moved_log_start_goes_along() {
    let mut log = log();
    log.delete_records(2).unwrap();
    let imported = import("x.zip", zip_of(vec![ExportPartition::new("a-b", 7, None, &log)]));
    let imported = imported.unwrap();
    let found = &imported.topics[0].partitions[0];
    assert_eq!((found.partition, found.log_start_offset, found.log_end_offset()), (7, 2, 5));
}

#[test]
fn a_bare_segment_is_known_by_its_name_or_its_first_batch() {
    let found = import("00000000000000000003.log", segment_bytes(3)).unwrap();
    assert_eq!(found.topics[0].topic, "imported");
    assert_eq!(found.topics[0].partitions[0].segments[0].base_offset, 3);

    let found = import("orders-4/00000000000000000003.log", segment_bytes(3)).unwrap();
    assert_eq!(
        (found.topics[0].topic.as_str(), found.topics[0].partitions[0].partition),
        ("orders", 4)
    );

    let found = import("saved.log", segment_bytes(3)).unwrap();
    assert_eq!(found.topics[0].topic, "saved");
    assert_eq!(found.topics[0].partitions[0].log_start_offset, 3);

    let wrong = import("00000000000000000099.log", segment_bytes(3));
    assert_eq!(problem(wrong), Problem::OutOfSegment { found: 3, base: 99 });
}

#[test]
fn a_torn_tail_is_cut_as_recovery_does() {
    let mut torn = segment_bytes(3);
    let whole = torn.len();
    torn.truncate(whole - 10);
    let found = import("00000000000000000003.log", torn).unwrap();
    let found = &found.topics[0].partitions[0];
    assert_eq!(found.log_end_offset(), 4);
    assert_eq!(found.bytes(), whole as u64 / 2);
    assert_eq!(found.notes[0].position, Some(whole as u64 / 2));
    assert!(found.notes[0].text.contains("the log ends at offset 4"), "{:?}", found.notes);
}

#[test]
fn the_zeros_of_a_preallocated_file_are_cut() {
    let padded = [segment_bytes(3), vec![0; 4096]].concat();
    let found = import(SECOND, padded).unwrap();
    assert_eq!(found.topics[0].partitions[0].log_end_offset(), 5);
}

#[test]
fn a_flipped_bit_cuts_the_log_and_later_segments_go() {
    let mut flipped = segment_bytes(0);
    let at = flipped.len() - 20;
    flipped[at] ^= 1;
    let found = import_files(vec![(FIRST, flipped), (SECOND, segment_bytes(3))]).unwrap();
    let found = &found.topics[0].partitions[0];
    assert_eq!((found.segments.len(), found.log_end_offset()), (1, 2));
    let files: Vec<_> = found.notes.iter().map(|note| note.file.as_str()).collect();
    assert_eq!(files, [FIRST, SECOND]);
}

#[test]
fn leftovers_of_a_cleaning_are_finished_or_left_out() {
    let swap = format!("{FIRST}.swap");
    let deleted = format!("{SECOND}.deleted");
    let whole = [segment_bytes(0), segment_bytes(3)].concat();
    let files = vec![
        (FIRST, segment_bytes(0)),
        (SECOND, segment_bytes(3)),
        (swap.as_str(), whole.clone()),
        (deleted.as_str(), vec![1, 2, 3]),
    ];
    let found = import_files(files).unwrap();
    assert_eq!(found.notes[0].file, deleted);
    let found = &found.topics[0].partitions[0];
    assert_eq!((found.segments.len(), found.segments[0].bytes.to_vec()), (1, whole));
    assert_eq!(found.notes.len(), 3, "{:?}", found.notes);
}

#[test]
fn what_is_no_log_is_refused_with_place_and_reason() {
    assert_eq!(problem(import("a.log", Vec::new())), Problem::Empty);
    assert_eq!(problem(import("photo.jpg", vec![0xff; 500])), Problem::Unknown);
    let error = import("a.log", vec![0; 500]).unwrap_err();
    assert_eq!((error.file.as_str(), error.position), ("a.log", Some(0)));
    assert!(matches!(error.problem, Problem::NotALog(_)), "{error}");
    let mut old = segment_bytes(0);
    old[16] = 1;
    assert_eq!(problem(import("a.log", old)), Problem::OldFormat(1));
    let mut newer = segment_bytes(0);
    newer[16] = 3;
    assert!(matches!(problem(import("a.log", newer)), Problem::BadBatch(_)));
    let mut below = segment_bytes(0);
    below[0] = 0xff;
    assert!(matches!(problem(import("a.log", below)), Problem::OutOfOrder { .. }));
    let twice = [segment_bytes(0), segment_bytes(0)].concat();
    let error = import("a.log", twice).unwrap_err();
    assert_eq!(error.position, Some(segment_bytes(0).len() as u64));
    assert_eq!(error.problem, Problem::OutOfOrder { found: 0, previous: 2 });
}

#[test]
fn folders_must_be_partitions_and_stand_once() {
    let log = segment_bytes(0);
    let refused = |path: &str| problem(import_files(vec![(path, log.clone())]));
    assert_eq!(refused("orders/00000000000000000000.log"), Problem::Folder("orders".to_owned()));
    assert_eq!(refused("a b-0/00000000000000000000.log"), Problem::Topic("a b".to_owned()));
    let out = Problem::Partition { found: 1_000_000, most: 999 };
    assert_eq!(refused("orders-1000000/00000000000000000000.log"), out);
    assert_eq!(refused("orders-0/notes.log"), Problem::NoSegments);

    let one = "broker-1/orders-0/00000000000000000000.log";
    let other = "broker-2/orders-0/00000000000000000000.log";
    let both = import_files(vec![(one, log.clone()), (other, log.clone())]);
    assert_eq!(problem(both), Problem::Twice("broker-1/orders-0".to_owned()));
    assert!(import_files(vec![(one, log)]).is_ok(), "nested in one folder is fine");
}

#[test]
fn limits_hold_before_anything_is_read() {
    let zip = Bytes::from(zip_of(vec![partition(0), partition(1)]));
    let refused = |limits| Import::new("x.zip", zip.clone(), limits).unwrap_err().problem;
    let limits = Limits { total_bytes: 1_000, ..Limits::default() };
    assert!(matches!(refused(limits), Problem::TooLarge { most: 1_000, .. }));
    let limits = Limits { entries: 3, ..Limits::default() };
    assert_eq!(refused(limits), Problem::TooManyEntries { found: 20, most: 3 });
    let limits = Limits { partitions: 1, ..Limits::default() };
    assert_eq!(refused(limits), Problem::TooManyPartitions(1));
}

#[test]
fn a_refused_import_stays_refused_and_an_unfinished_one_gives_nothing() {
    let mut import = Import::new("a.log", vec![0; 500].into(), Limits::default()).unwrap();
    let error = loop {
        if let Err(error) = import.step(1) {
            break error;
        }
    };
    assert_eq!(import.step(1).unwrap_err(), error);
    assert_eq!(import.finish().unwrap_err(), error);
    let import = Import::new("a.log", segment_bytes(0).into(), Limits::default()).unwrap();
    assert_eq!(import.finish().unwrap_err().problem, Problem::Unfinished);
}
