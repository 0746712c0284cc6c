//! ISO-8601 durations as `Duration.parse` reads them, for `by_duration:` (KIP-1106).

/// Milliseconds of a duration like `P1DT2H`, or `None` if it is malformed, negative or too large.
pub(super) fn parse_millis(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase();
    let (sign, body) = match upper.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, upper.strip_prefix('+').unwrap_or(&upper)),
    };
    let body = body.strip_prefix('P')?;
    let (days, time) = match body.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (body, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let mut nanos: i128 = 0;
    let mut rest = days;
    nanos += take(&mut rest, 'D', 86_400)?;
    if !rest.is_empty() {
        return None;
    }
    rest = time;
    nanos += take(&mut rest, 'H', 3_600)?;
    nanos += take(&mut rest, 'M', 60)?;
    nanos += take_seconds(&mut rest)?;
    let nanos = nanos * sign;
    if !rest.is_empty() || nanos < 0 {
        return None;
    }
    i64::try_from(nanos / 1_000_000).ok()
}

/// Takes `NUMBER unit` off the front if it is there: nanoseconds, 0 if it is not, `None` if malformed.
fn take(rest: &mut &str, unit: char, seconds: i128) -> Option<i128> {
    let Some((number, after)) = rest.split_once(unit) else { return Some(0) };
    *rest = after;
    Some(whole(number)? * seconds * 1_000_000_000)
}

fn take_seconds(rest: &mut &str) -> Option<i128> {
    let Some((number, after)) = rest.split_once('S') else { return Some(0) };
    *rest = after;
    let (seconds, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: i128 = format!("{fraction:0<9}").parse().ok()?;
    let negative = seconds.starts_with('-');
    Some(whole(seconds)? * 1_000_000_000 + if negative { -nanos } else { nanos })
}

fn whole(number: &str) -> Option<i128> {
    number.parse::<i64>().ok().map(i128::from)
}
