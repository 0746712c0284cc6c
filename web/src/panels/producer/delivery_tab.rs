//! What becomes of records between `send()` and the answer: what holds `send()` up, what waits in the accumulator and
//! why, what is on its way, and what the application was told (`KafkaProducer`, `RecordAccumulator`, `Sender`).

use crate::panels::text::since;
use crate::producers::words;
use crate::session::{DrawerTab, Session, use_session};
use crate::ui::{KeyChip, text};
use leptos::prelude::*;
use log_engine::view::{ProducerView, QueuedBatchView, RequestView, ToldView};

/// Batches that have a row of their own.
const BATCHES: usize = 10;

/// The tab.
#[component]
pub fn DeliveryTab(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let session = use_session();
    // The clock runs while nothing of the producer changes.
    let now_ms = Memo::new(move |_| session.cluster.with(|cluster| cluster.now_ms));
    view! {
        <Totals producer/>
        <Memory producer now_ms/>
        <Requests producer now_ms/>
        <Accumulator producer now_ms/>
        <Told producer session/>
    }
}

#[component]
fn Totals(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let figure = move |of: fn(&ProducerView) -> u64| {
        Memo::new(move |_| producer.with(|it| it.as_ref().map_or(0, of)))
    };
    let all = [
        ("sent", figure(|it| it.sent)),
        ("acked", figure(|it| it.acked)),
        ("failed", figure(|it| it.failed)),
        ("retries of a batch", figure(|it| it.retries)),
    ];
    let one = |(word, value): (&'static str, Memo<u64>)| {
        view! { <li><b>{move || text::count(value.get())}</b>" "{word}</li> }
    };
    view! { <ul class="dl-totals">{all.into_iter().map(one).collect_view()}</ul> }
}

/// `buffer.memory`, and who waits for it.
#[component]
fn Memory(producer: ReadSignal<Option<ProducerView>>, now_ms: Memo<i64>) -> impl IntoView {
    let load = Memo::new(move |_| {
        producer.with(|it| {
            it.as_ref().map_or((0, 1), |it| {
                (i64::try_from(it.buffered_bytes).unwrap_or(i64::MAX), it.buffer_memory.max(1))
            })
        })
    });
    let share = move || {
        let (used, all) = load.get();
        (used.saturating_mul(100) / all).clamp(0, 100)
    };
    let blocked = Memo::new(move |_| {
        let now_ms = now_ms.get();
        producer.with(|it| Some(words::blocked(it.as_ref()?.blocked.as_ref()?, now_ms)))
    });
    view! {
        <section class="sec">
            <h3>"buffer.memory"</h3>
            <p class="dl-mem">
                <span class="meter" class:hot=move || { share() > 90 } aria-hidden="true">
                    <i style:width=move || format!("{}%", share())></i>
                </span>
                {move || {
                    let (used, all) = load.get();
                    format!("{} of {}", text::bytes(used), text::bytes(all))
                }}
            </p>
            {move || blocked.get().map(|(what, until)| view! {
                <p class="blocked"><span><b>{what}</b>{until}</span></p>
            })}
        </section>
    }
}

/// Produce requests without an answer yet.
#[component]
fn Requests(producer: ReadSignal<Option<ProducerView>>, now_ms: Memo<i64>) -> impl IntoView {
    let all = Memo::new(move |_| {
        producer.with(|it| it.as_ref().map(|it| it.requests.clone()).unwrap_or_default())
    });
    let most = Memo::new(move |_| producer.with(|it| it.as_ref().map_or(0, |it| it.max_in_flight)));
    let row = |it: &RequestView, now_ms: i64| {
        view! {
            <tr>
                <th scope="row">{it.broker.0}</th>
                <td>{it.records}</td>
                <td>{text::bytes(it.bytes)}</td>
                <td>{text::span((now_ms - it.sent_ms).max(0))}" ago"</td>
                <td>"in "{text::span((it.times_out_ms - now_ms).max(0))}</td>
            </tr>
        }
    };
    view! {
        <section class="sec">
            <h3>"Requests in flight"</h3>
            {move || match all.with(Vec::is_empty) {
                true => view! { <p class="dim">"None waits for an answer."</p> }.into_any(),
                false => view! {
                    <table class="grid dl">
                        <thead><tr>
                            <th scope="col">"Broker"</th><th scope="col">"Records"</th><th scope="col">"Bytes"</th>
                            <th scope="col">"Sent"</th><th scope="col">"Times out"</th>
                        </tr></thead>
                        <tbody>{move || all.with(|all| all.iter().map(|it| row(it, now_ms.get())).collect_view())}</tbody>
                    </table>
                }
                .into_any(),
            }}
            <p class="help-l">{move || format!("At most {} to each broker.", most.get())}</p>
        </section>
    }
}

