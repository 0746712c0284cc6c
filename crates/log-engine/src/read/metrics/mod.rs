//! Metrics as the page shows them: what there is of whom (`entries`), its values over time (`series`), and what explains
//! them (`moments`). A list costs its rows that are asked for, and one pass over what is kept of the past.

mod entries;
mod moments;
mod series;

use crate::metrics::catalog::{Alarm, Unit};
use crate::metrics::shape::Shape;
use crate::view::{MetricId, MetricRow, MetricView, MetricsOf, MetricsQuery, MetricsView};
use crate::world::World;
use entries::Entry;
use series::Values;

/// Most rows of one list.
const MOST_ROWS: usize = 200;
/// Most points of one chart.
const MOST_POINTS: usize = 400;

impl World {
    /// All whose metrics there are.
    pub(crate) fn metrics_of(&self) -> Vec<MetricsOf> {
        let brokers = self.brokers.keys().map(|id| MetricsOf::Broker { broker: id.0 });
        let controllers =
            self.controllers.keys().map(|id| MetricsOf::Controller { controller: id.0 });
        let producers = self.producers.iter().filter(|known| known.is_listed());
        let producers =
            producers.map(|known| MetricsOf::Producer { producer: known.name.to_string() });
        let consumers = self.consumers.iter().filter(|known| known.is_listed());
        let consumers =
            consumers.map(|known| MetricsOf::Consumer { consumer: known.setup.name.to_string() });
        let nodes = brokers.chain(controllers);
        std::iter::once(MetricsOf::Cluster).chain(nodes).chain(producers).chain(consumers).collect()
    }

    /// A list of metrics.
    pub(crate) fn metrics_view(&self, query: &MetricsQuery) -> MetricsView {
        let words: Vec<String> =
            query.text.split_whitespace().map(str::to_lowercase).take(8).collect();
        let all = self.metric_entries(&query.whose);
        let passes = |entry: &Entry| {
            let text = format!("{} {}", entry.mbean, entry.attribute).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let passing: Vec<Entry> = all.into_iter().filter(passes).collect();
        let total = passing.len();
        let limit = query.limit.min(MOST_ROWS);
        let shown: Vec<Entry> = passing.into_iter().skip(query.skip).take(limit).collect();
        let from_ms = self.chart_from(query.from_ms);
        let points = query.points.min(MOST_POINTS);
        let values = self.metric_values(&shown, (from_ms, self.now_ms), points);
        let rows =
            shown.iter().zip(values).map(|(entry, values)| row(&query.whose, entry, &values));
        MetricsView { at_ms: self.now_ms, from_ms, total, rows: rows.collect() }
    }

    /// One metric, large.
    pub(crate) fn metric_view(
        &self,
        id: &MetricId,
        from_ms: Option<i64>,
        points: usize,
    ) -> Option<MetricView> {
        let all = self.metric_entries(&id.whose);
        let entry = all
            .into_iter()
            .find(|entry| entry.mbean == id.mbean && entry.attribute == id.attribute)?;
        let from_ms = self.chart_from(from_ms);
        let entries = [entry];
        let span = (from_ms, self.now_ms);
        let values =
            self.metric_values(&entries, span, points.clamp(2, MOST_POINTS)).into_iter().next()?;
        let [entry] = entries;
        let bad_above_zero = entry.bean.alarm == Alarm::AboveZero && !is_total(entry.shape);
        Some(MetricView {
            row: row(&id.whose, &entry, &values),
            from_ms,
            at_ms: self.now_ms,
            steps: entry.shape == Shape::Value,
            bad_ms: if bad_above_zero { above_zero_ms(&values.over_time, self.now_ms) } else { 0 },
            values: values.over_time,
            actual: values.actual,
            about: entry.bean.about.to_owned(),
            class: entry.bean.class.to_owned(),
            bad_above_zero,
            moments: self.metric_moments(&entry, span),
        })
    }

    fn chart_from(&self, from_ms: Option<i64>) -> i64 {
        from_ms.unwrap_or(self.start_ms).clamp(self.start_ms, self.now_ms)
    }
}

/// What was counted since the beginning stays above 0 for ever.
fn is_total(shape: Shape) -> bool {
    matches!(shape, Shape::Sum | Shape::Times | Shape::Largest)
}

fn row(whose: &MetricsOf, entry: &Entry, values: &Values) -> MetricRow {
    let above = values.now.is_some_and(|value| value > 0.0) && !is_total(entry.shape);
    MetricRow {
        id: MetricId {
            whose: whose.clone(),
            mbean: entry.mbean.clone(),
            attribute: entry.attribute.to_owned(),
        },
        value: values.now,
        text: values.text.clone(),
        unit: unit_word(entry).to_owned(),
        bad: entry.bean.alarm == Alarm::AboveZero && above,
        points: values.points.clone(),
    }
}

fn unit_word(entry: &Entry) -> &'static str {
    if matches!(entry.shape, Shape::Times | Shape::TimesRate | Shape::TimesPerHour) {
        return "";
    }
    match entry.bean.unit {
        Unit::Number => "",
        Unit::Bytes => "bytes",
        Unit::Ms => "ms",
        Unit::Ratio => "ratio",
        Unit::Percent => "percent",
        Unit::State => "state",
    }
}

fn above_zero_ms(values: &[(i64, Option<f64>)], now_ms: i64) -> i64 {
    let ends = values.iter().skip(1).map(|(at_ms, _)| *at_ms).chain([now_ms]);
    let stretches = values.iter().zip(ends);
    let bad = stretches.filter(|((_, value), _)| value.is_some_and(|value| value > 0.0));
    bad.map(|((from_ms, _), to_ms)| to_ms - from_ms).sum()
}
