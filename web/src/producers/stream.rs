//! A producer's stream: on or off, how many a second, which keys. The sheet holds the rest.

use super::card::keys_word;
use crate::session::use_session;
use crate::ui::text;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::{Arrivals, KeyDistribution, StreamSpec};
use log_engine::view::ProducerView;

/// Rates to choose from, in records a second.
const RATES: [u32; 10] = [1, 2, 4, 10, 25, 50, 100, 1_000, 5_000, 10_000];
/// Distributions to choose from.
const KINDS: [&str; 4] = ["zipf", "fixed set", "sequence", "none"];
/// Keys of a stream that had none before.
const USUAL_KEYS: [&str; 7] = ["alice", "bob", "carol", "dave", "erin", "frank", "ivan"];

/// Switch, rate, distribution.
#[component]
pub fn StreamRow(
    producer: ReadSignal<Option<ProducerView>>,
    /// Its name.
    name: StoredValue<String>,
) -> impl IntoView {
    let session = use_session();
    let stream = Memo::new(move |_| producer.with(|p| p.as_ref().and_then(|p| p.stream.clone())));
    // What to switch on again.
    let last = StoredValue::new(None::<StreamSpec>);
    let on = Memo::new(move |_| stream.with(Option::is_some));
    let spec = move || {
        stream
            .get_untracked()
            .or_else(|| last.get_value())
            .unwrap_or_else(|| usual(session.page.topic.get_untracked().unwrap_or_default()))
    };
    let set = move |stream: Option<StreamSpec>| {
        session.act(Command::SetStream { producer: name.get_value(), stream });
    };
    let switch = move |_| {
        let spec = spec();
        last.set_value(Some(spec.clone()));
        set((!on.get_untracked()).then_some(spec));
    };
    let set_rate = move |event| {
        let Ok(records) = event_target_value(&event).parse() else { return };
        set(Some(StreamSpec { records, per_ms: 1000, ..spec() }));
    };
    let set_keys = move |event| {
        let keys = keys_of(&event_target_value(&event), &spec().keys);
        set(Some(StreamSpec { keys, ..spec() }));
    };
    let kind =
        Memo::new(move |_| stream.with(|s| s.as_ref().map_or("zipf", |s| keys_word(&s.keys))));
    view! {
        <div class="stream">
            <label class="switch">
                <input type="checkbox" role="switch" prop:checked=on on:change=switch/>
                <span class="track"></span>
                <span>"Stream"</span>
            </label>
            <label class="mini">
                <span class="sr">"Rate"</span>
                <select disabled=move || !on.get() on:change=set_rate>
                    <Rates stream/>
                </select>
            </label>
            <label class="mini">
                <span class="sr">"Key distribution"</span>
                <select disabled=move || !on.get() on:change=set_keys>
                    {KINDS
                        .into_iter()
                        .map(|word| {
                            view! {
                                <option value=word selected=move || kind.get() == word>
                                    {word}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </label>
        </div>
    }
}

/// The usual rates, and the present one where it is none of them.
#[component]
fn Rates(stream: Memo<Option<StreamSpec>>) -> impl IntoView {
    let present = Memo::new(move |_| stream.with(|stream| stream.as_ref().map(per_second)));
    view! {
        {move || {
            let (name, whole) = present.get().unwrap_or_else(|| ("4".to_owned(), Some(4)));
            let odd = whole.is_none_or(|rate| !RATES.contains(&rate));
            let unusual = odd.then(|| view! { <option selected=true>{format!("{name}/s")}</option> });
            let usual = RATES
                .into_iter()
                .map(|rate| {
                    let words = format!("{}/s", text::number(i64::from(rate)));
                    view! {
                        <option value=rate selected=whole == Some(rate)>
                            {words}
                        </option>
                    }
                })
                .collect_view();
            (unusual, usual)
        }}
    }
}

/// Records a second as text, and as a whole number where it is one.
fn per_second(stream: &StreamSpec) -> (String, Option<u32>) {
    let per_ms = u64::from(stream.per_ms.max(1));
    let hundredths = u64::from(stream.records) * 100_000 / per_ms;
    if hundredths.is_multiple_of(100) {
        let whole = u32::try_from(hundredths / 100).ok();
        return ((hundredths / 100).to_string(), whole);
    }
    (format!("{}.{:02}", hundredths / 100, hundredths % 100), None)
}

/// Keys of another kind, from those there were.
fn keys_of(word: &str, before: &KeyDistribution) -> KeyDistribution {
    let keys = match before {
        KeyDistribution::Fixed { keys } | KeyDistribution::Zipf { keys } => keys.clone(),
        _ => USUAL_KEYS.iter().map(|&key| key.to_owned()).collect(),
    };
    match word {
        "zipf" => KeyDistribution::Zipf { keys },
        "fixed set" => KeyDistribution::Fixed { keys },
        "sequence" => KeyDistribution::Sequence { prefix: "user-".to_owned(), count: 20 },
        _ => KeyDistribution::Null,
    }
}

fn usual(topic: String) -> StreamSpec {
    StreamSpec {
        topic,
        records: 4,
        per_ms: 1000,
        arrivals: Arrivals::Even,
        keys: keys_of("zipf", &KeyDistribution::Null),
        null_key_percent: 0,
        value_bytes_min: 24,
        value_bytes_max: 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(records: u32, per_ms: u32) -> StreamSpec {
        StreamSpec { records, per_ms, ..usual("orders".to_owned()) }
    }

    #[test]
    fn a_rate_is_told_per_second() {
        assert_eq!(per_second(&stream(4, 1000)), ("4".to_owned(), Some(4)));
        assert_eq!(per_second(&stream(30, 60_000)), ("0.50".to_owned(), None));
    }

    #[test]
    fn another_distribution_keeps_the_keys() {
        let fixed = KeyDistribution::Fixed { keys: vec!["x".to_owned()] };
        assert_eq!(keys_of("zipf", &fixed), KeyDistribution::Zipf { keys: vec!["x".to_owned()] });
        assert_eq!(keys_of("none", &fixed), KeyDistribution::Null);
    }
}
