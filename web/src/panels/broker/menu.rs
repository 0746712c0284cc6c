//! The menu of one broker.

use super::{act, find, session_time, turn};
use crate::cluster::Look;
use crate::panels::cluster::show_configs;
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::used;
use crate::session::{Panel, Session, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::LinkSpec;
use log_engine::view::{BrokerState, BrokerView, ClusterView, WhyTarget};

/// How long a freeze lasts that the menu offers: longer than a session, so that it is seen.
const FREEZE_MS: u32 = 30_000;
/// What each write takes of the slow disk that the menu offers; the disk's dialog takes any.
const SLOW_MS: u32 = 500;

/// The menu.
#[component]
pub fn BrokerMenu(
    /// `node.id`.
    broker: i32,
) -> impl IntoView {
    let session = use_session();
    // Only what changes the lines: a menu that is drawn anew loses the focus.
    let shown = Memo::new(move |_| session.cluster.with(|cluster| Shown::of(cluster, broker)));
    let entries =
        Signal::derive(move || shown.with(|shown| entries(session, broker, shown.as_ref())));
    view! {
        <Popover label=format!("Broker {broker}") width=326 place=Place::BelowRight class="">
            <Menu label="Broker" entries/>
        </Popover>
    }
}

/// What the lines depend on.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    state: BrokerState,
    look: Look,
    leads: String,
    follows: u32,
    /// It has replicas.
    holds: bool,
    others: bool,
    rack: Option<String>,
    disk: Option<(i64, i64)>,
    write_ms: i64,
    particular: usize,
    voter: bool,
    /// It is a controller and no broker.
    controller_alone: bool,
}

impl Shown {
    fn of(cluster: &ClusterView, broker: i32) -> Option<Self> {
        let Some(it) = find(cluster, broker) else { return Self::of_voter(cluster, broker) };
        let name = broker.to_string();
        let touches = |link: &&log_engine::view::LinkView| link.from == name || link.to == name;
        Some(Self {
            state: it.state,
            look: Look::of(&it),
            leads: leads(&it),
            follows: it.follower_count,
            holds: it.leader_count + it.follower_count > 0,
            others: cluster.brokers.len() > 1,
            rack: it.rack.clone(),
            disk: it.disk_bytes.map(|size| (used(&it), size)),
            write_ms: it.write_ms,
            particular: cluster.links.iter().filter(touches).count(),
            voter: it.voter,
            controller_alone: false,
        })
    }

    /// A controller that is no broker.
    fn of_voter(cluster: &ClusterView, node: i32) -> Option<Self> {
        let it = cluster.quorum.voters.iter().find(|voter| voter.id.0 == node)?;
        Some(Self {
            state: it.state,
            look: Look::of_state(it.state),
            leads: "nothing".to_owned(),
            follows: 0,
            holds: false,
            others: cluster.quorum.voters.len() > 1,
            rack: None,
            disk: None,
            write_ms: 0,
            particular: 0,
            voter: true,
            controller_alone: true,
        })
    }
}

/// `P2 P3`, or `17 partitions`.
fn leads(broker: &BrokerView) -> String {
    let names: Vec<String> = broker
        .leads
        .iter()
        .filter_map(|name| name.rsplit_once('-').map(|(_, number)| format!("P{number}")))
        .collect();
    match names.len() {
        0 => "nothing".to_owned(),
        n if n <= 4 && usize::try_from(broker.leader_count) == Ok(n) => names.join(" "),
        _ => format!("{} partitions", broker.leader_count),
    }
}

fn entries(session: Session, broker: i32, shown: Option<&Shown>) -> Vec<Entry> {
    let Some(shown) = shown else { return Vec::new() };
    let mut lines = match shown.look {
        Look::Down => down(session, broker, shown),
        Look::Frozen => frozen(session, broker),
        Look::Up | Look::Between => up(session, broker, shown),
    };
    lines.push(Entry::Rule);
    lines.extend(around(session, broker, shown));
    lines.extend(removal(session, broker, shown));
    let caption = match shown.controller_alone {
        true => format!("Controller {broker}"),
        false => format!("Broker {broker} leads {}, follows {}", shown.leads, shown.follows),
    };
    lines.insert(0, Entry::Caption(caption));
    lines
}

fn down(session: Session, broker: i32, shown: &Shown) -> Vec<Entry> {
    let what = match shown.state {
        BrokerState::DiskLost => "with an empty disk; copies everything from the leaders",
        BrokerState::PowerLost => "loads what was flushed, then catches up",
        BrokerState::Halted => "its disk is as full as before",
        _ => "loads its logs, registers, catches up",
    };
    let start = act(session, "power", "Start", what, Command::StartBroker { broker });
    vec![Entry::Item(Item { aside: "click".to_owned(), ..start })]
}

fn frozen(session: Session, broker: i32) -> Vec<Entry> {
    let detail = "goes on where it stopped, as a former leader";
    let thaw = act(session, "play", "Thaw", detail, Command::ThawBroker { broker });
    let mut lines = vec![Entry::Item(Item { aside: "click".to_owned(), ..thaw }), Entry::Rule];
    lines.extend(failures(session, broker, ""));
    lines
}

