//! Compression: what producers send, what topics keep, what the page shows of it.

use super::*;
use serde_json::json;

/// A producer with these configs sends `count` records of 100 bytes at once; the play a second later.
fn sent(producer: &[(&str, &str)], topic: &[(&str, &str)], count: u32) -> Play {
    let mut play = Play::new().topic("t", 1, topic);
    play.json(json!({"do": "add-producer", "producer": "p", "configs": map(producer)})).unwrap();
    play.run_to(100);
    if count > 0 {
        play.send("p", "t", keyless(100), count);
    }
    play.run_to(1_100);
    play
}

fn batches(play: &Play) -> Vec<u32> {
    play.events("sends")
        .iter()
        .map(|(_, text)| {
            let records = text.split("sends ").nth(1).unwrap().split(' ').next().unwrap();
            records.parse().unwrap()
        })
        .collect()
}

#[test]
fn each_codec_of_a_producer_is_stored_and_read_and_smaller() {
    let plain = sent(&[], &[], 100).lane("t", 0);
    assert_eq!(
        (plain.codecs.as_slice(), plain.window_bytes),
        (&["none".to_owned()][..], plain.bytes)
    );
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        let mut play = sent(&[("compression.type", codec)], &[], 100);
        let lane = play.lane("t", 0);
        assert_eq!(lane.codecs, [codec]);
        assert!(lane.bytes * 3 < plain.bytes, "{codec}: {} of {}", lane.bytes, plain.bytes);
        assert_eq!(lane.window_uncompressed_bytes, plain.bytes, "{codec}");
        assert_eq!(lane.cells, plain.cells);
        let batch = play.engine.record("t", 0, 7).unwrap().batch;
        assert_eq!(batch.compression, codec);
        assert_eq!(i64::from(batch.uncompressed_len.unwrap()), plain.bytes);
        let producer = play.engine.producer("p").unwrap().producer;
        assert_eq!(
            (producer.batch_bytes, producer.uncompressed_bytes),
            (lane.bytes as u64, plain.bytes as u64)
        );
        play.json(json!({"do": "add-group", "group": "g", "topics": ["t"],
            "configs": {"auto.offset.reset": "earliest"}, "members": [{}]}))
            .unwrap();
        play.run_to(10_000);
        assert_eq!(play.group("g").members[0].consumed, 100, "{codec}");
    }
}

#[test]
fn a_batch_takes_more_records_the_better_they_have_been_compressed() {
    // A batch counts with the ratio of those before it, and five per cent.
    let mut play = sent(&[("compression.type", "gzip"), ("linger.ms", "1000")], &[], 3_000);
    play.run_to(10_000);
    let first = batches(&play);
    let ratio = |play: &Play| {
        let producer = play.engine.producer("p").unwrap().producer;
        producer.batch_bytes * 1_000 / producer.uncompressed_bytes
    };
    assert!(ratio(&play) < 100, "{}", ratio(&play));
    for second in 10..60 {
        play.send("p", "t", keyless(100), 300);
        play.run_to(second * 1_000 + 1_500);
    }
    play.send("p", "t", keyless(100), 3_000);
    play.run_to(70_000);
    let last = batches(&play);
    // 16384 / 1.05 bytes of records at first: the estimate starts at one.
    assert_eq!(first[0], 141);
    assert!(last.iter().rev().take(5).any(|&records| records > 180), "{last:?}");
    let none = batches(&sent(&[("linger.ms", "1000")], &[], 3_000));
    assert_eq!(none[0], 148);
}

#[test]
fn a_topics_own_codec_makes_the_leader_write_batches_anew() {
    for (producers, topics, stored) in [
        ("gzip", "producer", "gzip"),
        ("gzip", "uncompressed", "none"),
        ("none", "zstd", "zstd"),
        ("lz4", "snappy", "snappy"),
    ] {
        let play = sent(&[("compression.type", producers)], &[("compression.type", topics)], 50);
        let lane = play.lane("t", 0);
        assert_eq!(lane.codecs, [stored], "{producers} to {topics}");
        assert_eq!(lane.cells.len(), 50);
    }
}

#[test]
fn gzip_has_levels() {
    let words = ["order", "customer", "total", "paid", "late", "street", "basket", "voucher"];
    let text: String = (0..3_000_usize)
        .map(|n| words[(n * n * 31 + n / 7) % words.len()])
        .collect::<Vec<_>>()
        .join(" ");
    let with = |level: &str| {
        let configs = [("compression.type", "gzip"), ("compression.gzip.level", level)];
        let mut play = sent(&configs, &[], 0);
        play.json(json!({"do": "produce", "producer": "p", "topic": "t", "value": text})).unwrap();
        play.run_to(2_000);
        play.lane("t", 0).bytes
    };
    assert!(
        with("9") <= with("6") && with("6") < with("1"),
        "{} {} {}",
        with("9"),
        with("6"),
        with("1")
    );
    assert_eq!(with("-1"), with("6"));
}

#[test]
fn a_batch_too_large_for_the_topic_is_split_in_its_codec() {
    let mut play = Play::new().topic("t", 1, &[("max.message.bytes", "300")]);
    play.json(json!({"do": "add-producer", "producer": "p",
        "configs": {"compression.type": "lz4", "linger.ms": "100"}}))
        .unwrap();
    play.run_to(100);
    for n in 0..40 {
        // Values that do not compress well.
        let value: String =
            (0..40).map(|i| char::from(33 + ((n * 7919 + i * i * 104_729) % 90) as u8)).collect();
        play.json(json!({"do": "produce", "producer": "p", "topic": "t", "value": value})).unwrap();
    }
    play.run_to(60_000);
    let lane = play.lane("t", 0);
    assert!(!play.events("MESSAGE_TOO_LARGE on").is_empty());
    assert_eq!((lane.cells.len(), lane.codecs), (40, vec!["lz4".to_owned()]));
    assert!(play.events("failed").is_empty());
}
