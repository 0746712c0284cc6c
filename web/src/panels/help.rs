//! Help: keys, marks, words, settings, and whose project this is not.

use super::controls::Switch;
use super::icon::icon;
use super::parts::dialog::Dialog;
use crate::session::{Density, Panel, use_session};
use leptos::prelude::*;

/// Heading, and rows of keys (spaces part them) with what they do.
type Keys = (&'static str, &'static [(&'static str, &'static str)]);

const KEYS: [Keys; 4] = [
    (
        "Time",
        &[
            ("Space", "play, pause"),
            (". ,", "step, step back"),
            ("[ ]", "slower, faster"),
            ("J", "jump ahead"),
            ("B", "bookmark"),
            ("⇧ ← →", "on the timeline: mark before, after"),
        ],
    ),
    (
        "Picture",
        &[
            ("← →", "previous, next record"),
            ("↑ ↓", "lane above, below"),
            ("Home End", "log start, log end"),
            ("K", "next record with this key"),
            ("C ⇧ C", "next, previous difference"),
            ("X", "act in the other run"),
            ("Enter", "open in Record"),
            ("T", "tables instead of lanes"),
            ("+ −", "zoom"),
        ],
    ),
    (
        "Do",
        &[
            ("P", "produce again"),
            ("N", "new topic"),
            ("Ctrl Z", "undo"),
            ("Ctrl ⇧ Z", "redo"),
            ("Ctrl S", "save to a file"),
            ("Ctrl O", "open"),
        ],
    ),
    (
        "Panels",
        &[
            ("D", "drawer"),
            ("1 … 7", "its tabs"),
            ("Esc", "leave field, panel, selection"),
            ("?", "this help"),
        ],
    ),
];

/// Marks as in the lanes, drawn by the classes of the page. The text is our own, so it may go in as it is.
const MARKS: &str = r#"<li><svg class="strip" width="20" height="16" aria-hidden="true"><g class="rec k-1"><rect x="3" y="1" width="14" height="14" rx="3"/><text x="10" y="12">B</text></g></svg>one record; colour and letter are its key</li>
<li><svg class="strip" width="20" height="16" aria-hidden="true"><g class="rec k-null"><rect x="3" y="1" width="14" height="14" rx="3"/><text x="10" y="12">–</text></g></svg>a record without key</li>
<li><svg class="strip" width="20" height="16" aria-hidden="true"><g class="rec k-1 un"><rect x="3" y="1" width="14" height="14" rx="3"/></g></svg>stored, not readable yet</li>
<li><svg class="strip" width="20" height="16" aria-hidden="true"><path class="hw" d="M10 0v16"/></svg>high watermark: readable up to here</li>
<li><svg class="strip" width="20" height="16" aria-hidden="true"><circle class="gcom" cx="10" cy="8" r="3.2"/></svg>committed: where a group starts again</li>
<li><svg class="strip" width="20" height="16" aria-hidden="true"><path class="gpos" d="M6 4l7 4-7 4z"/></svg>position: what a group reads next</li>"#;

/// The words that are easily taken for one another.
const WORDS: [(&str, &str); 6] = [
    ("offset", "a record's number in its partition; never used again"),
    ("high watermark", "stored on every in-sync replica below it; consumers read up to it"),
    ("log end", "the offset the next record will get"),
    ("lag", "high watermark minus committed offset"),
    ("generation", "one round of assignment in a group"),
    ("tombstone", "a record with a null value"),
];

/// The dialog.
#[component]
pub fn Help() -> impl IntoView {
    let session = use_session();
    let foot = view! {
        <span>"Ranges such as 29–30 include both ends. HW 29 means 0–28 can be read."</span>
        <span class="end">
            <button class="btn" on:click=move |_| session.turn_to(Panel::Fidelity { rule: None })>
                {icon("info")}"What is exact here"
            </button>
        </span>
    }
    .into_any();
    let words = WORDS
        .iter()
        .map(|(word, meaning)| view! { <div><dt>{*word}</dt><dd>{*meaning}</dd></div> });
    view! {
        <Dialog title="Help" wide=true foot>
            <div class="help-grid">
                <div class="keymap">{KEYS.iter().map(keys).collect_view()}</div>
                <div class="help-side">
                    <h3>"Reading the picture"</h3>
                    <ul class="marks" inner_html=MARKS></ul>
                    <h3>"Words"</h3>
                    <dl class="words">{words.collect_view()}</dl>
                    <h3>"Settings"</h3>
                    <Settings/>
                </div>
            </div>
            <p class="legal">
                "Ottla is a model of Apache Kafka for learning. It is not affiliated with, endorsed by or sponsored by the Apache Software Foundation. Apache Kafka and Kafka are trademarks of the Apache Software Foundation. Nothing you do here leaves this browser."
            </p>
        </Dialog>
    }
}

fn keys((title, rows): &Keys) -> AnyView {
    let row = |(keys, does): &(&'static str, &'static str)| {
        let keys = keys.split(' ').map(|key| view! { <kbd>{key}</kbd>" " }).collect_view();
        view! { <div><dt>{keys}</dt><dd>{*does}</dd></div> }
    };
    view! { <section><h3>{*title}</h3><dl>{rows.iter().map(row).collect_view()}</dl></section> }
        .into_any()
}

#[component]
fn Settings() -> impl IntoView {
    let page = use_session().page;
    let large = Signal::derive(move || page.density.get() == Density::Large);
    let set_large = Callback::new(move |large: bool| {
        page.density.set(if large { Density::Large } else { Density::Normal });
    });
    view! {
        <div class="checks">
            <Switch on=page.letter_keys on_change=Callback::new(move |on| page.letter_keys.set(on))>
                "Single-letter keys"
            </Switch>
            <Switch on=large on_change=set_large>"Large, for projectors"</Switch>
        </div>
    }
}
