//! Values over time: what was recorded of a metric's owners, through the shape of its attribute, and joined.

use super::entries::{Entry, Join};
use crate::ids::TimestampMs;
use crate::metrics::catalog::{Source, Unit};
use crate::metrics::shape::{self, Piece, Shape};
use crate::metrics::{Gauge, Level, Metrics, Replication, Stat, Stretch, Tag, Time, series_of};
use crate::sim::ActorId;
use crate::world::World;

/// What a row shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    pub now: Option<f64>,
    pub text: Option<String>,
    pub points: Vec<Option<f64>>,
    /// For the large chart.
    pub over_time: Vec<(TimestampMs, Option<f64>)>,
    pub actual: Vec<f64>,
}

/// What of the recorded cells one owner's metric is made of.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Count(u32),
    Stat(u32),
    /// How often a value came, whatever it was.
    Times(u32),
    Values {
        series: u32,
        all: u32,
    },
}

/// One owner's stretches of time.
struct Recorded {
    owner: ActorId,
    cell: Option<Cell>,
    pieces: Vec<Piece>,
}

impl World {
    /// The values of some entries over a span of time, at so many points.
    pub(super) fn metric_values(
        &self,
        entries: &[Entry],
        span: (TimestampMs, TimestampMs),
        points: usize,
    ) -> Vec<Values> {
        let metrics = self.metrics_now();
        let mut all: Vec<Vec<Recorded>> =
            entries.iter().map(|entry| recorded(&metrics, entry)).collect();
        metrics.each(self.now_ms, |stretch| {
            for recorded in all.iter_mut().flatten() {
                recorded.take(stretch);
            }
        });
        let grid = grid(span, points);
        let read = entries.iter().zip(all);
        read.map(|(entry, recorded)| self.values_of(&metrics, entry, recorded, span, &grid))
            .collect()
    }

    fn values_of(
        &self,
        metrics: &Metrics,
        entry: &Entry,
        recorded: Vec<Recorded>,
        span: (TimestampMs, TimestampMs),
        grid: &[TimestampMs],
    ) -> Values {
        let mut values = match entry.shape {
            Shape::Value => self.held(metrics, entry, span, grid),
            _ => self.measured(metrics, entry, &recorded, grid),
        };
        values.now = values.over_time.last().and_then(|(_, value)| *value);
        if values.now.is_none() {
            let runs = entry.owners.iter().any(|owner| is_up(metrics, *owner, self.now_ms));
            values.text = Some(if runs { "NaN" } else { "not running" }.to_owned());
        } else if matches!(entry.bean.source, Source::Level(Level::RaftState)) {
            let word = crate::metrics::RAFT_STATES.iter().zip(0u32..);
            let word = word.map(|(word, at)| (word, f64::from(at)));
            let found = word.into_iter().find(|(_, at)| Some(*at) == values.now);
            values.text = found.map(|(word, _)| (*word).to_owned());
        }
        values
    }

    /// Values that hold until they change.
    fn held(
        &self,
        metrics: &Metrics,
        entry: &Entry,
        (from_ms, now_ms): (TimestampMs, TimestampMs),
        grid: &[TimestampMs],
    ) -> Values {
        let mut times = vec![from_ms, now_ms];
        let within = |gauge: &Gauge, times: &mut Vec<TimestampMs>| {
            let changes = gauge.changes();
            let first = changes.partition_point(|(at_ms, _)| *at_ms <= from_ms);
            times.extend(changes.get(first..).unwrap_or_default().iter().map(|(at_ms, _)| *at_ms));
        };
        for owner in &entry.owners {
            for level in levels_of(entry.bean.source) {
                let tag = if level == Level::Up { Tag::Whole } else { entry.tag };
                if let Some(gauge) = metrics.gauge((*owner, tag, level)) {
                    within(gauge, &mut times);
                }
            }
        }
        sorted::sort(&mut times);
        times.dedup();
        let at = |at_ms| self.held_at(metrics, entry, at_ms);
        let exact: Vec<(TimestampMs, Option<f64>)> =
            times.into_iter().map(|at_ms| (at_ms, at(at_ms))).collect();
        let points = highest_between(&exact, grid);
        let mut over_time = exact;
        if over_time.len() > 2 * super::MOST_POINTS {
            over_time = grid.iter().copied().zip(points.iter().copied()).collect();
            over_time.extend([(now_ms, at(now_ms))]);
        }
        over_time.dedup_by(|later, earlier| later.1 == earlier.1 && later.0 != now_ms);
        Values { points, over_time, ..Values::default() }
    }

