//! The menu of one partition: what can be asked of it and done to it.

use super::menu::line;
use crate::panels::parts::menu::Menu;
use crate::panels::parts::popover::Popover;
use crate::session::{Panel, use_session};
use crate::ui::text::bytes;
use leptos::prelude::*;
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
        vec![
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
        ]
    });
    view! {
        <Popover label=format!("Partition {partition}") width=300 class="">
            <Menu label="Partition" entries/>
        </Popover>
    }
}
