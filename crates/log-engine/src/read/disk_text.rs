//! The words of what happens to a log as a whole: loaded, cut, records deleted.

use super::event_text::{Words, p, range, records};
use crate::event::EventKind;
use crate::view::EventCategory::{Admin, Retention};

pub(super) fn words(kind: &EventKind) -> Words {
    match kind {
        EventKind::RecordsDeleted { tp, from, to } => (
            Retention,
            "trash",
            p(tp),
            format!(
                "{} {} deleted by DeleteRecords: log start is {to}; the bytes go with their segment",
                records(to - from),
                range(*from, to - 1)
            ),
        ),
        EventKind::LogLoaded { tp, segments, bytes, start, end } => {
            let what = if *segments == 1 {
                "1 segment".to_owned()
            } else {
                format!("{segments} segments")
            };
            let text = format!("log loaded: {what}, {bytes} bytes, offsets {start} to {end}");
            (Admin, "plus", p(tp), text)
        }
        EventKind::LogCut { tp, segment, position, end, bytes, reason } => (
            Admin,
            "warn",
            p(tp),
            format!(
                "Corruption found in segment {segment} at byte {position}, truncating to offset {end}: {bytes} bytes \
                 are cut off. {reason}"
            ),
        ),
        _ => (Admin, "eye", String::new(), String::new()),
    }
}
