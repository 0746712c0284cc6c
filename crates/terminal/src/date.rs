//! Dates, as the tools write and read them. Virtual time is UTC.

/// Days since 1970-01-01 as year, month and day of the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days since 1970-01-01 of a date.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `[2026-01-01 00:00:05,123]`, as the tools' log4j configuration writes it.
pub(crate) fn log_stamp(now_ms: i64) -> String {
    let (year, month, day) = civil(now_ms.div_euclid(86_400_000));
    let ms = now_ms.rem_euclid(86_400_000);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    let fraction = ms % 1_000;
    format!("[{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02},{fraction:03}]")
}

/// `YYYY-MM-DDTHH:mm:SS.sss`, with or without a time zone (`Utils.getDateTime`); milliseconds since 1970.
pub(crate) fn parse_date_time(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (time, zone_ms) = match time.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => match time.find(['+', '-']) {
            Some(at) => {
                let (time, zone) = time.split_at_checked(at)?;
                (time, zone_offset_ms(zone)?)
            }
            None => (time, 0),
        },
    };
    let (clock, ms) = match time.split_once('.') {
        Some((clock, ms)) => (clock, ms.get(..3).unwrap_or(ms).parse::<i64>().ok()?),
        None => return None,
    };
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (0..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    in_range.then(|| {
        let seconds = days_of(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        seconds * 1_000 + ms - zone_ms
    })
}

fn zone_offset_ms(zone: &str) -> Option<i64> {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.get(1..)?.replace(':', "");
    let number: i64 = digits.parse().ok()?;
    let (hours, minutes) =
        if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// `P7D`, `PT1H30M`, `-PT5S`: what `Duration.parse` reads, in milliseconds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.to_ascii_uppercase();
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut total = 0i64;
    let mut parts = 0;
    for (text, units) in
        [(days, &[('D', 86_400_000)][..]), (time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)])]
    {
        let mut rest = text;
        for (letter, ms) in units {
            if let Some((number, after)) = rest.split_once(*letter) {
                total = total.checked_add(scaled(number, *ms)?)?;
                rest = after;
                parts += 1;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    (parts > 0).then_some(sign * total)
}

/// A number with at most three decimals times a unit.
fn scaled(number: &str, ms: i64) -> Option<i64> {
    let Some((whole, decimals)) = number.split_once('.') else {
        return number.parse::<i64>().ok()?.checked_mul(ms);
    };
    let thousandths = format!("{decimals:0<3}").get(..3)?.parse::<i64>().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(ms)?.checked_add(thousandths * ms / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        assert_eq!(log_stamp(1_767_225_605_123), "[2026-01-01 00:00:05,123]");
        assert_eq!(log_stamp(951_827_696_789), "[2000-02-29 12:34:56,789]");
        assert_eq!(parse_date_time("2026-01-01T00:00:05.123"), Some(1_767_225_605_123));
        assert_eq!(parse_date_time("2026-01-01T01:00:05.123+0100"), Some(1_767_225_605_123));
        assert_eq!(parse_date_time("2026-01-01T00:00:05.123Z"), Some(1_767_225_605_123));
        assert_eq!(parse_date_time("2026-01-01"), None);
        assert_eq!(parse_date_time("2026-13-01T00:00:00.000"), None);
    }

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(parse_duration("P1DT2H"), Some(93_600_000));
        assert_eq!(parse_duration("PT1.5S"), Some(1_500));
        assert_eq!(parse_duration("-PT5M"), Some(-300_000));
        assert_eq!(parse_duration("PT0S"), Some(0));
        for wrong in ["", "P", "PT", "5s", "PT5X"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}
