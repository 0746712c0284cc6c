use super::*;

fn piece(from_ms: i64, sum: u64) -> Piece {
    let stat = Stat { sum, ..Stat::of(sum) };
    Piece { from_ms, to_ms: from_ms + 1_250, stat, values: Vec::new() }
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn a_meter_ticks_like_yammers() {
    // 10 a second for 20 s, then nothing.
    let pieces: Vec<Piece> =
        (0..16).map(|at| piece(at * 1_250, 12 + u64::from(at % 2 == 0))).collect();
    let times = [0, 4_999, 5_000, 20_000, 25_000, 80_000];
    let rates = at_times(Shape::OneMinuteRate, &pieces, 0, &times);
    near(rates[0], 0.0);
    near(rates[1], 0.0);
    // The first tick takes the rate as it is: 50 in 5 s.
    near(rates[2], 10.0);
    near(rates[3], 10.0);
    near(rates[4], 10.0 * (-5.0f64 / 60.0).exp());
    near(rates[5], 10.0 * (-1.0f64).exp());
}

#[test]
fn a_wide_piece_counts_as_evenly_spread() {
    let wide =
        Piece { from_ms: 0, to_ms: 60_000, stat: Stat { sum: 600, ..Stat::of(0) }, values: vec![] };
    let rates = at_times(Shape::OneMinuteRate, &[wide], 0, &[60_000, 120_000]);
    near(rates[0], 10.0);
    near(rates[1], 10.0 * (-1.0f64).exp());
}

#[test]
fn a_clients_rate_counts_at_least_a_whole_window() {
    // Four a second: Kafka divides by at least 30 s, and by what has passed of the first sample besides.
    let pieces: Vec<Piece> = (0..80).map(|at| piece(at * 1_250, 5)).collect();
    let rates = at_times(Shape::Rate, &pieces, 0, &[10_000, 30_000, 60_000, 100_000]);
    near(rates[0], 40.0 / 40.0);
    near(rates[1], 120.0 / 30.0);
    near(rates[2], 4.0);
    near(rates[3], 4.0);
    // A minute after the last nothing is left.
    let late = at_times(Shape::Rate, &pieces, 0, &[100_000, 160_000]);
    near(late[1], 0.0);
    assert!(at_times(Shape::Max, &pieces, 0, &[160_000])[0].is_nan());
    near(at_times(Shape::Sum, &pieces, 0, &[160_000])[0], 400.0);
}

fn times(from_ms: i64, values: &[(u32, u64)]) -> Piece {
    let mut piece =
        Piece { from_ms, to_ms: from_ms + 1_250, values: values.to_vec(), ..Piece::default() };
    piece.count_values();
    piece
}

#[test]
fn percentiles_of_few_values_are_those_of_all() {
    // 1, 2, ..., 100.
    let all: Vec<(u32, u64)> = (1..=100).map(|value| (value, 1)).collect();
    let (early, late) = all.split_at(40);
    let pieces = [times(0, early), times(900_000, late)];
    let at = |percent| at_times(Shape::Percentile(percent), &pieces, 0, &[1_000_000])[0];
    near(at(50), 50.5);
    near(at(75), 75.75);
    near(at(95), 95.95);
    near(at(99), 99.99);
    near(at_times(Shape::Mean, &pieces, 0, &[1_000_000])[0], 50.5);
    near(at_times(Shape::Percentile(99), &[], 0, &[5])[0], 0.0);
}

#[test]
fn of_many_values_the_newest_thousand_or_so_count() {
    let old = times(0, &[(900, 5_000)]);
    let pieces = [old.clone(), times(600_000, &[(5, 500)])];
    let at =
        |pieces: &[Piece], percent| at_times(Shape::Percentile(percent), pieces, 0, &[610_000])[0];
    // 500 of the 1,028 are new.
    near(at(&pieces, 40), 5.0);
    near(at(&pieces, 60), 900.0);
    let pieces = [old, times(600_000, &[(5, 5_000)])];
    near(at(&pieces, 99), 5.0);
    let shares = shares(&pieces.iter().collect::<Vec<_>>(), 610_000);
    near(shares[0] * 5_000.0 + shares[1] * 5_000.0, 1_028.0);
}
