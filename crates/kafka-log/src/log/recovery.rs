//! A log from its segment files: what a broker does with a folder after an unclean stop
//! (`LogLoader.recoverLog`, `LogSegment.recover`; R-LOG-92).
//!
//! As in Kafka a cut or corrupt batch ends the log there: the rest of its segment is cut off and
//! later segments go. Where Kafka could not load the folder, or later stumble over it, it is
//! refused: batches of an old magic, offsets that do not belong to their segment or do not grow,
//! header fields no batch can have. Records are not decompressed.

use std::sync::Arc;

use bytes::Bytes;

use super::Log;
use super::append::AppendOrigin;
use crate::batch::{Batch, BatchError, HEADER_SIZE, LOG_OVERHEAD, MAGIC};
use crate::config::LogConfig;
use crate::producer_state::ProducerAppend;
use crate::segment::{AbortedTxn, Segment};

/// Fewest bytes Kafka's reader takes for a batch (`LegacyRecord.RECORD_OVERHEAD_V0`).
const MIN_BATCH_BYTES: i64 = 14;

/// A segment's `.log` file.
#[derive(Clone, Debug)]
pub struct SegmentFile {
    /// The offset in its name.
    pub base_offset: i64,
    /// Its bytes; the log shares them.
    pub bytes: Bytes,
}

/// What recovery cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCut {
    /// Base offset of the segment with the bad batch.
    pub segment: i64,
    /// Where in its file the bad batch starts.
    pub position: u64,
    /// The log end offset now.
    pub log_end_offset: i64,
    /// Bytes cut off, those of later segments included.
    pub bytes: u64,
    /// Later segments that went.
    pub segments: u64,
    /// What is wrong with the batch.
    pub reason: BatchError,
}

/// Why files are no log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// Base offsets that are negative, do not grow, or lie below the end of the segment before.
    #[error(
        "The segment {base_offset} starts below offset {next_offset}, where the one before it ends"
    )]
    SegmentOrder {
        /// The segment.
        base_offset: i64,
        /// The lowest offset it could have.
        next_offset: i64,
    },
    /// A segment larger than Kafka's can be.
    #[error("The segment {base_offset} has {bytes} bytes; a segment has at most 2147483647")]
    TooLarge {
        /// The segment.
        base_offset: i64,
        /// Its bytes.
        bytes: u64,
    },
    /// A batch that Kafka would not load, or stumble over later.
    #[error("Batch at offset {offset}, byte {position} of the segment {segment}: {reason}")]
    Batch {
        /// The segment.
        segment: i64,
        /// The byte of its file at which the batch starts.
        position: u64,
        /// The batch's base offset.
        offset: i64,
        /// What is wrong.
        reason: String,
    },
    /// The first segment has bytes but no whole batch: this is no log.
    #[error("No record batch at the start of the segment {segment}: {reason}")]
    NoBatch {
        /// The segment.
        segment: i64,
        /// What is wrong with its first batch.
        reason: BatchError,
    },
}

/// How far one segment's file could be read.
struct Scanned {
    segment: Segment,
    /// Bytes read, and what is wrong with what comes there.
    bad: Option<(usize, BatchError)>,
}

impl Log {
    /// The log in these files, and what was cut off it. The high watermark is the log start.
    ///
    /// # Errors
    /// See [`RecoveryError`].
    pub fn recovered(
        config: LogConfig,
        files: &[SegmentFile],
        now_ms: i64,
    ) -> Result<(Log, Option<RecoveryCut>), RecoveryError> {
        let start = files.first().map_or(0, |file| file.base_offset);
        let mut log = Log::starting_at(config, start, now_ms);
        let mut cut = None;
        let mut segments = Vec::new();
        for (index, file) in files.iter().enumerate() {
            check_file(file, log.log_end_offset)?;
            log.log_end_offset = log.log_end_offset.max(file.base_offset);
            let Scanned { mut segment, bad } = log.scan(file, now_ms)?;
            segment.on_become_inactive();
            log.log_end_offset = segment.next_offset();
            log.producer_state.set_map_end_offset(log.log_end_offset);
            log.producer_state.take_snapshot();
            let empty = segment.size() == 0;
            segments.push(Arc::new(segment));
            if let Some((position, reason)) = bad {
                if index == 0 && empty {
                    return Err(RecoveryError::NoBatch { segment: file.base_offset, reason });
                }
                let later = files.get(index.saturating_add(1)..).unwrap_or_default();
                let rest = file.bytes.len().saturating_sub(position) as u64;
                cut = Some(RecoveryCut {
                    segment: file.base_offset,
                    position: position as u64,
                    log_end_offset: log.log_end_offset,
                    bytes: later.iter().map(|file| file.bytes.len() as u64).sum::<u64>() + rest,
                    segments: later.len() as u64,
                    reason,
                });
                break;
            }
        }
        if let Some(mut active) = segments.pop() {
            let jitter = log.draw_jitter(active.base_offset());
            Arc::make_mut(&mut active).set_roll_jitter_ms(jitter);
            log.active = active;
            log.closed = Arc::new(segments);
        }
        log.update_first_unstable_offset();
        Ok((log, cut))
    }

