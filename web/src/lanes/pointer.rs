//! Mouse, wheel and focus on a lane.

use super::deck::Deck;
use super::geometry::{LaneKind, floor_u32};
use super::layout::Layout;
use super::replicas;
use leptos::prelude::*;
use log_engine::view::WhyTarget;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent, WheelEvent};

/// What is under the pointer.
enum Spot {
    /// A record's cell.
    Cell(i64),
    /// The flag of the high watermark.
    HighWatermark,
    /// A follower's row.
    Follower(usize),
    /// A group's row.
    Cursor(String),
    /// The hatched range, or what says how much is hidden.
    Head,
}

fn spot(deck: Deck, layout: &Layout, event: &MouseEvent) -> Option<Spot> {
    let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    let g = &layout.geometry;
    if let Some(offset) = layout.offset_at(x, y) {
        return Some(Spot::Cell(offset));
    }
    if x < g.head && y > g.top - 3.0 && y < g.top + g.cell + g.axis {
        return Some(Spot::Head);
    }
    if g.kind != LaneKind::Full {
        return None;
    }
    if y < g.flag {
        return Some(Spot::HighWatermark);
    }
    if y >= g.followers_top() && y < g.groups_top() - g.gap {
        let row = floor_u32((y - g.followers_top()) / g.follower);
        return usize::try_from(row).ok().map(Spot::Follower);
    }
    let row = floor_u32((y - g.groups_top()) / g.group);
    let inside = y >= g.groups_top();
    deck.groups.with_untracked(|groups| {
        let group = groups.get(usize::try_from(row).ok()?).filter(|_| inside)?;
        Some(Spot::Cursor(group.clone()))
    })
}

/// Selects a record; asks why a mark is where it is; scrolls back.
pub fn click(deck: Deck, partition: i32, event: &MouseEvent) {
    let session = deck.session();
    let Some(layout) = deck.layout(partition) else { return };
    let Some(topic) = session.page.topic.get_untracked() else { return };
    match spot(deck, &layout, event) {
        Some(Spot::Cell(offset)) => session.inspect(partition, offset),
        Some(Spot::HighWatermark) => session.ask_why(WhyTarget::HighWatermark { topic, partition }),
        Some(Spot::Follower(_)) => session.ask_why(WhyTarget::InSync { topic, partition }),
        Some(Spot::Cursor(group)) => session.ask_why(WhyTarget::Cursor { group, topic, partition }),
        Some(Spot::Head) if layout.hidden_before > 0 => {
            deck.scroll(partition, (layout.end - layout.first) * 4 / 5);
        }
        Some(Spot::Head) => session.ask_why(WhyTarget::LogStart { topic, partition }),
        None => {}
    }
}

/// Goes to the moment at which the record was appended.
pub fn double_click(deck: Deck, partition: i32, event: &MouseEvent) {
    let Some(layout) = deck.layout(partition) else { return };
    if let Some(Spot::Cell(offset)) = spot(deck, &layout, event) {
        deck.session().seek_to_append(partition, offset);
    }
}

/// Names what is under the pointer.
pub fn point(deck: Deck, partition: i32, event: &MouseEvent) {
    let Some(layout) = deck.layout(partition) else { return };
    let Some(canvas) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let title = match spot(deck, &layout, event) {
        Some(Spot::Cell(offset)) => format!("P{partition} offset {offset}"),
        Some(Spot::HighWatermark) => "Why is the high watermark here?".to_owned(),
        Some(Spot::Follower(row)) => follower_title(deck, partition, row),
        Some(Spot::Cursor(group)) => format!("Why is {group} here?"),
        Some(Spot::Head) if layout.hidden_before > 0 => "Scroll back".to_owned(),
        Some(Spot::Head) => "Why is it deleted?".to_owned(),
        None => String::new(),
    };
    let _ = canvas.class_list().toggle_with_force("pointing", !title.is_empty());
    if canvas.title() != title {
        canvas.set_title(&title);
    }
}

/// What a follower has, in words.
fn follower_title(deck: Deck, partition: i32, row: usize) -> String {
    let session = deck.session();
    let Some(topic) = session.page.topic.get_untracked() else { return String::new() };
    let window = log_engine::view::LaneWindow::Tail(0);
    let lane = session.read(|engine| engine.lane(&topic, partition, window));
    let told = lane.as_ref().and_then(|lane| {
        let replica = replicas::followers(lane).nth(row)?;
        let (broker, end) = (replica.broker.0, replica.log_end);
        let word = replicas::ReplicaState::of(lane, replica).word();
        let lacks = match replicas::missing(lane, replica) {
            0 => "has all the leader has".to_owned(),
            lacks => format!("lacks {lacks}"),
        };
        let watermark = replica.high_watermark;
        Some(format!(
            "Broker {broker}, {word}: {lacks}, log end {end}, its high watermark {watermark}. Why?"
        ))
    });
    told.unwrap_or_default()
}

/// Scrolls the lane, where the wheel goes sideways or Shift is held.
pub fn wheel(deck: Deck, partition: i32, event: &WheelEvent) {
    let sideways = if event.shift_key() { event.delta_y() } else { event.delta_x() };
    if sideways.abs() < 1.0 {
        return;
    }
    event.prevent_default();
    let pitch = deck.pitch.get_untracked();
    let records = i64::from(floor_u32((sideways.abs() / pitch.px).ceil()) * pitch.records);
    deck.scroll(partition, if sideways < 0.0 { records } else { -records });
}

/// A lane that gets focus and holds no selection selects its newest record, so that arrows have a place to start.
pub fn focus_lane(deck: Deck, partition: i32) {
    let session = deck.session();
    let elsewhere = session.page.selection.with_untracked(|selection| {
        selection.as_ref().is_none_or(|selection| selection.partition != partition)
    });
    let by_keyboard = document()
        .active_element()
        .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false));
    if elsewhere
        && by_keyboard
        && let Some(offset) = session.end_of(partition, true)
    {
        session.select(partition, offset);
    }
}
