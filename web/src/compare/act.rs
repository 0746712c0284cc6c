//! What can be done in the run of a half: the way to everything that stands beside the lanes where one run is shown.

use crate::panels::menu::{Entry, Item, Menu};
use crate::panels::popover::Popover;
use crate::session::{DrawerTab, GroupTab, Panel, ProducerTab, Session, use_session};
use leptos::prelude::*;

/// The menu.
#[component]
pub fn ActMenu() -> impl IntoView {
    let session = use_session();
    let entries = Signal::derive(move || entries(session));
    let letter = session.run_view().map_or('A', |run| run.letter);
    view! {
        <Popover label=format!("Act in {letter}") width=270 class="">
            <Menu label="Act" entries/>
        </Popover>
    }
}

fn entries(session: Session) -> Vec<Entry> {
    let item = |icon, title: String, detail: &str, action: Callback<()>| {
        let (detail, action) = (detail.to_owned(), Some(action));
        Entry::Item(Item { icon, title, detail, action, ..Item::default() })
    };
    let to = move |panel: Panel| Callback::new(move |()| session.turn_to(panel.clone()));
    let mut entries = Vec::new();
    for name in session.producer_names.get() {
        let panel = Panel::Producer { name: name.clone(), tab: ProducerTab::default() };
        entries.push(item(
            "send",
            format!("Producer {name}"),
            "a record, a stream, its configs",
            to(panel),
        ));
    }
    for name in session.group_names.get() {
        let panel = Panel::Group { name: name.clone(), tab: GroupTab::default() };
        entries.push(item("eye", format!("Group {name}"), "members, assignor, configs", to(panel)));
    }
    entries.push(Entry::Rule);
    entries.push(item(
        "edit",
        "Topics".to_owned(),
        "show, make, change, delete",
        to(Panel::TopicMenu),
    ));
    entries.push(item(
        "broker",
        "Cluster".to_owned(),
        "brokers, leaders, replicas",
        to(Panel::Cluster),
    ));
    let configs = Callback::new(move |()| {
        session.close();
        session.show_tab(DrawerTab::Configs);
    });
    entries.push(item("code", "Configs".to_owned(), "of topic, brokers and clients", configs));
    entries
}
