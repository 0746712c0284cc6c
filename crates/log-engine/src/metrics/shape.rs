//! How Kafka's classes make a value of what was recorded: meters (Yammer's `Meter` with its `EWMA`), histograms (Yammer's
//! `Histogram` over an `ExponentiallyDecayingSample`), and the sampled statistics of clients (`SampledStat`, `Rate`, `Avg`,
//! `Max`, `Min`). They run over what was recorded in order, so a value is right at each point of a chart, and are exact but
//! for the width of the buckets: what happened in one is spread over it evenly. Floating point is for the eye alone.

use super::{Cells, Stat};
use crate::ids::TimestampMs;

/// How an attribute follows from what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A gauge: the value that holds.
    Value,
    /// The sum since the process began (`Meter.count`, `CumulativeSum`).
    Sum,
    /// How often since the process began (`CumulativeCount`).
    Times,
    /// `Meter.oneMinuteRate`.
    OneMinuteRate,
    /// A percentile of a histogram, in per cent.
    Percentile(u8),
    /// `Histogram.mean`: of all since the process began.
    Mean,
    /// `Histogram.max`: of all since the process began.
    Largest,
    /// `Rate` over a `WindowedSum`.
    Rate,
    /// `Rate` over a `WindowedCount`.
    TimesRate,
    /// `Rate` over a `WindowedCount`, by the hour, with samples of an hour.
    TimesPerHour,
    /// `Avg`.
    Avg,
    /// `Max`.
    Max,
    /// `Min`.
    Min,
    /// `Value`: the newest.
    Last,
}

/// A stretch of time of one metric.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Piece {
    pub from_ms: TimestampMs,
    pub to_ms: TimestampMs,
    /// What was summed or measured.
    pub stat: Stat,
    /// Values with how often each came.
    pub values: Vec<(u32, u64)>,
}

impl Piece {
    /// The statistics of counted values.
    pub(crate) fn count_values(&mut self) {
        let values = &self.values;
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        self.stat = Stat {
            sum: values.iter().map(|(value, n)| u64::from(*value).saturating_mul(*n)).sum(),
            count: small(values.iter().map(|(_, n)| n).sum()),
            min: values.first().map_or(0, |(value, _)| *value),
            max: values.last().map_or(0, |(value, _)| *value),
            last: 0,
        };
    }
}

/// Values of a series that never came are those that were 0: how many follows from how many there were at all.
pub(crate) fn with_zeros(cells: &Cells, series: u32, all: u32) -> Vec<(u32, u64)> {
    let mut values: Vec<(u32, u64)> = cells.values(series).collect();
    let total: u64 = cells.values(all).map(|(_, n)| n).sum();
    let zeros = total.saturating_sub(values.iter().map(|(_, n)| n).sum());
    if zeros > 0 {
        match values.first_mut().filter(|(value, _)| *value == 0) {
            Some((_, n)) => *n += zeros,
            None => values.insert(0, (0, zeros)),
        }
    }
    values
}

/// The values of a metric at these times, oldest first, of a process that began at `since_ms`. `per` is what a sum is
/// divided by. NaN is Kafka's for "nothing in the window".
pub(crate) fn at_times(
    shape: Shape,
    pieces: &[Piece],
    since_ms: TimestampMs,
    times: &[TimestampMs],
) -> Vec<f64> {
    let mut run = Run::new(shape, since_ms);
    let mut left = pieces.iter().skip_while(|piece| piece.to_ms <= since_ms).peekable();
    times
        .iter()
        .map(|&at_ms| {
            while let Some(piece) = left.next_if(|piece| piece.to_ms <= at_ms) {
                run.push(piece);
            }
            run.value(at_ms)
        })
        .collect()
}

enum Run<'a> {
    Whole(Shape, Stat),
    Meter(Meter),
    Sampled(Shape, Sampled),
    Histogram(u8, Vec<&'a Piece>),
}

impl<'a> Run<'a> {
    fn new(shape: Shape, since_ms: TimestampMs) -> Self {
        match shape {
            Shape::OneMinuteRate => Self::Meter(Meter::new(since_ms)),
            Shape::Percentile(percent) => Self::Histogram(percent, Vec::new()),
            Shape::TimesPerHour => Self::Sampled(shape, Sampled::new(HOUR_MS)),
            Shape::Rate | Shape::TimesRate | Shape::Avg | Shape::Max | Shape::Min => {
                Self::Sampled(shape, Sampled::new(SAMPLE_MS))
            }
            _ => Self::Whole(shape, Stat::default()),
        }
    }

