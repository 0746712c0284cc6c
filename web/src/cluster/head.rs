//! Which topic, and its facts in four figures.

use crate::browser::target_of;
use crate::lanes::use_deck;
use crate::session::{Panel, use_session};
use crate::ui::{Icon, text};
use leptos::prelude::*;
use log_engine::view::{ConfigView, LinkView, TopicSummary, TopicView};

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
    let badges = Memo::new(move |_| {
        let offline = u32::try_from(offline.get()).unwrap_or(u32::MAX);
        session.topic.with(|topic| topic.as_ref().map(|topic| badges_of(&topic.summary, offline)))
    });
    let badges = Memo::new(move |_| badges.get().unwrap_or_default());
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
            {move || badges.get().into_iter().map(|(class, words)| view! {
                <span class=format!("badge {class}") role="status"><Icon name="warn"/>{words}</span>
            }).collect_view()}
            <CutLinks/>
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
            <button
                class="btn icon small"
                aria-label="Cluster menu"
                aria-haspopup="menu"
                title="Add brokers, elect leaders, move replicas"
                on:click=move |event| session.toggle(Panel::Cluster, target_of(&event))
            >
                <Icon name="more"/>
            </button>
        </header>
    }
}

/// How many links something is particular about; opens the dialog in which all are healed.
#[component]
fn CutLinks() -> impl IntoView {
    let session = use_session();
    let told = Memo::new(move |_| session.cluster.with(|cluster| links_of(&cluster.links)));
    view! {
        {move || told.get().map(|(bad, words)| view! {
            <button
                class=format!("badge {}", if bad { "bad" } else { "warn" })
                title="Which links; heal them"
                on:click=move |event| session.toggle(Panel::Links { from: None }, target_of(&event))
            >
                <Icon name="cut"/>
                {words}
            </button>
        })}
    }
}

/// Whether some are cut, and how many; else how many are changed.
fn links_of(links: &[LinkView]) -> Option<(bool, String)> {
    let cut = links.iter().filter(|link| link.cut || link.drops).count();
    let (bad, count, word) =
        if cut > 0 { (true, cut, "cut") } else { (false, links.len(), "changed") };
    let links = if count == 1 { "link" } else { "links" };
    (count > 0).then(|| (bad, format!("{count} {links} {word}")))
}

/// What is wrong with a topic, the worst first: without leader, refusing `acks=all`, under-replicated. `offline`
/// counts the partitions whose leader is gone, also where the controller does not know yet.
fn badges_of(topic: &TopicSummary, offline: u32) -> Vec<(&'static str, String)> {
    let offline = offline.max(topic.offline);
    let below = topic.under_min_isr.saturating_sub(topic.offline);
    let mut badges = Vec::new();
    if offline > 0 {
        badges.push(("bad", format!("{offline} offline")));
    }
    if below > 0 {
        badges.push(("bad", format!("{below} below min.insync.replicas")));
    }
    if topic.under_replicated > below.max(offline) && badges.len() < 2 {
        badges.push(("warn", format!("{} under-replicated", topic.under_replicated)));
    }
    badges
}

/// Partitions and replication first, then what is set for this topic, then what matters anyway.
fn facts_of(topic: &TopicView) -> Vec<(String, String)> {
    let summary = &topic.summary;
    let mut facts = vec![
        ("partitions".to_owned(), summary.partitions.to_string()),
        ("replication factor".to_owned(), summary.replication_factor.to_string()),
    ];
    if summary.replication_factor > 1 {
        facts.push(("min.insync.replicas".to_owned(), summary.min_isr.to_string()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(under_replicated: u32, under_min_isr: u32, offline: u32) -> TopicSummary {
        TopicSummary {
            name: "orders".to_owned(),
            topic_id: String::new(),
            partitions: 4,
            replication_factor: 3,
            under_replicated,
            under_min_isr,
            offline,
            min_isr: 2,
            records: 0,
            bytes: 0,
        }
    }

    #[test]
    fn the_worst_is_said_and_nothing_twice() {
        let said = |topic: TopicSummary, offline| -> Vec<String> {
            badges_of(&topic, offline).into_iter().map(|badge| badge.1).collect()
        };
        assert_eq!(said(summary(0, 0, 0), 0), [""; 0]);
        assert_eq!(said(summary(4, 0, 0), 0), ["4 under-replicated"]);
        assert_eq!(said(summary(4, 4, 0), 0), ["4 below min.insync.replicas"]);
        assert_eq!(said(summary(4, 2, 2), 2), ["2 offline", "4 under-replicated"]);
        assert_eq!(said(summary(0, 0, 0), 1), ["1 offline"]);
    }
}
