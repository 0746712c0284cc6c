//! From a time to a record: what ListOffsets by timestamp finds (R-LOG-33).

use crate::lanes::DeckSlot;
use crate::panels::controls::{TextInput, fresh_id};
use crate::panels::note::{Kind, command_line, command_words, note};
use crate::panels::parts::field::Field;
use crate::panels::parts::popover::Popover;
use crate::panels::text::{parse_clock, since};
use crate::session::{Session, use_session};
use crate::ui::text::clock;
use leptos::prelude::*;

/// From this many digits on, a number is milliseconds since 1970, as producers stamp records.
const EPOCH_DIGITS: usize = 11;

/// The form, for a partition of the shown topic.
#[component]
pub fn JumpToTime(
    /// The partition.
    partition: i32,
) -> impl IntoView {
    let session = use_session();
    let topic = StoredValue::new(session.page.topic.get_untracked().unwrap_or_default());
    let now = session.elapsed_ms.get_untracked();
    let typed = RwSignal::new(clock(now.saturating_sub(10_000)));
    let at_ms = Memo::new(move |_| typed.with(|text| moment(session, text)));
    let found = Memo::new(move |_| {
        session.pulse.track();
        let at_ms = at_ms.get()?;
        topic.with_value(|topic| {
            session.read(|engine| engine.offset_for_time(topic, partition, at_ms))
        })
    });
    let deck = use_context::<DeckSlot>();
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((offset, _)) = found.get_untracked() else { return };
        session.close();
        session.inspect(partition, offset);
        if let Some(deck) = deck.and_then(DeckSlot::get) {
            deck.reveal(partition, offset);
        }
    };
    let id = fresh_id("time");
    let unread = Signal::derive(move || {
        at_ms
            .get()
            .is_none()
            .then(|| "Write 00:42.480, seconds, 2026-01-01T00:00:10Z or ms since 1970.".to_owned())
    });
    let help = "Since the scenario's start; a date or ms since 1970 for imported records.";
    view! {
        <Popover label="Jump to a time" width=404>
            <form on:submit=go>
                <h3>{format!("First record of P{partition} at or after")}</h3>
                <Field label="Time" id=id.clone() help=Signal::stored(help.to_owned()) error=unread>
                    <TextInput
                        id=id.clone()
                        value=typed
                        focus=true
                        described_by=format!("{id}-d")
                        bad=Signal::derive(move || at_ms.get().is_none())
                        on_input=Callback::new(move |text| typed.set(text))
                    />
                </Field>
                <div role="status">{move || answer(session, &topic.get_value(), partition, at_ms.get(), found.get())}</div>
                {move || {
                    let flags = [
                        ("--topic", topic.get_value()),
                        ("--partitions", partition.to_string()),
                        ("--time", at_ms.get().unwrap_or(-1).to_string()),
                    ];
                    command_line(command_words("kafka-get-offsets.sh", &flags))
                }}
                <div class="pop-foot">
                    <span class="dim"></span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary" prop:disabled=move || found.get().is_none()>
                        "Select it"
                    </button>
                </div>
            </form>
        </Popover>
    }
}

/// What was found, in words.
fn answer(
    session: Session,
    topic: &str,
    partition: i32,
    at_ms: Option<i64>,
    found: Option<(i64, i64)>,
) -> AnyView {
    if at_ms.is_none() {
        return ().into_any();
    }
    let Some((offset, _)) = found else {
        return note(
            Kind::Info,
            "No record at or after.",
            "ListOffsets answers with offset -1: no record below the high watermark has this timestamp or a later one.",
        );
    };
    let record = session.read(|engine| engine.record(topic, partition, offset));
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    let words = record.map_or_else(String::new, |record| {
        let moment = match record.timestamp {
            at if at >= start_ms => since(at, start_ms),
            at => format!("{at} ms since 1970"),
        };
        format!("{} {moment}", record.timestamp_type)
    });
    note(Kind::Info, format!("Offset {offset}."), words)
}

/// A moment as ms since 1970: the clock's, a number of ms, or a date.
fn moment(session: Session, text: &str) -> Option<i64> {
    let text = text.trim();
    let start_ms = session.cluster.with_untracked(|cluster| cluster.start_ms);
    if text.len() >= EPOCH_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    if text.contains('-') {
        let parsed = js_sys::Date::parse(text);
        #[allow(clippy::cast_possible_truncation)]
        return parsed.is_finite().then_some(parsed as i64);
    }
    start_ms.checked_add(i64::try_from(parse_clock(text)?).ok()?)
}
