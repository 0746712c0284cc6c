//! The Group tab: assignor, subscription, where it starts, times. Every change acts at once.

use super::assignor::AssignorSection;
use super::processing::{Processing, poll_sum};
use super::topics_field::TopicsField;
use crate::panels::configs::ConfigDesk;
use crate::panels::controls::{Segmented, Switch, TextInput, fresh_id, words};
use crate::panels::parts::field::{Field, error_line};
use crate::panels::text::config_meaning;
use crate::session::use_session;
use leptos::prelude::*;
use log_engine::{Command, Configs};

/// The tab.
#[component]
pub fn GroupTabView(
    /// `group.id`.
    name: String,
    /// Its configs.
    desk: ConfigDesk,
) -> impl IntoView {
    let session = use_session();
    let view = session.group(&name);
    let topics =
        Memo::new(move |_| view.with(|g| g.as_ref().map(|g| g.topics.clone()).unwrap_or_default()));
    let us = Memo::new(move |_| view.with(|g| g.as_ref().map_or(0, |g| g.processing_us)));
    let refused = RwSignal::new(None::<String>);
    let own = StoredValue::new(name);
    let alter = move |topics: Option<Vec<String>>, processing_us: Option<u64>| {
        let command = Command::AlterGroup {
            group: own.get_value(),
            topics,
            processing_us,
            set: Configs::new(),
            delete: Vec::new(),
        };
        refused.set(session.apply(command).err().map(|error| error.message));
    };
    view! {
        <p class="help-l first">
            <b>"Protocol classic"</b>
            ", Kafka's client default: members join through the coordinator, and one of them, the leader, computes the assignment."
        </p>
        <AssignorSection desk/>
        <div class="sec">
            <h3>"Subscription"</h3>
            <TopicsField topics on_change=Callback::new(move |topics| alter(Some(topics), None))/>
            {move || refused.get().map(|error| error_line(error, None))}
        </div>
        <Offsets desk/>
        <Times desk us=us.into() on_processing=Callback::new(move |us| alter(None, Some(us)))/>
    }
}

#[component]
fn Offsets(desk: ConfigDesk) -> impl IntoView {
    let reset = desk.shown("auto.offset.reset");
    let auto = desk.shown("enable.auto.commit");
    let on = Signal::derive(move || auto.get() == "true");
    let help = Signal::derive(move || {
        if on.get() {
            "poll() commits the positions it has given out, processed or not"
        } else {
            "off: the code commits what it has processed, after each poll"
        }
        .to_owned()
    });
    view! {
        <div class="sec">
            <h3>"Where it starts"</h3>
            <Field
                label="auto.offset.reset"
                mono=true
                error=desk.error("auto.offset.reset")
                help=Signal::stored("only without a committed offset, or when it is out of range".to_owned())
            >
                <Segmented
                    label="auto.offset.reset"
                    options=Signal::stored(words(&["latest", "earliest", "none"]))
                    value=reset
                    on_pick=Callback::new(move |value: String| desk.set("auto.offset.reset", &value))
                />
            </Field>
            <Field
                label="enable.auto.commit"
                mono=true
                error=desk.error("enable.auto.commit")
                help=help
            >
                <Switch
                    on
                    label="enable.auto.commit"
                    on_change=Callback::new(move |on: bool| desk.set("enable.auto.commit", &on.to_string()))
                >
                    {move || auto.get()}
                </Switch>
            </Field>
            <Show when=move || on.get()>{number(desk, "auto.commit.interval.ms", "commits at the first poll() after this")}</Show>
        </div>
    }
}

#[component]
fn Times(desk: ConfigDesk, us: Signal<u64>, on_processing: Callback<u64>) -> impl IntoView {
    let id = fresh_id("processing");
    let (records, interval) = (desk.shown("max.poll.records"), desk.shown("max.poll.interval.ms"));
    let fits = Signal::derive(move || poll_sum(&records.get(), us.get(), &interval.get()));
    view! {
        <div class="sec">
            <h3>"Time"</h3>
            <Field
                label="Processing"
                id=id.clone()
                help=Signal::stored("for each record, all members; one member can differ".to_owned())
            >
                <Processing id=id.clone() us on_change=on_processing/>
            </Field>
            {number(desk, "max.poll.records", "most records one poll() gives out")}
            {number_with(desk, "max.poll.interval.ms", fits)}
            {number(desk, "session.timeout.ms", "a crashed member keeps its partitions this long")}
            {number(desk, "heartbeat.interval.ms", "how soon members hear of a rebalance; at most a third of the session")}
        </div>
    }
}

fn number(desk: ConfigDesk, name: &'static str, help: &'static str) -> AnyView {
    number_with(desk, name, Signal::stored(help.to_owned()))
}

fn number_with(desk: ConfigDesk, name: &'static str, help: Signal<String>) -> AnyView {
    let id = fresh_id("config");
    let (shown, error) = (desk.shown(name), desk.error(name));
    let meaning = move || config_meaning(name, &shown.get());
    view! {
        <Field label=name mono=true id=id.clone() error help>
            <div class="unit">
                <TextInput
                    id=id.clone()
                    value=shown
                    bad=Signal::derive(move || error.get().is_some())
                    described_by=format!("{id}-d")
                    on_change=Callback::new(move |value: String| desk.set(name, &value))
                />
                <span>{meaning}</span>
            </div>
        </Field>
    }
    .into_any()
}
