//! The cleaner and one partition: how dirty it is, when it is cleaned, and a pass step by step.

use super::clean_pass::pass_view;
use crate::lanes::cleaning::percents;
use crate::panels::controls::Segmented;
use crate::panels::icon::icon;
use crate::panels::parts::dialog::Dialog;
use crate::panels::text::since;
use crate::session::{DrawerTab, JumpGoal, Session, use_session};
use crate::ui::text::{bytes, number, span};
use leptos::prelude::*;
use log_engine::Engine;
use log_engine::view::{CleanPassView, CleanerView, LaneWindow};

/// The dialog for a partition of the shown topic.
#[component]
pub fn Cleaner(
    /// The partition.
    partition: i32,
    /// The last pass at first, else the next.
    last: bool,
) -> impl IntoView {
    let session = use_session();
    let topic = session.page.topic.get_untracked().unwrap_or_default();
    let of = StoredValue::new(topic.clone());
    let state = Memo::new(move |_| {
        session.pulse.track();
        of.with_value(|topic| {
            session.read(|engine| engine.lane(topic, partition, LaneWindow::Tail(0))?.cleaner)
        })
    });
    // A pass costs something, and stands still while one looks at it: only what it is made of brings another.
    let ground = Memo::new(move |_| {
        state.with(|state| {
            let state = state.as_ref()?;
            Some((state.first_dirty, state.first_uncleanable, state.dirty_bytes, state.cleaned_ms))
        })
    });
    let look = move |look: fn(&Engine, &str, i32) -> Option<CleanPassView>| {
        ground.track();
        of.with_value(|topic| session.read(|engine| look(engine, topic, partition)))
    };
    let next = Memo::new(move |_| {
        look(|engine, topic, partition| engine.clean_preview(topic, partition, 0))
    });
    let done = Memo::new(move |_| look(Engine::last_clean));
    let which =
        RwSignal::new(if last || untrack(|| next.with(Option::is_none)) { "last" } else { "next" });
    let pass = Memo::new(move |_| if which.get() == "last" { done.get() } else { next.get() });
    let options = [("next", "Next pass"), ("last", "Last pass")];
    let options = options.map(|(value, word)| (value.to_owned(), word.to_owned())).to_vec();
    let head = view! {
        <Segmented
            label="Which pass"
            options=Signal::stored(options)
            value=Signal::derive(move || which.get().to_owned())
            on_pick=Callback::new(move |id: String| which.set(if id == "last" { "last" } else { "next" }))
        />
        <span class="dim">{format!("{topic} P{partition}")}</span>
    }
    .into_any();
    view! {
        <Dialog title="Cleaner" wide=true head>
            {move || match state.get() {
                Some(state) => state_view(session, &state),
                None => view! {
                    <p class="blank">"This topic is not compacted: cleanup.policy is delete. Set it to compact, and the cleaner keeps the newest record of each key."</p>
                }.into_any(),
            }}
            {move || match pass.get() {
                Some(pass) => pass_view(session, pass, which.get() == "last"),
                None if which.get() == "last" => view! { <p class="blank">"It has not been cleaned yet."</p> }.into_any(),
                None => view! { <p class="blank">"Nothing is dirty: every closed segment is cleaned. The active segment is never touched."</p> }.into_any(),
            }}
        </Dialog>
    }
}

/// How dirty it is, from when on it is due, and when the cleaner comes.
fn state_view(session: Session, state: &CleanerView) -> AnyView {
    let (dirty, threshold) = percents(state);
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let now_ms = session.read(Engine::now_ms);
    let ratio = match state.dirty_ratio_millionths {
        Some(_) => format!("{dirty:.0} % dirty"),
        None => "no closed segment yet".to_owned(),
    };
    let due = match (&state.uncleanable, state.next_pass_ms, state.max_lag_exceeded) {
        (Some(why), ..) => format!("The cleaner leaves it alone until the broker restarts: {why}"),
        (_, Some(at_ms), false) => format!(
            "Above min.cleanable.dirty.ratio: the next pass is in {}, at {}.",
            span((at_ms - now_ms).max(0)),
            since(at_ms, start_ms)
        ),
        (_, Some(at_ms), true) => format!(
            "A record has waited longer than max.compaction.lag.ms: the next pass is at {}.",
            since(at_ms, start_ms)
        ),
        (_, None, _) => match state.next_run_ms {
            Some(at_ms) => format!(
                "Not due: the dirty part has to exceed min.cleanable.dirty.ratio. The cleaner looks again at {} (log.cleaner.backoff.ms).",
                since(at_ms, start_ms)
            ),
            None => "log.cleaner.enable is false: nothing is ever cleaned.".to_owned(),
        },
    };
    let rows = vec![
        ("Clean", format!("{} below offset {}: each key once", bytes(state.clean_bytes), number(state.first_dirty))),
        ("Dirty", format!("{} in closed segments from there", bytes(state.dirty_bytes))),
        ("Not yet cleanable", format!(
            "from offset {}: the active segment, what is younger than min.compaction.lag.ms, or above the last stable offset",
            number(state.first_uncleanable)
        )),
        ("Tombstones", match state.next_horizon_ms {
            Some(at_ms) => format!("the earliest delete horizon is {}: a pass after it drops them", since(at_ms, start_ms)),
            None => "no delete horizon set: the first pass over a tombstone sets one, delete.retention.ms ahead".to_owned(),
        }),
    ];
    let rows =
        rows.into_iter().map(|(word, text)| view! { <div><dt>{word}</dt><dd>{text}</dd></div> });
    let jump = state.next_pass_ms.map(|at_ms| {
        let go = move |_| {
            let wait_ms = u64::try_from(at_ms - session.read(Engine::now_ms)).unwrap_or(0);
            session.close();
            session.jump_to(JumpGoal::For(wait_ms));
        };
        view! { <button class="btn small" on:click=go>{icon("jump")}{format!("Jump to {}", since(at_ms, start_ms))}</button> }
    });
    let to_configs = move |_| {
        session.page.config_search.set("clean".to_owned());
        session.show_tab(DrawerTab::Configs);
        session.close();
    };
    view! {
        <div class="clean-now" class:due=state.due>
            <p><b>{ratio}</b>" "<span>{due}</span></p>
            <span class="meter big tick" role="img" aria-label=format!("{dirty:.0} % dirty, due above {threshold:.0} %")>
                <i style:width=format!("{dirty:.1}%")></i>
                <u style:left=format!("{threshold:.1}%")></u>
            </span>
            <dl class="holds">{rows.collect_view()}</dl>
            <div class="row">
                {jump}
                <button class="btn small" on:click=to_configs>{icon("edit")}"Its configs"</button>
            </div>
        </div>
    }
    .into_any()
}
