//! Jump ahead: for a while, to a moment, or until something happens. Nothing is skipped.

use super::controls::{TextInput, fresh_id};
use super::parts::popover::{Place, Popover};
use super::{icon::icon, text};
use crate::session::{JumpGoal, JumpProgress, Session, use_session};
use crate::ui::text::{clock, count, span};
use leptos::prelude::*;

const SPANS: [(&str, u64); 4] =
    [("1 min", 60_000), ("1 h", 3_600_000), ("1 day", 86_400_000), ("7 days", 604_800_000)];

/// The popover: the choice, and while a jump goes on, how far it is.
#[component]
pub fn Jump() -> impl IntoView {
    let session = use_session();
    let running = Memo::new(move |_| session.jump.with(Option::is_some));
    view! {
        <Popover label="Jump ahead" width=340 place=Place::Above>
            {move || if running.get() { run_view(session) } else { choice(session) }}
        </Popover>
    }
}

fn choice(session: Session) -> AnyView {
    let from = clock(session.elapsed_ms.get_untracked());
    let jump = move |(word, ms): (&'static str, u64)| {
        view! { <button class="btn outline" on:click=move |_| session.jump_to(JumpGoal::For(ms))>{word}</button> }
    };
    let until = move |(picture, title, kind): (&'static str, &'static str, &'static str)| {
        let aside = expected(session, kind);
        view! {
            <li>
                <button on:click=move |_| session.jump_to(JumpGoal::NextMark(kind.to_owned()))>
                    {icon(picture)}<b>{title}</b><span>{aside}</span>
                </button>
            </li>
        }
    };
    let kinds = [
        ("trash", "segment deletion", "del"),
        ("broom", "cleaning", "clean"),
        ("swap", "rebalance", "reb"),
        ("warn", "error or lost record", "warn"),
    ];
    view! {
        <h3>"Jump ahead "<span class="dim">{format!("from {from}")}</span></h3>
        <div class="jumps">{SPANS.into_iter().map(jump).collect_view()}</div>
        <div class="cap-l">"Until the next"</div>
        <ul class="until">{kinds.into_iter().map(until).collect_view()}</ul>
        <ToMoment/>
        <p class="dim">"Streams go on meanwhile. Nothing is skipped: every event is computed."</p>
    }
    .into_any()
}

/// What is known beforehand: the first deletion that is due in the shown topic.
fn expected(session: Session, kind: &str) -> String {
    if kind != "del" {
        return "not known before".to_owned();
    }
    let Some(topic) = session.page.topic.get_untracked() else { return "no topic".to_owned() };
    let next = session.read(|engine| {
        let partitions = engine.topic(&topic)?.summary.partitions;
        let due = (0..partitions).filter_map(|partition| {
            let lane = engine.lane(&topic, partition, log_engine::view::LaneWindow::Tail(0))?;
            lane.retention
                .map(|due| (due.deletes_at_ms, partition, due.first_offset, due.last_offset))
        });
        due.min().map(|due| (text::since(due.0, engine.start_ms()), due.1, due.2, due.3))
    });
    next.map_or_else(
        || "none due yet".to_owned(),
        |(at, partition, first, last)| {
            format!("P{partition} {}, {}", crate::ui::text::range(first, last), at)
        },
    )
}

#[component]
fn ToMoment() -> impl IntoView {
    let session = use_session();
    let id = fresh_id("moment");
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<&'static str>);
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let now = session.elapsed_ms.get_untracked();
        match text::parse_clock(&typed.get_untracked()) {
            None => wrong.set(Some("Write a moment as the clock shows it, 02:30, or 7 d 00:00.")),
            Some(at) if at <= now => wrong.set(Some("That is not ahead. The timeline goes back.")),
            Some(at) => session.jump_to(JumpGoal::For(at - now)),
        }
    };
    view! {
        <form class="f-row" on:submit=go>
            <label for=id.clone()>"To a moment"</label>
            <div class="row">
                <TextInput
                    id=id
                    value=typed
                    placeholder="7 d 00:00"
                    bad=Signal::derive(move || wrong.get().is_some())
                    on_input=Callback::new(move |text| typed.set(text))
                />
                <button type="submit" class="btn small outline">"Jump"</button>
            </div>
            {move || wrong.get().map(|text| super::parts::field::error_line(text.to_owned(), None))}
        </form>
    }
}

fn run_view(session: Session) -> AnyView {
    let progress = Memo::new(move |last: Option<&Option<JumpProgress>>| {
        session.jump.get().or_else(|| last.cloned().flatten())
    });
    let with = move |look: fn(&JumpProgress) -> String| {
        progress.with(|progress| progress.as_ref().map(look).unwrap_or_default())
    };
    let from = move || progress.with(|p| p.as_ref().map_or(0, |p| p.from_ms));
    view! {
        <h3>{move || with(title)}</h3>
        <p class="dim">{move || with(|p| format!("at {}, {} events", clock(p.now_ms), count(p.events)))}</p>
        <span
            class="meter big"
            role="progressbar"
            aria-label="Jump"
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent(progress).to_string()
        >
            <i style:width=move || format!("{}%", percent(progress))></i>
        </span>
        <ul class="bul tight">
            {move || {
                session.pulse.track();
                happened(session, from()).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
            }}
        </ul>
        <div class="pop-foot">
            <button class="btn small outline" data-focus="" on:click=move |_| session.stop_jump()>"Stop here"</button>
            <button class="btn small outline" on:click=move |_| session.cancel_jump()>
                {move || format!("Cancel, back to {}", clock(from()))}
            </button>
        </div>
    }
    .into_any()
}

fn title(progress: &JumpProgress) -> String {
    match &progress.goal {
        JumpGoal::For(ms) => {
            format!("Jumping {} ahead", span(i64::try_from(*ms).unwrap_or(i64::MAX)))
        }
        JumpGoal::Replay => format!("Replaying up to {}", clock(progress.to_ms)),
        JumpGoal::NextMark(kind) => {
            let what = match kind.as_str() {
                "del" => "segment deletion",
                "clean" => "cleaning",
                "reb" => "rebalance",
                _ => "error or lost record",
            };
            format!("Jumping to the next {what}")
        }
    }
}

fn percent(progress: Memo<Option<JumpProgress>>) -> u64 {
    progress.with(|progress| {
        let Some(p) = progress else { return 0 };
        let whole = p.to_ms.saturating_sub(p.from_ms).max(1);
        (p.now_ms.saturating_sub(p.from_ms) * 100 / whole).min(100)
    })
}

/// What happened since the jump began, by kind.
fn happened(session: Session, from_ms: u64) -> Vec<String> {
    let marks = session.read_player(scenario::Player::marks);
    let of = |kind: &str| {
        let since = marks.iter().filter(|m| !m.ahead && m.at_ms > from_ms && m.mark.kind == kind);
        i64::try_from(since.count()).unwrap_or(i64::MAX)
    };
    let lines = [
        (of("del"), "deletion of segments", "deletions of segments"),
        (of("clean"), "log cleaned", "logs cleaned"),
        (of("reb"), "rebalance", "rebalances"),
        (of("warn"), "error", "errors"),
    ];
    let lines = lines.into_iter().filter(|(n, _, _)| *n > 0);
    lines.map(|(n, one, many)| text::plural(n, one, many)).collect()
}
