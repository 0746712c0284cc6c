//! Kafka's own metrics over virtual time: a list with small charts, and one of them large with what explains it.

use crate::ids::{EventId, TimestampMs};
use serde::{Deserialize, Serialize};

/// Whose metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum MetricsOf {
    /// The cluster's: sums over its brokers, its active controller's, and the most telling ones of each client.
    #[default]
    Cluster,
    /// A broker's.
    Broker {
        /// `node.id`.
        broker: i32,
    },
    /// A controller's.
    Controller {
        /// `node.id`.
        controller: i32,
    },
    /// A producer's.
    Producer {
        /// Its name and `client.id`.
        producer: String,
    },
    /// A consumer's.
    Consumer {
        /// Its name and `client.id`.
        consumer: String,
    },
}

/// What to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricsQuery {
    /// Whose.
    pub whose: MetricsOf,
    /// Words that MBean and attribute must have.
    pub text: String,
    /// How many rows to pass over.
    pub skip: usize,
    /// Most rows; 200 at most.
    pub limit: usize,
    /// Where the charts begin; none is the scenario's start.
    pub from_ms: Option<TimestampMs>,
    /// Points of a chart; 0 for values alone, 400 at most.
    pub points: usize,
}

/// One attribute of one MBean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricId {
    /// Whose.
    pub whose: MetricsOf,
    /// The MBean's object name.
    pub mbean: String,
    /// The attribute.
    pub attribute: String,
}

/// A list of metrics.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MetricsView {
    /// Now.
    pub at_ms: TimestampMs,
    /// Where the charts begin.
    pub from_ms: TimestampMs,
    /// How many pass the filter.
    pub total: usize,
    /// Those that were asked for.
    pub rows: Vec<MetricRow>,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MetricRow {
    /// Which.
    #[serde(flatten)]
    pub id: MetricId,
    /// Its value now; none where it has none.
    pub value: Option<f64>,
    /// What is shown in place of a number: a state, `NaN`, or that the process does not run.
    pub text: Option<String>,
    /// What it counts: `bytes`, `ms`, `ratio`, `percent`, `state`, or nothing for plain numbers.
    pub unit: String,
    /// It is bad as it is now.
    pub bad: bool,
    /// Its values at even distances of time, the last one now; none where it had none.
    pub points: Vec<Option<f64>>,
}

/// One metric, large.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricView {
    /// The row.
    #[serde(flatten)]
    pub row: MetricRow,
    /// Where the chart begins.
    pub from_ms: TimestampMs,
    /// Now.
    pub at_ms: TimestampMs,
    /// When it had which value, by time; it holds until the next.
    pub values: Vec<(TimestampMs, Option<f64>)>,
    /// Values hold until they change, so that the line goes in steps.
    pub steps: bool,
    /// Of a rate: what came in each stretch between two of its values, by the second, as it was.
    pub actual: Vec<f64>,
    /// What it says.
    pub about: String,
    /// Kafka's class that has it.
    pub class: String,
    /// A value above 0 is bad.
    pub bad_above_zero: bool,
    /// How long of the time shown it was bad.
    pub bad_ms: i64,
    /// What may explain it, oldest first.
    pub moments: Vec<MetricMoment>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricMoment {
    /// When.
    pub at_ms: TimestampMs,
    /// Its event, to ask why.
    pub event: EventId,
    /// In a few words.
    pub text: String,
    /// `down`, `up`, `warn`, `you`, or nothing in particular.
    pub kind: String,
}
