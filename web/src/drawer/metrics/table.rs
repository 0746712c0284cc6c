//! The large chart as a table: its values and what happened, in order of time.

use super::big::{ask_why, picture};
use super::words;
use crate::panels::icon::icon;
use crate::panels::text::since;
use crate::session::Session;
use leptos::prelude::*;
use log_engine::view::{MetricMoment, MetricView};

/// One row: a value, or something that happened.
#[derive(Debug, Clone, PartialEq)]
enum Line {
    Value(i64, String),
    Moment(MetricMoment),
}

impl Line {
    fn at_ms(&self) -> i64 {
        match self {
            Line::Value(at_ms, _) => *at_ms,
            Line::Moment(moment) => moment.at_ms,
        }
    }
}

/// The table.
#[component]
pub fn Table(session: Session, shown: Memo<Option<MetricView>>) -> impl IntoView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let lines =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().map(lines).unwrap_or_default()));
    let row = move |line: Line| {
        let at_ms = line.at_ms();
        let moment = since(at_ms, start_ms);
        let seek = move |_| session.seek(u64::try_from(at_ms - start_ms).unwrap_or(0));
        let rest = match line {
            Line::Value(_, value) => view! { <td class="num">{value}</td><td></td> }.into_any(),
            Line::Moment(moment) => {
                let (words, label) = (moment.text.clone(), format!("Why: {}", moment.text));
                let kind = picture(&moment.kind);
                view! {
                    <td></td>
                    <td class="what">
                        {icon(kind)}<span>{words}</span>
                        <button class="why" aria-label=label on:click=move |_| ask_why(session, &moment)>"Why?"</button>
                    </td>
                }
                .into_any()
            }
        };
        view! {
            <tr>
                <th scope="row"><button class="why" title="Go to this moment" on:click=seek>{moment}</button></th>
                {rest}
            </tr>
        }
    };
    view! {
        <div class="met-table" tabindex="0" role="region" aria-label="Values of the chosen metric">
            <table class="grid">
                <thead>
                    <tr><th scope="col">"Time"</th><th scope="col">"Value"</th><th scope="col">"What happened"</th></tr>
                </thead>
                <tbody>{move || lines.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Newest first.
fn lines(shown: &MetricView) -> Vec<Line> {
    let values = shown.values.iter().map(|(at_ms, value)| {
        let text = match value {
            Some(_) => words::number(*value, &shown.row.unit),
            None => "none".to_owned(),
        };
        Line::Value(*at_ms, text)
    });
    let mut all: Vec<Line> =
        shown.moments.iter().cloned().map(Line::Moment).chain(values).collect();
    sorted::sort_by_key(&mut all, Line::at_ms);
    all.reverse();
    all
}
