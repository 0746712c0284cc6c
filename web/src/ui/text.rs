//! How numbers and times are written.

use std::fmt::Write;

/// Thin space, which groups thousands and never breaks a line (U+202F).
const THIN: char = '\u{202f}';

/// A whole number with thin spaces between thousands: `30 000`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    if value < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// A count with thin spaces between thousands.
pub fn count(value: u64) -> String {
    number(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Virtual time since the start: `00:42.480`, `01:02:03.004`, `2 d 01:02:03.004`.
pub fn clock(ms: u64) -> String {
    let (days, hours) = (ms / 86_400_000, ms / 3_600_000 % 24);
    let (minutes, seconds, rest) = (ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    let mut text = String::new();
    if days > 0 {
        let _ = write!(text, "{days} d ");
    }
    if days > 0 || hours > 0 {
        let _ = write!(text, "{hours:02}:");
    }
    let _ = write!(text, "{minutes:02}:{seconds:02}.{rest:03}");
    text
}

/// Reads what [`clock`] writes, and also seconds alone (`42.48`) or with minutes (`1:05`); none for anything else.
pub fn parse_clock(text: &str) -> Option<u64> {
    let (days, rest) = match text.split_once('d') {
        Some((days, rest)) => (days.trim().parse::<u64>().ok()?, rest),
        None => (0, text),
    };
    let (whole, fraction) = rest.trim().split_once('.').unwrap_or((rest.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() > 3 || !digits(fraction) {
        return None;
    }
    let ms = format!("{fraction:0<3}").parse::<u64>().ok()?;
    let parts: Vec<&str> = whole.split(':').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.is_empty() || !digits(part)) {
        return None;
    }
    let seconds = parts
        .iter()
        .try_fold(0u64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse::<u64>().ok()?))?;
    days.checked_mul(86_400)?.checked_add(seconds)?.checked_mul(1000)?.checked_add(ms)
}

/// A span in the two largest units that say it: `140 ms`, `4 s`, `2.1 s`, `3 min 20 s`, `2 h 5 min`, `7 d`.
pub fn span(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..10_000 if ms % 1000 != 0 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        1_000..60_000 => format!("{} s", ms / 1000),
        60_000..3_600_000 => two(ms / 60_000, "min", ms / 1000 % 60, "s"),
        3_600_000..86_400_000 => two(ms / 3_600_000, "h", ms / 60_000 % 60, "min"),
        _ => two(ms / 86_400_000, "d", ms / 3_600_000 % 24, "h"),
    }
}

fn two(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// Bytes: `812 B`, `16.4 kB`, `1.2 MB`.
pub fn bytes(value: i64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value.abs() < 1000 {
        return format!("{value} B");
    }
    let mut tenths = value / 100;
    for unit in UNITS {
        if tenths.abs() < 10_000 {
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1000;
    }
    format!("{} TB", tenths / 10)
}

/// How many times smaller: `2.6×`.
pub fn ratio(before: u64, after: u64) -> String {
    let tenths = before.saturating_mul(10) / after.max(1);
    format!("{}.{}×", tenths / 10, tenths % 10)
}

/// An inclusive range of offsets: `29–30`, or `29` alone.
pub fn range(first: i64, last: i64) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        assert_eq!(number(999), "999");
        assert_eq!(number(30_000), "30\u{202f}000");
        assert_eq!(number(-1_234_567), "−1\u{202f}234\u{202f}567");
    }

    #[test]
    fn the_clock_grows_with_the_run() {
        assert_eq!(clock(42_480), "00:42.480");
        assert_eq!(clock(3_723_004), "01:02:03.004");
        assert_eq!(clock(2 * 86_400_000 + 3_723_004), "2 d 01:02:03.004");
    }

    #[test]
    fn a_clock_is_read_as_it_is_written() {
        for ms in [0, 42_480, 3_723_004, 2 * 86_400_000 + 3_723_004] {
            assert_eq!(parse_clock(&clock(ms)), Some(ms));
        }
        assert_eq!((parse_clock("42.5"), parse_clock(" 1:05 ")), (Some(42_500), Some(65_000)));
        for text in ["", "x", "1:", ":5", "1.2345", "1:2:3:4", "-1", "1e3"] {
            assert_eq!(parse_clock(text), None, "{text}");
        }
    }

    #[test]
    fn spans_use_two_units_at_most() {
        for (ms, text) in [
            (140, "140 ms"),
            (4_000, "4 s"),
            (2_140, "2.1 s"),
            (30_000, "30 s"),
            (200_000, "3 min 20 s"),
            (3_600_000, "1 h"),
            (604_800_000, "7 d"),
        ] {
            assert_eq!(span(ms), text);
        }
    }

    #[test]
    fn bytes_have_one_decimal() {
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(16_384), "16.3 kB");
        assert_eq!(bytes(1_048_576), "1.0 MB");
        assert_eq!(bytes(1_000_000), "1.0 MB");
    }
}
