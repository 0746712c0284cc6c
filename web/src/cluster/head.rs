//! Which topic, and its facts in four figures.

use crate::browser::target_of;
use crate::lanes::use_deck;
use crate::session::{Panel, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::view::{ConfigView, TopicView};

/// Facts beside the topic's name.
const FACTS: usize = 4;

/// The head of the cluster column.
#[component]
pub fn Head() -> impl IntoView {
    let session = use_session();
    let name = Memo::new(move |_| {
        session.topic.with(|topic| topic.as_ref().map(|topic| topic.summary.name.clone()))
    });
    let facts = Memo::new(move |_| session.topic.with(|topic| topic.as_ref().map(facts_of)));
    let deck = use_deck();
    let offline = Memo::new(move |_| {
        deck.facts.with(|facts| facts.iter().filter(|facts| facts.leader.is_none()).count())
    });
    let expanded =
        move || session.page.panel.with(|panel| panel.as_ref() == Some(&Panel::TopicMenu));
    view! {
        <header class="cluster-head">
            <button
                class="topic-pick"
                aria-haspopup="dialog"
                aria-expanded=move || expanded().to_string()
                on:click=move |event| session.toggle(Panel::TopicMenu, target_of(&event))
            >
                <span class="dim">"Topic"</span>
                <b>{move || name.get().unwrap_or_else(|| "none".to_owned())}</b>
                <Icon name="chevron"/>
            </button>
            {move || {
                let offline = offline.get();
                (offline > 0).then(|| view! {
                    <span class="badge warn" role="status"><Icon name="warn"/>{format!("{offline} offline")}</span>
                })
            }}
            <ul class="facts">
                {move || {
                    facts
                        .get()
                        .unwrap_or_default()
                        .into_iter()
                        .map(|(word, value)| view! { <li>{word} " " <b>{value}</b></li> })
                        .collect_view()
                }}
            </ul>
            {move || {
                name.get()
                    .map(|_| {
                        view! {
                            <button
                                class="btn small"
                                on:click=move |event| {
                                    session.toggle(Panel::AddPartitions, target_of(&event));
                                }
                            >
                                <Icon name="plus"/>
                                "Partition"
                            </button>
                        }
                    })
            }}
        </header>
    }
}

/// Partitions and replication first, then what is set for this topic, then what matters anyway.
fn facts_of(topic: &TopicView) -> Vec<(String, String)> {
    let summary = &topic.summary;
    let mut facts = vec![
        ("partitions".to_owned(), summary.partitions.to_string()),
        ("replication factor".to_owned(), summary.replication_factor.to_string()),
    ];
    let own = topic.configs.iter().filter(|config| config.source == "DYNAMIC_TOPIC_CONFIG");
    let usual = topic.configs.iter().filter(|config| config.name == usual_of(topic));
    for config in usual.chain(own) {
        if facts.len() < FACTS && facts.iter().all(|(word, _)| *word != config.name) {
            facts.push((config.name.clone(), value_of(config)));
        }
    }
    facts
}

/// What decides about the oldest records, whether set for this topic or not.
fn usual_of(topic: &TopicView) -> &'static str {
    let policy = topic.configs.iter().find(|config| config.name == "cleanup.policy");
    match policy.and_then(|config| config.value.as_deref()) {
        Some("compact") => "min.cleanable.dirty.ratio",
        _ => "retention.ms",
    }
}

fn value_of(config: &ConfigView) -> String {
    match &config.value {
        None => "null".to_owned(),
        Some(value) => value.parse().map_or_else(|_| value.clone(), text::number),
    }
}
