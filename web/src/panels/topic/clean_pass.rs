//! One pass of the cleaner, step by step: the offset map is built from the dirty part, then every record is held
//! against it, then segments are written and merged (R-LOG-64 to R-LOG-69).

use crate::panels::controls::{Slider, fresh_id};
use crate::panels::icon::{icon, key_chip};
use crate::panels::note::{Kind, note};
use crate::panels::text::{plural, since};
use crate::session::{Panel, Session};
use crate::ui::KeyChip;
use crate::ui::text::{bytes, number, range};
use leptos::prelude::*;
use log_engine::view::{CleanFate, CleanPassView, CleanRecordRow, CleanSegmentView};

/// A pass and how far it is shown.
#[derive(Clone, Copy)]
struct Shown {
    pass: StoredValue<CleanPassView>,
    /// Steps taken: keys into the map, then records, then segments.
    step: RwSignal<usize>,
    start_ms: i64,
}

impl Shown {
    fn total(self) -> usize {
        self.pass.with_value(|pass| pass.map.len() + pass.records.len() + pass.segments.len())
    }

    /// The step at which a record's fate is decided, and a segment written.
    fn begins(self) -> (usize, usize) {
        self.pass.with_value(|pass| (pass.map.len(), pass.map.len() + pass.records.len()))
    }

    /// What the present step does.
    fn sentence(self) -> String {
        let step = self.step.get();
        let (records, segments) = self.begins();
        self.pass.with_value(|pass| match step.checked_sub(1) {
            None => format!(
                "Two passes over the bytes: first the dirty part, offsets {}, into a map; then every record from the log start on.",
                range(pass.first_dirty, pass.end_offset - 1)
            ),
            Some(at) if at < records => pass.map.get(at).map_or_else(String::new, |row| {
                format!("Map: the last dirty record of {:?} is at offset {}.", row.key, number(row.offset))
            }),
            Some(at) if at < segments => {
                pass.records.get(at - records).map_or_else(String::new, |row| fate(row, self.start_ms))
            }
            Some(at) => pass.segments.get(at - segments).map_or_else(String::new, written),
        })
    }
}

/// The pass; `done` where it has run.
pub fn pass_view(session: Session, pass: CleanPassView, done: bool) -> AnyView {
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let words = summary(&pass, done, start_ms);
    let full = pass.map_full.then(|| {
        note(
            Kind::Warn,
            "The map was full.",
            "The rest of the dirty part waits for the next pass (log.cleaner.dedupe.buffer.size).",
        )
    });
    let shown = Shown { pass: StoredValue::new(pass), step: RwSignal::new(0), start_ms };
    shown.step.set(shown.total());
    view! {
        <div class="pass">
            <h3>{words}</h3>
            {full}
            <Steps shown/>
            <section class="sec">
                <h4>"1 "<span>"Offset map: each dirty key with its last offset"</span></h4>
                {map_view(shown)}
            </section>
            <section class="sec">
                <h4>"2 "<span>"Every record against the map"</span></h4>
                {records_view(shown)}
            </section>
            <section class="sec">
                <h4>"3 "<span>"Segments that are written"</span></h4>
                {segments_view(shown)}
            </section>
        </div>
    }
    .into_any()
}

fn summary(pass: &CleanPassView, done: bool, start_ms: i64) -> String {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let tombstones = match pass.tombstones_kept {
        0 => String::new(),
        1 => ", 1 of them a tombstone".to_owned(),
        n => format!(", {n} of them tombstones"),
    };
    let lead = match (done, pass.due) {
        (true, _) => format!("At {}", since(pass.at_ms, start_ms)),
        (false, true) => format!("At {}, as the log is now", since(pass.at_ms, start_ms)),
        (false, false) => "Not due yet; if it ran now".to_owned(),
    };
    format!(
        "{lead}: {} {} removed, {} kept{tombstones}; {} → {}",
        plural(count(pass.records_removed), "record", "records"),
        if done { "were" } else { "would be" },
        number(count(pass.records_kept)),
        bytes(pass.bytes_before),
        bytes(pass.bytes_after),
    )
}

/// Back, on, and a slider over all steps.
#[component]
fn Steps(shown: Shown) -> impl IntoView {
    let total = shown.total();
    let step = shown.step;
    let id = fresh_id("steps");
    let button = move |picture: &'static str, word: &'static str, to: fn(usize, usize) -> usize| {
        let go = move |_| step.update(|at| *at = to(*at, total));
        view! { <button class="btn icon small" aria-label=word title=word on:click=go>{icon(picture)}</button> }
    };
    view! {
        <div class="pass-steps">
            {button("reset", "From the start", |_, _| 0)}
            {button("back", "Back one step", |at, _| at.saturating_sub(1))}
            {button("step", "On by one step", |at, total| (at + 1).min(total))}
            <label class="sr" for=id.clone()>"Step"</label>
            <Slider
                id
                value=step
                max=total
                words=Callback::new(move |at| format!("{at} of {total}"))
                on_change=Callback::new(move |at| step.set(at))
            />
        </div>
        <p class="pass-now" role="status">{move || shown.sentence()}</p>
    }
}

fn map_view(shown: Shown) -> AnyView {
    let chips = shown.pass.with_value(|pass| {
        let chip = |(at, row): (usize, &log_engine::view::CleanMapRow)| {
            let pending = Memo::new(move |_| shown.step.get() <= at);
            let (key, offset) = (row.key.clone(), row.offset);
            view! {
                <li class:pending=pending>{key_chip(Some(&key))}<span>{key.clone()}</span><b class="mono">{offset}</b></li>
            }
        };
        pass.map.iter().enumerate().map(chip).collect_view()
    });
    let more = shown.pass.with_value(|pass| {
        let all = usize::try_from(pass.keys).unwrap_or(usize::MAX);
        all.saturating_sub(pass.map.len())
    });
    let more = (more > 0).then(|| view! { <li class="dim">{format!("and {more} more")}</li> });
    view! { <ol class="pass-map" tabindex="0" aria-label="Offset map">{chips}{more}</ol> }
        .into_any()
}

