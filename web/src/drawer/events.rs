//! The Event log: what happened, newest first, and why.

use super::lines::{Line, next};
use super::why::Why;
use crate::lazy::{self, Wait};
use crate::panels::controls::TextInput;
use crate::panels::icon::icon;
use crate::panels::show_pass;
use crate::panels::text::since;
use crate::session::{Session, use_session};
use crate::ui::text::count;
use leptos::prelude::*;
use log_engine::EventId;
use log_engine::view::{EventCategory, EventFilter, EventRow, WhyTarget};

/// Rows at first, and how many "Older" adds.
const PAGE: usize = 80;

const CHIPS: [(&str, EventCategory); 7] = [
    ("Actions", EventCategory::Action),
    ("Produce", EventCategory::Produce),
    ("Replicate", EventCategory::Replicate),
    ("Consume", EventCategory::Consume),
    ("Group", EventCategory::Group),
    ("Retention", EventCategory::Retention),
    ("Admin", EventCategory::Admin),
];

/// The pane.
#[component]
pub fn Events() -> impl IntoView {
    let session = use_session();
    let filter = RwSignal::new(EventFilter::default());
    let limit = RwSignal::new(PAGE);
    let shown = Memo::new(move |before| {
        session.drawer_pulse.track();
        let running = session.playing.get();
        next(before, filter.get(), limit.get(), running, |filter, limit| {
            session.read(|engine| engine.events(filter, None, limit))
        })
    });
    let lines = move || shown.with(|shown| shown.lines.clone());
    let none = move || shown.with(|shown| shown.lines.is_empty());
    let more = move || shown.with(|shown| shown.lines.len() >= shown.limit);
    // Filling a gap or asking for more needs the whole list, which is taken at rest.
    let fill = Callback::new(move |()| {
        session.pause();
        limit.update(|limit| *limit += PAGE);
    });
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    view! {
        <div class="log">
            <Tools filter/>
            <ol class="log-rows" tabindex="0" aria-label="Events, newest first">
                <For each=lines key=Line::key children=move |line| line_view(session, start_ms, line, fill)/>
                <Show when=more>
                    <li class="log-more">
                        <button class="why" on:click=move |_| limit.update(|limit| *limit += PAGE)>"Older events"</button>
                    </li>
                </Show>
            </ol>
            <Show when=none>
                <p class="blank">
                    {move || match filter.get() == EventFilter::default() {
                        true => "Every produce, fetch, commit, rebalance and deletion will be listed here, newest first.",
                        false => "No event passes this filter.",
                    }}
                </p>
            </Show>
        </div>
        {lazy::view(&why::PART, Wait::Quiet, why::call)}
    }
}

lazy::part! {
    /// The causes of an event, in words.
    why in beside: () -> AnyView = chain
}

fn chain() -> AnyView {
    view! { <Why/> }.into_any()
}

#[component]
fn Tools(filter: RwSignal<EventFilter>) -> impl IntoView {
    let chip = move |(word, category): (&'static str, EventCategory)| {
        let on = move || filter.with(|f| f.categories.contains(&category));
        let press = move |_| {
            filter.update(|f| {
                if f.categories.contains(&category) {
                    f.categories.retain(|other| *other != category);
                } else {
                    f.categories.push(category);
                }
            });
        };
        view! { <button class="fchip" aria-pressed=move || on().to_string() on:click=press>{word}</button> }
    };
    view! {
        <div class="log-tools">
            <label class="search">
                <TextInput
                    class=""
                    label="Filter events"
                    placeholder="Filter: P2, billing, HW"
                    value=Signal::derive(move || filter.with(|f| f.text.clone()))
                    on_input=Callback::new(move |text| filter.update(|f| f.text = text))
                />
            </label>
            {CHIPS.into_iter().map(chip).collect_view()}
        </div>
    }
}

fn line_view(session: Session, start_ms: i64, line: Line, fill: Callback<()>) -> AnyView {
    match line {
        Line::Row(row) => row_view(session, start_ms, row),
        Line::Gap { count: skipped, .. } => {
            let words =
                skipped.map_or_else(|| "more".to_owned(), |n| format!("+{} more", count(n)));
            view! {
                <li class="log-gap"><button class="why" on:click=move |_| fill.run(())>{words}</button></li>
            }
            .into_any()
        }
    }
}

fn row_view(session: Session, start_ms: i64, row: EventRow) -> AnyView {
    let id: EventId = row.id;
    let steps = steps(session, &row);
    let on = move || session.page.why.with(|why| *why == Some(WhyTarget::Event { id }));
    let moment = since(row.at_ms, start_ms);
    let seek_to = u64::try_from(row.at_ms - start_ms).unwrap_or(0);
    let label = format!("Why: {} {}", row.subject, row.text);
    let class = if row.icon == "warn" { "warn" } else { "" };
    view! {
        <li class=class class:on=on>
            <time>
                <button title="Go to this moment" on:click=move |_| session.seek(seek_to)>{moment}</button>
            </time>
            {icon(picture(&row.icon))}
            <b>{row.subject}</b>
            <span title=row.text.clone()>{row.text.clone()}</span>
            <span class="row-acts">
            {steps}
            <button
                class="why"
                aria-label=label
                on:click=move |_| session.page.why.set(Some(WhyTarget::Event { id }))
            >
                "Why?"
            </button>
            </span>
        </li>
    }
    .into_any()
}

/// Of a cleaner's pass: the way to its steps.
fn steps(session: Session, row: &EventRow) -> Option<AnyView> {
    let (topic, partition) = (row.topic.clone()?, row.partition?);
    if row.icon != "broom" || !row.text.starts_with("cleaned") {
        return None;
    }
    let at_ms = row.at_ms;
    let label = format!("Steps: {} {}", row.subject, row.text);
    let show = move |_| show_pass(session, &topic, partition, at_ms);
    Some(view! { <button class="why" aria-label=label on:click=show>"Steps"</button> }.into_any())
}

/// The sprite's names of the pictures an event may have.
fn picture(name: &str) -> &'static str {
    match name {
        "send" | "arrow" => "send",
        "hw" | "check" => "check",
        "eye" => "eye",
        "swap" => "swap",
        "trash" => "trash",
        "warn" => "warn",
        "crown" => "crown",
        "power" | "down" => "power",
        "bolt" => "bolt",
        "broom" => "broom",
        "plus" => "plus",
        "you" | "edit" => "edit",
        _ => "info",
    }
}