    fn push(&mut self, piece: &'a Piece) {
        match self {
            Self::Whole(_, all) => all.add(piece.stat),
            Self::Meter(meter) => meter.push(piece),
            Self::Sampled(_, sampled) => sampled.push(piece),
            Self::Histogram(_, pieces) => pieces.push(piece),
        }
    }

    fn value(&mut self, now_ms: TimestampMs) -> f64 {
        match self {
            Self::Whole(shape, all) => match shape {
                Shape::Times => f64::from(all.count),
                Shape::Mean if all.count == 0 => 0.0,
                Shape::Mean => number(all.sum) / f64::from(all.count),
                Shape::Largest => f64::from(all.max),
                Shape::Last if all.count == 0 => f64::NAN,
                Shape::Last => f64::from(all.last),
                _ => number(all.sum),
            },
            Self::Meter(meter) => meter.value(now_ms),
            Self::Sampled(shape, sampled) => sampled.value(*shape, now_ms),
            Self::Histogram(percent, pieces) => {
                percentile(pieces, f64::from(*percent) / 100.0, now_ms)
            }
        }
    }
}

/// A whole number for the eye.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}

#[allow(clippy::cast_precision_loss)]
fn ms(value: i64) -> f64 {
    value as f64
}

/// A tick of a meter.
const TICK_MS: i64 = 5_000;

/// Yammer's `Meter`: every 5 s its `EWMA` of a minute takes in what came in them.
struct Meter {
    ticked_ms: TimestampMs,
    rate: Option<f64>,
    uncounted: f64,
}

impl Meter {
    /// `1 - exp(-5 / 60)`.
    const ALPHA: f64 = 0.079_955_585_370_676_71;

    fn new(since_ms: TimestampMs) -> Self {
        Self { ticked_ms: since_ms, rate: None, uncounted: 0.0 }
    }

    fn tick(&mut self) {
        let instant = self.uncounted / (ms(TICK_MS) / 1_000.0);
        self.rate = Some(self.rate.map_or(instant, |rate| rate + Self::ALPHA * (instant - rate)));
        self.uncounted = 0.0;
        self.ticked_ms += TICK_MS;
    }

    /// Ticks up to then; in all but the first as much comes as `instant` says.
    fn tick_to(&mut self, to_ms: TimestampMs, instant: f64) {
        if to_ms - self.ticked_ms < TICK_MS {
            return;
        }
        self.tick();
        let more = (to_ms - self.ticked_ms) / TICK_MS;
        let fades = i32::try_from(more).map_or(0.0, |more| (1.0 - Self::ALPHA).powi(more));
        self.rate = self.rate.map(|rate| instant + (rate - instant) * fades);
        self.ticked_ms += more * TICK_MS;
    }

    fn push(&mut self, piece: &Piece) {
        let sum = number(piece.stat.sum);
        self.tick_to(piece.from_ms, 0.0);
        let from_ms = piece.from_ms;
        if piece.to_ms <= from_ms {
            self.uncounted += sum;
            return;
        }
        let by_ms = sum / ms(piece.to_ms - from_ms);
        // What came before the tick that is due next, and after the last.
        let next_ms = (self.ticked_ms + TICK_MS).max(from_ms);
        self.uncounted += by_ms * ms(piece.to_ms.min(next_ms) - from_ms);
        self.tick_to(piece.to_ms, by_ms * 1_000.0);
        if piece.to_ms > next_ms {
            self.uncounted += by_ms * ms(piece.to_ms - self.ticked_ms);
        }
    }

    fn value(&mut self, now_ms: TimestampMs) -> f64 {
        self.tick_to(now_ms, 0.0);
        self.rate.unwrap_or(0.0)
    }
}

/// `metrics.sample.window.ms`.
const SAMPLE_MS: i64 = 30_000;
/// The samples of `rebalance-rate-per-hour`.
const HOUR_MS: i64 = 3_600_000;
/// `metrics.num.samples`.
const SAMPLES: i64 = 2;

#[derive(Clone, Copy, Default)]
struct Sample {
    began_ms: TimestampMs,
    last_ms: TimestampMs,
    stat: Stat,
}

/// `SampledStat`: two samples and one that overlaps the window, each begun by what comes when the last is 30 s old.
struct Sampled {
    window_ms: i64,
    samples: Vec<Sample>,
}

impl Sampled {
    fn new(window_ms: i64) -> Self {
        Self { window_ms, samples: Vec::new() }
    }

