//! DeleteRecords: what goes from readers' sight at once, what goes from disk and when, and who had not read it.

use crate::panels::controls::{Segmented, TextInput, fresh_id};
use crate::panels::note::{command_line, command_words};
use crate::panels::parts::field::Field;
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::plural;
use crate::panels::topic::stands_still;
use crate::session::{Session, use_session};
use crate::ui::text::{number, range};
use leptos::prelude::*;
use log_engine::Command;
use log_engine::command::PartitionOffset;
use log_engine::view::{LaneView, LaneWindow};

/// Partitions whose consequence is told one by one.
const TOLD: usize = 6;

/// What the form holds.
#[derive(Clone, Copy)]
struct Form {
    topic: StoredValue<String>,
    /// One partition, or all.
    partition: RwSignal<Option<i32>>,
    /// Up to the high watermark, whatever the offset says.
    all: RwSignal<bool>,
    offset: RwSignal<String>,
}

impl Form {
    fn count(session: Session) -> i32 {
        session.topic.with_untracked(|topic| topic.as_ref().map_or(0, |t| t.summary.partitions))
    }

    /// Offsets as Kafka's tool takes them; none where what was typed is no number.
    fn offsets(self, session: Session) -> Option<Vec<PartitionOffset>> {
        let up_to = if self.all.get() { -1 } else { self.offset.get().trim().parse().ok()? };
        let partitions = match self.partition.get() {
            Some(partition) => partition..partition + 1,
            None => 0..Self::count(session),
        };
        let one = |partition| PartitionOffset { partition, offset: up_to };
        Some(partitions.map(one).collect())
    }

    fn command(self, session: Session) -> Option<Command> {
        let partitions = self.offsets(session)?;
        Some(Command::DeleteRecords { topic: self.topic.get_value(), partitions })
    }

    /// Why it can't be done, in Kafka's words: a clone is asked, which changes nothing.
    fn problem(self, session: Session) -> Option<String> {
        let Some(command) = self.command(session) else {
            return Some("An offset is a whole number.".to_owned());
        };
        session.read(|engine| engine.clone().apply(&command)).err().map(|error| error.message)
    }
}

