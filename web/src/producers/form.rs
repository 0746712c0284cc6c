//! One record, written by hand. A key (or value) is text, empty or null, and these are three different things.

use crate::session::use_session;
use crate::ui::KeyChip;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::{Payload, RecordSpec};
use log_engine::view::{PartitionChoiceView, PartitionReason};

/// How many records one press may send.
const COUNTS: [u32; 6] = [1, 2, 10, 100, 1_000, 10_000];

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Empty,
    Null,
}

impl Kind {
    const ALL: [(Kind, &'static str); 3] =
        [(Kind::Text, "text"), (Kind::Empty, "empty"), (Kind::Null, "null")];

    fn of(word: &str) -> Self {
        Kind::ALL.iter().find(|(_, name)| *name == word).map_or(Kind::Text, |(kind, _)| *kind)
    }
}

/// A key or a value as it is typed.
#[derive(Clone, Copy)]
struct Field {
    kind: RwSignal<Kind>,
    text: RwSignal<String>,
}

impl Field {
    fn new(text: &str) -> Self {
        Self { kind: RwSignal::new(Kind::Text), text: RwSignal::new(text.to_owned()) }
    }

    fn payload(self) -> Option<Payload> {
        match self.kind.get() {
            Kind::Text => Some(Payload::Text(self.text.get())),
            Kind::Empty => Some(Payload::Text(String::new())),
            Kind::Null => None,
        }
    }
}

/// Key, value, where it goes, Produce.
#[component]
pub fn RecordForm(
    /// The producer that sends.
    name: StoredValue<String>,
) -> impl IntoView {
    let session = use_session();
    let key = Field::new("bob");
    let value = Field::new("{\"total\":42}");
    let (count, set_count) = signal(1u32);
    let record =
        move || RecordSpec { key: key.payload(), value: value.payload(), ..RecordSpec::default() };
    let choice = Memo::new(move |_| {
        session.pulse.track();
        let topic = session.page.topic.get()?;
        let record = record();
        session.read(|engine| engine.partition_choice(&name.get_value(), &topic, &record))
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(topic) = session.page.topic.get_untracked() else { return };
        let record = untrack(record);
        let (producer, count) = (name.get_value(), count.get_untracked());
        session.act(Command::Produce { producer, topic, record, count });
    };
    let key_mark = Signal::derive(move || match key.kind.get() {
        Kind::Text => Some(key.text.get()),
        Kind::Empty => Some(String::new()),
        Kind::Null => None,
    });
    view! {
        <form class="produce" on:submit=send>
            <Typed field=key title="Key" class="key">
                <KeyChip key=key_mark/>
            </Typed>
            <Typed field=value title="Value" class="value">
                ""
            </Typed>
            <p class="goes-to" title=move || choice.with(|c| c.as_ref().map(arithmetic))>
                {move || choice.with(|choice| goes_to(choice.as_ref(), &key.text.get()))}
            </p>
            <div class="row">
                <button
                    class="btn primary grow"
                    type="submit"
                    title="Produce  P"
                    disabled=move || session.page.topic.with(Option::is_none)
                >
                    "Produce"
                </button>
                <label class="times">
                    <span class="sr">"How many records to produce"</span>
                    <select on:change=move |event| {
                        set_count.set(event_target_value(&event).parse().unwrap_or(1));
                    }>
                        {COUNTS
                            .into_iter()
                            .map(|n| view! { <option value=n>{format!("× {n}")}</option> })
                            .collect_view()}
                    </select>
                </label>
            </div>
        </form>
    }
}

#[component]
fn Typed(
    field: Field,
    title: &'static str,
    class: &'static str,
    /// What stands in the input, at its left.
    children: Children,
) -> impl IntoView {
    let plain = move || field.kind.get() == Kind::Text;
    let shown = move || match field.kind.get() {
        Kind::Text => field.text.get(),
        Kind::Empty => "0 bytes".to_owned(),
        Kind::Null => "null".to_owned(),
    };
    view! {
        <div class=format!("field {class}")>
            <span class="field-head">
                <span>{title}</span>
                <select
                    class="kind"
                    aria-label=format!("{title} is")
                    on:change=move |event| field.kind.set(Kind::of(&event_target_value(&event)))
                >
                    {Kind::ALL
                        .into_iter()
                        .map(|(kind, word)| {
                            view! {
                                <option value=word selected=move || field.kind.get() == kind>
                                    {word}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </span>
            <span class="key-input">
                {children()}
                <input
                    aria-label=title
                    spellcheck="false"
                    autocomplete="off"
                    class:not-text=move || !plain()
                    readonly=move || !plain()
                    prop:value=shown
                    on:input=move |event| field.text.set(event_target_value(&event))
                />
            </span>
        </div>
    }
}

/// Where the record goes and why, before it is sent.
fn goes_to(choice: Option<&PartitionChoiceView>, key: &str) -> AnyView {
    let Some(choice) = choice else { return ().into_any() };
    let partitions = choice.known_partitions;
    match (&choice.reason, choice.partition) {
        (PartitionReason::KeyHash { .. }, Some(partition)) => {
            let key = key.to_owned();
            view! {
                "murmur2("
                <b>{key}</b>
                {format!(") mod {partitions} = ")}
                <b>{partition}</b>
                ", so it goes to "
                <b>{format!("P{partition}")}</b>
            }
            .into_any()
        }
        (PartitionReason::Sticky { bytes, switch_at }, Some(partition)) => {
            let filled = format!(" until {switch_at} bytes are there ({bytes} now)");
            view! { "No key: sticks to " <b>{format!("P{partition}")}</b> {filled} }.into_any()
        }
        (PartitionReason::RoundRobin { .. }, None) => {
            "Goes to the next partition in turn".into_any()
        }
        (PartitionReason::Chance, None) => "Chance chooses the partition".into_any(),
        (_, Some(partition)) => view! { "Goes to " <b>{format!("P{partition}")}</b> }.into_any(),
        (_, None) => "No key: the partition is chosen when it is sent".into_any(),
    }
}

/// The whole calculation, for who wants to follow it.
fn arithmetic(choice: &PartitionChoiceView) -> String {
    match &choice.reason {
        PartitionReason::KeyHash { hash, masked } => format!(
            "murmur2 = {hash}; {hash} & 0x7fffffff = {masked}; {masked} mod {} = {}",
            choice.known_partitions,
            choice.partition.map_or_else(String::new, |partition| partition.to_string())
        ),
        _ => String::new(),
    }
}
