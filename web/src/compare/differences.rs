//! All differences in a table, for reading and for stepping through them: it mirrors what the lanes ring.

use crate::session::{Selection, Session, use_session};
use leptos::prelude::*;
use log_engine::view::RecordSide;
use scenario::Comparison;

/// Rows at most.
const MOST_ROWS: usize = 200;

/// A difference.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    what: String,
    a: String,
    b: String,
    /// Where it is, if it is a record.
    place: Option<Selection>,
}

/// The table, and the way from one difference to the next.
#[component]
pub fn Differences() -> impl IntoView {
    let session = use_session();
    let rows = Memo::new(move |_| {
        session.compared.with(|compared| {
            compared.as_ref().map_or_else(Vec::new, |compared| rows_of(&compared.now))
        })
    });
    let records = Memo::new(move |_| {
        rows.with(|rows| rows.iter().filter_map(|row| row.place.clone()).collect::<Vec<_>>())
    });
    let none = move || records.with(Vec::is_empty);
    let count = move || match rows.with(Vec::len) {
        0 => "No difference".to_owned(),
        1 => "1 difference".to_owned(),
        n if n >= MOST_ROWS => format!("The first {n} differences"),
        n => format!("{n} differences"),
    };
    view! {
        <div class="compare-steps" role="group" aria-label="Differing records">
            <button class="btn small" disabled=none on:click=move |_| step(session, records, false)>
                "\u{2190} Previous difference"
            </button>
            <button class="btn small" disabled=none on:click=move |_| step(session, records, true)>
                "Next difference \u{2192}"
            </button>
        </div>
        <details class="compare-all">
            <summary>{count}</summary>
            <div class="compare-table" tabindex="0" role="region" aria-label="Differences">
                <table class="grid">
                    <thead><tr><th scope="col">"What"</th><th scope="col">"A"</th><th scope="col">"B"</th></tr></thead>
                    <tbody>{move || rows.get().into_iter().map(row_view).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn row_view(row: Row) -> AnyView {
    view! { <tr><th scope="row">{row.what}</th><td>{row.a}</td><td>{row.b}</td></tr> }.into_any()
}

/// Selects the next record that differs, or the one before; around at the ends.
fn step(session: Session, records: Memo<Vec<Selection>>, forward: bool) {
    let here = session.page.selection.get_untracked();
    let next = records.with_untracked(|records| {
        let at = here.and_then(|here| records.iter().position(|record| *record == here));
        let last = records.len().checked_sub(1)?;
        let next = match (at, forward) {
            (None, true) => 0,
            (None, false) => last,
            (Some(at), true) => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
        };
        records.get(next).cloned()
    });
    if let Some(next) = next {
        if session.page.topic.with_untracked(|topic| topic.as_ref() != Some(&next.topic)) {
            session.select_topic(&next.topic);
        }
        session.say(&format!("P{} offset {} differs.", next.partition, next.offset));
        session.page.selection.set(Some(next));
    }
}

fn rows_of(comparison: &Comparison) -> Vec<Row> {
    let row = |what: String, a: String, b: String| Row { what, a, b, place: None };
    let totals = comparison.totals.iter().filter(|total| total.a != total.b).map(|total| {
        let by = total.group.as_ref().map(|group| format!(" by {group}")).unwrap_or_default();
        row(format!("{}{by}", total.name), total.a.to_string(), total.b.to_string())
    });
    let topics = comparison.topics.iter().map(|topic| {
        let has = |here: bool| if here { "is there" } else { "–" }.to_owned();
        row(format!("topic {}", topic.topic), has(topic.in_a), has(!topic.in_a))
    });
    let parts = comparison.partitions.iter().flat_map(|part| {
        let name = format!("{}-{}", part.topic, part.partition);
        let place = name.clone();
        let values = part.values.iter().map(move |value| Row {
            what: format!("{name}: {}", value.name),
            a: value.a.clone(),
            b: value.b.clone(),
            place: None,
        });
        let records = part.records.iter().map(move |record| Row {
            what: format!("{place}: record {}", record.offset),
            a: side(record.a.as_ref()),
            b: side(record.b.as_ref()),
            place: Some(Selection {
                topic: part.topic.clone(),
                partition: part.partition,
                offset: record.offset,
            }),
        });
        values.chain(records)
    });
    totals.chain(topics).chain(parts).take(MOST_ROWS).collect()
}

/// A record of one side in a word.
fn side(side: Option<&RecordSide>) -> String {
    match side {
        None => "–".to_owned(),
        Some(side) if side.marker => "transaction marker".to_owned(),
        Some(side) => {
            let key =
                side.key.as_ref().map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
            if side.tombstone { format!("{key}, tombstone") } else { key }
        }
    }
}
