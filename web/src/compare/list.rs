//! The differences as a table: on screen when it is asked for, for screen readers always. While time runs the hidden
//! copy stands still.

use super::findings::{Findings, Found};
use super::steps::{Step, Walk, keys_of, steps};
use crate::session::use_session;
use leptos::prelude::*;
use std::sync::Arc;

/// Rows at most; the rest is counted.
const ROWS: usize = 200;

/// A row: where, what, in the one, in the other, and the place in the lanes if it has one.
struct Row {
    place: String,
    what: String,
    a: String,
    b: String,
    step: Option<Step>,
}

fn rows(findings: &Findings) -> Vec<Row> {
    let comparison = &findings.comparison;
    let mut rows: Vec<Row> = Vec::new();
    for total in comparison.totals.iter().filter(|total| total.a != total.b) {
        rows.push(Row {
            place: total.group.clone().unwrap_or_else(|| "ledger".to_owned()),
            what: total.name.to_owned(),
            a: total.a.to_string(),
            b: total.b.to_string(),
            step: None,
        });
    }
    for topic in &comparison.topics {
        let there = |there: bool| if there { "there" } else { "not there" }.to_owned();
        let (a, b) = (there(topic.in_a), there(!topic.in_a));
        rows.push(Row { place: topic.topic.clone(), what: "topic".to_owned(), a, b, step: None });
    }
    let mut places = steps(findings).into_iter();
    for part in &comparison.partitions {
        let place = || format!("{} P{}", part.topic, part.partition);
        for value in &part.values {
            let (a, b) = (value.a.clone(), value.b.clone());
            rows.push(Row { place: place(), what: value.name.clone(), a, b, step: None });
        }
        if part.records.is_empty() {
            places.next();
        }
        for record in &part.records {
            let (a, b) = keys_of(record);
            let what = format!("offset {}", record.offset);
            rows.push(Row { place: place(), what, a, b, step: places.next() });
        }
    }
    rows
}

/// How many differences there are to tell of.
pub fn count(findings: &Findings) -> usize {
    let comparison = &findings.comparison;
    let parts = comparison.partitions.iter().map(|part| part.values.len() + part.records.len());
    let totals = comparison.totals.iter().filter(|total| total.a != total.b).count();
    totals + comparison.topics.len() + parts.sum::<usize>()
}

/// The table.
#[component]
pub fn List(
    /// What differs.
    found: Found,
    /// Goes to a place.
    walk: Walk,
    /// On screen.
    shown: ReadSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let told = Memo::new(move |before: Option<&Option<Arc<Findings>>>| match before {
        Some(before) if session.playing.get() && !shown.get() => before.clone(),
        _ => found.get(),
    });
    view! {
        <div
            class="diff-list"
            class:sr=move || !shown.get()
            id="differences"
            role="region"
            aria-label="Differences"
            tabindex=move || if shown.get() { "0" } else { "-1" }
        >
            {move || told.get().map(|found| table(&found, walk, shown.get()))}
        </div>
    }
    .into_any()
}

fn table(findings: &Findings, walk: Walk, shown: bool) -> AnyView {
    let all = rows(findings);
    let more = all.len().saturating_sub(ROWS);
    let [a, b] = findings.letters();
    let row = |row: Row| {
        let what = match row.step.filter(|_| shown) {
            Some(step) => {
                let go = move |_| walk.go(&step);
                view! { <button class="why" on:click=go>{row.what}</button> }.into_any()
            }
            None => row.what.into_any(),
        };
        view! { <tr><th scope="row">{row.place}</th><td>{what}</td><td>{row.a}</td><td>{row.b}</td></tr> }
    };
    view! {
        <table class="grid">
            <caption class="sr">"Differences"</caption>
            <thead>
                <tr>
                    <th scope="col">"Where"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">{format!("in {a}")}</th>
                    <th scope="col">{format!("in {b}")}</th>
                </tr>
            </thead>
            <tbody>{all.into_iter().take(ROWS).map(row).collect_view()}</tbody>
        </table>
        {(more > 0).then(|| view! { <p class="dim">{format!("and {more} more")}</p> })}
    }
    .into_any()
}