    fn push(&mut self, piece: &Piece) {
        if piece.stat.count == 0 {
            return;
        }
        let at_ms = piece.from_ms;
        let full = self.samples.last().is_none_or(|now| at_ms - now.began_ms >= self.window_ms);
        if full {
            self.samples.push(Sample { began_ms: at_ms, last_ms: at_ms, stat: Stat::default() });
            if self.samples.len() > 3 {
                self.samples.remove(0);
            }
        }
        if let Some(now) = self.samples.last_mut() {
            now.stat.add(piece.stat);
            now.last_ms = piece.to_ms;
        }
    }

    fn value(&self, shape: Shape, now_ms: TimestampMs) -> f64 {
        let obsolete = |sample: &&Sample| now_ms - sample.last_ms < SAMPLES * self.window_ms;
        let mut all = Stat::default();
        let mut oldest_ms = now_ms;
        for sample in self.samples.iter().filter(obsolete) {
            all.add(sample.stat);
            oldest_ms = oldest_ms.min(sample.began_ms);
        }
        let none = all.count == 0;
        match shape {
            Shape::Avg if none => f64::NAN,
            Shape::Avg => number(all.sum) / f64::from(all.count),
            Shape::Max if none => f64::NAN,
            Shape::Max => f64::from(all.max),
            Shape::Min if none => f64::NAN,
            Shape::Min => f64::from(all.min),
            Shape::TimesPerHour => {
                f64::from(all.count) * ms(HOUR_MS) / self.elapsed(now_ms - oldest_ms)
            }
            Shape::TimesRate => f64::from(all.count) * 1_000.0 / self.elapsed(now_ms - oldest_ms),
            _ => number(all.sum) * 1_000.0 / self.elapsed(now_ms - oldest_ms),
        }
    }

    /// `Rate.windowSize`: at least one whole sample, and what has passed of the next.
    fn elapsed(&self, since_ms: i64) -> f64 {
        let missing = (SAMPLES - 1 - since_ms / self.window_ms).max(0);
        ms((since_ms + missing * self.window_ms).max(1))
    }
}

/// How many values Yammer's sample holds, and how fast older ones lose their place to new ones, by the second.
const RESERVOIR: f64 = 1_028.0;
const RESERVOIR_ALPHA: f64 = 0.015;

/// A percentile as Yammer's `Snapshot` gives it. Its sample is random; here each value counts as much as it is likely to
/// be in it: wholly as long as there are no more than fit, and then the less the older it is.
fn percentile(pieces: &[&Piece], quantile: f64, now_ms: TimestampMs) -> f64 {
    let shares = shares(pieces, now_ms);
    let mut weighed: Vec<(u32, f64)> = Vec::new();
    for (piece, share) in pieces.iter().zip(&shares) {
        weighed.extend(piece.values.iter().map(|(value, n)| (*value, number(*n) * share)));
    }
    sorted::sort_by_key(&mut weighed, |(value, _)| *value);
    let size: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let size = size.round();
    // The value at a place, counted from 1.
    let value_at = |place: f64| {
        let mut before = 0.0;
        let found = weighed.iter().find(|(_, weight)| {
            before += weight;
            before + 1e-6 >= place
        });
        found.or(weighed.last()).map_or(0.0, |(value, _)| f64::from(*value))
    };
    let place = quantile * (size + 1.0);
    if size < 1.0 {
        0.0
    } else if place < 1.0 {
        value_at(1.0)
    } else if place >= size {
        value_at(size)
    } else {
        let (lower, upper) = (value_at(place.floor()), value_at(place.floor() + 1.0));
        lower + (place - place.floor()) * (upper - lower)
    }
}

/// How likely a value of each piece is in the sample.
fn shares(pieces: &[&Piece], now_ms: TimestampMs) -> Vec<f64> {
    let counts: Vec<f64> = pieces.iter().map(|piece| f64::from(piece.stat.count)).collect();
    let all: f64 = counts.iter().sum();
    if all <= RESERVOIR {
        return vec![1.0; pieces.len()];
    }
    let weight = |piece: &&Piece| (-RESERVOIR_ALPHA * ms(now_ms - piece.to_ms) / 1_000.0).exp();
    let weights: Vec<f64> = pieces.iter().map(weight).collect();
    // The newest are in it for sure, as many as it takes for the share of the next to be below 1.
    let (mut sure, mut rest) = (0.0, counts.iter().zip(&weights).map(|(n, w)| n * w).sum::<f64>());
    let mut share = 0.0;
    for (count, weight) in counts.iter().zip(&weights).rev() {
        share = (RESERVOIR - sure).max(0.0) / rest.max(f64::MIN_POSITIVE);
        if share * weight <= 1.0 {
            break;
        }
        sure += count;
        rest -= count * weight;
    }
    weights.iter().map(|weight| (share * weight).min(1.0)).collect()
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
