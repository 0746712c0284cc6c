//! Links: who reaches whom, how fast, how surely. One matrix, from row to column, each direction by itself.

mod editor;
mod ends;
mod matrix;
mod meaning;
mod presets;

use crate::panels::parts::dialog::Dialog;
use crate::session::{Session, use_session};
use editor::Editor;
use ends::{End, State};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::view::LinkView;
use matrix::Matrix;
use presets::Presets;

/// What the parts of the dialog share.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    /// All ends, nodes first.
    ends: Memo<Vec<End>>,
    /// Links that something is particular about.
    links: Memo<Vec<LinkView>>,
    /// Latency of all others.
    plain_ms: u32,
    /// The chosen link, by index in `ends`.
    chosen: RwSignal<(usize, usize)>,
}

impl Desk {
    fn new(session: Session, from: Option<&str>) -> Self {
        let ends = Memo::new(move |_| ends::ends(session));
        let links = Memo::new(move |_| session.cluster.with(|cluster| cluster.links.clone()));
        let plain_ms = session.read_player(|player| player.facts().cluster.latency_ms);
        let first = ends.with_untracked(|ends| first_link(ends, from));
        Self { session, ends, links, plain_ms, chosen: RwSignal::new(first) }
    }

    /// One end.
    fn end(self, at: usize) -> Option<End> {
        self.ends.with(|ends| ends.get(at).cloned())
    }

    /// A link as it is.
    fn state(self, from: &str, to: &str) -> State {
        self.links.with(|links| State::of(links, from, to, self.plain_ms))
    }

    /// Both ends of the chosen link.
    fn pair(self) -> Option<(End, End)> {
        let (from, to) = self.chosen.get();
        Some((self.end(from)?, self.end(to)?))
    }
}

/// From the given end (or the first) to the first it has a link to.
fn first_link(all: &[End], from: Option<&str>) -> (usize, usize) {
    let at = |name: &str| all.iter().position(|end| end.name == name);
    let from = from.and_then(at).unwrap_or(0);
    let to = all.get(from).and_then(|one| all.iter().position(|other| ends::linked(one, other)));
    (from, to.unwrap_or(0))
}

/// The dialog.
#[component]
pub fn Links(
    /// The sending end that is chosen at first.
    from: Option<String>,
) -> impl IntoView {
    let session = use_session();
    let desk = Desk::new(session, from.as_deref());
    let told = move || desk.links.with(|links| ends::summary(links, desk.plain_ms));
    let none = move || desk.links.with(Vec::is_empty);
    let foot = view! {
        <span role="status">{told}</span>
        <span class="end">
            <button
                class="btn outline"
                prop:disabled=none
                on:click=move |_| { session.act(Command::HealLinks); }
            >
                "Heal all"
            </button>
            <button class="btn primary" on:click=move |_| session.close()>"Done"</button>
        </span>
    }
    .into_any();
    view! {
        <Dialog title="Links" wide=true foot>
            <div class="links">
                <Matrix desk/>
                <Editor desk/>
            </div>
            <Presets desk/>
        </Dialog>
    }
}
