//! The words of what happens to a log as a whole: loaded, cut, records deleted.

use super::event_text::{Words, p, range, records};
use crate::event::EventKind;
use crate::view::EventCategory::{Admin, Produce, Retention};

pub(super) fn words(kind: &EventKind) -> Words {
    match kind {
        EventKind::RecordsDeleted { broker, tp, from, to } => (
            Retention,
            "trash",
            p(tp),
            format!(
                "{} {} deleted by DeleteRecords on broker {}: log start is {to}; the bytes go with their segment",
                records(to - from),
                range(*from, to - 1),
                broker.0
            ),
        ),
        EventKind::LogLoaded { broker, tp, segments, bytes, start, end } => {
            let what = if *segments == 1 {
                "1 segment".to_owned()
            } else {
                format!("{segments} segments")
            };
            let text = format!(
                "log loaded on broker {}: {what}, {bytes} bytes, offsets {start} to {end}",
                broker.0
            );
            (Admin, "plus", p(tp), text)
        }
        EventKind::LogCut { broker, tp, segment, position, end, bytes, reason } => (
            Admin,
            "warn",
            p(tp),
            format!(
                "Corruption found in segment {segment} of broker {} at byte {position}, truncating to offset {end}: \
                 {bytes} bytes are cut off. {reason}",
                broker.0
            ),
        ),
        EventKind::CleanerPicked { broker, tp, ratio_millionths, max_lag } => {
            let percent = ratio_millionths / 10_000;
            let why = match max_lag {
                true => "a record has waited longer than max.compaction.lag.ms".to_owned(),
                false => format!(
                    "{percent} % of its closed segments are dirty, more than of any other that is due"
                ),
            };
            let text = format!("picks {} on broker {}: {why}", p(tp), broker.0);
            (Retention, "broom", "cleaner".to_owned(), text)
        }
        EventKind::LogCleaned { .. } => (Retention, "broom", partition(kind), cleaned(kind)),
        EventKind::Uncleanable { broker, tp, why } => (
            Retention,
            "warn",
            p(tp),
            format!("the cleaner leaves it alone until broker {} restarts: {why}", broker.0),
        ),
        EventKind::AppendRefused { producer, tp, error, message } => {
            (Produce, "warn", p(tp), format!("takes no batch of {producer}: {error}. {message}"))
        }
        _ => broker_words(kind),
    }
}

fn broker_words(kind: &EventKind) -> Words {
    match kind {
        EventKind::LogDirFailed { broker, tp, used, size } => {
            let text = format!(
                "Error while appending records to {tp}: No space left on device, {used} of {size} bytes are used. The \
                 log directory is offline"
            );
            (Admin, "warn", format!("broker {}", broker.0), text)
        }
        EventKind::BrokerHalted { broker } => {
            let text = "Shutdown broker because all log dirs have failed".to_owned();
            (Admin, "power", format!("broker {}", broker.0), text)
        }
        EventKind::DiskResized { broker, size } => {
            let text = match size {
                Some(size) => format!("its log directory has room for {size} bytes"),
                None => "its log directory is without bound".to_owned(),
            };
            (Admin, "edit", format!("broker {}", broker.0), text)
        }
        EventKind::BrokerStarted { broker, logs } => {
            let what = if *logs == 1 { "1 log".to_owned() } else { format!("{logs} logs") };
            (Admin, "power", format!("broker {}", broker.0), format!("runs again, {what} loaded"))
        }
        _ => (Admin, "eye", String::new(), String::new()),
    }
}

fn partition(kind: &EventKind) -> String {
    super::event_text::partition_of(kind).map(p).unwrap_or_default()
}

/// `cleaned 0–30 on broker 1: 25 records removed, 6 kept, 1 of them a tombstone; 2100 bytes are 410 now`.
fn cleaned(kind: &EventKind) -> String {
    let EventKind::LogCleaned {
        broker,
        from,
        to,
        removed,
        kept,
        tombstones,
        bytes_before,
        bytes_after,
        merged,
        ..
    } = kind
    else {
        return String::new();
    };
    let of_them = match tombstones {
        0 => String::new(),
        1 => ", 1 of them a tombstone".to_owned(),
        n => format!(", {n} of them tombstones"),
    };
    let merged = match merged {
        0 => String::new(),
        1 => ", one segment less".to_owned(),
        n => format!(", {n} segments less"),
    };
    format!(
        "cleaned {} on broker {}: {} removed, {kept} kept{of_them}; {bytes_before} bytes are {bytes_after} now{merged}",
        range(*from, to - 1),
        broker.0,
        records(*removed)
    )
}