    /// Reads one segment's file up to its end or its first bad batch.
    fn scan(&mut self, file: &SegmentFile, now_ms: i64) -> Result<Scanned, RecoveryError> {
        let mut segment = Segment::new(file.base_offset, &self.config, 0, now_ms);
        let mut position = 0;
        while position < file.bytes.len() {
            let rest = file.bytes.slice(position..);
            let refused = |reason: String| RecoveryError::Batch {
                segment: file.base_offset,
                position: position as u64,
                offset: base_offset_of(&rest),
                reason,
            };
            let batch = match read_batch(&rest) {
                Ok(batch) => batch,
                Err(reason) if is_cut(&reason) => {
                    return Ok(Scanned { segment, bad: Some((position, reason)) });
                }
                Err(reason) => return Err(refused(reason.to_string())),
            };
            let expected = segment.next_offset();
            if batch.base_offset() < expected {
                return Err(refused(format!("offsets below {expected} have come before it")));
            }
            if !segment.can_hold_offset(batch.last_offset()) {
                return Err(refused("it is too far from the offset in the file's name".to_owned()));
            }
            position = position.saturating_add(usize::try_from(batch.size_in_bytes()).unwrap_or(0));
            let epoch = batch.partition_leader_epoch();
            if self.leader_epochs.latest().is_none_or(|latest| epoch > latest) {
                self.leader_epochs.assign(epoch, batch.base_offset());
            }
            self.replay_producer(&batch, &mut segment);
            segment.append(batch, now_ms);
        }
        Ok(Scanned { segment, bad: None })
    }

    /// `LogSegment.updateProducerState`.
    pub(super) fn replay_producer(&mut self, batch: &Batch, segment: &mut Segment) {
        if !batch.has_producer_id() {
            return;
        }
        let producer_id = batch.producer_id();
        let entry = self.producer_state.entry(producer_id);
        let mut append = ProducerAppend::new(producer_id, entry, AppendOrigin::Replication);
        // What stands in the log was checked when it was written.
        let Ok(completed) = append.append(batch) else { return };
        self.producer_state.update(&append);
        if let Some(txn) = completed {
            if txn.is_aborted {
                segment.append_aborted(AbortedTxn {
                    producer_id: txn.producer_id,
                    first_offset: txn.first_offset,
                    last_offset: txn.last_offset,
                    last_stable_offset: self.producer_state.last_stable_offset(&txn),
                });
            }
            self.producer_state.complete_txn(&txn);
        }
    }
}

fn check_file(file: &SegmentFile, next_offset: i64) -> Result<(), RecoveryError> {
    let base_offset = file.base_offset;
    if base_offset < next_offset.max(0) {
        return Err(RecoveryError::SegmentOrder { base_offset, next_offset: next_offset.max(0) });
    }
    match i32::try_from(file.bytes.len()) {
        Ok(_) => Ok(()),
        Err(_) => Err(RecoveryError::TooLarge { base_offset, bytes: file.bytes.len() as u64 }),
    }
}

/// The batch at the front of a segment's bytes, as `FileLogInputStream` and `ensureValid` find it:
/// what is too short or fails its CRC comes before what an unknown magic says.
///
/// # Errors
/// There is no whole batch, or it is not right; [`is_cut`] tells what recovery makes of it.
pub fn read_batch(rest: &Bytes) -> Result<Batch, BatchError> {
    let found = rest.len() as u64;
    let field = rest.get(8..12).and_then(|bytes| bytes.first_chunk::<4>());
    let Some(length) = field.filter(|_| rest.len() > 16) else {
        return Err(BatchError::Cut { needed: u64::from(HEADER_SIZE), found });
    };
    let size = i64::from(i32::from_be_bytes(*length)).saturating_add(i64::from(LOG_OVERHEAD));
    if size < MIN_BATCH_BYTES {
        return Err(BatchError::TooSmall(size));
    }
    let Some(whole) = usize::try_from(size).ok().filter(|size| *size <= rest.len()) else {
        return Err(BatchError::Cut { needed: size.unsigned_abs(), found });
    };
    let magic = rest.get(16).copied().unwrap_or_default().cast_signed();
    if magic == MAGIC && size < i64::from(HEADER_SIZE) {
        return Err(BatchError::TooSmall(size));
    }
    if magic != MAGIC {
        return Err(BatchError::Magic(magic));
    }
    Batch::parse(rest.slice(..whole))
}

/// What Kafka's recovery cuts off rather than fails on.
pub fn is_cut(reason: &BatchError) -> bool {
    matches!(reason, BatchError::Cut { .. } | BatchError::TooSmall(_) | BatchError::Crc { .. })
}

fn base_offset_of(rest: &[u8]) -> i64 {
    rest.first_chunk::<8>().map_or(-1, |bytes| i64::from_be_bytes(*bytes))
}
