//! The picture as tables: for screen readers always in the page, for everyone in the place of the lanes (T). While
//! time runs the hidden copy stands still, so that nobody is read a table that changes under them.

use crate::session::use_session;
use crate::ui::text;
use leptos::prelude::*;
use log_engine::view::{CellKind, LaneView, LaneWindow};

/// Newest records that the second table lists.
const RECORDS: u32 = 100;
/// Partitions that the first table lists.
const PARTITIONS: i32 = 200;

/// Partitions with their groups, and the records of one.
#[component]
pub fn Tables(
    /// In the place of the lanes; otherwise for screen readers alone.
    shown: bool,
) -> impl IntoView {
    let session = use_session();
    let (chosen, set_chosen) = signal(0);
    let lanes = Memo::new(move |before: Option<&Vec<LaneView>>| {
        session.pulse.track();
        match before {
            Some(before) if session.playing.get() && !shown => before.clone(),
            _ => read(session, LaneWindow::Tail(0), 0..PARTITIONS),
        }
    });
    let records = Memo::new(move |before: Option<&Vec<LaneView>>| {
        session.pulse.track();
        let partition = chosen.get();
        match before {
            Some(before)
                if session.playing.get()
                    && !shown
                    && before.first().is_some_and(|lane| lane.partition == partition) =>
            {
                before.clone()
            }
            _ => read(session, LaneWindow::Tail(RECORDS), partition..partition + 1),
        }
    });
    view! {
        <div class="tables-box" class:sr=!shown>
            <table class="grid">
                <caption class:sr=!shown>"Partitions"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Partition"</th>
                        <th scope="col">"Leader"</th>
                        <th scope="col">"Replicas: log end"</th>
                        <th scope="col">"ISR"</th>
                        <th scope="col">"Log start"</th>
                        <th scope="col">"High watermark"</th>
                        <th scope="col">"Log end"</th>
                        <th scope="col">"Size"</th>
                        <th scope="col">"Groups: committed, position, lag"</th>
                        {shown.then(|| view! { <th scope="col">"Records"</th> })}
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        lanes
                            .get()
                            .into_iter()
                            .map(|lane| partition_row(&lane, shown, set_chosen))
                            .collect_view()
                    }}
                </tbody>
            </table>
            {move || records.get().into_iter().next().map(|lane| record_table(&lane))}
        </div>
    }
}

fn read(
    session: crate::session::Session,
    window: LaneWindow,
    partitions: std::ops::Range<i32>,
) -> Vec<LaneView> {
    let Some(topic) = session.page.topic.get() else { return Vec::new() };
    session.read(|engine| {
        partitions.map_while(|partition| engine.lane(&topic, partition, window)).collect()
    })
}

fn partition_row(
    lane: &LaneView,
    shown: bool,
    set_chosen: WriteSignal<i32>,
) -> impl IntoView + use<> {
    let partition = lane.partition;
    let offset = |offset: Option<i64>| offset.map_or_else(|| "–".to_owned(), text::number);
    let groups = lane
        .cursors
        .iter()
        .map(|cursor| {
            let (committed, position) = (offset(cursor.committed), offset(cursor.position));
            let lag = text::number(cursor.lag);
            view! { <div>{format!("{}: {committed}, {position}, {lag}", cursor.group)}</div> }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{format!("P{partition}")}</th>
            <td>{lane.leader.map_or_else(|| "none".to_owned(), |broker| broker.0.to_string())}</td>
            <td>{replica_words(lane)}</td>
            <td>{super::replicas::isr_words(lane).trim_start_matches("ISR ").to_owned()}</td>
            <td>{text::number(lane.log_start)}</td>
            <td>{text::number(lane.high_watermark)}</td>
            <td>{text::number(lane.log_end)}</td>
            <td>{text::bytes(lane.bytes)}</td>
            <td>{groups}</td>
            {shown
                .then(|| {
                    view! {
                        <td>
                            <button class="btn small" on:click=move |_| set_chosen.set(partition)>
                                "Show"
                            </button>
                        </td>
                    }
                })}
        </tr>
    }
}

/// `1: 27, 2: 25 offline`.
fn replica_words(lane: &LaneView) -> String {
    let one = |replica: &log_engine::view::ReplicaView| {
        let word = match super::replicas::ReplicaState::of(lane, replica) {
            super::replicas::ReplicaState::InSync => "",
            state => state.word(),
        };
        format!("{}: {} {word}", replica.broker.0, text::number(replica.log_end)).trim().to_owned()
    };
    lane.replicas.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn record_table(lane: &LaneView) -> impl IntoView + use<> {
    let high_watermark = lane.high_watermark;
    let rows = lane
        .cells
        .iter()
        .rev()
        .map(|cell| {
            let key = cell.key.as_deref().unwrap_or("null").to_owned();
            let kind = match cell.kind {
                CellKind::Record => "record",
                CellKind::Tombstone => "tombstone",
                CellKind::Commit => "commit marker",
                CellKind::Abort => "abort marker",
            };
            let readable = if cell.offset < high_watermark { "yes" } else { "no" };
            view! {
                <tr>
                    <th scope="row">{cell.offset}</th>
                    <td>{key}</td>
                    <td>{kind}</td>
                    <td>{format!("{} B", cell.bytes)}</td>
                    <td>{readable}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="grid">
            <caption>{format!("Newest records of P{}", lane.partition)}</caption>
            <thead>
                <tr>
                    <th scope="col">"Offset"</th>
                    <th scope="col">"Key"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Size"</th>
                    <th scope="col">"Readable"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
