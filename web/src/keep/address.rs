//! What the page's address says beside the document: where it opens, and which of its runs. Each is optional, and one
//! that can't be followed is left out and said.

use crate::browser;
use crate::session::{Notice, NoticeAction, NoticeKind};
use crate::ui::text;
use scenario::Document;
use scenario::limits::MAX_AT_MS;

/// Characters of a value that a notice repeats.
const SHOWN_CHARS: usize = 24;

/// Whether the address says anything of that kind.
pub fn is_followed() -> bool {
    ["at", "compare"].into_iter().any(|name| browser::parameter(name).is_some())
}

/// Puts what the address says into a document that is about to be opened.
pub fn follow(document: &mut Document, notices: &mut Vec<Notice>) {
    let mut refused = Vec::new();
    if let Some(value) = browser::parameter("at") {
        match moment(&value) {
            Some(at) => (document.at, document.at_event) = (Some(at), None),
            None => refused.push(format!(
                "at={} is no moment: milliseconds or a time like 00:12.840 are, up to ten years.",
                shortened(&value)
            )),
        }
    }
    if let Some(value) = browser::parameter("compare") {
        match runs(&value, document) {
            Some((run, beside)) => (document.run, document.compare) = (run, Some(beside)),
            None => refused.push(format!(
                "compare={} names no two runs: {}.",
                shortened(&value),
                there_are(document)
            )),
        }
    }
    if !refused.is_empty() {
        notices.push(Notice {
            kind: NoticeKind::Address,
            title: "The address asks for what is not there.".to_owned(),
            text: refused.join(" "),
            actions: vec![NoticeAction::Dismiss],
        });
    }
}

/// Whole ms, or a time as the clock shows it.
fn moment(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let at = if digits { value.parse().ok() } else { text::parse_clock(value) };
    at.filter(|at| *at <= MAX_AT_MS)
}

/// `B`: that run beside the one that the document shows, or beside the original; `A,B`: B beside A.
fn runs(value: &str, document: &Document) -> Option<(u32, u32)> {
    let count = u32::try_from(document.forks.len()).ok()? + 1;
    let index = |letter: &str| {
        let mut letters = letter.trim().chars();
        let letter = letters.next().filter(|_| letters.next().is_none())?.to_ascii_uppercase();
        let index = u32::from(letter).checked_sub(u32::from('A'))?;
        (index < count).then_some(index)
    };
    let (run, beside) = match value.split_once(',') {
        Some((run, beside)) => (index(run)?, index(beside)?),
        None => {
            let beside = index(value)?;
            (if document.run == beside { 0 } else { document.run }, beside)
        }
    };
    (run != beside).then_some((run, beside))
}

fn there_are(document: &Document) -> String {
    let letters: Vec<String> =
        ('A'..='Z').take(document.forks.len() + 1).map(|letter| letter.to_string()).collect();
    match letters.as_slice() {
        [_] => "this document has one run, A".to_owned(),
        all => format!("this document has {}, and B or A,B is how two are named", all.join(", ")),
    }
}

fn shortened(value: &str) -> String {
    let short: String = value.chars().take(SHOWN_CHARS).collect();
    if short.len() < value.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Fork;

    #[test]
    fn a_moment_is_ms_or_a_time() {
        assert_eq!(moment("12840"), Some(12_840));
        assert_eq!(moment("00:12.840"), Some(12_840));
        assert_eq!(moment("12.84"), Some(12_840));
        for no in ["", "-1", "soon", "1e9", "99999999999999999999", "00:12.8400", "999999999999999"]
        {
            assert_eq!(moment(no), None, "{no}");
        }
    }

    #[test]
    fn runs_go_by_letters() {
        let mut document =
            Document { forks: vec![Fork::default(), Fork::default()], ..Document::default() };
        assert_eq!(runs("B", &document), Some((0, 1)));
        assert_eq!(runs("c,a", &document), Some((2, 0)));
        assert_eq!(runs("A", &document), None, "A beside itself");
        for no in ["", "D", "AB", "A,", "B,B", "A,B,C", "1", "Ä"] {
            assert_eq!(runs(no, &document), None, "{no}");
        }
        document.run = 2;
        assert_eq!(runs("A", &document), Some((2, 0)));
        assert_eq!(runs("C", &document), Some((0, 2)), "the shown one beside the original");
        assert!(there_are(&document).starts_with("this document has A, B, C"));
        assert_eq!(there_are(&Document::default()), "this document has one run, A");
    }

    #[test]
    fn a_long_value_is_not_repeated_whole() {
        assert_eq!(shortened(&"x".repeat(5_000)).chars().count(), SHOWN_CHARS + 1);
    }
}