fn records_view(shown: Shown) -> AnyView {
    let (first, _) = shown.begins();
    let cells = shown.pass.with_value(|pass| {
        let cell = |(at, row): (usize, &CleanRecordRow)| {
            let own = first + at + 1;
            let pending = Memo::new(move |_| shown.step.get() < own);
            let now = Memo::new(move |_| shown.step.get() == own);
            record_cell(row, shown, pending, now, own)
        };
        pass.records.iter().enumerate().map(cell).collect_view()
    });
    let more = shown.pass.with_value(|pass| pass.more_records);
    let more = (more > 0).then(|| view! { <li class="dim">{format!("and {more} more")}</li> });
    view! {
        <ol class="pass-recs" tabindex="0" aria-label="Records, oldest first">{cells}{more}</ol>
        <p class="pass-key" aria-hidden="true">
            <span><i class="cellchip k-0 sm">"A"</i>"stays"</span>
            <span class="goes"><i class="cellchip k-0 sm">"A"</i>"goes"</span>
            <span class="tomb"><i class="cellchip k-0 sm">"A"</i>"tombstone"</span>
        </p>
    }
    .into_any()
}

fn record_cell(
    row: &CleanRecordRow,
    shown: Shown,
    pending: Memo<bool>,
    now: Memo<bool>,
    step: usize,
) -> AnyView {
    let words = fate(row, shown.start_ms);
    let tomb = matches!(row.fate, CleanFate::Tombstone | CleanFate::ExpiredTombstone);
    let class = match (row.fate.stays(), tomb) {
        (true, true) => "tomb",
        (true, false) => "",
        (false, true) => "goes tomb",
        (false, false) => "goes",
    };
    let key = row.key.clone();
    view! {
        <li class=class class:pending=pending class:now=now>
            <button title=words.clone() aria-label=words.clone() on:click=move |_| shown.step.set(step)>
                <KeyChip key=Signal::stored(key)/>
                <span class="mono">{row.offset}</span>
            </button>
        </li>
    }
    .into_any()
}

/// What becomes of a record, and why.
fn fate(row: &CleanRecordRow, start_ms: i64) -> String {
    let who = match &row.key {
        Some(key) => format!("Offset {}, {key}", number(row.offset)),
        None => format!("Offset {}", number(row.offset)),
    };
    let until = row.horizon_ms.map(|at_ms| since(at_ms, start_ms));
    let what = match (row.fate, row.superseded_by, until) {
        (CleanFate::Latest, ..) => "stays: the last of its key".to_owned(),
        (CleanFate::Tombstone, _, Some(until)) => {
            format!(
                "stays: a tombstone until its delete horizon, {until}, so that readers see the delete"
            )
        }
        (CleanFate::Tombstone, _, None) => {
            "stays: a tombstone, whose delete horizon is set now".to_owned()
        }
        (CleanFate::BeyondMap, ..) => "stays: this pass did not map as far".to_owned(),
        (CleanFate::Marker, _, Some(until)) => format!("stays: a transaction marker until {until}"),
        (CleanFate::Marker, _, None) => "stays: a transaction marker".to_owned(),
        (CleanFate::Superseded, Some(by), _) => {
            format!("goes: offset {} has the same key", number(by))
        }
        (CleanFate::Superseded, None, _) => "goes: a later record has its key".to_owned(),
        (CleanFate::ExpiredTombstone, ..) => "goes: a tombstone past its delete horizon".to_owned(),
        (CleanFate::Aborted, ..) => "goes: of an aborted transaction".to_owned(),
        (CleanFate::ExpiredMarker, ..) => {
            "goes: a marker past its horizon, nothing of its transaction is left".to_owned()
        }
        (CleanFate::NoKey, ..) => "goes: it has no key".to_owned(),
    };
    format!("{who}: {what}.")
}

fn segments_view(shown: Shown) -> AnyView {
    let (_, first) = shown.begins();
    let lines = shown.pass.with_value(|pass| {
        let line = |(at, segment): (usize, &CleanSegmentView)| {
            let pending = Memo::new(move |_| shown.step.get() <= first + at);
            view! { <li class:pending=pending>{written(segment)}</li> }
        };
        pass.segments.iter().enumerate().map(line).collect_view()
    });
    view! { <ol class="bul pass-segs">{lines}</ol> }.into_any()
}

/// `0.log + 12.log become 0.log: 3.1 kB → 1.2 kB`.
fn written(segment: &CleanSegmentView) -> String {
    let names: Vec<String> = segment.sources.iter().map(|base| format!("{base}.log")).collect();
    let sizes = format!("{} → {}", bytes(segment.bytes_before), bytes(segment.bytes_after));
    match names.as_slice() {
        [one] => format!("{one} is written anew: {sizes}"),
        [first, ..] => format!("{} are merged into {first}: {sizes}", names.join(" + ")),
        [] => sizes,
    }
}

/// Opens the cleaner's dialog on the pass that an event tells of: the run goes to its moment, where it is not the
/// last one now.
pub fn show_pass(session: Session, topic: &str, partition: i32, at_ms: i64) {
    let here = session
        .read(|engine| engine.last_clean(topic, partition).is_some_and(|pass| pass.at_ms == at_ms));
    if !here {
        session.pause();
        let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
        session.seek(u64::try_from(at_ms - start_ms).unwrap_or(0));
    }
    session.select_topic(topic);
    session.open(Panel::Cleaner { partition, last: true }, crate::browser::focused());
}
