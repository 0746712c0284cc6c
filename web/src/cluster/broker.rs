//! Broker cards.

use crate::session::use_session;
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::view::BrokerView;

/// Partitions a card names one by one.
const NAMED: usize = 6;

/// The cluster's brokers.
#[component]
pub fn Brokers() -> impl IntoView {
    let session = use_session();
    let brokers = Memo::new(move |_| session.cluster.with(|cluster| cluster.brokers.clone()));
    view! {
        <div class="brokers" role="list" aria-label="Brokers">
            <For
                each=move || brokers.with(|brokers| brokers.iter().map(|b| b.id).collect::<Vec<_>>())
                key=|id| *id
                let:id
            >
                <Broker
                    broker=Signal::derive(move || {
                        brokers.with(|brokers| brokers.iter().find(|b| b.id == id).cloned())
                    })
                />
            </For>
        </div>
    }
}

#[component]
fn Broker(broker: Signal<Option<BrokerView>>) -> impl IntoView {
    let session = use_session();
    let id = move || broker.with(|broker| broker.as_ref().map_or(0, |broker| broker.id.0));
    let controller = move || broker.with(|broker| broker.as_ref().is_some_and(|b| b.controller));
    let leads = Memo::new(move |_| {
        let topic = session.page.topic.get();
        broker.with(|broker| broker.as_ref().map(|broker| leads_of(broker, topic.as_deref())))
    });
    let stored = Memo::new(move |_| {
        broker.with(|broker| broker.as_ref().map(|broker| text::bytes(broker.log_bytes)))
    });
    view! {
        <div class="card broker" role="listitem">
            <b class="btok lg">{id}</b>
            <div class="broker-t">
                <h3>
                    "Broker " {id}
                    {move || {
                        controller()
                            .then(|| {
                                view! {
                                    <span class="crown" title="Active controller">
                                        <Icon name="crown"/>
                                        "controller"
                                    </span>
                                }
                            })
                    }}
                </h3>
                <p>
                    "leads " <b>{leads}</b>
                    <span class="follows" title="Size of its logs">", " {stored}</span>
                </p>
            </div>
        </div>
    }
}

/// The shown topic's partitions by number where they are few, else how many partitions.
fn leads_of(broker: &BrokerView, topic: Option<&str>) -> String {
    let of_topic = |name: &String| {
        let (of, number) = name.rsplit_once('-')?;
        (Some(of) == topic).then(|| format!("P{number}"))
    };
    let named: Vec<String> = broker.leads.iter().filter_map(of_topic).collect();
    let all = usize::try_from(broker.leader_count).unwrap_or(usize::MAX);
    match named.len() {
        0 if all == 0 => "none".to_owned(),
        n if n == all && n <= NAMED => named.join(" "),
        _ if all == 1 => "1 partition".to_owned(),
        _ => format!("{all} partitions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use log_engine::BrokerId;

    fn broker(leads: &[&str], leader_count: u32) -> BrokerView {
        BrokerView {
            id: BrokerId(1),
            up: true,
            controller: true,
            leads: leads.iter().map(|&name| name.to_owned()).collect(),
            leader_count,
            follower_count: 0,
            log_bytes: 0,
            index_bytes: 0,
            deleted_bytes: 0,
            disk_bytes: None,
            halted_ms: None,
        }
    }

    #[test]
    fn few_partitions_are_named_and_many_counted() {
        let cases = [
            (broker(&["orders-0", "orders-1"], 2), "P0 P1"),
            (broker(&["orders-0", "my-topic-1"], 2), "2 partitions"),
            (broker(&[], 0), "none"),
            (broker(&["orders-0"; 16], 40), "40 partitions"),
        ];
        for (broker, text) in cases {
            assert_eq!(leads_of(&broker, Some("orders")), text);
        }
    }
}