/// Batches that have not left, or came back.
#[component]
fn Accumulator(producer: ReadSignal<Option<ProducerView>>, now_ms: Memo<i64>) -> impl IntoView {
    let all = Memo::new(move |_| {
        producer.with(|it| {
            it.as_ref().map(|it| (it.batches.clone(), it.max_in_flight)).unwrap_or_default()
        })
    });
    let row = |it: &QueuedBatchView, most: u32, now_ms: i64| {
        let tried = match it.attempts {
            0 => String::new(),
            1 => "; tried once".to_owned(),
            n => format!("; tried {n} times"),
        };
        let why = words::waits(it.waits, most, now_ms);
        view! {
            <tr>
                <th scope="row">{format!("P{}", it.partition)}</th>
                <td>{it.records}</td>
                <td>{text::bytes(it.bytes)}</td>
                <td>{why}{tried}</td>
                <td>"in "{text::span((it.expires_ms - now_ms).max(0))}</td>
            </tr>
        }
    };
    view! {
        <section class="sec">
            <h3>"Accumulator"</h3>
            {move || match all.with(|all| all.0.is_empty()) {
                true => view! { <p class="dim">"No batch waits to be sent."</p> }.into_any(),
                false => view! {
                    <table class="grid dl">
                        <thead><tr>
                            <th scope="col">"Partition"</th><th scope="col">"Records"</th><th scope="col">"Bytes"</th>
                            <th scope="col">"Waits for"</th><th scope="col">"Expires"</th>
                        </tr></thead>
                        <tbody>{move || all.with(|(batches, most)| {
                            let shown = batches.iter().take(BATCHES);
                            shown.map(|it| row(it, *most, now_ms.get())).collect_view()
                        })}</tbody>
                    </table>
                    {move || {
                        let more = all.with(|all| all.0.len()).saturating_sub(BATCHES);
                        (more > 0).then(|| view! { <p class="dim">{format!("and {more} more batches")}</p> })
                    }}
                }
                .into_any(),
            }}
        </section>
    }
}

/// What the callbacks were called with.
#[component]
fn Told(producer: ReadSignal<Option<ProducerView>>, session: Session) -> impl IntoView {
    let all = Memo::new(move |_| {
        producer.with(|it| it.as_ref().map(|it| it.told.clone()).unwrap_or_default())
    });
    let row = move |it: &ToldView| {
        let (place, what) = words::told(it);
        let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
        let bad = it.exception.is_some();
        let text = it.error.as_ref().map(|error| format!("{}: {}", error.name, error.text));
        let keys = it.keys.clone();
        let more = usize::try_from(it.records).unwrap_or(0).saturating_sub(keys.len());
        view! {
            <li class:bad=bad>
                <time>{since(it.at_ms, start_ms)}</time>
                <b>{place}</b>
                <span class="req-cells">
                    {keys.into_iter().map(|key| view! { <KeyChip key=Signal::stored(key) small=true/> }).collect_view()}
                    {(more > 0).then(|| format!("+{more}"))}
                </span>
                <span class="told-what">{what}</span>
                {text.map(|text| view! { <p class="dim">{text}</p> })}
            </li>
        }
    };
    let ledger = move |_| {
        session.page.drawer_tab.set(DrawerTab::Ledger);
        session.page.drawer_open.set(true);
    };
    view! {
        <section class="sec">
            <h3>"What the application was told"</h3>
            {move || match all.with(Vec::is_empty) {
                true => view! { <p class="dim">"Nothing yet."</p> }.into_any(),
                false => view! {
                    <ul class="dl-told">{move || all.with(|all| all.iter().map(row).collect_view())}</ul>
                }
                .into_any(),
            }}
            <button class="btn small outline" on:click=ledger>"Every record: the ledger"</button>
        </section>
    }
}
