//! The form for a new producer.

use super::stream_draft::gentle;
use crate::panels::controls::{Segmented, Switch, TextInput, fresh_id, words};
use crate::panels::parts::field::Field;
use crate::panels::parts::sheet::Sheet;
use crate::session::{Panel, ProducerTab, Session, Side, use_session};
use leptos::prelude::*;
use log_engine::command::ProducerSpec;
use log_engine::{Command, Configs};

/// The sheet.
#[component]
pub fn AddProducer() -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(free_name(session));
    let acks = RwSignal::new("all".to_owned());
    let stream = RwSignal::new(true);
    let refused = RwSignal::new(None::<(String, String)>);
    let error = move |field: &'static str| {
        Signal::derive(move || {
            let about = refused.get();
            about
                .filter(|(f, _)| f == field || (field == "producer" && f != "configs.acks"))
                .map(|(_, text)| text)
        })
    };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let producer = name.get_untracked();
        let spec = spec(session, &acks.get_untracked(), stream.get_untracked());
        match session.apply(Command::AddProducer { producer: producer.clone(), spec }) {
            Ok(_) => session.turn_to(Panel::Producer { name: producer, tab: ProducerTab::Record }),
            Err(error) => refused.set(Some((error.field.unwrap_or_default(), error.message))),
        }
    };
    let id = fresh_id("producer");
    let acks_help = Signal::derive(move || {
        match acks.get().as_str() {
            "0" => "does not wait: no offset, no retry, records can be lost unseen",
            "1" => "waits for the leader alone; turns idempotence off",
            _ => "waits for the whole ISR; the default",
        }
        .to_owned()
    });
    let topic = session.page.topic.get_untracked();
    let to = topic.map_or_else(
        || "no topic yet".to_owned(),
        |topic| format!("4 records a second to {topic}"),
    );
    view! {
        <Sheet side=Side::Left title="New producer">
            <form on:submit=add>
                <Field
                    label="Name"
                    id=id.clone()
                    help=Signal::stored("also its client.id".to_owned())
                    error=error("producer")
                >
                    <TextInput
                        id=id.clone()
                        value=name
                        bad=Signal::derive(move || error("producer").get().is_some())
                        described_by=format!("{id}-d")
                        on_input=Callback::new(move |text| name.set(text))
                    />
                </Field>
                <Field label="acks" mono=true help=acks_help error=error("configs.acks")>
                    <Segmented
                        label="acks"
                        options=Signal::stored(words(&["all", "1", "0"]))
                        value=acks
                        on_pick=Callback::new(move |word| acks.set(word))
                    />
                </Field>
                <Field label="Stream">
                    <Switch on=stream on_change=Callback::new(move |on| stream.set(on))>{to}</Switch>
                </Field>
                <div class="pop-foot">
                    <span class="dim">"All else at Kafka's defaults"</span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary">"Add producer"</button>
                </div>
            </form>
        </Sheet>
    }
}

fn spec(session: Session, acks: &str, stream: bool) -> ProducerSpec {
    let mut configs = Configs::new();
    if acks != "all" {
        configs.insert("acks".to_owned(), acks.to_owned());
    }
    let topic = session.page.topic.get_untracked().filter(|_| stream);
    ProducerSpec { configs, stream: topic.map(|topic| gentle(&topic)) }
}

fn free_name(session: Session) -> String {
    let taken = session.producer_names.get_untracked();
    let plain = (1..).map(|n: u32| format!("producer-{n}"));
    plain.into_iter().find(|name| !taken.contains(name)).unwrap_or_default()
}
