//! How fast the log is: nanoseconds for each batch and record built, appended, read and cloned.
//! Run it with `cargo run --release -p kafka-log --example append`.
//!
//! Each line of output is a row of JSON with a name, a value and a unit; values are the best of
//! some rounds.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kafka_log::log::Isolation;
use kafka_log::{AppendOrigin, Batch, BatchBuilder, Log, LogConfig, ProducerStamp};

const ROUNDS: usize = 7;
const BATCHES: u32 = 20_000;
const NOW: i64 = 1_700_000_000_000;

fn batch(records: u32, producer_id: i64, base_sequence: i32) -> Batch {
    let mut builder = BatchBuilder::new();
    for n in 0..records {
        let key = n.to_be_bytes();
        builder.append(NOW + i64::from(n), Some(&key), Some(&[b'x'; 100]), &[]).unwrap();
    }
    let stamp = match producer_id {
        -1 => ProducerStamp::NONE,
        _ => ProducerStamp { producer_id, producer_epoch: 0, base_sequence, transactional: false },
    };
    builder.build(stamp).unwrap()
}

fn filled(batch: &Batch, count: u32) -> Log {
    let mut log = Log::new(LogConfig::default(), NOW);
    for _ in 0..count {
        log.append_as_leader(batch.clone(), 0, NOW, AppendOrigin::Client).unwrap();
    }
    log.update_high_watermark(log.log_end_offset());
    log
}

fn report(name: &str, batches: u32, records_per_batch: u32, mut round: impl FnMut() -> Duration) {
    let best = (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
    let per_batch = best.as_nanos() as f64 / f64::from(batches);
    let row = |name: &str, value: f64| {
        println!(r#"{{"name": "{name}", "value": {value:.2}, "unit": "ns"}}"#);
    };
    row(name, per_batch);
    if records_per_batch > 1 {
        row(&format!("{name}-a-record"), per_batch / f64::from(records_per_batch));
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn main() {
    for records in [1_u32, 10, 100] {
        let one = batch(records, -1, -1);
        report(&format!("log-build-{records}"), 2_000, records, || {
            timed(|| {
                for _ in 0..2_000 {
                    black_box(batch(records, -1, -1));
                }
            })
        });
        report(&format!("log-append-{records}"), BATCHES, records, || {
            let mut log = Log::new(LogConfig::default(), NOW);
            timed(|| {
                for _ in 0..BATCHES {
                    let batch = black_box(one.clone());
                    log.append_as_leader(batch, 0, NOW, AppendOrigin::Client).unwrap();
                }
            })
        });
        let step = i32::try_from(records).unwrap();
        let idempotent: Vec<Batch> = (0..2_000).map(|n| batch(records, 7, n * step)).collect();
        report(&format!("log-append-idempotent-{records}"), 2_000, records, || {
            let mut log = Log::new(LogConfig::default(), NOW);
            timed(|| {
                for batch in &idempotent {
                    log.append_as_leader(batch.clone(), 0, NOW, AppendOrigin::Client).unwrap();
                }
            })
        });
        let log = filled(&one, BATCHES);
        report(&format!("log-follow-{records}"), BATCHES, records, || {
            let mut follower = Log::new(LogConfig::default(), NOW);
            timed(|| {
                while follower.log_end_offset() < log.log_end_offset() {
                    let from = follower.log_end_offset();
                    let read = log.read(from, 1 << 20, Isolation::LogEnd, true).unwrap();
                    follower.append_as_follower(&read.batches, 0, NOW).unwrap();
                }
            })
        });
        report(&format!("log-decode-{records}"), BATCHES, records, || {
            timed(|| {
                for batch in log.batches_from(0) {
                    for record in &batch.payload().unwrap() {
                        black_box(record.unwrap());
                    }
                }
            })
        });
    }
    clones();
}

/// A clone and the first append after it, for logs of one segment and of many.
fn clones() {
    let one = batch(1, -1, -1);
    for (name, segment_bytes) in [("1-segment", 1 << 30), ("1000-segments", 3_500)] {
        let config = LogConfig { segment_bytes, ..LogConfig::default() };
        let mut log = Log::new(config, NOW);
        for _ in 0..BATCHES {
            log.append_as_leader(one.clone(), 0, NOW, AppendOrigin::Client).unwrap();
        }
        report(&format!("log-clone-{name}"), 100, 1, || {
            timed(|| {
                for _ in 0..100 {
                    black_box(log.clone());
                }
            })
        });
        report(&format!("log-clone-append-{name}"), 100, 1, || {
            timed(|| {
                for _ in 0..100 {
                    let mut copy = log.clone();
                    copy.append_as_leader(one.clone(), 0, NOW, AppendOrigin::Client).unwrap();
                    black_box(copy);
                }
            })
        });
    }
}
