//! More partitions: which keys go elsewhere from then on, and what stays behind.

use crate::panels::controls::{Segmented, Stepper, fresh_id};
use crate::panels::icon::{icon, key_chip};
use crate::panels::note::{Kind, command_line, command_words, note};
use crate::panels::parts::field::Field;
use crate::panels::parts::popover::{Place, Popover};
use crate::panels::text::plural;
use crate::panels::topic::stands_still;
use crate::session::{Session, use_session};
use crate::ui::text;
use leptos::prelude::*;
use log_engine::Command;
use log_engine::view::{KeyMoveView, KeyMovesView};

/// The form. It is about the shown topic.
#[component]
pub fn AddPartitions() -> impl IntoView {
    let session = use_session();
    let topic = session.page.topic.get_untracked().unwrap_or_default();
    let name = StoredValue::new(topic.clone());
    let now = session.topic.with_untracked(|t| t.as_ref().map_or(1, |t| t.summary.partitions));
    let wanted = RwSignal::new(i64::from(now) + 1);
    let count = move || i32::try_from(wanted.get()).unwrap_or(i32::MAX);
    let moves = Memo::new(move |_| {
        session.pulse.track();
        name.with_value(|topic| session.read(|engine| engine.key_moves(topic, count())))
    });
    let refused = RwSignal::new(None::<String>);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (topic, count) = (name.get_value(), untrack(count));
        let command = Command::CreatePartitions { topic, count, assignments: Vec::new() };
        match session.apply(command) {
            Ok(_) => {
                session.close();
                if !session.playing.get_untracked() {
                    stands_still(session, "The controller adds them once it runs.");
                }
            }
            Err(error) => refused.set(Some(error.message)),
        }
    };
    let title = format!("Add partitions to {topic}");
    view! {
        <Popover label=title.clone() width=452 place=Place::BelowRight>
            <form on:submit=add>
                <h3>{title}</h3>
                <Count now wanted error=refused/>
                {move || moves.get().map(|moves| moves_view(&moves))}
                {consequences(session, &topic)}
                {move || {
                    let flags = [
                        ("--alter", String::new()),
                        ("--topic", name.get_value()),
                        ("--partitions", wanted.get().to_string()),
                    ];
                    command_line(command_words("kafka-topics.sh", &flags))
                }}
                <div class="pop-foot">
                    <span class="dim"></span>
                    <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
                    <button type="submit" class="btn primary">
                        {move || format!("Add {}", plural(wanted.get() - i64::from(now), "partition", "partitions"))}
                    </button>
                </div>
            </form>
        </Popover>
    }
}

#[component]
fn Count(now: i32, wanted: RwSignal<i64>, error: RwSignal<Option<String>>) -> impl IntoView {
    let now = i64::from(now);
    let presets = [now + 1, now + 2, now * 2, now * 3];
    let mut options: Vec<i64> = presets.into_iter().filter(|count| *count > now).collect();
    sorted::sort(&mut options);
    options.dedup();
    let options = options.iter().map(|n| (n.to_string(), n.to_string())).collect::<Vec<_>>();
    let id = fresh_id("count");
    view! {
        <Field
            label="Partitions"
            id=id.clone()
            help=Signal::stored(format!("now {now}. Fewer is refused: partitions can only be added."))
            error=error
        >
            <div class="row">
                <Stepper id=id.clone() value=wanted min=now + 1 on_change=Callback::new(move |n| wanted.set(n))/>
                <Segmented
                    label="Number of partitions"
                    options=Signal::stored(options)
                    value=Signal::derive(move || wanted.get().to_string())
                    on_pick=Callback::new(move |n: String| wanted.set(n.parse().unwrap_or(now + 1)))
                />
            </div>
        </Field>
    }
}

/// The warning, and every key with its partition before and after.
fn moves_view(moves: &KeyMovesView) -> AnyView {
    let moving = moves.keys.iter().filter(|key| key.from != key.to).count();
    if moves.keys.is_empty() {
        return note(
            Kind::Info,
            "No keyed record yet.",
            "A key goes to murmur2(key) mod the number of partitions, so later records of a key may go elsewhere.",
        );
    }
    let head = if moving == 0 {
        note(Kind::Info, "No key moves.", "Every key known so far keeps its partition.")
    } else {
        let lead = format!(
            "{moving} of {} will go to another partition.",
            plural(count(moves.keys.len()), "key", "keys")
        );
        note(
            Kind::Warn,
            lead,
            "Records already written stay where they are, so the order of these keys breaks across two partitions.",
        )
    };
    let (from, to) = (moves.from_count, moves.to_count);
    view! {
        {head}
        <div class="moves-box" tabindex="0" role="region" aria-label="Keys before and after">
            <table class="moves">
                <thead>
                    <tr>
                        <th scope="col">"Key"</th>
                        <th scope="col">{format!("murmur2 mod {from}")}</th>
                        <td></td>
                        <th scope="col">{format!("mod {to}")}</th>
                        <th scope="col">"stays behind"</th>
                    </tr>
                </thead>
                <tbody>{moves.keys.iter().map(|key| key_row(key, from)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn key_row(key: &KeyMoveView, from_count: i32) -> AnyView {
    let moved = key.from != key.to;
    let fresh = key.to >= from_count;
    let to = moved
        .then(|| view! { <span class="pchip" class:newp=fresh>{format!("P{}", key.to)}</span> });
    let arrow =
        if moved { icon("send") } else { view! { <span class="dim">"stays"</span> }.into_any() };
    let behind = format!(" in P{}", key.from);
    let records = text::count(key.records_behind);
    view! {
        <tr class:moved=moved>
            <th scope="row">{key_chip(Some(&key.key))}{key.key.clone()}</th>
            <td><span class="pchip">{format!("P{}", key.from)}</span></td>
            <td>{arrow}</td>
            <td>{to}</td>
            <td class:dim=!moved><b>{records}</b>{behind}</td>
        </tr>
    }
    .into_any()
}

/// What the groups that read the topic, and keyless records, make of it.
fn consequences(session: Session, topic: &str) -> AnyView {
    let readers: Vec<(String, String)> = session.read(|engine| {
        let reads = |group: &log_engine::view::GroupView| group.topics.iter().any(|t| t == topic);
        let groups = engine.groups().into_iter().filter(reads);
        groups.map(|group| (group.group, group.auto_offset_reset)).collect()
    });
    let reader = |(group, reset): (String, String)| {
        let skips = if reset == "latest" {
            " With auto.offset.reset latest it skips what is written to them before that."
        } else {
            ""
        };
        view! { <li><b>{group}</b>" sees the new partitions after at most metadata.max.age.ms."{skips}</li> }
    };
    view! {
        <ul class="bul">
            {readers.into_iter().map(reader).collect_view()}
            <li>"Records without key spread over all of them from the producer's next metadata on."</li>
        </ul>
    }
    .into_any()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
