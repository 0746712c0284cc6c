//! All views as one JSON object, for machines.

use crate::Failure;
use log_engine::CommandError;
use log_engine::view::{
    ClusterView, EventFilter, EventRow, GroupDetailView, LaneView, LaneWindow, LedgerView,
    MarkView, MetricRow, MetricsQuery, ProducerDetailView, TopicView,
};
use scenario::Player;
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
struct Report {
    title: String,
    elapsed_ms: u64,
    trace_hash: String,
    cluster: ClusterView,
    topics: Vec<TopicReport>,
    producers: Vec<ProducerDetailView>,
    groups: Vec<GroupDetailView>,
    ledger: LedgerView,
    /// The cluster's metrics by Kafka's names, with their values now.
    metrics: Vec<MetricRow>,
    marks: Vec<MarkView>,
    /// Journal entries that were refused when their time came.
    no_effect: Vec<NoEffect>,
    /// The newest events asked for, oldest first.
    events: Vec<EventRow>,
}

#[derive(Serialize)]
struct TopicReport {
    #[serde(flatten)]
    topic: TopicView,
    /// Its partitions, without their records.
    lanes: Vec<LaneView>,
}

#[derive(Serialize)]
struct NoEffect {
    at: u64,
    error: CommandError,
}

/// Writes the object on one line.
pub fn write(out: &mut impl Write, player: &Player, events: usize) -> Result<(), Failure> {
    let engine = player.engine();
    let cluster = engine.cluster();
    let report = Report {
        title: player.facts().title.clone(),
        elapsed_ms: player.elapsed_ms(),
        trace_hash: super::trace_hash(player),
        topics: cluster
            .topics
            .iter()
            .filter_map(|topic| topic_report(player, &topic.name))
            .collect(),
        producers: engine.producers().iter().filter_map(|p| engine.producer(&p.name)).collect(),
        groups: engine.groups().iter().filter_map(|g| engine.group(&g.group)).collect(),
        ledger: engine.ledger(None),
        metrics: engine.metrics(&MetricsQuery { limit: 200, ..MetricsQuery::default() }).rows,
        marks: engine.marks(),
        no_effect: super::without_effect(player)
            .into_iter()
            .map(|(at, error)| NoEffect { at, error })
            .collect(),
        events: newest_events(player, events),
        cluster,
    };
    serde_json::to_writer(&mut *out, &report)?;
    writeln!(out)?;
    Ok(())
}

fn topic_report(player: &Player, name: &str) -> Option<TopicReport> {
    let engine = player.engine();
    let topic = engine.topic(name)?;
    let lanes = (0..topic.summary.partitions)
        .filter_map(|partition| engine.lane(name, partition, LaneWindow::Tail(0)))
        .collect();
    Some(TopicReport { topic, lanes })
}

/// The newest events, oldest first.
pub fn newest_events(player: &Player, limit: usize) -> Vec<EventRow> {
    let mut rows = player.engine().events(&EventFilter::default(), None, limit);
    rows.reverse();
    rows
}
