//! The Record tab: a record by hand, and where it goes before it is sent.

use super::bytes_field::BytesField;
use super::goes_to::goes_to;
use super::headers::Headers;
use super::record_form::RecordForm;
use super::size::batch_of_one;
use crate::panels::controls::{Segmented, TextInput, words};
use crate::panels::parts::field::error_line;
use crate::panels::text::plural;
use crate::ui::text::{clock, number};
use leptos::prelude::*;

/// Partitions beyond this are typed, not picked.
const PICKED_PARTITIONS: i32 = 6;
const MOST_RECORDS: u32 = 100_000;

/// The tab.
#[component]
pub fn RecordTab(
    /// The form.
    form: RecordForm,
) -> impl IntoView {
    view! {
        <TopicChoice form/>
        <BytesField
            title="Key"
            draft=form.key
            chip=true
            error=form.error("key")
            help="null has no key: the sticky partitioner chooses. Empty is a key of 0 bytes and is hashed."
        />
        <BytesField
            title="Value"
            draft=form.value
            error=form.error("value")
            help="null is a tombstone: it deletes the key on a compacted topic."
        />
        <Headers form/>
        <Partition form/>
        <Timestamp form/>
        <Count form/>
    }
}

#[component]
fn TopicChoice(form: RecordForm) -> impl IntoView {
    let names = Memo::new(move |_| {
        form.session.cluster.with(|c| c.topics.iter().map(|t| t.name.clone()).collect::<Vec<_>>())
    });
    let option = move |name: String| {
        let own = name.clone();
        view! { <option value=name.clone() prop:selected=move || form.topic.get() == own>{name.clone()}</option> }
    };
    // One topic needs no choice.
    move || {
        let all = names.get();
        (all.len() > 1).then(|| {
            view! {
                <div class="sec">
                    <h3><label for="produce-topic">"Topic"</label></h3>
                    <span class="mini">
                        <select
                            id="produce-topic"
                            on:change=move |event| {
                                form.partition.set(None);
                                form.topic.set(event_target_value(&event));
                            }
                        >
                            {all.into_iter().map(option).collect_view()}
                        </select>
                    </span>
                    {move || form.error("topic").get().map(|error| error_line(error, None))}
                </div>
            }
        })
    }
}

#[component]
fn Partition(form: RecordForm) -> impl IntoView {
    let partitions = Memo::new(move |_| {
        let topic = form.topic.get();
        form.session.cluster.with(|cluster| {
            cluster.topics.iter().find(|t| t.name == topic).map_or(0, |t| t.partitions)
        })
    });
    let options = Signal::derive(move || {
        let picked =
            (0..partitions.get().min(PICKED_PARTITIONS)).map(|p| (p.to_string(), format!("P{p}")));
        std::iter::once((String::new(), "by key".to_owned())).chain(picked).collect::<Vec<_>>()
    });
    let value =
        Signal::derive(move || form.partition.get().map(|p| p.to_string()).unwrap_or_default());
    let set = Callback::new(move |text: String| form.partition.set(text.trim().parse().ok()));
    let choice = Memo::new(move |_| {
        form.session.pulse.track();
        form.choice()
    });
    let other = move || {
        (partitions.get() > PICKED_PARTITIONS).then(|| {
            view! { <TextInput label="Partition" placeholder="other" class="mono short" value on_change=set/> }
        })
    };
    view! {
        <div class="sec">
            <h3>"Partition"</h3>
            <div class="row kv-row">
                <Segmented label="Partition" options value on_pick=set/>
                {other}
            </div>
            {move || form.error("partition").get().map(|error| error_line(error, None))}
            {move || choice.with(|choice| goes_to(choice.as_ref(), form.key.get().as_deref()))}
        </div>
    }
}

#[component]
fn Timestamp(form: RecordForm) -> impl IntoView {
    let chosen = move || form.timestamp.with(Option::is_some);
    let pick = Callback::new(move |word: String| {
        let now = clock(form.session.elapsed_ms.get_untracked());
        form.timestamp.set((word == "set").then_some(now));
    });
    let typed = Signal::derive(move || form.timestamp.get().unwrap_or_default());
    let wrong = Memo::new(move |_| form.moment().err());
    view! {
        <div class="sec">
            <h3>"Timestamp"</h3>
            <div class="row kv-row">
                <Segmented
                    label="Timestamp"
                    options=Signal::stored(words(&["now", "set"]))
                    value=Signal::derive(move || if chosen() { "set" } else { "now" }.to_owned())
                    on_pick=pick
                />
                <Show when=chosen fallback=|| view! { <span class="dim">"the producer's clock at send()"</span> }>
                    <TextInput
                        label="Moment"
                        class="mono grow"
                        value=typed
                        bad=Signal::derive(move || wrong.get().is_some())
                        on_input=Callback::new(move |text| form.timestamp.set(Some(text)))
                    />
                </Show>
            </div>
            {move || {
                let refused = form.error("timestamp").get();
                wrong.get().map(str::to_owned).or(refused).map(|error| error_line(error, None))
            }}
            <p class="help-l">
                "With message.timestamp.type CreateTime this is what retention by time counts from; with LogAppendTime the broker's clock replaces it."
            </p>
        </div>
    }
}

#[component]
fn Count(form: RecordForm) -> impl IntoView {
    let options = [1, 10, 100, 1000].map(|n: u32| (n.to_string(), number(i64::from(n)))).to_vec();
    let value = Signal::derive(move || form.count.get().to_string());
    let set = Callback::new(move |text: String| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        form.count.set(digits.parse().unwrap_or(1).clamp(1, MOST_RECORDS));
    });
    view! {
        <div class="sec">
            <h3>"How many"</h3>
            <div class="row kv-row">
                <Segmented label="How many" options=Signal::stored(options) value on_pick=set/>
                <TextInput label="How many, up to 100 000" class="mono short" value on_change=set/>
            </div>
            {move || form.error("count").get().map(|error| error_line(error, None))}
        </div>
    }
}

/// What stands under the tab: its size, where it goes, and Produce.
#[component]
pub fn RecordFoot(
    /// The form.
    form: RecordForm,
) -> impl IntoView {
    let about = Memo::new(move |_| {
        form.session.pulse.track();
        let size = number(i64::try_from(batch_of_one(&form.spec())).unwrap_or(i64::MAX));
        let target = form.choice().and_then(|choice| choice.partition);
        (size, target)
    });
    let words = move || match form.count.get() {
        1 => "Produce".to_owned(),
        n => format!("Produce {}", plural(i64::from(n), "record", "records")),
    };
    view! {
        <footer class="sheet-foot">
            <span>
                {move || format!("{} B in a batch of one", about.get().0)}
                {move || about.get().1.map(|partition| view! { "; goes to "<b>{format!("P{partition}")}</b> })}
                {move || form.error("").get().map(|error| error_line(error, None))}
            </span>
            <button class="btn primary end" on:click=move |_| form.send()>{words}</button>
        </footer>
    }
}
