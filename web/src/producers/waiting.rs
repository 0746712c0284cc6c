//! What has not been sent yet and why, what holds `send()` up, and what the application was told last.

use super::words;
use crate::session::{Panel, ProducerTab, Session, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::view::{BatchWait, ProducerView, QueuedBatchView};

/// Partitions listed one by one; beyond, their number.
const LISTED: usize = 3;
/// A wait that ends within this is not shown while time runs: lines that come and go are read by nobody.
const BLINK_MS: i64 = 500;

/// A partition's batches in the accumulator, but for those that are tried again.
#[derive(Debug, Clone, PartialEq)]
struct Queue {
    partition: i32,
    batches: usize,
    records: u32,
    why: String,
}

/// Whether a queue is worth a line while time runs: what leaves within a blink is not.
fn stays(first: &QueuedBatchView, now_ms: i64) -> bool {
    match first.waits {
        BatchWait::Nothing => false,
        BatchWait::Linger { until_ms } => until_ms - now_ms > BLINK_MS,
        _ => true,
    }
}

/// The queues of a producer, in the accumulator's order; while time runs those alone that stay.
fn queues(producer: &ProducerView, now_ms: i64, playing: bool) -> Vec<Queue> {
    let mut all: Vec<(&QueuedBatchView, Queue)> = Vec::new();
    for batch in producer.batches.iter().filter(|batch| batch.attempts == 0) {
        match all.last_mut() {
            Some((first, queue))
                if first.topic == batch.topic && first.partition == batch.partition =>
            {
                queue.batches += 1;
                queue.records += batch.records;
            }
            _ => {
                let queue = Queue {
                    partition: batch.partition,
                    batches: 1,
                    records: batch.records,
                    why: words::waits(batch.waits, producer.max_in_flight, now_ms),
                };
                all.push((batch, queue));
            }
        }
    }
    let shown = all.into_iter().filter(|(first, _)| !playing || stays(first, now_ms));
    shown.map(|(_, queue)| queue).collect()
}

/// The accumulator, partition by partition.
#[component]
pub fn Waiting(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let session = use_session();
    let queues = Memo::new(move |_| {
        let now_ms = now(session);
        let playing = session.playing.get();
        producer.with(|it| it.as_ref().map(|it| queues(it, now_ms, playing)).unwrap_or_default())
    });
    let any = Memo::new(move |_| queues.with(|all| !all.is_empty()));
    let records = move || queues.with(|all| all.iter().map(|it| u64::from(it.records)).sum());
    view! {
        {move || any.get().then(|| view! {
            <div class="inflight waiting">
                <h4>"Not sent yet" <span>{move || text::count(records())}</span></h4>
                {move || queues.with(|all| {
                    let more = all.len().saturating_sub(LISTED);
                    view! {
                        {all.iter().take(LISTED).map(row).collect_view()}
                        {(more > 0).then(|| view! { <p class="dim">{format!("and {more} more partitions")}</p> })}
                    }
                })}
            </div>
        })}
    }
}

/// What holds `send()` up.
#[component]
pub fn Blocked(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let session = use_session();
    let blocked = Memo::new(move |_| {
        let now_ms = now(session);
        producer.with(|it| Some(words::blocked(it.as_ref()?.blocked.as_ref()?, now_ms)))
    });
    view! {
        {move || blocked.get().map(|(what, until)| view! {
            <p class="blocked"><Icon name="pause"/><span><b>{what}</b>{until}</span></p>
        })}
    }
}

fn now(session: Session) -> i64 {
    session.cluster.with(|cluster| cluster.now_ms)
}

fn row(queue: &Queue) -> impl IntoView + use<> {
    let records = if queue.records == 1 { "record" } else { "records" };
    let batches =
        if queue.batches > 1 { format!(" in {} batches", queue.batches) } else { String::new() };
    view! {
        <p class="q-row">
            <b>{format!("P{}", queue.partition)}</b>
            <span>{format!("{} {records}{batches}", queue.records)}</span>
            <span class="q-why">{queue.why.clone()}</span>
        </p>
    }
}

/// What the application heard last, and the way to all of it.
#[component]
pub fn LastTold(
    producer: ReadSignal<Option<ProducerView>>,
    name: StoredValue<String>,
) -> impl IntoView {
    let session = use_session();
    let last = Memo::new(move |_| {
        producer.with(|it| {
            let told = it.as_ref()?.told.first()?;
            let (place, what) = words::told(told);
            Some((place, what, told.exception.is_some()))
        })
    });
    let open = move |event: web_sys::MouseEvent| {
        let panel = Panel::Producer { name: name.get_value(), tab: ProducerTab::Delivery };
        session.toggle(panel, crate::browser::target_of(&event));
    };
    view! {
        {move || last.get().map(|(place, what, bad)| view! {
            <button class="told" class:bad=bad title="What the application was told of each batch" on:click=open>
                <span class="dim">"told"</span>
                <b>{place}</b>
                <span class="told-what">{what}</span>
            </button>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(partition: i32, attempts: u32, waits: BatchWait) -> QueuedBatchView {
        QueuedBatchView {
            topic: "orders".to_owned(),
            partition,
            records: 3,
            bytes: 100,
            full: false,
            created_ms: 0,
            expires_ms: 120_000,
            attempts,
            sequence: None,
            waits,
        }
    }

    #[test]
    fn batches_of_a_partition_are_one_line_with_the_first_ones_reason() {
        let mut producer =
            ProducerView { max_in_flight: 5, ..log_engine::view::ProducerView::default() };
        producer.batches = vec![
            batch(0, 1, BatchWait::Backoff { until_ms: 10 }),
            batch(0, 0, BatchWait::Behind),
            batch(2, 0, BatchWait::NoLeader),
            batch(2, 0, BatchWait::Behind),
        ];
        let all = queues(&producer, 0, true);
        let said: Vec<_> =
            all.iter().map(|it| (it.partition, it.batches, it.records, it.why.as_str())).collect();
        assert_eq!(said, [(0, 1, 3, "behind the one before it"), (2, 2, 6, "no leader known")]);
        producer.batches = vec![batch(1, 0, BatchWait::Linger { until_ms: 5 })];
        assert_eq!((queues(&producer, 0, true).len(), queues(&producer, 0, false).len()), (0, 1));
    }
}
