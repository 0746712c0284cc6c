//! One producer: open with its form, or a line.

use super::form::RecordForm;
use super::inflight::InFlight;
use super::stream::StreamRow;
use super::waiting::{Blocked, LastTold, Waiting};
use crate::browser::target_of;
use crate::session::{Panel, ProducerTab, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::KeyDistribution;
use log_engine::view::ProducerView;

/// A producer's card.
#[component]
pub fn ProducerCard(
    /// Its name.
    name: String,
    /// The card that is open.
    open: Memo<Option<String>>,
    /// Opens another.
    set_open: WriteSignal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let producer = session.producer(&name);
    let name = StoredValue::new(name);
    let is_open =
        Memo::new(move |_| open.with(|open| open.as_ref().is_some_and(|o| *o == name.get_value())));
    let down = Memo::new(move |_| producer.with(|it| it.as_ref().is_some_and(|it| !it.up)));
    view! {
        <article class="card producer" class:compact=move || !is_open.get() class:down=down>
            <Head producer name open=is_open set_open/>
            {move || match (down.get(), is_open.get()) {
                (true, _) => view! { <Crashed name/> }.into_any(),
                (false, true) => {
                    view! {
                        <Properties producer/>
                        <RecordForm name/>
                        <StreamRow producer name/>
                        <Blocked producer/>
                        <InFlight producer/>
                        <Waiting producer/>
                        <LastTold producer name/>
                    }
                        .into_any()
                }
                (false, false) => view! { <Line producer/> }.into_any(),
            }}
        </article>
    }
}

/// A process that has died, and the way back.
#[component]
fn Crashed(name: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let start = move |_| {
        session.act(Command::StartProducer { producer: name.get_value() });
    };
    view! {
        <p class="p-down">
            <span><b>"Crashed. "</b>"What was not sent is gone; what is on its way has nobody to hear the answer."</span>
            <button class="btn small outline" on:click=start>
                <Icon name="play"/>
                "Start"
            </button>
        </p>
    }
}

#[component]
fn Head(
    producer: ReadSignal<Option<ProducerView>>,
    name: StoredValue<String>,
    open: Memo<bool>,
    set_open: WriteSignal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let rate = Memo::new(move |_| producer.with(|p| p.as_ref().map_or(0, |p| p.rate_x10)));
    let up = Memo::new(move |_| producer.with(|p| p.as_ref().is_some_and(|p| p.up)));
    let crash = move || {
        let producer = name.get_value();
        let text = format!("Producer {producer} crashed");
        session.act_with_undo(Command::CrashProducer { producer }, &text, "");
    };
    let sheet = move || Panel::Producer { name: name.get_value(), tab: ProducerTab::default() };
    view! {
        <header class="card-head">
            <h3>
                {move || {
                    if open.get() {
                        name.get_value().into_any()
                    } else {
                        view! {
                            <button
                                class="card-open"
                                aria-expanded="false"
                                on:click=move |_| set_open.set(Some(name.get_value()))
                            >
                                {name.get_value()}
                            </button>
                        }
                            .into_any()
                    }
                }}
            </h3>
            <span class="rate" title="Records per second of virtual time">
                {move || rate_of(rate.get())}
            </span>
            {move || up.get().then(|| view! {
                <button
                    class="btn icon small"
                    aria-label=format!("Crash producer {}", name.get_value())
                    title="Crash: what is not sent is lost"
                    on:click=move |_| crash()
                >
                    <Icon name="bolt"/>
                </button>
            })}
            <button
                class="btn icon small"
                aria-label=format!("More for producer {}", name.get_value())
                on:click=move |event| session.toggle(sheet(), target_of(&event))
            >
                <Icon name="more"/>
            </button>
        </header>
    }
}

fn rate_of(rate_x10: u32) -> String {
    match rate_x10 {
        0 => "0 rec/s".to_owned(),
        1..1000 => format!("{}.{} rec/s", rate_x10 / 10, rate_x10 % 10),
        _ => format!("{} rec/s", text::number(i64::from(rate_x10 / 10))),
    }
}

/// What decides how it sends.
#[component]
fn Properties(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let value = move |of: fn(&ProducerView) -> String| {
        Memo::new(move |_| producer.with(|p| p.as_ref().map(of).unwrap_or_default()))
    };
    let acks = value(|p| p.acks.clone());
    let idempotence = value(|p| on_off(p.idempotence).to_owned());
    let linger = value(|p| p.linger_ms.to_string());
    let batch = value(|p| p.batch_size.to_string());
    let codec = value(|p| match (p.compression.as_str(), p.batch_bytes) {
        ("none", _) => String::new(),
        (codec, 0) => codec.to_owned(),
        (codec, bytes) => {
            let size = |n: u64| text::bytes(i64::try_from(n).unwrap_or(i64::MAX));
            let (whole, sent) = (size(p.uncompressed_bytes), size(bytes));
            format!("{codec} {}, {whole} → {sent}", text::ratio(p.uncompressed_bytes, bytes))
        }
    });
    let error = value(|p| p.last_error.as_ref().map(|(_, name)| name.clone()).unwrap_or_default());
    view! {
        <dl class="props">
            <div>
                <dt>"acks"</dt>
                <dd>{acks}</dd>
            </div>
            <div>
                <dt>"idempotence"</dt>
                <dd>{idempotence}</dd>
            </div>
            <div>
                <dt>"linger.ms"</dt>
                <dd>{linger}</dd>
            </div>
            <div>
                <dt>"batch.size"</dt>
                <dd>{batch}</dd>
            </div>
            {move || {
                (!codec.with(String::is_empty)).then(|| {
                    view! {
                        <div class="wide">
                            <dt>"compression"</dt>
                            <dd title="Bytes of the batches sent, without and with compression">{codec}</dd>
                        </div>
                    }
                })
            }}
            {move || {
                (!error.with(String::is_empty))
                    .then(|| {
                        view! {
                            <div class="wide changed">
                                <dt>"last error"</dt>
                                <dd>{error}</dd>
                            </div>
                        }
                    })
            }}
        </dl>
    }
}

/// The same in one line, for a closed card.
#[component]
fn Line(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let said = Memo::new(move |_| {
        producer.with(|producer| {
            let producer = producer.as_ref()?;
            let keys = producer.stream.as_ref().map_or("no stream", |s| keys_word(&s.keys));
            Some((producer.acks.clone(), on_off(producer.idempotence), keys))
        })
    });
    view! {
        <p class="propline">
            <span>
                <i>"acks"</i>
                " "
                {move || said.get().map(|said| said.0)}
            </span>
            <span>
                <i>"idempotence"</i>
                " "
                {move || said.get().map(|said| said.1)}
            </span>
            <span>
                <i>"key"</i>
                " "
                {move || said.get().map(|said| said.2)}
            </span>
        </p>
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// How a stream chooses keys, in a word.
pub fn keys_word(keys: &KeyDistribution) -> &'static str {
    match keys {
        KeyDistribution::Null => "none",
        KeyDistribution::Fixed { .. } => "fixed set",
        KeyDistribution::Zipf { .. } => "zipf",
        KeyDistribution::Sequence { .. } => "sequence",
    }
}

#[cfg(test)]
mod tests {
    use super::rate_of;

    #[test]
    fn rates_have_a_decimal_below_a_hundred() {
        assert_eq!(rate_of(40), "4.0 rec/s");
        assert_eq!(rate_of(0), "0 rec/s");
        assert_eq!(rate_of(123_450), "12\u{202f}345 rec/s");
    }
}
