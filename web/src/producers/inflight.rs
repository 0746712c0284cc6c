//! Requests that wait for an answer, and batches that wait to be tried again.

use crate::ui::KeyChip;
use leptos::prelude::*;
use log_engine::view::{InFlightView, ProducerView, RequestView};

/// Rows listed one by one of each kind; beyond, their number.
const LISTED: usize = 3;

/// What is on its way, and what came back.
#[derive(Debug, Clone, Default, PartialEq)]
struct Rows {
    flying: Vec<InFlightView>,
    /// The first of each partition: those behind it wait for it.
    refused: Vec<InFlightView>,
    /// Batches that came back, all of them.
    tried_again: usize,
}

impl Rows {
    fn of(producer: &ProducerView) -> Self {
        let waits = |it: &&InFlightView| it.retry_at_ms.is_some();
        let flying = producer.in_flight.iter().filter(|it| !waits(it)).cloned().collect();
        let mut refused: Vec<InFlightView> = Vec::new();
        let back = || producer.in_flight.iter().filter(waits);
        for it in back() {
            if !refused.iter().any(|of| of.topic == it.topic && of.partition == it.partition) {
                refused.push(it.clone());
            }
        }
        Self { flying, refused, tried_again: back().count() }
    }
}

/// In flight, with what each waits for.
#[component]
pub fn InFlight(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let rows = Memo::new(move |_| producer.with(|p| p.as_ref().map(Rows::of).unwrap_or_default()));
    let count = Memo::new(move |_| {
        producer.with(|p| {
            p.as_ref().map_or_else(String::new, |p| of_most(&p.requests, p.max_in_flight))
        })
    });
    let nothing =
        Memo::new(move |_| rows.with(|rows| rows.flying.is_empty() && rows.refused.is_empty()));
    view! {
        <div class="inflight">
            <h4>"In flight" <span>{move || count.get()}</span></h4>
            {move || rows.with(|rows| listed(&rows.flying))}
            {move || rows.with(|rows| {
                (!rows.refused.is_empty()).then(|| view! {
                    <h4>"To be tried again" <span>{rows.tried_again}</span></h4>
                    {listed(&rows.refused)}
                })
            })}
            <p class="dim" hidden=move || !nothing.get()>"No request waits for an answer."</p>
        </div>
    }
}

/// How many requests there are, each with a batch or several, beside the most there may be. The limit is one connection's,
/// and there is one to each broker.
fn of_most(requests: &[RequestView], most: u32) -> String {
    let count = requests.len();
    let one_broker = requests.windows(2).all(|pair| match pair {
        [a, b] => a.broker == b.broker,
        _ => true,
    });
    if one_broker {
        format!("{count} of {most}")
    } else {
        format!("{count}, {most} a broker at most")
    }
}

fn listed(all: &[InFlightView]) -> AnyView {
    // What an error means is told once.
    let told = all.iter().position(|it| it.error.is_some());
    let rows = all.iter().take(LISTED).enumerate();
    let more = all.len().saturating_sub(LISTED);
    view! {
        {rows.map(|(at, it)| request(it, told == Some(at))).collect_view()}
        {(more > 0).then(|| view! { <p class="dim">{format!("and {more} more")}</p> })}
    }
    .into_any()
}

fn request(request: &InFlightView, tells: bool) -> impl IntoView + use<> {
    let keys = request.keys.clone();
    let records = usize::try_from(request.records).unwrap_or(usize::MAX);
    let more = records.saturating_sub(keys.len());
    let error = request.error.clone();
    let retry = error.is_some();
    let text = error.as_ref().filter(|_| tells).map(|error| format!("{} ", error.text));
    view! {
        <div class="req" class:retry=retry data-p=request.partition>
            <b>{format!("P{}", request.partition)}</b>
            <span class="req-cells">
                {keys
                    .into_iter()
                    .map(|key| view! { <KeyChip key=Signal::stored(key) small=true/> })
                    .collect_view()}
                {(more > 0).then(|| format!("+{more}"))}
            </span>
            {error.map(|error| view! { <code class="req-code">{error.name}</code> })}
            <span class="req-wait">{text}{request.waiting.clone()}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::BrokerId;

    fn batch(partition: i32, retry_at_ms: Option<i64>) -> InFlightView {
        InFlightView {
            topic: "orders".to_owned(),
            partition,
            records: 1,
            keys: Vec::new(),
            broker: BrokerId(1),
            sent_at_ms: 0,
            retries: 0,
            error: None,
            retry_at_ms,
            waiting: String::new(),
        }
    }

    #[test]
    fn the_limit_is_one_connections() {
        let to = |broker| RequestView {
            broker: BrokerId(broker),
            sent_ms: 0,
            times_out_ms: 0,
            batches: 2,
            records: 2,
            bytes: 0,
        };
        assert_eq!(of_most(&[], 5), "0 of 5");
        assert_eq!(of_most(&[to(1), to(1)], 5), "2 of 5");
        assert_eq!(of_most(&[to(1), to(2), to(1)], 5), "3, 5 a broker at most");
    }

    #[test]
    fn of_each_partition_the_first_batch_that_came_back_is_shown() {
        let in_flight =
            vec![batch(3, None), batch(0, Some(10)), batch(0, Some(20)), batch(1, Some(10))];
        let rows = Rows::of(&ProducerView { in_flight, ..ProducerView::default() });
        let partitions =
            |all: &[InFlightView]| all.iter().map(|it| it.partition).collect::<Vec<_>>();
        assert_eq!((partitions(&rows.flying), partitions(&rows.refused)), (vec![3], vec![0, 1]));
        assert_eq!(rows.tried_again, 3);
    }
}
