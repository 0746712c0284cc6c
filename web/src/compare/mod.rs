//! Fork & compare: the runs of a document, and two of them side by side on one clock. Which run actions go to is the
//! shown one: the half that was pressed or focused last.

mod act;
mod bar;
mod findings;
mod half;
mod list;
mod mark;
mod panel;
mod stage;
mod steps;
mod words;

pub use act::ActMenu;
pub use mark::RunChip;
pub use panel::Runs;
pub use stage::Stage;

use crate::session::{Panel, Session};
use leptos::prelude::*;
use web_sys::HtmlElement;

/// Whether two runs stand side by side.
pub fn comparing(session: Session) -> Memo<bool> {
    Memo::new(move |_| session.runs.with(|runs| runs.iter().any(|run| run.beside)))
}

/// What "Fork & compare" does in the top bar and in the phone's menu. The first fork is
/// made at once; where there are forks already, it asks what to do with them.
pub fn fork_or_choose(session: Session, anchor: Option<HtmlElement>) {
    if session.runs.with_untracked(Vec::len) > 1 {
        session.toggle(Panel::Runs, anchor);
    } else {
        session.close();
        session.fork_here();
    }
}