    fn held_at(&self, metrics: &Metrics, entry: &Entry, at_ms: TimestampMs) -> Option<f64> {
        let up = |owner: &ActorId| is_up(metrics, *owner, at_ms);
        let value = |owner: &ActorId| self.own_value(metrics, entry, *owner, at_ms);
        if entry.join == Join::Active {
            let leads = |owner: &&ActorId| {
                let key = (**owner, Tag::Whole, Level::ActiveControllerCount);
                up(owner) && metrics.gauge(key).and_then(|gauge| gauge.at(at_ms)) == Some(1)
            };
            let active = entry.owners.iter().find(leads);
            return active.or_else(|| entry.owners.iter().find(|owner| up(owner))).and_then(value);
        }
        let values = entry.owners.iter().filter(|owner| up(owner)).filter_map(value);
        values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
    }

    fn own_value(
        &self,
        metrics: &Metrics,
        entry: &Entry,
        owner: ActorId,
        at_ms: TimestampMs,
    ) -> Option<f64> {
        let held =
            |level| metrics.gauge((owner, entry.tag, level)).and_then(|gauge| gauge.at(at_ms));
        match entry.bean.source {
            Source::Level(level) => Some(signed(held(level).unwrap_or(0))),
            Source::Replication(is) => {
                let known = Replication::unpack(held(Level::Replication)?);
                Some(f64::from(u8::from(known.is_some_and(is))))
            }
            Source::Replicas(count) => {
                Some(signed(Replication::unpack(held(Level::Replication)?).map_or(0, count)))
            }
            Source::BufferTotal => self.buffer_memory(owner).map(signed),
            _ => None,
        }
    }

    fn buffer_memory(&self, producer: ActorId) -> Option<i64> {
        let ActorId::Producer(at) = producer else { return None };
        self.producers.get(usize::try_from(at).ok()?).map(|known| known.config.buffer_memory)
    }

    /// Values that are computed from what was counted and measured.
    fn measured(
        &self,
        metrics: &Metrics,
        entry: &Entry,
        recorded: &[Recorded],
        grid: &[TimestampMs],
    ) -> Values {
        let times: Vec<TimestampMs> =
            if grid.is_empty() { vec![self.now_ms] } else { grid.to_vec() };
        let mut sums: Vec<Option<f64>> = vec![None; times.len()];
        if entry.join == Join::Together {
            let pieces = together(recorded);
            let values = shape::at_times(entry.shape, &pieces, i64::MIN, &times);
            sums = values.into_iter().map(Some).collect();
        } else {
            for one in recorded {
                let own = self.own_values(metrics, entry, one, &times);
                for (sum, value) in sums.iter_mut().zip(own) {
                    *sum = match (*sum, value) {
                        (Some(sum), Some(value)) => Some(sum + value),
                        (sum, value) => sum.or(value),
                    };
                }
            }
        }
        let sums: Vec<Option<f64>> =
            sums.into_iter().map(|value| value.filter(|value| !value.is_nan())).collect();
        let actual = match entry.shape {
            Shape::OneMinuteRate | Shape::Rate | Shape::TimesRate => {
                actual(entry, recorded, &times)
            }
            _ => Vec::new(),
        };
        let points = if grid.is_empty() { Vec::new() } else { sums.clone() };
        Values {
            points,
            over_time: times.into_iter().zip(sums).collect(),
            actual,
            ..Values::default()
        }
    }

