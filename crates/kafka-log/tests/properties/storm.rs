//! Random operations on a log, and what must hold after each.

use kafka_log::batch::{Batch, BatchBuilder, ControlType, ProducerStamp, TimestampType};
use kafka_log::log::{
    AppendOrigin, Checkpoints, CleanOptions, Isolation, Log, OffsetSpec, RetentionStep, Shutdown,
};
use kafka_log::{CleanupPolicy, LogConfig, Ratio};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub const START: i64 = 1_700_000_000_000;

#[derive(Clone, Debug)]
pub enum Op {
    Advance(i64),
    Append { records: Vec<(i64, Option<u8>, Option<u8>)>, producer: Option<(i64, i16, i32, bool)> },
    EndTxn { producer_id: i64, epoch: i16, commit: bool },
    HighWatermark(i64),
    Retention,
    Roll,
    DeleteRecords(i64),
    Truncate(i64),
    Clean,
    LeaderEpoch,
    SegmentMs(i64),
    Restart { shutdown: u8, behind: i64 },
}

pub fn op() -> impl Strategy<Value = Op> {
    let record = (-500..500_i64, option::weighted(0.8, 0..4_u8), option::weighted(0.8, 0..60_u8));
    let producer = (0..3_i64, 0..2_i16, 0..6_i32, any::<bool>());
    let append = (vec(record, 1..8), option::of(producer));
    prop_oneof![
        3 => (0..2_000_i64).prop_map(Op::Advance),
        10 => append.prop_map(|(records, producer)| Op::Append { records, producer }),
        2 => (0..3_i64, 0..2_i16, any::<bool>())
            .prop_map(|(producer_id, epoch, commit)| Op::EndTxn { producer_id, epoch, commit }),
        5 => (0..8_i64).prop_map(Op::HighWatermark),
        2 => Just(Op::Retention),
        1 => Just(Op::Roll),
        1 => (0..8_i64).prop_map(Op::DeleteRecords),
        1 => (0..12_i64).prop_map(Op::Truncate),
        2 => Just(Op::Clean),
        1 => Just(Op::LeaderEpoch),
        1 => (50..2_000_i64).prop_map(Op::SegmentMs),
        1 => (0..3_u8, 0..8_i64)
            .prop_map(|(shutdown, behind)| Op::Restart { shutdown, behind }),
    ]
}

pub fn config() -> impl Strategy<Value = LogConfig> {
    let policies = [CleanupPolicy::DELETE, CleanupPolicy::COMPACT, CleanupPolicy::COMPACT_DELETE];
    let types = [TimestampType::CreateTime, TimestampType::LogAppendTime];
    let sizes = (200..2_000_i32, 1..500_i32, 24..400_i32, -1..3_000_i64, -1..4_000_i64);
    (prop::sample::select(policies.to_vec()), prop::sample::select(types.to_vec()), sizes).prop_map(
        |(cleanup_policy, message_timestamp_type, sizes)| {
            let (segment_bytes, interval, index, retention_bytes, retention_ms) = sizes;
            LogConfig {
                cleanup_policy,
                message_timestamp_type,
                segment_bytes,
                index_interval_bytes: interval,
                segment_index_bytes: index,
                retention_bytes,
                retention_ms,
                delete_retention_ms: 1_000,
                min_cleanable_dirty_ratio: Ratio::from_millionths(100_000).unwrap(),
                ..LogConfig::default()
            }
        },
    )
}

/// A log, its clock and its leader epoch.
#[derive(Clone)]
pub struct Replica {
    pub log: Log,
    pub now: i64,
    pub epoch: i32,
}

impl Replica {
    pub fn new(config: LogConfig) -> Self {
        Self { log: Log::new(config, START), now: START, epoch: 0 }
    }

