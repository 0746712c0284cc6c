//! The form for a new topic. Errors stand under their field in Kafka's words and block Create.

use super::draft::{Draft, Problems};
use super::draft_configs::DraftConfigs;
use crate::panels::controls::{Stepper, TextInput, fresh_id};
use crate::panels::note::{Kind, command_line, command_words, note};
use crate::panels::parts::field::Field;
use crate::panels::parts::popover::Popover;
use crate::panels::text::plural;
use crate::panels::topic::stands_still;
use crate::session::use_session;
use leptos::prelude::*;

const NAME_HELP: &str =
    "Letters, digits, . _ and -, at most 249. Do not mix . and _: metric names would collide.";

/// The form.
#[component]
pub fn NewTopic() -> impl IntoView {
    let session = use_session();
    let draft = Draft::new(session.cluster.with_untracked(|cluster| cluster.brokers.len()));
    let problems = Memo::new(move |_| draft.problems(session));
    let create = move || {
        let name = draft.name.get_untracked();
        if session.apply(untrack(|| draft.command())).is_ok() {
            session.select_topic(&name);
            session.close();
            if session.playing.get_untracked() {
                session.say(&format!("Topic {name} created"));
            } else {
                stands_still(session, &format!("The controller makes {name} once it runs."));
            }
        }
    };
    view! {
        <Popover label="New topic" width=468>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    create();
                }
            >
                <h3>"New topic"</h3>
                <NameAndPartitions draft problems/>
                <Replicas draft problems/>
                <DraftConfigs draft problems/>
                {move || problems.with(|all| all.whole.clone()).map(|text| note(Kind::Bad, "", text))}
                {move || command_line(words(draft))}
                <Foot draft problems/>
            </form>
        </Popover>
    }
}

#[component]
fn NameAndPartitions(draft: Draft, problems: Memo<Problems>) -> impl IntoView {
    let (name_id, count_id) = (fresh_id("topic"), fresh_id("partitions"));
    // An empty name is not worth an alert before something was typed.
    let typed = Memo::new(move |seen: Option<&bool>| {
        seen.copied().unwrap_or(false) || !draft.name.with(String::is_empty)
    });
    let name_error = Signal::derive(move || {
        typed.get().then(|| problems.with(|all| all.name.clone())).flatten()
    });
    let count_error = Signal::derive(move || problems.with(|all| all.partitions.clone()));
    let count_help = Signal::derive(move || {
        let members = plural(draft.partitions.get(), "member", "members");
        format!(
            "At most {members} of one group read at the same time. Can grow later, never shrink."
        )
    });
    view! {
        <Field label="Name" id=name_id.clone() help=Signal::stored(NAME_HELP.to_owned()) error=name_error>
            <TextInput
                id=name_id.clone()
                value=draft.name
                focus=true
                bad=Signal::derive(move || name_error.get().is_some())
                described_by=format!("{name_id}-d")
                on_input=Callback::new(move |name| draft.name.set(name))
            />
        </Field>
        <Field label="Partitions" id=count_id.clone() help=count_help error=count_error>
            <Stepper
                id=count_id.clone()
                value=draft.partitions
                max=1000
                on_change=Callback::new(move |count| draft.partitions.set(count))
            />
        </Field>
    }
}

/// How many replicas, and where they would be.
#[component]
fn Replicas(draft: Draft, problems: Memo<Problems>) -> impl IntoView {
    /// Partitions whose places are shown.
    const SHOWN: usize = 12;
    let session = use_session();
    let id = fresh_id("factor");
    let error = Signal::derive(move || problems.with(|all| all.factor.clone()));
    let brokers = Memo::new(move |_| session.cluster.with(|cluster| cluster.brokers.len()));
    let help = Signal::derive(move || {
        let (factor, brokers) = (draft.factor.get(), brokers.get());
        let survives = match factor {
            1 => "None may be lost.".to_owned(),
            2 => "Survives 1 lost broker if the ISR was full.".to_owned(),
            n => format!("Survives {} lost brokers if the ISR was full.", n - 1),
        };
        format!(
            "Each partition on {factor} of {brokers} {}. {survives}",
            if brokers == 1 { "broker" } else { "brokers" }
        )
    });
    let placed = Memo::new(move |_| {
        match problems.with(|all| all.factor.is_some() || all.partitions.is_some()) {
            true => Vec::new(),
            false => draft.placement(session),
        }
    });
    let one = |partition: &log_engine::view::PartitionView| {
        let lead = partition.leader;
        let token = move |broker: &log_engine::BrokerId| {
            let leads = lead == Some(*broker);
            view! { <b class="btok" class:lead=leads>{broker.0}</b> }
        };
        view! {
            <span>
                <b>{format!("P{}", partition.partition)}</b>
                {partition.replicas.iter().map(token).collect_view()}
            </span>
        }
    };
    view! {
        <Field label="Replication factor" id=id.clone() help error>
            <Stepper
                id=id.clone()
                value=draft.factor
                max=i64::from(i16::MAX)
                on_change=Callback::new(move |count| draft.factor.set(count))
            />
        </Field>
        {move || {
            let all = placed.get();
            let more = all.len().saturating_sub(SHOWN);
            (!all.is_empty() && brokers.get() > 1).then(|| view! {
                <div class="place" role="img" aria-label=place_words(&all)>
                    {all.iter().take(SHOWN).map(one).collect_view()}
                    {(more > 0).then(|| view! { <span class="dim">{format!("and {more} more")}</span> })}
                </div>
            })
        }}
    }
}

/// The placement, as screen readers say it.
fn place_words(all: &[log_engine::view::PartitionView]) -> String {
    let one = |partition: &log_engine::view::PartitionView| {
        let ids: Vec<String> = partition.replicas.iter().map(|id| id.0.to_string()).collect();
        format!("P{} on {}", partition.partition, ids.join(" "))
    };
    let told: Vec<String> = all.iter().take(12).map(one).collect();
    format!("Where replicas would be, the leader first: {}", told.join(", "))
}

#[component]
fn Foot(draft: Draft, problems: Memo<Problems>) -> impl IntoView {
    let session = use_session();
    let nameless = move || draft.name.with(String::is_empty);
    let state = move || match problems.with(Problems::count) {
        _ if nameless() => "A topic needs a name".to_owned(),
        0 => "The controller places its replicas".to_owned(),
        1 => "1 problem, as Kafka words it".to_owned(),
        n => format!("{n} problems, as Kafka words them"),
    };
    view! {
        <div class="pop-foot">
            <span class="dim">{state}</span>
            <button type="button" class="btn" on:click=move |_| session.close()>"Cancel"</button>
            <button type="submit" class="btn primary" prop:disabled=move || { problems.with(Problems::count) > 0 }>
                "Create topic"
            </button>
        </div>
    }
}

fn words(draft: Draft) -> Vec<String> {
    let mut flags = vec![
        ("--create", String::new()),
        ("--topic", draft.name.get()),
        ("--partitions", draft.partitions.get().to_string()),
        ("--replication-factor", draft.factor.get().to_string()),
    ];
    for (name, value) in draft.configs.get() {
        flags.push(("--config", format!("{name}={value}")));
    }
    command_words("kafka-topics.sh", &flags)
}
