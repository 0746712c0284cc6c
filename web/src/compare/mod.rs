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
pub(crate) use two::PART;

use crate::lazy::{self, Wait};
use crate::session::{Panel, Session};
use leptos::prelude::*;
use scenario::ForkView;
use web_sys::HtmlElement;

/// Two runs in the place of one.
pub fn stage() -> AnyView {
    lazy::view(&two::PART, Wait::InPlace, two::call)
}

lazy::part! {
    /// What draws them.
    two in compare: () -> AnyView = draw
}

fn draw() -> AnyView {
    view! { <stage::Stage/> }.into_any()
}

/// A run as a list names it: "A acks 1".
pub fn run_words(run: &ForkView) -> String {
    format!("{} {}", run.letter, words::name_of(run))
}

/// The two runs that a comparison would show, as the page stands: "acks 1 beside acks all". None where there is one run.
pub fn pair_words(session: Session) -> Option<String> {
    session.runs.with_untracked(|runs| {
        let shown = runs.iter().find(|run| run.shown)?;
        let beside = runs.iter().find(|run| run.beside);
        let beside = beside.or_else(|| runs.iter().find(|run| !run.shown))?;
        Some(format!("{} beside {}", run_words(shown), run_words(beside)))
    })
}

/// Whether two runs stand side by side.
pub fn comparing(session: Session) -> Memo<bool> {
    Memo::new(move |_| session.runs.with(|runs| runs.iter().any(|run| run.beside)))
}

/// What "Fork & compare" does in the top bar and in the phone's menu: the first fork is made at once; where there are
/// forks already, it asks what to do with them.
pub fn fork_or_choose(session: Session, anchor: Option<HtmlElement>) {
    if session.runs.with_untracked(Vec::len) > 1 {
        session.toggle(Panel::Runs, anchor);
    } else {
        session.close();
        session.fork_here();
    }
}
