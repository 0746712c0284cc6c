//! Words of panels beyond those the whole page has (`ui::text`).

use crate::ui::text;
use std::fmt::Write;

/// Reads a moment as the clock shows it (`00:42.480`, `2 d 01:02:03`) or as plain seconds (`42.48`), in ms.
pub fn parse_clock(written: &str) -> Option<u64> {
    let written = written.trim();
    let (days, rest) = match written.split_once('d') {
        Some((days, rest)) => (days.trim().parse::<u32>().ok()?, rest.trim()),
        None => (0, written),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    if days == 0 && !whole.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut seconds = 0_u64;
    for part in whole.split(':').filter(|part| !part.is_empty()) {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into())?;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let ms = seconds.checked_mul(1000)?.checked_add(thousandths.parse::<u16>().ok()?.into())?;
    u64::from(days).checked_mul(86_400_000)?.checked_add(ms)
}

/// A moment in ms since the epoch, as the clock shows it: since the start.
pub fn since(at_ms: i64, start_ms: i64) -> String {
    text::clock(u64::try_from(at_ms - start_ms).unwrap_or(0))
}

/// Microseconds, as processing times are kept: `180 ms`.
pub fn span_us(us: u64) -> String {
    if us > 0 && us < 1000 {
        return format!("{us} µs");
    }
    text::span(i64::try_from(us / 1000).unwrap_or(i64::MAX))
}

/// What a bare number of a config means, where its name tells the unit: `604800000` of `retention.ms` is `7 d`.
pub fn config_meaning(name: &str, value: &str) -> Option<String> {
    let n = value.parse::<i64>().ok()?;
    if n == i64::MAX || (n == i64::from(i32::MAX) && name == "retries") {
        return Some("no limit".to_owned());
    }
    if n >= 1000 && name.ends_with(".ms") {
        return Some(text::span(n));
    }
    let sized = [".bytes", ".memory", ".size"].iter().any(|end| name.ends_with(end));
    (sized && n >= 1024).then(|| binary(n)).flatten()
}

/// A size that is a round number of KiB, MiB or GiB.
fn binary(n: i64) -> Option<String> {
    [(30, "GiB"), (20, "MiB"), (10, "KiB")]
        .into_iter()
        .find(|(bits, _)| n % (1 << bits) == 0)
        .map(|(bits, unit)| format!("{} {unit}", text::number(n >> bits)))
}

/// `1 topic`, `3 topics`.
pub fn plural(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", text::number(n), if n == 1 { one } else { many })
}

/// Names as a sentence lists them: `billing`, `billing and audit`, `a, b and c`.
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A word for a POSIX shell, in quotes only where it needs them.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-=,:/@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Bytes as text where they are UTF-8, else as hex.
pub fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("0x{}", hex(bytes)),
    }
}

/// Lower-case hex, two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_as_the_clock_wrote_it() {
        for ms in [0, 42_480, 3_723_004, 86_399_999, 3 * 86_400_000 + 15_127_000] {
            assert_eq!(parse_clock(&text::clock(ms)), Some(ms), "{}", text::clock(ms));
        }
        assert_eq!(parse_clock("7d 00:00"), Some(7 * 86_400_000));
        assert_eq!(parse_clock("7 d"), Some(7 * 86_400_000));
        assert_eq!(parse_clock("42.5"), Some(42_500));
        assert_eq!(parse_clock("soon"), None);
        assert_eq!(parse_clock(""), None);
    }

    #[test]
    fn a_config_says_what_its_number_means() {
        assert_eq!(config_meaning("retention.ms", "604800000").as_deref(), Some("7 d"));
        assert_eq!(config_meaning("batch.size", "16384").as_deref(), Some("16 KiB"));
        assert_eq!(config_meaning("batch.size", "16385"), None);
        assert_eq!(config_meaning("acks", "all"), None);
        assert_eq!(config_meaning("linger.ms", "5"), None);
    }

    #[test]
    fn the_shell_gets_quotes_where_it_needs_them() {
        assert_eq!(shell("orders"), "orders");
        assert_eq!(shell("order events"), "'order events'");
        assert_eq!(shell("it's"), "'it'\\''s'");
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        let names =
            |n: usize| ["a", "b", "c"].iter().take(n).map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(list(&names(1)), "a");
        assert_eq!(list(&names(2)), "a and b");
        assert_eq!(list(&names(3)), "a, b and c");
    }
}