    /// Runs one operation; offsets are meant relative to what the log has.
    pub fn run(&mut self, op: &Op) {
        let log = &mut self.log;
        match op {
            Op::Advance(ms) => self.now += ms,
            Op::Append { records, producer } => {
                let batch = data_batch(self.now, records, *producer);
                self.append(batch, AppendOrigin::Client);
            }
            Op::EndTxn { producer_id, epoch, commit } => {
                let control = if *commit { ControlType::Commit } else { ControlType::Abort };
                let marker =
                    Batch::end_transaction_marker(control, 0, *producer_id, *epoch, self.now);
                let origin = AppendOrigin::Coordinator { transaction_version: 1 };
                self.append(marker.unwrap(), origin);
            }
            Op::HighWatermark(ahead) => {
                log.increment_high_watermark(log.high_watermark() + ahead);
            }
            Op::Retention => self.retention(),
            Op::Roll => {
                log.roll(self.now);
            }
            Op::DeleteRecords(ahead) => {
                let to = log.log_start_offset() + ahead;
                assert_eq!(log.clone().delete_records(to).is_err(), to > log.high_watermark());
                let _ = log.delete_records(to);
            }
            Op::Truncate(back) => {
                let to = (log.log_end_offset() - back).max(0);
                let dropped = log.truncate_to(to, self.now);
                assert_eq!(log.log_end_offset().min(to), log.log_end_offset());
                for batch in dropped.unwrap_or_default().batches {
                    assert!(batch.last_offset() >= to);
                }
            }
            Op::Clean => {
                log.clean(self.now, &CleanOptions::default(), &mut |_| {}).unwrap();
            }
            Op::LeaderEpoch => {
                self.epoch += 1;
                log.assign_epoch_start_offset(self.epoch, log.log_end_offset());
            }
            Op::SegmentMs(segment_ms) => {
                log.set_config(LogConfig { segment_ms: *segment_ms, ..log.config().clone() });
            }
            Op::Restart { shutdown, behind } => self.restart(*shutdown, *behind),
        }
    }

    /// Comes back with checkpoints that are behind; only a power loss may cost records.
    fn restart(&mut self, shutdown: u8, behind: i64) {
        let log = &self.log;
        let checkpoints = Checkpoints {
            log_start_offset: (log.log_start_offset() - behind).max(0),
            high_watermark: (log.high_watermark() - behind).max(0),
        };
        let lost_from = log.log_end_offset() - behind;
        let shutdown = match shutdown {
            0 => Shutdown::Clean,
            1 => Shutdown::ProcessCrash,
            _ => Shutdown::PowerLoss { lost_from },
        };
        let (back, lost) = log.restarted(shutdown, checkpoints, self.now);
        let kept = contents(&back);
        let lost: Vec<_> = lost.batches.iter().map(Batch::to_bytes).collect();
        assert!(matches!(shutdown, Shutdown::PowerLoss { .. }) || lost.is_empty());
        assert_eq!([kept, lost].concat(), contents(log));
        self.log = back;
    }

    /// Appends; a refusal must leave all as it was, but that the log may have rolled.
    fn append(&mut self, batch: Batch, origin: AppendOrigin) {
        let before = self.log.clone();
        let count = i64::from(batch.header().last_offset_delta) + 1;
        match self.log.append_as_leader(batch, self.epoch, self.now, origin) {
            Ok(info) if info.duplicate => assert_eq!(contents(&self.log), contents(&before)),
            Ok(info) => {
                assert_eq!(info.first_offset, before.log_end_offset());
                assert_eq!(self.log.log_end_offset(), before.log_end_offset() + count);
                let rolled = self.log.active_segment_base() != before.active_segment_base();
                assert!(info.rolled.is_some() || !rolled);
            }
            Err(_) => {
                assert_eq!(contents(&self.log), contents(&before));
                assert_eq!(offsets(&self.log), offsets(&before));
                assert_eq!(producers(&self.log), producers(&before));
            }
        }
    }

    /// Runs retention; it must delete what was foretold for now.
    fn retention(&mut self) {
        let foretold: Vec<_> = self
            .log
            .retention_forecast(self.now, self.now, 500)
            .into_iter()
            .filter_map(|forecast| match forecast.step {
                RetentionStep::Deleted { at_ms, reason } if at_ms == self.now => {
                    Some((forecast.base_offset, forecast.next_offset, forecast.bytes, reason))
                }
                _ => None,
            })
            .collect();
        let deleted: Vec<_> = self
            .log
            .delete_old_segments(self.now)
            .iter()
            .map(|d| (d.base_offset, d.next_offset, d.bytes, d.reason))
            .collect();
        assert_eq!(deleted, foretold);
    }
}

pub fn data_batch(
    now: i64,
    records: &[(i64, Option<u8>, Option<u8>)],
    producer: Option<(i64, i16, i32, bool)>,
) -> Batch {
    let mut builder = BatchBuilder::new();
    for (ago, key, length) in records {
        let key = key.map(|key| [b'k', b'0' + key]);
        let value = length.map(|length| vec![b'x'; usize::from(length)]);
        let key = key.as_ref().map(<[u8; 2]>::as_slice);
        builder.append(now - ago, key, value.as_deref(), &[]).unwrap();
    }
    let stamp = producer.map_or(ProducerStamp::NONE, |(id, epoch, sequence, transactional)| {
        ProducerStamp {
            producer_id: id,
            producer_epoch: epoch,
            base_sequence: sequence,
            transactional,
        }
    });
    builder.build(stamp).unwrap()
}

