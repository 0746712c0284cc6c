//! A stream as its form holds it; every change of a running one is sent at once.

use log_engine::command::{Arrivals, KeyDistribution, StreamSpec};

/// Rates the slider stops at, in tenths of a record a second: 0.1 to 10,000.
pub const RATES_X10: [u32; 31] = [
    1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000,
    3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 50_000, 100_000,
];

/// Keys a stream starts with.
pub const KEYS: [&str; 7] = ["alice", "bob", "carol", "dave", "erin", "frank", "ivan"];

/// A gentle stream to begin with.
pub fn gentle(topic: &str) -> StreamSpec {
    StreamSpec {
        topic: topic.to_owned(),
        records: 4,
        per_ms: 1000,
        arrivals: Arrivals::Random,
        keys: KeyDistribution::Zipf { keys: KEYS.map(str::to_owned).to_vec() },
        null_key_percent: 10,
        value_bytes_min: 24,
        value_bytes_max: 24,
    }
}

/// The slider's place for a stream's rate: the nearest stop.
pub fn rate_place(spec: &StreamSpec) -> usize {
    let rate = u64::from(spec.records) * 10_000 / u64::from(spec.per_ms.max(1));
    let distance = |x10: &u32| u64::from(*x10).abs_diff(rate);
    let nearest = RATES_X10.iter().enumerate().min_by_key(|(_, x10)| distance(x10));
    nearest.map_or(0, |(place, _)| place)
}

/// Sets a stream's rate to a place of the slider.
pub fn set_rate(spec: &mut StreamSpec, place: usize) {
    let x10 = RATES_X10.get(place).copied().unwrap_or(10);
    (spec.records, spec.per_ms) = if x10 % 10 == 0 { (x10 / 10, 1000) } else { (x10, 10_000) };
}

/// A place of the slider in words.
pub fn rate_words(place: usize) -> String {
    let x10 = RATES_X10.get(place).copied().unwrap_or(10);
    let whole = crate::ui::text::number(i64::from(x10 / 10));
    if x10 < 100 { format!("{whole}.{} rec/s", x10 % 10) } else { format!("{whole} rec/s") }
}

/// The words of a distribution, as its button has them.
pub fn key_word(keys: &KeyDistribution) -> &'static str {
    match keys {
        KeyDistribution::Null => "no key",
        KeyDistribution::Fixed { .. } => "uniform",
        KeyDistribution::Zipf { .. } => "zipf",
        KeyDistribution::Sequence { .. } => "in turn",
    }
}

/// Another distribution, with the same keys where it has a set of them.
pub fn with_word(word: &str, keys: Vec<String>) -> KeyDistribution {
    match word {
        "uniform" => KeyDistribution::Fixed { keys },
        "zipf" => KeyDistribution::Zipf { keys },
        "in turn" => KeyDistribution::Sequence { prefix: "user-".to_owned(), count: 8 },
        _ => KeyDistribution::Null,
    }
}

/// The keys of a distribution; of a sequence the first few.
pub fn keys_of(keys: &KeyDistribution) -> Vec<String> {
    match keys {
        KeyDistribution::Null => Vec::new(),
        KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys } => keys.clone(),
        KeyDistribution::Sequence { prefix, count } => {
            (0..(*count).min(12)).map(|n| format!("{prefix}{n}")).collect()
        }
    }
}

/// Keys as they are typed: parted by commas or spaces, each once.
pub fn parse_keys(typed: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for key in typed.split([',', ' ', '\n']).map(str::trim).filter(|key| !key.is_empty()) {
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_of_the_slider_comes_back_from_its_stream() {
        let mut spec = gentle("orders");
        for place in 0..RATES_X10.len() {
            set_rate(&mut spec, place);
            assert_eq!(rate_place(&spec), place, "{}", rate_words(place));
        }
    }

    #[test]
    fn rates_read_well() {
        assert_eq!(rate_words(0), "0.1 rec/s");
        assert_eq!(rate_words(9), "4.0 rec/s");
        assert_eq!(rate_words(30), "10\u{202f}000 rec/s");
    }

    #[test]
    fn keys_are_taken_once_each() {
        assert_eq!(parse_keys("a, b a\nc,,"), ["a", "b", "c"]);
    }
}
