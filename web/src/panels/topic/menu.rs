//! The topic menu: which topic is shown, and what can be done to it.

use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::Popover;
use crate::panels::text::{list, plural};
use crate::session::{DrawerTab, Panel, Session, use_session};
use leptos::prelude::*;
use log_engine::Command;

/// The menu.
#[component]
pub fn TopicMenu() -> impl IntoView {
    let session = use_session();
    // Only what changes the lines: a menu that is drawn anew loses the focus.
    let topics = Memo::new(move |_| {
        session.cluster.with(|cluster| {
            cluster.topics.iter().map(|t| (t.name.clone(), t.partitions)).collect::<Vec<_>>()
        })
    });
    let entries = Signal::derive(move || {
        let shown = session.page.topic.get();
        let mut entries = topics.with(|topics| topic_lines(session, topics, shown.as_deref()));
        entries.push(line("plus", "New topic", "N", "", move || session.turn_to(Panel::NewTopic)));
        if let Some(topic) = shown {
            entries.extend(topic_actions(session, &topic));
        }
        entries
    });
    view! {
        <Popover label="Topic menu" width=326 class="">
            <Menu label="Topic" entries/>
        </Popover>
    }
}

/// A line with its action.
pub(super) fn line(
    icon: &'static str,
    title: impl Into<String>,
    aside: impl Into<String>,
    detail: impl Into<String>,
    action: impl Fn() + Send + Sync + 'static,
) -> Entry {
    Entry::Item(Item {
        icon,
        title: title.into(),
        aside: aside.into(),
        detail: detail.into(),
        class: "",
        action: Some(Callback::new(move |()| action())),
    })
}

fn topic_lines(session: Session, topics: &[(String, i32)], shown: Option<&str>) -> Vec<Entry> {
    let mut entries = vec![Entry::Caption("Topics".to_owned())];
    for (name, partitions) in topics {
        let chosen = shown == Some(name.as_str());
        let picked = name.clone();
        entries.push(Entry::Item(Item {
            icon: if chosen { "check" } else { "" },
            title: name.clone(),
            aside: plural(i64::from(*partitions), "partition", "partitions"),
            detail: String::new(),
            class: if chosen { "on chosen" } else { "" },
            action: Some(Callback::new(move |()| {
                session.select_topic(&picked);
                session.close();
            })),
        }));
    }
    if topics.is_empty() {
        entries = vec![Entry::Caption("No topic yet".to_owned())];
    }
    entries.push(Entry::Rule);
    entries
}

fn topic_actions(session: Session, topic: &str) -> Vec<Entry> {
    let changed = session.topic.with_untracked(|view| {
        let configs = view.as_ref().map(|view| view.configs.as_slice()).unwrap_or_default();
        configs.iter().filter(|config| config.source == "DYNAMIC_TOPIC_CONFIG").count()
    });
    let to_configs = move || {
        session.page.drawer_tab.set(DrawerTab::Configs);
        session.page.drawer_open.set(true);
        session.close();
    };
    let to_tables = move || {
        session.page.tables.update(|tables| *tables = !*tables);
        session.close();
    };
    let tables = if session.page.tables.get() { "Show as lanes" } else { "Show as tables" };
    let doomed = topic.to_owned();
    vec![
        line(
            "plus",
            format!("Add partitions to {topic}"),
            "",
            "keys may move; existing records stay",
            move || {
                session.turn_to(Panel::AddPartitions);
            },
        ),
        line("edit", format!("Configs of {topic}"), format!("{changed} changed"), "", to_configs),
        line("table", tables, "T", "", to_tables),
        line("save", "Export log files", "", "the folders a broker has, as a zip", move || {
            session.turn_to(Panel::Export { partition: None });
        }),
        Entry::Rule,
        line(
            "cut",
            "Delete records up to an offset",
            "",
            "moves the log start, whole segments go later",
            move || session.turn_to(Panel::DeleteRecords { partition: Some(0) }),
        ),
        Entry::Item(Item {
            icon: "trash",
            title: format!("Delete topic {topic}"),
            aside: String::new(),
            detail: loss(session, topic),
            class: "danger",
            action: Some(Callback::new(move |()| delete(session, &doomed))),
        }),
    ]
}

/// What deleting the topic takes away, now.
fn loss(session: Session, topic: &str) -> String {
    let records = session.cluster.with_untracked(|cluster| {
        cluster.topics.iter().find(|t| t.name == topic).map_or(0, |t| t.records)
    });
    let offsets = session.read(|engine| {
        let groups = engine.groups();
        let committed = groups.iter().flat_map(|group| &group.offsets);
        committed.filter(|row| row.topic == topic && row.committed.is_some()).count()
    });
    let offsets = i64::try_from(offsets).unwrap_or(i64::MAX);
    format!(
        "{} and {}",
        plural(records, "record", "records"),
        plural(offsets, "committed offset", "committed offsets")
    )
}

/// Deletes at once; the toast holds Undo.
fn delete(session: Session, topic: &str) {
    let readers: Vec<String> = session.read(|engine| {
        let has_offset = |group: &log_engine::view::GroupView| {
            group.offsets.iter().any(|row| row.topic == topic && row.committed.is_some())
        };
        engine.groups().into_iter().filter(has_offset).map(|group| group.group).collect()
    });
    let detail = match readers.len() {
        0 => "its files go after file.delete.delay.ms".to_owned(),
        1 => format!("{} loses its offsets for it", list(&readers)),
        _ => format!("{} lose their offsets for it", list(&readers)),
    };
    let detail = match session.playing.get_untracked() {
        true => detail,
        false => format!("once time runs; {detail}"),
    };
    session.close();
    let command = Command::DeleteTopic { topic: topic.to_owned() };
    session.act_with_undo(command, &format!("Topic {topic} deleted"), &detail);
}
