//! The marks over the timeline: faults, elections, rebalances, deletions, one's own actions, bookmarks and forks. Each is
//! a button that goes exactly there. They are one Tab stop; arrows walk among them.

use super::scale::{Wish, room, share};
use crate::session::{Session, use_session};
use crate::ui::{Icon, text};
use leptos::html::Div;
use leptos::prelude::*;
use scenario::Mark;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A mark as it is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    at_ms: u64,
    kind: String,
    label: String,
    labelled: bool,
    ahead: bool,
}

/// All moments that have a mark, in order of time.
fn all(session: Session) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = session.marks.with(|marks| marks.iter().map(drawn_of).collect());
    let own = |at_ms: u64, kind: &str, label: String| Drawn {
        at_ms,
        kind: kind.to_owned(),
        label,
        labelled: false,
        ahead: false,
    };
    session.read_player(|player| {
        let bookmarks = player.facts().bookmarks.iter();
        all.extend(bookmarks.map(|it| own(it.at, "book", format!("Bookmark {}", it.name))));
    });
    session.runs.with(|runs| {
        let forks = runs.iter().filter(|run| run.parent.is_some());
        all.extend(forks.map(|run| own(run.forked_at, "fork", format!("Fork {}", run.letter))));
    });
    sorted::sort_by_key(&mut all, |mark| mark.at_ms);
    all
}

/// The moment of the mark before or after another moment.
pub(super) fn beside(session: Session, now_ms: u64, after: bool) -> Option<u64> {
    let all = untrack(|| all(session));
    let mut moments = all.iter().map(|mark| mark.at_ms);
    if after { moments.find(|at| *at > now_ms) } else { moments.rev().find(|at| *at < now_ms) }
}

/// As many marks as have room.
#[component]
pub(super) fn Marks(bounds: Memo<(u64, u64)>, width: Signal<f64>) -> impl IntoView {
    let session = use_session();
    let node = NodeRef::<Div>::new();
    let drawn = Memo::new(move |_| {
        session.pulse.track();
        let all = all(session);
        let wishes: Vec<Wish> = all.iter().map(wish).collect();
        let room = room(&wishes, bounds.get().0, width.get());
        let pairs = all.into_iter().zip(room).filter(|(_, (drawn, _))| *drawn);
        pairs.map(|(mark, (_, labelled))| Drawn { labelled, ..mark }).collect::<Vec<_>>()
    });
    // The one that Tab reaches.
    let stop = RwSignal::new(0usize);
    let reached = Memo::new(move |_| {
        drawn.with(|drawn| drawn.get(stop.get().min(drawn.len().saturating_sub(1))).cloned())
    });
    let walk = move |event: KeyboardEvent| {
        let last = drawn.with_untracked(Vec::len).saturating_sub(1);
        let at = stop.get_untracked().min(last);
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => at.saturating_sub(1),
            "ArrowRight" | "ArrowDown" => (at + 1).min(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        stop.set(to);
        request_animation_frame(move || focus_stop(node));
    };
    view! {
        <div node_ref=node class="tl-marks" role="group" aria-label="Marks" on:keydown=walk>
            <For
                each=move || drawn.get()
                key=|mark| (mark.at_ms, mark.kind.clone(), mark.label.clone(), mark.labelled, mark.ahead)
                children=move |mark| button(session, mark, bounds, reached)
            />
        </div>
    }
}

fn focus_stop(node: NodeRef<Div>) {
    let found = node.get_untracked().and_then(|node| {
        node.query_selector("[tabindex='0']").ok().flatten()?.dyn_into::<HtmlElement>().ok()
    });
    if let Some(button) = found {
        let _ = button.focus();
    }
}

fn button(
    session: Session,
    mark: Drawn,
    bounds: Memo<(u64, u64)>,
    reached: Memo<Option<Drawn>>,
) -> AnyView {
    let at_ms = mark.at_ms;
    let name = format!("{}  {}", text::clock(at_ms), mark.label);
    let picture = icon_of(&mark.kind).map(|name| view! { <Icon name/> });
    let class = format!("tl-mark {}", mark.kind);
    let (ahead, labelled, label) = (mark.ahead, mark.labelled, mark.label.clone());
    let left = move || format!("{}%", share(at_ms, bounds.get().0) * 100.0);
    let tab = move || if reached.with(|it| it.as_ref() == Some(&mark)) { "0" } else { "-1" };
    let go = move |_| {
        session.pause();
        session.seek(at_ms);
    };
    view! {
        <button
            class=class
            class:ahead=ahead
            style:left=left
            title=name.clone()
            aria-label=name
            tabindex=tab
            on:click=go
        >
            {picture}
            {labelled.then(|| view! { <em>{label}</em> })}
        </button>
    }
    .into_any()
}

fn drawn_of(mark: &Mark) -> Drawn {
    Drawn {
        at_ms: mark.at_ms,
        kind: mark.mark.kind.clone(),
        label: mark.mark.label.clone(),
        labelled: false,
        ahead: mark.ahead,
    }
}

/// A person's own actions, bookmarks and forks carry no label: they know. What happened in the cluster is not hidden by a
/// fork that begins there; deletions and cleanings come by the thousand and hide nothing else.
fn wish(mark: &Drawn) -> Wish {
    let (rank, labelled) = match mark.kind.as_str() {
        "book" => (4, false),
        "you" => (3, false),
        "fork" => (2, false),
        "del" | "clean" => (1, true),
        _ => (3, true),
    };
    let letters = if labelled { mark.label.chars().count() } else { 0 };
    Wish { at_ms: mark.at_ms, letters, rank }
}

fn icon_of(kind: &str) -> Option<&'static str> {
    match kind {
        "reb" => Some("swap"),
        "del" => Some("trash"),
        "clean" => Some("broom"),
        "warn" => Some("warn"),
        "down" => Some("power"),
        "lead" => Some("crown"),
        "ok" => Some("check"),
        "book" => Some("flag"),
        "fork" => Some("fork"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_seen_where_a_fork_begins_at_it() {
        let mark = |kind: &str| Drawn {
            at_ms: 9_000,
            kind: kind.to_owned(),
            label: String::new(),
            labelled: false,
            ahead: false,
        };
        let wishes = [mark("down"), mark("fork")].map(|mark| wish(&mark));
        let seen: Vec<bool> = room(&wishes, 60_000, 600.0).iter().map(|(seen, _)| *seen).collect();
        assert_eq!(seen, [true, false]);
    }
}
