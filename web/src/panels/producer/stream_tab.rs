//! The Stream tab: a producer that sends by itself, in virtual time.

use super::key_shares::sentence;
use super::stream_draft::{RATES_X10, gentle, rate_place, rate_words, set_rate};
use super::stream_keys::{Distributions, KeySet};
use crate::panels::controls::{Segmented, Slider, Switch, TextInput, fresh_id, words};
use crate::panels::parts::field::{Field, error_line};
use crate::session::use_session;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::{Arrivals, KeyDistribution, StreamSpec};

/// The stream that is being shaped, and how a change reaches the engine.
#[derive(Clone, Copy)]
struct Desk {
    spec: Memo<StreamSpec>,
    change: Callback<StreamSpec>,
}

impl Desk {
    fn with(self, change: impl FnOnce(&mut StreamSpec)) {
        let mut spec = self.spec.get_untracked();
        change(&mut spec);
        self.change.run(spec);
    }
}

/// The tab.
#[component]
pub fn StreamTab(
    /// The producer.
    producer: String,
) -> impl IntoView {
    let session = use_session();
    let view = session.producer(&producer);
    let running =
        Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.stream.clone())));
    let topic = session.page.topic.get_untracked().unwrap_or_default();
    let draft = RwSignal::new(gentle(&topic));
    let refused = RwSignal::new(None::<String>);
    let own = StoredValue::new(producer);
    let send = move |stream: Option<StreamSpec>| {
        let command = Command::SetStream { producer: own.get_value(), stream };
        refused.set(session.apply(command).err().map(|error| error.message));
    };
    let spec = Memo::new(move |_| running.get().unwrap_or_else(|| draft.get()));
    let on = Signal::derive(move || running.with(Option::is_some));
    let change = Callback::new(move |spec: StreamSpec| {
        draft.set(spec.clone());
        if on.get_untracked() {
            send(Some(spec));
        }
    });
    let desk = Desk { spec, change };
    let turn = Callback::new(move |to_on: bool| {
        draft.set(spec.get_untracked());
        send(to_on.then(|| spec.get_untracked()));
    });
    view! {
        <p class="dim lead-p">
            "A stream sends by itself, in virtual time. Seeded: the same run gives the same keys."
        </p>
        <section class="stream-card on">
            <header>
                <Switch on on_change=turn><b>{move || format!("To {}", spec.with(|s| s.topic.clone()))}</b></Switch>
            </header>
            {move || refused.get().map(|error| error_line(error, None))}
            <TopicField desk/>
            <RateField desk/>
            <KeyFields desk/>
            <ValueField desk/>
        </section>
    }
}

#[component]
fn TopicField(desk: Desk) -> impl IntoView {
    let session = use_session();
    let names = Memo::new(move |_| {
        session.cluster.with(|c| c.topics.iter().map(|t| t.name.clone()).collect::<Vec<_>>())
    });
    let id = fresh_id("topic");
    let option = move |name: String| {
        let own = name.clone();
        let chosen = move || desk.spec.with(|spec| spec.topic == own);
        view! { <option value=name.clone() prop:selected=chosen>{name.clone()}</option> }
    };
    move || {
        let all = names.get();
        (all.len() > 1).then(|| {
            let id = id.clone();
            view! {
                <Field label="Topic" id=id.clone()>
                    <span class="mini">
                        <select
                            id=id.clone()
                            on:change=move |event| desk.with(|spec| spec.topic = event_target_value(&event))
                        >
                            {all.into_iter().map(option).collect_view()}
                        </select>
                    </span>
                </Field>
            }
        })
    }
}

#[component]
fn RateField(desk: Desk) -> impl IntoView {
    let id = fresh_id("rate");
    let arrivals = Signal::derive(move || {
        if desk.spec.with(|spec| spec.arrivals == Arrivals::Even) { "even" } else { "random" }
            .to_owned()
    });
    view! {
        <Field
            label="Rate"
            id=id.clone()
            help=Signal::stored("0.1 to 10 000 a second of virtual time, log scale".to_owned())
        >
            <Slider
                id=id.clone()
                max=RATES_X10.len() - 1
                value=Signal::derive(move || desk.spec.with(rate_place))
                words=Callback::new(rate_words)
                on_change=Callback::new(move |place| desk.with(|spec| set_rate(spec, place)))
            />
        </Field>
        <Field label="Arrivals">
            <Segmented
                label="Arrivals"
                options=Signal::stored(words(&["even", "random"]))
                value=arrivals
                on_pick=Callback::new(move |word: String| {
                    desk.with(|spec| {
                        spec.arrivals = if word == "even" { Arrivals::Even } else { Arrivals::Random };
                    });
                })
            />
        </Field>
    }
}

#[component]
fn KeyFields(desk: Desk) -> impl IntoView {
    let session = use_session();
    let id = fresh_id("nulls");
    let keys = Memo::new(move |_| desk.spec.with(|spec| spec.keys.clone()));
    let set = Callback::new(move |keys: KeyDistribution| desk.with(|spec| spec.keys = keys));
    let partitions = move || {
        let topic = desk.spec.with(|spec| spec.topic.clone());
        session
            .cluster
            .with(|c| c.topics.iter().find(|t| t.name == topic).map_or(0, |t| t.partitions))
    };
    let about = Signal::derive(move || {
        desk.spec.with(|spec| sentence(&spec.keys, spec.null_key_percent, partitions()))
    });
    let nulls = Signal::derive(move || {
        usize::try_from(desk.spec.with(|s| s.null_key_percent)).unwrap_or(0)
    });
    view! {
        <Field label="Keys" top=true help=about>
            <Distributions keys on_pick=set/>
        </Field>
        <KeySet keys on_change=set/>
        <Field label="Null keys" id=id.clone()>
            <Slider
                id=id.clone()
                max=100
                value=nulls
                words=Callback::new(|percent| format!("{percent} %"))
                on_change=Callback::new(move |percent| {
                    desk.with(|spec| spec.null_key_percent = u32::try_from(percent).unwrap_or(0));
                })
            />
        </Field>
    }
}

#[component]
fn ValueField(desk: Desk) -> impl IntoView {
    let least = Signal::derive(move || desk.spec.with(|spec| spec.value_bytes_min.to_string()));
    let most = Signal::derive(move || desk.spec.with(|spec| spec.value_bytes_max.to_string()));
    let set = move |low: bool| {
        Callback::new(move |typed: String| {
            let Ok(bytes) = typed.trim().parse::<u32>() else { return };
            desk.with(|spec| {
                if low {
                    spec.value_bytes_min = bytes;
                    spec.value_bytes_max = spec.value_bytes_max.max(bytes);
                } else {
                    spec.value_bytes_max = bytes;
                    spec.value_bytes_min = spec.value_bytes_min.min(bytes);
                }
            });
        })
    };
    view! {
        <Field label="Value size" help=Signal::stored("drawn evenly between the two".to_owned())>
            <div class="row unit">
                <TextInput label="Smallest value in bytes" value=least on_change=set(true)/>
                <span>"to"</span>
                <TextInput label="Largest value in bytes" value=most on_change=set(false)/>
                <span>"B"</span>
            </div>
        </Field>
    }
}
