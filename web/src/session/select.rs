//! Choosing a record, and asking why something is where it is.

use super::{DrawerTab, Selection, Session};
use leptos::prelude::*;
use log_engine::Engine;
use log_engine::view::{CellView, LaneWindow, WhyTarget};

/// How far a search for the neighbour of a record looks at once.
const NEIGHBOUR_WINDOW: u32 = 64;

impl Session {
    /// Selects a record of the shown topic, and names it in the live region.
    pub fn select(self, partition: i32, offset: i64) {
        let Some(topic) = self.page.topic.get_untracked() else { return };
        self.say(&self.read(|engine| name_of(engine, &topic, partition, offset)));
        self.page.selection.set(Some(Selection { topic, partition, offset }));
    }

    /// Selects a record and shows it in the drawer.
    pub fn inspect(self, partition: i32, offset: i64) {
        self.select(partition, offset);
        self.show_tab(DrawerTab::Record);
    }

    /// Opens the drawer on a tab.
    pub fn show_tab(self, tab: DrawerTab) {
        self.page.drawer_tab.set(tab);
        if !self.page.embedded {
            self.page.drawer_open.set(true);
        }
    }

    /// Asks why: the event log shows the chain of causes.
    pub fn ask_why(self, target: WhyTarget) {
        self.page.why.set(Some(target));
        self.show_tab(DrawerTab::Events);
    }

    /// The record before or after an offset in a partition of the shown topic, over holes.
    pub fn neighbour(self, partition: i32, offset: i64, forward: bool) -> Option<i64> {
        let topic = self.page.topic.get_untracked()?;
        self.read(|engine| {
            let window = |first| LaneWindow::From { first, count: NEIGHBOUR_WINDOW };
            let step = i64::from(NEIGHBOUR_WINDOW);
            let (start, end) = bounds(engine, &topic, partition)?;
            let mut first = if forward { offset + 1 } else { offset - step };
            while first < end && first + step > start {
                let lane = engine.lane(&topic, partition, window(first.max(0)))?;
                let mut cells = lane.cells.iter();
                let found = if forward {
                    cells.find(|cell| cell.offset > offset)
                } else {
                    cells.rfind(|cell| cell.offset < offset)
                };
                if let Some(cell) = found {
                    return Some(cell.offset);
                }
                first += if forward { step } else { -step };
            }
            None
        })
    }

    /// The first (or the last) record of a partition of the shown topic.
    pub fn end_of(self, partition: i32, last: bool) -> Option<i64> {
        let topic = self.page.topic.get_untracked()?;
        let (start, end) = self.read(|engine| bounds(engine, &topic, partition))?;
        if last {
            self.neighbour(partition, end, false)
        } else {
            self.neighbour(partition, start - 1, true)
        }
    }

    /// The next record with the selected one's key in its partition.
    pub fn next_of_key(self, forward: bool) -> Option<i64> {
        let Selection { topic, partition, offset } = self.page.selection.get_untracked()?;
        self.read(|engine| engine.same_key(&topic, partition, offset, forward))
    }

    /// To the moment at which the selected record was appended.
    pub fn seek_to_append(self, partition: i32, offset: i64) {
        let Some(topic) = self.page.topic.get_untracked() else { return };
        let at_ms = self.read(|engine| {
            let record = engine.record(&topic, partition, offset)?;
            let appended = record.fate.iter().find(|step| step.title == "Appended")?;
            u64::try_from(appended.at_ms? - engine.start_ms()).ok()
        });
        if let Some(at_ms) = at_ms {
            self.pause();
            self.seek(at_ms);
        }
    }
}

fn bounds(engine: &Engine, topic: &str, partition: i32) -> Option<(i64, i64)> {
    let lane = engine.lane(topic, partition, LaneWindow::Tail(0))?;
    Some((lane.log_start, lane.log_end))
}

/// A record in words: where it is, its key, and whether consumers can read it.
fn name_of(engine: &Engine, topic: &str, partition: i32, offset: i64) -> String {
    let window = LaneWindow::From { first: offset, count: 1 };
    let lane = engine.lane(topic, partition, window);
    let found: Option<(&CellView, i64)> = lane.as_ref().and_then(|lane| {
        lane.cells.iter().find(|cell| cell.offset == offset).map(|c| (c, lane.high_watermark))
    });
    let Some((cell, high_watermark)) = found else {
        return format!("P{partition} offset {offset}");
    };
    let key = cell.key.as_ref().map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
    let readable = if offset < high_watermark { "" } else { ", not readable yet" };
    format!("P{partition} offset {offset}, {key}{readable}")
}
