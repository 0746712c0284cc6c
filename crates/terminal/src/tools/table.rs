//! Columns, as `String.format("%-15s")` and `ToolsUtils.prettyPrintTable` set them.

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

/// `prettyPrintTable`: tabs between columns as wide as their widest cell, and one behind the last.
pub(crate) fn pretty(headers: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let width = |at: usize, header: &str| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.max().unwrap_or(0).max(header.chars().count())
    };
    let widths: Vec<usize> = headers.iter().enumerate().map(|(at, head)| width(at, head)).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths);
        cells.map(|(cell, width)| padded(cell, *width) + "\t").collect::<String>()
    };
    let head = std::iter::once(line(headers.to_vec()));
    head.chain(rows.iter().map(|row| line(row.iter().map(String::as_str).collect()))).collect()
}
