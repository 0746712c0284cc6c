//! Keys for the whole page. They act where nothing is being typed and nothing nearer took the key; single letters
//! can be turned off in help.

use crate::browser;
use crate::lanes::{Deck, DeckSlot};
use crate::session::{DrawerTab, OpenTab, Panel, Session, use_session};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Where arrows, Home, End, Enter and Space have a meaning of their own.
const OWN_KEYS: &str =
    "[role=slider],[role=tab],[role=menu],[role=dialog],[role=listbox],[role=radio],.sheet,.drawer";
/// Where Space and Enter press.
const PRESSABLE: &str = "button,a[href],summary,[role=button],[role=menuitem]";

/// Listens for as long as the page lives. `deck` is set once the lanes are there.
pub fn listen(deck: DeckSlot) {
    let session = use_session();
    let handle = window_event_listener(ev::keydown, move |event| {
        if !event.default_prevented() && press(session, deck.get(), &event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key was for the page.
fn press(session: Session, deck: Option<Deck>, event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field = target.as_ref().is_some_and(browser::is_field);
    let key = event.key();
    if key == "Escape" {
        return escape(session, deck, in_field);
    }
    if event.ctrl_key() || event.meta_key() {
        return !in_field && with_control(session, event, &key);
    }
    if in_field || event.alt_key() {
        return false;
    }
    let inside = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    match key.as_str() {
        " " if inside(PRESSABLE) => false,
        " " => {
            session.toggle_play();
            true
        }
        "Enter" if inside(PRESSABLE) => false,
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "Enter" => {
            !inside(OWN_KEYS) && deck.is_some_and(|deck| walk(session, deck, &key))
        }
        _ if session.page.letter_keys.get_untracked() => letter(session, deck, &key),
        _ => false,
    }
}

/// Leaves a field, then a panel, then the selection.
fn escape(session: Session, deck: Option<Deck>, in_field: bool) -> bool {
    if in_field {
        if let Some(field) = browser::focused() {
            let _ = field.blur();
        }
    } else if session.page.panel.with_untracked(Option::is_some) {
        session.close();
    } else if session.page.selection.with_untracked(Option::is_some) {
        session.page.selection.set(None);
        if let Some(deck) = deck {
            deck.follow();
        }
    } else {
        return false;
    }
    true
}

fn with_control(session: Session, event: &KeyboardEvent, key: &str) -> bool {
    if session.page.embedded {
        return false;
    }
    match (key.to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", false) => session.undo(),
        ("z", true) | ("y", false) => session.redo(),
        ("s", false) => {
            session.save_file();
            true
        }
        ("o", false) => {
            session.open(Panel::Open { tab: OpenTab::default() }, None);
            true
        }
        _ => return false,
    };
    true
}

fn letter(session: Session, deck: Option<Deck>, key: &str) -> bool {
    let page = session.page;
    match key {
        "." => session.step(),
        "," => session.step_back(),
        "[" => session.change_speed(false),
        "]" => session.change_speed(true),
        "+" | "=" => page.zoom.update(|zoom| *zoom = (*zoom + 1).min(6)),
        "-" | "−" => page.zoom.update(|zoom| *zoom = (*zoom - 1).max(-20)),
        "t" | "T" => page.tables.update(|tables| *tables = !*tables),
        "k" | "K" => {
            return deck.is_some_and(|deck| next_of_key(session, deck, key == "k"));
        }
        "x" | "X" => act_in_other(session),
        "c" => press_first(".cmp-next"),
        "C" => press_first(".cmp-previous"),
        _ if page.embedded => return false,
        "b" => session.bookmark(),
        "p" => press_first(".produce .primary"),
        "j" => open_at(session, Panel::Jump, ".t-jump"),
        "n" => open_at(session, Panel::NewTopic, ".topic-pick"),
        "?" => session.toggle(Panel::Help, browser::focused()),
        "d" => page.drawer_open.update(|open| *open = !*open),
        digit => {
            let index = digit.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
            let Some(tab) = index.and_then(|index| DrawerTab::ALL.get(index)) else { return false };
            session.show_tab(*tab);
        }
    }
    true
}

/// Of two runs side by side, actions go to the other one from here on.
fn act_in_other(session: Session) {
    let pair = untrack(|| session.compared());
    let other = pair.and_then(|pair| pair.into_iter().find(|run| run.beside));
    if let Some(other) = other {
        session.show_run(other.id);
    }
}

fn press_first(selector: &str) {
    if let Some(button) = find(selector) {
        button.click();
    }
}

fn open_at(session: Session, panel: Panel, anchor: &str) {
    session.toggle(panel, find(anchor));
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Arrows, Home, End and Enter in the lanes.
fn walk(session: Session, deck: Deck, key: &str) -> bool {
    let selection = session.page.selection.get_untracked();
    let here = selection.map(|selection| (selection.partition, selection.offset));
    let Some((partition, offset)) = here else {
        return begin(session, deck);
    };
    let to = match key {
        "ArrowLeft" => session.neighbour(partition, offset, false).map(|to| (partition, to)),
        "ArrowRight" => session.neighbour(partition, offset, true).map(|to| (partition, to)),
        "ArrowUp" => beside(deck, partition, offset, -1),
        "ArrowDown" => beside(deck, partition, offset, 1),
        "Home" => session.end_of(partition, false).map(|to| (partition, to)),
        "End" => session.end_of(partition, true).map(|to| (partition, to)),
        _ => {
            session.inspect(partition, offset);
            return true;
        }
    };
    if let Some((partition, offset)) = to {
        go(session, deck, partition, offset);
    }
    true
}

/// The first arrow selects the newest record of the focused lane, else of the first that has one.
fn begin(session: Session, deck: Deck) -> bool {
    let focused = browser::focused()
        .and_then(|element| element.get_attribute("data-p"))
        .and_then(|partition| partition.parse::<i32>().ok());
    let mut lanes = focused.into_iter().chain(0..deck.partitions.get_untracked());
    let found = lanes.find_map(|p| session.end_of(p, true).map(|offset| (p, offset)));
    if let Some((partition, offset)) = found {
        go(session, deck, partition, offset);
    }
    found.is_some()
}

/// The record at the same place in the lane above or below.
fn beside(deck: Deck, partition: i32, offset: i64, step: i32) -> Option<(i32, i64)> {
    let x = deck.layout(partition)?.x(offset);
    let mut to = partition + step;
    while to >= 0 && to < deck.partitions.get_untracked() {
        let layout = deck.layout(to)?;
        let away = |x_of: f64| (x_of - x).abs();
        let nearest =
            layout.slots.iter().min_by(|a, b| away(a.x).total_cmp(&away(b.x))).map(|s| s.offset);
        if let Some(offset) = nearest {
            return Some((to, offset));
        }
        to += step;
    }
    None
}

fn next_of_key(session: Session, deck: Deck, forward: bool) -> bool {
    let Some(selection) = session.page.selection.get_untracked() else { return false };
    match session.next_of_key(forward) {
        Some(offset) => go(session, deck, selection.partition, offset),
        None => session.say("No other record of this key"),
    }
    true
}

/// Selects a record, brings it into view, and moves focus to its lane.
fn go(session: Session, deck: Deck, partition: i32, offset: i64) {
    session.select(partition, offset);
    deck.reveal(partition, offset);
    let lane = format!(".lane[data-p=\"{partition}\"]");
    // Of two runs side by side it is the one that actions go to.
    if let Some(lane) = find(&format!(".run-col.acts {lane}")).or_else(|| find(&lane)) {
        let _ = lane.focus();
    }
}
