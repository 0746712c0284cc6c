//! The Journal: every action with its moment, to be moved, switched off or removed. The run is computed from these, the
//! scenario and the seed; an edit of the first run makes a fork.

use super::journal_words::words;
use crate::panels::controls::Switch;
use crate::panels::icon::icon;
use crate::panels::text::plural;
use crate::session::{Session, use_session};
use crate::ui::text::{clock, parse_clock};
use leptos::prelude::*;
use log_engine::Command;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    index: usize,
    at: u64,
    off: bool,
    command: Command,
    no_effect: Option<String>,
    ahead: bool,
}

/// The pane.
#[component]
pub fn Journal() -> impl IntoView {
    let session = use_session();
    let entries = Memo::new(move |_| {
        session.edits.track();
        session.drawer_pulse.track();
        session.read_player(|player| {
            let played = player.entries_played();
            let entries = player.journal().iter().enumerate();
            let entry = |(at, entry): (usize, &scenario::JournalEntry)| Entry {
                index: at,
                at: entry.at,
                off: entry.off,
                command: entry.command.clone(),
                no_effect: player.no_effect(at).map(|error| error.message.clone()),
                ahead: at >= played,
            };
            entries.map(entry).collect::<Vec<_>>()
        })
    });
    let head = move || {
        let n = entries.with(Vec::len);
        format!("Your {}", plural(i64::try_from(n).unwrap_or(0), "action", "actions"))
    };
    let about = session.read_player(|player| {
        let seed = player.facts().seed;
        format!(
            "The run is computed from these, the scenario and seed {seed}: same input, same events."
        )
    });
    let bookmarks = Memo::new(move |_| {
        session.edits.track();
        session.read_player(|player| player.facts().bookmarks.clone())
    });
    view! {
        <div class="jr">
            <div class="cfg-tools"><b>{head}</b><span class="dim">{about}</span></div>
            <ol class="jr-rows" tabindex="0" aria-label="Actions in order of time">
                <For
                    each=move || entries.get()
                    key=|entry| format!("{entry:?}")
                    children=move |entry| row(session, &entry)
                />
            </ol>
            <Show when=move || entries.with(Vec::is_empty)>
                <p class="blank">"Nothing was done yet. What you do is kept here, and a link holds it all."</p>
            </Show>
        </div>
        <Show when=move || !bookmarks.with(Vec::is_empty)>
            <aside class="jr-side" aria-label="Bookmarks">
                <h4>"Bookmarks"</h4>
                <ul>
                    {move || {
                        let all = bookmarks.get().into_iter().enumerate();
                        all.map(|(at, it)| bookmark(session, at, it)).collect_view()
                    }}
                </ul>
            </aside>
        </Show>
    }
}

/// A bookmark: its name is a field.
fn bookmark(session: Session, index: usize, bookmark: scenario::Bookmark) -> AnyView {
    let name = bookmark.name;
    let before = name.clone();
    let rename = move |event: web_sys::Event| {
        let field = event_target::<web_sys::HtmlInputElement>(&event);
        if !session.rename_bookmark(index, &field.value()) {
            field.set_value(&before);
        }
    };
    view! {
        <li>
            {icon("flag")}
            <input
                class="jr-name"
                autocomplete="off"
                aria-label=format!("Name of bookmark {name}")
                value=name.clone()
                on:change=rename
            />
            {go_to(session, bookmark.at)}
            <button
                class="btn icon small"
                aria-label=format!("Remove bookmark {name}")
                title="Remove this bookmark"
                on:click=move |_| session.remove_bookmark(index)
            >
                {icon("x")}
            </button>
        </li>
    }
    .into_any()
}

fn row(session: Session, entry: &Entry) -> AnyView {
    let (picture, who, what) = words(&entry.command);
    let remark =
        entry.no_effect.clone().map(|why| view! { <em>{format!("has no effect: {why}")}</em> });
    let (index, at, off) = (entry.index, entry.at, entry.off);
    let name = format!("{who}, {what} at {}", clock(at));
    let turn = Callback::new(move |on: bool| {
        session.edit_journal(move |player| player.set_entry_on(index, on));
    });
    let remove = move |_| {
        session.edit_journal(move |player| {
            player.remove_entry(index);
            Ok(())
        });
    };
    view! {
        <li class:ahead=entry.ahead class:off=off>
            <Switch on=Signal::stored(!off) on_change=turn label=format!("Acts: {name}")/>
            {moment(session, index, at, &name)}
            {icon(picture)}
            <b>{who}</b>
            <span class="jr-what">{what}{remark}</span>
            <span class="jr-acts">
                {go_to(session, at)}
                <button
                    class="btn icon small"
                    aria-label=format!("Remove: {name}")
                    title="Remove this action"
                    on:click=remove
                >
                    {icon("x")}
                </button>
            </span>
        </li>
    }
    .into_any()
}

/// The moment as a field: another one moves the action.
fn moment(session: Session, index: usize, at: u64, name: &str) -> AnyView {
    let change = move |event: web_sys::Event| {
        let field = event_target::<web_sys::HtmlInputElement>(&event);
        let moved = match parse_clock(&field.value()) {
            Some(to) if to == at => true,
            Some(to) => session.edit_journal(move |player| player.set_entry_time(index, to)),
            None => {
                session.say("A moment is written as 00:42.480.");
                false
            }
        };
        if !moved {
            field.set_value(&clock(at));
        }
    };
    view! {
        <input
            class="mono jr-time"
            inputmode="decimal"
            autocomplete="off"
            aria-label=format!("Moment of {name}")
            value=clock(at)
            on:change=change
        />
    }
    .into_any()
}

fn go_to(session: Session, at: u64) -> AnyView {
    let label = format!("Go to {}", clock(at));
    view! {
        <button class="btn icon small" aria-label=label title="Go to this moment" on:click=move |_| session.seek(at)>
            {icon("clock")}
        </button>
    }
    .into_any()
}