    /// One owner's values, life by life of its process; none while it does not run.
    fn own_values(
        &self,
        metrics: &Metrics,
        entry: &Entry,
        recorded: &Recorded,
        times: &[TimestampMs],
    ) -> Vec<Option<f64>> {
        let mut values: Vec<Option<f64>> = Vec::with_capacity(times.len());
        let mut left = times;
        for (begins_ms, ends_ms) in lives(metrics, recorded.owner) {
            let before = left.partition_point(|at_ms| *at_ms < begins_ms);
            values.extend(std::iter::repeat_n(None, before));
            let rest = left.get(before..).unwrap_or_default();
            let here = rest.partition_point(|at_ms| *at_ms < ends_ms);
            let (own, later) = rest.split_at_checked(here).unwrap_or((rest, &[]));
            let own = shape::at_times(entry.shape, &recorded.pieces, begins_ms, own);
            values.extend(
                own.into_iter().map(|value| Some(self.scaled(entry, recorded.owner, value))),
            );
            left = later;
        }
        values.extend(std::iter::repeat_n(None, left.len()));
        values
    }

    fn scaled(&self, entry: &Entry, owner: ActorId, value: f64) -> f64 {
        match entry.bean.source {
            Source::BufferAvailable => self.buffer_memory(owner).map_or(value, signed) - value,
            _ if entry.bean.unit == Unit::Ratio => value / 1_000_000.0,
            _ => value,
        }
    }
}

impl Recorded {
    fn take(&mut self, stretch: Stretch<'_>) {
        let (stat, values) = match self.cell {
            None => return,
            Some(Cell::Count(series)) => (of_sum(stretch.cells.count(series)), vec![]),
            Some(Cell::Times(series)) => {
                let sum = stretch.cells.values(series).map(|(_, n)| n).sum();
                (of_sum(sum), vec![])
            }
            Some(Cell::Stat(series)) => (stretch.cells.stat(series), vec![]),
            Some(Cell::Values { series, all }) => {
                (Stat::default(), shape::with_zeros(stretch.cells, series, all))
            }
        };
        if stat.count == 0 && stat.sum == 0 && values.is_empty() {
            return;
        }
        let mut piece = Piece { from_ms: stretch.from_ms, to_ms: stretch.to_ms, stat, values };
        if !piece.values.is_empty() {
            piece.count_values();
        }
        self.pieces.push(piece);
    }
}

/// A sum that counts as often as it is large.
fn of_sum(sum: u64) -> Stat {
    Stat { sum, count: u32::try_from(sum).unwrap_or(u32::MAX), ..Stat::default() }
}

fn recorded(metrics: &Metrics, entry: &Entry) -> Vec<Recorded> {
    let of = |owner: &ActorId| {
        let block = metrics.known_block((*owner, entry.tag));
        let cell = block.and_then(|block| {
            let stat = |place: u32| Some(Cell::Stat(block.stats + place));
            let count = |place: u32| Some(Cell::Count(block.counts + place));
            match entry.bean.source {
                Source::Broker(what) => count(what.place()),
                Source::BrokerStat(what) => stat(what.place()),
                Source::Topic(what) => count(what.place()),
                Source::Errors => count(0),
                Source::Controller(what) => count(what.place()),
                Source::ControllerStat(what) => stat(what.place()),
                Source::Producer(what) => count(what.place()),
                Source::ProducerStat(what) => stat(what.place()),
                Source::BufferAvailable => stat(crate::metrics::ProducerStat::BufferUsed.place()),
                Source::ProducerTopic(what) => count(what.place()),
                Source::ProducerTopicStat(what) => stat(what.place()),
                Source::Consumer(what) => stat(what.place()),
                Source::ConsumerPartition(what) => stat(what.place()),
                Source::Requests(api) => Some(Cell::Times(series_of(block, api, Time::Total))),
                Source::Time(api, time) => {
                    let all = series_of(block, api, Time::Total);
                    Some(Cell::Values { series: series_of(block, api, time), all })
                }
                Source::Level(_)
                | Source::Replication(_)
                | Source::Replicas(_)
                | Source::BufferTotal => None,
            }
        });
        Recorded { owner: *owner, cell, pieces: Vec::new() }
    };
    entry.owners.iter().map(of).collect()
}

