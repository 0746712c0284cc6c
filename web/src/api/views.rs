//! Views by name.

use super::calls::{from_js, to_js};
use super::error;
use crate::session::Session;
use log_engine::EventId;
use log_engine::command::RecordSpec;
use log_engine::view::{EventFilter, LaneWindow, MetricId, MetricsOf, MetricsQuery, WhyTarget};
use scenario::Player;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// Events of one answer, at most.
const MOST_EVENTS: usize = 1_000;
/// Events of one answer, where nothing is said.
const USUAL_EVENTS: usize = 50;
/// Points of one metric, where nothing is said.
const USUAL_POINTS: usize = 120;

/// What the views take, all in one: each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Args {
    topic: Option<String>,
    partition: i32,
    offset: i64,
    window: Option<LaneWindow>,
    producer: String,
    group: String,
    filter: EventFilter,
    before: Option<u64>,
    limit: Option<usize>,
    record: RecordSpec,
    count: i32,
    whose: MetricsOf,
    text: String,
    mbean: String,
    attribute: String,
    skip: usize,
    from_ms: Option<i64>,
    points: Option<usize>,
}

impl Args {
    fn metrics_query(&self) -> MetricsQuery {
        MetricsQuery {
            whose: self.whose.clone(),
            text: self.text.clone(),
            skip: self.skip,
            limit: self.limit.unwrap_or(USUAL_EVENTS),
            from_ms: self.from_ms,
            points: self.points.unwrap_or(0),
        }
    }
}

/// A moment on the timeline.
#[derive(Serialize)]
struct MarkOut {
    at_ms: u64,
    kind: String,
    label: String,
    event: u64,
    ahead: bool,
}

/// Gives a view as plain data, or null where there is nothing of that name.
pub fn view(session: Session, name: &JsValue, args: JsValue) -> Result<JsValue, JsValue> {
    let name = name.as_string().unwrap_or_default();
    if name == "why" {
        let target: WhyTarget = from_js(args, "target of why")?;
        return to_js(&session.read(|engine| engine.why(&target)));
    }
    let args: Args = if args.is_undefined() || args.is_null() {
        Args::default()
    } else {
        from_js(args, "view")?
    };
    let shown = leptos::prelude::GetUntracked::get_untracked(&session.page.topic);
    let topic = args.topic.clone().or(shown).unwrap_or_default();
    match name.as_str() {
        "marks" => to_js(&session.read_player(marks)),
        "document" => to_js(&session.document()),
        _ => session.read(|engine| match name.as_str() {
            "cluster" => to_js(&engine.cluster()),
            "topic" => to_js(&engine.topic(&topic)),
            "lane" => {
                let window = args.window.unwrap_or(LaneWindow::Tail(100));
                to_js(&engine.lane(&topic, args.partition, window))
            }
            "producers" => to_js(&engine.producers()),
            "producer" => to_js(&engine.producer(&args.producer)),
            "groups" => to_js(&engine.groups()),
            "group" => to_js(&engine.group(&args.group)),
            "record" => to_js(&engine.record(&topic, args.partition, args.offset)),
            "ledger" => to_js(&engine.ledger(args.topic.as_deref())),
            "events" => {
                let limit = args.limit.unwrap_or(USUAL_EVENTS).min(MOST_EVENTS);
                to_js(&engine.events(&args.filter, args.before.map(EventId), limit))
            }
            "partition-choice" => {
                to_js(&engine.partition_choice(&args.producer, &topic, &args.record))
            }
            "metrics-of" => to_js(&engine.metrics_of()),
            "metrics" => to_js(&engine.metrics(&args.metrics_query())),
            "metric" => {
                let Args { whose, mbean, attribute, .. } = args;
                let id = MetricId { whose, mbean, attribute };
                to_js(&engine.metric(&id, args.from_ms, args.points.unwrap_or(USUAL_POINTS)))
            }
            "key-moves" => to_js(&engine.key_moves(&topic, args.count)),
            _ => Err(error("UnknownView", None, &format!("there is no view {name:?}"))),
        }),
    }
}

fn marks(player: &Player) -> Vec<MarkOut> {
    let out = |mark: scenario::Mark| MarkOut {
        at_ms: mark.at_ms,
        kind: mark.mark.kind,
        label: mark.mark.label,
        event: mark.mark.event.0,
        ahead: mark.ahead,
    };
    player.marks().into_iter().map(out).collect()
}
