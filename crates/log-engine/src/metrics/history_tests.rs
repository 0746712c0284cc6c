use super::*;

fn history() -> History {
    let mut history = History::new(1_000_000);
    history.grow(4, 4);
    history
}

fn total(history: &History, now_ms: i64) -> u64 {
    let mut total = 0;
    history.each(now_ms, |stretch| total += stretch.cells.count(1));
    total
}

#[test]
fn old_buckets_are_wider_and_nothing_is_lost() {
    let mut history = history();
    let mut now_ms = 1_000_000;
    for _ in 0..40_000 {
        now_ms += 700;
        history.count(now_ms, 1, 1);
        history.measure(now_ms, 2, 5);
    }
    assert_eq!(total(&history, now_ms), 40_000);
    let mut spans = Vec::new();
    history.each(now_ms, |stretch| spans.push((stretch.from_ms, stretch.to_ms)));
    assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{spans:?}");
    assert!(spans.len() < 64 * 12, "{}", spans.len());
    for (from_ms, to_ms) in spans {
        let age = now_ms - to_ms;
        assert!(to_ms - from_ms <= BUCKET_MS.max(age / 16), "{age} {}", to_ms - from_ms);
    }
}

#[test]
fn a_repeated_thing_is_as_if_it_had_been_counted_each_time() {
    for (first_ms, every_ms, times) in
        [(1_000_300, 502, 3), (1_000_000, 502, 9_000), (1_004_999, 3_000, 400)]
    {
        let (mut bulk, mut single) = (history(), history());
        let now_ms = first_ms + (times - 1) * every_ms + 10;
        for at_ms in [1_000_100, now_ms - 5] {
            bulk.count(at_ms, 3, 1);
        }
        bulk.repeat(now_ms, (first_ms, every_ms, times), |n| Cells {
            counts: vec![(1, n)],
            ..Cells::default()
        });
        single.count(1_000_100, 3, 1);
        for at in 0..times {
            single.count(first_ms + at * every_ms, 1, 1);
        }
        single.count(now_ms - 5, 3, 1);
        single.come_to(now_ms);
        bulk.fade();
        single.fade();
        assert_eq!(total(&bulk, now_ms), times.unsigned_abs());
        let read = |history: &History| {
            let mut all = Vec::new();
            history.each(now_ms, |s| {
                all.push((s.from_ms, s.to_ms, s.cells.count(1), s.cells.count(3)))
            });
            all
        };
        assert_eq!(read(&bulk), read(&single), "{first_ms} {every_ms} {times}");
    }
}

#[test]
fn room_is_kept_by_making_the_past_coarser() {
    let mut history = History::new(0);
    history.grow(2_000, 0);
    for second in 0..3_000i64 {
        for series in 0..2_000 {
            history.count(second * 1_000, series, 1);
        }
    }
    assert!(history.len() <= MOST_CELLS);
    let mut total = 0;
    history.each(3_000_000, |stretch| total += stretch.cells.count(7));
    assert_eq!(total, 3_000);
}

#[test]
fn values_are_rounded_to_a_sixty_fourth() {
    assert_eq!([0, 1, 127, 128, 129, 255, 1_000].map(rounded), [0, 1, 127, 128, 128, 254, 1_000]);
    assert_eq!(rounded(30_001), 29_952);
    assert_eq!(rounded(u32::MAX) >> 25, 127);
}
