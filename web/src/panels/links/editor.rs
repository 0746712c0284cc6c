//! The chosen link: which way, whether it passes, how fast, how surely, and what that means now.

use super::Desk;
use super::ends::State;
use super::meaning;
use crate::panels::controls::{Segmented, Slider, fresh_id};
use crate::panels::note::{Kind, note};
use crate::panels::parts::field::Field;
use leptos::prelude::*;
use log_engine::Command;

/// Places of the sliders.
const LATENCIES: [u32; 15] = [0, 1, 2, 5, 10, 20, 40, 80, 150, 250, 500, 1000, 2000, 5000, 10_000];
const JITTERS: [u32; 12] = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
const BREAKS: [u32; 9] = [0, 1, 2, 4, 6, 10, 20, 30, 60];

/// The editor.
#[component]
pub fn Editor(desk: Desk) -> impl IntoView {
    let both = RwSignal::new(false);
    let state = Memo::new(move |_| {
        desk.pair().map_or_else(
            || State::plain(desk.plain_ms),
            |(from, to)| desk.state(&from.name, &to.name),
        )
    });
    let title = move || {
        desk.pair().map_or_else(String::new, |(from, to)| {
            let arrow = if both.get() { "\u{2194}" } else { "\u{2192}" };
            let words = format!("{} {arrow} {}", from.words(), to.words());
            let mut letters = words.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
    };
    let set = move |changed: State| {
        let Some((from, to)) = untrack(|| desk.pair()) else { return };
        desk.session.act(Command::SetLink {
            from: vec![from.name],
            to: vec![to.name],
            both: both.get_untracked(),
            link: changed.spec(desk.plain_ms),
        });
    };
    let passes = Signal::derive(move || {
        let word = state.with(|state| match state {
            State { drops: true, .. } => "loses",
            State { cut: true, .. } => "cut",
            _ => "up",
        });
        word.to_owned()
    });
    let option = |id: &str, word: &str| (id.to_owned(), word.to_owned());
    let ways = vec![option("one", "this way"), option("both", "both ways")];
    let states = vec![option("up", "up"), option("cut", "cut"), option("loses", "loses")];
    view! {
        <div class="link-ed">
            <h3>{title}</h3>
            <Segmented
                label="Which way"
                options=Signal::stored(ways)
                value=Signal::derive(move || if both.get() { "both" } else { "one" }.to_owned())
                on_pick=Callback::new(move |way: String| both.set(way == "both"))
            />
            <Field label="State">
                <Segmented
                    label="State"
                    options=Signal::stored(states)
                    value=passes
                    on_pick=Callback::new(move |word: String| {
                        let (cut, drops) = (word == "cut", word == "loses");
                        set(State { cut, drops, ..state.get_untracked() });
                    })
                />
            </Field>
            {scale("Latency", "ms", "each message; jitter adds to it", &LATENCIES, Signal::derive(move || state.get().latency_ms), Callback::new(move |n| {
                set(State { latency_ms: n, ..state.get_untracked() });
            }))}
            {scale("Jitter", "ms", "up to so much more; nothing overtakes", &JITTERS, Signal::derive(move || state.get().jitter_ms), Callback::new(move |n| {
                set(State { jitter_ms: n, ..state.get_untracked() });
            }))}
            {scale("Breaks", "/min", "TCP loses no single message: the connection breaks and is opened again", &BREAKS, Signal::derive(move || state.get().breaks_per_min), Callback::new(move |n| {
                set(State { breaks_per_min: n, ..state.get_untracked() });
            }))}
            <Meaning desk/>
        </div>
    }
}

/// A slider over a scale of its own.
fn scale(
    label: &'static str,
    unit: &'static str,
    help: &'static str,
    places: &'static [u32],
    value: Signal<u32>,
    set: Callback<u32>,
) -> AnyView {
    let id = fresh_id("link");
    let place = Signal::derive(move || {
        let value = value.get();
        let nearest = places.iter().enumerate().min_by_key(|(_, place)| place.abs_diff(value));
        nearest.map_or(0, |(at, _)| at)
    });
    // A value between two places is told as it is.
    let words = Callback::new(move |at: usize| {
        let own = untrack(|| value.get());
        let shown =
            if at == untrack(|| place.get()) { own } else { places.get(at).copied().unwrap_or(0) };
        format!("{shown} {unit}")
    });
    view! {
        <Field label id=id.clone() help=Signal::stored(help.to_owned())>
            <Slider
                id=id.clone()
                value=place
                max=places.len() - 1
                words
                on_change=Callback::new(move |at: usize| {
                    if let Some(n) = places.get(at) {
                        set.run(*n);
                    }
                })
            />
        </Field>
    }
    .into_any()
}

/// What the chosen link means as the cluster is now.
#[component]
fn Meaning(desk: Desk) -> impl IntoView {
    let told = Memo::new(move |_| {
        let (from, to) = desk.pair()?;
        let (there, back) = (desk.state(&from.name, &to.name), desk.state(&to.name, &from.name));
        desk.session.cluster.with(|cluster| {
            desk.session.read(|engine| {
                Some(meaning::meaning(engine, cluster, &from, &to, &there, &back, desk.plain_ms))
            })
        })
    });
    view! {
        {move || told.get().map(|told| {
            note(if told.bad { Kind::Warn } else { Kind::Info }, told.lead, told.rest)
        })}
    }
}
