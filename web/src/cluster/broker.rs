//! Broker cards.

use crate::browser::target_of;
use crate::panels::{make_room, used};
use crate::session::{Panel, use_session};
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
    let stored = Memo::new(move |_| broker.with(|broker| broker.as_ref().map(stored)));
    let down = Memo::new(move |_| broker.with(|broker| broker.as_ref().is_some_and(|b| !b.up)));
    let full = Memo::new(move |_| broker.with(|broker| broker.as_ref().map_or(0, percent)));
    let hot = Memo::new(move |_| full.get() > 90);
    let has_bound =
        Memo::new(move |_| broker.with(|b| b.as_ref().is_some_and(|b| b.disk_bytes.is_some())));
    let open = move |event: web_sys::MouseEvent| {
        session.open(Panel::Disk { broker: id() }, target_of(&event));
    };
    let facts = move || {
        match down.get() {
        true => view! { <b>"Disk full "</b><span class="follows">{stored}</span> }.into_any(),
        false => view! { "leads "<b>{leads}</b><span class="follows" title="Size of its logs">", "{stored}</span> }.into_any(),
    }
    };
    view! {
        <div class="card broker" class:down=down role="listitem">
            <b class="btok lg" class:down=down>{id}</b>
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
                <p>{facts}</p>
                {move || has_bound.get().then(|| view! {
                    <span class="meter disk" class:hot=hot aria-hidden="true">
                        <i style:width=move || format!("{}%", full.get())></i>
                    </span>
                })}
            </div>
            {move || down.get().then(|| view! {
                <button class="btn small outline" on:click=move |_| make_room(session, id())>"Make room"</button>
            })}
            <button class="btn icon small" aria-haspopup="dialog" aria-label=move || format!("Disk of broker {}", id()) title="Disk" on:click=open>
                <Icon name="disk"/>
            </button>
        </div>
    }
}

/// `1.2 kB`, or `disk 46 of 64 MB` where it has a size.
fn stored(broker: &BrokerView) -> String {
    match broker.disk_bytes {
        Some(size) => format!("{} of {}", text::bytes(used(broker)), text::bytes(size)),
        None => text::bytes(broker.log_bytes),
    }
}

/// How full the disk is.
fn percent(broker: &BrokerView) -> i64 {
    let size = broker.disk_bytes.unwrap_or(0).max(1);
    (used(broker).saturating_mul(100) / size).min(100)
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
            state: log_engine::view::BrokerState::Running,
            since_ms: 0,
            thaws_ms: None,
            rack: None,
            epoch: 1,
            fenced: false,
            controller: true,
            voter: true,
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
