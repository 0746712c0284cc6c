//! Requests that wait for an answer, and batches that wait for a retry.

use crate::ui::KeyChip;
use leptos::prelude::*;
use log_engine::view::{InFlightView, ProducerView};

/// Requests listed one by one; beyond, their number.
const LISTED: usize = 3;

/// In flight, with what each waits for.
#[component]
pub fn InFlight(producer: ReadSignal<Option<ProducerView>>) -> impl IntoView {
    let requests = Memo::new(move |_| {
        producer.with(|p| p.as_ref().map(|p| p.in_flight.clone()).unwrap_or_default())
    });
    let most = Memo::new(move |_| producer.with(|p| p.as_ref().map_or(0, |p| p.max_in_flight)));
    let buffered =
        Memo::new(move |_| producer.with(|p| p.as_ref().map_or(0, |p| p.buffered_records)));
    view! {
        <div class="inflight">
            <h4>
                "In flight" <span>{move || requests.with(Vec::len)} " of " {most}</span>
            </h4>
            {move || {
                requests.with(|all| all.iter().take(LISTED).map(request).collect_view())
            }}
            {move || {
                let more = requests.with(Vec::len).saturating_sub(LISTED);
                (more > 0).then(|| view! { <p class="dim">{format!("and {more} more")}</p> })
            }}
            <p class="dim" hidden=move || !requests.with(Vec::is_empty)>
                {move || match buffered.get() {
                    0 => "No request waits for an answer.".to_owned(),
                    1 => "1 record waits for its batch.".to_owned(),
                    n => format!("{n} records wait for their batch."),
                }}
            </p>
        </div>
    }
}

fn request(request: &InFlightView) -> impl IntoView + use<> {
    let keys = request.keys.clone();
    let records = usize::try_from(request.records).unwrap_or(usize::MAX);
    let more = records.saturating_sub(keys.len());
    view! {
        <div class="req" class:retry=(request.retries > 0) data-p=request.partition>
            <b>{format!("P{}", request.partition)}</b>
            <span class="req-cells">
                {keys
                    .into_iter()
                    .map(|key| view! { <KeyChip key=Signal::stored(key) small=true/> })
                    .collect_view()}
                {(more > 0).then(|| format!("+{more}"))}
            </span>
            <span class="req-wait">{request.waiting.clone()}</span>
        </div>
    }
}