/// The values of all owners as if they were one's.
fn together(recorded: &[Recorded]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> =
        recorded.iter().flat_map(|one| one.pieces.iter().cloned()).collect();
    sorted::sort_by_key(&mut pieces, |piece| piece.to_ms);
    pieces
}

/// What came between two points of a chart, by the second.
fn actual(entry: &Entry, recorded: &[Recorded], times: &[TimestampMs]) -> Vec<f64> {
    let sum = |piece: &Piece| match entry.shape {
        Shape::TimesRate => f64::from(piece.stat.count),
        _ => shape::number(piece.stat.sum),
    };
    let between = |from_ms: TimestampMs, to_ms: TimestampMs| {
        let pieces = recorded.iter().flat_map(|one| &one.pieces);
        let came = pieces.map(|piece| {
            let width = (piece.to_ms - piece.from_ms).max(1);
            let both = piece.to_ms.min(to_ms) - piece.from_ms.max(from_ms);
            sum(piece) * signed(both.max(0)) / signed(width)
        });
        came.sum::<f64>() * 1_000.0 / signed((to_ms - from_ms).max(1))
    };
    let mut all = vec![0.0];
    all.extend(times.windows(2).map(|pair| match pair {
        [from_ms, to_ms] => between(*from_ms, *to_ms),
        _ => 0.0,
    }));
    all
}

fn levels_of(source: Source) -> Vec<Level> {
    let own = match source {
        Source::Level(level) => level,
        Source::Replication(_) | Source::Replicas(_) => Level::Replication,
        _ => Level::Up,
    };
    vec![own, Level::Up, Level::ActiveControllerCount]
}

/// When an owner's process ran: from when until when.
fn lives(metrics: &Metrics, owner: ActorId) -> Vec<(TimestampMs, TimestampMs)> {
    let Some(gauge) = metrics.gauge((owner, Tag::Whole, Level::Up)) else { return Vec::new() };
    let ends = gauge.changes().iter().skip(1).map(|(at_ms, _)| *at_ms).chain([TimestampMs::MAX]);
    let all = gauge.changes().iter().zip(ends);
    all.filter(|((_, life), _)| *life > 0).map(|((from_ms, _), to_ms)| (*from_ms, to_ms)).collect()
}

fn is_up(metrics: &Metrics, owner: ActorId, at_ms: TimestampMs) -> bool {
    let gauge = metrics.gauge((owner, Tag::Whole, Level::Up));
    gauge.and_then(|gauge| gauge.at(at_ms)).is_some_and(|life| life > 0)
}

/// Even distances of time, the last point now.
fn grid((from_ms, to_ms): (TimestampMs, TimestampMs), points: usize) -> Vec<TimestampMs> {
    let Some(steps) = i64::try_from(points).ok().and_then(|points| points.checked_sub(1)) else {
        return Vec::new();
    };
    (0..=steps).map(|at| to_ms - (to_ms - from_ms) * (steps - at) / steps.max(1)).collect()
}

/// The highest value since the point before, so that no short rise is missed.
fn highest_between(exact: &[(TimestampMs, Option<f64>)], grid: &[TimestampMs]) -> Vec<Option<f64>> {
    let mut held = None;
    let mut left = exact.iter().peekable();
    grid.iter()
        .map(|at_ms| {
            let mut highest: Option<f64> = held;
            while let Some((_, value)) = left.next_if(|(change_ms, _)| change_ms <= at_ms) {
                held = *value;
                highest = match (highest, *value) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
            }
            highest
        })
        .collect()
}

#[allow(clippy::cast_precision_loss)]
fn signed(value: i64) -> f64 {
    value as f64
}
