//! Where a record goes and why, said before it is sent (R-PRD-01, R-PRD-02, R-PRD-06).

use crate::ui::text::number;
use leptos::prelude::*;
use log_engine::view::{PartitionChoiceView, PartitionReason};

/// The line under the partition's field.
pub fn goes_to(choice: Option<&PartitionChoiceView>, key: Option<&str>) -> AnyView {
    let Some(choice) = choice else {
        return view! { <p class="help-l">"The topic does not exist."</p> }.into_any();
    };
    let known = choice.known_partitions;
    let target = choice.partition.map(|partition| format!("P{partition}"));
    let so = view! { <b>{target.clone().unwrap_or_default()}</b> };
    match &choice.reason {
        PartitionReason::Explicit => {
            view! { <p class="help-l">"The record names "{so}"; the partitioner is not asked."</p> }
                .into_any()
        }
        PartitionReason::KeyHash { hash, masked } => {
            let partition = choice.partition.map(|p| p.to_string()).unwrap_or_default();
            let key = key.filter(|key| !key.is_empty()).unwrap_or("0 bytes").to_owned();
            let (hash, masked) = (number(i64::from(*hash)), number(i64::from(*masked)));
            view! {
                <p class="help-l">
                    "murmur2("<b>{key}</b>{format!(") = {hash}; & 0x7fffffff = {masked}; mod {known} = ")}
                    <b>{partition}</b>", so "{so}"."
                </p>
            }
            .into_any()
        }
        PartitionReason::OtherHash { name, hash } => {
            let partition = choice.partition.map(|p| p.to_string()).unwrap_or_default();
            let key = key.filter(|key| !key.is_empty()).unwrap_or("0 bytes").to_owned();
            let hash = number(*hash);
            view! {
                <p class="help-l">
                    {format!("{name} of ")}<b>{key}</b>{format!(" = {hash}; mod {known}: ")}
                    <b>{partition}</b>", so "{so}". The Java client's murmur2 may differ."
                </p>
            }
            .into_any()
        }
        PartitionReason::Chance => {
            view! { <p class="help-l">"Without a key this client's partitioner chooses by chance."</p> }
                .into_any()
        }
        PartitionReason::RoundRobin { turn } => {
            let text = format!(
                "RoundRobinPartitioner: the next in turn after {} records, whatever the key.",
                number(i64::from(*turn))
            );
            view! { <p class="help-l">{text}</p> }.into_any()
        }
        PartitionReason::Sticky { bytes, switch_at } => {
            let (bytes, at) = (number(*bytes), number(*switch_at));
            let text = match target {
                Some(_) => {
                    format!(": {bytes} of {at} bytes (batch.size) are there since the last switch.")
                }
                None => "The sticky partitioner chooses when it is sent.".to_owned(),
            };
            let lead = target.is_some().then_some("No key: the sticky partitioner stays on ");
            view! { <p class="help-l">{lead}{so}{text}</p> }.into_any()
        }
    }
}
