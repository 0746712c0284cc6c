//! What the next retention check deletes, and the bytes of each partition and segment.

use crate::panels::text::{plural, since};
use crate::session::Session;
use crate::ui::text::{bytes, range, span};
use leptos::prelude::*;
use log_engine::BrokerId;
use log_engine::view::{ForecastRow, LaneView, LaneWindow, RetentionForecastView};

/// Partitions in the table at most.
const PARTITIONS: usize = 100;
/// Segments that are listed of one partition.
const SEGMENTS: usize = 200;

/// When the next check runs and what goes then.
pub fn next_check(session: Session, broker: BrokerId) -> AnyView {
    let told = Memo::new(move |_| {
        session.pulse.track();
        session.read(|engine| engine.retention_forecast(broker))
    });
    view! {
        <section class="sec">
            <h3>"Next retention check"</h3>
            {move || told.get().map_or_else(
                || view! { <p class="help-l">"None while the broker does not run."</p> }.into_any(),
                |told| forecast(session, &told),
            )}
        </section>
    }
    .into_any()
}

fn forecast(session: Session, told: &RetentionForecastView) -> AnyView {
    let (start_ms, now_ms) =
        session.cluster.with_untracked(|cluster| (cluster.start_ms, cluster.now_ms));
    let when =
        format!("at {}, in {}", since(told.at_ms, start_ms), span((told.at_ms - now_ms).max(0)));
    let what = match told.segments {
        0 => "nothing is old enough, and no log is too large".to_owned(),
        1 => format!(
            "1 segment goes, {}; the bytes come free file.delete.delay.ms later",
            bytes(told.bytes)
        ),
        n => format!(
            "{} go, {}; the bytes come free file.delete.delay.ms later",
            plural(i64::try_from(n).unwrap_or(i64::MAX), "segment", "segments"),
            bytes(told.bytes)
        ),
    };
    let row = |row: &ForecastRow| {
        let segments = plural(i64::try_from(row.segments).unwrap_or(0), "segment", "segments");
        view! {
            <tr>
                <th scope="row" class="mono">{format!("{}-{}", row.topic, row.partition)}</th>
                <td>{segments}</td>
                <td class="mono">{range(row.first_offset, row.last_offset)}</td>
                <td>{bytes(row.bytes)}</td>
                <td><code>{row.reason.clone()}</code></td>
            </tr>
        }
    };
    let rows = told.partitions.iter().map(row).collect_view();
    let table = (!told.partitions.is_empty()).then(|| view! {
        <table class="grid">
            <thead><tr>
                <th scope="col">"Folder"</th><th scope="col">"Goes"</th><th scope="col">"Offsets"</th>
                <th scope="col">"Bytes"</th><th scope="col">"By"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    });
    view! { <p class="help-l"><b>{when}</b>": "{what}"."</p>{table} }.into_any()
}

/// Every partition with its files.
pub fn partitions(session: Session) -> AnyView {
    let open = RwSignal::new(None::<(String, i32)>);
    let lanes = Memo::new(move |_| {
        session.pulse.track();
        session.read(|engine| {
            let topics = engine.cluster().topics;
            let all =
                topics.iter().flat_map(|topic| (0..topic.partitions).map(move |p| (topic, p)));
            let lane = |(topic, p): (&log_engine::view::TopicSummary, i32)| {
                let lane = engine.lane(&topic.name, p, LaneWindow::Tail(0))?;
                engine.lane(&topic.name, p, LaneWindow::From { first: lane.log_start, count: 0 })
            };
            all.take(PARTITIONS).filter_map(lane).collect::<Vec<LaneView>>()
        })
    });
    view! {
        <section class="sec">
            <h3>"Folders"</h3>
            <div class="disk-list" tabindex="0" role="region" aria-label="Folders and their files">
                <table class="grid">
                    <thead><tr>
                        <th scope="col">"Folder"</th><th scope="col">"Offsets"</th>
                        <th scope="col">".log"</th><th scope="col">".index, .timeindex"</th>
                        <th scope="col"><span class="sr">"Segments"</span></th>
                    </tr></thead>
                    <tbody>{move || lanes.get().iter().map(|lane| folder(session, lane, open)).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn folder(session: Session, lane: &LaneView, open: RwSignal<Option<(String, i32)>>) -> AnyView {
    let name = format!("{}-{}", lane.topic, lane.partition);
    let own = (lane.topic.clone(), lane.partition);
    let is_open = open.with(|open| open.as_ref() == Some(&own));
    let files = is_open.then(|| segments(session, lane)).flatten();
    let press = move |_| {
        open.update(|open| {
            *open = (open.as_ref() != Some(&own)).then(|| own.clone());
        })
    };
    let offsets = if lane.log_end > lane.log_start {
        range(lane.log_start, lane.log_end - 1)
    } else {
        "none".to_owned()
    };
    let word = if is_open { "Hide files" } else { "Files" };
    view! {
        <tr>
            <th scope="row" class="mono">{name.clone()}</th>
            <td class="mono">{offsets}</td>
            <td>{bytes(lane.bytes)}</td>
            <td>{bytes(lane.index_bytes)}</td>
            <td>
                <button class="why" aria-expanded=is_open.to_string() aria-label=format!("{word} of {name}") on:click=press>{word}</button>
            </td>
        </tr>
        {files}
    }
    .into_any()
}

fn segments(session: Session, lane: &LaneView) -> Option<AnyView> {
    let window = LaneWindow::From { first: lane.log_start, count: u32::MAX };
    let lane = session.read(|engine| engine.lane(&lane.topic, lane.partition, window))?;
    let row = |segment: &log_engine::view::SegmentView| {
        let name = format!("{:020}.log", segment.base_offset);
        let state = if segment.active { "active" } else { "closed" };
        let indexes =
            format!("{} + {}", bytes(segment.index_bytes), bytes(segment.time_index_bytes));
        view! {
            <tr class="file">
                <td class="mono">{name}</td><td>{state}</td><td>{bytes(segment.bytes)}</td><td>{indexes}</td><td></td>
            </tr>
        }
    };
    Some(lane.segments.iter().take(SEGMENTS).map(row).collect_view().into_any())
}
