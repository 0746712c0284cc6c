//! `kafka-dump-log.sh` (`DumpLogSegments`): segments and indexes of any broker. Paths are those of a cluster whose brokers
//! keep their logs in `/var/lib/kafka/nodeN`; `ls` lists them.

use super::{Job, Tool, uncaught};
use crate::address;
use crate::exception::{Exception, Stop};
use kafka_log::Batch;
use kafka_log::Log;
use kafka_log::batch::ControlType;
use kafka_log::files::{FileKind, LogFile};

pub(super) const TOOL: Tool = Tool {
    name: "kafka-dump-log",
    about: "print a segment, batch by batch, or an index",
    help: include_str!("../../help/kafka-dump-log.txt"),
    run,
    misread: uncaught,
    thrown: uncaught,
};

/// Options that print contents, as `--print-data-log` does.
const PRINTS: [&str; 8] = [
    "print-data-log",
    "offsets-decoder",
    "transaction-log-decoder",
    "cluster-metadata-decoder",
    "remote-log-metadata-decoder",
    "value-decoder-class",
    "key-decoder-class",
    "share-group-state-decoder",
];

/// What is wrong with the files, said at the end.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
}

fn run(job: &mut Job<'_>) -> Result<(), Stop> {
    job.read_options()?;
    job.require(&["files"])?;
    let files = job.options.value("files")?.unwrap_or_default().to_owned();
    let mut findings = Findings::default();
    for path in files.split(',').map(str::trim) {
        job.screen.out(format!("Dumping {path}"));
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((_, suffix)) = name.rsplit_once('.') else {
            job.screen.err(format!("Ignoring unknown file {path}"));
            continue;
        };
        match suffix {
            "log" => segment(job, path, &mut findings)?,
            "index" => offset_index(job, path, &mut findings)?,
            "timeindex" => time_index(job, path, &mut findings)?,
            "snapshot" => snapshot(job, path)?,
            "txnindex" => txn_index(job, path)?,
            _ => job.screen.err(format!("Ignoring unknown file {path}")),
        }
    }
    findings.lines.iter().for_each(|line| job.screen.err(line));
    Ok(())
}

/// A broker's log and one of its files.
fn find(job: &Job<'_>, path: &str) -> Result<(Log, LogFile), Exception> {
    let missing = || Exception::no_such_file(path);
    let (broker, folder, file) = address::in_log_dir(path).ok_or_else(missing)?;
    let (topic, partition) = folder.and_then(address::topic_and_partition).ok_or_else(missing)?;
    let log = job.cluster.engine.replica_log(broker, topic, partition).ok_or_else(missing)?;
    let known = log.files().into_iter().find(|known| Some(known.name.as_str()) == file);
    Ok((log, known.ok_or_else(missing)?))
}

/// The batches of a segment.
fn batches(log: &Log, base: i64) -> Vec<Batch> {
    let segment = log.segments().find(|segment| segment.base_offset == base);
    let end = segment.map_or(base, |segment| segment.next_offset);
    log.batches_from(base).take_while(|batch| batch.base_offset() < end).cloned().collect()
}

fn segment(job: &mut Job<'_>, path: &str, findings: &mut Findings) -> Result<(), Stop> {
    let start = path.rsplit('/').next().and_then(|name| name.split('.').next());
    let start: i64 = start.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    job.screen.out(format!("Log starting offset: {start}"));
    let (log, file) = find(job, path)?;
    let prints = job.options.count_of(&PRINTS) > 0;
    let deep = prints || job.options.has("deep-iteration");
    let most: i64 = job.options.number("max-bytes")?.unwrap_or(i64::from(i32::MAX));
    let skips = job.options.has("skip-record-metadata");
    let mut position = 0i64;
    let mut previous = -1i64;
    let mut gaps: Vec<String> = Vec::new();
    for batch in batches(&log, file.offset) {
        let size = i64::from(batch.size_in_bytes());
        if position + size > most {
            break;
        }
        job.screen.out(batch_line(&batch, position));
        position += size;
        for record in batch.records().flatten().filter(|_| deep) {
            if record.offset != previous + 1 {
                gaps.push(format!("  {previous} is followed by {}", record.offset));
            }
            previous = record.offset;
            let mut line = String::new();
            if !skips {
                line += &record_line(&batch, &record);
            }
            if prints && !batch.is_control() {
                contents(&mut line, &record, skips);
            }
            job.screen.out(line);
        }
    }
    if !gaps.is_empty() {
        findings.lines.push(format!("Non-consecutive offsets in {path}"));
        findings.lines.extend(gaps);
    }
    Ok(())
}