/// Everything a log shows, bytes included.
pub fn fingerprint(log: &Log) -> String {
    let indexes: Vec<_> = log
        .segments()
        .map(|s| {
            let base = s.base_offset;
            (log.offset_index(base), log.time_index(base), log.aborted_txns(base).to_vec())
        })
        .collect();
    let segments: Vec<_> = log.segments().collect();
    let snapshots: Vec<_> = log.producer_snapshots().collect();
    format!(
        "{:?} {segments:?} {indexes:?} {:?} {:?} {:?} {:?} {snapshots:?}",
        offsets(log),
        contents(log),
        producers(log),
        log.leader_epochs(),
        log.cleaner_checkpoint(),
    )
}

fn offsets(log: &Log) -> [i64; 4] {
    [log.log_start_offset(), log.last_stable_offset(), log.high_watermark(), log.log_end_offset()]
}

fn contents(log: &Log) -> Vec<bytes::Bytes> {
    log.batches_from(0).map(Batch::to_bytes).collect()
}

fn producers(log: &Log) -> String {
    format!("{:?}", log.producers().collect::<Vec<_>>())
}

/// What holds of every log at every time.
pub fn check_invariants(log: &Log) {
    let [start, stable, high, end] = offsets(log);
    assert!(start <= high && stable <= high && high <= end, "{:?}", offsets(log));
    // The start may fall into a batch of an open transaction. What was noted then stays until the
    // high watermark moves, even if the batch is cut off meanwhile.
    if stable < start
        && let Some(first) = log.batches_from(start).next()
    {
        assert_eq!(stable, first.base_offset());
    }
    check_segments(log);
    check_reads(log);
    assert!(log.offset_for(OffsetSpec::Latest).is_some());
    assert_eq!(log.offset_for(OffsetSpec::Earliest).unwrap().offset, start);
    let epochs = log.leader_epochs().entries();
    assert!(epochs.is_sorted_by(|a, b| a.epoch < b.epoch && a.start_offset < b.start_offset));
}

fn check_segments(log: &Log) {
    let segments: Vec<_> = log.segments().collect();
    assert_eq!(segments.len(), log.segment_count());
    assert!(segments.last().unwrap().active);
    assert_eq!(segments.iter().filter(|segment| segment.active).count(), 1);
    assert!(segments[0].base_offset <= log.log_start_offset());
    assert_eq!(segments.last().unwrap().next_offset, log.log_end_offset());
    for pair in segments.windows(2) {
        assert_eq!(pair[0].next_offset, pair[1].base_offset);
        assert!(pair[0].base_offset < pair[1].base_offset);
    }
    assert_eq!(segments.iter().map(|s| u64::from(s.bytes)).sum::<u64>(), log.size_in_bytes());
    let mut previous = -1;
    let mut position = (i64::MIN, 0);
    for batch in log.batches_from(0) {
        assert!(batch.base_offset() > previous && batch.last_offset() < log.log_end_offset());
        previous = batch.last_offset();
        let (segment, at) = log.position_of(batch.base_offset()).unwrap();
        if segment != position.0 {
            position = (segment, 0);
        }
        assert_eq!(at, position.1);
        position.1 += batch.size_in_bytes();
        assert_eq!(Batch::parse(batch.to_bytes()).as_ref().map(Batch::crc), Ok(batch.crc()));
        assert_eq!(
            log.segments_from_offset(batch.base_offset()).next().unwrap().base_offset,
            segment
        );
        for offset in [batch.base_offset(), batch.last_offset()] {
            assert_eq!(log.batch_containing(offset), Some(batch));
        }
    }
}

fn check_reads(log: &Log) {
    for isolation in [Isolation::LogEnd, Isolation::HighWatermark, Isolation::TxnCommitted] {
        let bound = log.bound_of(isolation);
        for offset in log.log_start_offset()..=log.log_end_offset() {
            let read = log.read(offset, 300, isolation, true).unwrap();
            assert!(read.batches.iter().all(|batch| batch.next_offset() <= bound));
            assert!(read.batches.iter().all(|batch| batch.last_offset() >= offset));
            let bytes: u32 = read.batches.iter().map(Batch::size_in_bytes).sum();
            assert!(bytes <= read.size);
        }
        assert!(log.read(log.log_end_offset() + 1, 300, isolation, true).is_err());
        assert!(log.read(log.log_start_offset() - 1, 300, isolation, true).is_err());
    }
}
