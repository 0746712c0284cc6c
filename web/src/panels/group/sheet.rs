//! The group's sheet with its tabs.

use super::group_tab::GroupTabView;
use super::members_tab::MembersTab;
use crate::panels::configs::{ConfigDesk, ConfigList, Whose};
use crate::panels::parts::sheet::Sheet;
use crate::panels::tabs::{Tabs, tab_panel};
use crate::session::{GroupTab, Panel, Side, use_session};
use leptos::prelude::*;
use log_engine::Command;

const GROUPS: &[(&str, &[&str])] = &[
    (
        "Group",
        &[
            "partition.assignment.strategy",
            "session.timeout.ms",
            "heartbeat.interval.ms",
            "max.poll.interval.ms",
            "group.instance.id",
            "group.protocol",
        ],
    ),
    (
        "Offsets",
        &["auto.offset.reset", "enable.auto.commit", "auto.commit.interval.ms", "isolation.level"],
    ),
    (
        "Fetching",
        &[
            "max.poll.records",
            "fetch.min.bytes",
            "fetch.max.wait.ms",
            "fetch.max.bytes",
            "max.partition.fetch.bytes",
            "check.crcs",
        ],
    ),
    (
        "Metadata and retries",
        &[
            "metadata.max.age.ms",
            "allow.auto.create.topics",
            "request.timeout.ms",
            "default.api.timeout.ms",
            "retry.backoff.ms",
            "retry.backoff.max.ms",
        ],
    ),
];

fn id_of(tab: GroupTab) -> &'static str {
    match tab {
        GroupTab::Group => "group",
        GroupTab::Members => "members",
        GroupTab::Configs => "configs",
    }
}

/// The sheet.
#[component]
pub fn GroupSheet(
    /// `group.id`.
    name: String,
) -> impl IntoView {
    let session = use_session();
    let group = session.group(&name);
    let desk = ConfigDesk::new(Signal::stored(Whose::Group(name.clone())));
    let tab = Memo::new(move |_| {
        session.page.panel.with(|panel| match panel {
            Some(Panel::Group { tab, .. }) => *tab,
            _ => GroupTab::Group,
        })
    });
    let own = StoredValue::new(name.clone());
    let pick = Callback::new(move |id: &'static str| {
        let tab = match id {
            "members" => GroupTab::Members,
            "configs" => GroupTab::Configs,
            _ => GroupTab::Group,
        };
        session.turn_to(Panel::Group { name: own.get_value(), tab });
    });
    let tabs = view! {
        <Tabs
            label="Group"
            prefix="group"
            tabs=vec![("group", "Group"), ("members", "Members"), ("configs", "Configs")]
            open=Signal::derive(move || id_of(tab.get()))
            on_pick=pick
        />
    }
    .into_any();
    let coordinator = move || {
        let partition = group.with(|group| group.as_ref().map(|group| group.offsets_partition));
        partition.map(|partition| format!("leader of __consumer_offsets {partition}"))
    };
    let foot = view! {
        <footer class="sheet-foot">
            <span>"Coordinator: "<b>{coordinator}</b></span>
        </footer>
    }
    .into_any();
    let body = move || {
        let body = match tab.get() {
            GroupTab::Group => view! { <GroupTabView name=own.get_value() desk/> }.into_any(),
            GroupTab::Members => view! { <MembersTab name=own.get_value()/> }.into_any(),
            GroupTab::Configs => {
                view! { <ConfigList desk groups=GROUPS what="consumer"/> }.into_any()
            }
        };
        tab_panel("group", id_of(tab.get()), "", false, body)
    };
    let gone = Memo::new(move |_| group.with(Option::is_none));
    let remove = move |_| {
        let group = own.get_value();
        let text = format!("Group {group} deleted");
        session.close();
        session.act_with_undo(
            Command::RemoveGroup { group },
            &text,
            "its members closed first, then its offsets went",
        );
    };
    view! {
        <Sheet side=Side::Right title=format!("Group {name}") tabs foot>
            {move || match gone.get() {
                false => body(),
                true => view! { <p class="blank">"This group is gone."</p> }.into_any(),
            }}
            <div class="sheet-end">
                <button class="btn small danger" on:click=remove>"Close all members and delete this group"</button>
            </div>
        </Sheet>
    }
}
