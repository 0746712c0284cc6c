//! Columns, as `String.format("%-15s")` sets them.

/// A row of columns, each padded to its width but the last, which has none. One space stands between two.
pub(crate) fn row(cells: &[&str], widths: &[usize]) -> String {
    let mut text = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(&padded(cell, widths.get(at).copied().unwrap_or(0)));
    }
    text
}

/// A text with spaces up to a width.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}
