//! Log files that were handed in: how far they are read, what was found, under which name it becomes a topic.

use crate::logs::{Found, FoundTopic, Intake, import};
use crate::panels::controls::{Switch, TextInput, fresh_id};
use crate::panels::note::{Kind, note};
use crate::panels::parts::field::Field;
use crate::panels::text::{list, plural};
use crate::session::Session;
use leptos::prelude::*;
use log_engine::{Command, Configs};
use std::sync::Arc;

/// Notes that are shown; of more, how many.
const NOTES: usize = 12;

/// How far it is, with Cancel.
pub fn progress(label: &'static str, words: String, percent: u32, cancel: Callback<()>) -> AnyView {
    view! {
        <div class="sec" role="status">
            <h3>{words}<span class="dim">{format!("{percent} %")}</span></h3>
            <span
                class="meter big"
                role="progressbar"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent.to_string()
            >
                <i style:width=format!("{percent}%")></i>
            </span>
            <button class="btn small outline" data-focus="" on:click=move |_| cancel.run(())>"Cancel"</button>
        </div>
    }
    .into_any()
}

/// What the form holds.
#[derive(Clone, Copy)]
struct Form {
    names: StoredValue<Vec<RwSignal<String>>>,
    keep_all: RwSignal<bool>,
    /// What the engine refused, and for which topic.
    refused: RwSignal<Option<(usize, String)>>,
    loading: RwSignal<bool>,
}

/// What was found, and the form that makes topics of it.
pub fn ready(session: Session, intake: Intake, found: Arc<Found>) -> AnyView {
    let names = found.topics.iter().map(|topic| RwSignal::new(topic.name.clone())).collect();
    let form = Form {
        names: StoredValue::new(names),
        keep_all: RwSignal::new(true),
        refused: RwSignal::new(None),
        loading: RwSignal::new(false),
    };
    let sections =
        found.topics.iter().enumerate().map(|(index, topic)| section(session, form, index, topic));
    let sections = sections.collect_view();
    let notes = notes(&found.notes);
    let (file, count) = (found.file.clone(), found.topics.len());
    let word = plural(i64::try_from(count).unwrap_or(0), "topic", "topics");
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !form.loading.get_untracked() {
            form.loading.set(true);
            let found = found.clone();
            // The words on the button are to be seen before the log is loaded.
            request_animation_frame(move || {
                set_timeout(move || load(session, intake, &found, form), std::time::Duration::ZERO);
            });
        }
    };
    let wrong = Memo::new(move |_| {
        let all = form.names.get_value();
        let mut names = all.iter().enumerate();
        names.any(|(index, name)| problem(session, form, index, &name.get()).is_some())
    });
    let verb =
        move || if form.loading.get() { "Loading…".to_owned() } else { format!("Import {word}") };
    view! {
        <form class="take-in" on:submit=submit>
            <p class="dim">{format!("Found in {file}. A topic is made as if a broker had found these files after an unclean stop.")}</p>
            {sections}
            <div class="checks sec">
                <Switch on=form.keep_all on_change=Callback::new(move |on| form.keep_all.set(on))>
                    "Keep all records: "<code>"retention.ms=-1"</code>
                </Switch>
                <p class="help-l">"Otherwise Kafka deletes what is older than 7 days of this cluster's clock at its next check."</p>
            </div>
            {notes}
            <div class="pop-foot">
                <span class="dim">"Nothing is uploaded: the files stay in this browser"</span>
                <button type="button" class="btn" on:click=move |_| intake.cancel()>"Cancel"</button>
                <button type="submit" class="btn primary" prop:disabled=move || form.loading.get() || wrong.get()>{verb}</button>
            </div>
        </form>
    }
    .into_any()
}

fn section(session: Session, form: Form, index: usize, topic: &FoundTopic) -> AnyView {
    let Some(name) = form.names.with_value(|names| names.get(index).copied()) else {
        return ().into_any();
    };
    let id = fresh_id("import");
    let error = Signal::derive(move || {
        let refused = form.refused.get().filter(|(of, _)| *of == index).map(|(_, why)| why);
        refused.or_else(|| problem(session, form, index, &name.get()))
    });
    let lines = topic.lines.iter().take(NOTES).map(|line| view! { <li>{line.clone()}</li> });
    let more = topic.lines.len().saturating_sub(NOTES);
    let more =
        (more > 0).then(|| view! { <li class="dim">{format!("and {more} more partitions")}</li> });
    view! {
        <Field label="Topic" id=id.clone() error>
            <TextInput
                id=id.clone()
                value=name
                focus={index == 0}
                described_by=format!("{id}-d")
                bad=Signal::derive(move || error.with(Option::is_some))
                on_input=Callback::new(move |text| {
                    form.refused.set(None);
                    name.set(text);
                })
            />
        </Field>
        <ul class="bul found">{lines.collect_view()}{more}</ul>
    }
    .into_any()
}

/// Why a topic of this name can't be made, in Kafka's words. A clone is asked: asking changes nothing.
fn problem(session: Session, form: Form, index: usize, name: &str) -> Option<String> {
    let twice = form.names.with_value(|names| {
        names.iter().take(index).any(|other| other.with(|other| other == name))
    });
    if twice {
        return Some(format!("Topic '{name}' is made above."));
    }
    let ask = Command::CreateTopic {
        topic: name.to_owned(),
        partitions: 1,
        replication_factor: 1,
        configs: Configs::new(),
        assignments: Vec::new(),
    };
    session.read(|engine| engine.clone().apply(&ask)).err().map(|error| error.message)
}

fn notes(notes: &[String]) -> AnyView {
    if notes.is_empty() {
        return ().into_any();
    }
    let lines =
        notes.iter().take(NOTES).map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let more = notes.len().saturating_sub(NOTES);
    let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
    view! {
        {note(Kind::Warn, "Not all of it can be taken.", "This was cut or left out, as a broker would do:")}
        <ul class="bul found">{lines}{more}</ul>
    }
    .into_any()
}

fn load(session: Session, intake: Intake, found: &Found, form: Form) {
    let names = form.names.try_get_value().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| name.get_untracked()).collect();
    let outcome = import(session, found, &names, form.keep_all.get_untracked());
    if let Err((index, error)) = outcome {
        form.loading.set(false);
        return form.refused.set(Some((index, error.message)));
    }
    intake.cancel();
    session.close();
    if let Some(name) = names.first() {
        session.select_topic(name);
    }
    session.toast(&format!("Imported {}", list(&names)), &found.file, true);
}
