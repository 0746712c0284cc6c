//! The menu of one partition: what can be asked of it and done to it.

use super::menu::line;
use crate::panels::parts::menu::{Entry, Item, Menu};
use crate::panels::parts::popover::Popover;
use crate::session::{Panel, Session, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::ElectionType;
use log_engine::view::LaneWindow;

/// The menu of a partition of the shown topic.
#[component]
pub fn LaneMenu(
    /// The partition.
    partition: i32,
) -> impl IntoView {
    let session = use_session();
    let entries = Signal::stored({
        let turn = move |panel: Panel| move || session.turn_to(panel.clone());
        let topic = session.page.topic.get_untracked().unwrap_or_default();
        let lane = session.read(|engine| engine.lane(&topic, partition, LaneWindow::Tail(0)));
        let dirty = lane.as_ref().and_then(|lane| lane.cleaner.as_ref()?.dirty_ratio_millionths);
        let dirty = dirty.map_or_else(String::new, |ratio| format!("dirty {} %", ratio / 10_000));
        let size = lane.map(|lane| bytes(lane.bytes)).unwrap_or_default();
        let mut entries = vec![
            line(
                "search",
                "Jump to a time",
                "",
                "the first record at or after it, as ListOffsets finds it",
                turn(Panel::JumpToTime { partition }),
            ),
            line(
                "broom",
                "Cleaner",
                dirty,
                "what is dirty, and a pass step by step",
                turn(Panel::Cleaner { partition, last: false }),
            ),
            line(
                "cut",
                "Delete records",
                "",
                "moves the log start, whole segments go later",
                turn(Panel::DeleteRecords { partition: Some(partition) }),
            ),
            line(
                "save",
                "Export log files",
                size,
                "the partition's folder, as a zip",
                turn(Panel::Export { partition: Some(partition) }),
            ),
        ];
        entries.extend(leading(session, &topic, partition));
        entries
    });
    view! {
        <Popover label=format!("Partition {partition}") width=300 class="">
            <Menu label="Partition" entries/>
        </Popover>
    }
}

/// Who is to lead, and where the replicas are.
fn leading(session: Session, topic: &str, partition: i32) -> Vec<Entry> {
    let partitions = session.read(|engine| engine.partitions(topic));
    let Some(known) = partitions.into_iter().find(|it| it.partition == partition) else {
        return Vec::new();
    };
    let elect = |election: ElectionType, done: String| {
        let command = Command::ElectLeaders {
            election,
            topic: Some(topic.to_owned()),
            partition: Some(partition),
        };
        move || {
            session.close();
            session.act_with_undo(command.clone(), &done, "");
        }
    };
    let mut lines = Vec::new();
    let first = known.replicas.first().copied();
    match (known.leader, first) {
        (None, _) => {
            let detail = "any live replica leads; what only others have is lost";
            let act = elect(ElectionType::Unclean, format!("P{partition}: unclean leader elected"));
            let elect = line("warn", "Elect an unclean leader", "", detail, act);
            lines.push(match elect {
                Entry::Item(item) => Entry::Item(Item { class: "danger", ..item }),
                other => other,
            });
        }
        (leader, Some(first)) if leader != Some(first) => {
            let title = format!("Elect the preferred leader, {}", first.0);
            let detail = "the first of its replicas, once it is in sync";
            let act =
                elect(ElectionType::Preferred, format!("P{partition}: preferred leader elected"));
            lines.push(line("crown", title, "", detail, act));
        }
        _ => {}
    }
    if session.cluster.with_untracked(|cluster| cluster.brokers.len() > 1) {
        let moving = !known.adding.is_empty() || !known.removing.is_empty();
        let open =
            move || session.turn_to(Panel::Reassign { partition: Some(partition), away: None });
        let aside = if moving { "on the way" } else { "" };
        lines.push(line("swap", "Move replicas\u{2026}", aside, "to other brokers, by plan", open));
    }
    if !lines.is_empty() {
        lines.insert(0, Entry::Rule);
    }
    lines
}
