//! Share: the link with its length, where it opens, what it holds; a file where a link would be too long.

use super::address::link_to;
use crate::panels::controls::Switch;
use crate::panels::copy::CopyButton;
use crate::panels::icon::icon;
use crate::panels::note::{Kind, note};
use crate::panels::parts::dialog::Dialog;
use crate::panels::text::{list, plural};
use crate::session::{Panel, Session, use_session};
use crate::ui::text::{clock, number};
use leptos::prelude::*;
use scenario::limits::{LONG_LINK_CHARS, SAFE_LINK_CHARS};
use scenario::link::LinkSize;
use scenario::{Document, Player, ViewHints, file};

/// What goes with the link.
#[derive(Clone, Copy)]
struct Options {
    moment: RwSignal<bool>,
    compare: RwSignal<bool>,
    play: RwSignal<bool>,
    record: RwSignal<bool>,
}

impl Options {
    fn document(self, session: Session) -> Document {
        let mut document = untrack(|| session.document());
        if !self.moment.get() {
            (document.at, document.at_event) = (None, None);
        }
        runs_of(&mut document, self.compare.get());
        let view = document.view.get_or_insert_with(ViewHints::default);
        view.playing = Some(self.play.get());
        if !self.record.get() {
            view.selected = None;
        }
        document
    }
}

/// Two runs side by side, or the shown one alone: then a document has another one beside it or none.
pub(super) fn runs_of(document: &mut Document, compare: bool) {
    let other = if document.run == 0 { 1 } else { 0 };
    document.compare =
        document.compare.or(Some(other)).filter(|_| compare && !document.forks.is_empty());
}

/// The dialog.
#[component]
pub fn Share() -> impl IntoView {
    let session = use_session();
    let options = Options {
        moment: RwSignal::new(true),
        compare: RwSignal::new(session.compared().is_some()),
        play: RwSignal::new(false),
        record: RwSignal::new(session.page.selection.with_untracked(Option::is_some)),
    };
    // The moment is the one at which the dialog was opened.
    let moment = clock(session.elapsed_ms.get_untracked());
    let link =
        Memo::new(move |_| link_to(&options.document(session)).map_err(|error| error.to_string()));
    let fits = Memo::new(move |_| {
        link.with(|link| {
            link.as_ref().is_ok_and(|link| LinkSize::of(link.len()) != LinkSize::TooLong)
        })
    });
    let foot = view! {
        <span class="dim">"Others get a copy; your workspace does not change"</span>
        <span class="end">
            <button class="btn" on:click=move |_| { session.save_file(); }>{icon("save")}"Save to a file"</button>
            <button class="btn" on:click=move |_| session.turn_to(Panel::Embed)>{icon("embed")}"Embed"</button>
        </span>
    }
    .into_any();
    view! {
        <Dialog title="Share" foot>
            {move || if fits.get() { link_row(link) } else { too_long(session, link) }}
            <div class="sec checks">
                <Switch on=options.moment on_change=Callback::new(move |on| options.moment.set(on))>
                    "Open at this moment, "<b>{moment}</b>
                </Switch>
                <Switch on=options.play on_change=Callback::new(move |on| options.play.set(on))>
                    "Start playing at once"
                </Switch>
                {selected_switch(session, options)}
                {compare_switch(session, options)}
            </div>
            {holds(session)}
        </Dialog>
    }
}

fn selected_switch(session: Session, options: Options) -> Option<AnyView> {
    let selected = session.page.selection.get_untracked()?;
    let words = format!("With the selected record, P{} {}", selected.partition, selected.offset);
    Some(
        view! {
            <Switch on=options.record on_change=Callback::new(move |on| options.record.set(on))>{words}</Switch>
        }
        .into_any(),
    )
}

/// Where there is more than one run.
fn compare_switch(session: Session, options: Options) -> Option<AnyView> {
    let words = crate::compare::pair_words(session)?;
    Some(
        view! {
            <Switch on=options.compare on_change=Callback::new(move |on| options.compare.set(on))>
                {format!("As a comparison, {words}")}
            </Switch>
        }
        .into_any(),
    )
}

fn link_row(link: Memo<Result<String, String>>) -> AnyView {
    let address = move || link.get().unwrap_or_default();
    view! {
        <div class="linkrow">
            <input
                class="mono"
                readonly=true
                aria-label="Link"
                prop:value=address
                on:focus=move |event| select_all(&event)
            />
            <CopyButton label="Copy link" class="btn primary" text=Callback::new(move |()| untrack(address))/>
        </div>
        {move || length_bar(address().len())}
    }
    .into_any()
}

/// A press into the link takes all of it.
fn select_all(event: &leptos::ev::FocusEvent) {
    event_target::<web_sys::HtmlInputElement>(event).select();
}