fn up(session: Session, broker: i32, shown: &Shown) -> Vec<Entry> {
    let detail = match shown.others {
        _ if shown.controller_alone => "the other voters elect a leader, if they are a majority",
        true => "hands its leaderships over first, no gap; flushes",
        false => "flushes; nobody is there to take over",
    };
    let stop = act(session, "power", "Stop cleanly", detail, Command::StopBroker { broker });
    let time = session_time(session);
    let gap = match (shown.others, shown.leads.as_str()) {
        _ if shown.controller_alone => String::new(),
        (true, "nothing") => format!("fenced after {time}"),
        (true, leads) => format!("{leads} without leader for about {time}"),
        (false, _) => "nobody answers until it starts".to_owned(),
    };
    let mut lines = vec![Entry::Item(Item { aside: "click".to_owned(), ..stop })];
    lines.extend(failures(session, broker, &gap));
    lines.push(Entry::Rule);
    lines.push(Entry::Item(act(
        session,
        "freeze",
        "Freeze 30 s",
        format!("no heartbeats: fenced after {time}, wakes as former leader"),
        Command::FreezeBroker { broker, for_ms: Some(FREEZE_MS) },
    )));
    if shown.controller_alone {
        // It has no sessions and no replicas: what follows is an election of the quorum.
        lines.pop();
        lines.push(Entry::Item(act(
            session,
            "freeze",
            "Freeze 30 s",
            "says nothing; the others elect another leader",
            Command::FreezeBroker { broker, for_ms: Some(FREEZE_MS) },
        )));
    } else {
        lines.push(disk_speed(session, broker, shown));
    }
    lines
}

/// A slow disk, and the way back.
fn disk_speed(session: Session, broker: i32, shown: &Shown) -> Entry {
    let slow = |write_ms| Command::SlowDisk { broker, write_ms };
    Entry::Item(match shown.write_ms {
        0 => act(
            session,
            "clock",
            "Slow disk",
            format!("each write takes {SLOW_MS} ms, and all else waits"),
            slow(SLOW_MS),
        ),
        ms => Item {
            aside: format!("{ms} ms a write"),
            ..act(session, "check", "Disk as fast as before", "", slow(0))
        },
    })
}

/// A broker leaves the cluster once it holds nothing and is down. Voters of the quorum stay: they are static.
fn removal(session: Session, broker: i32, shown: &Shown) -> Vec<Entry> {
    if shown.voter || session.page.embedded {
        return Vec::new();
    }
    let line = match (shown.holds, shown.look) {
        (true, _) => {
            turn("trash", "Remove from cluster\u{2026}", "asks to move its replicas first", {
                move || session.turn_to(Panel::Reassign { partition: None, away: Some(broker) })
            })
        }
        (false, look) => {
            let detail = match look {
                Look::Down => "unregisters it, for good",
                _ => "once it is stopped",
            };
            let remove = Command::RemoveBroker { broker };
            turn("trash", "Remove from cluster", detail, move || {
                session.close();
                let text = format!("Broker {broker} removed");
                session.act_with_undo(remove.clone(), &text, "");
            })
        }
    };
    vec![Entry::Rule, Entry::Item(Item { class: "danger", ..line })]
}

fn failures(session: Session, broker: i32, gap: &str) -> Vec<Entry> {
    let crash = match gap {
        "" => "process dies, page cache stays".to_owned(),
        gap => format!("process dies, page cache stays; {gap}"),
    };
    let lost = act(
        session,
        "disk",
        "Lose disk",
        "dies; comes back empty and copies everything again",
        Command::LoseDisk { broker },
    );
    vec![
        Entry::Item(act(session, "bolt", "Crash", crash, Command::CrashBroker { broker })),
        Entry::Item(act(
            session,
            "plug",
            "Lose power",
            "crash, and what was not flushed is lost",
            Command::LosePower { broker },
        )),
        Entry::Item(Item { class: "danger", ..lost }),
    ]
}

/// Disk, links, rack.
fn around(session: Session, broker: i32, shown: &Shown) -> Vec<Entry> {
    if shown.controller_alone {
        let cut = turn("cut", "Cut network from\u{2026}", "", move || {
            session.turn_to(Panel::Cut { broker });
        });
        return vec![Entry::Item(Item { class: "more", ..cut })];
    }
    let why = turn("info", "Why is it so?", "", move || {
        session.close();
        session.ask_why(WhyTarget::Broker { broker });
    });
    let room = shown.disk.map_or_else(
        || "no bound".to_owned(),
        |(used, size)| format!("{} of {}", bytes(used), bytes(size)),
    );
    let disk = turn("disk", "Disk", "what lies on it, and its size", move || {
        session.turn_to(Panel::Disk { broker });
    });
    let cut = turn("cut", "Cut network from\u{2026}", "", move || {
        session.turn_to(Panel::Cut { broker });
    });
    let mut lines =
        vec![Entry::Item(Item { aside: room, ..disk }), Entry::Item(Item { class: "more", ..cut })];
    if !session.page.embedded {
        let at = turn("clock", "At a later moment\u{2026}", "", move || {
            session.turn_to(Panel::BrokerAt { broker });
        });
        lines.push(Entry::Item(Item { class: "more", ..at }));
        lines.push(Entry::Item(turn("edit", "Configs", "", move || {
            show_configs(session, Some(broker));
        })));
        lines.push(Entry::Item(why));
    }
    if shown.particular > 0 {
        lines.push(Entry::Item(Item {
            aside: format!("{} links", shown.particular),
            ..act(session, "check", "Heal its links", "", heal(broker))
        }));
    }
    if let Some(rack) = &shown.rack {
        let whole = turn("table", format!("Whole rack {rack}\u{2026}"), "", move || {
            session.turn_to(Panel::Rack { broker });
        });
        lines.push(Entry::Item(Item { class: "more", ..whole }));
    }
    lines
}

/// All links of a broker as they were at the start.
fn heal(broker: i32) -> Command {
    Command::SetLink {
        from: vec![broker.to_string()],
        to: vec!["*".to_owned()],
        both: true,
        link: LinkSpec::default(),
    }
}
