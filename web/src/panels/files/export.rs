//! Partitions as a zip of the folders a broker has: of a partition, a topic or all.

use super::take_in::progress;
use crate::logs::{Exporter, What};
use crate::panels::icon::icon;
use crate::panels::note::{Kind, command_line, note};
use crate::panels::parts::popover::Popover;
use crate::panels::text::plural;
use crate::session::{Session, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;

/// The popover; `partition` is chosen, if one is given.
#[component]
pub fn ExportPanel(
    /// A partition of the shown topic.
    partition: Option<i32>,
) -> impl IntoView {
    view! {
        <Popover label="Export log files" width=404>
            <h3>"Export log files"</h3>
            {export_form(use_session(), partition)}
        </Popover>
    }
}

/// The form, for the popover and the open dialog.
pub fn export_form(session: Session, partition: Option<i32>) -> AnyView {
    let exporter = Exporter::new();
    on_cleanup(move || exporter.cancel());
    let choices = StoredValue::new(choices(session));
    let first = choices.with_value(|all| {
        let is_it =
            |what: &What| matches!((what, partition), (What::Partition(_, p), Some(q)) if *p == q);
        all.iter().position(|(what, _)| is_it(what)).unwrap_or(0)
    });
    let chosen = RwSignal::new(first);
    let what = move || {
        choices.with_value(|all| all.get(chosen.get()).map_or(What::All, |(what, _)| what.clone()))
    };
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        exporter.start(session, untrack(what), move |name| {
            session.close();
            session.toast(
                &format!("Saved as {name}"),
                "kafka-dump-log.sh opens what is in it",
                false,
            );
        });
    };
    let options = choices.with_value(|all| {
        let option = |(at, (_, word)): (usize, &(What, String))| {
            view! { <option value=at.to_string() selected=at == first>{word.clone()}</option> }
        };
        all.iter().enumerate().map(option).collect_view()
    });
    if choices.with_value(Vec::is_empty) {
        return view! { <p class="blank">"There is no topic yet."</p> }.into_any();
    }
    view! {
        <form on:submit=start>
            <div class="f-row">
                <label for="export-what">"What"</label>
                <span class="mini">
                    <select
                        id="export-what"
                        data-focus=""
                        on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or(0))
                    >
                        {options}
                    </select>
                </span>
            </div>
            {move || facts(session, &what())}
            {move || match exporter.percent.get() {
                Some(percent) => progress(
                    "Export",
                    format!("Writing {}", untrack(what).file_name()),
                    percent,
                    Callback::new(move |()| exporter.cancel()),
                ),
                None => view! {
                    {exporter.failed.get().map(|why| note(Kind::Bad, "Not exported.", why))}
                    <div class="pop-foot">
                        <span class="dim"></span>
                        <button type="submit" class="btn primary">{icon("save")}"Export as a zip"</button>
                    </div>
                }
                .into_any(),
            }}
        </form>
    }
    .into_any()
}

/// The shown topic first, then its partitions, then all.
fn choices(session: Session) -> Vec<(What, String)> {
    let topics = session.cluster.with_untracked(|cluster| cluster.topics.clone());
    let shown = session.page.topic.get_untracked();
    let mut all = Vec::new();
    if let Some(topic) = topics.iter().find(|topic| Some(&topic.name) == shown.as_ref()) {
        let count = plural(i64::from(topic.partitions), "partition", "partitions");
        all.push((What::Topic(topic.name.clone()), format!("Topic {}, {count}", topic.name)));
        let one = |p: i32| (What::Partition(topic.name.clone(), p), format!("{} P{p}", topic.name));
        all.extend((0..topic.partitions).map(one));
    }
    let others = topics.iter().filter(|topic| Some(&topic.name) != shown.as_ref());
    all.extend(
        others.map(|topic| (What::Topic(topic.name.clone()), format!("Topic {}", topic.name))),
    );
    if topics.len() > 1 {
        all.push((What::All, format!("All {} topics", topics.len())));
    }
    all
}

/// What will be in it.
fn facts(session: Session, what: &What) -> AnyView {
    let partitions = what.partitions(session);
    let size: i64 = session.read(|engine| {
        let of = |(topic, partition): &(String, i32)| {
            engine.partition_log(topic, *partition).map_or(0, |(log, _)| log.size_in_bytes())
        };
        partitions.iter().map(of).map(|size| i64::try_from(size).unwrap_or(0)).sum()
    });
    let folder = partitions.first().map_or_else(String::new, |(topic, p)| format!("{topic}-{p}"));
    let folders = plural(i64::try_from(partitions.len()).unwrap_or(0), "folder", "folders");
    let command = ["kafka-dump-log.sh", "--print-data-log", "--files"].map(str::to_owned);
    let mut command = command.to_vec();
    command.push(format!("{folder}/00000000000000000000.log"));
    view! {
        <p class="help-l">
            {format!("{folders} as in a broker's log directory, {} of segments: .log, .index, .timeindex, .snapshot, leader-epoch-checkpoint, partition.metadata.", bytes(size))}
        </p>
        {command_line(command)}
    }
    .into_any()
}