/// `printBatchLevel`.
fn batch_line(batch: &Batch, position: i64) -> String {
    let horizon = batch
        .delete_horizon_ms()
        .map_or("OptionalLong.empty".to_owned(), |at_ms| format!("OptionalLong[{at_ms}]"));
    format!(
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} \
         producerEpoch: {} partitionLeaderEpoch: {} isTransactional: {} isControl: {} \
         deleteHorizonMs: {horizon} position: {position} {}: {} size: {} magic: 2 compresscodec: {} \
         crc: {} isvalid: true",
        batch.base_offset(),
        batch.last_offset(),
        batch.count(),
        batch.base_sequence(),
        batch.last_sequence(),
        batch.producer_id(),
        batch.producer_epoch(),
        batch.partition_leader_epoch(),
        batch.is_transactional(),
        batch.is_control(),
        batch.timestamp_type().name(),
        batch.max_timestamp(),
        batch.size_in_bytes(),
        batch.compression().name(),
        batch.crc(),
    )
}

fn length(bytes: Option<&[u8]>) -> i64 {
    bytes.map_or(-1, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX))
}

/// `printRecordMetadata`.
fn record_line(batch: &Batch, record: &kafka_log::batch::Record) -> String {
    let keys = record.headers.iter().map(|header| header.key_text().into_owned());
    let mut line = format!(
        "| offset: {} {}: {} keySize: {} valueSize: {} sequence: {} headerKeys: [{}]",
        record.offset,
        batch.timestamp_type().name(),
        record.timestamp,
        length(record.key.as_deref()),
        length(record.value.as_deref()),
        record.sequence,
        super::joined(keys, ",")
    );
    if let Some(control) = batch.control_record() {
        line += &match control.control_type {
            ControlType::Abort | ControlType::Commit => format!(
                " endTxnMarker: {} coordinatorEpoch: {}",
                control.control_type.name(),
                control.coordinator_epoch
            ),
            other => format!(" controlType: {}({})", other.name(), other.id()),
        };
    }
    line
}

/// `printRecordContents`.
fn contents(line: &mut String, record: &kafka_log::batch::Record, alone: bool) {
    let mut prefix = if alone { "| " } else { " " };
    for (name, bytes) in [("key", &record.key), ("payload", &record.value)] {
        if let Some(bytes) = bytes {
            line.push_str(prefix);
            line.push_str(name);
            line.push_str(": ");
            line.push_str(&String::from_utf8_lossy(bytes));
            prefix = " ";
        }
    }
}

/// Whether a file belongs to the segment that takes appends: its indexes are allocated ahead and end in zeros.
fn is_active(log: &Log, base: i64) -> bool {
    log.segments().any(|segment| segment.base_offset == base && segment.active)
}

fn offset_index(job: &mut Job<'_>, path: &str, findings: &mut Findings) -> Result<(), Stop> {
    let (log, file) = find(job, path)?;
    let mut entries: Vec<(i64, u32)> =
        log.offset_index(file.offset).iter().map(|entry| (entry.offset, entry.position)).collect();
    if entries.is_empty() && is_active(&log, file.offset) {
        entries.push((file.offset, 0));
    }
    if entries.is_empty() {
        job.screen.out(format!("{path} is empty."));
        return Ok(());
    }
    if job.options.has("index-sanity-check") {
        job.screen.out(format!("{path} passed sanity check."));
        return Ok(());
    }
    let batches = batches(&log, file.offset);
    let mut wrong = Vec::new();
    for (offset, position) in entries {
        let mut at = 0u32;
        let found = batches.iter().find(|batch| {
            let here = at == position;
            at = at.saturating_add(batch.size_in_bytes());
            here
        });
        if let Some(last) = found.map(Batch::last_offset).filter(|last| *last != offset) {
            wrong.push(format!("  Index offset: {offset}, log offset: {last}"));
        }
        if !job.options.has("verify-index-only") {
            job.screen.out(format!("offset: {offset} position: {position}"));
        }
    }
    if !wrong.is_empty() {
        findings.lines.push(format!("Mismatches in :{path}"));
        findings.lines.extend(wrong.into_iter().rev());
    }
    Ok(())
}

