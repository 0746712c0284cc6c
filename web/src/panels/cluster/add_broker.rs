//! In which rack a new broker stands.

use super::menu::add;
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::plural;
use crate::session::{Panel, Session, use_session};
use leptos::prelude::*;
use log_engine::view::ClusterView;
use sorted::SortedMap;

/// The menu.
#[component]
pub fn AddBroker() -> impl IntoView {
    let session = use_session();
    let entries = Signal::stored(session.cluster.with_untracked(|all| entries(session, all)));
    view! {
        <Popover label="Add broker" width=300 place=Place::BelowRight class="">
            <Menu label="Add broker" entries/>
        </Popover>
    }
}

fn entries(session: Session, cluster: &ClusterView) -> Vec<Entry> {
    let mut racks: SortedMap<String, i64> = SortedMap::new();
    for rack in cluster.brokers.iter().filter_map(|broker| broker.rack.clone()) {
        *racks.entry(rack).or_default() += 1;
    }
    let line = |title: String, aside: String, rack: Option<String>| {
        Entry::Item(Item {
            icon: "plus",
            title,
            aside,
            action: Some(Callback::new(move |()| add(session, rack.clone()))),
            ..Item::default()
        })
    };
    let back = move || session.turn_to(Panel::Cluster);
    let back = Item {
        icon: "left",
        title: "Cluster".to_owned(),
        action: Some(Callback::new(move |()| back())),
        ..Item::default()
    };
    let mut lines = vec![Entry::Item(back), Entry::Caption("Add a broker".to_owned())];
    for (rack, brokers) in racks.iter() {
        let title = format!("In rack {rack}");
        lines.push(line(title, plural(*brokers, "broker", "brokers"), Some(rack.clone())));
    }
    lines.push(line("Without rack".to_owned(), String::new(), None));
    lines
}
