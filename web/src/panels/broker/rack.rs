//! What happens to all brokers of a rack in the same moment.

use super::{act, back, find};
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::list;
use crate::session::{Session, use_session};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::Failure;
use log_engine::view::ClusterView;

/// The menu.
#[component]
pub fn RackMenu(
    /// A broker in the rack.
    broker: i32,
) -> impl IntoView {
    let session = use_session();
    let entries =
        Signal::stored(session.cluster.with_untracked(|cluster| entries(session, cluster, broker)));
    view! {
        <Popover label="Rack" width=300 place=Place::BelowRight class="">
            <Menu label="Rack" entries/>
        </Popover>
    }
}

fn entries(session: Session, cluster: &ClusterView, broker: i32) -> Vec<Entry> {
    let Some(rack) = find(cluster, broker).and_then(|known| known.rack) else { return Vec::new() };
    let inside: Vec<String> = cluster
        .brokers
        .iter()
        .filter(|known| known.rack.as_ref() == Some(&rack))
        .map(|known| known.id.0.to_string())
        .collect();
    let fail = |icon, title: &str, detail: &str, how: Failure| {
        act(session, icon, title, detail, Command::FailRack { rack: rack.clone(), how })
    };
    let word = if inside.len() == 1 { "broker" } else { "brokers" };
    vec![
        back(session, broker),
        Entry::Caption(format!("Rack {rack}: {word} {}", list(&inside))),
        Entry::Item(fail(
            "power",
            "Stop cleanly",
            "each hands its leaderships over",
            Failure::Stop,
        )),
        Entry::Item(fail("bolt", "Crash", "all processes die at once", Failure::Crash)),
        Entry::Item(fail("plug", "Lose power", "and what was not flushed", Failure::Power)),
        Entry::Item(Item {
            class: "danger",
            ..fail("disk", "Lose disks", "all come back empty", Failure::Disk)
        }),
        Entry::Rule,
        Entry::Item(act(
            session,
            "play",
            "Start the rack",
            "all that are down",
            Command::StartRack { rack: rack.clone() },
        )),
    ]
}