fn time_index(job: &mut Job<'_>, path: &str, findings: &mut Findings) -> Result<(), Stop> {
    let (log, file) = find(job, path)?;
    if job.options.has("index-sanity-check") {
        job.screen.out(format!("{path} passed sanity check."));
        return Ok(());
    }
    let mut entries: Vec<(i64, i64)> =
        log.time_index(file.offset).iter().map(|entry| (entry.timestamp, entry.offset)).collect();
    if entries.is_empty() && is_active(&log, file.offset) {
        entries.push((0, file.offset));
    }
    let batches = batches(&log, file.offset);
    let (mut wrong, mut unordered, mut absent) = (Vec::new(), Vec::new(), Vec::new());
    let mut previous = -1i64;
    for (timestamp, offset) in entries {
        let batch = batches.iter().find(|batch| batch.last_offset() >= offset);
        match batch {
            Some(batch) if batch.last_offset() == offset => {
                let newest = batch.records().flatten().map(|record| record.timestamp).max();
                let newest = newest.unwrap_or(-1);
                if newest != timestamp {
                    wrong.push(format!("  Index timestamp: {timestamp}, log timestamp: {newest}"));
                }
                if previous >= timestamp {
                    unordered.push(format!(
                        "  Index timestamp: {timestamp}, Previously indexed timestamp: {previous}"
                    ));
                }
            }
            other => {
                let found = other.map_or(-1, Batch::last_offset);
                absent.push(format!("Indexed offset: {offset}, found log offset: {found}"));
            }
        }
        if !job.options.has("verify-index-only") {
            job.screen.out(format!("timestamp: {timestamp} offset: {offset}"));
        }
        previous = timestamp;
    }
    for (title, rows) in [
        ("Found timestamp mismatch in :", wrong),
        ("Found out of order timestamp in :", unordered),
        ("The following indexed offsets are not found in :", absent),
    ] {
        if !rows.is_empty() {
            findings.lines.push(format!("{title}{path}"));
            findings.lines.extend(rows);
        }
    }
    Ok(())
}

fn snapshot(job: &mut Job<'_>, path: &str) -> Result<(), Stop> {
    let (log, file) = find(job, path)?;
    let missing = || Exception::no_such_file(path);
    let bytes = log.file_bytes(file.offset, FileKind::ProducerSnapshot).ok_or_else(missing)?;
    let producers = kafka_log::files::parse_producer_snapshot(&bytes);
    for (id, entry) in producers.unwrap_or_default() {
        let first = entry.current_txn_first_offset;
        let first =
            first.map_or("OptionalLong.empty".to_owned(), |at| format!("OptionalLong[{at}]"));
        let mut line = format!(
            "producerId: {id} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {first} \
             lastTimestamp: {}",
            entry.producer_epoch, entry.coordinator_epoch, entry.last_timestamp
        );
        if entry.last_sequence() >= 0 {
            let (last, delta) = (entry.last_sequence(), entry.last_offset_delta());
            line += &format!(
                " firstSequence: {} lastSequence: {last} lastOffset: {} offsetDelta: {delta} timestamp: {}",
                last - delta,
                entry.last_data_offset(),
                entry.last_timestamp
            );
        }
        job.screen.out(line);
    }
    Ok(())
}

fn txn_index(job: &mut Job<'_>, path: &str) -> Result<(), Stop> {
    let (log, file) = find(job, path)?;
    for txn in log.aborted_txns(file.offset) {
        job.screen.out(format!(
            "version: 0 producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
            txn.producer_id, txn.first_offset, txn.last_offset, txn.last_stable_offset
        ));
    }
    Ok(())
}
