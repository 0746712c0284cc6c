//! A batch's bytes as rows of hex: text for the page, built in one go, because a cell a byte as a view of its own
//! would cost more than the bytes are worth.

use log_engine::view::FieldView;
use std::fmt::Write;
use std::ops::Range;

/// Bytes in a row.
const ROW: usize = 16;
/// Rows that are drawn at most; of a larger batch the header and the chosen record.
const MOST_ROWS: usize = 64;
/// Bytes of a v2 header.
const HEADER: usize = 61;

/// Which rows are drawn: all, or those of the header and of the chosen record.
pub fn rows(total: usize, record: &Range<usize>) -> Vec<usize> {
    let all = total.div_ceil(ROW);
    if all <= MOST_ROWS {
        return (0..all).collect();
    }
    let header = HEADER.div_ceil(ROW);
    let first = (record.start / ROW).max(header);
    let last = record.end.div_ceil(ROW).min(all).min(first + MOST_ROWS - header);
    (0..header).chain(first..last).collect()
}

/// The field that a byte belongs to.
pub fn field_at(fields: &[FieldView], byte: usize) -> Option<usize> {
    fields.iter().position(|field| span(field).contains(&byte))
}

/// A field's bytes.
pub fn span(field: &FieldView) -> Range<usize> {
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    at(field.start)..at(field.end)
}

/// The bytes of the record at `offset`: from its first field to its last.
pub fn record_span(fields: &[FieldView], offset: i64) -> Range<usize> {
    let own: Vec<Range<usize>> =
        fields.iter().filter(|field| field.record_offset == Some(offset)).map(span).collect();
    let start = own.iter().map(|span| span.start).min().unwrap_or(0);
    let end = own.iter().map(|span| span.end).max().unwrap_or(0);
    start..end
}

/// The rows as HTML. Only digits and our own class names go in.
pub fn html(
    bytes: &[u8],
    fields: &[FieldView],
    hot: Option<usize>,
    record: &Range<usize>,
    here: Option<usize>,
) -> String {
    let hot = hot.and_then(|at| fields.get(at)).map(span).unwrap_or(0..0);
    let mut out = String::with_capacity(bytes.len().min(MOST_ROWS * ROW) * 32);
    let mut expected = 0;
    for row in rows(bytes.len(), record) {
        if row != expected {
            let _ = write!(out, "<div class=\"gap\">…</div>");
        }
        expected = row + 1;
        let _ = write!(out, "<div><u>{:04x}</u>", row * ROW);
        for at in (row * ROW..(row + 1) * ROW).take_while(|at| *at < bytes.len()) {
            let odd = field_at(fields, at).is_some_and(|field| field % 2 == 1);
            let class = match () {
                () if hot.contains(&at) => "hot",
                () if record.contains(&at) => "val",
                () if odd => "odd",
                () => "",
            };
            let byte = bytes.get(at).copied().unwrap_or(0);
            let class = if here == Some(at) { format!("{class} here") } else { class.to_owned() };
            let _ = write!(out, "<i class=\"{class}\" data-at=\"{at}\">{byte:02x}</i>");
        }
        out.push_str("</div>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, start: u32, end: u32, record_offset: Option<i64>) -> FieldView {
        FieldView { name: name.to_owned(), start, end, value: String::new(), record_offset }
    }

    #[test]
    fn a_small_batch_is_drawn_whole() {
        assert_eq!(rows(94, &(61..94)), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn of_a_large_batch_the_header_and_the_record_are_drawn() {
        assert_eq!(rows(16_384, &(3_200..3_240)), [0, 1, 2, 3, 200, 201, 202]);
        assert!(rows(16_384, &(61..16_384)).len() <= MOST_ROWS);
    }

    #[test]
    fn a_byte_finds_its_field_and_a_record_its_bytes() {
        let fields = [
            field("baseOffset", 0, 8, None),
            field("key", 61, 67, Some(28)),
            field("value", 67, 80, Some(28)),
            field("key", 80, 90, Some(29)),
        ];
        assert_eq!(field_at(&fields, 70), Some(2));
        assert_eq!(field_at(&fields, 20), None);
        assert_eq!(record_span(&fields, 28), 61..80);
    }

    #[test]
    fn the_hot_field_is_marked_byte_by_byte() {
        let fields = [field("magic", 1, 2, None)];
        let html = html(&[0xab, 0x02], &fields, Some(0), &(0..0), None);
        assert_eq!(
            html,
            "<div><u>0000</u><i class=\"\" data-at=\"0\">ab</i><i class=\"hot\" data-at=\"1\">02</i></div>"
        );
    }
}