/// The length against the two limits: safe everywhere, and the most that gets through most places.
fn length_bar(chars: usize) -> AnyView {
    let words = match LinkSize::of(chars) {
        LinkSize::Safe => format!("under {} works in chat, mail and on a slide", number(2000)),
        LinkSize::Long => format!("over {}: some chats and mail programs cut it", number(2000)),
        LinkSize::TooLong => format!("chat and mail cut links at {} or before", number(8000)),
    };
    let most = LONG_LINK_CHARS.max(chars);
    let share = |n: usize| format!("{}%", n * 100 / most.max(1));
    let bad = LinkSize::of(chars) == LinkSize::TooLong;
    view! {
        <div class="lenbar" class:bad=bad class:long=LinkSize::of(chars) == LinkSize::Long>
            <span aria-hidden="true">
                <i style:width=share(chars)></i>
                <u style:left=share(SAFE_LINK_CHARS)></u>
                <u style:left=share(LONG_LINK_CHARS)></u>
            </span>
            <p><b>{format!("{} characters", number(i64::try_from(chars).unwrap_or(i64::MAX)))}</b>{words}</p>
        </div>
    }
    .into_any()
}

fn too_long(session: Session, link: Memo<Result<String, String>>) -> AnyView {
    let bare = without_journal(session);
    let bare_words = match &bare {
        Some(link) => format!(
            "{} characters; without your actions",
            number(i64::try_from(link.len()).unwrap_or(0))
        ),
        None => String::new(),
    };
    let size = file::encode(&session.document()).map_or(0, |text| text.len());
    let size = crate::ui::text::bytes(i64::try_from(size).unwrap_or(0));
    let actions = session.read_player(|player| player.journal().len());
    let actions = plural(i64::try_from(actions).unwrap_or(0), "action", "actions");
    let told = link.get().err().unwrap_or_else(|| {
        format!("It holds {actions}. Save it to a file instead; the file opens in any Ottla.")
    });
    view! {
        {link.get().ok().map(|link| length_bar(link.len()))}
        {note(Kind::Warn, "This document does not fit into a link.", told)}
        <div class="ways">
            <button class="way on" on:click=move |_| { session.save_file(); }>
                {icon("save")}<b>"Save to a file"</b><span>{format!("{size}; it opens in any Ottla")}</span>
            </button>
            {bare.map(|bare| view! {
                <div class="way">
                    {icon("share")}<b>"Link to the scenario only"</b><span>{bare_words}</span>
                    <CopyButton label="Copy" class="btn small" text=Callback::new(move |()| bare.clone())/>
                </div>
            })}
        </div>
    }
    .into_any()
}

/// The link to the same scenario without what was done in it, where that one fits.
fn without_journal(session: Session) -> Option<String> {
    let mut document = session.document();
    document.journal.clear();
    document.forks.clear();
    (document.run, document.compare) = (0, None);
    document.bookmarks.clear();
    (document.at, document.at_event, document.view) = (None, None, None);
    link_to(&document).ok().filter(|link| LinkSize::of(link.len()) != LinkSize::TooLong)
}

fn holds(session: Session) -> AnyView {
    let document = session.read_player(Player::document);
    let cluster = session.cluster.get_untracked();
    let topics: Vec<String> = cluster.topics.iter().map(|topic| topic.name.clone()).collect();
    let counted =
        |n: usize, one: &str, many: &str| plural(i64::try_from(n).unwrap_or(0), one, many);
    let mut parts = vec![plural(i64::from(document.cluster.brokers), "broker", "brokers")];
    if !topics.is_empty() {
        parts.push(format!(
            "{} {}",
            if topics.len() == 1 { "topic" } else { "topics" },
            list(&topics)
        ));
    }
    parts.push(counted(session.producer_names.with_untracked(Vec::len), "producer", "producers"));
    parts.push(counted(session.group_names.with_untracked(Vec::len), "group", "groups"));
    let actions = match document.journal.len() {
        0 => "none yet".to_owned(),
        n => format!("{n}, with their times and values"),
    };
    let mut rows = vec![("Scenario", parts.join(", ")), ("Your actions", actions)];
    if !document.forks.is_empty() {
        let runs = session.runs.get_untracked();
        rows.push(("Runs", list(&runs.iter().map(crate::compare::run_words).collect::<Vec<_>>())));
    }
    if !document.bookmarks.is_empty() {
        rows.push(("Bookmarks", document.bookmarks.len().to_string()));
    }
    let version =
        format!("seed {}, Kafka profile 4.3, link format {}", document.seed, document.ottla);
    rows.push(("Seed and version", version));
    let row = |(word, text)| view! { <div><dt>{word}</dt><dd>{text}</dd></div> };
    view! {
        <div class="sec">
            <h3>"What the link holds"</h3>
            <dl class="holds">{rows.into_iter().map(row).collect_view()}</dl>
            <p class="help-l">
                "Everything is in the link itself, after the #. Nothing is uploaded, and servers do not see it. Records are not in it: the same seed and actions make the same run again."
            </p>
        </div>
    }
    .into_any()
}
