//! The two legends: which key is which colour, and what each mark means.

use super::deck::use_deck;
use super::geometry::LaneKind;
use crate::session::{Session, use_session};
use crate::ui::KeyChip;
use leptos::prelude::*;
use log_engine::view::LaneWindow;
use sorted::SortedMap;
use std::sync::Arc;

/// Keys shown before "n more".
const SHOWN_KEYS: usize = 8;
/// Lanes whose newest records are counted, at most.
const COUNTED_LANES: usize = 16;

/// Keys, each with its cell. Pointing at one fades all others in the lanes.
#[component]
pub fn KeyLegend() -> impl IntoView {
    let session = use_session();
    let deck = use_deck();
    let (all, set_all) = signal(false);
    let keys = Memo::new(move |_| session.legend.with(|legend| legend.keys().to_vec()));
    let shown = Memo::new(move |_| {
        let keys = keys.get();
        if all.get() || keys.len() <= SHOWN_KEYS + 1 {
            keys
        } else {
            most_frequent(session, &keys, deck.partitions.get())
        }
    });
    let more = move || keys.with(Vec::len).saturating_sub(SHOWN_KEYS);
    view! {
        <div class="keys" role="group" aria-label="Keys: point at one to highlight it">
            <span class="dim">"Keys"</span>
            <For each=move || shown.get() key=Clone::clone let:key>
                <KeyButton key=Some(key)/>
            </For>
            <KeyButton key=None/>
            {move || {
                (keys.with(Vec::len) > SHOWN_KEYS + 1)
                    .then(|| {
                        view! {
                            <button
                                class="keychip"
                                aria-expanded=move || all.get().to_string()
                                on:click=move |_| set_all.update(|all| *all = !*all)
                            >
                                {move || {
                                    if all.get() {
                                        "fewer".to_owned()
                                    } else {
                                        format!("{} more", more())
                                    }
                                }}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn KeyButton(key: Option<String>) -> impl IntoView {
    let session = use_session();
    let lit = session.page.lit_key;
    let on = {
        let key = key.clone();
        move || lit.set(Some(key.clone()))
    };
    let (enter, focus) = (on.clone(), on);
    let name = key.clone().map_or_else(
        || "no key".to_owned(),
        |key| {
            if key.is_empty() { "empty key".to_owned() } else { key }
        },
    );
    view! {
        <button
            class="keychip"
            on:mouseenter=move |_| enter()
            on:focus=move |_| focus()
            on:mouseleave=move |_| lit.set(None)
            on:blur=move |_| lit.set(None)
        >
            <KeyChip key=Signal::stored(key) small=true/>
            {name}
        </button>
    }
}

/// The keys that most of the newest records have, in order of first use.
fn most_frequent(session: Session, keys: &[String], partitions: i32) -> Vec<String> {
    let Some(topic) = session.page.topic.get() else { return Vec::new() };
    let mut counts: SortedMap<Arc<str>, usize> = SortedMap::new();
    // Of many partitions some speak for all, evenly chosen.
    let stride = usize::try_from(partitions).unwrap_or(0).div_ceil(COUNTED_LANES).max(1);
    session.read(|engine| {
        let lane = |partition| engine.lane(&topic, partition, LaneWindow::Tail(64));
        let lanes = (0..partitions).step_by(stride).filter_map(lane);
        for key in lanes.flat_map(|lane| lane.cells).filter_map(|cell| cell.key) {
            *counts.entry(key).or_default() += 1;
        }
    });
    let count = |key: &String| counts.get(key.as_str()).copied().unwrap_or(0);
    let mut ranked: Vec<&String> = keys.iter().collect();
    sorted::sort_by_key(&mut ranked, |key| std::cmp::Reverse(count(key)));
    ranked.truncate(SHOWN_KEYS);
    keys.iter().filter(|key| ranked.contains(key)).cloned().collect()
}

/// What the marks in the lanes mean. Drawn as the lanes draw them.
#[component]
pub fn MarkLegend() -> impl IntoView {
    let deck = use_deck();
    let full = move || deck.kind.get() == LaneKind::Full;
    let session = use_session();
    let compacted = Memo::new(move |_| {
        session.topic.with(|topic| {
            let configs = topic.as_ref().map(|topic| topic.configs.as_slice()).unwrap_or_default();
            let policy = configs.iter().find(|config| config.name == "cleanup.policy");
            policy
                .and_then(|policy| policy.value.as_deref())
                .is_some_and(|it| it.contains("compact"))
        })
    });
    view! {
        <footer class="legend" aria-label="Legend">
            <span>
                <svg width="20" height="14" aria-hidden="true">
                    <rect
                        class="deleted"
                        fill="url(#hatch)"
                        x=".5"
                        y="1.5"
                        width="19"
                        height="11"
                        rx="3"
                    ></rect>
                </svg>
                "deleted"
            </span>
            <span>
                <svg width="20" height="14" aria-hidden="true">
                    <rect class="seg closed" x=".5" y="1.5" width="19" height="11" rx="3"></rect>
                </svg>
                "closed segment"
            </span>
            <span>
                <svg width="20" height="14" aria-hidden="true">
                    <rect class="seg active" x=".5" y="1.5" width="19" height="11" rx="3"></rect>
                </svg>
                "active segment"
            </span>
            <span>
                <svg width="13" height="14" aria-hidden="true">
                    <g class="rec k-1 un"><rect x="1" y="2" width="11" height="10" rx="2"></rect></g>
                </svg>
                "not readable yet"
            </span>
            <span>
                <svg width="26" height="14" aria-hidden="true">
                    <rect class="hwflag" width="25" height="14" rx="2"></rect>
                    <text class="hwflagt" x="12.5" y="10.8">"HW"</text>
                </svg>
                "high watermark"
            </span>
            {move || compacted.get().then(|| view! {
                <span>
                    <svg width="10" height="14" aria-hidden="true">
                        <path class="cut-mark" d="M1 11l3-8M5 11l3-8"></path>
                    </svg>
                    "compacted away"
                </span>
                <span>
                    <svg width="13" height="14" aria-hidden="true">
                        <g class="rec k-1"><rect x="1" y="2" width="11" height="10" rx="2"></rect></g>
                        <path class="cut-mark" d="M3 10l7-6"></path>
                    </svg>
                    "tombstone (null value)"
                </span>
            })}
            {move || full().then(|| view! {
                <span>
                    <svg width="9" height="14" aria-hidden="true">
                        <circle class="gcom" cx="4.5" cy="7" r="3.2"></circle>
                    </svg>
                    "committed"
                </span>
                <span>
                    <svg width="9" height="14" aria-hidden="true">
                        <path class="gpos" d="M1 3l7 4-7 4z"></path>
                    </svg>
                    "position"
                </span>
            })}
        </footer>
    }
}
