//! The menu of the cluster.

use super::state::{Elections, elections, moving};
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::{list, plural};
use crate::session::{DrawerTab, Panel, Session, use_session};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::ElectionType;

/// The menu.
#[component]
pub fn ClusterMenu() -> impl IntoView {
    let session = use_session();
    // Only what changes the lines: a menu that is drawn anew loses the focus.
    let shown = Memo::new(move |_| {
        session.pulse.track();
        Shown::of(session)
    });
    let entries = Signal::derive(move || shown.with(|shown| entries(session, shown)));
    view! {
        <Popover label="Cluster menu" width=326 place=Place::BelowRight class="">
            <Menu label="Cluster" entries/>
        </Popover>
    }
}

/// What the lines depend on.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    brokers: usize,
    racks: bool,
    elections: Elections,
    moving: usize,
    links: usize,
}

impl Shown {
    fn of(session: Session) -> Self {
        let (brokers, racks, links) = session.cluster.with(|cluster| {
            let racks = cluster.brokers.iter().any(|broker| broker.rack.is_some());
            (cluster.brokers.len(), racks, cluster.links.len())
        });
        let elections = elections(session);
        Self { brokers, racks, elections, moving: moving(session).len(), links }
    }
}

fn line(
    icon: &'static str,
    title: &str,
    aside: String,
    detail: &str,
    class: &'static str,
    action: impl Fn() + Send + Sync + 'static,
) -> Entry {
    Entry::Item(Item {
        icon,
        title: title.to_owned(),
        aside,
        detail: detail.to_owned(),
        class,
        action: Some(Callback::new(move |()| action())),
    })
}

fn entries(session: Session, shown: &Shown) -> Vec<Entry> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let caption = format!("Cluster of {}", plural(count(shown.brokers), "broker", "brokers"));
    let mut lines = vec![Entry::Caption(caption), add_line(session, shown.racks)];
    lines.extend(election_lines(session, shown.elections));
    let moving = match shown.moving {
        0 => String::new(),
        number => format!("{number} on the way"),
    };
    if shown.brokers > 1 || shown.moving > 0 {
        let open = move || session.turn_to(Panel::Reassign { partition: None, away: None });
        let detail = "to other brokers, by plan; with progress and cancel";
        lines.push(line("swap", "Move replicas\u{2026}", moving, detail, "", open));
    }
    lines.push(Entry::Rule);
    lines.push(line("edit", "Configs of all brokers", String::new(), "", "", move || {
        show_configs(session, None);
    }));
    let particular = match shown.links {
        0 => String::new(),
        number => format!("{} changed", plural(count(number), "link", "links")),
    };
    lines.push(line("cut", "Links\u{2026}", particular, "", "", move || {
        session.turn_to(Panel::Links { from: None });
    }));
    if shown.links > 0 {
        lines.push(line("check", "Heal all links", String::new(), "", "", move || {
            session.close();
            session.act(Command::HealLinks);
        }));
    }
    lines
}

fn add_line(session: Session, racks: bool) -> Entry {
    let detail = "registers, then follows and leads what it is given";
    if racks {
        let open = move || session.turn_to(Panel::AddBroker);
        return line("plus", "Add broker", String::new(), detail, "more", open);
    }
    line("plus", "Add broker", String::new(), detail, "", move || add(session, None))
}

/// Adds a broker; a toast says which, and holds Undo.
pub(super) fn add(session: Session, rack: Option<String>) {
    session.close();
    let known = |session: Session| {
        session.read(|engine| engine.cluster().brokers.into_iter().map(|it| it.id.0).collect())
    };
    let before: Vec<i32> = known(session);
    if session.act(Command::AddBroker { broker: None, rack }) {
        let after: Vec<i32> = known(session);
        let new: Vec<String> =
            after.iter().filter(|id| !before.contains(id)).map(ToString::to_string).collect();
        let text = format!("Broker {} added", list(&new));
        session.toast(&text, "It holds nothing yet: move replicas to it.", true);
    }
}

fn election_lines(session: Session, seen: Elections) -> Vec<Entry> {
    let preferred = match seen.unpreferred {
        0 => "all lead".to_owned(),
        number => format!("{number} of {} elsewhere", seen.all),
    };
    let elect = move |election: ElectionType, text: &'static str, detail: &'static str| {
        session.close();
        let command = Command::ElectLeaders { election, topic: None, partition: None };
        session.act_with_undo(command, text, detail);
    };
    let mut lines = vec![line(
        "crown",
        "Elect preferred leaders",
        preferred,
        "leadership goes back to the first replica of each partition",
        "",
        move || elect(ElectionType::Preferred, "Preferred leaders elected", ""),
    )];
    if seen.leaderless > 0 {
        lines.push(line(
            "warn",
            "Elect unclean leaders",
            format!("{} without leader", seen.leaderless),
            "any live replica leads; what only others have is lost",
            "danger",
            move || {
                let detail = "Acknowledged records may be gone.";
                elect(ElectionType::Unclean, "Unclean leaders elected", detail);
            },
        ));
    }
    lines
}

/// Opens the drawer at a broker's configs, or at those of all.
pub(in crate::panels) fn show_configs(session: Session, broker: Option<i32>) {
    session.page.config_owner.set("broker".to_owned());
    session.page.config_broker.set(broker);
    session.page.drawer_tab.set(DrawerTab::Configs);
    session.page.drawer_open.set(true);
    session.close();
}
