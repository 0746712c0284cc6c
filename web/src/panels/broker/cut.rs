//! From whom a broker is cut off: both directions, what is sent meanwhile arrives when the link heals.

use super::{act, back, find, session_time, turn};
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::list;
use crate::session::{Panel, Session, use_session};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::LinkSpec;
use log_engine::view::ClusterView;

/// The menu.
#[component]
pub fn CutMenu(
    /// `node.id`.
    broker: i32,
) -> impl IntoView {
    let session = use_session();
    let entries =
        Signal::stored(session.cluster.with_untracked(|cluster| entries(session, cluster, broker)));
    view! {
        <Popover label=format!("Cut broker {broker} from") width=300 place=Place::BelowRight class="">
            <Menu label="Cut network from" entries/>
        </Popover>
    }
}

fn entries(session: Session, cluster: &ClusterView, broker: i32) -> Vec<Entry> {
    let controllers: Vec<String> = cluster
        .quorum
        .voters
        .iter()
        .map(|voter| voter.id.0)
        .filter(|id| *id != broker)
        .map(|id| id.to_string())
        .collect();
    let brokers: Vec<String> = cluster
        .brokers
        .iter()
        .map(|known| known.id.0)
        .filter(|id| *id != broker)
        .map(|id| id.to_string())
        .collect();
    let active = find(cluster, broker).is_some_and(|known| known.controller);
    let cut = |title: String, detail: &str, to: Vec<String>| {
        let command = Command::SetLink {
            from: vec![broker.to_string()],
            to,
            both: true,
            link: LinkSpec { cut: true, ..LinkSpec::default() },
        };
        Entry::Item(act(session, "cut", title, detail, command))
    };
    let mut lines = vec![back(session, broker), Entry::Caption("Cut network from".to_owned())];
    if !controllers.is_empty() {
        let (title, detail) = match (controllers.len(), active) {
            (_, true) => ("Other controllers", "the others elect another controller"),
            (1, _) => ("Controller", "keeps serving until fenced; ISR cannot change"),
            _ => ("Controllers", "keeps serving until fenced; ISR cannot change"),
        };
        lines.push(cut(title.to_owned(), detail, controllers));
    }
    if !brokers.is_empty() {
        let title = match brokers.len() {
            1..=3 => {
                format!("Broker{} {}", if brokers.len() == 1 { "" } else { "s" }, list(&brokers))
            }
            count => format!("The other {count} brokers"),
        };
        lines.push(cut(title, "no replication; ISRs shrink after 30 s", brokers));
    }
    lines.push(cut(
        "Clients".to_owned(),
        "replicates on, but nobody can write to it",
        vec!["clients".to_owned()],
    ));
    lines.push(cut(
        "Everything".to_owned(),
        &format!("fenced after {}; may still think it leads", session_time(session)),
        vec!["*".to_owned()],
    ));
    lines.push(Entry::Rule);
    let choose = turn("edit", "Choose links\u{2026}", "latency, loss, one way", move || {
        session.turn_to(Panel::Links { from: Some(broker.to_string()) });
    });
    lines.push(Entry::Item(Item { ..choose }));
    lines
}
