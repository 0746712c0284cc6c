//! The Journal: every action with its moment. The run is computed from these, the scenario and the seed.

use super::journal_words::words;
use crate::panels::icon::icon;
use crate::panels::text::plural;
use crate::session::{Session, use_session};
use crate::ui::text::clock;
use leptos::prelude::*;
use log_engine::Command;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    at: u64,
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
            let entries = player.document().journal.iter().enumerate();
            let entry = |(at, entry): (usize, &scenario::JournalEntry)| Entry {
                at: entry.at,
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
        let seed = player.document().seed;
        format!(
            "The run is computed from these, the scenario and seed {seed}: same input, same events."
        )
    });
    let bookmarks = Memo::new(move |_| {
        session.edits.track();
        session.read_player(|player| player.document().bookmarks.clone())
    });
    let bookmark = move |bookmark: scenario::Bookmark| {
        let at = bookmark.at;
        view! {
            <li>{icon("flag")}<span><b>{bookmark.name}</b></span>{go_to(session, at)}</li>
        }
    };
    view! {
        <div class="jr">
            <div class="cfg-tools"><b>{head}</b><span class="dim">{about}</span></div>
            <ol class="jr-rows" tabindex="0" aria-label="Actions in order of time">
                {move || entries.get().into_iter().map(|entry| row(session, &entry)).collect_view()}
            </ol>
            <Show when=move || entries.with(Vec::is_empty)>
                <p class="blank">"Nothing was done yet. What you do is kept here, and a link holds it all."</p>
            </Show>
        </div>
        <Show when=move || !bookmarks.with(Vec::is_empty)>
            <aside class="jr-side" aria-label="Bookmarks">
                <h4>"Bookmarks"</h4>
                <ul>{move || bookmarks.get().into_iter().map(bookmark).collect_view()}</ul>
            </aside>
        </Show>
    }
}

fn row(session: Session, entry: &Entry) -> AnyView {
    let (picture, who, what) = words(&entry.command);
    let remark =
        entry.no_effect.clone().map(|why| view! { <em>{format!("has no effect: {why}")}</em> });
    view! {
        <li class:ahead=entry.ahead>
            <time class="mono">{clock(entry.at)}</time>
            {icon(picture)}
            <b>{who}</b>
            <span class="jr-what">{what}{remark}</span>
            {go_to(session, entry.at)}
        </li>
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