/// The form. It is about the shown topic.
#[component]
pub fn DeleteRecords(
    /// The chosen partition; none for all.
    partition: Option<i32>,
) -> impl IntoView {
    let session = use_session();
    let topic = session.page.topic.get_untracked().unwrap_or_default();
    let title = format!("Delete records of {topic}");
    let high = partition.and_then(|partition| lane(session, &topic, partition));
    let form = Form {
        topic: StoredValue::new(topic),
        partition: RwSignal::new(partition),
        all: RwSignal::new(partition.is_none()),
        offset: RwSignal::new(
            high.map_or_else(|| "0".to_owned(), |lane| lane.high_watermark.to_string()),
        ),
    };
    let problem = Memo::new(move |_| {
        session.pulse.track();
        form.problem(session)
    });
    let told = Memo::new(move |_| {
        session.pulse.track();
        consequences(session, form)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        delete(session, form);
    };
    view! {
        <Popover label=title.clone() width=452 place=Place::Below>
            <form on:submit=submit>
                <h3>{title}</h3>
                <Choice form/>
                <UpTo form problem/>
                <ul class="bul found" aria-live="polite">
                    {move || told.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                </ul>
                {move || {
                    let offsets = form.offsets(session).unwrap_or_default();
                    command_line(words(&form.topic.get_value(), &offsets))
                }}
                <div class="pop-foot">
                    <span class="dim"></span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary" prop:disabled=move || problem.with(Option::is_some)>
                        "Delete records"
                    </button>
                </div>
            </form>
        </Popover>
    }
}

#[component]
fn Choice(form: Form) -> impl IntoView {
    let session = use_session();
    let chosen = form.partition.get_untracked();
    let id = fresh_id("partition");
    let all = std::iter::once(None).chain((0..Form::count(session)).map(Some));
    let option = move |partition: Option<i32>| {
        let value = partition.map_or_else(String::new, |partition| partition.to_string());
        let word = partition.map_or_else(|| "all".to_owned(), |partition| format!("P{partition}"));
        view! { <option value=value selected=partition == chosen>{word}</option> }
    };
    view! {
        <Field label="Partition" id=id.clone()>
            <span class="mini">
                <select id=id on:change=move |event| form.partition.set(event_target_value(&event).parse().ok())>
                    {all.map(option).collect_view()}
                </select>
            </span>
        </Field>
    }
}

#[component]
fn UpTo(form: Form, problem: Memo<Option<String>>) -> impl IntoView {
    let id = fresh_id("offset");
    let options = [("hw", "all readable"), ("offset", "before an offset")];
    let options = options.map(|(value, word)| (value.to_owned(), word.to_owned())).to_vec();
    let value = Signal::derive(move || if form.all.get() { "hw" } else { "offset" }.to_owned());
    let help = Signal::derive(move || match form.all.get() {
        true => "Offset -1: all records below the high watermark.".to_owned(),
        false => "Records below this offset can no longer be read.".to_owned(),
    });
    view! {
        <Field label="Which" id=id.clone() help error=problem>
            <div class="row">
                <Segmented
                    label="Which records"
                    options=Signal::stored(options)
                    value
                    on_pick=Callback::new(move |which: String| form.all.set(which == "hw"))
                />
                {move || (!form.all.get()).then(|| view! {
                    <TextInput
                        id=id.clone()
                        class="mono short"
                        value=form.offset
                        focus=true
                        label="Offset"
                        described_by=format!("{id}-d")
                        bad=Signal::derive(move || problem.with(Option::is_some))
                        on_input=Callback::new(move |text| form.offset.set(text))
                    />
                })}
            </div>
        </Field>
    }
}

fn lane(session: Session, topic: &str, partition: i32) -> Option<LaneView> {
    session.read(|engine| {
        let start = engine.lane(topic, partition, LaneWindow::Tail(0))?;
        engine.lane(topic, partition, LaneWindow::From { first: start.log_start, count: u32::MAX })
    })
}

/// What it does, in words, before it is done.
fn consequences(session: Session, form: Form) -> Vec<String> {
    let (topic, offsets) = (form.topic.get_value(), form.offsets(session).unwrap_or_default());
    let mut lines = Vec::new();
    for asked in offsets.iter().take(TOLD) {
        let Some(lane) = lane(session, &topic, asked.partition) else { continue };
        let start = if asked.offset < 0 { lane.high_watermark } else { asked.offset };
        lines.extend(consequence(&lane, start));
    }
    if offsets.len() > TOLD {
        lines.push(format!("and likewise in {} more partitions", offsets.len() - TOLD));
    }
    lines
}

fn consequence(lane: &LaneView, start: i64) -> Vec<String> {
    let place = format!("P{}", lane.partition);
    if start <= lane.log_start || start > lane.high_watermark {
        let at = number(lane.log_start);
        return vec![format!("{place}: nothing goes, the log already starts at {at}.")];
    }
    let gone = lane.cells.iter().filter(|cell| cell.offset < start).count();
    let gone = plural(i64::try_from(gone).unwrap_or(i64::MAX), "record", "records");
    let offsets = range(lane.log_start, start - 1);
    let mut lines = vec![format!(
        "{place}: {gone} ({offsets}) can no longer be read. Its log starts at {start}."
    )];
    let whole =
        lane.segments.iter().filter(|segment| !segment.active && segment.next_offset <= start);
    lines.push(match whole.count() {
        0 => format!("{place}: no segment goes; the one that holds {start} keeps its bytes."),
        1 => format!("{place}: 1 segment goes from disk at the next retention check."),
        n => format!("{place}: {n} segments go from disk at the next retention check."),
    });
    let behind = lane.cursors.iter().filter_map(|cursor| {
        let at = cursor.committed.or(cursor.position).unwrap_or(lane.log_start).max(lane.log_start);
        let missed = start - at;
        (missed > 0).then(|| {
            let group = &cursor.group;
            let offsets = range(at, start - 1);
            format!("{place}: {group} has not read {offsets}. Out of range, it goes where auto.offset.reset says.")
        })
    });
    lines.extend(behind);
    lines
}

/// Kafka's tool, and what stands in the file that it reads.
fn words(topic: &str, offsets: &[PartitionOffset]) -> Vec<String> {
    let flags = [("--offset-json-file", "offsets.json".to_owned())];
    let mut words = command_words("kafka-delete-records.sh", &flags);
    words.push("# {\"version\":1,\"partitions\":[".to_owned());
    for asked in offsets.iter().take(TOLD) {
        words.push(format!("{{\"topic\":\"{topic}\","));
        words.push(format!("\"partition\":{},\"offset\":{}}},", asked.partition, asked.offset));
    }
    if let Some(last) = words.last_mut().filter(|last| last.ends_with(',')) {
        last.pop();
    }
    words.push(if offsets.len() > TOLD { "…]}" } else { "]}" }.to_owned());
    words
}

fn delete(session: Session, form: Form) {
    let Some(command) = untrack(|| form.command(session)) else { return };
    let topic = form.topic.get_value();
    session.close();
    let which = match form.partition.get_untracked() {
        Some(partition) => format!("of P{partition}"),
        None => "of all partitions".to_owned(),
    };
    let playing = session.playing.get_untracked();
    if session.act_with_undo(command, &format!("Records of {topic} deleted"), &which) && !playing {
        stands_still(session, "The leader deletes them once it runs.");
    }
}
