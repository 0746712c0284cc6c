//! The phone's menu of what has no room in the top bar.

use super::parts::menu::{Entry, Item, Menu};
use super::parts::popover::{Place, Popover};
use crate::session::{OpenTab, Panel, Session, Theme, use_session};
use leptos::prelude::*;

/// The menu.
#[component]
pub fn More() -> impl IntoView {
    let session = use_session();
    let entries = Signal::derive(move || entries(session));
    view! {
        <Popover label="More" width=260 class="" place=Place::BelowRight>
            <Menu label="More" entries/>
        </Popover>
    }
}

/// Forks at once, or turns to the runs where there are some.
fn fork(session: Session) {
    let anchor = session.anchor();
    crate::compare::fork_or_choose(session, anchor);
}

fn entries(session: Session) -> Vec<Entry> {
    let item = |icon, title: &str, aside: &str, action: Callback<()>| {
        Entry::Item(Item {
            icon,
            title: title.to_owned(),
            aside: aside.to_owned(),
            action: Some(action),
            ..Item::default()
        })
    };
    let to = |panel: Panel| Callback::new(move |()| session.turn_to(panel.clone()));
    let (can_undo, can_redo) = session.history.get();
    let done = move |what: fn(Session)| {
        Callback::new(move |()| {
            session.close();
            what(session);
        })
    };
    let mut entries = vec![
        item("folder", "Open", "", to(Panel::Open { tab: OpenTab::Mine })),
        item(
            "save",
            "Save to a file",
            "",
            done(|session| {
                session.save_file();
            }),
        ),
        item("embed", "Embed", "", to(Panel::Embed)),
        item("fork", "Fork & compare", "", Callback::new(move |()| fork(session))),
        Entry::Rule,
    ];
    if can_undo {
        entries.push(item(
            "undo",
            "Undo",
            "",
            done(|session| {
                session.undo();
            }),
        ));
    }
    if can_redo {
        entries.push(item(
            "redo",
            "Redo",
            "",
            done(|session| {
                session.redo();
            }),
        ));
    }
    entries.push(item("jump", "Jump ahead", "", to(Panel::Jump)));
    let tables = session.page.tables.get();
    let words = if tables { "Lanes instead of tables" } else { "Tables instead of lanes" };
    entries.push(item(
        "table",
        words,
        "",
        done(|session| session.page.tables.update(|t| *t = !*t)),
    ));
    let theme = session.page.theme.get();
    let (word, next) = match theme {
        Theme::System => ("system", Theme::Light),
        Theme::Light => ("light", Theme::Dark),
        Theme::Dark => ("dark", Theme::System),
    };
    entries.push(item(
        "theme",
        "Theme",
        word,
        Callback::new(move |()| session.page.theme.set(next)),
    ));
    entries.push(item("help", "Help", "", to(Panel::Help)));
    entries
}
