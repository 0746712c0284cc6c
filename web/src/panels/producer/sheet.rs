//! The producer's sheet with its tabs. What was typed stays while tabs change.

use super::delivery_tab::DeliveryTab;
use super::record_form::RecordForm;
use super::record_tab::{RecordFoot, RecordTab};
use super::stream_tab::StreamTab;
use crate::panels::configs::{ConfigDesk, ConfigList, Whose};
use crate::panels::copy::CopyButton;
use crate::panels::parts::sheet::Sheet;
use crate::panels::tabs::{Tabs, tab_panel};
use crate::session::{Panel, ProducerTab, Side, use_session};
use leptos::prelude::*;
use log_engine::Command;

const GROUPS: &[(&str, &[&str])] = &[
    (
        "Delivery",
        &[
            "acks",
            "enable.idempotence",
            "max.in.flight.requests.per.connection",
            "retries",
            "delivery.timeout.ms",
            "request.timeout.ms",
            "retry.backoff.ms",
            "retry.backoff.max.ms",
        ],
    ),
    (
        "Batching",
        &[
            "linger.ms",
            "batch.size",
            "compression.type",
            "buffer.memory",
            "max.request.size",
            "max.block.ms",
        ],
    ),
    (
        "Partitioner",
        &[
            "partitioner.class",
            "partitioner.ignore.keys",
            "partitioner.adaptive.partitioning.enable",
            "partitioner.availability.timeout.ms",
        ],
    ),
    (
        "Metadata and sockets",
        &["metadata.max.age.ms", "metadata.max.idle.ms", "connections.max.idle.ms"],
    ),
];

fn id_of(tab: ProducerTab) -> &'static str {
    match tab {
        ProducerTab::Record => "record",
        ProducerTab::Streams => "stream",
        ProducerTab::Delivery => "delivery",
        ProducerTab::Configs => "configs",
    }
}

/// The sheet.
#[component]
pub fn ProducerSheet(
    /// The producer.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let producer = session.producer(&name);
    let form = RecordForm::new(session, &name);
    let desk = ConfigDesk::new(Signal::stored(Whose::Producer(name.clone())));
    let tab = Memo::new(move |_| {
        session.page.panel.with(|panel| match panel {
            Some(Panel::Producer { tab, .. }) => *tab,
            _ => ProducerTab::Record,
        })
    });
    let own = StoredValue::new(name.clone());
    let pick = Callback::new(move |id: &'static str| {
        let tab = match id {
            "stream" => ProducerTab::Streams,
            "delivery" => ProducerTab::Delivery,
            "configs" => ProducerTab::Configs,
            _ => ProducerTab::Record,
        };
        session.turn_to(Panel::Producer { name: own.get_value(), tab });
    });
    let tabs = view! {
        <Tabs
            label="Producer"
            prefix="producer"
            tabs=vec![
                ("record", "Record"),
                ("stream", "Stream"),
                ("delivery", "Delivery"),
                ("configs", "Configs"),
            ]
            open=Signal::derive(move || id_of(tab.get()))
            on_pick=pick
        />
    }
    .into_any();
    let foot = (move || match tab.get() {
        ProducerTab::Record => view! { <RecordFoot form/> }.into_any(),
        ProducerTab::Streams | ProducerTab::Delivery => ().into_any(),
        ProducerTab::Configs => configs_foot(desk),
    })
    .into_any();
    let body = move || {
        let body = match tab.get() {
            ProducerTab::Record => view! { <RecordTab form/> }.into_any(),
            ProducerTab::Streams => view! { <StreamTab producer=own.get_value()/> }.into_any(),
            ProducerTab::Delivery => view! { <DeliveryTab producer/> }.into_any(),
            ProducerTab::Configs => {
                view! { <ConfigList desk groups=GROUPS what="producer"/> }.into_any()
            }
        };
        tab_panel("producer", id_of(tab.get()), "", false, body)
    };
    let remove = move |_| {
        let producer = own.get_value();
        let text = format!("Producer {producer} closed");
        session.close();
        session.act_with_undo(
            Command::RemoveProducer { producer },
            &text,
            "it flushes first, as close() does",
        );
    };
    view! {
        <Sheet side=Side::Left title=format!("Producer {name}") tabs foot>
            {move || match producer.with(Option::is_some) {
                true => body().into_any(),
                false => view! { <p class="blank">"This producer is gone."</p> }.into_any(),
            }}
            <div class="sheet-end">
                <button class="btn small danger" on:click=remove>"Close and remove this producer"</button>
            </div>
        </Sheet>
    }
}

fn configs_foot(desk: ConfigDesk) -> AnyView {
    let copied = Callback::new(move |()| {
        desk.configs.with_untracked(|all| {
            let set = all.iter().filter(|config| config.source != "DEFAULT_CONFIG");
            let line = |config: &log_engine::view::ConfigView| {
                format!("{}={}\n", config.name, config.value.as_deref().unwrap_or_default())
            };
            set.map(line).collect::<String>()
        })
    });
    view! {
        <footer class="sheet-foot">
            <span>
                {move || format!("{} changed. A change restarts the producer: new producer id, epoch 0", desk.changed())}
            </span>
            <CopyButton label="Copy as .properties" class="btn outline end" text=copied/>
        </footer>
    }
    .into_any()
}
