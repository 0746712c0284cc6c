//! Two measures that Kafka's own classes run as well (`tests/conformance`, Bench): the same
//! batches, the same log at the end.

use super::answer;
use bytes::Bytes;
use kafka_log::batch::{Batch, BatchBuilder, BuildError};
use kafka_log::log::CleanOptions;
use kafka_log::{AppendOrigin, CleanupPolicy, Log, LogConfig, ProducerStamp, Ratio};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::error::Error;
use std::time::{Duration, Instant};

const NOW: i64 = 1_700_000_000_000;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// 100,000 batches of 10 records appended from their bytes; rolls; retention each thousand.
    Append,
    /// 1,000,000 records of 100,000 keys cleaned.
    Clean,
}

/// The best of some rounds, ms, and the log's state after it.
pub fn run(what: What, rounds: u32) -> Result<(f64, Value), Box<dyn Error>> {
    let mut best: Option<Duration> = None;
    let mut state = json!(null);
    for _ in 0..rounds {
        let (took, log) = match what {
            What::Append => append()?,
            What::Clean => clean()?,
        };
        best = Some(best.map_or(took, |best| best.min(took)));
        state = answer::state(&log);
    }
    Ok((best.unwrap_or_default().as_secs_f64() * 1000.0, state))
}

/// Batches as a producer sends them; record n of all has key n * 7919 mod `keys`.
fn batches(batches: u64, records: u64, keys: u64) -> Result<Vec<Bytes>, BuildError> {
    let batch = |first: u64| {
        let mut builder = BatchBuilder::new();
        for n in first..first.saturating_add(records) {
            let key = format!("key-{:06}", n.saturating_mul(7919) % keys);
            builder.append(NOW, Some(key.as_bytes()), Some(&[b'v'; 100]), &[])?;
        }
        Ok(builder.build(ProducerStamp::NONE)?.to_bytes())
    };
    (0..batches).map(|index| batch(index.saturating_mul(records))).collect()
}

fn append() -> Result<(Duration, Log), Box<dyn Error>> {
    let batches = batches(100, 10, 1000)?;
    let config =
        LogConfig { segment_bytes: 1 << 20, retention_bytes: 20 << 20, ..LogConfig::default() };
    let mut log = Log::new(config, NOW);
    let began = Instant::now();
    for (index, bytes) in (0..100_000_u32).zip(batches.iter().cycle()) {
        let batch = Batch::parse(bytes.clone())?;
        log.append_as_leader(batch, 0, NOW, AppendOrigin::Client)?;
        log.update_high_watermark(log.log_end_offset());
        if index % 1000 == 999 {
            log.delete_old_segments(NOW);
        }
    }
    Ok((began.elapsed(), log))
}

fn clean() -> Result<(Duration, Log), Box<dyn Error>> {
    let config = LogConfig {
        cleanup_policy: CleanupPolicy::COMPACT,
        segment_bytes: 16 << 20,
        min_cleanable_dirty_ratio: Ratio::parse("0").ok_or("a ratio")?,
        ..LogConfig::default()
    };
    let mut log = Log::new(config, NOW);
    for bytes in batches(10_000, 100, 100_000)? {
        log.append_as_leader(Batch::parse(bytes)?, 0, NOW, AppendOrigin::Client)?;
    }
    log.update_high_watermark(log.log_end_offset());
    log.roll(NOW);
    let began = Instant::now();
    log.clean(NOW, &CleanOptions::default(), &mut |_| {})?.ok_or("nothing was cleaned")?;
    Ok((began.elapsed(), log))
}
